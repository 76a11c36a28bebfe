package transport

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
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

// NeverLeft says whether err proves that nothing was sent: the connection did not come up.
func NeverLeft(err error) bool {
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

// RoundTrip returns a [*Lost] for whatever may have reached Zoho.
func (s *sender) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err == nil {
		return resp, nil
	}
	if resp != nil { // a CheckRedirect of the client's own may leave both
		discard(resp)
	}
	err = StripURL(err)
	if NeverLeft(err) {
		return nil, err
	}
	return nil, &Lost{Err: err}
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
