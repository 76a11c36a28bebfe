package codec

import (
	"reflect"
	"slices"
)

type (
	// looseRow is a row that is kept without a struct: in a map, an any, raw JSON.
	looseRow struct {
		ID     string
		Fields map[string]any `zoho:",unknown,always"`
	}
	// looseFile is one of a file field before v5.
	looseFile struct {
		ID     string         `zoho:"attachment_Id"`
		Fields map[string]any `zoho:",unknown,always"`
	}
)

// diffLoose compares what is written for a value with what it was loaded from. A subform is compared row by row, as one
// of structs with ids is: to send what is left of its rows would delete none. Whatever else it is, is sent as a whole.
func diffLoose(l listing, raw, text []byte, o DiffOptions) (patch []byte, differs bool, err error) {
	if l.whole || !l.ids || !isList(raw) || !isList(text) && string(text) != "null" {
		return text, true, nil
	}
	texts, err := elements(text)
	if err != nil {
		return nil, false, err
	}
	if slices.ContainsFunc(texts, func(row []byte) bool { return row[0] != '{' }) {
		return text, true, nil
	}
	p := For(reflect.TypeFor[looseRow]())
	if l.key == oldFileKey {
		p = For(reflect.TypeFor[looseFile]())
	}
	rows := reflect.MakeSlice(reflect.SliceOf(p.typ), len(texts), len(texts))
	for i, row := range texts {
		if err := p.Decode(row, rows.Index(i).Addr().Interface()); err != nil {
			return nil, false, err
		}
	}
	return diffRows(p, l, rows, raw, o)
}

func isList(text []byte) bool { return len(text) > 0 && text[0] == '[' }

// own leaves out, of a list of objects that was written from start on, what Zoho alone writes in a subform's rows.
func (e *encoder) own(start int) error {
	if e.all || !isList(e.buf[start:]) {
		return nil
	}
	rows, err := elements(e.buf[start:])
	if err != nil {
		return err
	}
	kept := encoder{buf: []byte("[")}
	for _, text := range rows {
		if text[0] == '{' {
			row, err := members(text)
			if err != nil {
				return err
			}
			row = slices.DeleteFunc(row, func(m member) bool { return isSystem(m.name, true) })
			if text, err = row.object(); err != nil {
				return err
			}
		}
		kept.item(text)
	}
	kept.raw("]")
	e.buf = append(e.buf[:start], kept.buf...)
	return nil
}
