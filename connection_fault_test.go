package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

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
		"401 twice": {1, "INVALID_TOKEN: invalid oauth token (HTTP 401): there is no refresh token to renew it with; sign in with offline access; " +
			"or is the token for https://www.zohoapis.eu, and for its environment (production, sandbox, developer)?", []error{ErrInvalidToken}},
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

func TestACallerWhoLeavesForAReason(t *testing.T) {
	t.Parallel()
	errReason := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(t.Context())
	conn := wired(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		cancel(errReason)
		<-r.Context().Done()
		return nil, context.Cause(r.Context()) // as net/http does
	}))
	err := conn.Post(ctx, "Leads", Fields{}, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errReason)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
}

// A dial that hangs is no lost answer: even a create goes again, and none is in doubt.
func TestADialThatHangsNeverLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		conn := wired(t, &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			dials.Add(1)
			<-ctx.Done()
			return nil, ctx.Err()
		}}, func(c *Config) { c.MaxAttempts = 2 })
		err := conn.Post(t.Context(), "Leads", Fields{}, nil)
		require.EqualError(t, err, "zohohub: post Leads: no connection: timed out after 30s")
		require.NotErrorIs(t, err, ErrOutcomeUnknown)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.EqualValues(t, 2, dials.Load())
		conn.CloseIdleConnections() // ends the dials, which net/http keeps for the next request
	})
}

func TestRedirectsAreNotEvenLookedAt(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 307, 308} {
		for _, location := range []string{"https://evil.example/", "://%zz"} {
			opened := 0
			conn := wired(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				_ = r.Body.Close()
				resp := httpmock.NewStringResponse(status, "")
				resp.Header.Set("Location", location)
				return resp, nil
			}))
			resp, err := conn.Do(t.Context(), Request{Method: http.MethodPost, Path: "files", BodyFunc: func() (io.ReadCloser, error) {
				opened++
				return io.NopCloser(strings.NewReader("file")), nil
			}})
			require.EqualError(t, err, fmt.Sprintf("zohohub: post files: (HTTP %d): redirects are not followed", status))
			assert.Equal(t, status, resp.Status)
			assert.Equal(t, 1, opened)
		}
	}
}
