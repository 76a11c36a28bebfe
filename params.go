package zohohub

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
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
	case v.Type() == timeType:
		return v.Interface().(time.Time).Format(zohoTime), true, nil
	case v.Type().Implements(stringerType):
		return v.Interface().(fmt.Stringer).String(), true, nil
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), true, nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), true, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), true, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10), true, nil
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits()), true, nil
	case reflect.Pointer:
		return paramText(v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			break // bytes are no list of numbers
		}
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
	return "", false, fmt.Errorf("a value of type %v cannot stand in a query", v.Type())
}

// zohoTime is how Zoho reads and writes times: the offset in figures, no fraction of a second.
const zohoTime = "2006-01-02T15:04:05-07:00"
