package zohohub_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

const channelToken = "fake-channel-token"

// aCallback is a body with everything that Zoho documents.
const aCallback = `{"server_time":1714550400123,"query_params":{"env":"a","n":7},"module":"Leads",
	"resource_uri":"https://www.zohoapis.eu/crm/v8/Leads","ids":["4000000000001","4000000000002"],
	"affected_fields":[{"4000000000001":["Email","Company"]},{"4000000000002":["Email"]}],
	"affected_values":[{"record_id":"4000000000001","values":{"Email":"n@x.y","No_of_Employees":9007199254740993}}],
	"operation":"update","channel_id":"1000000068001","token":"fake-channel-token"}`

// heard is a handler's function that keeps what it is called with.
type heard struct {
	mu  sync.Mutex
	all []Notification
	err error
}

func (h *heard) hear(_ context.Context, n Notification) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, n)
	return h.err
}

func (h *heard) list() []Notification {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

// post sends a body to a handler.
func post(t *testing.T, h http.Handler, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hook", body))
	return rec
}

func TestNotificationHandler(t *testing.T) {
	t.Parallel()
	full := Notification{
		ServerTime: time.UnixMilli(1714550400123).UTC(), Module: "Leads", Operation: "update",
		IDs: []string{"4000000000001", "4000000000002"}, ChannelID: 1000000068001, Token: channelToken,
		AffectedFields: map[string][]string{"4000000000001": {"Email", "Company"}, "4000000000002": {"Email"}},
		AffectedValues: map[string]Fields{"4000000000001": {"Email": "n@x.y", "No_of_Employees": json.Number("9007199254740993")}},
		QueryParams:    map[string]string{"env": "a", "n": "7"}, ResourceURI: "https://www.zohoapis.eu/crm/v8/Leads",
		Raw: json.RawMessage(aCallback),
	}
	for name, test := range map[string]struct {
		body string
		want Notification
	}{
		"everything": {aCallback, full},
		"ids and the channel's as numbers, the time as text": {
			`{"token":"fake-channel-token","module":"Deals","operation":"insert","ids":[5725767000000000001],"channel_id":7,"server_time":"1714550400123"}`,
			Notification{
				ServerTime: full.ServerTime, Module: "Deals", Operation: "insert", IDs: []string{"5725767000000000001"}, ChannelID: 7,
				Token: channelToken,
			},
		},
		"empty lists": {
			`{"token":"fake-channel-token","module":"Deals","operation":"delete","ids":["1"],"affected_fields":[],"affected_values":[],"query_params":{}}`,
			Notification{Module: "Deals", Operation: "delete", IDs: []string{"1"}, Token: channelToken},
		},
		"empty values of other kinds": {
			`{"token":"fake-channel-token","module":"Deals","ids":["1"],"affected_fields":{},"affected_values":"","query_params":[],"channel_id":""}`,
			Notification{Module: "Deals", IDs: []string{"1"}, Token: channelToken},
		},
		"nulls, and more than is documented": {
			`{"token":"fake-channel-token","module":"Deals","operation":null,"ids":null,"channel_id":null,"server_time":null,
			"affected_fields":null,"affected_values":[{"record_id":"1","values":null}],"query_params":{"a":null,"b":["x"],"c":true,"d":""},"resource_uri":null,"new":{"x":1}}`,
			Notification{
				Module: "Deals", Token: channelToken, AffectedValues: map[string]Fields{"1": {}},
				QueryParams: map[string]string{"a": "", "b": `["x"]`, "c": "true", "d": ""},
			},
		},
		"a record in several pieces": {
			`{"token":"fake-channel-token","module":"Deals","affected_fields":[{"1":["A"],"2":["B"]},{"1":["C"]}],
			"affected_values":[{"record_id":1,"values":{"A":1}},{"record_id":"1","values":{"C":"x"}}]}`,
			Notification{
				Module: "Deals", Token: channelToken, AffectedFields: map[string][]string{"1": {"A", "C"}, "2": {"B"}},
				AffectedValues: map[string]Fields{"1": {"A": json.Number("1"), "C": "x"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h heard
			rec := post(t, NotificationHandler(channelToken, h.hear), strings.NewReader(test.body))
			assert.Equal(t, http.StatusOK, rec.Code)
			assert.Empty(t, rec.Body.String())
			test.want.Raw = json.RawMessage(test.body)
			assert.Equal(t, []Notification{test.want}, h.list())
		})
	}
}

// TestNotificationRefused: what is not Zoho's calls nobody, and is told nothing.
func TestNotificationRefused(t *testing.T) {
	t.Parallel()
	with := func(members string) string { return `{"token":"fake-channel-token","module":"Leads",` + members + `}` }
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"nothing":                     {"", 400},
		"no JSON":                     {"<html>", 400},
		"form values":                 {"token=fake-channel-token&module=Leads", 400},
		"cut":                         {aCallback[:len(aCallback)-1], 400},
		"two values":                  {aCallback + aCallback, 400},
		"a list":                      {"[" + aCallback + "]", 400},
		"null":                        {"null", 403},
		"no token":                    {`{"module":"Leads"}`, 403},
		"null for a token":            {`{"token":null,"module":"Leads"}`, 403},
		"an empty token":              {`{"token":"","module":"Leads"}`, 403},
		"a number for a token":        {`{"token":7,"module":"Leads"}`, 403},
		"a list with the token":       {`{"token":["fake-channel-token"],"module":"Leads"}`, 403},
		"another token":               {`{"token":"fake-channel-tokem","module":"Leads"}`, 403},
		"a longer token":              {`{"token":"fake-channel-token ","module":"Leads"}`, 403},
		"a part of the token":         {`{"token":"fake-channel","module":"Leads"}`, 403},
		"another token, and nonsense": {`{"token":"x","module":{},"ids":7}`, 403},
		"no module":                   {`{"token":"fake-channel-token"}`, 400},
		"an empty module":             {`{"token":"fake-channel-token","module":""}`, 400},
		"a module of another kind":    {`{"token":"fake-channel-token","module":7}`, 400},
		"ids of another kind":         {with(`"ids":{"1":2}`), 400},
		"an id of another kind":       {with(`"ids":[{}]`), 400},
		"an empty id":                 {with(`"ids":[""]`), 400},
		"an id that is a path":        {with(`"ids":["../x"]`), 400},
		"a time of another kind":      {with(`"server_time":"yesterday"`), 400},
		"a channel of another kind":   {with(`"channel_id":"x"`), 400},
		"a channel beyond 64 bits":    {with(`"channel_id":9223372036854775808`), 400},
		"fields of another kind":      {with(`"affected_fields":[["1"]]`), 400},
		"values of another kind":      {with(`"affected_values":{"1":{}}`), 400},
		"values of nobody":            {with(`"affected_values":[{"values":{}}]`), 400},
		"values that are none":        {with(`"affected_values":[{"record_id":"1","values":[]}]`), 400},
		"parameters of another kind":  {with(`"query_params":["x"]`), 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h heard
			rec := post(t, NotificationHandler(channelToken, h.hear), strings.NewReader(test.body))
			assert.Equal(t, test.status, rec.Code)
			assert.Equal(t, http.StatusText(test.status)+"\n", rec.Body.String())
			assert.Empty(t, h.list())
		})
	}
}

// TestNotificationHandlerWithoutAToken: a token that was forgotten lets nobody in.
func TestNotificationHandlerWithoutAToken(t *testing.T) {
	t.Parallel()
	var h heard
	for _, body := range []string{`{"token":"","module":"Leads"}`, `{"module":"Leads"}`, aCallback} {
		assert.Equal(t, http.StatusForbidden, post(t, NotificationHandler("", h.hear), strings.NewReader(body)).Code)
	}
	assert.Empty(t, h.list())
	assert.PanicsWithValue(t, "zohohub: NotificationHandler with a nil function", func() { NotificationHandler(channelToken, nil) })
}

func TestNotificationMethods(t *testing.T) {
	t.Parallel()
	var h heard
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		rec := httptest.NewRecorder()
		NotificationHandler(channelToken, h.hear).ServeHTTP(rec,
			httptest.NewRequestWithContext(t.Context(), method, "/hook", strings.NewReader(aCallback)))
		assert.Equal(t, http.StatusMethodNotAllowed, rec.Code, method)
		assert.Equal(t, http.MethodPost, rec.Header().Get("Allow"))
	}
	assert.Empty(t, h.list())
}

// TestNotificationCallbackFails: Zoho hears that it was not taken, and nothing of why.
func TestNotificationCallbackFails(t *testing.T) {
	t.Parallel()
	h := heard{err: errors.New("the database is down")}
	rec := post(t, NotificationHandler(channelToken, h.hear), strings.NewReader(aCallback))
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
	assert.Equal(t, "Service Unavailable\n", rec.Body.String())
	assert.Len(t, h.list(), 1)

	for _, v := range []any{"boom", http.ErrAbortHandler} { // the server's to handle, or a middleware's
		handler := NotificationHandler(channelToken, func(context.Context, Notification) error { panic(v) })
		assert.PanicsWithValue(t, v, func() { post(t, handler, strings.NewReader(aCallback)) })
	}
}

type hookKey struct{}

func TestNotificationContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), hookKey{}, "of a middleware"))
	handler := NotificationHandler(channelToken, func(ctx context.Context, _ Notification) error {
		assert.Equal(t, "of a middleware", ctx.Value(hookKey{}))
		cancel(io.EOF)
		assert.Equal(t, io.EOF, context.Cause(ctx))
		return ctx.Err()
	})
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(aCallback)))
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
}

// endless is a body that does not end, and counts what was read of it.
type endless struct {
	head io.Reader
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n, err := e.head.Read(p)
	if err != nil {
		n = len(p)
		for i := range p {
			p[i] = 'x'
		}
	}
	e.read += n
	return n, nil
}

// TestNotificationTooLarge: of a body beyond the bound no more is read than that, and nothing of one that says so ahead.
func TestNotificationTooLarge(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	var h heard
	handler := NotificationHandler(channelToken, h.hear)
	for _, head := range []string{"", `{"token":"fake-channel-token","module":"`, aCallback[:len(aCallback)-1] + `,"new":"`} {
		body := &endless{head: strings.NewReader(head)}
		assert.Equal(t, http.StatusBadRequest, post(t, handler, body).Code)
		assert.LessOrEqual(t, body.read, most+1)
	}

	body := &endless{head: strings.NewReader("")}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hook", body)
	r.ContentLength = most + 1
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, r)
	assert.Equal(t, http.StatusBadRequest, rec.Code)
	assert.Zero(t, body.read)
	assert.Empty(t, h.list())

	fits := strings.TrimSuffix(aCallback, "}") + `,"new":""}`
	fits = strings.Replace(fits, `"new":""`, `"new":"`+strings.Repeat("x", most-len(fits))+`"`, 1)
	require.Len(t, fits, most)
	assert.Equal(t, http.StatusOK, post(t, handler, strings.NewReader(fits)).Code)
	assert.Equal(t, http.StatusBadRequest, post(t, handler, strings.NewReader(fits+" ")).Code)
	assert.Len(t, h.list(), 1)
}

// TestNotificationHandlerAnywhere: below a prefix, behind a middleware that bounds the body too, over HTTP/1 and HTTP/2.
func TestNotificationHandlerAnywhere(t *testing.T) {
	t.Parallel()
	var h heard
	handler := NotificationHandler(channelToken, h.hear)
	bounded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1000)
		handler.ServeHTTP(w, r)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/{tenant}/zoho", handler)
	mux.Handle("/api/", http.StripPrefix("/api", handler))
	mux.Handle("/bounded", http.TimeoutHandler(bounded, time.Minute, ""))
	for _, http2 := range []bool{false, true} {
		srv := httptest.NewUnstartedServer(mux)
		srv.EnableHTTP2 = http2
		srv.StartTLS()
		t.Cleanup(srv.Close)
		send := func(path, body string) int {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+path, strings.NewReader(body))
			require.NoError(t, err)
			resp, err := srv.Client().Do(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, http2, resp.ProtoMajor == 2)
			return resp.StatusCode
		}
		for _, path := range []string{"/hooks/acme/zoho?env=a", "/api/zoho/hook", "/bounded"} {
			assert.Equal(t, http.StatusOK, send(path, aCallback), path)
			assert.Equal(t, http.StatusForbidden, send(path, `{"token":"x"}`), path)
		}
		assert.Equal(t, http.StatusBadRequest, send("/bounded", aCallback+strings.Repeat(" ", 1000)))
		assert.Equal(t, http.StatusOK, send("/api/", aCallback+strings.Repeat(" ", 1000)))
	}
	assert.Len(t, h.list(), 8)
}

func BenchmarkNotificationHandler(b *testing.B) {
	handler := NotificationHandler(channelToken, func(context.Context, Notification) error { return nil })
	for _, bench := range []struct {
		name, body string
		status     int
	}{
		{"a callback", aCallback, http.StatusOK},
		{"a wrong token", strings.Replace(aCallback, channelToken, "x", 1), http.StatusForbidden},
		{"1 MB of junk", strings.Repeat("junk ", 200_000), http.StatusBadRequest},
		{"1 MB of JSON with a wrong token", `{"token":"x","ids":[` + strings.Repeat(`"4000000000001",`, 60_000) + `""]}`, http.StatusForbidden},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				handler.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/", strings.NewReader(bench.body)))
				if rec.Code != bench.status {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
