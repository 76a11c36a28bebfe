package zohohubtest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
)

// errLost is what a client sees of a connection that the server ended.
var errLost error = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// Transport reaches the fake without a socket: for testing/synctest, in whose bubbles a socket keeps time still, and for
// programs that must not listen. Whatever the host, the request comes here, so Zoho's own addresses work too. Bodies
// stream both ways, the request's context is honoured, and what would end a connection ends the request. Unlike a
// socket's, it never sends a request again by itself; [http.Transport] does so with a GET whose reused connection died.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

type inFlight struct{ cancel context.CancelCauseFunc }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	// The contexts, channels and pipes are made here, on the caller's goroutine: inside a bubble they belong to it.
	ctx, cancel := context.WithCancelCause(req.Context())
	body = &sentBody{ReadCloser: body, cancel: cancel}
	call := &inFlight{cancel}
	if err := context.Cause(ctx); err != nil {
		_ = body.Close()
		cancel(nil)
		return nil, err
	}
	if !t.server.enter(call) {
		_ = body.Close()
		cancel(nil)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}

	pr, pw := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: pw, request: req, started: make(chan *http.Response, 1)}
	w.reader = &answerBody{PipeReader: pr, cancel: cancel}
	stop := context.AfterFunc(ctx, func() { // whoever is stuck in reading or writing is let go
		_ = pw.CloseWithError(context.Cause(ctx))
		_ = body.Close()
	})
	go func() {
		defer t.server.leave(call)
		defer cancel(nil)
		defer stop()
		defer func() { _ = body.Close() }()
		w.run(t.server.handler, received(ctx, req, body))
	}()

	var resp *http.Response
	select {
	case resp = <-w.started:
	case <-ctx.Done():
		select {
		case resp = <-w.started: // the handler came to its end first
		default:
		}
	}
	// A handler may answer, or give up, because the client has gone: the client is told of its own reason.
	if err := context.Cause(req.Context()); err != nil {
		_ = w.reader.Close()
		_ = body.Close()
		return nil, err
	}
	if failed, ok := errors.AsType[*bodyError](context.Cause(ctx)); ok {
		_ = w.reader.Close()
		return nil, failed.error
	}
	if resp == nil {
		return nil, errLost
	}
	return resp, nil
}

// received is req as a server sees it.
func received(ctx context.Context, req *http.Request, body io.ReadCloser) *http.Request {
	r := req.Clone(ctx)
	r.Body, r.GetBody, r.Response = body, nil, nil
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	r.RequestURI = req.URL.RequestURI()
	r.URL.Scheme, r.URL.Host, r.URL.User, r.URL.Fragment, r.URL.RawFragment = "", "", nil, "", ""
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.RemoteAddr = "127.0.0.1:1"
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		r.ContentLength = 0
	case r.ContentLength > 0:
		r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	default:
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	}
	return r
}

func (s *Server) enter(call *inFlight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.inFlight[call] = struct{}{}
	return true
}

func (s *Server) leave(call *inFlight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inFlight, call)
	if s.closed && len(s.inFlight) == 0 {
		close(s.idle)
	}
}

// pipeWriter is the handler's side of an answer: its head goes over started, its body through the pipe.
type pipeWriter struct {
	header  http.Header
	body    *io.PipeWriter
	reader  io.ReadCloser
	request *http.Request
	started chan *http.Response // one answer; nil when the connection was lost before it
	sent    bool
	bodily  bool
}

func (w *pipeWriter) run(h http.Handler, r *http.Request) {
	defer func() {
		aborted := recover() != nil // of what a handler panics with, guarded has told
		// A handler may also end well, but early, because the connection did not last: its answer is not whole then.
		cut := context.Cause(r.Context())
		if cut == nil && aborted {
			cut = io.ErrUnexpectedEOF
		}
		if cut == nil {
			w.WriteHeader(http.StatusOK)
		}
		if !w.sent {
			w.started <- nil
		}
		_ = w.body.CloseWithError(cut) // nil is the end
	}()
	h.ServeHTTP(w, r)
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if w.sent {
		return
	}
	w.sent = true
	w.bodily = w.request.Method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified
	resp := &http.Response{
		Status:        strconv.Itoa(status) + " " + http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.header.Clone(),
		Body:          w.reader,
		ContentLength: -1,
		Request:       w.request,
	}
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	} else if !w.bodily {
		resp.ContentLength = 0
	} else {
		resp.TransferEncoding = []string{"chunked"} // its end is told, as over a socket
	}
	w.started <- resp
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if !w.bodily {
		return 0, http.ErrBodyNotAllowed
	}
	if len(p) == 0 {
		return 0, nil // a pipe would wait for a reader even then
	}
	return w.body.Write(p)
}

// Flush implements [http.Flusher]: nothing is held back.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

// answerBody ends the request when the client has no more use for the answer.
type answerBody struct {
	*io.PipeReader
	cancel context.CancelCauseFunc
}

// Close implements [io.Closer].
func (b *answerBody) Close() error {
	err := b.PipeReader.Close()
	b.cancel(context.Canceled)
	return err
}

// sentBody is the request's body. A client that cannot read its own body ends the connection, as over a socket. The
// handler's end and a cancelled context may both close it.
type sentBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
	once   sync.Once
	err    error
}

// bodyError is what went wrong with reading a request's body.
type bodyError struct{ error }

// Read implements [io.Reader].
func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.cancel(&bodyError{err})
	}
	return n, err
}

// Close implements [io.Closer].
func (b *sentBody) Close() error {
	b.once.Do(func() { b.err = b.ReadCloser.Close() })
	return b.err
}
