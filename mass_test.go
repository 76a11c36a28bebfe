package zohohub_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// valuesOf is a field of a module's records, oldest first.
func valuesOf(crm *zohohubtest.Server, module, field string) []any {
	values := []any{}
	for _, r := range crm.Records(module) {
		values = append(values, r[field])
	}
	return values
}

func TestMassUpdateInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe", "Converted__s": true}, Fields{"Last_Name": "Poe"})
		res, err := NewRecord[Lead](conn).MassUpdate(t.Context(), append(ids, nobodysID), Fields{"City": "Porto"})
		require.ErrorIs(t, err, ErrAlreadyConverted)
		require.ErrorIs(t, err, ErrRecordNotFound)
		require.ErrorContains(t, err, "zohohub: mass update Leads: 2 of 4 failed; first, at 1: CONVERTED_RECORD: can't update the converted record")
		assert.Equal(t, Result{ID: ids[2], Action: "update"}, res[2])
		assert.Equal(t, "/crm/"+v+"/Leads/actions/mass_update", crm.Requests()[len(crm.Requests())-1].Path)
		assert.JSONEq(t, `{"data":[{"City":"Porto"}],"ids":["`+ids[0]+`","`+ids[1]+`","`+ids[2]+`","`+nobodysID+`"],"over_write":true}`, lastBody(t, crm))
		assert.Equal(t, []any{"Porto", nil, "Porto"}, valuesOf(crm, "Leads", "City"))
	})
}

func TestMassUpdate(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Interests": []string{"CRM"}}, Fields{"Last_Name": "Roe"})
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	_, err := leads.MassUpdate(ctx, ids, Fields{"Interests": []string{"Sales"}}, AddValues())
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":[{"Interests":["Sales"]}],"ids":["`+ids[0]+`","`+ids[1]+`"],"over_write":false}`, lastBody(t, crm))
	assert.Equal(t, []any{[]any{"CRM", "Sales"}, []any{"Sales"}}, valuesOf(crm, "Leads", "Interests"))
	_, err = leads.MassUpdate(ctx, ids, Fields{"Interests": []string{"Sales"}})
	require.NoError(t, err)
	assert.Equal(t, []any{[]any{"Sales"}, []any{"Sales"}}, valuesOf(crm, "Leads", "Interests"), "values are replaced")

	for name, value := range map[string]any{"Email": "jo@example.com", "Description": "x", "No_such": 1} {
		res, err := leads.MassUpdate(ctx, ids, Fields{name: value})
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, res[1].Err, "zohohub: mass update Leads: INVALID_DATA: This field cannot be updated in the Mass Update (field "+name+") (HTTP 400)")
	}
	_, err = leads.MassUpdate(ctx, ids, Fields{"Last_Name": nil})
	require.ErrorIs(t, err, ErrMandatoryNotFound)

	deals := crm.Seed("Deals", Fields{"Deal_Name": "D", "Stage": "Qualification"})
	_, err = NewRecord[Dynamic](conn, InModule("Deals")).MassUpdate(ctx, deals, Fields{"Next_Step": "call", "Type": "New Business", "Lead_Source": "Web"})
	require.NoError(t, err, "Zoho takes three for deals")
	assert.Equal(t, []any{"call"}, valuesOf(crm, "Deals", "Next_Step"))
}

func TestMassDelete(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"}, Fields{"Last_Name": "Poe"})
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	res, err := leads.MassDelete(ctx, []string{ids[0], nobodysID, ids[0]})
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorContains(t, err, "zohohub: mass delete Leads: 1 of 3 failed; first, at 1: ")
	assert.Equal(t, Result{ID: ids[0]}, res[0])
	assert.Equal(t, res[0], res[2])
	assert.JSONEq(t, `{"ids":["`+ids[0]+`","`+nobodysID+`"]}`, lastBody(t, crm))

	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/mass_delete", CutAfter: true})
	res, err = leads.MassDelete(ctx, ids[1:2])
	require.NoError(t, err, "the first try deleted it")
	assert.Equal(t, Results{{ID: ids[1]}}, res)
	assert.Equal(t, []any{"Poe"}, valuesOf(crm, "Leads", "Last_Name"))

	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/mass_update", CutAfter: true})
	_, err = leads.MassUpdate(ctx, ids[2:], Fields{"City": "Porto"})
	require.NoError(t, err)
}

func TestMassOfViews(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads",
		Fields{"Last_Name": "Doe", "City": "Lisboa"}, Fields{"Last_Name": "Roe", "City": "Lisboa"}, Fields{"Last_Name": "Poe"})
	view := crm.AddView("Leads", zohohubtest.View{Name: "Lisboetas", Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Lisboa"}})
	nobody := crm.AddView("Leads", zohohubtest.View{Name: "Nobody", Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Faro"}})
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		ctx := t.Context()
		leads := NewRecord[Lead](conn)
		_, err := leads.MassUpdateInView(ctx, nobody, Fields{"Fax": "1"})
		require.ErrorIs(t, err, ErrRecordNotFound)
		require.EqualError(t, err, "zohohub: mass update Leads: NO_RECORDS_FOUND: no record found to update (HTTP 400)")
		_, err = leads.MassUpdateInView(ctx, nobodysID, Fields{"Fax": "1"})
		require.ErrorContains(t, err, "the cvid given seems to be invalid")

		job, err := leads.MassUpdateInView(ctx, view, Fields{"Fax": "1"})
		require.NoError(t, err)
		assert.JSONEq(t, `{"data":[{"Fax":"1"}],"cvid":"`+view+`","over_write":true}`, lastBody(t, crm))
		_, err = leads.MassUpdateInView(ctx, view, Fields{"Fax": "2"}, AddValues())
		require.ErrorIs(t, err, ErrAlreadyScheduled)
		require.EqualError(t, err, "zohohub: mass update Leads: ALREADY_SCHEDULED: Already a Mass Action scheduler is running for the given cvid (HTTP 202)")
		assert.JSONEq(t, `{"data":[{"Fax":"2"}],"cvid":"`+view+`","over_write":false}`, lastBody(t, crm))
		status, err := job.Wait(ctx)
		require.NoError(t, err)
		assert.Equal(t, &JobStatus{State: JobCompleted, Total: 2, Updated: 2}, status)
		assert.Equal(t, []any{"1", "1", nil}, valuesOf(crm, "Leads", "Fax"))

		job, err = leads.MassDeleteInView(ctx, view)
		require.NoError(t, err)
		assert.JSONEq(t, `{"cvid":"`+view+`"}`, lastBody(t, crm))
		_, err = leads.MassDeleteInView(ctx, view)
		require.ErrorIs(t, err, ErrAlreadyScheduled)
		status, err = job.Wait(ctx)
		require.NoError(t, err)
		assert.Equal(t, &JobStatus{State: JobCompleted, Total: 2, Deleted: 2}, status)
		assert.Equal(t, []any{"Poe"}, valuesOf(crm, "Leads", "Last_Name"))

		crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/mass_delete", CutAfter: true})
		_, err = leads.MassDeleteInView(ctx, viewOf(t, conn, "Leads"))
		require.ErrorIs(t, err, ErrOutcomeUnknown, "it is not asked for twice")
	})
}

// TestMassInTerritories: of a view only what is in the territory.
func TestMassInTerritories(t *testing.T) {
	t.Parallel()
	const lisboa = "3652397000000505001"
	crm := zohohubtest.NewServer(t)
	crm.Seed("Specimens", Fields{"Name": "A", "Territory": []any{map[string]any{"Name": "Lisboa"}}}, Fields{"Name": "B"})
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		ctx := t.Context()
		specimens := NewRecord[Dynamic](conn, InModule("Specimens"))
		view := viewOf(t, conn, "Specimens")
		job, err := specimens.MassUpdateInView(ctx, view, Fields{"Name": "Lisboa's"}, InTerritory(lisboa))
		require.NoError(t, err)
		assert.JSONEq(t, `{"data":[{"Name":"Lisboa's"}],"cvid":"`+view+`","territory":{"id":"`+lisboa+`","include_child":false},"over_write":true}`, lastBody(t, crm))
		_, err = job.Wait(ctx)
		require.NoError(t, err)
		assert.Equal(t, []any{"Lisboa's", "B"}, valuesOf(crm, "Specimens", "Name"))
		job, err = specimens.MassDeleteInView(ctx, view, InTerritoryAndBelow(lisboa))
		require.NoError(t, err)
		assert.JSONEq(t, `{"cvid":"`+view+`","territory":{"id":"`+lisboa+`","include_child":true}}`, lastBody(t, crm))
		_, err = job.Wait(ctx)
		require.NoError(t, err)
		assert.Equal(t, []any{"B"}, valuesOf(crm, "Specimens", "Name"))
	})
}

// TestHostileMass: what Zoho could only refuse is not sent.
func TestHostileMass(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for want, fields := range map[string]Fields{
		"no field to update": nil,
		"2 fields to update: Zoho takes 1": {
			"City": "x", "State": "y",
		},
		`"LastName" is the name of a Go field`: {"LastName": "x"},
		"City: ":                               {"City": make(chan int)},
	} {
		_, err := leads.MassUpdate(ctx, []string{"7"}, fields)
		require.ErrorContains(t, err, want)
		_, err = leads.MassUpdateInView(ctx, "7", fields)
		require.ErrorContains(t, err, want)
	}
	_, err := leads.MassUpdate(ctx, []string{"7"}, Fields{})
	require.ErrorIs(t, err, ErrRecordInvalid)
	_, err = leads.MassUpdate(ctx, []string{"7"}, Fields{"City": "x"}, InTerritory("7"))
	require.ErrorContains(t, err, "InTerritory: a mass update by ids does not look at it")
	_, err = leads.MassUpdate(ctx, []string{"7"}, Fields{"City": "x"}, InTerritory("a/b"))
	require.ErrorContains(t, err, `InTerritory: "a/b" is not a record's id`)
	_, err = leads.MassDeleteInView(ctx, "7", AddValues())
	require.ErrorContains(t, err, "AddValues: there is nothing to add to")
	for _, bad := range []string{"", "..", "1/2", `1"}`, "actions"} {
		_, err := leads.MassUpdateInView(ctx, bad, Fields{"City": "x"})
		require.ErrorContains(t, err, "the view: ", bad)
		_, err = leads.MassDeleteInView(ctx, bad)
		require.ErrorContains(t, err, "the view: ", bad)
		_, err = leads.MassDelete(ctx, []string{bad})
		require.Error(t, err, bad)
		_, err = leads.MassUpdate(ctx, []string{bad}, Fields{"City": "x"})
		require.Error(t, err, bad)
	}
	for name, call := range map[string]func() error{
		"a mass update's territory": func() error {
			_, err := leads.MassUpdateInView(ctx, "7", Fields{"City": "x"}, InTerritory("a/b"))
			return err
		},
		"a view": func() error { _, err := leads.MassDeleteInView(ctx, "a/b"); return err },
		"an option for views": func() error {
			_, err := leads.MassUpdate(ctx, []string{"7"}, Fields{"City": "x"}, InTerritory("7"))
			return err
		},
		"nothing to add to": func() error { _, err := leads.MassDeleteInView(ctx, "7", AddValues()); return err },
		"a timeline's user": func() error {
			_, err := texts(leads.Timeline(ctx, "7", DoneBy("a/b")), func(e *TimelineEvent) string { return e.ID })
			return err
		},
		"a user's mails":  func() error { _, err := leads.Emails("7").Find(ctx, "a", EmailsOf("a/b")); return err },
		"a kind of mails": func() error { _, err := leads.Emails("7").Find(ctx, "a", EmailKind("b")); return err },
		"who has deleted": func() error { return conn.RecycleBin().DeleteWhere(ctx, DeletedBy("a/b")) },
	} {
		err := call()
		require.ErrorIs(t, err, ErrRecordInvalid, name)
		require.NotErrorIs(t, err, ErrRecordNotFound, "%s: it says nothing of the record", name)
	}
	nowhere := NewRecord[Lead](conn, InModule("No module"))
	for _, call := range []func() error{
		func() error { _, err := nowhere.MassUpdate(ctx, []string{"7"}, Fields{"City": "x"}); return err },
		func() error { _, err := nowhere.MassUpdateInView(ctx, "7", Fields{"City": "x"}); return err },
		func() error { _, err := nowhere.MassDelete(ctx, []string{"7"}); return err },
		func() error { _, err := nowhere.MassDeleteInView(ctx, "7"); return err },
	} {
		require.ErrorContains(t, call(), "is not a module's API name")
	}
	assert.Empty(t, crm.Requests(), "nothing was sent")
}
