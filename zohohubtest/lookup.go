package zohohubtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// lookup takes {"id": …}, and in older versions the id alone, of a record that exists in one of the modules that the field
// points into. The module may be named beside the id where there are several.
func (w *write) lookup(f *schema.Field, s site, v any) (any, *refusal) {
	id, refused := w.reference(s, v)
	if refused != nil {
		return nil, refused
	}
	among := f.Targets()
	if said := moduleOf(v); said != "" && f.DataType == "multi_module_lookup" {
		if !slices.Contains(among, said) {
			return nil, w.unsupported(s.at("module"), among)
		}
		among = []string{said}
	}
	for _, name := range among {
		if r := w.c.table(name).held(id); r != nil {
			m := w.c.schema.Module(name)
			ref := map[string]any{"name": w.c.nameOf(m, r), "id": formatID(id)}
			if f.DataType == "multi_module_lookup" {
				ref["module"] = map[string]any{"api_name": name, "id": m.ID}
			}
			return ref, nil
		}
	}
	return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
}

// anyLookup takes a reference into a module that is named beside it: in $se_module for an activity's What_Id and a note of
// old, in the reference itself for a note's Parent_Id.
func (w *write) anyLookup(s site, v any, row, fields map[string]any) (any, *refusal) {
	isNote := w.module.APIName == "Notes"
	if v == nil || v == "" {
		delete(fields, "$se_module")
		return nil, nil
	}
	if text, ok := v.(string); ok && isNote && w.version.noteModuleKey {
		v = map[string]any{"id": text}
	}
	id, refused := w.reference(s, v)
	if refused != nil {
		return nil, refused
	}
	at := site{path: s.path, name: "$se_module"}
	name, _ := row["$se_module"].(string)
	if isNote {
		if name == "" && w.version.noteModuleKey {
			name, _ = row["se_module"].(string)
		}
		if !w.version.noteModuleKey {
			name, at = "", s.at("module")
		}
		name = cmp.Or(moduleOf(v), name)
	}
	if name == "" {
		return nil, w.mandatory(at)
	}
	target := w.c.schema.Module(name)
	if target == nil || !isRecordModule(target) || target.APIName == "Notes" {
		return nil, w.fault(at, "INVALID_DATA", "invalid data")
	}
	r := w.c.table(name).held(id)
	if r == nil {
		return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
	}
	ref := map[string]any{"name": w.c.nameOf(target, r), "id": formatID(id)}
	fields["$se_module"] = name
	if isNote {
		ref["module"] = map[string]any{"api_name": name, "id": target.ID}
	}
	return ref, nil
}

// moduleOf is the module that a reference names: {"module": {"api_name": …}}, or the name alone; empty for none.
func moduleOf(v any) string {
	ref, _ := v.(map[string]any)
	switch module := ref["module"].(type) {
	case string:
		return module
	case map[string]any:
		name, _ := module["api_name"].(string)
		return name
	}
	return ""
}

// unpoint clears what points to a record that is gone: a lookup of nothing is empty to whoever asks. It is no change of the
// records that have it. Rows of subforms are seen to where they are read, see each. What pointed is told.
func (c *crm) unpoint(gone *schema.Module, id string) map[pointer]any {
	pointed := map[pointer]any{}
	for _, m := range c.schema.Modules() {
		t := c.tables[m.APIName]
		if t == nil || m.APIName == "Notes" { // which goes with its parent
			continue
		}
		for _, f := range m.Fields {
			if !pointsInto(f, gone) {
				continue
			}
			for _, holder := range slices.Clone(t.having(f.APIName, id)) {
				if old := t.held(holder); c.pointed(f, old) == nil {
					r := old.moved()
					delete(r.fields, f.APIName)
					t.put(r)
					c.relatedly(func() { c.note(m, updating, r, old) })
					pointed[pointer{f, holder}] = old.fields[f.APIName]
				}
			}
		}
	}
	return pointed
}

// pointer is a lookup of one record.
type pointer struct {
	field  *schema.Field
	holder int64
}

func pointsInto(f *schema.Field, m *schema.Module) bool {
	return f.Lookup == schema.AnyModule || slices.Contains(f.Targets(), m.APIName) && f.Link == nil
}

// alive are the fields of a row, without the lookups whose record is gone.
func (c *crm) alive(m *schema.Module, row map[string]any) map[string]any {
	out := row
	for _, f := range m.Fields {
		if v := row[f.APIName]; v == nil || f.DataType != "lookup" && f.DataType != "multi_module_lookup" || c.current(f.Targets(), v) != nil {
			continue
		}
		if len(out) == len(row) {
			out = maps.Clone(row)
		}
		delete(out, f.APIName)
	}
	return out
}

// unsupported refuses a word that is none of a few.
func (w *write) unsupported(s site, supported []string) *refusal {
	values := make([]any, len(supported))
	for i, value := range supported {
		values[i] = value
	}
	return w.fault(s, "INVALID_DATA", "invalid data", "supported_values", values)
}

func (w *write) reference(s site, v any) (int64, *refusal) {
	object, ok := v.(map[string]any)
	if text, isText := v.(string); isText && w.version.bareLookup {
		object, ok = map[string]any{"id": text}, true
	}
	if !ok {
		return 0, w.expected(s, "jsonobject")
	}
	if object["id"] == nil || object["id"] == "" {
		return 0, w.mandatory(s.at("id"))
	}
	text, _ := scalarText(object["id"])
	id, ok := parseID(text)
	if !ok {
		return 0, w.expected(s, "bigint")
	}
	return id, nil
}

// userLookup takes {"id": …} or {"email": …} of a user that exists.
func (w *write) userLookup(s site, v any) (any, *refusal) {
	if object, ok := v.(map[string]any); ok && (object["id"] == nil || object["id"] == "") {
		if email, ok := object["email"].(string); ok {
			for _, u := range w.c.users {
				if strings.EqualFold(u.email, email) {
					return u.ref(), nil
				}
			}
			return nil, w.fault(s, "INVALID_DATA", "invalid data")
		}
	}
	id, refused := w.reference(s, v)
	if refused != nil {
		return nil, refused
	}
	if ref := w.c.userRef(formatID(id)); ref != nil {
		return ref, nil
	}
	return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
}

func (w *write) layout(s site, v any) (any, *refusal) {
	id, refused := w.reference(s, v)
	switch {
	case refused != nil:
		return nil, refused
	case formatID(id) != w.module.LayoutID():
		return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
	}
	return w.c.layoutRef(w.module), nil
}
