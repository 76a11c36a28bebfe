package zohohubtest

import (
	"maps"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// relink is what a write does to the rows of a multi-select lookup, once its record is stored. The rows are records of the
// linking module, so that they are the same from either side and under the linking module's own name.
type relink struct {
	module      *schema.Module
	put, remove []*record
}

// links are the rows of a record's multi-select lookup, oldest first.
func (c *crm) links(f *schema.Field, id int64) []*record {
	t := c.table(f.Link.Module)
	var rows []*record
	for _, row := range t.having(f.Link.Here, formatID(id)) {
		rows = append(rows, t.get(row))
	}
	return rows
}

// linked are the same rows by the ids of what is on the other side.
func (c *crm) linked(f *schema.Field, id int64) map[string]*record {
	rows := map[string]*record{}
	for _, r := range c.links(f, id) {
		rows[refID(r.fields[f.Link.There])] = r
	}
	return rows
}

// showLinks is a multi-select lookup as a record has it. Rows whose other side is gone are none.
func (c *crm) showLinks(f *schema.Field, id int64, in *version) []any {
	there := c.schema.Module(f.Link.Module).Field(f.Link.There)
	rows := []any{}
	for _, r := range c.links(f, id) {
		if ref := c.shown(there, r.fields[there.APIName], in, true); ref != nil {
			rows = append(rows, map[string]any{"id": formatID(r.id), there.APIName: ref})
		}
	}
	return rows
}

// link checks what was sent for a multi-select lookup and remembers what is to be done: a row without an id is added, one
// with _delete removed. Whether rows that are not listed stay is the version's, as it is for subforms.
func (w *write) link(f *schema.Field, s site, sent any, isNew bool) *refusal {
	list, ok := sent.([]any)
	if !ok && sent != nil && sent != "" {
		return w.expected(s, "jsonarray")
	}
	m := w.c.schema.Module(f.Link.Module)
	there := m.Field(f.Link.There)
	olds := w.c.links(f, w.id)
	kept := map[string]bool{} // ids of what is on the other side
	change := relink{module: m}
	if w.version.subformMerge {
		deleted := deletedIDs(list)
		for _, r := range olds {
			if !slices.Contains(deleted, formatID(r.id)) {
				kept[refID(r.fields[there.APIName])] = true
			}
		}
	}
	for i, item := range list {
		in, ok := item.(map[string]any)
		if !ok {
			return w.expected(s.index(i), "jsonobject")
		}
		text, _ := scalarText(in["id"])
		_, deletes := in["_delete"]
		place := slices.IndexFunc(olds, func(r *record) bool { return formatID(r.id) == text })
		target, names := in[there.APIName], in[there.APIName] != nil
		switch {
		case place < 0 && text != "" && !isNew && w.version.subformMerge:
			return w.fault(s.index(i).at("id"), "INVALID_DATA", "the id given seems to be invalid")
		case deletes:
			if place >= 0 && w.version.subformMerge {
				change.remove = append(change.remove, olds[place])
			}
			continue
		case place >= 0:
			kept[refID(olds[place].fields[there.APIName])] = true
			continue
		case !names:
			return w.mandatory(s.index(i).at(there.APIName))
		}
		ref, refused := w.value(there, s.index(i).at(there.APIName), target, nil)
		if refused != nil {
			return refused
		}
		if kept[refID(ref)] {
			return w.fault(s, "DUPLICATE_LINKING_DATA", "Duplicate association")
		}
		kept[refID(ref)] = true
		if !slices.ContainsFunc(olds, func(r *record) bool { return refID(r.fields[there.APIName]) == refID(ref) && !w.version.subformMerge }) {
			change.put = append(change.put, w.c.completed(m, w.c.nextID(),
				map[string]any{f.Link.Here: map[string]any{"id": formatID(w.id)}, f.Link.There: ref}, w.now, w.by))
		}
	}
	switch {
	case len(kept) > f.Length:
		return w.tooLong(s, f.Length)
	case len(kept) == 0 && f.Mandatory:
		return w.mandatory(s)
	}
	if !w.version.subformMerge {
		for _, r := range olds {
			if !kept[refID(r.fields[there.APIName])] {
				change.remove = append(change.remove, r)
			}
		}
	}
	w.relinks = append(w.relinks, change)
	return nil
}

func deletedIDs(rows []any) []string {
	var ids []string
	for _, item := range rows {
		row, _ := item.(map[string]any)
		if _, deletes := row["_delete"]; deletes {
			text, _ := scalarText(row["id"])
			ids = append(ids, text)
		}
	}
	return ids
}

func refID(v any) string {
	ref, _ := v.(map[string]any)
	id, _ := ref["id"].(string)
	return id
}

// settle does what link has found is to be done.
func (w *write) settle() {
	w.c.relatedly(func() {
		for _, change := range w.relinks {
			for _, r := range change.remove {
				w.c.forget(change.module, r)
			}
			for _, r := range change.put {
				w.c.store(change.module, r, nil)
			}
		}
	})
	w.relinks = nil
}

// associate links a record with another one through its multi-select lookup, or changes what the row between them holds, as
// the i-th row of a request to its related list says.
func (w *write) associate(f *schema.Field, i int, row map[string]any, from, to int64) *refusal {
	of := *w
	of.module = w.c.schema.Module(f.Link.Module)
	fields := maps.Clone(row)
	delete(fields, "id") // that of the other record
	fields[f.Link.Here], fields[f.Link.There] = map[string]any{"id": formatID(from)}, map[string]any{"id": formatID(to)}
	var refused *refusal
	if old := w.c.linked(f, from)[formatID(to)]; old != nil {
		_, refused = of.update(i, old, fields)
	} else {
		_, refused = of.insert(i, fields)
	}
	return refused
}

// addLinkFields adds to the records of a related list what was asked for of the rows that link them, which goes by
// {linking module}.{field}.
func (c *crm) addLinkFields(rs *relatives, rows []any, asked []string) {
	linking := c.schema.Module(rs.Through.Link.Module)
	linked := c.linked(rs.Through, rs.parent)
	for _, item := range rows {
		row, _ := item.(map[string]any)
		id, _ := row["id"].(string)
		for _, name := range asked {
			of, field, _ := strings.Cut(name, ".")
			if f := linking.Field(field); of == linking.APIName && f != nil {
				row[name] = c.shown(f, linked[id].fields[field], rs.of.version, false)
			}
		}
	}
}

// linkedTwice refuses a record of a linking module that says what another one says, for the last side that the row names.
func (w *write) linkedTwice(i int, fields, row map[string]any, id int64) *refusal {
	sides := slices.DeleteFunc(slices.Clone(w.module.Fields), func(f *schema.Field) bool { return !f.Mandatory })
	for _, other := range w.c.table(w.module.APIName).having(sides[0].APIName, fields[sides[0].APIName]) {
		r := w.c.table(w.module.APIName).get(other)
		if other != id && refID(r.fields[sides[1].APIName]) == refID(fields[sides[1].APIName]) {
			said := sides[1]
			if _, names := row[said.APIName]; !names {
				said = sides[0]
			}
			return w.fault(site{path: rowPath(i), name: said.APIName}, "DUPLICATE_LINKING_DATA", "Duplicate association")
		}
	}
	return nil
}

// moved is a copy of a record to change: what a table holds is never changed in place.
func (r *record) moved() *record {
	out := *r
	out.fields = maps.Clone(r.fields)
	return &out
}
