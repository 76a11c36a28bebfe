package transport

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/zohohub/zohohub/internal/pause"
)

// Interrupted is the error of a wait between attempts that the caller's context ended. It keeps both reasons.
type Interrupted struct {
	// Err is the context's.
	Err error
	// Last is why the request was to be sent again: an answer whose body is read, or an error.
	Last    *http.Response
	LastErr error
}

func (i *Interrupted) Error() string {
	if i.LastErr != nil {
		return fmt.Sprintf("%v; before that: %v", i.Err, i.LastErr)
	}
	return fmt.Sprintf("%v; last answer: HTTP %d", i.Err, i.Last.StatusCode)
}

// Unwrap returns both reasons.
func (i *Interrupted) Unwrap() []error {
	if i.LastErr == nil {
		return []error{i.Err}
	}
	return []error{i.Err, i.LastErr}
}

// retrier sends again what may be sent again. Its waits hold no place and need no token.
type retrier struct {
	next   http.RoundTripper
	policy policy
}

var _ http.RoundTripper = (*retrier)(nil)

// RoundTrip implements [http.RoundTripper].
func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	call := CallOf(ctx)
	for n, attempt := 1, req; ; n++ {
		resp, err := r.next.RoundTrip(attempt)
		if ctx.Err() != nil {
			return resp, err
		}
		wait, ok := r.policy.next(call.Repeat, n, resp, err)
		if !ok || beyond(ctx, wait) {
			return resp, err
		}
		// The body is opened before the wait: a request that cannot be repeated is told at once.
		if attempt, ok = again(req); !ok {
			return resp, err
		}
		if ctxErr := pause.For(ctx, wait); ctxErr != nil {
			closeBody(attempt)
			return nil, &Interrupted{Err: ctxErr, Last: resp, LastErr: err}
		}
		call.Doubtful = call.Doubtful || !undone(resp, err)
		if resp != nil {
			discard(resp)
		}
	}
}

// Pause waits; it is false, at once, when ctx ends before the wait would.
func Pause(ctx context.Context, wait time.Duration) bool {
	return !beyond(ctx, wait) && pause.For(ctx, wait) == nil
}

// beyond says that the caller's time is up before the wait is: better an answer now than a time-out later.
func beyond(ctx context.Context, wait time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) <= wait
}
