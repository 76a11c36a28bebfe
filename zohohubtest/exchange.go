package zohohubtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
)

// ExchangesEnv names a file in the environment: every [Server] that starts while it is set adds what it is asked and what
// it answers to that file, a line of JSON for each [Exchange]. Any number of servers and processes may share the file.
// A server panics on starting when it cannot be written.
const ExchangesEnv = "ZOHOHUBTEST_EXCHANGES"

// Exchange is one request and its answer, as a line of the file that [ExchangesEnv] names. It has no credentials: of the
// headers it keeps what says how to read a body or changes what is answered, and of the accounts server nothing but
// method, path and status.
type Exchange struct {
	Method   string      `json:"method"`
	Path     string      `json:"path"` // escaped as it came, such as /crm/v8/Leads
	Query    string      `json:"query,omitempty"`
	Request  ExchangeEnd `json:"request"`
	Status   int         `json:"status"` // 0 when the connection was lost before it
	Response ExchangeEnd `json:"response"`
	// Faulted: a [Fault] happened to it, so the answer is not the fake's own.
	Faulted bool `json:"faulted,omitempty"`
}

// ExchangeEnd is what one side sent.
type ExchangeEnd struct {
	Header http.Header `json:"header,omitempty"`
	Body   string      `json:"body,omitempty"`
	// Omitted: Body is left out, for it is longer than 4 MiB, no text, or a file: a form with files, or a download.
	Omitted bool `json:"omitted,omitempty"`
}

const mostExchanged = 4 << 20

// exchangedHeaders are what a line keeps; whatever else comes could be a secret.
var exchangedHeaders = []string{
	"Content-Type", "If-Modified-Since", "If-Unmodified-Since", "Retry-After", "User-Agent", "X-EXTERNAL",
}

// exchangeLog writes lines; nil writes none.
type exchangeLog struct{ out io.WriteCloser }

// openExchangeLog opens the file that the environment names; nil when it names none.
func openExchangeLog() *exchangeLog {
	name := os.Getenv(ExchangesEnv)
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: %s: %v", ExchangesEnv, err))
	}
	return &exchangeLog{out: file}
}

func (l *exchangeLog) close() {
	if l != nil {
		_ = l.out.Close() // a file that is written without a buffer: what failed has panicked
	}
}

// record writes each exchange when it is over, however it ends.
func (l *exchangeLog) record(next http.Handler) http.Handler {
	if l == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &Exchange{Method: r.Method, Path: r.URL.EscapedPath()}
		asked := &exchangedBody{ReadCloser: r.Body}
		asked.body.more = strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
		answered := &exchangedAnswer{ResponseWriter: w}
		defer func() {
			e.Status = answered.status
			if !signsIn(r.URL.Path) { // there, all the rest is secrets
				e.Query = r.URL.RawQuery
				e.Request = asked.body.end(r.Header)
				e.Response = answered.body.end(w.Header())
			}
			l.write(e)
		}()
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
		r.Body = asked
		next.ServeHTTP(answered, r)
	})
}

// write adds a line in one write, so that lines of several processes do not mix.
func (l *exchangeLog) write(e *Exchange) {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: %s: %v", ExchangesEnv, err))
	}
}

type exchangeKey struct{}

// markFaulted says of the exchange that r begins that a fault happens to it.
func markFaulted(r *http.Request) {
	if e, ok := r.Context().Value(exchangeKey{}).(*Exchange); ok {
		e.Faulted = true
	}
}

// excerpt keeps a body up to a bound.
type excerpt struct {
	mu sync.Mutex // a body may still be read for the log of requests when the exchange is over
	bytes.Buffer
	more bool // than is kept
}

func (x *excerpt) add(p []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.more = x.more || x.Len()+len(p) > mostExchanged; !x.more {
		_, _ = x.Write(p) // a buffer takes everything
	}
}

func (x *excerpt) end(h http.Header) ExchangeEnd {
	x.mu.Lock()
	defer x.mu.Unlock()
	end := ExchangeEnd{Header: http.Header{}}
	for _, name := range exchangedHeaders {
		if values := h.Values(name); len(values) > 0 {
			end.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if end.Omitted = x.more || !utf8.Valid(x.Bytes()); !end.Omitted {
		end.Body = x.String()
	}
	return end
}

type exchangedBody struct {
	io.ReadCloser
	body excerpt
}

// Read implements [io.Reader].
func (b *exchangedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.body.add(p[:n])
	return n, err
}

type exchangedAnswer struct {
	http.ResponseWriter
	status int
	body   excerpt
}

// WriteHeader implements [http.ResponseWriter].
func (a *exchangedAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		named := a.Header().Get("Content-Disposition")
		a.body.more = named != "" && named != jsonDisposition
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (a *exchangedAnswer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.body.add(p)
	return a.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (a *exchangedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
