package codec

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	errRowWithoutID = errors.New(
		"a row that an earlier save created has no id here, so it cannot be changed or deleted; find the record again")
	errEmptyRow = errors.New("such a row is not emptied: take it out of the list to delete it")
)

// diffRows compares a list of rows with the array it was loaded from.
func diffRows(p *Plan, l listing, now reflect.Value, raw []byte, o DiffOptions) (text []byte, differs bool, err error) {
	old, err := elements(raw)
	if err != nil {
		return nil, false, err
	}
	rows := rowSet{listing: l, plan: p, id: p.rowID(l.key), byID: map[string]loadedRow{}}
	for _, row := range old {
		if string(row) == "null" {
			continue
		}
		if err := rows.add(row); err != nil {
			return nil, false, err
		}
	}
	e := encoder{buf: []byte("[")}
	for i := range now.Len() {
		changed, err := rows.write(&e, now.Index(i), o)
		if err != nil {
			return nil, false, within(fmt.Sprintf("[%d]", i), err)
		}
		differs = differs || changed
	}
	gone := len(rows.byID)+len(rows.nameless) > 0
	if gone && l.deletes(o) {
		if len(rows.nameless) > 0 {
			return nil, false, errRowWithoutID
		}
		if err := rows.writeGone(&e); err != nil {
			return nil, false, err
		}
	}
	e.raw("]")
	return e.buf, differs || gone, nil
}

// rowSet holds the loaded rows that have not been met again.
type rowSet struct {
	listing

	plan     *Plan
	id       *field
	byID     map[string]loadedRow
	order    []string
	nameless []string // written form of rows whose id at Zoho is not known
}

type loadedRow struct {
	raw   []byte
	value reflect.Value
}

func (s *rowSet) add(raw []byte) error {
	v := reflect.New(s.plan.typ)
	if err := s.plan.Decode(raw, v.Interface()); err != nil {
		return err
	}
	row := v.Elem()
	had, err := members(raw)
	if err != nil {
		return err
	}
	if id := s.id.value(row).String(); id != "" && !had.has(unnamed) {
		if _, twice := s.byID[id]; !twice {
			s.order = append(s.order, id)
		}
		s.byID[id] = loadedRow{raw, row}
		return nil
	}
	var e encoder
	if err := s.plan.encode(&e, row, true); err != nil {
		return err
	}
	s.nameless = append(s.nameless, string(e.buf))
	return nil
}

// write appends what has to be sent of one row and tells whether it differs from what was loaded.
func (s *rowSet) write(e *encoder, row reflect.Value, o DiffOptions) (changed bool, err error) {
	if row.Kind() == reflect.Pointer {
		if row.IsNil() {
			return false, errors.New("a row is nil")
		}
		row = row.Elem()
	}
	id := s.id.value(row).String()
	var whole encoder
	if err := s.plan.encode(&whole, row, true); err != nil {
		return false, err
	}
	old, known := s.byID[id]
	if !known {
		return s.writeUnknown(e, whole.buf, o)
	}
	changes, err := s.plan.diff(old.value, row, old.raw, true, o)
	if err != nil {
		return false, err
	}
	if to, ok := changes.get(s.target); ok {
		if string(to) == "null" {
			return false, within(s.target, errEmptyRow)
		}
		if s.moved(old.raw, to) {
			return true, s.writeNew(e, whole.buf) // the old row stays unmet: it is gone
		}
		changes = changes.without(s.target)
	}
	delete(s.byID, id)
	patch, err := append(memberList{idMember(s.key, id)}, changes...).object()
	if err != nil {
		return false, err
	}
	switch {
	case s.replaced(o):
		if patch, err = Merge(whole.buf, patch); err != nil {
			return false, err
		}
		e.item(patch)
	case len(changes) > 0:
		e.item(patch)
	}
	return len(changes) > 0, nil
}

// writeUnknown writes a row that is new, or one that an earlier save made: that one must not be made again.
func (s *rowSet) writeUnknown(e *encoder, whole []byte, o DiffOptions) (changed bool, err error) {
	i := slices.Index(s.nameless, string(whole))
	if i < 0 {
		e.item(whole)
		return true, nil
	}
	s.nameless = slices.Delete(s.nameless, i, i+1)
	if !s.replaced(o) {
		return false, nil
	}
	return false, s.writeNew(e, whole)
}

// moved tells whether a file, or what a row of a multi-select lookup leads to, is another one.
func (s *rowSet) moved(row, to []byte) bool {
	old, err := members(row)
	if err != nil {
		return true
	}
	from, _ := old.get(s.target)
	return s.files || linked(from) != linked(to)
}

// writeNew writes a row without its id.
func (s *rowSet) writeNew(e *encoder, whole []byte) error {
	row, err := members(whole)
	if err != nil {
		return err
	}
	text, err := row.without(s.key).object()
	if err != nil {
		return err
	}
	e.item(text)
	return nil
}

func (s *rowSet) writeGone(e *encoder) error {
	for _, id := range s.order {
		if _, gone := s.byID[id]; !gone {
			continue
		}
		row, err := memberList{idMember(s.key, id), {"_delete", []byte("null")}}.object()
		if err != nil {
			return err
		}
		e.item(row)
	}
	return nil
}

// idMember names a row. Its id was read from JSON, so it is UTF-8 and can be written.
func idMember(key, id string) member {
	text, _ := jsontext.AppendQuote(nil, id)
	return member{key, text}
}

// item appends an element to the array being written.
func (e *encoder) item(b []byte) {
	if e.buf[len(e.buf)-1] != '[' {
		e.raw(",")
	}
	e.buf = append(e.buf, b...)
}

// elements splits an array; null has none, and one value alone is one element, as in Decode.
func elements(array []byte) ([][]byte, error) {
	d := newDecoder(array)
	defer d.free()
	if d.json.PeekKind() != jsontext.KindBeginArray {
		if d.null() {
			return nil, nil
		}
		return [][]byte{array}, nil
	}
	if err := d.skipToken(); err != nil {
		return nil, d.fault(err)
	}
	var list [][]byte
	for d.more(jsontext.KindEndArray) {
		value, err := d.json.ReadValue()
		if err != nil {
			return nil, d.fault(err)
		}
		list = append(list, value)
	}
	return list, nil
}
