package zohohub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

type (
	trackedVisit struct {
		Tracked
		ID, Name string
		Parts    []fittedPart `zoho:"Parts_Used"`
	}
	fittedPart struct{ ID, Part string }

	linkedSpecimen struct {
		Tracked
		ID, Name string
		Products []productLink
	}
)

// TestLostRows: rows that were deleted, added, or put in the place of others are not written twice.
func TestLostRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(v *trackedVisit)
		again  bool
	}{
		"changed":             {func(v *trackedVisit) { v.Parts[0].Part = "Screw" }, true},
		"deleted":             {func(v *trackedVisit) { v.Parts = v.Parts[:1] }, false},
		"deleted and changed": {func(v *trackedVisit) { v.Parts = []fittedPart{{v.Parts[1].ID, "Cog"}} }, false},
		"added":               {func(v *trackedVisit) { v.Parts = append(v.Parts, fittedPart{Part: "Cog"}) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			crm, conn := setup(t)
			visits := NewRecord[trackedVisit](conn, InModule("Service_Visits"))
			made := &trackedVisit{Name: "V", Parts: []fittedPart{{Part: "Bolt"}, {Part: "Nut"}}}
			require.NoError(t, visits.Create(ctx, made))
			visit, err := visits.Find(ctx, made.ID)
			require.NoError(t, err)
			c.change(visit)
			before := len(asked(crm))
			crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Path: "/Service_Visits", Times: 1, CutAfter: true})
			err = visits.Save(ctx, visit)
			if c.again {
				require.NoError(t, err)
				assert.Len(t, asked(crm), before+2)
				return
			}
			require.ErrorIs(t, err, ErrOutcomeUnknown)
			require.NotErrorIs(t, err, ErrRecordNotFound)
			assert.Len(t, asked(crm), before+1, "sent once")

			// Found again, the record shows what became of it.
			again, err := visits.Find(ctx, made.ID)
			require.NoError(t, err)
			require.Len(t, again.Parts, len(visit.Parts))
			for i, part := range visit.Parts {
				assert.Equal(t, part.Part, again.Parts[i].Part)
			}
			before = len(asked(crm))
			require.NoError(t, visits.Save(ctx, again))
			assert.Len(t, asked(crm), before, "there is nothing left to do")
		})
	}
}

// TestASecondSaveOfLostRows: what Zoho says of a row that is gone is about the row, not about the record.
func TestASecondSaveOfLostRows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	crm, conn := setup(t)
	visits := NewRecord[trackedVisit](conn, InModule("Service_Visits"))
	made := &trackedVisit{Name: "V", Parts: []fittedPart{{Part: "Bolt"}, {Part: "Nut"}}}
	require.NoError(t, visits.Create(ctx, made))
	visit, err := visits.Find(ctx, made.ID)
	require.NoError(t, err)
	visit.Parts = visit.Parts[:1]
	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Path: "/Service_Visits", Times: 1, CutAfter: true})
	require.ErrorIs(t, visits.Save(ctx, visit), ErrOutcomeUnknown)
	err = visits.Save(ctx, visit)
	require.ErrorIs(t, err, ErrRecordInvalid)
	require.NotErrorIs(t, err, ErrRecordNotFound)
	assert.Len(t, crm.Records("Service_Visits")[0]["Parts_Used"], 1)
}

// TestDeletedRowsInFields: UpdateAll and Upsert as well.
func TestDeletedRowsInFields(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(ctx context.Context, leads *Record[Dynamic], id string) error{
		"UpdateAll": func(ctx context.Context, leads *Record[Dynamic], id string) error {
			_, err := leads.UpdateAll(ctx, []Fields{{"id": id, "Rows": []Fields{{"id": "1", "_delete": nil}}}})
			return err
		},
		"Upsert": func(ctx context.Context, leads *Record[Dynamic], id string) error {
			_, err := leads.Upsert(ctx, []*Dynamic{{Fields: Fields{
				"Last_Name": "Doe", "Email": "doe@example.com", "Rows": []Fields{{"id": "1", "_delete": true}},
			}}}, DuplicateCheck("Email"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme", "Email": "doe@example.com"})[0]
			crm.Inject(zohohubtest.Fault{Path: "/Leads", Times: 1, CutBefore: true})
			crm.Inject(zohohubtest.Fault{Path: "/Leads/upsert", Times: 1, CutBefore: true})
			require.ErrorIs(t, write(t.Context(), NewRecord[Dynamic](conn, InModule("Leads")), id), ErrOutcomeUnknown)
			assert.Len(t, asked(crm), 1)
		})
	}
}

// TestLinksInEveryVersion: rows of a multi-select lookup come, go, and lead elsewhere.
func TestLinksInEveryVersion(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			crm, conn := setupVersion(t, version)
			to := crm.Seed("Products", Fields{"Product_Name": "a"}, Fields{"Product_Name": "b"}, Fields{"Product_Name": "c"}, Fields{"Product_Name": "d"})
			specimens := NewRecord[linkedSpecimen](conn, InModule("Specimens"))
			made := &linkedSpecimen{Name: "S", Products: []productLink{{Products: Lookup{ID: to[0]}}, {Products: Lookup{ID: to[1]}}}}
			require.NoError(t, specimens.Create(ctx, made))
			leadsTo := func(want ...string) *linkedSpecimen {
				s, err := specimens.Find(ctx, made.ID)
				require.NoError(t, err)
				var got []string
				for _, row := range s.Products {
					got = append(got, row.Products.ID)
				}
				require.ElementsMatch(t, want, got)
				return s
			}
			s := leadsTo(to[0], to[1])
			s.Products = append(s.Products[1:], productLink{Products: Lookup{ID: to[2]}})
			require.NoError(t, specimens.Save(ctx, s))
			s = leadsTo(to[1], to[2])
			s.Products[0].Products = Lookup{ID: to[3]}
			kept := s.Products[1].Products.ID
			require.NoError(t, specimens.Save(ctx, s))
			before := len(asked(crm))
			require.NoError(t, specimens.Save(ctx, s))
			assert.Len(t, asked(crm), before, "saved is saved")
			s.Products[0].Products = Lookup{ID: to[0]}
			require.ErrorContains(t, specimens.Save(ctx, s), "Products: a row that an earlier save created has no id here")
			s = leadsTo(kept, to[3])
			s.Products = nil
			require.NoError(t, specimens.Save(ctx, s))
			leadsTo()
		})
	}
}

// TestNamelessRowsAreNotDoubled: a record of which nothing was loaded has no way to say that its rows are there.
func TestNamelessRowsAreNotDoubled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, crm *zohohubtest.Server, conn *Connection){
		"structs":  savedTwice([]struct{ Part string }{{"Bolt"}}),
		"pointers": savedTwice(&[]*struct{ Part string }{{"Bolt"}}),
		"Fields":   savedTwice([]Fields{{"Part": "Bolt"}}),
		"maps":     savedTwice([]map[string]any{{"Part": "Bolt"}}),
		"any":      savedTwice(any([]any{Fields{"Part": "Bolt"}})),
		"JSON":     savedTwice(json.RawMessage(`[{"Part":"Bolt"}]`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			test(t, crm, conn)
		})
	}
}

func savedTwice[R any](rows R) func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
	return func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		t.Helper()
		type visit struct {
			ID, Name string
			Parts    R `zoho:"Parts_Used"`
		}
		visits := NewRecord[visit](conn, InModule("Service_Visits"))
		v := &visit{Name: "V", Parts: rows}
		require.NoError(t, visits.Save(t.Context(), v))
		v.Name = "W"
		before := len(asked(crm))
		require.ErrorContains(t, visits.Save(t.Context(), v), "Parts_Used has a row without an id, which would be added, also if it is there already")
		assert.Len(t, asked(crm), before)
		v.Parts = *new(R)
		require.NoError(t, visits.Save(t.Context(), v), "without the rows")
		assert.Len(t, crm.Records("Service_Visits")[0]["Parts_Used"], 1)
	}
}

// TestWholeListsNeedNoIDs: an untracked record may be saved with them.
func TestWholeListsNeedNoIDs(t *testing.T) {
	t.Parallel()
	type guest struct {
		ID   string
		Type string `zoho:"type"`
		Who  string `zoho:"participant"`
	}
	type Event struct {
		ID           string
		Title        string    `zoho:"Event_Title"`
		Start        time.Time `zoho:"Start_DateTime"`
		End          time.Time `zoho:"End_DateTime"`
		Participants []guest
		Reminders    []reminder `zoho:"Remind_Participants"`
		Tag          []Fields
	}
	crm, conn := setup(t)
	events := NewRecord[Event](conn)
	event := &Event{
		Title: "Visit", Start: moment("2026-07-01T10:00:00+01:00"), End: moment("2026-07-01T11:00:00+01:00"),
		Participants: []guest{{Type: "email", Who: "jo@example.com"}}, Reminders: []reminder{{15, "minutes"}},
	}
	require.NoError(t, events.Save(t.Context(), event))
	event.Title = "Return"
	require.NoError(t, events.Save(t.Context(), event))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Event_Title":"Return","Start_DateTime":"2026-07-01T10:00:00+01:00",
		"End_DateTime":"2026-07-01T11:00:00+01:00","Participants":[{"type":"email","participant":"jo@example.com"}],
		"Remind_Participants":[{"unit":15,"period":"minutes"}]}]}`, event.ID), lastWrite(t, crm))
}

// TestBlankCheckValues: by blank text Zoho finds nothing. Sent again, such an upsert would insert again.
func TestBlankCheckValues(t *testing.T) {
	t.Parallel()
	type lead struct {
		ID, LastName, Company string
		Email                 string `zoho:",always"`
	}
	crm, conn := setup(t)
	crm.Inject(zohohubtest.Fault{Path: "/Leads/upsert", Times: 1, CutAfter: true})
	_, err := NewRecord[lead](conn, InModule("Leads")).Upsert(t.Context(), []*lead{{LastName: "Roe", Company: "B"}}, DuplicateCheck("Email"))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, crm.Records("Leads"), 1)
}

// TestBlankCheckValuesAreOfNoRecord: rows without a value are not of one record, so their calls need not wait.
func TestBlankCheckValuesAreOfNoRecord(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		recs := somePeople(300)
		for _, r := range recs {
			r.Email = " "
		}
		assert.Equal(t, 1, took(crm, func() { _, _ = people.Upsert(t.Context(), recs, DuplicateCheck("Email")) }))
	})
}

// TestNamesInWriteOptions: they are fields' API names, as those in Fields.
func TestNamesInWriteOptions(t *testing.T) {
	t.Parallel()
	type lead struct {
		ID, LastName string
		Hobbies      []string `zoho:"Interests"`
	}
	for want, opt := range map[string]WriteOption{
		`"Hobbies" is the name of a Go field; Zoho's is "Interests"`:  AppendValues("Email", "Hobbies"),
		`AppendValues: "" is not a field's API name`:                  AppendValues(""),
		`AppendValues: "a b" is not a field's API name`:               AppendValues("Interests", "a b"),
		`"LastName" is the name of a Go field; Zoho's is "Last_Name"`: DuplicateCheck("LastName"),
		`DuplicateCheck: "Last Name" is not a field's API name`:       DuplicateCheck("Last Name"),
		`"ID" is the name of a Go field; Zoho's is "id"`:              DuplicateCheck("Email", "ID"),
	} {
		z, conn := loaded(t, `{}`)
		leads := NewRecord[lead](conn, InModule("Leads"))
		_, err := leads.Upsert(t.Context(), []*lead{{LastName: "Doe"}}, opt)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, leads.Update(t.Context(), "11", Fields{"Interests": []string{"x"}}, opt), want)
		assert.Empty(t, z.last())
	}
	z, conn := loaded(t, `{}`)
	require.NoError(t, NewRecord[lead](conn, InModule("Leads")).Update(t.Context(), "11", Fields{"Interests": []string{"x"}}, AppendValues("Interests", "Other")))
	assert.JSONEq(t, `{"data":[{"id":"11","Interests":["x"],"$append_values":{"Interests":true,"Other":true}}]}`, z.last())
}
