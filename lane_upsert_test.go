package zohohub_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestUpsertsOfOneRecordStayInOrder(t *testing.T) {
	t.Parallel()
	byEmail := DuplicateCheck("Email")
	for name, c := range map[string]struct {
		opts    []WriteOption
		change  func(recs []*Person)
		seconds int
		again   map[int]int // the rows that update what an earlier one inserted
	}{
		"no value twice": {opts: []WriteOption{byEmail}, seconds: 1},
		"a value twice": {
			opts: []WriteOption{byEmail}, seconds: 2, again: map[int]int{250: 0},
			change: func(recs []*Person) { recs[250].Email = recs[0].Email },
		},
		"in capitals": {
			opts: []WriteOption{byEmail}, seconds: 2, again: map[int]int{250: 0},
			change: func(recs []*Person) { recs[250].Email = "E0@Example.COM" },
		},
		"with space around": {
			opts: []WriteOption{DuplicateCheck("Last_Name")}, seconds: 2,
			change: func(recs []*Person) { recs[250].LastName = " n0\t" },
		},
		"of two small forms": {
			opts: []WriteOption{DuplicateCheck("Last_Name")}, seconds: 2,
			change: func(recs []*Person) { recs[0].LastName, recs[250].LastName = "Σίμος", "ΣΊΜΟΣ" },
		},
		"a record twice": {
			opts: []WriteOption{byEmail}, seconds: 2, again: map[int]int{250: 0},
			change: func(recs []*Person) { recs[250] = recs[0] },
		},
		"a record without a value twice": {
			opts: []WriteOption{byEmail}, seconds: 2,
			change: func(recs []*Person) { recs[0].Email = ""; recs[250] = recs[0] },
		},
		"no values": {
			opts: []WriteOption{byEmail}, seconds: 1,
			change: func(recs []*Person) {
				for _, r := range recs {
					r.Email = ""
				}
			},
		},
		"several fields may find one": {
			opts: []WriteOption{byEmail, DuplicateCheck("Last_Name")}, seconds: 3, again: map[int]int{120: 0, 250: 0},
			change: func(recs []*Person) {
				recs[120].LastName, recs[120].Email, recs[250].Email = recs[0].LastName, "", recs[0].Email
			},
		},
		"Zoho's own fields": {seconds: 3, again: map[int]int{250: 0}, change: func(recs []*Person) { recs[250].Email = recs[0].Email }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
				recs := somePeople(300)
				if c.change != nil {
					c.change(recs)
				}
				for i, r := range recs {
					r.City = fmt.Sprint("c", i)
				}
				var res Results
				assert.Equal(t, c.seconds, took(crm, func() {
					var err error
					res, err = people.Upsert(t.Context(), recs, c.opts...)
					require.NoError(t, err)
				}))
				cities, ids := map[string]any{}, map[*Person]string{}
				for i, r := range res {
					want := Result{ID: r.ID, Action: "insert"}
					if first, again := c.again[i]; again {
						want = Result{ID: res[first].ID, Action: "update"}
					}
					assert.Equal(t, want, r)
					cities[r.ID], ids[recs[i]] = recs[i].City, r.ID
				}
				assert.Equal(t, cities, stored(crm, "City"), "the last one lasts")
				for rec, id := range ids {
					assert.Equal(t, id, rec.ID)
				}
				assert.Len(t, asked(crm), 3)
			})
		})
	}
}

// TestAnUpsertWithAnIDGoesAlone: an id may find the record that a value finds.
func TestAnUpsertWithAnIDGoesAlone(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme", "Email": "doe@example.com"})[0]
		recs := somePeople(300)
		recs[0].Email, recs[0].City = "doe@example.com", "first"
		recs[250] = &Person{ID: id, LastName: "Doe", City: "last"}
		assert.Equal(t, 3, took(crm, func() {
			res, err := people.Upsert(t.Context(), recs, DuplicateCheck("Email"))
			require.NoError(t, err)
			assert.Equal(t, []Result{{ID: id, Action: "update"}, {ID: id, Action: "update"}}, []Result{res[0], res[250]})
		}))
		assert.Equal(t, "last", stored(crm, "City")[id])
	})
}
