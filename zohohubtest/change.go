package zohohubtest

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// What a change does to a record, in the words of Zoho's callbacks.
const (
	inserting = "insert"
	updating  = "update"
	deleting  = "delete"
)

// change is what a request did to one record. What it holds belongs to the tables too and is not to be written to.
type change struct {
	module    *schema.Module
	id        int64
	operation string
	// record is as the change left it; of a deletion, as it was. old is what an update found.
	record, old *record
	// fields are those that have another value than before, of an insert those that have one, in the module's order. What
	// Zoho keeps by itself (stamps, computed fields) is none of them.
	fields []string
	by     map[string]any // who asked
	at     time.Time
	// related: done to this record because of another one, such as the notes of a record that is deleted.
	related bool
	// silent: callbacks tell nothing of it.
	silent bool
}

// values are the new values of the fields that changed, as a call in that version shows them; null for what was cleared.
func (h *change) values(c *crm, v *version) map[string]any {
	shown := c.show(h.module, h.record, v, nil, true)
	values := make(map[string]any, len(h.fields))
	for _, name := range h.fields {
		name = h.module.Field(name).NameIn(v.name)
		values[name] = shown[name]
	}
	return values
}

// journal is what the request that holds mu has changed so far.
type journal struct {
	request         *request
	by              map[string]any
	changes         []*change
	related, silent bool
}

// onChange has tell called with what a request changed, in order and all at once, before its answer goes out. It is called
// with mu held, and must be said before the first request. Seeds are no changes.
func (c *crm) onChange(tell func(q *request, changes []*change)) {
	c.listeners = append(c.listeners, tell)
}

// noting does a request's work and then tells what it changed. Work may do other work: each tells of its own.
func (c *crm) noting(q *request, handle func(*crm, *request) outcome) outcome {
	by := c.userRef(q.grant.UserID)
	if by == nil {
		by = c.userRef(defaultUserID)
	}
	j := &journal{request: q, by: by}
	defer func(was *journal) { c.journal = was }(c.journal)
	c.journal = j
	a := handle(c, q)
	if len(j.changes) > 0 {
		for _, tell := range c.listeners {
			tell(q, j.changes)
		}
	}
	return a
}

// silently does what callbacks tell nothing of: Zoho sends none for merges.
func (c *crm) silently(do func()) {
	if j := c.journal; j != nil {
		defer func(was bool) { j.silent = was }(j.silent)
		j.silent = true
	}
	do()
}

// relatedly does what follows from a change of another record.
func (c *crm) relatedly(do func()) {
	if j := c.journal; j != nil {
		defer func(was bool) { j.related = was }(j.related)
		j.related = true
	}
	do()
}

// note writes down what was done to a record: r is as it is now, of one that is deleted as it was, and old what an update
// has replaced.
func (c *crm) note(m *schema.Module, operation string, r, old *record) {
	j := c.journal
	if j == nil {
		return
	}
	h := &change{
		module: m, id: r.id, operation: operation, record: r, old: old,
		by: j.by, at: c.second(), related: j.related, silent: j.silent,
	}
	switch operation {
	case inserting:
		h.fields = changedFields(m, nil, r.fields)
	case updating:
		h.fields = changedFields(m, old.fields, r.fields)
	}
	j.changes = append(j.changes, h)
}

// stamped are the fields that every write sets by itself.
var stamped = []string{"id", "Created_By", "Created_Time", "Modified_By", "Modified_Time", "Last_Activity_Time"}

func changedFields(m *schema.Module, before, after map[string]any) []string {
	var names []string
	computed := m.Computed()
	for _, f := range m.Fields {
		if slices.Contains(stamped, f.APIName) || slices.Contains(computed, f) {
			continue
		}
		if !same(f, before[f.APIName], after[f.APIName]) {
			names = append(names, f.APIName)
		}
	}
	return names
}

// same tells whether a field has kept its value: a lookup that leads to the same record has, whatever that is called now.
func same(f *schema.Field, before, after any) bool {
	switch f.DataType {
	case "lookup", "multi_module_lookup", "ownerlookup", "userlookup", "layout":
		return refID(before) == refID(after)
	}
	return reflect.DeepEqual(unstamped(before), unstamped(after))
}

// unstamped is a value without the times of the rows in it, which a write renews even where it changes nothing.
func unstamped(v any) any {
	rows, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(rows))
	for i, item := range rows {
		out[i] = item
		if row, ok := item.(map[string]any); ok && row["Modified_Time"] != nil {
			row = maps.Clone(row)
			delete(row, "Modified_Time")
			out[i] = row
		}
	}
	return out
}
