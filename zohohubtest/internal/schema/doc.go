// Package schema holds the metadata of the fake CRM: modules, their fields and
// pick lists, and the JSON in which Zoho describes them.
//
// The standard modules are embedded as short JSON files, one per module, that
// name only what differs from the rule of a field's data type; Load expands
// them. Fields that an org sees only after switching a feature on (several
// currencies, territories, visitor tracking, data privacy) are left out, but for
// those of the custom module Specimens, which is there to have every data type.
//
// # Values outside a pick list
//
// Zoho's documentation of record writes names no refusal for a pick-list value
// that is not in the list: the faults it lists for a field's value are a wrong
// JSON type and too many characters. No report of such a refusal was found in
// public issue threads or forums, and none of the opposite either. So the fake
// should accept any string up to Field.Length in a picklist, and any array of
// such strings in a multiselectpicklist: likely, not proven. Zoho's developer
// series does state that a record is written with the display value, not with
// the actual (reference) value.
package schema
