package codec

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// timeLayout is the one form that every version of Zoho's API takes: the offset in figures, UTC's too, no fraction.
const timeLayout = "2006-01-02T15:04:05-07:00"

// maxDepth ends values that hold themselves.
const maxDepth = 500

// encoder builds one JSON value.
type encoder struct {
	buf   []byte
	depth int
	all   bool // as Zoho sends it: what is readonly too, and the whole of a lookup
}

func (e *encoder) raw(s string) { e.buf = append(e.buf, s...) }

func (e *encoder) null() error {
	e.raw("null")
	return nil
}

// quote refuses what is not UTF-8: it would reach Zoho as something else.
func (e *encoder) quote(s string) error {
	buf, err := jsontext.AppendQuote(e.buf, s)
	if err != nil {
		return errors.New("text is not UTF-8")
	}
	e.buf = buf
	return nil
}

func (e *encoder) deeper(encode func() error) error {
	if e.depth++; e.depth > maxDepth {
		return errors.New("nested too deep, or holds itself")
	}
	defer func() { e.depth-- }()
	return encode()
}

// Encode writes v, a *T, as it is created or, untracked, saved: the fields that are not zero, pointers that are set,
// and those tagged always; never the id, what is readonly or Zoho's alone to write, or the unknown names (but the field
// tagged ",unknown,always" is written as well).
func (p *Plan) Encode(v any) ([]byte, error) {
	var e encoder
	if err := p.encode(&e, p.elem(v), false); err != nil {
		return nil, p.unwritable(err)
	}
	return e.buf, nil
}

func (p *Plan) unwritable(err error) error {
	return fmt.Errorf("zohohub: %s: %w", typeName(p.typ), err)
}

// encode writes a record, whose id has its own place in a request, or what is nested in one: with its id.
func (p *Plan) encode(e *encoder, v reflect.Value, nested bool) error {
	return e.deeper(func() error {
		o := e.object()
		if nested && p.id != nil {
			if id := p.id.value(v).String(); id != "" {
				if err := o.member("id", func() error { return e.quote(id) }); err != nil {
					return err
				}
			}
		}
		for _, f := range p.fields {
			fv := f.value(v)
			if !f.written(nested) && !e.all || f.coder.empty(fv) && !f.always {
				continue
			}
			if err := o.member(f.name, func() error { return f.encode(e, fv) }); err != nil {
				return err
			}
		}
		if err := p.encodeUnknown(o, v, nested); err != nil {
			return err
		}
		o.end()
		return nil
	})
}

func (p *Plan) encodeUnknown(o *object, v reflect.Value, nested bool) error {
	if p.unknown == nil || !p.unknown.always && !o.e.all {
		return nil
	}
	m := p.unknown.value(v)
	for _, key := range sortedKeys(m) {
		if f, ok := p.byName[key.String()]; ok {
			return fmt.Errorf("%s: %s belongs to the field %s", p.unknown.goName, key, f.goName)
		}
		if !o.e.all && isSystem(key.String(), nested) {
			continue
		}
		if err := o.member(key.String(), func() error { return encodeLoose(o.e, m.MapIndex(key)) }); err != nil {
			return err
		}
	}
	return nil
}

// encode writes the field's value.
func (f *field) encode(e *encoder, v reflect.Value) error {
	start := len(e.buf)
	if err := f.coder.encode(e, v); err != nil || !f.coder.loose {
		return err
	}
	return e.own(start)
}

// encodeLoose writes a value of the names that the struct does not have.
func encodeLoose(e *encoder, v reflect.Value) error {
	start := len(e.buf)
	if err := encodeInterface(e, v); err != nil {
		return err
	}
	return e.own(start)
}

// object writes the members of a JSON object.
type object struct {
	e    *encoder
	some bool
}

func (e *encoder) object() *object {
	e.raw("{")
	return &object{e: e}
}

func (o *object) member(name string, value func() error) error {
	if o.some {
		o.e.raw(",")
	}
	o.some = true
	err := o.e.quote(name)
	if err == nil {
		o.e.raw(":")
		err = value()
	}
	if err != nil {
		return within(name, err)
	}
	return nil
}

func (o *object) end() { o.e.raw("}") }

// pathError is a value that cannot be written, and the way to it.
type pathError struct {
	path string
	err  error
}

func (p *pathError) Error() string { return p.path + ": " + p.err.Error() }
func (p *pathError) Unwrap() error { return p.err }

func within(step string, err error) error {
	if inner, ok := err.(*pathError); ok { //nolint:errorlint // only our own, unwrapped, is extended
		if inner.path[0] != '[' {
			step += "."
		}
		return &pathError{path: step + inner.path, err: inner.err}
	}
	return &pathError{path: step, err: err}
}

func sortedKeys(m reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(m.MapKeys()), func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
}

func encodeString(e *encoder, v reflect.Value) error { return e.quote(v.String()) }

func encodeStrings(e *encoder, v reflect.Value) error {
	return encodeSlice(e, v, &coder{encode: encodeString})
}

func encodeBool(e *encoder, v reflect.Value) error {
	e.buf = strconv.AppendBool(e.buf, v.Bool())
	return nil
}

func encodeInt(e *encoder, v reflect.Value) error {
	e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	return nil
}

func encodeUint(e *encoder, v reflect.Value) error {
	e.buf = strconv.AppendUint(e.buf, v.Uint(), 10)
	return nil
}

func encodeFloat(e *encoder, v reflect.Value) error {
	text, err := appendFloat(e.buf, v.Float(), v.Type().Bits())
	e.buf = text
	return err
}

func appendFloat(dst []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, fmt.Errorf("%v is not a number of JSON's", f)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits), nil
}

func encodeTime(e *encoder, v reflect.Value) error {
	t := as[time.Time](v)
	if t.IsZero() {
		return e.null()
	}
	text, err := formatTime(t)
	if err != nil {
		return err
	}
	return e.quote(text)
}

func formatTime(t time.Time) (string, error) {
	if y := t.Year(); y < 0 || y > 9999 {
		return "", fmt.Errorf("the year %d has not four figures", y)
	}
	return t.Format(timeLayout), nil
}

func encodeRaw(e *encoder, v reflect.Value) error { return e.json(v.Bytes()) }

// json writes JSON that is not ours, checked and without the white space.
func (e *encoder) json(b []byte) error {
	if len(b) == 0 {
		return e.null()
	}
	value := jsontext.Value(slices.Clone(b))
	if err := value.Compact(jsontext.AllowDuplicateNames(true)); err != nil {
		return errors.New("not valid JSON")
	}
	e.buf = append(e.buf, value...)
	return nil
}

func encodeNumber(e *encoder, v reflect.Value) error {
	n := v.String()
	switch {
	case n == "":
		return e.null()
	case !isNumber([]byte(n)):
		return errors.New("not a number of JSON's")
	}
	e.raw(n)
	return nil
}

// encodeValuer asks the type what is written; as it was read, c still knows.
func encodeValuer(c coder) func(e *encoder, v reflect.Value) error {
	return func(e *encoder, v reflect.Value) error {
		if e.all && c.encode != nil && !v.IsZero() {
			return c.encode(e, v)
		}
		written := as[Valuer](v).ZohoValue()
		if err, refused := written.(error); refused {
			return err
		}
		return e.deeper(func() error { return encodeInterface(e, reflect.ValueOf(&written).Elem()) })
	}
}

func encodeMarshaler(e *encoder, v reflect.Value) error {
	b, err := as[json.Marshaler](v).MarshalJSON()
	if err != nil {
		return err
	}
	return e.json(b)
}

func encodeText(e *encoder, v reflect.Value) error {
	b, err := as[encoding.TextMarshaler](v).MarshalText()
	switch {
	case err != nil:
		return err
	case len(b) == 0:
		return e.null()
	}
	return e.quote(string(b))
}

func encodeSlice(e *encoder, v reflect.Value, elem *coder) error {
	return e.deeper(func() error {
		e.raw("[")
		for i := range v.Len() {
			if i > 0 {
				e.raw(",")
			}
			if err := elem.encode(e, v.Index(i)); err != nil {
				return within("["+strconv.Itoa(i)+"]", err)
			}
		}
		e.raw("]")
		return nil
	})
}

func encodeMap(e *encoder, v reflect.Value, elem func(reflect.Value) error) error {
	if v.IsNil() {
		return e.null()
	}
	return e.deeper(func() error {
		o := e.object()
		for _, key := range sortedKeys(v) {
			if err := o.member(key.String(), func() error { return elem(v.MapIndex(key)) }); err != nil {
				return err
			}
		}
		o.end()
		return nil
	})
}

func encodeObject(e *encoder, v reflect.Value) error {
	return encodeMap(e, v, func(v reflect.Value) error { return encodeInterface(e, v) })
}

// encodeInterface writes a value by the type that it turns out to have.
func encodeInterface(e *encoder, v reflect.Value) error {
	if v.IsNil() {
		return e.null()
	}
	v = v.Elem()
	c, err := coderFor(v.Type())
	if err != nil {
		return err
	}
	return e.deeper(func() error { return c.encode(e, v) })
}
