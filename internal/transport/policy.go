package transport

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// longestWait is how long a request waits for its next attempt at most. Who has to wait longer is told so at once.
const longestWait = 30 * time.Second

// policy decides whether a request is sent again, and when.
type policy struct {
	attempts int
	backoff  func(n int) time.Duration
}

func newPolicy(attempts int) policy {
	return policy{attempts: max(attempts, 1), backoff: Backoff}
}

// Backoff is 250–500 ms after the first attempt and twice that after each further one, so that clients that failed
// together do not come back together.
func Backoff(n int) time.Duration {
	const first = 500 * time.Millisecond
	full := min(first<<min(n-1, 10), longestWait)
	return full/2 + rand.N(full/2)
}

// next says how long to wait before sending again; ok is false when the request must not be sent again, and wait is
// then what Zoho asked for. n counts the attempts from 1.
func (p policy) next(repeat Repeat, n int, resp *http.Response, err error) (wait time.Duration, ok bool) {
	if !repeatable(repeat, resp, err) {
		return 0, false
	}
	wait = p.backoff(n)
	if resp != nil {
		if asked, said := RetryAfter(resp.Header, time.Now()); said {
			wait = asked
		}
	}
	return wait, n < p.attempts && wait <= longestWait
}

func repeatable(repeat Repeat, resp *http.Response, err error) bool {
	var lost *Lost
	switch {
	case undone(resp, err):
		return true
	case errors.As(err, &lost):
		return repeat == Safe && !errors.Is(err, ErrTooLarge)
	case err != nil:
		return false // no token, no place, no such host: nothing that time heals
	}
	return repeat == Safe && (resp.StatusCode >= 500 || unreadable(resp))
}

// undone says that the request certainly was not done, and may be another time: it never left, or Zoho refused it first.
func undone(resp *http.Response, err error) bool {
	if err != nil {
		return NeverLeft(err)
	}
	return resp.StatusCode == http.StatusTooManyRequests
}

// unreadable says whether a good status came with a body that is no answer.
func unreadable(resp *http.Response) bool {
	body, read := Body(resp)
	if !read || resp.StatusCode >= 300 || resp.StatusCode == http.StatusNoContent {
		return false
	}
	return !LooksLikeJSON(body) && (resp.Request == nil || resp.Request.Method != http.MethodHead)
}
