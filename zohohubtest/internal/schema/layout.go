package schema

import (
	"slices"
	"strings"
)

// Every module has one layout, Standard, with a section for its fields, one
// each for addresses and the description where it has such, and one for every
// subform. Zoho publishes no list of what is where; these follow its pages.

// unplaced are fields that are on no layout though an organisation has them.
var unplaced = []string{"id", "Layout", "Record_Status__s", "Locked__s", "Converted__s", "Change_Log_Time__s"}

// placed tells whether the field is on the module's layout.
func (f *Field) placed(version string) bool {
	return !f.Unused && f.In(version) && !slices.Contains(unplaced, f.APIName)
}

// section is a part of a layout.
type section struct {
	label   string
	fields  []*Field
	subform bool
}

// sections are the parts of the module's layout that have a field.
func (m *Module) sections(version string) []section {
	main := section{label: m.SingularLabel + " Information"}
	address, description := section{label: "Address Information"}, section{label: "Description Information"}
	var subforms []section
	for _, f := range m.Fields {
		switch {
		case !f.placed(version):
		case f.DataType == "subform":
			subforms = append(subforms, section{label: f.Label, fields: []*Field{f}, subform: true})
		case f.APIName == "Description":
			description.fields = append(description.fields, f)
		case ofAddress(f.APIName):
			address.fields = append(address.fields, f)
		default:
			main.fields = append(main.fields, f)
		}
	}
	all := append([]section{main, address, description}, subforms...)
	return slices.DeleteFunc(all, func(s section) bool { return len(s.fields) == 0 })
}

// ofAddress tells the fields of an address, which a module may have several of: Street, Billing_Street, …
func ofAddress(apiName string) bool {
	for _, which := range []string{"Billing_", "Shipping_", "Mailing_", "Other_"} {
		apiName = strings.TrimPrefix(apiName, which)
	}
	return slices.Contains([]string{"Street", "City", "State", "Zip_Code", "Zip", "Code", "Country"}, apiName)
}

// LayoutsJSON describes the module's layout as GET settings/layouts of the API
// version does; nothing for modules that have none, such as notes, the rows of
// subforms and links.
func (m *Module) LayoutsJSON(version string) []any {
	if m.Field("Layout") == nil {
		return nil
	}
	sections := list{}
	for i, s := range m.sections(version) {
		sections = append(sections, s.json(m, version, i+1))
	}
	profile := func(name, id string, byDefault bool) object {
		view := object{"name": "Standard", "id": m.LayoutID(), "type": "layout"}
		return object{"name": name, "id": id, "default": byDefault, "_default_view": view}
	}
	return list{object{
		"id": m.LayoutID(), "name": "Standard", "api_name": "Standard", "display_label": "Standard", "status": "active", "visible": true,
		"generated_type": "system", "source": "crm", "mode": nil, "display_type": 1, "show_business_card": true,
		"created_for": nil, "created_by": nil, "modified_by": nil, "created_time": nil, "modified_time": nil,
		"profiles":          list{profile("Administrator", AdministratorProfileID, true), profile("Standard", StandardProfileID, true)},
		"has_more_profiles": false, "sections": sections, "convert_mapping": m.convertMapping(), "subform_properties": nil,
		"actions_allowed": object{
			"edit": true, "rename": true, "clone": true, "downgrade": false, "delete": false, "deactivate": false, "set_layout_permissions": true,
		},
	}}
}

// json describes the n-th section of m's layout.
func (s section) json(m *Module, version string, n int) object {
	fields := list{}
	for i, f := range s.fields {
		o := f.JSON(version)
		o["required"] = f.Mandatory || f.Required
		o["sequence_number"], o["section_id"] = i+1, n
		o["validation_rule"], o["static_values"], o["_delete"] = nil, list{}, nil
		fields = append(fields, o)
	}
	out := object{
		"id": id(m.number, 0, firstSection+n), "name": s.label, "api_name": s.label, "display_label": s.label, "sequence_number": n,
		"column_count": 2, "tab_traversal": "left_to_right", "isSubformSection": s.subform, "generated_type": "system", "type": "used",
		"properties": nil, "fields": fields, "_delete": nil,
	}
	if s.subform {
		out["column_count"], out["generated_type"] = 0, "custom"
		out["properties"] = object{"reorder_rows": false, "maximum_rows": nil, "tooltip": nil}
	}
	return out
}

// firstSection is where the ids of sections begin, after the layout's.
const firstSection = 10

// convertMapping says what layouts the records get that a lead is converted
// into, and what is asked for of the deal; nil for what is not converted.
func (m *Module) convertMapping() any {
	if !m.Convertible {
		return nil
	}
	out := object{}
	for _, name := range convertedInto {
		into := m.schema.Module(name)
		out[name] = object{"name": "Standard", "id": into.LayoutID()}
		if name != "Deals" {
			continue
		}
		fields := list{}
		for _, apiName := range []string{"Amount", "Deal_Name", "Closing_Date", "Stage"} {
			f := into.Field(apiName)
			fields = append(fields, object{"api_name": f.APIName, "field_label": f.Label, "id": f.ID, "required": f.Mandatory})
		}
		out[name].(object)["fields"] = fields
	}
	return out
}

// convertedInto are the modules of the records that a lead becomes.
var convertedInto = []string{"Contacts", "Deals", "Accounts"}

// convertsTo is where the value of a lead's field goes when that is not a
// field of the same name.
var convertsTo = map[string]map[string]string{
	"Contacts": {"Designation": "Title", "Street": "Mailing_Street", "City": "Mailing_City", "State": "Mailing_State", "Zip_Code": "Mailing_Zip", "Country": "Mailing_Country"},
	"Accounts": {
		"Company": "Account_Name", "No_of_Employees": "Employees", "Street": "Billing_Street", "City": "Billing_City", "State": "Billing_State",
		"Zip_Code": "Billing_Code", "Country": "Billing_Country",
	},
}

// ConvertsTo is the field of a module, one of Contacts, Deals and Accounts,
// that takes over the value when the record is converted; nil when none does.
func (f *Field) ConvertsTo(module string) *Field {
	if !f.module.Convertible || !f.Create || slices.Contains([]string{"Owner", "Layout", "Tag"}, f.APIName) {
		return nil
	}
	name, ok := convertsTo[module][f.APIName]
	if !ok {
		name = f.APIName
	}
	into := f.module.schema.Module(module).Field(name)
	if into == nil || !into.Create || into.DataType != f.DataType {
		return nil
	}
	return into
}

func (f *Field) convertMapping() object {
	out := object{}
	for _, name := range convertedInto {
		out[name] = nil
		if into := f.ConvertsTo(name); into != nil {
			out[name] = into.APIName
		}
	}
	return out
}
