package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// AssignTerritories gives the records with the ids to territories, in addition to those that they are in, 10 records to a
// call, one call after another. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success.
// It matches [ErrRecordNotFound] for a record that is not there, [ErrRecordInvalid] for a territory that is not, and
// [ErrDuplicate] for a record that is in one of them. Zoho may do it in the background: a result without an error then says
// that it is going to. A call whose answer was lost is [ErrOutcomeUnknown] when it is about several territories; one is
// assigned again. It costs one credit a call. Lead, contact and account take 10 territories, a deal one.
//
// Zoho: POST /crm/v8/{module}/actions/assign_territories
// https://www.zoho.com/crm/developer/docs/api/v8/assign-territories-to-records.html
func (r *Record[T]) AssignTerritories(ctx context.Context, ids []string, territoryIDs ...string) (Results, error) {
	return r.territories(ctx, "assign territories to", "assign_territories", ids, territoryIDs)
}

// RemoveTerritories takes the records with the ids out of territories; else it is as [Record.AssignTerritories]. One that a
// record is not in is [ErrRecordInvalid], and one that a rule has put it in is refused with Zoho's NOT_ALLOWED.
//
// Zoho: POST /crm/v8/{module}/actions/remove_territories
// https://www.zoho.com/crm/developer/docs/api/v8/remove-territories-from-records.html
func (r *Record[T]) RemoveTerritories(ctx context.Context, ids []string, territoryIDs ...string) (Results, error) {
	return r.territories(ctx, "remove territories from", "remove_territories", ids, territoryIDs)
}

// maxTerritoryRows is how many records Zoho takes in such a call.
const maxTerritoryRows = 10

func (m *module) territories(ctx context.Context, op, action string, ids, territoryIDs []string) (Results, error) {
	b, err := m.newBatch(op, len(ids), nil)
	if err != nil {
		return nil, err
	}
	if len(territoryIDs) == 0 {
		return nil, m.fail(op, because(ErrRecordInvalid, "no territories"))
	}
	type body struct {
		ID          string   `json:"id"`
		Territories []idBody `json:"Territories"` //nolint:tagliatelle // Zoho's
	}
	var territories []idBody
	for _, id := range territoryIDs {
		if err := checkRef("the territory", id); err != nil {
			return nil, m.fail(op, err)
		}
		if one := (idBody{id}); !slices.Contains(territories, one) { // Zoho would refuse it for standing there twice
			territories = append(territories, one)
		}
	}
	req := Request{Op: op, Method: http.MethodPost, Weight: 1}
	if len(territories) == 1 { // of several, a refusal of the second time does not tell whether the first did all
		req.Repeat = RepeatSafe
	}
	return b.once(ids, func(rows []outgoing) {
		b.inTurn(ctx, rows, maxTerritoryRows, func(chunk []outgoing) (*Response, error) {
			data := make([]body, len(chunk))
			for i, row := range chunk {
				data[i] = body{row.id, territories}
			}
			raw, err := json.Marshal(map[string][]body{"data": data})
			if err != nil {
				return nil, err
			}
			call := req
			call.Body = raw
			return m.call(ctx, call, "actions", action)
		}, func(chunk []outgoing, resp *Response, err error) {
			b.take(resp, err, update.action, chunk)
			if resp != nil && resp.Repeated {
				b.forgiveTerritory(chunk)
			}
		})
	})
}

// forgiveTerritory makes successes of records that are in the territory already, or no longer: an attempt before, whose
// answer was lost, has done it.
func (b *batch) forgiveTerritory(chunk []outgoing) {
	for _, row := range chunk {
		r := &b.results[row.index]
		e, ok := errors.AsType[*Error](r.Err)
		if ok && (errors.Is(e, ErrDuplicate) || strings.Contains(e.details().JSONPath, ".Territories[")) {
			*r = Result{ID: row.id, Action: update.action}
		}
	}
}
