package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSenderSaysWhatMayHaveLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ err, want error }{
		"a failed dial":        {errDial, errDial},
		"a broken connection":  {io.ErrUnexpectedEOF, &Lost{Err: io.ErrUnexpectedEOF}},
		"a client in a client": {&url.Error{Op: "Get", URL: "https://x.example/?id=1", Err: io.EOF}, &Lost{Err: io.EOF}},
	} {
		s := NewSender(&http.Client{Transport: next(func(*http.Request) (*http.Response, error) { return nil, c.err })})
		resp, err := s.RoundTrip(request(t, t.Context(), &Call{}, "body"))
		if resp != nil {
			text(t, resp)
		}
		assert.Equal(t, c.want, err, name)
	}
}

func TestSenderSendsNothingForACallerWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	closed := false
	req := request(t, ctx, &Call{}, "")
	req.Body = closer(func() { closed = true })
	resp, err := (&sender{}).RoundTrip(req)
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, context.Canceled, err, "not Lost: it never left")
	assert.True(t, closed)
}

// Without a connection nothing can have left, whatever the error says.
func TestSenderKnowsWhetherThereWasAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := func() net.Conn { // takes the request, and never answers
			near, far := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, far) }()
			return near
		}
		for name, c := range map[string]struct {
			dial func(context.Context) (net.Conn, error)
			want error
		}{
			"a dial that hangs": {
				func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, context.Cause(ctx) },
				&Unsent{Err: &TimeoutError{After: 10 * time.Second}},
			},
			"an answer that does not come": {
				func(context.Context) (net.Conn, error) { return pipe(), nil },
				&Lost{Err: &TimeoutError{After: 10 * time.Second}},
			},
		} {
			pool := &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx) }}
			rt := &deadline{next: NewSender(&http.Client{Transport: pool}), timeout: 10 * time.Second}
			resp, err := rt.RoundTrip(request(t, t.Context(), &Call{}, "body"))
			if resp != nil {
				text(t, resp)
			}
			assert.Equal(t, c.want, err, name)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)

			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			resp, err = rt.RoundTrip(request(t, ctx, &Call{}, "body"))
			cancel()
			if resp != nil {
				text(t, resp)
			}
			assert.Equal(t, fmt.Sprintf("%T", c.want), fmt.Sprintf("%T", err), name)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			pool.CloseIdleConnections()
		}
	})
}

func TestSenderFollowsNothing(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"https://evil.example/", "/again", "://%zz", ""} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			sent := 0
			shared := http.Header{"Location": {location}, "X-Other": {"kept"}}
			s := NewSender(&http.Client{Transport: next(func(*http.Request) (*http.Response, error) {
				sent++
				return &http.Response{StatusCode: status, Header: shared, Body: newWhole([]byte("moved"))}, nil
			})})
			req := request(t, t.Context(), &Call{}, "body")
			req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("a second body") }
			resp, err := s.RoundTrip(req)
			require.NoError(t, err, "%d %q", status, location)
			assert.Equal(t, "moved", text(t, resp))
			assert.Equal(t, status, resp.StatusCode)
			assert.Equal(t, http.Header{"X-Other": {"kept"}}, resp.Header)
			assert.Equal(t, []string{location}, shared["Location"])
			assert.Equal(t, 1, sent)
		}
	}
}

func TestSenderAndARoundTripperThatGivesNothing(t *testing.T) {
	t.Parallel()
	s := NewSender(&http.Client{Transport: next(func(*http.Request) (*http.Response, error) { return nil, nil })})
	resp, err := s.RoundTrip(request(t, t.Context(), &Call{}, ""))
	if resp != nil {
		text(t, resp)
	}
	var lost *Lost
	require.ErrorAs(t, err, &lost)

	s = NewSender(&http.Client{Transport: next(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusFound}, nil
	})})
	resp, err = s.RoundTrip(request(t, t.Context(), &Call{}, ""))
	require.NoError(t, err)
	assert.Empty(t, text(t, resp))
}

func TestNeverLeft(t *testing.T) {
	t.Parallel()
	assert.True(t, NeverLeft(fmt.Errorf("refresh: %w", errDial)))
	assert.True(t, NeverLeft(fmt.Errorf("refresh: %w", &Unsent{Err: context.Canceled})))
	assert.False(t, NeverLeft(nil))
	assert.False(t, NeverLeft(errors.New("dial")))
}

func TestLoggerNamesTheCallAndNotTheRecord(t *testing.T) {
	t.Parallel()
	var lines logLines
	beneath := &answers{list: []any{at(200, `{}`, "X-API-CREDITS-REMAINING", "1234"), errDial, errLost}}
	rt := &logger{next: beneath, log: lines.logger()}
	call := &Call{Template: "Leads/{id}", Weight: 2}
	for range 3 {
		req := request(t, t.Context(), call, "")
		req.URL.Path, req.URL.RawQuery = "/crm/v8/Leads/4000000000001", "criteria=secret"
		req.Header.Set("Authorization", "Zoho-oauthtoken secret")
		resp, err := rt.RoundTrip(req)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
	}
	assert.Equal(t, logLines{
		`level=DEBUG msg="zohohub: request" method=POST path=Leads/{id} attempt=1 credits=2 status=200 credits_remaining=1234`,
		`level=DEBUG msg="zohohub: request" method=POST path=Leads/{id} attempt=2 credits=2 failure="no connection"`,
		`level=DEBUG msg="zohohub: request" method=POST path=Leads/{id} attempt=3 credits=2 failure="no answer"`,
	}, lines)
	assert.Equal(t, 3, call.Attempts)
}
