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
	{"blueprint.json does not know of transitions that are saved partially", partialTransitions},
	{"what is a reference cannot be called nullable in OpenAPI 3.0; where files use the word at all, it may be null", nullReferences},
	{"record.json calls nothing nullable, others forget one", nullNames},
	{"values have another type than Zoho sends", realTypes},
	{"modules.json does not know subforms, which Zoho lists among the modules", subformModules},
	{"one schema serves several answers, and requires what only some of them have", onlySome},
	{"the files of conversions, copies and calls for many records know one kind of answer of several", actionAnswers},
	{"record_locking.json makes a list of each row that is refused, and knows Leads alone", lockRefusals},
	{"timelines.json calls nothing nullable, and takes one of the details that may be asked for; email_related_records.json requires an owner", timelinesAndMails},
	{"notes.json, attachments.json and recycle_bin.json require ids or filters of a list, which are for some out of all", idsOfLists},
	{"attachments.json requires a link's address of files too", linkOfFiles},
	{"common.json names the missing parameter param, Zoho param_name", missingParam},
	{"field_attachments.json gives refusals a file's content type", refusalsAreJSON},
	{"searches and related lists lack parameters of Zoho's documentation; module_search.json has one of them", furtherParameters},
	{"users.json knows six of the types of users", typesOfUsers},
	{"notifications.json gives 400 to whole calls alone, and 202 to rows, of which the documentation says 400; and no refusal to a filter", channelRefusals},
	{"variables.json says that changes and deletes are 201, which is for what was made", madeOnce},
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

func partialTransitions(_ *trees, file string, keys []string, object map[string]any) {
	if file == "blueprint.json" && isProperty(keys) && keys[len(keys)-1] == "message" {
		delete(object, "enum")
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
		// Most pick lists have no colours, and what is done by hand has no time.
		"blueprint.json": {"colour_code", "execution_time"},
		// What else may be nothing.
		"fields.json":  {"default_value"},
		"modules.json": {"default_value"},
		"notes.json":   {"Note_Content", "Note_Title"}, // of which one is enough
		"org.json":     {"trial_action"},               // as the trial_… beside it
		"layouts.json": {"subform_properties"},         // of a layout that is no subform's
		// Zoho's own profiles were made at no time, and not every permission is a module's.
		"profiles.json": {"created_time", "modified_time", "module"},
		// Of what is gone for good nobody is told.
		"record.json": {"created_by", "deleted_by", "display_name", "duplicate_field"},
		// What is no group.
		"notifications.json": {"group"},
	}[file]
	tokens := []string{"next_page_token", "page_token_expiry", "previous_page_token"} // of any list
	if isProperty(keys) && slices.Contains(append(tokens, names...), keys[len(keys)-1]) {
		if ref, ok := object["$ref"]; ok { // beside which nothing counts
			delete(object, "$ref")
			object["allOf"] = []any{map[string]any{"$ref": ref}}
		}
		object["nullable"] = true
	}
}

func realTypes(_ *trees, file string, keys []string, object map[string]any) {
	types := map[string]map[string]string{
		// An id has more digits than a number keeps.
		"blueprint.json": {"field_id": "string", "id": "string"},
		// A channel's number is text, or a number.
		"notifications.json": {"channel_id": "string"},
		// Numbers are numbers, and a zone is a name.
		"record_locking.json": {"id": "string"},
		"record.json":         {"count": "integer", "maximum_length": "integer"},
		"users.json":          {"count": "integer", "time_zone": "string"},
	}[file]
	if isProperty(keys) && types[keys[len(keys)-1]] != "" {
		object["type"] = types[keys[len(keys)-1]]
	}
	// A condition's value is whatever the field's data type compares with, a variable's what its type is.
	if (file == "custom_views.json" || file == "variables.json") && isProperty(keys) && keys[len(keys)-1] == "value" {
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
	"fields.json": {"auto_number": nil, "multi_module_lookup": nil, "multiselectlookup": {
		"api_name", "connected_module", "connectedfield_apiname", "connectedlookup_apiname", "display_label", "id",
		"linking_module", "lookup_apiname", "record_access",
	}},
	// What is read is no transition to carry out; {} for fields of other types; details of a field's refusal alone.
	"blueprint.json": {
		"Blue_Print": {"data", "transition_id"}, "Auto_Number": nil, "Currency": nil, "Formula": nil, "details": nil,
		"Lookup_And_Subform":  {"api_name", "display_label", "id", "module"},
		"Multi_Select_Lookup": {"api_name", "connectedlookup_apiname", "display_label", "id", "linking_module", "lookup_apiname"},
	},
	// A condition is a comparison or a group, and has the keys of that one.
	"custom_views.json":  {"Criteria": nil},
	"notifications.json": {"Criteria": nil},
	// A module in the list has less than the single one.
	"modules.json": {"modules": {
		"$field_states", "$on_demand_properties", "$properties", "business_card_fields", "custom_view",
		"default_mapping_fields", "display_field", "fields", "filter_status", "kanban_view", "layout_associations", "layouts",
		"lookup_field_properties", "per_page", "related_list_properties", "related_lists", "search_layout_fields",
		"static_subform_properties", "territory", "zia_view",
	}},
	// A lead becomes no invoice or order.
	"layouts.json": {"convert_mapping": {"Invoices", "SalesOrders"}},
	// The permissions are told of one profile, not of all.
	"profiles.json": {"Profile": {"permissions_details", "sections"}},
	// Of what was deleted only the id is told, and of a note what was asked for.
	"notes.json": {"details": nil, "Note": nil},
	// Of an attachment what was asked for is told.
	"attachments.json": {"Attachment": nil},
	// Of whom a record was shared with nothing is told, nor of what was restored or deleted in the background.
	"share_records.json": {"details": {"id"}},
	"recycle_bin.json":   {"details": {"id"}},
	// Of a photo nothing is told.
	"org.json": {"details": {"id"}},
	// The job of a merge is told, not what was merged.
	"find_and_merge.json": {"merge": {"data", "master_record_fields"}},
	// Not only the address is refused, but what was sent as well.
	"variables.json": {"InvalidUrlDetails": nil},
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
	inNotes := (file == "notes.json" || file == "attachments.json") && object["name"] == "ids"
	inBin := file == "recycle_bin.json" && (object["name"] == "ids" || object["name"] == "filters")
	if object["in"] == "query" && (inNotes || inBin) {
		delete(object, "required")
	}
}

func timelinesAndMails(_ *trees, file string, keys []string, object map[string]any) {
	switch {
	case file == "email_related_records.json" && object["in"] == "query" && object["name"] == "owner_id":
		delete(object, "required")
	case file != "timelines.json":
	case object["in"] == "query" && object["schema"] != nil:
		delete(object["schema"].(map[string]any), "enum")
	case isProperty(keys) && slices.Contains([]string{"automation_details", "extension", "field_history", "new", "old", "related_record"}, keys[len(keys)-1]):
		if object["$ref"] != nil {
			object["allOf"] = []any{map[string]any{"$ref": object["$ref"]}}
			delete(object, "$ref")
		}
		object["nullable"] = true
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

func typesOfUsers(_ *trees, file string, _ []string, object map[string]any) {
	if schema, ok := object["schema"].(map[string]any); ok && file == "users.json" && object["in"] == "query" && object["name"] == "type" {
		delete(schema, "enum")
	}
}

func channelRefusals(ts *trees, file string, keys []string, object map[string]any) {
	if file != "notifications.json" || len(keys) == 0 || keys[len(keys)-1] != "ErrorResponse" {
		return
	}
	schema := func(response any) map[string]any {
		content := response.(map[string]any)["content"].(map[string]any)
		return content["application/json"].(map[string]any)["schema"].(map[string]any)
	}
	responses := ts.files[file]["components"].(map[string]any)["responses"].(map[string]any)
	whole, rows := schema(object), schema(responses["WrappedErrorResponse"])
	whole["oneOf"] = append(slices.Concat(whole["oneOf"].([]any), rows["oneOf"].([]any)),
		map[string]any{"$ref": "common.json#/components/schemas/InvalidParamError"})
}

func madeOnce(_ *trees, file string, keys []string, object map[string]any) {
	if file != "variables.json" || len(keys) != 3 || keys[2] != "put" && keys[2] != "delete" {
		return
	}
	responses, _ := object["responses"].(map[string]any)
	responses["200"] = responses["201"]
	delete(responses, "201")
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
