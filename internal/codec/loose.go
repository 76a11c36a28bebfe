package codec

import (
	"reflect"
	"slices"
)

// looseRow is a row of a subform that is kept without a struct: in a map, an any, raw JSON.
type looseRow struct {
	ID     string
	Fields map[string]any `zoho:",unknown,always"`
}

// diffLoose compares a value without a type of its own with what it was loaded from. A subform is compared row by row, as
// one of structs is: to send what is left of its rows would delete none. Whatever else it is, is sent as a whole.
func diffLoose(name string, raw, text []byte, o DiffOptions) (patch []byte, differs bool, err error) {
	now, isRows, err := looseRows(name, raw, text)
	switch {
	case err != nil:
		return nil, false, err
	case isRows:
		return diffRows(For(reflect.TypeFor[looseRow]()), reflect.ValueOf(now), raw, o)
	default:
		return text, true, nil
	}
}

// looseRows reads the rows of a subform that was loaded from raw; text, which is not one, is not theirs.
func looseRows(name string, raw, text []byte) (rows []looseRow, isRows bool, err error) {
	if isWhole(name, raw) || !isList(raw) || !haveMember(raw, "id") || !isList(text) && string(text) != "null" {
		return nil, false, nil
	}
	now, err := elements(text)
	if err != nil || slices.ContainsFunc(now, func(row []byte) bool { return row[0] != '{' }) {
		return nil, false, err
	}
	rows = make([]looseRow, len(now))
	for i, row := range now {
		if err := For(reflect.TypeFor[looseRow]()).Decode(row, &rows[i]); err != nil {
			return nil, false, err
		}
	}
	return rows, true, nil
}

func isList(text []byte) bool { return len(text) > 0 && text[0] == '[' }

// own leaves out what a subform's rows that were read into an any hold beyond their own fields.
func (e *encoder) own(v reflect.Value) reflect.Value {
	if e.all || v.IsNil() {
		return v
	}
	rows, ok := reflect.TypeAssert[[]any](v.Elem())
	if !ok {
		return v
	}
	own := make([]any, len(rows))
	for i, row := range rows {
		own[i] = row
		fields, ok := row.(map[string]any)
		if !ok {
			continue
		}
		kept := make(map[string]any, len(fields))
		for name, value := range fields {
			if !isSystem(name, true) {
				kept[name] = value
			}
		}
		own[i] = kept
	}
	var value any = own
	return reflect.ValueOf(&value).Elem()
}
