package codec

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
)

// DiffOptions say what the API version asks for.
type DiffOptions struct {
	// ReplaceSubforms writes a changed subform as a whole, for versions before v5, which drop the rows that are not sent.
	ReplaceSubforms bool
}

// Diff writes what of v, a *T, differs from the JSON object that it was loaded from.
//
// A field that loaded has is sent when it would be written otherwise now; one that is zero now is cleared: null, false
// for a boolean, [] for a list. A field that loaded does not have was not asked for, so its zero is no change. Fields
// tagged always go along as soon as anything does. Of a subform the new rows are sent, of those that changed the id and
// the changed fields, and of those that are gone the id with "_delete"; the order of rows is not compared.
// changed is false, and patch nil, when there is nothing to send.
func (p *Plan) Diff(v any, loaded []byte, o DiffOptions) (patch []byte, changed bool, err error) {
	was := reflect.New(p.typ)
	if err := p.Decode(loaded, was.Interface()); err != nil {
		return nil, false, err
	}
	changes, err := p.diff(was.Elem(), p.elem(v), loaded, o)
	if err != nil {
		return nil, false, p.unwritable(err)
	}
	if len(changes) == 0 {
		return nil, false, nil
	}
	patch, err = changes.object()
	return patch, err == nil, err
}

// diff lists what changed between two structs; raw is what the older was read from.
func (p *Plan) diff(was, now reflect.Value, raw []byte, o DiffOptions) (memberList, error) {
	had, err := members(raw)
	if err != nil {
		return nil, err
	}
	var changes memberList
	var along []*field // tagged always, and the same as before
	for _, f := range p.fields {
		if f.readonly {
			continue
		}
		old, present := had.get(f.name)
		text, differs, err := f.diff(was, now, old, present, o)
		switch {
		case err != nil:
			return nil, within(f.name, err)
		case differs:
			changes = append(changes, member{f.name, text})
		case f.always:
			along = append(along, f)
		}
	}
	more, err := p.diffUnknown(was, now)
	if err != nil {
		return nil, err
	}
	changes = append(changes, more...)
	if len(changes) == 0 {
		return nil, nil
	}
	for _, f := range along {
		text, err := f.wire(f.value(now))
		if err != nil {
			return nil, within(f.name, err)
		}
		changes = append(changes, member{f.name, text})
	}
	return changes, nil
}

func (f *field) diff(was, now reflect.Value, raw []byte, present bool, o DiffOptions) (text []byte, differs bool, err error) {
	value := f.value(now)
	if !present {
		if f.coder.empty(value) {
			return nil, false, nil
		}
		text, err = f.wire(value)
		return text, true, err
	}
	if f.coder.rows {
		return diffRows(f.coder.plan, value, raw, o)
	}
	before, err := f.wire(f.value(was))
	if err != nil && reflect.DeepEqual(f.value(was).Interface(), value.Interface()) {
		return nil, false, nil // what came from Zoho stays there, even where it could not be written
	}
	if text, err = f.wire(value); err != nil || bytes.Equal(text, before) {
		return nil, false, err
	}
	if !o.ReplaceSubforms && f.coder.list && !f.coder.plan.HasID() && haveIDs(raw) {
		return nil, false, fmt.Errorf("its rows have ids at Zoho, without which they would be added once more: %s needs a field ID string",
			typeName(f.coder.plan.typ))
	}
	return text, true, nil
}

// haveIDs tells whether a loaded list is one of rows with ids.
func haveIDs(raw []byte) bool {
	rows, err := elements(raw)
	return err == nil && slices.ContainsFunc(rows, func(row []byte) bool {
		of, err := members(row)
		_, has := of.get("id")
		return err == nil && has
	})
}

// RowWithoutID is the API name of a field of v, a *T, that holds subform rows of which one has no id yet; empty when
// there is none. Sent in an update, such a row is added, also when it is there already.
func (p *Plan) RowWithoutID(v any) string {
	for _, f := range p.fields {
		if !f.coder.rows || f.readonly {
			continue
		}
		rows := f.value(p.elem(v))
		for i := range rows.Len() {
			row := rows.Index(i)
			if row.Kind() == reflect.Pointer {
				row = row.Elem()
			}
			if row.IsValid() && f.coder.plan.id.value(row).String() == "" {
				return f.name
			}
		}
	}
	return ""
}

// wire is what is written for a value to stand in Zoho's field.
func (f *field) wire(v reflect.Value) ([]byte, error) {
	if f.coder.empty(v) && !f.always {
		return []byte(f.coder.clear), nil
	}
	var e encoder
	err := f.coder.encode(&e, v)
	return e.buf, err
}

// diffUnknown compares the map of a field tagged ",unknown,always". A key that is gone from it says nothing; nil clears.
func (p *Plan) diffUnknown(was, now reflect.Value) (changes memberList, err error) {
	if p.unknown == nil || !p.unknown.always {
		return nil, nil
	}
	before, after := p.unknown.value(was), p.unknown.value(now)
	for _, key := range sortedKeys(after) {
		name := key.String()
		if f, ok := p.byName[name]; ok {
			return nil, fmt.Errorf("%s: %s belongs to the field %s", p.unknown.goName, name, f.goName)
		}
		var b, a encoder
		if old := before.MapIndex(key); old.IsValid() {
			if err := encodeInterface(&b, old); err != nil {
				return nil, within(name, err)
			}
		}
		if err := encodeInterface(&a, after.MapIndex(key)); err != nil {
			return nil, within(name, err)
		}
		if !bytes.Equal(a.buf, b.buf) {
			changes = append(changes, member{name, a.buf})
		}
	}
	return changes, nil
}
