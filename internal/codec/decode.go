package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// chunkSize bounds how much of a page a single string keeps alive.
const chunkSize = 4 << 10

// decoder reads one body. Its strings are cut from chunks that many of them share: a page of 200 records with 37
// fields each takes some dozens of allocations for them and not thousands.
type decoder struct {
	src   bytes.Buffer
	json  jsontext.Decoder
	size  int             // of the body
	chunk strings.Builder // grows within its capacity only, so that what was cut from it stays
	text  []byte          // of a string with escapes
	order []*field        // of the record before: Zoho keeps to one order of names
}

var decoders sync.Pool // of *decoder

// asEncodingJSON is what the package comment gives the reasons for.
var asEncodingJSON = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

func newDecoder(data []byte) *decoder {
	d, ok := decoders.Get().(*decoder)
	if !ok {
		d = new(decoder)
	}
	d.src = *bytes.NewBuffer(data)
	d.json.Reset(&d.src, asEncodingJSON...)
	d.size = len(data)
	return d
}

// free gives the decoder back; nothing of the body or of the records stays with it.
func (d *decoder) free() {
	d.src = bytes.Buffer{}
	d.json.Reset(&d.src)
	d.chunk.Reset()
	d.order = d.order[:0]
	if cap(d.text) > chunkSize {
		d.text = nil
	}
	decoders.Put(d)
}

// Decode reads one JSON object into v, a *T. Fields whose names the object does not have stay as they are; null makes
// the zero value. It reads strictly first and, where that fails, what is plainly meant: a number where the field is
// text, "1024" and 123.0 where it is a whole number, "true", one value where it is a list.
// The error is a [*DecodeError] or a [*SyntaxError].
func (p *Plan) Decode(data []byte, v any) error {
	d := newDecoder(data)
	defer d.free()
	if err := d.record(p, p.elem(v)); err != nil {
		return p.named(ofRecord(data, err))
	}
	return d.end()
}

// DecodeList reads the records of an answer, {"<key>": […], "info": {…}}. For each it asks next for the *T to read
// into and, when done is not nil, tells it the record's JSON, which is valid during the call only.
// A missing list and null are empty lists. info is the object of that name as it came, nil without one; it is part of
// body.
func (p *Plan) DecodeList(body []byte, key string, next func() any, done func(raw []byte)) (info []byte, err error) {
	d := newDecoder(body)
	defer d.free()
	err = d.object(func(name string) error {
		switch name {
		case key:
			return d.list(p, body, key, next, done)
		case "info":
			value, err := d.json.ReadValue()
			info = value
			return err
		default:
			return d.json.SkipValue()
		}
	})
	if err != nil {
		return nil, p.named(d.fault(err))
	}
	return info, d.end()
}

func (p *Plan) named(err error) error {
	if e, ok := err.(*DecodeError); ok { //nolint:errorlint // never wrapped in here
		e.Root = p.typ
	}
	return err
}

// ofRecord names the record whose JSON data begins with: a place in a page says nothing once the page is gone.
func ofRecord(data []byte, err error) error {
	e, ok := err.(*DecodeError) //nolint:errorlint // never wrapped in here
	if !ok {
		return err
	}
	d := newDecoder(data)
	defer d.free()
	_ = d.object(func(name string) error { // an error here is one that has been met before
		value, err := d.json.ReadValue()
		if err == nil && name == "id" && len(value) <= maxID {
			e.Record = string(bytes.Trim(value, `"`))
		}
		return err
	})
	return err
}

// maxID bounds what is taken for an id in an error's text; Zoho's have some twenty figures.
const maxID = 40

func (d *decoder) list(p *Plan, body []byte, key string, next func() any, done func(raw []byte)) error {
	if d.null() {
		return d.skip()
	}
	if d.json.PeekKind() != jsontext.KindBeginArray {
		return at(key, d.mismatch(reflect.SliceOf(p.typ)))
	}
	if err := d.skipToken(); err != nil {
		return err
	}
	for i := 0; d.more(jsontext.KindEndArray); i++ {
		if d.json.PeekKind() != jsontext.KindBeginObject {
			return at(fmt.Sprintf("%s[%d]", key, i), d.mismatch(p.typ))
		}
		v := p.elem(next())
		start, err := d.recordAt(p, v)
		if err != nil {
			return at(fmt.Sprintf("%s[%d]", key, i), ofRecord(body[start:], err))
		}
		if done != nil {
			done(body[start:d.json.InputOffset()])
		}
	}
	return d.skipToken()
}

// record reads a body that is one object.
func (d *decoder) record(p *Plan, v reflect.Value) error {
	if d.json.PeekKind() != jsontext.KindBeginObject {
		return d.fault(d.mismatch(p.typ))
	}
	_, err := d.recordAt(p, v)
	return d.fault(err)
}

func (d *decoder) recordAt(p *Plan, v reflect.Value) (start int64, err error) {
	if err := d.skipToken(); err != nil {
		return 0, err
	}
	start = d.json.InputOffset() - 1
	if p.unknown != nil {
		// Not into the map that is there: a copy of the record may hold it too.
		m := p.unknown.value(v)
		m.Set(cloneMap(m))
	}
	for k := 0; d.more(jsontext.KindEndObject); k++ {
		name, err := d.json.ReadValue()
		if err != nil {
			return start, err
		}
		var f *field
		if k < len(d.order) && d.order[k] != nil && d.order[k].quoted == string(name) {
			f = d.order[k]
		} else {
			f = p.find(d, name)
			for len(d.order) <= k {
				d.order = append(d.order, nil)
			}
			d.order[k] = f
		}
		if err := d.member(p, f, name, v); err != nil {
			return start, err
		}
	}
	return start, d.skipToken()
}

// find returns the field of a name given as JSON, nil when there is none.
func (p *Plan) find(d *decoder, quoted []byte) *field {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return p.byName[string(quoted[1:len(quoted)-1])]
	}
	return p.byName[string(d.unquote(quoted))]
}

func (d *decoder) member(p *Plan, f *field, name []byte, v reflect.Value) error {
	if f != nil {
		if err := f.coder.decode(d, f.value(v)); err != nil {
			return at(f.name, err)
		}
		return nil
	}
	if p.unknown == nil {
		return d.json.SkipValue()
	}
	key := string(d.unquote(name))
	value, err := d.any()
	if err != nil {
		return at(key, err)
	}
	m := p.unknown.value(v)
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	m.SetMapIndex(reflect.ValueOf(key).Convert(m.Type().Key()), reflect.ValueOf(&value).Elem())
	return nil
}

// end refuses what follows the body's one value.
func (d *decoder) end() error {
	if _, err := d.json.ReadToken(); !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SyntaxError{Offset: d.json.InputOffset()}
	}
	return nil
}

func (d *decoder) fault(err error) error {
	if _, ok := errors.AsType[*DecodeError](err); ok || err == nil {
		return err
	}
	return syntax(err, d.json.InputOffset()) // whatever else there is comes from the tokens
}

func (d *decoder) skipToken() error {
	_, err := d.json.ReadToken()
	return err
}

func (d *decoder) skip() error { return d.json.SkipValue() }

func (d *decoder) null() bool { return d.json.PeekKind() == jsontext.KindNull }

// blank tells that the next value is "".
func (d *decoder) blank() bool {
	return d.json.PeekKind() == jsontext.KindString &&
		bytes.HasPrefix(bytes.TrimLeft(d.json.UnreadBuffer(), " \t\r\n:,"), []byte(`""`))
}

// more tells whether the object or array goes on. At a fault it says yes: the read that follows returns the error.
func (d *decoder) more(end jsontext.Kind) bool { return d.json.PeekKind() != end }

// object reads an object whose names are few.
func (d *decoder) object(member func(name string) error) error {
	if d.json.PeekKind() != jsontext.KindBeginObject {
		return d.mismatch(reflect.TypeFor[map[string]any]())
	}
	if err := d.skipToken(); err != nil {
		return err
	}
	for d.more(jsontext.KindEndObject) {
		name, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		if err := member(string(d.unquote(name))); err != nil {
			return err
		}
	}
	return d.skipToken()
}

// mismatch reads the value that does not fit and says so.
func (d *decoder) mismatch(t reflect.Type) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	return misfit(raw, t, nil)
}

func misfit(raw []byte, t reflect.Type, cause error) error {
	return &DecodeError{Type: t, Kind: kindName(raw), Err: cause}
}

// unquote returns the text of a JSON string, valid until the next.
func (d *decoder) unquote(raw []byte) []byte {
	inner := raw[1 : len(raw)-1]
	if plain(inner) {
		return inner
	}
	// The decoder has checked raw; the one error left is bytes that are not UTF-8, which have become U+FFFD.
	d.text, _ = jsontext.AppendUnquote(d.text[:0], raw)
	return d.text
}

// plain tells that a JSON string's inside is its text.
func plain(b []byte) bool { return bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) }

func cloneMap(m reflect.Value) reflect.Value {
	if m.IsNil() {
		return m
	}
	c := reflect.MakeMapWithSize(m.Type(), m.Len())
	for k, v := range m.Seq2() {
		c.SetMapIndex(k, v)
	}
	return c
}

// str makes a string of b within the current chunk.
func (d *decoder) str(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if d.chunk.Cap()-d.chunk.Len() < len(b) {
		d.chunk.Reset()
		d.chunk.Grow(max(len(b), min(d.size, chunkSize)))
	}
	start := d.chunk.Len()
	d.chunk.Write(b)
	return d.chunk.String()[start:]
}
