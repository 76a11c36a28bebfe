package zohohubtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestConversion(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"First_Name": "Jo", "Last_Name": "Doe", "Company": "Acme", "Email": "jo@example.com", "No_of_Employees": 7, "Lead_Source": "Web"},
		map[string]any{"Last_Name": "Roe"})
	fair := o.seed("Campaigns", map[string]any{"Campaign_Name": "Fair"})[0]
	o.seed("Tasks", map[string]any{"Subject": "T", "$se_module": "Leads", "What_Id": map[string]any{"id": ids[0]}})
	assert.Equal(t, 200, o.call("PUT", "v8/Leads/"+ids[0]+"/Campaigns", `{"data":[{"id":"`+fair+`","Member_Status":"Invited"}]}`).Code)
	at := "v8/Leads/" + ids[0] + "/actions/convert"
	const deal = `{"Deal_Name":"Big","Stage":"Qualification"}`
	answer := o.call("POST", at, `{"data":[{"Deals":`+deal+`}]}`)
	assert.Equal(t, 200, answer.Code)
	idOf := func(module string) string { return o.crm.records(module)[0]["id"].(string) }
	ref := func(module, name string) string { return `{"name":"` + name + `","id":"` + idOf(module) + `"}` }
	assert.JSONEq(t, rowsJSON(`{"code":"SUCCESS","details":{"Contacts":`+ref("Contacts", "Jo Doe")+`,"Accounts":`+ref("Accounts", "Acme")+`,"Deals":`+ref("Deals", "Big")+
		`},"message":"The record has been converted successfully","status":"success"}`), answer.Body.String())
	assert.Equal(t, [][]any{{"Jo", "jo@example.com", "Acme", "Web"}}, o.fieldsOf("Contacts", "First_Name", "Email", "Account_Name", "Lead_Source"))
	assert.Equal(t, "7", o.fieldsOf("Accounts", "Employees")[0][0].(interface{ String() string }).String())
	assert.Equal(t, [][]any{{"Big", "Acme", "Jo Doe"}}, o.fieldsOf("Deals", "Deal_Name", "Account_Name", "Contact_Name"))
	assert.Equal(t, [][]any{{true, "Acme", "Jo Doe", "Big"}, {nil, nil, nil, nil}}[0], o.fieldsOf("Leads", "Converted__s", "Converted_Account", "Converted_Contact", "Converted_Deal")[0])
	assert.Equal(t, [][]any{{"Big"}}, o.fieldsOf("Tasks", "What_Id"), "what is about the lead is about the deal")
	assert.Contains(t, o.call("GET", "v8/Contacts/"+idOf("Contacts")+"/Campaigns?fields=Member_Status", "").Body.String(), "Invited")
	assert.NotContains(t, o.call("GET", "v8/Leads?fields=Last_Name", "").Body.String(), "Doe")
	assert.Contains(t, o.call("GET", "v8/Leads?fields=Last_Name&converted=true", "").Body.String(), "Doe")

	for v, status := range map[string]int{"v2": 202, "v2.1": 202, "v3": 400, "v8": 400} {
		o.expect(status, refusedJSON("ID_ALREADY_CONVERTED", "id already converted", `{"resource_path_index":1}`), "POST", v+"/Leads/"+ids[0]+"/actions/convert", `{"data":[{}]}`)
	}
	answer = o.call("POST", "v2/Leads/"+ids[1]+"/actions/convert", `{"data":[{"Contacts":"`+idOf("Contacts")+`"}]}`)
	assert.JSONEq(t, rowsJSON(`{"Contacts":"`+idOf("Contacts")+`","Accounts":null,"Deals":null}`), answer.Body.String())
}

func TestConversionsRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Email": "jo@example.com"})[0]
	id := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Company": "Acme", "Email": "jo@example.com"})[0]
	at := "v8/Leads/" + id + "/actions/convert"
	path := func(code, message string, index string) string {
		return refusedJSON(code, message, `{"resource_path_index":`+index+`}`)
	}
	o.expect(400, path("INVALID_DATA", "invalid data", "1"), "POST", "v8/Leads/"+noID+"/actions/convert", `{"data":[{}]}`)
	o.expect(400, path("NOT_SUPPORTED", "the given module is not supported for this api", "0"), "POST", "v8/Contacts/"+contact+"/actions/convert", `{"data":[{}]}`)
	o.expect(400, fault("INVALID_DATA", "invalid data", "data", "$.data", `,"maximum_length":1`), "POST", at, `{"data":[{},{}]}`)
	o.expect(400, fault("INVALID_DATA", "invalid data", "data", "$.data[0]", `,"expected_data_type":"jsonobject"`), "POST", at, `{"data":[1]}`)
	there := `,"id":"` + contact + `","duplicate_record":{"id":"` + contact + `","Owner":{"name":"Ana Silva","id":"3652397000000186021","zuid":"20070000001"},"module":{"api_name":"Contacts","id":"` +
		o.crm.schema.Module("Contacts").ID + `"}}`
	const d = "$.data[0]."
	for row, want := range map[string]string{
		`{}`:                                  fault("DUPLICATE_DATA", "duplicate data", "Contacts", d+"Contacts", there),
		`{"overwrite":1}`:                     fault("INVALID_DATA", "invalid data", "overwrite", d+"overwrite", `,"expected_data_type":"boolean"`),
		`{"Contacts":1}`:                      fault("INVALID_DATA", "invalid data", "Contacts", d+"Contacts", `,"expected_data_type":"jsonobject"`),
		`{"Contacts":{"id":"` + noID + `"}}`:  fault("INVALID_DATA", "invalid data", "Contacts", d+"Contacts", ""),
		`{"assign_to":{"id":"` + noID + `"}}`: fault("INVALID_DATA", "the id given seems to be invalid", "assign_to", d+"assign_to", ""),
		`{"add_to_existing_record":true,"Deals":1}`:                                   fault("INVALID_DATA", "invalid data", "Deals", d+"Deals", `,"expected_data_type":"jsonobject"`),
		`{"add_to_existing_record":true,"Deals":{"Deal_Name":"D"}}`:                   fault("MANDATORY_NOT_FOUND", "required field not found", "Stage", d+"Deals.Stage", ""),
		`{"add_to_existing_record":true,"Deals":{"Stage":"x","Pipeline":"Standard"}}`: fault("MAPPING_MISMATCH", "Pipeline doesn`t contain the Stage", "Stage", d+"Deals.Stage", `,"mapped_field":"Pipeline"`),
		`{"add_to_existing_record":true,"move_attachments_to":1}`:                     fault("INVALID_DATA", "invalid data", "move_attachments_to", d+"move_attachments_to", `,"expected_data_type":"jsonobject"`),
		`{"add_to_existing_record":true,"move_attachments_to":{"api_name":"Deals"}}`:  fault("INVALID_DATA", "invalid data", "api_name", d+"move_attachments_to.api_name", ""),
		`{"add_to_existing_record":true,"carry_over_tags":1}`:                         fault("INVALID_DATA", "invalid data", "carry_over_tags", d+"carry_over_tags", `,"expected_data_type":"jsonobject"`),
		`{"add_to_existing_record":true,"carry_over_tags":{"Leads":[]}}`:              fault("INVALID_DATA", "invalid data", "Leads", d+"carry_over_tags.Leads", `,"expected_data_type":"jsonarray"`),
	} {
		o.expect(400, rowsJSON(want), "POST", at, `{"data":[`+row+`]}`)
	}
	assert.Empty(t, o.crm.records("Accounts"), "a refusal leaves nothing")
	assert.Len(t, o.crm.records("Contacts"), 1)
	// In v2 there is no taking of what is there.
	assert.Contains(t, o.call("POST", "v2/Leads/"+id+"/actions/convert", `{"data":[{"add_to_existing_record":true}]}`).Body.String(), "DUPLICATE_DATA")
	assert.Equal(t, 200, o.call("POST", at, `{"data":[{"add_to_existing_record":true}]}`).Code)
	assert.Equal(t, [][]any{{"Acme"}}, o.fieldsOf("Contacts", "Account_Name"), "an empty one is filled in")
}

func TestConversionLater(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	id := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	rows := make([]map[string]any, manyRelated+1)
	for i := range rows {
		rows[i] = map[string]any{"Subject": "T", "$se_module": "Leads", "What_Id": map[string]any{"id": id}}
	}
	o.seed("Tasks", rows...)
	answer := o.call("POST", "v8/Leads/"+id+"/actions/convert", `{"data":[{}]}`)
	assert.Equal(t, 202, answer.Code)
	assert.JSONEq(t, rowsJSON(`{"code":"SCHEDULED","details":{"job_id":"`+o.crm.jobs[0].id+`"},"message":"The lead conversion has been scheduled","status":"success"}`), answer.Body.String())
	assert.Empty(t, o.crm.records("Contacts"))
	o.now = o.now.Add(time.Minute)
	assert.Equal(t, [][]any{{true}}, o.fieldsOf("Leads", "Converted__s"))
	assert.Len(t, o.crm.records("Contacts"), 1)
}

func TestConversionOptions(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	account := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	ids := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Company": "acme"}, map[string]any{"Last_Name": "Roe"}, map[string]any{"Last_Name": "Poe", "Converted__s": true})
	accounts := o.crm.schema.Module("Accounts")
	o.expect(200, `{"__conversion_options":{"module_preference":{"api_name":"Accounts","id":"`+accounts.ID+`"},"Contacts":[],"Deals":[],
		"Accounts":[{"id":"`+account+`","Account_Name":"Acme","Phone":null,"Account_Type":null,"Website":null,"Layout":{"id":"`+accounts.LayoutID()+`","name":"Standard","display_label":"Standard"},
			"$editable":true,"$approval_state":"approved"}],
		"preference_field_matched_value":{"Contacts":[],"Deals":[],"Accounts":[{"field":{"api_name":"Account_Name","id":"`+accounts.Field("Account_Name").ID+`"},"matched_lead_value":"acme"}]},
		"modules_with_multiple_layouts":[]}}`, "GET", "v8/Leads/"+ids[0]+"/__conversion_options", "")
	o.expect(204, "", "GET", "v8/Leads/"+ids[1]+"/__conversion_options", "")
	bad := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`)
	o.expect(400, bad, "GET", "v8/Leads/"+ids[2]+"/__conversion_options", "")
	o.expect(400, bad, "GET", "v8/Leads/"+noID+"/__conversion_options", "")
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v5"}`), "GET", "v4/Leads/"+ids[0]+"/__conversion_options", "")
}
