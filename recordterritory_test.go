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

// The fake's territories.
const lisboaID, portoID = "3652397000000505001", "3652397000000505002"

// territoriesOf are the names of the territories that a lead is in.
func territoriesOf(t *testing.T, conn *Connection, id string) []string {
	t.Helper()
	type lead struct {
		ID        string
		Territory []struct{ Name string }
	}
	found, err := NewRecord[lead](conn, InModule("Leads")).Find(t.Context(), id)
	require.NoError(t, err)
	names := []string{}
	for _, territory := range found.Territory {
		names = append(names, territory.Name)
	}
	return names
}

func TestRecordsInTerritories(t *testing.T) {
	t.Parallel()
	for _, v := range versions[1:] {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
			leads := NewRecord[Lead](conn)
			ctx := t.Context()
			both := Results{{ID: ids[0], Action: "update"}, {ID: ids[1], Action: "update"}}

			res, err := leads.AssignTerritories(ctx, ids, lisboaID, portoID, lisboaID)
			require.NoError(t, err)
			assert.Equal(t, both, res)
			row := `{"id":"%s","Territories":[{"id":"` + lisboaID + `"},{"id":"` + portoID + `"}]}`
			assert.JSONEq(t, fmt.Sprintf(`{"data":[`+row+`,`+row+`]}`, ids[0], ids[1]), lastWrite(t, crm))
			assert.Equal(t, "POST /crm/"+v+"/Leads/actions/assign_territories", asked(crm)[0])
			assert.Equal(t, []string{"Lisboa", "Porto"}, territoriesOf(t, conn, ids[1]))
			var in []string
			for lead, err := range leads.All(ctx, Territory(portoID)) {
				require.NoError(t, err)
				in = append(in, lead.ID)
			}
			assert.ElementsMatch(t, ids, in)

			res, err = leads.RemoveTerritories(ctx, ids[:1], portoID)
			require.NoError(t, err)
			assert.Equal(t, both[:1], res)
			assert.Equal(t, []string{"Lisboa"}, territoriesOf(t, conn, ids[0]))
			res, err = leads.AssignTerritories(ctx, []string{ids[0], ids[1], "5725767000099999999"}, portoID)
			require.ErrorIs(t, res[1].Err, ErrDuplicate)
			require.ErrorIs(t, res[2].Err, ErrRecordNotFound)
			require.ErrorContains(t, err, "zohohub: assign territories to Leads: 2 of 3 failed; first, at 1: DUPLICATE_DATA")
			assert.Equal(t, both[0], res[0])
			_, err = leads.RemoveTerritories(ctx, ids, "5")
			require.ErrorIs(t, err, ErrRecordInvalid)
			if v >= "v3" { // before, Zoho does not say where in the body
				require.NotErrorIs(t, err, ErrRecordNotFound, "it is the territory that is not there")
			}
		})
	}
}

func TestManyRecordsInATerritory(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 25)
	given := append(append([]string{"a/b"}, ids...), ids[0])
	leads := NewRecord[Lead](conn)
	crm.ResetRequests()
	res, err := leads.AssignTerritories(t.Context(), given, portoID)
	require.ErrorContains(t, err, "1 of 27 failed; first, at 0: ")
	require.ErrorContains(t, res[0].Err, `"a/b" is not a record's id`)
	for i, id := range given[1:] {
		assert.Equal(t, Result{ID: id, Action: "update"}, res[i+1])
	}
	assert.Len(t, asked(crm), 3, "ten to a call")
	for _, id := range ids {
		assert.Equal(t, []string{"Porto"}, territoriesOf(t, conn, id))
	}
}

func TestTerritoriesRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	ctx := t.Context()
	crm.ResetRequests()
	for _, call := range []func(*Record[Lead], ...string) (Results, error){
		func(leads *Record[Lead], of ...string) (Results, error) {
			return leads.AssignTerritories(ctx, ids, of...)
		},
		func(leads *Record[Lead], of ...string) (Results, error) {
			return leads.RemoveTerritories(ctx, ids, of...)
		},
	} {
		leads := NewRecord[Lead](conn)
		_, err := call(leads)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, err, "no territories")
		for _, bad := range []string{"", "1/2", strings.Repeat("1", 65), "actions"} {
			_, err = call(leads, lisboaID, bad)
			require.ErrorIs(t, err, ErrRecordInvalid, bad)
			require.NotErrorIs(t, err, ErrRecordNotFound, bad)
		}
		_, err = call(NewRecord[Lead](conn, InModule("No module")), lisboaID)
		require.ErrorContains(t, err, "is not a module's API name")
	}
	res, err := NewRecord[Lead](conn).AssignTerritories(ctx, nil, lisboaID)
	require.NoError(t, err)
	assert.Empty(t, res)
	assert.Empty(t, crm.Requests(), "nothing was sent")
	_, err = NewRecord[Lead](conn, InModule("Leeds")).AssignTerritories(ctx, ids, lisboaID)
	require.ErrorIs(t, err, ErrInvalidModule)
	var e *Error
	_, err = NewRecord[Lead](conn, InModule("Tasks")).AssignTerritories(ctx, ids, lisboaID)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "NOT_SUPPORTED", e.Code)
	deal := crm.Seed("Deals", Fields{"Deal_Name": "D", "Stage": "Qualification"})
	_, err = NewRecord[Lead](conn, InModule("Deals")).AssignTerritories(ctx, deal, lisboaID, portoID)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "LIMIT_EXCEEDED", e.Code)
}

// TestTerritoriesAgain: one territory is assigned again when the answer is lost, several are not: a refusal of the second
// time would not tell what the first has done.
func TestTerritoriesAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	lose := func() { crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/Leads/actions", CutAfter: true}) }
	lose()
	res, err := leads.AssignTerritories(ctx, ids, lisboaID)
	require.NoError(t, err)
	assert.Equal(t, Results{{ID: ids[0], Action: "update"}}, res)
	lose()
	_, err = leads.RemoveTerritories(ctx, ids, lisboaID)
	require.NoError(t, err)
	assert.Empty(t, territoriesOf(t, conn, ids[0]))
	lose()
	_, err = leads.RemoveTerritories(ctx, []string{ids[0], "5725767000099999999"}, lisboaID)
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorContains(t, err, "1 of 2 failed", "of the record that is there, what was to go is not there")
	lose()
	_, err = leads.AssignTerritories(ctx, ids, lisboaID, portoID)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Equal(t, []string{"Lisboa", "Porto"}, territoriesOf(t, conn, ids[0]))
}

// TestScheduledTerritories: Zoho may do it later.
func TestScheduledTerritories(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		return jsonAnswer(202, `{"data":[{"code":"SCHEDULED","details":{"job_id":"55","id":"7"},"message":"Territory assignment process scheduled successfully","status":"success"},
			{"code":"ALREADY_SCHEDULED","details":{"id":"8"},"message":"Already scheduled","status":"error"}]}`), nil
	})
	res, err := NewRecord[Lead](conn).AssignTerritories(t.Context(), []string{"7", "8"}, lisboaID)
	require.ErrorContains(t, err, "1 of 2 failed; first, at 1: ALREADY_SCHEDULED")
	assert.Equal(t, Result{ID: "7", Action: "update"}, res[0])
}
