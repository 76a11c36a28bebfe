package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// TimeoutError says that an attempt took too long. It matches [context.DeadlineExceeded], as that of net/http does.
type TimeoutError struct {
	After time.Duration
	// Idle says that a stream made no progress for so long.
	Idle bool
}

func (e *TimeoutError) Error() string {
	if e.Idle {
		return fmt.Sprintf("no progress for %v", e.After)
	}
	return fmt.Sprintf("timed out after %v", e.After)
}

// Timeout makes it a net.Error in spirit.
func (e *TimeoutError) Timeout() bool { return true }

// Is makes it [context.DeadlineExceeded].
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// deadline bounds one attempt from its sending to the end of its answer. For streams the clock runs only while Zoho is
// waited for, and starts again with every piece of progress: neither size nor a slow reader is a fault.
type deadline struct {
	next    http.RoundTripper
	timeout time.Duration
}

var _ http.RoundTripper = (*deadline)(nil)

// RoundTrip implements [http.RoundTripper].
func (d *deadline) RoundTrip(req *http.Request) (*http.Response, error) {
	if d.timeout <= 0 {
		return d.next.RoundTrip(req)
	}
	call := CallOf(req.Context())
	ctx, cancel := context.WithCancelCause(req.Context())
	late := &TimeoutError{After: d.timeout, Idle: call.StreamIn || call.StreamOut}
	c := &clock{late: late, cancel: cancel, cause: func() error { return context.Cause(ctx) }}
	c.timer = time.AfterFunc(d.timeout, func() { cancel(late) })

	out := req.WithContext(ctx)
	if late.Idle && req.Body != nil && req.Body != http.NoBody {
		out.Body = &timedRequest{ReadCloser: req.Body, clock: c}
	}
	handedOver := false
	defer func() { // also when the caller's own RoundTripper panics
		if !handedOver {
			c.end()
		}
	}()
	resp, err := d.next.RoundTrip(out)
	switch {
	case err == nil:
	case !c.ranOut():
		return nil, err
	case NeverLeft(err):
		return nil, &Unsent{Err: late}
	default:
		return nil, &Lost{Err: late}
	}
	c.pause()
	resp.Body = &timedAnswer{ReadCloser: resp.Body, clock: c}
	handedOver = true
	return resp, nil
}

// clock is the time of one attempt.
type clock struct {
	timer  *time.Timer
	late   *TimeoutError
	cancel context.CancelCauseFunc
	cause  func() error
}

func (c *clock) pause() {
	if c.late.Idle {
		c.timer.Stop()
	}
}

func (c *clock) restart() {
	if c.late.Idle {
		c.timer.Reset(c.late.After)
	}
}

func (c *clock) end() {
	c.timer.Stop()
	c.cancel(nil)
}

func (c *clock) ranOut() bool { return errors.Is(c.cause(), error(c.late)) }

// timedRequest is a stream to Zoho: the clock stands while the stream's own source is waited for.
type timedRequest struct {
	io.ReadCloser
	clock *clock
}

func (b *timedRequest) Read(p []byte) (int, error) {
	b.clock.pause()
	defer b.clock.restart()
	return b.ReadCloser.Read(p)
}

// timedAnswer is an answer's body: the clock of a stream runs only while a read waits. Closing it ends the attempt.
type timedAnswer struct {
	io.ReadCloser
	clock *clock
}

func (b *timedAnswer) Read(p []byte) (int, error) {
	b.clock.restart()
	n, err := b.ReadCloser.Read(p)
	b.clock.pause()
	if err != nil && !errors.Is(err, io.EOF) && b.clock.ranOut() {
		err = b.clock.late // net/http says that the context was cancelled
	}
	return n, err
}

func (b *timedAnswer) Close() error {
	defer b.clock.end()
	return b.ReadCloser.Close()
}
