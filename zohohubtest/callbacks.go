package zohohubtest

import (
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// callback is what a channel is told of one request: what was done to the records of a module.
type callback struct {
	channel   *channel
	module    *schema.Module
	operation string
	ids       []string
	fields    map[string][]string       // of an update, by id
	values    map[string]map[string]any // the new ones, for channels that want them
	at        time.Time
}

// tellChannels tells every channel, its own user's request or not, what a request changed. It does so with mu held: what
// is said is how records are now. deliver must not wait.
func (c *crm) tellChannels(deliver func([]*callback)) {
	c.onChange(func(_ *request, changes []*change) {
		live := c.liveChannels()
		if len(live) == 0 {
			return
		}
		changes = append(slices.Clone(changes), c.touched(changes)...)
		var all []*callback
		for _, h := range live {
			for _, m := range h.modules() {
				all = append(all, c.callbacksOf(h, m, changes)...)
			}
		}
		if len(all) > 0 {
			deliver(all)
		}
	})
}

// touched are the records that a changed one looks up: to Zoho, an edit of a contact is one of the account too. Nothing of
// theirs is changed.
func (c *crm) touched(changes []*change) []*change {
	var all []*change
	for _, h := range changes {
		if h.operation != updating || h.related || h.silent {
			continue
		}
		for _, f := range h.module.Fields {
			if f.DataType != "lookup" || f.Lookup == schema.AnyModule {
				continue
			}
			m := c.schema.Module(f.Lookup)
			id, _ := parseID(refID(h.record.fields[f.APIName]))
			if r := c.table(m.APIName).held(id); r != nil {
				all = append(all, &change{module: m, id: id, operation: updating, record: r, old: r, related: true})
			}
		}
	}
	return all
}

// eventOf is by what name channels ask for an operation.
var eventOf = map[string]string{inserting: "create", updating: "edit", deleting: "delete"}

// callbacksOf are at most three: one for each operation, with all of its records.
func (c *crm) callbacksOf(h *channel, m *schema.Module, changes []*change) []*callback {
	var all []*callback
	for _, operation := range []string{inserting, updating, deleting} {
		if !h.watches(m, eventOf[operation]) {
			continue
		}
		b := &callback{
			channel: h, module: m, operation: operation, fields: map[string][]string{}, values: map[string]map[string]any{}, at: c.now(),
		}
		for _, change := range changes {
			if change.module == m && change.operation == operation && h.hears(change) {
				b.add(c, change)
			}
		}
		if len(b.ids) > 0 {
			all = append(all, b)
		}
	}
	return all
}

// hears tells whether a change is one that a channel is told of, given that it is one of its events.
func (h *channel) hears(change *change) bool {
	if change.silent || change.related && !h.related {
		return false
	}
	met, conditional := false, false
	for _, condition := range h.conditions {
		if condition.module == change.module && change.operation == updating {
			conditional = true
			met = met || condition.fields.met(change.fields)
		}
	}
	return met || !conditional
}

// add takes a change into the callback: a record that a request changes twice is told of once.
func (b *callback) add(c *crm, change *change) {
	id := formatID(change.id)
	if !slices.Contains(b.ids, id) {
		b.ids = append(b.ids, id)
	}
	if b.operation != updating || len(change.fields) == 0 {
		return
	}
	values := change.values(c, b.channel.version)
	if b.values[id] == nil {
		b.values[id] = map[string]any{}
	}
	for _, f := range change.fields {
		name := change.module.Field(f).NameIn(b.channel.version.name)
		if !slices.Contains(b.fields[id], name) {
			b.fields[id] = append(b.fields[id], name)
		}
		b.values[id][name] = values[name]
	}
}

// body is the callback as it is sent, at a time that no other has.
func (b *callback) body(resource string, at time.Time, numericID bool) []byte {
	params := map[string]any{}
	if u, err := url.Parse(b.channel.url); err == nil { // as it did when the channel was made
		for name, values := range u.Query() {
			params[name] = values[0]
		}
	}
	fields, values := []any{}, []any{}
	for _, id := range b.ids {
		if names := b.fields[id]; names != nil {
			fields = append(fields, map[string]any{id: names})
			values = append(values, map[string]any{"record_id": id, "values": b.values[id]})
		}
	}
	body := map[string]any{
		"server_time": at.UnixMilli(), "query_params": params, "module": b.module.APIName, "resource_uri": resource, "ids": b.ids,
		"affected_fields": fields, "operation": b.operation, "channel_id": b.channel.id, "token": b.channel.token,
	}
	if b.channel.values && b.operation == updating {
		body["affected_values"] = values
	}
	if numericID {
		body["channel_id"] = json.Number(b.channel.id)
	}
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // of what came as JSON or was made here
	}
	return data
}
