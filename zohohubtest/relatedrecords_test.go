package zohohubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tiedJSON(id string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"relation added","status":"success"}`
}

func untiedJSON(id string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"relation removed","status":"success"}`
}

func badRelatedJSON(index string) string {
	return refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"resource_path_index":`+index+`}`)
}

// ids are those of a list's rows; none for 204.
func (o *testOrg) ids(path string) []string {
	o.t.Helper()
	w := o.call("GET", path, "")
	if w.Code == 204 {
		return nil
	}
	require.Equal(o.t, 200, w.Code, w.Body)
	var ids []string
	for _, row := range listRows(o.t, w) {
		ids = append(ids, row["id"].(string))
	}
	return ids
}

func TestLinkedRecords(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	fair, mail := o.seed("Campaigns", map[string]any{"Campaign_Name": "Fair"})[0], o.seed("Campaigns", map[string]any{"Campaign_Name": "Mail"})[0]
	at := "v8/Leads/" + lead + "/Campaigns"
	o.expect(204, "", "GET", at+"?fields=Campaign_Name", "")

	// Some rows fail, the others are done.
	o.expect(207, rowsJSON(rowRefused("INVALID_DATA", "the related id given seems to be invalid", "id", ""), tiedJSON(fair)),
		"PUT", at, `{"data":[{"id":"5"},{"id":"`+fair+`","Member_Status":"Invited"}]}`)
	o.expect(200, rowsJSON(tiedJSON(mail)), "PUT", at+"/"+mail, `{"data":[{}]}`)
	row := func(id, name, status string) string {
		return `{"id":"` + id + `","Campaign_Name":"` + name + `","Member_Status":` + status + `}`
	}
	o.expect(200, `{"data":[`+row(mail, "Mail", "null")+`,`+row(fair, "Fair", `"Invited"`)+`],"info":`+lastPage(2, 200)+`}`,
		"GET", at+"?fields=Campaign_Name,Member_Status", "")
	o.expect(200, rowsJSON(row(fair, "Fair", `"Invited"`)), "GET", at+"/"+fair+"?fields=Campaign_Name,Member_Status", "")
	// Only what was asked for.
	o.expect(200, rowsJSON(`{"id":"`+fair+`","Campaign_Name":"Fair"}`), "GET", at+"/"+fair+"?fields=Campaign_Name", "")

	// The same link from the other side, and what it holds changed there.
	back := "v8/Campaigns/" + fair + "/Leads"
	o.now = o.now.Add(time.Minute)
	o.expect(200, rowsJSON(tiedJSON(lead)), "PUT", back, `{"data":[{"id":"`+lead+`","Member_Status":"Responded"}]}`)
	o.expect(200, rowsJSON(`{"id":"`+lead+`","Last_Name":"Doe","$member_info":{"id":"`+id4+`","Member_Status":"Responded","Created_Time":"`+testTime+
		`","Modified_Time":"2026-03-01T10:01:00+01:00"}}`), "GET", back+"/"+lead+"?fields=Last_Name,$member_info", "")
	o.expect(200, rowsJSON(row(fair, "Fair", `"Responded"`)), "GET", at+"/"+fair+"?fields=Campaign_Name,Member_Status", "")
	// What is not said stays, null clears.
	o.expect(200, rowsJSON(tiedJSON(fair)), "PUT", at+"/"+fair, `{"data":[{}]}`)
	o.expect(200, rowsJSON(row(fair, "Fair", `"Responded"`)), "GET", at+"/"+fair+"?fields=Campaign_Name,Member_Status", "")
	o.expect(200, rowsJSON(tiedJSON(fair)), "PUT", at+"/"+fair, `{"data":[{"Member_Status":null}]}`)
	o.expect(200, rowsJSON(row(fair, "Fair", `null`)), "GET", at+"/"+fair+"?fields=Campaign_Name,Member_Status", "")
	o.expect(400, rowsJSON(invalid("Member_Status", `,"expected_data_type":"text"`)), "PUT", at+"/"+fair, `{"data":[{"Member_Status":7}]}`)

	// Before v3 nothing need be asked for, and all is answered.
	whole := listRows(t, o.call("GET", "v2/Leads/"+lead+"/Campaigns", ""))
	assert.Equal(t, []any{"Mail", nil, "Fair", nil},
		[]any{whole[0]["Campaign_Name"], whole[0]["Member_Status"], whole[1]["Campaign_Name"], whole[1]["Member_Status"]})
	assert.Contains(t, whole[0], "Member_Status")
	assert.Contains(t, whole[0], "$member_info")

	o.expect(207, rowsJSON(untiedJSON(fair), refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"id":"`+fair+`"}`)),
		"DELETE", at+"?ids="+fair+","+fair, "")
	o.expect(204, "", "GET", back+"?fields=id", "")
	o.expect(204, "", "GET", at+"/"+fair+"?fields=id", "")
	o.expect(200, rowsJSON(untiedJSON(mail)), "DELETE", at+"/"+mail, "")
	o.expect(400, badRelatedJSON("3"), "DELETE", at+"/"+mail, "")
	o.expect(200, `{"count":2}`, "GET", "v8/Campaigns/actions/count", "") // the campaigns themselves are there
}

func TestRelatedRecordsRefused(t *testing.T) { //nolint:tparallel // the cases share one organisation
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	doe := o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Account_Name": map[string]any{"id": acme}})[0]
	widget := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	noRelation := refusedJSON("INVALID_DATA", "The relation name given seems to be invalid", `{"resource_path_index":2}`)
	noUpdate := refusedJSON("CANNOT_BE_UPDATED", "invalid data", `{"resource_path_index":2}`)
	missing := func(param string) string {
		return refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"`+param+`"}`)
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = `{"id":"` + widget + `"}`
	}
	tooMany := `{"data":[` + strings.Join(many, ",") + `]}`
	one := `{"data":[{"id":"` + doe + `"}]}`
	badURL := refusedJSON("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", `{}`)
	for name, test := range map[string]struct {
		status             int
		want, method, path string
		body               string
	}{
		"unknown parent":              {400, badRelatedJSON("1"), "GET", "Leads/5/Products?fields=id", ""},
		"a parent that cannot be one": {400, badRelatedJSON("1"), "PUT", "Leads/x/Products", one},
		"unknown list":                {400, noRelation, "GET", "Leads/" + lead + "/Contacts?fields=id", ""},
		"unknown list, one":           {400, noRelation, "PUT", "Leads/" + lead + "/Nonsense/" + doe, one},
		"case of a list counts":       {400, noRelation, "GET", "Leads/" + lead + "/products?fields=id", ""},
		"no fields":                   {400, missing("fields"), "GET", "Leads/" + lead + "/Products", ""},
		"no fields, by lookup":        {400, missing("fields"), "GET", "Accounts/" + acme + "/Contacts", ""},
		"unknown record, linked":      {400, badRelatedJSON("3"), "PUT", "Leads/" + lead + "/Products/5", `{"data":[{}]}`},
		"an id that cannot be one":    {400, badRelatedJSON("3"), "PUT", "Leads/" + lead + "/Products/x", `{"data":[{}]}`},
		"an id that cannot be one, get": {
			400, badRelatedJSON("3"), "GET", "Leads/" + lead + "/Products/x?fields=id", "",
		},
		"not linked":             {204, "", "GET", "Leads/" + lead + "/Products/" + widget + "?fields=id", ""},
		"not linked, removed":    {400, badRelatedJSON("3"), "DELETE", "Leads/" + lead + "/Products/" + widget, ""},
		"row without id":         {400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "id", "")), "PUT", "Leads/" + lead + "/Products", `{"data":[{}]}`},
		"row with a broken id":   {400, rowsJSON(invalid("id", `,"expected_data_type":"bigint"`)), "PUT", "Leads/" + lead + "/Products", `{"data":[{"id":"x"}]}`},
		"no row":                 {400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","minimum_length":1}`), "PUT", "Leads/" + lead + "/Products", `{"data":[]}`},
		"101 rows":               {400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":100}`), "PUT", "Leads/" + lead + "/Products", tooMany},
		"two rows for one":       {400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":1}`), "PUT", "Leads/" + lead + "/Products/" + widget, `{"data":[{},{}]}`},
		"no ids":                 {400, missing("ids"), "DELETE", "Leads/" + lead + "/Products", ""},
		"by lookup, linked":      {400, noUpdate, "PUT", "Accounts/" + acme + "/Contacts", one},
		"by lookup, one linked":  {400, noUpdate, "PUT", "Accounts/" + acme + "/Contacts/" + doe, one},
		"by lookup, removed":     {400, noUpdate, "DELETE", "Accounts/" + acme + "/Contacts?ids=" + doe, ""},
		"by lookup, one removed": {400, noUpdate, "DELETE", "Accounts/" + acme + "/Contacts/" + doe, ""},
		"by lookup and by role":  {400, noUpdate, "PUT", "Contacts/" + doe + "/Deals", one},
		"not deleted":            {400, badRelatedJSON("2"), "GET", "Accounts/deleted/" + acme + "/Contacts?fields=id", ""},
		"a list is not created":  {400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "POST", "Leads/" + lead + "/Products", one},
		"unknown action":         {404, badURL, "POST", "Leads/" + lead + "/actions/nothing", ""},
		"unknown bulk action":    {404, badURL, "POST", "Leads/actions/nothing", ""},
		"deleted is no id":       {404, badURL, "GET", "Leads/deleted/" + lead, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o.expect(test.status, test.want, test.method, "v8/"+test.path, test.body)
		})
	}
	// Older versions do not say where in the body.
	o.expect(202, rowsJSON(refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"api_name":"id"}`)), "PUT", "v2/Leads/"+lead+"/Products", `{"data":[{"id":"5"}]}`)
}

func TestRecordsThatLookUp(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme, beta := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0], o.seed("Accounts", map[string]any{"Account_Name": "Beta"})[0]
	to := func(id string) map[string]any { return map[string]any{"id": id} }
	doe := o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Account_Name": to(acme)})[0]
	roe := o.seed("Contacts", map[string]any{"Last_Name": "Roe", "Account_Name": to(acme), "Reporting_To": to(doe)})[0]
	o.seed("Contacts", map[string]any{"Last_Name": "Poe", "Account_Name": to(beta)})
	big := o.seed("Deals", map[string]any{"Deal_Name": "Big", "Stage": "Qualification", "Contact_Name": to(doe), "Account_Name": to(acme)})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	quote := o.seed("Quotes", map[string]any{
		"Subject": "Q", "Deal_Name": to(big), "Account_Name": to(acme), "Quoted_Items": []any{map[string]any{"Product_Name": to(product)}},
	})[0]
	task := o.seed("Tasks", map[string]any{"Subject": "Call", "$se_module": "Deals", "What_Id": to(big), "Who_Id": to(doe)})[0]
	note := o.seed("Notes", map[string]any{"Note_Title": "N", "Parent_Id": map[string]any{"id": big, "module": map[string]any{"api_name": "Deals"}}})[0]
	child := o.seed("Accounts", map[string]any{"Account_Name": "Gamma", "Parent_Account": to(acme)})[0]
	// An activity is with a lead as well as with a contact, and a lookup may be into several modules.
	lead := o.seed("Leads", map[string]any{"Last_Name": "Lee"})[0]
	talk := o.seed("Tasks", map[string]any{"Subject": "Talk", "Who_Id": to(lead)})[0]
	specimen := o.seed("Specimens", map[string]any{"Name": "S", "Related_To": to(lead)})[0]

	for path, want := range map[string][]string{
		"Accounts/" + acme + "/Contacts":            {roe, doe},
		"Accounts/" + acme + "/Deals":               {big},
		"Accounts/" + beta + "/Deals":               nil,
		"Accounts/" + acme + "/Member_Accounts":     {child},
		"Contacts/" + doe + "/Deals":                {big},
		"Contacts/" + doe + "/Reporting_Contacts":   {roe},
		"Contacts/" + doe + "/Tasks":                {task},
		"Deals/" + big + "/Quotes":                  {quote},
		"Deals/" + big + "/Tasks":                   {task},
		"Accounts/" + acme + "/Tasks":               nil,
		"Leads/" + lead + "/Tasks":                  {talk},
		"Leads/" + lead + "/Specimens":              {specimen},
		"Contacts/" + doe + "/Specimens":            nil,
		"Deals/" + big + "/Notes":                   {note},
		"Accounts/" + acme + "/Contacts?ids=" + doe: {doe},
	} {
		joint := "?"
		if strings.Contains(path, "?") {
			joint = "&"
		}
		assert.Equal(t, want, o.ids("v8/"+path+joint+"fields=id"), path)
	}
	o.expect(200, rowsJSON(`{"id":"`+doe+`","Full_Name":"Doe"}`), "GET", "v8/Accounts/"+acme+"/Contacts/"+doe+"?fields=Full_Name", "")
	o.expect(204, "", "GET", "v8/Accounts/"+beta+"/Contacts/"+doe+"?fields=Full_Name", "")

	// What was changed since, and nothing.
	since := []string{"If-Modified-Since", testTime}
	o.expect(304, "", "GET", "v8/Accounts/"+acme+"/Contacts?fields=Full_Name", "", since...)
	o.now = o.now.Add(time.Minute)
	require.Equal(t, 200, o.call("PUT", "v8/Contacts/"+roe, `{"data":[{"First_Name":"Jo"}]}`).Code)
	o.expect(200, `{"data":[{"id":"`+roe+`","Full_Name":"Jo Roe"}],"info":`+lastPage(1, 200)+`}`, "GET", "v8/Accounts/"+acme+"/Contacts?fields=Full_Name", "", since...)
	o.expect(304, "", "GET", "v8/Accounts/"+acme+"/Contacts/"+doe+"?fields=Full_Name", "", since...)

	// The lookup is what changes the list.
	require.Equal(t, 200, o.call("PUT", "v8/Contacts/"+doe, `{"data":[{"Account_Name":{"id":"`+beta+`"}}]}`).Code)
	assert.Equal(t, []string{roe}, o.ids("v8/Accounts/"+acme+"/Contacts?fields=id"))
}

func TestRelatedRecordsHavePages(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	deal := o.seed("Deals", map[string]any{"Deal_Name": "Big", "Stage": "Qualification"})[0]
	var rows, want []string
	for i := range 5 {
		id := o.seed("Products", map[string]any{"Product_Name": fmt.Sprint("P", i)})[0]
		o.seed("Products", map[string]any{"Product_Name": fmt.Sprint("not linked ", i)})
		rows, want = append(rows, `{"id":"`+id+`"}`), append(want, id)
	}
	at := "v8/Deals/" + deal + "/Products"
	require.Equal(t, 200, o.call("PUT", at, `{"data":[`+strings.Join(rows, ",")+`]}`).Code)

	var got []string
	for token := ""; ; {
		w := o.call("GET", at+"?fields=id&sort_order=asc&per_page=2"+token, "")
		require.Equal(t, 200, w.Code, w.Body)
		var page struct {
			Data []struct{ ID string }
			Info struct {
				Next *string `json:"next_page_token"`
				More bool    `json:"more_records"`
			}
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		for _, row := range page.Data {
			got = append(got, row.ID)
		}
		if page.Info.Next == nil {
			assert.False(t, page.Info.More)
			break
		}
		token = "&page_token=" + *page.Info.Next
	}
	assert.Equal(t, want, got)
	assert.Equal(t, want[2:4], o.ids(at+"?fields=id&sort_order=asc&per_page=2&page=2"))
	assert.Equal(t, []string{want[1]}, o.ids(at+"?fields=id&ids="+want[1]+",5"))
	assert.Equal(t, 400, o.call("GET", at+"?fields=id&per_page=201", "").Code)
	assert.Equal(t, 400, o.call("GET", at+"?fields=id&sort_by=Product_Name", "").Code)
}

func TestRelatedRecordsOfTheDeleted(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	doe := o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Account_Name": map[string]any{"id": acme}})[0]
	widget := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	require.Equal(t, 200, o.call("PUT", "v8/Accounts/"+acme+"/Products/"+widget, `{"data":[{}]}`).Code)
	require.Equal(t, 200, o.call("DELETE", "v8/Accounts/"+acme, "").Code)

	o.expect(400, badRelatedJSON("1"), "GET", "v8/Accounts/"+acme+"/Contacts?fields=id", "")
	o.expect(204, "", "GET", "v8/Products/"+widget+"/Accounts?fields=id", "")
	o.expect(204, "", "GET", "v8/Products/"+widget+"/Accounts/"+acme+"?fields=id", "")
	o.expect(400, badRelatedJSON("3"), "DELETE", "v8/Products/"+widget+"/Accounts/"+acme, "")
	at := "v8/Accounts/deleted/" + acme
	o.expect(200, `{"data":[{"id":"`+doe+`","Last_Name":"Doe"}],"info":`+lastPage(1, 200)+`}`, "GET", at+"/Contacts?fields=Last_Name", "")
	assert.Equal(t, []string{widget}, o.ids(at+"/Products?fields=id"))
	o.expect(204, "", "GET", at+"/Deals?fields=id", "")
	o.expect(400, refusedJSON("INVALID_DATA", "The relation name given seems to be invalid", `{"resource_path_index":3}`), "GET", at+"/Nonsense?fields=id", "")

	// A record that is deleted leaves the lists of others too.
	require.Equal(t, 200, o.call("DELETE", "v8/Contacts/"+doe, "").Code)
	o.expect(204, "", "GET", at+"/Contacts?fields=id", "")
	o.now = o.now.Add(recycleLife)
	o.expect(400, badRelatedJSON("2"), "GET", at+"/Products?fields=id", "")
}

func TestScopesOfRelatedRecords(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	widget := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	at := "v8/Leads/" + lead + "/Products/" + widget
	for _, test := range []struct {
		method string
		scopes []string
		status int
	}{
		{"PUT", []string{"ZohoCRM.modules.leads.READ", "ZohoCRM.modules.products.READ"}, 401},
		{"PUT", []string{"ZohoCRM.modules.leads.UPDATE"}, 401},
		{"PUT", []string{"ZohoCRM.modules.leads.UPDATE", "ZohoCRM.modules.products.READ"}, 200},
		{"GET", []string{"ZohoCRM.modules.leads.READ"}, 401},
		{"GET", []string{"ZohoCRM.modules.leads.READ", "ZohoCRM.modules.products.READ"}, 200},
		{"DELETE", []string{"ZohoCRM.modules.leads.UPDATE", "ZohoCRM.modules.products.READ"}, 401},
		{"DELETE", []string{"ZohoCRM.modules.leads.DELETE", "ZohoCRM.modules.products.READ"}, 200},
	} {
		w := o.callAs(grant{Scopes: test.scopes, UserID: defaultUserID}, test.method, at, `{"data":[{}]}`)
		assert.Equal(t, test.status, w.Code, "%s with %s: %s", test.method, test.scopes, w.Body)
	}
}

// Seeds may give the same id to records of two modules.
func TestRelatedRecordsAreOfOneModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	const id = "7000000000000000001"
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "id": id})
	o.seed("Accounts", map[string]any{"Account_Name": "Acme", "id": id})
	task := o.seed("Tasks", map[string]any{"Subject": "Call", "$se_module": "Accounts", "What_Id": map[string]any{"id": id}})[0]
	assert.Equal(t, []string{task}, o.ids("v8/Accounts/"+id+"/Tasks?fields=Subject"))
	assert.Empty(t, o.ids("v8/Leads/"+id+"/Tasks?fields=Subject"))
}

func TestLinkingCostsOneCredit(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	var costs []int
	o.crm.charge = func(_ http.ResponseWriter, credits int) { costs = append(costs, credits) }
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	rows := make([]string, 11)
	for i := range rows {
		rows[i] = `{"id":"` + o.seed("Products", map[string]any{"Product_Name": "Widget"})[0] + `"}`
	}
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+lead+"/Products", `{"data":[`+strings.Join(rows, ",")+`]}`).Code)
	require.Equal(t, 204, o.call("GET", "v8/Leads/"+lead+"/Campaigns?fields=id", "").Code)
	require.Equal(t, 207, o.call("POST", "v8/settings/tags?module=Leads", `{"tags":[`+strings.Repeat(`{"name":"a"},`, 11)+`{"name":"b"}]}`).Code)
	assert.Equal(t, []int{1, 1, 1}, costs)
}
