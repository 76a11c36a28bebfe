package zohohubtest

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// flow is a process of leads: from none to contacted, on to qualified, or lost from anywhere.
func flow() Blueprint {
	return Blueprint{
		Name: "Flow", Field: "Lead_Status",
		Transitions: []Transition{
			{Name: "Contact", From: noState, To: "Contacted", Fields: []TransitionField{
				{Field: "Phone", Mandatory: true, Content: "With its country", Rule: &Condition{Field: "Phone", Comparator: "starts_with", Value: "+351"}, RuleMessage: "Portuguese numbers only"},
				{Field: "Rating"}, {Field: "Notes"},
			}},
			{
				Name: "Qualify", From: "Contacted", To: "Pre-Qualified",
				Criteria: &Condition{Field: "City", Comparator: "equal", Value: "Lisboa"}, Message: "Not in Lisboa",
				Fields: []TransitionField{{Field: "Notes", Mandatory: true}, {Field: "Attachments", Mandatory: true}, {Field: "CheckLists", Mandatory: true}},
			},
			{Name: "Lose", From: "Contacted", To: "Lost Lead"},
		},
	}
}

// inFlow is an organisation with that process, and a lead in it.
func inFlow(t *testing.T, change func(*Blueprint)) (o *testOrg, ids []string, at string) {
	t.Helper()
	o = newOrg(t)
	b := flow()
	if change != nil {
		change(&b)
	}
	ids, err := o.crm.addBlueprint("Leads", b)
	require.NoError(t, err)
	return o, ids, "v8/Leads/" + o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
}

const (
	transitDone  = `{"code":"SUCCESS","details":{},"message":"transition updated successfully","status":"success"}`
	notInProcess = `{"code":"RECORD_NOT_IN_PROCESS","details":{},"message":"record not in process","status":"error"}`
	noTransition = `{"code":"INVALID_DATA","details":{},"message":"invalid transition","status":"error"}`
)

func transit(id, data string) string {
	return `{"blueprint":[{"transition_id":"` + id + `","data":` + data + `}]}`
}

func transitFault(code, message, name, expected, info string) string {
	return refusedJSON(code, message, `{"api_name":"`+name+`","message":"`+message+`","expected_data_type":"`+expected+`","info_message":"`+info+`","parent_api_name":""}`)
}

// shownBlueprint is the answer of GET.
type shownBlueprint struct {
	Blueprint struct {
		ProcessInfo map[string]any   `json:"process_info"`
		Transitions []map[string]any `json:"transitions"`
	} `json:"blueprint"`
}

func (o *testOrg) blueprint(at string) (b shownBlueprint) {
	o.t.Helper()
	w := o.call("GET", at+"/actions/blueprint", "")
	require.Equal(o.t, 200, w.Code, "%s", w.Body)
	require.NoError(o.t, json.Unmarshal(w.Body.Bytes(), &b))
	return b
}

func (o *testOrg) value(at, field string) any {
	o.t.Helper()
	var answer struct{ Data []map[string]any }
	require.NoError(o.t, json.Unmarshal(o.call("GET", at, "").Body.Bytes(), &answer))
	return answer.Data[0][field]
}

func TestBlueprintShown(t *testing.T) {
	t.Parallel()
	o, ids, at := inFlow(t, nil)
	b := o.blueprint(at)
	field := o.crm.schema.Module("Leads").Field("Lead_Status")
	none := field.JSON("v8")["pick_list_values"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{
		"id": b.Blueprint.ProcessInfo["id"], "name": "Flow", "field_id": field.ID, "api_name": "Lead_Status", "field_label": "Lead Status",
		"field_name": "Lead Status", "field_value": "-None-", "column_name": "LEAD_STATUS", "is_continuous": false, "continuous": false,
		"escalation": nil, "current_picklist": map[string]any{"colour_code": nil, "id": none["id"], "value": "-None-"},
	}, b.Blueprint.ProcessInfo)
	require.Len(t, b.Blueprint.Transitions, 1)
	contact := b.Blueprint.Transitions[0]
	fields := contact["fields"].([]any)
	delete(contact, "fields")
	assert.Equal(t, map[string]any{
		"id": ids[0], "name": "Contact", "type": "manual", "next_field_value": "Contacted", "criteria_matched": true, "criteria_message": nil,
		"percent_partial_save": 0.0, "execution_time": nil, "sequence": 1.0, "parent_transition": nil,
		"color_code": transitionColor, "text_color_code": transitionTextColor,
		"data": map[string]any{"Phone": nil, "Rating": nil, "Notes": nil},
		"next_transitions": []any{
			map[string]any{"id": ids[1], "name": "Qualify", "criteria_matched": false, "type": "manual"},
			map[string]any{"id": ids[2], "name": "Lose", "criteria_matched": true, "type": "manual"},
		},
	}, contact)
	assert.Regexp(t, `^\d{19}$`, ids[0])
	require.Len(t, fields, 3)
	phone, note := fields[0].(map[string]any), fields[2].(map[string]any)
	for key, want := range map[string]any{
		"api_name": "Phone", "data_type": "phone", "json_type": "string", "mandatory": true, "display_label": "Phone", "_type": "used",
		"personality_name": "Leads", "transition_sequence": 1.0, "content": "With its country", "validation_rule": "(Phone:starts_with:+351)",
		"system_mandatory": false, "pick_list_values": []any{}, "layouts": map[string]any{"id": o.crm.schema.Module("Leads").LayoutID(), "name": "Standard"},
	} {
		assert.Equal(t, want, phone[key], key)
	}
	assert.Len(t, fields[1].(map[string]any)["pick_list_values"], 6)
	assert.Equal(t, []any{"Notes", "textarea", false, nil}, []any{note["api_name"], note["data_type"], note["mandatory"], note["read_only"]})
	for key := range phone {
		assert.Contains(t, note, key)
	}

	// What the record does not meet is shown, with its reason.
	o.expect(200, transitDone, "PUT", at+"/actions/blueprint", transit(ids[0], `{"Phone":"+351 1"}`))
	b = o.blueprint(at)
	require.Len(t, b.Blueprint.Transitions, 2)
	qualify := b.Blueprint.Transitions[0]
	assert.Equal(t, []any{false, "Not in Lisboa", []any{}}, []any{qualify["criteria_matched"], qualify["criteria_message"], qualify["next_transitions"]})
	o.expect(400, noTransition, "PUT", at+"/actions/blueprint", transit(ids[1], `{}`))
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, ids, at := inFlow(t, nil)
			at = name + strings.TrimPrefix(at, "v8")
			put := func(status int, want, body string) {
				t.Helper()
				o.expect(status, want, "PUT", at+"/actions/blueprint", body)
			}
			put(400, transitFault("MANDATORY_NOT_FOUND", "required field not found", "Phone", "phone", "Portuguese numbers only"), transit(ids[0], `{"Notes":"lost"}`))
			put(400, transitFault("INVALID_DATA", "invalid data", "Phone", "phone", "Portuguese numbers only"), transit(ids[0], `{"Phone":7}`))
			put(400, transitFault("INVALID_DATA", "invalid data", "Phone", "phone", "Portuguese numbers only"), transit(ids[0], `{"Phone":"+49 1"}`))
			put(400, transitFault("INVALID_DATA", "invalid data", "Rating", "text", ""), transit(ids[0], `{"Phone":"+351 1","Rating":["Active"],"Notes":"lost"}`))
			put(400, transitFault("INVALID_DATA", "invalid data", "Notes", "string", ""), transit(ids[0], `{"Phone":"+351 1","Notes":["lost"]}`))
			put(400, transitFault("INVALID_DATA", "invalid data", "Email", "email", ""), transit(ids[0], `{"Phone":"+351 1","Email":"x"}`))
			assert.Nil(t, o.value(at, "Phone"))
			assert.Nil(t, o.value(at, "Rating"))
			o.expect(204, "", "GET", at+"/Notes?fields=Note_Content", "")

			// The state cannot be said; the id may be a number.
			put(200, transitDone, `{"blueprint":[{"transition_id":`+ids[0]+`,"data":{"Phone":"+351 1","Lead_Status":"Lost Lead","Notes":"why"}}]}`)
			assert.Equal(t, "Contacted", o.value(at, "Lead_Status"))
			assert.Equal(t, "+351 1", o.value(at, "Phone"))
			w := o.call("GET", at+"/Notes?fields=Note_Content", "")
			assert.Contains(t, w.Body.String(), `"Note_Content":"why"`)
			put(400, noTransition, transit(ids[0], `{}`))
			put(400, noTransition, transit("5725767000099999999", `{}`))

			// At the end the record is through.
			put(200, transitDone, `{"blueprint":[{"transition_id":"`+ids[2]+`"}]}`)
			assert.Equal(t, "Lost Lead", o.value(at, "Lead_Status"))
			o.expect(v.failed, notInProcess, "GET", at+"/actions/blueprint", "")
			put(v.failed, notInProcess, transit(ids[2], `{}`))
			o.expect(200, rowsJSON(updatedJSON(at[len(at)-19:])), "PUT", at, `{"data":[{"Lead_Status":"Junk Lead"}]}`)
		})
	}
}

// TestMandatoryParts: what a record has counts; notes, files and check lists have to be sent.
func TestMandatoryParts(t *testing.T) {
	t.Parallel()
	o, ids, at := inFlow(t, nil)
	put := func(status int, want, body string) {
		t.Helper()
		o.expect(status, want, "PUT", at+"/actions/blueprint", body)
	}
	o.expect(200, rowsJSON(updatedJSON(at[len(at)-19:])), "PUT", at, `{"data":[{"Phone":"+351 2","City":"Lisboa"}]}`)
	put(400, transitFault("MANDATORY_NOT_FOUND", "required field not found", "Phone", "phone", "Portuguese numbers only"), transit(ids[0], `{"Phone":null}`))
	assert.Equal(t, map[string]any{"Phone": "+351 2", "Rating": nil, "Notes": nil}, o.blueprint(at).Blueprint.Transitions[0]["data"])
	put(200, transitDone, transit(ids[0], `{}`))

	var uploaded struct {
		Data []struct{ Details struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal(o.upload("v8/files", part{"file", "a.txt", "A"}, part{"file", "b.txt", "B"}).Body.Bytes(), &uploaded))
	a, b := uploaded.Data[0].Details.ID, uploaded.Data[1].Details.ID
	missing := func(name string) string {
		return transitFault("MANDATORY_NOT_FOUND", "required field not found", name, "", "")
	}
	bad := func(name, expected string) string {
		return transitFault("INVALID_DATA", "invalid data", name, expected, "")
	}
	const checked = `"CheckLists":[{"title":"Papers","items":[{"passport":true},{"visa":true}]}]`
	files := `"Attachments":{"$file_id":["` + a + `"]}`
	for data, want := range map[string]string{
		`{}`:                          missing("Notes"),
		`{"Notes":""}`:                missing("Notes"),
		`{"Notes":"n"}`:               missing("Attachments"),
		`{"Notes":"n",` + files + `}`: missing("CheckLists"),
		`{"Notes":"n",` + files + `,"CheckLists":[{"passport":true},{"visa":false}]}`: missing("CheckLists"),
		`{"CheckLists":{"passport":true}}`:                                            bad("CheckLists", "jsonarray"),
		`{"CheckLists":[{}]}`:                                                         bad("CheckLists", "jsonarray"),
		`{"CheckLists":[{"passport":"yes"}]}`:                                         bad("CheckLists", "jsonarray"),
		`{"CheckLists":[{"items":["passport"]}]}`:                                     bad("CheckLists", "jsonarray"),
		`{"Attachments":"` + a + `"}`:                                                 bad("Attachments", "jsonobject"),
		`{"Attachments":{"$file_id":[]}}`:                                             bad("Attachments", "jsonobject"),
		`{"Attachments":{"$file_id":["none"]}}`:                                       bad("Attachments", "jsonobject"),
		`{"Attachments":{"$file_id":"` + a + `","$link_url":"x"}}`:                    bad("Attachments", "jsonobject"),
		`{"Attachments":[{"$link_url":""}]}`:                                          bad("Attachments", "jsonobject"),
		`{"Notes":"` + strings.Repeat("x", 65_536) + `"}`:                             bad("Notes", "string"),
	} {
		put(400, want, transit(ids[1], data))
	}
	put(200, transitDone, transit(ids[1], `{"Notes":"n","Attachments":[{"$file_id":"`+a+`"},{"$file_id":["`+b+`"]},{"$link_url":"www.zoho.com"}],`+checked+`}`))
	assert.Equal(t, "Pre-Qualified", o.value(at, "Lead_Status"))
	hung := o.crm.attachmentFiles("Leads", at[len(at)-19:])
	require.Len(t, hung, 3)
	content, err := hung[1].Open()
	require.NoError(t, err)
	defer content.Close()
	text, err := io.ReadAll(content)
	require.NoError(t, err)
	assert.Equal(t, "B", string(text))
	assert.Equal(t, "www.zoho.com", hung[2].URL)
	// The upload is not the attachment's alone.
	assert.Equal(t, 200, o.call("DELETE", at+"/Attachments/"+hung[0].ID, "").Code)
	assert.Equal(t, "A", o.call("GET", "v8/files?id="+a, "").Body.String())
	assert.Len(t, o.crm.notesAt(o.crm.schema.Module("Leads"), at[len(at)-19:]), 1)
}

func TestBlueprintBodies(t *testing.T) {
	t.Parallel()
	o, ids, at := inFlow(t, nil)
	missing := refusedJSON("MANDATORY_NOT_FOUND", "mandatory param missing",
		`{"api_name":"transition_id","message":"","expected_data_type":"bigint","info_message":"","parent_api_name":""}`)
	for body, want := range map[string]string{
		``:                                     refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`),
		`{}`:                                   refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"blueprint","json_path":"$.blueprint"}`),
		`{"blueprint":{}}`:                     refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"blueprint","json_path":"$.blueprint","expected_data_type":"jsonarray"}`),
		`{"blueprint":[7]}`:                    refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"blueprint","json_path":"$.blueprint[0]","expected_data_type":"jsonobject"}`),
		`{"blueprint":[{}]}`:                   missing,
		`{"blueprint":[{"transition_id":""}]}`: missing,
		`{"blueprint":[{"transition_id":"` + ids[0] + `"},{"transition_id":"` + ids[0] + `"}]}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"blueprint","json_path":"$.blueprint","maximum_length":1}`),
		transit(ids[0], `[]`): transitFault("INVALID_DATA", "invalid data", "data", "jsonobject", ""),
	} {
		o.expect(400, want, "PUT", at+"/actions/blueprint", body)
	}
	badID := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`)
	o.expect(400, badID, "GET", "v8/Leads/1/actions/blueprint", "")
	o.expect(400, badID, "PUT", "v8/Leads/x/actions/blueprint", transit(ids[0], `{}`))
	o.expect(400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "POST", at+"/actions/blueprint", "")
	reader := grant{Scopes: []string{"ZohoCRM.modules.leads.READ"}, UserID: defaultUserID}
	assert.Equal(t, 200, o.callAs(reader, "GET", at+"/actions/blueprint", "").Code)
	assert.Equal(t, 401, o.callAs(reader, "PUT", at+"/actions/blueprint", transit(ids[0], `{"Phone":"+351"}`)).Code)
	writer := grant{Scopes: []string{"ZohoCRM.modules.leads.WRITE"}, UserID: defaultUserID}
	assert.Equal(t, 200, o.callAs(writer, "PUT", at+"/actions/blueprint", transit(ids[0], `{"Phone":"+351"}`)).Code)
}

func TestEnteringABlueprint(t *testing.T) {
	t.Parallel()
	o, _, _ := inFlow(t, func(b *Blueprint) { b.Entry = &Condition{Field: "Company", Comparator: "equal", Value: "Acme"} })
	_, err := o.crm.addBlueprint("Leads", Blueprint{
		Name: "Any", Field: "Rating", Continuous: true, Transitions: []Transition{{Name: "Go", To: "Active"}, {Name: "Stop", To: "Shut Down"}},
		Entry: &Condition{Field: "City", Comparator: "equal", Value: "Porto"},
	})
	require.NoError(t, err)
	in := func(id, process string) {
		t.Helper()
		if process == "" {
			o.expect(400, notInProcess, "GET", "v8/Leads/"+id+"/actions/blueprint", "")
			assert.Equal(t, false, o.value("v8/Leads/"+id, "$process_flow"))
			return
		}
		assert.Equal(t, process, o.blueprint("v8/Leads/" + id).Blueprint.ProcessInfo["name"])
		assert.Equal(t, true, o.value("v8/Leads/"+id, "$process_flow"))
	}
	create := func(row, trigger string) (id string) {
		t.Helper()
		w := o.call("POST", "v8/Leads", `{"data":[{"Last_Name":"Doe",`+row+`}]`+trigger+`}`)
		require.Equal(t, 201, w.Code, "%s", w.Body)
		var answer struct {
			Data []struct{ Details struct{ ID string } }
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		return answer.Data[0].Details.ID
	}
	in(create(`"City":"Faro"`, ``), "")
	in(create(`"Company":"Acme","City":"Porto"`, ``), "Flow")
	in(create(`"City":"Porto"`, `,"trigger":["workflow","blueprint"]`), "Any")
	in(create(`"Company":"Acme","Lead_Status":"Junk Lead"`, ``), "Flow") // a state that it does not know
	in(create(`"Company":"Acme","Lead_Status":"Lost Lead"`, ``), "")     // through already
	for _, trigger := range []string{`,"trigger":[]`, `,"trigger":["workflow"]`} {
		id := create(`"Company":"Acme"`, trigger)
		in(id, "")
		row := `{"data":[{"id":"` + id + `","Last_Name":"Roe"}]`
		for _, method := range [][2]string{{"PUT", "v8/Leads"}, {"POST", "v8/Leads/upsert"}} {
			assert.Equal(t, 200, o.call(method[0], method[1], row+trigger+`}`).Code)
			in(id, "")
		}
		assert.Equal(t, 200, o.call("PUT", "v8/Leads", row+`}`).Code)
		in(id, "Flow")
	}
	in(o.seed("Leads", map[string]any{"Last_Name": "Doe", "City": "Porto"})[0], "Any")

	// Another record with the id of one that was.
	again := o.seed("Leads", map[string]any{"Last_Name": "Doe", "City": "Porto"})[0]
	assert.Equal(t, 200, o.call("DELETE", "v8/Leads/"+again, "").Code)
	in(o.seed("Leads", map[string]any{"id": again, "Last_Name": "Doe"})[0], "")

	// Any state leads on but to itself.
	id := create(`"City":"Porto","Rating":"Active"`, ``)
	b := o.blueprint("v8/Leads/" + id)
	require.Len(t, b.Blueprint.Transitions, 1)
	assert.Equal(t, "Stop", b.Blueprint.Transitions[0]["name"])
	assert.Equal(t, true, b.Blueprint.ProcessInfo["is_continuous"])
}

// TestTheStateIsHeld: in a process the state's field changes by transitions alone.
func TestTheStateIsHeld(t *testing.T) {
	t.Parallel()
	o, _, at := inFlow(t, nil)
	id := at[len(at)-19:]
	held := rowsJSON(refusedJSON("RECORD_IN_BLUEPRINT", "The record is in blue print", `{"id":"`+id+`"}`))
	o.expect(400, held, "PUT", at, `{"data":[{"Lead_Status":"Contacted","City":"Faro"}]}`)
	o.expect(400, held, "PUT", "v8/Leads", `{"data":[{"id":"`+id+`","Lead_Status":"Contacted"}],"trigger":[]}`)
	o.expect(202, held, "PUT", "v2/Leads", `{"data":[{"id":"`+id+`","Lead_Status":"Contacted"}]}`)
	w := o.call("POST", "v8/Leads/upsert", `{"data":[{"id":"`+id+`","Lead_Status":"Contacted"}]}`)
	assert.Equal(t, 400, w.Code)
	assert.Nil(t, o.value(at, "City"))
	// A record that is sent back as it was is no change.
	o.expect(200, rowsJSON(updatedJSON(id)), "PUT", at, `{"data":[{"Lead_Status":null,"City":"Faro"}]}`)
}

func TestPartialTransitions(t *testing.T) {
	t.Parallel()
	o, ids, at := inFlow(t, func(b *Blueprint) { b.SavesPartially = true })
	o.expect(200, `{"code":"SUCCESS","details":{},"message":"transition saved partially","status":"success"}`,
		"PUT", at+"/actions/blueprint", transit(ids[0], `{"Rating":"Active","Notes":"lost","Lead_Status":"Lost Lead"}`))
	assert.Nil(t, o.value(at, "Lead_Status"))
	contact := o.blueprint(at).Blueprint.Transitions[0]
	assert.Equal(t, map[string]any{"Phone": nil, "Rating": "Active", "Notes": nil}, contact["data"])
	assert.InDelta(t, 66.7, contact["percent_partial_save"], 0.1)
	o.expect(204, "", "GET", at+"/Notes?fields=Note_Content", "")
	o.expect(200, transitDone, "PUT", at+"/actions/blueprint", transit(ids[0], `{"Phone":"+351"}`))
	assert.Equal(t, "Active", o.value(at, "Rating"))
}

func TestNoSuchBlueprint(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for want, change := range map[string]func(*Blueprint){
		"the blueprint has no name":        func(b *Blueprint) { b.Name = "" },
		`Leads has no picklist "City"`:     func(b *Blueprint) { b.Field = "City" },
		"the blueprint has no transitions": func(b *Blueprint) { b.Transitions = nil },
		"a transition has no name":         func(b *Blueprint) { b.Transitions[0].Name = "" },
		`there are two transitions "Lose"`: func(b *Blueprint) { b.Transitions[1].Name = "Lose" },
		`Lead_Status does not have the states of the transition "Lose", "Contacted" and "Gone"`: func(b *Blueprint) { b.Transitions[2].To = "Gone" },
		`Lead_Status does not have the states of the transition "Lose", "Gone" and "Lost Lead"`: func(b *Blueprint) { b.Transitions[2].From = "Gone" },
		`the transition "Contact" cannot ask for the field "Nothing"`:                           func(b *Blueprint) { b.Transitions[0].Fields[0].Field = "Nothing" },
		`the transition "Contact" cannot ask for the field "Lead_Status"`:                       func(b *Blueprint) { b.Transitions[0].Fields[0].Field = "Lead_Status" },
		`the transition "Contact" cannot ask for the field "Created_By"`:                        func(b *Blueprint) { b.Transitions[0].Fields[0].Field = "Created_By" },
		"there is no such comparator":                                                           func(b *Blueprint) { b.Entry = &Condition{Field: "City", Comparator: "like", Value: "x"} },
		`the transition "Qualify": `:                                                            func(b *Blueprint) { b.Transitions[1].Criteria.Comparator = "like" },
		`the transition "Contact": `:                                                            func(b *Blueprint) { b.Transitions[0].Fields[0].Rule.Comparator = "like" },
	} {
		b := flow()
		change(&b)
		func() {
			defer func() {
				text, _ := recover().(string)
				assert.Contains(t, text, "zohohubtest: AddBlueprint: ")
				assert.Contains(t, text, want)
			}()
			s.AddBlueprint("Leads", b)
		}()
	}
	assert.Panics(t, func() { s.AddBlueprint("Leeds", flow()) })
	assert.Len(t, s.AddBlueprint("Leads", flow()), 3)
	id := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	assert.Equal(t, id, s.Records("Leads")[0]["id"])
	assert.Equal(t, true, s.Records("Leads")[0]["$process_flow"])
}
