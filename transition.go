package zohohub

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// Transition is a way from a record's state to the next.
type Transition struct {
	ID   string
	Name string
	// NextState is the value that the state's field gets.
	NextState string
	// Type is "manual", or "automatic" for one that happens by itself, at ExecutionTime; empty where the API version does
	// not tell.
	Type          string
	ExecutionTime time.Time
	// CriteriaMatched says whether the record may take it; if not, CriteriaMessage says why, where the admin has written that.
	CriteriaMatched bool
	CriteriaMessage string
	// Fields are what it asks for, in the order in which people are asked.
	Fields []TransitionField
	// Data are the values that the record has in these fields.
	Data Fields
	// PercentSaved is how much of it was saved before without being carried out, in per cent.
	PercentSaved float64
	// Next are the transitions that lead on from NextState.
	Next []NextTransition
	// Raw is the transition as Zoho sent it.
	Raw json.RawMessage
}

// TransitionField is something that a transition asks for: a field of the record, or "Notes", "Attachments" or "CheckLists".
type TransitionField struct {
	// Field is what Zoho tells of the field. Its Label is the one that people read here.
	Field
	// Mandatory is set where the transition is not carried out without a value.
	Mandatory bool
	// Content is the help that the admin has written for it.
	Content string
}

// NextTransition is one that comes after another.
type NextTransition struct {
	ID, Name, Type  string
	CriteriaMatched bool
}

// Missing lists the API names of the mandatory fields that have no value, neither in fields nor, where fields does not
// name them, in the record: what still has to be asked for.
func (t *Transition) Missing(fields Fields) []string {
	var names []string
	for _, f := range t.Fields {
		value, given := fields[f.APIName]
		if !given {
			value = t.Data[f.APIName]
		}
		if f.Mandatory && f.APIName != "" && isNothing(value) {
			names = append(names, f.APIName)
		}
	}
	return names
}

// newTransition reads what there is of a transition.
func newTransition(raw json.RawMessage) Transition {
	m := metaOf(raw)
	t := Transition{
		ID: m.text("id"), Name: m.text("name"), NextState: m.text("next_field_value"), Type: m.text("type"),
		ExecutionTime: m.time("execution_time"), CriteriaMatched: m.matched(), CriteriaMessage: m.text("criteria_message"), Raw: raw,
	}
	_ = json.Unmarshal(m["percent_partial_save"], &t.PercentSaved) // what is no number says nothing
	for _, raw := range m.list("fields") {
		t.Fields = append(t.Fields, newTransitionField(raw))
	}
	for _, raw := range m.list("next_transitions") {
		n := metaOf(raw)
		t.Next = append(t.Next, NextTransition{n.text("id"), n.text("name"), n.text("type"), n.matched()})
	}
	if data := m["data"]; object(data) != nil { // a list where there is nothing
		t.Data, _ = codec.DecodeFields(data) // an object, as was seen
	}
	return t
}

// matched: where Zoho does not say that the criteria are not met, it is for Zoho to refuse.
func (m meta) matched() bool { return string(m["criteria_matched"]) != "false" }

func newTransitionField(raw json.RawMessage) TransitionField {
	m := metaOf(raw)
	f := TransitionField{Field: newField(raw), Mandatory: m.flag("mandatory"), Content: m.text("content")}
	if label := m.text("display_label"); label != "" {
		f.Label = label
	}
	return f
}

// refusal is what Zoho would refuse of the fields, as far as that can be told; nil when nothing can.
func (t *Transition) refusal(fields Fields) *Error {
	var faults []fieldFault
	var texts []string
	if missing := t.Missing(fields); len(missing) > 0 {
		texts = append(texts, fmt.Sprintf("the transition %q needs %s", clip(t.Name, 60), strings.Join(missing, ", ")))
		for _, name := range missing {
			faults = append(faults, newFieldFault("MANDATORY_NOT_FOUND", name))
		}
	}
	for _, f := range t.Fields {
		if fault := f.pickListFault(fields[f.APIName]); fault != "" {
			texts = append(texts, f.APIName+" "+fault)
			faults = append(faults, newFieldFault("INVALID_DATA", f.APIName))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	e := &Error{Code: faults[0].Code, Details: faults[0].Details, Index: -1, Err: fmt.Errorf("not sent: %s", strings.Join(texts, "; "))}
	if len(faults) > 1 {
		e.Code, e.Details = "MULTIPLE_OR_MULTI_ERRORS", encoded(map[string]any{"errors": faults})
	}
	return e
}

// fieldFault is what is wrong with a field in Zoho's form, so that nobody has to ask who found it.
type fieldFault struct {
	Code    string          `json:"code"`
	Details json.RawMessage `json:"details"`
	Status  string          `json:"status"`
}

func newFieldFault(code, field string) fieldFault {
	return fieldFault{code, encoded(map[string]string{"api_name": field}), "error"}
}

// pickListFault says what is wrong with a value that is not in the field's list. People's words for one are as good as Zoho's.
func (f *TransitionField) pickListFault(value any) string {
	list, isList := value.([]any)
	switch {
	case isNothing(value):
	case f.DataType == "picklist":
		return f.pickFault(f.actual(value))
	case f.DataType == "multiselectpicklist" && isList:
		actual := make([]any, len(list))
		for i, item := range list {
			actual[i] = f.actual(item)
		}
		return f.picksFault(actual)
	case f.DataType == "multiselectpicklist":
		return f.picksFault(value)
	}
	return ""
}

func (f *TransitionField) actual(value any) any {
	for _, v := range f.PickListValues {
		if value == v.DisplayValue {
			return v.ActualValue
		}
	}
	return value
}

// isNothing tells what leaves a field without a value.
func isNothing(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Pointer:
		return v.IsNil()
	}
	return isBlank(value)
}
