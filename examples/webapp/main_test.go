package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/example"
)

// started is the program as somebody starts it without credentials.
func started(t *testing.T, args ...string) (address, place string, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, in, append([]string{"-listen", "127.0.0.1:0"}, args...))
		_ = in.CloseWithError(io.EOF)
		ended <- err
	}()
	var told strings.Builder
	line := regexp.MustCompile(`The leads are at (http://127\.0\.0\.1:\d+) \(end with Ctrl-C\)\.\n`)
	buffer := make([]byte, 4096)
	for !line.MatchString(told.String()) {
		n, err := out.Read(buffer)
		told.Write(buffer[:n])
		require.NoError(t, err, told.String())
	}
	head := regexp.MustCompile(`^No Zoho credentials in the environment or in \./\.env: this runs on an in-memory Zoho CRM at http://127\.0\.0\.1:\d+\.
Tokens and sessions are kept in (.*)\.
The leads are`).FindStringSubmatch(told.String())
	require.NotNil(t, head, told.String())
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return line.FindStringSubmatch(told.String())[1], head[1], func() {
		cancel()
		assert.NoError(t, <-ended)
	}
}

func TestWebapp(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	t.Setenv("TOKEN_STORE", "")
	t.Setenv("TOKEN_KEY", "")
	for _, flags := range [][]string{nil, {"-store", "file:tokens"}, {"-store", "memory"}} {
		address, place, end := started(t, flags...)
		for name, mail := range map[string]string{"Yuki Mori": "yuki.mori@example.com", "Ana Silva": "ana.silva@example.com"} {
			b := newBrowser(t)
			b.open(address + "/leads")
			assert.Equal(t, "/", b.at.Path, "not signed in")
			b.signIn(address, name, "accept")
			assert.Equal(t, []any{address + "/leads", 200}, []any{b.at.String(), b.status}, b.page)
			assert.Contains(t, b.page, `<b id="user">`+mail+`</b>`)
			assert.Len(t, b.rows(), 6)
			assert.Contains(t, b.rows(), []string{"Rui Fonseca", "Fonseca &amp; Filhos", "Lisboa", "Contacted", "Ana Silva"})
			assert.Contains(t, b.rows(), []string{"李", "李茶莊", "Taipei", "Contacted", "Yuki Mori"})
			b.submit(nil)
			assert.Equal(t, []any{address + "/", 200}, []any{b.at.String(), b.status}, "signed out")
			b.open(address + "/leads")
			assert.Equal(t, "/", b.at.Path, "not signed in")
		}
		end()
		if file, ok := strings.CutPrefix(place, "the SQLite file "); assert.Equal(t, flags == nil, ok, place) && ok {
			assert.NoDirExists(t, filepath.Dir(file), "tokens of a CRM that has ended are for nobody")
		}
	}
}

// TestStartedAgain has a browser and a store that outlive the program: each run's CRM in memory is another.
func TestStartedAgain(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	t.Setenv("TOKEN_STORE", "sqlite:tokens.db")
	t.Setenv("TOKEN_KEY", strings.Repeat("A", 43)+"=")
	b := newBrowser(t)
	for range 2 {
		address, place, end := started(t)
		assert.Regexp(t, `^the SQLite file \S+tokens\.db, encrypted$`, place)
		b.open(address + "/leads")
		assert.Equal(t, []any{"/", 200}, []any{b.at.Path, b.status})
		b.signIn(address, "Ana Silva", "accept")
		assert.Len(t, b.rows(), 6)
		end()
	}
	data, err := os.ReadFile("tokens.db")
	require.NoError(t, err)
	assert.Contains(t, string(data), "sealed.v1.")
	assert.NotContains(t, string(data), "1000.fake")
}

func TestWhatCannotStart(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("TOKEN_STORE", "")
	t.Setenv("TOKEN_KEY", "")
	refused := func(args ...string) string {
		err := run(t.Context(), io.Discard, append([]string{"-listen", "127.0.0.1:0"}, args...))
		require.Error(t, err)
		return err.Error()
	}
	assert.Equal(t, "-store: it is none of "+storeForms, refused("-store", "mongo://jo:fake-password@db"))
	refused("-nonsense")
	assert.NoError(t, run(t.Context(), io.Discard, []string{"-help"}))
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, busy.Close()) }()
	refused("-listen", busy.Addr().String())
	t.Setenv("TOKEN_KEY", "fake-key")
	assert.Equal(t, "TOKEN_KEY: it is not 32 bytes in base64, such as openssl rand -base64 32 writes", refused("-store", "memory"))
	t.Setenv("TOKEN_KEY", "")

	t.Setenv("ZOHO_CLIENT_ID", "1000.FAKE")
	assert.Contains(t, refused("-store", "memory"), "ZOHO_REDIRECT_URI: it names no path")
	t.Setenv("ZOHO_REDIRECT_URI", "https://app.example/")
	assert.Contains(t, refused("-store", "memory"), "ZOHO_REDIRECT_URI: it names no path")
	for _, path := range []string{"login", "leads", "a{b}"} {
		t.Setenv("ZOHO_REDIRECT_URI", "https://app.example/"+path)
		assert.Contains(t, refused("-store", "memory"), "ZOHO_REDIRECT_URI: its path")
	}
	t.Setenv("ZOHO_DATA_CENTER", "mars")
	assert.Contains(t, refused(), "ZOHO_DATA_CENTER")
}
