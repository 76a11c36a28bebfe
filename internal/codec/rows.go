package codec

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

var errRowWithoutID = errors.New(
	"a row that an earlier save created has no id here, so it cannot be changed or deleted; find the record again")

// diffRows compares a subform with the array it was loaded from.
func diffRows(p *Plan, now reflect.Value, raw []byte, o DiffOptions) (text []byte, differs bool, err error) {
	old, err := elements(raw)
	if err != nil {
		return nil, false, err
	}
	rows := rowSet{plan: p, byID: map[string]loadedRow{}}
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
	if gone && !o.ReplaceSubforms {
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
	plan     *Plan
	byID     map[string]loadedRow
	order    []string
	nameless []string // written form of rows without an id
}

type loadedRow struct {
	raw   []byte
	value reflect.Value
}

func (s *rowSet) add(raw []byte) error {
	row := reflect.New(s.plan.typ)
	if err := s.plan.Decode(raw, row.Interface()); err != nil {
		return err
	}
	if id := s.plan.ID(row.Interface()); id != "" {
		if _, twice := s.byID[id]; !twice {
			s.order = append(s.order, id)
		}
		s.byID[id] = loadedRow{raw, row.Elem()}
		return nil
	}
	var e encoder
	if err := s.plan.encode(&e, row.Elem(), true); err != nil {
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
	id := s.plan.id.value(row).String()
	var whole encoder
	if err := s.plan.encode(&whole, row, true); err != nil {
		return false, err
	}
	old, known := s.byID[id]
	if !known {
		changed = !s.takeNameless(id, string(whole.buf))
		if changed || o.ReplaceSubforms {
			e.item(whole.buf)
		}
		return changed, nil
	}
	delete(s.byID, id)
	changes, err := s.plan.diff(old.value, row, old.raw, true, o)
	if err != nil {
		return false, err
	}
	patch, err := append(memberList{idMember(id)}, changes...).object()
	if err != nil {
		return false, err
	}
	switch {
	case o.ReplaceSubforms:
		if patch, err = Merge(whole.buf, patch); err != nil {
			return false, err
		}
		e.item(patch)
	case len(changes) > 0:
		e.item(patch)
	}
	return len(changes) > 0, nil
}

// takeNameless finds a row that was saved before and has not been given an id since: it must not be created again.
func (s *rowSet) takeNameless(id, text string) bool {
	if id != "" {
		return false
	}
	for i, old := range s.nameless {
		if old == text {
			s.nameless = append(s.nameless[:i], s.nameless[i+1:]...)
			return true
		}
	}
	return false
}

func (s *rowSet) writeGone(e *encoder) error {
	for _, id := range s.order {
		if _, gone := s.byID[id]; !gone {
			continue
		}
		row, err := memberList{idMember(id), {"_delete", []byte("null")}}.object()
		if err != nil {
			return err
		}
		e.item(row)
	}
	return nil
}

// idMember names a row. Its id was read from JSON, so it is UTF-8 and can be written.
func idMember(id string) member {
	text, _ := jsontext.AppendQuote(nil, id)
	return member{"id", text}
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
