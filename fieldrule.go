package zohohub

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// writing is what a record is sent for: to be made, to be changed, or, with an upsert, whichever it turns out to be.
type writing struct{ creates, updates bool }

// whole says whether the record has to have what is mandatory.
func (w writing) whole() bool { return w.creates && !w.updates }

// writable says whether the API takes a value for the field.
func (f *Field) writable(w writing) bool {
	return w.creates && f.OperationType.APICreate || w.updates && f.OperationType.APIUpdate
}

// fault says what is wrong with a value for the field, to follow its name; empty when nothing is. What clears the field,
// and types that have rules of their own, are right.
func (f *Field) fault(value any) string {
	if value == nil || value == "" {
		return ""
	}
	if _, ok := value.([]any); !ok && f.JSONType == "jsonarray" {
		return "is not a list"
	}
	switch f.DataType {
	case "text", "textarea", "email", "phone", "website":
		if f.JSONType == "jsonarray" { // as tags, participants and price ranges have it
			return ""
		}
		return f.textFault(value)
	case "picklist":
		return f.pickFault(value)
	case "multiselectpicklist":
		return f.picksFault(value)
	case "boolean":
		if _, ok := value.(bool); !ok {
			return "is not true or false"
		}
	case "integer", "bigint", "double", "percent", "currency":
		return f.numberFault(value)
	case "date":
		if !isTime(value, time.DateOnly) {
			return "is not a date such as 2026-05-01"
		}
	case "datetime":
		if text, _ := value.(string); !isTime(value, time.RFC3339) || strings.ContainsAny(text, ".,") { // no fractions
			return "is not a time such as 2026-05-01T10:00:00+01:00"
		}
	case "lookup", "ownerlookup", "userlookup":
		if _, bare := value.(string); bare { // older versions take the id alone
			return ""
		}
		if ref, ok := value.(map[string]any); !ok || isBlank(ref["id"]) && isBlank(ref["email"]) {
			return "is not a reference with an id"
		}
	}
	return ""
}

func (f *Field) textFault(value any) string {
	text, ok := value.(string)
	if !ok {
		return "is not text"
	}
	if n := utf8.RuneCountInString(text); f.Length > 0 && n > f.Length {
		return fmt.Sprintf("is too long (maximum is %d characters, it has %d)", f.Length, n)
	}
	if f.DataType == "email" && !addresses.MatchString(text) {
		return "is not an e-mail address"
	}
	return ""
}

// addresses is looser than the standard: Zoho takes some that it rules out, and wants a domain with a point.
var addresses = regexp.MustCompile(`^[^\s@,;<>()"]+@[^\s@,;<>()"]+\.[^\s@,;<>()".]+$`)

func (f *Field) pickFault(value any) string {
	text, ok := value.(string)
	if !ok {
		return "is not text"
	}
	named := func(v PickListValue) bool { return v.ActualValue == text }
	if len(f.PickListValues) == 0 || slices.ContainsFunc(f.PickListValues, named) {
		return ""
	}
	var accepted []string
	for _, v := range f.PickListValues {
		if v.Used {
			accepted = append(accepted, v.ActualValue)
		}
	}
	return fmt.Sprintf("has an invalid value %q. Accepted values: %s", clip(text, 40), strings.Join(accepted, ", "))
}

func (f *Field) picksFault(value any) string {
	list, ok := value.([]any)
	if !ok {
		return "is not a list"
	}
	for _, item := range list {
		if ref, ok := item.(map[string]any); ok { // a product's taxes, of which an id says enough
			if item = ref["value"]; item == nil && !isBlank(ref["id"]) {
				continue
			}
		}
		if fault := f.pickFault(item); fault != "" {
			return fault
		}
	}
	return ""
}

func (f *Field) numberFault(value any) string {
	whole := f.DataType == "integer" || f.DataType == "bigint"
	n, ok := value.(json.Number)
	text := n.String()
	if sent, isText := value.(string); isText && f.DataType == "bigint" { // which Zoho answers as text, and takes so
		text, ok = sent, true
	}
	digits, places, isNumber := digitsOf(text)
	switch {
	case !ok || !isNumber:
		return "is not a number"
	case whole && places > 0:
		return "is not a whole number"
	case f.Length > 0 && digits > f.Length:
		return fmt.Sprintf("is too long (maximum is %d digits, it has %d)", f.Length, digits)
	case !whole && f.DecimalPlaces != nil && places > *f.DecimalPlaces:
		return fmt.Sprintf("has too many decimal places (maximum is %d, it has %d)", *f.DecimalPlaces, places)
	}
	return ""
}

// digitsOf counts a number's digits before the point and the places behind it, of those that say something.
func digitsOf(text string) (digits, places int, ok bool) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789.+-eE") != "" {
		return 0, 0, false
	}
	if strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(number, 'f', -1, 64)
	}
	whole, fraction, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	return len(strings.TrimLeft(whole, "0")), len(strings.TrimRight(fraction, "0")), true
}

func isTime(value any, layout string) bool {
	text, ok := value.(string)
	_, err := time.Parse(layout, text)
	return ok && err == nil
}
