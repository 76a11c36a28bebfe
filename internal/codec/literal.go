package codec

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Dialect is where a literal stands, which decides what has to be escaped.
type Dialect int

const (
	// Criteria is the value of a search condition: ( ) , and \ are escaped with a backslash.
	Criteria Dialect = iota + 1
	// Header is the value of an HTTP header: nothing is escaped, and line breaks are refused.
	Header
	// Query is the value of a query parameter, before URL encoding: nothing is escaped.
	Query
)

var criteriaEscapes = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, `,`, `\,`)

// Literal writes one value as text: times with the offset in figures and without a fraction, whole numbers to the last
// digit, others without an exponent, lookups as their id. nil, lists and structs have no literal.
func Literal(v any, d Dialect) (string, error) {
	text, err := literal(reflect.ValueOf(v))
	if err != nil {
		return "", err
	}
	switch d {
	case Criteria:
		return criteriaEscapes.Replace(text), nil
	case Header:
		if strings.ContainsAny(text, "\r\n\x00") {
			return "", errors.New("a header's value is one line")
		}
		return text, nil
	case Query:
		return text, nil
	default:
		return "", fmt.Errorf("unknown dialect %d", d)
	}
}

func literal(v reflect.Value) (string, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "", errors.New("nil has no literal")
	}
	t := v.Type()
	switch {
	case t == timeType && as[time.Time](v).IsZero():
		return "", errors.New("a zero time has no literal")
	case t == timeType:
		return formatTime(as[time.Time](v))
	case has(t, valuerType):
		return literalOf(as[Valuer](v))
	case has(t, textMarshalType):
		b, err := as[encoding.TextMarshaler](v).MarshalText()
		if err == nil && len(b) == 0 {
			err = fmt.Errorf("an empty %s has no literal", t)
		}
		return string(b), err
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		b, err := appendFloat(nil, v.Float(), t.Bits())
		return string(b), err
	default:
		return "", fmt.Errorf("%s has no literal", t)
	}
}

// literalOf is what a lookup is known by: its id, or for an owner without one the e-mail address.
func literalOf(v Valuer) (string, error) {
	value := v.ZohoValue()
	if err, refused := value.(error); refused {
		return "", err
	}
	if members, ok := value.(map[string]any); ok && members["id"] != nil {
		return literal(reflect.ValueOf(members["id"]))
	}
	written := reflect.ValueOf(value)
	if written.Kind() == reflect.Map && written.Len() == 1 {
		return literal(written.MapIndex(written.MapKeys()[0]))
	}
	return "", fmt.Errorf("this %T has no literal", v)
}
