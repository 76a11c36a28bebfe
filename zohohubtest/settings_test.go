package zohohubtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// wholeJSON is what an answer should hold, written as the answer is.
func wholeJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for _, version := range []string{"v2", "v8"} {
		var modules, fields []any
		for _, m := range o.crm.schema.Modules() {
			modules = append(modules, m.JSON(version, false))
		}
		leads := o.crm.schema.Module("Leads")
		fields = leads.FieldsJSON(version, "used")
		one := wholeJSON(t, map[string]any{"modules": []any{leads.JSON(version, true)}})
		o.expect(200, wholeJSON(t, map[string]any{"modules": modules}), "GET", version+"/settings/modules", "")
		o.expect(200, one, "GET", version+"/settings/modules/Leads", "")
		o.expect(200, one, "GET", version+"/settings/modules/"+leads.ID, "")
		o.expect(200, wholeJSON(t, map[string]any{"fields": fields}), "GET", version+"/settings/fields?module=Leads&", "")
		email := leads.Field("Email")
		o.expect(200, wholeJSON(t, map[string]any{"fields": []any{email.JSON(version)}}), "GET", version+"/settings/fields/"+email.ID+"?module=Leads", "")
	}
	var visible, hidden []any
	for _, m := range o.crm.schema.Modules() {
		if m.Status() != "visible" {
			hidden = append(hidden, m.JSON("v8", false))
		} else {
			visible = append(visible, m.JSON("v8", false))
		}
	}
	o.expect(200, wholeJSON(t, map[string]any{"modules": visible}), "GET", "v8/settings/modules?status=visible", "")
	o.expect(200, wholeJSON(t, map[string]any{"modules": hidden}), "GET", "v8/settings/modules?status=system_hidden,user_hidden", "")
	o.expect(204, "", "GET", "v8/settings/modules?status=scheduled_for_deletion", "")
	o.expect(400, badParam("status"), "GET", "v8/settings/modules?status=visible,x", "")
	o.expect(204, "", "GET", "v8/settings/fields?module=Leads&type=unused", "")
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"type","json_path":"$.query.type"}`), "GET", "v8/settings/fields?module=Leads&type=x", "")
	unknown := func(details string) string {
		return refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", details)
	}
	o.expect(400, unknown(`{"resource_path_index":2}`), "GET", "v8/settings/modules/Leeds", "")
	o.expect(400, unknown(`{"api_name":"module"}`), "GET", "v8/settings/fields?module=Leeds", "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"module"}`), "GET", "v8/settings/fields", "")
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"api_name":"field","json_path":"$.path.field"}`), "GET", "v8/settings/fields/1?module=Leads", "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"module"}`), "GET", "v8/settings/fields/1", "")
}

func TestMetadataThatHasNotChanged(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	since := []string{"If-Modified-Since", testTime}
	paths := []string{"v8/settings/modules", "v8/settings/modules/Leads", "v8/settings/fields?module=Leads", "v8/settings/fields/" + o.crm.schema.Module("Leads").Field("Email").ID + "?module=Leads"}
	for _, path := range paths {
		o.expect(304, "", "GET", path, "", since...)
		assert.Equal(t, 200, o.call("GET", path, "", "If-Modified-Since", "2026-03-01T09:59:59+01:00").Code, path)
		o.expect(400, badParam("If-Modified-Since"), "GET", path, "", "If-Modified-Since", "yesterday")
	}
	o.now = o.now.Add(time.Second)
	require.NoError(t, o.crm.addField("Leads", schema.Field{APIName: "Nickname", DataType: "text"}))
	for _, path := range paths {
		assert.Equal(t, 200, o.call("GET", path, "", since...).Code, path)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	type answer struct {
		Users []struct {
			ID       string
			FullName string `json:"full_name"`
			Status   string
			Offset   int
		}
		Info map[string]any
	}
	ask := func(path string) (got answer) {
		t.Helper()
		w := o.call("GET", path, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		return got
	}
	for kind, want := range map[string]int{
		"AllUsers": 3, "ActiveUsers": 2, "DeactiveUsers": 1, "AdminUsers": 1, "ActiveConfirmedAdmins": 1, "CurrentUser": 1, "": 3, "DeletedUsers": 1, "ConfirmedUsers": 3, "AllActiveUsers": 2,
	} {
		assert.Len(t, ask("v8/users?type="+kind).Users, want, kind)
	}
	assert.Equal(t, "Ana Silva", ask("v8/users?type=CurrentUser").Users[0].FullName)
	second := ask("v8/users?per_page=1&page=2")
	assert.Equal(t, brunoID, second.Users[0].ID)
	assert.Equal(t, 3_600_000, second.Users[0].Offset)
	assert.Equal(t, map[string]any{"per_page": 1.0, "count": 1.0, "page": 2.0, "more_records": true}, second.Info)
	assert.Len(t, ask("v8/users?ids="+brunoID+",1").Users, 1)
	assert.Equal(t, brunoID, ask("v8/users/" + brunoID).Users[0].ID)
	o.expect(204, "", "GET", "v8/users?type=NotConfirmedUsers", "")
	o.expect(204, "", "GET", "v8/users?page=2", "")
	o.expect(204, "", "GET", "v8/users/5", "")
	assert.Equal(t, map[string]any{"per_page": 200.0, "count": 1.0, "page": 1.0, "more_records": false}, ask("v8/users/"+brunoID).Info)
	for params, name := range map[string]string{"type=Nobody": "type", "page=0": "page", "per_page=201": "per_page", "ids=x": "ids"} {
		w := o.call("GET", "v8/users?"+params, "")
		var got map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		assert.Equal(t, []any{400, "PATTERN_NOT_MATCHED", map[string]any{"api_name": name}}, []any{w.Code, got["code"], got["details"]}, params)
	}
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "GET", "v8/users/x", "")

	bruno := o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "GET", "v8/users?type=CurrentUser", "")
	assert.Contains(t, bruno.Body.String(), "Bruno Costa")
	// Who calls owns what they make.
	require.Equal(t, 201, o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "POST", "v8/Leads", `{"data":[{"Last_Name":"Doe"}]}`).Code)
	assert.Equal(t, brunoID, o.crm.records("Leads")[0]["Owner"].(map[string]any)["id"])
}

func TestOrg(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	var body struct{ Org []map[string]any }
	require.NoError(t, json.Unmarshal(o.call("GET", "v8/org", "").Body.Bytes(), &body))
	require.Len(t, body.Org, 1)
	org := body.Org[0]
	assert.Equal(t, []any{"Africa/Lagos", "Production", 200.0, testTime}, []any{org["time_zone"], org["type"], org["max_per_page"], org["created_time"]})
	assert.NotEqual(t, org["id"], org["zgid"])
	for version, keys := range map[string][]string{"v2": {"max_per_page", "type", "created_time"}, "v5": {"type", "created_time"}} {
		body.Org = nil // what is there would be added to
		require.NoError(t, json.Unmarshal(o.call("GET", version+"/org", "").Body.Bytes(), &body))
		for _, key := range keys {
			assert.NotContains(t, body.Org[0], key, version)
		}
	}
}

func TestModulesOfOnesOwn(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.NoError(t, o.crm.addModule(schema.Module{APIName: "Boats", SingularLabel: "Boat"}))
	require.NoError(t, o.crm.addField("Boats", schema.Field{APIName: "Sail_Number", DataType: "text", Unique: true}))
	require.Error(t, o.crm.addField("Ships", schema.Field{APIName: "Sail_Number", DataType: "text"}))
	o.expect(201, rowsJSON(addedJSON(id1)), "POST", "v8/Boats", `{"data":[{"Name":"Dory","Sail_Number":"P1"}]}`)
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Sail_Number":"P1","Name":"Dory"}`), "GET", "v8/Boats/"+id1+"?fields=Sail_Number,Name", "")
	assert.Equal(t, 400, o.call("POST", "v8/Boats", `{"data":[{"Name":"Other","Sail_Number":"p1"}]}`).Code)
}
