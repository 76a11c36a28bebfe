package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRetrierSendsTheBodyEachTime(t *testing.T) {
	t.Parallel()
	beneath := &answers{list: []any{errDial, at(429, `{}`), at(201, `{}`)}}
	rt := &retrier{next: beneath, policy: policy{attempts: 4, backoff: noWait}}
	call := &Call{Repeat: Never}
	resp, err := rt.RoundTrip(request(t, t.Context(), call, "the body"))
	require.NoError(t, err)
	assert.Equal(t, 201, resp.StatusCode)
	assert.Equal(t, "{}", text(t, resp))
	assert.Equal(t, []string{"the body", "the body", "the body"}, beneath.sent)
	assert.False(t, call.Doubtful, "nothing of it was done before")
}

func TestRetrierSaysWhenAnEarlierAttemptMayHaveBeenDone(t *testing.T) {
	t.Parallel()
	for _, first := range []any{errLost, at(502, ""), at(200, "")} {
		beneath := &answers{list: []any{first, at(429, `{}`), at(200, `{}`)}}
		call := &Call{Repeat: Safe}
		rt := &retrier{next: beneath, policy: policy{attempts: 4, backoff: noWait}}
		resp, err := rt.RoundTrip(request(t, t.Context(), call, ""))
		require.NoError(t, err)
		assert.Equal(t, "{}", text(t, resp))
		assert.True(t, call.Doubtful)
	}
}

func TestRetrierStopsAtTheLastAttempt(t *testing.T) {
	t.Parallel()
	beneath := &answers{list: []any{errLost, at(502, ""), at(503, "busy")}}
	rt := &retrier{next: beneath, policy: policy{attempts: 3, backoff: noWait}}
	resp, err := rt.RoundTrip(request(t, t.Context(), &Call{Repeat: Safe}, ""))
	require.NoError(t, err)
	assert.Equal(t, 503, resp.StatusCode)
	assert.Equal(t, "busy", text(t, resp))
	assert.Len(t, beneath.sent, 3)
}

func TestRetrierReturnsTheRefusalOfABodyThatIsGone(t *testing.T) {
	t.Parallel()
	for name, getBody := range map[string]func() (io.ReadCloser, error){
		"no GetBody":    nil,
		"GetBody fails": func() (io.ReadCloser, error) { return nil, errors.New("gone") },
	} {
		beneath := &answers{list: []any{at(429, `{"code":"TOO_MANY_REQUESTS"}`)}}
		rt := &retrier{next: beneath, policy: policy{attempts: 4, backoff: noWait}}
		req := request(t, t.Context(), &Call{Repeat: Safe}, "once")
		req.GetBody = getBody
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err, name)
		assert.Equal(t, 429, resp.StatusCode, name)
		assert.JSONEq(t, `{"code":"TOO_MANY_REQUESTS"}`, text(t, resp), name)
	}
}

func TestRetrierWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		beneath := &answers{list: []any{at(429, `{}`, "Retry-After", "7"), at(200, `{}`)}}
		rt := &retrier{next: beneath, policy: newPolicy(4)}
		resp, err := rt.RoundTrip(request(t, t.Context(), &Call{}, ""))
		require.NoError(t, err)
		assert.Equal(t, "{}", text(t, resp))
		assert.Equal(t, 7*time.Second, time.Since(start))
	})
}

func TestRetrierDoesNotBeginAWaitThatTheDeadlineCutsShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		rt := &retrier{next: &answers{list: []any{at(429, `{}`, "Retry-After", "7")}}, policy: newPolicy(4)}
		resp, err := rt.RoundTrip(request(t, ctx, &Call{}, ""))
		require.NoError(t, err)
		assert.Equal(t, 429, resp.StatusCode)
		assert.Equal(t, "{}", text(t, resp))
		assert.Zero(t, time.Since(start))
	})
}

func TestAnInterruptedWaitKeepsBothReasons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		interrupted := func(first any) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			time.AfterFunc(100*time.Millisecond, cancel)
			rt := &retrier{next: &answers{list: []any{first}}, policy: newPolicy(4)}
			closed := false
			req := request(t, ctx, &Call{Repeat: Safe}, "body")
			req.GetBody = func() (io.ReadCloser, error) { return closer(func() { closed = true }), nil }
			resp, err := rt.RoundTrip(req)
			if !assert.Error(t, err) {
				text(t, resp)
			}
			assert.True(t, closed, "the body that was opened for the next attempt")
			return err
		}
		err := interrupted(at(503, `{}`))
		require.ErrorIs(t, err, context.Canceled)
		var i *Interrupted
		require.ErrorAs(t, err, &i)
		assert.Equal(t, 503, i.Last.StatusCode)
		assert.EqualError(t, err, "context canceled; last answer: HTTP 503")

		err = interrupted(errLost)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.EqualError(t, err, "context canceled; before that: no answer: unexpected EOF")
	})
}

func TestRetrierIsNotRetryingForACallerWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	rt := &retrier{policy: policy{attempts: 4, backoff: noWait}, next: next(func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, &Lost{Err: context.Canceled}
	})}
	resp, err := rt.RoundTrip(request(t, ctx, &Call{Repeat: Safe}, ""))
	if resp != nil {
		text(t, resp)
	}
	var lost *Lost
	require.ErrorAs(t, err, &lost)
	require.ErrorIs(t, err, context.Canceled)
}
