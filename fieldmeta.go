package zohohub

import (
	"cmp"
	"context"
	"encoding/json"
)

// Field describes a field of a module. What is not about fields of its kind is zero: Lookup of a number, for example.
type Field struct {
	ID      string
	APIName string
	Label   string
	// DataType is Zoho's name of the type: "text", "picklist", "lookup", "datetime", …
	DataType string
	// JSONType is what a record's JSON has for it: "string", "integer", "double", "boolean", "jsonobject" or "jsonarray".
	JSONType string
	// Length is the greatest number of characters; 0 where the type has none.
	Length int
	// DecimalPlaces is the greatest number of digits after the point; nil where Zoho names none.
	DecimalPlaces *int
	// Mandatory is set for fields that no record can do without. What a layout asks for beyond them says [LayoutField].
	Mandatory bool
	// ReadOnly is set for fields that the user, or anybody, cannot write; [Field.Writable] tells what the API can.
	ReadOnly bool
	// Custom is set for fields that the org added to the module.
	Custom bool
	// Visible is set for fields that people see.
	Visible bool
	// Unique is set where no two records may hold the same value; CaseSensitive where values that differ in case alone are
	// not the same.
	Unique, CaseSensitive bool
	PickListValues        []PickListValue
	// Lookup is where a lookup leads.
	Lookup FieldLookup
	// MultiSelectLookup is where a multi-select lookup leads, be it to records or, as MultiUserLookup, to users.
	MultiSelectLookup, MultiUserLookup FieldLink
	// MultiModuleLookup are the API names of the modules that a lookup to one of several leads to.
	MultiModuleLookup []string
	// Subform is the API name of the module of a subform's rows.
	Subform       string
	Currency      FieldCurrency
	Formula       FieldFormula
	AutoNumber    FieldAutoNumber
	ViewType      FieldViews
	OperationType FieldOperations
	// ConvertMapping are, by module ("Contacts", "Accounts", "Deals"), the API names of the fields that take the value when a
	// lead is converted.
	ConvertMapping map[string]string
	// Raw is the field as Zoho sent it.
	Raw json.RawMessage
}

// PickListValue is one of a pick list's values.
type PickListValue struct {
	ID string
	// ActualValue is what the API takes and gives, DisplayValue what people see.
	ActualValue, DisplayValue string
	// ReferenceValue stays when the others are renamed; empty where the API version does not tell it.
	ReferenceValue string
	// Color is "#57B1FD" for example; empty for none.
	Color string
	// Used is not set for values that people can no longer choose.
	Used bool
}

// FieldLookup is where a lookup leads.
type FieldLookup struct {
	ID string
	// Module is the API name of the module; "se_module" where another field of the record says which.
	Module string
	// APIName and Label are those of the related list in that module.
	APIName, Label string
}

// FieldLink is where a multi-select lookup leads.
type FieldLink struct {
	ID string
	// Module is the API name of the module that it leads to, empty for users; LinkingModule is that of the module whose
	// records are the links.
	Module, LinkingModule string
	// Lookup is, in the linking module, the API name of the lookup to this field's module, and ConnectedLookup that of the
	// one to Module.
	Lookup, ConnectedLookup string
	// ConnectedField is the API name of the field in Module that shows the links from the other side.
	ConnectedField string
}

// FieldCurrency is how amounts are rounded.
type FieldCurrency struct {
	// Rounding is "normal", "round_off", "round_up" or "round_down".
	Rounding string
	// Precision is the number of digits after the point.
	Precision int
}

// FieldFormula is what is computed.
type FieldFormula struct {
	// ReturnType is the data type of the result.
	ReturnType, Expression string
}

// FieldAutoNumber is how numbers are made: Prefix, a number of at least Digits digits, Suffix.
type FieldAutoNumber struct {
	Prefix, Suffix string
	// Start is the first number.
	Start, Digits int
}

// FieldViews are the pages on which people meet a field.
type FieldViews struct{ View, Create, QuickCreate, Edit bool }

// FieldOperations say by which ways a field can be written. Before v5 Zoho does not tell: all are the opposite of
// ReadOnly.
type FieldOperations struct{ WebCreate, WebUpdate, APICreate, APIUpdate bool }

// Writable says whether the API takes a value for the field, in a new record or in a change.
func (f Field) Writable() bool { return f.OperationType.APICreate || f.OperationType.APIUpdate }

// Fields lists the fields of a module that are in use, by the module's API name. They are kept for Config.MetadataAge; what
// is returned is the caller's own. A module that does not exist is [ErrInvalidModule]. It costs one credit where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/fields?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html
func (c *Connection) Fields(ctx context.Context, module string) ([]Field, error) {
	fields, err := c.fields(ctx, module)
	return ownCopy(fields), err
}

// fields are those that the connection keeps: they are not to be changed.
func (c *Connection) fields(ctx context.Context, module string) ([]Field, error) {
	const op, name = "list fields", "fields"
	return keptOf(ctx, c, op, metadataKey{name, module}, func() ([]json.RawMessage, error) {
		raws, err := c.metadata.fieldsInFolder(op, module)
		if err == nil && raws == nil {
			raws, err = c.settings(ctx, op, module, name, Params{"module": module})
		}
		return raws, err
	}, newField)
}

// newField reads a field. Types of values have changed from version to version: what is not understood is left empty.
func newField(raw json.RawMessage) Field {
	m := metaOf(raw)
	unique, link, number := m.sub("unique"), m.sub("multiselectlookup"), m.sub("auto_number")
	if len(number) == 0 {
		number = m.sub("autonumber")
	}
	f := Field{
		ID: m.text("id"), APIName: m.text("api_name"), Label: m.text("field_label"), DataType: m.text("data_type"),
		JSONType: m.text("json_type"), Length: m.number("length"), Mandatory: m.flag("system_mandatory"),
		ReadOnly: m.flag("read_only") || m.flag("field_read_only"), Custom: m.flag("custom_field"), Visible: m.flag("visible"),
		Unique: len(unique) > 0 || m.flag("unique"), CaseSensitive: unique.flag("casesensitive"),
		MultiSelectLookup: newFieldLink(link), MultiUserLookup: newFieldLink(m.sub("multiuserlookup")),
		Subform:    cmp.Or(m.sub("subform").module("module"), text(m["subform"]), m.sub("associated_module").module("module")),
		Currency:   FieldCurrency{m.sub("currency").text("rounding_option"), m.sub("currency").number("precision")},
		Formula:    FieldFormula{m.sub("formula").text("return_type"), m.sub("formula").text("expression")},
		AutoNumber: FieldAutoNumber{number.text("prefix"), number.text("suffix"), number.number("start_number"), number.number("starting_number_length")},
		Raw:        raw,
	}
	if n, ok := m.whole("decimal_place"); ok {
		f.DecimalPlaces = &n
	}
	if lookup := m.sub("lookup"); len(lookup) > 0 {
		f.Lookup = FieldLookup{lookup.text("id"), lookup.module("module"), lookup.text("api_name"), lookup.text("display_label")}
	} else {
		f.Lookup.Module = text(m["lookup"])
	}
	f.MultiModuleLookup = m.sub("multi_module_lookup").names("modules")
	for _, raw := range m.list("pick_list_values") {
		v := metaOf(raw)
		f.PickListValues = append(f.PickListValues, PickListValue{
			ID: v.text("id"), ActualValue: v.text("actual_value"), DisplayValue: v.text("display_value"),
			ReferenceValue: v.text("reference_value"), Color: v.text("colour_code"),
			Used: cmp.Or(v.text("type"), "used") == "used", // before v4 there is no type
		})
	}
	views := m.sub("view_type")
	f.ViewType = FieldViews{views.flag("view"), views.flag("create"), views.flag("quick_create"), views.flag("edit")}
	f.OperationType = FieldOperations{!f.ReadOnly, !f.ReadOnly, !f.ReadOnly, !f.ReadOnly}
	if ways := m.sub("operation_type"); len(ways) > 0 {
		f.OperationType = FieldOperations{ways.flag("web_create"), ways.flag("web_update"), ways.flag("api_create"), ways.flag("api_update")}
	}
	for module := range m.sub("convert_mapping") {
		if to := m.sub("convert_mapping").module(module); to != "" {
			if f.ConvertMapping == nil {
				f.ConvertMapping = map[string]string{}
			}
			f.ConvertMapping[module] = to
		}
	}
	return f
}

func newFieldLink(m meta) FieldLink {
	return FieldLink{
		ID: m.text("id"), Module: m.module("connected_module"), LinkingModule: m.module("linking_module"),
		Lookup: m.text("lookup_apiname"), ConnectedLookup: m.text("connectedlookup_apiname"), ConnectedField: m.text("connectedfield_apiname"),
	}
}
