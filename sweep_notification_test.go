package zohohub_test

import (
	"context"
	"slices"
	"strings"

	. "github.com/zohohub/zohohub"
)

// sweptChannel is what the sweep subscribes.
var sweptChannel = Channel{ID: 7, NotifyURL: "http://127.0.0.1:1/hook", Token: channelToken, Events: []string{"Deals.create", "Deals.delete"}}

// subscribe leaves that channel alone alive.
func subscribe(w *sweepWorld) {
	unsubscribe(w)
	_, err := w.look().Notifications().Enable(context.Background(), sweptChannel)
	must(err)
}

func unsubscribe(w *sweepWorld) {
	n := w.look().Notifications()
	for c, err := range n.All(context.Background()) {
		must(err)
		must(n.Disable(context.Background(), c.ID))
	}
}

// watching counts the channels that have an event.
func watching(event string) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for c, err := range w.look().Notifications().All(context.Background()) {
			must(err)
			if slices.Contains(c.Events, event) {
				n++
			}
		}
		return n
	}
}

func eventsOf(c *Channel, err error) (string, error) {
	if c == nil {
		return "", err
	}
	return strings.Join(c.Events, " "), err
}

// changedEvent is sweptChannel with another event.
func changedEvent() Channel {
	c := sweptChannel
	c.Events = []string{"Deals.edit"}
	return c
}

// notificationCalls are those about channels and what they tell.
var notificationCalls = map[string]sweepCall{
	"Notifications.All": {road: reading, prepare: subscribe, result: "Deals.create Deals.delete", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.conn.Notifications().All(ctx), func(c *Channel) string { return strings.Join(c.Events, " ") })
	}},
	"Notifications.Enable": {
		road: repeatable, prepare: unsubscribe, nothingErr: ErrOutcomeUnknown, done: watching("Deals.edit"), writes: 1, result: "Deals.edit",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return eventsOf(w.conn.Notifications().Enable(ctx, changedEvent()))
		},
	},
	"Notifications.Update": {
		road: repeatable, prepare: subscribe, nothingErr: ErrOutcomeUnknown, done: watching("Deals.edit"), writes: 1, result: "Deals.edit",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return eventsOf(w.conn.Notifications().Update(ctx, changedEvent()))
		},
	},
	"Notifications.Renew": {
		road: repeatable, prepare: subscribe, nothingErr: ErrOutcomeUnknown, done: watching("Deals.edit"), writes: 1, result: "Deals.edit",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return eventsOf(w.conn.Notifications().Renew(ctx, changedEvent()))
		},
	},
	"Notifications.DisableEvents": {
		road: repeatable, prepare: subscribe, nothingErr: ErrOutcomeUnknown, done: lost(1, watching("Deals.create")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.Notifications().DisableEvents(ctx, 7, "Deals.create")
		},
	},
	"Notifications.Disable": {
		road: removing, prepare: subscribe, nothingErr: ErrOutcomeUnknown, done: lost(1, watching("Deals.create")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.Notifications().Disable(ctx, 7)
		},
	},
	"Notifications.Keep": {
		road: repeatable, prepare: subscribe, nothingErr: ErrOutcomeUnknown, done: watching("Deals.edit"), writes: 1, result: "Deals.edit",
		do: func(ctx context.Context, w *sweepWorld) (text string, failure error) { // until it is kept, or a failure is told
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			err := w.conn.Notifications().Keep(ctx, changedEvent(),
				OnKept(func(c *Channel) { text = strings.Join(c.Events, " "); cancel() }),
				OnKeepError(func(err error) { failure = err; cancel() }))
			if text != "" || failure != nil {
				return text, failure
			}
			return "", err
		},
	},
	"Record.Hydrate": {road: reading, result: "Roe Doe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return listed(w.people.Hydrate(ctx, Notification{Module: "Leads", Operation: "update", IDs: []string{w.ids[1], w.ids[0]}}))
	}},
}
