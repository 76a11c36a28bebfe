package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func layoutOf(t *testing.T, m *Module, version string) object {
	t.Helper()
	layouts := m.LayoutsJSON(version)
	require.Len(t, layouts, 1)
	return layouts[0].(object)
}

func sectionsOf(layout object) (names []string, fields map[string][]string) {
	fields = map[string][]string{}
	for _, s := range layout["sections"].(list) {
		name := s.(object)["name"].(string)
		names = append(names, name)
		for _, f := range s.(object)["fields"].(list) {
			fields[name] = append(fields[name], f.(object)["api_name"].(string))
		}
	}
	return names, fields
}

func TestLayoutJSON(t *testing.T) {
	t.Parallel()
	s := Load()
	invoices := layoutOf(t, s.Module("Invoices"), "v8")
	names, fields := sectionsOf(invoices)
	assert.Equal(t, []string{"Invoice Information", "Address Information", "Description Information", "Invoiced Items"}, names)
	assert.Equal(t, []string{"Description"}, fields["Description Information"])
	assert.Equal(t, []string{"Invoiced_Items"}, fields["Invoiced Items"])
	assert.Equal(t, []string{
		"Billing_Street", "Shipping_Street", "Billing_City", "Shipping_City", "Billing_State", "Shipping_State", "Billing_Code", "Shipping_Code",
		"Billing_Country", "Shipping_Country",
	}, fields["Address Information"])
	assert.NotContains(t, fields["Invoice Information"], "id")
	delete(invoices, "sections")
	assert.JSONEq(t, `{
		"id": "5550000002000000001", "name": "Standard", "api_name": "Standard", "display_label": "Standard", "status": "active", "visible": true,
		"generated_type": "system", "source": "crm", "mode": null, "display_type": 1, "show_business_card": true,
		"created_for": null, "created_by": null, "modified_by": null, "created_time": null, "modified_time": null,
		"profiles": [
			{"name": "Administrator", "id": "5550000000000010000", "default": true, "_default_view": {"name": "Standard", "id": "5550000002000000001", "type": "layout"}},
			{"name": "Standard", "id": "5550000000000020000", "default": true, "_default_view": {"name": "Standard", "id": "5550000002000000001", "type": "layout"}}],
		"has_more_profiles": false, "convert_mapping": null, "subform_properties": null,
		"actions_allowed": {"edit": true, "rename": true, "clone": true, "downgrade": false, "delete": false, "deactivate": false, "set_layout_permissions": true}
	}`, body(t, invoices))
	for _, none := range []string{"Notes", "Invoiced_Items", "Specimens_X_Products"} {
		assert.Nil(t, s.Module(none).LayoutsJSON("v8"), none)
	}
}

func TestLayoutSections(t *testing.T) {
	t.Parallel()
	s := Load()
	deals := s.Module("Deals")
	var first, last object
	sections := layoutOf(t, deals, "v8")["sections"].(list)
	for _, f := range sections[0].(object)["fields"].(list) {
		first = f.(object)
		break
	}
	for _, f := range sections[1].(object)["fields"].(list) {
		last = f.(object)
	}
	amount := deals.Field("Amount").JSON("v8")
	amount["required"], amount["sequence_number"], amount["section_id"] = false, 1, 1
	amount["validation_rule"], amount["static_values"], amount["_delete"] = nil, list{}, nil
	assert.Equal(t, amount, first)
	assert.Equal(t, []any{"Description", 1, 2}, []any{last["api_name"], last["sequence_number"], last["section_id"]})
	information := sections[0].(object)
	delete(information, "fields")
	assert.Equal(t, object{
		"id": "5550000000400000011", "name": "Deal Information", "api_name": "Deal Information", "display_label": "Deal Information", "sequence_number": 1,
		"column_count": 2, "tab_traversal": "left_to_right", "isSubformSection": false, "generated_type": "system", "type": "used", "properties": nil, "_delete": nil,
	}, information)
	rows := layoutOf(t, s.Module("Specimens"), "v8")["sections"].(list)
	subform := rows[len(rows)-1].(object)
	assert.Equal(t, []any{true, object{"reorder_rows": false, "maximum_rows": nil, "tooltip": nil}}, []any{subform["isSubformSection"], subform["properties"]})

	// What a layout asks for is told there; a field that is on none is told apart.
	_, err := s.AddField("Deals", Field{APIName: "Budget", DataType: "currency", Required: true})
	require.NoError(t, err)
	_, err = s.AddField("Deals", Field{APIName: "Old_Budget", DataType: "currency", Unused: true})
	require.NoError(t, err)
	required := map[string]any{}
	for _, part := range layoutOf(t, deals, "v8")["sections"].(list) {
		for _, f := range part.(object)["fields"].(list) {
			required[f.(object)["api_name"].(string)] = f.(object)["required"]
		}
	}
	assert.Equal(t, []any{true, true, true, false, nil}, []any{required["Budget"], required["Deal_Name"], required["Stage"], required["Amount"], required["Old_Budget"]})
	assert.Equal(t, false, deals.Field("Budget").JSON("v8")["system_mandatory"])
	unused := deals.FieldsJSON("v8", "unused")
	require.Len(t, unused, 1)
	assert.Equal(t, []any{"Old_Budget", "unused"}, []any{unused[0].(object)["api_name"], unused[0].(object)["type"]})
	assert.Len(t, deals.FieldsJSON("v8", "all"), len(deals.FieldsJSON("v8", "used"))+1)
}

func TestConvertMapping(t *testing.T) {
	t.Parallel()
	s := Load()
	leads, deals := s.Module("Leads"), s.Module("Deals")
	assert.Equal(t, object{
		"Contacts": object{"name": "Standard", "id": s.Module("Contacts").LayoutID()},
		"Accounts": object{"name": "Standard", "id": s.Module("Accounts").LayoutID()},
		"Deals": object{"name": "Standard", "id": deals.LayoutID(), "fields": list{
			object{"api_name": "Amount", "field_label": "Amount", "id": deals.Field("Amount").ID, "required": false},
			object{"api_name": "Deal_Name", "field_label": "Deal Name", "id": deals.Field("Deal_Name").ID, "required": true},
			object{"api_name": "Closing_Date", "field_label": "Closing Date", "id": deals.Field("Closing_Date").ID, "required": false},
			object{"api_name": "Stage", "field_label": "Stage", "id": deals.Field("Stage").ID, "required": true},
		}},
	}, layoutOf(t, leads, "v8")["convert_mapping"])
	for name, want := range map[string]object{
		"Company":     {"Contacts": nil, "Deals": nil, "Accounts": "Account_Name"},
		"First_Name":  {"Contacts": "First_Name", "Deals": nil, "Accounts": nil},
		"Street":      {"Contacts": "Mailing_Street", "Deals": nil, "Accounts": "Billing_Street"},
		"Lead_Source": {"Contacts": "Lead_Source", "Deals": "Lead_Source", "Accounts": nil},
		"Full_Name":   {"Contacts": nil, "Deals": nil, "Accounts": nil},
		"Owner":       {"Contacts": nil, "Deals": nil, "Accounts": nil},
	} {
		assert.Equal(t, want, leads.Field(name).JSON("v8")["convert_mapping"], name)
	}
	assert.Equal(t, object{"Contacts": nil, "Deals": nil, "Accounts": nil}, deals.Field("Lead_Source").JSON("v8")["convert_mapping"])
}

func TestPipelinesJSON(t *testing.T) {
	t.Parallel()
	s := Load()
	deals := s.Module("Deals")
	stages := deals.Field("Stage").PickList
	pipelines := s.PipelinesJSON(deals.LayoutID())
	require.Len(t, pipelines, 1)
	pipeline := pipelines[0].(object)
	maps := pipeline["maps"].(list)
	delete(pipeline, "maps")
	assert.Equal(t, object{
		"id": deals.Field("Pipeline").PickList[0].ID, "display_value": "Standard (Standard)", "actual_value": "Standard (Standard)", "default": true, "child_available": false,
	}, pipeline)
	require.Len(t, maps, len(stages))
	category := map[string]string{"Open": "Pipeline", "Closed Won": "Closed", "Closed Lost": "Omitted"}
	for i, item := range maps {
		stage := item.(object)
		assert.Equal(t, []any{stages[i].ID, stages[i].Display, stages[i].Actual, i + 1, stages[i].Forecast, category[stages[i].Forecast]}, []any{
			stage["id"], stage["display_value"], stage["actual_value"], stage["sequence_number"], stage["forecast_type"], stage["forecast_category"].(object)["name"],
		})
	}
	assert.Nil(t, s.PipelinesJSON(s.Module("Leads").LayoutID()))

	// The pick list of pipelines says the same.
	picks := deals.Field("Pipeline").PickListJSON()
	assert.Equal(t, list{}, picks[0].(object)["maps"], "-None- allows no stage")
	assert.Equal(t, list{object{"api_name": "Stage", "pick_list_values": deals.Field("Stage").picks()}}, picks[1].(object)["maps"])
	assert.Equal(t, list{object{"api_name": "Standard", "name": "Standard", "id": deals.LayoutID()}}, picks[1].(object)["layout_associations"])
}
