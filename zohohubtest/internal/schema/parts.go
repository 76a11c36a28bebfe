package schema

import "cmp"

// parts are the fields of values that are objects or lists of objects, by the
// data type or by what a field holds.
var parts = completed(map[string][]*Field{
	"ALARM":      {{APIName: "ALARM", DataType: "text", Mandatory: true}},
	"RRULE":      {{APIName: "RRULE", DataType: "text", Mandatory: true}, {APIName: "EXDATE", DataType: "text"}},
	"time_range": {{APIName: "From", DataType: "text", Mandatory: true}, {APIName: "To", DataType: "text", Mandatory: true}},
	"multireminder": {
		{APIName: "unit", DataType: "integer", Mandatory: true}, {APIName: "period", DataType: "text", Mandatory: true}, {APIName: "time", DataType: "text"},
	},
	"linetax": {
		{APIName: "id", DataType: "bigint", Length: 19}, {APIName: "name", DataType: "text"}, {APIName: "percentage", DataType: "double", Mandatory: true},
	},
	"consent_lookup": {
		{APIName: "Data_Processing_Basis", DataType: "text"}, {APIName: "Consent_Through", DataType: "text"},
		{APIName: "Consent_Date", DataType: "date"}, {APIName: "Consent_Remarks", DataType: "textarea"},
		{APIName: "Contact_Through_Email", DataType: "boolean"}, {APIName: "Contact_Through_Phone", DataType: "boolean"},
		{APIName: "Contact_Through_Social", DataType: "boolean"}, {APIName: "Contact_Through_Survey", DataType: "boolean"},
		{APIName: "Mail_Sent_Time", DataType: "datetime"}, {APIName: "Owner", DataType: "ownerlookup"},
	},
	"participants": {
		{APIName: "type", DataType: "text", Mandatory: true}, {APIName: "participant", DataType: "text", Mandatory: true},
		{APIName: "invited", DataType: "boolean"}, {APIName: "status", DataType: "text"},
	},
	"pricing": {
		{APIName: "from_range", DataType: "double", Mandatory: true}, {APIName: "to_range", DataType: "double", Mandatory: true},
		{APIName: "discount", DataType: "double", Mandatory: true},
	},
})

func completed(all map[string][]*Field) map[string][]*Field {
	for _, fields := range all {
		for _, f := range fields {
			f.complete()
		}
	}
	return all
}

// Parts are the fields of the object that is the field's value, or of each
// object of the list that is; nil for other fields. They have no ids.
func (f *Field) Parts() []*Field { return parts[cmp.Or(f.Holds, f.DataType)] }
