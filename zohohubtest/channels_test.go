package zohohubtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func watchJSON(items ...string) string { return `{"watch":[` + strings.Join(items, ",") + `]}` }

const (
	subscribed   = "Successfully subscribed for actions-watch of the given module"
	resubscribed = "Successfully updated the subscribe details"
	hook         = `"notify_url":"https://app.example.com/hook"`
	inAnHour     = "2026-03-01T11:00:00+01:00"
)

// watchDone is the item of a channel that was written; events are JSON.
func watchDone(message string, events ...string) string {
	return `{"code":"SUCCESS","details":{"events":[` + strings.Join(events, ",") + `]},"message":"` + message + `","status":"success"}`
}

// watchEvent is what such an item says of a module.
func (o *testOrg) watchEvent(version, channel, module, expiry, conditions string) string {
	m := o.crm.schema.Module(module)
	more := ""
	if conditions != "" {
		more = `,"notification_condition":` + conditions
	}
	return `{"channel_expiry":"` + expiry + `","resource_uri":"http://127.0.0.1/crm/` + version + `/` + module + `","resource_id":"` + m.ID +
		`","resource_name":"` + module + `","channel_id":"` + channel + `"` + more + `}`
}

// watched is the item of a list; more are further JSON members, each with its comma.
func (o *testOrg) watched(channel, module, expiry, token, events, flags string) string {
	m := o.crm.schema.Module(module)
	return `{"channel_id":"` + channel + `","channel_expiry":"` + expiry + `","notify_url":"https://app.example.com/hook","token":` + token +
		`,"events":` + events + `,"fields":null,"resource_uri":"http://127.0.0.1/crm/v8/` + module + `","resource_id":"` + m.ID +
		`","resource_name":"` + module + `",` + flags + `}`
}

const plainFlags = `"notify_on_related_action":true,"return_affected_field_values":false,"notification_condition":[]`

func pageInfo(count int) string {
	return fmt.Sprintf(`"info":{"per_page":200,"count":%d,"page":1,"more_records":false}`, count)
}

func TestAChannelOfItsOwnFromPostToDelete(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	const at = "v8/actions/watch"
	o.expect(204, "", "GET", at, "")
	leads := func(expiry string) string { return o.watchEvent("v8", "1000000068001", "Leads", expiry, "[]") }
	o.expect(201, watchJSON(watchDone(subscribed, leads(inAnHour), o.watchEvent("v8", "1000000068001", "Deals", inAnHour, "[]"))), "POST", at,
		`{"watch":[{"channel_id":"1000000068001","events":["Leads.create","Deals.all","Leads.edit","Leads.edit"],`+hook+`,"token":"fake-token"}]}`)
	o.expect(201, watchJSON(watchDone(subscribed, o.watchEvent("v8", "7", "Leads", "2026-03-08T10:00:00+01:00", "[]"))), "POST", at,
		`{"watch":[{"channel_id":7,"events":["Leads.delete"],`+hook+`,"channel_expiry":"2026-03-08T10:00:00+01:00",`+
			`"notify_on_related_action":false,"return_affected_field_values":true}]}`)

	first := o.watched("1000000068001", "Leads", inAnHour, `"fake-token"`, `["Leads.create","Leads.edit"]`, plainFlags)
	second := o.watched("1000000068001", "Deals", inAnHour, `"fake-token"`, `["Deals.all"]`, plainFlags)
	third := o.watched("7", "Leads", "2026-03-08T10:00:00+01:00", "null", `["Leads.delete"]`,
		`"notify_on_related_action":false,"return_affected_field_values":true,"notification_condition":[]`)
	list := func(items ...string) string {
		return `{"watch":[` + strings.Join(items, ",") + `],` + pageInfo(len(items)) + `}`
	}
	o.expect(200, list(first, second, third), "GET", at, "")
	o.expect(200, list(third), "GET", at+"?channel_id=7", "")
	o.expect(200, list(second), "GET", at+"?module=Deals", "")
	o.expect(204, "", "GET", at+"?module=Contacts", "")
	o.expect(204, "", "GET", at+"?channel_id=8", "")
	o.expect(200, `{"watch":[`+second+`],"info":{"per_page":1,"count":1,"page":2,"more_records":true}}`, "GET", at+"?page=2&per_page=1", "")
	other := grant{Token: "1000.fake-access-token", Scopes: allScopes, UserID: brunoID}
	assert.Equal(t, 204, o.callAs(other, "GET", at, "").Code, "another user's are none")

	// PATCH adds, PUT replaces, _delete_events takes away.
	o.expect(200, watchJSON(watchDone(resubscribed, leads("2026-03-02T10:00:00+01:00"), o.watchEvent("v8", "1000000068001", "Deals", "2026-03-02T10:00:00+01:00", "[]"))),
		"PATCH", at, `{"watch":[{"channel_id":"1000000068001","events":["Leads.all"],"channel_expiry":"2026-03-02T10:00:00+01:00"}]}`)
	o.expect(200, watchJSON(watchDone("Successfully removed the subscribe details", leads("2026-03-02T10:00:00+01:00"))), "PATCH", at,
		`{"channel_id":"1000000068001","events":["Deals.all","Leads.edit"],"_delete_events":true}`)
	o.expect(200, list(o.watched("1000000068001", "Leads", "2026-03-02T10:00:00+01:00", `"fake-token"`, `["Leads.create","Leads.delete"]`, plainFlags)),
		"GET", at+"?channel_id=1000000068001", "")
	o.expect(200, watchJSON(watchDone(resubscribed, o.watchEvent("v8", "1000000068001", "Contacts", inAnHour, "[]"))), "PUT", at,
		`{"watch":[{"channel_id":"1000000068001","events":["Contacts.all"],`+hook+`}]}`)
	o.expect(200, list(o.watched("1000000068001", "Contacts", inAnHour, "null", `["Contacts.all"]`, plainFlags), third), "GET", at, "")
	o.expect(200, watchJSON(watchDone("Successfully removed the subscribe details")), "PATCH", at,
		`{"watch":[{"channel_id":"1000000068001","events":["Contacts.all"],"_delete_events":true}]}`)

	none := refusedJSON("NOT_SUBSCRIBED", "The given channel is not subscribed for actions-watch", `{}`)
	o.expect(400, watchJSON(none), "PATCH", at, `{"watch":[{"channel_id":"1000000068001","events":["Leads.all"]}]}`)
	o.expect(400, watchJSON(none), "PUT", at, `{"watch":[{"channel_id":"1000000068001","events":["Leads.all"],`+hook+`}]}`)
	gone := `{"code":"SUCCESS","details":{"resource_uri":"http://127.0.0.1/crm/v8/Leads","resource_id":"` + o.crm.schema.Module("Leads").ID +
		`","channel_id":"7"},"message":"Successfully un-subscribed from actions-watch","status":"success"}`
	assert.Equal(t, 400, o.callAs(other, "DELETE", at+"?channel_ids=7", "").Code)
	o.expect(207, watchJSON(none, gone), "DELETE", at+"?channel_ids=x,7", "")
	o.expect(204, "", "GET", at, "")
}

func TestAChannelEnds(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	enable := func(version, expiry string) int {
		body := `{"watch":[{"channel_id":"7","events":["Leads.all"],` + hook + `,"channel_expiry":` + expiry + `}]}`
		return o.call("POST", version+"/actions/watch", body).Code
	}
	now := time.Date(2026, time.March, 1, 10, 0, 0, 0, orgZone)
	for version, longest := range map[string]time.Duration{
		"v2": 24 * time.Hour, "v2.1": 24 * time.Hour, "v3": 24 * time.Hour,
		"v4": 7 * 24 * time.Hour, "v5": 7 * 24 * time.Hour, "v6": 7 * 24 * time.Hour, "v7": 7 * 24 * time.Hour, "v8": 7 * 24 * time.Hour,
	} {
		assert.Equal(t, 201, enable(version, `"`+formatTime(now.Add(longest))+`"`), version)
		refused := 400
		if version < "v3" {
			refused = 202
		}
		assert.Equal(t, refused, enable(version, `"`+formatTime(now.Add(longest+time.Second))+`"`), version)
		assert.Equal(t, refused, enable(version, `"`+formatTime(now)+`"`), version)
	}
	assert.Equal(t, 201, enable("v8", "null"))
	o.now = o.now.Add(time.Hour - time.Second)
	assert.Equal(t, 200, o.call("GET", "v8/actions/watch", "").Code)
	assert.Equal(t, 200, o.call("PATCH", "v8/actions/watch", `{"watch":[{"channel_id":"7","channel_expiry":"2026-03-01T12:00:00+01:00"}]}`).Code)
	o.now = o.now.Add(time.Hour)
	assert.Equal(t, 200, o.call("GET", "v8/actions/watch", "").Code)
	o.now = o.now.Add(2 * time.Second)
	assert.Equal(t, 204, o.call("GET", "v8/actions/watch", "").Code)
	assert.Equal(t, 400, o.call("PATCH", "v8/actions/watch", `{"watch":[{"channel_id":"7","channel_expiry":"2026-03-01T14:00:00+01:00"}]}`).Code, "it is gone")
}

func TestWhatAChannelIsRefusedFor(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	fault := func(code, message, name, more string) string {
		api, _, _ := strings.Cut(name[strings.LastIndexByte(name, '.')+1:], "[")
		return refusedJSON(code, message, `{"api_name":"`+api+`","json_path":"$.watch[0].`+name+`"`+more+`}`)
	}
	mandatory := func(name string) string { return fault("MANDATORY_NOT_FOUND", "required field not found", name, "") }
	invalid := func(name, more string) string { return fault("INVALID_DATA", "invalid data", name, more) }
	expected := func(name, kind string) string { return invalid(name, `,"expected_data_type":"`+kind+`"`) }
	dependee := func(name, on string) string {
		api, _, _ := strings.Cut(on, "[")
		return fault("DEPENDENT_FIELD_MISSING", "dependent field missing", name, `,"dependee":{"api_name":"`+api+`","json_path":"$.watch[0].`+on+`"}`)
	}
	condition := func(fields string) string {
		return `"notification_condition":[{"type":"field_selection","module":{"api_name":"Leads"},"field_selection":` + fields + `}]`
	}
	const leads = `"channel_id":"7","events":["Leads.all"],` + hook
	selection := "notification_condition[0].field_selection"
	field := `{"field":{"api_name":"Company"}}`
	for row, want := range map[string]string{
		`{}`:                                    mandatory("channel_id"),
		`{"channel_id":"x"}`:                    expected("channel_id", "bigint"),
		`{"channel_id":0}`:                      expected("channel_id", "bigint"),
		`{"channel_id":"99999999999999999999"}`: expected("channel_id", "bigint"),
		`{"channel_id":{}}`:                     expected("channel_id", "bigint"),
		`{"channel_id":"7"}`:                    mandatory("events"),
		`{"channel_id":"7","events":["Leads.all"]}`:                                                           mandatory("notify_url"),
		`{"channel_id":"7","events":"Leads.all",` + hook + `}`:                                                expected("events", "jsonarray"),
		`{"channel_id":"7","events":[],` + hook + `}`:                                                         invalid("events", `,"minimum_length":1`),
		`{"channel_id":"7","events":["Leads.all",7],` + hook + `}`:                                            expected("events[1]", "text"),
		`{"channel_id":"7","events":["Leads.all","Leads"],` + hook + `}`:                                      invalid("events[1]", ""),
		`{"channel_id":"7","events":["Leads.update"],` + hook + `}`:                                           invalid("events[0]", ""),
		`{"channel_id":"7","events":["leads.edit"],` + hook + `}`:                                             invalid("events[0]", ""),
		`{"channel_id":"7","events":["Notes.edit"],` + hook + `}`:                                             invalid("events[0]", ""),
		`{"channel_id":"7","events":["Specimen_Rows.edit"],` + hook + `}`:                                     invalid("events[0]", ""),
		`{"channel_id":"7","events":["Leads.all"],"notify_url":7}`:                                            expected("notify_url", "text"),
		`{"channel_id":"7","events":["Leads.all"],"notify_url":"/hook"}`:                                      invalid("notify_url", ""),
		`{"channel_id":"7","events":["Leads.all"],"notify_url":"ftp://x"}`:                                    invalid("notify_url", ""),
		`{"channel_id":"7","events":["Leads.all"],"notify_url":"https://x/` + strings.Repeat("é", 246) + `"}`: invalid("notify_url", `,"maximum_length":255`),
		`{` + leads + `,"token":7}`:                                                                           expected("token", "text"),
		`{` + leads + `,"token":"` + strings.Repeat("é", 51) + `"}`:                                           invalid("token", `,"maximum_length":50`),
		`{` + leads + `,"channel_expiry":"2026-03-01"}`:                                                       expected("channel_expiry", "datetime"),
		`{` + leads + `,"channel_expiry":"2026-03-01T10:30:00.5+01:00"}`:                                      expected("channel_expiry", "datetime"),
		`{` + leads + `,"channel_expiry":7}`:                                                                  expected("channel_expiry", "datetime"),
		`{` + leads + `,"channel_expiry":"2026-03-08T10:00:01+01:00"}`:                                        invalid("channel_expiry", ""),
		`{` + leads + `,"notify_on_related_action":"no"}`:                                                     expected("notify_on_related_action", "boolean"),
		`{` + leads + `,"return_affected_field_values":1}`:                                                    expected("return_affected_field_values", "boolean"),
		`{` + leads + `,"notification_condition":{}}`:                                                         expected("notification_condition", "jsonarray"),
		`{` + leads + `,"notification_condition":[7]}`:                                                        expected("notification_condition[0]", "jsonobject"),
		`{` + leads + `,"notification_condition":[{},{},{}]}`:                                                 invalid("notification_condition", `,"maximum_length":2`),
		`{` + leads + `,"notification_condition":[{}]}`:                                                       mandatory("notification_condition[0].type"),
		`{` + leads + `,"notification_condition":[{"type":"x","module":{"api_name":"Leads"},"field_selection":` + field + `}]}`: invalid(
			"notification_condition[0].type", `,"supported_values":["field_selection"]`),
		`{` + leads + `,"notification_condition":[{"type":"field_selection","module":"Leads","field_selection":` + field + `}]}`: expected(
			"notification_condition[0].module", "jsonobject"),
		`{` + leads + `,"notification_condition":[{"type":"field_selection","module":{"api_name":"X"},"field_selection":` + field + `}]}`: fault(
			"INVALID_DATA", "the module name given seems to be invalid", "notification_condition[0].module", ""),
		`{"channel_id":"7","events":["Leads.create"],` + hook + `,` + condition(field) + `}`: dependee("events", "notification_condition[0]"),
		`{` + leads + `,` + condition(`7`) + `}`:                                             expected(selection, "jsonobject"),
		`{` + leads + `,` + condition(`{}`) + `}`:                                            mandatory(selection + ".field"),
		`{` + leads + `,` + condition(`{"field":{"api_name":"X"}}`) + `}`:                    invalid(selection+".field", ""),
		`{` + leads + `,` + condition(`{"group_operator":"or","group":7}`) + `}`:             expected(selection+".group", "jsonarray"),
		`{` + leads + `,` + condition(`{"group_operator":"or","group":[]}`) + `}`:            invalid(selection+".group", `,"minimum_length":1`),
		`{` + leads + `,` + condition(`{"group":[`+field+`]}`) + `}`:                         mandatory(selection + ".group_operator"),
		`{` + leads + `,` + condition(`{"group_operator":"not","group":[`+field+`]}`) + `}`: invalid(
			selection+".group_operator", `,"supported_values":["and","or"]`),
		`{` + leads + `,` + condition(`{"group_operator":"or","group":[`+field+`,{"group_operator":"and","group":[7]}]}`) + `}`: expected(
			selection+".group[1].group[0]", "jsonobject"),
		`{` + leads + `,` + condition(`{"group_operator":"or","group":[`+strings.Repeat(field+",", 10)+field+`]}`) + `}`: invalid(selection, `,"maximum_length":10`),
		`7`: refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"watch","json_path":"$.watch[0]","expected_data_type":"jsonobject"}`),
	} {
		o.expect(400, watchJSON(want), "POST", "v8/actions/watch", `{"watch":[`+row+`]}`)
	}
	o.expect(204, "", "GET", "v8/actions/watch", "")

	o.expect(201, watchJSON(watchDone(subscribed, o.watchEvent("v5", "7", "Leads", inAnHour, ""))), "POST", "v5/actions/watch", `{"watch":[{`+leads+`,`+condition("7")+`}]}`)
	for row, want := range map[string]string{
		`{"channel_id":"7","_delete_events":true}`:                        dependee("events", "_delete_events"),
		`{"channel_id":"7","token":"` + strings.Repeat("x", 51) + `"}`:    invalid("token", `,"maximum_length":50`),
		`{"channel_id":"7","_delete_events":1,"events":["Leads.create"]}`: expected("_delete_events", "boolean"),
		`{"channel_id":"7","events":["X.create"]}`:                        invalid("events[0]", ""),
	} {
		o.expect(400, watchJSON(want), "PATCH", "v8/actions/watch", `{"watch":[`+row+`]}`)
	}
	o.expect(400, refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"watch","json_path":"$.watch"}`), "POST", "v8/actions/watch", `{}`)
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"watch","json_path":"$.watch","maximum_length":50}`), "POST", "v8/actions/watch",
		`{"watch":[`+strings.Repeat(`{},`, 50)+`{}]}`)
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"channel_ids"}`), "DELETE", "v8/actions/watch", "")
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":50,"param_name":"channel_ids"}`), "DELETE",
		"v8/actions/watch?channel_ids="+strings.Repeat("1,", 50)+"1", "")
	for path, want := range map[string]string{
		"?channel_id=x": refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"param_name":"channel_id"}`),
		"?page=0":       refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"param_name":"page"}`),
		"?module=X":     refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"module"}`),
	} {
		o.expect(400, want, "GET", "v8/actions/watch"+path, "")
	}
}

func TestWhoMayWatchAndHowOften(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	row := func(id, module string) string {
		return `{"channel_id":"` + id + `","events":["` + module + `.all"],` + hook + `}`
	}
	done := func(id, module string) string {
		return watchDone(subscribed, o.watchEvent("v8", id, module, inAnHour, "[]"))
	}
	limited := func(scopes ...string) grant {
		return grant{Token: "1000.fake-access-token", Scopes: scopes, UserID: defaultUserID}
	}
	post := func(g grant, rows ...string) (int, string) {
		w := o.callAs(g, "POST", "v8/actions/watch", `{"watch":[`+strings.Join(rows, ",")+`]}`)
		return w.Code, w.Body.String()
	}
	mismatch := refusedJSON("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", "{}")
	for _, g := range []grant{
		limited("ZohoCRM.modules.ALL"),
		limited("ZohoCRM.notifications.READ", "ZohoCRM.modules.ALL"),
		limited("ZohoCRM.notifications.ALL", "ZohoCRM.modules.leads.READ"),
	} {
		status, body := post(g, row("1", "Leads"), row("2", "Deals"))
		assert.Equal(t, 401, status)
		assert.JSONEq(t, mismatch, body)
	}
	status, body := post(limited("ZohoCRM.notifications.WRITE", "ZohoCRM.modules.leads.READ", "ZohoCRM.modules.deals.READ"), row("1", "Leads"), row("2", "Deals"))
	assert.Equal(t, 201, status)
	assert.JSONEq(t, watchJSON(done("1", "Leads"), done("2", "Deals")), body)

	// In one call, a channel is named once; what else is in the call is done.
	twice := refusedJSON("AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request",
		`{"ambiguity_due_to":[{"api_name":"channel_id","json_path":"$.watch[0].channel_id"},{"api_name":"channel_id","json_path":"$.watch[1].channel_id"}]}`)
	rows := `{"watch":[` + row("1", "Leads") + `,` + row("1", "Deals") + `]}`
	o.expect(207, watchJSON(done("1", "Leads"), twice), "POST", "v8/actions/watch", rows)
	o.crm.setFailureStatus(202)
	o.expect(202, watchJSON(done("1", "Leads"), twice), "POST", "v8/actions/watch", rows)

	expected := []string{}
	for _, name := range []string{
		"events", "notify_url", "token", "channel_expiry", "notify_on_related_action", "return_affected_field_values", "notification_condition",
	} {
		expected = append(expected, `{"api_name":"`+name+`","json_path":"$.watch[0].`+name+`"}`)
	}
	o.expect(202, watchJSON(refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field", `{"expected_fields":[`+strings.Join(expected, ",")+`]}`)),
		"PATCH", "v8/actions/watch", `{"watch":[{"channel_id":"1"}]}`)
}

func TestConditionsOfAChannelAreShownAsTheyWereSent(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	company, email := o.field("Leads", "Company"), o.field("Leads", "Email")
	leads := o.crm.schema.Module("Leads").ID
	ref := func(name, id string) string {
		return `{"field":{"api_name":"` + name + `","id":"` + id + `"},"group_operator":null,"group":null}`
	}
	shown := `[{"type":"field_selection","module":{"api_name":"Leads","id":"` + leads + `"},"field_selection":{"group_operator":"or","group":[` +
		ref("Company", company) + `,{"group_operator":"and","group":[` + ref("Email", email) + `,` + ref("Company", company) + `]}]}}]`
	o.expect(201, watchJSON(watchDone(subscribed, o.watchEvent("v6", "7", "Leads", inAnHour, shown), o.watchEvent("v6", "7", "Deals", inAnHour, "[]"))),
		"POST", "v6/actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.edit","Deals.edit"],`+hook+`,"notification_condition":`+shown+`}]}`)
	// What no event needs any more goes with it.
	o.expect(200, watchJSON(watchDone("Successfully removed the subscribe details", o.watchEvent("v8", "7", "Deals", inAnHour, "[]"))),
		"PATCH", "v8/actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.all"],"_delete_events":true}]}`)
	assert.Empty(t, o.crm.channelOf(defaultUserID, "7").conditions)
}
