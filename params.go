package zohohub

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// addParams writes params into a query. A name that is there already is an error: which one counts would be a guess.
func addParams(query url.Values, params Params) error {
	for name, value := range params {
		text, ok, err := paramText(reflect.ValueOf(value))
		if err != nil {
			return fmt.Errorf("parameter %s: %w", quote([]byte(name)), err)
		}
		if !ok {
			continue
		}
		if query.Has(name) {
			return fmt.Errorf("parameter %s is in the path too", quote([]byte(name)))
		}
		query.Set(name, text)
	}
	return nil
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	stringerType = reflect.TypeFor[fmt.Stringer]()
)

// paramText is a value as it stands in a query; ok is false for nil.
func paramText(v reflect.Value) (text string, ok bool, err error) {
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface || v.Kind() == reflect.Slice) && v.IsNil() {
		return "", false, nil
	}
	if v.Kind() == reflect.Interface || v.Type() == reflect.PointerTo(timeType) { // a time's own String is for debugging
		return paramText(v.Elem())
	}
	switch {
	case v.Type() != timeType && v.Type().Implements(stringerType):
		return v.Interface().(fmt.Stringer).String(), true, nil
	case v.Kind() == reflect.Pointer:
		return paramText(v.Elem())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8: // bytes are no list of numbers
		texts := make([]string, 0, v.Len())
		for i := range v.Len() {
			text, ok, err := paramText(v.Index(i))
			if err != nil {
				return "", false, err
			}
			if ok {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, ","), true, nil
	}
	if text, err = codec.Literal(v.Interface(), codec.Query); err != nil {
		return "", false, fmt.Errorf("a value of type %v cannot stand in a query: %w", v.Type(), err)
	}
	return text, true, nil
}
