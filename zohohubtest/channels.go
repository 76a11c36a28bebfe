package zohohubtest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// channel is what a user has asked to be told of. It is never changed, only replaced.
type channel struct {
	id, user string
	version  *version
	events   []event
	url      string
	token    any // a string, or nil
	expiry   time.Time
	// values: callbacks of updates tell the new values; related: changes that follow from those of other records count.
	values, related bool
	conditions      []fieldCondition
}

// event is what may happen to a module's records: create, edit, delete, or all of them.
type event struct {
	module *schema.Module
	what   string
}

func (e event) String() string { return e.module.APIName + "." + e.what }

const (
	watchKey    = "watch"
	maxChannels = 50 // in one call
	watchLife   = time.Hour
)

var watchRoutes = []route{
	{method: http.MethodGet, pattern: "actions/watch", scopes: []string{"ZohoCRM.notifications.READ"}, credits: 1, handle: (*crm).listChannels},
	{method: http.MethodPost, pattern: "actions/watch", scopes: []string{"ZohoCRM.notifications.CREATE"}, credits: 1, handle: (*crm).enableChannels},
	{method: http.MethodPut, pattern: "actions/watch", scopes: []string{"ZohoCRM.notifications.UPDATE"}, credits: 1, handle: (*crm).replaceChannels},
	{method: http.MethodPatch, pattern: "actions/watch", scopes: []string{"ZohoCRM.notifications.UPDATE"}, credits: 1, handle: (*crm).patchChannels},
	{method: http.MethodDelete, pattern: "actions/watch", scopes: []string{"ZohoCRM.notifications.DELETE"}, credits: 1, handle: (*crm).disableChannels},
}

// liveChannels are those that have not ended, the oldest first. What has ended is gone for good.
func (c *crm) liveChannels() []*channel {
	now := c.now()
	c.channels = slices.DeleteFunc(slices.Clone(c.channels), func(h *channel) bool { return !h.expiry.After(now) })
	return c.channels
}

// channelOf is a user's own live channel; nil for any other.
func (c *crm) channelOf(user, id string) *channel {
	n, _ := parseID(id)
	for _, h := range c.liveChannels() {
		if h.user == user && h.id == formatID(n) {
			return h
		}
	}
	return nil
}

// keepChannel puts a channel in the place of the one that its user has under its id.
func (c *crm) keepChannel(h *channel) {
	if old := c.channelOf(h.user, h.id); old != nil {
		c.channels[slices.Index(c.channels, old)] = h
		return
	}
	c.channels = append(c.channels, h)
}

func (c *crm) dropChannel(h *channel) {
	c.channels = slices.DeleteFunc(c.channels, func(other *channel) bool { return other == h })
}

// modules are those that a channel has events of, in the order in which it names them.
func (h *channel) modules() []*schema.Module {
	var all []*schema.Module
	for _, e := range h.events {
		if !slices.Contains(all, e.module) {
			all = append(all, e.module)
		}
	}
	return all
}

// resource is what answers and callbacks call a module.
func (c *crm) resource(v *version, m *schema.Module) string {
	return c.url() + "/crm/" + v.name + "/" + m.APIName
}

// listChannels is GET actions/watch: the caller's own, one item for each module of each.
func (c *crm) listChannels(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	id, module := q.query.Get("channel_id"), q.query.Get("module")
	n, ok := parseID(id)
	if id != "" && !ok && refused == nil {
		refused = badPattern("channel_id")
	}
	if module != "" && c.schema.Module(module) == nil && refused == nil {
		refused = invalidParam("module")
	}
	if refused != nil {
		return refused.outcome()
	}
	var found []any
	for _, h := range c.liveChannels() {
		if h.user != q.grant.UserID || id != "" && h.id != formatID(n) {
			continue
		}
		for _, m := range h.modules() {
			if module == "" || m.APIName == module {
				found = append(found, c.showChannel(q.version, h, m))
			}
		}
	}
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{watchKey: rows, "info": info}}
}

func (c *crm) showChannel(v *version, h *channel, m *schema.Module) map[string]any {
	events := []any{}
	for _, e := range h.events {
		if e.module == m {
			events = append(events, e.String())
		}
	}
	shown := map[string]any{
		"channel_id": h.id, "channel_expiry": formatTime(h.expiry), "notify_url": h.url, "token": h.token, "events": events, "fields": nil,
		"resource_uri": c.resource(v, m), "resource_id": m.ID, "resource_name": m.APIName,
		"notify_on_related_action": h.related, "return_affected_field_values": h.values,
	}
	if v.watchConditions {
		shown["notification_condition"] = h.showConditions(m)
	}
	return shown
}

// enableChannels is POST actions/watch. A channel that the caller has already is replaced.
func (c *crm) enableChannels(q *request) outcome {
	return c.eachChannel(q, http.StatusCreated, func(w *watching, _ *channel) (*channel, string, *refusal) {
		h, refused := w.whole()
		return h, "Successfully subscribed for actions-watch of the given module", refused
	})
}

// replaceChannels is PUT actions/watch: what the row does not say is as if it was never said.
func (c *crm) replaceChannels(q *request) outcome {
	return c.eachChannel(q, http.StatusOK, func(w *watching, old *channel) (*channel, string, *refusal) {
		if old == nil {
			return nil, "", notSubscribed()
		}
		h, refused := w.whole()
		return h, "Successfully updated the subscribe details", refused
	})
}

// patchChannels is PATCH actions/watch: what the row does not say stays, and its events come to those that are there, or
// go from them.
func (c *crm) patchChannels(q *request) outcome {
	return c.eachChannel(q, http.StatusOK, func(w *watching, old *channel) (*channel, string, *refusal) {
		if old == nil {
			return nil, "", notSubscribed()
		}
		return w.patched(old)
	})
}

func notSubscribed() *refusal {
	return newRefusal(http.StatusBadRequest, "NOT_SUBSCRIBED", "The given channel is not subscribed for actions-watch", nil)
}

// eachChannel has change make the channel that a row is about, given the one that its user has, and keeps it.
func (c *crm) eachChannel(q *request, success int, change func(*watching, *channel) (*channel, string, *refusal)) outcome {
	rows, refused := q.watchRows()
	if refused == nil {
		refused = c.mayWatch(q, rows)
	}
	if refused != nil {
		return refused.outcome()
	}
	said := map[string]int{} // in which row
	a := c.eachRow(q, &batch{key: watchKey, rows: rows}, success, func(i int, row map[string]any) (map[string]any, *refusal) {
		w := &watching{
			write: &write{c: c, version: q.version, now: c.second()}, user: q.grant.UserID, row: row, path: indexed("$."+watchKey, i),
		}
		id, refused := w.channelID()
		if refused != nil {
			return nil, refused
		}
		if first, twice := said[id]; twice {
			return nil, newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request", map[string]any{
				"ambiguity_due_to": []any{w.place(indexed("$."+watchKey, first), "channel_id"), w.place(w.path, "channel_id")},
			})
		}
		said[id] = i
		h, message, refused := change(w, c.channelOf(w.user, id))
		if refused != nil {
			return nil, refused
		}
		if len(h.events) == 0 {
			c.dropChannel(c.channelOf(w.user, id))
		} else {
			c.keepChannel(h)
		}
		return map[string]any{
			"code": "SUCCESS", "details": map[string]any{"events": c.subscribed(q.version, h)}, "message": message, "status": "success",
		}, nil
	})
	a.credits = 0 // of its own: the route's
	return a
}

// subscribed tells of a channel what an answer to a write does, module by module.
func (c *crm) subscribed(v *version, h *channel) []any {
	events := []any{}
	for _, m := range h.modules() {
		item := map[string]any{
			"channel_expiry": formatTime(h.expiry), "resource_uri": c.resource(v, m), "resource_id": m.ID, "resource_name": m.APIName, "channel_id": h.id,
		}
		if v.watchConditions {
			item["notification_condition"] = h.showConditions(m)
		}
		events = append(events, item)
	}
	return events
}

// watchRows are the rows of a body: a list under watch, or, as Zoho's newer files have it for PATCH, one row by itself.
func (q *request) watchRows() ([]any, *refusal) {
	object, refused := q.object()
	if refused != nil {
		return nil, refused
	}
	if _, isFlat := object["channel_id"]; isFlat && object[watchKey] == nil {
		return []any{object}, nil
	}
	return q.items(object, watchKey, maxChannels)
}

// mayWatch refuses the call whose caller may not read a module that its rows have events of.
func (c *crm) mayWatch(q *request, rows []any) *refusal {
	for _, item := range rows {
		row, _ := item.(map[string]any)
		events, _ := row["events"].([]any)
		for _, e := range events {
			text, _ := e.(string)
			name, _, _ := strings.Cut(text, ".")
			if m := c.schema.Module(name); m != nil && !q.grant.allows("ZohoCRM.modules."+m.ScopeName+".READ") {
				return scopeMismatch()
			}
		}
	}
	return nil
}

// disableChannels is DELETE actions/watch?channel_ids=….
func (c *crm) disableChannels(q *request) outcome {
	const param = "channel_ids"
	ids := splitComma(q.query.Get(param))
	switch {
	case len(ids) == 0:
		return missingParam(param).outcome()
	case len(ids) > maxChannels:
		return limitExceeded(param, maxChannels).outcome()
	}
	results := make([]rowResult, len(ids))
	for i, id := range ids {
		h := c.channelOf(q.grant.UserID, id)
		if h == nil {
			results[i] = failedRow(notSubscribed())
			continue
		}
		c.dropChannel(h)
		m := h.modules()[0]
		results[i] = rowResult{item: map[string]any{
			"code": "SUCCESS", "message": "Successfully un-subscribed from actions-watch", "status": "success",
			"details": map[string]any{"resource_uri": c.resource(q.version, m), "resource_id": m.ID, "channel_id": h.id},
		}}
	}
	return c.batchOutcome(q, results, http.StatusOK, 0).under(watchKey)
}
