package codec

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Each function here reads the next value into v. The kind that Zoho sends for the type comes first; the others are
// what the lenient reading accepts, at no cost to the strict one.

func decodeString(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	s, err := d.scalar(raw, v.Type())
	if err != nil {
		return err
	}
	v.SetString(d.str(s))
	return nil
}

// scalar is the text of a string, number or boolean, every digit of it, and nothing for null.
func (d *decoder) scalar(raw []byte, t reflect.Type) ([]byte, error) {
	switch raw[0] {
	case '"':
		return d.unquote(raw), nil
	case 'n':
		return nil, nil
	case '{', '[':
		return nil, misfit(raw, t, nil)
	default:
		return raw, nil
	}
}

func decodeStrings(d *decoder, v reflect.Value) error {
	if d.json.PeekKind() != jsontext.KindBeginArray {
		return decodeSlice(d, v, &coder{decode: decodeString})
	}
	if err := d.skipToken(); err != nil {
		return err
	}
	var few [8]string
	list := few[:0]
	for d.more(jsontext.KindEndArray) {
		raw, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		s, err := d.scalar(raw, v.Type().Elem())
		if err != nil {
			return at("["+strconv.Itoa(len(list))+"]", err)
		}
		list = append(list, d.str(s))
	}
	*addr[*[]string](v) = append(make([]string, 0, len(list)), list...)
	return d.skipToken()
}

func decodeBool(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	s, err := d.scalar(raw, v.Type())
	if err != nil {
		return err
	}
	switch string(s) {
	case "true":
		v.SetBool(true)
	case "false", "":
		v.SetBool(false)
	default:
		return misfit(raw, v.Type(), nil)
	}
	return nil
}

var (
	errRange    = errors.New("out of range")
	errNoNumber = errors.New("not a number; string and any take it")
)

func decodeInt(d *decoder, v reflect.Value) error {
	raw, s, err := d.digits(v.Type())
	if err != nil || s == nil {
		v.SetZero()
		return err
	}
	n, err := strconv.ParseInt(string(s), 10, v.Type().Bits())
	if err != nil {
		return misfitNumber(raw, v.Type(), err)
	}
	v.SetInt(n)
	return nil
}

func decodeUint(d *decoder, v reflect.Value) error {
	raw, s, err := d.digits(v.Type())
	if err != nil || s == nil {
		v.SetZero()
		return err
	}
	n, err := strconv.ParseUint(string(s), 10, v.Type().Bits())
	if err != nil {
		return misfitNumber(raw, v.Type(), err)
	}
	v.SetUint(n)
	return nil
}

func decodeFloat(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	s, err := d.scalar(raw, v.Type())
	if err != nil || len(s) == 0 {
		v.SetZero()
		return err
	}
	f, err := strconv.ParseFloat(string(s), v.Type().Bits())
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return misfitNumber(raw, v.Type(), err)
	}
	v.SetFloat(f)
	return nil
}

// misfitNumber leaves out strconv's text, which holds the value.
func misfitNumber(raw []byte, t reflect.Type, err error) error {
	switch {
	case errors.Is(err, strconv.ErrRange):
		return misfit(raw, t, errRange)
	case raw[0] == '"':
		return misfit(raw, t, errNoNumber)
	}
	return misfit(raw, t, nil)
}

// digits reads what may stand for a whole number, in the form that strconv takes: 123.0 and 1.2e3 are whole too.
// Nothing is returned for null and "".
func (d *decoder) digits(t reflect.Type) (raw, digits []byte, err error) {
	raw, err = d.json.ReadValue()
	if err != nil {
		return nil, nil, err
	}
	s, err := d.scalar(raw, t)
	if err != nil || len(s) == 0 {
		return raw, nil, err
	}
	if i := bytes.IndexByte(s, '.'); i > 0 && len(bytes.Trim(s[i+1:], "0")) == 0 {
		return raw, s[:i], nil
	}
	if bytes.ContainsAny(s, "eE") {
		f, err := strconv.ParseFloat(string(s), 64)
		if err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			return raw, strconv.AppendFloat(nil, f, 'f', -1, 64), nil
		}
	}
	return raw, s, nil
}

func decodeTime(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	t := addr[*time.Time](v)
	switch {
	case raw[0] == 'n':
		*t = time.Time{}
		return nil
	case raw[0] != '"':
		return misfit(raw, v.Type(), nil)
	}
	s := d.unquote(raw)
	if len(s) == 0 {
		*t = time.Time{}
		return nil
	}
	if t.UnmarshalText(s) != nil {
		// Older versions leave out the offset's colon. A fraction is accepted without being named.
		if *t, err = time.Parse("2006-01-02T15:04:05Z0700", string(s)); err != nil {
			if _, day := time.Parse(time.DateOnly, string(s)); day == nil {
				return misfit(raw, v.Type(), errors.New("a date: zohohub.Date is the type for it"))
			}
			return misfit(raw, v.Type(), errors.New("not a time with an offset"))
		}
	}
	if _, offset := t.Zone(); offset == 0 {
		*t = t.UTC() // +00:00 is the same value as Z, whatever the machine's zone
	}
	return nil
}

func decodeRaw(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	if raw[0] == 'n' {
		v.SetZero()
		return nil
	}
	v.SetBytes(bytes.ToValidUTF8(bytes.Clone(raw), []byte("\uFFFD"))) // so that it can be written back
	return nil
}

func decodeNumber(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	s, err := d.scalar(raw, v.Type())
	if err != nil {
		return err
	}
	if len(s) > 0 && !isNumber(s) {
		return misfitNumber(raw, v.Type(), nil)
	}
	v.SetString(d.str(s))
	return nil
}

func isNumber(b []byte) bool {
	n := jsontext.Value(b)
	return n.Kind() == jsontext.KindNumber && n.IsValid() && b[len(b)-1] >= '0' && b[len(b)-1] <= '9'
}

func decodeUnmarshaler(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	v.SetZero()
	if err := addr[json.Unmarshaler](v).UnmarshalJSON(raw); err != nil {
		return misfit(raw, v.Type(), err)
	}
	return nil
}

func decodeText(d *decoder, v reflect.Value) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	s, err := d.scalar(raw, v.Type())
	if err != nil {
		return err
	}
	v.SetZero()
	if len(s) == 0 {
		return nil
	}
	if err := addr[encoding.TextUnmarshaler](v).UnmarshalText(s); err != nil {
		return misfit(raw, v.Type(), err)
	}
	return nil
}
