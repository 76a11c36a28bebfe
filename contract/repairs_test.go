package contract

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRepairs has a row for each repair that TestCheck does not come by.
func TestRepairs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, wrong, right string
		of                 []repair
	}{
		"a parameter that is not there": {
			"notes.json",
			`{"paths": {"/x": {"parameters": [{"$ref": "#/components/parameters/If-Modified-Since"}]}}, "components": {"parameters": {}}}`,
			`{"paths": {"/x": {"parameters": [{"$ref": "#/components/parameters/If-Modified-Since"}]}}, "components": {"parameters": {
				"If-Modified-Since": {"name": "If-Modified-Since", "in": "header", "schema": {"type": "string", "format": "date-time"}}}}}`,
			repairs,
		},
		"a parameter that is there": {
			"record.json",
			`{"a": {"$ref": "#/components/parameters/If-Modified-Since"}, "components": {"parameters": {"If-Modified-Since": {"in": "header"}}}}`,
			`{"a": {"$ref": "#/components/parameters/If-Modified-Since"}, "components": {"parameters": {"If-Modified-Since": {"in": "header"}}}}`,
			repairs,
		},
		"a search's parameters": {
			"record.json",
			`{"paths": {"/crm/v8/{module_api_name}/search": {"get": {"parameters": [{"in": "query", "name": "word"}]}, "put": {}}}}`,
			`{"paths": {"/crm/v8/{module_api_name}/search": {"get": {"parameters": [
				{"in": "query", "name": "word"},
				{"in": "query", "name": "approval_state", "schema": {"type": "string"}},
				{"in": "query", "name": "sort_by", "schema": {"type": "string"}},
				{"in": "query", "name": "sort_order", "schema": {"type": "string"}}]}, "put": {}}}}`,
			repairs,
		},
		"a view's values": {
			"custom_views.json",
			`{"Criteria": {"type": "object", "properties": {"value": {"type": "string"}}, "required": ["value"]}}`,
			`{"Criteria": {"type": "object", "properties": {"value": {}}, "required": []}}`,
			repairs,
		},
		"a related list's parameters": {
			"related_records.json",
			`{"paths": {"/crm/v8/{module_api_name}/{record_id}/{related_list_api_name}": {"get": {}, "put": {}}}}`,
			`{"paths": {"/crm/v8/{module_api_name}/{record_id}/{related_list_api_name}": {"get": {"parameters": [
				{"in": "query", "name": "ids", "schema": {"type": "string"}},
				{"in": "query", "name": "page_token", "schema": {"type": "string"}},
				{"in": "query", "name": "sort_by", "schema": {"type": "string"}},
				{"in": "query", "name": "sort_order", "schema": {"type": "string"}}]}, "put": {}}}}`,
			repairs,
		},
		"a record's tags": {
			"record.json",
			`{"Record": {"properties": {"Tag": {"type": "array", "items": {"$ref": "tags.json#/components/schemas/Tag"}}}}}`,
			`{"Record": {"properties": {"Tag": {"type": "array", "items": {"type": "object", "required": ["id", "name", "color_code"], "properties": {
				"id": {"type": "string"}, "name": {"type": "string"}, "color_code": {"type": "string", "nullable": true}}}}}}}`,
			repairs,
		},
		"half a note": {
			"notes.json",
			`{"a": {"properties": {"Note_Title": {"type": "string"}, "id": {"type": "string"}}}}`,
			`{"a": {"properties": {"Note_Title": {"type": "string", "nullable": true}, "id": {"type": "string"}}}}`,
			repairs,
		},
		"a list's ids and a link's address": {
			"attachments.json",
			`{"a": [{"name": "ids", "in": "query", "required": true}, {"name": "attachmentUrl", "in": "query", "required": true}, {"name": "title", "required": true}]}`,
			`{"a": [{"name": "ids", "in": "query"}, {"name": "attachmentUrl", "in": "query"}, {"name": "title", "required": true}]}`,
			repairs,
		},
		"what a parameter is called": {
			"common.json",
			`{"details": {"properties": {"param": {"type": "string"}}, "required": ["param"]}}`,
			`{"details": {"properties": {"param_name": {"type": "string"}}, "required": ["param_name"]}}`,
			repairs,
		},
		"refusals of a file": {
			"field_attachments.json",
			`{"200": {"content": {"application/x-download": {}}}, "400": {"content": {"application/x-download": {"schema": {"enum": [1]}}}}}`,
			`{"200": {"content": {"application/x-download": {}}}, "400": {"content": {
				"application/x-download": {"schema": {"enum": [1]}}, "application/json": {"schema": {"enum": [1]}}}}}`,
			repairs,
		},
		"an array without items": {"services.json", `{"a": {"type": "array"}}`, `{"a": {"type": "array", "items": {}}}`, repairs},
		"names of keys": {
			"any.json",
			`{"a": {"properties": {"common.picklist": {"type": "string"}}, "required": ["id", "common.picklist"]}}`,
			`{"a": {"properties": {"global_picklist": {"type": "string"}}, "required": ["id", "global_picklist"]}}`,
			repairs,
		},
		"types": {
			"record.json",
			`{"a": {"properties": {"count": {"type": "string"}, "action": {"type": "string"}}}}`,
			`{"a": {"properties": {"count": {"type": "integer"}, "action": {"type": "string"}}}}`,
			repairs,
		},
		"a reference in a file without nullable": {
			"any.json",
			`{"a": {"properties": {"by": {"$ref": "#/a"}}}}`,
			`{"a": {"properties": {"by": {"$ref": "#/a"}}}}`,
			repairs,
		},
		"a reference beside a nullable": {
			"any.json",
			`{"a": {"properties": {"by": {"$ref": "#/a"}, "at": {"nullable": true}}}}`,
			`{"a": {"properties": {"by": {"allOf": [{"$ref": "#/a"}], "nullable": true}, "at": {"nullable": true}}}}`,
			repairs,
		},
		"names of what may be null": {
			"record.json",
			`{"a": {"properties": {"duplicate_field": {"type": "string"}, "id": {"type": "string"}}}}`,
			`{"a": {"properties": {"duplicate_field": {"type": "string", "nullable": true}, "id": {"type": "string"}}}}`,
			repairs,
		},
		"modules that are subforms": {
			"modules.json",
			`{"a": {"properties": {"generated_type": {"enum": ["default"]}}}}`,
			`{"a": {"properties": {"generated_type": {"enum": ["default", "subform"]}}}}`,
			repairs,
		},
		"keys of one answer in another": {
			"users.json",
			`{"Response_Wrapper": {"required": ["users", "info"]}, "Other": {"required": ["info"]}}`,
			`{"Response_Wrapper": {"required": ["users"]}, "Other": {"required": ["info"]}}`,
			repairs,
		},
		"all keys but the id": {
			"notes.json", `{"Note": {"required": ["id", "Note_Title"]}}`, `{"Note": {"required": ["id"]}}`, repairs,
		},
		"ids of notes": {
			"notes.json",
			`{"a": {"in": "query", "name": "ids", "required": true}, "b": {"in": "query", "name": "fields", "required": true}}`,
			`{"a": {"in": "query", "name": "ids"}, "b": {"in": "query", "name": "fields", "required": true}}`,
			repairs,
		},
		"a request's required keys": {
			"any.json",
			`{"a": {"in": "query", "name": "ids", "required": true}, "b": {"type": "object", "required": ["id"]}}`,
			`{"a": {"in": "query", "name": "ids", "required": true}, "b": {"type": "object"}}`,
			requestRepairs,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ts, err := parse(map[string][]byte{c.file: []byte(c.wrong)})
			require.NoError(t, err)
			ts.repair(c.of)
			got, err := json.Marshal(ts.files[c.file])
			require.NoError(t, err)
			assert.JSONEq(t, c.right, string(got))
		})
	}
}
