package zohohub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestPathsThatLeadElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	rec := &recorder{status: 200, body: `{}`}
	conn := wired(t, rec)
	for _, path := range []string{
		"", "/", "https://evil.example/x", "//evil.example/x", "Leads//1", "Leads/", "Leads/.", "Leads/../users", "..",
		"Leads/%2e%2E/users", "Leads/%252e%252e/users", "Leads/..%2f..%2fusers", "Leads/..;x/users", "Leads/%2e%2e%3b/users",
		`Leads\..\users`, "Leads/%5c..%5cusers", "Leads/1#x", "Leads\n/1", "Leads/%0a", "Leads/%00", "Leads/%20", "Leads?a=%zz", "Leads?a;b",
	} {
		err := conn.Get(t.Context(), path, nil, nil)
		var e *Error
		require.ErrorAs(t, err, &e, path)
		assert.Zero(t, e.Status, path)
	}
	require.ErrorContains(t, conn.Get(t.Context(), "users?type=x", Params{"type": "y"}, nil), `parameter "type" is in the path too`)
	require.ErrorContains(t, conn.Get(t.Context(), "users", Params{"x": 1i}, nil), `parameter "x": a value of type complex128`)
	require.ErrorContains(t, conn.Get(t.Context(), "users", Params{"x": []byte("x")}, nil), `parameter "x"`)
	_, err := conn.Do(t.Context(), Request{Path: "users"})
	require.ErrorContains(t, err, "no method")
	assert.Empty(t, rec.got)
}

func TestWhatNetHTTPRefusesIsNeverSent(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"1000.fake\n", " 1000.fake", "1000.fäke", "1000.fa ke"} {
		conn, err := NewConnection(Config{}, &Token{AccessToken: token})
		require.EqualError(t, err, "zohohub: Token.AccessToken does not fit into a header: it holds a space, a line break or the like")
		assert.Nil(t, conn)
	}
	conn := wired(t, nil, func(c *Config) { c.HTTPClient = nil })
	for want, req := range map[string]Request{
		`header "X-Note" holds a control character`:       {Header: http.Header{"X-Note": {"fine", "a\nb"}}},
		`header "Content-Type" holds a control character`: {ContentType: "text/plain\r\nX: y"},
		`header "X Note" has no name that HTTP knows`:     {Header: http.Header{"X Note": {"a"}}},
		`header "" has no name that HTTP knows`:           {Header: http.Header{"": {"a"}}},
		`header "N\u00f6te" has no name that HTTP knows`:  {Header: http.Header{"Nöte": {"a"}}},
		`request's Base 3 is none that there is`:          {Base: 3},
		`request's Base -1 is none that there is`:         {Base: -1},
		`request's Repeat 3 is none that there is`:        {Repeat: 3},
		`request's Repeat -1 is none that there is`:       {Repeat: -1},
	} {
		req.Method, req.Path, req.Body = http.MethodPost, "Leads", []byte(`{}`)
		resp, err := conn.Do(t.Context(), req)
		require.EqualError(t, err, "zohohub: post Leads: "+want)
		assert.Nil(t, resp)
	}
	rec := &recorder{status: 200, body: `{}`}
	_, err := wired(t, rec).Do(t.Context(), Request{Method: http.MethodGet, Path: "org", Header: http.Header{"x-note!": {"a\tb é"}}})
	require.NoError(t, err)
	assert.Equal(t, []string{"a\tb é"}, rec.got[0].Header["X-Note!"])
}

func TestAnOutThatCannotBeFilledIsRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	rec := &recorder{status: 200, body: `{}`}
	conn := wired(t, rec)
	for _, out := range []any{struct{}{}, map[string]any{}, "", (*[]byte)(nil), (*json.RawMessage)(nil), (*struct{})(nil)} {
		for _, err := range []error{
			conn.Get(t.Context(), "org", nil, out), conn.Delete(t.Context(), "org", nil, out), conn.Post(t.Context(), "org", nil, out),
			conn.Put(t.Context(), "org", nil, out), conn.Patch(t.Context(), "org", nil, out),
		} {
			require.ErrorContains(t, err, fmt.Sprintf(" org: out is %T: it must be a pointer that can be filled, or nil", out))
		}
	}
	assert.Empty(t, rec.got)
}

func TestJSONThatNobodyDecodesIsLookedAt(t *testing.T) {
	t.Parallel()
	conn := wired(t, &recorder{status: 200, body: `{"data":[}`})
	for _, out := range []any{nil, new([]byte), new(json.RawMessage)} {
		err := conn.Get(t.Context(), "org", nil, out)
		require.EqualError(t, err, `zohohub: get org: (HTTP 200): answer is not Zoho's JSON: "{\"data\":[}"`)
	}
	err := conn.Get(t.Context(), "org", nil, new(any))
	assert.Equal(t, "*zohohub.Error", fmt.Sprintf("%T", err), "not a list of one")
}

func TestProtocolsAreNotSwitched(t *testing.T) {
	t.Parallel()
	for _, stream := range []bool{true, false} {
		resp, err := wired(t, &recorder{status: 101}).Do(t.Context(), Request{Method: http.MethodPost, Path: "files", Stream: stream})
		require.EqualError(t, err, "zohohub: post files: (HTTP 101): outcome unknown")
		assert.Nil(t, resp.Stream)
	}
}
