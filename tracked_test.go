package zohohub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestDynamicSendsTheDifference: a list cuts rich text, and saving must not write the stump back.
func TestDynamicSendsTheDifference(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	long := strings.Repeat("long ", 300)
	id := crm.Seed("Service_Visits", Fields{"Name": "V", "Report": long})[0]
	visits := NewRecord[Dynamic](conn, InModule("Service_Visits"))
	for v, err := range visits.All(t.Context()) {
		require.NoError(t, err)
		assert.Less(t, len(v.Fields["Report"].(string)), len(long), "a list cuts it")
		require.NoError(t, visits.Save(t.Context(), v))
		v.Fields["Name"] = "W"
		require.NoError(t, visits.Save(t.Context(), v))
	}
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Name":"W"}]}`, id), lastWrite(t, crm))
	assert.Equal(t, long, crm.Records("Service_Visits")[0]["Report"])
}

func TestSnapshotBelongsToItsID(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "A"}, Fields{"Last_Name": "Roe", "Company": "B"})
	leads := NewRecord[Lead](conn)
	lead, err := leads.Find(t.Context(), ids[0])
	require.NoError(t, err)
	lead.ID, lead.Extra, lead.Owner, lead.CreatedTime = ids[1], nil, Lookup{}, time.Time{}
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Last_Name":"Doe","Company":"A"}]}`, ids[1]), lastWrite(t, crm))
}

func TestUpsertKeepsTheDifference(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "A", "Email": "jo@example.com", "Phone": "1"})[0]
	leads := NewRecord[Lead](conn)
	lead, err := leads.Find(t.Context(), id)
	require.NoError(t, err)
	lead.Phone, lead.City = "", "Faro"
	_, err = leads.Upsert(t.Context(), []*Lead{lead}, DuplicateCheck("Email"))
	require.NoError(t, err)
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Phone":null}]}`, id), lastWrite(t, crm), "what the upsert did not send is still to be sent")
}

func TestSubformRowsAreNotDoubled(t *testing.T) {
	t.Parallel()
	type part struct {
		ID, Part string
		Quantity int
	}
	type visit struct {
		ID, Name string
		Parts    []part `zoho:"Parts_Used"`
	}
	type nameless struct {
		Tracked
		ID, Name string
		Parts    []struct{ Part string } `zoho:"Parts_Used"`
	}
	crm, conn := setup(t)
	ctx := t.Context()
	visits := NewRecord[visit](conn, InModule("Service_Visits"))
	v := &visit{Name: "V", Parts: []part{{Part: "Bolt"}}}
	require.NoError(t, visits.Save(ctx, v))
	v.Name = "W"
	require.ErrorContains(t, visits.Save(ctx, v), "Parts_Used has a row without an id, which would be added, also if it is there already")

	found, err := visits.Find(ctx, v.ID)
	require.NoError(t, err)
	require.Len(t, found.Parts, 1)
	found.Name = "X"
	require.NoError(t, visits.Save(ctx, found), "rows with ids are updated")

	loose := NewRecord[nameless](conn, InModule("Service_Visits"))
	n, err := loose.Find(ctx, v.ID)
	require.NoError(t, err)
	n.Name = "Y"
	require.NoError(t, loose.Save(ctx, n), "rows that did not change are not sent")
	n.Parts[0].Part = "Nut"
	require.ErrorContains(t, loose.Save(ctx, n), "Parts_Used: its rows have ids at Zoho")

	require.NoError(t, loose.Update(ctx, v.ID, Fields{"Parts_Used": []Fields{{"Part": "Screw"}}}))
	found, err = visits.Find(ctx, v.ID)
	require.NoError(t, err)
	assert.Len(t, found.Parts, 2, "Update adds what it is told to")
	assert.Len(t, crm.Records("Service_Visits"), 1)
}

func TestLookupsByNameAlone(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	lead := &Lead{LastName: "Doe", Owner: Lookup{Name: "Somebody"}}
	const want = "a lookup with a name alone cannot be written"
	require.ErrorContains(t, leads.Create(t.Context(), lead), want)
	require.ErrorContains(t, leads.Update(t.Context(), "1", Fields{"Owner": Lookup{Name: "Somebody"}}), want)
	lead.Owner = Lookup{}
	require.NoError(t, leads.Create(t.Context(), lead))
	found, err := leads.Find(t.Context(), lead.ID)
	require.NoError(t, err)
	found.Owner = Lookup{Name: "Somebody"}
	require.ErrorContains(t, leads.Save(t.Context(), found), want)
	assert.Len(t, asked(crm), 2, "refused before anything is sent")

	err = leads.Update(t.Context(), lead.ID, Fields{"Owner": Lookup{ID: "123"}})
	require.ErrorIs(t, err, ErrRecordInvalid)
	require.NotErrorIs(t, err, ErrRecordNotFound, "it is the owner that is not there, not the lead")
}

func TestTheSameRecordTwice(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := &Lead{LastName: "Doe"}
	res, err := NewRecord[Lead](conn).CreateAll(t.Context(), []*Lead{lead, {LastName: "Roe"}, lead})
	require.ErrorContains(t, err, "1 of 3 failed; first, at 2: the record is the one at 0 once more")
	require.NoError(t, res[0].Err)
	assert.Len(t, crm.Records("Leads"), 2)
}
