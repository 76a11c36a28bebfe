package zohohub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/internal/codec"
)

// Zoho's bounds of one call for full data.
const (
	maxFullIDs    = 200
	maxFullFields = 8
)

// FullData returns the rich text of the records with the ids, whole: lists cut it after 500 characters. Fields are the API
// names of rich text fields; Zoho refuses others. The answer has the fields by the records' ids, nil for an empty one. A
// record is missing in it that is not there, or has nothing in these fields: Zoho does not tell which. Beside an error there
// is what came before it.
//
// A call is for 200 records and 8 fields. Without fields all that a record has are told, at a call for each record, and so
// it is with fields before API v8. It costs one credit a call.
//
// Zoho: GET /crm/v8/{module}/actions/fetch_full_data?ids=…&fields=…, GET /crm/v8/{module}/{id}/actions/fetch_full_data
// https://www.zoho.com/crm/developer/docs/api/v8/get-rich-text-fields.html
func (r *Record[T]) FullData(ctx context.Context, ids []string, fields ...string) (map[string]Fields, error) {
	return r.fullData(ctx, ids, fields)
}

func (m *module) fullData(ctx context.Context, ids, fields []string) (map[string]Fields, error) {
	const op = "fetch full data of"
	if err := m.checkFull(ids, fields); err != nil {
		return nil, m.fail(op, err)
	}
	groups := slices.Collect(slices.Chunk(fields, maxFullFields))
	chunk := maxFullIDs
	if len(groups) == 0 {
		groups = [][]string{nil}
	}
	if len(fields) == 0 || !m.conn.version.fetchesManyFull {
		chunk = 1
	}
	full := make(map[string]Fields, len(ids))
	for some := range slices.Chunk(ids, chunk) {
		for _, group := range groups {
			if err := m.fetchFull(ctx, op, some, group, chunk == 1, full); err != nil {
				return full, err
			}
		}
	}
	return full, nil
}

func (m *module) checkFull(ids, fields []string) error {
	if m.fault != nil {
		return m.fault
	}
	for _, id := range ids {
		if err := checkID(id); err != nil {
			return err
		}
	}
	for _, name := range fields {
		if !isAPIName(name) {
			return fmt.Errorf("%q is not a field's API name", clip(name, 40))
		}
	}
	return nil
}

// fetchFull makes one call, and puts what comes into full.
func (m *module) fetchFull(ctx context.Context, op string, ids, fields []string, alone bool, full map[string]Fields) error {
	const action = "fetch_full_data"
	req := Request{Op: op, Method: http.MethodGet, Params: Params{}, Repeat: RepeatSafe, Weight: 1}
	elems := []string{"actions", action}
	if len(fields) > 0 {
		req.Params["fields"] = fields
	}
	if alone {
		elems = slices.Insert(elems, 0, ids[0])
		req.Template = m.template("{id}", "actions", action)
	} else {
		req.Params["ids"] = ids
	}
	resp, err := m.call(ctx, req, elems...)
	if err != nil || resp.Status == http.StatusNoContent {
		return err
	}
	var answer struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil {
		return m.failAt(op, resp.Status, err)
	}
	if answer.Data == nil {
		return m.failAt(op, resp.Status, errNoData)
	}
	for _, raw := range answer.Data {
		row, err := codec.DecodeFields(raw)
		if err != nil {
			return m.failAt(op, resp.Status, err)
		}
		id := scalar(object(raw)["id"])
		if !slices.Contains(ids, id) {
			return m.failAt(op, resp.Status, fmt.Errorf("the answer is about a record that was not asked for: %q", clip(id, 40)))
		}
		delete(row, "id")
		if full[id] == nil {
			full[id] = Fields{}
		}
		maps.Copy(full[id], row)
	}
	return nil
}
