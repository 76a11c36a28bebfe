package codec

import (
	"fmt"
	"reflect"
	"slices"
)

// EncodeFields writes values by their API names, sorted: nil is null, and so are a zero time and a date without a day;
// nil slices are empty lists, which is how Zoho's lists are cleared; every other value is written as it is, zero too.
// An error names the key and, inside a value, the way to it.
func EncodeFields(m map[string]any) ([]byte, error) {
	if m == nil {
		m = map[string]any{}
	}
	var e encoder
	if err := encodeObject(&e, reflect.ValueOf(m)); err != nil {
		return nil, fmt.Errorf("zohohub: %w", err)
	}
	return e.buf, nil
}

// DecodeFields reads one JSON object. Numbers are json.Number, so that none of their digits is lost; nested objects are
// map[string]any and lists []any.
func DecodeFields(data []byte) (map[string]any, error) {
	d := newDecoder(data)
	defer d.free()
	m := map[string]any{}
	err := d.object(func(name string) error {
		value, err := d.any()
		m[name] = value
		return err
	})
	if err != nil {
		return nil, d.fault(err)
	}
	return m, d.end()
}

// Fields is the whole of v, a *T, as [DecodeFields] reads it from Zoho: zero values, what is readonly and the unknown
// names are in it, lookups with their names; empty pointers, times, dates and lookups are nil. An empty id is left out.
func (p *Plan) Fields(v any) (map[string]any, error) {
	r := p.elem(v)
	e := encoder{all: true}
	out := e.object()
	if p.id != nil && p.ID(v) != "" {
		if err := out.member("id", func() error { return p.id.coder.encode(&e, p.id.value(r)) }); err != nil {
			return nil, p.unwritable(err)
		}
	}
	for _, f := range p.fields {
		if err := out.member(f.name, func() error { return f.coder.encode(&e, f.value(r)) }); err != nil {
			return nil, p.unwritable(err)
		}
	}
	if err := p.encodeUnknown(out, r, false); err != nil {
		return nil, p.unwritable(err)
	}
	out.end()
	return DecodeFields(e.buf)
}

// CheckNames refuses a Go field's name where its API name was meant, "FirstName" for "First_Name", in the rows of
// subforms too. Names that the struct does not have are not its business.
func (p *Plan) CheckNames(fields map[string]any) error {
	return p.checkNames(reflect.ValueOf(fields), "")
}

func (p *Plan) checkNames(m reflect.Value, path string) error {
	for _, key := range sortedKeys(m) {
		name := key.String()
		f := p.byName[name]
		if f == nil {
			if meant := p.goField(name); meant != nil {
				return fmt.Errorf("zohohub: %s%q is the name of a Go field; Zoho's is %q", path, name, meant.name)
			}
			continue
		}
		if f.coder.plan != nil {
			if err := f.coder.plan.checkValue(m.MapIndex(key), path+name+": "); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkValue looks for maps keyed by names in a value for a struct or a list of structs.
func (p *Plan) checkValue(v reflect.Value, path string) error {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			return p.checkNames(v, path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := p.checkValue(v.Index(i), path); err != nil {
				return err
			}
		}
	default:
	}
	return nil
}

func (p *Plan) goField(name string) *field {
	if p.id != nil && p.id.goName == name {
		return p.id
	}
	if i := slices.IndexFunc(p.fields, func(f *field) bool { return f.goName == name }); i >= 0 {
		return p.fields[i]
	}
	return nil
}
