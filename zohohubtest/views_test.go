package zohohubtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// The views that Zoho gives to Leads.
const (
	allLeads    = "5550000000100000100"
	myLeads     = "5550000000100000101"
	converted   = "5550000000100000102"
	myConverted = "5550000000100000103"
	firstOwn    = "5550000000100000104"
)

var badView = refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"cvid"}`)

func (o *testOrg) addView(module string, v View) string {
	o.t.Helper()
	id, err := o.crm.addView(module, v)
	require.NoError(o.t, err)
	return id
}

// names lists the Last_Name of what a call answers, in order.
func (o *testOrg) names(path string) []string {
	o.t.Helper()
	w := o.call("GET", path, "")
	if w.Code == 204 {
		return nil
	}
	var names []string
	for _, r := range listRows(o.t, w) {
		names = append(names, r["Last_Name"].(string))
	}
	return names
}

// viewJSON is a view of Leads as its own user sees it; more replaces what differs.
func viewJSON(t *testing.T, more string) string {
	t.Helper()
	o := newOrg(t)
	var columns []string
	for _, name := range []string{"Full_Name", "Company", "Email", "Phone", "Lead_Source", "Owner"} {
		columns = append(columns, `{"_pin":false,"api_name":"`+name+`","id":"`+o.field("Leads", name)+`"}`)
	}
	var v, own map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{"system_name":null,"category":"public_views","default":false,"system_defined":true,
		"access_type":"public","shared_to":[],"locked":false,"favorite":null,"offline":false,
		"module":{"id":"5550000000100000000","api_name":"Leads","name":"Leads"},"fields":[`+strings.Join(columns, ",")+`],
		"criteria":null,"sort_by":null,"sort_order":null,
		"created_by":null,"modified_by":null,"created_time":null,"modified_time":null,"last_accessed_time":null}`), &v))
	require.NoError(t, json.Unmarshal([]byte(more), &own))
	maps.Copy(v, own)
	return wholeJSON(t, v)
}

func (o *testOrg) field(module, name string) string {
	return o.crm.schema.Module(module).Field(name).ID
}

const categories = `"translation":{"public_views":"Public Views","other_users_views":"Other Users' Views","shared_with_me":"Shared With Me","created_by_me":"Created By Me"}`

func TestViews(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.addView("Leads", View{
		Name: "Porto", Fields: []string{"Last_Name", "City"}, SortBy: "Last_Name", SortOrder: "asc",
		Criteria: &Condition{GroupOperator: "or", Group: []Condition{
			{Field: "City", Comparator: "equal", Value: []string{"Porto", "Gaia"}}, {Field: "Annual_Revenue", Comparator: "greater_than", Value: 1.5},
		}},
	})
	is := func(name, value string) string {
		return `{"comparator":"equal","field":{"api_name":"` + name + `","id":"` + o.field("Leads", name) + `"},"value":` + value + `}`
	}
	mine := is("Owner", `{"name":"${CURRENTUSER}"}`)
	city, revenue := o.field("Leads", "City"), o.field("Leads", "Annual_Revenue")
	porto := viewJSON(t, `{"id":"`+firstOwn+`","name":"Porto","display_value":"Porto","system_defined":false,"category":"created_by_me",
		"created_by":`+anaRef+`,"modified_by":`+anaRef+`,"created_time":"`+testTime+`","modified_time":"`+testTime+`",
		"fields":[{"_pin":false,"api_name":"Last_Name","id":"`+o.field("Leads", "Last_Name")+`"},{"_pin":false,"api_name":"City","id":"`+city+`"}],
		"sort_by":{"api_name":"Last_Name","id":"`+o.field("Leads", "Last_Name")+`"},"sort_order":"asc",
		"criteria":{"group_operator":"or","group":[{"comparator":"equal","field":{"api_name":"City","id":"`+city+`"},"value":["Porto","Gaia"]},
			{"comparator":"greater_than","field":{"api_name":"Annual_Revenue","id":"`+revenue+`"},"value":1.5}]}}`)
	all := []string{
		viewJSON(t, `{"id":"`+allLeads+`","name":"All Open Leads","display_value":"All Leads","system_name":"ALLVIEWS","default":true,"criteria":`+is("Converted__s", "false")+`}`),
		viewJSON(t, `{"id":"`+converted+`","name":"Converted Leads","display_value":"Converted Leads","system_name":"CONVERTEDVIEWS","criteria":`+is("Converted__s", "true")+`}`),
		viewJSON(t, `{"id":"`+myConverted+`","name":"My Converted Leads","display_value":"My Converted Leads","system_name":"MYCONVERTEDVIEWS",
			"criteria":{"group_operator":"and","group":[`+is("Converted__s", "true")+`,`+mine+`]}}`),
		viewJSON(t, `{"id":"`+myLeads+`","name":"My Leads","display_value":"My Leads","system_name":"MYVIEWS","criteria":`+mine+`}`),
		porto,
	}
	page := func(info string, views ...string) string {
		return `{"custom_views":[` + strings.Join(views, ",") + `],"info":{` + info + `,` + categories + `}}`
	}
	o.expect(200, page(`"per_page":200,"count":5,"page":1,"more_records":false,"default":"`+allLeads+`"`, all...), "GET", "v8/settings/custom_views?module=Leads", "")
	o.expect(200, page(`"per_page":2,"count":2,"page":2,"more_records":true,"default":"`+allLeads+`"`, all[2:4]...), "GET", "v8/settings/custom_views?module=Leads&page=2&per_page=2", "")
	o.expect(204, "", "GET", "v8/settings/custom_views?module=Leads&page=2", "")
	none := `"per_page":null,"count":null,"page":null,"more_records":null,"default":null`
	o.expect(200, page(none, porto), "GET", "v8/settings/custom_views/"+firstOwn+"?module=Leads", "")
	o.expect(200, page(none, porto), "GET", "v2/settings/custom_views/"+firstOwn+"?module=Leads", "")
	w := o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "GET", "v8/settings/custom_views/"+firstOwn+"?module=Leads", "")
	assert.Contains(t, w.Body.String(), `"category":"public_views"`, "somebody else's")
	// A view is its module's.
	o.expect(204, "", "GET", "v8/settings/custom_views/"+firstOwn+"?module=Contacts", "")
	o.expect(204, "", "GET", "v8/settings/custom_views/1?module=Leads", "")
}

func TestViewsOfEachModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.NoError(t, o.crm.addModule(schema.Module{APIName: "Boats", PluralLabel: "Boats"}))
	for module, want := range map[string][]string{
		"Leads":  {"All Open Leads/All Leads", "Converted Leads/Converted Leads", "My Converted Leads/My Converted Leads", "My Leads/My Leads"},
		"Deals":  {"All Deals/All Deals", "My Deals/My Deals"},
		"Events": {"All Meetings/All Meetings", "My Meetings/My Meetings"},
		"Boats":  {"CustomModule Default CustomView/All Boats", "My Boats/My Boats"},
	} {
		var body struct {
			Views []map[string]any `json:"custom_views"`
			Info  map[string]any
		}
		require.NoError(t, json.Unmarshal(o.call("GET", "v8/settings/custom_views?module="+module, "").Body.Bytes(), &body))
		var got []string
		for _, v := range body.Views {
			got = append(got, v["name"].(string)+"/"+v["display_value"].(string))
			assert.Regexp(t, `^\d{19}$`, v["id"])
			assert.Equal(t, v["system_name"] == "ALLVIEWS", v["id"] == body.Info["default"])
		}
		assert.Equal(t, want, got)
	}
}

func TestViewsRefuse(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	missing := refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"module"}`)
	unknown := refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{}`)
	for path, want := range map[string]string{
		"":                               missing,
		"?module=":                       missing,
		"?module=Leeds":                  unknown,
		"?module=Quoted_Items":           unknown,
		"?module=Leads&page=0":           badParam("page"),
		"?module=Leads&per_page=201":     refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":200,"param_name":"per_page"}`),
		"/" + allLeads:                   missing,
		"/" + allLeads + "?module=Leeds": unknown,
		"/mine?module=Leads":             refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":2}`),
	} {
		o.expect(400, want, "GET", "v8/settings/custom_views"+path, "")
	}
	o.expect(400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "POST", "v8/settings/custom_views?module=Leads", "{}")
	for scope, status := range map[string]int{
		"ZohoCRM.settings.custom_views.READ": 200, "ZohoCRM.settings.custom_views.ALL": 200, "ZohoCRM.settings.ALL": 200,
		"ZohoCRM.settings.fields.READ": 401, "ZohoCRM.modules.ALL": 401, "ZohoCRM.settings.custom_views.UPDATE": 401,
	} {
		for _, path := range []string{"?module=Leads", "/" + allLeads + "?module=Leads"} {
			w := o.callAs(grant{Scopes: []string{scope}, UserID: defaultUserID}, "GET", "v8/settings/custom_views"+path, "")
			assert.Equal(t, status, w.Code, scope)
		}
	}
}

func TestThereCannotBeSuchAView(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for want, v := range map[string]View{
		`the view has no name`:                                             {},
		`Leads has no field "Odd"`:                                         {Name: "a", Fields: []string{"Odd"}},
		`Leads cannot be sorted by "Odd"`:                                  {Name: "a", SortBy: "Odd"},
		`Leads cannot be sorted by "Description"`:                          {Name: "a", SortBy: "Description"},
		`the order "up" is neither asc nor desc`:                           {Name: "a", SortBy: "City", SortOrder: "up"},
		`criteria: Odd: the field is not available`:                        {Name: "a", Criteria: &Condition{Field: "Odd", Comparator: "equal", Value: "x"}},
		`criteria: a condition names no field`:                             {Name: "a", Criteria: &Condition{}},
		`criteria: a group has two conditions at least`:                    {Name: "a", Criteria: &Condition{GroupOperator: "and"}},
		`criteria: City: there is no such comparator`:                      {Name: "a", Criteria: &Condition{Field: "City", Comparator: "equals", Value: "x"}},
		`criteria: No_of_Employees: the value does not suit the data type`: {Name: "a", Criteria: &Condition{Field: "No_of_Employees", Comparator: "equal", Value: "x"}},
		`criteria: Tag: the field is not available`:                        {Name: "a", Criteria: &Condition{Field: "Tag", Comparator: "equal", Value: "x"}},
		`json: unsupported type: chan int`:                                 {Name: "a", Criteria: &Condition{Field: "City", Comparator: "equal", Value: make(chan int)}},
	} {
		assert.PanicsWithValue(t, "zohohubtest: AddView: "+want, func() { s.AddView("Leads", v) })
	}
	assert.PanicsWithValue(t, `zohohubtest: AddView: there is no module "Leeds" with records`, func() { s.AddView("Leeds", View{Name: "a"}) })
	assert.PanicsWithValue(t, `zohohubtest: AddView: there is no module "Quoted_Items" with records`, func() { s.AddView("Quoted_Items", View{Name: "a"}) })
}

// people are leads of either owner and either kind.
func (o *testOrg) people() {
	o.t.Helper()
	bruno := map[string]any{"id": brunoID}
	o.seed("Leads",
		map[string]any{"Last_Name": "Abreu", "City": "Porto", "Annual_Revenue": 20},
		map[string]any{"Last_Name": "costa", "City": "Porto Santo", "Owner": bruno},
		map[string]any{"Last_Name": "Brito", "City": "porto", "Annual_Revenue": 3, "Owner": bruno},
		map[string]any{"Last_Name": "Dias", "City": "Porto", "Converted__s": true},
		map[string]any{"Last_Name": "Eça", "City": "Porto", "Converted__s": true, "Owner": bruno},
		map[string]any{"Last_Name": "Faria", "City": "Porto", "$approved": false},
		map[string]any{"Last_Name": "Gil"},
	)
}

func TestListByView(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.people()
	is := func(field, comparator string, value any) *Condition {
		return &Condition{Field: field, Comparator: comparator, Value: value}
	}
	porto := o.addView("Leads", View{Name: "Porto", Criteria: is("City", "equal", "Porto"), SortBy: "Last_Name", SortOrder: "asc"})
	byRevenue := o.addView("Leads", View{Name: "by revenue", SortBy: "Annual_Revenue"})
	byOwner := o.addView("Leads", View{Name: "by owner", SortBy: "Owner", SortOrder: "asc"})
	created := o.addView("Leads", View{Name: "by time", SortBy: "Created_Time", SortOrder: "asc"})
	either := o.addView("Leads", View{Name: "of either kind", Criteria: &Condition{GroupOperator: "or", Group: []Condition{
		*is("Converted__s", "equal", true), *is("City", "equal", "${EMPTY}"),
	}}})
	all := o.addView("Leads", View{Name: "no criteria"})
	for params, want := range map[string][]string{
		"cvid=" + allLeads:                     {"Gil", "Faria", "Brito", "costa", "Abreu"},
		"cvid=" + myLeads:                      {"Gil", "Faria", "Abreu"},
		"cvid=" + converted:                    {"Eça", "Dias"},
		"cvid=" + myConverted:                  {"Dias"},
		"cvid=" + all:                          {"Gil", "Faria", "Brito", "costa", "Abreu"},
		"cvid=" + all + "&sort_order=asc":      {"Abreu", "costa", "Brito", "Faria", "Gil"},
		"cvid=" + porto:                        {"Abreu", "Brito", "Faria"},
		"cvid=" + porto + "&sort_order=desc":   {"Abreu", "Brito", "Faria"}, // the view's own order
		"cvid=" + byRevenue:                    {"Abreu", "Brito", "Gil", "Faria", "costa"},
		"cvid=" + byOwner:                      {"Abreu", "Faria", "Gil", "costa", "Brito"},
		"cvid=" + created:                      {"Abreu", "costa", "Brito", "Faria", "Gil"},
		"cvid=" + either:                       {"Gil", "Eça", "Dias"}, // says itself which
		"cvid=" + either + "&converted=false":  {"Gil"},
		"cvid=" + porto + "&converted=both":    {"Abreu", "Brito", "Dias", "Eça", "Faria"},
		"cvid=" + porto + "&approved=true":     {"Abreu", "Brito"},
		"cvid=" + porto + "&converted=true":    {"Dias", "Eça"},
		"cvid=" + allLeads + "&converted=true": nil,
		"cvid=" + porto + "&per_page=1&page=2": {"Brito"},
		"cvid=" + porto + "&ids=" + id1 + ",7": {"Abreu"},
	} {
		assert.Equal(t, want, o.names("v8/Leads?fields=Last_Name&"+params), params)
		assert.Equal(t, want, o.names("v2/Leads?"+params), params)
	}
	// The columns are those of the call, the order is the view's.
	o.expect(200, `{"data":[{"id":"`+id1+`","City":"Porto"},{"id":"`+id3+`","City":"porto"}],
		"info":{"per_page":200,"count":2,"page":1,"more_records":false,"sort_by":"Last_Name","sort_order":"asc","call":false,"email":false,
		"next_page_token":null,"previous_page_token":null,"page_token_expiry":null}}`, "GET", "v8/Leads?fields=City&approved=true&cvid="+porto, "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`), "GET", "v8/Leads?cvid="+porto, "")
	o.expect(400, ambiguity("cvid", "sort_by"), "GET", "v8/Leads?fields=id&sort_by=id&cvid="+porto, "")
	o.expect(400, badView, "GET", "v8/Leads?fields=id&cvid=", "")
	o.expect(400, badView, "GET", "v8/Contacts?fields=id&cvid="+porto, "")
	// Bruno's are others.
	w := o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "GET", "v8/Leads?fields=Last_Name&cvid="+myLeads, "")
	assert.Len(t, listRows(t, w), 2)
	assert.Contains(t, w.Body.String(), "costa")
}

func TestOneRecordByView(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.people()
	for cvid, want := range map[string][]int{
		allLeads: {200, 200, 200, 204}, converted: {204, 204, 204, 200}, myLeads: {200, 204, 204, 200}, myConverted: {204, 204, 204, 200},
	} {
		var got []int
		for _, id := range []string{id1, id2, id3, id4} {
			got = append(got, o.call("GET", "v8/Leads/"+id+"?fields=id&cvid="+cvid, "").Code)
		}
		assert.Equal(t, want, got, cvid)
	}
	o.expect(400, badView, "GET", "v8/Leads/"+id1+"?cvid=1", "")
}

func TestSearchAndCountByView(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.people()
	porto := o.addView("Leads", View{Name: "Porto", Criteria: &Condition{Field: "City", Comparator: "equal", Value: "Porto"}, SortBy: "Last_Name", SortOrder: "asc"})
	const search = "/Leads/search?word=porto&fields=Last_Name"
	for params, want := range map[string][]string{
		"&cvid=" + porto:                     {"Faria", "Brito", "Abreu"}, // a search keeps its own order
		"&cvid=" + myLeads:                   {"Faria", "Abreu"},
		"&cvid=" + converted:                 {"Eça", "Dias"},
		"&cvid=" + porto + "&converted=both": {"Faria", "Eça", "Dias", "Brito", "Abreu"},
	} {
		for _, version := range []string{"v5", "v8"} {
			assert.Equal(t, want, o.names(version+search+params), params)
		}
		assert.NotEqual(t, want, o.names("v4"+search+params), "before v5 there is no such parameter")
	}
	assert.Equal(t, []string{"Faria", "Brito", "costa", "Abreu"}, o.names("v4"+search+"&cvid=1"))
	o.expect(400, badView, "GET", "v8"+search+"&cvid=1", "")
	o.expect(400, badView, "GET", "v8/Quotes/search?word=porto&cvid="+porto, "")

	const count = "/Leads/actions/count"
	for params, want := range map[string]int{
		"?cvid=" + porto: 3, "?cvid=" + allLeads: 5, "?cvid=" + myLeads: 3, "?cvid=" + converted: 2, "?cvid=" + myConverted: 1,
		"?cvid=" + porto + "&converted=both&approved=true": 4,
	} {
		o.expect(200, `{"count":`+strconv.Itoa(want)+`}`, "GET", "v8"+count+params, "")
	}
	o.expect(200, `{"count":5}`, "GET", "v7"+count+"?cvid="+porto, "")
	o.expect(400, badView, "GET", "v8"+count+"?cvid=1", "")
	for _, search := range []string{"criteria=(City:equals:Porto)", "email=a", "phone=123", "word=ab"} {
		name, _, _ := strings.Cut(search, "=")
		o.expect(400, refusedJSON("AMBIGUITY_DURING_PROCESSING", "Please use either Cvid or Search Params. Combination of both the params is not allowed",
			`{"ambiguity_due_to":[{"param_name":"cvid"},{"param_name":"`+name+`"}]}`), "GET", "v8"+count+"?cvid="+porto+"&"+search, "")
	}
}

// What search sees of a record late, the view's condition sees late too.
func TestSearchLagAndViews(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.people()
	o.crm.setSearchLag(30 * time.Second)
	porto := o.addView("Leads", View{Name: "Porto", Criteria: &Condition{Field: "City", Comparator: "equal", Value: "Porto"}})
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id1, `{"data":[{"City":"Faro"}]}`).Code)
	search := "v8/Leads/search?criteria=(Last_Name:equals:Abreu)&fields=Last_Name&cvid=" + porto
	assert.Equal(t, []string{"Abreu"}, o.names(search))
	assert.Equal(t, []string{"Faria", "Brito"}, o.names("v8/Leads?fields=Last_Name&cvid="+porto))
	o.now = o.now.Add(30 * time.Second)
	assert.Empty(t, o.names(search))
}

func TestPageTokensOfViews(t *testing.T) {
	t.Parallel()
	for field, values := range map[string][]any{
		"City":           {"Faro", "porto", "Porto", nil},
		"Annual_Revenue": {1, 2.5, 1000, nil},
		"Owner":          {map[string]any{"id": brunoID}, map[string]any{"id": defaultUserID}},
		"Email_Opt_Out":  {true, false},
		"Modified_Time":  {"2026-02-01T10:00:00+01:00", "2026-02-02T10:00:00+01:00"},
		"id":             {nil},
	} {
		for _, order := range []string{"asc", "desc"} {
			t.Run(field+" "+order, func(t *testing.T) {
				t.Parallel()
				o := newOrg(t)
				for i := range 25 {
					row := map[string]any{"Last_Name": "L"}
					if field != "id" {
						row[field] = values[i%len(values)]
					}
					o.seed("Leads", row)
				}
				cvid := o.addView("Leads", View{Name: "a", SortBy: field, SortOrder: order})
				whole := o.call("GET", "v8/Leads?fields=id&cvid="+cvid, "")
				var all []string
				for _, r := range listRows(t, whole) {
					all = append(all, r["id"].(string))
				}
				require.Len(t, all, 25)
				ids, infos := walk(t, o, "v8/Leads?fields=id&per_page=10&cvid="+cvid)
				assert.Equal(t, all, ids)
				back := o.call("GET", "v8/Leads?fields=id&per_page=10&cvid="+cvid+"&page_token="+infos[2]["previous_page_token"].(string), "")
				for i, r := range listRows(t, back) {
					assert.Equal(t, all[10+i], r["id"])
				}
			})
		}
	}
}

// A page begins after where the last record was, not where it is now, and a token is for its view alone.
func TestPageTokenOfAViewStaysInPlace(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"}, map[string]any{"Last_Name": "C"}, map[string]any{"Last_Name": "D"})
	cvid := o.addView("Leads", View{Name: "a", SortBy: "Last_Name", SortOrder: "asc"})
	path := "v8/Leads?fields=Last_Name&per_page=2&cvid="
	w := o.call("GET", path+cvid, "")
	var body struct {
		Info struct {
			Next string `json:"next_page_token"`
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	token := "&page_token=" + url.QueryEscape(body.Info.Next)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id2, `{"data":[{"Last_Name":"Z"}]}`).Code)
	o.seed("Leads", map[string]any{"Last_Name": "AA"}, map[string]any{"Last_Name": "BB"})
	assert.Equal(t, []string{"BB", "C"}, o.names(path+cvid+token))
	mismatch := refusedJSON("TOKEN_BOUND_DATA_MISMATCH",
		"The page_token given seems to be invalid or input param is added or altered or deleted", `{"param_name":"page_token"}`)
	o.expect(400, mismatch, "GET", path+allLeads+token, "")
	o.expect(400, mismatch, "GET", "v8/Leads?fields=Last_Name&per_page=2"+token, "")
}

func TestViewOfGeneratedRecords(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	cities := []string{"Porto", "Faro", "Gaia"}
	require.NoError(t, o.crm.seedFunc("Leads", 3000, func(i int) map[string]any {
		return map[string]any{"Last_Name": "L" + strconv.Itoa(i), "City": cities[i%3]}
	}))
	porto := o.addView("Leads", View{Name: "Porto", Criteria: &Condition{Field: "City", Comparator: "equal", Value: "Porto"}, SortBy: "Last_Name", SortOrder: "asc"})
	o.expect(200, `{"count":1000}`, "GET", "v8/Leads/actions/count?cvid="+porto, "")
	ids, infos := walk(t, o, "v8/Leads?fields=id&per_page=200&cvid="+porto)
	assert.Len(t, infos, 5)
	assert.Len(t, ids, 1000)
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(ids))), 1000)
}

// A list by a view costs three credits, whatever it finds; a search by one costs what a search does.
func TestViewCredits(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	porto := s.AddView("Leads", View{Name: "Porto", Criteria: &Condition{Field: "City", Comparator: "equal", Value: "Porto"}})
	assert.Equal(t, firstOwn, porto)
	assert.Equal(t, "5550000000100000105", s.AddView("Leads", View{Name: "b"}))
	tok := s.Token()
	for _, seeded := range []bool{false, true} {
		if seeded {
			s.Seed("Leads", zohohub.Fields{"Last_Name": "A", "City": "Porto"})
		}
		for path, want := range map[string]int{
			"Leads?fields=id&cvid=" + porto:                    97,
			"Leads?fields=id":                                  99,
			"Leads/search?word=porto&cvid=" + porto:            99,
			"settings/custom_views?module=Leads":               99,
			"settings/custom_views/" + porto + "?module=Leads": 99,
			"Leads/actions/count?cvid=" + porto:                50,
		} {
			s.LimitCredits(100)
			_, _, err := send(t.Context(), roads(s)["socket"], http.MethodGet, s.URL()+"/crm/v8/"+path, signed(tok.AccessToken), "")
			require.NoError(t, err)
			s.limits.mu.Lock()
			assert.Equal(t, want, s.limits.left, path)
			s.limits.mu.Unlock()
		}
	}
}
