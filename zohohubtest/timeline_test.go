package zohohubtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// happened are the events of a timeline, in words: action and what it was done to.
func (o *testOrg) happened(path string) (events []string, info map[string]any) {
	o.t.Helper()
	w := o.call("GET", path, "")
	if w.Code == 204 {
		assert.Empty(o.t, w.Body.String())
		return nil, nil
	}
	require.Equal(o.t, 200, w.Code, "%s: %s", path, w.Body)
	var answer struct {
		Timeline []struct {
			Action string
			Record struct {
				Name   any
				Module struct {
					APIName string `json:"api_name"`
				}
			}
		} `json:"__timeline"`
		Info map[string]any
	}
	require.NoError(o.t, json.Unmarshal(w.Body.Bytes(), &answer))
	for _, e := range answer.Timeline {
		events = append(events, fmt.Sprintf("%s %s %v", e.Action, e.Record.Module.APIName, e.Record.Name))
	}
	return events, answer.Info
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe", "City": "Porto"})[0]
	module := o.crm.schema.Module("Leads")
	o.now = o.now.Add(time.Hour)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead, `{"data":[{"City":"Lisboa","Lead_Status":"Contacted","No_of_Employees":5}]}`).Code)
	self := `{"id":"` + lead + `","name":"Doe","module":{"api_name":"Leads","id":"` + module.ID + `"}}`
	event := func(id, at, action, history, more string) string {
		return `{"id":"` + id + `","audited_time":"` + at + `","action":"` + action + `","source":"crm_api","automation_details":null,"record":` + self +
			`,"related_record":null,"field_history":` + history + `,"done_by":` + anaRef + more + `}`
	}
	change := func(name, before, after, more string) string {
		return `{"api_name":"` + name + `","id":"` + module.Field(name).ID + `","_value":{"old":` + before + `,"new":` + after + `}` + more + `}`
	}
	const first, second = "5725767900000000001", "5725767900000000002"
	info := `"info":{"per_page":200,"page":1,"count":2,"more_records":false,"next_page_token":null,"previous_page_token":null}`
	history := `[` + change("Lead_Status", "null", `"Contacted"`, "") + `,` + change("No_of_Employees", "null", `"5"`, "") + `,` + change("City", `"Porto"`, `"Lisboa"`, "") + `]`
	updated := event(first, "2026-03-01T11:00:00+01:00", "updated", history, "")
	added := event(second, testTime, "added", "null", "")
	o.expect(200, `{"__timeline":[`+updated+`,`+added+`],`+info+`}`, "GET", "v8/Leads/"+lead+"/__timeline", "")
	o.expect(200, `{"__timeline":[`+added+`,`+updated+`],`+info+`}`, "GET", "v8/Leads/"+lead+"/__timeline?sort_by=audited_time&sort_order=asc", "")

	var answer struct {
		Timeline []map[string]any `json:"__timeline"`
	}
	w := o.call("GET", "v8/Leads/"+lead+"/__timeline?include_timeline_type=signals&include=extension,type&include_inner_details="+
		"field_history.data_type,field_history.field_label,field_history.enable_colour_code,field_history.pick_list_values,done_by.profile,done_by.type__s", "")
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	e := answer.Timeline[0]
	assert.Contains(t, e, "extension")
	assert.Equal(t, "timeline", e["type"])
	by := e["done_by"].(map[string]any)
	assert.Equal(t, "Administrator", by["profile"].(map[string]any)["name"])
	assert.Equal(t, "Regular User", by["type__s"])
	status := e["field_history"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"picklist", "Lead Status", false}, []any{status["data_type"], status["field_label"], status["enable_colour_code"]})
	assert.NotEmpty(t, status["pick_list_values"])

	// An update that changes nothing has not happened.
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead, `{"data":[{"City":"Lisboa"}]}`).Code)
	events, _ := o.happened("v8/Leads/" + lead + "/__timeline")
	assert.Len(t, events, 2)
}

func TestTimelineOfWhatBelongsToARecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Roe"})[0]
	account := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	require.Equal(t, 201, o.call("POST", "v8/Leads/"+lead+"/Notes", `{"data":[{"Note_Title":"N","Note_Content":"C"}]}`).Code)
	require.Equal(t, 200, o.upload("v8/Leads/"+lead+"/Attachments", part{"file", "a.txt", "A"}).Code)
	require.Equal(t, 201, o.call("POST", "v8/Tasks", `{"data":[{"Subject":"T","What_Id":{"id":"`+lead+`"},"$se_module":"Leads"}]}`).Code)
	require.Equal(t, 201, o.call("POST", "v8/Calls", `{"data":[{"Subject":"C","Call_Type":"Inbound","Call_Start_Time":"`+testTime+`","Call_Duration":"1:00",`+
		`"What_Id":{"id":"`+account+`"},"$se_module":"Accounts","Who_Id":{"id":"`+contact+`"}}]}`).Code)
	for _, body := range []string{
		`add_tags {"tags":[{"name":"a"}]}`, `add_tags {"tags":[{"name":"b"}],"over_write":true}`, `add_tags {"tags":[{"name":"c"}]}`, `remove_tags {"tags":[{"name":"b"}]}`,
	} {
		action, json, _ := strings.Cut(body, " ")
		require.Equal(t, 200, o.call("POST", "v8/Leads/"+lead+"/actions/"+action, json).Code)
	}
	require.Equal(t, 200, o.call("POST", "v8/Leads/"+lead+"/actions/send_mail", `{"data":[`+mailJSON("")+`]}`).Code)
	at := "v8/Leads/" + lead + "/__timeline"
	events, _ := o.happened(at)
	assert.Equal(t, []string{
		"added Emails Hello", "tag_removed Leads Doe", "tag_added Leads Doe", "tags_overwritten Leads Doe", "tag_added Leads Doe", "added Tasks T",
		"added Attachments a.txt", "added Notes N", "added Leads Doe",
	}, events)
	events, _ = o.happened("v8/Contacts/" + contact + "/__timeline")
	assert.Equal(t, []string{"added Calls C", "added Contacts Roe"}, events)
	events, _ = o.happened("v8/Accounts/" + account + "/__timeline")
	assert.Equal(t, []string{"added Calls C", "added Accounts Acme"}, events)

	// What goes with a record is not told of it.
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+lead, "").Code)
	o.expect(400, notRelatedParent, "GET", at, "")
}

func TestTimelineValues(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	account := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	id := o.seed("Specimens", map[string]any{"Name": "S", "Sizes": []any{"S"}, "Active": true})[0]
	require.Equal(t, 200, o.call("PUT", "v8/Specimens/"+id, `{"data":[{"Sizes":["S","M"],"Active":false,"Account":{"id":"`+account+`"},"Price":12.5,"Rows":[{"Label":"x"}]}]}`).Code)
	w := o.call("GET", "v8/Specimens/"+id+"/__timeline", "")
	var answer struct {
		Timeline []struct {
			History []struct {
				Name  string                 `json:"api_name"`
				Value struct{ Old, New any } `json:"_value"`
			} `json:"field_history"`
		} `json:"__timeline"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	got := map[string][2]any{}
	for _, h := range answer.Timeline[0].History {
		got[h.Name] = [2]any{h.Value.Old, h.Value.New}
	}
	assert.Equal(t, [2]any{"S", "S, M"}, got["Sizes"])
	assert.Equal(t, [2]any{"true", "false"}, got["Active"])
	assert.Equal(t, [2]any{nil, "Acme"}, got["Account"])
	assert.Equal(t, "12.5", got["Price"][1])
	assert.Equal(t, [2]any{nil, nil}, got["Rows"])
}

func TestTimelineSources(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/crm/v8/Leads": "crm_api", "/crm/v8/Leads/1/actions/convert": "convert", "/crm/v8/Leads/actions/mass_update": "mass_update",
		"/crm/v8/Leads/1/actions/blueprint": "blueprint", "/crm/v8/Leads/1/actions/merge": "findandmerge",
	} {
		o := newOrg(t)
		r := o.get(path)
		assert.Equal(t, want, sourceOf(&request{http: r}))
	}
}

func TestTimelinePages(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	for i := range 6 {
		require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead, `{"data":[{"Last_Name":"`+fmt.Sprint(i)+`"}]}`).Code)
	}
	at := "v8/Leads/" + lead + "/__timeline"
	token := func(info map[string]any, which string) string {
		return url.QueryEscape(info[which+"_page_token"].(string))
	}
	page := func(info map[string]any) []any {
		return []any{info["page"], info["count"], info["per_page"], info["more_records"], info["next_page_token"] != nil, info["previous_page_token"] != nil}
	}
	_, first := o.happened(at + "?per_page=3")
	assert.Equal(t, []any{1., 3., 3., true, true, false}, page(first))
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead, `{"data":[{"Last_Name":"later"}]}`).Code)
	events, second := o.happened(at + "?page_token=" + token(first, "next"))
	assert.Len(t, events, 3)
	assert.Equal(t, []any{2., 3., 3., true, true, true}, page(second))
	events, third := o.happened(at + "?page_token=" + token(second, "next"))
	assert.Equal(t, []string{"added Leads later"}, events, "it is called what it is called now")
	assert.Equal(t, []any{3., 1., 3., false, false, true}, page(third))
	_, back := o.happened(at + "?page_token=" + token(third, "previous"))
	assert.Equal(t, page(second), page(back))
	_, back = o.happened(at + "?page_token=" + token(second, "previous"))
	assert.EqualValues(t, 3, back["count"])
	_, byNumber := o.happened(at + "?per_page=3&page=3")
	assert.Equal(t, []any{3., 2., 3., false, false, true}, page(byNumber))
	events, _ = o.happened(at + "?per_page=3&page=4")
	assert.Empty(t, events)

	next := token(first, "next")
	mismatch := refusedJSON("TOKEN_BOUND_DATA_MISMATCH", "The page_token given seems to be invalid or input param is added or altered or deleted", `{"param_name":"page_token"}`)
	o.expect(400, mismatch, "GET", at+"?page_token="+next+"&sort_order=asc", "")
	o.expect(400, mismatch, "GET", at+"?page_token=x", "")
	o.expect(400, ambiguity("per_page", "page_token"), "GET", at+"?per_page=3&page_token="+next, "")
	o.expect(400, ambiguity("page", "page_token"), "GET", at+"?page=3&page_token="+next, "")
	o.now = o.now.Add(24 * time.Hour)
	o.expect(400, refusedJSON("EXPIRED_VALUE", "Page token expired", `{"api_name":"page_token","json_path":"$.query.page_token"}`), "GET", at+"?page_token="+next, "")
}

func TestTimelineFilters(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	o.now = o.now.Add(time.Hour)
	require.Equal(t, 201, o.call("POST", "v8/Leads/"+lead+"/Notes", `{"data":[{"Note_Title":"N"}]}`).Code)
	at := "v8/Leads/" + lead + "/__timeline?filters="
	cond := func(field, comparator, value string) string {
		return `{"field":{"api_name":"` + field + `"},"comparator":"` + comparator + `","value":` + value + `}`
	}
	group := func(operator string, all ...string) string {
		return `{"group_operator":"` + operator + `","group":[` + strings.Join(all, ",") + `]}`
	}
	notes, ana, nobody := cond("record.module.api_name", "equal", `"Notes"`), cond("done_by.id", "in", `["`+defaultUserID+`"]`), cond("done_by.id", "equal", `"7"`)
	for filter, want := range map[string]string{
		notes: "N", ana: "N Doe", nobody: "",
		cond("record.module.api_name", "in", `["Tasks","Notes"]`):                                    "N",
		cond("source", "equal", `"crm_api"`):                                                         "N Doe",
		cond("source", "in", `["crm_ui"]`):                                                           "",
		cond("audited_time", "between", `["2026-03-01T10:30:00+01:00","2026-03-01T11:00:00+01:00"]`): "N",
		cond("audited_time", "between", `["2026-03-01T08:00:00+00:00","2026-03-01T10:30:00+01:00"]`): "Doe",
		group("AND", notes, ana):                                                                     "N", group("and", notes, nobody): "", group("OR", notes, nobody): "N", group("OR", nobody, group("AND", ana, notes)): "N",
	} {
		events, _ := o.happened(at + url.QueryEscape(filter))
		for i, e := range events {
			events[i] = e[strings.LastIndex(e, " ")+1:]
		}
		assert.Equal(t, want, strings.Join(events, " "), filter)
	}
	refused := refusedJSON("INVALID_DATA", "the relation name given seems to be invalid", `{"param_name":"filters"}`)
	for _, filter := range []string{
		"x", `[]`, `{}`, cond("Last_Name", "equal", `"Doe"`), cond("source", "like", `"x"`), cond("source", "in", `"x"`), cond("source", "equal", `["x"]`), cond("source", "equal", `null`),
		cond("audited_time", "in", `["2026-03-01T10:30:00+01:00","2026-03-01T11:00:00+01:00"]`), cond("audited_time", "between", `["2026-03-01T10:30:00+01:00"]`),
		cond("audited_time", "between", `["soon","later"]`), group("XOR", notes, ana), group("AND"), group("AND", notes, `{}`),
	} {
		o.expect(400, refused, "GET", at+url.QueryEscape(filter), "")
	}
}

func TestTimelineRefuses(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/__timeline"
	for query, name := range map[string]string{
		"per_page=0": "per_page", "page=x": "page", "sort_by=id": "sort_by", "sort_order=up": "sort_order", "include=all": "include",
		"include_inner_details=field_history": "include_inner_details",
	} {
		o.expect(400, badParam(name), "GET", at+"?"+query, "")
	}
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":200,"param_name":"per_page"}`), "GET", at+"?per_page=201", "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"include"}`), "GET", at+"?include_timeline_type=signals", "")
	for _, id := range []string{"7", "x"} {
		o.expect(400, notRelatedParent, "GET", "v8/Leads/"+id+"/__timeline", "")
	}
	o.expect(400, unknownModuleJSON, "GET", "v8/Leeds/"+lead+"/__timeline", "")
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v5"}`), "GET", "v4/Leads/"+lead+"/__timeline", "")
	o.expect(400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "POST", at, "")
	assert.Equal(t, 401, o.callAs(grant{Scopes: []string{"ZohoCRM.modules.contacts.READ"}, UserID: defaultUserID}, "GET", at, "").Code)
}

// TestTimelinesAreBounded: what is too old is forgotten, whosesoever it is.
func TestTimelinesAreBounded(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	a, b := recordKey{"Leads", 1}, recordKey{"Leads", 2}
	o.crm.happened(a, happening{action: "first"})
	for range mostEvents {
		o.crm.happened(b, happening{})
	}
	assert.NotContains(t, o.crm.timelines.of, a)
	assert.Len(t, o.crm.timelines.of[b].events, mostEvents)
	assert.Len(t, o.crm.timelines.order, mostEvents)
	o.crm.happened(a, happening{})
	assert.Len(t, o.crm.timelines.of[b].events, mostEvents-1)
}
