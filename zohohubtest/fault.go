package zohohubtest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/zohohub/zohohub/internal/pause"
)

// Fault is something that goes wrong with requests. Method and Path say with which, After and Times with how many of
// them, the rest what happens; what a Fault does not say stays as it would be. A Fault with nothing but a Delay, a
// Header or a CutBody lets the request be processed.
//
// Over a socket, Go's own [http.Transport] repeats a GET when a connection that it used before is lost without an
// answer: to count attempts, use [Server.Transport] or cut the body.
type Fault struct {
	// Method is the request's method; empty means any.
	Method string
	// Path is a part of the request's path, in whole segments: "/Leads" is in /crm/v8/Leads and in /crm/v8/Leads/12/Notes,
	// "/oauth/v2/token" is the accounts server. Empty means any.
	Path string
	// After lets so many matching requests pass first.
	After int
	// Times is how many requests fail. Zero means one, a negative number all from then on.
	Times int

	// Delay passes before anything else happens, or less when the client gives up.
	Delay time.Duration
	// Hang reads the request and never answers: the client has to give up. Nothing is done.
	Hang bool
	// CutBefore loses the connection before the request is read. Nothing is done.
	CutBefore bool
	// CutAfter does what was asked and loses the connection before any answer.
	CutAfter bool
	// CutBody loses the connection after so many bytes of the answer's body. A shorter answer arrives whole.
	CutBody int

	// Status refuses the request instead of processing it. Without a Body the answer is the one that Zoho usually gives
	// with that status: its JSON for 400, 401, 403, 404, 429 and 500, a gateway's HTML for 502, 503 and 504.
	Status int
	// Code and Message are Zoho's, in its JSON; for the accounts server they are error and error_description. Without a
	// Status it is 400, for the accounts server 200.
	Code, Message string
	// Body is the whole answer, and ContentType what it claims to be; empty means what it looks like. Without a Status
	// it is 200.
	Body, ContentType string
	// Header goes out with the answer, before what the fake would set: Retry-After or X-API-CREDITS-REMAINING.
	Header http.Header
}

// Inject makes requests fail. Of several faults that match a request, the one that was injected first happens, and those
// behind it stay as they are. It panics for a fault that contradicts itself or would do nothing.
func (s *Server) Inject(f Fault) {
	if reason := f.nonsense(); reason != "" {
		panic(fmt.Sprintf("zohohubtest: Fault for %q %s", f.Path, reason))
	}
	if f.Times == 0 {
		f.Times = 1
	}
	f.Header = f.Header.Clone()
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.pending = append(s.faults.pending, &f)
}

// ClearFaults forgets the faults that have not happened yet.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.pending = nil
}

func (f *Fault) nonsense() string {
	ways := 0
	for _, way := range []bool{f.Hang, f.CutBefore, f.CutAfter, f.CutBody > 0} {
		if way {
			ways++
		}
	}
	switch {
	case f.After < 0 || f.Delay < 0 || f.CutBody < 0:
		return "has a negative After, Delay or CutBody"
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Sprintf("has status %d: 200 to 599 are answers", f.Status)
	case ways > 1:
		return "has more than one of Hang, CutBefore, CutAfter and CutBody"
	case f.answers() && (f.Hang || f.CutBefore || f.CutAfter):
		return "has an answer that would never arrive"
	case ways == 0 && !f.answers() && f.Delay == 0 && len(f.Header) == 0:
		return "says nothing about what goes wrong"
	}
	return ""
}

// answers says whether the fault brings its own answer.
func (f *Fault) answers() bool {
	return f.Status != 0 || f.Code != "" || f.Message != "" || f.Body != ""
}

func (f *Fault) matches(r *http.Request) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, r.Method)) &&
		strings.Contains(r.URL.Path+"/", strings.TrimSuffix("/"+strings.TrimPrefix(f.Path, "/"), "/")+"/")
}

type faults struct {
	mu      sync.Mutex
	pending []*Fault
}

// next takes the fault that happens to r; nil when all goes well.
func (fs *faults) next(r *http.Request) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, f := range fs.pending {
		switch {
		case !f.matches(r):
		case f.After > 0:
			f.After--
		default:
			if f.Times > 0 {
				f.Times--
				if f.Times == 0 {
					fs.pending = append(fs.pending[:i:i], fs.pending[i+1:]...)
				}
			}
			return f
		}
	}
	return nil
}

func (fs *faults) inject(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := fs.next(r)
		if f == nil {
			next.ServeHTTP(w, r)
			return
		}
		markFaulted(r)
		if f.Delay > 0 {
			wait(r, f.Delay)
		}
		switch {
		case f.Hang:
			// A server learns that its client has gone only when the request was read to its end.
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case f.CutBefore:
			panic(http.ErrAbortHandler)
		case f.CutAfter:
			next.ServeHTTP(&nobody{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}
		faulty := &faultyAnswer{ResponseWriter: w, header: f.Header, left: f.CutBody, cuts: f.CutBody > 0}
		if f.answers() {
			f.answer(faulty, r)
		} else {
			next.ServeHTTP(faulty, r)
		}
		if faulty.cut {
			panic(http.ErrAbortHandler)
		}
	})
}

func wait(r *http.Request, d time.Duration) {
	if pause.For(r.Context(), d) != nil {
		panic(http.ErrAbortHandler)
	}
}

// usual is what Zoho says with a status when nothing else is known.
var usual = map[int]struct{ code, message string }{
	400: {"INVALID_DATA", "body"},
	401: {"INVALID_TOKEN", "invalid oauth token"},
	403: {"NO_PERMISSION", "permission denied"},
	404: {"INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"},
	429: {"TOO_MANY_REQUESTS", "API rate limit exceeded. Please retry after some time"},
	500: {"INTERNAL_ERROR", "Internal server error occurred."},
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request) {
	accounts := strings.HasPrefix(r.URL.Path, "/oauth/")
	status := f.Status
	if status == 0 {
		status = http.StatusOK
		if f.Body == "" && !accounts {
			status = http.StatusBadRequest
		}
	}
	said := usual[status]
	switch {
	case f.Body != "":
		answer(w, status, f.contentType(), []byte(f.Body))
	case f.Code == "" && f.Message == "" && (status < 400 || status == http.StatusNotModified):
		w.WriteHeader(status)
	case accounts && f.Code == "" && status == http.StatusTooManyRequests:
		writeJSON(w, status, tooManyTokens)
	case f.Code == "" && f.Message == "" && (accounts || said.code == ""):
		writePage(w, status, fmt.Sprint(status, " ", http.StatusText(status)))
	case accounts:
		body := map[string]any{"error": f.Code}
		if f.Code == "" {
			body["error"] = "general_error"
		}
		if f.Message != "" {
			body["error_description"] = f.Message
		}
		writeJSON(w, status, body)
	default:
		code, message := said.code, said.message
		if f.Code != "" {
			code, message = f.Code, ""
		}
		if f.Message != "" {
			message = f.Message
		}
		writeError(w, status, code, message)
	}
}

func (f *Fault) contentType() string {
	switch {
	case f.ContentType != "":
		return f.ContentType
	case strings.HasPrefix(strings.TrimSpace(f.Body), "<"):
		return "text/html;charset=UTF-8"
	default:
		return "application/json;charset=UTF-8"
	}
}

// nobody takes an answer that is never sent.
type nobody struct{ header http.Header }

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) WriteHeader(int)             {}
func (n *nobody) Write(p []byte) (int, error) { return len(p), nil }

// faultyAnswer adds a fault's header, and with cuts lets only the first left bytes through. The handler writes on: what
// it does must not depend on what the client gets to see.
type faultyAnswer struct {
	http.ResponseWriter
	header  http.Header
	left    int
	cuts    bool
	cut     bool
	started bool
}

// WriteHeader implements [http.ResponseWriter].
func (a *faultyAnswer) WriteHeader(status int) {
	if !a.started {
		a.started = true
		maps.Copy(a.Header(), a.header)
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (a *faultyAnswer) Write(p []byte) (int, error) {
	if !a.started {
		a.WriteHeader(http.StatusOK)
	}
	if !a.cuts {
		return a.ResponseWriter.Write(p)
	}
	if a.cut {
		return len(p), nil
	}
	through := p[:min(len(p), a.left)]
	a.left -= len(through)
	n, err := a.ResponseWriter.Write(through)
	if err != nil {
		return n, err
	}
	if len(through) < len(p) {
		a.cut = true
		// The end of the connection would take along what is still in a buffer.
		_ = http.NewResponseController(a.ResponseWriter).Flush()
	}
	return len(p), nil
}
