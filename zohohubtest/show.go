package zohohubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// maxListedText is how much of a rich text a list shows; the record alone shows all of it.
const maxListedText = 500

// show gives a record as an answer has it: the columns asked for, empty ones as null. Subforms are shown only in the
// answer for a single record.
func (c *crm) show(m *schema.Module, r *record, v *version, cols *columns, single bool) map[string]any {
	if m == attachmentModule {
		return c.showAttachment(r, cols)
	}
	fields := m.Fields
	if cols != nil {
		fields = cols.fields
	}
	out := map[string]any{"id": formatID(r.id)}
	for _, f := range fields {
		switch {
		case f.APIName == "id",
			f.DataType == "subform" && !single,
			f.APIName == "Converted__s" && !v.convertedField,
			!f.In(v.name):
		case f.Link != nil:
			out[f.APIName] = c.showLinks(f, r.id, v)
		case f.Lookup == schema.AnyModule && m.APIName != "Notes":
			out[f.APIName] = c.pointed(f, r)
		case f.DataType == "fileupload" || f.DataType == "imageupload":
			out[f.APIName] = showFiles(f, r.fields[f.APIName], v, m.APIName, formatID(r.id))
		default:
			out[f.NameIn(v.name)] = c.shown(f, r.fields[f.APIName], v, single)
		}
	}
	switch {
	case cols == nil:
		maps.Copy(out, c.systemKeys(r, m, v))
	case len(cols.dollars) > 0:
		all := c.systemKeys(r, m, v)
		for _, name := range cols.dollars {
			if value, ok := all[name]; ok {
				out[name] = value
			}
		}
	}
	if parent, _ := out["Parent_Id"].(map[string]any); m.APIName == "Notes" && parent != nil && v.noteModuleKey {
		out["Parent_Id"], out["$se_module"] = minified(parent), r.fields["$se_module"]
	}
	if out["What_Id"] != nil {
		out["$se_module"] = r.fields["$se_module"] // without it the id says nothing
	}
	return out
}

// shown is a field's value as an answer has it.
func (c *crm) shown(f *schema.Field, v any, in *version, single bool) any {
	switch {
	case v == nil && f.DataType == "boolean":
		return false
	case v == nil && (f.DataType == "subform" || f.Holds != "" && f.JSONType == "jsonarray"):
		return []any{}
	case f.APIName == "Tag":
		return c.tags.shown(v)
	case f.DataType == "lookup" && f.Lookup == schema.AnyModule:
		// A note's parent: a note goes with it, so what is not there was seeded as it is.
		return cmp.Or(c.current(f.Targets(), v), v)
	case f.DataType == "lookup" || f.DataType == "multi_module_lookup":
		return c.current(f.Targets(), v)
	case f.Holds == "taxes":
		return c.showTaxes(v, in)
	case f.Holds == "participants":
		return c.showParticipants(v)
	case f.DataType == "subform":
		rows, _ := v.([]any)
		shown := make([]any, len(rows))
		for i, row := range rows {
			fields, _ := row.(map[string]any)
			shown[i] = c.showRow(f, fields, in)
		}
		return shown
	case f.TextArea == "rich_text" && !single:
		if text, _ := v.(string); len(text) > maxListedText {
			if runes := []rune(text); len(runes) > maxListedText {
				return string(runes[:maxListedText])
			}
		}
	}
	return v
}

// showRow is a row of a subform, all of its fields.
func (c *crm) showRow(subform *schema.Field, row map[string]any, in *version) map[string]any {
	out := map[string]any{"$in_merge": false, "$field_states": nil}
	for _, f := range c.schema.Module(subform.Subform).Fields {
		if v := row[f.APIName]; f.DataType == "fileupload" || f.DataType == "imageupload" {
			out[f.RowKeyIn(in.name)] = showFiles(f, v, in, subform.Module().APIName, refID(row["Parent_Id"]))
		} else {
			out[f.RowKeyIn(in.name)] = c.shown(f, v, in, true)
		}
	}
	if subform.LineItems() && in.name == "v2" {
		return c.lineItemV2(out)
	}
	return out
}

// lineItemV2 is a row of a quote or an order with what only v2 says of it: its product's code, price and stock.
func (c *crm) lineItemV2(row map[string]any) map[string]any {
	out := map[string]any{"book": nil, "total_after_discount": nil, "unit_price": nil, "quantity_in_stock": nil}
	for _, key := range []string{"id", "quantity", "Discount", "Tax", "list_price", "total", "net_total", "product_description", "line_tax"} {
		out[key] = row[key]
	}
	if total := rat(row["total"]); total != nil {
		if discount := rat(row["Discount"]); discount != nil {
			total.Sub(total, discount)
		}
		out["total_after_discount"] = ratNumber(total, 2)
	}
	ref, _ := row["product"].(map[string]any)
	text, _ := ref["id"].(string)
	id, _ := parseID(text)
	if r := c.table("Products").get(id); r != nil {
		out["product"] = map[string]any{"name": ref["name"], "id": ref["id"], "Product_Code": r.fields["Product_Code"]}
		out["unit_price"], out["quantity_in_stock"] = r.fields["Unit_Price"], r.fields["Qty_in_Stock"]
	} else {
		out["product"] = nil // as every lookup of what is gone
	}
	return out
}

// current is a lookup with the name that its record has now; null once the record is gone. Unless it says its module itself,
// it is one of those given.
func (c *crm) current(among []string, v any) any {
	ref, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if said := moduleOf(ref); said != "" {
		among = []string{said}
	}
	id, _ := parseID(refID(ref))
	for _, name := range among {
		m := c.schema.Module(name)
		if m == nil {
			return ref // SeedFunc may leave out what stands beside it
		}
		if r := c.table(name).held(id); r != nil {
			now := maps.Clone(ref)
			now["name"] = c.nameOf(m, r)
			return now
		}
	}
	return nil
}

// pointed is a record's lookup as it is now; that into any module is in the one that $se_module names.
func (c *crm) pointed(f *schema.Field, r *record) any {
	among := f.Targets()
	if module, ok := r.fields["$se_module"].(string); ok && f.Lookup == schema.AnyModule {
		among = []string{module}
	}
	return c.current(among, r.fields[f.APIName])
}

// nameOf is how lookups call a record.
func (c *crm) nameOf(m *schema.Module, r *record) any {
	f := m.DisplayField()
	if f == nil {
		return nil
	}
	if f.DataType == "lookup" { // of a linking module
		ref, _ := c.current(f.Targets(), r.fields[f.APIName]).(map[string]any)
		return ref["name"]
	}
	return r.fields[f.APIName]
}

// systemKeys are the keys with a dollar sign.
func (c *crm) systemKeys(r *record, m *schema.Module, v *version) map[string]any {
	none := func(keys ...string) map[string]any {
		off := map[string]any{}
		for _, key := range keys {
			off[key] = false
		}
		return off
	}
	keys := map[string]any{
		"$approved": !r.unapproved, "$approval_state": r.approvalState(), "$approval": none("delegate", "approve", "reject", "resubmit"),
		"$review": nil, "$review_process": none("approve", "reject", "resubmit"), "$process_flow": c.processOf(m, r.id) != nil, "$orchestration": false,
		"$pathfinder": false, "$in_merge": false, "$locked_for_me": c.isLocked(m, r.id), "$editable": !c.isLocked(m, r.id), "$state": "save",
		"$sharing_permission": "full_access", "$currency_symbol": orgCurrencySymbol, "$field_states": nil, "$canvas_id": nil,
		"$wizard_connection_path": nil, "$zia_visions": nil, "$zia_owner_assignment": "owner_recommendation_unavailable", "$has_more": map[string]any{},
		"$layout_id": map[string]any{"id": m.LayoutID(), "name": "Standard", "display_label": "Standard"},
	}
	if m.Convertible && !v.convertedField {
		keys["$converted"] = r.converted
	}
	if module, ok := r.fields["$se_module"].(string); ok && (m.APIName != "Notes" || v.noteModuleKey) {
		keys["$se_module"] = module
	}
	if hasLines(m) {
		keys["$line_tax"] = r.fields["$line_tax"]
		if keys["$line_tax"] == nil {
			keys["$line_tax"] = []any{}
		}
	}
	if m.APIName == "Notes" {
		content, _ := r.fields["Note_Content"].(string)
		keys["$attachments"], keys["$is_shared_to_client"], keys["$voice_note"] = c.attachmentsOfNote(r), false, false
		keys["$size"] = strconv.Itoa(len(content))
	}
	return keys
}

func (c *crm) layoutRef(m *schema.Module) map[string]any {
	return map[string]any{"id": m.LayoutID(), "name": "Standard", "display_label": "Standard"}
}

// each gives the records of a module, also of one that is a subform of another: its rows are records whose ids are those
// of the rows, in the order of their parents.
func (c *crm) each(m *schema.Module, desc bool, after int64, yield func(*record) bool) {
	if m.GeneratedType != "subform" {
		c.table(m.APIName).scan(desc, after, yield)
		return
	}
	parent := c.schema.Module(m.Parent)
	if parent == nil {
		return
	}
	for _, f := range parent.Fields {
		if f.Subform != m.APIName {
			continue
		}
		c.table(parent.APIName).scan(desc, after, func(r *record) bool {
			rows, _ := r.fields[f.APIName].([]any)
			for _, item := range rows {
				row, _ := item.(map[string]any)
				fields := c.alive(m, row)
				text, _ := fields["id"].(string)
				id, _ := parseID(text)
				made, changed := stampOf(fields["Created_Time"], r.created), stampOf(fields["Modified_Time"], r.modified)
				if !yield(&record{id: id, fields: fields, created: made, modified: changed}) {
					return false
				}
			}
			return true
		})
	}
}

// clone copies a JSON value deeply.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}

// normalize turns a Go value into a JSON value of the store's own: times lose their fraction, numbers become json.Number.
func normalize(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, json.Number:
		return v, nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return formatTime(v), nil
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Pointer:
		if rv.IsNil() {
			return nil, nil
		}
		return normalize(rv.Elem().Interface())
	case reflect.Map:
		if rv.Type().Key().Kind() != reflect.String {
			return nil, fmt.Errorf("a map with keys of type %s is not JSON", rv.Type().Key())
		}
		out := make(map[string]any, rv.Len())
		for key, item := range rv.Seq2() {
			plain, err := normalize(item.Interface())
			if err != nil {
				return nil, err
			}
			out[key.String()] = plain
		}
		return out, nil
	case reflect.Slice, reflect.Array:
		if rv.Kind() == reflect.Slice && rv.IsNil() {
			return nil, nil
		}
		out := make([]any, rv.Len())
		for i := range out {
			plain, err := normalize(rv.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			out[i] = plain
		}
		return out, nil
	}
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return decodeJSON(body)
}
