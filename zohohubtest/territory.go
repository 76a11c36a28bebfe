package zohohubtest

import (
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// territories are those that records may be given to.
var territories = []struct{ id, name string }{
	{"3652397000000505001", "Lisboa"}, {"3652397000000505002", "Porto"},
}

// inTerritory reads territory_id. No territory is below another, so that include_child changes nothing. How Zoho refuses
// an unknown one is not known.
func (q *request) inTerritory(l *listing) *refusal {
	if _, refused := q.choice("include_child", "false", "true", "false"); refused != nil || !q.query.Has("territory_id") {
		return refused
	}
	id := q.query.Get("territory_id")
	for _, t := range territories {
		if t.id == id {
			l.territory = func(r *record) bool { return isIn(q.module, r, id) }
			return nil
		}
	}
	return invalidParam("territory_id")
}

// isIn says whether a record was given to a territory.
func isIn(m *schema.Module, r *record, territory string) bool {
	for _, f := range m.Fields {
		if f.Holds != "territories" {
			continue
		}
		given, _ := r.fields[f.APIName].([]any)
		for _, t := range given {
			if t, _ := t.(map[string]any); t["id"] == territory {
				return true
			}
		}
	}
	return false
}

// assigned takes [{"id": …}] or [{"Name": …}] of territories that exist. One that the record has stays as it was assigned.
func (w *write) assigned(f *schema.Field, s site, v, before any) (any, *refusal) {
	olds, _ := before.([]any)
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, w.expected(s, "jsonarray")
	case len(list) > f.Length:
		return nil, w.tooLong(s, f.Length)
	}
	var out []any
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, w.expected(s.index(i), "jsonobject")
		}
		id, _ := scalarText(object["id"])
		name, _ := object["Name"].(string)
		if id == "" && name == "" {
			return nil, w.mandatory(s.index(i).at("id"))
		}
		var found any
		for _, t := range territories {
			if id == t.id || id == "" && strings.EqualFold(name, t.name) {
				found = map[string]any{
					"id": t.id, "Name": t.name, "$assigned": "manual", "$assigned_time": formatTime(w.now), "$assigned_by": minified(w.by),
				}
				for _, old := range olds {
					if refID(old) == t.id {
						found = old
					}
				}
			}
		}
		if found == nil {
			return nil, w.fault(s.index(i).at("id"), "INVALID_DATA", "the id given seems to be invalid")
		}
		out = append(out, found)
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}
