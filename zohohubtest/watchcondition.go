package zohohubtest

import (
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

const (
	maxConditions   = 2
	maxWatchedField = 10 // in a condition
)

// fieldCondition is met by an edit of a module's record that changes the fields of its choice.
type fieldCondition struct {
	module *schema.Module
	fields fieldChoice
}

// fieldChoice is one field, or several choices of which all must be met or any.
type fieldChoice struct {
	field *schema.Field
	all   bool
	group []fieldChoice
}

func (f fieldChoice) met(changed []string) bool {
	if f.field != nil {
		return slices.Contains(changed, f.field.APIName)
	}
	decides := func(part fieldChoice) bool { return part.met(changed) != f.all } // one that is not, of all; one that is, of any
	return slices.ContainsFunc(f.group, decides) != f.all
}

func (f fieldChoice) count() int {
	if f.field != nil {
		return 1
	}
	n := 0
	for _, part := range f.group {
		n += part.count()
	}
	return n
}

func (f fieldChoice) json() map[string]any {
	if f.field != nil {
		return map[string]any{"field": fieldRef(f.field, f.field.APIName), "group_operator": nil, "group": nil}
	}
	operator := "or"
	if f.all {
		operator = "and"
	}
	group := make([]any, len(f.group))
	for i, part := range f.group {
		group[i] = part.json()
	}
	return map[string]any{"group_operator": operator, "group": group}
}

// showConditions are a channel's conditions on a module.
func (h *channel) showConditions(m *schema.Module) []any {
	shown := []any{}
	for _, condition := range h.conditions {
		if condition.module == m {
			shown = append(shown, map[string]any{
				"type": "field_selection", "module": map[string]any{"api_name": m.APIName, "id": m.ID}, "field_selection": condition.fields.json(),
			})
		}
	}
	return shown
}

// conditions reads which fields edits must change to be told.
func (w *watching) conditions(h *channel, v any) ([]fieldCondition, *refusal) {
	s := w.at("notification_condition")
	list, ok := v.([]any)
	switch {
	case v == nil:
		return nil, nil
	case !ok:
		return nil, w.expected(s, "jsonarray")
	case len(list) > maxConditions:
		return nil, w.tooLong(s, maxConditions)
	}
	var conditions []fieldCondition
	for i, item := range list {
		condition, refused := w.condition(h, s.index(i), item)
		if refused != nil {
			return nil, refused
		}
		conditions = append(conditions, condition)
	}
	return conditions, nil
}

func (w *watching) condition(h *channel, s site, v any) (none fieldCondition, _ *refusal) {
	object, ok := v.(map[string]any)
	if !ok {
		return none, w.expected(s, "jsonobject")
	}
	for _, name := range []string{"type", "module", "field_selection"} {
		if object[name] == nil {
			return none, w.mandatory(s.at(name))
		}
	}
	if object["type"] != "field_selection" {
		return none, w.unsupported(s.at("type"), []string{"field_selection"})
	}
	ref, ok := object["module"].(map[string]any)
	if !ok {
		return none, w.expected(s.at("module"), "jsonobject")
	}
	var m *schema.Module
	for _, known := range w.c.schema.Modules() {
		if names(ref, known.APIName, known.ID) {
			m = known
		}
	}
	if m == nil {
		return none, w.fault(s.at("module"), "INVALID_DATA", "the module name given seems to be invalid")
	}
	if !h.watches(m, "edit") {
		return none, w.fault(w.at("events"), "DEPENDENT_FIELD_MISSING", "dependent field missing", "dependee", w.place(w.path, s.name))
	}
	fields, refused := w.choice(m, s.at("field_selection"), object["field_selection"])
	if refused != nil {
		return none, refused
	}
	if fields.count() > maxWatchedField {
		return none, w.tooLong(s.at("field_selection"), maxWatchedField)
	}
	return fieldCondition{m, fields}, nil
}

// names tells whether an object names something by its API name, its id or both.
func names(ref map[string]any, name, id string) bool {
	saidName, saidID := ref["api_name"], ref["id"]
	return (saidName != nil || saidID != nil) && (saidName == nil || saidName == name) && (saidID == nil || saidID == id)
}

// choice reads {field: …}, or {group_operator: and|or, group: […]} of two choices or more.
func (w *watching) choice(m *schema.Module, s site, v any) (none fieldChoice, _ *refusal) {
	object, ok := v.(map[string]any)
	if !ok {
		return none, w.expected(s, "jsonobject")
	}
	if ref, ok := object["field"].(map[string]any); ok {
		for _, f := range m.Fields {
			if names(ref, f.APIName, f.ID) {
				return fieldChoice{field: f}, nil
			}
		}
	}
	if object["field"] != nil {
		return none, w.fault(s.at("field"), "INVALID_DATA", "invalid data")
	}
	group, ok := object["group"].([]any)
	switch operator := object["group_operator"]; {
	case object["group"] == nil:
		return none, w.mandatory(s.at("field"))
	case !ok:
		return none, w.expected(s.at("group"), "jsonarray")
	case len(group) == 0:
		return none, w.fault(s.at("group"), "INVALID_DATA", "invalid data", "minimum_length", 1)
	case operator == nil:
		return none, w.mandatory(s.at("group_operator"))
	case operator != "and" && operator != "or":
		return none, w.unsupported(s.at("group_operator"), []string{"and", "or"})
	}
	choice := fieldChoice{all: object["group_operator"] == "and"}
	for i, part := range group {
		inner, refused := w.choice(m, s.at("group").index(i), part)
		if refused != nil {
			return none, refused
		}
		choice.group = append(choice.group, inner)
	}
	return choice, nil
}
