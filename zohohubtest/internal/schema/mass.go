package schema

import "slices"

// MassUpdatable tells whether a mass update takes the field: none that is
// unique, an address, a lookup, or a text of several lines.
func (f *Field) MassUpdatable() bool {
	none := []string{"email", "lookup", "multi_module_lookup", "multiselectlookup", "multiuserlookup", "layout", "textarea", "subform"}
	return f.Update && !f.Unique && f.Filterable && !slices.Contains(none, f.DataType)
}
