package codec_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestEncodeFields(t *testing.T) {
	t.Parallel()
	fields := map[string]any{
		"Z": "last", "Nil": nil, "Text": "é<&>", "Zero": 0, "Empty": "", "False": false, "Big": int64(9007199254740993), "Small": uint8(3),
		"Float": 1e21, "Number": json.Number("1.50"), "Raw": json.RawMessage(` [1, 2] `), "Time": cet("2026-05-01T10:00:00Z"),
		"NoTime": time.Time{}, "Day": Day{2026, 5, 1}, "NoDay": Day{}, "PDay": &Day{2026, 5, 2}, "Owner": Ref{ID: "7", Name: "Jo"}, "NoOwner": Ref{},
		"Pointer": new("p"), "NilPointer": (*string)(nil), "Tags": []string{"a"}, "NoTags": []string(nil), "Any": []any{1, nil, "x"},
		"Rows": []Values{{"id": "1", "_delete": nil}, {"Quantity": 2}}, "Items": []Item{{ID: "5", Quantity: 1}}, "PItem": &Item{Note: "n"},
		"Map": Values{"b": 1, "a": Values{}}, "Text map": map[Status]int{"x": 1}, "Custom": Celsius{1}, "Int": big.NewInt(5), "Stage": Status("Won"),
		"Refs": []Ref{{ID: "1"}, {Email: "a@b"}},
	}
	got, err := codec.EncodeFields(fields)
	require.NoError(t, err)
	sameText(t, `{"Any":[1,null,"x"],"Big":9007199254740993,"Custom":{"deg":1},"Day":"2026-05-01","Empty":"","False":false,`+
		`"Float":1000000000000000000000,"Int":5,"Items":[{"id":"5","Quantity":1}],"Map":{"a":{},"b":1},"Nil":null,"NilPointer":null,"NoDay":null,`+
		`"NoOwner":null,"NoTags":[],"NoTime":null,"Number":1.50,"Owner":{"id":"7"},"PDay":"2026-05-02","PItem":{"Description":"n"},"Pointer":"p",`+
		`"Raw":[1,2],"Refs":[{"id":"1"},{"email":"a@b"}],"Rows":[{"_delete":null,"id":"1"},{"Quantity":2}],"Small":3,"Stage":"Won","Tags":["a"],`+
		`"Text":"é<&>","Text map":{"x":1},"Time":"2026-05-01T10:00:00+00:00","Z":"last","Zero":0}`, got)

	got, err = codec.EncodeFields(nil)
	require.NoError(t, err)
	sameText(t, `{}`, got)
}

func TestEncodeFieldsRefuses(t *testing.T) {
	t.Parallel()
	loop := map[string]any{}
	loop["a"] = loop
	type bad struct{ C chan int }
	for want, fields := range map[string]map[string]any{
		"zohohub: Amount: NaN is not a number of JSON's":            {"Amount": math.NaN()},
		"zohohub: Rows[1].Price: +Inf is not a number of JSON's":    {"Rows": []Values{{}, {"Price": math.Inf(1)}}},
		"zohohub: F: none of Zoho's fields holds a func()":          {"F": func() {}},
		"zohohub: C: bad.C: none of Zoho's fields holds a chan int": {"C": bad{}},
		"zohohub: B: none of Zoho's fields holds a []uint8":         {"B": []byte("x")},
		"zohohub: T: text is not UTF-8":                             {"T": "\xff"},
	} {
		_, err := codec.EncodeFields(fields)
		require.EqualError(t, err, want)
	}
	_, err := codec.EncodeFields(loop)
	assert.ErrorContains(t, err, "nested too deep, or holds itself")
}

func TestDecodeFields(t *testing.T) {
	t.Parallel()
	got, err := codec.DecodeFields([]byte(`{"a":9007199254740993,"b":{"c":[1.0,"x",null,true]},"d":[],"e":{},"a":1e2}`))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"a": json.Number("1e2"), "b": map[string]any{"c": []any{json.Number("1.0"), "x", nil, true}}, "d": []any{}, "e": map[string]any{},
	}, got)
	for in, want := range map[string]string{
		`[]`: `zohohub: a JSON array does not fit map[string]interface {}`, `{"a"`: `zohohub: JSON is cut short after 4 bytes`,
		`{} {}`: `zohohub: not JSON, from byte 4 on`,
	} {
		_, err := codec.DecodeFields([]byte(in))
		require.EqualError(t, err, want, in)
	}
}

func TestFieldsIsTheWholeRecord(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	o := full()
	fields, err := p.Fields(&o)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"id": "7", "name": "Jo", "email": "jo@example.com"}, fields["Owner"])
	assert.Equal(t, "2026-01-01T00:00:00+00:00", fields["Created_Time"], "what is readonly is there")

	raw, err := codec.EncodeFields(fields)
	require.NoError(t, err)
	var back Order
	require.NoError(t, p.Decode(raw, &back))
	want := full()
	want.Raw = json.RawMessage(`{"a":1}`)
	assert.Equal(t, want, back)

	type small struct {
		ID    string
		Text  string
		Num   int
		Nick  *string
		Owner Ref
		At    time.Time
		Tags  []string
		Extra Values `zoho:",unknown"`
	}
	fields, err = planOf[small]().Fields(&small{Extra: Values{"X": 1}})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"Text": "", "Num": json.Number("0"), "Nick": nil, "Owner": nil, "At": nil, "Tags": []any{}, "X": json.Number("1"),
	}, fields)
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields map[string]any
		want   string
	}{
		"good": {map[string]any{
			"id": "1", "Subject": "x", "Sent_Time": nil, "Made_Up": 1, "Owner": Ref{ID: "1"}, "Hours": nil,
			"Ordered_Items": []any{Values{"id": "1", "Product_Name": "5"}}, "Anything": Values{"FirstName": 1},
		}, ""},
		"nothing":          {nil, ""},
		"Go name":          {map[string]any{"SentTime": nil}, `zohohub: "SentTime" is the name of a Go field; Zoho's is "Sent_Time"`},
		"tagged":           {map[string]any{"Items": nil}, `zohohub: "Items" is the name of a Go field; Zoho's is "Ordered_Items"`},
		"id":               {map[string]any{"ID": "1"}, `zohohub: "ID" is the name of a Go field; Zoho's is "id"`},
		"embedded":         {map[string]any{"CreatedBy": "1"}, `zohohub: "CreatedBy" is the name of a Go field; Zoho's is "Created_By"`},
		"row":              {map[string]any{"Ordered_Items": []Values{{}, {"Note": 1}}}, `zohohub: Ordered_Items: "Note" is the name of a Go field; Zoho's is "Description"`},
		"row of any":       {map[string]any{"Ordered_Items": []any{map[string]any{"ID": 1}}}, `zohohub: Ordered_Items: "ID" is the name of a Go field; Zoho's is "id"`},
		"pointer to a map": {map[string]any{"Owner": &Values{"Name": 1}}, `zohohub: Owner: "Name" is the name of a Go field; Zoho's is "name"`},
		"deep": {map[string]any{"Sub_Orders": []Values{{"Ordered_Items": Values{"Note": 1}}}},
			`zohohub: Sub_Orders: Ordered_Items: "Note" is the name of a Go field; Zoho's is "Description"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := planOf[Order]().CheckNames(c.fields)
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
		})
	}
}
