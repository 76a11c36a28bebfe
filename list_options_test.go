package zohohub_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// lastNames lists what the options leave.
func lastNames(t *testing.T, people *Record[Person], opts ...ListOption) string {
	t.Helper()
	names, err := listed(people.All(t.Context(), opts...))
	require.NoError(t, err)
	return names
}

func lastRequest(t *testing.T, crm *zohohubtest.Server) zohohubtest.Request {
	t.Helper()
	all := crm.Requests()
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

func TestModifiedSince(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	start := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for i, name := range []string{"Doe", "Roe", "Poe"} {
		at := start.Add(time.Duration(i) * time.Second)
		crm.Seed("Leads", Fields{"Last_Name": name, "Company": "Acme", "Created_Time": at.Format(time.RFC3339), "Modified_Time": at.Format(time.RFC3339)})
	}
	for name, c := range map[string]struct {
		since time.Time
		text  string
		want  string
	}{
		"before all":    {start.Add(-time.Second), "2026-05-01T09:59:59+00:00", "Poe Roe Doe"},
		"the very time": {start, "2026-05-01T10:00:00+00:00", "Poe Roe"},
		"a fraction":    {start.Add(999_999_999), "2026-05-01T10:00:00+00:00", "Poe Roe"},
		"to the east":   {start.Add(time.Second).In(time.FixedZone("IST", 5*3600+1800)), "2026-05-01T15:30:01+05:30", "Poe"},
		"to the west":   {start.Add(time.Second).In(time.FixedZone("", -3*3600)), "2026-05-01T07:00:01-03:00", "Poe"},
		"nothing since": {start.Add(2 * time.Second), "2026-05-01T10:00:02+00:00", ""},
	} {
		assert.Equal(t, c.want, lastNames(t, people, ModifiedSince(c.since)), name)
		last := lastRequest(t, crm)
		assert.Equal(t, []string{c.text}, last.Header.Values("If-Modified-Since"), name)
		assert.NotContains(t, last.Query.Encode(), "2026", "it is a header alone")
		page, err := people.Page(t.Context(), ModifiedSince(c.since))
		require.NoError(t, err)
		assert.Len(t, page.Records, len(strings.Fields(c.want)), name)
		if c.want == "" {
			assert.Equal(t, http.StatusNotModified, lastRequest(t, crm).Status)
			assert.Equal(t, &Page[Person]{Records: []*Person{}, Info: PageInfo{Page: 1, PerPage: 200}}, page)
		}
	}
	assert.Equal(t, "Poe Roe", lastNames(t, people, ModifiedSince(start), PerPage(1)), "on every page")
	assert.Equal(t, "2026-05-01T10:00:00+00:00", lastRequest(t, crm).Header.Get("If-Modified-Since"))

	since := crm.Now().Add(time.Hour)
	got, err := listed(people.Deleted(t.Context(), ModifiedSince(since)))
	require.NoError(t, err, "304 of a list of deleted records")
	assert.Empty(t, got)
}

func TestWhichRecordsAListHolds(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	crm.Seed("Leads", Fields{"Last_Name": "Plain", "Company": "Acme"}, Fields{"Last_Name": "Converted", "Company": "Acme", "Converted__s": true},
		Fields{"Last_Name": "Waiting", "Company": "Acme", "$approved": false})
	for name, c := range map[string]struct {
		opts  []ListOption
		query map[string][]string
		want  string
	}{
		"as Zoho does":   {nil, map[string][]string{}, "Waiting Plain"},
		"converted":      {[]ListOption{Converted(Yes)}, map[string][]string{"converted": {"true"}}, "Converted"},
		"not converted":  {[]ListOption{Converted(No)}, map[string][]string{"converted": {"false"}}, "Waiting Plain"},
		"either":         {[]ListOption{Converted(Both)}, map[string][]string{"converted": {"both"}}, "Waiting Converted Plain"},
		"approved":       {[]ListOption{Approved(Yes)}, map[string][]string{"approved": {"true"}}, "Plain"},
		"not approved":   {[]ListOption{Approved(No)}, map[string][]string{"approved": {"false"}}, "Waiting"},
		"approved or no": {[]ListOption{Approved(Both)}, map[string][]string{"approved": {"both"}}, "Waiting Plain"},
		"the last word":  {[]ListOption{Converted(Yes), Converted(Both), Approved(Yes)}, map[string][]string{"converted": {"both"}, "approved": {"true"}}, "Converted Plain"},
		"oldest first":   {[]ListOption{SortBy("id", Ascending)}, map[string][]string{"sort_by": {"id"}, "sort_order": {"asc"}}, "Plain Waiting"},
		"newest first":   {[]ListOption{SortBy("id")}, map[string][]string{"sort_by": {"id"}, "sort_order": {"desc"}}, "Waiting Plain"},
		"no option":      {[]ListOption{nil}, map[string][]string{}, "Waiting Plain"},
	} {
		assert.Equal(t, c.want, lastNames(t, people, c.opts...), name)
		c.query["fields"], c.query["page"], c.query["per_page"] = []string{"Last_Name,Company,Email,City"}, []string{"1"}, []string{"200"}
		assert.Equal(t, c.query, map[string][]string(lastRequest(t, crm).Query), name)
		if len(c.opts) > 0 && !strings.Contains(name, "first") {
			got, err := listed(people.Where(t.Context(), Eq("Company", "Acme"), c.opts...))
			require.NoError(t, err)
			assert.Equal(t, c.want, got, "a search: %s", name)
		}
	}

	got := lastNames(t, people, OnlyFields("Company", "id"), OnlyFields("City"))
	assert.Empty(t, strings.TrimSpace(got), "the struct's other fields stay as they are")
	assert.Equal(t, "Company,City", lastRequest(t, crm).Query.Get("fields"))
	for name, opt := range map[string]ListOption{"cvid": View("5725767000000000123"), "territory_id": Territory("5725767000000000123")} {
		_, _ = people.Page(t.Context(), opt) // whether there is such a one is not the point
		assert.Equal(t, map[string][]string{
			name: {"5725767000000000123"}, "fields": {"Last_Name,Company,Email,City"}, "page": {"1"}, "per_page": {"200"},
		}, map[string][]string(lastRequest(t, crm).Query))
	}
	for text, value := range map[string]any{
		"true": true, "7": 7, "a b&c=d,é+": "a b&c=d,é+", "x,y": []string{"x", "y"}, "2026-05-01T10:00:00+02:00": time.Date(2026, 5, 1, 10, 0, 0, 5, time.FixedZone("", 7200)),
	} {
		lastNames(t, people, Param("uid", value))
		assert.Equal(t, []string{text}, lastRequest(t, crm).Query["uid"])
	}
}

// TestSortedLists: both orders of all that a list can be sorted by, over several pages.
func TestSortedLists(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	for _, row := range []struct{ name, created, modified string }{
		{"A", "2026-05-03T10:00:00Z", "2026-05-04T10:00:00Z"},
		{"B", "2026-05-01T10:00:00Z", "2026-05-06T10:00:00Z"},
		{"C", "2026-05-02T10:00:00Z", "2026-05-05T10:00:00Z"},
	} {
		crm.Seed("Leads", Fields{"Last_Name": row.name, "Company": "Acme", "Created_Time": row.created, "Modified_Time": row.modified})
	}
	for field, want := range map[string]string{"id": "A B C", "Created_Time": "B C A", "Modified_Time": "A C B"} {
		back := strings.Join([]string{want[4:], want[2:3], want[:1]}, " ")
		for _, size := range []int{1, 2, 200} {
			assert.Equal(t, want, lastNames(t, people, SortBy(field, Ascending), PerPage(size)), field)
			assert.Equal(t, back, lastNames(t, people, SortBy(field, Descending), PerPage(size)), field)
			assert.Equal(t, back, lastNames(t, people, SortBy(field), PerPage(size)), field)
		}
	}
	_, err := listed(people.All(t.Context(), SortBy("Last_Name")))
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "INVALID_DATA", e.Code)
	assert.Equal(t, "sort_by", e.Field())
}

// TestPageNumbers: what they reach, and what is not there.
func TestPageNumbers(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 2001)
	people := NewRecord[Person](conn)
	tenth, err := people.Page(t.Context(), PageNumber(10))
	require.NoError(t, err)
	assert.Equal(t, ids[1], tenth.Records[199].ID)
	assert.True(t, tenth.Info.MoreRecords)
	for _, opts := range [][]ListOption{{PageNumber(11)}, {PageNumber(21), PerPage(100)}, {PageNumber(2001), PerPage(1)}} {
		_, err = people.Page(t.Context(), opts...)
		require.ErrorIs(t, err, ErrTruncated)
		require.EqualError(t, err, "zohohub: list Leads: (HTTP 400): there is more than Zoho gives")
	}
	last, err := people.Page(t.Context(), PageToken(tenth.Info.NextPageToken))
	require.NoError(t, err)
	assert.Equal(t, ids[0], last.Records[0].ID)
	assert.Equal(t, PageInfo{Page: 11, PerPage: 200, Count: 1}, last.Info)

	crm, conn = setup(t)
	seedPeople(t, crm, 3)
	beyond, err := NewRecord[Person](conn).Page(t.Context(), PageNumber(2))
	require.NoError(t, err)
	assert.Equal(t, &Page[Person]{Records: []*Person{}, Info: PageInfo{Page: 2, PerPage: 200}}, beyond, "an empty page is no error")
	before := len(asked(crm))
	_, err = NewRecord[Person](conn).Page(t.Context(), PageNumber(2), PageToken("x"))
	require.EqualError(t, err, "zohohub: list Leads: PageNumber and PageToken exclude each other")
	assert.Len(t, asked(crm), before)
}

// TestListStartsAnywhere: All goes on from the page that it is given.
func TestListStartsAnywhere(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 25)
	people := NewRecord[Person](conn)
	up := []ListOption{SortBy("id", Ascending), PerPage(5)}
	assert.Equal(t, ids[10:], collectIDs(t, people.All(t.Context(), append(up, PageNumber(3))...)))
	page, err := people.Page(t.Context(), up...)
	require.NoError(t, err)
	assert.Equal(t, ids[5:], collectIDs(t, people.All(t.Context(), append(up, PageToken(page.Info.NextPageToken))...)))
	assert.Equal(t, ids[20:], collectIDs(t, people.Where(t.Context(), Eq("Company", "Acme"), append(up, PageNumber(5))...)))
}

// TestExpectedSizes: the size of a page follows what is awaited, and PerPage wins.
func TestExpectedSizes(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	for want, opts := range map[string][]ListOption{
		"200": {Expect(200)}, "199": {Expect(199)}, "7": {Expect(7)}, "20": {Expect(7), PerPage(20)}, "30": {PerPage(30), Expect(1000)},
	} {
		lastNames(t, NewRecord[Person](conn), opts...)
		assert.Equal(t, want, lastRequest(t, crm).Query.Get("per_page"))
	}
}

// TestDeletedTakesWhatZohoLooksAt: an option that it would pass over must not look like a condition.
func TestDeletedTakesWhatZohoLooksAt(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	_, err := people.DeleteAll(t.Context(), seedPeople(t, crm, 3))
	require.NoError(t, err)
	crm.ResetRequests()
	for name, opt := range map[string]ListOption{
		"SortBy": SortBy("id"), "View": View("7"), "Converted": Converted(Both), "Approved": Approved(Yes), "Territory": Territory("7"),
		"OnlyFields": OnlyFields("City"),
	} {
		got, err := listed(people.Deleted(t.Context(), PerPage(2), opt))
		require.EqualError(t, err, "zohohub: list deleted Leads: "+name+": the list of deleted records does not look at it")
		assert.Empty(t, got)
	}
	assert.Empty(t, asked(crm))
	for want, opts := range map[string][]ListOption{
		"Doe 00000": {PageNumber(2), PerPage(2), ModifiedSince(crm.Now().Add(-time.Hour)), Param("type", "recycle"), Expect(2), Sequential()},
		"":          {Param("type", "permanent")},
	} {
		got, err := listed(people.Deleted(t.Context(), opts...))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// TestBadIdsInOptions are the caller's mistake: to say that a record was not found would have live ones dropped.
func TestBadIdsInOptions(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Person](conn)
	for name, call := range map[string]func(id string) error{
		"View":      func(id string) error { _, err := leads.Page(t.Context(), View(id)); return err },
		"Territory": func(id string) error { _, err := leads.Page(t.Context(), Territory(id)); return err },
		"Layout": func(id string) error {
			return leads.Create(t.Context(), &Person{LastName: "Doe"}, Layout(id))
		},
	} {
		for _, id := range []string{"", "a/b", "search"} {
			err := call(id)
			require.ErrorContains(t, err, name+": ")
			require.ErrorIs(t, err, ErrRecordInvalid, name)
			require.NotErrorIs(t, err, ErrRecordNotFound, name)
		}
	}
	assert.Empty(t, crm.Requests())
}
