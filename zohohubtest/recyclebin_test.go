package zohohubtest

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func recycledJSON(items ...string) string {
	return `{"recycle_bin":[` + strings.Join(items, ",") + `]}`
}

func recycledDone(id, message string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"` + message + `","status":"success"}`
}

func notRecycled(id string) string {
	return refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"`+id+`"}`)
}

const anyBin = "v8/settings/recycle_bin"

// recycledIDs are the ids that a list of the recycle bin has, in order.
func (o *testOrg) recycledIDs(query string) []string {
	o.t.Helper()
	body := o.call("GET", anyBin+query, "").Body.String()
	ids := []string{}
	for _, part := range strings.Split(body, `"id":"5725767`)[1:] {
		ids = append(ids, "5725767"+part[:strings.Index(part, `"`)])
	}
	return ids
}

// emptyBin deletes for good what was deleted.
func (o *testOrg) emptyBin() {
	o.t.Helper()
	assert.Equal(o.t, 200, o.call("POST", anyBin+"/actions/empty", "").Code)
}

func TestRecycleBin(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.expect(204, "", "GET", anyBin, "")
	o.expect(200, `{"count":0}`, "GET", anyBin+"/actions/count", "")
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Owner": map[string]any{"id": brunoID}})[0]
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Roe"})[0]
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+lead, "").Code)
	o.now = o.now.Add(time.Minute)
	require.Equal(t, 200, o.call("DELETE", "v8/Contacts/"+contact, "").Code)
	row := func(id, name, module, owner, at string) string {
		return `{"id":"` + id + `","display_name":"` + name + `","module":{"api_name":"` + module + `","id":"` + o.crm.schema.Module(module).ID + `"},
			"owner":` + owner + `,"deleted_by":` + anaRef + `,"deleted_time":"` + at + `"}`
	}
	first := row(lead, "Doe", "Leads", `{"name":"Bruno Costa","id":"`+brunoID+`"}`, testTime)
	second := row(contact, "Roe", "Contacts", anaRef, "2026-03-01T10:01:00+01:00")
	info := func(perPage, count, page int, more bool) string {
		return fmt.Sprintf(`],"info":{"per_page":%d,"count":%d,"page":%d,"more_records":%t}}`, perPage, count, page, more)
	}
	o.expect(200, `{"recycle_bin":[`+second+`,`+first+info(200, 2, 1, false), "GET", anyBin, "")
	o.expect(200, `{"recycle_bin":[`+first+info(1, 1, 2, false), "GET", anyBin+"?per_page=1&page=2", "")
	o.expect(200, `{"recycle_bin":[`+first+`,`+second+info(200, 2, 1, false), "GET", anyBin+"?sort_by=display_name&sort_order=asc", "")
	o.expect(200, `{"recycle_bin":[`+first+`,`+second+info(200, 2, 1, false), "GET", anyBin+"?sort_order=asc", "")
	assert.Len(t, o.recycledIDs("?sort_by=deleted_by"), 2)
	o.expect(200, `{"recycle_bin":[`+first+info(200, 1, 1, false), "GET", anyBin+"?ids="+lead+"&filters=whatever", "")
	o.expect(200, `{"recycle_bin":[`+first+info(200, 1, 1, false), "GET", anyBin+"/"+lead, "")
	o.expect(204, "", "GET", anyBin+"/5", "")
	o.expect(200, `{"count":2}`, "GET", anyBin+"/actions/count", "")
	for query, name := range map[string]string{"?page=0": "page", "?sort_by=owner": "sort_by", "?sort_order=up": "sort_order", "?ids=x": "ids"} {
		o.expect(400, badParam(name), "GET", anyBin+query, "")
	}
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v6"}`), "GET", "v5/settings/recycle_bin", "")
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v8"}`), "POST", "v7/settings/recycle_bin/actions/restore", `{}`)
	// Sixty days later nothing is left to restore.
	o.now = o.now.Add(60*24*time.Hour - time.Minute)
	assert.Equal(t, []string{contact}, o.recycledIDs(""))
	o.now = o.now.Add(time.Minute)
	o.expect(204, "", "GET", anyBin, "")
	o.expect(400, recycledJSON(notRecycled(lead)), "POST", anyBin+"/"+lead+"/actions/restore", "")
}

func TestRecycleFilters(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	doe, roe := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0], o.seed("Contacts", map[string]any{"Last_Name": "Roe"})[0]
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+doe, "").Code)
	o.now = o.now.Add(time.Hour)
	require.Equal(t, 200, o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "DELETE", "v8/Contacts/"+roe, "").Code)
	both, none := []string{roe, doe}, []string{}
	for _, test := range []struct {
		field, comparator, value string
		want                     []string
	}{
		{"module", "equal", `"Leads"`, []string{doe}}, {"module", "not_equal", `"Leads"`, []string{roe}}, {"module", "equal", `"Deals"`, none},
		{"display_name", "equal", `"doe"`, []string{doe}}, {"display_name", "not_equal", `"Doe"`, []string{roe}},
		{"display_name", "contains", `"o"`, both}, {"display_name", "not_contains", `"r"`, []string{doe}},
		{"display_name", "starts_with", `"R"`, []string{roe}}, {"display_name", "ends_with", `"OE"`, both},
		{"deleted_by", "equal", `[{"id":"` + brunoID + `"}]`, []string{roe}}, {"deleted_by", "not_equal", `[{"id":"` + brunoID + `"}]`, []string{doe}},
		{"deleted_by", "starts_with", `"Ana"`, []string{doe}},
		{"deleted_time", "greater_than", `"` + testTime + `"`, []string{roe}}, {"deleted_time", "less_than", `"2026-03-01T10:00:01+01:00"`, []string{doe}},
		{"deleted_time", "equal", `"2026-03-01T09:00:00+00:00"`, []string{doe}}, {"deleted_time", "not_equal", `"` + testTime + `"`, []string{roe}},
	} {
		condition := `{"field":{"api_name":"` + test.field + `"},"comparator":"` + test.comparator + `","value":` + test.value + `}`
		for _, filter := range []string{condition, `{"group":[` + condition + `]}`, `{"group_operator":"AND","group":[` + condition + `,{"field":{"api_name":"display_name"},"comparator":"contains","value":"oe"}]}`} {
			assert.Equal(t, test.want, o.recycledIDs("?filters="+url.QueryEscape(filter)), filter)
		}
	}
	bad := func(path, message, more string) string {
		return refusedJSON("INVALID_DATA", message, `{"api_name":"filters","json_path":"$.filters`+path+`","param_name":"filters"`+more+`}`)
	}
	for filter, want := range map[string]string{
		`{`:                                   bad("", "invalid data", `,"expected_data_type":"jsonobject"`),
		`[]`:                                  bad("", "invalid data", `,"expected_data_type":"jsonobject"`),
		`{"group_operator":"or","group":[]}`:  bad(".group_operator", "The given group operator not supported. Only 'AND' operator is supported", ""),
		`{"group_operator":"and","group":[]}`: bad(".group", "invalid data", `,"expected_data_type":"jsonarray"`),
		`{"group":[7]}`:                       bad(".group[0].field.api_name", "The given api_name seems to be invalid", ""),
		`{"field":{"api_name":"owner"},"comparator":"equal","value":"x"}`:          bad(".field.api_name", "The given api_name seems to be invalid", ""),
		`{"field":{"api_name":"module"},"comparator":"contains","value":"x"}`:      bad(".comparator", "Please provide a valid comparator", ""),
		`{"field":{"api_name":"module"},"comparator":"equal","value":7}`:           bad(".value", "invalid data", ""),
		`{"field":{"api_name":"deleted_time"},"comparator":"equal","value":"now"}`: bad(".value", "invalid data", ""),
	} {
		o.expect(400, want, "GET", anyBin+"?filters="+url.QueryEscape(filter), "")
	}
	leads := `{"field":{"api_name":"module"},"comparator":"equal","value":"Leads"}`
	o.expect(202, recycledJSON(`{"code":"SCHEDULED","details":{},"message":"Bulk restoration of records based on filters has been scheduled","status":"success"}`),
		"POST", anyBin+"/actions/restore", `{"filters":`+leads+`}`)
	require.Equal(t, 200, o.call("GET", "v8/Leads/"+doe, "").Code)
	assert.Equal(t, []string{roe}, o.recycledIDs(""))
	o.expect(400, bad("", "invalid data", `,"expected_data_type":"jsonobject"`), "POST", anyBin+"/actions/restore", `{"filters":"x"}`)
	o.expect(400, bad("", "invalid data", `,"expected_data_type":"jsonobject"`), "DELETE", anyBin+"?filters=x", "")
	o.expect(202, recycledJSON(`{"code":"SCHEDULED","details":{},"message":"Bulk deletion of records based on filters has been scheduled","status":"success"}`),
		"DELETE", anyBin+"?filters="+url.QueryEscape(strings.Replace(leads, "Leads", "Contacts", 1)), "")
	o.expect(204, "", "GET", anyBin, "")
	assert.Contains(t, o.call("GET", "v8/Contacts/deleted", "").Body.String(), `"type":"permanent"`)
}

// TestRestoring: a record comes back as it was, with what hung on it.
func TestRestoring(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	account := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Roe", "Account_Name": map[string]any{"id": account}})[0]
	moved := o.seed("Contacts", map[string]any{"Last_Name": "Poe", "Account_Name": map[string]any{"id": account}})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	specimen := o.seed("Specimens", map[string]any{"Name": "S", "Account": map[string]any{"id": account}, "Products": []any{map[string]any{"Products": map[string]any{"id": product}}}})[0]
	require.Equal(t, 201, o.call("POST", "v8/Accounts/"+account+"/Notes", `{"data":[{"Note_Title":"T","Note_Content":"C"}]}`).Code)
	require.Equal(t, 200, o.call("POST", "v8/Accounts/"+account+"/actions/add_tags", `{"tags":[{"name":"vip"}]}`).Code)
	before := o.crm.records("Accounts")[0]
	note := o.crm.records("Notes")[0]["id"].(string)

	require.Equal(t, 200, o.call("DELETE", "v8/Accounts/"+account, "").Code)
	o.expect(200, rowsJSON(`{"id":"`+contact+`","Account_Name":null}`), "GET", "v8/Contacts/"+contact+"?fields=Account_Name", "")
	other := o.seed("Accounts", map[string]any{"Account_Name": "Other"})[0]
	require.Equal(t, 200, o.call("PUT", "v8/Contacts/"+moved, `{"data":[{"Account_Name":{"id":"`+other+`"}}]}`).Code)
	assert.ElementsMatch(t, []string{account, note}, o.recycledIDs(""))
	o.expect(400, recycledJSON(refusedJSON("CANNOT_RESTORE_WITHOUT_PARENT", "cannot restore the record without its parent", `{"id":"`+note+`"}`)), "POST", anyBin+"/"+note+"/actions/restore", "")
	o.now = o.now.Add(time.Hour)
	o.expect(207, recycledJSON(recycledDone(note, "record restored"), notRecycled("5"), recycledDone(account, "record restored")),
		"POST", anyBin+"/actions/restore", `{"ids":["`+note+`","5","`+account+`"]}`)
	assert.Equal(t, before, o.crm.records("Accounts")[0])
	assert.Len(t, o.crm.records("Notes"), 1)
	o.expect(200, rowsJSON(`{"id":"`+contact+`","Account_Name":{"name":"Acme","id":"`+account+`"}}`), "GET", "v8/Contacts/"+contact+"?fields=Account_Name", "")
	o.expect(200, rowsJSON(`{"id":"`+moved+`","Account_Name":{"name":"Other","id":"`+other+`"}}`), "GET", "v8/Contacts/"+moved+"?fields=Account_Name", "")
	o.expect(204, "", "GET", anyBin, "")
	o.expect(204, "", "GET", "v8/Accounts/deleted", "")

	// What links it with others comes back with it.
	require.Equal(t, 200, o.call("DELETE", "v8/Specimens/"+specimen, "").Code)
	assert.Empty(t, o.crm.records("Specimens_X_Products"))
	o.expect(202, recycledJSON(`{"code":"SCHEDULED","details":{},"message":"Bulk restoration of records based on filters has been scheduled","status":"success"}`),
		"POST", anyBin+"/actions/restore", `{"restore_all_records":true}`)
	assert.Len(t, o.crm.records("Specimens_X_Products"), 1)
	assert.Len(t, o.crm.records("Specimens")[0]["Products"], 1)
	// And again.
	require.Equal(t, 200, o.call("DELETE", "v8/Specimens/"+specimen, "").Code)
	require.Equal(t, 200, o.call("POST", anyBin+"/"+specimen+"/actions/restore", "").Code)
	assert.Len(t, o.crm.records("Specimens")[0]["Products"], 1)

	place := func(name string) string { return `{"api_name":"` + name + `","json_path":"$.` + name + `"}` }
	at := func(path, more string) string {
		name, _, _ := strings.Cut(path, "[")
		return refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"`+name+`","json_path":"$.`+path+`"`+more+`}`)
	}
	for body, want := range map[string]string{
		``: refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`),
		`{"restore_all_records":false}`: refusedJSON("EXPECTED_FIELD_MISSING", "One of the expected field is missing",
			`{"expected_fields":[`+place("ids")+`,`+place("filters")+`,`+place("restore_all_records")+`]}`),
		`{"ids":["5"],"restore_all_records":true}`:     refusedJSON("AMBIGUITY_DURING_PROCESSING", "ambiguity during processing", `{"ambiguity_due_to":[`+place("ids")+`,`+place("restore_all_records")+`]}`),
		`{"restore_all_records":"true"}`:               at("restore_all_records", `,"expected_data_type":"boolean"`),
		`{"ids":"5"}`:                                  at("ids", `,"expected_data_type":"jsonarray"`),
		`{"ids":[{}]}`:                                 at("ids[0]", `,"expected_data_type":"bigint"`),
		`{"ids":[` + strings.Repeat("5,", 200) + `5]}`: at("ids", `,"maximum_length":200`),
	} {
		o.expect(400, want, "POST", anyBin+"/actions/restore", body)
	}
}

// TestRestoredFiles: attachments and the photo outlive the deletion, and nothing outlives the recycle bin.
func TestRestoredFiles(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	lead := c.server.Seed("Leads", map[string]any{"Last_Name": "Doe", "Record_Image": "5c0ffee"})[0]
	attachment := c.server.SeedAttachment("Leads", lead, "a.txt", strings.NewReader("hello"))
	at := "v8/Leads/" + lead
	for range 2 {
		c.call(200, "DELETE", at, "")
		assert.Empty(t, c.server.crm.attached)
		c.call(200, "POST", anyBin+"/"+lead+"/actions/restore", "")
		assert.Equal(t, "hello", c.call(200, "GET", at+"/Attachments/"+attachment, ""))
		assert.NotEmpty(t, c.call(200, "GET", at+"/photo", ""))
	}
	blob := c.server.crm.attached[mustID(t, attachment)].blob
	c.call(200, "DELETE", at, "")
	assert.JSONEq(t, recycledJSON(recycledDone(lead, "Deleted permanently")), c.call(200, "DELETE", anyBin+"/"+lead, ""))
	assert.False(t, blob.hold(), "nobody has it any more")
	c.call(400, "POST", anyBin+"/"+lead+"/actions/restore", "")
	assert.Contains(t, c.call(200, "GET", "v8/Leads/deleted?type=permanent", ""), lead)
}

func mustID(t *testing.T, text string) int64 {
	t.Helper()
	id, ok := parseID(text)
	require.True(t, ok)
	return id
}

func TestEmptyingTheRecycleBin(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"}, map[string]any{"Last_Name": "C"})
	require.Equal(t, 201, o.call("POST", "v8/Leads/"+ids[0]+"/Notes", `{"data":[{"Note_Title":"T"}]}`).Code)
	require.Equal(t, 200, o.call("DELETE", "v8/Leads?ids="+strings.Join(ids, ","), "").Code)
	o.expect(207, recycledJSON(recycledDone(ids[0], "record deleted"), notRecycled("5")), "DELETE", anyBin+"?ids="+ids[0]+",5", "")
	assert.ElementsMatch(t, ids[1:], o.recycledIDs(""), "its note went with it")
	o.expect(400, recycledJSON(notRecycled(ids[0])), "DELETE", anyBin+"/"+ids[0], "")
	o.expect(400, refusedJSON("EXPECTED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_names":["ids","filters"]}`), "DELETE", anyBin, "")
	assert.Contains(t, o.call("DELETE", anyBin+"?ids=1&filters=x", "").Body.String(), "AMBIGUITY_DURING_PROCESSING")
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":100,"param_name":"ids"}`), "DELETE", anyBin+"?ids="+strings.Repeat("1,", 101), "")
	o.expect(200, `{"code":"SUCCESS","details":{},"message":"recyclebin is cleared","status":"success"}`, "POST", anyBin+"/actions/empty", "")
	o.expect(204, "", "GET", anyBin, "")
	o.expect(400, recycledJSON(notRecycled(ids[1])), "POST", anyBin+"/"+ids[1]+"/actions/restore", "")
	assert.Equal(t, 3, strings.Count(o.call("GET", "v8/Leads/deleted?type=permanent", "").Body.String(), `"permanent"`))

	// More than a thousand are the background's affair.
	require.NoError(t, o.crm.seedFunc("Leads", 1001, func(int) map[string]any { return map[string]any{"Last_Name": "Doe"} }))
	for range 11 {
		var some []string
		for _, r := range o.crm.records("Leads") {
			some = append(some, r["id"].(string))
			if len(some) == 100 {
				break
			}
		}
		require.Equal(t, 200, o.call("DELETE", "v8/Leads?ids="+strings.Join(some, ","), "").Code)
	}
	o.expect(200, `{"count":1001}`, "GET", anyBin+"/actions/count", "")
	o.expect(202, `{"code":"SCHEDULED","details":{},"message":"Empty bin action has been scheduled","status":"success"}`, "POST", anyBin+"/actions/empty", "")
	o.expect(204, "", "GET", anyBin, "")
}

func TestRecycleBinScopes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	only := func(scope string) grant { return grant{Scopes: []string{scope}, UserID: defaultUserID} }
	for _, test := range []struct{ method, path, scope string }{
		{"GET", anyBin, "READ"}, {"GET", anyBin + "/5", "READ"}, {"GET", anyBin + "/actions/count", "READ"},
		{"DELETE", anyBin, "DELETE"}, {"DELETE", anyBin + "/5", "DELETE"},
		{"POST", anyBin + "/actions/restore", "UPDATE"}, {"POST", anyBin + "/5/actions/restore", "UPDATE"}, {"POST", anyBin + "/actions/empty", "UPDATE"},
	} {
		assert.NotEqual(t, 401, o.callAs(only(recycleScope+test.scope), test.method, test.path, "").Code, "%s %s", test.method, test.path)
		assert.Equal(t, 401, o.callAs(only(recycleScope+"CREATE"), test.method, test.path, "").Code, "%s %s", test.method, test.path)
	}
}
