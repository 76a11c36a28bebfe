package zohohubtest

import (
	"fmt"
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
	// DataType is Zoho's word: text, textarea, integer, bigint, double, currency, boolean, date, datetime, email, phone,
	// website, picklist, multiselectpicklist, lookup, subform and so on.
	DataType string
	// Length bounds the characters; zero means what Zoho gives the data type.
	Length            int
	Mandatory, Unique bool
	// PickList are the values of a picklist or multiselectpicklist, which needs some.
	PickList []string
	// Lookup is the module that a lookup points to, Subform the one that holds a subform's rows.
	Lookup, Subform string
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

// AddField adds a custom field to a module; records that are there have it empty. It panics with the reason when there
// cannot be such a field.
func (s *Server) AddField(module string, f Field) {
	if err := s.crm.addField(module, f.schema()); err != nil {
		panic(fmt.Sprintf("zohohubtest: AddField: %v", err))
	}
}

func (f Field) schema() schema.Field {
	out := schema.Field{
		APIName: f.APIName, Label: f.Label, DataType: f.DataType, Length: f.Length,
		Mandatory: f.Mandatory, Unique: f.Unique, Lookup: f.Lookup, Subform: f.Subform,
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
