package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// goodbye bounds how long requests that are under way may take when the service is told to end.
const goodbye = 10 * time.Second

// serve answers until ctx ends, and then what is under way.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	unused := unusedConns{open: map[net.Conn]struct{}{}}
	server := &http.Server{
		Handler: h, ConnState: unused.follow,
		ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	server.RegisterOnShutdown(unused.close)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := server.Shutdown(ctx)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// unusedConns are the connections on which nothing has been asked yet. Browsers open some ahead of need, and Shutdown waits
// five seconds for each to say something.
type unusedConns struct {
	mu    sync.Mutex
	open  map[net.Conn]struct{}
	ended bool
}

// follow is told of each connection's states by the server.
func (u *unusedConns) follow(c net.Conn, s http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case s != http.StateNew:
		delete(u.open, c)
	case u.ended:
		_ = c.Close() // it has been of no use to anybody
	default:
		u.open[c] = struct{}{}
	}
}

func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	for c := range u.open {
		_ = c.Close()
	}
}
