package codec

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// DiffOptions say what the API version asks for.
type DiffOptions struct {
	// ReplaceSubforms writes a changed subform as a whole, for versions before v5, which drop the rows that are not sent. Files
	// and images stay in all versions until they are deleted.
	ReplaceSubforms bool
}

// Diff writes what of v, a *T, differs from the JSON object that it was loaded from.
//
// A field that loaded has is sent when it would be written otherwise now; one that is zero now is cleared: null, false
// for a boolean, [] for a list. A field that loaded does not have was not asked for, so its zero is no change. Fields
// tagged always go along as soon as anything does. Of a subform the new rows are sent, of those that changed the id and
// the changed fields, and of those that are gone the id with "_delete"; the order of rows is not compared. A file, or a row
// of a multi-select lookup, that became another one is deleted and added.
// changed is false, and patch nil, when there is nothing to send.
func (p *Plan) Diff(v any, loaded []byte, o DiffOptions) (patch []byte, changed bool, err error) {
	was := reflect.New(p.typ)
	if err := p.Decode(loaded, was.Interface()); err != nil {
		return nil, false, err
	}
	changes, err := p.diff(was.Elem(), p.elem(v), loaded, false, o)
	if err != nil {
		return nil, false, p.unwritable(err)
	}
	if len(changes) == 0 {
		return nil, false, nil
	}
	patch, err = changes.object()
	return patch, err == nil, err
}

// diff lists what changed between two structs; raw is what the older was read from, of a record or a row in one.
func (p *Plan) diff(was, now reflect.Value, raw []byte, nested bool, o DiffOptions) (memberList, error) {
	had, err := members(raw)
	if err != nil {
		return nil, err
	}
	var changes memberList
	var along []*field // tagged always, and the same as before
	for _, f := range p.fields {
		if !f.written(nested) {
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
	more, err := p.diffUnknown(was, now, had, nested, o)
	if err != nil {
		return nil, err
	}
	if changes, err = p.nameModule(append(changes, more...), now); err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, nil
	}
	for _, f := range along {
		text, err := f.wire(f.value(now))
		if err != nil {
			return nil, within(f.name, err)
		}
		changes = changes.set(member{f.name, text})
	}
	return changes, nil
}

// nameModule puts beside a changed What_Id the module that it leads to, changed or not: Zoho wants both or none. A type
// that has no place for the module leaves it to Zoho to say so.
func (p *Plan) nameModule(changes memberList, now reflect.Value) (memberList, error) {
	what, sent := changes.get(whatID)
	if !sent {
		return changes, nil
	}
	f := p.byName[seModule]
	text, named := changes.get(seModule)
	if !named && (f == nil || f.written(false)) {
		var err error
		if text, err = p.wire(now, seModule); err != nil {
			return nil, err
		}
	}
	switch {
	case len(text) > 0 && string(text) != "null" && string(text) != `""`:
		return changes.set(member{seModule, text}), nil
	case string(what) != "null" && f != nil && !f.written(false):
		return nil, within(whatID, errors.New(seModule+", which Zoho wants beside it, is tagged readonly"))
	case string(what) != "null" && (f != nil || text != nil):
		return nil, within(whatID, errors.New(seModule+", the API name of the module that it leads to, is empty, and Zoho wants both"))
	}
	return changes, nil
}

// wire is what is written for the field of a name, one of the unknown perhaps; nil when the struct has none such.
func (p *Plan) wire(v reflect.Value, name string) (text []byte, err error) {
	var e encoder
	if f := p.byName[name]; f != nil {
		e.buf, err = f.wire(f.value(v))
	} else if p.unknown != nil && p.unknown.always {
		m := p.unknown.value(v)
		if value := m.MapIndex(reflect.ValueOf(name).Convert(m.Type().Key())); value.IsValid() {
			err = encodeLoose(&e, value)
		}
	}
	if err != nil {
		return nil, within(name, err)
	}
	return e.buf, nil
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
	l := listingOf(f.name, raw)
	if f.coder.list && !l.whole && f.coder.plan.rowID(l.key) != nil {
		return diffRows(f.coder.plan, l, pointedTo(value), raw, o)
	}
	before, err := f.wire(f.value(was))
	if err != nil && reflect.DeepEqual(f.value(was).Interface(), value.Interface()) {
		return nil, false, nil // what came from Zoho stays there, even where it could not be written
	}
	if text, err = f.wire(value); err != nil || bytes.Equal(text, before) {
		return nil, false, err
	}
	if !l.replaced(o) && f.coder.list && !l.whole && l.ids && pointedTo(value).Len() > 0 {
		return nil, false, fmt.Errorf("its rows have ids at Zoho, without which they would be added once more: %s needs a field for %s, a string",
			typeName(f.coder.plan.typ), l.key)
	}
	return diffLoose(l, raw, text, o)
}

// pointedTo is what a pointer leads to, the zero value where it ends in nil.
func pointedTo(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		v = v.Elem()
	}
	return v
}

// RowWithoutID is the API name of a field of v, a *T, that would send subform rows of which one has no id; empty when there
// is none. In an update such a row is added, also when it is there already.
func (p *Plan) RowWithoutID(v any) string {
	r := p.elem(v)
	for _, f := range p.fields {
		if !f.coder.list && !f.coder.loose || !f.written(false) {
			continue
		}
		if text, err := f.wire(f.value(r)); err == nil && addsRow(f.name, text) {
			return f.name
		}
	}
	if p.unknown == nil || !p.unknown.always {
		return ""
	}
	for _, key := range sortedKeys(p.unknown.value(r)) {
		if text, err := p.wire(r, key.String()); err == nil && addsRow(key.String(), text) {
			return key.String()
		}
	}
	return ""
}

func addsRow(name string, text []byte) bool {
	l := listingOf(name, text)
	return !l.whole && isList(text) && slices.ContainsFunc(rowsOf(text), func(row memberList) bool { return !row.has(l.key) })
}

// wire is what is written for a value to stand in Zoho's field.
func (f *field) wire(v reflect.Value) ([]byte, error) {
	if f.coder.empty(v) && !f.always {
		return []byte(f.coder.clear), nil
	}
	var e encoder
	err := f.encode(&e, v)
	return e.buf, err
}

// diffUnknown compares the maps of a field tagged ",unknown,always". A key that is gone says nothing; nil clears.
func (p *Plan) diffUnknown(was, now reflect.Value, had memberList, nested bool, o DiffOptions) (changes memberList, err error) {
	if p.unknown == nil || !p.unknown.always {
		return nil, nil
	}
	before, after := p.unknown.value(was), p.unknown.value(now)
	for _, key := range sortedKeys(after) {
		name := key.String()
		if f, ok := p.byName[name]; ok {
			return nil, fmt.Errorf("%s: %s belongs to the field %s", p.unknown.goName, name, f.goName)
		}
		if isSystem(name, nested) {
			continue
		}
		old, _ := had.get(name)
		text, differs, err := diffAny(name, before.MapIndex(key), after.MapIndex(key), old, o)
		switch {
		case err != nil:
			return nil, within(name, err)
		case differs:
			changes = append(changes, member{name, text})
		}
	}
	return changes, nil
}

// diffAny compares two values without a type; was, read from raw, is invalid when nothing was loaded.
func diffAny(name string, was, now reflect.Value, raw []byte, o DiffOptions) (text []byte, differs bool, err error) {
	var b, a encoder
	if was.IsValid() {
		if err := encodeLoose(&b, was); err != nil {
			return nil, false, err
		}
	}
	if err := encodeLoose(&a, now); err != nil || bytes.Equal(a.buf, b.buf) {
		return nil, false, err
	}
	return diffLoose(listingOf(name, raw), raw, a.buf, o)
}
