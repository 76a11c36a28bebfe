package zohohub_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// binned are the names of what is in the recycle bin, in order.
func binned(t *testing.T, bin *RecycleBin, filters ...RecycleFilter) []string {
	t.Helper()
	names := []string{}
	for rec, err := range bin.All(t.Context(), filters...) {
		require.NoError(t, err)
		names = append(names, rec.DisplayName)
	}
	return names
}

func TestRecycleBin(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	leads, bin := NewRecord[Lead](conn), conn.RecycleBin()
	assert.Empty(t, binned(t, bin))
	lead := &Lead{LastName: "Doe", City: "Lisboa", Interests: []string{"Reports"}}
	require.NoError(t, leads.Create(ctx, lead))
	_, err := leads.AddNote(ctx, lead.ID, "Call", "Rang twice")
	require.NoError(t, err)
	contact := crm.Seed("Contacts", Fields{"Last_Name": "Roe", "Owner": map[string]any{"id": brunoID}})[0]
	found, err := leads.Find(ctx, lead.ID)
	require.NoError(t, err)
	require.NoError(t, leads.Delete(ctx, lead.ID))
	crm.Advance(time.Minute)
	require.NoError(t, NewRecord[Contact](conn).Delete(ctx, contact))

	assert.Equal(t, []string{"Roe", "Call", "Doe"}, binned(t, bin))
	got, err := bin.Find(ctx, contact)
	require.NoError(t, err)
	assert.Equal(t, &RecycledRecord{
		ID: contact, DisplayName: "Roe", Module: "Contacts", Owner: Lookup{ID: brunoID, Name: "Bruno Costa"},
		DeletedBy: got.DeletedBy, DeletedTime: got.DeletedTime,
	}, got)
	assert.Equal(t, "Ana Silva", got.DeletedBy.Name)
	assert.WithinDuration(t, crm.Now(), got.DeletedTime, 2*time.Second)
	_, err = bin.Find(ctx, "5725767000099999999")
	require.ErrorIs(t, err, ErrRecordNotFound)
	n, err := bin.Count(ctx)
	require.NoError(t, err)
	assert.Equal(t, 3, n)

	note := func() string {
		for rec, err := range bin.All(ctx, DeletedFrom("Notes")) {
			require.NoError(t, err)
			return rec.ID
		}
		return ""
	}()
	var e *Error
	_, err = bin.Restore(ctx, note)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "CANNOT_RESTORE_WITHOUT_PARENT", e.Code)
	res, err := bin.Restore(ctx, lead.ID, "5725767000099999999", lead.ID)
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorContains(t, err, "zohohub: restore from recycle bin: 1 of 3 failed; first, at 1: INVALID_DATA: the id given seems to be invalid (HTTP 207)")
	assert.Equal(t, Result{ID: lead.ID}, res[0])
	assert.Equal(t, res[0], res[2])
	assert.JSONEq(t, `{"ids":["`+lead.ID+`","5725767000099999999"]}`, lastWrite(t, crm))
	back, err := leads.Find(ctx, lead.ID)
	require.NoError(t, err)
	assert.Equal(t, found.Extra, back.Extra)
	assert.Equal(t, []any{"Lisboa", []string{"Reports"}, found.CreatedTime}, []any{back.City, back.Interests, back.CreatedTime})
	for note, err := range leads.Notes(lead.ID).All(ctx) {
		require.NoError(t, err)
		assert.Equal(t, "Call", note.Title)
	}

	res, err = bin.Delete(ctx, contact, "5725767000099999999")
	require.ErrorIs(t, err, ErrRecordNotFound)
	assert.Equal(t, Result{ID: contact}, res[0])
	assert.Equal(t, url.Values{"ids": {contact + ",5725767000099999999"}}, crm.Requests()[len(crm.Requests())-1].Query)
	_, err = bin.Restore(ctx, contact)
	require.ErrorIs(t, err, ErrRecordNotFound, "it is gone for good")

	require.NoError(t, leads.Delete(ctx, lead.ID))
	done, err := bin.Empty(ctx)
	require.NoError(t, err)
	assert.True(t, done)
	assert.Empty(t, binned(t, bin))
	n, err = bin.Count(ctx)
	require.NoError(t, err)
	assert.Zero(t, n)
}

func TestManyInTheRecycleBin(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	rows := make([]Fields, 450)
	for i := range rows {
		rows[i] = Fields{"Last_Name": "Doe"}
	}
	ids := crm.Seed("Leads", rows...)
	leads, bin := NewRecord[Lead](conn), conn.RecycleBin()
	_, err := leads.DeleteAll(ctx, ids)
	require.NoError(t, err)
	crm.ResetRequests()
	assert.Len(t, binned(t, bin), 450)
	assert.Len(t, asked(crm), 3)
	for range bin.All(ctx) {
		break
	}
	assert.Len(t, asked(crm), 4, "who leaves asks for no more")
	res, err := bin.Restore(ctx, append([]string{"a/b"}, ids[:250]...)...)
	require.ErrorContains(t, err, "1 of 251 failed")
	require.ErrorContains(t, res[0].Err, `"a/b" is not a record's id`)
	assert.Len(t, asked(crm), 7)
	assert.Len(t, binned(t, bin), 200)
	crm.ResetRequests()
	_, err = bin.Delete(ctx, ids[250:400]...)
	require.NoError(t, err)
	assert.Len(t, asked(crm), 2)
	assert.Len(t, binned(t, bin), 50)
	require.NoError(t, bin.RestoreAll(ctx))
	assert.JSONEq(t, `{"restore_all_records":true}`, lastWrite(t, crm))
	assert.Len(t, crm.Records("Leads"), 300)

	// Zoho works in the background from a thousand on.
	crm.SeedFunc("Contacts", 1001, func(int) Fields { return Fields{"Last_Name": "Roe"} })
	var all []string
	for _, rec := range crm.Records("Contacts") {
		all = append(all, rec["id"].(string))
	}
	_, err = NewRecord[Contact](conn).DeleteAll(ctx, all)
	require.NoError(t, err)
	done, err := bin.Empty(ctx)
	require.NoError(t, err)
	assert.False(t, done)
}

func TestRecycleFilters(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	bin := conn.RecycleBin()
	started := crm.Now()
	for _, module := range []string{"Leads", "Contacts", "Accounts"} {
		name := "Last_Name"
		if module == "Accounts" {
			name = "Account_Name"
		}
		id := crm.Seed(module, Fields{name: "The " + module})[0]
		require.NoError(t, NewRecord[Lead](conn, InModule(module)).Delete(ctx, id))
		crm.Advance(time.Hour)
	}
	assert.Equal(t, []string{"The Leads"}, binned(t, bin, DeletedFrom("Leads")))
	query := crm.Requests()[len(crm.Requests())-1].Query
	assert.JSONEq(t, `{"group_operator":"AND","group":[{"field":{"api_name":"module"},"comparator":"equal","value":"Leads"}]}`, query.Get("filters"))
	assert.Equal(t, []string{"The Accounts", "The Contacts"}, binned(t, bin, DeletedAfter(started.Add(30*time.Minute))))
	assert.Equal(t, []string{"The Contacts"}, binned(t, bin, DeletedAfter(started.Add(30*time.Minute)), nil, DeletedBefore(started.Add(90*time.Minute))))
	assert.Equal(t, []string{"The Contacts", "The Leads"}, binned(t, bin, DeletedBefore(started.Add(90*time.Minute).In(time.FixedZone("", -7*3600)))))
	assert.Equal(t, []string{"The Accounts"}, binned(t, bin, DeletedNamed("acc")))
	assert.Empty(t, binned(t, bin, DeletedBy(brunoID)))
	query = crm.Requests()[len(crm.Requests())-1].Query
	assert.JSONEq(t, `{"group_operator":"AND","group":[{"field":{"api_name":"deleted_by"},"comparator":"equal","value":[{"id":"`+brunoID+`"}]}]}`, query.Get("filters"))

	require.NoError(t, bin.RestoreWhere(ctx, DeletedFrom("Leads"), DeletedNamed(`The "`), DeletedNamed("The")))
	assert.JSONEq(t, `{"filters":{"group_operator":"AND","group":[{"field":{"api_name":"module"},"comparator":"equal","value":"Leads"},
		{"field":{"api_name":"display_name"},"comparator":"contains","value":"The \""},{"field":{"api_name":"display_name"},"comparator":"contains","value":"The"}]}}`, lastWrite(t, crm))
	assert.Len(t, binned(t, bin), 3, "none has such a name")
	require.NoError(t, bin.RestoreWhere(ctx, DeletedFrom("Leads")))
	assert.Len(t, crm.Records("Leads"), 1)
	require.NoError(t, bin.DeleteWhere(ctx, DeletedFrom("Contacts")))
	assert.Equal(t, []string{"The Accounts"}, binned(t, bin))

	crm.ResetRequests()
	for want, filter := range map[string]RecycleFilter{
		`DeletedFrom: "No module" is not a module's API name`: DeletedFrom("No module"),
		"DeletedBy: the id is empty":                          DeletedBy(""),
		"DeletedAfter: the time is zero":                      DeletedAfter(time.Time{}),
		"DeletedBefore: the time is zero":                     DeletedBefore(time.Time{}),
		"DeletedNamed: the text is empty":                     DeletedNamed(" "),
		"no filters: nothing says which records":              nil,
	} {
		for _, err := range bin.All(ctx, filter) {
			require.ErrorContains(t, err, want)
			require.ErrorIs(t, err, ErrRecordInvalid)
		}
		require.ErrorContains(t, bin.RestoreWhere(ctx, filter), want)
		require.ErrorContains(t, bin.DeleteWhere(ctx, filter), want)
	}
	require.ErrorContains(t, bin.DeleteWhere(ctx), "no filters")
	assert.Empty(t, crm.Requests(), "nothing was sent")
}

func TestRecycleBinInOldVersions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, v := range versions {
		if v < "v6" || v == "v8" {
			continue
		}
		crm, conn := setupVersion(t, v)
		id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
		require.NoError(t, NewRecord[Lead](conn).Delete(ctx, id))
		bin := conn.RecycleBin()
		assert.Equal(t, []string{"Doe"}, binned(t, bin))
		crm.ResetRequests()
		_, restoring := bin.Restore(ctx, id)
		_, emptying := bin.Empty(ctx)
		_, counting := bin.Count(ctx)
		for _, err := range []error{restoring, emptying, counting, bin.RestoreAll(ctx), bin.RestoreWhere(ctx, DeletedFrom("Leads"))} {
			require.ErrorContains(t, err, "API "+v+" has no such call: it came with v8")
		}
		assert.Empty(t, crm.Requests())
		_, err := bin.Delete(ctx, id)
		require.NoError(t, err)
		assert.Empty(t, binned(t, bin))
	}
	var none *Connection
	for _, err := range none.RecycleBin().All(ctx) {
		require.ErrorContains(t, err, "the connection is nil")
	}
}

// TestRecycleBinAgain: what is done for good, or by a job, is not done again.
func TestRecycleBinAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	leads, bin := NewRecord[Lead](conn), conn.RecycleBin()
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
	_, err := leads.DeleteAll(ctx, ids)
	require.NoError(t, err)
	lose := func() { crm.Inject(zohohubtest.Fault{Path: "/settings/recycle_bin", CutAfter: true}) }
	lose()
	_, err = bin.Restore(ctx, ids[0])
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	require.NoError(t, leads.Delete(ctx, ids[0]), "it was restored")
	lose()
	res, err := bin.Delete(ctx, ids[0])
	require.NoError(t, err)
	assert.Equal(t, Results{{ID: ids[0]}}, res)
	for _, call := range []func() error{
		func() error { _, err := bin.Empty(ctx); return err },
		func() error { return bin.RestoreAll(ctx) },
		func() error { return bin.RestoreWhere(ctx, DeletedFrom("Leads")) },
		func() error { return bin.DeleteWhere(ctx, DeletedFrom("Leads")) },
	} {
		crm.ResetRequests()
		lose()
		require.ErrorIs(t, call(), ErrOutcomeUnknown)
		assert.Len(t, asked(crm), 1)
	}
}

// TestForeignRecycleBins: what Zoho may say otherwise, and what it does not say.
func TestForeignRecycleBins(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	bin := conn.RecycleBin()
	ctx := t.Context()
	answer := func(status int, body string) {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(status, body), nil })
	}
	last := func() (n int, last error) {
		for rec, err := range bin.All(ctx) {
			assert.Equal(t, err == nil, rec != nil)
			n++
			last = err
		}
		return n, last
	}
	// A row that says success and means no: it is no success.
	answer(200, `{"recycle_bin":[{"code":"CANNOT_DELETE","details":{"id":"7"},"message":"cannot delete","status":"success"},
		{"code":"SCHEDULED","details":{"id":"8"},"message":"record has been scheduled for deletion","status":"success"}]}`)
	res, err := bin.Delete(ctx, "7", "8")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []any{"CANNOT_DELETE", 200, 0}, []any{e.Code, e.Status, e.Index})
	require.ErrorContains(t, err, "zohohub: delete from recycle bin: 1 of 2 failed; first, at 0: CANNOT_DELETE: cannot delete (HTTP 200)")
	assert.Equal(t, Result{ID: "8"}, res[1])

	row := `{"id":"1","display_name":null,"module":{"api_name":"Leads"},"deleted_time":"2024-07-23T15:37:52+05:30"}`
	for body, want := range map[string]string{
		`{"data":[]}`: "(HTTP 200): the answer has no data: it is not Zoho's",
		`{"recycle_bin":[` + row + `,{"id":{}}]}`:                    "zohohub: list recycle bin: (HTTP 200): ",
		`{"recycle_bin":[` + row + `],"info":{"page":"x"}}`:          "info: ",
		`{"recycle_bin":[` + row + `],"info":{"more_records":true}}`: "the list does not move on: Zoho gave a page without new records",
	} {
		answer(200, body)
		n, err := last()
		require.ErrorContains(t, err, want)
		if strings.Contains(body, row) {
			assert.Equal(t, 2, n, "what was read before is good: %s", body)
		}
	}
	answer(200, `{"recycle_bin":[]}`)
	_, err = bin.Find(ctx, "1")
	require.ErrorIs(t, err, ErrRecordNotFound)
	answer(200, `{"count":null}`)
	_, err = bin.Count(ctx)
	require.ErrorContains(t, err, `zohohub: count recycle bin: (HTTP 200): count is not a number: "null"`)
	for _, body := range []string{`{"hello":"world"}`, `[]`, `{"recycle_bin":[]}`} {
		answer(200, body)
		_, err = bin.Empty(ctx)
		require.ErrorIs(t, err, ErrOutcomeUnknown, body)
	}
	answer(200, `{"recycle_bin":[]}`)
	require.ErrorIs(t, bin.RestoreAll(ctx), ErrOutcomeUnknown)
	answer(403, `{"code":"AUTHORIZATION_FAILED","details":{},"message":"no","status":"error"}`)
	_, err = bin.Empty(ctx)
	require.ErrorIs(t, err, ErrNoPermission)
	require.ErrorIs(t, bin.DeleteWhere(ctx, DeletedFrom("Leads")), ErrNoPermission)
	for _, bad := range []string{"", "..", "1/2", "actions"} {
		_, err = bin.Find(ctx, bad)
		require.Error(t, err)
		_, err = bin.Restore(ctx, bad)
		require.Error(t, err)
		_, err = bin.Delete(ctx, bad)
		require.Error(t, err)
	}
}
