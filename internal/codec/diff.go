package codec

import (
	"bytes"
	"fmt"
	"reflect"
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

// nameModule puts beside a changed What_Id the module that it leads to, changed or not: Zoho wants both or none.
func (p *Plan) nameModule(changes memberList, now reflect.Value) (memberList, error) {
	_, sent := changes.get(whatID)
	if _, named := changes.get(seModule); !sent || named {
		return changes, nil
	}
	text, err := p.wire(now, seModule)
	if err != nil || text == nil {
		return changes, err
	}
	return append(changes, member{seModule, text}), nil
}

// wire is what is written for the field of a name, one of the unknown perhaps; nil when the struct has none such.
func (p *Plan) wire(v reflect.Value, name string) (text []byte, err error) {
	var e encoder
	if f := p.byName[name]; f != nil {
		e.buf, err = f.wire(f.value(v))
	} else if p.unknown != nil && p.unknown.always {
		m := p.unknown.value(v)
		if value := m.MapIndex(reflect.ValueOf(name).Convert(m.Type().Key())); value.IsValid() {
			err = encodeInterface(&e, value)
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
	whole := isWhole(f.name, raw)
	if f.coder.rows && !whole {
		return diffRows(f.coder.plan, pointedTo(value), raw, o)
	}
	before, err := f.wire(f.value(was))
	if err != nil && reflect.DeepEqual(f.value(was).Interface(), value.Interface()) {
		return nil, false, nil // what came from Zoho stays there, even where it could not be written
	}
	if text, err = f.wire(value); err != nil || bytes.Equal(text, before) {
		return nil, false, err
	}
	if !o.ReplaceSubforms && f.coder.list && !whole && !f.coder.plan.HasID() && haveMember(raw, "id") {
		return nil, false, fmt.Errorf("its rows have ids at Zoho, without which they would be added once more: %s needs a field ID string",
			typeName(f.coder.plan.typ))
	}
	if f.coder.loose {
		return diffLoose(f.name, raw, text, o)
	}
	return text, true, nil
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

// RowWithoutID is the API name of a field of v, a *T, that holds subform rows of which one has no id yet; empty when
// there is none. Sent in an update, such a row is added, also when it is there already.
func (p *Plan) RowWithoutID(v any) string {
	for _, f := range p.fields {
		if !f.coder.rows || f.readonly || isWhole(f.name, nil) {
			continue
		}
		rows := pointedTo(f.value(p.elem(v)))
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
		if err := encodeInterface(&b, was); err != nil {
			return nil, false, err
		}
	}
	if err := encodeInterface(&a, now); err != nil || bytes.Equal(a.buf, b.buf) {
		return nil, false, err
	}
	return diffLoose(name, raw, a.buf, o)
}
