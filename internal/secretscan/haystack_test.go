package secretscan

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leaky is a value that one road of printing shows.
type leaky struct{ road, text string }

func (l leaky) on(road, other string) string {
	if l.road == road {
		return l.text
	}
	return other
}

func (l leaky) Format(f fmt.State, verb rune) {
	road := "%" + string(verb)
	if f.Flag('+') {
		road = "%+" + string(verb)
	}
	if f.Flag('#') {
		road = "%#" + string(verb)
	}
	_, _ = fmt.Fprint(f, l.on(road, "a value"))
}

func (l leaky) Error() string                { return l.on("Error", "an error") }
func (l leaky) LogValue() slog.Value         { return slog.StringValue(l.on("log", "a value")) }
func (l leaky) MarshalJSON() ([]byte, error) { return []byte(`"` + l.on("json", "a value") + `"`), nil }

// TestHaystacks: on whichever road a secret comes out, it is found, and on no other.
func TestHaystacks(t *testing.T) {
	t.Parallel()
	const secret = "fake-secret-of-a-haystack"
	encoded := base64.StdEncoding.EncodeToString([]byte("id:" + url.QueryEscape(secret)))
	for road, plant := range map[string]func(h *Haystack, text string){
		"text":           func(h *Haystack, text string) { h.Add("a text", text) },
		"written":        func(h *Haystack, text string) { _, _ = fmt.Fprintln(h.Writer("a file"), text) },
		"logged":         func(h *Haystack, text string) { h.Logger("a test").Debug("message", "value", text) },
		"error":          func(h *Haystack, text string) { h.Error("an error", errors.New(text)) },
		"inside":         func(h *Haystack, text string) { h.Error("an error", hidden{errors.New(text)}) },
		"joined":         func(h *Haystack, text string) { h.Error("an error", hiddenAll{nil, errors.New(text)}) },
		"an error's %#v": func(h *Haystack, text string) { h.Error("an error", leaky{"%#v", text}) },
		"%v":             func(h *Haystack, text string) { h.Show("a value", leaky{"%v", text}) },
		"%+v":            func(h *Haystack, text string) { h.Show("a value", leaky{"%+v", text}) },
		"%x":             func(h *Haystack, text string) { h.Show("a value", leaky{"%x", text}) },
		"log":            func(h *Haystack, text string) { h.Show("a value", leaky{"log", text}) },
		"json":           func(h *Haystack, text string) { h.Show("a value", leaky{"json", text}) },
	} {
		for _, text := range []string{secret, encoded} {
			h := NewHaystack()
			h.Secret("planted", secret)
			h.Secret("planted", "short")
			h.Add("nothing", "harmless")
			h.Error("nothing", nil)
			plant(h, "harmless")
			found, err := h.Scan()
			require.NoError(t, err)
			assert.Empty(t, found, road)
			plant(h, "before "+text+" after")
			found, err = h.Scan()
			require.NoError(t, err)
			require.NotEmpty(t, found, road)
			assert.Equal(t, "planted", found[0].Secret)
			assert.NotContains(t, h.Report(found), secret)
		}
	}
}

type hidden struct{ error }

func (h hidden) Error() string { return "something else" }
func (h hidden) Unwrap() error { return h.error }

type hiddenAll []error

func (h hiddenAll) Error() string   { return "several" }
func (h hiddenAll) Unwrap() []error { return h }

func TestLearn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "trace.jsonl")
	write := func(text string) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	h := NewHaystack()
	require.ErrorIs(t, h.Learn(file), os.ErrNotExist)
	write(`{"kind":"code","secret":"1000.fake-code"}
{"kind":"access token","secret":"1000.fake-access"}
{"method":"GET","url":"/crm/v8/Leads?t=1000.fake%2dcode","header":{"Referer":["https://x.example/?1000.fake-access"],"Cookie":["c=fake-cookie"]}}
{"method":"POST","url":"/oauth/v2/auth","location":"https://app.example/cb?code=1000.fake-code&t=1000.fake-access"}
{"kind":"half a l`)
	require.NoError(t, h.Learn(file))
	h.Secret(Cookie, "fake-cookie")
	h.Add("a page", "fake-cookie")
	found, err := h.Scan()
	require.NoError(t, err)
	assert.Equal(t, []Finding{
		{Cookie, "a page", 0, "plain", false},
		{"code", "the address of a request: GET", 16, "percent", false},
		{"access token", "the header Referer of a request", 19, "plain", false},
		{"access token", "the way back from the consent page", 45, "plain", false},
	}, found)
	assert.Equal(t, "3 secrets in 6 texts: found 4 times\n\ta page: the cookie of a sign-in at 0, plain\n"+
		"\tthe address of a request: GET: code at 16, percent\n\tthe header Referer of a request: access token at 19, plain\n"+
		"\tthe way back from the consent page: access token at 45, plain\n", h.Report(found))
	assert.Equal(t, 21, strings.Count(h.Report(make([]Finding, 30)), "\n"), "not all of many")
	write("no trace\n")
	require.ErrorContains(t, h.Learn(file), "a line of "+file)
}
