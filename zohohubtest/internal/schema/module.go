package schema

import "slices"

// Module describes one module. The json tags are those of the embedded files.
type Module struct {
	ID            string `json:"-"`
	APIName       string `json:"api_name"`
	SingularLabel string `json:"singular"`
	PluralLabel   string `json:"plural"`
	GeneratedType string `json:"generated_type"` // default, custom, subform or linking
	ScopeName     string `json:"scope"`          // as in ZohoCRM.modules.{ScopeName}.READ
	APISupported  bool   `json:"-"`
	Creatable     bool   `json:"-"`
	Editable      bool   `json:"-"`
	Deletable     bool   `json:"-"`
	Viewable      bool   `json:"-"`
	Convertible   bool   `json:"convertible"`
	Parent        string `json:"parent"` // of a subform: the module whose records hold the rows
	// DuplicateCheck is the field that an upsert checks when the caller names
	// none; empty when the module has no such system field.
	DuplicateCheck string   `json:"duplicate_check"`
	Fields         []*Field `json:"fields"`
	// Without names system fields that this module does not have.
	Without []string `json:"without"`

	schema    *Schema
	number    int
	computed  []*Field
	summaries []*Field
}

// Field returns the field with the API name, nil when there is none. Case
// counts, as it does for Zoho.
func (m *Module) Field(apiName string) *Field {
	for _, f := range m.Fields {
		if f.APIName == apiName {
			return f
		}
	}
	return nil
}

// FieldIn returns the field that an API version calls by the name, nil when there is none.
func (m *Module) FieldIn(version, name string) *Field {
	for _, f := range m.Fields {
		if f.NameIn(version) == name && f.In(version) {
			return f
		}
	}
	return nil
}

// DisplayField returns the field whose value names a record of the module in
// lookups and in lists of deleted records.
func (m *Module) DisplayField() *Field {
	for _, f := range m.Fields {
		if f.Display {
			return f
		}
	}
	return nil
}

// Statuses are what Zoho knows of a module's visibility.
var Statuses = []string{"visible", "user_hidden", "system_hidden", "scheduled_for_deletion"}

// Status is the module's own of them.
func (m *Module) Status() string {
	switch m.GeneratedType {
	case "subform":
		return "system_hidden"
	case "linking":
		return "user_hidden"
	}
	return "visible"
}

// LayoutID is the id of the module's only layout, "Standard".
func (m *Module) LayoutID() string { return id(m.number, 0, 1) }

// complete fills in what follows from the kind of module, system fields included.
func (m *Module) complete() {
	if m.GeneratedType == "" {
		m.GeneratedType = "default"
	}
	if m.SingularLabel == "" {
		m.SingularLabel = m.APIName
	}
	if m.PluralLabel == "" {
		m.PluralLabel = m.SingularLabel
	}
	if m.ScopeName == "" {
		m.ScopeName = "custom"
	}
	// Rows of a subform are written through the record that holds them.
	rows := m.GeneratedType == "subform"
	m.APISupported, m.Viewable = true, true
	m.Creatable, m.Editable, m.Deletable = !rows, !rows, !rows
	m.addSystemFields()
}

// addSystemFields appends the fields that Zoho keeps on every record, and
// leaves alone those that the module already describes.
func (m *Module) addSystemFields() {
	for _, f := range m.systemFields() {
		if m.Field(f.APIName) == nil && !slices.Contains(m.Without, f.APIName) {
			m.Fields = append(m.Fields, f)
		}
	}
}

func (m *Module) systemFields() []*Field {
	created := []*Field{
		{APIName: "Created_Time", DataType: "datetime", ReadOnly: true},
		{APIName: "Modified_Time", DataType: "datetime", ReadOnly: true},
		{APIName: "id", Label: "Record Id", DataType: "bigint", Length: 20, ReadOnly: true},
	}
	if m.GeneratedType == "subform" {
		parent := &Field{APIName: "Parent_Id", Label: "Parent ID", DataType: "lookup", Lookup: m.Parent, ReadOnly: true}
		return append([]*Field{parent}, created...)
	}
	if m.GeneratedType == "linking" {
		return append([]*Field{
			{APIName: "Created_By", DataType: "ownerlookup", ReadOnly: true},
			{APIName: "Modified_By", DataType: "ownerlookup", ReadOnly: true},
		}, created...)
	}
	return append([]*Field{
		{APIName: "Owner", Label: m.SingularLabel + " Owner", DataType: "ownerlookup"},
		{APIName: "Created_By", DataType: "ownerlookup", ReadOnly: true},
		{APIName: "Modified_By", DataType: "ownerlookup", ReadOnly: true},
		{APIName: "Record_Status__s", DataType: "picklist", ReadOnly: true, PickList: []Pick{{Display: "Available"}, {Display: "Trash"}, {Display: "Draft"}}},
		{APIName: "Layout", DataType: "layout"},
		{APIName: "Tag", DataType: "text", JSONType: "jsonarray", Length: 2000, Holds: "tags"},
		{APIName: "Locked__s", Label: "Locked", DataType: "boolean", ReadOnly: true},
		{APIName: "Last_Activity_Time", DataType: "datetime", ReadOnly: true},
	}, created...)
}
