package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// RelatedCounts counts the records in related lists of the record with the id, by the lists' API names; a list that is
// empty counts 0. The lists are asked for 20 to a call. What Zoho refuses to count is missing, and the error is then a
// [*BatchError] with the lists' places. It needs API v8, and costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/{id}/actions/get_related_records_count
// https://www.zoho.com/crm/developer/docs/api/v8/get-related-records-count.html
func (r *Record[T]) RelatedCounts(ctx context.Context, id string, lists ...string) (map[string]int, error) {
	return r.relatedCounts(ctx, id, lists)
}

// maxCounted is how many related lists Zoho counts in one call.
const maxCounted = 20

func (m *module) relatedCounts(ctx context.Context, id string, lists []string) (map[string]int, error) {
	const op = "count related"
	if err := m.checkCount(id, lists); err != nil {
		return nil, m.fail(op, err)
	}
	counts := make(map[string]int, len(lists))
	refused := &BatchError{Total: len(lists)}
	start := 0
	for chunk := range slices.Chunk(lists, maxCounted) {
		err := m.countChunk(ctx, op, id, chunk, counts)
		b, some := errors.AsType[*BatchError](err)
		if err != nil && !some {
			return counts, err
		}
		if some {
			for _, e := range b.Failed {
				e.Index += start
				refused.Failed = append(refused.Failed, e)
			}
		}
		start += len(chunk)
	}
	if len(refused.Failed) > 0 {
		return counts, refused
	}
	return counts, nil
}

func (m *module) checkCount(id string, lists []string) error {
	if m.fault != nil {
		return m.fault
	}
	if !m.conn.version.countsRelated {
		return fmt.Errorf("API %s has no call that counts related records: it came with v8", m.conn.version.name)
	}
	if len(lists) == 0 {
		return errors.New("no related lists to count")
	}
	for _, list := range lists {
		if !moduleNames.MatchString(list) {
			return fmt.Errorf("%q is not a related list's API name", clip(list, 40))
		}
	}
	return checkID(id)
}

// countChunk counts what one call does, into counts.
func (m *module) countChunk(ctx context.Context, op, id string, lists []string, counts map[string]int) error {
	const action = "get_related_records_count"
	type list struct {
		APIName string `json:"api_name"`
	}
	type ask struct {
		List list `json:"related_list"`
	}
	asks := make([]ask, len(lists))
	for i, name := range lists {
		asks[i] = ask{list{name}}
	}
	body, err := json.Marshal(map[string][]ask{action: asks})
	if err != nil {
		return m.fail(op, err)
	}
	resp, err := m.call(ctx, Request{
		Op: op, Method: http.MethodPost, Template: m.template("{id}", "actions", action), Body: body,
		Repeat: RepeatSafe, Weight: 1, // it only reads
	}, id, "actions", action)
	_, some := errors.AsType[*BatchError](err)
	if err != nil && !some {
		return err
	}
	if resp.Status == http.StatusNoContent {
		for _, name := range lists {
			counts[name] = 0
		}
		return nil
	}
	var rows []map[string]json.RawMessage
	if json.Unmarshal(object(resp.Body)[action], &rows) != nil || len(rows) != len(lists) {
		return m.failAt(op, resp.Status, errors.New("the answer does not have a count for each list"))
	}
	for i, row := range rows {
		n, fault := countOf(row["count"])
		switch {
		case fault == nil:
			counts[lists[i]] = n
		case !some:
			return m.failAt(op, resp.Status, fault)
		}
	}
	return err
}
