package zohohub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// The fake's people, roles and groups.
const (
	brunoID   = "3652397000000186022"
	claraID   = "3652397000000186023" // who has left
	managerID = "3652397000000026008"
	officeID  = "3652397000000601001"
)

// shared is whom a lead is shared with, without what changes from run to run.
func shared(t *testing.T, s *Sharing) []Share {
	t.Helper()
	var shares []Share
	for s, err := range s.All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "Ana Silva", s.SharedBy.Name)
		assert.False(t, s.SharedTime.IsZero())
		assert.Equal(t, []string{"Leads", "Doe"}, []string{s.Through.Module, s.Through.Name})
		assert.NotEmpty(t, s.Through.ID)
		shares = append(shares, Share{With: s.With, Permission: s.Permission, Related: s.Related, Public: s.Public})
	}
	return shares
}

func TestSharing(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	sharing := leads.Sharing(id)
	ctx := t.Context()
	assert.Empty(t, shared(t, sharing))
	could, err := sharing.Shareable(ctx)
	require.NoError(t, err)
	assert.Contains(t, could, Lookup{ID: brunoID, Name: "Bruno Costa", Email: "bruno.costa@example.com"})

	related := ShareWithRole(managerID, ShareReadWrite)
	related.Related = true
	res, err := leads.Sharing(id, NotifyShared(), NotifyWhenShared()).Add(ctx, ShareWithUser(brunoID, ShareReadOnly), related)
	require.NoError(t, err)
	assert.Equal(t, Results{{ID: brunoID, Action: "insert"}, {ID: managerID, Action: "insert"}}, res)
	assert.JSONEq(t, `{"share":[
		{"type":"private","shared_with":{"type":"users","id":"`+brunoID+`"},"permission":"read_only","share_related_records":false},
		{"type":"private","shared_with":{"type":"roles","id":"`+managerID+`"},"permission":"read_write","share_related_records":true}],
		"notify":true,"notify_on_completion":true}`, lastWrite(t, crm))
	assert.Equal(t, []Share{
		{With: ShareTarget{ShareUsers, brunoID, "Bruno Costa"}, Permission: ShareReadOnly},
		{With: ShareTarget{ShareRoles, managerID, "Manager"}, Permission: ShareReadWrite, Related: true},
	}, shared(t, sharing))

	res, err = sharing.Add(ctx, ShareWithUser(brunoID, ShareFullAccess), ShareWithGroup(officeID, ShareFullAccess), ShareWithUser(claraID, ShareReadOnly))
	require.ErrorIs(t, err, ErrDuplicate)
	require.ErrorContains(t, err, "zohohub: share Leads: 2 of 3 failed; first, at 0: DUPLICATE_DATA: record is already visible to the user.")
	assert.Equal(t, Result{ID: officeID, Action: "insert"}, res[1])
	assert.Equal(t, brunoID, res[0].ID)
	require.ErrorIs(t, res[2].Err, ErrRecordInvalid)
	require.NotErrorIs(t, res[2].Err, ErrDuplicate)
	assert.Len(t, shared(t, sharing), 3)

	res, err = sharing.Set(ctx, ShareWithUser(brunoID, ShareReadWrite))
	require.NoError(t, err)
	assert.Equal(t, Results{{ID: brunoID, Action: "update"}}, res)
	assert.JSONEq(t, `{"share":[{"type":"private","shared_with":{"type":"users","id":"`+brunoID+`"},"permission":"read_write","share_related_records":false}]}`, lastWrite(t, crm))
	assert.Equal(t, []Share{{With: ShareTarget{ShareUsers, brunoID, "Bruno Costa"}, Permission: ShareReadWrite}}, shared(t, sharing))
	_, err = sharing.Set(ctx, ShareWithAll(ShareReadOnly))
	require.NoError(t, err)
	assert.JSONEq(t, `{"share":[{"type":"public","permission":"read_only","share_related_records":false}]}`, lastWrite(t, crm))
	assert.Equal(t, []Share{{Permission: ShareReadOnly, Public: true}}, shared(t, sharing))

	require.NoError(t, sharing.Revoke(ctx))
	assert.Empty(t, shared(t, sharing))
	var e *Error
	require.ErrorAs(t, sharing.Revoke(ctx), &e)
	assert.Equal(t, []any{"CANNOT_PROCESS", 400, "end sharing of"}, []any{e.Code, e.Status, e.Op})

	for _, call := range []func(*Sharing) error{
		func(s *Sharing) error { _, err := texts(s.All(ctx), sharedWith); return err },
		func(s *Sharing) error { _, err := s.Shareable(ctx); return err },
		func(s *Sharing) error { _, err := s.Add(ctx, ShareWithUser(brunoID, ShareReadOnly)); return err },
		func(s *Sharing) error { _, err := s.Set(ctx, ShareWithUser(brunoID, ShareReadOnly)); return err },
		func(s *Sharing) error { return s.Revoke(ctx) },
	} {
		require.ErrorIs(t, call(leads.Sharing("5725767000099999999")), ErrRecordNotFound)
		require.ErrorIs(t, call(NewRecord[Lead](conn, InModule("Leeds")).Sharing(id)), ErrInvalidModule)
		require.ErrorContains(t, call(NewRecord[Lead](conn, InModule("No module")).Sharing(id)), "is not a module's API name")
		require.ErrorAs(t, call(NewRecord[Lead](conn, InModule("Tasks")).Sharing(id)), &e)
		assert.Equal(t, "NOT_ALLOWED", e.Code)
		before := len(asked(crm))
		require.Error(t, call(leads.Sharing("")))
		require.ErrorIs(t, call(leads.Sharing("1/2")), ErrRecordNotFound)
		assert.Len(t, asked(crm), before)
	}
}

// TestSharesRefused: what Zoho would refuse, or take for another sharing, is not sent, nor is what stands beside it.
func TestSharesRefused(t *testing.T) { //nolint:tparallel // the cases look at one fake
	t.Parallel()
	crm, conn := setup(t)
	sharing := NewRecord[Lead](conn).Sharing("7")
	good := ShareWithUser(brunoID, ShareReadOnly)
	many := func(n int, share func(string, SharePermission) Share) []Share {
		shares := make([]Share, n)
		for i := range shares {
			shares[i] = share(strings.Repeat("1", i+1), ShareReadOnly)
		}
		return shares
	}
	for name, test := range map[string]struct {
		shares []Share
		want   string
	}{
		"nobody":            {nil, "there is nobody to share with"},
		"no permission":     {[]Share{good, ShareWithUser("8", "")}, `"" is no permission of a share`},
		"a wrong one":       {[]Share{good, ShareWithUser("8", "all")}, `"all" is no permission of a share`},
		"no type":           {[]Share{{With: ShareTarget{ID: "8"}, Permission: ShareReadOnly}}, `not with ""`},
		"a wrong type":      {[]Share{{With: ShareTarget{Type: "cats", ID: "8"}, Permission: ShareReadOnly}}, `not with "cats"`},
		"no id":             {[]Share{good, ShareWithUser("", ShareReadOnly)}, "whom to share with: the id is empty"},
		"a hostile id":      {[]Share{ShareWithUser(`7"}]`, ShareReadOnly)}, "is not a record's id"},
		"all and one":       {[]Share{good, ShareWithAll(ShareReadOnly)}, "it stands alone"},
		"all and some":      {[]Share{{With: good.With, Public: true, Permission: ShareReadOnly}}, "not with one of the users"},
		"twice":             {[]Share{good, ShareWithRole(brunoID, ShareReadOnly), ShareWithUser(brunoID, ShareReadWrite)}, "of the users, " + brunoID + " stands there twice"},
		"too many users":    {many(11, ShareWithUser), "more than 10 users"},
		"too many roles":    {many(6, ShareWithRole), "more than 5 roles"},
		"too many in group": {many(6, ShareWithGroup), "more than 5 groups"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, share := range []func() (Results, error){
				func() (Results, error) { return sharing.Add(t.Context(), test.shares...) },
				func() (Results, error) { return sharing.Set(t.Context(), test.shares...) },
			} {
				res, err := share()
				require.ErrorIs(t, err, ErrRecordInvalid)
				require.ErrorContains(t, err, test.want)
				assert.Nil(t, res)
			}
		})
	}
	assert.Empty(t, crm.Requests())
}

// TestSharingInOldVersions: before v4 records are shared with users only.
func TestSharingInOldVersions(t *testing.T) {
	t.Parallel()
	for _, v := range versions {
		crm, conn := setupVersion(t, v)
		id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
		leads := NewRecord[Lead](conn)
		_, err := leads.Sharing(id).Add(t.Context(), ShareWithUser(brunoID, ShareReadOnly))
		require.NoError(t, err)
		want := []Share{{With: ShareTarget{ShareUsers, brunoID, "Bruno Costa"}, Permission: ShareReadOnly}}
		assert.Equal(t, want, shared(t, leads.Sharing(id)), v)
		if v >= "v4" {
			continue
		}
		assert.JSONEq(t, `{"share":[{"user":{"id":"`+brunoID+`"},"permission":"read_only","share_related_records":false}]}`, lastWrite(t, crm))
		before := len(asked(crm))
		for _, share := range []Share{ShareWithRole(managerID, ShareReadOnly), ShareWithGroup(officeID, ShareReadOnly), ShareWithAll(ShareReadOnly)} {
			_, err = leads.Sharing(id).Set(t.Context(), share)
			require.ErrorContains(t, err, "API "+v+" shares with users only")
		}
		_, err = leads.Sharing(id, NotifyShared(), nil).Add(t.Context(), ShareWithUser(brunoID, ShareReadOnly))
		require.ErrorContains(t, err, "API "+v+" tells nobody of what is shared")
		assert.Len(t, asked(crm), before)
	}
}

// TestSharingAgain: a share is not added twice; one that is gone was revoked.
func TestSharingAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	sharing := NewRecord[Lead](conn).Sharing(id)
	ctx := t.Context()
	lose := func(method string) {
		crm.Inject(zohohubtest.Fault{Method: method, Path: "/share", CutAfter: true})
	}
	lose(http.MethodPost)
	_, err := sharing.Add(ctx, ShareWithUser(brunoID, ShareReadOnly))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, shared(t, sharing), 1)
	lose(http.MethodPut)
	_, err = sharing.Set(ctx, ShareWithUser(brunoID, ShareFullAccess))
	require.NoError(t, err)
	lose(http.MethodDelete)
	require.NoError(t, sharing.Revoke(ctx))
	assert.Empty(t, shared(t, sharing))
}

// TestForeignShares: what Zoho may say otherwise, and what it does not say.
func TestForeignShares(t *testing.T) {
	t.Parallel()
	const at = leadsURL + "/7/actions/share"
	mock, conn := mocked(t)
	sharing := NewRecord[Lead](conn).Sharing("7")
	ctx := t.Context()
	answer := func(status int, body string) {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(status, body), nil })
	}
	// Ids as numbers, a role without a user, the module's name alone, no shareable users.
	answer(200, `{"share":[{"shared_with":{"id":1111110000000008740,"name":"Manager","type":"roles"},"share_related_records":null,"permission":"full_access","user":null,
		"shared_through":{"module":{"name":"Accounts","id":"1"},"entity_name":"Acme","id":"9"},"type":"private"}]}`)
	var shares []Share
	for s, err := range sharing.All(ctx) {
		require.NoError(t, err)
		shares = append(shares, *s)
	}
	assert.Equal(t, []Share{{
		With: ShareTarget{ShareRoles, "1111110000000008740", "Manager"}, Permission: ShareFullAccess,
		Through: ModuleLookup{ID: "9", Name: "Acme", Module: "Accounts"},
	}}, shares)
	users, err := sharing.Shareable(ctx)
	require.NoError(t, err)
	assert.Empty(t, users)
	for body, want := range map[string]string{
		`{"data":[]}`:    "zohohub: list sharing of Leads: (HTTP 200): the answer has no data: it is not Zoho's",
		`{"share":[7]}`:  "zohohub: list sharing of Leads: (HTTP 200): ",
		`{"share":"no"}`: "zohohub: list sharing of Leads: (HTTP 200): ",
	} {
		answer(200, body)
		_, err = texts(sharing.All(ctx), sharedWith)
		require.ErrorContains(t, err, want)
	}
	answer(403, `{"code":"CANNOT_PROCESS","details":{},"message":"Scheduler is running","status":"error"}`)
	var e *Error
	require.ErrorAs(t, sharing.Revoke(ctx), &e)
	assert.Equal(t, []any{"CANNOT_PROCESS", 403}, []any{e.Code, e.Status})
	answer(403, `{"code":"SHARE_LIMIT_EXCEEDED","details":{},"message":"Cannot share a record to more than 10 users.","status":"error"}`)
	res, err := sharing.Add(ctx, ShareWithUser("8", ShareReadOnly))
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []any{"SHARE_LIMIT_EXCEEDED", "8"}, []any{e.Code, res[0].ID})
	answer(200, `{"share":[]}`)
	_, err = sharing.Add(ctx, ShareWithUser("8", ShareReadOnly))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	answer(201, `{"share":[{"code":"SUCCESS","details":{"id":"7"},"message":"record will be shared successfully","status":"success"}]}`)
	res, err = sharing.Add(ctx, ShareWithUser("8", ShareReadOnly), ShareWithUser("9", ShareReadOnly))
	require.ErrorIs(t, err, ErrOutcomeUnknown, "a short answer")
	assert.Equal(t, Result{ID: "8", Action: "insert"}, res[0], "whom it is shared with, not the record")
	require.Error(t, res[1].Err)
	mock.RegisterResponder(http.MethodDelete, at, httpmock.NewStringResponder(204, ""))
	require.ErrorIs(t, sharing.Revoke(ctx), ErrOutcomeUnknown)
}
