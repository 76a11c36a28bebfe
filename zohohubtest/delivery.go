package zohohubtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Delivery says how callbacks of notification channels reach their receivers.
type Delivery struct {
	// Transport sends them, wherever they go; one that calls the receiver's handler needs no socket, as inside
	// testing/synctest. Without it they go over sockets, one each, and to loopback addresses only: nothing leaves the machine.
	Transport http.RoundTripper
	// NumericChannelID sends channel_id as a number; Zoho sends either.
	NumericChannelID bool
	// Copies says how often the n-th callback from now on, counted from 1, is sent: 0 loses it, 2 sends it twice. nil sends
	// each once. It must not call the Server.
	Copies func(n int) int
}

// Callback is one callback that was sent, or that was meant to be.
type Callback struct {
	URL  string
	Body []byte
	// Status is the receiver's answer; 0 when there is none, and Err says why.
	Status int
	Err    error
}

// SetDelivery says how callbacks are sent from now on; the zero value is how they are from the start. Zoho sends a
// callback once and asks nothing about the answer as far as is known, so the fake does not repeat one either. Those of a
// channel are sent one after the other. A receiver that does not answer within ten seconds is given up.
func (s *Server) SetDelivery(d Delivery) { s.callbacks.set(d) }

// WaitForCallbacks waits until all callbacks of what was done so far are delivered or given up, or until ctx ends, whose
// error it gives. A change is told of before the answer to the request that made it.
func (s *Server) WaitForCallbacks(ctx context.Context) error { return s.callbacks.wait(ctx) }

// Callbacks are those that were delivered or given up so far, each copy by itself; the newest 10,000 are kept.
func (s *Server) Callbacks() []Callback { return s.callbacks.all() }

// maxDelivery bounds how long a receiver may take.
const maxDelivery = 10 * time.Second

var errFarReceiver = errors.New("zohohubtest: callbacks go to loopback addresses only, unless Delivery has a Transport")

// callbacks sends what channels are to be told. Nobody waits for it with the crm's mu in hand.
type callbacks struct {
	mu      sync.Mutex
	how     Delivery
	n       int                  // callbacks since how was set
	last    int64                // the time of the one before, in milliseconds
	tails   map[string]*delivery // the last of each channel
	pending map[*delivery]struct{}
	sent    []Callback
	closed  bool
	idle    chan struct{} // closed when closed and nothing is pending
}

// delivery is a callback on its way. Its channels are made by whoever asks for it: inside a synctest bubble they are the
// bubble's.
type delivery struct {
	url    string
	body   []byte
	copies int
	how    http.RoundTripper
	after  *delivery // of the same channel
	cancel context.CancelFunc
	done   chan struct{}
}

func newCallbacks() *callbacks {
	return &callbacks{tails: map[string]*delivery{}, pending: map[*delivery]struct{}{}, idle: make(chan struct{})}
}

func (d *callbacks) set(how Delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.how, d.n = how, 0
}

// deliver begins to send. The time of a callback is later than that of the one before, so that who takes two with one time
// for copies of one is right.
func (d *callbacks) deliver(c *crm, all []*callback) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range all {
		d.n++
		copies := 1
		if d.how.Copies != nil {
			copies = d.how.Copies(d.n)
		}
		if d.closed || copies <= 0 {
			continue
		}
		d.last = max(d.last+1, b.at.UnixMilli())
		v := b.channel.version
		next := &delivery{
			url: b.channel.url, body: b.body(c.resource(v, b.module), time.UnixMilli(d.last), d.how.NumericChannelID),
			copies: copies, how: d.how.Transport, after: d.tails[b.channel.id], done: make(chan struct{}),
		}
		d.begin(b.channel.id, next)
	}
}

func (d *callbacks) begin(channelID string, next *delivery) {
	ctx, cancel := context.WithCancel(context.Background())
	next.cancel = cancel
	d.tails[channelID] = next
	d.pending[next] = struct{}{}
	go d.run(ctx, channelID, next)
}

func (d *callbacks) run(ctx context.Context, channelID string, next *delivery) {
	if next.after != nil {
		<-next.after.done
		next.after = nil
	}
	var sent []Callback
	for range next.copies {
		status, err := next.send(ctx)
		sent = append(sent, Callback{URL: next.url, Body: next.body, Status: status, Err: err})
	}
	next.cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, sent...)
	if more := len(d.sent) - mostLogged; more > 0 {
		d.sent = d.sent[more:]
	}
	if d.tails[channelID] == next {
		delete(d.tails, channelID)
	}
	delete(d.pending, next)
	close(next.done)
	if d.closed && len(d.pending) == 0 {
		close(d.idle)
	}
}

// send posts a callback once.
func (d *delivery) send(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, maxDelivery)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return 0, fmt.Errorf("zohohubtest: callback: %w", err)
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	how := d.how
	if how == nil {
		how = loopback{}
	}
	resp, err := how.RoundTrip(req)
	if err != nil {
		return 0, fmt.Errorf("zohohubtest: callback: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // nobody reads it
	return resp.StatusCode, nil
}

// loopback sends to receivers on this machine.
type loopback struct{}

// RoundTrip implements [http.RoundTripper].
func (loopback) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Hostname()
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return nil, errFarReceiver
	}
	once := http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext}
	return once.RoundTrip(req)
}

func (d *callbacks) wait(ctx context.Context) error {
	for _, next := range d.underWay() {
		select {
		case <-next.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (d *callbacks) underWay() []*delivery {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.pending))
}

func (d *callbacks) all() []Callback {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Callback, len(d.sent))
	for i, sent := range d.sent {
		out[i] = sent
		out[i].Body = bytes.Clone(sent.Body)
	}
	return out
}

// close gives up what is under way and waits until nothing is left.
func (d *callbacks) close() {
	d.mu.Lock()
	first := !d.closed
	d.closed = true
	for next := range d.pending {
		next.cancel()
	}
	if first && len(d.pending) == 0 {
		close(d.idle)
	}
	d.mu.Unlock()
	<-d.idle
}
