package zohohub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/zohohub/zohohub/internal/transport"
)

// Response is Zoho's answer.
type Response struct {
	Status int
	Header http.Header
	// Body is the whole answer; nil when there was none (204, 304) and for a stream.
	Body []byte
	// Stream is the answer's body when the request asked for it and Zoho did not refuse. The caller closes it: until
	// then it holds one of the connection's places.
	Stream io.ReadCloser
	// Repeated says that this answers a repetition, and that an attempt before it may have been done: a record that a
	// repeated delete does not find was deleted by the first.
	Repeated bool

	cutUnseen bool // the stream ends with its connection: whether it was cut cannot be told
}

// failure is the error for a request that got no answer.
func (c *Connection) failure(ctx context.Context, req *Request, err error) *Error {
	err = withReason(ctx, transport.StripURL(err))
	e := asError(req, err)
	if i, ok := errors.AsType[*transport.Interrupted](err); ok && i.Last != nil {
		body, _ := transport.Body(i.Last)
		if last := parseAnswer(req.Op, req.Module, i.Last.StatusCode, i.Last.Header, body); last != nil {
			last.Err = i.Err
			return c.tokens.secrets().hide(last)
		}
	}
	if lost, ok := errors.AsType[*transport.Lost](err); ok {
		e.Status = lost.Status
		if req.repeat() == RepeatNever {
			e.Err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
		}
	}
	e.Err = c.tokens.secrets().cause(e.Err) // a caller's RoundTripper may show what it was given
	return e
}

// withReason adds why ctx ended if err does not tell: net/http gives the cause that the caller named instead.
func withReason(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

// response turns Zoho's answer into a Response, and into an error if it is one.
func (c *Connection) response(req *Request, call *transport.Call, raw *http.Response) (*Response, error) {
	resp := &Response{Status: raw.StatusCode, Header: raw.Header, Repeated: call.Doubtful}
	body, read := transport.Body(raw)
	if !read {
		resp.Stream = raw.Body
		resp.cutUnseen = raw.ProtoMajor == 1 && raw.ContentLength < 0 && len(raw.TransferEncoding) == 0 && !raw.Uncompressed
		return resp, nil
	}
	if len(body) > 0 {
		resp.Body = body
	}
	e := parseAnswer(req.Op, req.Module, resp.Status, resp.Header, body)
	if e == nil && resp.Status < 300 {
		e = unanswered(req, resp)
	}
	if e == nil {
		if refusals := parseRefusals(req.Op, req.Module, resp.Status, body); refusals != nil && (resp.Status >= 300 || req.Method != http.MethodGet) {
			return resp, c.tokens.secrets().hideAll(refusals)
		}
		return resp, nil
	}
	e = c.tokens.secrets().hide(e) // an answer may repeat the header that it refuses
	switch {
	case resp.Status == http.StatusUnauthorized && call.RenewErr != nil:
		e.Err = call.RenewErr
		if cause, ok := errors.AsType[*Error](call.RenewErr); ok {
			e.RetryAfter = cmp.Or(e.RetryAfter, cause.RetryAfter)
		}
	case errors.Is(e, ErrInvalidToken) && call.Renewed:
		e.Err = c.tokens.hint()
	case errors.Is(e, ErrScopeMismatch):
		e.Err = c.tokens.lacks(scopesOf(req))
	case resp.Status >= 300 && resp.Status < 400:
		e.Err = errors.New("redirects are not followed")
	case resp.Status >= 500, resp.Status < 300 && e.Code == "":
		if req.repeat() == RepeatNever {
			e.Err = ErrOutcomeUnknown
		}
	}
	return resp, e
}

// unanswered is the error of a good status whose body is no answer.
func unanswered(req *Request, resp *Response) *Error {
	e := &Error{Op: req.Op, Module: req.Module, Status: resp.Status, Index: -1}
	switch {
	case resp.Status == http.StatusNoContent, req.Method == http.MethodHead:
		return nil
	case len(resp.Body) == 0:
		e.Message = "answer is empty"
	case req.Method != http.MethodGet && !json.Valid(resp.Body): // who reads decodes it anyway
		e.Message = "answer is not Zoho's JSON: " + quote(resp.Body)
	default:
		return nil
	}
	return e
}

// asError puts the request's name to an error.
func asError(req *Request, err error) *Error {
	e := &Error{Op: req.Op, Module: req.Module, Index: -1, Err: err}
	if cause, ok := errors.AsType[*Error](err); ok {
		e.RetryAfter = cause.RetryAfter
	}
	return e
}
