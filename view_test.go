package zohohub_test

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// seedKinds makes leads of all kinds, and gives a view of those in Porto, by name.
func seedKinds(crm *zohohubtest.Server) (porto string) {
	crm.Seed("Leads",
		Fields{"Last_Name": "Abreu", "City": "Porto"},
		Fields{"Last_Name": "Costa", "City": "Faro"},
		Fields{"Last_Name": "Brito", "City": "Porto"},
		Fields{"Last_Name": "Dias", "City": "Porto", "Converted__s": true},
		Fields{"Last_Name": "Aires", "City": "Porto", "Converted__s": true},
		Fields{"Last_Name": "Faria", "City": "Porto", "$approved": false},
	)
	return crm.AddView("Leads", zohohubtest.View{
		Name: "Porto", SortBy: "Last_Name", SortOrder: "asc",
		Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Porto"},
	})
}

// viewNamed is the id of one of the views of Leads, found as a program finds it.
func viewNamed(t *testing.T, conn *Connection, name string) string {
	t.Helper()
	var answer struct {
		Views []struct{ ID, Name string } `json:"custom_views"`
	}
	require.NoError(t, conn.Get(t.Context(), "settings/custom_views", Params{"module": "Leads"}, &answer))
	for _, v := range answer.Views {
		if v.Name == name {
			require.NoError(t, conn.Get(t.Context(), "settings/custom_views/"+v.ID, Params{"module": "Leads"}, &answer))
			require.Len(t, answer.Views, 1)
			return answer.Views[0].ID
		}
	}
	require.Fail(t, "no such view", name)
	return ""
}

func namesOf(t *testing.T, list iter.Seq2[*Person, error]) []string {
	t.Helper()
	names := []string{}
	for p, err := range list {
		require.NoError(t, err)
		names = append(names, p.LastName)
	}
	return names
}

func TestView(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	porto := seedKinds(crm)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	inPorto := Word("Porto")
	for _, c := range []struct {
		name       string
		opts       []ListOption
		all, where []string
	}{
		{"Zoho's default", []ListOption{View(viewNamed(t, conn, "All Open Leads"))}, []string{"Faria", "Brito", "Costa", "Abreu"}, []string{"Faria", "Brito", "Abreu"}},
		{"Zoho's of converted leads", []ListOption{View(viewNamed(t, conn, "Converted Leads"))}, []string{"Aires", "Dias"}, []string{"Aires", "Dias"}},
		{"one's own, in its order", []ListOption{View(porto)}, []string{"Abreu", "Brito", "Faria"}, []string{"Faria", "Brito", "Abreu"}},
		{"and converted", []ListOption{View(porto), Converted(Yes)}, []string{"Aires", "Dias"}, []string{"Aires", "Dias"}},
		{"and both", []ListOption{View(porto), Converted(Both)}, []string{"Abreu", "Aires", "Brito", "Dias", "Faria"}, []string{"Faria", "Aires", "Dias", "Brito", "Abreu"}},
		{"and not approved", []ListOption{View(porto), Approved(No)}, []string{"Faria"}, []string{"Faria"}},
	} {
		assert.Equal(t, c.all, namesOf(t, people.All(ctx, c.opts...)), c.name)
		assert.Equal(t, c.all, namesOf(t, people.All(ctx, append(c.opts, PerPage(1))...)), c.name)
		assert.Equal(t, c.where, namesOf(t, people.Where(ctx, inPorto, c.opts...)), c.name)
		page, err := people.Page(ctx, append(c.opts, PerPage(2))...)
		require.NoError(t, err)
		want := c.all[:min(2, len(c.all))]
		assert.Equal(t, PageInfo{
			Page: 1, PerPage: 2, Count: len(want), MoreRecords: len(c.all) > 2, NextPageToken: page.Info.NextPageToken,
		}, page.Info, c.name)
		assert.Equal(t, want, namesOf(t, each(page.Records)), c.name)
	}
	// Record.Count takes criteria and no view; the call is there all the same.
	var counted struct{ Count int }
	require.NoError(t, conn.Get(ctx, "Leads/actions/count", Params{"cvid": porto}, &counted))
	assert.Equal(t, 3, counted.Count)
}

func each[T any](records []*T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestViewOfManyPages(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	cities := []string{"Porto", "Faro", ""}
	rows := make([]Fields, 2700)
	for i := range rows {
		rows[i] = Fields{"Last_Name": fmt.Sprintf("L%04d", i), "Company": "Acme", "City": cities[i%3]}
	}
	ids := crm.Seed("Leads", rows...)
	view := crm.AddView("Leads", zohohubtest.View{
		Name: "by city", SortBy: "City", SortOrder: "asc",
		Criteria: &zohohubtest.Condition{Field: "City", Comparator: "not_equal", Value: "Faro"},
	})
	var none, porto []string
	for i, id := range ids {
		switch i % 3 {
		case 0:
			porto = append(porto, id)
		case 2:
			none = append(none, id)
		}
	}
	people := NewRecord[Person](conn)
	assert.Equal(t, slices.Concat(none, porto), collectIDs(t, people.All(t.Context(), View(view))), "those without a city first")
	assert.Len(t, asked(crm), 9)

	// A caller without memory goes on by token, and the view is part of what a token belongs to.
	first, err := people.Page(t.Context(), View(view), PerPage(100))
	require.NoError(t, err)
	second, err := people.Page(t.Context(), View(view), PerPage(100), PageToken(first.Info.NextPageToken))
	require.NoError(t, err)
	assert.Equal(t, none[100:200], collectIDs(t, each(second.Records)))
	_, err = people.Page(t.Context(), PerPage(100), PageToken(first.Info.NextPageToken))
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "TOKEN_BOUND_DATA_MISMATCH", e.Code)
}

// TestViewThatChanges: what is written meanwhile moves in the view's order; what stays is listed once, in order.
func TestViewThatChanges(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		crm.Seed("Leads", Fields{"Last_Name": name, "Company": "Acme"})
	}
	view := crm.AddView("Leads", zohohubtest.View{Name: "by name", SortBy: "Last_Name", SortOrder: "asc"})
	people := NewRecord[Person](conn)
	var got []string
	for p, err := range people.All(t.Context(), View(view), PerPage(2), Sequential()) {
		require.NoError(t, err)
		got = append(got, p.LastName)
		if p.LastName == "B" { // the last of its page
			require.NoError(t, people.Update(t.Context(), p.ID, Fields{"Last_Name": "Z"}))
			crm.Seed("Leads", Fields{"Last_Name": "AA", "Company": "Acme"}, Fields{"Last_Name": "CC", "Company": "Acme"})
		}
	}
	assert.Equal(t, []string{"A", "B", "C", "CC", "D", "E", "F"}, got, "B is known already, AA came too late")
}

// TestViewOfMoreThanFiftyFields: the further fields are fetched by id, and a view's converted leads have them too.
func TestViewOfMoreThanFiftyFields(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads",
		Fields{"Last_Name": "Doe", "City": "Faro", "Phone": "1", "Converted__s": true},
		Fields{"Last_Name": "Roe", "City": "Faro", "Phone": "2", "Converted__s": true},
	)
	var got []string
	wide := NewRecord[Wide](conn, InModule("Leads"))
	for w, err := range wide.All(t.Context(), View(viewNamed(t, conn, "Converted Leads"))) {
		require.NoError(t, err)
		got = append(got, w.LastName+" "+w.City+" "+w.Phone)
	}
	assert.Equal(t, []string{"Roe Faro 2", "Doe Faro 1"}, got)
}

func TestUnknownView(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	seedKinds(crm)
	elsewhere := crm.AddView("Contacts", zohohubtest.View{Name: "all"})
	people := NewRecord[Person](conn)
	ctx := t.Context()
	for _, id := range []string{"1", elsewhere} {
		_, err := people.Page(ctx, View(id))
		errs := map[string]error{"list": err}
		for p, err := range people.Where(ctx, Eq("City", "Porto"), View(id)) {
			assert.Nil(t, p)
			errs["search"] = err
		}
		for p, err := range people.All(ctx, View(id)) {
			assert.Nil(t, p)
			require.EqualError(t, err, errs["list"].Error())
		}
		require.Len(t, errs, 2)
		for op, err := range errs {
			require.EqualError(t, err, "zohohub: "+op+" Leads: INVALID_DATA: invalid data (field cvid) (HTTP 400)")
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, Error{
				Op: op, Module: "Leads", Status: 400, Code: "INVALID_DATA", Message: "invalid data",
				Details: []byte(`{"param_name":"cvid"}`), Index: -1,
			}, *e)
			assert.Equal(t, "cvid", e.Field())
		}
	}
	_, err := people.Page(ctx, View(viewNamed(t, conn, "My Leads")), SortBy("id"))
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "AMBIGUITY_DURING_PROCESSING", e.Code, "a view has its own order")
	_, err = people.Page(ctx, Territory("5725767000000000001"))
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "territory_id", e.Field())
}

// TestConvertedAndApproved: which leads are listed, found and counted. The first row is what nobody asked for.
func TestConvertedAndApproved(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads",
		Fields{"Last_Name": "plain", "City": "Porto"},
		Fields{"Last_Name": "converted", "City": "Porto", "Converted__s": true},
		Fields{"Last_Name": "waiting", "City": "Porto", "$approved": false},
		Fields{"Last_Name": "both", "City": "Porto", "Converted__s": true, "$approved": false},
	)
	crm.Advance(time.Minute)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	for _, c := range []struct {
		opts []ListOption
		want []string
	}{
		{nil, []string{"waiting", "plain"}},
		{[]ListOption{Converted(No)}, []string{"waiting", "plain"}},
		{[]ListOption{Converted(Yes)}, []string{"both", "converted"}},
		{[]ListOption{Converted(Both)}, []string{"both", "waiting", "converted", "plain"}},
		{[]ListOption{Approved(Yes)}, []string{"plain"}},
		{[]ListOption{Approved(No)}, []string{"waiting"}},
		{[]ListOption{Approved(Both)}, []string{"waiting", "plain"}},
		{[]ListOption{Converted(Yes), Approved(No)}, []string{"both"}},
		{[]ListOption{Converted(Both), Approved(No)}, []string{"both", "waiting"}},
		{[]ListOption{Converted(Yes), Approved(Yes)}, []string{"converted"}},
		{[]ListOption{Param("approved", "true"), Converted(No)}, []string{"plain"}},
	} {
		assert.Equal(t, c.want, namesOf(t, people.All(ctx, c.opts...)))
		assert.Equal(t, c.want, namesOf(t, people.Where(ctx, Eq("City", "Porto"), c.opts...)))
	}
	// By its id a record is found, of whatever kind it is.
	for _, r := range crm.Records("Leads") {
		p, err := people.Find(ctx, r["id"].(string))
		require.NoError(t, err)
		assert.Equal(t, r["Last_Name"], p.LastName)
	}
	n, err := people.Count(ctx, Eq("City", "Porto"))
	require.NoError(t, err)
	assert.Equal(t, 2, n)
}

// TestViewInSearches: before v5 Zoho passes over a search's view, which would give more than was asked for.
func TestViewInSearches(t *testing.T) {
	t.Parallel()
	for _, v := range versions {
		crm, conn := setupVersion(t, v)
		porto := seedKinds(crm)
		before := len(crm.Requests())
		list := NewRecord[Person](conn).Where(t.Context(), Word("Porto"), View(porto))
		switch v {
		case "v2", "v2.1", "v3", "v4":
			var err error
			for _, err = range list {
				break
			}
			require.EqualError(t, err, "zohohub: search Leads: View: searches of API "+v+" do not look at it: they do from v5 on")
			assert.Len(t, crm.Requests(), before, v)
		default:
			assert.Equal(t, []string{"Faria", "Brito", "Abreu"}, namesOf(t, list), v)
		}
	}
}

// TestViewOfConvertedInGroups: the further fields of records that a plain list leaves out take one call, not one each.
func TestViewOfConvertedInGroups(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	seedKinds(crm)
	view := viewNamed(t, conn, "Converted Leads")
	before := len(crm.Requests())
	n := 0
	for _, err := range NewRecord[Wide](conn, InModule("Leads")).All(t.Context(), View(view)) {
		require.NoError(t, err)
		n++
	}
	assert.Equal(t, 2, n)
	assert.Len(t, crm.Requests()[before:], 2)
}
