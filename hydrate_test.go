package zohohub_test

import (
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func idsIn(t *testing.T, list iter.Seq2[*Person, error]) []string {
	t.Helper()
	ids := []string{}
	for p, err := range list {
		require.NoError(t, err)
		ids = append(ids, p.ID)
	}
	return ids
}

func TestHydrate(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		ids := seedPeople(t, crm, 250)
		slices.Reverse(ids[:120])
		people := NewRecord[Person](conn)
		ctx := t.Context()
		gone := ids[110]
		require.NoError(t, people.Delete(ctx, gone))
		given := append(slices.Clone(ids), ids[0], "5725767000099999999")
		crm.ResetRequests()
		n := Notification{Module: "Leads", Operation: "update", IDs: given}
		assert.Equal(t, slices.DeleteFunc(ids, func(id string) bool { return id == gone }), idsIn(t, people.Hydrate(ctx, n)))
		assert.Len(t, asked(crm), 3, "a call for each hundred")
		assert.Equal(t, given, n.IDs, "what was passed stays")

		crm.ResetRequests()
		for p, err := range people.Hydrate(ctx, n) {
			require.NoError(t, err)
			assert.NotEmpty(t, p.LastName)
			break
		}
		assert.Len(t, asked(crm), 1)
	})
}

// TestHydrateNothing: what has no records to fetch sends nothing.
func TestHydrateNothing(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	people := NewRecord[Person](conn)
	ctx := t.Context()
	crm.ResetRequests()
	assert.Empty(t, idsIn(t, people.Hydrate(ctx, Notification{Module: "Leads", Operation: "delete", IDs: []string{id}})))
	assert.Empty(t, idsIn(t, people.Hydrate(ctx, Notification{Module: "Leads", Operation: "insert"})))
	for want, n := range map[string]Notification{
		`zohohub: fetch changed Leads: the notification is of the module "Deals"`: {Module: "Deals", Operation: "delete", IDs: []string{id}},
		`zohohub: fetch changed Leads: the notification is of the module ""`:      {IDs: []string{id}},
		`zohohub: fetch changed Leads: "../x" is not a record's id`:               {Module: "Leads", IDs: []string{id, "../x"}},
		`zohohub: fetch changed Leads: the id is empty`:                           {Module: "Leads", IDs: []string{""}},
	} {
		count := 0
		for p, err := range people.Hydrate(ctx, n) {
			assert.Nil(t, p)
			require.EqualError(t, err, want)
			count++
		}
		assert.Equal(t, 1, count)
	}
	for _, err := range people.Hydrate(ctx, Notification{Module: "Deals"}) {
		require.ErrorIs(t, err, ErrInvalidModule)
	}
	for _, err := range NewRecord[Person](conn, InModule("No module")).Hydrate(ctx, Notification{Module: "Leads"}) {
		require.ErrorContains(t, err, "is not a module's API name")
	}
	assert.Empty(t, crm.Requests())
}

// TestHydrateWide: types with more fields than a call takes, without an ID, tracked, and without a struct.
func TestHydrateWide(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"}, Fields{"Last_Name": "Poe"})
	n := Notification{Module: "Leads", Operation: "update", IDs: []string{ids[2], ids[0]}}
	names := []string{}
	for lead, err := range NewRecord[Dynamic](conn, InModule("Leads")).Hydrate(t.Context(), n) {
		require.NoError(t, err)
		names = append(names, fmt.Sprint(lead.ID == n.IDs[len(names)], lead.Fields["Last_Name"], len(lead.Fields) > 50))
	}
	assert.Equal(t, []string{"truePoetrue", "trueDoetrue"}, names)

	type nameless struct{ LastName string }
	names = nil
	for lead, err := range NewRecord[nameless](conn, InModule("Leads")).Hydrate(t.Context(), n) {
		require.NoError(t, err)
		names = append(names, lead.LastName)
	}
	assert.Equal(t, []string{"Poe", "Doe"}, names)

	leads := NewRecord[Lead](conn)
	for lead, err := range leads.Hydrate(t.Context(), n) {
		require.NoError(t, err)
		lead.City = "Porto"
		require.NoError(t, leads.Save(t.Context(), lead))
		assert.JSONEq(t, `{"data":[{"id":"`+lead.ID+`","City":"Porto"}]}`, lastWrite(t, crm), "what was fetched is known")
	}
}

// TestHydrateRequest: converted leads are asked for too, and what Zoho sends beyond the ids is left out.
func TestHydrateRequest(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, "/crm/v8/Leads", r.URL.Path)
		assert.Equal(t, url.Values{
			"ids": {"1,2,3"}, "converted": {"both"}, "approved": {"both"}, "fields": {"Last_Name,Company,Email,City"}, "per_page": {"200"}, "page": {"1"},
		}, r.URL.Query())
		return jsonAnswer(http.StatusOK, `{"data":[{"id":"3","Last_Name":"Poe"},{"id":"4"},{"id":"1"}],"info":{"more_records":false}}`), nil
	})
	assert.Equal(t, []string{"1", "3"}, idsIn(t, NewRecord[Person](conn).Hydrate(t.Context(), Notification{Module: "Leads", IDs: []string{"1", "2", "3"}})))
}

// TestHydrateFails: the error of a later hundred comes after the records of the first.
func TestHydrateFails(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 150)
	crm.Inject(zohohubtest.Fault{Path: "/Leads", After: 1, Status: 403, Code: "NO_PERMISSION"})
	count := 0
	var last error
	for p, err := range NewRecord[Person](conn).Hydrate(t.Context(), Notification{Module: "Leads", IDs: ids}) {
		if last = err; p != nil {
			count++
		}
	}
	assert.Equal(t, 100, count)
	require.ErrorIs(t, last, ErrNoPermission)
}
