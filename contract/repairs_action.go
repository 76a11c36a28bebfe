package contract

import "maps"

// lockRefusals mends record_locking.json: of a row that is refused it makes a list, and knows one module.
func lockRefusals(_ *trees, file string, keys []string, object map[string]any) {
	switch {
	case file != "record_locking.json":
	case object["name"] == "module_name" && object["in"] == "path":
		delete(object["schema"].(map[string]any), "enum")
	case len(keys) > 0 && keys[len(keys)-1] == "Error_Wrapper":
		data, _ := property(object, "data")
		data["items"] = map[string]any{"type": "object", "required": []any{"code", "details", "message", "status"}}
	}
}

// actionAnswers mends what the files of Zoho's actions say of their answers. keys end in the name of a schema.
func actionAnswers(_ *trees, file string, keys []string, object map[string]any) {
	if len(keys) == 0 {
		return
	}
	properties, _ := object["properties"].(map[string]any)
	details, _ := properties["details"].(map[string]any)
	switch name := keys[len(keys)-1]; {
	case file == "conversion_option.json" && name == "Conversion_Options":
		// Of a module its name and id are told.
		properties["module_preference"] = map[string]any{"type": "object", "required": []any{"api_name", "id"}}
	case file == "convert_lead.json" && name == "Successful_Convert":
		for _, module := range []string{"Accounts", "Deals"} { // null where there is none
			properties[module] = map[string]any{"nullable": true, "allOf": []any{properties[module]}}
		}
	case file == "mass_change_owner.json" && name == "Success_Response":
		// It is scheduled, and has no record's id.
		delete(properties["message"].(map[string]any), "enum")
		details["required"] = []any{"job_id"}
	case file == "mass_change_owner.json" && name == "api_name":
		delete(object, "enum") // the owner's id is refused, too
	case file == "change_owner.json" && len(keys) == 4 && name == "responses":
		mixed, _ := object["202"].(map[string]any)
		object["207"] = maps.Clone(mixed) // which is what the documentation answers with when some are refused
	case file == "mass_delete_cvid.json" && name == "Success_Response":
		delete(details, "required") // either a record's id or a job's
	case file == "record.json" && len(keys) == 4 && keys[1] == "/crm/v8/{module_api_name}/{id}/actions/clone" && name == "responses":
		// A copy can be refused, as any insert can.
		object["400"] = map[string]any{"description": "refused", "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{
			"type": "object", "required": []any{"data"}, "properties": map[string]any{"data": map[string]any{"type": "array", "items": map[string]any{
				"type": "object", "required": []any{"code", "details", "message", "status"},
			}}},
		}}}}
	}
}
