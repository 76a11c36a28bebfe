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

// noteTexts are the titles and contents of the notes on a record.
func noteTexts(t *testing.T, notes *Notes) []string {
	t.Helper()
	var texts []string
	for n, err := range notes.All(t.Context()) {
		require.NoError(t, err)
		texts = append(texts, n.Title+"/"+n.Content)
	}
	return texts
}

// TestNotesOfEveryVersion lives a note's life, by its record and by its module.
func TestNotesOfEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
		leads := NewRecord[Lead](conn)
		ctx := t.Context()

		note, err := leads.AddNote(ctx, ids[0], "Call", "She wants five.")
		require.NoError(t, err)
		assert.JSONEq(t, `{"data":[{"Note_Title":"Call","Note_Content":"She wants five."}]}`, lastWrite(t, crm))
		assert.NotEmpty(t, note.ID)
		assert.False(t, note.CreatedTime.IsZero())
		assert.NotEmpty(t, note.CreatedBy.ID)
		assert.Equal(t, ModuleLookup{Module: "Leads", ID: ids[0]}, note.Parent)

		note.Title = "Call back"
		require.NoError(t, NewRecord[Note](conn).Save(ctx, note))
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Note_Title":"Call back"}]}`, note.ID), lastWrite(t, crm))

		notes, others := leads.Notes(ids[0]), leads.Notes(ids[1])
		second, err := notes.Create(ctx, "", "And a sixth.")
		require.NoError(t, err)
		require.NoError(t, notes.Update(ctx, second.ID, Fields{"Note_Title": "Later", "Note_Content": nil}))
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Note_Title":"Later","Note_Content":null}]}`, second.ID), lastWrite(t, crm))
		assert.ElementsMatch(t, []string{"Call back/She wants five.", "Later/"}, noteTexts(t, notes))
		assert.Empty(t, noteTexts(t, others))

		// They are nobody else's.
		require.ErrorIs(t, others.Update(ctx, second.ID, Fields{"Note_Title": "Mine"}), ErrRecordNotFound)
		require.ErrorIs(t, others.Delete(ctx, second.ID), ErrRecordNotFound)
		require.NoError(t, notes.Delete(ctx, second.ID))
		require.ErrorIs(t, notes.Delete(ctx, second.ID), ErrRecordNotFound)

		// The same notes, and one more, as records of their module.
		all := NewRecord[Note](conn)
		third := &Note{Content: "By hand.", Parent: ModuleLookup{Module: "Leads", ID: ids[1]}}
		require.NoError(t, all.Create(ctx, third))
		parent := fmt.Sprintf(`"Parent_Id":{"id":%q,"module":{"api_name":"Leads"}}`, ids[1])
		if v < "v6" {
			parent = fmt.Sprintf(`"Parent_Id":{"id":%q},"$se_module":"Leads"`, ids[1])
		}
		assert.JSONEq(t, `{"data":[{"Note_Content":"By hand.",`+parent+`}]}`, lastWrite(t, crm))
		assert.Equal(t, []string{"/By hand."}, noteTexts(t, others))

		found, err := all.Find(ctx, third.ID)
		require.NoError(t, err)
		roe := ModuleLookup{Module: "Leads", ID: ids[1], Name: "Roe"}
		assert.Equal(t, roe, found.Parent)
		found.Title = "Now with a title"
		require.NoError(t, all.Save(ctx, found))
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Note_Title":"Now with a title"}]}`, third.ID), lastWrite(t, crm),
			"a parent that was read is no change")
		asks := crm.Requests()
		of := asks[len(asks)-2].Query.Get("fields")
		assert.Equal(t, v < "v6", strings.Contains(of, "$se_module"), "the module is asked for where it stands apart: %s", of)
		var parents []ModuleLookup
		for n, err := range all.All(ctx, SortBy("id", Ascending)) {
			require.NoError(t, err)
			parents = append(parents, n.Parent)
		}
		assert.Equal(t, []ModuleLookup{{Module: "Leads", ID: ids[0], Name: "Doe"}, roe}, parents)

		// Written as Fields it has the version's form too.
		loose := NewRecord[Dynamic](conn, InModule("Notes"))
		require.NoError(t, loose.Create(ctx, &Dynamic{Fields: Fields{
			"Note_Title": "L", "Parent_Id": ModuleLookup{Module: "Leads", ID: ids[1]},
		}}))
		assert.ElementsMatch(t, []string{"Now with a title/By hand.", "L/"}, noteTexts(t, others))
		require.NoError(t, all.Delete(ctx, third.ID))
		assert.Equal(t, []string{"L/"}, noteTexts(t, others))
	})
}

func TestNotesRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()

	for name, test := range map[string]struct {
		title, content string
		is             error
		text           string
	}{
		"nothing in it":    {is: ErrMandatoryNotFound, text: "zohohub: create Notes: EXPECTED_FIELD_MISSING"},
		"a long title":     {title: strings.Repeat("x", 121), is: ErrRecordInvalid, text: "field Note_Title"},
		"a long content":   {content: strings.Repeat("x", 65_536), is: ErrRecordInvalid, text: "field Note_Content"},
		"no UTF-8, in one": {title: "a\xff", text: "Note_Title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			note, err := leads.AddNote(ctx, lead, test.title, test.content)
			assert.Nil(t, note)
			require.ErrorContains(t, err, test.text)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
		})
	}
	_, err := leads.AddNote(ctx, "5725767000099999999", "T", "C")
	require.ErrorIs(t, err, ErrRecordNotFound)
	for _, err := range leads.Notes("5725767000099999999").All(ctx) {
		require.ErrorIs(t, err, ErrRecordNotFound)
	}
	for _, err := range NewRecord[Lead](conn, InModule("Leeds")).Notes(lead).All(ctx) {
		require.ErrorIs(t, err, ErrInvalidModule)
	}
	all := NewRecord[Note](conn)
	require.ErrorIs(t, all.Create(ctx, &Note{Title: "T"}), ErrMandatoryNotFound, "a note without a parent")
	require.ErrorIs(t, all.Create(ctx, &Note{Title: "T", Parent: ModuleLookup{ID: lead}}), ErrMandatoryNotFound, "or without its module")
	require.ErrorContains(t, all.Create(ctx, &Note{Title: "T", Parent: ModuleLookup{Module: "Leads"}}), "Zoho wants the ID")
}

// TestHostileNotes: nothing strange gets into a path.
func TestHostileNotes(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for _, id := range []string{"", ".", "..", "../Contacts", "1/2", "1?x", "1#", "1,2", "%2e%2e", "deleted", "actions", strings.Repeat("1", 65)} {
		_, err := leads.AddNote(ctx, id, "T", "C")
		require.Error(t, err, id)
		for _, err := range leads.Notes(id).All(ctx) {
			require.Error(t, err, id)
		}
		require.Error(t, leads.Notes(lead).Update(ctx, id, Fields{"Note_Title": "T"}), id)
		require.Error(t, leads.Notes(lead).Delete(ctx, id), id)
	}
	assert.Empty(t, crm.Requests(), "nothing was sent")
	_, err := leads.AddNote(ctx, "", "T", "C")
	require.EqualError(t, err, "zohohub: create Notes: the parent: the id is empty")

	note, err := leads.AddNote(ctx, lead, "../../x\x00\u202e", `"}]}{"data":[`)
	require.NoError(t, err)
	assert.Equal(t, []string{"../../x\x00\u202e/" + `"}]}{"data":[`}, noteTexts(t, leads.Notes(lead)))
	assert.NotEmpty(t, note.ID)
}

// TestLostNote: a note may be there although nobody said so.
func TestLostNote(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/Notes", CutAfter: true})
	_, err := leads.AddNote(t.Context(), lead, "T", "C")
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Equal(t, []string{"T/C"}, noteTexts(t, leads.Notes(lead)), "once")

	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/Notes", Status: http.StatusTooManyRequests})
	_, err = leads.AddNote(t.Context(), lead, "U", "C")
	require.NoError(t, err, "what was refused unread goes again")
	assert.Len(t, noteTexts(t, leads.Notes(lead)), 2)
}

// TestManyNotes: a record's notes have pages.
func TestManyNotes(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"v2", "v8"} {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
			rows := make([]Fields, 450)
			for i := range rows {
				rows[i] = Fields{"Note_Title": fmt.Sprint(i), "Parent_Id": map[string]any{"id": ids[i%2], "module": map[string]any{"api_name": "Leads"}}}
			}
			crm.Seed("Notes", rows...)
			crm.ResetRequests()
			assert.Len(t, noteTexts(t, NewRecord[Lead](conn).Notes(ids[0])), 225)
			assert.Len(t, asked(crm), 2)
		})
	}
}

// TestForeignNote reads what Zoho's documentation and older versions send of a note's parent.
func TestForeignNote(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parent string
		want   ModuleLookup
	}{
		"v8":              {`"Parent_Id":{"module":{"api_name":"Leads","id":"3"},"name":"Doe","id":"11"}`, ModuleLookup{Module: "Leads", ID: "11", Name: "Doe"}},
		"v2":              {`"Parent_Id":{"name":"Doe","id":"11"},"$se_module":"Leads"`, ModuleLookup{Module: "Leads", ID: "11", Name: "Doe"}},
		"a bare id":       {`"Parent_Id":"11","$se_module":"Leads"`, ModuleLookup{Module: "Leads", ID: "11"}},
		"nothing said":    {`"Parent_Id":{"name":null,"id":"11"}`, ModuleLookup{ID: "11"}},
		"a module's name": {`"Parent_Id":{"id":"11","module":"Leads"}`, ModuleLookup{Module: "Leads", ID: "11"}},
		"none":            {`"Parent_Id":null,"$se_module":null`, ModuleLookup{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, conn := loaded(t, `{"data":[{"id":"7","Note_Title":"T","Note_Content":null,`+test.parent+`}]}`)
			notes := NewRecord[Note](conn)
			note, err := notes.Find(t.Context(), "7")
			require.NoError(t, err)
			assert.Equal(t, test.want, note.Parent)
			require.NoError(t, notes.Save(t.Context(), note))
			assert.Zero(t, z.count(), "nothing changed, nothing is sent")
			note.Content = "C"
			require.NoError(t, notes.Save(t.Context(), note))
			assert.JSONEq(t, `{"data":[{"id":"7","Note_Content":"C"}]}`, z.last())
		})
	}
}
