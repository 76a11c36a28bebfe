package zohohubtest

import (
	"maps"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// hangOn is how many records there are in the longest of a record's lists.
func (c *crm) hangOn(m *schema.Module, r *record) int {
	id := formatID(r.id)
	most := max(len(c.notesAt(m, id)), len(c.attachments(m, id)))
	for _, l := range m.RelatedLists() {
		n := 0
		for _, f := range l.Lookups {
			n += len(c.table(l.Module.APIName).having(f.APIName, map[string]any{"id": id}))
		}
		if l.Relation != nil {
			for key := range c.ties[l.Relation.Name] {
				if slices.Contains(key[:], r.id) {
					n++
				}
			}
		}
		most = max(most, n)
	}
	return most
}

// rehang gives what hangs on one record to another: notes, mails, attachments, the lookups that lead to it and the ties that it
// has. Between two modules only lookups that the map takes change, to the field that it names.
func (c *crm) rehang(m *schema.Module, from int64, toModule *schema.Module, to int64, lookup func(f *schema.Field) bool) {
	c.relatedly(func() {
		c.renote(m, formatID(from), toModule, to)
		c.remail(m, from, toModule, to)
		for _, a := range c.attachments(m, formatID(from)) {
			c.reattach(a, toModule, to)
		}
		c.repoint(m, from, toModule, to, lookup)
		c.retie(m, from, toModule, to)
	})
}

// reference is a lookup of a record.
func (c *crm) reference(m *schema.Module, id int64) map[string]any {
	return map[string]any{"name": c.nameOf(m, c.table(m.APIName).held(id)), "id": formatID(id)}
}

func (c *crm) renote(m *schema.Module, from string, toModule *schema.Module, to int64) {
	notes := c.schema.Module("Notes")
	for _, old := range c.notesAt(m, from) {
		r := old.moved()
		ref := c.reference(toModule, to)
		ref["module"] = map[string]any{"api_name": toModule.APIName, "id": toModule.ID}
		r.fields["Parent_Id"], r.fields["$se_module"] = ref, toModule.APIName
		c.store(notes, r, old)
	}
}

func (c *crm) remail(m *schema.Module, from int64, toModule *schema.Module, to int64) {
	for _, mail := range c.mailbox.mails {
		if mail.module == m && mail.record == from {
			mail.module, mail.record = toModule, to
		}
	}
}

func (c *crm) reattach(old *record, toModule *schema.Module, to int64) {
	r := old.moved()
	r.fields["Parent_Id"], r.fields["$se_module"] = map[string]any{"id": formatID(to)}, toModule.APIName
	c.table(attachmentModule.APIName).put(r)
	c.note(attachmentModule, updating, r, old)
}

// repoint changes the lookups that lead to a record. A link that the other record has already stays with the one that goes.
func (c *crm) repoint(m *schema.Module, from int64, toModule *schema.Module, to int64, takes func(f *schema.Field) bool) {
	id := formatID(from)
	for _, holders := range c.schema.Modules() {
		t := c.tables[holders.APIName]
		if t == nil || holders.APIName == "Notes" {
			continue
		}
		for _, f := range holders.Fields {
			if !pointsInto(f, m) || takes != nil && !takes(f) {
				continue
			}
			for _, holder := range slices.Clone(t.having(f.APIName, map[string]any{"id": id})) {
				old := t.get(holder)
				if !pointsAt(old, f, m, id) || holders.GeneratedType == "linking" && c.linksAlready(holders, f, old, to) || old.id == to {
					continue
				}
				r := old.moved()
				ref := c.reference(toModule, to)
				if f.DataType == "multi_module_lookup" {
					ref["module"] = map[string]any{"api_name": toModule.APIName, "id": toModule.ID}
				}
				r.fields[f.APIName] = ref
				if f.Lookup == schema.AnyModule {
					r.fields["$se_module"] = toModule.APIName
				}
				c.store(holders, r, old)
			}
		}
	}
}

// linksAlready tells whether there is a row of a linking module that says of a record what this one says of another.
func (c *crm) linksAlready(linking *schema.Module, side *schema.Field, row *record, to int64) bool {
	for _, f := range linking.Fields {
		if f == side || !f.Mandatory {
			continue
		}
		for _, other := range c.table(linking.APIName).having(side.APIName, map[string]any{"id": formatID(to)}) {
			if refID(c.table(linking.APIName).held(other).fields[f.APIName]) == refID(row.fields[f.APIName]) {
				return true
			}
		}
	}
	return false
}

// retie gives the ties of a record to another, in the lists that both have.
func (c *crm) retie(m *schema.Module, from int64, toModule *schema.Module, to int64) {
	for _, l := range m.RelatedLists() {
		into := relatedList(toModule.RelatedLists(), func(o *schema.RelatedList) bool {
			return o.Relation != nil && o.Module == l.Module && o.APIName == l.APIName
		})
		if l.Relation == nil || into == nil {
			continue
		}
		all := c.ties[into.Relation.Name]
		for key, tied := range maps.Clone(c.ties[l.Relation.Name]) {
			related := key[0]
			if l.Key(from, related) != key {
				related = key[1]
			}
			if l.Key(from, related) != key {
				continue
			}
			if all == nil {
				all = ties{}
				c.ties[into.Relation.Name] = all
			}
			if all[into.Key(to, related)] == nil {
				all[into.Key(to, related)] = tied
			}
			delete(c.ties[l.Relation.Name], key)
		}
	}
}
