package schema

import (
	"maps"
	"strconv"
	"strings"
)

// object and list are what JSON answers are built of.
type (
	object = map[string]any
	list   = []any
)

// JSON describes the module as GET settings/modules of the API version ("v2" to
// "v8") does; single adds what only GET settings/modules/{api_name} answers,
// the fields among it.
func (m *Module) JSON(version string, single bool) map[string]any {
	tab := m.Status() == "visible"
	o := object{
		"id": m.ID, "api_name": m.APIName, "module_name": m.APIName,
		"singular_label": m.SingularLabel, "plural_label": m.PluralLabel,
		"generated_type": m.GeneratedType, "api_supported": m.APISupported,
		"creatable": m.Creatable, "editable": m.Editable, "deletable": m.Deletable,
		"viewable": m.Viewable, "convertable": m.Convertible, "quick_create": tab,
		"visible": tab, "visibility": 1, "show_as_tab": tab, "sequence_number": m.number,
		"web_link": nil, "description": nil, "access_type": "org_based",
		"profiles": list{
			object{"name": "Administrator", "id": AdministratorProfileID},
			object{"name": "Standard", "id": StandardProfileID},
		},
		"profile_count": 2, "has_more_profiles": false,
		"parent_module": m.schema.minified(m.Parent),
		"modified_by":   nil, "modified_time": nil,
		"feeds_required": false, "scoring_supported": tab, "webform_supported": tab,
		"triggers_supported": true, "filter_supported": tab, "global_search_supported": tab,
		"inventory_template_supported": m.hasSubform(), "emailTemplate_support": tab,
		"email_parser_supported": tab, "isBlueprintSupported": tab,
		"business_card_field_limit": businessCardFields, "presence_sub_menu": tab, "sub_menu_available": tab,
		"arguments": list{}, "activity_badge": "Disabled",
		"chart_view": false, "chart_view_supported": tab, "kanban_view_supported": tab,
	}
	if atLeast(version, 5) {
		o["status"] = m.Status()
	}
	if atLeast(version, 6) {
		o["recycle_bin_on_delete"] = tab
		o["track_current_data"] = false
	}
	if single {
		m.addDetails(o, version)
	}
	return o
}

// addDetails adds the keys that only the metadata of one module carries.
func (m *Module) addDetails(o object, version string) {
	names := list{}
	for _, f := range m.Fields {
		if f.Searchable && len(names) < 5 {
			names = append(names, f.APIName)
		}
	}
	var display any
	if f := m.DisplayField(); f != nil {
		display = object{"api_name": f.APIName, "id": f.ID}
	}
	columns := list{}
	if f := m.DisplayField(); f != nil {
		columns = append(columns, object{"sequence_number": 1, "api_name": f.APIName, "id": f.ID})
	}
	maps.Copy(o, (object{
		"fields": m.FieldsJSON(version, "used"), "layouts": m.layouts(), "related_lists": m.RelatedListsJSON(version), "custom_view": nil,
		"display_field": display, "search_layout_fields": names, "business_card_fields": m.businessCard(),
		"lookup_field_properties":   object{"fields": columns},
		"related_list_properties":   object{"sort_by": nil, "fields": names, "sort_order": nil},
		"static_subform_properties": object{"fields": list{}}, "layout_associations": m.layouts(),
		"default_mapping_fields": list{}, "kanban_view": false, "zia_view": false,
		"filter_status": true, "per_page": 10, "territory": nil,
		"$field_states": list{}, "$properties": list{"$approved", "$approval", "$editable"}, "$on_demand_properties": list{},
	}))
}

func (m *Module) hasSubform() bool {
	for _, f := range m.Fields {
		if f.DataType == "subform" {
			return true
		}
	}
	return false
}

// businessCard are the fields that a record's page shows on top.
func (m *Module) businessCard() list {
	out := list{}
	for _, name := range []string{"Owner", "Email", "Phone", "Mobile", "Lead_Status", "Stage"} {
		if m.Field(name) != nil && len(out) < businessCardFields {
			out = append(out, name)
		}
	}
	return out
}

// businessCardFields is how many a module may have there.
const businessCardFields = 5

func (m *Module) layouts() list {
	return list{object{"api_name": "Standard", "name": "Standard", "id": m.LayoutID()}}
}

// FieldsJSON describes the module's fields as GET settings/fields of the API
// version does: those of a layout ("used"), the others ("unused"), or "all".
// Before v4 neither id nor Converted__s was listed.
func (m *Module) FieldsJSON(version, which string) []any {
	out := make(list, 0, len(m.Fields))
	for _, f := range m.Fields {
		if !atLeast(version, 4) && (f.APIName == "id" || f.APIName == "Converted__s") || !f.In(version) {
			continue
		}
		if which != "all" && which != f.use() {
			continue
		}
		out = append(out, f.JSON(version))
	}
	return out
}

// JSON describes the field as GET settings/fields of the API version ("v2" to
// "v8") does. What does not apply to the field is null or {}, as Zoho has it,
// and never absent.
func (f *Field) JSON(version string) map[string]any {
	computed := f.computed() || f.DataType == "autonumber"
	source := "default"
	if f.Custom {
		source = "user"
	}
	o := object{
		"id": f.ID, "api_name": f.NameIn(version), "field_label": f.Label, "display_label": f.Label,
		"data_type": f.DataType, "json_type": f.JSONType, "length": f.Length, "decimal_place": f.decimals(),
		"system_mandatory": f.Mandatory, "read_only": f.ReadOnly, "field_read_only": f.ReadOnly,
		"custom_field": f.Custom, "visible": true, "created_source": source, "type": f.use(),
		"ui_type": 1, "display_type": -1, "show_type": 7, "category": 1,
		"column_name": strings.ToUpper(f.APIName), "sequence_number": f.sequence,
		"quick_sequence_number": strconv.Itoa(f.sequence),
		"view_type":             object{"view": true, "edit": f.Update, "quick_create": f.Mandatory, "create": f.Create},
		"webhook":               true, "blueprint_supported": f.Update, "businesscard_supported": f.Filterable,
		"virtual_field": computed, "filterable": f.Filterable, "sortable": f.Sortable, "searchable": f.Searchable,
		"mass_update": f.MassUpdatable(), "separator": f.JSONType == "double", "number_separator": f.JSONType == "double",
		"display_field": f.Display, "available_in_user_layout": true, "static_field": false,
		"pick_list_values_sorted_lexically": false, "enable_colour_code": false, "colour_code_enabled_by_system": false,
		"pick_list_values": f.picks(),
		"profiles": list{
			object{"id": AdministratorProfileID, "name": "Administrator", "permission_type": f.permission()},
			object{"id": StandardProfileID, "name": "Standard", "permission_type": f.permission()},
		},
		"lookup": f.lookup(version), "multi_module_lookup": f.multiModule(),
		"multiselectlookup": f.link("multiselectlookup", version), "multiuserlookup": f.link("multiuserlookup", version),
		"subform": f.subform(), "associated_module": f.associated(), "sub_module": nil,
		"currency": f.currency(), "unique": f.unique(), "auto_number": f.autoNumber(), "autonumber": f.autoNumber(),
		"formula": f.formula(), "textarea": f.textArea(),
		"refer_from_field": nil, "external": nil, "crypt": nil, "private": nil,
		"hipaa_compliance": nil, "hipaa_compliance_enabled": false, "tooltip": nil, "history_tracking": nil,
		"convert_mapping":     f.convertMapping(),
		"association_details": nil,
		"email_parser":        object{"fields_update_supported": f.Update, "record_operations_supported": f.Update},
		"sharing_properties":  nil, "customizable_properties": f.customizable(),
		"default_value": nil, "additional_column": nil, "allowed_modules": list{},
		"file_upolad_optionlist": list{}, // Zoho's own spelling
		"created_time":           nil, "modified_time": nil, "_update_existing_records": false,
	}
	if atLeast(version, 5) {
		o["operation_type"] = object{"web_update": f.Update, "api_create": f.Create, "web_create": f.Create, "api_update": f.Update}
		o["rollup_summary"] = f.rollup()
		o["global_picklist"] = nil
	}
	if atLeast(version, 7) {
		o["layout_associations"] = f.module.layouts()
	}
	if atLeast(version, 8) {
		o["history_tracking_enabled"] = false
	}
	return o
}

// use says whether the field is on a layout: what is not may be listed apart.
func (f *Field) use() string {
	if f.Unused {
		return "unused"
	}
	return "used"
}

// PickListJSON describes the field's values as
// GET settings/fields/{id}/pick_list_values does.
func (f *Field) PickListJSON() []any {
	values := f.picks()
	for _, v := range values {
		v.(object)["layout_associations"] = f.module.layouts()
	}
	return values
}

func (f *Field) decimals() any {
	if f.DecimalPlaces == 0 {
		return nil
	}
	return f.DecimalPlaces
}

func (f *Field) permission() string {
	if f.ReadOnly {
		return "read_only"
	}
	return "read_write"
}

func (f *Field) customizable() list {
	if f.ReadOnly {
		return list{"api_name"}
	}
	return list{"api_name", "visible", "field_label"}
}

// picks lists the values; an optional single pick list starts with Zoho's word
// for an empty one.
func (f *Field) picks() list {
	out := list{}
	add := func(id string, p Pick) {
		o := object{
			"id": id, "display_value": p.Display, "actual_value": p.Actual, "reference_value": p.Actual,
			"sequence_number": len(out) + 1, "colour_code": nil, "type": "used", "sys_ref_name": p.Actual, "maps": f.maps(p),
		}
		if p.Forecast != "" {
			o["probability"] = p.Probability
			o["forecast_type"] = p.Forecast
			o["forecast_category"] = p.forecastCategory()
		}
		out = append(out, o)
	}
	if f.DataType == "picklist" && !f.Mandatory && !f.ReadOnly {
		add(id(f.module.number, f.sequence, 1), Pick{Display: "-None-", Actual: "-None-"})
	}
	for _, p := range f.PickList {
		add(p.ID, p)
	}
	return out
}

func (f *Field) lookup(version string) object {
	if f.Lookup == "" || f.Link != nil {
		return object{}
	}
	return object{
		"display_label": f.Label, "api_name": f.APIName, "id": f.ID, "module": f.module.schema.named(f.Lookup, version, 5),
		"query_details": object{}, "revalidate_filter_during_edit": false, "show_fields": list{},
	}
}

func (f *Field) subform() object {
	if f.Subform == "" {
		return object{}
	}
	return object{"module": f.Subform, "id": f.module.schema.Module(f.Subform).ID}
}

// associated names a subform's module once more; Zoho's SDKs read it here.
func (f *Field) associated() any {
	if f.Subform == "" {
		return nil
	}
	return object{"module": f.Subform, "api_name": f.Subform, "id": f.module.schema.Module(f.Subform).ID}
}

func (f *Field) currency() object {
	if f.DataType != "currency" {
		return object{}
	}
	return object{"rounding_option": f.Rounding, "precision": f.DecimalPlaces}
}

func (f *Field) unique() object {
	if !f.Unique {
		return object{}
	}
	return object{"casesensitive": "false"}
}

func (f *Field) autoNumber() object {
	if f.AutoNumber == nil {
		return object{}
	}
	a := f.AutoNumber
	return object{"prefix": a.Prefix, "suffix": a.Suffix, "start_number": a.Start, "starting_number_length": a.Digits}
}

func (f *Field) formula() object {
	if f.DataType != "formula" {
		return object{}
	}
	return object{"return_type": f.ReturnType, "expression": f.Expression}
}

func (f *Field) textArea() object {
	if f.DataType != "textarea" {
		return object{}
	}
	return object{"type": f.TextArea}
}

// link is the relationship of a multi-select lookup; {} for other fields.
func (f *Field) link(dataType, version string) object {
	if f.Link == nil || f.DataType != dataType {
		return object{}
	}
	s := f.module.schema
	var connected any // users are no module
	var field any
	if f.Lookup != "" {
		connected, field = s.named(f.Lookup, version, 8), f.Link.Mirror
	}
	return object{
		"display_label": f.Label, "api_name": f.APIName, "id": f.ID, "linking_module": s.named(f.Link.Module, version, 8),
		"lookup_apiname": f.Link.Here, "connected_module": connected, "connectedlookup_apiname": f.Link.There,
		"connectedfield_apiname": field, "record_access": false,
	}
}

func (f *Field) multiModule() object {
	if f.DataType != "multi_module_lookup" {
		return object{}
	}
	modules := list{}
	for _, name := range f.Modules {
		modules = append(modules, f.module.schema.minified(name))
	}
	return object{"display_label": f.Label, "api_name": f.APIName, "modules": modules}
}

func (f *Field) rollup() object {
	if f.Rollup == nil {
		return object{}
	}
	parameters := list{}
	if f.Rollup.Field != "" {
		parameters = append(parameters, object{"api_name": f.Rollup.Field})
	}
	of := f.module.schema.minified(f.Rollup.Of)
	return object{
		"return_type": f.ReturnType, "rollup_based_on": "all", "based_on_module": of, "related_list": of,
		"expression": object{"function": f.Rollup.Function, "function_parameters": parameters, "criteria": nil},
	}
}

// named is how an API version refers to a module: since is the first that tells its id as well.
func (s *Schema) named(module, version string, since int) any {
	if atLeast(version, since) {
		return s.minified(module)
	}
	return module
}

// minified is Zoho's short form of a module, {} for none.
func (s *Schema) minified(apiName string) object {
	if apiName == "" {
		return object{}
	}
	if m := s.Module(apiName); m != nil {
		return object{"api_name": m.APIName, "id": m.ID}
	}
	return object{"api_name": apiName, "id": nil} // AnyModule is no module
}

// atLeast reports whether the API version ("v2", "v2.1", …) is major or later.
func atLeast(version string, major int) bool {
	v, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	n, err := strconv.Atoi(v)
	return err == nil && n >= major
}
