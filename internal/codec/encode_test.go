package codec_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEncodeEveryKind(t *testing.T) {
	t.Parallel()
	o := full()
	got, err := planOf[Order]().Encode(&o)
	require.NoError(t, err)
	sameText(t, `{"Subject":"Orçamento \"A\"\né😀","Stage":"Won","Amount":12.5,"Rate":0.1,"Count":-3,"Small":-128,`+
		`"Big":18446744073709551615,"Paid":true,"Rush":false,"Due":"2026-05-01","Sent_Time":"2026-05-01T10:00:00+05:30",`+
		`"Tags":["a","b"],"Scores":[1,2],"Owner":{"id":"7"},"Watchers":[{"id":"8"},{"id":"9"}],`+
		`"Ordered_Items":[{"id":"1","Product_Name":{"id":"5"},"Quantity":2}],"Hours":{"From":"09:00","To":"18:00"},`+
		`"Nick":"","Limit":0,"Boxed":5,"Gift":{"From":"x"},"Options":{"a":9007199254740993,"b":[true,null,{"c":"d"}]},`+
		`"Counts":{"x":1},"Anything":1e400,"Raw":{"a":1},"Number":1.50,"Outside":{"deg":21.5},`+
		`"Parent":{"id":"p","Rush":false},"Sub_Orders":[{"id":"s","Rush":false}]}`, got)
	assert.Equal(t, full(), o, "the record is as it was")
}

// What an untracked save writes: unset and zero are one, a pointer and `always` tell them apart.
func TestEncodeUnsetAndZero(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Order{
		`{"Rush":false}`:                         {},
		`{"Rush":true}`:                          {ID: "1", Rush: true, Owner: Ref{Name: "neither id nor address"}},
		`{"Rush":false,"Nick":"","Limit":0}`:     {Nick: new(""), Limit: new(0)},
		`{"Rush":false,"Gift":{}}`:               {Gift: &Period{}, Tags: []string{}, Options: Values{}, Items: []Item{}, Extra: Values{"X": 1}},
		`{"Rush":false,"Owner":{"email":"a@b"}}`: {Owner: Ref{Email: "a@b", Name: "x"}},
	} {
		got, err := planOf[Order]().Encode(&o)
		require.NoError(t, err)
		sameText(t, want, got)
	}
}

func TestEncodeAlwaysZeros(t *testing.T) {
	t.Parallel()
	type all struct {
		Text   string          `zoho:",always"`
		Number int             `zoho:",always"`
		Time   time.Time       `zoho:",always"`
		Day    Day             `zoho:",always"`
		Owner  Ref             `zoho:",always"`
		Tags   []string        `zoho:",always"`
		Nick   *string         `zoho:",always"`
		Map    Values          `zoho:",always"`
		Any    any             `zoho:",always"`
		Raw    json.RawMessage `zoho:",always"`
		Num    json.Number     `zoho:",always"`
	}
	got, err := planOf[all]().Encode(&all{})
	require.NoError(t, err)
	sameText(t, `{"Text":"","Number":0,"Time":null,"Day":null,"Owner":null,"Tags":[],"Nick":null,"Map":null,"Any":null,"Raw":null,"Num":null}`, got)
}

func TestEncodeLoose(t *testing.T) {
	t.Parallel()
	p := planOf[Loose]()
	assert.Empty(t, p.Names())
	l := Loose{ID: "1", Fields: Values{"Last_Name": "Doe", "City": nil, "Amount": json.Number("9007199254740993")}}
	got, err := p.Encode(&l)
	require.NoError(t, err)
	sameText(t, `{"Amount":9007199254740993,"City":null,"Last_Name":"Doe"}`, got)

	_, err = p.Encode(&Loose{Fields: Values{"id": "1"}})
	require.EqualError(t, err, "zohohub: Loose: Fields: id belongs to the field ID")
}

func TestEncodeTimes(t *testing.T) {
	t.Parallel()
	for want, at := range map[string]time.Time{
		`{"At":"2026-05-01T10:00:00+00:00"}`: time.Date(2026, 5, 1, 10, 0, 0, 999, time.UTC),
		`{"At":"2026-05-01T10:00:00-03:30"}`: cet("2026-05-01T10:00:00.75-03:30"),
	} {
		got, err := planOf[struct{ At time.Time }]().Encode(&struct{ At time.Time }{at})
		require.NoError(t, err)
		sameText(t, want, got)
	}
}

func TestEncodeFloats(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		`{"F":1000000000000000000000000}`: 1e24, `{"F":0.0000001}`: 1e-7, `{"F":0.1}`: 0.1, `{"F":9007199254740993000}`: 9007199254740993e3,
	} {
		got, err := planOf[struct{ F float64 }]().Encode(&struct{ F float64 }{f})
		require.NoError(t, err)
		sameText(t, want, got)
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	round := &Order{}
	round.Parent = round
	for want, o := range map[string]*Order{
		"zohohub: Order: Amount: NaN is not a number of JSON's":                    {Amount: math.NaN()},
		"zohohub: Order: Rate: -Inf is not a number of JSON's":                     {Rate: float32(math.Inf(-1))},
		"zohohub: Order: Subject: text is not UTF-8":                               {Subject: "\xff"},
		"zohohub: Order: Tags[1]: text is not UTF-8":                               {Tags: []string{"a", "\xff"}},
		"zohohub: Order: Ordered_Items[0].Quantity: NaN is not a number of JSON's": {Items: []Item{{Quantity: math.NaN()}}},
		"zohohub: Order: Number: not a number of JSON's":                           {Number: "1 "},
		"zohohub: Order: Raw: not valid JSON":                                      {Raw: json.RawMessage(`{`)},
		"zohohub: Order: Sent_Time: the year 12000 has not four figures":           {SentTime: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"zohohub: Order: Options.f: none of Zoho's fields holds a func()":          {Options: Values{"f": func() {}}},
	} {
		_, err := planOf[Order]().Encode(o)
		require.EqualError(t, err, want)
	}
	_, err := planOf[Order]().Encode(round)
	assert.ErrorContains(t, err, "nested too deep, or holds itself")
}
