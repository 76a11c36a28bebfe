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

// TestTrackedListsAndLookups: what a copy shares with its original, and what a failed save leaves to be saved.
func TestTrackedListsAndLookups(t *testing.T) {
	t.Parallel()
	type thing struct {
		Tracked
		ID     string
		Colors []string
		Owner  Lookup
		Skills []stampedSkill
		Rows   []usedPart
		Extra  Fields `zoho:",unknown"`
	}
	const answer = `{"data":[{"id":"11","Colors":["red","blue"],"Owner":{"id":"12","name":"Ana"},"Skills":[{"id":"41","Skills":{"id":"51"}}],
		"Rows":[{"id":"21","Part":"Bolt"},{"id":"22","Part":"Nut"}],"City":"Faro"}]}`
	ctx := t.Context()
	z, conn := loaded(t, answer)
	things := NewRecord[thing](conn, InModule("Things"))
	rec, err := things.Find(ctx, "11")
	require.NoError(t, err)

	rec.Owner.Name, rec.Extra["City"] = "Somebody", "Porto"
	require.NoError(t, things.Save(ctx, rec))
	assert.Empty(t, z.last(), "a lookup's name is not its value, and what is unknown is only read")

	dup := *rec
	rec.Colors[0], rec.Rows[0].Part = "green", "Screw" // the copy holds the same slices
	require.NoError(t, things.Save(ctx, rec))
	const both = `{"data":[{"id":"11","Colors":["green","blue"],"Rows":[{"id":"21","Part":"Screw"}]}]}`
	assert.JSONEq(t, both, z.last())
	require.NoError(t, things.Save(ctx, &dup))
	assert.JSONEq(t, both, z.last(), "the copy compares with what it was loaded as")

	rec.Colors, rec.Owner, rec.Skills = nil, Lookup{}, append(rec.Skills, stampedSkill{Skills: Lookup{ID: "52"}})
	rec.Rows = rec.Rows[:1]
	const all = `{"data":[{"id":"11","Colors":[],"Owner":null,"Skills":[{"Skills":{"id":"52"}}],"Rows":[{"id":"22","_delete":null}]}]}`
	z.refuse(1)
	require.ErrorIs(t, things.Save(ctx, rec), ErrRecordInvalid)
	assert.JSONEq(t, all, z.last())
	require.NoError(t, things.Save(ctx, rec))
	assert.JSONEq(t, all, z.last(), "a failed save keeps the difference")
	before := z.count()
	require.NoError(t, things.Save(ctx, rec))
	assert.Equal(t, before, z.count(), "a saved one does not, though the new row has no id here")
	rec.Skills = rec.Skills[:1]
	require.ErrorContains(t, things.Save(ctx, rec), "Skills: a row that an earlier save created has no id here")
	assert.Equal(t, before, z.count())
}

// TestTrackedKnowsWhatWasNotLoaded: lists leave out subforms, and fields that were not asked for.
func TestTrackedKnowsWhatWasNotLoaded(t *testing.T) {
	t.Parallel()
	type thing struct {
		Tracked
		ID, City string
		Owner    Lookup
		Colors   []string
		Rows     []usedPart
		More     any
	}
	z, conn := loaded(t, `{"data":[{"id":"11","City":"Faro"}],"info":{"more_records":false}}`)
	things := NewRecord[thing](conn, InModule("Things"))
	for rec, err := range things.All(t.Context()) {
		require.NoError(t, err)
		rec.Colors, rec.Rows, rec.City = []string{}, []usedPart{}, ""
		require.NoError(t, things.Save(t.Context(), rec))
		assert.JSONEq(t, `{"data":[{"id":"11","City":null}]}`, z.last())
		rec.Owner, rec.Colors, rec.Rows, rec.More = Lookup{ID: "12"}, []string{"red"}, []usedPart{{Part: "Bolt"}}, []Fields{{"Part": "Nut"}}
		require.NoError(t, things.Save(t.Context(), rec))
		assert.JSONEq(t, `{"data":[{"id":"11","Owner":{"id":"12"},"Colors":["red"],"Rows":[{"Part":"Bolt"}],"More":[{"Part":"Nut"}]}]}`, z.last())
	}
}

// TestDynamicSubforms: rows that are taken out of a Dynamic's subform are deleted, as a struct's are.
func TestDynamicSubforms(t *testing.T) {
	t.Parallel()
	z, conn := loaded(t, `{"data":[{"id":"11","Rows":[{"id":"21","Part":"Bolt","Parent_Id":{"id":"11"}},{"id":"22","Part":"Nut"}],"Tag":[{"id":"1","name":"a"},{"id":"2","name":"b"}]}]}`)
	things := NewRecord[Dynamic](conn, InModule("Things"))
	rec, err := things.Find(t.Context(), "11")
	require.NoError(t, err)
	rows := rec.Fields["Rows"].([]any)
	rows[1].(map[string]any)["Part"] = "Screw"
	rec.Fields["Rows"] = append(rows[1:], Fields{"Part": "Cog"})
	rec.Fields["Tag"] = rec.Fields["Tag"].([]any)[1:]
	require.NoError(t, things.Save(t.Context(), rec))
	assert.JSONEq(t, `{"data":[{"id":"11","Rows":[{"id":"22","Part":"Screw"},{"Part":"Cog"},{"id":"21","_delete":null}],"Tag":[{"id":"2","name":"b"}]}]}`, z.last())
	before := z.count()
	require.NoError(t, things.Save(t.Context(), rec))
	assert.Equal(t, before, z.count())
}
