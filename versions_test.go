package zohohub_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// versions are all that a Config takes.
var versions = []string{"v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"}

// TestEveryVersion lives a record's life under each version of the API.
func TestEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		leads := NewRecord[Lead](conn)
		ctx := t.Context()

		lead := &Lead{LastName: "Doe", Email: "jo@example.com", Interests: []string{"Sailing"}}
		require.NoError(t, leads.Create(ctx, lead))
		_, err := leads.CreateAll(ctx, []*Lead{{LastName: "Roe"}, {FirstName: "Nameless"}})
		require.ErrorIs(t, err, ErrMandatoryNotFound)
		require.ErrorContains(t, err, "1 of 2 failed; first, at 1")

		found, err := leads.FindBy(ctx, Email("jo@example.com"))
		require.NoError(t, err)
		found.City, found.Email = "Faro", ""
		require.NoError(t, leads.Save(ctx, found))
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"City":"Faro","Email":null}]}`, lead.ID), lastWrite(t, crm))
		require.NoError(t, leads.Update(ctx, lead.ID, Fields{"Email": "jo@example.com"}))
		res, err := leads.Upsert(ctx, []*Lead{{LastName: "Doe", Email: "jo@example.com"}}, DuplicateCheck("Email"))
		require.NoError(t, err)
		assert.Equal(t, Results{{ID: lead.ID, Action: "update"}}, res)

		n := 0
		for l, err := range leads.Where(ctx, In("Last_Name", "Doe", "Roe")) {
			require.NoError(t, err)
			assert.NotEmpty(t, l.ID)
			n++
		}
		assert.Equal(t, 2, n)
		count, err := leads.Count(ctx)
		if v == "v2" {
			require.EqualError(t, err, "zohohub: count Leads: API v2 has no call that counts: it came with v2.1")
		} else {
			require.NoError(t, err)
			assert.Equal(t, 2, count)
		}
		require.NoError(t, leads.Delete(ctx, lead.ID))
		_, err = leads.Find(ctx, lead.ID)
		require.ErrorIs(t, err, ErrRecordNotFound)
		for d, err := range leads.Deleted(ctx) {
			require.NoError(t, err)
			assert.Equal(t, lead.ID, d.ID)
		}
	})
}

// TestSubformsOfEveryVersion: from v5 on an update merges rows, before that it replaces them; Save comes to the same.
func TestSubformsOfEveryVersion(t *testing.T) {
	t.Parallel()
	type part struct {
		ID, Part string
		Quantity int
	}
	type visit struct {
		Tracked
		ID, Name string
		Parts    []part `zoho:"Parts_Used"`
	}
	merged := `{"data":[{"id":%q,"Parts_Used":[{"id":%q,"Quantity":5},{"Part":"Screw"},{"id":%q,"_delete":null}]}]}`
	replaced := `{"data":[{"id":%q,"Parts_Used":[{"id":%q,"Part":"Bolt","Quantity":5},{"id":%q,"Part":"Washer"},{"Part":"Screw"}]}]}`
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		visits := NewRecord[visit](conn, InModule("Service_Visits"))
		ctx := t.Context()

		made := &visit{Name: "V", Parts: []part{{Part: "Bolt", Quantity: 1}, {Part: "Nut"}, {Part: "Washer"}}}
		require.NoError(t, visits.Create(ctx, made))
		found, err := visits.Find(ctx, made.ID)
		require.NoError(t, err)
		require.Len(t, found.Parts, 3)
		bolt, nut, washer := found.Parts[0], found.Parts[1], found.Parts[2]
		require.Equal(t, "Bolt", bolt.Part)

		found.Name = "W"
		require.NoError(t, visits.Save(ctx, found))
		assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Name":"W"}]}`, made.ID), lastWrite(t, crm), "kept rows are not sent")

		found.Parts = []part{{ID: bolt.ID, Part: "Bolt", Quantity: 5}, washer, {Part: "Screw"}}
		require.NoError(t, visits.Save(ctx, found))
		want := fmt.Sprintf(merged, made.ID, bolt.ID, nut.ID)
		if v < "v5" {
			want = fmt.Sprintf(replaced, made.ID, bolt.ID, washer.ID)
		}
		assert.JSONEq(t, want, lastWrite(t, crm))

		found, err = visits.Find(ctx, made.ID)
		require.NoError(t, err)
		var parts []string
		for _, p := range found.Parts {
			parts = append(parts, fmt.Sprint(p.Part, p.Quantity))
		}
		assert.ElementsMatch(t, []string{"Bolt5", "Washer0", "Screw0"}, parts)
	})
}
