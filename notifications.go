package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"
)

// Notifications are the user's channels, by which Zoho tells a service of changes to records soon after they were made:
// [Notifications.Keep] subscribes a channel and keeps it alive, and [NotificationHandler] receives what comes.
//
// Zoho does not notify of records that are merged, and a callback has no record, only its id: who fetches it
// ([Record.Hydrate]) sees its present state, and of changes that follow each other quickly some states are missed. The
// timeline of a record at Zoho has them all. Callbacks may come twice, late, or not at all: whoever needs every change
// drops those that have the same [Notification.ChannelID], id and [Notification.ServerTime], and from time to time lists
// what was changed since ([ModifiedSince]).
type Notifications struct{ module }

// Notifications returns the way to the user's channels. Nothing is sent yet.
func (c *Connection) Notifications() *Notifications {
	n := &Notifications{module{conn: c}}
	if c == nil {
		n.fault = errNilConn
	}
	return n
}

// All lists the channels that are alive, each with all its modules; which is why Zoho's pages, of 200, are all read before
// the first is given. It costs one credit a page.
//
// Zoho: GET /crm/v8/actions/watch  https://www.zoho.com/crm/developer/docs/api/v8/notifications/get-details.html
func (n *Notifications) All(ctx context.Context) iter.Seq2[*Channel, error] {
	return func(yield func(*Channel, error) bool) {
		channels, err := n.list(ctx)
		yieldAll(channels, err, yield)
	}
}

// Enable subscribes the channel, and returns it with the Expiry and the Resources that Zoho gave it. What Zoho could only
// refuse is refused before anything is sent, as [ErrRecordInvalid]: an ID that is not above 0, an event that is none, a
// NotifyURL that is no absolute URL with http or https, an Expiry that is over or too far ahead. It costs one credit.
//
// Zoho: POST /crm/v8/actions/watch  https://www.zoho.com/crm/developer/docs/api/v8/notifications/enable.html
func (n *Notifications) Enable(ctx context.Context, c Channel) (*Channel, error) {
	return n.write(ctx, "enable channel", http.MethodPost, c)
}

// Update replaces the subscription of the channel with the ID: events that are not named end, and without an Expiry it
// has Zoho's hour left. A channel that is not there is [ErrNotSubscribed]; else it is [Notifications.Enable].
//
// Zoho: PUT /crm/v8/actions/watch  https://www.zoho.com/crm/developer/docs/api/v8/notifications/update-details.html
func (n *Notifications) Update(ctx context.Context, c Channel) (*Channel, error) {
	return n.write(ctx, "update channel", http.MethodPut, c)
}

// Renew changes what is set of c, of the channel with its ID: an Expiry lengthens its life, Events are added to those that
// it has, NotifyURL and Token take the place of the old. What is zero is not sent, and stays. A channel that has ended is
// [ErrNotSubscribed]: it is to be enabled anew, which [Notifications.Keep] sees to. Else it is [Notifications.Enable].
//
// Zoho: PATCH /crm/v8/actions/watch  https://www.zoho.com/crm/developer/docs/api/v8/notifications/update-info.html
func (n *Notifications) Renew(ctx context.Context, c Channel) (*Channel, error) {
	return n.write(ctx, "renew channel", http.MethodPatch, c)
}

// DisableEvents takes events off the channel with the id. One that is not there is [ErrNotSubscribed]. It costs one credit.
//
// Zoho: PATCH /crm/v8/actions/watch with _delete_events
func (n *Notifications) DisableEvents(ctx context.Context, id int64, events ...string) error {
	const op = "disable events of channel"
	err := checkChannelID(id)
	if err == nil && len(events) == 0 {
		err = because(ErrRecordInvalid, "no events")
	}
	if err == nil {
		err = checkEvents(events)
	}
	if err != nil {
		return n.fail(op, err)
	}
	resp, _, err := n.send(ctx, op, http.MethodPatch, watch{ChannelID: channelID(id), Events: events, DeleteEvents: true})
	if resp != nil && resp.Repeated && errors.Is(err, ErrNotSubscribed) { // with its last events the first try ended it
		return nil
	}
	return err
}

// maxChannels is the number of channels that Zoho takes in one call.
const maxChannels = 50

// Disable ends the channels with the ids, 50 to a call, one call after another. One that is not there is
// [ErrNotSubscribed]. With several ids the error is a [*BatchError] that hides no success. It costs one credit a call.
//
// Zoho: DELETE /crm/v8/actions/watch?channel_ids=…  https://www.zoho.com/crm/developer/docs/api/v8/notifications/disable.html
func (n *Notifications) Disable(ctx context.Context, ids ...int64) error {
	const op = "disable channel"
	b, err := n.newBatch(op, len(ids), nil)
	if err != nil {
		return err
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		if err := checkChannelID(id); err != nil {
			return n.fail(op, err)
		}
		texts[i] = channelID(id)
	}
	b.key = watchKey
	results, err := b.once(texts, func(rows []outgoing) {
		b.inTurn(ctx, rows, maxChannels, func(chunk []outgoing) (*Response, error) {
			return n.ask(ctx, Request{Op: op, Method: http.MethodDelete, Params: Params{"channel_ids": idsOf(chunk)}})
		}, func(chunk []outgoing, resp *Response, err error) {
			b.take(resp, err, "", chunk)
			if resp != nil && resp.Repeated {
				b.forgive(ErrNotSubscribed, chunk)
			}
		})
	})
	if len(ids) == 1 {
		return single(results, err)
	}
	return err
}

// watchKey is where requests and answers have the channels.
const watchKey = "watch"

// write sends a channel, and returns it as Zoho took it.
func (n *Notifications) write(ctx context.Context, op, method string, c Channel) (*Channel, error) {
	if n.fault != nil {
		return nil, n.fail(op, n.fault)
	}
	if err := c.check(n.conn.version, method == http.MethodPatch); err != nil {
		return nil, n.fail(op, err)
	}
	body, err := c.watch()
	if err != nil {
		return nil, n.fail(op, err)
	}
	_, answer, err := n.send(ctx, op, method, body)
	if err != nil {
		return nil, err
	}
	taken := c
	taken.Events, taken.Conditions, taken.Resources = slices.Clone(c.Events), slices.Clone(c.Conditions), nil
	taken.settle(answer.Details)
	return &taken, nil
}

// settle takes over what Zoho says of a channel that it took. It took it, whatever these details are: one that cannot be
// read says nothing.
func (c *Channel) settle(details json.RawMessage) {
	var events []json.RawMessage
	_ = json.Unmarshal(object(details)["events"], &events)
	ends := time.Time{}
	for _, event := range events {
		o := object(event)
		if t, err := readExpiry(o); err == nil {
			ends = sooner(ends, t)
		}
		c.addResource(o)
	}
	if !ends.IsZero() {
		c.Expiry = ends
	}
}

// sooner is the first of two times, of which zero ones do not count.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// send writes a channel. Doing it twice comes to the same: the channel's ID is the caller's.
func (n *Notifications) send(ctx context.Context, op, method string, w watch) (*Response, row, error) {
	body, err := json.Marshal(map[string][]watch{watchKey: {w}})
	if err != nil {
		return nil, row{}, n.fail(op, err)
	}
	resp, err := n.ask(ctx, Request{Op: op, Method: method, Body: body})
	if err != nil {
		return resp, row{}, single(nil, err)
	}
	rows, _ := parseRows(resp.Body, watchKey)
	if len(rows) == 0 {
		return resp, row{}, n.failAt(op, resp.Status, because(ErrOutcomeUnknown, "the answer has no rows"))
	}
	if refused := rows[0].err(op, "", resp.Status, -1); refused != nil {
		return resp, row{}, refused
	}
	return resp, rows[0], nil
}

func (n *Notifications) ask(ctx context.Context, req Request) (*Response, error) {
	if n.fault != nil {
		return nil, n.fail(req.Op, n.fault)
	}
	req.Path, req.Template, req.Repeat, req.Weight = "actions/watch", "actions/watch", RepeatSafe, 1
	return n.conn.Do(ctx, req)
}

// list reads all channels.
func (n *Notifications) list(ctx context.Context) ([]*Channel, error) {
	const op = "list channels"
	var channels []*Channel
	for page, seen := 1, 0; ; page++ {
		resp, err := n.ask(ctx, Request{Op: op, Method: http.MethodGet, Params: Params{"page": page, "per_page": maxPerPage}})
		if err != nil {
			return nil, err
		}
		if resp.Status == http.StatusNoContent {
			return channels, nil
		}
		answer := object(resp.Body)
		var rows []json.RawMessage
		if _, ok := answer[watchKey]; !ok {
			return nil, n.failAt(op, resp.Status, errNoData)
		}
		if err := json.Unmarshal(answer[watchKey], &rows); err != nil {
			return nil, n.failAt(op, resp.Status, err)
		}
		for i, raw := range rows {
			c, err := readChannel(raw)
			if err != nil {
				return nil, n.failAt(op, resp.Status, fmt.Errorf("channel %d of page %d: %w", i, page, err))
			}
			channels = addChannel(channels, c)
		}
		var info wireInfo
		if raw := answer["info"]; raw != nil {
			if err := json.Unmarshal(raw, &info); err != nil {
				return nil, n.failAt(op, resp.Status, fmt.Errorf("info: %w", err))
			}
		}
		if !info.MoreRecords {
			return channels, nil
		}
		before := seen
		if seen = told(channels); seen == before {
			return nil, n.failAt(op, resp.Status, errors.New("the list does not move on: a page has nothing new, and there is more by Zoho's word"))
		}
	}
}

// told counts what is known of channels.
func told(channels []*Channel) int {
	n := len(channels)
	for _, c := range channels {
		n += len(c.Events) + len(c.Resources)
	}
	return n
}

// addChannel adds what Zoho says of a channel for one module to what it said for others: an update with a part of it would
// end the rest.
func addChannel(channels []*Channel, c *Channel) []*Channel {
	i := slices.IndexFunc(channels, func(known *Channel) bool { return known.ID == c.ID })
	if i < 0 {
		return append(channels, c)
	}
	known := channels[i]
	known.Expiry = sooner(known.Expiry, c.Expiry)
	for _, e := range c.Events {
		if !slices.Contains(known.Events, e) {
			known.Events = append(known.Events, e)
		}
	}
	for _, r := range c.Resources {
		if !slices.Contains(known.Resources, r) {
			known.Resources = append(known.Resources, r)
		}
	}
	for _, cond := range c.Conditions {
		if !slices.ContainsFunc(known.Conditions, func(k ChannelCondition) bool { return k.Module == cond.Module }) {
			known.Conditions = append(known.Conditions, cond)
		}
	}
	return channels
}
