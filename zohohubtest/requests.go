package zohohubtest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is one request that reached the fake.
type Request struct {
	Method string
	Path   string // such as /crm/v8/Leads
	Query  url.Values
	Header http.Header // the credentials in Authorization and Cookie are replaced
	// Body is what came until the request was over, 1 MiB at most. Of a request to the accounts server it is the parameters of its form in URL
	// encoding, however they were sent.
	Body   []byte
	Status int // of the answer; 0 while there is none, and when the connection was cut before it
	Time   time.Time
}

// The log's bounds: a fake that runs for days must not fill the memory.
const (
	mostLogged      = 10_000
	mostLoggedBytes = 64 << 20
	mostLoggedBody  = 1 << 20
)

// redacted stands in for whatever could be a secret.
const redacted = "[redacted]"

// Requests are the requests that came since the start or [Server.ResetRequests], in the order of arrival, refused and
// cut ones included. Secrets of sign-in are replaced by [redacted]. Kept are the newest 10,000, with 64 MiB of bodies.
func (s *Server) Requests() []Request { return s.requests.all() }

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() { s.requests.reset() }

type requestLog struct {
	mu      sync.Mutex
	entries []*loggedRequest
	bytes   int
}

type loggedRequest struct {
	Request
	dropped bool
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Request, len(l.entries))
	for i, e := range l.entries {
		out[i] = e.Request
		out[i].Query = url.Values(http.Header(e.Query).Clone())
		out[i].Header = e.Header.Clone()
		out[i].Body = slices.Clone(e.Body)
	}
	return out
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.entries) > 0 {
		l.dropOldest()
	}
}

func (l *requestLog) dropOldest() {
	oldest := l.entries[0]
	oldest.dropped = true
	l.bytes -= len(oldest.Body)
	l.entries[0] = nil
	l.entries = l.entries[1:]
}

func (l *requestLog) add(e *loggedRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	l.bytes += len(e.Body)
	l.trim()
}

func (l *requestLog) trim() {
	for len(l.entries) > mostLogged || l.bytes > mostLoggedBytes {
		l.dropOldest()
	}
}

// grow adds p to an entry's body and says how much more of the body is wanted.
func (l *requestLog) grow(e *loggedRequest, p []byte) (wanted int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.dropped {
		return 0
	}
	p = p[:min(len(p), mostLoggedBody-len(e.Body))]
	e.Body = append(e.Body, p...)
	l.bytes += len(p)
	l.trim()
	return mostLoggedBody - len(e.Body)
}

func (l *requestLog) answered(e *loggedRequest, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Status = status
}

// record writes every request down as it arrives, its body as it is read, and its status before the answer goes out, so
// that whoever has the answer finds all of it in the log.
func (l *requestLog) record(now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &loggedRequest{Request: Request{
			Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), Time: now(),
		}}
		if auth := e.Header.Get("Authorization"); auth != "" {
			scheme, _, found := strings.Cut(auth, " ")
			if !found {
				scheme = "" // a bare token
			}
			e.Header.Set("Authorization", strings.TrimSpace(scheme+" "+redacted))
		}
		if e.Header.Get("Cookie") != "" {
			e.Header.Set("Cookie", redacted) // browsers do not tell ports apart: it is another service's
		}
		body := &loggedBody{ReadCloser: r.Body, log: l, entry: e}
		if r.ContentLength != 0 {
			body.wanted = mostLoggedBody
		}
		if signsIn(r.URL.Path) {
			// A form is small, and its secrets must be found before any of it is kept.
			raw, err := io.ReadAll(io.LimitReader(r.Body, mostLoggedBody))
			form, _ := postForm(r.Header.Get("Content-Type"), raw)
			e.Body = []byte(redact(form).Encode())
			e.Query = redact(e.Query)
			body = &loggedBody{ReadCloser: &readBody{r.Body, bytes.NewReader(raw), err}, log: l, entry: e}
		}
		r.Body = body
		l.add(e)
		// Else a socket's answer waits for the request's body. Without a socket nothing does, and nothing has to be said.
		_ = http.NewResponseController(w).EnableFullDuplex()
		next.ServeHTTP(&loggedAnswer{ResponseWriter: w, log: l, entry: e, body: body}, r)
	})
}

// readBody is a body that was read already, up to where it broke off.
type readBody struct {
	io.ReadCloser
	read *bytes.Reader
	err  error
}

// Read implements [io.Reader].
func (b *readBody) Read(p []byte) (int, error) {
	switch {
	case b.read.Len() > 0:
		return b.read.Read(p)
	case b.err != nil:
		return 0, b.err
	default:
		return b.ReadCloser.Read(p)
	}
}

type loggedBody struct {
	io.ReadCloser
	log    *requestLog
	entry  *loggedRequest
	wanted int // more of it, for the log
}

// Read implements [io.Reader].
func (b *loggedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 && b.wanted > 0 {
		b.wanted = b.log.grow(b.entry, p[:n])
	}
	if err != nil {
		b.wanted = 0
	}
	return n, err
}

// patience is how long an answer waits for the rest of a body that nobody has read. What a client has sent along with
// its request is there by then; who sends its body only after the answer, or never, is not waited for.
const patience = time.Second

// drain reads for the log what the handler has not, as long as the request lasts.
func (b *loggedBody) drain() {
	if b.wanted == 0 {
		return
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.CopyN(io.Discard, b, int64(b.wanted)) // what the client does not send is not there
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
	}
}

type loggedAnswer struct {
	http.ResponseWriter
	log     *requestLog
	entry   *loggedRequest
	body    *loggedBody
	started bool
}

// WriteHeader gives the log the rest of the body first: a refusal often comes before the body was looked at.
func (a *loggedAnswer) WriteHeader(status int) {
	if !a.started {
		a.started = true
		a.body.drain()
		a.log.answered(a.entry, status)
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (a *loggedAnswer) Write(p []byte) (int, error) {
	if !a.started {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (a *loggedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// signsIn says whether a path is the accounts server's, or was meant to be: an address that was put together wrongly is
// sent the same secrets.
func signsIn(path string) bool { return strings.Contains(path, "/oauth/") }

// harmless are the parameters of a sign-in that a log may show; whatever else comes could be a secret.
var harmless = map[string]bool{
	"access_type": true, "client_id": true, "decision": true, "grant_type": true, "prompt": true, "redirect_uri": true,
	"response_type": true, "scope": true, "state": true, "token_type": true, "token_type_hint": true,
}

func redact(params url.Values) url.Values {
	out := url.Values{}
	for name, values := range params {
		for _, v := range values {
			if !harmless[name] {
				v = redacted
			}
			out.Add(name, v)
		}
	}
	return out
}
