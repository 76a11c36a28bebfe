package contract

import "slices"

// repair is something done in memory to every object of every file, because the files are wrong in this.
type repair struct {
	why   string
	apply func(ts *trees, file string, keys []string, object map[string]any)
}

// repair does what there is to do, one after the other.
func (ts *trees) repair(all []repair) {
	for _, r := range all {
		for file, tree := range ts.files {
			walk(tree, func(keys []string, object map[string]any) { r.apply(ts, file, keys, object) })
		}
	}
}

// repairs hold for requests and answers. What Zoho really does is in its prose documentation and its newer files.
var repairs = []repair{
	{"notes.json refers to a parameter If-Modified-Since that it does not have", danglingHeader},
	{"services.json has an array without items, which OpenAPI forbids", arrayWithoutItems},
	{`"global_" was replaced by "common." in names of keys`, globalNames},
	{"lists of an error's messages mix several calls, and lack most of them", anyMessage},
	{"patterns are those of somebody's test data", anyPattern},
	{"what is a reference cannot be called nullable in OpenAPI 3.0; where files use the word at all, it may be null", nullReferences},
	{"record.json calls nothing nullable, others forget one", nullNames},
	{"values have another type than Zoho sends", realTypes},
	{"modules.json does not know subforms, which Zoho lists among the modules", subformModules},
	{"one schema serves several answers, and requires what only some of them have", onlySome},
	{"notes.json and attachments.json require ids of a list, which is for some out of all", idsOfLists},
	{"attachments.json requires a link's address of files too", linkOfFiles},
	{"common.json names the missing parameter param, Zoho param_name", missingParam},
	{"field_attachments.json gives refusals a file's content type", refusalsAreJSON},
	{"searches and related lists lack parameters of Zoho's documentation; module_search.json has one of them", furtherParameters},
	{"record.json takes a record's tags for those of the list of tags, of which more is told", tagsOfRecords},
	{
		"oneOf is used for whatever may come, with branches that overlap or have no required key: read as anyOf, with each " +
			"branch told by what tells it (status, or the key of the list), or an error would pass for a list, anything for an error",
		oneOf,
	},
}

// requestRepairs hold for requests alone.
var requestRepairs = []repair{
	{"the lists of required properties describe answers, whose schemas the requests share", notRequired},
}

func danglingHeader(ts *trees, file string, _ []string, object map[string]any) {
	const name = "If-Modified-Since"
	if object["$ref"] != "#/components/parameters/"+name {
		return
	}
	if _, meant := ts.resolve(file, object); meant == nil {
		parameters := ts.files[file]["components"].(map[string]any)["parameters"].(map[string]any)
		parameters[name] = map[string]any{
			"name": name, "in": "header", "schema": map[string]any{"type": "string", "format": "date-time"},
		}
	}
}

func arrayWithoutItems(_ *trees, _ string, _ []string, object map[string]any) {
	if object["type"] == "array" && object["items"] == nil {
		object["items"] = map[string]any{}
	}
}

func globalNames(_ *trees, _ string, _ []string, object map[string]any) {
	properties, _ := object["properties"].(map[string]any)
	for wrong, right := range map[string]string{
		"common.picklist": "global_picklist", "common.search_supported": "global_search_supported",
	} {
		if schema, ok := properties[wrong]; ok {
			properties[right] = schema
			delete(properties, wrong)
			rename(object, wrong, right)
		}
	}
}

func rename(object map[string]any, wrong, right string) {
	required, _ := object["required"].([]any)
	if i := slices.Index(required, any(wrong)); i >= 0 {
		required[i] = right
	}
}

func anyMessage(_ *trees, _ string, _ []string, object map[string]any) {
	if isError(object) {
		if message, ok := property(object, "message"); ok {
			delete(message, "enum")
		}
	}
}

func anyPattern(_ *trees, _ string, _ []string, object map[string]any) {
	if _, ok := object["pattern"].(string); ok {
		delete(object, "pattern")
	}
}

func nullReferences(ts *trees, file string, keys []string, object map[string]any) {
	if !ts.nullable[file] || object["$ref"] == nil || !isProperty(keys) {
		return
	}
	object["allOf"] = []any{map[string]any{"$ref": object["$ref"]}}
	object["nullable"] = true
	delete(object, "$ref")
}

func nullNames(_ *trees, file string, keys []string, object map[string]any) {
	names := map[string][]string{
		"fields.json":  {"default_value"},
		"modules.json": {"default_value"},
		"notes.json":   {"Note_Content", "Note_Title"}, // of which one is enough
		"org.json":     {"trial_action"},               // as the trial_… beside it
		"record.json":  {"display_name", "duplicate_field"},
	}[file]
	tokens := []string{"next_page_token", "page_token_expiry", "previous_page_token"} // of any list
	if isProperty(keys) && slices.Contains(append(tokens, names...), keys[len(keys)-1]) {
		object["nullable"] = true
	}
}

func realTypes(_ *trees, file string, keys []string, object map[string]any) {
	types := map[string]map[string]string{
		"record.json": {"count": "integer", "maximum_length": "integer"},
		"users.json":  {"time_zone": "string"},
	}[file]
	if isProperty(keys) && types[keys[len(keys)-1]] != "" {
		object["type"] = types[keys[len(keys)-1]]
	}
	// A condition's value is whatever the field's data type compares with.
	if file == "custom_views.json" && isProperty(keys) && keys[len(keys)-1] == "value" {
		delete(object, "type")
	}
}

func subformModules(_ *trees, file string, keys []string, object map[string]any) {
	if file == "modules.json" && isProperty(keys) && keys[len(keys)-1] == "generated_type" {
		if kinds, ok := object["enum"].([]any); ok {
			object["enum"] = append(kinds, "subform")
		}
	}
}

// notAlways are the keys that an answer may lack, by file and by the schema that requires them; nil means all but the id.
var notAlways = map[string]map[string][]string{
	// {} for fields of other types.
	"fields.json": {"auto_number": nil, "multiselectlookup": {
		"api_name", "connected_module", "connectedfield_apiname", "connectedlookup_apiname", "display_label", "id",
		"linking_module", "lookup_apiname", "record_access",
	}},
	// A condition is a comparison or a group, and has the keys of that one.
	"custom_views.json": {"Criteria": nil},
	// A module in the list has less than the single one.
	"modules.json": {"modules": {
		"$field_states", "$on_demand_properties", "$properties", "business_card_fields", "custom_view",
		"default_mapping_fields", "display_field", "fields", "filter_status", "kanban_view", "layout_associations", "layouts",
		"lookup_field_properties", "per_page", "related_list_properties", "related_lists", "search_layout_fields",
		"static_subform_properties", "territory", "zia_view",
	}},
	// Of what was deleted only the id is told, and of a note what was asked for.
	"notes.json": {"details": nil, "Note": nil},
	// Of an attachment what was asked for is told.
	"attachments.json": {"Attachment": nil},
	// Of a photo nothing is told.
	"org.json": {"details": {"id"}},
	// A single user is no page.
	"users.json": {"Response_Wrapper": {"info"}},
}

func onlySome(_ *trees, file string, keys []string, object map[string]any) {
	required, _ := object["required"].([]any)
	if len(keys) == 0 || required == nil {
		return
	}
	if names, ok := notAlways[file][keys[len(keys)-1]]; ok {
		object["required"] = slices.DeleteFunc(required, func(name any) bool {
			return names == nil && name != "id" || slices.Contains(names, name.(string))
		})
	}
}

// further are the parameters that GET has beside those of the files, by file and path.
var further = map[[2]string][]string{
	{"record.json", "/crm/v8/{module_api_name}/search"}: {"approval_state", "sort_by", "sort_order"},
	{"related_records.json", "/crm/v8/{module_api_name}/{record_id}/{related_list_api_name}"}: {
		"ids", "page_token", "sort_by", "sort_order",
	},
}

func furtherParameters(_ *trees, file string, keys []string, object map[string]any) {
	if len(keys) != 3 || keys[0] != "paths" || keys[2] != "get" {
		return
	}
	parameters, _ := object["parameters"].([]any)
	for _, name := range further[[2]string{file, keys[1]}] {
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string"}})
		object["parameters"] = parameters
	}
}

func tagsOfRecords(_ *trees, file string, keys []string, object map[string]any) {
	n := len(keys)
	if file != "record.json" || n < 2 || keys[n-1] != "items" || keys[n-2] != "Tag" {
		return
	}
	clear(object)
	object["type"], object["required"] = "object", []any{"id", "name", "color_code"}
	object["properties"] = map[string]any{
		"id": map[string]any{"type": "string"}, "name": map[string]any{"type": "string"},
		"color_code": map[string]any{"type": "string", "nullable": true},
	}
}

func idsOfLists(_ *trees, file string, _ []string, object map[string]any) {
	if (file == "notes.json" || file == "attachments.json") && object["in"] == "query" && object["name"] == "ids" {
		delete(object, "required")
	}
}

func linkOfFiles(_ *trees, file string, _ []string, object map[string]any) {
	if file == "attachments.json" && object["name"] == "attachmentUrl" {
		delete(object, "required")
	}
}

func missingParam(_ *trees, file string, _ []string, object map[string]any) {
	properties, _ := object["properties"].(map[string]any)
	if schema, ok := properties["param"]; ok && file == "common.json" {
		properties["param_name"] = schema
		delete(properties, "param")
		rename(object, "param", "param_name")
	}
}

func refusalsAreJSON(_ *trees, file string, keys []string, object map[string]any) {
	n := len(keys)
	if file == "field_attachments.json" && n > 1 && keys[n-1] == "content" && keys[n-2] == "400" {
		object["application/json"] = object["application/x-download"]
	}
}

func notRequired(_ *trees, _ string, _ []string, object map[string]any) {
	// A parameter's required is true or false, and remains.
	if _, ok := object["required"].([]any); ok {
		delete(object, "required")
	}
}

// isProperty says whether keys lead to the schema of a property.
func isProperty(keys []string) bool { return len(keys) > 1 && keys[len(keys)-2] == "properties" }

func property(schema map[string]any, name string) (map[string]any, bool) {
	properties, _ := schema["properties"].(map[string]any)
	p, ok := properties[name].(map[string]any)
	return p, ok
}

// isError says whether a schema is Zoho's envelope of a refusal.
func isError(schema map[string]any) bool {
	status, _ := property(schema, "status")
	values, _ := status["enum"].([]any)
	return slices.Equal(values, []any{"error"})
}
