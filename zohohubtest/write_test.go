package zohohubtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rowRefused is the item of a row that was refused at a field of the first row.
func rowRefused(code, message, field, more string) string {
	return `{"code":"` + code + `","details":{"api_name":"` + field + `","json_path":"$.data[0].` + field + `"` + more +
		`},"message":"` + message + `","status":"error"}`
}

func invalid(field, more string) string {
	return rowRefused("INVALID_DATA", "invalid data", field, more)
}

func TestInsertRefusesRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 81)
	for row, want := range map[string]string{
		`{"First_Name":"Jo"}`:                                                rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", ""),
		`{"Last_Name":null}`:                                                 rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", ""),
		`{"Last_Name":""}`:                                                   rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", ""),
		`{"Last_Name":5}`:                                                    invalid("Last_Name", `,"expected_data_type":"text"`),
		`{"Last_Name":"` + long + `"}`:                                       invalid("Last_Name", `,"maximum_length":80`),
		`{"Last_Name":"D","Email":"nobody"}`:                                 invalid("Email", `,"expected_data_type":"email"`),
		`{"Last_Name":"D","Phone":"**"}`:                                     invalid("Phone", `,"expected_data_type":"phone"`),
		`{"Last_Name":"D","Website":"a b"}`:                                  invalid("Website", `,"expected_data_type":"website"`),
		`{"Last_Name":"D","No_of_Employees":"12"}`:                           invalid("No_of_Employees", `,"expected_data_type":"integer"`),
		`{"Last_Name":"D","No_of_Employees":1.5}`:                            invalid("No_of_Employees", `,"expected_data_type":"integer"`),
		`{"Last_Name":"D","No_of_Employees":1234567890}`:                     invalid("No_of_Employees", `,"maximum_length":9`),
		`{"Last_Name":"D","Annual_Revenue":"12"}`:                            invalid("Annual_Revenue", `,"expected_data_type":"double"`),
		`{"Last_Name":"D","Annual_Revenue":1e999999999}`:                     invalid("Annual_Revenue", `,"expected_data_type":"double"`),
		`{"Last_Name":"D","Annual_Revenue":1e40}`:                            invalid("Annual_Revenue", `,"maximum_length":16`),
		`{"Last_Name":"D","Email_Opt_Out":"true"}`:                           invalid("Email_Opt_Out", `,"expected_data_type":"boolean"`),
		`{"Last_Name":"D","Interests":"Software"}`:                           invalid("Interests", `,"expected_data_type":"jsonarray"`),
		`{"Last_Name":"D","Lead_Source":["Web"]}`:                            invalid("Lead_Source", `,"expected_data_type":"text"`),
		`{"Last_Name":"D","Owner":"` + defaultUserID + `"}`:                  invalid("Owner", `,"expected_data_type":"jsonobject"`),
		`{"Last_Name":"D","Owner":{"id":"x"}}`:                               invalid("Owner", `,"expected_data_type":"bigint"`),
		`{"Last_Name":"D","Owner":{"id":"1"}}`:                               rowRefused("INVALID_DATA", "the id given seems to be invalid", "Owner", ""),
		`{"Last_Name":"D","Owner":{"email":"who@example.com"}}`:              invalid("Owner", ""),
		`{"Last_Name":"D","Layout":{"id":"1"}}`:                              rowRefused("INVALID_DATA", "the id given seems to be invalid", "Layout", ""),
		`{"Last_Name":"D","Tag":"vip"}`:                                      invalid("Tag", `,"expected_data_type":"jsonarray"`),
		`{"Last_Name":"D","Tag":[{"color_code":null}]}`:                      `{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"name","json_path":"$.data[0].Tag[0].name"},"message":"required field not found","status":"error"}`,
		`{"Last_Name":"D","Interests":[1]}`:                                  `{"code":"INVALID_DATA","details":{"api_name":"Interests","json_path":"$.data[0].Interests[0]","expected_data_type":"text"},"message":"invalid data","status":"error"}`,
		`{"Last_Name":"D","Interests":["` + strings.Repeat("x", 766) + `"]}`: invalid("Interests", `,"maximum_length":765`),
		`{"Last_Name":"D","Tag":["vip"]}`:                                    `{"code":"INVALID_DATA","details":{"api_name":"Tag","json_path":"$.data[0].Tag[0]","expected_data_type":"jsonobject"},"message":"invalid data","status":"error"}`,
		`{"Last_Name":"D","Tag":[{"name":"12345678901234567890123456"}]}`:    `{"code":"INVALID_DATA","details":{"api_name":"name","json_path":"$.data[0].Tag[0].name","maximum_length":25},"message":"invalid data","status":"error"}`,
		`"Doe"`: `{"code":"INVALID_DATA","details":{"api_name":"data","json_path":"$.data[0]","expected_data_type":"jsonobject"},"message":"invalid data","status":"error"}`,
	} {
		t.Run(row[:min(len(row), 80)], func(t *testing.T) {
			t.Parallel()
			newOrg(t).expect(400, rowsJSON(want), "POST", "v8/Leads", `{"data":[`+row+`]}`)
		})
	}
}

func TestDatesAndNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ field, sent, want, refused string }{
		"offset of the organisation": {"Started_At", `"2026-02-01T10:00:00+05:30"`, `"2026-02-01T05:30:00+01:00"`, ""},
		"UTC":                        {"Started_At", `"2026-02-01T10:00:00Z"`, `"2026-02-01T11:00:00+01:00"`, ""},
		"fraction of a second":       {"Started_At", `"2026-02-01T10:00:00.5Z"`, "", "datetime"},
		"no offset":                  {"Started_At", `"2026-02-01T10:00:00"`, "", "datetime"},
		"no such hour":               {"Started_At", `"2026-02-01T25:00:00Z"`, "", "datetime"},
		"day":                        {"Visit_Date", `"2026-02-28"`, `"2026-02-28"`, ""},
		"no such day":                {"Visit_Date", `"2026-02-30"`, "", "date"},
		"day and time":               {"Visit_Date", `"2026-02-28T00:00:00Z"`, "", "date"},
		"places are rounded":         {"Hours", `1.005`, `1.01`, ""},
		"exponent":                   {"Hours", `1.5e2`, `150`, ""},
		"bigint as a number":         {"Meter_Reading", `900719925474099312`, `"900719925474099312"`, ""},
		"bigint as text":             {"Meter_Reading", `"900719925474099313"`, `"900719925474099313"`, ""},
		"bigint with letters":        {"Meter_Reading", `"9007x"`, "", "bigint"},
		"picks":                      {"Services", `["Repair","Own value","Repair"]`, `["Repair","Own value"]`, ""},
		"rich text":                  {"Report", `"<b>ok</b>"`, `"<b>ok</b>"`, ""},
		"user by id":                 {"Technician", `{"id":"` + brunoID + `"}`, `{"name":"Bruno Costa","id":"` + brunoID + `","email":"bruno.costa@example.com"}`, ""},
		"user by address":            {"Technician", `{"email":"Bruno.Costa@example.com"}`, `{"name":"Bruno Costa","id":"` + brunoID + `","email":"bruno.costa@example.com"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			body := `{"data":[{"Name":"V","` + test.field + `":` + test.sent + `}]}`
			if test.refused != "" {
				o.expect(400, rowsJSON(invalid(test.field, `,"expected_data_type":"`+test.refused+`"`)), "POST", "v8/Service_Visits", body)
				return
			}
			o.expect(201, rowsJSON(addedJSON(id1)), "POST", "v8/Service_Visits", body)
			o.expect(200, rowsJSON(`{"id":"`+id1+`","`+test.field+`":`+test.want+`}`), "GET", "v8/Service_Visits/"+id1+"?fields="+test.field, "")
		})
	}
}

func TestBodiesThatAreRefusedWhole(t *testing.T) {
	t.Parallel()
	badBody := refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`)
	rows := strings.TrimSuffix(strings.Repeat(`{"Last_Name":"D"},`, 101), ",")
	for body, want := range map[string]string{
		``:                        badBody,
		`[]`:                      badBody,
		`{"data":`:                badBody,
		`{} {}`:                   badBody,
		`{}`:                      refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"data","json_path":"$.data"}`),
		`{"data":{}}`:             refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","expected_data_type":"jsonarray"}`),
		`{"data":[]}`:             refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","minimum_length":1}`),
		`{"data":[` + rows + `]}`: refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":100}`),
		`{"data":[{"Last_Name":"D"}],"trigger":"workflow"}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"trigger","json_path":"$.trigger","expected_data_type":"jsonarray"}`),
		`{"data":[{"Last_Name":"D"}],"trigger":["workflow","everything"]}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"trigger","json_path":"$.trigger[1]","supported_values":["workflow","approval","blueprint","pathfinder","orchestration"]}`),
		`{"data":[{"Last_Name":"D"}],"duplicate_check_fields":"Email"}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"duplicate_check_fields","json_path":"$.duplicate_check_fields","expected_data_type":"jsonarray"}`),
		`{"data":[{"Last_Name":"D"}],"duplicate_check_fields":["Tag"]}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"duplicate_check_fields","json_path":"$.duplicate_check_fields[0]"}`),
		`{"data":[{"Last_Name":"D"}],"duplicate_check_fields":[` + strings.TrimSuffix(strings.Repeat(`"Email",`, 11), ",") + `]}`: refusedJSON(
			"LIMIT_EXCEEDED", "limit exceeded", `{"api_name":"duplicate_check_fields","json_path":"$.duplicate_check_fields","limit":10}`),
		`{"data":[{"Last_Name":"D"}],"duplicate_check_fields":["Nothing"]}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"duplicate_check_fields","json_path":"$.duplicate_check_fields[0]"}`),
	} {
		t.Run(body[:min(len(body), 80)], func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			o.expect(400, want, "POST", "v8/Leads", body)
			assert.Empty(t, o.crm.records("Leads"))
		})
	}
}

func TestBatchStatusByVersion(t *testing.T) {
	t.Parallel()
	good, bad := `{"Last_Name":"Doe"}`, `{"First_Name":"Jo"}`
	for _, test := range []struct {
		version              string
		ok, mixed, allFailed int
		details              string
	}{
		{"v2", 201, 202, 202, `{"api_name":"Last_Name"}`},
		{"v2.1", 201, 202, 202, `{"api_name":"Last_Name"}`},
		{"v3", 201, 207, 400, `{"api_name":"Last_Name","json_path":"$.data[0].Last_Name"}`},
		{"v8", 201, 207, 400, `{"api_name":"Last_Name","json_path":"$.data[0].Last_Name"}`},
	} {
		t.Run(test.version, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			refused := refusedJSON("MANDATORY_NOT_FOUND", "required field not found", test.details)
			o.expect(test.ok, rowsJSON(addedJSON(id1), addedJSON(id2)), "POST", test.version+"/Leads", `{"data":[`+good+`,`+good+`]}`)
			o.expect(test.mixed, rowsJSON(refused, addedJSON(id4)), "POST", test.version+"/Leads", `{"data":[`+bad+`,`+good+`]}`)
			o.expect(test.allFailed, rowsJSON(refused), "POST", test.version+"/Leads", `{"data":[`+bad+`]}`)
			o.crm.setFailureStatus(200)
			assert.Equal(t, 200, o.call("POST", test.version+"/Leads", `{"data":[`+bad+`,`+good+`]}`).Code)
			assert.Equal(t, 200, o.call("POST", test.version+"/Leads", `{"data":[`+bad+`]}`).Code)
		})
	}
}

func TestWhatZohoHubSendsIsTaken(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.expect(201, rowsJSON(addedJSON(id1)), "POST", "v2/Leads",
		`{"data":[{"id":null,"Last_Name":"Doe","Email":null,"Owner":null,"Email_Opt_Out":null,"Created_Time":"no time","Nothing":1,"Full_Name":5}]}`)
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Full_Name":"Doe","Email":null,"Owner":`+anaUser+`,"Email_Opt_Out":false,"Created_Time":"`+testTime+`"}`),
		"GET", "v2/Leads/"+id1+"?fields=Full_Name,Email,Owner,Email_Opt_Out,Created_Time,Nothing", "")
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "City": "Lisboa", "Interests": []string{"Software"}})
	fields := "?fields=Last_Name,City,Interests,Full_Name,Modified_Time,Modified_By"
	o.now = o.now.Add(time.Hour)
	later := strings.ReplaceAll(updatedJSON(id1), `"Modified_Time":"2026-03-01T10`, `"Modified_Time":"2026-03-01T11`)

	o.expect(200, rowsJSON(later), "PUT", "v8/Leads/"+id1, `{"data":[{"City":null,"First_Name":"Jo"}]}`)
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Last_Name":"Doe","City":null,"Interests":["Software"],"Full_Name":"Jo Doe",
		"Modified_Time":"2026-03-01T11:00:00+01:00","Modified_By":`+anaUser+`}`), "GET", "v8/Leads/"+id1+fields, "")

	o.expect(200, rowsJSON(later), "PUT", "v8/Leads", `{"data":[{"id":"`+id1+`","Interests":["Training","Software"],"$append_values":{"Interests":true}}]}`)
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Interests":["Software","Training"]}`), "GET", "v8/Leads/"+id1+"?fields=Interests", "")
	o.expect(200, rowsJSON(later), "PUT", "v8/Leads", `{"data":[{"id":"`+id1+`","Interests":[]}]}`)
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Interests":[]}`), "GET", "v8/Leads/"+id1+"?fields=Interests", "")

	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", "")), "PUT", "v8/Leads/"+id1, `{"data":[{"Last_Name":null}]}`)
	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "id", "")), "PUT", "v8/Leads", `{"data":[{"City":"x"}]}`)
	o.expect(400, rowsJSON(invalid("id", `,"expected_data_type":"bigint"`)), "PUT", "v8/Leads", `{"data":[{"id":"x"}]}`)
	unknown := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"99"}`)
	o.expect(207, rowsJSON(unknown, later), "PUT", "v8/Leads", `{"data":[{"id":99},{"id":"`+id1+`"}]}`)
	o.expect(400, rowsJSON(unknown), "PUT", "v8/Leads/99", `{"data":[{"City":"x"}]}`)
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "PUT", "v8/Leads/x", `{"data":[{"City":"x"}]}`)
	o.expect(400, refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`), "PUT", "v8/Leads/"+id1, ``)
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":1}`),
		"PUT", "v8/Leads/"+id1, `{"data":[{},{}]}`)
}

func TestUpdateUnlessModified(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"})
	stale := `{"code":"ALREADY_MODIFIED","details":{"Modified_Time":"` + testTime + `","Modified_By":` + anaRef + `,"Created_Time":"` + testTime + `","id":"` + id1 +
		`","Created_By":` + anaRef + `},"message":"record updated time has already passed if-unmodified-since time","status":"error"}`
	body := `{"data":[{"id":"` + id1 + `","City":"x"}]}`
	o.expect(412, rowsJSON(stale), "PUT", "v8/Leads", body, "If-Unmodified-Since", "2026-03-01T09:59:59+01:00")
	o.expect(200, rowsJSON(updatedJSON(id1)), "PUT", "v8/Leads", body, "If-Unmodified-Since", "2026-03-01T09:00:00+00:00")
	o.expect(400, refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"param_name":"If-Unmodified-Since"}`),
		"PUT", "v8/Leads", body, "If-Unmodified-Since", "Sun, 01 Mar 2026 09:00:00 GMT")
}

func TestUniqueField(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "ERP_Id": "A1"}, map[string]any{"Last_Name": "Roe"})
	duplicate := rowRefused("DUPLICATE_DATA", "duplicate data", "ERP_Id", `,"id":"`+id1+`","more_records":false,"duplicate_record":{"id":"`+id1+
		`","Owner":{"name":"Ana Silva","id":"3652397000000186021","zuid":"20070000001"},"module":{"api_name":"Leads","id":"`+o.crm.schema.Module("Leads").ID+`"}}`)
	o.expect(400, rowsJSON(duplicate), "POST", "v8/Leads", `{"data":[{"Last_Name":"Poe","ERP_Id":"a1"}]}`)
	o.expect(400, rowsJSON(duplicate), "PUT", "v8/Leads/"+id2, `{"data":[{"ERP_Id":"A1"}]}`)
	o.expect(202, rowsJSON(refusedJSON("DUPLICATE_DATA", "duplicate data", `{"api_name":"ERP_Id","id":"`+id1+`"}`)),
		"POST", "v2/Leads", `{"data":[{"Last_Name":"Poe","ERP_Id":"A1"}]}`)
	o.expect(200, rowsJSON(updatedJSON(id1)), "PUT", "v8/Leads/"+id1, `{"data":[{"ERP_Id":"A1"}]}`) // its own
	o.expect(200, rowsJSON(updatedJSON(id1)), "PUT", "v8/Leads/"+id1, `{"data":[{"ERP_Id":"A2"}]}`)
	o.expect(200, rowsJSON(updatedJSON(id2)), "PUT", "v8/Leads/"+id2, `{"data":[{"ERP_Id":"A1"}]}`) // free again
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "Email": "doe@example.com", "Phone": "123"})
	with := func(item, action, field string) string {
		return strings.Replace(item, `{"code"`, `{"action":"`+action+`","duplicate_field":`+field+`,"code"`, 1)
	}
	// The system's check field; the second row of a request meets what the first has made.
	o.expect(200, rowsJSON(with(updatedJSON(id1), "update", `"Email"`), with(addedJSON(id2), "insert", `null`), with(updatedJSON(id2), "update", `"Email"`)),
		"POST", "v8/Leads/upsert", `{"data":[{"Last_Name":"D","Email":"DOE@example.com"},{"Last_Name":"R","Email":"roe@example.com"},{"City":"x","Email":"roe@example.com"}]}`)
	// The fields named, in their order.
	o.expect(200, rowsJSON(with(updatedJSON(id1), "update", `"Phone"`)), "POST", "v8/Leads/upsert",
		`{"data":[{"Last_Name":"D","Email":"roe@example.com","Phone":"123"}],"duplicate_check_fields":["ERP_Id","Phone","Email"]}`)
	// By id, and a row that is refused beside one that is not.
	o.expect(207, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", ""), with(updatedJSON(id2), "update", `null`)),
		"POST", "v8/Leads/upsert", strings.Replace(`{"data":[{"Email":"new@example.com"},{"id":"ID","City":"y"}]}`, "ID", id2, 1))
	assert.Len(t, o.crm.records("Leads"), 2)
}

func TestUpsertComparesStoredForms(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Doe"})[0]
	o.seed("Service_Visits", map[string]any{
		"Name": "V", "Hours": 2.5, "Started_At": "2026-01-01T10:00:00Z", "Meter_Reading": "12", "Contact": map[string]any{"id": contact}, "Completed": true,
	})
	for field, value := range map[string]string{
		"Hours": `2.50`, "Started_At": `"2026-01-01T11:00:00+01:00"`, "Meter_Reading": `12`, "Contact": `{"id":"` + contact + `"}`, "Completed": `true`, "Name": `"v"`,
	} {
		w := o.call("POST", "v8/Service_Visits/upsert", `{"data":[{"`+field+`":`+value+`}],"duplicate_check_fields":["`+field+`"]}`)
		assert.Equal(t, 200, w.Code, w.Body)
		assert.Contains(t, w.Body.String(), `"duplicate_field":"`+field+`"`)
	}
	// A value that would be refused, or none, finds nothing.
	o.expect(400, rowsJSON(invalid("Hours", `,"expected_data_type":"double"`)), "POST", "v8/Service_Visits/upsert",
		`{"data":[{"Name":"W","Hours":"x"}],"duplicate_check_fields":["Hours"]}`)
	w := o.call("POST", "v8/Service_Visits/upsert", `{"data":[{"Name":"W","Hours":null}],"duplicate_check_fields":["Hours"]}`)
	assert.Contains(t, w.Body.String(), `"action":"insert"`)
}

func TestConvertedRecordIsClosed(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "Converted__s": true})
	o.expect(400, rowsJSON(refusedJSON("CONVERTED_RECORD", "can't update the converted record", `{"resource_path_index":1}`)),
		"PUT", "v8/Leads/"+id1, `{"data":[{"City":"x"}]}`)
	o.expect(400, rowsJSON(refusedJSON("CONVERTED_RECORD", "can't update the converted record", `{"id":"`+id1+`"}`)),
		"PUT", "v8/Leads", `{"data":[{"id":"`+id1+`","City":"x"}]}`)
}

func TestValuesOfOddKinds(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	event := `"Event_Title":"E","Start_DateTime":"2026-03-01T10:00:00+01:00","End_DateTime":"2026-03-01T11:00:00+01:00"`
	for sent, want := range map[string]string{
		`"Remind_At":"2026-03-01T08:00:00Z"`:                     `"Remind_At":"2026-03-01T09:00:00+01:00"`,
		`"Recurring_Activity":{"RRULE":"FREQ=DAILY"}`:            `"Recurring_Activity":{"RRULE":"FREQ=DAILY"}`,
		`"Remind_Participants":[{"unit":15,"period":"minutes"}]`: `"Remind_Participants":[{"unit":15,"period":"minutes"}]`,
		`"All_day":null`: `"All_day":false`,
		`"Layout":null`:  `"Layout":` + wholeJSON(t, o.crm.layoutRef(o.crm.schema.Module("Events"))),
	} {
		id := formatID(o.crm.lastID + 1)
		require.Equal(t, 201, o.call("POST", "v8/Events", `{"data":[{`+event+`,`+sent+`}]}`).Code, sent)
		field, _, _ := strings.Cut(strings.TrimPrefix(want, `"`), `"`)
		o.expect(200, rowsJSON(`{"id":"`+id+`",`+want+`}`), "GET", "v8/Events/"+id+"?fields="+field, "")
	}
	for sent, want := range map[string]string{
		`"Participants":"a@b.pt"`:  invalid("Participants", `,"expected_data_type":"jsonarray"`),
		`"Recurring_Activity":"x"`: invalid("Recurring_Activity", `,"expected_data_type":"jsonobject"`),
		`"Remind_At":"soon"`:       invalid("Remind_At", `,"expected_data_type":"datetime"`),
	} {
		o.expect(400, rowsJSON(want), "POST", "v8/Events", `{"data":[{`+event+`,`+sent+`}]}`)
	}
	require.Equal(t, 201, o.call("POST", "v8/Tasks", `{"data":[{"Subject":"T","Remind_At":"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-03-01T10:00:00+01:00"}]}`).Code)
}

func TestRichTextIsCutInLists(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	text := strings.Repeat("é", 600)
	id := o.seed("Service_Visits", map[string]any{"Name": "V", "Report": text})[0]
	assert.Equal(t, text[:1000], listRows(t, o.call("GET", "v8/Service_Visits?fields=Report", ""))[0]["Report"])
	assert.Equal(t, text, listRows(t, o.call("GET", "v8/Service_Visits/"+id, ""))[0]["Report"])
}
