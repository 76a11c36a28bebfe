package zohohub_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// leadFlow is a process of leads: contacted, then qualified or lost.
func leadFlow() zohohubtest.Blueprint {
	return zohohubtest.Blueprint{Name: "Lead flow", Field: "Lead_Status", Transitions: []zohohubtest.Transition{
		{Name: "Contact", From: "-None-", To: "Contacted", Fields: []zohohubtest.TransitionField{
			{Field: "Phone", Mandatory: true, Content: "With its country"}, {Field: "Rating", Mandatory: true}, {Field: "Interests"}, {Field: "Notes"},
		}},
		{
			Name: "Qualify", From: "Contacted", To: "Pre-Qualified", Message: "Only in Lisboa",
			Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Lisboa"},
			Fields: []zohohubtest.TransitionField{{
				Field: "Email", Mandatory: true, RuleMessage: "Ask for the address at work",
				Rule: &zohohubtest.Condition{Field: "Email", Comparator: "ends_with", Value: "@example.com"},
			}},
		},
		{Name: "Lose", From: "Contacted", To: "Lost Lead"},
	}}
}

// inFlow is a lead in that process.
func inFlow(t *testing.T, crm *zohohubtest.Server) (id string, transitions []string) {
	t.Helper()
	transitions = crm.AddBlueprint("Leads", leadFlow())
	return crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0], transitions
}

// statusOf is a lead's state.
func statusOf(t *testing.T, conn *Connection, id string) any {
	t.Helper()
	lead, err := NewRecord[Dynamic](conn, InModule("Leads")).Find(t.Context(), id)
	require.NoError(t, err)
	return lead.Fields["Lead_Status"]
}

// TestBlueprintInEveryVersion goes through a process under each version of the API.
func TestBlueprintInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		id, ids := inFlow(t, crm)
		b := NewRecord[Lead](conn).Blueprint(id)
		ctx := t.Context()

		p, err := b.Process(ctx)
		require.NoError(t, err)
		assert.Equal(t, []any{"Lead flow", "Lead_Status", "Lead Status", "-None-", false}, []any{p.Name, p.Field, p.Label, p.State, p.Continuous})
		assert.NotEmpty(t, p.ID)
		require.Len(t, p.Transitions, 1)
		contact := p.Transitions[0]
		assert.Equal(t, Transition{
			ID: ids[0], Name: "Contact", NextState: "Contacted", Type: "manual", CriteriaMatched: true,
			Data: Fields{"Phone": nil, "Rating": nil, "Interests": nil, "Notes": nil}, Fields: contact.Fields, Raw: contact.Raw,
			Next: []NextTransition{{ID: ids[1], Name: "Qualify", Type: "manual"}, {ID: ids[2], Name: "Lose", Type: "manual", CriteriaMatched: true}},
		}, contact)
		require.Len(t, contact.Fields, 4)
		phone, rating, notes := contact.Fields[0], contact.Fields[1], contact.Fields[3]
		assert.Equal(t, []any{"Phone", "Phone", "phone", true, "With its country"}, []any{phone.APIName, phone.Label, phone.DataType, phone.Mandatory, phone.Content})
		assert.Equal(t, "Acquired", rating.PickListValues[1].ActualValue)
		assert.Equal(t, []any{"Notes", false}, []any{notes.APIName, notes.Mandatory})

		err = b.TransitionByName(ctx, "Contact", Fields{"Phone": "+351 1", "Rating": "Active", "Notes": "Rang twice"})
		require.NoError(t, err)
		assert.JSONEq(t, `{"blueprint":[{"transition_id":"`+ids[0]+`","data":{"Phone":"+351 1","Rating":"Active","Notes":"Rang twice"}}]}`, lastWrite(t, crm))
		assert.Equal(t, "Contacted", statusOf(t, conn, id))
		for note, err := range NewRecord[Lead](conn).Notes(id).All(ctx) {
			require.NoError(t, err)
			assert.Equal(t, "Rang twice", note.Content)
		}

		trs, err := b.Transitions(ctx)
		require.NoError(t, err)
		require.Len(t, trs, 2)
		assert.Equal(t, []any{"Qualify", false, "Only in Lisboa"}, []any{trs[0].Name, trs[0].CriteriaMatched, trs[0].CriteriaMessage})

		crm.ResetRequests()
		require.NoError(t, b.Transition(ctx, ids[2], nil))
		assert.JSONEq(t, `{"blueprint":[{"transition_id":"`+ids[2]+`","data":{}}]}`, lastWrite(t, crm))
		assert.Equal(t, []string{"GET /crm/" + v + "/Leads/" + id + "/actions/blueprint", "PUT /crm/" + v + "/Leads/" + id + "/actions/blueprint"}, asked(crm))
		assert.Equal(t, "Lost Lead", statusOf(t, conn, id))
		for _, err := range []error{b.Transition(ctx, ids[2], nil), b.TransitionByName(ctx, "Lose", nil)} {
			require.ErrorIs(t, err, ErrNotInProcess)
		}
		_, err = b.Transitions(ctx)
		require.ErrorIs(t, err, ErrNotInProcess)
		status := map[bool]string{true: "202", false: "400"}[v == "v2" || v == "v2.1"]
		require.EqualError(t, err, "zohohub: read blueprint of Leads: RECORD_NOT_IN_PROCESS: record not in process (HTTP "+status+")")
	})
}

// TestTheStateIsHeld: a record in a process does not change its state otherwise, and everything else of it does.
func TestTheStateIsHeld(t *testing.T) {
	t.Parallel()
	type lead struct {
		Tracked
		ID, LastName, City string
		Status             string `zoho:"Lead_Status"`
	}
	crm, conn := setup(t)
	id, _ := inFlow(t, crm)
	leads := NewRecord[lead](conn, InModule("Leads"))
	ctx := t.Context()
	require.ErrorIs(t, leads.Update(ctx, id, Fields{"Lead_Status": "Contacted"}), ErrRecordInBlueprint)
	rec, err := leads.Find(ctx, id)
	require.NoError(t, err)
	rec.Status, rec.City = "Contacted", "Faro"
	require.ErrorIs(t, leads.Save(ctx, rec), ErrRecordInBlueprint)
	res, err := leads.UpdateAll(ctx, []Fields{{"id": id, "Lead_Status": "Contacted"}, {"id": id, "City": "Porto"}})
	require.EqualError(t, err, "zohohub: update Leads: 1 of 2 failed; first, at 0: RECORD_IN_BLUEPRINT: The record is in blue print (HTTP 207)")
	require.ErrorIs(t, res[0].Err, ErrRecordInBlueprint)
	require.NoError(t, res[1].Err)
	rec.Status = ""
	require.NoError(t, leads.Save(ctx, rec), "the difference is the city alone")
	_, err = leads.Upsert(ctx, []*lead{{ID: id, Status: "Contacted"}})
	require.ErrorIs(t, err, ErrRecordInBlueprint)

	free := &lead{LastName: "Roe"}
	require.NoError(t, leads.Create(ctx, free, NoTriggers()))
	require.NoError(t, leads.Update(ctx, free.ID, Fields{"Lead_Status": "Contacted"}, Trigger("workflow")))
	_, err = leads.Blueprint(free.ID).Transitions(ctx)
	require.ErrorIs(t, err, ErrNotInProcess)
	other := &lead{LastName: "Poe"}
	require.NoError(t, leads.Create(ctx, other, Trigger("blueprint")))
	_, err = leads.Blueprint(other.ID).Transitions(ctx)
	require.NoError(t, err)
}

// TestTransitionRefused: what Zoho refuses is told in its words, and in the admin's.
func TestTransitionRefused(t *testing.T) { //nolint:tparallel // each case has a fault of its own, of one fake
	t.Parallel()
	crm, conn := setup(t)
	id, _ := inFlow(t, crm)
	leads := NewRecord[Lead](conn)
	b := leads.Blueprint(id)
	ctx := t.Context()
	require.NoError(t, leads.Update(ctx, id, Fields{"City": "Lisboa"}))
	require.NoError(t, b.TransitionByName(ctx, "Contact", Fields{"Phone": "1", "Rating": "Active"}))

	err := b.TransitionByName(ctx, "Qualify", Fields{"Email": "jo@example.org"})
	require.EqualError(t, err,
		"zohohub: carry out transition of Leads: INVALID_DATA: invalid data (field Email, expected email) (HTTP 400): Ask for the address at work")
	require.ErrorIs(t, err, ErrRecordInvalid)
	require.NotErrorIs(t, err, ErrNoSuchTransition)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []any{"Email", "email", "INVALID_DATA", 400}, []any{e.Field(), e.ExpectedType(), e.Code, e.Status})
	err = b.TransitionByName(ctx, "Qualify", Fields{"Email": "jo@example.com", "Notes": 7})
	require.EqualError(t, err, "zohohub: carry out transition of Leads: INVALID_DATA: invalid data (field Notes, expected string) (HTTP 400)")

	for name, test := range map[string]struct {
		fault zohohubtest.Fault
		want  string
		is    error
	}{
		"gone meanwhile": {
			zohohubtest.Fault{Status: 400, Code: "INVALID_DATA", Message: "invalid transition"},
			"INVALID_DATA: invalid transition (HTTP 400)", ErrNoSuchTransition,
		},
		"mandatory": {
			zohohubtest.Fault{Status: 400, Code: "MANDATORY_NOT_FOUND", Message: "mandatory param missing"},
			"MANDATORY_NOT_FOUND: mandatory param missing (HTTP 400)", ErrMandatoryNotFound,
		},
		"left meanwhile, with 200": {
			zohohubtest.Fault{Body: `{"code":"RECORD_NOT_IN_PROCESS","details":{},"message":"record not in process","status":"error"}`},
			"RECORD_NOT_IN_PROCESS: record not in process (HTTP 200)", ErrNotInProcess,
		},
		"partial": {
			zohohubtest.Fault{Body: `{"code":"SUCCESS","details":{},"message":"transition saved partially","status":"success"}`},
			`SUCCESS: transition saved partially (HTTP 200): the values are kept and the record stays in its state, as a field of "Qualify" is still missing`,
			ErrMandatoryNotFound,
		},
		"no permission": {zohohubtest.Fault{Status: 403, Code: "NO_PERMISSION"}, "NO_PERMISSION", ErrNoPermission},
		"locked":        {zohohubtest.Fault{Status: 400, Code: "RECORD_LOCKED"}, "RECORD_LOCKED", nil},
		"of no meaning": {zohohubtest.Fault{Body: `{"code":"SUCCESS_OR_NOT"}`}, "SUCCESS_OR_NOT", nil},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Method = http.MethodPut
			crm.Inject(test.fault)
			err := b.TransitionByName(ctx, "Qualify", Fields{"Email": "jo@example.com"})
			require.ErrorContains(t, err, "zohohub: carry out transition of Leads: "+test.want)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			assert.Equal(t, "Contacted", statusOf(t, conn, id))
		})
	}
	require.NoError(t, b.TransitionByName(ctx, "Qualify", Fields{"Email": "jo@example.com"}))
}

// TestBlueprintFaults: what is wrong is said before anything is sent, and strange answers are none.
func TestBlueprintFaults(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	leads := NewRecord[Lead](conn)
	for id, want := range map[string]string{
		"": "the id is empty", "..": `".." is not a record's id`, "1/2": `"1/2" is not a record's id`, "actions": `"actions" is not a record's id`,
	} {
		_, err := leads.Blueprint(id).Process(ctx)
		require.EqualError(t, err, "zohohub: read blueprint of Leads: "+want)
		require.EqualError(t, leads.Blueprint(id).Transition(ctx, "1", nil), "zohohub: carry out transition of Leads: "+want)
	}
	_, err := NewRecord[Lead](nil).Blueprint("1").Transitions(ctx)
	require.ErrorContains(t, err, "the connection is nil")
	require.ErrorContains(t, leads.Blueprint("1").Transition(ctx, "1", Fields{"LastName": "x"}), "is the name of a Go field")
	require.ErrorContains(t, leads.Blueprint("1").Transition(ctx, "1", Fields{"Last_Name": make(chan int)}), "carry out transition of Leads: ")
	assert.Empty(t, asked(crm))

	_, err = leads.Blueprint("5725767000099999999").Transitions(ctx)
	require.ErrorIs(t, err, ErrRecordNotFound)
	_, err = NewRecord[Lead](conn, InModule("Leeds")).Blueprint("1").Transitions(ctx)
	require.ErrorIs(t, err, ErrInvalidModule)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	for body, want := range map[string]string{
		`{"hello":"world"}`: "the answer has no data",
		`{"blueprint":[]}`:  "the answer has no data",
	} {
		crm.Inject(zohohubtest.Fault{Body: body, Times: -1})
		_, err := leads.Blueprint(id).Process(ctx)
		require.ErrorContains(t, err, want, body)
		crm.ClearFaults()
	}
	crm.Inject(zohohubtest.Fault{Status: 204})
	_, err = leads.Blueprint(id).Process(ctx)
	require.EqualError(t, err, "zohohub: read blueprint of Leads: (HTTP 204): record is not in a process")
	require.ErrorIs(t, err, ErrNotInProcess)
}

// TestBlueprintOfOldAnswers: versions differ in what they tell, and in whether ids are numbers.
func TestBlueprintOfOldAnswers(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	crm.Inject(zohohubtest.Fault{Body: `{"blueprint":{"process_info":{"field_id":1000000000589,"is_continuous":true,"api_name":"Rating","field_label":"Rating",
		"name":"Rate","field_value":"Acquired","id":1000000033119},"transitions":[
		{"id":1000000031897,"name":"Fail","next_field_value":"Market Failed","criteria_matched":null,"percent_partial_save":83.3,"data":{"Attachments":null},
		 "next_transitions":[],"execution_time":"2026-05-01T10:00:00+01:00",
		 "fields":[{"display_label":"Attachment","_type":"used","data_type":"fileupload","id":7,"transition_sequence":1,"mandatory":true}]},
		{"id":"2","name":"Wait","criteria_matched":false,"criteria_message":"Not yet","data":[],"percent_partial_save":null,"fields":null,"next_transitions":null}]}}`})
	p, err := NewRecord[Lead](conn).Blueprint(id).Process(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []any{"1000000033119", "Acquired", true}, []any{p.ID, p.State, p.Continuous})
	require.Len(t, p.Transitions, 2)
	fail, wait := p.Transitions[0], p.Transitions[1]
	assert.Equal(t, []any{"1000000031897", true, 83.3, time.Date(2026, time.May, 1, 9, 0, 0, 0, time.UTC)},
		[]any{fail.ID, fail.CriteriaMatched, fail.PercentSaved, fail.ExecutionTime.UTC()})
	require.Len(t, fail.Fields, 1)
	assert.Equal(t, []any{"7", "", "Attachment", true}, []any{fail.Fields[0].ID, fail.Fields[0].APIName, fail.Fields[0].Label, fail.Fields[0].Mandatory})
	assert.Empty(t, fail.Missing(nil), "of a field without a name Zoho has to say it")
	assert.Equal(t, Transition{ID: "2", Name: "Wait", CriteriaMessage: "Not yet", Raw: wait.Raw}, wait)
}
