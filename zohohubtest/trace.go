package zohohubtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// TraceEnv names a file in the environment: every [Server] that starts while it is set adds to that file the secrets that it
// gives out, and where requests came to, a line of JSON for each [Trace]. Whoever has the logs, errors and databases of a
// program that was tested on the fake can then look whether one of the secrets is in them. Any number of servers and
// processes may share the file. A server panics on starting when it cannot be written.
const TraceEnv = "ZOHOHUBTEST_TRACE"

// Trace is a line of the file that [TraceEnv] names: either a secret, or a request. Unlike an [Exchange] it hides nothing.
type Trace struct {
	Kind   string `json:"kind,omitempty"` // "client secret", "code", "refresh token", or "access token"
	Secret string `json:"secret,omitempty"`

	Method   string      `json:"method,omitempty"`
	URL      string      `json:"url,omitempty"`      // path and query as they came
	Header   http.Header `json:"header,omitempty"`   // without Authorization
	Location string      `json:"location,omitempty"` // where the answer leads to: from the consent page with a code
}

// tracer writes lines; nil writes none.
type tracer struct{ out io.WriteCloser }

// openTracer opens the file that the environment names; nil when it names none.
func openTracer() *tracer {
	name := os.Getenv(TraceEnv)
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: %s: %v", TraceEnv, err))
	}
	return &tracer{out: file}
}

func (t *tracer) close() {
	if t != nil {
		_ = t.out.Close() // a file that is written without a buffer: what failed has panicked
	}
}

// secret notes a secret that is given out, and returns it.
func (t *tracer) secret(kind, secret string) string {
	if t != nil && secret != "" {
		t.write(Trace{Kind: kind, Secret: secret})
	}
	return secret
}

// record writes each request when its answer is over, however that ends.
func (t *tracer) record(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := Trace{Method: r.Method, URL: r.URL.RequestURI(), Header: r.Header.Clone()}
		line.Header.Del("Authorization")
		defer func() {
			line.Location = w.Header().Get("Location")
			t.write(line)
		}()
		next.ServeHTTP(w, r)
	})
}

// write adds a line in one write, so that lines of several processes do not mix.
func (t *tracer) write(line Trace) {
	text, err := json.Marshal(line)
	if err == nil {
		_, err = t.out.Write(append(text, '\n'))
	}
	if err != nil && !errors.Is(err, os.ErrClosed) { // which a token is that is made after the server's end
		panic(fmt.Sprintf("zohohubtest: %s: %v", TraceEnv, err))
	}
}
