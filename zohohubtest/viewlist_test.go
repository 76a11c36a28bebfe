package zohohubtest

import (
	"encoding/json"
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
)

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

func TestViewOfTheCurrentUser(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	for _, user := range []any{"${CURRENTUSER}", map[string]any{"name": "${CURRENTUSER}"}} {
		c.server.AddView("Leads", View{Name: "mine", Criteria: &Condition{Field: "Owner", Comparator: "equal", Value: user}})
	}
	ana, bruno := c.create("v8/Leads", `{"Last_Name":"A"}`), c.create("v8/Leads", `{"Last_Name":"B","Owner":{"id":"`+brunoID+`"}}`)
	for _, cvid := range []string{firstOwn, "5550000000100000105"} {
		assert.Contains(t, c.call(200, "GET", "v8/Leads?fields=id&cvid="+cvid, ""), `"data":[{"id":"`+ana+`"}]`)
	}
	// Whoever asks gets an answer.
	o := &testOrg{t: t, crm: c.server.crm}
	for user, want := range map[string]int{brunoID: 200, "": 204, "nobody": 204} {
		w := o.callAs(grant{Scopes: allScopes, UserID: user}, "GET", "v8/Leads?fields=id&cvid="+firstOwn, "")
		assert.Equal(t, want, w.Code, user)
		if want == 200 {
			assert.Equal(t, []map[string]any{{"id": bruno}}, listRows(t, w))
		}
	}
	assert.PanicsWithValue(t, "zohohubtest: AddView: criteria: No_of_Employees: the value does not suit the data type", func() {
		c.server.AddView("Leads", View{Name: "odd", Criteria: &Condition{Field: "No_of_Employees", Comparator: "equal", Value: "${CURRENTUSER}"}})
	})
}

// A lookup is called what its record is called now, in the order of a view too.
func TestViewInTheOrderOfNames(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	zed, mid := c.create("v8/Accounts", `{"Account_Name":"Zed"}`), c.create("v8/Accounts", `{"Account_Name":"Mid"}`)
	first, second := c.create("v8/Specimens", `{"Name":"1","Account":{"id":"`+zed+`"}}`), c.create("v8/Specimens", `{"Name":"2","Account":{"id":"`+mid+`"}}`)
	third := c.create("v8/Specimens", `{"Name":"3"}`)
	view := c.server.AddView("Specimens", View{Name: "by account", SortBy: "Account", SortOrder: "asc"})
	order := func(want ...string) {
		t.Helper()
		var answer struct{ Data []struct{ ID string } }
		require.NoError(t, json.Unmarshal([]byte(c.call(200, "GET", "v8/Specimens?fields=id&cvid="+view, "")), &answer))
		var got []string
		for _, r := range answer.Data {
			got = append(got, r.ID)
		}
		assert.Equal(t, want, got)
	}
	order(third, second, first)
	c.update("v8/Accounts/"+zed, `{"Account_Name":"Abe"}`)
	order(third, first, second)
	c.call(200, "DELETE", "v8/Accounts/"+mid, "")
	order(second, third, first)
}
