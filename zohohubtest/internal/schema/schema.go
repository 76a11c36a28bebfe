package schema

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

//go:embed data/*.json
var files embed.FS

// Profiles that exist in every org. Fields and modules refer to them by id.
const (
	AdministratorProfileID = "5550000000000010000"
	StandardProfileID      = "5550000000000020000"
)

// standard lists the embedded modules in the order of Zoho's tabs. New ones go
// to the end, so that ids stay what they are.
var standard = []string{
	"Leads", "Contacts", "Accounts", "Deals", "Products", "Quotes", "Sales_Orders",
	"Tasks", "Events", "Notes", "Campaigns", "Vendors",
	"Quoted_Items", "Ordered_Items", "Service_Visits", "Parts_Used",
	"Calls", "Price_Books", "Purchase_Orders", "Invoices", "Purchase_Items", "Invoiced_Items", "Specimens", "Specimen_Rows",
}

// firstPick is where the numbers of a pick list begin: 0 is the field itself,
// 1 the entry "-None-" that Zoho shows for an optional field.
const firstPick = 2

// Schema is the metadata of one org. It is not safe to add to it while others
// read it; a server guards it with its own lock.
type Schema struct {
	modules   []*Module
	relations []*Relation
	rollups   map[string][]*Field // by the module that they sum up
}

// Load returns the metadata of a fresh org: the standard modules and two custom
// ones, Service_Visits and Specimens, which has a field of every data type that
// one may have. Each call returns a copy of its own with the same ids: 19
// digits, above 2^53.
func Load() *Schema {
	s := &Schema{relations: relations()}
	for _, name := range standard {
		b, err := files.ReadFile("data/" + name + ".json")
		if err != nil {
			panic(err) // the file is part of the program
		}
		m := &Module{}
		if err := json.Unmarshal(b, m); err != nil {
			panic(fmt.Errorf("schema: %s: %w", name, err))
		}
		m.complete()
		if err := m.compile(m.Fields...); err != nil {
			panic(err)
		}
		s.add(m)
	}
	for _, m := range s.Modules() {
		for _, f := range m.Fields {
			s.note(f)
			if f.linked() && f.Link == nil {
				s.link(f)
			}
		}
	}
	return s
}

// Modules returns all modules, subforms included, in the order of Zoho's tabs.
func (s *Schema) Modules() []*Module { return slices.Clone(s.modules) }

// Module returns the module with the API name, nil when there is none. Case
// counts, as it does for Zoho.
func (s *Schema) Module(apiName string) *Module {
	for _, m := range s.modules {
		if m.APIName == apiName {
			return m
		}
	}
	return nil
}

// ModuleByID returns the module with the id, nil when there is none.
func (s *Schema) ModuleByID(id string) *Module {
	for _, m := range s.modules {
		if m.ID == id {
			return m
		}
	}
	return nil
}

var apiName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// AddModule adds a module of the user's own, custom unless m says subform, and
// returns it with ids. Name (mandatory; not in a subform), Owner, Tag and the
// other system fields are added to those that m describes. The module takes
// the fields of m as its own.
func (s *Schema) AddModule(m Module) (*Module, error) {
	if !apiName.MatchString(m.APIName) {
		return nil, fmt.Errorf("schema: %q is not an API name", m.APIName)
	}
	if s.Module(m.APIName) != nil {
		return nil, fmt.Errorf("schema: module %s exists already", m.APIName)
	}
	if m.GeneratedType == "" {
		m.GeneratedType = "custom"
	}
	switch {
	case m.GeneratedType != "custom" && m.GeneratedType != "subform":
		return nil, fmt.Errorf("schema: module %s cannot be generated_type %q", m.APIName, m.GeneratedType)
	case m.GeneratedType == "subform" && s.Module(m.Parent) == nil:
		return nil, fmt.Errorf("schema: subform %s has no parent module %q", m.APIName, m.Parent)
	}
	fields := m.Fields
	m.Fields = nil
	if m.GeneratedType == "custom" && !slices.ContainsFunc(fields, func(f *Field) bool { return f.Display }) {
		m.Fields = append(m.Fields, &Field{APIName: "Name", Label: m.SingularLabel + " Name", DataType: "text", Length: 120, Mandatory: true, Display: true})
		m.DuplicateCheck = cmp.Or(m.DuplicateCheck, "Name")
	}
	for _, f := range fields {
		own := *f
		own.PickList = slices.Clone(f.PickList)
		own.Custom = true
		if err := s.check(&m, &own); err != nil {
			return nil, err
		}
		m.Fields = append(m.Fields, &own)
	}
	m.complete()
	if err := m.compile(m.Fields...); err != nil {
		return nil, err
	}
	s.add(&m)
	for _, f := range slices.Clone(m.Fields) {
		s.note(f)
		if f.linked() {
			s.link(f)
		}
	}
	return &m, nil
}

// AddField adds a custom field to a module and returns it with its ids and with
// the flags of its data type. A lookup names its module, a subform the module
// of its rows, a pick list its values.
func (s *Schema) AddField(module string, f Field) (*Field, error) {
	m := s.Module(module)
	if m == nil {
		return nil, fmt.Errorf("schema: there is no module %s", module)
	}
	f.PickList = slices.Clone(f.PickList)
	f.Custom = true
	if err := s.check(m, &f); err != nil {
		return nil, err
	}
	if err := m.compile(&f); err != nil {
		return nil, err
	}
	f.complete()
	s.append(m, &f)
	if f.linked() {
		s.link(&f)
	}
	return &f, nil
}

// append adds a completed field to a module that is there.
func (s *Schema) append(m *Module, f *Field) {
	f.number(m, len(m.Fields)+1)
	m.Fields = append(m.Fields, f)
	s.note(f)
}

// check refuses a field that could not exist in m.
func (s *Schema) check(m *Module, f *Field) error {
	fault := func(format string, args ...any) error {
		return fmt.Errorf("schema: field %s.%s: "+format, append([]any{m.APIName, f.APIName}, args...)...)
	}
	t, ok := dataTypes[f.DataType]
	switch {
	case !apiName.MatchString(f.APIName):
		return fault("not an API name")
	case m.Field(f.APIName) != nil:
		return fault("exists already")
	case slices.ContainsFunc(m.systemFields(), func(own *Field) bool { return own.APIName == f.APIName }):
		return fault("is Zoho's own")
	case !ok || !t.custom:
		return fault("no custom field has data type %q", f.DataType)
	case (f.DataType == "picklist" || f.DataType == "multiselectpicklist") && len(f.PickList) == 0:
		return fault("a pick list needs values")
	case (f.DataType == "lookup" || f.DataType == "multiselectlookup") && f.Lookup != m.APIName && s.Module(f.Lookup) == nil:
		return fault("there is no module %q to look up", f.Lookup)
	case f.DataType == "multi_module_lookup" && !s.has(f.Modules):
		return fault("there are no modules %q to look up", f.Modules)
	case m.GeneratedType == "subform" && (f.linked() || slices.Contains([]string{"subform", "rollup_summary", "autonumber"}, f.DataType)):
		return fault("a row of a subform has no %s", f.DataType)
	case m.GeneratedType == "subform" && f.Unique:
		return fault("a row of a subform has no unique field")
	case f.DataType == "currency" && f.Rounding != "" && !slices.Contains(Roundings, f.Rounding):
		return fault("no rounding is %q", f.Rounding)
	case f.DataType == "subform" && (s.Module(f.Subform) == nil || s.Module(f.Subform).GeneratedType != "subform"):
		return fault("there is no subform module %q", f.Subform)
	case f.DataType == "subform" && s.Module(f.Subform).Parent != m.APIName:
		return fault("the rows of %s are in %s", f.Subform, s.Module(f.Subform).Parent)
	case f.DataType == "textarea" && !slices.Contains([]string{"", "small", "large", "rich_text"}, f.TextArea):
		return fault("no text area is %q", f.TextArea)
	case f.ReturnType != "" && dataTypes[f.ReturnType].json == "":
		return fault("no formula returns %q", f.ReturnType)
	case f.DataType == "formula" && f.Expression == "":
		return fault("a formula needs an expression")
	case f.DataType == "rollup_summary":
		if err := s.checkRollup(m, f); err != nil {
			return fault("%w", err)
		}
	}
	return nil
}

// has reports whether there is any module named and all of them exist.
func (s *Schema) has(modules []string) bool {
	return len(modules) > 0 && !slices.ContainsFunc(modules, func(name string) bool { return s.Module(name) == nil })
}

// add takes in a module that is complete.
func (s *Schema) add(m *Module) {
	m.schema, m.number = s, len(s.modules)+1
	m.ID = id(m.number, 0, 0)
	for i, f := range m.Fields {
		f.complete()
		f.number(m, i+1)
	}
	s.modules = append(s.modules, m)
}

// id makes Zoho-like ids that are the same in every run: the org, then module,
// field and pick-list entry in four digits each.
func id(module, field, pick int) string {
	const org = 5_550_000_000_000_000_000
	return strconv.FormatInt(org+int64(module)*1e8+int64(field)*1e4+int64(pick), 10)
}
