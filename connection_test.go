package zohohub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
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
	cfg := Config{ClientID: "1000.FAKE", ClientSecret: fakeSecret, HTTPClient: &http.Client{Transport: rt}}
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
		"page": 2, "ids": []string{"1", "2"}, "at": when, "q": "a+b c&d", "deep": true, "none": nil, "wait": time.Second,
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
	want := []onWire{
		{"GET " + apiBase + "users?at=2026-05-01T12%3A00%3A00%2B00%3A00&deep=true&ids=1%2C2&page=2&q=a%2Bb+c%26d&type=CurrentUser&wait=1s", "", 0, header()},
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
	require.ErrorContains(t, conn.Get(t.Context(), "users", Params{"x": 1.5}, nil), `parameter "x": a value of type float64`)
	require.ErrorContains(t, conn.Get(t.Context(), "users", Params{"x": []byte("x")}, nil), `parameter "x"`)
	_, err := conn.Do(t.Context(), Request{Path: "users"})
	require.ErrorContains(t, err, "no method")
	assert.Empty(t, rec.got)
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

// faults are what can happen to a request, by name.
var faults = map[string]func(*http.Request) (*http.Response, error){
	"401 twice":                respond(401, `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`),
	"429":                      respond(429, `{"code":"TOO_MANY_REQUESTS","details":{},"message":"slow down","status":"error"}`),
	"502 in HTML":              respond(502, "<html>Bad gateway</html>"),
	"200 with an error inside": respond(200, `{"code":"INVALID_MODULE","details":{},"message":"no such module","status":"error"}`),
	"204":                      respond(204, ""),
	"nothing":                  respond(200, ""),
	"cut":                      respondCut(200, `{"data":[`),
	"cut at 0":                 respondCut(200, ``),
	"no dial": func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	},
	"lost":      func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
	"junk":      respond(200, strings.Repeat("junk ", 1<<18)),
	"JSON junk": respond(200, `{"data":[}`),
	"redirect": func(*http.Request) (*http.Response, error) {
		resp := httpmock.NewStringResponse(302, "")
		resp.Header.Set("Location", "https://evil.example/")
		return resp, nil
	},
}

func respond(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return httpmock.NewStringResponse(status, body), nil }
}

func respondCut(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		resp := httpmock.NewStringResponse(status, "")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF)))
		return resp, nil
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	type outcome struct {
		Sent int
		Text string
		Is   []error
	}
	post := map[string]outcome{
		"401 twice":                {1, "INVALID_TOKEN: invalid oauth token (HTTP 401): there is no refresh token to renew it with; sign in with offline access", []error{ErrInvalidToken}},
		"429":                      {4, "TOO_MANY_REQUESTS: slow down (HTTP 429)", []error{ErrRateLimited}},
		"502 in HTML":              {1, `answer is not Zoho's JSON: "<html>Bad gateway</html>" (HTTP 502): outcome unknown`, []error{ErrInternal, ErrOutcomeUnknown}},
		"200 with an error inside": {1, "INVALID_MODULE: no such module (HTTP 200)", []error{ErrInvalidModule}},
		"204":                      {1, "", nil},
		"nothing":                  {1, "answer is empty (HTTP 200): outcome unknown", []error{ErrOutcomeUnknown}},
		"cut":                      {1, "(HTTP 200): outcome unknown: answer broke off: unexpected EOF", []error{ErrOutcomeUnknown, io.ErrUnexpectedEOF}},
		"cut at 0":                 {1, "(HTTP 200): outcome unknown: answer broke off: unexpected EOF", []error{ErrOutcomeUnknown, io.ErrUnexpectedEOF}},
		"no dial":                  {4, "dial: refused", nil},
		"lost":                     {1, "outcome unknown: no answer: unexpected EOF", []error{ErrOutcomeUnknown, io.ErrUnexpectedEOF}},
		"junk":                     {1, `answer is not Zoho's JSON: "` + strings.Repeat("junk ", 16) + `" (HTTP 200): outcome unknown`, []error{ErrOutcomeUnknown}},
		"JSON junk":                {1, `answer is not Zoho's JSON: "{\"data\":[}" (HTTP 200): outcome unknown`, []error{ErrOutcomeUnknown}},
		"redirect":                 {1, "(HTTP 302): redirects are not followed", nil},
	}
	get := maps.Clone(post)
	get["502 in HTML"] = outcome{4, `answer is not Zoho's JSON: "<html>Bad gateway</html>" (HTTP 502)`, []error{ErrInternal}}
	get["nothing"] = outcome{4, "answer is empty (HTTP 200)", nil}
	get["cut"] = outcome{4, "(HTTP 200): answer broke off: unexpected EOF", []error{io.ErrUnexpectedEOF}}
	get["cut at 0"] = get["cut"]
	get["lost"] = outcome{4, "no answer: unexpected EOF", []error{io.ErrUnexpectedEOF}}
	get["junk"] = outcome{4, `answer is not Zoho's JSON: "` + strings.Repeat("junk ", 16) + `" (HTTP 200)`, nil}
	get["JSON junk"] = outcome{1, "(HTTP 200): answer does not fit *interface {}: invalid character '}' looking for beginning of value", nil}

	verbs := map[string]func(context.Context, *Connection) error{
		"get": func(ctx context.Context, c *Connection) error { var out any; return c.Get(ctx, "Leads", nil, &out) },
		"post": func(ctx context.Context, c *Connection) error {
			var out any
			return c.Post(ctx, "Leads", Fields{}, &out)
		},
	}
	for verb, outcomes := range map[string]map[string]outcome{"get": get, "post": post} {
		for name, fault := range faults {
			t.Run(verb+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { // the waits between attempts take no time
					want := outcomes[name]
					sent := 0
					err := verbs[verb](t.Context(), wired(t, roundTrip(func(r *http.Request) (*http.Response, error) {
						sent++
						return fault(r)
					})))
					assert.Equal(t, want.Sent, sent)
					if want.Text == "" {
						require.NoError(t, err)
						return
					}
					require.EqualError(t, err, "zohohub: "+verb+" Leads: "+want.Text)
					var e *Error
					require.ErrorAs(t, err, &e)
					assert.Equal(t, -1, e.Index)
					for _, sentinel := range want.Is {
						require.ErrorIs(t, err, sentinel)
					}
					assert.Equal(t, errors.Is(err, ErrOutcomeUnknown), strings.Contains(want.Text, "outcome unknown"))
				})
			})
		}
	}
}

func TestACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	conn := wired(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	err := conn.Post(ctx, "Leads", Fields{}, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, ErrOutcomeUnknown, "it was out")

	err = conn.Post(ctx, "Leads", Fields{}, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrOutcomeUnknown, "it never left")
	var e *Error
	require.ErrorAs(t, err, &e)
}

func TestAnInterruptedWaitSaysBoth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		conn := wired(t, roundTrip(func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(429, "")
			resp.Header.Set("Retry-After", "7")
			return resp, nil
		}))
		err := conn.Post(ctx, "Leads", Fields{}, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, ErrRateLimited)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, 7*time.Second, e.RetryAfter)
	})
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

func TestNothingOfAConnectionPrintsASecret(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := Config{
		ClientID: "1000.FAKE", ClientSecret: fakeSecret, Logger: logger,
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF}
		})},
		MaxAttempts: 1,
	}
	conn, err := NewConnection(cfg, &Token{AccessToken: fakeAccess, RefreshToken: fakeRefresh})
	require.NoError(t, err)
	err = conn.Get(t.Context(), "Leads/4000000000001", Params{"criteria": "4000000000002"}, nil)
	require.Error(t, err)
	logger.Info("all", "conn", conn, "err", err)
	text := log.String() + err.Error()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text += fmt.Sprintf(verb, conn) + fmt.Sprintf(verb, *conn) + fmt.Sprintf(verb, struct{ C *Connection }{conn}) + fmt.Sprintf(verb, err)
	}
	assert.Contains(t, text, "get Leads/{id}")
	for _, secret := range []string{fakeAccess, fakeRefresh, fakeSecret, fmt.Sprintf("%x", fakeAccess), "4000000000001", "4000000000002"} {
		assert.NotContains(t, text, secret)
	}
}
