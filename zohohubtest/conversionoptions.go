package zohohubtest

import (
	"net/http"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// conversionOptions is GET {module}/{id}/__conversion_options: the records that there are already for a lead.
func (c *crm) conversionOptions(q *request) outcome {
	lead := c.recordAt(q)
	at := func(code, message string) outcome {
		return newRefusal(http.StatusBadRequest, code, message, map[string]any{"resource_path_index": 1}).outcome()
	}
	switch {
	case !q.module.Convertible:
		return newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "the given module is not supported for this api", map[string]any{"resource_path_index": 0}).outcome()
	case lead == nil || lead.converted:
		return at("INVALID_DATA", "the id given seems to be invalid")
	case lead.unapproved:
		return at("NOT_APPROVED", "The record is not approved")
	}
	found, matched := map[string]any{"Deals": []any{}}, map[string]any{"Deals": []any{}}
	var preferred any
	ids := map[string]int64{}
	for _, name := range []string{"Accounts", "Contacts"} {
		m := c.schema.Module(name)
		found[name], matched[name] = []any{}, []any{}
		id := c.matching(lead, m, true)
		if id == 0 {
			continue
		}
		ids[name] = id
		r := c.table(name).get(id)
		found[name] = []any{c.show(m, r, q.version, optionColumns(m), false)}
		preferred = map[string]any{"api_name": name, "id": m.ID}
		for field, of := range map[string]string{"Email": "Email", "Account_Name": "Company", "Full_Name": "Full_Name"} {
			f, value := m.Field(field), lead.fields[of]
			if is, ok := indexKey(value); ok && f != nil && f.DataType != "lookup" {
				if was, _ := indexKey(r.fields[field]); was == is {
					matched[name] = append(matched[name].([]any), map[string]any{"field": fieldRef(f, field), "matched_lead_value": value})
				}
			}
		}
	}
	if preferred == nil {
		return outcome{status: http.StatusNoContent}
	}
	deals := c.schema.Module("Deals")
	c.table("Deals").scan(false, 0, func(r *record) bool {
		if refID(r.fields["Contact_Name"]) == formatID(ids["Contacts"]) || refID(r.fields["Account_Name"]) == formatID(ids["Accounts"]) {
			found["Deals"] = append(found["Deals"].([]any), c.show(deals, r, q.version, optionColumns(deals), false))
		}
		return true
	})
	found["module_preference"], found["preference_field_matched_value"], found["modules_with_multiple_layouts"] = preferred, matched, []any{}
	return outcome{status: http.StatusOK, body: map[string]any{"__conversion_options": found}}
}

// matching is the record of a module that there is already for the lead: a contact with the same address, an account with
// the name of the company. Loosely, a contact with the same name will do.
func (c *crm) matching(lead *record, m *schema.Module, loosely bool) int64 {
	by := map[string]string{"Contacts": "Email", "Accounts": "Account_Name"}[m.APIName]
	value := lead.fields[map[string]string{"Contacts": "Email", "Accounts": "Company"}[m.APIName]]
	if ids := c.table(m.APIName).having(by, value); len(ids) > 0 {
		return ids[0]
	}
	if ids := c.table(m.APIName).having("Full_Name", lead.fields["Full_Name"]); loosely && m.APIName == "Contacts" && len(ids) > 0 {
		return ids[0]
	}
	return 0
}

// optionColumns are what is told of a record that a lead may become part of.
func optionColumns(m *schema.Module) *columns {
	cols := &columns{dollars: []string{"$editable", "$approval_state"}}
	for _, name := range []string{"Full_Name", "Email", "Layout", "Deal_Name", "Stage", "Account_Name", "Phone", "Account_Type", "Website"} {
		if f := m.Field(name); f != nil {
			cols.fields = append(cols.fields, f)
		}
	}
	return cols
}
