package zohohubtest

import (
	"maps"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// rows checks what was sent for a subform and gives the rows that are stored, each a record of its own in the list.
// Whether rows that are not listed stay is the version's. An empty list clears.
func (w *write) rows(f *schema.Field, s site, sent, before any, isNew bool, parent int64) (any, *refusal) {
	if sent == nil || sent == "" {
		return nil, nil
	}
	list, ok := sent.([]any)
	if !ok {
		return nil, w.expected(s, "jsonarray")
	}
	kept, _ := before.([]any)
	olds := map[string]map[string]any{}
	for _, item := range kept {
		row, _ := item.(map[string]any)
		id, _ := row["id"].(string)
		olds[id] = row
	}
	var rows []any // nil in the place of one that is deleted
	places := map[string]int{}
	add := func(row map[string]any) {
		id, _ := row["id"].(string)
		places[id] = len(rows)
		rows = append(rows, row)
	}
	if w.version.subformMerge && len(list) > 0 {
		for _, item := range kept {
			row, _ := item.(map[string]any)
			add(row)
		}
	}
	module := w.c.schema.Module(f.Subform)
	for i, item := range list {
		in, ok := item.(map[string]any)
		if !ok {
			return nil, w.expected(s.index(i), "jsonobject")
		}
		at := s.index(i)
		id, _ := scalarText(in["id"])
		old := olds[id]
		_, deletes := in["_delete"]
		if old == nil && !isNew && id != "" && w.version.subformMerge {
			return nil, w.fault(at.at("id"), "INVALID_DATA", "the id given seems to be invalid")
		}
		place, placed := places[id]
		placed = placed && old != nil // the id of a row that this write makes is nobody's to name
		if deletes && w.version.subformMerge {
			if placed {
				rows[place] = nil
			}
			continue
		}
		row, refused := w.row(module, at, in, old, parent)
		if refused != nil {
			return nil, refused
		}
		if placed {
			rows[place] = row
		} else {
			add(row)
		}
	}
	rows = slices.DeleteFunc(rows, func(r any) bool { return r == nil })
	if len(rows) == 0 {
		if f.Mandatory {
			return nil, w.mandatory(s)
		}
		return nil, nil
	}
	return rows, nil
}

// row makes one row of a subform from what was sent and what was there.
func (w *write) row(m *schema.Module, s site, in, old map[string]any, parent int64) (map[string]any, *refusal) {
	stamp := formatTime(w.now)
	row := map[string]any{"Created_Time": stamp}
	if old != nil {
		row = maps.Clone(old)
	} else {
		row["id"] = formatID(w.c.nextID())
	}
	row["Modified_Time"] = stamp
	row["Parent_Id"] = map[string]any{"id": formatID(parent)}
	for _, f := range m.Fields {
		if !f.Create || f.DataType == "subform" {
			continue
		}
		at := s.at(f.RowKeyIn(w.version.name))
		v, isSent := in[at.name]
		if f.Mandatory && (isSent && (v == nil || v == "") && !keepsRows(f) || !isSent && old == nil) {
			return nil, w.mandatory(at)
		}
		if !isSent {
			continue
		}
		v, refused := w.value(f, at, v, old[f.APIName])
		if refused == nil && f.Mandatory && isNothing(v) {
			refused = w.mandatory(at)
		}
		if refused != nil {
			return nil, refused
		}
		if v == nil {
			delete(row, f.APIName)
		} else {
			row[f.APIName] = v
		}
	}
	w.c.compute(m, row)
	return row, nil
}
