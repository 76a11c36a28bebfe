package zohohubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// Patterns of what Zoho takes for the kinds of text that it checks.
var (
	emailPattern   = regexp.MustCompile(`^[^\s@,;<>()"]+@[^\s@,;<>()"]+\.[^\s@,;<>()".]+$`)
	phonePattern   = regexp.MustCompile(`^[+]?[0-9A-Za-z .,;()#-]*[0-9A-Za-z][0-9A-Za-z .,;()#-]*$`)
	websitePattern = regexp.MustCompile(`^\S+\.\S+$`)
	integerPattern = regexp.MustCompile(`^-?[0-9]+$`)
	datePattern    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	// A fraction of a second is refused, an offset is not optional.
	dateTimePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$`)
)

// site is where in a request's body a value stands.
type site struct {
	path string // $.data[0]
	name string // the field
}

func (s site) at(name string) site { return site{path: s.path + "." + s.name, name: name} }

func (s site) index(i int) site { return site{path: s.path, name: fmt.Sprintf("%s[%d]", s.name, i)} }

// fault is a refusal of the value at s. Details come in pairs of key and value.
func (w *write) fault(s site, code, message string, details ...any) *refusal {
	api, _, _ := strings.Cut(s.name, "[")
	d := map[string]any{"api_name": api}
	if w.version.jsonPath {
		d["json_path"] = s.path + "." + s.name
	}
	for i := 0; i < len(details); i += 2 {
		d[details[i].(string)] = details[i+1]
	}
	return newRefusal(http.StatusBadRequest, code, message, d)
}

func (w *write) expected(s site, dataType string) *refusal {
	return w.fault(s, "INVALID_DATA", "invalid data", "expected_data_type", dataType)
}

func (w *write) tooLong(s site, length int) *refusal {
	return w.fault(s, "INVALID_DATA", "invalid data", "maximum_length", length)
}

func (w *write) mandatory(s site) *refusal {
	return w.fault(s, "MANDATORY_NOT_FOUND", "required field not found")
}

// value checks what was sent for a field and gives what is stored for it; nil clears the field. before is what is there.
// Subforms, multi-select lookups and lookups into any module need more than the value and are not for it.
func (w *write) value(f *schema.Field, s site, v, before any) (any, *refusal) {
	kind := cmp.Or(f.Holds, f.DataType)
	if kind == "fileupload" || kind == "imageupload" {
		return w.files(f, s, v, before) // of which null clears nothing
	}
	if v == nil || v == "" {
		return w.empty(f), nil
	}
	switch kind {
	case "boolean":
		if _, ok := v.(bool); !ok {
			return nil, w.expected(s, "boolean")
		}
		return v, nil
	case "integer", "bigint":
		return w.integer(f, s, v)
	case "double", "percent", "currency":
		return w.decimal(f, s, v)
	case "multiselectpicklist":
		return w.picks(f, s, v)
	case "lookup", "multi_module_lookup":
		return w.lookup(f, s, v)
	case "ownerlookup", "userlookup":
		return w.someone(f, s, v, before)
	case "layout":
		return w.layout(s, v)
	case "tags":
		return w.tags(s, v)
	case "territories":
		return w.assigned(f, s, v, before)
	case "taxes":
		return w.taxes(f, s, v)
	case "linetax":
		return w.lineTaxes(f, s, v)
	case "pricing":
		return w.pricing(f, s, v, before)
	case "participants":
		return w.participants(f, s, v, before)
	case "multireminder":
		return w.reminders(f, s, v)
	case "ALARM":
		return w.alarm(f, s, v)
	case "RRULE":
		return w.recurrence(f, s, v)
	case "time_range":
		return w.timeRange(f, s, v)
	case "consent_lookup":
		return w.consent(f, s, v, before)
	case "duration":
		return w.duration(s, v)
	}
	return w.text(f, s, v)
}

// isNothing tells what leaves a field empty.
func isNothing(v any) bool {
	list, isList := v.([]any)
	return v == nil || v == "" || isList && len(list) == 0
}

// keepsRows: rows that a write does not list stay, so that null and an empty list change nothing.
func keepsRows(f *schema.Field) bool {
	return f.Link != nil || f.DataType == "fileupload" || f.DataType == "imageupload"
}

// empty is how a cleared field is stored.
func (w *write) empty(f *schema.Field) any {
	switch {
	case f.DataType == "boolean":
		return false
	case f.DataType == "layout":
		return w.c.layoutRef(w.module)
	case f.APIName == "Owner":
		return w.by
	}
	return nil
}

func (w *write) text(f *schema.Field, s site, v any) (any, *refusal) {
	kind := "text"
	pattern := (*regexp.Regexp)(nil)
	switch f.DataType {
	case "email":
		kind, pattern = "email", emailPattern
	case "phone":
		kind, pattern = "phone", phonePattern
	case "website":
		kind, pattern = "website", websitePattern
	case "date":
		kind, pattern = "date", datePattern
	case "datetime", "event_reminder":
		kind, pattern = "datetime", dateTimePattern
	}
	text, ok := v.(string)
	if !ok || pattern != nil && !pattern.MatchString(text) {
		return nil, w.expected(s, kind)
	}
	switch kind {
	case "date":
		if t, err := time.Parse(time.DateOnly, text); err != nil || !inCalendar(t) {
			return nil, w.expected(s, kind)
		}
	case "datetime":
		t, err := time.Parse(time.RFC3339, text)
		if err != nil || !inCalendar(t.In(orgZone)) {
			return nil, w.expected(s, kind)
		}
		return formatTime(t), nil
	default:
		if utf8.RuneCountInString(text) > f.Length {
			return nil, w.tooLong(s, f.Length)
		}
	}
	return text, nil
}

// inCalendar says whether a year has the four digits that it is written with.
func inCalendar(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// integer takes whole numbers. A bigint may also be sent as text, and is always answered so.
func (w *write) integer(f *schema.Field, s site, v any) (any, *refusal) {
	n, isNumber := v.(json.Number)
	text := n.String()
	if sent, isText := v.(string); isText && f.DataType == "bigint" {
		text, isNumber = sent, true
	}
	if !isNumber || !integerPattern.MatchString(text) {
		return nil, w.expected(s, f.DataType)
	}
	// The digits are kept as they are: as a number, those of a long text would take minutes.
	digits, negative := strings.CutPrefix(text, "-")
	digits = strings.TrimLeft(digits, "0")
	switch {
	case len(digits) > f.Length:
		return nil, w.tooLong(s, f.Length)
	case digits == "":
		text = "0"
	case negative:
		text = "-" + digits
	default:
		text = digits
	}
	if f.DataType == "bigint" {
		return text, nil
	}
	return json.Number(text), nil
}

// decimal takes numbers and keeps as many places of them as the field has.
func (w *write) decimal(f *schema.Field, s site, v any) (any, *refusal) {
	n, ok := v.(json.Number)
	// A number with a huge exponent is too long in any case, and would take the memory to say so.
	if !ok || len(n) > 64 || strings.ContainsAny(n.String(), "eE") && !shortExponent(n.String()) {
		return nil, w.expected(s, "double")
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return nil, w.expected(s, "double")
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if len(strings.TrimPrefix(whole.String(), "-")) > f.Length {
		return nil, w.tooLong(s, f.Length)
	}
	return ratNumber(rounded(r, f), f.DecimalPlaces), nil
}

// rounded is an amount as the currency field's rounding has it; what is left over is rounded half away from zero, as for
// any other number.
func rounded(r *big.Rat, f *schema.Field) *big.Rat {
	if f.Rounding != "round_up" && f.Rounding != "round_down" {
		return r
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.DecimalPlaces)), nil)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale))
	whole := new(big.Int).Quo(scaled.Num(), scaled.Denom()) // towards zero
	if f.Rounding == "round_up" && !scaled.IsInt() {
		whole.Add(whole, big.NewInt(int64(r.Sign())))
	}
	return new(big.Rat).SetFrac(whole, scale)
}

func shortExponent(n string) bool {
	at := strings.LastIndexAny(n, "eE")
	return len(strings.TrimLeft(n[at+1:], "+-0")) <= 2
}

// ratNumber writes a number rounded to places, without the zeros that say nothing.
func ratNumber(r *big.Rat, places int) json.Number {
	text := r.FloatString(places)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return json.Number(text)
}

// picks takes a list of values. Zoho keeps values that are not in the field's list, see package schema.
func (w *write) picks(f *schema.Field, s site, v any) (any, *refusal) {
	list, ok := v.([]any)
	if !ok {
		return nil, w.expected(s, "jsonarray")
	}
	picked := []any{}
	length := 0
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, w.expected(s.index(i), "text")
		}
		if length += utf8.RuneCountInString(text) + 1; length-1 > f.Length {
			return nil, w.tooLong(s, f.Length)
		}
		if !slices.Contains(picked, any(text)) {
			picked = append(picked, text)
		}
	}
	return picked, nil
}

// scalarText is the text of what may be written with or without quotes, such as an id.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}
