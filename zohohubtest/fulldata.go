package zohohubtest

import (
	"net/http"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// Zoho's bounds of a call for the rich text of many records.
const (
	maxFullIDs    = 200
	maxFullFields = 8
)

// fullDataRoutes are the calls for rich text as it is; lists cut it.
var fullDataRoutes = []route{
	{
		method: http.MethodGet, pattern: "{module}/actions/fetch_full_data", since: "v8",
		scopes: []string{readScope}, credits: 1, handle: (*crm).fullDataOfMany,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/actions/fetch_full_data", since: "v6",
		scopes: []string{readScope}, credits: 1, handle: (*crm).fullDataOfOne,
	},
}

// fullDataOfMany is GET {module}/actions/fetch_full_data?ids=…&fields=….
func (c *crm) fullDataOfMany(q *request) outcome {
	ids, names := splitComma(q.query.Get("ids")), splitComma(q.query.Get("fields"))
	switch {
	case len(names) == 0:
		return missingParam("fields").outcome()
	case len(ids) == 0:
		return missingParam("ids").outcome()
	case len(ids) > maxFullIDs:
		return unableToProcess().outcome()
	}
	return c.fullData(q, ids)
}

// fullDataOfOne is GET {module}/{id}/actions/fetch_full_data: of some fields, or of all.
func (c *crm) fullDataOfOne(q *request) outcome { return c.fullData(q, []string{q.id}) }

func (c *crm) fullData(q *request, ids []string) outcome {
	fields, refused := q.richFields()
	if refused != nil {
		return refused.outcome()
	}
	var rows []any
	for _, text := range ids {
		id, ok := parseID(text)
		if !ok {
			return newRefusal(http.StatusBadRequest, "UNABLE_TO_PARSE_DATA_TYPE",
				"either the request body or parameters is in wrong format", nil).outcome()
		}
		r := c.table(q.module.APIName).get(id)
		if r == nil {
			continue
		}
		row, holds := map[string]any{"id": formatID(r.id)}, false
		for _, f := range fields {
			row[f.APIName] = r.fields[f.APIName]
			holds = holds || r.fields[f.APIName] != nil
		}
		if holds {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows}}
}

// richFields are the rich text fields that a call names, all of the module's when it names none.
func (q *request) richFields() (fields []*schema.Field, refused *refusal) {
	names := splitComma(q.query.Get("fields"))
	if len(names) > maxFullFields {
		return nil, unableToProcess()
	}
	for _, name := range names {
		f := q.module.Field(name)
		if f == nil || f.TextArea != "rich_text" {
			return nil, unableToProcess()
		}
		fields = append(fields, f)
	}
	if len(names) > 0 {
		return fields, nil
	}
	for _, f := range q.module.Fields {
		if f.TextArea == "rich_text" {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

func unableToProcess() *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_REQUEST",
		"unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.", nil)
}
