package schema

import (
	"encoding/json"
	"go/ast"
	"strings"
)

// Field describes one field of a module. The json tags are those of the
// embedded files; what they leave out follows from the data type.
type Field struct {
	ID            string `json:"-"`
	APIName       string `json:"api_name"`
	Label         string `json:"label"`
	DataType      string `json:"type"`
	JSONType      string `json:"json_type"`
	Length        int    `json:"length"`
	DecimalPlaces int    `json:"decimals"`
	Mandatory     bool   `json:"mandatory"` // Zoho's system_mandatory
	ReadOnly      bool   `json:"read_only"`
	Custom        bool   `json:"custom"`
	Unique        bool   `json:"unique"`
	Display       bool   `json:"display"` // the field that names a record in a lookup
	Searchable    bool   `json:"-"`
	Filterable    bool   `json:"-"`
	Sortable      bool   `json:"-"`
	Create        bool   `json:"-"` // may be sent when a record is created
	Update        bool   `json:"-"` // may be sent when a record is updated

	PickList   []Pick      `json:"picks"`
	Lookup     string      `json:"lookup"`  // API name of the module, or AnyModule
	Modules    []string    `json:"modules"` // of a lookup into several modules
	Subform    string      `json:"subform"` // API name of the module of the rows
	TextArea   string      `json:"text_area"`
	Rounding   string      `json:"rounding"`    // of a currency, one of Roundings
	ReturnType string      `json:"return_type"` // data type of a formula's or a roll-up summary's value
	Expression string      `json:"expression"`
	Computes   string      `json:"computes"` // what a formula without an expression is: line_total, net_total, sub_total or grand_total
	AutoNumber *AutoNumber `json:"auto_number"`
	Rollup     *Rollup     `json:"rollup"`
	// Holds says what the values are where the data type does not: tags, participants, territories, pricing, taxes,
	// duration.
	Holds string `json:"holds"`
	// Until is the last API version that has the field; empty for all.
	Until string `json:"until"`
	// Unused: the field is on no layout. Required: its layout asks for it, which
	// holds for people's forms and not for the API.
	Unused   bool `json:"-"`
	Required bool `json:"-"`
	// Link is set for a multi-select lookup.
	Link *Link `json:"-"`

	module   *Module
	sequence int
	tree     ast.Expr // of the formula
	needs    []string // the fields in the formula
	ofRows   bool
}

// AnyModule is the Lookup of a field that may point into several modules, as
// What_Id of an activity and Parent_Id of a note do. The record names the
// module beside it.
const AnyModule = "se_module"

// Targets are the modules that a lookup points into.
func (f *Field) Targets() []string {
	if len(f.Modules) > 0 {
		return f.Modules
	}
	return []string{f.Lookup}
}

// In reports whether the API version has the field.
func (f *Field) In(version string) bool { return f.Until == "" || version <= f.Until }

// AutoNumber says how an autonumber field counts: Prefix, then the number
// padded with zeros to Digits, then Suffix.
type AutoNumber struct {
	Prefix string `json:"prefix"`
	Suffix string `json:"suffix"`
	Start  int    `json:"start"`
	Digits int    `json:"digits"`
}

// Pick is one value of a pick list. Records hold Display. Probability (percent)
// and Forecast ("Open", "Closed Won", "Closed Lost") are set for stages of
// Deals only.
type Pick struct {
	ID          string `json:"-"`
	Display     string `json:"display"`
	Actual      string `json:"actual"`
	Probability int    `json:"probability"`
	Forecast    string `json:"forecast"`
}

// UnmarshalJSON reads a pick from an object, or from a string that is both the
// display and the actual value.
func (p *Pick) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.Display)
	}
	type plain Pick
	return json.Unmarshal(b, (*plain)(p))
}

// labelOf makes what people read of an API name.
func labelOf(apiName string) string {
	return strings.ReplaceAll(strings.TrimSuffix(apiName, "__s"), "_", " ")
}

// complete fills in what follows from the data type, which must be known.
func (f *Field) complete() {
	t := dataTypes[f.DataType]
	if f.Label == "" {
		f.Label = labelOf(f.APIName)
	}
	if f.DataType == "textarea" {
		if f.TextArea == "" {
			f.TextArea = "small"
		}
		t.length = map[string]int{"small": 2000, "large": 32000, "rich_text": 50000}[f.TextArea]
	}
	if f.DataType == "currency" && f.Rounding == "" {
		f.Rounding = Roundings[0]
	}
	if f.computed() {
		if f.ReturnType == "" {
			f.ReturnType = "text"
		}
		t.json = jsonTypeOf(f.ReturnType)
		t.decimals = dataTypes[f.ReturnType].decimals
	}
	if f.DataType == "autonumber" && f.AutoNumber == nil {
		f.AutoNumber = &AutoNumber{Start: 1}
	}
	if f.JSONType == "" {
		f.JSONType = t.json
	}
	if f.Length == 0 {
		f.Length = t.length
	}
	if f.DecimalPlaces == 0 {
		f.DecimalPlaces = t.decimals
	}
	f.ReadOnly = f.ReadOnly || t.readOnly
	// A list under a scalar data type (Tag, Participants) cannot be compared.
	scalar := f.JSONType == dataTypes[f.DataType].json || f.computed()
	f.Searchable = t.filter && scalar
	f.Filterable = t.filter && scalar
	f.Sortable = t.sort && scalar
	f.Create = !f.ReadOnly
	f.Update = !f.ReadOnly
	for i := range f.PickList {
		if f.PickList[i].Actual == "" {
			f.PickList[i].Actual = f.PickList[i].Display
		}
	}
}

// computed reports whether the value is of another data type, the ReturnType.
func (f *Field) computed() bool { return f.DataType == "formula" || f.DataType == "rollup_summary" }

// number assigns the field's ids; n counts the module's fields from 1.
func (f *Field) number(m *Module, n int) {
	f.module, f.sequence = m, n
	f.ID = id(m.number, n, 0)
	for i := range f.PickList {
		f.PickList[i].ID = id(m.number, n, firstPick+i)
	}
}
