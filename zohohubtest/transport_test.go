package zohohubtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// handledBy is a server whose requests go to h, over its Transport.
func handledBy(t *testing.T, h http.HandlerFunc) *Server {
	t.Helper()
	s := NewServer(t)
	s.handler = guarded(t.Errorf, s.requests.record(s.Now, h))
	return s
}

// longest is how long a test waits before it tells what for.
const longest = 10 * time.Second

// awaited is what comes over ch.
func awaited[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(longest):
		require.FailNow(t, "still waiting", what)
		panic("unreachable")
	}
}

// reached waits in a handler or a goroutine of a test, where the test cannot be ended.
func reached(t *testing.T, ch <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(longest):
		t.Errorf("still waiting: %s", what)
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	t.Cleanup(cancel)
	return ctx
}

func roundTrip(ctx context.Context, s *Server, method string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "https://www.zohoapis.eu/crm/v8/Leads?a=b%20c", body)
	if err != nil {
		return nil, err
	}
	return s.Transport().RoundTrip(req)
}

func TestTransportIsTheServer(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for road, client := range roads(s) {
		got, header, err := send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads", signed("1000.x"), "")
		require.NoError(t, err, road)
		assert.Equal(t, invalidToken, got, road)
		assert.Equal(t, "86", header.Get("Content-Length"), road)
	}
}

func TestTransportHandsTheRequestOver(t *testing.T) {
	t.Parallel()
	type seen struct {
		Method, URI, Path, Query, Host, Proto string
		Length                                int64
		Body, Header                          string
	}
	var got seen
	s := handledBy(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got = seen{r.Method, r.RequestURI, r.URL.Path, r.URL.Query().Get("a"), r.Host, r.Proto, r.ContentLength, string(b), r.Header.Get("X-A")}
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://www.zohoapis.eu/crm/v8/Leads?a=b%20c", strings.NewReader("abc"))
	require.NoError(t, err)
	req.Header.Set("X-A", "1")
	before := req.Clone(t.Context())
	resp, err := s.Transport().RoundTrip(req)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())

	assert.Equal(t, seen{"PUT", "/crm/v8/Leads?a=b%20c", "/crm/v8/Leads", "b c", "www.zohoapis.eu", "HTTP/1.1", 3, "abc", "1"}, got)
	assert.Equal(t, []any{"200 OK", 200, "", req}, []any{resp.Status, resp.StatusCode, string(b), resp.Request})
	assert.Equal(t, before.URL, req.URL, "the caller's request stays as it was")
	assert.Equal(t, before.Header, req.Header)
}

func TestTransportAnswersWithoutBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		status int
	}{"HEAD": {http.MethodHead, 200}, "204": {http.MethodGet, 204}, "304": {http.MethodGet, 304}} {
		s := handledBy(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, err := w.Write([]byte("x"))
			assert.ErrorIs(t, err, http.ErrBodyNotAllowed, name)
		})
		resp, err := roundTrip(bounded(t), s, c.method, nil)
		require.NoError(t, err, name)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err, name)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, []any{c.status, int64(0), ""}, []any{resp.StatusCode, resp.ContentLength, string(b)}, name)
	}
}

func TestTransportStreamsTheAnswer(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	s := handledBy(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("first"))
		reached(t, goOn, "the client has the first part")
		_, _ = w.Write([]byte(" last"))
	})
	resp, err := roundTrip(bounded(t), s, http.MethodGet, nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	first := make([]byte, 5)
	_, err = io.ReadFull(resp.Body, first)
	require.NoError(t, err)
	assert.Equal(t, "first", string(first), "while the handler is still at work")
	close(goOn)
	rest, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, " last", string(rest))
}

func TestTransportStreamsTheRequest(t *testing.T) {
	t.Parallel()
	arrived, all := make(chan struct{}), make(chan string, 1)
	s := handledBy(t, func(_ http.ResponseWriter, r *http.Request) {
		first := make([]byte, 5)
		_, err := io.ReadFull(r.Body, first)
		assert.NoError(t, err)
		close(arrived)
		rest, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		all <- string(first) + string(rest)
	})
	pr, pw := io.Pipe()
	go func() {
		_, _ = pw.Write([]byte("first"))
		reached(t, arrived, "the handler has the first part before the rest is written")
		_, _ = pw.Write([]byte(" last"))
		_ = pw.Close()
	}()
	resp, err := roundTrip(bounded(t), s, http.MethodPost, pr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "first last", awaited(t, all, "the whole body"))
}

func TestTransportCancelled(t *testing.T) {
	t.Parallel()
	reason := errors.New("enough")
	inside := make(chan struct{})
	stuck := map[string]http.HandlerFunc{
		"before the answer": func(_ http.ResponseWriter, r *http.Request) {
			close(inside)
			reached(t, r.Context().Done(), "the client gives up")
		},
		"in the request's body": func(_ http.ResponseWriter, r *http.Request) {
			close(inside)
			_, err := io.ReadAll(r.Body)
			assert.Error(t, err)
		},
	}
	for name, h := range stuck {
		inside = make(chan struct{})
		s := handledBy(t, h)
		ctx, cancel := context.WithCancelCause(bounded(t))
		pr, pw := io.Pipe()
		go func() {
			reached(t, inside, name)
			cancel(reason)
		}()
		resp, err := roundTrip(ctx, s, http.MethodPost, pr)
		if err == nil {
			_ = resp.Body.Close()
		}
		require.ErrorIs(t, err, reason, name)
		_, err = pw.Write([]byte("x"))
		require.ErrorIs(t, err, io.ErrClosedPipe, "the body is closed: %s", name)
		s.Close()
	}

	s := handledBy(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("first"))
		reached(t, r.Context().Done(), "the client gives up")
	})
	ctx, cancel := context.WithCancel(bounded(t))
	resp, err := roundTrip(ctx, s, http.MethodGet, nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	_, err = io.ReadFull(resp.Body, make([]byte, 5))
	require.NoError(t, err)
	cancel()
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, context.Canceled, "in the answer's body")
}

func TestTransportLetsTheHandlerGoWhenTheAnswerIsClosed(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	s := handledBy(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := w.Write(bytes.Repeat([]byte("x"), 1<<20))
		reached(t, r.Context().Done(), "the client closes the answer")
		ended <- err
	})
	resp, err := roundTrip(bounded(t), s, http.MethodGet, nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.ErrorIs(t, awaited(t, ended, "the handler's end"), io.ErrClosedPipe)
}

func TestTransportPanicIsALostConnection(t *testing.T) {
	t.Parallel()
	before := handledBy(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	resp, err := roundTrip(bounded(t), before, http.MethodGet, nil)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, syscall.ECONNRESET)

	after := handledBy(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("first"))
		panic(http.ErrAbortHandler)
	})
	resp, err = roundTrip(bounded(t), after, http.MethodGet, nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "first", string(b))
}

func TestPanicOfTheFakeIsTold(t *testing.T) {
	t.Parallel()
	var told string
	tell := func(format string, _ ...any) { told = format }
	h := guarded(tell, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") }))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { h.ServeHTTP(nil, &http.Request{URL: &url.URL{}}) })
	assert.Equal(t, "zohohubtest: panic while answering %s %s: %v\n%s", told)
}

func TestTransportCutByClose(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]string{"before the answer": "", "in the answer": "first"} {
		inside := make(chan struct{})
		s := handledBy(t, func(w http.ResponseWriter, r *http.Request) {
			if written != "" {
				_, _ = w.Write([]byte(written))
			}
			close(inside)
			reached(t, r.Context().Done(), "the server closes")
		})
		closed := make(chan struct{})
		go func() {
			reached(t, inside, name)
			s.Close()
			close(closed)
		}()
		resp, err := roundTrip(bounded(t), s, http.MethodGet, nil)
		if written != "" {
			require.NoError(t, err, name)
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		require.ErrorIs(t, err, syscall.ECONNRESET, name)
		awaited(t, closed, "Close")
	}
}

func TestTransportOfAClosedServer(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.Close()
	pr, pw := io.Pipe()
	resp, err := roundTrip(bounded(t), s, http.MethodPost, pr)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	var op *net.OpError
	require.ErrorAs(t, err, &op)
	assert.Equal(t, "dial", op.Op, "it never left")
	_, err = pw.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrClosedPipe)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	resp, err = roundTrip(ctx, NewServer(t), http.MethodGet, nil)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
}

func TestTransportInABubble(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	synctest.Test(t, func(t *testing.T) {
		client := roads(s)["transport"]
		tok := s.Token()
		get := func() (reply, error) {
			got, _, err := send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads?fields=Last_Name", signed(tok.AccessToken), "")
			return got, err
		}

		s.Inject(Fault{Delay: 7 * time.Minute})
		start := time.Now()
		got, err := get()
		require.NoError(t, err)
		assert.Equal(t, noRecords, got)
		assert.Equal(t, 7*time.Minute, time.Since(start))

		s.Inject(Fault{Hang: true})
		start = time.Now()
		client.Timeout = 30 * time.Second
		_, err = get()
		require.Error(t, err)
		assert.Equal(t, 30*time.Second, time.Since(start))

		s.Inject(Fault{Delay: time.Minute})
		_, err = get()
		require.Error(t, err, "given up while delayed")

		time.Sleep(time.Hour)
		got, err = get()
		require.NoError(t, err)
		assert.Equal(t, invalidToken, got, "the fake's clock is the bubble's")
	})
}

func TestTransportClosesTheRequestsBody(t *testing.T) {
	t.Parallel()
	unread := handledBy(t, func(http.ResponseWriter, *http.Request) {})
	unread.handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}) // without the log, which reads it
	pr, pw := io.Pipe()
	resp, err := roundTrip(bounded(t), unread, http.MethodPost, pr)
	require.NoError(t, err)
	_, err = pw.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrClosedPipe, "the handler has ended")
	require.NoError(t, resp.Body.Close())

	stuck := handledBy(t, nil)
	stuck.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, err := io.ReadAll(r.Body)
		assert.ErrorIs(t, err, io.ErrClosedPipe)
	})
	ctx, cancel := context.WithCancel(bounded(t))
	pr, pw = io.Pipe()
	resp, err = roundTrip(ctx, stuck, http.MethodPost, pr)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	cancel()
	for err == nil {
		_, err = pw.Write([]byte("x")) // the handler may still take some
	}
	require.ErrorIs(t, err, io.ErrClosedPipe, "the client has gone")
}
