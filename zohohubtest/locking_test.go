package zohohubtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lockFields = "?fields=Locked_For__s,Locked_Reason__s,Lock_Source__s,Locked_Time__s,Locked_By__s,Record_Locking_Rule_Id__s,Record_Locking_Configuration_Id__s"

func lockedJSON(id string) string {
	return refusedJSON("RECORD_LOCKED", "Sorry, you cannot perform this operation as the record is locked.", `{"id":"`+id+`","action":"record_locking"}`)
}

func TestLocking(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/Locking_Information__s"
	o.expect(204, "", "GET", at+lockFields, "")
	o.expect(200, rowsJSON(`{"id":"`+lead+`","Locked__s":false,"$locked_for_me":false,"$editable":true}`), "GET", "v8/Leads/"+lead+"?fields=Locked__s,$locked_for_me,$editable", "")
	o.expect(201, rowsJSON(`{"code":"SUCCESS","details":{"id":"`+id2+`","Created_Time":"`+testTime+`","Modified_Time":"`+testTime+`","Created_By":`+anaRef+`,"Modified_By":`+anaRef+`},
		"message":"record added","status":"success"}`), "POST", at, `{"data":[{"Locked_Reason__s":"deal in progress"}]}`)
	shown := func(reason string) string {
		return `{"data":[{"id":"` + id2 + `","Locked_By__s":` + anaRef + `,"Locked_Reason__s":"` + reason + `","Lock_Source__s":"Manual","Locked_Time__s":"` + testTime + `",
			"Locked_For__s":{"module":{"api_name":"Leads","id":"` + leadsModuleID + `"},"name":"Doe","id":"` + lead + `"},"Record_Locking_Rule_Id__s":null,
			"Record_Locking_Configuration_Id__s":"` + lockConfigID + `","$editable":true,"$sharing_permission":"full_access"}],
			"info":{"per_page":200,"count":1,"page":1,"more_records":false}}`
	}
	o.expect(200, shown("deal in progress"), "GET", at+lockFields, "")
	o.expect(200, rowsJSON(`{"id":"`+lead+`","Locked__s":true,"$locked_for_me":true,"$editable":false}`), "GET", "v8/Leads/"+lead+"?fields=Locked__s,$locked_for_me,$editable", "")
	assert.Contains(t, o.call("GET", "v8/Leads/search?criteria=(Locked__s:equals:true)&fields=id", "").Body.String(), lead)

	// Nobody changes or deletes it, who locked it no more than the others.
	other := o.seed("Leads", map[string]any{"Last_Name": "Roe"})[0]
	o.expect(400, rowsJSON(lockedJSON(lead)), "PUT", "v8/Leads/"+lead, `{"data":[{"City":"Porto"}]}`)
	o.expect(207, rowsJSON(lockedJSON(lead), updatedJSON(other)), "PUT", "v8/Leads", `{"data":[{"id":"`+lead+`","City":"Porto"},{"id":"`+other+`","City":"Porto"}]}`)
	o.expect(400, rowsJSON(lockedJSON(lead)), "POST", "v8/Leads/upsert", `{"data":[{"id":"`+lead+`","City":"Porto"}]}`)
	o.expect(400, rowsJSON(lockedJSON(lead)), "DELETE", "v8/Leads?ids="+lead, "")
	o.expect(400, rowsJSON(lockedJSON(lead)), "DELETE", "v8/Leads/"+lead, "")
	o.expect(400, lockedJSON(lead), "DELETE", "v8/Leads/"+lead+"/photo", "")
	o.expect(400, `{"data":[`+lockedJSON(lead)+`],"wf_scheduler":false,"success_count":"0","locked_count":"1"}`, "POST", "v8/Leads/"+lead+"/actions/add_tags", `{"tags":[{"name":"vip"}]}`)
	o.expect(400, rowsJSON(lockedJSON(lead)), "POST", "v8/Leads/"+lead+"/actions/assign_territories", `{"data":[{"Territories":[{"id":"`+territories[0].id+`"}]}]}`)
	assert.Nil(t, o.crm.records("Leads")[0]["City"])
	o.expect(403, refusedJSON("NOT_ALLOWED", "record is already locked", `{"resource_path_index":1}`), "POST", at, `{"data":[{"Locked_Reason__s":"again"}]}`)

	one := at + "/" + id2
	o.expect(200, rowsJSON(`{"code":"SUCCESS","details":{"id":"`+id2+`"},"message":"record updated","status":"success"}`), "PUT", one, `{"data":[{"Locked_Reason__s":"review"}]}`)
	o.expect(200, shown("review"), "GET", one+lockFields, "")
	assert.Contains(t, o.call("GET", one, "").Body.String(), `"Feature_Type__s":"record_locking"`)
	noLock := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":3}`)
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		o.expect(400, noLock, method, at+"/5", `{}`)
	}
	o.expect(200, rowsJSON(`{"code":"SUCCESS","details":{"id":"`+id2+`"},"message":"record deleted","status":"success"}`), "DELETE", one, "")
	o.expect(400, noLock, "DELETE", one, "")
	o.expect(204, "", "GET", at+lockFields, "")
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead, `{"data":[{"City":"Porto"}]}`).Code)
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+lead, "").Code)
}

func TestLockingRefusals(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/Locking_Information__s"
	fault := func(code, message, more string) string {
		return rowsJSON(refusedJSON(code, message, `{"api_name":"Locked_Reason__s","json_path":"$.data[0].Locked_Reason__s"`+more+`}`))
	}
	for row, want := range map[string]string{
		`{}`:                       fault("MANDATORY_NOT_FOUND", "required field not found", ""),
		`{"Locked_Reason__s":" "}`: fault("MANDATORY_NOT_FOUND", "required field not found", ""),
		`{"Locked_Reason__s":7}`:   fault("INVALID_DATA", "invalid data", `,"expected_data_type":"text"`),
		`{"Locked_Reason__s":"` + strings.Repeat("é", 3001) + `"}`: fault("INVALID_DATA", "invalid data", `,"maximum_length":3000`),
	} {
		o.expect(400, want, "POST", at, `{"data":[`+row+`]}`)
	}
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":1}`), "POST", at, `{"data":[{},{}]}`)
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`), "GET", at, "")
	o.expect(400, badParam("page"), "GET", at+lockFields+"&page=0", "")
	o.expect(400, refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"resource_path_index":1}`), "POST", "v8/Leads/5/Locking_Information__s", `{}`)
	o.expect(400, refusedJSON("INVALID_DATA", "relation not found", `{}`), "GET", "v8/Campaigns/5/Locking_Information__s"+lockFields, "")
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v3"}`), "GET", "v2/Leads/"+lead+"/Locking_Information__s", "")
	specimen := o.seed("Specimens", map[string]any{"Name": "S"})[0]
	require.Equal(t, 201, o.call("POST", "v8/Specimens/"+specimen+"/Locking_Information__s", `{"data":[{"Locked_Reason__s":"x"}]}`).Code)
	got := o.callAs(grant{Scopes: []string{"ZohoCRM.modules.leads.ALL"}, UserID: defaultUserID}, "GET", at+lockFields, "")
	assert.Equal(t, 401, got.Code)
}
