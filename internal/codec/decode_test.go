package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

const fullJSON = `{
	"id": "554023000003433063", "Subject": "Orçamento \"A\"\n\u00e9\ud83d\ude00", "Stage": "Won", "Amount": 12.5, "Rate": 0.1,
	"Count": -3, "Small": -128, "Big": 18446744073709551615, "Paid": true, "Rush": false, "Due": "2026-05-01",
	"Sent_Time": "2026-05-01T10:00:00+05:30", "Tags": ["a", "b"], "Scores": [1, 2],
	"Owner": {"name": "Jo", "id": "7", "email": "jo@example.com", "zuid": 1}, "Watchers": [{"id": "8"}, {"id": "9"}],
	"Ordered_Items": [{"id": "1", "Product_Name": {"id": "5", "name": "Pen"}, "Quantity": 2, "Total": 4, "$line_tax": []}],
	"Hours": {"From": "09:00", "To": "18:00"}, "Nick": "", "Limit": 0, "Boxed": 5, "Gift": {"From": "x"},
	"Options": {"a": 9007199254740993, "b": [true, null, {"c": "d"}]}, "Counts": {"x": 1}, "Anything": 1e400,
	"Raw": {"a" : 1}, "Number": 1.50, "Outside": {"deg": 21.5}, "Ignored": "no", "hidden": "no", "loaded": "no",
	"Created_Time": "2026-01-01T00:00:00Z", "Created_By": {"id": "3"}, "$approved": true, "Custom": 9007199254740993,
	"Parent": {"id": "p", "Other": 1}, "Sub_Orders": [{"id": "s"}]
}`

func full() Order {
	o := Order{
		ID: "554023000003433063", Subject: "Orçamento \"A\"\né😀", Stage: "Won", Amount: 12.5, Rate: 0.1, Count: -3, Small: -128,
		Big: math.MaxUint64, Paid: true, Due: Day{2026, 5, 1}, SentTime: cet("2026-05-01T10:00:00+05:30"),
		Tags: []string{"a", "b"}, Scores: []int{1, 2}, Owner: Ref{"7", "Jo", "jo@example.com"}, Watchers: []Ref{{ID: "8"}, {ID: "9"}},
		Items: []Item{{ID: "1", Product: Ref{ID: "5", Name: "Pen"}, Quantity: 2, Total: 4}},
		Hours: Period{"09:00", "18:00"}, Nick: new(""), Limit: new(0), Boxed: new(new(5)), Gift: &Period{From: "x"},
		Options: Values{"a": json.Number("9007199254740993"), "b": []any{true, nil, map[string]any{"c": "d"}}},
		Counts:  map[string]int{"x": 1}, Anything: json.Number("1e400"), Raw: json.RawMessage(`{"a" : 1}`), Number: "1.50",
		Outside: Celsius{21.5}, Extra: Values{
			"$approved": true, "Custom": json.Number("9007199254740993"), "Ignored": "no", "hidden": "no", "loaded": "no",
		},
		Parent: &Order{ID: "p", Extra: Values{"Other": json.Number("1")}}, SubOrders: []*Order{{ID: "s"}},
	}
	o.CreatedTime, o.CreatedBy = cet("2026-01-01T00:00:00Z"), Ref{ID: "3"}
	return o
}

func TestDecodeEveryKind(t *testing.T) {
	t.Parallel()
	var got Order
	require.NoError(t, planOf[Order]().Decode([]byte(fullJSON), &got))
	assert.Equal(t, full(), got)
}

func TestDecodeNull(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	var nulls []string
	for _, name := range append(p.Names(), "id") {
		nulls = append(nulls, fmt.Sprintf("%q:null", name))
	}
	got := full()
	got.Extra = nil
	require.NoError(t, p.Decode([]byte("{"+strings.Join(nulls, ",")+"}"), &got))
	assert.Equal(t, Order{}, got)
}

func TestDecodeTouchesOnlyWhatIsPresent(t *testing.T) {
	t.Parallel()
	old := full()
	got := old
	require.NoError(t, planOf[Order]().Decode([]byte(`{"Count": 4, "Tags": ["z"], "New": "n", "Nick": "x", "Hours": {"To": "1"}, "Options": {},
		"Scores": [9], "Ordered_Items": [{"id": "2"}], "Counts": {"y": 2}, "Gift": {"To": "z"}}`), &got))

	want := full()
	want.Count, want.Tags, want.Nick, want.Hours, want.Options = 4, []string{"z"}, new("x"), Period{To: "1"}, Values{}
	want.Scores, want.Items, want.Counts, want.Gift = []int{9}, []Item{{ID: "2"}}, map[string]int{"y": 2}, &Period{To: "z"}
	want.Extra["New"] = "n"
	assert.Equal(t, want, got)
	assert.Equal(t, full(), old, "a copy of the record shares nothing that was written to")
}

func TestDecodeLeniently(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Order{
		`{"id": 9223372036854775807}`:             {ID: "9223372036854775807"},
		`{"Subject": 123456789012345678901.50}`:   {Subject: "123456789012345678901.50"},
		`{"Subject": true, "Stage": 5}`:           {Subject: "true", Stage: "5"},
		`{"Count": "1024", "Big": "7"}`:           {Count: 1024, Big: 7},
		`{"Count": 123.0, "Small": 1.2e1}`:        {Count: 123, Small: 12},
		`{"Count": 9007199254740993.00}`:          {Count: 9007199254740993},
		`{"Count": "", "Amount": "", "Paid": ""}`: {},
		`{"Amount": "12.5", "Rate": "1"}`:         {Amount: 12.5, Rate: 1},
		`{"Paid": "true", "Rush": "false"}`:       {Paid: true},
		`{"Tags": "one"}`:                         {Tags: []string{"one"}},
		`{"Tags": [1, true, null]}`:               {Tags: []string{"1", "true", ""}},
		`{"Tags": "", "Ordered_Items": ""}`:       {},
		`{"Tags": []}`:                            {Tags: []string{}},
		`{"Scores": 5}`:                           {Scores: []int{5}},
		`{"Ordered_Items": {"id": "1"}}`:          {Items: []Item{{ID: "1"}}},
		`{"Due": "", "Sent_Time": ""}`:            {},
		`{"Number": "12", "Anything": "12"}`:      {Number: "12", Anything: "12"},
		`{"Owner": "7", "Watchers": [8, ""]}`:     {Owner: Ref{ID: "7"}, Watchers: []Ref{{ID: "8"}, {}}},
		// Nothing, to a pointer too, unless it is one to text.
		`{"Limit": "", "Boxed" : "", "Nick": ""}`:  {Nick: new("")},
		`{"Limit": "0", "Boxed": "00"}`:            {Limit: new(0), Boxed: new(new(0))},
		`{"Sent_Time":"2026-05-01T10:00:00Z"}`:     {SentTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)},
		`{"Sent_Time":"2026-05-01T10:00:00.250Z"}`: {SentTime: time.Date(2026, 5, 1, 10, 0, 0, 250e6, time.UTC)},
		// An escaped name is the same name.
		`{"\u0043ount": 1}`: {Count: 1},
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			var got Order
			require.NoError(t, planOf[Order]().Decode([]byte(in), &got))
			assert.Equal(t, want, got)
		})
	}
	t.Run("offset without a colon", func(t *testing.T) {
		t.Parallel()
		var got Order
		require.NoError(t, planOf[Order]().Decode([]byte(`{"Sent_Time":"2026-05-01T10:00:00.5+0530"}`), &got))
		assert.Equal(t, "2026-05-01T10:00:00.5+05:30", got.SentTime.Format(time.RFC3339Nano))
	})
}

func TestDecodeMapsWithNamedKeys(t *testing.T) {
	t.Parallel()
	type keyed struct {
		Any  map[Status]any
		Text map[Status]*string
	}
	var got keyed
	require.NoError(t, planOf[keyed]().Decode([]byte(`{"Any":{"a":1,"b":null},"Text":{"a":2,"b":null}}`), &got))
	assert.Equal(t, keyed{Any: map[Status]any{"a": json.Number("1"), "b": nil}, Text: map[Status]*string{"a": new("2"), "b": nil}}, got)
}

func TestDecodeDuplicatesAndBrokenUTF8(t *testing.T) {
	t.Parallel()
	var got Order
	require.NoError(t, planOf[Order]().Decode([]byte("{\"Subject\":\"a\",\"Subject\":\"b\xff\",\"X\xfe\":1,\"X\xfe\":2,\"Raw\":\"\xff\"}"), &got))
	assert.Equal(t, Order{
		Subject: "b\uFFFD", Extra: Values{"X\uFFFD": json.Number("2")}, Raw: json.RawMessage("\"\uFFFD\""),
	}, got)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"Count": "secret"}`:                         `zohohub: Order: Count: a JSON string does not fit int: not a number; string and any take it`,
		`{"id": "7", "Amount": "#ERROR"}`:             `zohohub: Order 7: Amount: a JSON string does not fit float64: not a number; string and any take it`,
		`{"Count": 1.5}`:                              `zohohub: Order: Count: a JSON number does not fit int`,
		`{"Count": 1e300}`:                            `zohohub: Order: Count: a JSON number does not fit int`,
		`{"Count": true}`:                             `zohohub: Order: Count: a JSON boolean does not fit int`,
		`{"Small": 128}`:                              `zohohub: Order: Small: a JSON number does not fit int8: out of range`,
		`{"Big": -1}`:                                 `zohohub: Order: Big: a JSON number does not fit uint64`,
		`{"Rate": 1e39}`:                              `zohohub: Order: Rate: a JSON number does not fit float32: out of range`,
		`{"Amount": "NaN"}`:                           `zohohub: Order: Amount: a JSON string does not fit float64: not a number; string and any take it`,
		`{"Amount": "Inf"}`:                           `zohohub: Order: Amount: a JSON string does not fit float64: not a number; string and any take it`,
		`{"Paid": "yes"}`:                             `zohohub: Order: Paid: a JSON string does not fit bool`,
		`{"Subject": {"a":1}}`:                        `zohohub: Order: Subject: a JSON object does not fit string`,
		`{"Subject": []}`:                             `zohohub: Order: Subject: a JSON array does not fit string`,
		`{"Tags": ["a", {}]}`:                         `zohohub: Order: Tags[1]: a JSON object does not fit string`,
		`{"Owner": ["7"]}`:                            `zohohub: Order: Owner: a JSON array does not fit codec_test.Ref`,
		`{"Ordered_Items": ["1"]}`:                    `zohohub: Order: Ordered_Items[0]: a JSON string does not fit codec_test.Item`,
		`{"Hours": "09:00"}`:                          `zohohub: Order: Hours: a JSON string does not fit codec_test.Period`,
		`{"Owner": {"name": []}}`:                     `zohohub: Order: Owner.name: a JSON array does not fit string`,
		`{"Ordered_Items": [{}, {"Quantity": {}}]}`:   `zohohub: Order: Ordered_Items[1].Quantity: a JSON object does not fit float64`,
		`{"Options": []}`:                             `zohohub: Order: Options: a JSON array does not fit codec_test.Values`,
		`{"Counts": {"x": "y"}}`:                      `zohohub: Order: Counts.x: a JSON string does not fit int: not a number; string and any take it`,
		`{"Counts": 1}`:                               `zohohub: Order: Counts: a JSON number does not fit map[string]interface {}`,
		`{"Due": "soon"}`:                             `zohohub: Order: Due: a JSON string does not fit codec_test.Day: not a day`,
		`{"Due": {}}`:                                 `zohohub: Order: Due: a JSON object does not fit codec_test.Day`,
		`{"Outside": "x"}`:                            `zohohub: Order: Outside: a JSON string does not fit codec_test.Celsius: not a temperature`,
		`{"Sent_Time": "2026-05-01"}`:                 `zohohub: Order: Sent_Time: a JSON string does not fit time.Time: a date: zohohub.Date is the type for it`,
		`{"Sent_Time": 5}`:                            `zohohub: Order: Sent_Time: a JSON number does not fit time.Time`,
		`{"Number": "x"}`:                             `zohohub: Order: Number: a JSON string does not fit json.Number: not a number; string and any take it`,
		`{"Parent": {"Sub_Orders": [{"Count": []}]}}`: `zohohub: Order: Parent.Sub_Orders[0].Count: a JSON array does not fit int`,
		`[]`:                   `zohohub: Order: a JSON array does not fit codec_test.Order`,
		`null`:                 `zohohub: Order: a JSON null does not fit codec_test.Order`,
		``:                     `zohohub: JSON is cut short after 0 bytes`,
		`{"Subject": "a`:       `zohohub: JSON is cut short after 14 bytes`,
		`{"Subject": "a"`:      `zohohub: JSON is cut short after 15 bytes`,
		`{"Subject": "a"} {}`:  `zohohub: not JSON, from byte 18 on`,
		`<html>Bad gateway`:    `zohohub: not JSON, from byte 0 on`,
		`{"Subject": "a" "b"}`: `zohohub: not JSON, from byte 16 on`,
		`{"Custom": [1, }`:     `zohohub: not JSON, from byte 13 on`,
		`{"Ordered_Items": [`:  `zohohub: JSON is cut short after 19 bytes`,
		`{"Owner": {"id": "1"`: `zohohub: JSON is cut short after 20 bytes`,
		`{"Tags": ["a"`:        `zohohub: JSON is cut short after 13 bytes`,
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			var got Order
			assert.EqualError(t, planOf[Order]().Decode([]byte(in), &got), want)
		})
	}
}

func TestDecodeErrorTypes(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	var misfit *codec.DecodeError
	require.ErrorAs(t, p.Decode([]byte(`{"Owner":{"name":[]}}`), new(Order)), &misfit)
	assert.Equal(t, "Owner.name", misfit.Path)
	assert.Equal(t, "array", misfit.Kind)

	var broken *codec.SyntaxError
	require.ErrorAs(t, p.Decode([]byte(`{"Owner":`), new(Order)), &broken)
	assert.Equal(t, codec.SyntaxError{Offset: 9, Truncated: true}, *broken)

	own := errors.New("own")
	assert.ErrorIs(t, &codec.DecodeError{Err: own}, own)
}

func TestDecodeList(t *testing.T) {
	t.Parallel()
	var got []*Item
	var raws []string
	read := func(body string) (string, error) {
		got, raws = nil, nil
		info, err := planOf[Item]().DecodeList([]byte(body), "data", func() any {
			got = append(got, new(Item))
			return got[len(got)-1]
		}, func(raw []byte) { raws = append(raws, string(raw)) })
		return string(info), err
	}

	info, err := read(`{"x": [{"data": 1}], "data": [{"id":"1","Quantity":2} , {"Description":"` + long + `","id":"2"},{ }], "info": {"count": 3}}`)
	require.NoError(t, err)
	assert.Equal(t, `{"count": 3}`, info)
	assert.Equal(t, []*Item{{ID: "1", Quantity: 2}, {ID: "2", Note: long}, {}}, got)
	assert.Equal(t, []string{`{"id":"1","Quantity":2}`, `{"Description":"` + long + `","id":"2"}`, `{ }`}, raws)

	for _, body := range []string{`{}`, `{"data":null}`, `{"data":[]}`, `{"users":[{"id":"1"}]}`} {
		info, err = read(body)
		require.NoError(t, err, body)
		assert.Empty(t, info)
		assert.Empty(t, got)
	}
	for body, want := range map[string]string{
		`{"data":{}}`:                    `zohohub: Item: data: a JSON object does not fit []codec_test.Item`,
		`{"data":[null]}`:                `zohohub: Item: data[0]: a JSON null does not fit codec_test.Item`,
		`{"data":[{},{"Quantity":"x"}]}`: `zohohub: Item: data[1].Quantity: a JSON string does not fit float64: not a number; string and any take it`,
		`{"data":[{},{"Quantity":"","Total":[],"id":7}]}`: `zohohub: Item 7: data[1].Total: a JSON array does not fit float64`,
		`[]`:                                  `zohohub: Item: a JSON array does not fit map[string]interface {}`,
		`{"data":[{}`:                         `zohohub: JSON is cut short after 11 bytes`,
		`{"data":[{}]} x`:                     `zohohub: not JSON, from byte 13 on`,
		``:                                    `zohohub: JSON is cut short after 0 bytes`,
		`{"data":[],"info":{"more_records":}`: `zohohub: not JSON, from byte 34 on`,
	} {
		_, err = read(body)
		assert.EqualError(t, err, want, body)
	}
}

// The strings of a page lie side by side in memory; none may run into its neighbour, however long.
func TestDecodeListKeepsStringsApart(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	var want []*Period
	body.WriteString(`{"data":[`)
	for i := range 500 {
		v := &Period{From: strings.Repeat("f", i*7%5000), To: strings.Repeat("ü", i)}
		want = append(want, v)
		if i > 0 {
			body.WriteByte(',')
		}
		// The order of names changes from record to record.
		if i%3 == 0 {
			fmt.Fprintf(&body, `{"To":%q,"From":%q}`, v.To, v.From)
		} else {
			fmt.Fprintf(&body, `{"From":%q,"x":1,"To":%q}`, v.From, v.To)
		}
	}
	body.WriteString(`]}`)
	data := []byte(body.String())
	var got []*Period
	_, err := planOf[Period]().DecodeList(data, "data", func() any {
		got = append(got, new(Period))
		return got[len(got)-1]
	}, nil)
	require.NoError(t, err)
	clear(data) // nothing points into the body
	assert.Equal(t, want, got)
}

// Whoever keeps one field of a long list keeps a few kilobytes alive and not the list.
func TestDecodeListKeepsLittleAlive(t *testing.T) {
	body := []byte(`{"data":[` + strings.Repeat(`{"From":"`+long+`"},`, 2000) + `{"From":"kept"}]}`)
	last := readLastFrom(t, body)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := readLastFrom(t, body)
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Equal(t, last, kept)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(1<<20))
	runtime.KeepAlive(body)
}

func readLastFrom(t *testing.T, body []byte) string {
	t.Helper()
	var p Period
	_, err := planOf[Period]().DecodeList(body, "data", func() any { return &p }, nil)
	require.NoError(t, err)
	return p.From
}

// Many readers at once, each with its own decoder from the pool.
func TestDecodeConcurrently(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for range 20 {
				var got Order
				require.NoError(t, planOf[Order]().Decode([]byte(fullJSON), &got))
				require.Equal(t, full(), got)
			}
		})
	}
}

func TestDecodeIsFrugal(t *testing.T) {
	var body strings.Builder
	body.WriteString(`{"data":[`)
	for i := range 200 {
		fmt.Fprintf(&body, `{"id":"%d","Description":"note %d","Quantity":%d},`, i, i, i)
	}
	body.WriteString(`{}]}`)
	rows := make([]Item, 201)
	allocs := testing.AllocsPerRun(10, func() {
		i := 0
		_, _ = planOf[Item]().DecodeList([]byte(body.String()), "data", func() any { i++; return &rows[i-1] }, nil)
	})
	assert.Less(t, allocs, 30.0, "strings share their memory, and a record costs no map")
}
