package zohohubtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAssignedTerritories(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Contacts", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"})
	lisboa, porto := territories[0].id, territories[1].id
	row := func(id string, territories ...string) string {
		refs := make([]string, len(territories))
		for i, territory := range territories {
			refs[i] = `{"id":"` + territory + `"}`
		}
		return `{"id":"` + id + `","Territories":[` + strings.Join(refs, ",") + `]}`
	}
	body := func(rows ...string) string { return `{"data":[` + strings.Join(rows, ",") + `]}` }
	done := func(id, message string) string {
		return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"` + message + `","status":"success"}`
	}
	const (
		assigned = "the territories data updated successfully"
		removed  = "the territories are removed successfully"
		assign   = "v8/Contacts/actions/assign_territories"
		remove   = "v8/Contacts/actions/remove_territories"
	)
	at := func(code, message, path, more string) string {
		name := path[strings.LastIndex(path, ".")+1:]
		name, _, _ = strings.Cut(name, "[")
		return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.data[0].`+path+`"`+more+`}`)
	}
	o.now = o.now.Add(time.Minute)
	o.expect(200, rowsJSON(done(ids[0], assigned), done(ids[1], assigned)), "POST", assign, body(row(ids[0], lisboa, porto), row(ids[1], porto)))
	stamp := "2026-03-01T10:01:00+01:00"
	in := func(id, name string) string {
		return `{"id":"` + id + `","Name":"` + name + `","$assigned":"manual","$assigned_time":"` + stamp + `","$assigned_by":` + anaRef + `}`
	}
	o.expect(200, rowsJSON(`{"id":"`+ids[0]+`","Territory":[`+in(lisboa, "Lisboa")+`,`+in(porto, "Porto")+`],"Modified_Time":"`+stamp+`"}`), "GET", "v8/Contacts/"+ids[0]+"?fields=Territory,Modified_Time", "")
	assert.Contains(t, o.call("GET", "v8/Contacts?fields=id&territory_id="+porto, "").Body.String(), ids[1])
	duplicate := at("DUPLICATE_DATA", "Given Territory id already exists for that record", "Territories[0].id", "")
	o.expect(207, rowsJSON(duplicate, done(ids[1], assigned)), "POST", assign, body(row(ids[0], porto), row(ids[1], lisboa)))
	o.expect(200, rowsJSON(done(ids[0], removed)), "POST", "v8/Contacts/"+ids[0]+"/actions/remove_territories", `{"data":[{"Territories":[{"id":"`+lisboa+`"}]}]}`)
	o.expect(200, rowsJSON(`{"id":"`+ids[0]+`","Territory":[`+in(porto, "Porto")+`]}`), "GET", "v8/Contacts/"+ids[0]+"?fields=Territory", "")
	o.expect(400, rowsJSON(at("INVALID_DATA", "the id given seems to be invalid", "Territories[0].id", "")), "POST", remove, body(row(ids[0], lisboa)))
	o.expect(200, rowsJSON(done(ids[0], removed)), "POST", remove, body(row(ids[0], porto)))
	o.expect(200, rowsJSON(`{"id":"`+ids[0]+`","Territory":[]}`), "GET", "v8/Contacts/"+ids[0]+"?fields=Territory", "")

	for sent, want := range map[string]string{
		row("5", porto):           at("INVALID_DATA", "The record Id given seems to be invalid", "id", ""),
		row("x", porto):           at("INVALID_DATA", "The record Id given seems to be invalid", "id", ""),
		`{"Territories":[]}`:      at("MANDATORY_NOT_FOUND", "required field not found", "id", ""),
		`{"id":"` + ids[0] + `"}`: at("MANDATORY_NOT_FOUND", "required field not found", "Territories", ""),
		row(ids[0]):               at("MANDATORY_NOT_FOUND", "required field not found", "Territories", ""),
		`{"id":"` + ids[0] + `","Territories":"Porto"}`:   at("INVALID_DATA", "invalid data", "Territories", `,"expected_data_type":"jsonarray"`),
		`{"id":"` + ids[0] + `","Territories":["Porto"]}`: at("INVALID_DATA", "invalid data", "Territories[0]", `,"expected_data_type":"jsonobject"`),
		`{"id":"` + ids[0] + `","Territories":[{}]}`:      at("MANDATORY_NOT_FOUND", "required field not found", "Territories[0].id", ""),
		row(ids[0], "5"):          at("INVALID_DATA", "the id given seems to be invalid", "Territories[0].id", ""),
		row(ids[0], porto, porto): at("ALREADY_USED", "duplicate territory id found", "Territories[1].id", `,"exists_in":{"json_path":"$.data[0].Territories[0].id"}`),
	} {
		o.expect(400, rowsJSON(want), "POST", assign, body(sent))
	}
	assert.Empty(t, o.crm.records("Contacts")[0]["Territory"], "what was refused in part was not done in part")
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":10}`), "POST", assign, body(strings.Split(strings.Repeat("{},", 10)+"{}", ",")...))
	o.expect(400, refusedJSON("INVALID_DATA", "The record Id given seems to be invalid", `{"resource_path_index":1}`), "POST", "v8/Contacts/5/actions/assign_territories", `{}`)
	o.expect(400, refusedJSON("NOT_SUPPORTED", "the api is not supported for this module", `{"resource_path_index":0}`), "POST", "v8/Tasks/actions/assign_territories", `{}`)
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v2.1"}`), "POST", "v2/Contacts/actions/assign_territories", `{}`)
	deal := o.seed("Deals", map[string]any{"Deal_Name": "D", "Stage": "Qualification"})[0]
	require.Equal(t, 200, o.call("POST", "v8/Deals/actions/assign_territories", body(row(deal, porto))).Code)
	o.expect(400, rowsJSON(refusedJSON("LIMIT_EXCEEDED", "Maximum limit of territories for that record exceeds", `{"limit":1}`)), "POST", "v8/Deals/actions/assign_territories", body(row(deal, lisboa)))
}
