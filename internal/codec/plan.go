// Package codec converts between Go structs and Zoho's JSON.
//
// A [Plan] is what there is to know about a struct type: which field carries which API name and how it is read and
// written. It is built once per type, by reflection, and kept; errors in the type are kept with it.
//
// Reading is driven by the tokens of go-json-experiment's jsontext, which no other package sees. Two things that JSON
// leaves open are decided here. Of duplicate names the last wins, as in encoding/json: to refuse them costs a set per
// object, and Zoho never sends them. Bytes that are not UTF-8 become U+FFFD, as in encoding/json too: one damaged name
// must not make a page of two hundred records unreadable, and since a save compares what was read with what is now, the
// damage is not written back. On the way out text that is not UTF-8 is an error.
package codec

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
)

// Valuer is a type whose written form differs from what is read, as a lookup's: {"id": …} alone. ZohoValue returns an
// error for a value that cannot be written, else
// what is written, anything that [EncodeFields] takes; nil is null.
type Valuer interface{ ZohoValue() any }

// Plan knows how the values of one struct type are read from Zoho's JSON and written to it. It is safe for concurrent
// use. Its methods take pointers to that type; after a fault, see [Plan.Err], only Err may be called.
type Plan struct {
	typ     reflect.Type
	fields  []*field          // in struct order, without id and unknown
	byName  map[string]*field // id included
	id      *field
	unknown *field
	fault   error   // of this type alone
	nested  []*Plan // of the types that this one holds
}

type field struct {
	tag
	goName string
	quoted string // the API name as JSON, quotes included
	index  []int
	coder  *coder
	parent bool // readonly in a subform's row, though not in a record
}

// written tells whether the field is sent at all, of a record or of what is nested in one.
func (f *field) written(nested bool) bool { return !f.readonly && !(nested && f.parent) }

// value finds the field in a struct. Fields of the struct itself, by far the most, save reflect's walk.
func (f *field) value(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

var plans sync.Map // reflect.Type → *Plan

// For returns the plan of a struct type.
func For(t reflect.Type) *Plan {
	if p, ok := load[*Plan](&plans, t); ok {
		return p
	}
	if t.Kind() != reflect.Struct {
		return &Plan{typ: t, fault: fmt.Errorf("%s: a record is a struct", t)}
	}
	b := builder{plans: map[reflect.Type]*Plan{}}
	b.plan(t)
	// Racing builders build the same; the first is kept.
	for typ, p := range b.plans {
		plans.LoadOrStore(typ, p)
	}
	p, _ := load[*Plan](&plans, t)
	return p
}

func load[T any](m *sync.Map, t reflect.Type) (T, bool) {
	v, _ := m.Load(t)
	found, ok := v.(T)
	return found, ok
}

// Err is the fault of the struct type, or of a type that it holds: a tag that cannot be understood, a type that no
// value of Zoho's fits. It names type, field and tag.
func (p *Plan) Err() error {
	if err := p.firstFault(map[*Plan]bool{}); err != nil {
		return fmt.Errorf("zohohub: %w", err)
	}
	return nil
}

// Names are the API names of the fields in the struct's order, without id and without the unknown.
func (p *Plan) Names() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

// RowsOf are the API names of the fields that hold rows of a struct type.
func (p *Plan) RowsOf(row reflect.Type) (names []string) {
	for _, f := range p.fields {
		if f.coder.list && f.coder.plan.typ == row {
			names = append(names, f.name)
		}
	}
	return names
}

// HasUnknown tells whether the struct has a field that takes the names it does not know.
func (p *Plan) HasUnknown() bool { return p.unknown != nil }

// HasID tells whether the struct has a field for the record's id.
func (p *Plan) HasID() bool { return p.id != nil }

// rowID is the field for a row's id, which has another name in the oldest file fields; nil when there is none.
func (p *Plan) rowID(key string) *field {
	f := p.byName[key]
	if f == nil || p.typ.FieldByIndex(f.index).Type.Kind() != reflect.String {
		return nil
	}
	return f
}

// ID is the record's id, empty when the struct has no field for it.
func (p *Plan) ID(v any) string {
	if p.id == nil {
		return ""
	}
	return p.id.value(p.elem(v)).String()
}

// SetID puts the id into the record, if it has a field for it.
func (p *Plan) SetID(v any, id string) {
	if p.id != nil {
		p.id.value(p.elem(v)).SetString(id)
	}
}

func (p *Plan) elem(v any) reflect.Value {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Pointer || r.Type().Elem() != p.typ || r.IsNil() {
		panic(fmt.Sprintf("codec: got %T, want a non-nil *%s", v, p.typ))
	}
	return r.Elem()
}

// firstFault walks the types that hold each other, in a circle perhaps.
func (p *Plan) firstFault(seen map[*Plan]bool) error {
	if seen[p] {
		return nil
	}
	seen[p] = true
	if p.fault != nil {
		return p.fault
	}
	for _, n := range p.nested {
		if err := n.firstFault(seen); err != nil {
			return err
		}
	}
	return nil
}

// builder builds the plans of a type and of those it holds, itself among them.
type builder struct {
	plans map[reflect.Type]*Plan
	open  map[reflect.Type]bool // the pointers, slices and maps on the way from the last struct
}

func (b *builder) plan(t reflect.Type) *Plan {
	if p, ok := load[*Plan](&plans, t); ok {
		return p
	}
	if p, ok := b.plans[t]; ok {
		return p
	}
	p := &Plan{typ: t, byName: map[string]*field{}}
	b.plans[t] = p
	outer := b.open
	b.open = map[reflect.Type]bool{}
	b.addFields(p, t, nil)
	b.open = outer
	return p
}

func (b *builder) addFields(p *Plan, t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(append([]int(nil), index...), i)
		if err := b.addField(p, f, path); err != nil && p.fault == nil {
			p.fault = fmt.Errorf("%s.%s: %w", typeName(p.typ), f.Name, err)
		}
	}
}

func (b *builder) addField(p *Plan, f reflect.StructField, path []int) error {
	_, tagged := f.Tag.Lookup("zoho")
	if f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct && !hasMethods(f.Type) {
		b.addFields(p, f.Type, path)
		return nil
	}
	if !f.IsExported() {
		return nil
	}
	tag, err := parseTag(f)
	if err != nil || tag.skip {
		return err
	}
	if f.Anonymous && f.Type.Kind() == reflect.Pointer {
		return errors.New("an embedded pointer has no place for its fields; embed the struct itself")
	}
	c, err := b.coder(f.Type)
	if err != nil {
		return err
	}
	if c.plan != nil {
		p.nested = append(p.nested, c.plan)
	}
	added := &field{tag: tag, goName: f.Name, quoted: `"` + tag.name + `"`, index: path, coder: c}
	if !tag.always {
		added.readonly = tag.readonly || isSystem(tag.name, false)
		added.parent = isSystem(tag.name, true)
	}
	if tag.unknown {
		return p.setUnknown(added, f.Type)
	}
	if other, ok := p.byName[tag.name]; ok {
		switch { // as in Go, what is embedded deeper is shadowed
		case len(other.index) < len(path):
			return nil
		case len(other.index) > len(path):
			p.fields = slices.DeleteFunc(p.fields, func(f *field) bool { return f == other })
			delete(p.byName, tag.name)
			return p.setField(added, f.Type)
		}
		return fmt.Errorf("zoho tag %q: %s is the API name of the field %s already", f.Tag.Get("zoho"), tag.name, other.goName)
	}
	return p.setField(added, f.Type)
}

func (p *Plan) setField(f *field, t reflect.Type) error {
	p.byName[f.name] = f
	if f.name != "id" {
		p.fields = append(p.fields, f)
		return nil
	}
	if t.Kind() != reflect.String {
		return fmt.Errorf("an id is a string, not %s: Zoho's ids exceed 2^53", t)
	}
	p.id = f
	return nil
}

func (p *Plan) setUnknown(f *field, t reflect.Type) error {
	switch {
	case p.unknown != nil:
		return fmt.Errorf("field %s takes the unknown names already", p.unknown.goName)
	case t.Kind() != reflect.Map || t.Key().Kind() != reflect.String || t.Elem() != anyType:
		return fmt.Errorf("a field for unknown names is a map[string]any, not %s", t)
	}
	p.unknown = f
	return nil
}
