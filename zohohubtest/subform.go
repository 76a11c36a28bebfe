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
	var rows []any
	if w.version.subformMerge && len(list) > 0 {
		rows = slices.Clone(kept)
	}
	module := w.c.schema.Module(f.Subform)
	for i, item := range list {
		in, ok := item.(map[string]any)
		if !ok {
			return nil, w.expected(s.index(i), "jsonobject")
		}
		at := s.index(i)
		id, _ := scalarText(in["id"])
		old := rowByID(kept, id)
		_, deletes := in["_delete"]
		switch {
		case isNew || id == "":
			old = nil
		case old == nil && w.version.subformMerge:
			return nil, w.fault(at.at("id"), "INVALID_DATA", "the id given seems to be invalid")
		}
		place := slices.IndexFunc(rows, func(r any) bool { return old != nil && r.(map[string]any)["id"] == id })
		if deletes && w.version.subformMerge {
			if place >= 0 {
				rows = slices.Delete(rows, place, place+1)
			}
			continue
		}
		row, refused := w.row(module, at, in, old, parent)
		if refused != nil {
			return nil, refused
		}
		if place >= 0 {
			rows[place] = row
		} else {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		if f.Mandatory {
			return nil, w.mandatory(s)
		}
		return nil, nil
	}
	return rows, nil
}

func rowByID(rows []any, id string) map[string]any {
	for _, r := range rows {
		if row, _ := r.(map[string]any); id != "" && row["id"] == id {
			return row
		}
	}
	return nil
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
		v, isSent := in[f.APIName]
		at := s.at(f.APIName)
		if (v == nil || v == "") && f.Mandatory && (isSent || old == nil) {
			return nil, w.mandatory(at)
		}
		if !isSent {
			continue
		}
		v, refused := w.value(f, at, v)
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
