package zohohubtest

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zohohub/zohohub"
)

// Server is a Zoho CRM in memory with its accounts server, listening on loopback. It is safe for concurrent use.
type Server struct {
	url      string
	clock    clock
	accounts *accounts
	crm      *crm
	faults   faults
	limits   limits
	requests requestLog
	handler  http.Handler

	callbacks *callbacks

	exchanges *exchangeLog
	trace     *tracer

	socket http.Server
	conns  sync.WaitGroup // of the sockets; never touched from a bubble
	others sync.WaitGroup // the sockets of other data centers that accept
	served chan struct{}  // closed when the socket no longer accepts

	mu       sync.Mutex
	closed   bool
	inFlight map[*inFlight]struct{} // through Transport
	idle     chan struct{}          // closed when the server is closed and inFlight empty
}

// NewServer starts a fake CRM that is closed when the test ends.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	s := Start()
	tb.Cleanup(s.Close)
	return s
}

// Start is [NewServer] for where there is no testing.TB: Examples and programs. The caller closes it. It panics when the
// machine gives no socket on loopback.
func Start() *Server {
	exchanges, trace := openExchangeLog(), openTracer()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: no socket on loopback: %v", err))
	}
	return start(listener, exchanges, trace)
}

func start(listener net.Listener, exchanges *exchangeLog, trace *tracer) *Server {
	s := &Server{
		url:      "http://" + listener.Addr().String(),
		served:   make(chan struct{}),
		inFlight: map[*inFlight]struct{}{},
		idle:     make(chan struct{}),

		exchanges: exchanges,
		trace:     trace,
	}
	s.accounts = newAccounts(s.Now, s.url)
	s.crm = newCRM(s.Now, s.URL)
	s.accounts.people = s.crm.people
	s.accounts.trace = s.trace
	s.trace.secret("client secret", defaultClientSecret)
	s.crm.charge = s.limits.charge
	s.callbacks = newCallbacks()
	s.crm.tellChannels(func(all []*callback) { s.callbacks.deliver(s.crm, all) })
	// From outside in: what was asked is written down whatever becomes of it; a request that is over the limit costs no
	// fault; what a fault delays holds its place.
	s.handler = s.requests.record(s.Now, s.limits.concurrency(s.faults.inject(http.HandlerFunc(s.route))))
	s.handler = guarded(log.Printf, s.exchanges.record(s.trace.record(s.handler)))

	// The requests' contexts end with the server, so that Close waits for nobody who hangs.
	ctx, cancel := context.WithCancel(context.Background())
	s.socket = http.Server{
		Handler:           s.handler,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				s.conns.Add(1)
			case http.StateClosed:
				s.conns.Done()
			}
		},
	}
	go func() {
		defer close(s.served)
		defer cancel()
		if err := s.socket.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Printf("zohohubtest: %s no longer accepts connections: %v", s.url, err)
		}
	}()
	return s
}

// Close ends what is under way, as a lost connection does, and waits until nothing is left. It may be called again.
func (s *Server) Close() {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	for f := range s.inFlight {
		f.cancel(errLost)
	}
	if first && len(s.inFlight) == 0 {
		close(s.idle)
	}
	s.mu.Unlock()
	_ = s.socket.Close() // fails only for a listener that is closed already
	<-s.served
	s.others.Wait()
	_ = s.socket.Close() // a connection that was just being accepted escapes the first
	s.conns.Wait()
	<-s.idle
	s.callbacks.close()
	s.crm.blobs.close()
	s.exchanges.close()
	s.trace.close()
}

// route is the whole CRM behind the middleware.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/oauth/"):
		s.accounts.serve(w, r)
	case strings.HasPrefix(r.URL.Path, "/crm/"):
		if g, ok := s.accounts.authenticate(w, r); ok {
			s.crm.serve(w, r, g)
		}
	default:
		writeError(w, http.StatusNotFound, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
	}
}

// guarded turns a panic of the fake's own into a lost connection on every road, and tells of it.
func guarded(tell func(format string, args ...any), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				tell("zohohubtest: panic while answering %s %s: %v\n%s", r.Method, r.URL.Path, v, debug.Stack())
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// URL is where the fake listens, such as http://127.0.0.1:40001: the accounts server and the API domain in one.
func (s *Server) URL() string { return s.url }

// Config is a configuration for a client that is registered with the fake.
func (s *Server) Config() zohohub.Config {
	return zohohub.Config{
		ClientID:     defaultClientID,
		ClientSecret: defaultClientSecret,
		RedirectURL:  defaultRedirectURL,
		AccountsURL:  s.url,
		APIDomain:    s.url,
	}
}

// Connection is a connection of the default user, signed in.
func (s *Server) Connection(tb testing.TB) *zohohub.Connection {
	tb.Helper()
	conn, err := zohohub.NewConnection(s.Config(), s.Token())
	if err != nil {
		tb.Fatalf("zohohubtest: %v", err)
	}
	return conn
}

// AddClient registers an application, or gives a registered one another secret and more addresses for the way back from
// the consent page. [Server.Config] names the one that is there from the start.
func (s *Server) AddClient(id, secret string, redirectURLs ...string) {
	s.accounts.addClient(id, secret, redirectURLs)
}

// SetLegacyExpiry makes token answers tell their life as Zoho's older ones do: expires_in in milliseconds beside
// expires_in_sec in seconds.
func (s *Server) SetLegacyExpiry(on bool) { s.accounts.setLegacyExpiry(on) }
