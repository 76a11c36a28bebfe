package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pipes is a listener without a socket, for bubbles of testing/synctest.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Accept implements [net.Listener].
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements [net.Listener].
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// TestTheEnd is in a bubble: of the seconds that it takes, each is one that the service waits.
func TestTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		answer := make(chan struct{})
		ctx, tell := context.WithCancel(t.Context())
		defer tell()
		ended := make(chan error, 1)
		go func() {
			ended <- serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					<-answer
				}
				_, err := io.WriteString(w, "whole")
				assert.NoError(t, err)
			}))
		}()
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return listener.dial() }}
		defer transport.CloseIdleConnections()
		get := func(path string) (body []byte) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://app.example"+path, nil)
			if assert.NoError(t, err) {
				resp, err := transport.RoundTrip(req)
				if assert.NoError(t, err) {
					body, err = io.ReadAll(resp.Body)
					assert.NoError(t, errors.Join(err, resp.Body.Close()))
				}
			}
			return body
		}

		// As a browser has it: beside the connection ahead of need one that was used, and one with a request under way.
		unused, err := listener.dial()
		require.NoError(t, err)
		defer func() { assert.NoError(t, unused.Close()) }()
		slow := make(chan []byte, 1)
		go func() { slow <- get("/slow") }()
		synctest.Wait()
		assert.Equal(t, "whole", string(get("/")))

		tell()
		began := time.Now()
		_, err = io.ReadAll(unused)
		assert.NoError(t, err, "closed")
		assert.Zero(t, time.Since(began), "net/http would wait five seconds for the connection without a request")
		time.Sleep(time.Second)
		select {
		case err := <-ended:
			require.Fail(t, "ended before the answer", "%v", err)
		default:
		}
		close(answer)
		assert.Equal(t, "whole", string(<-slow))
		assert.NoError(t, <-ended)
		assert.Less(t, time.Since(began), goodbye)
	})
}
