package schema

import (
	"fmt"
	"slices"
)

// Rollup says what a roll-up summary is computed from: the rows of a subform of
// the record, or the records of a module whose lookup By points to it.
type Rollup struct {
	Of       string `json:"of"` // API name of the module of the rows or records
	By       string `json:"by"` // API name of the lookup; Parent_Id in a subform
	Function string `json:"function"`
	Field    string `json:"field"` // what is summed up; empty for a count
}

// RollupFunctions are what a roll-up summary may be.
var RollupFunctions = []string{"count", "sum", "min", "max", "avg"}

// Roundings are how a currency may be brought to its decimal places. Zoho does
// not say what sets normal apart from round_off; here nothing does.
var Roundings = []string{"normal", "round_off", "round_up", "round_down"}

// Rollups are the roll-up summaries that are computed from records or rows of a
// module.
func (s *Schema) Rollups(module string) []*Field { return s.rollups[module] }

// Summaries are the module's own roll-up summaries of records, not of rows.
func (m *Module) Summaries() []*Field { return m.summaries }

// OfRows reports whether the summary is of rows that the record itself holds.
func (f *Field) OfRows() bool { return f.ofRows }

// IsBigint reports whether the values are long whole numbers, which are text in
// records.
func (f *Field) IsBigint() bool { return f.DataType == "bigint" || f.ReturnType == "bigint" }

// Module is the module that has the field.
func (f *Field) Module() *Module { return f.module }

// note remembers what a field is computed from, once all modules are there.
func (s *Schema) note(f *Field) {
	if f.Rollup == nil {
		return
	}
	if s.rollups == nil {
		s.rollups = map[string][]*Field{}
	}
	s.rollups[f.Rollup.Of] = append(s.rollups[f.Rollup.Of], f)
	of := s.Module(f.Rollup.Of)
	if f.ofRows = of.GeneratedType == "subform" && of.Parent == f.module.APIName; !f.ofRows {
		f.module.summaries = append(f.module.summaries, f)
	}
}

// checkRollup refuses a summary of what is not there and finds the data type of
// its values.
func (s *Schema) checkRollup(m *Module, f *Field) error {
	r := f.Rollup
	if r == nil || !slices.Contains(RollupFunctions, r.Function) {
		return fmt.Errorf("a roll-up summary is one of %q", RollupFunctions)
	}
	of := s.Module(r.Of)
	if of == nil {
		return fmt.Errorf("there is no module %q to sum up", r.Of)
	}
	if by := of.Field(r.By); by == nil || by.DataType != "lookup" || by.Lookup != m.APIName {
		return fmt.Errorf("%s has no lookup %q to %s", r.Of, r.By, m.APIName)
	}
	if r.Function == "count" {
		f.ReturnType = "integer"
		return nil
	}
	summed := of.Field(r.Field)
	if summed == nil {
		return fmt.Errorf("%s has no field %q", r.Of, r.Field)
	}
	types := []string{"integer", "double", "percent", "currency"}
	if r.Function == "min" || r.Function == "max" {
		types = append(types, "date", "datetime")
	}
	if !slices.Contains(types, summed.DataType) {
		return fmt.Errorf("there is no %s of a %s", r.Function, summed.DataType)
	}
	f.ReturnType = summed.DataType
	if r.Function == "avg" && f.ReturnType == "integer" {
		f.ReturnType = "double"
	}
	return nil
}
