package zohohub_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

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
