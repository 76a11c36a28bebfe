package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheEnd(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	asked, answer := make(chan struct{}, 1), make(chan struct{})
	ctx, tell := context.WithCancel(t.Context())
	defer tell()
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				asked <- struct{}{}
				<-answer
			}
			_, err := io.WriteString(w, "whole")
			assert.NoError(t, err)
		}))
	}()
	unused, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	defer func() { assert.NoError(t, unused.Close()) }()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	get := func(path string) (body []byte) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+path, nil)
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
	assert.Equal(t, "whole", string(get("/")))
	slow := make(chan []byte, 1)
	go func() { slow <- get("/slow") }()
	<-asked
	tell()
	began := time.Now()
	_, err = io.ReadAll(unused)
	assert.NoError(t, err, "closed")
	select {
	case err := <-ended:
		require.Fail(t, "ended before the answer", "%v", err)
	default:
	}
	close(answer)
	assert.Equal(t, "whole", string(<-slow))
	assert.NoError(t, <-ended)
	assert.Less(t, time.Since(began), 2*time.Second, "net/http would wait five for the connection without a request")
}
