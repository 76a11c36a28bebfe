package codec_test

import (
	"encoding/json"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestPlanNames(t *testing.T) {
	t.Parallel()
	p := planOf[Order]()
	require.NoError(t, p.Err())
	assert.Equal(t, []string{
		"Created_Time", "Created_By", "Subject", "Stage", "Amount", "Rate", "Count", "Small", "Big", "Paid", "Rush", "Due",
		"Sent_Time", "Tags", "Scores", "Owner", "Watchers", "Ordered_Items", "Hours", "Nick", "Limit", "Boxed", "Gift",
		"Options", "Counts", "Anything", "Raw", "Number", "Outside", "Parent", "Sub_Orders",
	}, p.Names())
	assert.True(t, p.HasUnknown())
	assert.True(t, p.HasID())

	o := Order{ID: "1"}
	assert.Equal(t, "1", p.ID(&o))
	p.SetID(&o, "554023000003433063")
	assert.Equal(t, Order{ID: "554023000003433063"}, o)
}

func TestPlanWithoutID(t *testing.T) {
	t.Parallel()
	p := planOf[Period]()
	assert.False(t, p.HasID())
	assert.False(t, p.HasUnknown())
	v := Period{From: "a"}
	p.SetID(&v, "1")
	assert.Empty(t, p.ID(&v))
	assert.Equal(t, Period{From: "a"}, v)
}

func TestPlanIsBuiltOnce(t *testing.T) {
	t.Parallel()
	type fresh struct{ Again []*Order }
	var wg sync.WaitGroup
	plans := make([]*codec.Plan, 20)
	for i := range plans {
		wg.Go(func() { plans[i] = planOf[fresh]() })
	}
	wg.Wait()
	for _, p := range plans {
		assert.Same(t, plans[0], p)
	}
}

type Node struct {
	Name string `zoho:"Name"`
	Bad  *Fault
}

type Fault struct {
	Back *Node
	Ch   chan int
}

func TestFaults(t *testing.T) {
	t.Parallel()
	type Lead struct {
		Owner Ref `zoho:",readonyl"`
	}
	type (
		twice struct {
			A string `zoho:"X"`
			B string `zoho:"X"`
		}
		ambiguous struct {
			Period
			Span
		}
		twoUnknown struct {
			A Values `zoho:",unknown"`
			B Values `zoho:",unknown"`
		}
		namedUnknown struct {
			A Values `zoho:"A,unknown"`
		}
		textUnknown struct {
			A map[string]string `zoho:",unknown"`
		}
		numberID     struct{ ID int64 }
		function     struct{ F func() }
		complexField struct{ C complex128 }
		bytesField   struct{ B []byte }
		stringer     struct{ S interface{ String() string } }
		keyed        struct{ M map[int]any }
		both         struct {
			A string `zoho:",readonly,always"`
		}
		spaced struct {
			A string `zoho:"First Name"`
		}
		empty struct {
			A string `zoho:"A,"`
		}
		pointer struct{ *Period }
		nothing struct{ Lock sync.Mutex }
		oneWay  struct{ W chanText }
		endless struct{ L list }
	)
	for name, c := range map[string]struct {
		typ  reflect.Type
		want string
	}{
		"unknown option":     {reflect.TypeFor[Lead](), `zohohub: Lead.Owner: zoho tag ",readonyl": unknown option`},
		"duplicate":          {reflect.TypeFor[twice](), `zohohub: twice.B: zoho tag "X": X is the API name of the field A already`},
		"duplicate embedded": {reflect.TypeFor[ambiguous](), `zohohub: ambiguous.From: zoho tag "": From is the API name of the field From already`},
		"two unknown":        {reflect.TypeFor[twoUnknown](), `zohohub: twoUnknown.B: field A takes the unknown names already`},
		"named unknown":      {reflect.TypeFor[namedUnknown](), `zohohub: namedUnknown.A: zoho tag "A,unknown": a field for unknown names has no name of its own`},
		"unknown of text":    {reflect.TypeFor[textUnknown](), `zohohub: textUnknown.A: a field for unknown names is a map[string]any, not map[string]string`},
		"id not a string":    {reflect.TypeFor[numberID](), `zohohub: numberID.ID: an id is a string, not int64: Zoho's ids exceed 2^53`},
		"func":               {reflect.TypeFor[function](), `zohohub: function.F: none of Zoho's fields holds a func()`},
		"complex":            {reflect.TypeFor[complexField](), `zohohub: complexField.C: none of Zoho's fields holds a complex128`},
		"bytes":              {reflect.TypeFor[bytesField](), `zohohub: bytesField.B: none of Zoho's fields holds a []uint8`},
		"interface":          {reflect.TypeFor[stringer](), `zohohub: stringer.S: none of Zoho's fields holds a interface { String() string }`},
		"map keys":           {reflect.TypeFor[keyed](), `zohohub: keyed.M: none of Zoho's fields holds a map[int]interface {}`},
		"contradiction":      {reflect.TypeFor[both](), `zohohub: both.A: zoho tag ",readonly,always": readonly and always exclude each other`},
		"space":              {reflect.TypeFor[spaced](), `zohohub: spaced.A: zoho tag "First Name": not an API name`},
		"empty option":       {reflect.TypeFor[empty](), `zohohub: empty.A: zoho tag "A,": unknown option`},
		"embedded pointer":   {reflect.TypeFor[pointer](), `zohohub: pointer.Period: an embedded pointer has no place for its fields; embed the struct itself`},
		"nothing to fill":    {reflect.TypeFor[nothing](), `zohohub: nothing.Lock: sync.Mutex has no field that Zoho could fill`},
		"one direction":      {reflect.TypeFor[oneWay](), `zohohub: oneWay.W: codec_test.chanText has methods for one direction only and is of a kind that Zoho's fields do not have`},
		"itself alone":       {reflect.TypeFor[endless](), `zohohub: endless.L: codec_test.list is made of itself alone`},
		"nested, in a cycle": {reflect.TypeFor[Node](), `zohohub: Fault.Ch: none of Zoho's fields holds a chan int`},
		"not a struct":       {reflect.TypeFor[int](), `zohohub: int: a record is a struct`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, codec.For(c.typ).Err(), c.want)
			assert.EqualError(t, codec.For(c.typ).Err(), c.want, "the fault is kept")
		})
	}
}

type list []map[string]*list

type chanText chan int

func (chanText) MarshalText() ([]byte, error) { return nil, nil }

func TestTypesWithoutFaults(t *testing.T) {
	t.Parallel()
	type known struct {
		T  time.Time
		P  *time.Time
		R  json.RawMessage
		RR []json.RawMessage
		N  []json.Number
		D  []Day
		C  map[Status]*Celsius
		A  []any
	}
	type tree struct{ Rows []struct{ Rows []*known } }
	require.NoError(t, planOf[tree]().Err())
	require.NoError(t, planOf[known]().Err())
	assert.NoError(t, planOf[struct{}]().Err())
}

// Span has a name that Period has too.
type Span struct{ From string }

func TestShadowing(t *testing.T) {
	t.Parallel()
	type outer struct {
		Period
		From int // as in Go, this one counts
		Span `zoho:"-"`
	}
	p := codec.For(reflect.TypeFor[outer]())
	require.NoError(t, p.Err())
	assert.Equal(t, []string{"To", "From"}, p.Names())
	var v outer
	require.NoError(t, p.Decode([]byte(`{"From":7,"To":"x"}`), &v))
	assert.Equal(t, outer{Period: Period{To: "x"}, From: 7}, v)
}
