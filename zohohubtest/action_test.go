package zohohubtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const noID = "5725767000099999999" // nobody's

// fieldsOf are the values of some fields of a module's records, oldest first.
func (o *testOrg) fieldsOf(module string, names ...string) [][]any {
	var all [][]any
	for _, r := range o.crm.records(module) {
		row := []any{}
		for _, name := range names {
			v := r[name]
			if ref, ok := v.(map[string]any); ok {
				v = ref["name"]
			}
			row = append(row, v)
		}
		all = append(all, row)
	}
	return all
}

// jobID asks for a job and gives its id.
func (o *testOrg) jobID(path, body string) string {
	o.t.Helper()
	w := o.call("POST", path, body)
	var answer struct {
		Data []struct {
			Details struct {
				JobID string `json:"job_id"`
			} `json:"details"`
		} `json:"data"`
	}
	require.NoError(o.t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body.String())
	require.NotEmpty(o.t, answer.Data, w.Body.String())
	require.NotEmpty(o.t, answer.Data[0].Details.JobID, w.Body.String())
	return answer.Data[0].Details.JobID
}

func fault(code, message, name, path, more string) string {
	return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"`+path+`"`+more+`}`)
}

func unknownRow(id string) string {
	return refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"`+id+`"}`)
}

func okRow(id, message string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"` + message + `","status":"success"}`
}

func TestChangeOwner(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})
	tasks := o.seed("Tasks",
		map[string]any{"Subject": "A", "$se_module": "Leads", "What_Id": map[string]any{"id": ids[0]}},
		map[string]any{"Subject": "B", "$se_module": "Leads", "What_Id": map[string]any{"id": ids[0]}}, map[string]any{"Subject": "C"})
	const owner = `"owner":{"id":"` + brunoID + `"}`
	all, one := "v8/Leads/actions/change_owner", "v8/Leads/"+ids[0]+"/actions/change_owner"
	o.expect(207, rowsJSON(okRow(ids[1], "owner is successfully updated"), unknownRow(noID)), "POST", all, `{"ids":["`+ids[1]+`","`+noID+`"],`+owner+`}`)
	o.expect(400, rowsJSON(unknownRow("x")), "POST", all, `{"ids":["x"],`+owner+`}`)
	o.expect(202, rowsJSON(okRow(ids[0], "owner is successfully updated")), "POST", one,
		`{`+owner+`,"notify":true,"related_modules":[{"api_name":"Tasks","id":"`+tasks[0]+`"}]}`)
	assert.Equal(t, [][]any{{"Bruno Costa"}, {"Bruno Costa"}}, o.fieldsOf("Leads", "Owner"))
	assert.Equal(t, [][]any{{"Bruno Costa"}, {"Ana Silva"}, {"Ana Silva"}}, o.fieldsOf("Tasks", "Owner"))
	o.expect(202, rowsJSON(okRow(ids[0], "owner is successfully updated")), "POST", one, `{`+owner+`,"related_modules":[{"api_name":"Tasks"}]}`)
	assert.Equal(t, [][]any{{"Bruno Costa"}, {"Bruno Costa"}, {"Ana Silva"}}, o.fieldsOf("Tasks", "Owner"))

	ids500 := `"` + strings.Repeat(noID+`","`, 500) + noID + `"`
	for body, want := range map[string]string{
		`[]`:                             refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`),
		`{` + owner + `}`:                fault("MANDATORY_NOT_FOUND", "required field not found", "ids", "$.ids", ""),
		`{"ids":[],` + owner + `}`:       fault("INVALID_DATA", "invalid data", "ids", "$.ids", `,"minimum_length":1`),
		`{"ids":[` + ids500 + `]}`:       fault("INVALID_DATA", "invalid data", "ids", "$.ids", `,"maximum_length":500`),
		`{"ids":["1"]}`:                  fault("MANDATORY_NOT_FOUND", "required field not found", "owner", "$.owner", ""),
		`{"ids":["1"],"owner":"1"}`:      fault("INVALID_DATA", "invalid data", "owner", "$.owner", `,"expected_data_type":"jsonobject"`),
		`{"ids":["1"],"owner":{}}`:       fault("MANDATORY_NOT_FOUND", "required field not found", "id", "$.owner.id", ""),
		`{"ids":["1"],"owner":{"id":1}}`: fault("INVALID_DATA", "the owner id given is invalid", "id", "$.owner.id", ""),
		`{"ids":["1"],"owner":{"id":"` + claraID + `"}}`:                        fault("INVALID_DATA", "the owner id given is invalid", "id", "$.owner.id", `,"owner_status":"inactive"`),
		`{"ids":["1"],` + owner + `,"notify":1}`:                                fault("INVALID_DATA", "invalid data", "notify", "$.notify", `,"expected_data_type":"boolean"`),
		`{"ids":["1"],` + owner + `,"related_modules":1}`:                       fault("INVALID_DATA", "invalid data", "related_modules", "$.related_modules", `,"expected_data_type":"jsonarray"`),
		`{"ids":["1"],` + owner + `,"related_modules":[1]}`:                     fault("INVALID_DATA", "invalid data", "related_modules", "$.related_modules[0]", `,"expected_data_type":"jsonobject"`),
		`{"ids":["1"],` + owner + `,"related_modules":[{"api_name":"Quotes"}]}`: fault("NOT_SUPPORTED", "the given module is not supported for this api", "api_name", "$.related_modules[0].api_name", ""),
		`{"ids":["1"],` + owner + `,"related_modules":[1,2,3,4,5,6]}`:           fault("INVALID_DATA", "invalid data", "related_modules", "$.related_modules", `,"maximum_length":5`),
		`{"ids":["1"],` + owner + `,"related_modules":[{}]}`: refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field",
			`{"expected_fields":[{"api_name":"api_name","json_path":"$.related_modules[0].api_name"},{"api_name":"id","json_path":"$.related_modules[0].id"}]}`),
	} {
		o.expect(400, want, "POST", all, body)
	}
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "POST", "v8/Leads/"+noID+"/actions/change_owner", `{`+owner+`}`)
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v3"}`), "POST", "v2.1/Leads/actions/change_owner", `{}`)
	assert.Equal(t, 401, o.callAs(grant{Scopes: []string{"ZohoCRM.modules.ALL"}, UserID: defaultUserID}, "POST", all, `{}`).Code)
}

// TestJobsAdvance: by looks and by the clock, and whether or not anybody looks.
func TestJobsAdvance(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"}, map[string]any{"Last_Name": "Poe", "Converted__s": true})
	leads := o.crm.schema.Module("Leads")
	view := viewID(leads, 0)
	const update = "v8/Leads/actions/mass_update"
	status := func(state string, updated, not int) string {
		return fmt.Sprintf(`{"data":[{"Status":%q,"Total_Count":2,"Updated_Count":%d,"Not_Updated_Count":%d,"Failed_Count":0}]}`, state, updated, not)
	}
	id := o.jobID(update, `{"data":[{"City":"Porto"}],"cvid":"`+view+`"}`)
	o.expect(200, status("SCHEDULED", 0, 2), "GET", update+"?job_id="+id, "")
	o.expect(200, status("RUNNING", 0, 2), "GET", update+"?job_id="+id, "")
	assert.Equal(t, [][]any{{nil}, {nil}, {nil}}, o.fieldsOf("Leads", "City"))
	o.expect(200, status("COMPLETED", 2, 0), "GET", update+"?job_id="+id, "")
	assert.Equal(t, [][]any{{"Porto"}, {"Porto"}, {nil}}, o.fieldsOf("Leads", "City"))

	id = o.jobID(update, `{"data":[{"City":"Faro"}],"cvid":"`+view+`"}`)
	busy := refusedJSON("ALREADY_SCHEDULED", "Already a Mass Action scheduler is running for the given cvid", `{}`)
	o.expect(202, rowsJSON(busy), "POST", update, `{"data":[{"City":"x"}],"cvid":"`+view+`"}`)
	o.now = o.now.Add(2 * time.Second)
	o.expect(200, status("RUNNING", 0, 2), "GET", update+"?job_id="+id, "")
	o.now = o.now.Add(2 * time.Second)
	assert.Equal(t, [][]any{{"Faro"}, {"Faro"}, {nil}}, o.fieldsOf("Leads", "City"), "nobody has looked")

	o.jobID(update, `{"data":[{"City":"Braga"}],"cvid":"`+view+`"}`)
	o.now = o.now.Add(time.Minute)
	assert.Contains(t, o.call("GET", "v8/Leads?fields=City&cvid="+view, "").Body.String(), "Braga")
	o.expect(204, "", "GET", "v8/Contacts/actions/mass_update?job_id="+id, "")
	o.expect(204, "", "GET", "v8/Leads/actions/mass_delete?job_id="+id, "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"job_id"}`), "GET", update, "")

	del := "v8/Leads/actions/mass_delete"
	id = o.jobID(del, `{"cvid":"`+view+`"}`)
	o.expect(400, fault("ALREADY_SCHEDULED", "Already a Mass Action scheduler is running for the given cvid", "cvid", "$.cvid", ""), "POST", del, `{"cvid":"`+view+`"}`)
	o.expect(200, `{"data":[{"Status":"RUNNING","Total_Count":2,"Deleted_Count":0,"Failed_Count":0}]}`, "GET", del+"?job_id="+id, "")
	o.now = o.now.Add(time.Minute)
	o.expect(200, `{"data":[{"Status":"COMPLETED","Total_Count":2,"Deleted_Count":2,"Failed_Count":0}]}`, "GET", del+"?job_id="+id, "")
	assert.Len(t, o.crm.records("Leads"), 1)
	o.expect(400, refusedJSON("NO_RECORDS_FOUND", "no record found to update", `{}`), "POST", del, `{"cvid":"`+view+`"}`)

	owner := "v8/Leads/actions/mass_change_owner"
	converted := viewID(leads, 2)
	id = o.jobID(owner, `{"cvid":"`+converted+`","owner":{"id":"`+brunoID+`"}}`)
	o.now = o.now.Add(time.Minute)
	o.expect(200, `{"data":[{"Status":"COMPLETED","Total_Count":1,"Updated_Count":0,"Not_Updated_Count":0,"Failed_Count":1}]}`, "GET", owner+"?job_id="+id, "")
}

func TestMassRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	id := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Interests": []any{"CRM"}})[0]
	const update, del = "v8/Leads/actions/mass_update", "v8/Leads/actions/mass_delete"
	ids := `"ids":["` + id + `"]`
	noMass := func(name string) string {
		return fault("INVALID_DATA", "This field cannot be updated in the Mass Update", name, "$.data[0]."+name, "")
	}
	for body, want := range map[string]string{
		`{"data":[{"City":"x"}]}`: fault("MANDATORY_NOT_FOUND", "required field not found", "cvid", "$.cvid", `,"expected_data_type":"bigint"`),
		`{"data":[{"City":"x"}],"cvid":"1",` + ids + `}`: refusedJSON("AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request",
			`{"ambiguity_due_to":[{"api_name":"ids","json_path":"$.ids"},{"api_name":"cvid","json_path":"$.cvid"}]}`),
		`{"data":[{"City":"x"}],"cvid":"1"}`:                 fault("INVALID_DATA", "the cvid given seems to be invalid", "cvid", "$.cvid", `,"id":"1"`),
		`{` + ids + `}`:                                      fault("MANDATORY_NOT_FOUND", "required field not found", "data", "$.data", ""),
		`{"data":[1],` + ids + `}`:                           fault("INVALID_DATA", "invalid data", "data", "$.data[0]", `,"expected_data_type":"jsonobject"`),
		`{"data":[{}],` + ids + `}`:                          fault("INVALID_DATA", "No field found", "data", "$.data[0]", ""),
		`{"data":[{"City":"x","State":"y"}],` + ids + `}`:    fault("INVALID_DATA", "Max field limit exceeded", "data", "$.data[0]", `,"maximum_length":1`),
		`{"data":[{"Email":"a@b.c"}],` + ids + `}`:           noMass("Email"),
		`{"data":[{"Nothing":"x"}],` + ids + `}`:             noMass("Nothing"),
		`{"data":[{"Description":"x"}],` + ids + `}`:         noMass("Description"),
		`{"data":[{"Created_Time":"x"}],` + ids + `}`:        noMass("Created_Time"),
		`{"data":[{"Last_Name":""}],` + ids + `}`:            fault("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", "$.data[0].Last_Name", ""),
		`{"data":[{"City":7}],` + ids + `}`:                  fault("INVALID_DATA", "invalid data", "City", "$.data[0].City", `,"expected_data_type":"text"`),
		`{"data":[{"City":"x"}],"over_write":1,` + ids + `}`: fault("INVALID_DATA", "invalid data", "over_write", "$.over_write", `,"expected_data_type":"boolean"`),
		`{"data":[{"City":"x"}],"ids":[]}`:                   fault("INVALID_DATA", "invalid data", "ids", "$.ids", `,"minimum_length":1`),
	} {
		o.expect(400, want, "POST", update, body)
	}
	view := viewID(o.crm.schema.Module("Leads"), 0)
	o.expect(400, fault("INVALID_DATA", "invalid data", "territory", "$.territory", `,"expected_data_type":"jsonobject"`), "POST", del, `{"cvid":"`+view+`","territory":1}`)
	o.expect(400, fault("INVALID_DATA", "the id given seems to be invalid", "territory", "$.territory.id", ""), "POST", del, `{"cvid":"`+view+`","territory":{"id":"1"}}`)
	for body, want := range map[string]any{
		`{"data":[{"Interests":["Sales"]}],` + ids + `}`:                   []any{"CRM", "Sales"},
		`{"data":[{"Interests":["Sales"]}],"over_write":true,` + ids + `}`: []any{"Sales"},
	} {
		o.expectUpdate(id, `{"Interests":["CRM"]}`)
		assert.Equal(t, 200, o.call("POST", update, body).Code)
		assert.Equal(t, want, o.crm.records("Leads")[0]["Interests"])
	}
	o.expect(207, rowsJSON(okRow(id, "record is deleted"), unknownRow(id)), "POST", del, `{"ids":["`+id+`","`+id+`"]}`)
}

func (o *testOrg) expectUpdate(id, row string) {
	o.t.Helper()
	require.Equal(o.t, 200, o.call("PUT", "v8/Leads/"+id, `{"data":[`+row+`]}`).Code)
}

func TestClones(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	account := map[string]any{"id": o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]}
	quote := o.seed("Quotes", map[string]any{"Subject": "Q", "Account_Name": account, "Quoted_Items": []any{map[string]any{"Quantity": 2, "List_Price": 5, "Product_Name": map[string]any{
		"id": o.seed("Products", map[string]any{"Product_Name": "Widget"})[0],
	}}}})[0]
	assert.Equal(t, 201, o.call("POST", "v8/Quotes/"+quote+"/actions/clone", "").Code, "the body may be left out")
	assert.Equal(t, [][]any{{"Q"}, {"Q"}}, o.fieldsOf("Quotes", "Subject"))
	quotes := o.crm.records("Quotes")
	assert.Equal(t, quotes[0]["Grand_Total"], quotes[1]["Grand_Total"])
	first, second := quotes[0]["Quoted_Items"].([]any)[0].(map[string]any), quotes[1]["Quoted_Items"].([]any)[0].(map[string]any)
	assert.NotEqual(t, first["id"], second["id"])
	assert.Equal(t, first["Product_Name"], second["Product_Name"])

	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "POST", "v8/Quotes/"+noID+"/actions/clone", "")
	o.expect(400, fault("INVALID_DATA", "invalid data", "data", "$.data", `,"maximum_length":1`), "POST", "v8/Quotes/"+quote+"/actions/clone", `{"data":[{},{}]}`)
	o.expect(400, rowsJSON(fault("MANDATORY_NOT_FOUND", "required field not found", "Subject", "$.data[0].Subject", "")), "POST", "v8/Quotes/"+quote+"/actions/clone", `{"data":[{"Subject":null}]}`)
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v7"}`), "POST", "v6/Quotes/"+quote+"/actions/clone", "")
}
