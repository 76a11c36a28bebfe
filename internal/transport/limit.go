package transport

import (
	"io"
	"net/http"
	"sync"
)

// limiter bounds how many requests are out at a time: Zoho counts those whose answer is not read yet.
type limiter struct {
	next   http.RoundTripper
	places chan struct{}
}

var _ http.RoundTripper = (*limiter)(nil)

func newLimiter(next http.RoundTripper, places int) http.RoundTripper {
	if places <= 0 {
		return next
	}
	return &limiter{next: next, places: make(chan struct{}, places)}
}

// RoundTrip waits for a place, as long as the request's context allows. An error of that wait is the context's own:
// nothing was sent.
func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	select {
	case l.places <- struct{}{}:
	case <-ctx.Done():
		closeBody(req)
		return nil, ctx.Err()
	}
	free := sync.OnceFunc(func() { <-l.places })
	handedOver := false
	defer func() { // also when the caller's own RoundTripper panics
		if !handedOver {
			free()
		}
	}()
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if _, read := Body(resp); read {
		return resp, nil
	}
	resp.Body = &placed{ReadCloser: resp.Body, free: free}
	handedOver = true
	return resp, nil
}

// placed is the body of a stream; its place is taken until it is closed.
type placed struct {
	io.ReadCloser
	free func()
}

func (p *placed) Close() error {
	defer p.free()
	return p.ReadCloser.Close()
}
