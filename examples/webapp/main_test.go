package main

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/example"
)

// started is the program as somebody starts it without credentials.
func started(t *testing.T, args ...string) (address string, end func()) {
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
	assert.Regexp(t, `^No Zoho credentials in the environment or in \./\.env: this runs on an in-memory Zoho CRM at http://127\.0\.0\.1:\d+\.\n`, told.String())
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return line.FindStringSubmatch(told.String())[1], func() {
		cancel()
		assert.NoError(t, <-ended)
	}
}

func TestWebapp(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	address, end := started(t, "-store", "file:tokens")
	defer end()
	files := func() []string {
		found, err := filepath.Glob("tokens/*.json")
		require.NoError(t, err)
		return found
	}
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
		assert.Len(t, files(), 1)
		b.submit(nil)
		assert.Equal(t, []any{address + "/", 200}, []any{b.at.String(), b.status}, "signed out")
		assert.Empty(t, files())
		b.open(address + "/leads")
		assert.Equal(t, "/", b.at.Path, "not signed in")
	}
}

func TestWhatCannotStart(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	refused := func(args ...string) string {
		err := run(t.Context(), io.Discard, append([]string{"-listen", "127.0.0.1:0"}, args...))
		require.Error(t, err)
		return err.Error()
	}
	for _, place := range []string{"", "file", "file:", "memory:7", "sqlite"} {
		assert.Equal(t, `-store: "`+place+`" is neither memory nor file:DIR`, refused("-store", place))
	}
	refused("-nonsense")
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, busy.Close()) }()
	refused("-listen", busy.Addr().String())

	t.Setenv("ZOHO_CLIENT_ID", "1000.FAKE")
	assert.Contains(t, refused(), "ZOHO_REDIRECT_URI: it names no path")
	t.Setenv("ZOHO_REDIRECT_URI", "https://app.example/")
	assert.Contains(t, refused(), "ZOHO_REDIRECT_URI: it names no path")
	t.Setenv("ZOHO_DATA_CENTER", "mars")
	assert.Contains(t, refused(), "ZOHO_DATA_CENTER")
}
