package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Lead is the record whose changes are told.
type Lead struct {
	ID       string
	LastName string
	Company  string
	City     string
}

// channelID is this service's choice; there is one channel of this number for a user.
const channelID = 20260501

// service hears of changes to leads.
type service struct {
	conn  *zohohub.Connection
	leads *zohohub.Record[Lead]
	token string

	mu   sync.Mutex
	out  io.Writer
	seen map[change]bool // one that lives long would forget the old ones
}

// change is by what a callback that comes twice is told.
type change struct {
	channel int64
	id      string
	at      time.Time
}

// run serves, and keeps the channel, until ctx ends; then is called when the channel is there.
func (s *service) run(ctx context.Context, listener net.Listener, notifyURL string, then func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	mux := http.NewServeMux()
	mux.Handle("/zoho", zohohub.NotificationHandler(s.token, s.notified))
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	var group sync.WaitGroup
	group.Go(func() { cancel(server.Serve(listener)) })

	channel := zohohub.Channel{ID: channelID, NotifyURL: notifyURL, Token: s.token, Events: []string{"Leads.all"}}
	first := sync.Once{}
	err := s.conn.Notifications().Keep(ctx, channel,
		zohohub.OnKept(func(c *zohohub.Channel) {
			s.sayf("The channel lives until %s.", c.Expiry.Format(time.DateOnly))
			first.Do(func() { group.Go(func() { cancel(then(ctx)) }) })
		}),
		zohohub.OnKeepError(func(err error) { s.sayf("Not renewed for now: %v", err) }))
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	goodbye := context.WithoutCancel(ctx)
	err = errors.Join(err, server.Shutdown(goodbye))
	group.Wait()
	if errors.Is(err, context.Canceled) { // somebody wanted it to end
		return s.conn.Notifications().Disable(goodbye, channelID)
	}
	return err
}

// notified is called for every callback with the right token.
func (s *service) notified(ctx context.Context, n zohohub.Notification) error {
	n.IDs = s.fresh(n)
	if n.Operation == "delete" {
		s.sayf("delete of %d", len(n.IDs))
	}
	for lead, err := range s.leads.Hydrate(ctx, n) { // as they are now
		if err != nil {
			return err
		}
		s.sayf("%s of %s, %s %v", n.Operation, lead.LastName, lead.City, n.AffectedFields[lead.ID])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range n.IDs { // not before it is done: what failed may come again
		s.seen[change{n.ChannelID, id, n.ServerTime}] = true
	}
	return nil
}

// fresh are the ids of which this is not told for the second time.
func (s *service) fresh(n zohohub.Notification) (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range n.IDs {
		if !s.seen[change{n.ChannelID, id, n.ServerTime}] {
			ids = append(ids, id)
		}
	}
	return ids
}

// tryOut makes changes for the service to hear of.
func (s *service) tryOut(ctx context.Context, crm *zohohubtest.Server) error {
	lead := &Lead{LastName: "Doe", Company: "Doe & Daughters", City: "Lisboa"}
	for _, step := range []func() error{
		func() error { return s.leads.Create(ctx, lead) },
		func() error { return s.leads.Update(ctx, lead.ID, zohohub.Fields{"City": "Porto"}) },
		func() error { return s.leads.Delete(ctx, lead.ID) },
	} {
		if err := step(); err != nil {
			return err
		}
		if err := crm.WaitForCallbacks(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) sayf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format+"\n", args...)
}
