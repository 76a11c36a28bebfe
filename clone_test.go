package zohohub_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestClone(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.AddField("Leads", zohohubtest.Field{APIName: "Badge", DataType: "text", Unique: true})
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "City": "Lisboa", "Interests": []string{"CRM"}, "Badge": "7", "Tag": []any{map[string]any{"name": "VIP"}}})[0]
	leads := NewRecord[Dynamic](conn, InModule("Leads"))
	ctx := t.Context()

	_, err := leads.Clone(ctx, id, nil)
	require.ErrorIs(t, err, ErrDuplicate)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, -1, e.Index)
	assert.Equal(t, id, e.DuplicateID())
	assert.JSONEq(t, `{"data":[{}]}`, lastBody(t, crm))

	copied, err := leads.Clone(ctx, id, Fields{"Badge": "8", "City": nil}, NoTriggers())
	require.NoError(t, err)
	assert.Equal(t, "/crm/v8/Leads/"+id+"/actions/clone", crm.Requests()[len(crm.Requests())-1].Path)
	assert.JSONEq(t, `{"data":[{"Badge":"8","City":null}],"trigger":[]}`, lastBody(t, crm))
	twin, err := leads.Find(ctx, copied)
	require.NoError(t, err)
	assert.Equal(t, "Doe", twin.Fields["Last_Name"])
	assert.Nil(t, twin.Fields["City"])
	assert.Equal(t, []any{"CRM"}, twin.Fields["Interests"])
	assert.Len(t, twin.Fields["Tag"], 1)

	_, err = leads.Clone(ctx, nobodysID, nil)
	require.ErrorIs(t, err, ErrRecordNotFound)
	_, err = leads.Clone(ctx, id, Fields{"Last_Name": nil})
	require.ErrorIs(t, err, ErrMandatoryNotFound)
	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/clone", CutAfter: true})
	_, err = leads.Clone(ctx, id, Fields{"Badge": "9"})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, crm.Records("Leads"), 3, "it was not sent twice")
}

func TestCloneWithRows(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Service_Visits", Fields{"Name": "V", "Parts_Used": []any{map[string]any{"Part": "Bolt"}, map[string]any{"Part": "Nut"}}})[0]
	visits := NewRecord[Dynamic](conn, InModule("Service_Visits"))
	copied, err := visits.Clone(t.Context(), id, nil)
	require.NoError(t, err)
	rows := [2][]any{}
	for i, id := range []string{id, copied} {
		v, err := visits.Find(t.Context(), id)
		require.NoError(t, err)
		for _, row := range v.Fields["Parts_Used"].([]any) {
			rows[i] = append(rows[i], row.(map[string]any)["Part"], row.(map[string]any)["id"])
		}
	}
	assert.Equal(t, []any{rows[0][0], rows[0][2]}, []any{rows[1][0], rows[1][2]})
	assert.NotEqual(t, rows[0][1], rows[1][1], "the rows are the copy's own")
}

func TestHostileClones(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for _, bad := range []string{"", "..", "1/2", "1?x", "actions"} {
		_, err := leads.Clone(ctx, bad, nil)
		require.ErrorContains(t, err, "zohohub: clone Leads: ", bad)
	}
	_, err := leads.Clone(ctx, "7", Fields{"LastName": "x"})
	require.EqualError(t, err, `zohohub: clone Leads: "LastName" is the name of a Go field; Zoho's is "Last_Name"`)
	_, err = leads.Clone(ctx, "7", nil, Trigger("no such"))
	require.ErrorContains(t, err, `Trigger: "no such" is none of`)
	_, err = NewRecord[Lead](conn, InModule("No module")).Clone(ctx, "7", nil)
	require.ErrorContains(t, err, "is not a module's API name")
	assert.Empty(t, crm.Requests(), "nothing was sent")

	_, old := setupVersion(t, "v6")
	_, err = NewRecord[Lead](old).Clone(ctx, "7", nil)
	require.ErrorContains(t, err, "zohohub: clone Leads: API_NOT_SUPPORTED")
	mock, conn := mocked(t)
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		return jsonAnswer(http.StatusCreated, `{"data":[{"code":"SUCCESS","details":{},"status":"success"}]}`), nil
	})
	_, err = NewRecord[Lead](conn).Clone(ctx, "7", nil)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
}
