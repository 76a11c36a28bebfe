package zohohubtest

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lastPage is the info of a list of v8 that is there whole.
func lastPage(count, perPage int) string {
	return fmt.Sprintf(`{"per_page":%d,"count":%d,"page":1,"more_records":false,"sort_by":"id","sort_order":"desc","call":false,"email":false,
		"next_page_token":null,"previous_page_token":null,"page_token_expiry":null}`, perPage, count)
}

func badParam(name string) string {
	return refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"param_name":"`+name+`"}`)
}

func ambiguity(a, b string) string {
	return refusedJSON("AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request",
		`{"ambiguity_due_to":[{"param_name":"`+a+`"},{"param_name":"`+b+`"}]}`)
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat("City,", 51), ",")
	ids := strings.TrimSuffix(strings.Repeat("1,", 101), ",")
	mismatch := refusedJSON("TOKEN_BOUND_DATA_MISMATCH",
		"The page_token given seems to be invalid or input param is added or altered or deleted", `{"param_name":"page_token"}`)
	for query, want := range map[string]string{
		"":                                     refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`),
		"fields=":                              refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`),
		"fields=" + many:                       refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":50,"param_name":"fields"}`),
		"fields=id&page=11":                    refusedJSON("DISCRETE_PAGINATION_LIMIT_EXCEEDED", "You can only get the first 2000 records without using page_token param", `{"limit":2000}`),
		"fields=id&page=0":                     badParam("page"),
		"fields=id&page=x":                     badParam("page"),
		"fields=id&per_page=-1":                badParam("per_page"),
		"fields=id&per_page=201":               refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":200,"param_name":"per_page"}`),
		"fields=id&sort_by=City":               refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"sort_by","supported_values":["id","Created_Time","Modified_Time"]}`),
		"fields=id&sort_order=up":              badParam("sort_order"),
		"fields=id&converted=yes":              badParam("converted"),
		"fields=id&approved=yes":               badParam("approved"),
		"fields=id&cvid=1":                     refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"cvid"}`),
		"fields=id&territory_id=1":             refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"territory_id"}`),
		"fields=id&include_child=x":            badParam("include_child"),
		"fields=id&cvid=1&sort_by=id":          ambiguity("cvid", "sort_by"),
		"fields=id&page=1&page_token=x":        ambiguity("page", "page_token"),
		"fields=id&page_token=bm8gdG9rZW4gb2Y": mismatch,
		"fields=id&ids=" + ids:                 refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":100,"param_name":"ids"}`),
		"fields=id&ids=1,x":                    badParam("ids"),
	} {
		t.Run(query[:min(len(query), 60)], func(t *testing.T) {
			t.Parallel()
			newOrg(t).expect(400, want, "GET", "v8/Leads?"+query, "")
		})
	}
	newOrg(t).expect(400, badParam("If-Modified-Since"), "GET", "v8/Leads/1", "", "If-Modified-Since", "yesterday")
	newOrg(t).expect(400, badParam("If-Modified-Since"), "GET", "v8/Leads?fields=id", "", "If-Modified-Since", "Sun, 01 Mar 2026 09:00:00 GMT")
}

func TestList(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.expect(204, "", "GET", "v8/Leads?fields=Last_Name", "")
	o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B", "Converted__s": true}, map[string]any{"Last_Name": "C", "$approved": false})
	row := func(id, name string) string { return `{"id":"` + id + `","Last_Name":"` + name + `"}` }
	page := func(rows ...string) string {
		return `{"data":[` + strings.Join(rows, ",") + `],"info":` + lastPage(len(rows), 200) + `}`
	}
	// The latest first; converted ones only when asked for; unknown names passed over; a query may end in &.
	for params, rows := range map[string][]string{
		"":                              {row(id3, "C"), row(id1, "A")},
		",Nothing&":                     {row(id3, "C"), row(id1, "A")},
		"&converted=true":               {row(id2, "B")},
		"&converted=both":               {row(id3, "C"), row(id2, "B"), row(id1, "A")},
		"&approved=true":                {row(id1, "A")},
		"&approved=false":               {row(id3, "C")},
		"&approved=both":                {row(id3, "C"), row(id1, "A")},
		"&approved=true&converted=both": {row(id2, "B"), row(id1, "A")},
	} {
		o.expect(200, page(rows...), "GET", "v8/Leads?fields=Last_Name"+params, "")
	}
	o.expect(204, "", "GET", "v8/Leads?fields=Last_Name&approved=false&converted=true", "")
	o.expect(200, page(row(id1, "A")), "GET", "v8/Leads?fields=Last_Name&ids=77,"+id1, "")
	o.expect(204, "", "GET", "v8/Leads?fields=Last_Name&ids=77", "")
	// Modified since; the header's zone is its own.
	o.now = o.now.Add(time.Minute)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id1, `{"data":[{"Last_Name":"A2"}]}`).Code)
	o.expect(200, page(row(id1, "A2")), "GET", "v8/Leads?fields=Last_Name", "", "If-Modified-Since", "2026-03-01T09:00:00+00:00")
	o.expect(304, "", "GET", "v8/Leads?fields=Last_Name", "", "If-Modified-Since", "2026-03-01T09:01:00+00:00")
	o.expect(304, "", "GET", "v8/Leads/"+id1, "", "If-Modified-Since", "2026-03-01T10:01:00+01:00")
	o.expect(204, "", "GET", "v8/Leads/99", "")
	// Older versions need no fields; $-keys come along when nothing is said.
	rows := listRows(t, o.call("GET", "v2/Leads?converted=true", ""))
	assert.Equal(t, true, rows[0]["$converted"])
	assert.NotContains(t, rows[0], "Converted__s")
	assert.Contains(t, rows[0], "$editable")
}

func listRows(t *testing.T, w *httptest.ResponseRecorder) []map[string]any {
	t.Helper()
	require.Equal(t, 200, w.Code, w.Body)
	var body struct{ Data []map[string]any }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	return body.Data
}

func TestInfoByVersion(t *testing.T) {
	t.Parallel()
	pageOnly := `{"per_page":200,"count":1,"page":1,"more_records":false}`
	tokens := `{"per_page":200,"count":1,"page":1,"more_records":false,"next_page_token":null,"previous_page_token":null,"page_token_expiry":null}`
	for version, info := range map[string]string{"v2": pageOnly, "v2.1": pageOnly, "v3": tokens, "v4": lastPage(1, 200), "v8": lastPage(1, 200)} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			o.seed("Leads", map[string]any{"Last_Name": "A"})
			o.expect(200, `{"data":[{"id":"`+id1+`"}],"info":`+info+`}`, "GET", version+"/Leads?fields=id", "")
		})
	}
}

func TestGeneratedModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "first"})
	const n = 1_000_000
	made := 0
	require.NoError(t, o.crm.seedFunc("Leads", n, func(i int) map[string]any {
		made++
		return map[string]any{"Last_Name": "Gen" + strconv.Itoa(i), "City": "Lisboa"}
	}))
	last := strconv.FormatInt(firstID+1+n, 10)
	o.seed("Leads", map[string]any{"Last_Name": "after"})

	o.expect(200, `{"count":1000002}`, "GET", "v8/Leads/actions/count?converted=both", "")
	assert.Zero(t, made)
	for range 2 { // whether any is converted must be seen, once
		o.expect(200, `{"count":1000002}`, "GET", "v8/Leads/actions/count", "")
		assert.Equal(t, n, made)
	}
	o.expect(200, rowsJSON(`{"id":"`+last+`","Full_Name":"Gen999999","Owner":`+anaUser+`}`), "GET", "v8/Leads/"+last+"?fields=Full_Name,Owner", "")
	rows := listRows(t, o.call("GET", "v8/Leads?fields=Last_Name&per_page=2", ""))
	assert.Equal(t, "after", rows[0]["Last_Name"])
	assert.Equal(t, "Gen999999", rows[1]["Last_Name"])

	// A write makes one of them an ordinary record, in its place.
	o.expect(200, rowsJSON(updatedJSON(last)), "PUT", "v8/Leads/"+last, `{"data":[{"City":"Porto"}]}`)
	assert.Equal(t, 200, o.call("DELETE", "v8/Leads/"+id2, "").Code)
	o.expect(200, `{"count":1000001}`, "GET", "v8/Leads/actions/count", "")
	rows = listRows(t, o.call("GET", "v8/Leads?fields=Last_Name,City&per_page=3", ""))
	assert.Equal(t, []any{"Porto", "Lisboa"}, []any{rows[1]["City"], rows[2]["City"]})
	rows = listRows(t, o.call("GET", "v8/Leads?fields=Last_Name&per_page=2&sort_order=asc", ""))
	assert.Equal(t, []any{"first", "Gen1"}, []any{rows[0]["Last_Name"], rows[1]["Last_Name"]})

	// Records that are named are all that is made.
	made = 0
	ids := strconv.FormatInt(firstID+10, 10) + "," + id1 + ",7," + strconv.FormatInt(firstID+20, 10) + "," + id1
	rows = listRows(t, o.call("GET", "v8/Leads?fields=Last_Name&per_page=2&ids="+ids, ""))
	assert.Equal(t, []any{2, "Gen18", "Gen8"}, []any{len(rows), rows[0]["Last_Name"], rows[1]["Last_Name"]})
	rows = listRows(t, o.call("GET", "v8/Leads?fields=Last_Name&per_page=2&page=2&ids="+ids, ""))
	assert.Equal(t, []map[string]any{{"id": id1, "Last_Name": "first"}}, rows)
	rows = listRows(t, o.call("GET", "v8/Leads?fields=Last_Name&sort_by=Modified_Time&sort_order=asc&ids="+ids, ""))
	assert.Equal(t, []any{3, "first", "Gen8"}, []any{len(rows), rows[0]["Last_Name"], rows[1]["Last_Name"]})
	assert.Less(t, made, 20)
	named, infos := walk(t, o, "v8/Leads?fields=id&per_page=1&ids="+ids)
	assert.Equal(t, []string{strconv.FormatInt(firstID+20, 10), strconv.FormatInt(firstID+10, 10), id1}, named)
	assert.NotNil(t, infos[2]["previous_page_token"])

	// Deep pages cost what first pages do, and end at 100,000.
	made = 0
	token := o.crm.encodePageToken(pageToken{
		Bound:   o.boundOf("v8/Leads?fields=id&per_page=200"),
		Expires: o.now.Add(time.Hour).Unix(), After: &position{ID: firstID + n/2}, Offset: pageTokenRows - 200,
	})
	rows = listRows(t, o.call("GET", "v8/Leads?fields=id&per_page=200&page_token="+token, ""))
	assert.Len(t, rows, 200)
	assert.Less(t, made, 1000)
	token = o.crm.encodePageToken(pageToken{
		Bound: o.boundOf("v8/Leads?fields=id&per_page=200"), Expires: o.now.Add(time.Hour).Unix(), After: &position{ID: firstID + n/2}, Offset: pageTokenRows,
	})
	o.expect(400, refusedJSON("PAGINATION_LIMIT_EXCEEDED", "You can only get the first 100000 records using page_token param", `{"param_name":"page_token"}`),
		"GET", "v8/Leads?fields=id&per_page=200&page_token="+token, "")
}

func TestOneRecordByState(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "open"}, map[string]any{"Last_Name": "converted", "Converted__s": true}, map[string]any{"Last_Name": "waiting", "$approved": false})
	for params, want := range map[string][]int{
		"":                              {200, 200, 200},
		"&converted=false":              {200, 204, 200},
		"&converted=true":               {204, 200, 204},
		"&converted=both":               {200, 200, 200},
		"&approved=true":                {200, 200, 204},
		"&approved=false":               {204, 204, 200},
		"&approved=both&converted=both": {200, 200, 200},
	} {
		var got []int
		for _, id := range []string{id1, id2, id3} {
			got = append(got, o.call("GET", "v8/Leads/"+id+"?fields=id"+params, "").Code)
		}
		assert.Equal(t, want, got, params)
	}
	for _, name := range []string{"converted", "approved"} {
		o.expect(400, badParam(name), "GET", "v8/Leads/"+id1+"?"+name+"=yes", "")
	}
	for _, name := range []string{"cvid", "territory_id"} {
		o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"`+name+`"}`), "GET", "v8/Leads/"+id1+"?"+name+"=1", "")
	}
	var body struct{ Data []map[string]any }
	require.NoError(t, json.Unmarshal(o.call("GET", "v8/Leads/"+id3, "").Body.Bytes(), &body))
	assert.Equal(t, []any{false, "approval_process_pending"}, []any{body.Data[0]["$approved"], body.Data[0]["$approval_state"]})
}

func TestTerritory(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lisboa, porto := territories[0].id, territories[1].id
	given := func(ids ...string) map[string]any {
		row := map[string]any{"Name": "S"}
		var list []any
		for _, id := range ids {
			list = append(list, map[string]any{"id": id})
		}
		row["Territory"] = list
		return row
	}
	o.seed("Specimens", given(lisboa), given(porto), given(porto, lisboa), given())
	for params, want := range map[string][]any{
		"":                        {id4, id3, id2, id1},
		"&territory_id=" + lisboa: {id3, id1},
		"&territory_id=" + porto:  {id3, id2},
		"&include_child=true&territory_id=" + porto: {id3, id2},
	} {
		var got []any
		for _, r := range listRows(t, o.call("GET", "v8/Specimens?fields=id"+params, "")) {
			got = append(got, r["id"])
		}
		assert.Equal(t, want, got, params)
	}
	o.expect(204, "", "GET", "v8/Leads?fields=id&territory_id="+lisboa, "")
	o.expect(204, "", "GET", "v8/Specimens/"+id1+"?territory_id="+porto, "")
	assert.Equal(t, 200, o.call("GET", "v8/Specimens/"+id1+"?territory_id="+lisboa, "").Code)
}

func TestOrderFollowsWrites(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"})
	order := func() (ids []any) {
		t.Helper()
		for _, r := range listRows(t, o.call("GET", "v8/Leads?fields=id&sort_by=Modified_Time", "")) {
			ids = append(ids, r["id"])
		}
		return ids
	}
	assert.Equal(t, []any{id2, id1}, order())
	o.now = o.now.Add(time.Second)
	require.Equal(t, 200, o.call("PUT", "v8/Leads/"+id1, `{"data":[{"City":"x"}]}`).Code)
	assert.Equal(t, []any{id1, id2}, order())
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+id1, "").Code)
	assert.Equal(t, []any{id2}, order())
	// The last page that has a number, and any page before there were tokens.
	o.expect(204, "", "GET", "v8/Leads?fields=id&page=10&per_page=200", "")
	o.expect(204, "", "GET", "v2.1/Leads?page=11&per_page=200", "")
}
