package zohohub_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestAuthLostAnswers(t *testing.T) {
	t.Parallel()
	errLost, errDial := errors.New("lost"), error(&net.OpError{Op: "dial", Err: errors.New("refused")})
	errLoud := errors.Join(errLost, errors.New("while sending fake-client-secret and "+sent))
	for name, tt := range map[string]struct {
		respond httpmock.Responder
		message string
		cause   string
		is      error
		unsent  bool
	}{
		"no connection":       {httpmock.NewErrorResponder(errDial), "", "dial: refused", errDial, true},
		"no answer":           {httpmock.NewErrorResponder(errLost), "no answer: ", "lost", errLost, false},
		"an error that tells": {httpmock.NewErrorResponder(errLoud), "no answer: ", "lost while sending [redacted] and [redacted]", errLost, false},
		"cut": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"access_token":"fake-a`), failing{io.ErrUnexpectedEOF}))
			return resp, nil
		}, "the answer broke off (HTTP 200): ", "unexpected EOF", io.ErrUnexpectedEOF, false},
		"endless": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(200, "")
			resp.Body = io.NopCloser(zeros{})
			return resp, nil
		}, "the answer broke off (HTTP 200): ", "the answer is longer than 1 MiB", nil, false},
		"no response": {func(*http.Request) (*http.Response, error) { return nil, nil }, "no answer: ",
			"http: RoundTripper implementation (*transport.settled) returned a nil *Response with a nil error", nil, false},
	} {
		for op, call := range ops {
			t.Run(name+"/"+op, func(t *testing.T) {
				t.Parallel()
				auth, mock := signIn(nil)
				mock.RegisterNoResponder(tt.respond)
				err := call(t.Context(), auth)
				doubt := ""
				if op == "exchange" && !tt.unsent {
					doubt = "outcome unknown: "
					require.ErrorIs(t, err, zohohub.ErrOutcomeUnknown, "the code may be used up")
				} else {
					require.NotErrorIs(t, err, zohohub.ErrOutcomeUnknown)
				}
				require.EqualError(t, err, "zohohub: "+op+": "+tt.message+doubt+tt.cause)
				if tt.is != nil {
					require.ErrorIs(t, err, tt.is)
				}
				assert.Equal(t, 1, mock.GetTotalCallCount(), "asked once")
				for e := err; e != nil; e = errors.Unwrap(e) {
					hush(t, "chain", e.Error())
					assert.NotContains(t, e.Error(), "accounts.zoho.eu")
				}
			})
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestAuthCancelled(t *testing.T) {
	t.Parallel()
	for op, call := range ops {
		t.Run("before/"+op, func(t *testing.T) {
			t.Parallel()
			auth, mock := signIn(nil)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call(ctx, auth)
			require.ErrorIs(t, err, context.Canceled)
			require.EqualError(t, err, "zohohub: "+op+": context canceled")
			assert.Zero(t, mock.GetTotalCallCount())
		})
		t.Run("while waiting/"+op, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			auth, mock := signIn(nil)
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				cancel()
				<-req.Context().Done()
				return nil, req.Context().Err()
			})
			err := call(ctx, auth)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, "context canceled")
		})
		t.Run("time out/"+op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				auth, mock := signIn(func(c *zohohub.Config) { c.Timeout = 7 * time.Second })
				mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					<-req.Context().Done()
					return nil, req.Context().Err()
				})
				start := time.Now()
				err := call(t.Context(), auth)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 7*time.Second, time.Since(start))
			})
		})
		t.Run("after the answer/"+op, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			// Not a mock: those look at the context once more, and which of the two they return is a throw of the dice.
			auth, _ := signIn(func(c *zohohub.Config) {
				c.HTTPClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					cancel()
					return httpmock.NewStringResponse(200, `{"access_token":"1000.fake","status":"success"}`), nil
				})}
			})
			require.NoError(t, call(ctx, auth), "what Zoho gave is not thrown away")
		})
	}
}

func TestAuthWithoutBound(t *testing.T) {
	t.Parallel()
	auth, mock := signIn(func(c *zohohub.Config) { c.Timeout = -1 })
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		_, bound := req.Context().Deadline()
		assert.False(t, bound)
		return httpmock.NewStringResponse(200, `{"status":"success"}`), nil
	})
	require.NoError(t, auth.Revoke(t.Context(), sent))
}

func TestAuthCancelledForAReason(t *testing.T) {
	t.Parallel()
	errReason := errors.New("shutting down")
	for op, call := range ops {
		ctx, cancel := context.WithCancelCause(t.Context())
		auth, mock := signIn(nil)
		mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
			cancel(errReason)
			<-req.Context().Done()
			return nil, context.Cause(req.Context()) // as net/http does
		})
		err := call(ctx, auth)
		require.ErrorIs(t, err, context.Canceled, op)
		require.ErrorIs(t, err, errReason, op)
	}
}

func TestAuthAnswersWithoutABody(t *testing.T) {
	t.Parallel()
	for op, call := range ops {
		auth, mock := signIn(nil)
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusBadGateway}, nil
		})
		require.EqualError(t, call(t.Context(), auth), "zohohub: "+op+": the answer is empty (HTTP 502)")
	}
}
