package zohohubtest

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// LimitConcurrency lets at most n calls of the CRM be under way at once, as Zoho does by edition (5 to 25); one more is
// refused with 429 TOO_MANY_REQUESTS. The place is free again before the last byte of the answer is sent, so a client
// that never has more than n open is never refused. Zero or less lifts the limit, which is how a Server starts.
func (s *Server) LimitConcurrency(n int) {
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	s.limits.places = max(n, 0)
}

// LimitCredits gives the organisation n API credits. Each call takes what it costs at Zoho; from the half on,
// X-API-CREDITS-REMAINING tells what is left, and when nothing is, calls are refused with 429 TOO_MANY_REQUESTS. Credits
// do not come back by themselves. A negative number lifts the limit, which is how a Server starts.
func (s *Server) LimitCredits(n int) {
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	s.limits.counted = n >= 0
	s.limits.credits, s.limits.left = n, n
}

type limits struct {
	mu      sync.Mutex
	places  int // zero: any number
	taken   int
	counted bool
	credits int
	left    int
}

// creditsHeader tells what is left of the day's credits.
const creditsHeader = "X-API-CREDITS-REMAINING"

// charge takes what a call costs and tells what is left, as soon as half is used.
func (l *limits) charge(w http.ResponseWriter, credits int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.counted {
		return
	}
	l.left = max(l.left-credits, 0)
	if l.left*2 <= l.credits {
		w.Header().Set(creditsHeader, strconv.Itoa(l.left))
	}
}

// enter takes a place; counts says that it must be given back.
func (l *limits) enter(w http.ResponseWriter) (counts, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counted && l.left == 0 {
		w.Header().Set(creditsHeader, "0")
		return false, false
	}
	if l.places == 0 {
		return false, true
	}
	if l.taken >= l.places {
		return false, false
	}
	l.taken++
	return true, true
}

func (l *limits) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken--
}

func (l *limits) concurrency(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/crm/") {
			next.ServeHTTP(w, r)
			return
		}
		counts, ok := l.enter(w)
		if !ok {
			writeError(w, http.StatusTooManyRequests, usual[429].code, usual[429].message)
			return
		}
		if !counts {
			next.ServeHTTP(w, r)
			return
		}
		held := &heldAnswer{ResponseWriter: w}
		whole := false
		defer func() {
			l.leave()
			held.finish(whole)
		}()
		next.ServeHTTP(held, r)
		whole = true
	})
}

// heldAnswer keeps the end of an answer back until its place is free: the last byte, or the head when there is no body.
// Else a client that has the whole answer, and asks again at once, could find the place still taken.
type heldAnswer struct {
	http.ResponseWriter
	status  int
	started bool
	last    []byte // at most one byte
}

// WriteHeader implements [http.ResponseWriter].
func (a *heldAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements [io.Writer].
func (a *heldAnswer) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := a.release(); err != nil {
		return 0, err
	}
	n, err := a.ResponseWriter.Write(p[:len(p)-1])
	if err != nil {
		return n, err
	}
	a.last = append(a.last, p[len(p)-1])
	return len(p), nil
}

// FlushError is for [http.ResponseController].
func (a *heldAnswer) FlushError() error {
	a.start()
	return http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *heldAnswer) start() {
	if !a.started {
		a.started = true
		if a.status == 0 {
			a.status = http.StatusOK
		}
		a.ResponseWriter.WriteHeader(a.status)
	}
}

func (a *heldAnswer) release() error {
	a.start()
	_, err := a.ResponseWriter.Write(a.last)
	a.last = a.last[:0]
	return err
}

// finish sends what was kept back. A cut answer had its head and all of its bytes already counted out: they must leave
// before the connection does.
func (a *heldAnswer) finish(whole bool) {
	switch {
	case whole && len(a.last) == 0:
		a.start()
	case whole:
		_ = a.release() // the client has gone
	case a.started:
		_ = a.release()
		_ = http.NewResponseController(a.ResponseWriter).Flush()
	}
}
