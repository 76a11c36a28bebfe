package zohohubtest

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	query := func(details string) string { return refusedJSON("INVALID_QUERY", "Invalid query formed", details) }
	request := func(message, param string) string {
		return refusedJSON("INVALID_REQUEST", message, `{"param_name":"`+param+`"}`)
	}
	crowded := refusedJSON("INVALID_QUERY", `Only 100 values are allowed in \"IN\" criteria`, `{"api_name":"City"}`)
	many := strings.TrimSuffix(strings.Repeat("x,", 101), ",")
	for params, want := range map[string]string{
		"":                            refusedJSON("EXPECTED_PARAM_MISSING", "one of the expected parameter is missing", `{"param_names":["criteria","email","phone","word"]}`),
		"criteria=(Nothing:equals:x)": query(`{"api_name":"Nothing","reason":"the field is not available"}`),
		"criteria=(Annual_Revenue:starts_with:1)": query(
			`{"api_name":"Annual_Revenue","operator":"starts_with","reason":"the operator does not suit the data type"}`),
		"criteria=(Created_Time:equals:asadsa)": query(
			`{"api_name":"Created_Time","expected_data_type":"datetime","reason":"the value does not suit the data type"}`),
		"criteria=(City:in:" + many + ")":                                            crowded,
		"criteria=((City:equals:a)and(City:in:" + many + "))":                        crowded,
		"criteria=(" + strings.Repeat("(City:equals:a)and", 15) + "(City:equals:a))": refusedJSON("CRITERIA_LIMIT_EXCEEDED", "no of criterium that can be given exceed the limit 15", `{}`),
		"criteria=(City:equals:a*b*c)":                                               query(`{"api_name":"City","value":"a*b*c","reason":"only one wildcard is allowed"}`),
		"criteria=City:equals:a":                                                     request("a condition begins with a parenthesis at position 0", "criteria"),
		"word=x":                                                                     request("the value is too short", "word"),
		"word=*a*":                                                                   request("only one wildcard is allowed", "word"),
		"phone=12":                                                                   request("the value is too short", "phone"),
		"word=doe&page=11":                                                           refusedJSON("LIMIT_REACHED", "maximum response iteration limit reached", `{"limit":"2000"}`),
		"word=doe&per_page=x":                                                        request("Please check whether the input values are correct", "per_page"),
		"word=doe&per_page=0":                                                        request("Please check whether the input values are correct", "per_page"),
		"word=doe&per_page=201":                                                      refusedJSON("INVALID_REQUEST", "limit exceeded", `{"limit":200,"param_name":"per_page"}`),
		"word=doe&converted=x":                                                       request("Please check whether the input values are correct", "converted"),
		"cvid=1":                                                                     refusedJSON("EXPECTED_PARAM_MISSING", "one of the expected parameter is missing", `{"param_names":["criteria","email","phone","word"]}`),
		"word=doe&approval_state=":                                                   request("Please check whether the input values are correct", "approval_state"),
		"word=doe&approval_state=approved,none":                                      request("Please check whether the input values are correct", "approval_state"),
		"word=doe&cvid=1":                                                            refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"cvid"}`),
	} {
		t.Run(params[:min(len(params), 60)], func(t *testing.T) {
			t.Parallel()
			newOrg(t).expect(400, want, "GET", "v8/Leads/search?"+params, "")
		})
	}
}

// A client may escape every backslash, or leave alone those that escape nothing.
func TestSearchForBackslashes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": `two\slashes`}, map[string]any{"Last_Name": `(a,b\)`}, map[string]any{"Last_Name": "twoslashes"})
	for value, want := range map[string]string{
		`two\slashes`:    id1,
		`two\\slashes`:   id1,
		`\(a\,b\\\)`:     id2,
		`b\\`:            id2,
		`twoslashes`:     id3,
		`two\\\\slashes`: "",
	} {
		w := o.call("GET", "v8/Leads/search?fields=id&criteria="+url.QueryEscape("(Last_Name:equals:"+value+")"), "")
		if want == "" {
			assert.Equal(t, 204, w.Code, value)
			continue
		}
		assert.Equal(t, []map[string]any{{"id": want}}, listRows(t, w), value)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads",
		map[string]any{"Last_Name": "Doe", "City": "Lisboa (centro)", "Email": "doe@example.com", "Phone": "+351 21 123", "Annual_Revenue": 10},
		map[string]any{"Last_Name": "Doerr", "City": "Porto", "Lead_Source": "Web", "Annual_Revenue": 20, "Interests": []string{"Software"}},
		map[string]any{"Last_Name": "Roe", "City": "Porto", "Lead_Source": "Web Research", "Converted__s": true})
	for params, want := range map[string][]int{
		"criteria=(Last_Name:equals:doe)":                                               {1, 0},
		"criteria=(Last_Name:starts_with:D)":                                            {1, 0},
		"criteria=(Lead_Source:equals:Web)":                                             {1},
		"criteria=(City:equals:Lisboa \\(centro\\))":                                    {0},
		"criteria=((City:equals:Porto)and(Annual_Revenue:greater_than:15))":             {1},
		"criteria=((City:equals:Porto)or(Email:equals:doe@example.com))&converted=both": {2, 1, 0},
		// From left to right: (Lisboa or Porto) and Web; the other way round it would be {1, 0}.
		"criteria=((City:equals:Lisboa)or(City:equals:Porto)and(Lead_Source:equals:Web))":     {1},
		"criteria=(id:in:" + ids[0] + "," + ids[1] + ")":                                      {1, 0},
		"criteria=(Interests:equals:Software)":                                                {1},
		"criteria=(Owner:equals:" + defaultUserID + ")":                                       {1, 0},
		"criteria=(Created_Time:between:2026-03-01T09:00:00+00:00,2026-03-01T09:00:01+00:00)": {1, 0},
		"criteria=(Last_Name:equals:Roe)":                                                     nil,
		"email=example.com":                                                                   {0},
		"phone=21123":                                                                         {0},
		"word=porto":                                                                          {1},
		"word=porto&converted=true":                                                           {2},
		"criteria=(City:equals:Porto)&email=doe&phone=211&word=lisboa":                        {1},
		"email=doe&word=porto":                                                                {0},
		"word=o&word=&criteria=(Last_Name:not_equal:Doe)":                                     nil,
		"criteria=(Last_Name:starts_with:D)&sort_order=asc":                                   {0, 1},
	} {
		t.Run(params, func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(strings.ReplaceAll(params, "+00:00", "%2B00:00"))
			require.NoError(t, err)
			values.Set("fields", "Last_Name")
			w := o.call("GET", "v8/Leads/search?"+values.Encode(), "")
			if want == nil {
				assert.Equal(t, 204, w.Code)
				assert.Empty(t, w.Body.String())
				return
			}
			var got []int
			for _, r := range listRows(t, w) {
				assert.Len(t, r, 2) // id and what was asked for
				for i, id := range ids {
					if r["id"] == id {
						got = append(got, i)
					}
				}
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestSearchByApproval(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Doe", "$approved": false})
	for params, want := range map[string]string{
		"":                                   id2 + id1,
		"&approved=true":                     id1,
		"&approved=false":                    id2,
		"&approved=both":                     id2 + id1,
		"&approval_state=approved":           id1,
		"&approval_state=webform_unapproved": "",
		"&approval_state=approval_process_pending":                        id2,
		"&approval_state=approved,approval_process_pending":               id2 + id1,
		"&approval_state=approved,approval_process_pending&approved=true": id1,
	} {
		got := ""
		if w := o.call("GET", "v8/Leads/search?word=doe&fields=id"+params, ""); w.Code != 204 {
			for _, r := range listRows(t, w) {
				got += r["id"].(string)
			}
		}
		assert.Equal(t, want, got, params)
	}
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "A"})
	o.expect(200, `{"data":[{"id":"`+id3+`"},{"id":"`+id2+`"}],"info":{"per_page":2,"count":2,"page":1,"more_records":true,"sort_by":"id","sort_order":"desc"}}`,
		"GET", "v8/Leads/search?criteria=(Last_Name:equals:A)&per_page=2&fields=id", "")
	o.expect(200, `{"data":[{"id":"`+id1+`"}],"info":{"per_page":2,"count":1,"page":2,"more_records":false}}`,
		"GET", "v2/Leads/search?criteria=(Last_Name:equals:A)&per_page=2&page=2&fields=id", "")
	o.expect(204, "", "GET", "v8/Leads/search?criteria=(Last_Name:equals:A)&per_page=2&page=3&fields=id", "")
}

func TestSearchEndsAt2000(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.NoError(t, o.crm.seedFunc("Leads", 2100, func(i int) map[string]any { return map[string]any{"Last_Name": "L" + strconv.Itoa(i)} }))
	w := o.call("GET", "v8/Leads/search?word=L1&page=10&fields=id", "")
	assert.Equal(t, 204, w.Code)
	w = o.call("GET", "v8/Leads/search?criteria=(Last_Name:starts_with:L)&page=10&fields=id", "")
	assert.Len(t, listRows(t, w), 200)
	assert.Contains(t, w.Body.String(), `"more_records":true`)
	o.expect(200, `{"count":2100}`, "GET", "v8/Leads/actions/count?criteria=(Last_Name:starts_with:L)", "")
}

func TestSearchLag(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Old"})
	o.crm.setSearchLag(30 * time.Second)
	require.Equal(t, 201, o.call("POST", "v8/Leads", `{"data":[{"Last_Name":"New"}]}`).Code)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id1, `{"data":[{"Last_Name":"Changed"}]}`).Code)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id1, `{"data":[{"Last_Name":"Twice"}]}`).Code)
	found := func(word string) int { return o.call("GET", "v8/Leads/search?word="+word, "").Code }
	assert.Equal(t, []int{204, 200, 204, 204}, []int{found("New"), found("Old"), found("Changed"), found("Twice")})
	assert.Equal(t, 200, o.call("GET", "v8/Leads/"+id2, "").Code)
	o.expect(200, `{"count":0}`, "GET", "v8/Leads/actions/count?word=New", "")
	o.now = o.now.Add(30 * time.Second)
	assert.Equal(t, []int{200, 204, 204, 200}, []int{found("New"), found("Old"), found("Changed"), found("Twice")})
}

func TestCount(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.expect(200, `{"count":0}`, "GET", "v8/Leads/actions/count", "")
	o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"}, map[string]any{"Last_Name": "Poe", "Converted__s": true})
	for params, n := range map[string]string{"": "2", "?converted=true": "1", "?converted=both": "3", "?word=doe": "1", "?cvid=1": "2", "?criteria=(Last_Name:equals:oe)": "2", "?email=no": "0"} {
		o.expect(200, `{"count":`+n+`}`, "GET", "v2.1/Leads/actions/count"+params, "")
	}
	o.expect(400, refusedJSON("AMBIGUITY_DURING_PROCESSING", "Please use either Cvid or Search Params. Combination of both the params is not allowed",
		`{"ambiguity_due_to":[{"param_name":"cvid"},{"param_name":"word"}]}`), "GET", "v8/Leads/actions/count?cvid=1&word=doe", "")
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"cvid"}`), "GET", "v8/Leads/actions/count?cvid=1", "")
	o.expect(400, badParam("converted"), "GET", "v8/Leads/actions/count?converted=1", "")
}

// Rows of subforms are in the order that info tells, whatever the order of the records that hold them.
func TestSearchOfRowsIsSorted(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Specimens", map[string]any{"Name": "1", "Rows": []any{map[string]any{"Label": "a"}}}, map[string]any{"Name": "2", "Rows": []any{map[string]any{"Label": "b"}}})
	o.now = o.now.Add(time.Minute)
	require.Equal(t, 200, o.call("PUT", "v8/Specimens/"+id1, `{"data":[{"Rows":[{"Label":"c"}]}]}`).Code)
	for params, want := range map[string]string{
		"": "cba", "&sort_order=asc": "abc", "&sort_by=Created_Time": "cba", "&sort_by=Modified_Time&sort_order=asc": "abc",
		"&per_page=2": "cb", "&per_page=2&page=2": "a",
	} {
		got := ""
		for _, r := range listRows(t, o.call("GET", "v8/Specimen_Rows/search?criteria=(Label:not_equal:x)&fields=Label"+params, "")) {
			got += r["Label"].(string)
		}
		assert.Equal(t, want, got, params)
	}
}
