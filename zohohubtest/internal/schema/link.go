package schema

import (
	"cmp"
	"fmt"
)

// Link is where the rows of a multi-select lookup are: records of a linking
// module, each with a lookup to either side.
type Link struct {
	Module string // API name of the linking module
	Here   string // its lookup to the record that has the field
	There  string // its lookup to the other side; rows in records have this key as well
	Mirror string // the multi-select lookup of the other module; empty for users
}

// linked reports whether the field's rows are in a linking module.
func (f *Field) linked() bool {
	return f.DataType == "multiselectlookup" || f.DataType == "multiuserlookup"
}

// link makes the linking module of a field, and the field that shows the same
// rows from the other side. Names are made as Zoho makes them: the lookup to
// the other side is called as the field is.
func (s *Schema) link(f *Field) {
	m := f.module
	other := cmp.Or(f.Lookup, "Users")
	linking := s.free(m.APIName + "_X_" + other)
	f.Link = &Link{Module: linking, Here: m.APIName, There: f.APIName}
	if f.Link.Here == f.Link.There {
		f.Link.Here += "1"
	}
	there := &Field{APIName: f.Link.There, DataType: "userlookup", Mandatory: true}
	if target := s.Module(f.Lookup); target != nil {
		there.DataType, there.Lookup = "lookup", f.Lookup
		f.Link.Mirror = target.free(m.APIName)
		mirror := &Field{
			APIName: f.Link.Mirror, DataType: f.DataType, Lookup: m.APIName, Custom: true,
			Link: &Link{Module: linking, Here: f.Link.There, There: f.Link.Here, Mirror: f.APIName},
		}
		mirror.complete()
		s.append(target, mirror)
	}
	rows := &Module{APIName: linking, GeneratedType: "linking", Fields: []*Field{
		{APIName: f.Link.Here, DataType: "lookup", Lookup: m.APIName, Mandatory: true, Display: true}, there,
	}}
	rows.complete()
	s.add(rows)
}

// free is the name, with a number if a module has it already.
func (s *Schema) free(name string) string {
	return numbered(name, func(name string) bool { return s.Module(name) == nil })
}

func (m *Module) free(name string) string {
	return numbered(name, func(name string) bool { return m.Field(name) == nil })
}

func numbered(name string, isFree func(string) bool) string {
	free := name
	for n := 1; !isFree(free); n++ {
		free = fmt.Sprint(name, n)
	}
	return free
}
