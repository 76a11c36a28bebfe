package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestPolicy is the policy's documentation. The backoff is a second.
func TestPolicy(t *testing.T) {
	t.Parallel()
	const ok, no = true, false
	throughProxy := &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errDial}
	head := at(200, "")
	head.Request = &http.Request{Method: http.MethodHead}
	for _, c := range []struct {
		name   string
		repeat Repeat
		n      int
		resp   *http.Response
		err    error
		wait   time.Duration
		ok     bool
	}{
		{"read that was answered", Safe, 1, at(200, `{}`), nil, 0, no},
		{"read that found nothing", Safe, 1, at(204, ""), nil, 0, no},
		{"read that was unchanged", Safe, 1, at(304, ""), nil, 0, no},
		{"read that was refused", Safe, 1, at(400, `{}`), nil, 0, no},
		{"read with a refused token", Safe, 1, at(401, `{}`), nil, 0, no},
		{"read that was lost", Safe, 1, nil, errLost, time.Second, ok},
		{"read that was lost at the last attempt", Safe, 4, nil, errLost, time.Second, no},
		{"read whose answer is too large", Safe, 1, nil, &Lost{Status: 200, Err: ErrTooLarge}, 0, no},
		{"read of 500", Safe, 1, at(500, `{}`), nil, time.Second, ok},
		{"read of 503 with Retry-After", Safe, 1, at(503, "", "Retry-After", "5"), nil, 5 * time.Second, ok},
		{"read of junk", Safe, 1, at(200, "<html>"), nil, time.Second, ok},
		{"read of a cut list", Safe, 1, at(200, `{"data":[`), nil, time.Second, ok},
		{"read of nothing", Safe, 1, at(200, ""), nil, time.Second, ok},
		{"HEAD", Safe, 1, head, nil, 0, no},
		{"create that was lost", Never, 1, nil, errLost, 0, no},
		{"create of 500", Never, 1, at(500, `{}`), nil, 0, no},
		{"create of 503 with Retry-After", Never, 1, at(503, "", "Retry-After", "5"), nil, 0, no},
		{"create of junk", Never, 1, at(201, "<html>"), nil, 0, no},
		{"create that never left", Never, 1, nil, errDial, time.Second, ok},
		{"create that never left for the proxy", Never, 1, nil, throughProxy, time.Second, ok},
		{"create that left and then met a dial error's look-alike", Never, 1, nil, &Lost{Err: &net.OpError{Op: "read", Err: errors.New("dial")}}, 0, no},
		{"create of 429", Never, 1, at(429, `{}`), nil, time.Second, ok},
		{"create of 429 with Retry-After", Never, 1, at(429, `{}`, "Retry-After", "7"), nil, 7 * time.Second, ok},
		{"429 at the last attempt", Safe, 4, at(429, `{}`, "Retry-After", "7"), nil, 7 * time.Second, no},
		{"Retry-After at the cap", Safe, 1, at(429, `{}`, "Retry-After", "30"), nil, 30 * time.Second, ok},
		{"Retry-After beyond the cap", Safe, 1, at(429, `{}`, "Retry-After", "3600"), nil, time.Hour, no},
		{"no token", Safe, 1, nil, errors.New("no token"), 0, no},
		{"no place", Safe, 1, nil, context.Canceled, 0, no},
		{"no connection to the accounts server", Never, 1, nil, fmt.Errorf("refresh: %w", errDial), time.Second, ok},
	} {
		p := policy{attempts: 4, backoff: func(int) time.Duration { return time.Second }}
		wait, again := p.next(c.repeat, c.n, c.resp, c.err)
		assert.Equal(t, c.ok, again, c.name)
		assert.Equal(t, c.wait, wait, c.name)
	}
}

func TestBackoffGrowsWithinBounds(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 7: longestWait, 1000: longestWait,
	} {
		for range 100 {
			wait := Backoff(n)
			assert.GreaterOrEqual(t, wait, most/2, "after attempt %d", n)
			assert.Less(t, wait, most, "after attempt %d", n)
		}
	}
	assert.Equal(t, 1, newPolicy(-1).attempts)
}
