package zohohub

import (
	"context"
	"sync"
)

// peers are the connections that an Auth has opened: what they know of each other. A service may open one for each request.
type peers struct {
	refused refusedTokens

	mu      sync.Mutex
	flights map[Key]*peerFlight
}

// peerFlight is a renewal under way, of one of the peers.
type peerFlight struct {
	done chan struct{}
	tok  *Token // both to be read when done is closed
	err  error
}

// renew renews the key's token, or waits for the peer that does: then mine is false, and what came of it is the peer's.
func (p *peers) renew(ctx context.Context, key Key, renew func() (*Token, error)) (tok *Token, mine bool, err error) {
	p.mu.Lock()
	f := p.flights[key]
	if f == nil {
		if p.flights == nil {
			p.flights = map[Key]*peerFlight{}
		}
		f = &peerFlight{done: make(chan struct{}), err: errNoRenewal} // stays when renew does not return
		p.flights[key] = f
		p.mu.Unlock()
		defer p.land(key, f)
		f.tok, f.err = renew()
		return f.tok, true, f.err
	}
	p.mu.Unlock()
	select {
	case <-f.done:
		return f.tok, false, f.err
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

func (p *peers) land(key Key, f *peerFlight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.flights, key)
	close(f.done)
}
