package zohohub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Product is a module that leads, accounts, contacts and deals are related to.
type Product struct{ ID, ProductName string }

// Member is a lead as one of a campaign's.
type Member struct {
	ID, LastName string
	Status       string `zoho:"Member_Status,readonly"`
}

func (Member) ModuleName() string { return "Leads" }

// seedProducts makes a lead and n products.
func seedProducts(crm *zohohubtest.Server, n int) (lead string, products []string) {
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"Product_Name": fmt.Sprintf("Widget %d", i)}
	}
	return crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0], crm.Seed("Products", rows...)
}

func productNames(t *testing.T, r *Related[Product], opts ...ListOption) []string {
	t.Helper()
	var names []string
	for p, err := range r.All(t.Context(), opts...) {
		require.NoError(t, err)
		names = append(names, p.ProductName)
	}
	return names
}

// TestRelatedOfEveryVersion lives a relation's life, from both sides.
func TestRelatedOfEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		lead, ids := seedProducts(crm, 3)
		ctx := t.Context()
		products := NewRecord[Product](conn).Related("Leads", lead)

		assert.Empty(t, productNames(t, products))
		res, err := products.Add(ctx, ids...)
		require.NoError(t, err)
		assert.Equal(t, Results{{ID: ids[0], Action: "update"}, {ID: ids[1], Action: "update"}, {ID: ids[2], Action: "update"}}, res)
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q},{"id":%q},{"id":%q}]}`, ids[0], ids[1], ids[2]), lastWrite(t, crm))
		assert.Equal(t, "PUT /crm/"+v+"/Leads/"+lead+"/Products", asked(crm)[len(asked(crm))-1])
		assert.Equal(t, []string{"Widget 0", "Widget 1", "Widget 2"}, productNames(t, products, SortBy("id", Ascending)))

		res, err = products.Remove(ctx, ids[0], ids[2])
		require.NoError(t, err)
		assert.Equal(t, Results{{ID: ids[0]}, {ID: ids[2]}}, res)
		assert.Equal(t, []string{"Widget 1"}, productNames(t, products))
		_, err = products.Remove(ctx, ids[0])
		require.ErrorIs(t, err, ErrRecordNotFound)

		var names []string
		for p, err := range NewRecord[Person](conn).Related("Products", ids[1]).All(ctx) {
			require.NoError(t, err)
			names = append(names, p.LastName)
		}
		assert.Equal(t, []string{"Doe"}, names, "the other side of it")
		found, err := NewRecord[Product](conn).Find(ctx, ids[0])
		require.NoError(t, err, "the product itself stays")
		assert.Equal(t, "Widget 0", found.ProductName)
	})
}

// TestLinkData: a link holds something itself.
func TestLinkData(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		fair := crm.Seed("Campaigns", Fields{"Campaign_Name": "Fair"})[0]
		ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
		members := NewRecord[Member](conn).Related("Campaigns", fair)
		ctx := t.Context()

		require.NoError(t, members.Update(ctx, ids[0], Fields{"Member_Status": "Invited"}), "which relates it too")
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Member_Status":"Invited"}]}`, ids[0]), lastWrite(t, crm))
		res, err := members.UpdateAll(ctx, []Fields{
			{"id": ids[1], "Member_Status": "Invited"}, {"id": "5725767000099999999"}, {"Member_Status": "Nobody"}, {"id": ids[0], "Member_Status": "Responded"},
		})
		require.ErrorIs(t, err, ErrRecordNotFound)
		require.ErrorContains(t, err, "zohohub: update related Leads: 2 of 4 failed; first, at 1")
		require.Len(t, res, 4)
		assert.Equal(t, Result{ID: ids[1], Action: "update"}, res[0])
		require.ErrorContains(t, res[2].Err, "the id is empty")
		assert.Equal(t, Result{ID: ids[0], Action: "update"}, res[3])

		var got []string
		for m, err := range members.All(ctx, SortBy("id", Ascending)) {
			require.NoError(t, err)
			got = append(got, m.LastName+" "+m.Status)
		}
		assert.Equal(t, []string{"Doe Responded", "Roe Invited"}, got)

		// The list of a deal's contacts is not called as their module.
		deal := crm.Seed("Deals", Fields{"Deal_Name": "Big", "Stage": "Qualification"})[0]
		jo := crm.Seed("Contacts", Fields{"Last_Name": "Jo"})[0]
		contacts := NewRecord[Contact](conn).Related("Deals", deal, InList("Contact_Roles"))
		_, err = contacts.Add(ctx, jo)
		require.NoError(t, err)
		for c, err := range contacts.All(ctx) {
			require.NoError(t, err)
			assert.Equal(t, "Jo", c.LastName)
		}
	})
}

// TestManyRelated: lists have pages, and writes more rows than a call takes.
func TestManyRelated(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"v2", "v8"} {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			lead, ids := seedProducts(crm, 450)
			products := NewRecord[Product](conn).Related("Leads", lead)
			ctx := t.Context()
			crm.ResetRequests()
			given := append(append([]string{}, ids...), ids[0], "x/y", "5725767000099999999")
			res, err := products.Add(ctx, given...)
			require.ErrorContains(t, err, "zohohub: add related Products: 2 of 453 failed; first, at 451: ")
			require.Len(t, res, 453)
			for i, id := range ids {
				assert.Equal(t, Result{ID: id, Action: "update"}, res[i])
			}
			assert.Equal(t, res[0], res[450], "one that stands there again")
			require.ErrorIs(t, res[452].Err, ErrRecordNotFound)
			assert.Len(t, asked(crm), 5)
			assert.Len(t, productNames(t, products), 450)
			page := productNames(t, products, PerPage(10), Expect(10), PageNumber(45))
			assert.Len(t, page, 10)

			res, err = products.Remove(ctx, given...)
			require.Error(t, err)
			assert.Equal(t, Result{ID: ids[449]}, res[449])
			assert.Equal(t, Result{ID: ids[0]}, res[450])
			require.ErrorIs(t, res[452].Err, ErrRecordNotFound)
			assert.Empty(t, productNames(t, products))
		})
	}
}

// TestWideRelated: fields beyond fifty are fetched apart, and what only the link knows is not lost.
func TestWideRelated(t *testing.T) {
	t.Parallel()
	for name, deleted := range map[string]bool{"of a record": false, "of a deleted one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			fair := crm.Seed("Campaigns", Fields{"Campaign_Name": "Fair"})[0]
			ids := crm.Seed("Leads", Fields{"Last_Name": "Doe", "City": "Lisboa"}, Fields{"Last_Name": "Roe", "City": "Faro"})
			members := NewRecord[Dynamic](conn, InModule("Leads")).Related("Campaigns", fair)
			_, err := members.UpdateAll(t.Context(), []Fields{{"id": ids[0], "Member_Status": "A"}, {"id": ids[1], "Member_Status": "B"}})
			require.NoError(t, err)
			if deleted {
				require.NoError(t, NewRecord[Dynamic](conn, InModule("Campaigns")).Delete(t.Context(), fair))
				members = NewRecord[Dynamic](conn, InModule("Leads")).Related("Campaigns", fair, OfDeleted())
			}
			fields := []string{"Last_Name"}
			for i := range 55 {
				fields = append(fields, fmt.Sprintf("Nothing_%d", i))
			}
			fields = append(fields, "City", "Member_Status")
			crm.ResetRequests()
			var got []string
			for m, err := range members.All(t.Context(), OnlyFields(fields...)) {
				require.NoError(t, err)
				got = append(got, fmt.Sprint(m.Fields["Last_Name"], m.Fields["City"], m.Fields["Member_Status"]))
			}
			assert.ElementsMatch(t, []string{"DoeLisboaA", "RoeFaroB"}, got)
			assert.Len(t, asked(crm), 2)
		})
	}
}

// TestWideRelatedThatGoes: between the two calls of a wide list one record was unlinked.
func TestWideRelatedThatGoes(t *testing.T) {
	t.Parallel()
	type wide struct {
		ID, LastName string
		Extra        Fields `zoho:",unknown"`
	}
	for name, deleted := range map[string]bool{"of a record": false, "of a deleted one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := []string{"Last_Name"}
			for i := range 50 {
				fields = append(fields, fmt.Sprintf("Nothing_%d", i))
			}
			var paths []string
			mock, conn := mocked(t)
			mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
				paths = append(paths, strings.TrimPrefix(r.URL.Path, "/crm/v8/"))
				switch {
				case r.URL.Query().Get("ids") == "" && strings.HasSuffix(r.URL.Path, "/Leads"):
					return jsonAnswer(http.StatusOK, `{"data":[{"id":"1","Last_Name":"Doe"},{"id":"2","Last_Name":"Roe"}],"info":{"more_records":false}}`), nil
				case r.URL.Query().Get("ids") != "":
					return jsonAnswer(http.StatusOK, `{"data":[{"id":"2","Nothing_49":"there"}]}`), nil
				}
				return jsonAnswer(http.StatusNoContent, ""), nil
			})
			var opts []RelatedOption
			list, one := "Campaigns/7/Leads", "Campaigns/7/Leads/1"
			if deleted {
				opts = append(opts, OfDeleted())
				list, one = "Campaigns/deleted/7/Leads", "Leads/1"
			}
			var got []string
			leads := NewRecord[wide](conn, InModule("Leads")).Related("Campaigns", "7", opts...)
			for l, err := range leads.All(t.Context(), OnlyFields(fields...)) {
				require.NoError(t, err)
				got = append(got, fmt.Sprint(l.LastName, l.Extra["Nothing_49"]))
			}
			assert.Equal(t, []string{"Roethere"}, got)
			assert.Equal(t, []string{list, list, one}, paths)
		})
	}
}

func TestRelatedOfDeleted(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead, ids := seedProducts(crm, 2)
	records := NewRecord[Product](conn)
	products := records.Related("Leads", lead)
	ctx := t.Context()
	_, err := products.Add(ctx, ids...)
	require.NoError(t, err)
	require.NoError(t, NewRecord[Lead](conn).Delete(ctx, lead))
	for _, err := range products.All(ctx) {
		require.ErrorIs(t, err, ErrRecordNotFound)
	}
	gone := records.Related("Leads", lead, OfDeleted())
	assert.ElementsMatch(t, []string{"Widget 0", "Widget 1"}, productNames(t, gone))

	crm.ResetRequests()
	const only = "the parent is deleted: what is related to it can only be listed"
	_, err = gone.Add(ctx, ids...)
	require.EqualError(t, err, "zohohub: add related Products: "+only)
	_, err = gone.Remove(ctx, ids...)
	require.EqualError(t, err, "zohohub: remove related Products: "+only)
	require.EqualError(t, gone.Update(ctx, ids[0], Fields{}), "zohohub: update related Products: "+only)
	_, err = gone.UpdateAll(ctx, nil)
	require.EqualError(t, err, "zohohub: update related Products: "+only)
	assert.Empty(t, asked(crm))
}

func TestRelatedRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	acme := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	doe := crm.Seed("Contacts", Fields{"Last_Name": "Doe", "Account_Name": Lookup{ID: acme}})[0]
	lead, ids := seedProducts(crm, 1)
	ctx := t.Context()

	// A list that is made of lookups is read, not written.
	contacts := NewRecord[Contact](conn).Related("Accounts", acme)
	for c, err := range contacts.All(ctx) {
		require.NoError(t, err)
		assert.Equal(t, doe, c.ID)
	}
	for _, write := range []func() (Results, error){
		func() (Results, error) { return contacts.Add(ctx, doe) },
		func() (Results, error) { return contacts.Remove(ctx, doe) },
	} {
		res, err := write()
		require.ErrorContains(t, err, "CANNOT_BE_UPDATED")
		require.Len(t, res, 1)
		require.Error(t, res[0].Err)
	}
	for _, err := range NewRecord[Product](conn).Related("Leads", lead, InList("Nonsense")).All(ctx) {
		require.ErrorContains(t, err, "zohohub: list related Products: INVALID_DATA: The relation name given seems to be invalid")
	}
	_, err := NewRecord[Product](conn).Related("Leads", "5725767000099999999").Add(ctx, ids...)
	require.ErrorIs(t, err, ErrRecordNotFound, "the parent")

	crm.ResetRequests()
	for _, bad := range []string{"", ".", "..", "../Contacts", "1/2", "1?x", "1#", "deleted", "actions"} {
		for name, r := range map[string]*Related[Product]{
			"parent": NewRecord[Product](conn).Related("Leads", bad),
			"module": NewRecord[Product](conn).Related(bad+"/", lead),
			"list":   NewRecord[Product](conn).Related("Leads", lead, InList(bad+"/")),
			"option": NewRecord[Product](conn).Related("Leads", bad, OfDeleted(), nil),
		} {
			n := 0
			for _, err := range r.All(ctx) {
				require.Error(t, err, "%s %q", name, bad)
				n++
			}
			assert.Equal(t, 1, n)
		}
		good := NewRecord[Product](conn).Related("Leads", lead)
		_, err := good.Add(ctx, bad)
		require.Error(t, err, bad)
		_, err = good.Remove(ctx, bad)
		require.Error(t, err, bad)
		require.Error(t, good.Update(ctx, bad, Fields{"Product_Name": "x"}), bad)
	}
	_, err = NewRecord[Member](conn).Related("Campaigns", lead).UpdateAll(ctx, []Fields{{"id": "1", "LastName": "x"}})
	require.ErrorContains(t, err, "Last_Name", "a Go field's name")
	res, err := NewRecord[Product](conn).Related("Leads", lead).Add(ctx)
	require.NoError(t, err)
	assert.Empty(t, res)
	assert.Empty(t, crm.Requests(), "nothing was sent")
}

// TestRelatedAgain: adding twice is adding once, and a removal that was done by the first try has been done.
func TestRelatedAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead, ids := seedProducts(crm, 1)
	products := NewRecord[Product](conn).Related("Leads", lead)
	ctx := t.Context()
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Path: "/Products", CutAfter: true})
	_, err := products.Add(ctx, ids...)
	require.NoError(t, err)
	assert.Equal(t, []string{"Widget 0"}, productNames(t, products))
	crm.Inject(zohohubtest.Fault{Method: http.MethodDelete, Path: "/Products", CutAfter: true})
	_, err = products.Remove(ctx, ids...)
	require.NoError(t, err)
	assert.Empty(t, productNames(t, products))
}

func TestRelatedLists(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, _ *zohohubtest.Server, conn *Connection) {
		lists, err := conn.RelatedLists(t.Context(), "Deals")
		require.NoError(t, err)
		byName := map[string]RelatedList{}
		for _, l := range lists {
			assert.NotEmpty(t, l.ID)
			assert.Contains(t, string(l.Raw), `"sequence_number"`)
			byName[l.APIName] = l
		}
		assert.Equal(t, "Contacts", byName["Contact_Roles"].Module, "a list that is not called as its module")
		assert.Equal(t, "Notes", byName["Notes"].Module)
		assert.Equal(t, "Contact Roles", byName["Contact_Roles"].Label)
		assert.Equal(t, "default", byName["Notes"].Type)
		assert.Equal(t, "visible", byName["Notes"].Status)
	})
	crm, conn := setup(t)
	_, err := conn.RelatedLists(t.Context(), "Leeds")
	require.ErrorIs(t, err, ErrInvalidModule)
	require.ErrorContains(t, err, "zohohub: list related lists Leeds: INVALID_MODULE")
	crm.ResetRequests()
	_, err = conn.RelatedLists(t.Context(), "")
	require.EqualError(t, err, "zohohub: list related lists: the module's name is empty")
	assert.Empty(t, crm.Requests())
}
