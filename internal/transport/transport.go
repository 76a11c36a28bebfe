// Package transport is the one road to the wire: a chain of small [http.RoundTripper]s, each with one duty. It knows
// neither records nor the package that uses it.
package transport

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// Repeat says whether a request whose outcome is unknown may be sent again.
type Repeat int

const (
	// Never means: sent once, unless it was refused before it was done or never left.
	Never Repeat = iota
	// Safe means: doing it twice comes to the same.
	Safe
)

// Call is what the chain has to know of a request beyond what [http.Request] holds, and what it has to tell of it
// afterwards. It travels in the request's context, because resty stands between its maker and the chain.
type Call struct {
	Repeat Repeat
	// Upload sends the request to the grant's upload host instead of its API host.
	Upload bool
	// StreamIn and StreamOut mark bodies of any length: time without progress counts for them, not time.
	// A StreamOut answer is not read by the chain.
	StreamIn, StreamOut bool
	// File says of a StreamOut answer that it is a file: one that is none is read by the chain.
	File bool
	// Template and Weight are for the log.
	Template string
	Weight   int

	// Attempts counts what was sent, replays with a renewed token included.
	Attempts int
	// Doubtful says that the request was sent again though an earlier attempt may have been done.
	Doubtful bool
	// Renewed says that the token was refused and the request was sent again with another; RenewErr says why it could
	// not be.
	Renewed  bool
	RenewErr error
}

type callKey struct{}

// WithCall returns a context for a request that goes through the chain.
func WithCall(ctx context.Context, call *Call) context.Context {
	return context.WithValue(ctx, callKey{}, call)
}

// CallOf returns what WithCall was given; a request without a call is one that must not be repeated.
func CallOf(ctx context.Context) *Call {
	if call, ok := ctx.Value(callKey{}).(*Call); ok {
		return call
	}
	return new(Call)
}

// Options are the chain's parts and bounds.
type Options struct {
	// Client sends. It must not follow redirects: a token must not travel along.
	Client *http.Client
	Tokens Tokens
	// Places bounds the requests that are out at a time; 0 or less: no bound.
	Places int
	// Attempts bounds how often a request is sent; less than 1 is 1.
	Attempts int
	// Timeout bounds one attempt, its body included, and for streams the time without progress; 0 or less: no bound.
	Timeout time.Duration
	// MaxBody bounds an answer that is read whole; 0: 64 MiB.
	MaxBody int64
	// Logger gets a line for each attempt; nil is silent.
	Logger *slog.Logger
}

// New puts the chain together; the order is its meaning. The overall deadline is that of the request's context, which
// every wait in the chain keeps to.
func New(o Options) http.RoundTripper {
	rt := NewSender(o.Client)
	rt = &deadline{next: rt, timeout: o.Timeout}             // one attempt's time, without the waits further out
	rt = &reader{next: rt, limit: o.MaxBody}                 // answers whole: a cut body and Zoho's code are seen from here on
	rt = &logger{next: rt, log: o.Logger}                    // each attempt, with its outcome
	rt = newLimiter(rt, o.Places)                            // a place for each attempt, until its body is read
	rt = &signer{next: rt, tokens: o.Tokens}                 // before the limiter: who waits for a token holds no place
	return &retrier{next: rt, policy: newPolicy(o.Attempts)} // outermost: each attempt is signed anew
}

// whole is the body of an answer that was read to its end.
type whole struct {
	bytes.Reader
	data []byte
}

func newWhole(data []byte) *whole {
	w := &whole{data: data}
	w.Reset(data)
	return w
}

func (w *whole) Close() error { return nil }

// Body returns an answer's bytes when the chain has read them, without copying.
func Body(resp *http.Response) (data []byte, ok bool) {
	if w, isWhole := resp.Body.(*whole); isWhole {
		return w.data, true
	}
	return nil, false
}

// LooksLikeJSON says whether a body begins and ends as a JSON object or array does. It does not read what is between:
// whoever decodes the body does, and a page of records is not to be read twice.
func LooksLikeJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	if len(body) < 2 {
		return false
	}
	first, last := body[0], body[len(body)-1]
	return first == '{' && last == '}' || first == '[' && last == ']'
}

// again returns a copy of the request with its body at the beginning. It is false when the body is gone.
func again(req *http.Request) (*http.Request, bool) {
	clone := req.Clone(req.Context())
	if req.Body == nil || req.Body == http.NoBody {
		return clone, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	clone.Body = body
	return clone, true
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // nobody is waiting for what it would say
	}
}

// discard frees the connection of an answer that nobody will read.
func discard(resp *http.Response) {
	const enough = 4 << 10 // more is not worth the connection
	_, _ = io.CopyN(io.Discard, resp.Body, enough)
	_ = resp.Body.Close()
}
