package zohohub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/transport"
)

// row is Zoho's result for one record of a write. A flat answer has the same shape.
type row struct {
	Code, Message, Status, Action string
	Details                       json.RawMessage
}

// UnmarshalJSON matches keys by case, unlike encoding/json by itself: the fields of a record that an answer holds
// ("Status", "Code") must not be taken for a result. Values of an unexpected type are left empty.
func (r *row) UnmarshalJSON(data []byte) error {
	o := object(data)
	*r = row{
		Code: text(o["code"]), Message: text(o["message"]), Status: text(o["status"]),
		Action: text(o["action"]), Details: o["details"],
	}
	return nil
}

func (r row) failed() bool { return strings.EqualFold(r.Status, "error") }

// refused says whether this is a result, and one that says no. Zoho does not always give a code; but without words, too,
// it is something else that has a status, such as a row of a query.
func (r row) refused() bool { return r.failed() && (r.Code != "" || r.Message != "") }

// err is nil when the row succeeded. A row that says neither yes nor no did not: a write must not claim what nobody said.
func (r row) err(op, module string, status, index int) *Error {
	if r.Status == "success" || r.Status == "" && strings.EqualFold(r.Code, "SUCCESS") {
		return nil
	}
	e := &Error{Op: op, Module: module, Status: status, Code: r.Code, Message: r.Message, Details: r.Details, Index: index}
	if r.Code == "" && r.Message == "" {
		e.Message, e.Err = "answer has no result for the record", ErrOutcomeUnknown
	}
	return e
}

// parseRows reads the results of a write, {"data":[{code,details,message,status}…]}; some calls send one result instead
// of a list of one. It is false when the answer has no such key.
func parseRows(body []byte, key string) ([]row, bool) {
	return rowsOf(object(body)[key])
}

func rowsOf(value json.RawMessage) ([]row, bool) {
	var rows []row
	switch {
	case bytes.HasPrefix(value, []byte("[")):
		return rows, json.Unmarshal(value, &rows) == nil
	case bytes.HasPrefix(value, []byte("{")):
		rows = make([]row, 1)
		return rows, json.Unmarshal(value, &rows[0]) == nil
	}
	return nil, false
}

// parseAnswer returns the error that an answer is: a flat {"code":…,"status":"error"} whatever the status, a body that
// is not JSON, a status of 400 or more. It is nil for an answer with results for each record, which parseRows reads.
func parseAnswer(op, module string, status int, header http.Header, body []byte) *Error {
	body = bytes.TrimSpace(body)
	failed := status < 200 || status >= 300 && status != http.StatusNotModified
	e := &Error{Op: op, Module: module, Status: status, Index: -1}
	e.RetryAfter, _ = transport.RetryAfter(header, time.Now())
	switch {
	case len(body) == 0:
		if failed {
			return e
		}
		return nil
	case !transport.LooksLikeJSON(body):
		e.Message = "answer is not Zoho's JSON: " + quote(body)
		return e
	case !failed && !mayRefuse(body):
		return nil
	}
	answer := object(body)
	if answer == nil {
		if json.Valid(body) && !failed {
			return nil // a list, for example
		}
		e.Message = "answer is not Zoho's JSON: " + quote(body)
		return e
	}
	var flat row
	_ = flat.UnmarshalJSON(body) // never fails
	e.Code, e.Message, e.Details = flat.Code, flat.Message, flat.Details
	switch {
	case flat.failed():
		return e
	case !failed, e.Code == "" && hasRefusedRow(answer):
		return nil
	}
	return e
}

// mayRefuse is quick and errs on the side of yes: pages of records are not decoded twice to look for an error in them.
func mayRefuse(body []byte) bool {
	return bytes.Contains(body, []byte(`"error"`)) || bytes.Contains(body, []byte(`"ERROR"`)) || bytes.Contains(body, []byte(`"Error"`))
}

func hasRefusedRow(answer map[string]json.RawMessage) bool {
	for _, value := range answer {
		if rows, ok := rowsOf(value); ok && slices.ContainsFunc(rows, row.refused) {
			return true
		}
	}
	return false
}

// parseRefusals finds the records that a write's answer refuses, under whatever key the results stand.
func parseRefusals(op, module string, status int, body []byte) *BatchError {
	if !mayRefuse(body) {
		return nil
	}
	for _, value := range object(body) { // one key of the answer holds results, the others are about the page
		rows, ok := rowsOf(value)
		if !ok {
			continue
		}
		b := &BatchError{Total: len(rows)}
		for i, r := range rows {
			if r.refused() {
				b.Failed = append(b.Failed, r.err(op, module, status, i))
			}
		}
		if len(b.Failed) > 0 {
			return b
		}
	}
	return nil
}

// details is what Zoho adds to an error, as far as it is understood.
type details struct {
	APIName, ParamName, ExpectedDataType, JSONPath string
	ExpectedFields                                 []string
	// Errors are the several failures of one record.
	Errors []row
}

func (e *Error) details() details { return detailsOf(e.Details) }

// detailsOf reads what it finds: Zoho's keys and types differ between versions, and older ones send none.
func detailsOf(raw json.RawMessage) details {
	o := object(raw)
	d := details{
		APIName: text(o["api_name"]), ParamName: text(o["param_name"]), ExpectedDataType: text(o["expected_data_type"]),
		JSONPath: text(o["json_path"]),
	}
	var fields []map[string]json.RawMessage
	_ = json.Unmarshal(o["expected_fields"], &fields) // what is not a list of fields names none
	for _, f := range fields {
		d.ExpectedFields = append(d.ExpectedFields, text(f["api_name"]))
	}
	d.Errors, _ = rowsOf(o["errors"])
	return d
}

// ofRecord says whether the details are about the record itself, not about one of its fields or a row of a subform: Zoho
// has the same words for the id of a record and for that in a lookup.
func (d details) ofRecord() bool {
	return d.APIName == "" || d.APIName == "id" && strings.Count(d.JSONPath, ".") <= 2 // $.data[0].id
}

func (d details) field() string {
	switch {
	case d.APIName != "":
		return d.APIName
	case d.ParamName != "":
		return d.ParamName
	case len(d.ExpectedFields) > 0:
		return d.ExpectedFields[0]
	}
	return ""
}

// object are the members of a JSON object, and nil for anything else.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// text is the value of a JSON string, and empty for anything else.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // what is not a string says nothing
	return s
}

// scalar is the value of a JSON string or number as text, and empty for anything else: Zoho writes ids and counts as either.
func scalar(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return string(raw) // as it was written, so that no digit is lost
	}
	return ""
}

// countOf reads a number of records.
func countOf(count json.RawMessage) (int, error) {
	n, err := strconv.Atoi(scalar(count))
	if err != nil {
		return 0, fmt.Errorf("count is not a number: %q", clip(string(count), 40))
	}
	return n, nil
}
