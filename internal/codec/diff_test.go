package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestDiffOfWhatWasLoadedIsNothing(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	o := full()
	patch, changed, err := p.Diff(&o, []byte(fullJSON), codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)
	assert.Nil(t, patch)
	assert.Equal(t, full(), o)
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(o *Order)
		want   string
	}{
		"text":                {func(o *Order) { o.Subject = "new" }, `{"Subject":"new","Rush":false}`},
		"text cleared":        {func(o *Order) { o.Subject = "" }, `{"Subject":null,"Rush":false}`},
		"always":              {func(o *Order) { o.Rush = true }, `{"Rush":true}`},
		"number cleared":      {func(o *Order) { o.Amount = 0 }, `{"Amount":null,"Rush":false}`},
		"boolean cleared":     {func(o *Order) { o.Paid = false }, `{"Paid":false,"Rush":false}`},
		"pointer to zero":     {func(o *Order) { o.Boxed = new(new(0)) }, `{"Boxed":0,"Rush":false}`},
		"pointer cleared":     {func(o *Order) { o.Limit = nil }, `{"Limit":null,"Rush":false}`},
		"day cleared":         {func(o *Order) { o.Due = Day{} }, `{"Due":null,"Rush":false}`},
		"same instant":        {func(o *Order) { o.SentTime = o.SentTime.UTC() }, `{"Sent_Time":"2026-05-01T04:30:00+00:00","Rush":false}`},
		"list":                {func(o *Order) { o.Tags = []string{"b", "a"} }, `{"Tags":["b","a"],"Rush":false}`},
		"list cleared":        {func(o *Order) { o.Tags = nil }, `{"Tags":[],"Rush":false}`},
		"lookup":              {func(o *Order) { o.Owner = Ref{ID: "8"} }, `{"Owner":{"id":"8"},"Rush":false}`},
		"lookup cleared":      {func(o *Order) { o.Owner = Ref{} }, `{"Owner":null,"Rush":false}`},
		"lookup's name":       {func(o *Order) { o.Owner.Name = "other" }, ``},
		"struct":              {func(o *Order) { o.Hours.To = "19:00" }, `{"Hours":{"From":"09:00","To":"19:00"},"Rush":false}`},
		"map":                 {func(o *Order) { o.Counts = map[string]int{"x": 2} }, `{"Counts":{"x":2},"Rush":false}`},
		"readonly":            {func(o *Order) { o.CreatedBy = Ref{ID: "9"} }, ``},
		"unknown":             {func(o *Order) { o.Extra = Values{"Custom": 1} }, ``},
		"id":                  {func(o *Order) { o.ID = "2" }, ``},
		"row changed":         {func(o *Order) { o.Items = []Item{{ID: "1", Product: Ref{ID: "5"}, Quantity: 3}} }, `{"Ordered_Items":[{"id":"1","Quantity":3}],"Rush":false}`},
		"row's field cleared": {func(o *Order) { o.Items = []Item{{ID: "1", Product: Ref{ID: "5"}}} }, `{"Ordered_Items":[{"id":"1","Quantity":null}],"Rush":false}`},
		"row new":             {func(o *Order) { o.Items = append(o.Items, Item{Note: "n"}) }, `{"Ordered_Items":[{"Description":"n"}],"Rush":false}`},
		"row unheard of":      {func(o *Order) { o.Items = append(o.Items, Item{ID: "99"}) }, `{"Ordered_Items":[{"id":"99"}],"Rush":false}`},
		"row gone":            {func(o *Order) { o.Items = nil }, `{"Ordered_Items":[{"id":"1","_delete":null}],"Rush":false}`},
		"row replaced":        {func(o *Order) { o.Items = []Item{{Note: "n"}} }, `{"Ordered_Items":[{"Description":"n"},{"id":"1","_delete":null}],"Rush":false}`},
		"row's readonly":      {func(o *Order) { o.Items[0].Total = 9 }, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := full()
			c.change(&o)
			patch, changed, err := planOf[Order]().Diff(&o, []byte(fullJSON), codec.DiffOptions{})
			require.NoError(t, err)
			sameText(t, c.want, patch)
			assert.Equal(t, c.want != "", changed)
		})
	}
}

// A field that the answer did not contain was not asked for: its zero is no change, its value is.
func TestDiffOfWhatWasNotLoaded(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	for want, o := range map[string]Order{
		``: {ID: "1"},
		`{"Subject":"x","Ordered_Items":[{"id":"1"},{"Description":"n"}],"Nick":"","Rush":false}`: {
			Subject: "x", Nick: new(""), Items: []Item{{ID: "1"}, {Note: "n"}}, Tags: []string{},
		},
	} {
		patch, changed, err := p.Diff(&o, []byte(`{"id":"1"}`), codec.DiffOptions{})
		require.NoError(t, err)
		sameText(t, want, patch)
		assert.Equal(t, want != "", changed)
	}
}

func TestDiffOfNulls(t *testing.T) {
	t.Parallel()
	loaded := []byte(`{"Subject":null,"Amount":null,"Tags":null,"Owner":null,"Nick":null,"Ordered_Items":[null],"Paid":null,"Sent_Time":null,"Rush":null}`)
	p := planOf[Order]()
	_, changed, err := p.Diff(&Order{}, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)

	patch, _, err := p.Diff(&Order{Nick: new(""), Items: []Item{{}}}, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Ordered_Items":[{}],"Nick":"","Rush":false}`, patch)
}

const itemsJSON = `{"Ordered_Items":[{"id":"1","Quantity":1,"Description":"a"},{"id":"2","Quantity":2},{"id":"3","Quantity":3}]}`

func TestDiffRows(t *testing.T) {
	t.Parallel()
	type order struct {
		Items []*Item `zoho:"Ordered_Items"`
	}
	a, b, c := Item{ID: "1", Quantity: 1, Note: "a"}, Item{ID: "2", Quantity: 2}, Item{ID: "3", Quantity: 3}
	for name, tc := range map[string]struct {
		rows           []*Item
		merge, replace string
	}{
		"same":      {[]*Item{&a, &b, &c}, ``, ``},
		"reordered": {[]*Item{&c, &a, &b}, ``, ``},
		"some of each": {
			[]*Item{{ID: "1", Quantity: 5}, &c, {Quantity: 4}},
			`{"Ordered_Items":[{"id":"1","Quantity":5,"Description":null},{"Quantity":4},{"id":"2","_delete":null}]}`,
			`{"Ordered_Items":[{"id":"1","Quantity":5,"Description":null},{"id":"3","Quantity":3},{"Quantity":4}]}`,
		},
		"none": {
			nil,
			`{"Ordered_Items":[{"id":"1","_delete":null},{"id":"2","_delete":null},{"id":"3","_delete":null}]}`,
			`{"Ordered_Items":[]}`,
		},
		"one gone": {[]*Item{&a, &b}, `{"Ordered_Items":[{"id":"3","_delete":null}]}`,
			`{"Ordered_Items":[{"id":"1","Quantity":1,"Description":"a"},{"id":"2","Quantity":2}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			patch, changed, err := planOf[order]().Diff(&order{tc.rows}, []byte(itemsJSON), codec.DiffOptions{})
			require.NoError(t, err)
			sameText(t, tc.merge, patch)
			assert.Equal(t, tc.merge != "", changed)
			patch, changed, err = planOf[order]().Diff(&order{tc.rows}, []byte(itemsJSON), codec.DiffOptions{ReplaceSubforms: true})
			require.NoError(t, err)
			sameText(t, tc.replace, patch)
			assert.Equal(t, tc.replace != "", changed)
		})
	}
	_, _, err := planOf[order]().Diff(&order{[]*Item{nil}}, []byte(itemsJSON), codec.DiffOptions{})
	assert.EqualError(t, err, "zohohub: order: Ordered_Items[0]: a row is nil")
}

// After a save the new rows have ids at Zoho and none here: saving again must not create them again.
func TestSnapshotAfterNewRows(t *testing.T) {
	t.Parallel()
	type order struct {
		Subject string
		Items   []Item `zoho:"Ordered_Items"`
	}
	p := planOf[order]()
	loaded := []byte(`{"Subject":"s","Other":1,"Ordered_Items":[{"id":"1","Quantity":1},{"id":"2","Quantity":2}]}`)
	o := order{Subject: "t", Items: []Item{{ID: "1", Quantity: 9}, {Note: "new"}, {Note: "new"}}}
	patch, _, err := p.Diff(&o, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	after, err := p.Snapshot(&o, loaded, patch)
	require.NoError(t, err)
	sameText(t, `{"Subject":"t","Other":1,"Ordered_Items":[{"id":"1","Quantity":9},{"Description":"new","$unnamed":null},{"Description":"new","$unnamed":null}]}`, after)

	_, changed, err := p.Diff(&o, after, codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)

	o.Items[0].Quantity = 10
	patch, _, err = p.Diff(&o, after, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Ordered_Items":[{"id":"1","Quantity":10}]}`, patch)

	o.Items[1].Note = "changed"
	_, _, err = p.Diff(&o, after, codec.DiffOptions{})
	assert.EqualError(t, err, "zohohub: order: Ordered_Items: a row that an earlier save created has no id here, "+
		"so it cannot be changed or deleted; find the record again")
}

func TestDiffLoose(t *testing.T) {
	t.Parallel()
	p := planOf[Loose]()
	loaded := []byte(`{"id":"1","A":1.0,"B":{"id":"5","name":"x"},"C":"c","D":[1]}`)
	var l Loose
	require.NoError(t, p.Decode(loaded, &l))
	_, changed, err := p.Diff(&l, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)

	delete(l.Fields, "A")
	l.Fields["B"], l.Fields["C"], l.Fields["E"] = Ref{ID: "6"}, nil, true
	patch, _, err := p.Diff(&l, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"B":{"id":"6"},"C":null,"E":true}`, patch)
}

func TestDiffRefuses(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	for loaded, want := range map[string]string{
		`[]`:                   `zohohub: Order: a JSON array does not fit codec_test.Order`,
		`{"Ordered_Items":[{}`: `zohohub: JSON is cut short after 20 bytes`,
		`{"Subject":"same"}`:   `zohohub: Order: Subject: text is not UTF-8`,
	} {
		_, _, err := p.Diff(&Order{Subject: "\xff"}, []byte(loaded), codec.DiffOptions{})
		assert.EqualError(t, err, want)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`{"a":1,"b":{"c":1}}`, `{"b":{"d":2},"e":[1, 2]}`, `{"a":1,"b":{"d":2},"e":[1, 2]}`},
		{`{}`, `{"a":null}`, `{"a":null}`},
		{`{"a":1,"a":2}`, `{}`, `{"a":2}`},
		{`{"\u0061":1}`, `{"a":"\"\n"}`, `{"a":"\"\n"}`},
	} {
		got, err := codec.Merge([]byte(c[0]), []byte(c[1]))
		require.NoError(t, err)
		sameText(t, c[2], got)
	}
	_, err := codec.Merge([]byte(`{}`), []byte(`[]`))
	require.EqualError(t, err, "zohohub: a JSON array does not fit map[string]interface {}")
	_, err = codec.Merge([]byte(`{`), []byte(`{}`))
	assert.EqualError(t, err, "zohohub: JSON is cut short after 1 bytes")
}
