package zohohub_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestWhatATransitionNeeds is said before it is sent, all of it at once.
func TestWhatATransitionNeeds(t *testing.T) { //nolint:tparallel // the cases count the requests of one fake
	t.Parallel()
	crm, conn := setup(t)
	id, ids := inFlow(t, crm)
	b := NewRecord[Lead](conn).Blueprint(id)
	const lists = "Accepted values: -None-, Acquired, Active, Market Failed, Project Cancelled, Shut Down"
	for name, test := range map[string]struct {
		fields Fields
		want   string
		field  string
		is     []error
	}{
		"nothing": {
			nil, `MULTIPLE_OR_MULTI_ERRORS (field Phone): not sent: the transition "Contact" needs Phone, Rating`, "Phone",
			[]error{ErrMandatoryNotFound, ErrRecordInvalid},
		},
		"one field": {
			Fields{"Phone": "1", "Rating": " "}, `MANDATORY_NOT_FOUND (field Rating): not sent: the transition "Contact" needs Rating`, "Rating",
			[]error{ErrMandatoryNotFound, ErrRecordInvalid},
		},
		"a pick list": {
			Fields{"Phone": "1", "Rating": "Hot"}, `INVALID_DATA (field Rating): not sent: Rating has an invalid value "Hot". ` + lists, "Rating",
			[]error{ErrRecordInvalid},
		},
		"several": {
			Fields{"Rating": "Hot", "Interests": []string{"Software", "Sailing"}, "Phone": nil},
			`MULTIPLE_OR_MULTI_ERRORS (field Phone): not sent: the transition "Contact" needs Phone; Rating has an invalid value "Hot". ` + lists +
				`; Interests has an invalid value "Sailing". Accepted values: Consulting, Hardware, Integration, Maintenance, Software, Support, Training`,
			"Phone", []error{ErrMandatoryNotFound, ErrRecordInvalid},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(asked(crm))
			for _, err := range []error{b.Transition(t.Context(), ids[0], test.fields), b.TransitionByName(t.Context(), "Contact", test.fields)} {
				require.EqualError(t, err, "zohohub: carry out transition of Leads: "+test.want)
				for _, sentinel := range []error{ErrMandatoryNotFound, ErrRecordInvalid, ErrNoSuchTransition, ErrOutcomeUnknown} {
					assert.Equal(t, slices.Contains(test.is, sentinel), errors.Is(err, sentinel), "%v", sentinel)
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, test.field, e.Field())
				assert.Equal(t, -1, e.Index)
			}
			for _, line := range asked(crm)[before:] {
				assert.Equal(t, "GET", line[:3])
			}
		})
	}
	assert.Nil(t, statusOf(t, conn, id))

	// What the record has need not be said again; people's words and typed values will do.
	require.NoError(t, NewRecord[Lead](conn).Update(t.Context(), id, Fields{"Phone": "+351 1", "Rating": "Active"}))
	type interest string
	require.NoError(t, b.TransitionByName(t.Context(), "Contact", Fields{"Interests": []interest{"Software"}}))
	assert.Equal(t, "Contacted", statusOf(t, conn, id))
}

func TestMissing(t *testing.T) {
	t.Parallel()
	field := func(name string, mandatory bool) TransitionField {
		return TransitionField{Field: Field{APIName: name}, Mandatory: mandatory}
	}
	tr := Transition{
		Fields: []TransitionField{field("A", true), field("B", true), field("C", false), field("", true), field("D", true)},
		Data:   Fields{"A": "here", "D": []any{}},
	}
	var none *string
	assert.Equal(t, []string{"B", "D"}, tr.Missing(nil))
	assert.Empty(t, tr.Missing(Fields{"B": false, "D": []string{"x"}}))
	assert.Equal(t, []string{"A", "B", "D"}, tr.Missing(Fields{"A": "", "B": none, "D": map[string]any{}}))
}

func TestNoSuchTransition(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id, ids := inFlow(t, crm)
	b := NewRecord[Lead](conn).Blueprint(id)
	ctx := t.Context()
	for want, err := range map[string]error{
		`no transition "Win" leads on from "-None-": there is "Contact"`:                      b.TransitionByName(ctx, "Win", nil),
		`no transition "contact" leads on from "-None-": there is "Contact"`:                  b.TransitionByName(ctx, "contact", nil),
		`no transition with the id ` + ids[1] + ` leads on from "-None-": there is "Contact"`: b.Transition(ctx, ids[1], nil),
		`no transition with the id ../1 leads on from "-None-": there is "Contact"`:           b.Transition(ctx, "../1", nil),
		"the transition's id is empty":                                                        b.Transition(ctx, "", nil),
		"the transition's name is empty":                                                      b.TransitionByName(ctx, "", nil),
	} {
		require.EqualError(t, err, "zohohub: carry out transition of Leads: "+want)
		require.ErrorIs(t, err, ErrNoSuchTransition)
	}
	require.NoError(t, b.TransitionByName(ctx, "Contact", Fields{"Phone": "1", "Rating": "Active"}))
	err := b.TransitionByName(ctx, "Qualify", nil)
	require.EqualError(t, err, `zohohub: carry out transition of Leads: the record does not meet the criteria of the transition "Qualify": Only in Lisboa`)
	require.ErrorIs(t, err, ErrNoSuchTransition)
	require.ErrorContains(t, b.TransitionByName(ctx, "Contact", nil), `leads on from "Contacted": there is "Lose"`)

	// A state that the blueprint does not know.
	stray := crm.Seed("Leads", Fields{"Last_Name": "Roe", "Lead_Status": "Junk Lead"})[0]
	err = NewRecord[Lead](conn).Blueprint(stray).TransitionByName(ctx, "Lose", nil)
	require.ErrorContains(t, err, `no transition "Lose" leads on from "Junk Lead": none is open`)
}

// TestTransitionParts: notes, files and check lists go along.
func TestTransitionParts(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.AddBlueprint("Leads", zohohubtest.Blueprint{Name: "Papers", Field: "Lead_Status", Transitions: []zohohubtest.Transition{{
		Name: "Hand in", To: "Contacted",
		Fields: []zohohubtest.TransitionField{{Field: "Notes", Mandatory: true}, {Field: "Attachments", Mandatory: true}, {Field: "CheckLists", Mandatory: true}},
	}}})
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	ctx := t.Context()
	file, err := conn.Files().Upload(ctx, "passport.txt", strings.NewReader("P"))
	require.NoError(t, err)
	b := NewRecord[Lead](conn).Blueprint(id)
	fields := Fields{
		"Notes": "why", "Attachments": Fields{"$file_id": []string{file.FileID}},
		"CheckLists": []Fields{{"title": "Papers", "items": []Fields{{"passport": true}}}},
	}
	require.EqualError(t, b.TransitionByName(ctx, "Hand in", nil),
		`zohohub: carry out transition of Leads: MULTIPLE_OR_MULTI_ERRORS (field Notes): not sent: the transition "Hand in" needs Notes, Attachments, CheckLists`)
	require.NoError(t, b.TransitionByName(ctx, "Hand in", fields))
	assert.JSONEq(t, `{"Notes":"why","Attachments":{"$file_id":["`+file.FileID+`"]},"CheckLists":[{"title":"Papers","items":[{"passport":true}]}]}`,
		string(dataOf(t, lastWrite(t, crm))))
	hung := crm.Attachments("Leads", id)
	require.Len(t, hung, 1)
	assert.Equal(t, "passport.txt", hung[0].Name)
	assert.Len(t, fields, 3, "what was passed stays as it was")
}

func dataOf(t *testing.T, body string) json.RawMessage {
	t.Helper()
	var sent struct {
		Blueprint []struct{ Data json.RawMessage }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &sent))
	require.Len(t, sent.Blueprint, 1)
	return sent.Blueprint[0].Data
}

func TestPartialTransition(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	flow := leadFlow()
	flow.SavesPartially = true
	crm.AddBlueprint("Leads", flow)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Phone": "1"})[0]
	b := NewRecord[Lead](conn).Blueprint(id)
	// Between the look and the transition somebody takes the phone away.
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Path: "/actions/blueprint", Body: `{"code":"SUCCESS","details":{},"message":"transition saved partially","status":"success"}`})
	err := b.TransitionByName(t.Context(), "Contact", Fields{"Rating": "Active"})
	require.ErrorIs(t, err, ErrMandatoryNotFound)
	require.ErrorIs(t, err, ErrRecordInvalid)
	require.NotErrorIs(t, err, ErrOutcomeUnknown)

	body := `{"blueprint":[{"transition_id":"` + transitionOf(t, b, "Contact").ID + `","data":{"Rating":"Active","Phone":null}}]}`
	require.NoError(t, conn.Put(t.Context(), "Leads/"+id+"/actions/blueprint", json.RawMessage(body), nil))
	contact := transitionOf(t, b, "Contact")
	assert.InDelta(t, 75, contact.PercentSaved, 0.1)
	assert.Equal(t, Fields{"Phone": nil, "Rating": "Active", "Interests": nil, "Notes": nil}, contact.Data)
	assert.Equal(t, []string{"Phone"}, contact.Missing(nil))
}

func transitionOf(t *testing.T, b *Blueprint, name string) *Transition {
	t.Helper()
	trs, err := b.Transitions(t.Context())
	require.NoError(t, err)
	for i := range trs {
		if trs[i].Name == name {
			return &trs[i]
		}
	}
	t.Fatalf("no transition %s", name)
	return nil
}

// TestTransitionIsSentOnce: whatever becomes of the answer, the state changes once at most.
func TestTransitionIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault zohohubtest.Fault
		moved bool
	}{
		"lost before": {zohohubtest.Fault{CutBefore: true}, false},
		"lost after":  {zohohubtest.Fault{CutAfter: true}, true},
		"cut":         {zohohubtest.Fault{CutBody: 9}, true},
		"204":         {zohohubtest.Fault{Status: 204}, false},
		"502":         {zohohubtest.Fault{Status: 502}, false},
		"HTML":        {zohohubtest.Fault{Body: "<html>Please wait</html>"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			id, _ := inFlow(t, crm)
			crm.ResetRequests()
			test.fault.Method = http.MethodPut
			crm.Inject(test.fault)
			b := NewRecord[Lead](conn).Blueprint(id)
			err := b.TransitionByName(t.Context(), "Contact", Fields{"Phone": "1", "Rating": "Active"})
			require.ErrorIs(t, err, ErrOutcomeUnknown)
			assert.Len(t, asked(crm), 2)
			p, err := b.Process(t.Context())
			require.NoError(t, err)
			assert.Equal(t, test.moved, p.State == "Contacted")
		})
	}
	// A 429 has refused it: it goes again.
	crm, conn := setup(t)
	id, _ := inFlow(t, crm)
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Status: 429, Header: http.Header{"Retry-After": {"0"}}})
	require.NoError(t, NewRecord[Lead](conn).Blueprint(id).TransitionByName(t.Context(), "Contact", Fields{"Phone": "1", "Rating": "Active"}))
}

// TestTransitionsOfOneName: criteria choose among those that lead on from a state under the same name.
func TestTransitionsOfOneName(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	b := NewRecord[Lead](conn).Blueprint(crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0])
	tell := func(second string) {
		crm.Inject(zohohubtest.Fault{Method: http.MethodGet, Body: `{"blueprint":{"process_info":{"field_value":"New"},"transitions":[
			{"id":"1","name":"Go","criteria_matched":false,"criteria_message":"Only in Lisboa"},{"id":"2","name":"Go","criteria_matched":` + second + `}]}}`})
	}
	tell("true")
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Body: `{"code":"SUCCESS","details":{},"message":"transition updated successfully","status":"success"}`})
	require.NoError(t, b.TransitionByName(t.Context(), "Go", nil))
	assert.JSONEq(t, `{"blueprint":[{"transition_id":"2","data":{}}]}`, lastBody(t, crm))
	tell("false")
	err := b.TransitionByName(t.Context(), "Go", nil)
	require.ErrorIs(t, err, ErrNoSuchTransition)
	require.ErrorContains(t, err, `does not meet the criteria of the transition "Go"`)
}

// TestPeoplesWords: what people see of a pick list is as good as what Zoho keeps.
func TestPeoplesWords(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	const picks = `"pick_list_values":[{"actual_value":"hot","display_value":"Very hot"},{"actual_value":"cold","display_value":"Cold"}]`
	crm.Inject(zohohubtest.Fault{Method: http.MethodGet, Times: -1, Body: `{"blueprint":{"process_info":{"field_value":"New"},"transitions":[{"id":"1","name":"Go","fields":[
		{"api_name":"One","data_type":"picklist",` + picks + `},{"api_name":"Many","data_type":"multiselectpicklist",` + picks + `},
		{"api_name":"Any","data_type":"picklist","pick_list_values":[]}]}]}}`})
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Times: -1, Body: `{"code":"SUCCESS","details":{},"message":"transition updated successfully","status":"success"}`})
	b := NewRecord[Lead](conn).Blueprint(id)
	for _, fields := range []Fields{
		{"One": "hot", "Many": []string{"hot", "cold"}, "Any": "thing"},
		{"One": "Very hot", "Many": []string{"Very hot", "cold"}},
		{"One": nil, "Many": []string{}},
	} {
		require.NoError(t, b.Transition(t.Context(), "1", fields))
	}
	for want, fields := range map[string]Fields{
		`One has an invalid value "warm". Accepted values: hot, cold`: {"One": "warm"},
		`Many has an invalid value "Hot". Accepted values: hot, cold`: {"Many": []string{"cold", "Hot"}},
		`Many is not a list`: {"Many": "hot"},
	} {
		err := b.Transition(t.Context(), "1", fields)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, err, want)
	}
}
