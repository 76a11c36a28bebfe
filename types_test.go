package zohohub_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// holder is a record with one field of its own.
type holder[V any] struct {
	Tracked
	ID    string
	Value V
}

// dataType is one of Zoho's data types in a Go type: what is read of it and what is sent.
type dataType[R, V any] struct {
	name    string      // of the field at Zoho
	field   func(*R) *V // of the record
	zoho    []string    // the forms in which Zoho sends the value, by version and by mood
	want    V           // what each of them is
	create  string      // what a Create sends of it; "" when it is not sent
	changed V           // what it is changed to
	save    string      // what a Save sends of that
	cleared string      // what a Save sends of the zero; "" when nothing
	given   string      // what an Update sends that names it; "" is as create
}

// value makes it that of a holder's one field.
func value[V any](d dataType[holder[V], V]) dataType[holder[V], V] {
	d.name, d.field = "Value", func(h *holder[V]) *V { return &h.Value }
	return d
}

// anyType is a dataType of whatever types.
type anyType interface{ test(t *testing.T) }

func (d dataType[R, V]) test(t *testing.T) {
	t.Helper()
	for _, form := range append(d.zoho, "null") {
		want := d.want
		if form == "null" {
			want = *new(V)
		}
		z, conn := loaded(t, fmt.Sprintf(`{"data":[{"id":"11",%q:%s}]}`, d.name, form))
		records := NewRecord[R](conn, InModule("Things"))
		load := func() *R {
			rec, err := records.Find(t.Context(), "11")
			require.NoError(t, err, form)
			return rec
		}
		save := func(v V) string {
			before, rec := z.count(), load()
			*d.field(rec) = v
			require.NoError(t, records.Save(t.Context(), rec), form)
			if z.count() == before {
				return ""
			}
			return d.sent(t, z.last(), `{"data":[{"id":"11",%q:`, `}]}`)
		}
		require.Equal(t, want, *d.field(load()), form)
		assert.Empty(t, save(*d.field(load())), "%s: what was loaded is no change", form)
		if form == "null" {
			assert.Empty(t, save(*new(V)), "there was nothing")
		} else {
			assert.Equal(t, d.save, save(d.changed), form)
			assert.Equal(t, d.cleared, save(*new(V)), form)
		}
		dynamic := NewRecord[Dynamic](conn, InModule("Things"))
		rec, err := dynamic.Find(t.Context(), "11")
		require.NoError(t, err)
		before := z.count()
		require.NoError(t, dynamic.Save(t.Context(), rec))
		assert.Equal(t, before, z.count(), "%s: nor is it of a Dynamic", form)
	}

	z, conn := loaded(t, `{"data":[{"id":"11"}]}`)
	records := NewRecord[R](conn, InModule("Things"))
	rec := new(R)
	*d.field(rec) = d.want
	require.NoError(t, records.Create(t.Context(), rec))
	want := fmt.Sprintf(`{"data":[{%q:%s}]}`, d.name, d.create)
	if d.create == "" {
		want = `{"data":[{}]}`
	}
	assert.Equal(t, want, z.last(), "Create")
	if d.given == "" {
		d.given = d.create
	}
	require.NoError(t, records.Update(t.Context(), "11", Fields{d.name: d.want}))
	assert.Equal(t, d.given, d.sent(t, z.last(), `{"data":[{%q:`, `,"id":"11"}]}`), "Update")
	require.NoError(t, records.Update(t.Context(), "11", Fields{d.name: nil}))
	assert.Equal(t, "null", d.sent(t, z.last(), `{"data":[{%q:`, `,"id":"11"}]}`), "Update")
}

// sent is what a body says of the field, as text: read as JSON, any two numbers beyond 2^53 would be alike.
func (d dataType[R, V]) sent(t *testing.T, body, before, after string) string {
	t.Helper()
	before = fmt.Sprintf(before, d.name)
	require.True(t, len(body) >= len(before)+len(after) && body[:len(before)] == before && body[len(body)-len(after):] == after, body)
	return body[len(before) : len(body)-len(after)]
}

// moment parses a time as it is written; the zone is what the machine makes of the offset.
func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

type stage string

// simpleTypes are those of one value.
var simpleTypes = map[string]anyType{
	"text": value(dataType[holder[string], string]{
		zoho: []string{`"São \"Jo\"\n😀"`, `"S\u00e3o \u0022Jo\u0022\n\ud83d\ude00"`}, want: "São \"Jo\"\n😀",
		create: `"São \"Jo\"\n😀"`, changed: "b", save: `"b"`, cleared: `null`,
	}),
	"text, a number": value(dataType[holder[string], string]{
		zoho: []string{`9007199254740993.10`, `"9007199254740993.10"`}, want: "9007199254740993.10",
		create: `"9007199254740993.10"`, changed: "b", save: `"b"`, cleared: `null`,
	}),
	"text, pointer": value(dataType[holder[*string], *string]{
		zoho: []string{`"a"`}, want: new("a"), create: `"a"`, changed: new(""), save: `""`, cleared: `null`,
	}),
	"text, any": value(dataType[holder[any], any]{
		zoho: []string{`"a"`}, want: "a", create: `"a"`, changed: "", save: `""`, cleared: `null`,
	}),
	"picklist": value(dataType[holder[stage], stage]{
		zoho: []string{`"2022"`, `2022`}, want: "2022", create: `"2022"`, changed: "2023", save: `"2023"`, cleared: `null`,
	}),
	"picklist, pointer": value(dataType[holder[*stage], *stage]{
		zoho: []string{`"2022"`, `2022`}, want: new(stage("2022")), create: `"2022"`, changed: new(stage("2023")), save: `"2023"`, cleared: `null`,
	}),
	"multiselectpicklist": value(dataType[holder[[]string], []string]{
		zoho: []string{`["a","2022"]`, `["a",2022]`}, want: []string{"a", "2022"}, create: `["a","2022"]`, changed: []string{"a"}, save: `["a"]`, cleared: `[]`,
	}),
	"multiselectpicklist, pointer": value(dataType[holder[*[]string], *[]string]{
		zoho: []string{`["a"]`, `"a"`}, want: &[]string{"a"}, create: `["a"]`, changed: &[]string{"b"}, save: `["b"]`, cleared: `[]`,
	}),
	"multiselectpicklist, typed": value(dataType[holder[[]stage], []stage]{
		zoho: []string{`["a","b"]`}, want: []stage{"a", "b"}, create: `["a","b"]`, changed: []stage{"b", "a"}, save: `["b","a"]`, cleared: `[]`,
	}),
	"multiselectpicklist, any": value(dataType[holder[any], any]{
		zoho: []string{`["a","b"]`}, want: []any{"a", "b"}, create: `["a","b"]`, changed: []string{}, save: `[]`, cleared: `null`,
	}),
	"boolean": value(dataType[holder[bool], bool]{
		zoho: []string{`true`, `"true"`}, want: true, create: `true`, changed: false, save: `false`, cleared: `false`,
	}),
	"boolean, pointer": value(dataType[holder[*bool], *bool]{
		zoho: []string{`false`, `"false"`}, want: new(false), create: `false`, changed: new(true), save: `true`, cleared: ``,
	}),
	"boolean, any": value(dataType[holder[any], any]{
		zoho: []string{`false`}, want: false, create: `false`, changed: true, save: `true`, cleared: `null`,
	}),
	"integer": value(dataType[holder[int], int]{
		zoho: []string{`1024`, `"1024"`, `1024.0`, `1.024e3`, `"1024.00"`}, want: 1024, create: `1024`, changed: -7, save: `-7`, cleared: `null`,
	}),
	"integer, pointer": value(dataType[holder[*int], *int]{
		zoho: []string{`0`, `"0"`}, want: new(0), create: `0`, changed: new(1), save: `1`, cleared: `null`,
	}),
	"bigint": value(dataType[holder[int64], int64]{
		zoho: []string{`"9007199254740993"`, `9007199254740993`, `9007199254740993.0`}, want: 9007199254740993, create: `9007199254740993`,
		changed: 9007199254740995, save: `9007199254740995`, cleared: `null`,
	}),
	"bigint, unsigned": value(dataType[holder[uint64], uint64]{
		zoho: []string{`"18446744073709551615"`, `18446744073709551615`}, want: 18446744073709551615, create: `18446744073709551615`,
		changed: 1, save: `1`, cleared: `null`,
	}),
	"bigint, text": value(dataType[holder[string], string]{
		zoho: []string{`"9007199254740993"`, `9007199254740993`}, want: "9007199254740993", create: `"9007199254740993"`,
		changed: "9007199254740995", save: `"9007199254740995"`, cleared: `null`,
	}),
	"bigint, number": value(dataType[holder[json.Number], json.Number]{
		zoho: []string{`"9007199254740993"`, `9007199254740993`}, want: "9007199254740993", create: `9007199254740993`,
		changed: "9007199254740995", save: `9007199254740995`, cleared: `null`,
	}),
	"bigint, any": value(dataType[holder[any], any]{
		zoho: []string{`9007199254740993`}, want: json.Number("9007199254740993"), create: `9007199254740993`,
		changed: int64(9007199254740995), save: `9007199254740995`, cleared: `null`,
	}),
	"bigint, text in any": value(dataType[holder[any], any]{
		zoho: []string{`"9007199254740993"`}, want: "9007199254740993", create: `"9007199254740993"`,
		changed: json.Number("9007199254740995"), save: `9007199254740995`, cleared: `null`,
	}),
	"double and percent": value(dataType[holder[float64], float64]{
		zoho: []string{`12.5`, `"12.5"`, `1.25e1`, `12.50`}, want: 12.5, create: `12.5`, changed: 1e21, save: `1000000000000000000000`, cleared: `null`,
	}),
	"double, pointer": value(dataType[holder[*float64], *float64]{
		zoho: []string{`0`, `0.00`, `"0"`}, want: new(0.0), create: `0`, changed: new(0.1), save: `0.1`, cleared: `null`,
	}),
	"currency, to the last decimal": value(dataType[holder[json.Number], json.Number]{
		zoho: []string{`12345678901234567890.10`, `"12345678901234567890.10"`}, want: "12345678901234567890.10", create: `12345678901234567890.10`,
		changed: "0.30", save: `0.30`, cleared: `null`,
	}),
	"currency, pointer": value(dataType[holder[*json.Number], *json.Number]{
		zoho: []string{`0.00`}, want: new(json.Number("0.00")), create: `0.00`, changed: new(json.Number("0.01")), save: `0.01`, cleared: `null`,
	}),
	"date": value(dataType[holder[Date], Date]{
		zoho: []string{`"2026-05-01"`}, want: NewDate(2026, time.May, 1), create: `"2026-05-01"`, changed: NewDate(1900, time.January, 31),
		save: `"1900-01-31"`, cleared: `null`,
	}),
	"date, pointer": value(dataType[holder[*Date], *Date]{
		zoho: []string{`"2026-05-01"`}, want: new(NewDate(2026, time.May, 1)), create: `"2026-05-01"`, changed: new(NewDate(2026, time.May, 2)),
		save: `"2026-05-02"`, cleared: `null`,
	}),
	"datetime": value(dataType[holder[time.Time], time.Time]{
		zoho: []string{`"2026-05-01T10:00:00+05:30"`, `"2026-05-01T10:00:00+0530"`}, want: moment("2026-05-01T10:00:00+05:30"),
		create: `"2026-05-01T10:00:00+05:30"`, changed: moment("2026-05-01T10:00:00.999-03:00"), save: `"2026-05-01T10:00:00-03:00"`, cleared: `null`,
	}),
	"datetime, Greenwich": value(dataType[holder[time.Time], time.Time]{
		zoho: []string{
			`"2026-05-01T10:00:00+00:00"`, `"2026-05-01T10:00:00Z"`, `"2026-05-01T10:00:00-00:00"`, `"2026-05-01T10:00:00+0000"`,
			`"2026-05-01T10:00:00.000Z"`,
		}, want: time.Date(2026, time.May, 1, 10, 0, 0, 0, time.UTC), create: `"2026-05-01T10:00:00+00:00"`,
		changed: moment("2026-05-01T10:00:00+14:00"), save: `"2026-05-01T10:00:00+14:00"`, cleared: `null`,
	}),
	"datetime, fraction": value(dataType[holder[time.Time], time.Time]{
		zoho: []string{`"2026-05-01T10:00:00.25+01:00"`, `"2026-05-01T10:00:00.250+0100"`}, want: moment("2026-05-01T10:00:00.25+01:00"),
		create: `"2026-05-01T10:00:00+01:00"`, changed: moment("2026-05-01T10:00:01+01:00"), save: `"2026-05-01T10:00:01+01:00"`, cleared: `null`,
	}),
	"datetime, pointer": value(dataType[holder[*time.Time], *time.Time]{
		zoho: []string{`"2026-05-01T10:00:00+01:00"`}, want: new(moment("2026-05-01T10:00:00+01:00")), create: `"2026-05-01T10:00:00+01:00"`,
		changed: new(moment("2026-05-01T11:00:00+01:00")), save: `"2026-05-01T11:00:00+01:00"`, cleared: `null`,
	}),
}

func TestSimpleTypes(t *testing.T) {
	t.Parallel()
	testTypes(t, simpleTypes)
}

func testTypes(t *testing.T, types map[string]anyType) {
	t.Helper()
	for name, d := range types {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d.test(t)
		})
	}
}
