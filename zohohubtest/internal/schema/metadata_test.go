package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// body is v as it goes over the wire.
func body(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestFieldJSON(t *testing.T) {
	t.Parallel()
	stage := Load().Module("Deals").Field("Stage")
	stage.PickList = stage.PickList[:1]
	assert.JSONEq(t, `{
		"id": "5550000000400070000", "api_name": "Stage", "field_label": "Stage", "display_label": "Stage",
		"data_type": "picklist", "json_type": "string", "length": 120, "decimal_place": null,
		"system_mandatory": true, "read_only": false, "field_read_only": false, "custom_field": false, "visible": true,
		"created_source": "default", "type": "used", "ui_type": 1, "display_type": -1, "show_type": 7, "category": 1,
		"column_name": "STAGE", "sequence_number": 7, "quick_sequence_number": "7",
		"operation_type": {"web_update": true, "api_create": true, "web_create": true, "api_update": true},
		"view_type": {"view": true, "edit": true, "quick_create": true, "create": true},
		"webhook": true, "blueprint_supported": true, "businesscard_supported": true, "virtual_field": false,
		"filterable": true, "sortable": true, "searchable": true, "mass_update": true, "separator": false, "number_separator": false,
		"display_field": false, "available_in_user_layout": true, "static_field": false,
		"pick_list_values_sorted_lexically": false, "enable_colour_code": false, "colour_code_enabled_by_system": false,
		"pick_list_values": [{"id": "5550000000400070002", "display_value": "Qualification", "actual_value": "Qualification",
			"reference_value": "Qualification", "sequence_number": 1, "colour_code": null, "type": "used",
			"sys_ref_name": "Qualification", "maps": [], "probability": 10, "forecast_type": "Open",
			"forecast_category": {"id": "5550000000000030001", "name": "Pipeline"}}],
		"profiles": [{"id": "5550000000000010000", "name": "Administrator", "permission_type": "read_write"},
			{"id": "5550000000000020000", "name": "Standard", "permission_type": "read_write"}],
		"lookup": {}, "multiselectlookup": {}, "multiuserlookup": {}, "multi_module_lookup": {}, "subform": {},
		"associated_module": null, "sub_module": null, "currency": {}, "unique": {}, "auto_number": {}, "autonumber": {},
		"formula": {}, "rollup_summary": {}, "textarea": {}, "refer_from_field": null, "external": null, "crypt": null,
		"private": null, "hipaa_compliance": null, "hipaa_compliance_enabled": false, "tooltip": null,
		"history_tracking": null, "history_tracking_enabled": false,
		"convert_mapping": {"Contacts": null, "Deals": null, "Accounts": null}, "association_details": null,
		"email_parser": {"fields_update_supported": true, "record_operations_supported": true},
		"sharing_properties": null, "customizable_properties": ["api_name", "visible", "field_label"],
		"layout_associations": [{"api_name": "Standard", "name": "Standard", "id": "5550000000400000001"}],
		"default_value": null, "additional_column": null, "allowed_modules": [], "global_picklist": null,
		"file_upolad_optionlist": [], "created_time": null, "modified_time": null, "_update_existing_records": false
	}`, body(t, stage.JSON("v8")))
}

func TestFieldJSONOfDataTypes(t *testing.T) {
	t.Parallel()
	s := Load()
	field := func(module, name string) map[string]any { return s.Module(module).Field(name).JSON("v8") }
	accounts, parts := s.Module("Accounts"), s.Module("Parts_Used")
	link := s.Module("Contacts").Field("Account_Name")

	assert.Equal(t, object{
		"display_label": "Account Name", "api_name": "Account_Name", "id": link.ID,
		"module":        object{"api_name": "Accounts", "id": accounts.ID},
		"query_details": object{}, "revalidate_filter_during_edit": false, "show_fields": list{},
	}, field("Contacts", "Account_Name")["lookup"])
	assert.Equal(t, object{"api_name": "se_module", "id": nil}, field("Tasks", "What_Id")["lookup"].(object)["module"])
	assert.Equal(t, object{"module": "Parts_Used", "id": parts.ID}, field("Service_Visits", "Parts_Used")["subform"])
	assert.Equal(t, object{"module": "Parts_Used", "api_name": "Parts_Used", "id": parts.ID}, field("Service_Visits", "Parts_Used")["associated_module"])
	assert.Equal(t, object{"casesensitive": "false"}, field("Leads", "ERP_Id")["unique"])
	assert.Equal(t, "user", field("Leads", "ERP_Id")["created_source"])
	assert.Equal(t, object{"rounding_option": "normal", "precision": 2}, field("Leads", "Annual_Revenue")["currency"])
	assert.Equal(t, object{"prefix": "SV-", "suffix": "", "start_number": 1, "starting_number_length": 5}, field("Service_Visits", "Visit_Number")["auto_number"])
	assert.Equal(t, object{"return_type": "double", "expression": "${Service_Visits.Hours}*${Service_Visits.Hourly_Rate}"}, field("Service_Visits", "Labour_Cost")["formula"])
	assert.Equal(t, object{"type": "rich_text"}, field("Service_Visits", "Report")["textarea"])
	assert.Equal(t, 2, field("Service_Visits", "Hours")["decimal_place"])
	assert.Equal(t, object{"web_update": false, "api_create": false, "web_create": false, "api_update": false}, field("Leads", "Full_Name")["operation_type"])
	assert.Equal(t, "read_only", field("Leads", "Full_Name")["profiles"].(list)[0].(object)["permission_type"])

	products, specimens := s.Module("Products"), s.Module("Specimens")
	linked := specimens.Field("Products")
	assert.Equal(t, object{
		"display_label": "Products", "api_name": "Products", "id": linked.ID, "record_access": false,
		"linking_module": object{"api_name": "Specimens_X_Products", "id": s.Module("Specimens_X_Products").ID}, "lookup_apiname": "Specimens",
		"connected_module": object{"api_name": "Products", "id": products.ID}, "connectedlookup_apiname": "Products", "connectedfield_apiname": "Specimens",
	}, field("Specimens", "Products")["multiselectlookup"])
	assert.Equal(t, object{}, field("Specimens", "Products")["lookup"])
	assert.Equal(t, "Specimens_X_Products", linked.JSON("v7")["multiselectlookup"].(object)["linking_module"])
	assert.Equal(t, object{
		"display_label": "Watchers", "api_name": "Watchers", "id": specimens.Field("Watchers").ID, "record_access": false,
		"linking_module": object{"api_name": "Specimens_X_Users", "id": s.Module("Specimens_X_Users").ID}, "lookup_apiname": "Specimens",
		"connected_module": nil, "connectedlookup_apiname": "Watchers", "connectedfield_apiname": nil,
	}, field("Specimens", "Watchers")["multiuserlookup"])
	assert.Equal(t, object{}, field("Specimens", "Watchers")["multiselectlookup"])
	assert.Equal(t, object{"display_label": "Related To", "api_name": "Related_To", "modules": list{
		object{"api_name": "Leads", "id": s.Module("Leads").ID}, object{"api_name": "Contacts", "id": s.Module("Contacts").ID},
	}}, field("Specimens", "Related_To")["multi_module_lookup"])
	rows := object{"api_name": "Specimen_Rows", "id": s.Module("Specimen_Rows").ID}
	assert.Equal(t, object{
		"return_type": "currency", "rollup_based_on": "all", "based_on_module": rows, "related_list": rows,
		"expression": object{"function": "sum", "function_parameters": list{object{"api_name": "Amount"}}, "criteria": nil},
	}, field("Specimens", "Rows_Sum")["rollup_summary"])
	assert.Equal(t, []any{"double", 2, true}, []any{field("Specimens", "Rows_Sum")["json_type"], field("Specimens", "Rows_Sum")["decimal_place"], field("Specimens", "Rows_Sum")["virtual_field"]})
	assert.Equal(t, object{"rounding_option": "round_up", "precision": 2}, field("Specimens", "Price_Up")["currency"])

	none := field("Leads", "Lead_Source")["pick_list_values"].(list)[0].(object)
	assert.Equal(t, []any{"-None-", "-None-", 1}, []any{none["display_value"], none["actual_value"], none["sequence_number"]})
	for _, multi := range []map[string]any{field("Leads", "Interests"), field("Leads", "Unsubscribed_Mode")} {
		assert.NotEqual(t, "-None-", multi["pick_list_values"].(list)[0].(object)["display_value"])
	}
}

func TestEveryFieldHasEveryKey(t *testing.T) {
	t.Parallel()
	s := Load()
	first := slices.Sorted(maps.Keys(s.Module("Leads").Field("Company").JSON("v8")))
	for _, m := range s.Modules() {
		for _, f := range m.Fields {
			assert.Equal(t, first, slices.Sorted(maps.Keys(f.JSON("v8"))), f.APIName)
		}
	}
}

func TestFieldJSONByVersion(t *testing.T) {
	t.Parallel()
	s := Load()
	account := s.Module("Contacts").Field("Account_Name")
	byVersion := map[string][]string{}
	now := account.JSON("v8")
	for _, v := range []string{"v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"} {
		old := account.JSON(v)
		for _, key := range slices.Sorted(maps.Keys(now)) {
			if _, ok := old[key]; !ok {
				byVersion[v] = append(byVersion[v], key)
			}
		}
		want := any("Accounts")
		if v >= "v5" {
			want = object{"api_name": "Accounts", "id": s.Module("Accounts").ID}
		}
		assert.Equal(t, want, old["lookup"].(object)["module"], v)
	}
	v4 := []string{"global_picklist", "history_tracking_enabled", "layout_associations", "operation_type", "rollup_summary"}
	v6 := []string{"history_tracking_enabled", "layout_associations"}
	assert.Equal(t, map[string][]string{
		"v2": v4, "v2.1": v4, "v3": v4, "v4": v4, "v5": v6, "v6": v6, "v7": {"history_tracking_enabled"},
	}, byVersion)

	listed := func(v string) []string {
		var out []string
		for _, f := range s.Module("Leads").FieldsJSON(v, "used") {
			out = append(out, f.(object)["api_name"].(string))
		}
		return out
	}
	assert.NotContains(t, listed("v3"), "id")
	assert.NotContains(t, listed("v3"), "Converted__s")
	assert.Contains(t, listed("v4"), "id")
	assert.Contains(t, listed("v4"), "Converted__s")
	assert.Len(t, listed("v8"), len(s.Module("Leads").Fields))
	calls := s.Module("Calls")
	assert.NotNil(t, calls.FieldIn("v2.1", "Call_Duration_in_seconds"))
	assert.Nil(t, calls.FieldIn("v3", "Call_Duration_in_seconds"))
	assert.Len(t, calls.FieldsJSON("v8", "used"), len(calls.Fields)-1)
}

func TestModuleJSON(t *testing.T) {
	t.Parallel()
	s := Load()
	assert.JSONEq(t, `{
		"id": "5550000001300000000", "api_name": "Quoted_Items", "module_name": "Quoted_Items",
		"singular_label": "Quoted Items", "plural_label": "Quoted Items", "generated_type": "subform", "status": "system_hidden",
		"api_supported": true, "creatable": false, "editable": false, "deletable": false, "viewable": true, "convertable": false,
		"quick_create": false, "visible": false, "visibility": 1, "show_as_tab": false, "sequence_number": 13,
		"web_link": null, "description": null, "access_type": "org_based",
		"profiles": [{"name": "Administrator", "id": "5550000000000010000"}, {"name": "Standard", "id": "5550000000000020000"}],
		"profile_count": 2, "has_more_profiles": false, "parent_module": {"api_name": "Quotes", "id": "5550000000600000000"},
		"modified_by": null, "modified_time": null, "feeds_required": false, "scoring_supported": false, "webform_supported": false,
		"triggers_supported": true, "filter_supported": false, "global_search_supported": false, "inventory_template_supported": false,
		"emailTemplate_support": false, "email_parser_supported": false, "isBlueprintSupported": false,
		"business_card_field_limit": 5, "presence_sub_menu": false, "sub_menu_available": false, "arguments": [],
		"activity_badge": "Disabled", "chart_view": false, "chart_view_supported": false, "kanban_view_supported": false,
		"recycle_bin_on_delete": false, "track_current_data": false
	}`, body(t, s.Module("Quoted_Items").JSON("v8", false)))

	quotes := s.Module("Quotes")
	o := quotes.JSON("v8", true)
	assert.Equal(t, []any{object{}, true, "visible"}, []any{o["parent_module"], o["inventory_template_supported"], o["status"]})
	assert.Equal(t, quotes.FieldsJSON("v8", "used"), o["fields"])
	assert.Equal(t, object{"api_name": "Subject", "id": quotes.Field("Subject").ID}, o["display_field"])
	assert.Equal(t, list{"Quote_Number", "Subject", "Deal_Name", "Quote_Stage", "Valid_Till"}, o["search_layout_fields"])
	assert.True(t, json.Valid([]byte(body(t, o))))

	var added []string
	short := quotes.JSON("v8", false)
	for key := range o {
		if _, ok := short[key]; !ok {
			added = append(added, key)
		}
	}
	assert.ElementsMatch(t, []string{
		"fields", "layouts", "related_lists", "custom_view", "display_field", "search_layout_fields", "business_card_fields",
		"lookup_field_properties", "related_list_properties", "static_subform_properties", "layout_associations",
		"default_mapping_fields", "kanban_view", "zia_view", "filter_status", "per_page", "territory",
		"$field_states", "$properties", "$on_demand_properties",
	}, added)

	assert.NotContains(t, quotes.JSON("v4", false), "status")
	assert.Contains(t, quotes.JSON("v5", false), "status")
	assert.NotContains(t, quotes.JSON("v5", false), "recycle_bin_on_delete")
	assert.Contains(t, quotes.JSON("v6", false), "recycle_bin_on_delete")
}
