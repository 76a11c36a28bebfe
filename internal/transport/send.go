package transport

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// Lost is the error of a request that left, or may have: no answer, or none that can be read, says whether it was done.
type Lost struct {
	// Status is that of the answer when it broke off in its body, else 0.
	Status int
	Err    error
}

func (l *Lost) Error() string {
	if l.Status != 0 {
		return fmt.Sprintf("answer broke off: %v", l.Err)
	}
	return fmt.Sprintf("no answer: %v", l.Err)
}

// Unwrap returns the cause.
func (l *Lost) Unwrap() error { return l.Err }

// Unsent is the error of a request that certainly did not leave, whatever Err is: it got no connection.
type Unsent struct{ Err error }

func (u *Unsent) Error() string { return fmt.Sprintf("no connection: %v", u.Err) }

// Unwrap returns the cause.
func (u *Unsent) Unwrap() error { return u.Err }

// NeverLeft says whether err proves that nothing was sent: the connection did not come up.
func NeverLeft(err error) bool {
	if unsent := (*Unsent)(nil); errors.As(err, &unsent) {
		return true
	}
	for err != nil {
		var op *net.OpError
		if !errors.As(err, &op) {
			return false
		}
		if op.Op == "dial" {
			return true
		}
		err = op.Err // a proxy's failure to connect has the dial beneath it
	}
	return false
}

// sender is the end of the chain: the caller's client, with its own Timeout, Jar and Transport, once per attempt.
type sender struct{ client *http.Client }

var _ http.RoundTripper = (*sender)(nil)

// NewSender returns a RoundTripper that sends by a client with a Transport. Its answers have no Location, its errors no
// URL; whatever may have reached the server is a [*Lost].
func NewSender(client *http.Client) http.RoundTripper {
	c := *client
	c.Transport = &settled{next: client.Transport}
	return &sender{client: &c}
}

// RoundTrip implements [http.RoundTripper].
func (s *sender) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		closeBody(req)
		return nil, err
	}
	// A dial or a handshake that the deadline cuts short is told by no error. A Transport that is not net/http's tells
	// neither of the two, and proves nothing.
	var asked, got atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	}))
	resp, err := s.client.Do(req)
	if err == nil {
		return resp, nil
	}
	if resp != nil { // a CheckRedirect of the client's own may leave both
		discard(resp)
	}
	err = StripURL(err)
	switch {
	case NeverLeft(err):
		return nil, err
	case asked.Load() && !got.Load():
		return nil, &Unsent{Err: err}
	}
	return nil, &Lost{Err: err}
}

// settled takes the Location out of answers: for one that it cannot read, net/http would give an error instead of the
// answer, and for a 307 open the body again, all before it asks whether to follow.
type settled struct{ next http.RoundTripper }

var _ http.RoundTripper = (*settled)(nil)

// RoundTrip implements [http.RoundTripper].
func (s *settled) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	if resp != nil && resp.StatusCode >= 300 {
		resp.Header = resp.Header.Clone() // a caller's RoundTripper may give the same one out again
		resp.Header.Del("Location")
	}
	return resp, err
}

// StripURL takes the wrapping off that net/http puts around an error: its text holds the URL, with ids and criteria.
func StripURL(err error) error {
	for {
		wrapped, ok := err.(*url.Error) //nolint:errorlint // only the outermost: what is around others has a meaning
		if !ok {
			return err
		}
		err = wrapped.Err
	}
}
