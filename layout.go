package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// ModuleLayout is one of the pages that people fill in for a module's records: which fields it has, and which of them it
// asks for. A record is written by the rules of one with [Layout].
type ModuleLayout struct {
	ID   string
	Name string
	// APIName is empty before v8; Label is what people read.
	APIName, Label string
	// Status is "active", "inactive" or "draft" and the like in Zoho's words; Visible is set for layouts that are in use.
	Status  string
	Visible bool
	// GeneratedType is "system" for Zoho's own layouts, "custom" for others.
	GeneratedType string
	Sections      []LayoutSection
	// Profiles are those whose users have the layout.
	Profiles                  []Lookup
	CreatedBy, ModifiedBy     Lookup
	CreatedTime, ModifiedTime time.Time
	// Raw is the layout as Zoho sent it.
	Raw json.RawMessage
}

// LayoutSection is a part of a layout.
type LayoutSection struct {
	ID string
	// Name is what Zoho calls the section inside, Label what people read.
	Name, APIName, Label string
	// Place is the section's in the layout, from 1; Columns is the number of fields in a row.
	Place, Columns int
	// Subform is set for a section that is the rows of a subform.
	Subform bool
	Fields  []LayoutField
}

// LayoutField is a field as a layout has it.
type LayoutField struct {
	Field
	// Required is set for fields that the layout asks for. Where Field.Mandatory is set, every layout does.
	Required bool
	// Place is the field's in the section, from 1.
	Place int
}

// Layouts lists the layouts of a module, by its API name, with their sections and fields. They are kept for
// Config.MetadataAge; what is returned is the caller's own. A module that does not exist is [ErrInvalidModule]. It costs one
// credit where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/layouts?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/layouts-meta.html
func (c *Connection) Layouts(ctx context.Context, module string) ([]ModuleLayout, error) {
	const op, name = "list layouts", "layouts"
	layouts, err := keptOf(ctx, c, op, metadataKey{name, module}, func() ([]json.RawMessage, error) {
		return c.settings(ctx, op, module, name, Params{"module": module})
	}, newModuleLayout)
	return ownCopy(layouts), err
}

// Field finds a field in the layout's sections, by its API name.
func (l ModuleLayout) Field(name string) (f LayoutField, ok bool) {
	for i := range l.Sections {
		for j := range l.Sections[i].Fields {
			if l.Sections[i].Fields[j].APIName == name {
				return l.Sections[i].Fields[j], true
			}
		}
	}
	return LayoutField{}, false
}

func newModuleLayout(raw json.RawMessage) ModuleLayout {
	m := metaOf(raw)
	l := ModuleLayout{
		ID: m.text("id"), Name: m.text("name"), APIName: m.text("api_name"), Label: m.text("display_label"), Status: m.text("status"),
		Visible: m.flag("visible"), GeneratedType: m.text("generated_type"), Profiles: m.lookups("profiles"),
		CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"),
		CreatedTime: m.time("created_time"), ModifiedTime: m.time("modified_time"), Raw: raw,
	}
	for _, raw := range m.list("sections") {
		m := metaOf(raw)
		s := LayoutSection{
			ID: m.text("id"), Name: m.text("name"), APIName: m.text("api_name"), Label: m.text("display_label"),
			Place: m.number("sequence_number"), Columns: m.number("column_count"), Subform: m.flag("isSubformSection"),
		}
		for _, raw := range m.list("fields") {
			m := metaOf(raw)
			s.Fields = append(s.Fields, LayoutField{Field: newField(raw), Required: m.flag("required"), Place: m.number("sequence_number")})
		}
		l.Sections = append(l.Sections, s)
	}
	return l
}
