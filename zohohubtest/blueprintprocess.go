package zohohubtest

import (
	"net/http"
	"strconv"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// process is a record's way through a blueprint.
type process struct {
	of *blueprint
	// saved is how much of a transition was saved partially, in per cent.
	saved map[*transition]float64
}

func (c *crm) processOf(m *schema.Module, id int64) *process {
	return c.processes[keyOf(m, id)]
}

// enter has a record that was just written enter a blueprint, if there is one for it and it is in none.
func (w *write) enter(r, old *record) {
	key := keyOf(w.module, r.id)
	if old == nil {
		delete(w.c.processes, key) // of a record that had the id before
	}
	if w.skipsBlueprint || w.c.processes[key] != nil {
		return
	}
	user, _ := w.by["id"].(string)
	for _, b := range w.c.blueprints[w.module.APIName] {
		if b.meets(b.entry, r.fields, user) && !b.through(b.state(r)) {
			w.c.processes[key] = &process{of: b, saved: map[*transition]float64{}}
			return
		}
	}
}

// held refuses to change the state of a record in a process otherwise than by a transition.
func (w *write) held(old *record, fields map[string]any) *refusal {
	p := w.c.processOf(w.module, old.id)
	if p == nil || w.transits || fields[p.of.field.APIName] == old.fields[p.of.field.APIName] {
		return nil
	}
	return newRefusal(http.StatusBadRequest, "RECORD_IN_BLUEPRINT", "The record is in blue print", map[string]any{"id": formatID(old.id)})
}

// getBlueprint is GET {module}/{id}/actions/blueprint.
func (c *crm) getBlueprint(q *request) outcome {
	r, p, refused := c.processAt(q)
	if refused != nil {
		return refused.outcome()
	}
	transitions := []any{}
	for _, t := range p.of.from(p.of.state(r)) {
		transitions = append(transitions, c.showTransition(q, r, p, t))
	}
	return outcome{status: http.StatusOK, body: map[string]any{
		"blueprint": map[string]any{"process_info": p.of.info(q.version, p.of.state(r)), "transitions": transitions},
	}}
}

// processAt is the record of the path, and its process. That it is in none is said with the status of a failed row: 202
// in old versions.
func (c *crm) processAt(q *request) (*record, *process, *refusal) {
	r := c.recordAt(q)
	if r == nil {
		return nil, nil, badID()
	}
	p := c.processOf(q.module, r.id)
	if p == nil {
		return nil, nil, newRefusal(q.version.failed, "RECORD_NOT_IN_PROCESS", "record not in process", nil)
	}
	return r, p, nil
}

func (b *blueprint) info(v *version, state string) map[string]any {
	f := b.field
	info := map[string]any{
		"field_id": f.ID, "is_continuous": b.continuous, "continuous": b.continuous, "api_name": f.NameIn(v.name),
		"field_label": f.Label, "field_name": f.Label, "name": b.name, "id": b.id, "field_value": state,
		"column_name": f.JSON(v.name)["column_name"], "escalation": nil, "current_picklist": nil,
	}
	for _, item := range f.JSON(v.name)["pick_list_values"].([]any) {
		if pick := item.(map[string]any); pick["display_value"] == state {
			info["current_picklist"] = map[string]any{"colour_code": pick["colour_code"], "id": pick["id"], "value": state}
		}
	}
	return info
}

// Colours as people see transitions in.
const (
	transitionColor     = "#E4F2FD"
	transitionTextColor = "#0C66B4"
)

func (c *crm) showTransition(q *request, r *record, p *process, t *transition) map[string]any {
	matched := p.of.meets(t.criteria, r.fields, q.grant.UserID)
	var message any
	if !matched && t.message != "" {
		message = t.message
	}
	next := []any{}
	for _, after := range p.of.from(t.to) {
		next = append(next, map[string]any{
			"id": after.id, "name": after.name, "type": "manual", "criteria_matched": p.of.meets(after.criteria, r.fields, q.grant.UserID),
		})
	}
	shown := c.show(q.module, r, q.version, nil, true)
	fields, data := []any{}, map[string]any{}
	for _, f := range t.fields {
		fields = append(fields, c.showTransitionField(p.of, f, q.version))
		data[f.nameIn(q.version)] = shown[f.nameIn(q.version)]
		if f.field == nil {
			data[f.name] = nil // each time anew
		}
	}
	return map[string]any{
		"id": t.id, "name": t.name, "type": "manual", "next_field_value": t.to, "next_transitions": next,
		"criteria_matched": matched, "criteria_message": message, "fields": fields, "data": data,
		"percent_partial_save": p.saved[t], "execution_time": nil, "sequence": t.place, "parent_transition": nil,
		"color_code": transitionColor, "text_color_code": transitionTextColor,
	}
}

// nameIn is the key under which a version knows it.
func (f *transitionField) nameIn(v *version) string {
	if f.field == nil {
		return f.name
	}
	return f.field.NameIn(v.name)
}

// fieldKeys are what a transition tells of a field as the metadata does.
var fieldKeys = []string{
	"api_name", "association_details", "auto_number", "column_name", "convert_mapping", "created_source", "crypt", "currency", "custom_field",
	"data_type", "decimal_place", "display_label", "display_type", "external", "field_label", "field_read_only", "filterable",
	"formula", "history_tracking", "id", "json_type", "length", "lookup", "multi_module_lookup", "multiselectlookup",
	"pick_list_values", "pick_list_values_sorted_lexically", "private", "profiles", "quick_sequence_number", "read_only", "sortable",
	"system_mandatory", "tooltip", "ui_type", "unique", "view_type", "visible", "webhook",
}

// showTransitionField has all keys of Zoho's OpenAPI file. What is no field of the record has null for most of them.
func (c *crm) showTransitionField(b *blueprint, f *transitionField, v *version) map[string]any {
	shown := map[string]any{
		"_type": "used", "transition_sequence": f.place, "mandatory": f.mandatory, "content": nil, "validation_rule": nil,
		"personality_name": b.module.APIName, "layouts": minified(c.layoutRef(b.module)),
	}
	if f.content != "" {
		shown["content"] = f.content
	}
	if f.rule != nil {
		_, n, _ := filterOf(b.module, f.rule, somebody) // checked
		shown["validation_rule"] = n.String()
	}
	if f.field == nil {
		for _, key := range fieldKeys {
			shown[key] = nil
		}
		shown["id"], shown["api_name"], shown["data_type"], shown["json_type"] = f.id, f.name, f.dataType, f.jsons
		shown["display_label"], shown["field_label"], shown["personality_name"] = f.name, f.name, f.name
		shown["pick_list_values"], shown["profiles"], shown["display_type"], shown["ui_type"] = []any{}, []any{}, -1, 1
		for _, key := range []string{"filterable", "sortable", "pick_list_values_sorted_lexically"} {
			shown[key] = false
		}
		return shown
	}
	meta := f.field.JSON(v.name)
	for _, key := range fieldKeys {
		shown[key] = meta[key]
	}
	// Elsewhere the one is text and the other a number.
	shown["quick_sequence_number"], _ = strconv.Atoi(meta["quick_sequence_number"].(string))
	if places, ok := meta["decimal_place"].(int); ok {
		shown["decimal_place"] = strconv.Itoa(places)
	}
	return shown
}
