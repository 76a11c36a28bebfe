package zohohubtest

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
