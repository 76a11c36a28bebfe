package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Each process makes sure that every lead comes once and in order. The bound is wide, since garbage that waits for its
// collection counts too; records that are kept somewhere are many times more.
func TestMemoryOfAListDoesNotGrow(t *testing.T) {
	t.Parallel()
	for _, pair := range [][]listing{
		{{Leads: 2_000}, {Leads: 20_000}},
		{{Leads: 999, Wide: true}, {Leads: 8_001, Wide: true}},
		{{Leads: 2_000, Sorted: true}, {Leads: 20_000, Sorted: true}}, // the ids alone are little
	} {
		short, err := measureList(t.Context(), pair[0])
		require.NoError(t, err)
		long, err := measureList(t.Context(), pair[1])
		require.NoError(t, err)
		t.Logf("%v: %+v, %+v", pair[0], short, long)
		assert.Positive(t, short.Heap)
		assert.Less(t, ratio(short.Heap, long.Heap), 3.0)
	}
}

func TestReportMemory(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, reportMemory(t.Context(), &out, [][]listing{{{Leads: 300, Runs: 2}, {Leads: 500, Runs: 1, Wide: true, Sorted: true, Pause: 1}}}))
	assert.Regexp(t, `(?m)^ +37 fields +300 +2 `, out.String())
	assert.Regexp(t, `(?m)^ *57 fields, sorted, 1ns a page +500 +1 `, out.String())
	assert.Regexp(t, `(?m)^ +ratio +\d+\.\d\d `, out.String())
	assert.Equal(t, peaks{5, 2, 3, 4, 5}, peaks{1, 2, 3, 4, 5}.or(peaks{5, 1, 1, 1, 1}))
}

func TestReadAllMakesSure(t *testing.T) {
	t.Parallel()
	leads := func(numbers ...int) iter.Seq2[*Lead, error] {
		return func(yield func(*Lead, error) bool) {
			for _, i := range numbers {
				if !yield(&Lead{ID: leadID(i), Email: leadEmail(i)}, nil) {
					return
				}
			}
		}
	}
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		all  iter.Seq2[*Lead, error]
		want string
	}{
		{"newest first", leads(2, 1, 0), ""},
		{"doubled", leads(2, 2, 1, 0), "the lead at place 2 does not belong there"},
		{"lost", leads(2, 0), "the lead at place 2 does not belong there"},
		{"out of order", leads(2, 0, 1), "the lead at place 2 does not belong there"},
		{"too many", leads(2, 1, 0, 0), "the lead at place 4 does not belong there"},
		{"too few", leads(2, 1), "the list ended after 2 leads"},
		{"failed", func(yield func(*Lead, error) bool) { yield(nil, broken) }, "after 0 leads: broken"},
	} {
		err := readAll(c.all, listing{Leads: 3}, isLead, func() {})
		if c.want == "" {
			assert.NoError(t, err, c.name)
		} else {
			assert.EqualError(t, err, c.want, c.name)
		}
	}
}

func TestTheServerMakesWholeLeads(t *testing.T) {
	t.Parallel()
	const n = 450
	server := httptest.NewServer(endless{n})
	defer server.Close()
	conn, err := connect(server.URL, server.Client())
	require.NoError(t, err)
	want := n
	for got, err := range zohohub.NewRecord[WideLead](conn, zohohub.InModule("Leads")).All(t.Context()) {
		require.NoError(t, err)
		want--
		assert.True(t, isWideLead(got, want), want)
		assert.NotEmpty(t, got.Company)
		assert.NotEmpty(t, got.Owner)
		assert.False(t, got.LastActivityTime.IsZero())
	}
	assert.Zero(t, want)
}

// answer is what matters of a list's answer, the leads by their numbers.
type answer struct {
	Status     int
	Code       any
	Leads      []int
	InfoKeys   []string
	Count      any
	More, Next bool
}

// asker asks one of two servers for leads.
type asker struct {
	client     *http.Client
	url        string
	credential string
	ids        []string // by number
}

func (a asker) ask(t *testing.T, params string, ids []int, token string) (got answer, next string) {
	t.Helper()
	query, err := url.ParseQuery(params)
	require.NoError(t, err)
	var named []string
	for _, i := range ids {
		named = append(named, a.ids[i])
	}
	for name, value := range map[string]string{"ids": strings.Join(named, ","), "page_token": token} {
		if value != "" {
			query.Set(name, value)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+"/crm/v8/Leads?"+query.Encode(), nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", a.credential)
	resp, err := a.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var body struct {
		Code any
		Data []struct{ ID string }
		Info map[string]any
	}
	if resp.StatusCode != http.StatusNoContent {
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	}
	got = answer{Status: resp.StatusCode, Code: body.Code, InfoKeys: slices.Sorted(maps.Keys(body.Info)), Count: body.Info["count"]}
	for _, row := range body.Data {
		got.Leads = append(got.Leads, slices.Index(a.ids, row.ID))
	}
	got.More, _ = body.Info["more_records"].(bool)
	next, got.Next = body.Info["next_page_token"].(string)
	return got, next
}

func TestTheServerAnswersAsTheFakeDoes(t *testing.T) {
	t.Parallel()
	const n = 450
	server := httptest.NewServer(endless{n})
	defer server.Close()
	crm := zohohubtest.NewServer(t)
	crm.SeedFunc("Leads", n, func(int) zohohub.Fields { return zohohub.Fields{"Last_Name": "Doe"} })

	ours := asker{client: server.Client(), url: server.URL}
	fake := asker{client: server.Client(), url: crm.URL(), credential: "Zoho-oauthtoken " + crm.Token().AccessToken}
	for i, r := range crm.Records("Leads") {
		ours.ids, fake.ids = append(ours.ids, leadID(i)), append(fake.ids, r["id"].(string))
	}
	for _, c := range []struct {
		params string
		ids    []int
		token  string
		status int
	}{
		{params: "per_page=200&page=1&fields=Email", status: http.StatusOK},
		{params: "per_page=7&page=1&fields=Email", status: http.StatusOK},
		{params: "per_page=200&page=1&fields=Email&sort_by=Modified_Time&sort_order=desc", status: http.StatusOK},
		{params: "per_page=200&fields=Email", ids: []int{3, 200, 4}, status: http.StatusOK},
		{params: "per_page=200&fields=Email", ids: slices.Repeat([]int{3}, 101), status: http.StatusBadRequest},
		{params: "per_page=200&page=1", status: http.StatusBadRequest},
		{params: "per_page=200&page=1&fields=" + numbered(51), status: http.StatusBadRequest},
		{params: "per_page=201&page=1&fields=Email", status: http.StatusBadRequest},
		{params: "per_page=200&fields=Email", token: "nonsense", status: http.StatusBadRequest},
	} {
		got, gotNext := ours.ask(t, c.params, c.ids, c.token)
		want, wantNext := fake.ask(t, c.params, c.ids, c.token)
		assert.Equal(t, c.status, got.Status, "%+v", c)
		for pages := 1; ; pages++ {
			require.Equal(t, want, got, "page %d of %+v", pages, c)
			if !got.Next {
				break
			}
			rest := strings.Replace(c.params, "page=1&", "", 1)
			got, gotNext = ours.ask(t, rest, nil, gotNext)
			want, wantNext = fake.ask(t, rest, nil, wantNext)
		}
	}
}

// numbered are n fields' names.
func numbered(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Answer%d", i)
	}
	return strings.Join(names, ",")
}
