package zohohub_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestLocking(t *testing.T) {
	t.Parallel()
	for _, v := range versions {
		if v < "v3" {
			continue
		}
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
			leads := NewRecord[Lead](conn)
			ctx := t.Context()
			locks, err := leads.Locks(ctx, id)
			require.NoError(t, err)
			assert.Empty(t, locks)
			require.NoError(t, leads.Unlock(ctx, id), "what is not locked stays so")

			lock, err := leads.Lock(ctx, id, `deal "in progress"`)
			require.NoError(t, err)
			assert.JSONEq(t, `{"data":[{"Locked_Reason__s":"deal \"in progress\""}]}`, lastWrite(t, crm))
			assert.Equal(t, "POST /crm/"+v+"/Leads/"+id+"/Locking_Information__s", asked(crm)[len(asked(crm))-1])
			assert.Equal(t, &Lock{ID: lock.ID, Reason: `deal "in progress"`, Source: "Manual", LockedBy: lock.LockedBy, LockedTime: lock.LockedTime}, lock)
			assert.Equal(t, "Ana Silva", lock.LockedBy.Name)
			assert.WithinDuration(t, crm.Now(), lock.LockedTime, time.Minute)
			locks, err = leads.Locks(ctx, id)
			require.NoError(t, err)
			require.Len(t, locks, 1)
			assert.NotEmpty(t, locks[0].ConfigurationID)
			known := *lock
			known.ConfigurationID, known.LockedTime = locks[0].ConfigurationID, locks[0].LockedTime
			assert.Equal(t, []Lock{known}, locks)
			assert.True(t, lock.LockedTime.Equal(locks[0].LockedTime))

			// Whoever writes or deletes it, and who locks it again, gets the same answer.
			_, err = leads.Lock(ctx, id, "again")
			require.ErrorIs(t, err, ErrRecordLocked)
			require.EqualError(t, err, "zohohub: lock Leads: NOT_ALLOWED: record is already locked (HTTP 403): record is locked")
			for _, write := range []func() error{
				func() error { return leads.Update(ctx, id, Fields{"City": "Porto"}) },
				func() error { return leads.Save(ctx, &Lead{ID: id, City: "Porto"}) },
				func() error { return leads.Delete(ctx, id) },
				func() error { return leads.Photo(id).Delete(ctx) },
				func() error { _, err := leads.AddTags(ctx, []string{id}, "vip"); return err },
				func() error { _, err := leads.AssignTerritories(ctx, []string{id}, lisboaID); return err },
			} {
				err := write()
				require.ErrorIs(t, err, ErrRecordLocked)
				require.NotErrorIs(t, err, ErrRecordNotFound)
			}

			require.NoError(t, leads.UpdateLock(ctx, id, lock.ID, "review"))
			assert.JSONEq(t, `{"data":[{"Locked_Reason__s":"review"}]}`, lastWrite(t, crm))
			locks, err = leads.Locks(ctx, id)
			require.NoError(t, err)
			assert.Equal(t, "review", locks[0].Reason)
			require.ErrorIs(t, leads.UpdateLock(ctx, id, "5", "review"), ErrRecordNotFound)
			require.NoError(t, leads.Unlock(ctx, id))
			assert.Equal(t, "DELETE /crm/"+v+"/Leads/"+id+"/Locking_Information__s/"+lock.ID, asked(crm)[len(asked(crm))-1])
			require.NoError(t, leads.Update(ctx, id, Fields{"City": "Porto"}))
		})
	}
}

func TestLocksRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for reason, want := range map[string]string{
		"": "the reason is empty", " \n": "the reason is empty", strings.Repeat("é", 3001): "the reason has 3001 characters: Zoho takes 3000",
	} {
		_, err := leads.Lock(ctx, id, reason)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, leads.UpdateLock(ctx, id, "7", reason), want)
		assert.Equal(t, strings.TrimSpace(reason) == "", errors.Is(err, ErrMandatoryNotFound))
	}
	calls := func(leads *Record[Lead], id string) []error {
		_, listing := leads.Locks(ctx, id)
		_, locking := leads.Lock(ctx, id, "x")
		return []error{listing, locking, leads.UpdateLock(ctx, id, "7", "x"), leads.Unlock(ctx, id)}
	}
	for _, bad := range []string{"", "..", "1/2", "1?x", "actions"} {
		for _, err := range calls(leads, bad) {
			require.Error(t, err, bad)
		}
		require.Error(t, leads.UpdateLock(ctx, id, bad, "x"), bad)
	}
	for _, err := range calls(NewRecord[Lead](conn, InModule("No module")), id) {
		require.ErrorContains(t, err, "is not a module's API name")
	}
	assert.Empty(t, crm.Requests(), "nothing was sent")
	for _, err := range calls(leads, "5725767000099999999") {
		require.ErrorIs(t, err, ErrRecordNotFound)
	}
	for _, err := range calls(NewRecord[Lead](conn, InModule("Leeds")), id) {
		require.ErrorIs(t, err, ErrInvalidModule)
	}
	_, err := leads.Lock(ctx, id, strings.Repeat("é", 3000))
	require.NoError(t, err)
}

// TestLockingAgain: a lock is not made twice; one that is gone was ended.
func TestLockingAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	lose := func(method string) {
		crm.Inject(zohohubtest.Fault{Method: method, Path: "/Locking_Information__s", CutAfter: true})
	}
	lose(http.MethodPost)
	_, err := leads.Lock(t.Context(), id, "x")
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	locks, err := leads.Locks(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, locks, 1)
	lose(http.MethodPut)
	require.NoError(t, leads.UpdateLock(t.Context(), id, locks[0].ID, "y"))
	lose(http.MethodDelete)
	require.NoError(t, leads.Unlock(t.Context(), id))
	require.NoError(t, leads.Delete(t.Context(), id))
}

// TestLocksOfRules: what a rule has locked nobody unlocks.
func TestLocksOfRules(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	leads := NewRecord[Lead](conn)
	const at = leadsURL + "/7/Locking_Information__s"
	mock.RegisterResponder(http.MethodGet, at, func(*http.Request) (*http.Response, error) {
		return jsonAnswer(200, `{"data":[{"Locked_By__s":null,"Record_Locking_Rule_Id__s":"12","Locked_Reason__s":null,"id":"9","Lock_Source__s":"Automatic",
			"Locked_Time__s":"2021-07-21T18:08:12+05:30"}],"info":{"more_records":false}}`), nil
	})
	mock.RegisterResponder(http.MethodDelete, at+"/9", func(*http.Request) (*http.Response, error) {
		return jsonAnswer(403, `{"code":"NOT_ALLOWED","details":{"resource_path_index":1},"message":"Automatically locked records can not be unlocked manually","status":"error"}`), nil
	})
	locks, err := leads.Locks(t.Context(), "7")
	require.NoError(t, err)
	assert.Equal(t, []Lock{{ID: "9", Source: "Automatic", RuleID: "12", LockedTime: locks[0].LockedTime}}, locks)
	err = leads.Unlock(t.Context(), "7")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "NOT_ALLOWED", e.Code)
	require.NotErrorIs(t, err, ErrRecordLocked)

	mock.RegisterResponder(http.MethodPost, at, httpmock.NewStringResponder(204, ""))
	_, err = leads.Lock(t.Context(), "7", "x")
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = leads.Lock(ctx, "7", "x")
	require.ErrorIs(t, err, context.Canceled)
}
