package zohohub_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// seedPeople puts n leads into the fake and returns their ids, oldest first.
func seedPeople(t *testing.T, crm *zohohubtest.Server, n int) []string {
	t.Helper()
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"Last_Name": fmt.Sprintf("Doe %05d", i), "Company": "Acme"}
	}
	return crm.Seed("Leads", rows...)
}

func collectIDs(t *testing.T, list func(func(*Person, error) bool)) []string {
	t.Helper()
	var ids []string
	for p, err := range list {
		require.NoError(t, err)
		ids = append(ids, p.ID)
	}
	return ids
}

func TestAllPastTwoThousand(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	want := seedPeople(t, crm, 5001)
	people := NewRecord[Person](conn)
	assert.Equal(t, want, collectIDs(t, people.All(t.Context(), SortBy("id", Ascending))), "each once, in order")
	slices.Reverse(want)
	assert.Equal(t, want, collectIDs(t, people.All(t.Context())), "newest first by default")
	assert.Len(t, asked(crm), 2*26)
}

func TestListParameters(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	for range people.All(ctx, PerPage(20), PageNumber(2), SortBy("Modified_Time", Ascending), Converted(Both), Approved(Yes),
		Territory("7"), Param("include_child", true), OnlyFields("City"), View("8")) {
	}
	requests := crm.Requests()
	got := requests[len(requests)-1]
	assert.Equal(t, "/crm/v8/Leads", got.Path)
	assert.Equal(t, map[string][]string{
		"per_page": {"20"}, "page": {"2"}, "sort_by": {"Modified_Time"}, "sort_order": {"asc"}, "converted": {"both"}, "approved": {"true"},
		"territory_id": {"7"}, "include_child": {"true"}, "fields": {"City"}, "cvid": {"8"},
	}, map[string][]string(got.Query))

	for range people.All(ctx, ModifiedSince(time.Date(2026, 5, 1, 10, 0, 0, 1, time.UTC))) {
	}
	requests = crm.Requests()
	got = requests[len(requests)-1]
	assert.Equal(t, "2026-05-01T10:00:00+00:00", got.Header.Get("If-Modified-Since"))
	assert.Equal(t, "Last_Name,Company,Email,City", got.Query.Get("fields"))
}

func TestListOptionFaults(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	for want, opt := range map[string]ListOption{
		"PerPage(0): not 1 to 200":                        PerPage(0),
		"PerPage(201): not 1 to 200":                      PerPage(201),
		"PageNumber(0): pages are counted from 1":         PageNumber(0),
		`SortBy: "a b" is not a field's API name`:         SortBy("a b"),
		`SortBy: "up" is neither asc nor desc`:            SortBy("id", "up"),
		"OnlyFields: no names":                            OnlyFields(),
		`OnlyFields: "a,b" is not a field's API name`:     OnlyFields("a,b"),
		`Converted: "maybe" is none of true, false, both`: Converted("maybe"),
		"Expect(-1): not a number of records":             Expect(-1),
		"View: the id is empty":                           View(""),
		"If-Modified-Since: a zero time has no literal":   ModifiedSince(time.Time{}),
		"Param: no name":                                  Param("", 1),
	} {
		_, err := people.Page(t.Context(), opt)
		require.EqualError(t, err, "zohohub: list Leads: "+want)
	}
	_, err := people.Page(t.Context(), PageNumber(1), PageToken("x"))
	require.ErrorContains(t, err, "exclude each other")
	for _, c := range []Criteria{{}, Eq("", 1)} {
		faults := 0
		for p, err := range people.Where(t.Context(), c) {
			assert.Nil(t, p)
			require.Error(t, err)
			faults++
		}
		assert.Equal(t, 1, faults)
		if !c.IsZero() {
			_, err := people.Count(t.Context(), c)
			require.Error(t, err)
		}
	}
	assert.Empty(t, asked(crm))
}

func TestPage(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	empty, err := people.Page(t.Context())
	require.NoError(t, err)
	assert.Empty(t, empty.Records)
	assert.False(t, empty.Info.MoreRecords)

	ids := seedPeople(t, crm, 25)
	slices.Reverse(ids)
	page, err := people.Page(t.Context(), PageNumber(2), PerPage(10))
	require.NoError(t, err)
	token := page.Info.NextPageToken
	page.Info.NextPageToken = ""
	assert.Equal(t, PageInfo{Page: 2, PerPage: 10, Count: 10, MoreRecords: true}, page.Info)
	assert.Equal(t, ids[10], page.Records[0].ID)
	assert.Equal(t, "Doe 00014", page.Records[0].LastName)

	last, err := people.Page(t.Context(), PageToken(token), PerPage(10))
	require.NoError(t, err)
	assert.Equal(t, ids[20], last.Records[0].ID)
	assert.Equal(t, PageInfo{Page: 3, PerPage: 10, Count: 5}, last.Info)
}

func TestNothingIsShortenedInSilence(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	seedPeople(t, crm, 2500)
	people := NewRecord[Person](conn)
	_, err := people.Page(t.Context(), PageNumber(11))
	require.ErrorIs(t, err, ErrTruncated)

	crm.Inject(zohohubtest.Fault{
		Path: "/Leads", After: 2, Times: -1, Status: http.StatusBadRequest, Code: "PAGINATION_LIMIT_EXCEEDED", Message: "limit",
	})
	n := 0
	var last error
	for p, err := range people.All(t.Context()) {
		if p != nil {
			n++
		}
		last = err
	}
	assert.Equal(t, 400, n)
	require.ErrorIs(t, last, ErrTruncated, "the limit of page tokens too")
}

func TestLeavingTheLoop(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts []ListOption
		most int
	}{
		"one page ahead":     {nil, 2},
		"sequential":         {[]ListOption{Sequential()}, 1},
		"as many as awaited": {[]ListOption{Expect(5)}, 1},
	} {
		crm, conn := setup(t)
		seedPeople(t, crm, 1000)
		seen := 0
		for _, err := range NewRecord[Person](conn).All(t.Context(), c.opts...) {
			require.NoError(t, err)
			seen++
			break
		}
		assert.Equal(t, 1, seen)
		assert.LessOrEqual(t, len(asked(crm)), c.most, name)
	}
	crm, conn := setup(t)
	seedPeople(t, crm, 1000)
	people := NewRecord[Person](conn)
	// No goroutine may be left: goleak looks. The test's own context would end them.
	background := context.Background()
	assert.Panics(t, func() {
		for range people.All(background, PerPage(10)) {
			panic("in the loop's body")
		}
	})
	for range people.All(background, PerPage(10)) {
		break
	}
	assert.Len(t, collectIDs(t, people.All(t.Context(), Sequential(), PerPage(50))), 1000)
	assert.Len(t, collectIDs(t, people.All(t.Context(), Expect(150))), 1000, "expecting is not limiting")
	all := people.All(t.Context())
	once, again := collectIDs(t, all), collectIDs(t, all)
	assert.Equal(t, once, again, "ranging again starts again")
}

func TestCancelledList(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	seedPeople(t, crm, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for p, err := range NewRecord[Person](conn).All(ctx) {
		last = err
		if p != nil {
			n++
		}
		cancel()
	}
	require.ErrorIs(t, last, context.Canceled, "an error, not a short list")
	assert.Less(t, n, 1000)

	for range 30 { // whether the next page was there already is chance
		ctx, cancel := context.WithCancel(t.Context())
		var last error
		for _, err := range NewRecord[Person](conn).All(ctx, PerPage(2), Sequential()) {
			last = err
			cancel()
		}
		cancel()
		require.ErrorIs(t, last, context.Canceled)
	}
}

func TestSearchEndsAtTwoThousand(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	seedPeople(t, crm, 2001)
	people := NewRecord[Person](conn)
	n := 0
	var last error
	for p, err := range people.Where(t.Context(), StartsWith("Last_Name", "Doe")) {
		if p != nil {
			n++
		}
		last = err
	}
	assert.Equal(t, 2000, n)
	require.ErrorIs(t, last, ErrTruncated)

	n, last = 0, nil
	for p, err := range people.Where(t.Context(), StartsWith("Last_Name", "Doe"), PerPage(150)) {
		if p != nil {
			n++
		}
		last = err
	}
	assert.Equal(t, 1950, n, "pages of 150 do not reach further")
	require.ErrorIs(t, last, ErrTruncated)

	require.NoError(t, people.Delete(t.Context(), crm.Records("Leads")[0]["id"].(string)))
	assert.Len(t, collectIDs(t, people.Where(t.Context(), StartsWith("Last_Name", "Doe"))), 2000, "just 2,000 are all")
}

// lastWrite is the body of the last request that had one.
func lastWrite(t *testing.T, crm *zohohubtest.Server) string {
	t.Helper()
	for _, r := range slices.Backward(crm.Requests()) {
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			return string(r.Body)
		}
	}
	t.Fatal("nothing was written")
	return ""
}

func TestEveryVersionLists(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		want := seedPeople(t, crm, 450)
		slices.Reverse(want)
		assert.Equal(t, want, collectIDs(t, NewRecord[Person](conn).All(t.Context())))
		assert.Equal(t, "GET /crm/"+v+"/Leads", asked(crm)[0])
	})
}
