package zohohubtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestActivityValues(t *testing.T) {
	t.Parallel()
	const (
		alarm = "FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+05:30"
		rule  = "FREQ=DAILY;INTERVAL=10;UNTIL=2026-08-14;DTSTART=2026-07-03"
		event = `"Event_Title":"E","Start_DateTime":"2026-03-01T10:00:00+01:00","End_DateTime":"2026-03-01T11:00:00+01:00"`
		task  = `"Subject":"T"`
		late  = `"Subject":"C","Call_Type":"Outbound","Call_Start_Time":"2099-01-01T00:00:00+00:00"`
		past  = `"Subject":"C","Call_Type":"Outbound","Call_Start_Time":"2020-01-01T00:00:00+00:00"`
	)
	c := newAPI(t)
	lead := c.create("v8/Leads", `{"Last_Name":"Doe","Email":"doe@example.com"}`)
	for name, test := range map[string]struct{ module, row, field, sent, shown, refused string }{
		"alarm":                     {"Tasks", task, "Remind_At", `{"ALARM":"` + alarm + `","x":1}`, `{"ALARM":"` + alarm + `"}`, ""},
		"alarm as text":             {"Tasks", task, "Remind_At", `"` + alarm + `"`, `{"ALARM":"` + alarm + `"}`, ""},
		"alarm of a call":           {"Calls", late + `,"Call_Duration":"00:00"`, "Remind_At", `{"ALARM":"FREQ=DAILY;ACTION=EMAILANDPOPUP;TRIGGER=-PT15M"}`, `{"ALARM":"FREQ=DAILY;ACTION=EMAILANDPOPUP;TRIGGER=-PT15M"}`, ""},
		"alarm without action":      {"Tasks", task, "Remind_At", `{"ALARM":"FREQ=NONE;TRIGGER=-PT15M"}`, "", badValue("Remind_At.ALARM")},
		"alarm without trigger":     {"Tasks", task, "Remind_At", `{"ALARM":"FREQ=NONE;ACTION=POPUP"}`, "", badValue("Remind_At.ALARM")},
		"alarm without offset":      {"Tasks", task, "Remind_At", `"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00"`, "", badValue("Remind_At")},
		"alarm that is a word":      {"Tasks", task, "Remind_At", `"soon"`, "", badValue("Remind_At")},
		"alarm without its key":     {"Tasks", task, "Remind_At", `{"alarm":"x"}`, "", missing("Remind_At.ALARM")},
		"alarm of another kind":     {"Tasks", task, "Remind_At", `5`, "", badType("Remind_At", "jsonobject")},
		"no alarm":                  {"Tasks", task, "Remind_At", `null`, `null`, ""},
		"event reminder":            {"Events", event, "Remind_At", `"2026-03-01T08:00:00Z"`, `"2026-03-01T09:00:00+01:00"`, ""},
		"event reminder, an object": {"Events", event, "Remind_At", `{"ALARM":"` + alarm + `"}`, "", badType("Remind_At", "datetime")},
		"recurring":                 {"Tasks", task, "Recurring_Activity", `{"RRULE":"` + rule + `"}`, `{"RRULE":"` + rule + `"}`, ""},
		"recurring but on": {
			"Events", event, "Recurring_Activity", `{"RRULE":"` + rule + `;BYDAY=MO","EXDATE":"2026-07-13,2026-07-23"}`, `{"RRULE":"` + rule + `;BYDAY=MO","EXDATE":"2026-07-13,2026-07-23"}`, "",
		},
		"recurring without a rule": {"Tasks", task, "Recurring_Activity", `{"EXDATE":"2026-07-13"}`, "", missing("Recurring_Activity.RRULE")},
		"recurring never":          {"Tasks", task, "Recurring_Activity", `{"RRULE":"FREQ=NONE"}`, "", badValue("Recurring_Activity.RRULE")},
		"recurring at odd times":   {"Tasks", task, "Recurring_Activity", `{"RRULE":"FREQ=SOMETIMES"}`, "", badValue("Recurring_Activity.RRULE")},
		"recurring at no interval": {"Tasks", task, "Recurring_Activity", `{"RRULE":"FREQ=DAILY;INTERVAL=0"}`, "", badValue("Recurring_Activity.RRULE")},
		"recurring until whenever": {"Tasks", task, "Recurring_Activity", `{"RRULE":"FREQ=DAILY;UNTIL=20260814"}`, "", badValue("Recurring_Activity.RRULE")},
		"recurring but whenever":   {"Tasks", task, "Recurring_Activity", `{"RRULE":"FREQ=DAILY","EXDATE":"2026-07-13,x"}`, "", badValue("Recurring_Activity.EXDATE")},
		"reminders":                {"Events", event, "Remind_Participants", `[{"unit":15,"period":"minutes"},{"unit":1,"period":"days","time":"09:30"}]`, `[{"unit":15,"period":"minutes"},{"unit":1,"period":"days","time":"09:30"}]`, ""},
		"no reminders":             {"Events", event, "Remind_Participants", `[]`, `null`, ""},
		"reminder of odd period":   {"Events", event, "Remind_Participants", `[{"unit":1,"period":"moons"}]`, "", badWord("Remind_Participants[0].period", `["minutes","hours","days","weeks"]`)},
		"reminder without period":  {"Events", event, "Remind_Participants", `[{"unit":1}]`, "", missing("Remind_Participants[0].period")},
		"reminder as text":         {"Events", event, "Remind_Participants", `[{"unit":"1","period":"days"}]`, "", badType("Remind_Participants[0].unit", "integer")},
		"reminder afterwards":      {"Events", event, "Remind_Participants", `[{"unit":-1,"period":"days"}]`, "", badValue("Remind_Participants[0].unit")},
		"reminder at odd time":     {"Events", event, "Remind_Participants", `[{"unit":1,"period":"days","time":"noon"}]`, "", badValue("Remind_Participants[0].time")},
		"reminder, one":            {"Events", event, "Remind_Participants", `{"unit":1,"period":"days"}`, "", badType("Remind_Participants", "jsonarray")},
		"participant of no kind":   {"Events", event, "Participants", `[{"type":"ghost","participant":"x"}]`, "", badWord("Participants[0].type", `["email","contact","lead","user"]`)},
		"participant of no name":   {"Events", event, "Participants", `[{"type":"email"}]`, "", missing("Participants[0].participant")},
		"participant twice": {
			"Events", event, "Participants", `[{"type":"email","participant":"a@b.pt"},{"type":"email","participant":"A@b.pt"}]`, "",
			at("DUPLICATE_DATA", "duplicate data", "Participants[1].participant", ""),
		},
		"participant's address":  {"Events", event, "Participants", `[{"type":"email","participant":"nobody"}]`, "", badType("Participants[0].participant", "email")},
		"participant unknown":    {"Events", event, "Participants", `[{"type":"user","participant":"` + brunoID + `"},{"type":"contact","participant":"` + lead + `"}]`, "", unknownID("Participants[1].participant")},
		"participant as text":    {"Events", event, "Participants", `["a@example.com"]`, "", badType("Participants[0]", "jsonobject")},
		"participant as a list":  {"Events", event, "Participants", `"a@example.com"`, "", badType("Participants", "jsonarray")},
		"no participants":        {"Events", event, "Participants", `null`, `[]`, ""},
		"call":                   {"Calls", past, "Call_Duration", `"120:05"`, `"120:05"`, ""},
		"call without duration":  {"Calls", past, "Call_Duration", `null`, "", missing("Call_Duration")},
		"call of seconds":        {"Calls", past, "Call_Duration", `125`, "", badValue("Call_Duration")},
		"call of odd duration":   {"Calls", past, "Call_Duration", `"02:60"`, "", badValue("Call_Duration")},
		"call that took no time": {"Calls", past, "Call_Duration", `"00:00"`, "", badValue("Call_Duration")},
		"call to come":           {"Calls", late, "Call_Duration", `"00:00"`, `"00:00"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c.in(t)
			row := `{` + test.row + `,"` + test.field + `":` + test.sent + `}`
			if test.refused != "" {
				c.refuses("POST", "v8/"+test.module, row, test.refused)
				return
			}
			path := "v8/" + test.module + "/" + c.create("v8/"+test.module, row)
			c.shows(test.shown, path, test.field)
			c.update(path, `{"`+test.field+`":`+test.shown+`}`)
			c.shows(test.shown, path, test.field)
		})
	}
}

func TestParticipants(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	lead, contact := c.create("v8/Leads", `{"Last_Name":"Doe","Email":"doe@example.com"}`), c.create("v8/Contacts", `{"Last_Name":"Roe"}`)
	path := "v8/Events/" + c.create("v8/Events", `{"Event_Title":"E","Start_DateTime":"`+testTime+`","End_DateTime":"`+testTime+`","Participants":[
		{"type":"email","participant":"a@example.com"},{"type":"lead","participant":"`+lead+`","invited":true,"status":"accepted"},
		{"type":"contact","participant":"`+contact+`"},{"type":"user","participant":"`+brunoID+`"}]}`)
	rows := c.rows(path, "Participants")
	row := func(i int, kind, participant string, name, email any, invited bool, status string) map[string]any {
		return map[string]any{"id": rows[i]["id"], "type": kind, "participant": participant, "name": name, "Email": email, "invited": invited, "status": status}
	}
	assert.Equal(t, []map[string]any{
		row(0, "email", "a@example.com", nil, "a@example.com", false, "not_known"), row(1, "lead", lead, "Doe", "doe@example.com", true, "accepted"),
		row(2, "contact", contact, "Roe", nil, false, "not_known"), row(3, "user", brunoID, "Bruno Costa", "bruno.costa@example.com", false, "not_known"),
	}, rows)
	c.update("v8/Leads/"+lead, `{"Last_Name":"Poe"}`)
	// The list is replaced; who stays keeps the row.
	c.update(path, `{"Participants":[{"type":"lead","participant":"`+lead+`"},{"type":"email","participant":"b@example.com"}]}`)
	again := c.rows(path, "Participants")
	assert.Equal(t, []any{2, rows[1]["id"], "Poe"}, []any{len(again), again[0]["id"], again[0]["name"]})
	c.update(path, `{"Participants":`+wholeJSON(t, c.field(path, "Participants"))+`}`)
	assert.Equal(t, again, c.rows(path, "Participants"))
}

func TestWhoAndWhat(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	lead, contact, acme := c.create("v8/Leads", `{"Last_Name":"Doe"}`), c.create("v8/Contacts", `{"Last_Name":"Roe"}`), c.create("v8/Accounts", `{"Account_Name":"Acme"}`)
	for module, rest := range map[string]string{
		"Tasks":  `"Subject":"T"`,
		"Events": `"Event_Title":"E","Start_DateTime":"` + testTime + `","End_DateTime":"` + testTime + `"`,
		"Calls":  `"Subject":"C","Call_Type":"Missed","Call_Start_Time":"` + testTime + `","Call_Duration":"00:20"`,
	} {
		path := "v8/" + module + "/" + c.create("v8/"+module, `{`+rest+`,"Who_Id":{"id":"`+lead+`"},"What_Id":{"id":"`+acme+`"},"$se_module":"Accounts"}`)
		c.shows(`{"name":"Doe","id":"`+lead+`"}`, path, "Who_Id")
		c.shows(`{"name":"Acme","id":"`+acme+`"}`, path, "What_Id")
		c.shows(`"Accounts"`, path, "$se_module")
		c.update(path, `{"Who_Id":{"id":"`+contact+`"}}`)
		c.shows(`{"name":"Roe","id":"`+contact+`"}`, path, "Who_Id")
		c.refuses("PUT", path, `{"Who_Id":{"id":"`+acme+`"}}`, unknownID("Who_Id"))
		c.refuses("PUT", path, `{"What_Id":{"id":"`+acme+`"}}`, missing("$se_module"))
		c.refuses("PUT", path, `{"What_Id":{"id":"`+acme+`"},"$se_module":"Deals"}`, unknownID("What_Id"))
	}
	c.update("v8/Accounts/"+acme, `{"Account_Name":"Acme SA"}`)
	c.shows(`{"name":"Acme SA","id":"`+acme+`"}`, "v8/Tasks", "What_Id")
	c.call(200, "DELETE", "v8/Accounts/"+acme, "")
	c.shows(`null`, "v8/Tasks", "What_Id")
}

func TestSecondsOfACall(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	id := c.create("v8/Calls", `{"Subject":"C","Call_Type":"Inbound","Call_Start_Time":"`+testTime+`","Call_Duration":"02:05","Call_Duration_in_seconds":1}`)
	for _, version := range []string{"v2", "v2.1"} {
		c.shows(`125`, version+"/Calls/"+id, "Call_Duration_in_seconds")
		assert.Contains(t, c.call(200, "GET", version+"/settings/fields?module=Calls", ""), "Call_Duration_in_seconds")
	}
	for _, version := range []string{"v3", "v8"} {
		for _, path := range []string{"/Calls/" + id, "/settings/fields?module=Calls", "/Calls/" + id + "?fields=Call_Duration_in_seconds"} {
			assert.NotContains(t, c.call(200, "GET", version+path, ""), "Call_Duration_in_seconds")
		}
	}
	c.update("v8/Calls/"+id, `{"Call_Duration":"00:59"}`)
	c.shows(`59`, "v2/Calls/"+id, "Call_Duration_in_seconds")
	// A call that was planned has begun: it is not written to without saying how long it took.
	late := c.create("v8/Calls", `{"Subject":"C","Call_Type":"Outbound","Call_Start_Time":"`+formatTime(time.Now().Add(time.Hour))+`","Call_Duration":"00:00"}`)
	c.server.Advance(2 * time.Hour)
	c.header = signed(c.server.Token().AccessToken)
	c.refuses("PUT", "v8/Calls/"+late, `{"Subject":"D"}`, badValue("Call_Duration"))
	c.update("v8/Calls/"+late, `{"Subject":"D","Call_Duration":"00:01"}`)
	assert.NotContains(t, c.call(200, "GET", "v8/Calls/"+late, ""), "seconds")
}
