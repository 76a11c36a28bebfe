package zohohub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	. "github.com/zohohub/zohohub"
)

const (
	fakeAccess  = "1000.fake-access-token"
	fakeRefresh = "1000.fake-refresh-token"
	fakeSecret  = "fake-client-secret"
	apiBase     = "https://www.zohoapis.eu/crm/v8/"
)

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// wired is a connection with an access token, over rt.
func wired(t *testing.T, rt http.RoundTripper, edits ...func(*Config)) *Connection {
	t.Helper()
	cfg := Config{ClientID: "1000.FAKE", ClientSecret: fakeSecret, HTTPClient: &http.Client{Transport: rt}, Logger: suite.Logger("a call")}
	for _, edit := range edits {
		edit(&cfg)
	}
	conn, err := NewConnection(cfg, &Token{AccessToken: fakeAccess})
	require.NoError(t, err)
	return conn
}

// onWire is a request as it came to the wire.
type onWire struct {
	Line, Body string
	Length     int64
	Header     http.Header
}

// recorder answers everything in one way and keeps what it was asked.
type recorder struct {
	mu     sync.Mutex
	got    []onWire
	status int
	body   string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := onWire{Line: req.Method + " " + req.URL.String(), Length: req.ContentLength, Header: req.Header.Clone()}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		s.Body = string(body)
		_ = req.Body.Close()
	}
	r.got = append(r.got, s)
	return httpmock.NewStringResponse(r.status, r.body), nil
}

func TestNewConnectionTellsFaultsAtOnce(t *testing.T) {
	t.Parallel()
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: fakeAccess})
	for name, c := range map[string]struct {
		cfg  Config
		tok  *Token
		want string
	}{
		"no token":                 {Config{ClientID: "x"}, nil, "no token"},
		"an empty token":           {Config{ClientID: "x"}, &Token{}, "no token"},
		"a refresh without client": {Config{}, &Token{RefreshToken: fakeRefresh}, "Config.ClientID"},
		"an unknown data center":   {Config{DataCenter: 99}, &Token{AccessToken: fakeAccess}, "Config.DataCenter"},
		"a stranger's domain":      {Config{}, &Token{AccessToken: fakeAccess, APIDomain: "https://evil.example"}, "Token.APIDomain"},
		"a stranger's accounts":    {Config{ClientID: "x"}, &Token{RefreshToken: fakeRefresh, AccountsURL: "https://evil.example"}, "Token.AccountsURL"},
		"an access token alone":    {Config{}, &Token{AccessToken: fakeAccess}, ""},
		"a token source alone":     {Config{TokenSource: source}, nil, ""},
	} {
		conn, err := NewConnection(c.cfg, c.tok)
		if c.want == "" {
			assert.NoError(t, err, name)
			assert.NotNil(t, conn, name)
			continue
		}
		assert.ErrorContains(t, err, c.want, name)
		assert.Nil(t, conn, name)
		assert.NotContains(t, fmt.Sprint(err), "fake", name)
	}
}

func TestVerbsOnTheWire(t *testing.T) {
	t.Parallel()
	rec := &recorder{status: 200, body: `{"data":[{"code":"SUCCESS","status":"success"}]}`}
	conn := wired(t, rec)
	ctx := t.Context()
	when := time.Date(2026, time.May, 1, 12, 0, 0, 99, time.UTC)
	require.NoError(t, conn.Get(ctx, "users?type=CurrentUser", Params{
		"page": 2, "ids": []string{"1", "2"}, "at": when, "then": &when, "times": []any{when, &when, (*time.Time)(nil), nil},
		"more": []fmt.Stringer{when, &when}, "q": "a+b c&d", "deep": true, "none": nil, "wait": time.Second,
	}, nil))
	require.NoError(t, conn.Post(ctx, "/Leads", map[string]any{"a": "<1>"}, nil))
	require.NoError(t, conn.Put(ctx, "Leads/a%2Fb", json.RawMessage(`{"raw": 1}`), nil))
	require.NoError(t, conn.Patch(ctx, "Leads", []byte(`[]`), nil))
	require.NoError(t, conn.Post(ctx, "Leads/1/actions/x", nil, nil))
	require.NoError(t, conn.Delete(ctx, "Leads", Params{"ids": "1"}, nil))
	_, err := conn.Do(ctx, Request{Method: http.MethodPost, Base: BaseBulk, Path: "read", Body: []byte(`{}`), ContentType: "text/plain",
		Header: http.Header{"x-crm-org": {"7"}, "Authorization": {"mine"}, "Host": {"evil.example"}, "User-Agent": {"mine"}}})
	require.NoError(t, err)
	_, err = conn.Do(ctx, Request{Method: http.MethodPost, Base: BaseUpload, Path: "upload", ContentType: "multipart/form-data",
		BodyFunc: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("zip")), nil }})
	require.NoError(t, err)

	header := func(more ...string) http.Header {
		h := http.Header{"Authorization": {"Zoho-oauthtoken " + fakeAccess}, "User-Agent": {"zohohub/" + Version}, "Accept": {"application/json"}}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	const kind, jsonKind = "Content-Type", "application/json"
	const at = "2026-05-01T12%3A00%3A00%2B00%3A00"
	want := []onWire{
		{"GET " + apiBase + "users?at=" + at + "&deep=true&ids=1%2C2&more=" + at + "%2C" + at + "&page=2&q=a%2Bb+c%26d&then=" + at +
			"&times=" + at + "%2C" + at + "&type=CurrentUser&wait=1s", "", 0, header()},
		{"POST " + apiBase + "Leads", `{"a":"\u003c1\u003e"}`, 21, header(kind, jsonKind)},
		{"PUT " + apiBase + "Leads/a%2Fb", `{"raw": 1}`, 10, header(kind, jsonKind)},
		{"PATCH " + apiBase + "Leads", `[]`, 2, header(kind, jsonKind)},
		{"POST " + apiBase + "Leads/1/actions/x", ``, 0, header()},
		{"DELETE " + apiBase + "Leads?ids=1", ``, 0, header()},
		{"POST https://www.zohoapis.eu/crm/bulk/v8/read", `{}`, 2, header(kind, "text/plain", "X-Crm-Org", "7", "Host", "evil.example")},
		{"POST https://content.zohoapis.eu/crm/v8/upload", `zip`, -1, header(kind, "multipart/form-data")},
	}
	assert.Equal(t, want, rec.got)
}

func TestOut(t *testing.T) {
	t.Parallel()
	rec := &recorder{status: 200, body: `{"n":9007199254740993,"s":"x"}`}
	conn := wired(t, rec)
	var raw json.RawMessage
	var data []byte
	var loose any
	var typed struct{ N int64 }
	for _, out := range []any{&raw, &data, &loose, &typed} {
		require.NoError(t, conn.Get(t.Context(), "org", nil, out))
	}
	assert.Equal(t, rec.body, string(raw))
	assert.Equal(t, rec.body, string(data))
	assert.Equal(t, map[string]any{"n": json.Number("9007199254740993"), "s": "x"}, loose)
	assert.EqualValues(t, 9007199254740993, typed.N)

	var wrong struct{ N string }
	err := conn.Get(t.Context(), "org", nil, &wrong)
	require.ErrorContains(t, err, "zohohub: get org: (HTTP 200): answer does not fit")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 200, e.Status)

	for _, status := range []int{204, 304} {
		rec.status, rec.body = status, ""
		kept := "kept"
		require.NoError(t, conn.Get(t.Context(), "org", nil, &kept))
		assert.Equal(t, "kept", kept)
	}
	require.Error(t, conn.Post(t.Context(), "org", func() {}, nil), "nothing that JSON can say")
}

func TestFailedRowsCannotHide(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 207, 400} {
		rec := &recorder{status: status, body: `{"tags":[{"code":"SUCCESS","status":"success","details":{"id":"1"}},
			{"code":"DUPLICATE_DATA","details":{"api_name":"Email"},"message":"duplicate data","status":"error"}]}`}
		var out struct{ Tags []struct{ Code string } }
		err := wired(t, rec).Post(t.Context(), "settings/tags", Fields{}, &out)
		require.ErrorIs(t, err, ErrDuplicate)
		assert.Equal(t, &BatchError{Total: 2, Failed: []*Error{{
			Op: "post settings/tags", Status: status, Index: 1, Code: "DUPLICATE_DATA", Message: "duplicate data",
			Details: json.RawMessage(`{"api_name":"Email"}`),
		}}}, err)
		assert.Len(t, out.Tags, 2)
		assert.Len(t, rec.got, 1)
	}
}

func TestTheCallersClientStaysAsItWas(t *testing.T) {
	t.Parallel()
	follow := errors.New("follow")
	rec := &recorder{status: 200, body: `{}`}
	hc := &http.Client{Transport: rec, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return follow }}
	conn := wired(t, nil, func(c *Config) { c.HTTPClient = hc })
	require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
	assert.Same(t, rec, hc.Transport)
	assert.Equal(t, time.Minute, hc.Timeout)
	assert.Equal(t, follow, hc.CheckRedirect(nil, nil))
	assert.Nil(t, hc.Jar)
}

func TestAClientWithoutATransportStaysAsItWas(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }))
	t.Cleanup(srv.Close)
	hc := &http.Client{}
	conn := wired(t, nil, func(c *Config) { c.HTTPClient, c.APIDomain = hc, srv.URL })
	require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
	assert.Equal(t, &http.Client{}, hc)
	conn.CloseIdleConnections()
}

// idle counts how often its idle connections are closed.
type idle struct {
	*recorder
	closed int
}

func (i *idle) CloseIdleConnections() { i.closed++ }

func TestCloseIdleConnections(t *testing.T) {
	t.Parallel()
	pool := &idle{recorder: &recorder{status: 200, body: `{}`}}
	conn := wired(t, pool)
	conn.CloseIdleConnections()
	assert.Equal(t, 1, pool.closed)
	require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
}

func TestStreamsAreNotReadAhead(t *testing.T) {
	t.Parallel()
	read := 0
	conn := wired(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		assert.Zero(t, read, "read before it was sent")
		_, err := io.Copy(io.Discard, r.Body)
		assert.NoError(t, err)
		assert.NoError(t, r.Body.Close())
		resp := httpmock.NewStringResponse(200, "a file")
		resp.Header.Set("Content-Type", "image/png")
		return resp, nil
	}))
	resp, err := conn.Do(t.Context(), Request{Method: http.MethodPost, Path: "files", Stream: true, BodyFunc: func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(counting{&read}, 1<<20)), nil
	}})
	require.NoError(t, err)
	assert.Nil(t, resp.Body)
	file, err := io.ReadAll(resp.Stream)
	require.NoError(t, err)
	require.NoError(t, resp.Stream.Close())
	assert.Equal(t, "a file", string(file))
	assert.Equal(t, 1<<20, read)
}

type counting struct{ n *int }

func (c counting) Read(p []byte) (int, error) {
	n := min(len(p), 1<<20-*c.n)
	*c.n += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestAStreamsErrorIsAnError(t *testing.T) {
	t.Parallel()
	rec := &recorder{status: 400, body: `{"code":"NO_PERMISSION","details":{},"message":"permission denied","status":"error"}`}
	resp, err := wired(t, rec).Do(t.Context(), Request{Method: http.MethodGet, Path: "files", Stream: true})
	require.ErrorIs(t, err, ErrNoPermission)
	assert.Nil(t, resp.Stream)
	assert.Equal(t, rec.body, string(resp.Body))
}

func TestSafeRequestsThatMayHaveBeenDoneSaySo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lost := false
		conn := wired(t, roundTrip(func(*http.Request) (*http.Response, error) {
			if !lost {
				lost = true
				return nil, io.ErrUnexpectedEOF
			}
			return httpmock.NewStringResponse(200, `{}`), nil
		}))
		req := Request{Method: http.MethodDelete, Path: "Leads/1", Repeat: RepeatSafe}
		resp, err := conn.Do(t.Context(), req)
		require.NoError(t, err)
		assert.True(t, resp.Repeated)
		resp, err = conn.Do(t.Context(), req)
		require.NoError(t, err)
		assert.False(t, resp.Repeated)
	})
}
