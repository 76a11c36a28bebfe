package zohohub_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Wide has more fields than one call may name.
type Wide struct {
	Tracked
	ID, LastName, Company, F01, F02, F03, F04, F05, F06, F07, F08, F09, F10, F11, F12, F13, F14, F15, F16, F17, F18, F19, F20,
	F21, F22, F23, F24, F25, F26, F27, F28, F29, F30, F31, F32, F33, F34, F35, F36, F37, F38, F39, F40, F41, F42, F43,
	F44, F45, F46, F47, City, Phone string
}

func TestMoreThanFiftyFields(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	rows := make([]Fields, 250)
	for i := range rows {
		rows[i] = Fields{"Last_Name": fmt.Sprint(i), "Company": "Acme", "City": fmt.Sprint("c", i), "Phone": "555" + fmt.Sprint(i)}
	}
	ids := crm.Seed("Leads", rows...)
	wide := NewRecord[Wide](conn, InModule("Leads"))
	i := 0
	for w, err := range wide.All(t.Context(), SortBy("id", Ascending), Converted(Both)) {
		require.NoError(t, err)
		assert.Equal(t, ids[i], w.ID)
		assert.Equal(t, fmt.Sprint(i), w.LastName)
		assert.Equal(t, fmt.Sprint("c", i), w.City)
		assert.Equal(t, "555"+fmt.Sprint(i), w.Phone)
		if i == 7 {
			w.Phone = "1"
			require.NoError(t, wide.Save(t.Context(), w))
			assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Phone":"1"}]}`, w.ID), lastWrite(t, crm), "all groups count as loaded")
		}
		i++
	}
	assert.Equal(t, 250, i)
	for _, r := range crm.Requests() {
		assert.LessOrEqual(t, len(strings.Split(r.Query.Get("fields"), ",")), 50)
		if r.Query.Has("ids") {
			assert.LessOrEqual(t, len(strings.Split(r.Query.Get("ids"), ",")), 100)
			assert.Equal(t, "both", r.Query.Get("converted"))
		}
	}
	found, err := wide.Find(t.Context(), ids[3])
	require.NoError(t, err)
	assert.Equal(t, "c3", found.City)
}

// TestRecordsThatGoMeanwhile: between the groups of a record's fields it may be deleted; half of it would be a lie.
func TestRecordsThatGoMeanwhile(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 3)
	cfg := crm.Config()
	var once sync.Once
	fake := crm.Transport()
	cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Has("ids") {
			once.Do(func() { assert.NoError(t, NewRecord[Person](conn).Delete(r.Context(), ids[1])) })
		}
		return fake.RoundTrip(r)
	})}
	wideConn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	var got []string
	for w, err := range NewRecord[Wide](wideConn, InModule("Leads")).All(t.Context()) {
		require.NoError(t, err)
		got = append(got, w.ID)
	}
	assert.Equal(t, []string{ids[2], ids[0]}, got)
}

// Wider has more fields than two calls may name; those of the third are the last.
type Wider struct {
	Wide
	H01, H02, H03, H04, H05, H06, H07, H08, H09, H10, H11, H12, H13, H14, H15, H16, H17, H18, H19, H20,
	H21, H22, H23, H24, H25, H26, H27, H28, H29, H30, H31, H32, H33, H34, H35, H36, H37, H38, H39, H40,
	H41, H42, H43, H44, H45, H46, H47, H48, H49, Country string
}

func (Wider) ModuleName() string { return "Leads" }

// wider seeds n leads and connects to them; between is called before the k-th request for further fields, from 1.
func wider(t *testing.T, n int, between func(k int, ids []string, people *Record[Person])) (*zohohubtest.Server, *Record[Wider], []string) {
	t.Helper()
	crm, conn := setup(t)
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"Last_Name": fmt.Sprint(i), "Company": "Acme", "Phone": fmt.Sprint("555", i), "Country": fmt.Sprint("c", i)}
	}
	ids := crm.Seed("Leads", rows...)
	crm.Advance(time.Minute)
	cfg := crm.Config()
	fake := crm.Transport()
	k := 0
	cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Has("ids") && between != nil {
			k++
			between(k, ids, NewRecord[Person](conn))
		}
		return fake.RoundTrip(r)
	})}
	wide, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	return crm, NewRecord[Wider](wide), ids
}

// TestThreeGroupsOfFields: each record has its own fields of all groups, and they count as loaded.
func TestThreeGroupsOfFields(t *testing.T) {
	t.Parallel()
	crm, people, ids := wider(t, 250, nil)
	i := 0
	for p, err := range people.All(t.Context(), SortBy("id", Ascending), PerPage(150)) {
		require.NoError(t, err)
		assert.Equal(t, []string{ids[i], fmt.Sprint(i), fmt.Sprint("555", i), fmt.Sprint("c", i)}, []string{p.ID, p.LastName, p.Phone, p.Country})
		if i == 249 {
			before := len(crm.Requests())
			require.NoError(t, people.Save(t.Context(), p))
			assert.Len(t, crm.Requests(), before, "nothing changed, nothing is sent")
			p.Country, p.Company = "", "Emca"
			require.NoError(t, people.Save(t.Context(), p))
			assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Company":"Emca","Country":null}]}`, p.ID), lastWrite(t, crm))
		}
		i++
	}
	assert.Equal(t, 250, i)
	var pages, parts []string
	for _, r := range crm.Requests() {
		names := strings.Split(r.Query.Get("fields"), ",")
		if r.Method != http.MethodGet {
			continue
		}
		assert.LessOrEqual(t, len(names), 50)
		if r.Query.Has("ids") {
			parts = append(parts, fmt.Sprint(len(strings.Split(r.Query.Get("ids"), ",")), " ", names[0]))
			assert.False(t, r.Query.Has("sort_by") || r.Query.Has("page") || r.Query.Has("page_token"), "which records is settled")
		} else {
			pages = append(pages, names[0])
		}
	}
	assert.Equal(t, []string{"Last_Name", "Last_Name"}, pages, "one call a page")
	assert.Equal(t, []string{"100 Phone", "100 Country", "50 Phone", "50 Country", "100 Phone", "100 Country"}, parts, "each hundred twice")
}

// TestRecordsThatThePlainListLacks: what is not among the answers for the ids is asked for by itself, and comes whole.
func TestRecordsThatThePlainListLacks(t *testing.T) {
	t.Parallel()
	crm, people, ids := wider(t, 3, nil)
	crm.Inject(zohohubtest.Fault{Path: "/Leads", After: 1, Status: http.StatusNoContent})
	i := 0
	for p, err := range people.All(t.Context(), SortBy("id", Ascending)) {
		require.NoError(t, err)
		assert.Equal(t, []string{ids[i], fmt.Sprint(i), fmt.Sprint("555", i), fmt.Sprint("c", i)}, []string{p.ID, p.LastName, p.Phone, p.Country})
		i++
	}
	assert.Equal(t, 3, i)
}

// TestRecordsThatChangeBetweenGroups: parts are put together by id, and half a record never shows.
func TestRecordsThatChangeBetweenGroups(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at      int
		between func(t *testing.T, ids []string, people *Record[Person])
		want    []int // which come
	}{
		"gone before the second": {1, func(t *testing.T, ids []string, people *Record[Person]) {
			t.Helper()
			assert.NoError(t, people.Delete(t.Context(), ids[1]))
		}, []int{0, 2, 3}},
		"gone before the third": {2, func(t *testing.T, ids []string, people *Record[Person]) {
			t.Helper()
			assert.NoError(t, people.Delete(t.Context(), ids[1]))
		}, []int{0, 2, 3}},
		"all gone": {2, func(t *testing.T, ids []string, people *Record[Person]) {
			t.Helper()
			_, err := people.DeleteAll(t.Context(), ids)
			assert.NoError(t, err)
		}, nil},
		"changed, so that the order is another": {1, func(t *testing.T, ids []string, people *Record[Person]) {
			t.Helper()
			assert.NoError(t, people.Update(t.Context(), ids[0], Fields{"City": "Faro"}))
		}, []int{0, 1, 2, 3}},
		"others are new": {1, func(t *testing.T, _ []string, people *Record[Person]) {
			t.Helper()
			assert.NoError(t, people.Create(t.Context(), &Person{LastName: "New", Company: "Acme"}))
		}, []int{0, 1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lists := map[string]func(*Record[Wider]) ([]*Wider, error){
				"All": func(r *Record[Wider]) (got []*Wider, err error) {
					for p, err := range r.All(t.Context(), SortBy("Modified_Time", Ascending), PerPage(4)) {
						require.NoError(t, err)
						got = append(got, p)
					}
					return got, nil
				},
				"Where": func(r *Record[Wider]) (got []*Wider, err error) {
					for p, err := range r.Where(t.Context(), Eq("Company", "Acme"), PerPage(4), SortBy("id", Ascending)) {
						require.NoError(t, err)
						got = append(got, p)
					}
					return got, nil
				},
				"Page": func(r *Record[Wider]) ([]*Wider, error) {
					page, err := r.Page(t.Context(), SortBy("id", Ascending), PerPage(4))
					require.NoError(t, err)
					assert.Equal(t, len(page.Records), page.Info.Count)
					return page.Records, nil
				},
			}
			for how, list := range lists {
				_, people, ids := wider(t, 4, func(k int, ids []string, people *Record[Person]) {
					if k == c.at {
						c.between(t, ids, people)
					}
				})
				got, err := list(people)
				require.NoError(t, err)
				got = slices.DeleteFunc(got, func(p *Wider) bool { return p.LastName == "New" })
				require.Len(t, got, len(c.want), how)
				for n, i := range c.want {
					p := got[n]
					assert.Equal(t, []string{ids[i], fmt.Sprint(i), fmt.Sprint("555", i), fmt.Sprint("c", i)}, []string{p.ID, p.LastName, p.Phone, p.Country}, how)
				}
			}
		})
	}
}

// TestPageTokensOfManyFields: the token belongs to the first group's fields, and the others follow it.
func TestPageTokensOfManyFields(t *testing.T) {
	t.Parallel()
	crm, people, ids := wider(t, 10, nil)
	first, err := people.Page(t.Context(), PerPage(4), SortBy("id", Ascending))
	require.NoError(t, err)
	require.NotEmpty(t, first.Info.NextPageToken)
	elsewhere, err := NewConnection(crm.Config(), crm.Token())
	require.NoError(t, err)
	second, err := NewRecord[Wider](elsewhere).Page(t.Context(), PerPage(4), SortBy("id", Ascending), PageToken(first.Info.NextPageToken))
	require.NoError(t, err)
	require.Len(t, second.Records, 4)
	assert.Equal(t, ids[4], second.Records[0].ID)
	assert.Equal(t, "c4", second.Records[0].Country)
	assert.Equal(t, "5557", second.Records[3].Phone)
	var rest []string
	for p, err := range people.All(t.Context(), PerPage(4), SortBy("id", Ascending), PageToken(second.Info.NextPageToken)) {
		require.NoError(t, err)
		rest = append(rest, p.Country)
	}
	assert.Equal(t, []string{"c8", "c9"}, rest)
}
