package codec

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

func decodeSlice(d *decoder, v reflect.Value, elem *coder) error {
	switch d.json.PeekKind() {
	case jsontext.KindNull:
		v.SetZero()
		return d.skip()
	case jsontext.KindBeginArray:
	default:
		if d.blank() {
			v.SetZero()
			return d.skip()
		}
		one := reflect.MakeSlice(v.Type(), 1, 1)
		if err := elem.decode(d, one.Index(0)); err != nil {
			return err
		}
		v.Set(one)
		return nil
	}
	if err := d.skipToken(); err != nil {
		return err
	}
	list := reflect.New(v.Type()).Elem() // a new one: a copy of the record may hold the old
	list.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for n := 0; d.more(jsontext.KindEndArray); n++ {
		list.Grow(1)
		list.SetLen(n + 1)
		if err := elem.decode(d, list.Index(n)); err != nil {
			return at("["+strconv.Itoa(n)+"]", err)
		}
	}
	v.Set(list)
	return d.skipToken()
}

func decodeMap(d *decoder, v reflect.Value, elem *coder) error {
	if d.null() {
		v.SetZero()
		return d.skip()
	}
	m := reflect.MakeMap(v.Type())
	err := d.object(func(name string) error {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := elem.decode(d, e); err != nil {
			return at(name, err)
		}
		m.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), e)
		return nil
	})
	if err != nil {
		return err
	}
	v.Set(m)
	return nil
}

func decodeStruct(d *decoder, v reflect.Value, p *Plan) error {
	switch d.json.PeekKind() {
	case jsontext.KindNull:
		v.SetZero()
		return d.skip()
	case jsontext.KindBeginObject:
	case jsontext.KindString, jsontext.KindNumber:
		if p.id == nil || !has(p.typ, valuerType) {
			return d.mismatch(v.Type())
		}
		v.SetZero() // a reference, of which older versions send the id alone
		return p.id.coder.decode(d, p.id.value(v))
	default:
		return d.mismatch(v.Type())
	}
	if err := d.skipToken(); err != nil {
		return err
	}
	v.SetZero()
	for d.more(jsontext.KindEndObject) {
		name, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		if err := d.member(p, p.find(d, name), name, v); err != nil {
			return err
		}
	}
	return d.skipToken()
}

func decodeAny(d *decoder, v reflect.Value) error {
	value, err := d.any()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(&value).Elem())
	return nil
}

func decodeObject(d *decoder, v reflect.Value) error {
	switch d.json.PeekKind() {
	case jsontext.KindNull:
		v.SetZero()
		return d.skip()
	case jsontext.KindBeginObject:
	default:
		return d.mismatch(v.Type())
	}
	if v.Type().Key() != stringType {
		return decodeMap(d, v, &coder{decode: decodeAny})
	}
	value, err := d.any()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(value).Convert(v.Type()))
	return nil
}

var stringType = reflect.TypeFor[string]()

// any reads a value without a type: numbers as json.Number, objects as map[string]any, lists as []any.
func (d *decoder) any() (any, error) {
	switch d.json.PeekKind() {
	case jsontext.KindBeginObject:
		m := map[string]any{}
		return m, d.object(func(name string) error {
			value, err := d.any()
			m[name] = value
			return err
		})
	case jsontext.KindBeginArray:
		if err := d.skipToken(); err != nil {
			return nil, err
		}
		list := []any{}
		for d.more(jsontext.KindEndArray) {
			value, err := d.any()
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, d.skipToken()
	default:
		return d.anyScalar()
	}
}

func (d *decoder) anyScalar() (any, error) {
	raw, err := d.json.ReadValue()
	if err != nil {
		return nil, err
	}
	switch raw[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return raw[0] == 't', nil
	case '"':
		return d.str(d.unquote(raw)), nil
	default:
		return json.Number(d.str(raw)), nil
	}
}
