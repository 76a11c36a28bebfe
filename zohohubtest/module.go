package zohohubtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// Module describes a custom module of one's own for [Server.AddModule].
type Module struct {
	// APIName is how calls name it, such as "Boats".
	APIName string
	// SingularLabel and PluralLabel are what people read; empty means made from the API name.
	SingularLabel, PluralLabel string
	// SubformOf makes it the rows of a subform in that module's records instead of a module of its own.
	SubformOf string
	// Fields are what it has beside Zoho's own: Name (mandatory; not in a subform), Owner, Tag, Created_Time and so on.
	Fields []Field
}

// Field describes a custom field for [Server.AddField] and [Module].
type Field struct {
	// APIName is how records name it, such as "Sail_Area"; Label is what people read, empty means made from it.
	APIName, Label string
	// DataType is Zoho's word: text, textarea, email, phone, website, picklist, multiselectpicklist, boolean, integer,
	// bigint, double, percent, currency, date, datetime, autonumber, formula, rollup_summary, lookup, userlookup,
	// multiselectlookup, multiuserlookup, multi_module_lookup, subform, fileupload, imageupload, consent_lookup or
	// time_range.
	DataType string
	// Length bounds the characters, and the rows of a file, image or multi-select lookup field; zero means what Zoho gives
	// the data type.
	Length            int
	Mandatory, Unique bool
	// Required: the layout asks people for it. The API does not, as it does for what is Mandatory.
	Required bool
	// Unused: it is on no layout, and so in lists of fields only for who asks for those.
	Unused bool
	// Decimals are the places of a double, percent, currency or computed number; zero means two.
	Decimals int
	// Rounding is how a currency is brought to its places: normal, round_off, round_up or round_down. Empty means normal.
	Rounding string
	// TextArea is the kind of a textarea: small, large or rich_text. Empty means small.
	TextArea string
	// PickList are the values of a picklist or multiselectpicklist, which needs some.
	PickList []string
	// Lookup is the module that a lookup or a multiselectlookup points to, Subform the one that holds a subform's rows.
	// The module of a multiselectlookup gets a field that shows the same links from its side; either kind of link is a
	// record of a module such as Boats_X_Crews, or Boats_X_Users for a multiuserlookup.
	Lookup, Subform string
	// Lookups are the modules that a multi_module_lookup points into.
	Lookups []string
	// Expression computes a formula: fields of the same record as ${Boats.Length}, numbers, texts in quotes, + - * /,
	// comparisons, and Zoho's Concat, If and Adddate. Other functions leave the field empty; what cannot be read, and a
	// field that the module does not have or that is computed from this one, is refused. ReturnType is the data type of
	// the value; empty means text.
	Expression, ReturnType string
	// Rollup says what a rollup_summary is computed from.
	Rollup Rollup
	// AutoNumber says how an autonumber counts: Prefix, the number with at least Digits digits, Suffix. It begins at
	// Start; zero means 1.
	AutoNumber AutoNumber
}

// Rollup is what a [Field] of data type rollup_summary is computed from.
type Rollup struct {
	// Of is the module of the records, or of the rows of a subform, that are summed up; By is their lookup to the record
	// that has the field: Parent_Id for rows.
	Of, By string
	// Function is count, sum, min, max or avg, Field what it is applied to: nothing for count, a number for sum and avg, a
	// number, date or datetime for min and max.
	Function, Field string
}

// AutoNumber is how a [Field] of data type autonumber counts.
type AutoNumber struct {
	Prefix, Suffix string
	Start, Digits  int
}

// AddModule adds a custom module. It panics with the reason when there cannot be such a module.
func (s *Server) AddModule(m Module) {
	added := schema.Module{APIName: m.APIName, SingularLabel: m.SingularLabel, PluralLabel: m.PluralLabel, Parent: m.SubformOf}
	if m.SubformOf != "" {
		added.GeneratedType = "subform"
	}
	for _, f := range m.Fields {
		field := f.schema()
		added.Fields = append(added.Fields, &field)
	}
	if err := s.crm.addModule(added); err != nil {
		panic(fmt.Sprintf("zohohubtest: AddModule: %v", err))
	}
}

// AddField adds a custom field to a module; records that are there have it empty, unless it is computed. It panics with the
// reason when there cannot be such a field.
func (s *Server) AddField(module string, f Field) {
	if err := s.crm.addField(module, f.schema()); err != nil {
		panic(fmt.Sprintf("zohohubtest: AddField: %v", err))
	}
}

func (f Field) schema() schema.Field {
	out := schema.Field{
		APIName: f.APIName, Label: f.Label, DataType: f.DataType, Length: f.Length,
		Mandatory: f.Mandatory, Unique: f.Unique, Required: f.Required, Unused: f.Unused, Lookup: f.Lookup, Subform: f.Subform, Modules: slices.Clone(f.Lookups),
		DecimalPlaces: f.Decimals, Rounding: f.Rounding, TextArea: f.TextArea, Expression: f.Expression, ReturnType: f.ReturnType,
	}
	if f.DataType == "rollup_summary" {
		out.Rollup = &schema.Rollup{Of: f.Rollup.Of, By: f.Rollup.By, Function: f.Rollup.Function, Field: f.Rollup.Field}
	}
	if f.DataType == "autonumber" {
		out.AutoNumber = &schema.AutoNumber{
			Prefix: f.AutoNumber.Prefix, Suffix: f.AutoNumber.Suffix, Start: cmp.Or(f.AutoNumber.Start, 1), Digits: f.AutoNumber.Digits,
		}
	}
	for _, value := range f.PickList {
		out.PickList = append(out.PickList, schema.Pick{Display: value})
	}
	return out
}

// SetSearchLag makes records that are written from now on appear in search only d later by the fake's clock, as they do
// at Zoho, whose index follows the records by some seconds. Zero, from the start, is at once.
func (s *Server) SetSearchLag(d time.Duration) { s.crm.setSearchLag(d) }

// SetFailureStatus is the HTTP status of a batch in which a row failed: sandboxes and older versions answer with 200 or
// 202. Zero, from the start, is what the version says: 207, or 400 when all rows failed.
func (s *Server) SetFailureStatus(status int) { s.crm.setFailureStatus(status) }
