package codec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// coder reads and writes the values of one Go type.
type coder struct {
	decode func(d *decoder, v reflect.Value) error
	encode func(e *encoder, v reflect.Value) error
	empty  func(v reflect.Value) bool
	clear  string // what empties a field of this type on Zoho's side
	plan   *Plan  // of a struct, or of the structs that a pointer, slice or map leads to
	list   bool   // a slice of structs, or a pointer to one
	loose  bool   // a value that may turn out to be a subform, though it has no structs for rows
	blank  bool   // "" is no value
}

var (
	anyType           = reflect.TypeFor[any]()
	timeType          = reflect.TypeFor[time.Time]()
	rawType           = reflect.TypeFor[json.RawMessage]()
	numberType        = reflect.TypeFor[json.Number]()
	stringsType       = reflect.TypeFor[[]string]()
	valuerType        = reflect.TypeFor[Valuer]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	unmarshalerType   = reflect.TypeFor[json.Unmarshaler]()
	textMarshalType   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshalType = reflect.TypeFor[encoding.TextUnmarshaler]()
	zeroerType        = reflect.TypeFor[interface{ IsZero() bool }]()
)

func (b *builder) coder(t reflect.Type) (*coder, error) {
	c, err := b.byKind(t)
	if t.Kind() == reflect.Pointer || c == nil && !hasMethods(t) {
		return c, err
	}
	// A type's own methods go before its kind, each direction on its own.
	if c == nil {
		c = &coder{empty: emptyOf(t), clear: "null"}
	}
	if t == timeType || t == rawType || t == numberType {
		return c, nil
	}
	addMethods(c, t)
	if c.decode == nil || c.encode == nil {
		return nil, fmt.Errorf("%s has methods for one direction only and is of a kind that Zoho's fields do not have", t)
	}
	return c, nil
}

func addMethods(c *coder, t reflect.Type) {
	switch {
	case has(t, unmarshalerType):
		c.decode, c.plan, c.list, c.blank = decodeUnmarshaler, nil, false, false
	case has(t, textUnmarshalType):
		c.decode, c.plan, c.list, c.blank = decodeText, nil, false, true
	}
	switch {
	case has(t, valuerType):
		if has(t, marshalerType) {
			c.encode = encodeMarshaler
		}
		c.encode, c.list, c.loose, c.clear = encodeValuer(*c), false, false, "null"
		c.empty = func(v reflect.Value) bool { return v.IsZero() || as[Valuer](v).ZohoValue() == nil }
	case has(t, marshalerType):
		c.encode, c.list, c.loose, c.clear = encodeMarshaler, false, false, "null"
	case has(t, textMarshalType):
		c.encode, c.list, c.loose, c.clear = encodeText, false, false, "null"
	}
}

func (b *builder) byKind(t reflect.Type) (*coder, error) {
	switch t {
	case timeType:
		return &coder{decode: decodeTime, encode: encodeTime, empty: emptyOf(t), clear: "null", blank: true}, nil
	case rawType:
		return &coder{decode: decodeRaw, encode: encodeRaw, empty: emptyLen, clear: "null", loose: true}, nil
	case numberType:
		return &coder{decode: decodeNumber, encode: encodeNumber, empty: emptyLen, clear: "null", blank: true}, nil
	case stringsType:
		return &coder{decode: decodeStrings, encode: encodeStrings, empty: emptyLen, clear: "[]"}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return &coder{decode: decodeString, encode: encodeString, empty: emptyOf(t), clear: "null"}, nil
	case reflect.Bool:
		// Zoho's booleans are never null.
		return &coder{decode: decodeBool, encode: encodeBool, empty: emptyOf(t), clear: "false", blank: true}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &coder{decode: decodeInt, encode: encodeInt, empty: emptyOf(t), clear: "null", blank: true}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &coder{decode: decodeUint, encode: encodeUint, empty: emptyOf(t), clear: "null", blank: true}, nil
	case reflect.Float32, reflect.Float64:
		return &coder{decode: decodeFloat, encode: encodeFloat, empty: emptyOf(t), clear: "null", blank: true}, nil
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return &coder{decode: decodeAny, encode: encodeInterface, empty: emptyOf(t), clear: "null", loose: true}, nil
		}
	case reflect.Pointer:
		return b.pointer(t)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return b.slice(t)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return b.mapping(t)
		}
	case reflect.Struct:
		return b.structure(t)
	default:
	}
	return nil, fmt.Errorf("none of Zoho's fields holds a %s", t)
}

// elem is the coder of what a pointer, slice or map leads to. A struct may lead back to itself, these alone may not.
func (b *builder) elem(t reflect.Type) (*coder, error) {
	if b.open[t] {
		return nil, fmt.Errorf("%s is made of itself alone", t)
	}
	b.open[t] = true
	defer delete(b.open, t)
	return b.coder(t.Elem())
}

func (b *builder) pointer(t reflect.Type) (*coder, error) {
	elem, err := b.elem(t)
	if err != nil {
		return nil, err
	}
	return &coder{
		plan: elem.plan, list: elem.list, loose: elem.loose, empty: emptyOf(t), clear: elem.clear, blank: elem.blank,
		decode: func(d *decoder, v reflect.Value) error {
			if d.null() || elem.blank && d.blank() {
				v.SetZero()
				return d.skip()
			}
			p := reflect.New(t.Elem()) // never through the old one: a copy of the record may hold it
			if err := elem.decode(d, p.Elem()); err != nil {
				return err
			}
			v.Set(p)
			return nil
		},
		encode: func(e *encoder, v reflect.Value) error {
			if v.IsNil() {
				return e.null()
			}
			return e.deeper(func() error { return elem.encode(e, v.Elem()) })
		},
	}, nil
}

func (b *builder) slice(t reflect.Type) (*coder, error) {
	elem, err := b.elem(t)
	if err != nil {
		return nil, err
	}
	return &coder{
		plan: elem.plan, empty: emptyLen, clear: "[]",
		list:   elem.plan != nil && isRow(t.Elem()),
		loose:  elem.loose || isMap(t.Elem()),
		decode: func(d *decoder, v reflect.Value) error { return decodeSlice(d, v, elem) },
		encode: func(e *encoder, v reflect.Value) error { return encodeSlice(e, v, elem) },
	}, nil
}

// isRow tells a subform's row from a value that merely happens to be a struct: a row is written field by field.
func isRow(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !hasMethods(t)
}

func isMap(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Map && !hasMethods(t)
}

func (b *builder) mapping(t reflect.Type) (*coder, error) {
	if t.Elem() == anyType {
		return &coder{decode: decodeObject, encode: encodeObject, empty: emptyLen, clear: "null"}, nil
	}
	elem, err := b.elem(t)
	if err != nil {
		return nil, err
	}
	return &coder{
		plan: elem.plan, empty: emptyLen, clear: "null",
		decode: func(d *decoder, v reflect.Value) error { return decodeMap(d, v, elem) },
		encode: func(e *encoder, v reflect.Value) error {
			return encodeMap(e, v, func(v reflect.Value) error { return elem.encode(e, v) })
		},
	}, nil
}

func (b *builder) structure(t reflect.Type) (*coder, error) {
	p := b.plan(t)
	if len(p.byName) == 0 && p.unknown == nil && p.fault == nil && !hasMethods(t) {
		return nil, fmt.Errorf("%s has no field that Zoho could fill", t)
	}
	return &coder{
		plan: p, empty: emptyOf(t), clear: "null",
		decode: func(d *decoder, v reflect.Value) error { return decodeStruct(d, v, p) },
		encode: func(e *encoder, v reflect.Value) error { return p.encode(e, v, true) },
	}, nil
}

// coders are for values whose type shows only when they are written, in Fields.
var coders sync.Map // reflect.Type → *coder

func coderFor(t reflect.Type) (*coder, error) {
	if c, ok := load[*coder](&coders, t); ok {
		return c, nil
	}
	b := builder{plans: map[reflect.Type]*Plan{}, open: map[reflect.Type]bool{}}
	c, err := b.coder(t)
	if err != nil {
		return nil, err
	}
	if c.plan != nil {
		if err := c.plan.firstFault(map[*Plan]bool{}); err != nil {
			return nil, err
		}
	}
	coders.Store(t, c)
	return c, nil
}

// has tells whether t or *t has the method: the library's records are addressable, and copies are made where they are not.
func has(t, method reflect.Type) bool {
	return t.Implements(method) || reflect.PointerTo(t).Implements(method)
}

func hasMethods(t reflect.Type) bool {
	for _, m := range []reflect.Type{valuerType, marshalerType, unmarshalerType, textMarshalType, textUnmarshalType} {
		if has(t, m) {
			return true
		}
	}
	return false
}

// as returns v as the interface that it, or a pointer to it, implements.
func as[T any](v reflect.Value) T {
	if m, ok := reflect.TypeAssert[T](v); ok {
		return m
	}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	return addr[T](v)
}

// addr returns what v's address is: a pointer, or an interface that the pointer implements.
func addr[T any](v reflect.Value) T {
	m, _ := reflect.TypeAssert[T](v.Addr())
	return m
}

func emptyOf(t reflect.Type) func(reflect.Value) bool {
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && has(t, zeroerType) {
		return func(v reflect.Value) bool { return as[interface{ IsZero() bool }](v).IsZero() }
	}
	return reflect.Value.IsZero
}

func emptyLen(v reflect.Value) bool { return v.Len() == 0 }
