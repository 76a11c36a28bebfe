package zohohubtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func mergeJSON(item string) string { return `{"merge":[` + item + `]}` }

func TestMergeOfRecords(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	var told []*change
	o.crm.onChange(func(_ *request, changes []*change) { told = append(told, changes...) })
	ids := o.seed("Accounts", map[string]any{"Account_Name": "A", "Phone": "1"}, map[string]any{"Account_Name": "B", "Phone": "2"}, map[string]any{"Account_Name": "C", "Fax": "3"})
	ref := func(i int) map[string]any { return map[string]any{"id": ids[i]} }
	o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Account_Name": ref(1)}, map[string]any{"Last_Name": "Roe", "Account_Name": ref(0)})
	o.seed("Tasks", map[string]any{"Subject": "T", "$se_module": "Accounts", "What_Id": ref(2)})
	product := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	o.expect(201, rowsJSON(`{"code":"SUCCESS","details":{"id":"5725767000010000008","Created_Time":"`+testTime+`","Modified_Time":"`+testTime+`","Created_By":`+anaRef+
		`,"Modified_By":`+anaRef+`,"$approval_state":"approved"},"message":"record added","status":"success"}`), "POST", "v8/Accounts/"+ids[1]+"/Notes", `{"data":[{"Note_Title":"N"}]}`)
	assert.Equal(t, 200, o.call("PUT", "v8/Accounts/"+ids[2]+"/Products", `{"data":[{"id":"`+product+`"}]}`).Code)

	told = nil
	o.expect(201, mergeJSON(okRow(ids[0], "The records has been merged successfully")), "POST", "v8/Accounts/"+ids[0]+"/actions/merge",
		`{"merge":[{"data":[{"id":"`+ids[1]+`","_fields":[{"api_name":"Phone"}]},{"id":"`+ids[2]+`","_fields":[{"api_name":"Fax"}]}]}]}`)
	assert.Equal(t, [][]any{{"A", "2", "3"}}, o.fieldsOf("Accounts", "Account_Name", "Phone", "Fax"))
	assert.Equal(t, [][]any{{"A"}, {"A"}}, o.fieldsOf("Contacts", "Account_Name"))
	assert.Equal(t, [][]any{{"A"}}, o.fieldsOf("Tasks", "What_Id"))
	assert.Equal(t, [][]any{{"A"}}, o.fieldsOf("Notes", "Parent_Id"))
	assert.Contains(t, o.call("GET", "v8/Accounts/"+ids[0]+"/Products?fields=Product_Name", "").Body.String(), "Widget")
	assert.Contains(t, o.call("GET", "v8/Accounts/deleted", "").Body.String(), ids[1])
	assert.NotEmpty(t, told)
	for _, h := range told {
		assert.True(t, h.silent, "Zoho tells nobody of a merge: %s", h.operation)
	}
}

func TestMergesRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"}, map[string]any{"Last_Name": "Poe"}, map[string]any{"Last_Name": "Moe", "Converted__s": true})
	at := "v8/Leads/" + ids[0] + "/actions/merge"
	child := func(more string) string { return `{"id":"` + ids[1] + `","_fields":[` + more + `]}` }
	const first = "$.merge[0].data[0]"
	id, field := first+".id", first+"._fields[0].api_name"
	for data, want := range map[string]string{
		``: fault("INVALID_DATA", "Atleast one child record id is required to be merged.", "data", "$.merge[0].data", `,"minimum_length":"1"`),
		child("") + "," + child("") + "," + child(""): fault("INVALID_DATA", "More than 2 child record ids cannot be merged.", "data", "$.merge[0].data", `,"maximum_length":2`),
		`{}`:                                             fault("MANDATORY_NOT_FOUND", "required id not found", "id", id, ""),
		`{"id":"` + noID + `"}`:                          fault("INVALID_DATA", "the id given seems to be invalid", "id", id, ""),
		`{"id":"` + ids[0] + `"}`:                        fault("DUPLICATE_DATA", "Valid record ids need to be given for merging", "id", id, ""),
		child("") + "," + child(""):                      fault("DUPLICATE_DATA", "Valid record ids need to be given for merging", "id", "$.merge[0].data[1].id", ""),
		`{"id":"` + ids[3] + `"}`:                        fault("NOT_ALLOWED", "This record id is not allowed to be merged", "id", id, ""),
		child(`{}`):                                      fault("MANDATORY_NOT_FOUND", "API name of the field is not mentioned", "api_name", field, ""),
		child(`{"api_name":"Nothing"}`):                  fault("INVALID_DATA", "invalid data", "api_name", field, ""),
		child(`{"api_name":"Created_Time"}`):             fault("INVALID_DATA", "invalid data", "api_name", field, ""),
		child(`{"api_name":"City"},{"api_name":"City"}`): fault("DUPLICATE_DATA", "When one field is mentioned more than once", "api_name", first+"._fields[1].api_name", ""),
		`{"id":"` + ids[1] + `","_fields":1}`:            fault("INVALID_DATA", "invalid data", "_fields", first+"._fields", `,"expected_data_type":"jsonarray"`),
	} {
		o.expect(400, mergeJSON(want), "POST", at, `{"merge":[{"data":[`+data+`]}]}`)
	}
	invalid := refusedJSON("INVALID_DATA", "invalid data", `{}`)
	o.expect(400, invalid, "POST", at, `{}`)
	o.expect(400, invalid, "POST", at, `{"merge":[{},{}]}`)
	path := func(message string, index int) string {
		return refusedJSON("INVALID_DATA", message, `{"resource_path_index":`+string(rune('0'+index))+`}`)
	}
	o.expect(400, path("Master record id is not available", 1), "POST", "v8/Leads/"+noID+"/actions/merge", `{}`)
	o.expect(400, path("Master record is not found", 1), "GET", "v8/Leads/"+noID+"/actions/merge", "")
	o.expect(204, "", "GET", at, "")
	o.expect(400, refusedJSON("INVALID_MODULE", "the given module is not supported for this api", `{"resource_path_index":0}`), "POST", "v8/Tasks/1/actions/merge", `{}`)
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v6"}`), "POST", "v5/Leads/"+ids[0]+"/actions/merge", `{}`)
	assert.Len(t, o.crm.records("Leads"), 4)

	deals := o.seed("Deals", map[string]any{"Deal_Name": "A", "Stage": "Qualification"}, map[string]any{"Deal_Name": "B", "Stage": "Closed Lost"}, map[string]any{"Deal_Name": "C", "Stage": "Qualification"})
	o.expect(400, refusedJSON("NOT_ALLOWED", "Only Open Deals can be merged", `{"api_name":"record","resource_path_index":1}`), "POST", "v8/Deals/"+deals[1]+"/actions/merge", `{}`)
	deal := "v8/Deals/" + deals[0] + "/actions/merge"
	o.expect(400, mergeJSON(fault("NOT_ALLOWED", "Only Open Deals can be merged", "id", id, "")), "POST", deal, `{"merge":[{"data":[{"id":"`+deals[1]+`"}]}]}`)
	for name, message := range setByStage {
		o.expect(400, mergeJSON(fault("NOT_ALLOWED", message, "api_name", field, "")), "POST", deal, `{"merge":[{"data":[{"id":"`+deals[2]+`","_fields":[{"api_name":"`+name+`"}]}]}]}`)
	}
}

// TestMergeLater: much that hangs on a duplicate makes a merge a job.
func TestMergeLater(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Accounts", map[string]any{"Account_Name": "A"}, map[string]any{"Account_Name": "B"})
	rows := make([]map[string]any, manyRelated+1)
	for i := range rows {
		rows[i] = map[string]any{"Last_Name": "Doe", "Account_Name": map[string]any{"id": ids[1]}}
	}
	o.seed("Contacts", rows...)
	at := "v8/Accounts/" + ids[0] + "/actions/merge"
	answer := o.call("POST", at, `{"merge":[{"data":[{"id":"`+ids[1]+`"}]}]}`)
	assert.Equal(t, 201, answer.Code)
	job := o.crm.jobs[0].id
	assert.JSONEq(t, mergeJSON(`{"code":"SCHEDULED","details":{"job_id":"`+job+`"},"message":"The records have been scheduled in a scheduler","status":"success"}`), answer.Body.String())
	o.expect(200, mergeJSON(`{"job_id":"`+job+`","status":"SCHEDULED"}`), "GET", at, "")
	o.expect(400, mergeJSON(fault("NOT_ALLOWED", "This record id is not allowed to be merged", "id", "$.merge[0].data[0].id", "")), "POST", at, `{"merge":[{"data":[{"id":"`+ids[1]+`"}]}]}`)
	assert.Len(t, o.crm.records("Accounts"), 2)
	o.now = o.now.Add(time.Minute)
	o.expect(200, mergeJSON(`{"job_id":"`+job+`","status":"COMPLETED"}`), "GET", at+"?job_id="+job, "")
	assert.Len(t, o.crm.records("Accounts"), 1)
	assert.Equal(t, manyRelated+1, strings.Count(strings.Join(texts(o.fieldsOf("Contacts", "Account_Name")), " "), "A"))
}

func texts(rows [][]any) []string {
	var all []string
	for _, row := range rows {
		name, _ := row[0].(string)
		all = append(all, name)
	}
	return all
}

// TestMergedFiles: of file fields the files that are named stay, and all of the master's where none are.
func TestMergedFiles(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Specimens", map[string]any{"Name": "A"}, map[string]any{"Name": "B"})
	file := func(id string) map[string]any { return map[string]any{"id": id, "File_Name__s": id + ".txt"} }
	m := o.crm.schema.Module("Specimens")
	var field string
	for _, f := range m.Fields {
		if f.DataType == "fileupload" {
			field = f.APIName
		}
	}
	for i, files := range [][]any{{file("1"), file("2")}, {file("3"), file("4")}} {
		id, _ := parseID(ids[i])
		r := o.crm.table("Specimens").get(id).moved()
		r.fields[field] = files
		o.crm.table("Specimens").put(r)
	}
	w := o.crm.newWrite(m, versions["v8"], defaultUserID)
	first, _ := parseID(ids[0])
	master := o.crm.table("Specimens").get(first)
	merged := func(child, kept any) []string {
		row := map[string]any{"data": []any{map[string]any{"id": ids[1], "_fields": child}}, "master_record_fields": kept}
		v, refused := w.merging(master, row)
		if refused != nil {
			return []string{refused.code}
		}
		var all []string
		for _, item := range asList(v.taken[field]) {
			all = append(all, rowID(item))
		}
		return all
	}
	named := func(data any) []any { return []any{map[string]any{"api_name": field, "_data": data}} }
	refs := func(id string) []any { return []any{map[string]any{"id": id}} }
	assert.Equal(t, []string{"1", "2", "4"}, merged(named(refs("4")), nil))
	assert.Equal(t, []string{"4", "1"}, merged(named(refs("4")), named(refs("1"))))
	assert.Equal(t, []string{"4"}, merged(named(refs("4")), named(nil)))
	assert.Empty(t, merged(nil, named(nil)))
	assert.Equal(t, []string{"DEPENDENT_FIELD_MISSING"}, merged([]any{map[string]any{"api_name": field}}, nil))
}
