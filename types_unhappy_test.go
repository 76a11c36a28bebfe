package zohohub_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// misread is what a Go type makes of a JSON value that is not its own: a value, or an error about it.
type misread[V any] struct {
	json string
	want V
	err  string
}

func (r misread[V]) test(t *testing.T) {
	t.Helper()
	_, conn := loaded(t, `{"data":[{"id":"11","Value":`+r.json+`}]}`)
	records := NewRecord[holder[V]](conn, InModule("Things"))
	rec, err := records.Find(t.Context(), "11")
	if r.err == "" {
		require.NoError(t, err)
		assert.Equal(t, r.want, rec.Value)
		return
	}
	const where = "zohohub: find Things: %s 11: Value: a JSON %s"
	assert.EqualError(t, err, fmt.Sprintf(where, reflect.TypeFor[holder[V]]().Name(), r.err))
	for _, err = range records.All(t.Context()) {
		require.ErrorContains(t, err, "11: data[0].Value: a JSON "+r.err, "in a list of many, which one it is")
	}
	require.Error(t, err)
}

func TestValuesOfAnotherKind(t *testing.T) {
	t.Parallel()
	const noNumber = ": not a number; string and any take it"
	for name, r := range map[string]anyType{
		// An empty text is no value.
		"empty, int":             misread[int]{json: `""`},
		"empty, *int":            misread[*int]{json: `""`},
		"empty, float":           misread[float64]{json: `""`},
		"empty, *float":          misread[*float64]{json: ` ""`},
		"empty, bool":            misread[bool]{json: `""`},
		"empty, *bool":           misread[*bool]{json: `""`},
		"empty, time":            misread[time.Time]{json: `""`},
		"empty, *time":           misread[*time.Time]{json: `""`},
		"empty, Date":            misread[Date]{json: `""`},
		"empty, *Date":           misread[*Date]{json: `""`},
		"empty, json.Number":     misread[json.Number]{json: `""`},
		"empty, *json.Number":    misread[*json.Number]{json: `""`},
		"empty, Lookup":          misread[Lookup]{json: `""`},
		"empty, list":            misread[[]string]{json: `""`},
		"empty, rows":            misread[[]subformRow]{json: `""`},
		"empty, text":            misread[*string]{json: `""`, want: new("")},
		"empty, any":             misread[any]{json: `""`, want: ""},
		"nothing in a list":      misread[[]string]{json: `["a",null,3]`, want: []string{"a", "", "3"}},
		"no row in a list":       misread[[]subformRow]{json: `[null,{"id":"1"}]`, want: []subformRow{{}, {ID: "1"}}},
		"a number in text":       misread[int]{json: `" 1"`, err: "string does not fit int" + noNumber},
		"a boolean in figures":   misread[bool]{json: `1`, err: "number does not fit bool"},
		"a boolean in words":     misread[bool]{json: `"yes"`, err: "string does not fit bool"},
		"a failed formula":       misread[float64]{json: `"#ERROR"`, err: "string does not fit float64" + noNumber},
		"a failed formula, int":  misread[*int]{json: `"#ERROR"`, err: "string does not fit int" + noNumber},
		"a failed amount":        misread[json.Number]{json: `"#ERROR"`, err: "string does not fit json.Number" + noNumber},
		"a failed formula, any":  misread[any]{json: `"#ERROR"`, want: "#ERROR"},
		"a failed formula, text": misread[string]{json: `"#ERROR"`, want: "#ERROR"},
		"a fraction":             misread[int]{json: `12.5`, err: "number does not fit int"},
		"too big":                misread[int32]{json: `"2147483648"`, err: "string does not fit int32: out of range"},
		"too big by far":         misread[int64]{json: `9223372036854775808`, err: "number does not fit int64: out of range"},
		"below zero":             misread[uint]{json: `-1`, err: "number does not fit uint"},
		"too big for a float":    misread[float64]{json: `1e999`, err: "number does not fit float64: out of range"},
		"an object for text":     misread[string]{json: `{"id":"1"}`, err: "object does not fit string"},
		"a list for text":        misread[stage]{json: `["a"]`, err: "array does not fit zohohub_test.stage"},
		"a day for a time":       misread[time.Time]{json: `"2026-05-01"`, err: "string does not fit time.Time: a date: zohohub.Date is the type for it"},
		"a time without offset":  misread[time.Time]{json: `"2026-05-01T10:00:00"`, err: "string does not fit time.Time: not a time with an offset"},
		"a time in figures":      misread[time.Time]{json: `1777622400000`, err: "number does not fit time.Time"},
		"a time for a day":       misread[Date]{json: `"2026-05-01T10:00:00+01:00"`, err: `string does not fit zohohub.Date: zohohub: "2026-05-01T10:00:00+01:00" is not a date such as 2026-05-01`},
		"a day that is none":     misread[Date]{json: `"2026-02-30"`, err: `string does not fit zohohub.Date: zohohub: "2026-02-30" is not a date such as 2026-05-01`},
		"lookups for one":        misread[Lookup]{json: `[{"id":"1"}]`, err: "array does not fit zohohub.Lookup"},
		"a lookup that is true":  misread[Lookup]{json: `true`, err: "boolean does not fit zohohub.Lookup"},
		"lookups for one of several modules": misread[ModuleLookup]{
			json: `[1]`, err: "array does not fit zohohub.ModuleLookup: not a reference with id, name and module",
		},
		"an alarm in words":   misread[alarm]{json: `"FREQ=NONE"`, err: "string does not fit zohohub_test.alarm"},
		"one row for several": misread[[]subformRow]{json: `{"id":"1"}`, want: []subformRow{{ID: "1"}}},
		"one for several":     misread[[]string]{json: `"a"`, want: []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.test(t)
		})
	}
}

// TestValuesThatCannotBeSent: they are refused before anything is sent, and the error leads to the field.
func TestValuesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"Value: NaN is not a number of JSON's":                                      math.NaN(),
		"Value: +Inf is not a number of JSON's":                                     math.Inf(1),
		"Value: not a number of JSON's":                                             json.Number("1,5"),
		"Value: the year 10000 has not four figures":                                time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC),
		"Value: text is not UTF-8":                                                  "\xff",
		"Value: not valid JSON":                                                     json.RawMessage(`{`),
		"Value: none of Zoho's fields holds a chan int":                             make(chan int),
		"Value: a lookup with a name alone cannot be written: Zoho wants the ID":    Lookup{Name: "Acme"},
		"Value[1]: a lookup with a name alone cannot be written: Zoho wants the ID": []any{nil, ModuleLookup{Name: "Jo", Module: "Leads"}},
		"Value[0].Amount: NaN is not a number of JSON's":                            []subformRow{{Amount: math.NaN()}},
	} {
		z, conn := loaded(t, `{}`)
		records := NewRecord[holder[any]](conn, InModule("Things"))
		err := records.Update(t.Context(), "11", Fields{"Value": v})
		require.EqualError(t, err, "zohohub: update Things: "+want)
		require.ErrorContains(t, records.Create(t.Context(), &holder[any]{Value: v}), want)
		assert.Empty(t, z.last())
	}
}
