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

// The fake's users beside the one who signs in: a colleague, and one who has left.
const (
	bruno = "3652397000000186022"
	clara = "3652397000000186023"
	// nobodysID is no record's, user's or view's.
	nobodysID = "5725767000099999999"
)

// ownersOf are the names of a module's owners, oldest record first.
func ownersOf(crm *zohohubtest.Server, module string) []any {
	var owners []any
	for _, r := range crm.Records(module) {
		owners = append(owners, r["Owner"].(map[string]any)["name"])
	}
	return owners
}

func TestChangeOwner(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Accounts", Fields{"Account_Name": "Acme"}, Fields{"Account_Name": "Other"})
	crm.Seed("Contacts", Fields{"Last_Name": "Doe", "Account_Name": map[string]any{"id": ids[0]}}, Fields{"Last_Name": "Roe"})
	crm.Seed("Deals", Fields{"Deal_Name": "D", "Stage": "Qualification", "Account_Name": map[string]any{"id": ids[0]}})
	accounts := NewRecord[Dynamic](conn, InModule("Accounts"))
	ctx := t.Context()

	res, err := accounts.ChangeOwner(ctx, []string{ids[1], nobodysID, ids[1]}, bruno)
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorContains(t, err, "zohohub: change owner of Accounts: 1 of 3 failed; first, at 1: INVALID_DATA: the id given seems to be invalid (HTTP 207)")
	assert.Equal(t, Result{ID: ids[1], Action: "update"}, res[0])
	assert.Equal(t, res[0], res[2], "one that stands there again is sent once")
	assert.Equal(t, "/crm/v8/Accounts/actions/change_owner", crm.Requests()[len(crm.Requests())-1].Path)
	assert.JSONEq(t, `{"ids":["`+ids[1]+`","`+nobodysID+`"],"owner":{"id":"`+bruno+`"},"notify":false}`, lastBody(t, crm))
	assert.Equal(t, []any{"Ana Silva", "Bruno Costa"}, ownersOf(crm, "Accounts"))

	_, err = accounts.ChangeOwner(ctx, ids[:1], bruno, NotifyOwner(), WithRelated("Contacts"), nil, WithRelated("Tasks"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"ids":["`+ids[0]+`"],"owner":{"id":"`+bruno+`"},"notify":true,"related_modules":[{"api_name":"Contacts"},{"api_name":"Tasks"}]}`, lastBody(t, crm))
	assert.Equal(t, []any{"Bruno Costa", "Ana Silva"}, ownersOf(crm, "Contacts"))
	assert.Equal(t, []any{"Ana Silva"}, ownersOf(crm, "Deals"))

	for _, user := range []string{clara, nobodysID} {
		_, err = accounts.ChangeOwner(ctx, ids, user)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.NotErrorIs(t, err, ErrRecordNotFound)
		require.ErrorContains(t, err, "2 of 2 failed; first, at 0: INVALID_DATA: the owner id given is invalid (field id) (HTTP 400)")
	}
}

func TestChangeManyOwners(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	rows := make([]Fields, 1200)
	for i := range rows {
		rows[i] = Fields{"Last_Name": fmt.Sprint("L", i)}
	}
	ids := crm.Seed("Leads", rows...)
	crm.ResetRequests()
	res, err := NewRecord[Lead](conn).ChangeOwner(t.Context(), ids, bruno)
	require.NoError(t, err)
	require.Len(t, res, 1200)
	for i, r := range res {
		assert.Equal(t, Result{ID: ids[i], Action: "update"}, r)
	}
	var sizes []int
	for _, r := range crm.Requests() {
		sizes = append(sizes, strings.Count(string(r.Body), `"`+ids[0][:10]))
	}
	assert.Equal(t, []int{500, 500, 200}, sizes)
}

// TestOwnersAgain: to give a record away twice is to give it away once, and a call that cannot succeed ends the others.
func TestOwnersAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/change_owner", CutAfter: true})
	_, err := leads.ChangeOwner(t.Context(), []string{id}, bruno)
	require.NoError(t, err)
	assert.Len(t, asked(crm), 2)

	many := make([]string, 501)
	for i := range many {
		many[i] = fmt.Sprint(5725767000080000000 + i)
	}
	crm.ResetRequests()
	crm.Inject(zohohubtest.Fault{Path: "/change_owner", Status: http.StatusForbidden})
	res, err := leads.ChangeOwner(t.Context(), many, bruno)
	require.ErrorIs(t, err, ErrNoPermission)
	require.ErrorContains(t, res[500].Err, "not sent: NO_PERMISSION")
	assert.Len(t, asked(crm), 1)
}

func TestChangeOwnerInView(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads", Fields{"Last_Name": "Doe", "City": "Lisboa"}, Fields{"Last_Name": "Roe"}, Fields{"Last_Name": "Poe", "City": "Lisboa"})
	view := crm.AddView("Leads", zohohubtest.View{Name: "Lisboetas", Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Lisboa"}})
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		leads := NewRecord[Lead](conn)
		job, err := leads.ChangeOwnerInView(t.Context(), view, bruno)
		require.NoError(t, err)
		assert.JSONEq(t, `{"cvid":"`+view+`","owner":{"id":"`+bruno+`"}}`, lastBody(t, crm))
		assert.Equal(t, []any{"Ana Silva", "Ana Silva", "Ana Silva"}, ownersOf(crm, "Leads"), "later")
		status, err := job.Wait(t.Context())
		require.NoError(t, err)
		assert.Equal(t, &JobStatus{State: JobCompleted, Total: 2, Updated: 2}, status)
		assert.Equal(t, []any{"Bruno Costa", "Ana Silva", "Bruno Costa"}, ownersOf(crm, "Leads"))

		_, err = leads.ChangeOwnerInView(t.Context(), nobodysID, bruno)
		require.EqualError(t, err, "zohohub: change owner of Leads: INVALID_DATA: the cvid given seems to be invalid (field cvid) (HTTP 400)")
		_, err = leads.ChangeOwnerInView(t.Context(), view, clara)
		require.ErrorContains(t, err, "the owner id given is invalid")
	})
}

// TestHostileOwners: what cannot be an owner is refused, and nothing is sent.
func TestHostileOwners(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for _, bad := range []string{"", "..", "1/2", `1"}`, "actions"} {
		_, err := leads.ChangeOwner(ctx, []string{"7"}, bad)
		require.ErrorIs(t, err, ErrRecordInvalid, bad)
		_, err = leads.ChangeOwnerInView(ctx, "7", bad)
		require.ErrorIs(t, err, ErrRecordInvalid, bad)
		_, err = leads.ChangeOwnerInView(ctx, bad, bruno)
		require.ErrorContains(t, err, "zohohub: change owner of Leads: the view: ", bad)
		_, err = leads.ChangeOwnerInView(ctx, "7", bruno, InTerritory(bad))
		require.ErrorContains(t, err, "InTerritory: ", bad)
		res, err := leads.ChangeOwner(ctx, []string{bad}, bruno)
		require.Error(t, err, bad)
		require.Error(t, res[0].Err, bad)
	}
	_, err := leads.ChangeOwner(ctx, []string{"7"}, bruno, WithRelated("Tasks", "Quotes"))
	require.EqualError(t, err, `zohohub: change owner of Leads: WithRelated: "Quotes" is none of Tasks, Events, Calls, Contacts, Deals`)
	require.ErrorIs(t, err, ErrRecordInvalid)
	_, err = leads.ChangeOwnerInView(ctx, "7", bruno, AddValues())
	require.ErrorContains(t, err, "AddValues: there is nothing to add to")
	nowhere := NewRecord[Lead](conn, InModule("No module"))
	_, err = nowhere.ChangeOwner(ctx, []string{"7"}, bruno)
	require.ErrorContains(t, err, "is not a module's API name")
	_, err = nowhere.ChangeOwnerInView(ctx, "7", bruno)
	require.ErrorContains(t, err, "is not a module's API name")
	res, err := leads.ChangeOwner(ctx, nil, bruno)
	require.NoError(t, err)
	assert.Empty(t, res)
	assert.Empty(t, crm.Requests(), "nothing was sent")

	_, err = NewRecord[Lead](conn, InModule("Leeds")).ChangeOwner(ctx, []string{"7"}, bruno)
	require.ErrorIs(t, err, ErrInvalidModule)
}
