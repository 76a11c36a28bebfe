package codec_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

const looseJSON = `{"id":"9","Rows":[{"id":"1","Label":"a","Amount":1.50,"Parent_Id":{"id":"9"}},{"id":"2","Label":"b"},{"id":"3","Label":"c"}],
	"Tag":[{"id":"5","name":"vip"}],"Owner":{"id":"7","name":"Jo"},"Colours":["red","blue"]}`

// A subform that has no struct is saved row by row all the same: what is left of the rows would delete none.
func TestDiffLooseRows(t *testing.T) {
	t.Parallel()
	rows := func(l *Loose) []any { return l.Fields["Rows"].([]any) }
	for name, c := range map[string]struct {
		change         func(l *Loose)
		merge, replace string
	}{
		"same": {func(*Loose) {}, ``, ``},
		"some of each": {
			func(l *Loose) {
				all := rows(l)
				all[0].(map[string]any)["Label"] = "z"
				delete(all[0].(map[string]any), "Amount")
				l.Fields["Rows"] = []any{all[2], all[0], map[string]any{"Label": "new", "$in_merge": true}}
			},
			`{"Rows":[{"id":"1","Label":"z"},{"Label":"new"},{"id":"2","_delete":null}]}`,
			`{"Rows":[{"id":"3","Label":"c"},{"id":"1","Label":"z"},{"Label":"new"}]}`,
		},
		"a structs' list": {
			func(l *Loose) { l.Fields["Rows"] = []Item{{ID: "1", Note: "n"}} },
			`{"Rows":[{"id":"1","Description":"n"},{"id":"2","_delete":null},{"id":"3","_delete":null}]}`,
			`{"Rows":[{"id":"1","Description":"n"}]}`,
		},
		"a field of a row cleared": {
			func(l *Loose) { rows(l)[1].(map[string]any)["Label"] = nil },
			`{"Rows":[{"id":"2","Label":null}]}`,
			`{"Rows":[{"id":"1","Amount":1.50,"Label":"a"},{"id":"2","Label":null},{"id":"3","Label":"c"}]}`,
		},
		"none": {
			func(l *Loose) { l.Fields["Rows"] = nil },
			`{"Rows":[{"id":"1","_delete":null},{"id":"2","_delete":null},{"id":"3","_delete":null}]}`, `{"Rows":[]}`,
		},
		"something else":   {func(l *Loose) { l.Fields["Rows"] = "text" }, `{"Rows":"text"}`, `{"Rows":"text"}`},
		"a list of others": {func(l *Loose) { l.Fields["Rows"] = []string{"x"} }, `{"Rows":["x"]}`, `{"Rows":["x"]}`},
		"tags":             {func(l *Loose) { l.Fields["Tag"] = []any{} }, `{"Tag":[]}`, `{"Tag":[]}`},
		"a lookup cleared": {func(l *Loose) { l.Fields["Owner"] = nil }, `{"Owner":null}`, `{"Owner":null}`},
		"a list of text":   {func(l *Loose) { l.Fields["Colours"] = []string{"red"} }, `{"Colours":["red"]}`, `{"Colours":["red"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for replace, want := range map[bool]string{false: c.merge, true: c.replace} {
				var l Loose
				require.NoError(t, planOf[Loose]().Decode([]byte(looseJSON), &l))
				c.change(&l)
				patch, changed, err := planOf[Loose]().Diff(&l, []byte(looseJSON), codec.DiffOptions{ReplaceSubforms: replace})
				require.NoError(t, err)
				sameText(t, want, patch)
				assert.Equal(t, want != "", changed)
			}
		})
	}
}

// What was saved is known from then on, row by row too.
func TestSnapshotOfLooseRows(t *testing.T) {
	t.Parallel()
	p := planOf[Loose]()
	var l Loose
	require.NoError(t, p.Decode([]byte(looseJSON), &l))
	rows := l.Fields["Rows"].([]any)
	l.Fields["Rows"] = []any{rows[0], map[string]any{"Label": "new"}}
	patch, _, err := p.Diff(&l, []byte(looseJSON), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"Label":"new"},{"id":"2","_delete":null},{"id":"3","_delete":null}]}`, patch)
	after, err := p.Snapshot(&l, []byte(looseJSON), patch)
	require.NoError(t, err)
	_, changed, err := p.Diff(&l, after, codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)

	l.Fields["Rows"].([]any)[1].(map[string]any)["Label"] = "newer"
	_, _, err = p.Diff(&l, after, codec.DiffOptions{})
	require.EqualError(t, err, "zohohub: Loose: Rows: a row that an earlier save created has no id here, "+
		"so it cannot be changed or deleted; find the record again")
}

// A field of a struct may leave its rows without one, too.
func TestDiffRowsInAny(t *testing.T) {
	t.Parallel()
	type order struct {
		Rows any
		Raw  json.RawMessage `zoho:"Ordered_Items"`
	}
	loaded := []byte(`{"Rows":[{"id":"1","Label":"a"},{"id":"2","Label":"b"}],"Ordered_Items":[{"id":"3","Quantity":1},{"id":"4"}]}`)
	o := order{Rows: []any{map[string]any{"id": "1", "Label": "z"}}, Raw: json.RawMessage(`[{"id":"3","Quantity":2}]`)}
	patch, _, err := planOf[order]().Diff(&o, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"id":"1","Label":"z"},{"id":"2","_delete":null}],"Ordered_Items":[{"id":"3","Quantity":2},{"id":"4","_delete":null}]}`, patch)

	patch, _, err = planOf[order]().Diff(&order{}, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"id":"1","_delete":null},{"id":"2","_delete":null}],"Ordered_Items":[{"id":"3","_delete":null},{"id":"4","_delete":null}]}`, patch)
}

func TestDiffRowsBehindAPointer(t *testing.T) {
	t.Parallel()
	type order struct {
		Items **[]Item `zoho:"Ordered_Items"`
	}
	p := planOf[order]()
	const loaded = `{"Ordered_Items":[{"id":"1","Quantity":1},{"id":"2","Quantity":2}]}`
	for want, now := range map[string]order{
		`{"Ordered_Items":[{"id":"1","Quantity":5},{"Description":"n"},{"id":"2","_delete":null}]}`: {new(&[]Item{{ID: "1", Quantity: 5}, {Note: "n"}})},
		`{"Ordered_Items":[{"id":"1","_delete":null},{"id":"2","_delete":null}]}`:                   {},
		``: {new(&[]Item{{ID: "1", Quantity: 1}, {ID: "2", Quantity: 2}})},
	} {
		patch, _, err := p.Diff(&now, []byte(loaded), codec.DiffOptions{})
		require.NoError(t, err)
		sameText(t, want, patch)
	}
	assert.Equal(t, "Ordered_Items", p.RowWithoutID(&order{new(&[]Item{{}})}))
	assert.Empty(t, p.RowWithoutID(&order{}))
	assert.Empty(t, p.RowWithoutID(&order{new((*[]Item)(nil))}))
}

// The ids in these lists are not those of rows.
func TestDiffWholeLists(t *testing.T) {
	t.Parallel()
	type tag struct {
		ID   string
		Name string `zoho:"name"`
	}
	type guest struct {
		ID          string
		Participant string `zoho:"participant"`
	}
	type event struct {
		Tag          []tag
		Participants []guest
		Nameless     []struct {
			Name string `zoho:"name"`
		} `zoho:"Line_Tax"`
	}
	p := planOf[event]()
	const loaded = `{"Tag":[{"id":"1","name":"vip"},{"id":"2","name":"new"}],"Participants":[{"id":"3","participant":"a@b"},{"id":"4","participant":"c@d"}],
		"Line_Tax":[{"id":"5","name":"Vat"}]}`
	var e event
	require.NoError(t, p.Decode([]byte(loaded), &e))
	e.Tag[0] = tag{Name: "old"}
	e.Participants, e.Nameless[0].Name = e.Participants[:1], "None"
	assert.Empty(t, p.RowWithoutID(&e))
	patch, _, err := p.Diff(&e, []byte(loaded), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Tag":[{"name":"old"},{"id":"2","name":"new"}],"Participants":[{"id":"3","participant":"a@b"}],"Line_Tax":[{"name":"None"}]}`, patch)

	// A subform of one's own may be named so.
	e = event{Participants: []guest{{ID: "3"}}}
	patch, _, err = p.Diff(&e, []byte(`{"Participants":[{"id":"3"},{"id":"4"}]}`), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Participants":[{"id":"4","_delete":null}]}`, patch)
}
