package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/zohohub/zohohub/internal/codec"
)

// MassUpdate gives a field the same value in the records with the ids, 500 to a call, one call after another. Zoho takes
// one field, three in Deals, by API name, and none that is an e-mail address, a lookup, a text of several lines or unique.
// Values of a multi-select field are replaced unless [AddValues] says otherwise. Results are in the order of ids, with the
// Action "update"; the error, if any, is a [*BatchError] and hides no success. It matches [ErrRecordNotFound] for an id that
// is not there and [ErrRecordInvalid] for a field that cannot be updated so. It costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/actions/mass_update  https://www.zoho.com/crm/developer/docs/api/v8/mass-update-records.html
func (r *Record[T]) MassUpdate(ctx context.Context, ids []string, fields Fields, opts ...MassOption) (Results, error) {
	return r.massUpdate(ctx, ids, fields, opts)
}

// MassUpdateInView does what [Record.MassUpdate] does for all records of a custom view, by the view's id, 50,000 at most: Zoho
// does it by itself, and [Job.Wait] waits for it. A view without records is [ErrRecordNotFound], one that Zoho is still busy
// with [ErrAlreadyScheduled]. A call whose answer was lost is [ErrOutcomeUnknown]. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/actions/mass_update  https://www.zoho.com/crm/developer/docs/api/v8/mass-update-records.html
func (r *Record[T]) MassUpdateInView(ctx context.Context, viewID string, fields Fields, opts ...MassOption) (*Job, error) {
	const op = "mass update"
	if r.fault != nil {
		return nil, r.fail(op, r.fault)
	}
	value, err := r.massValue(fields)
	if err != nil {
		return nil, r.fail(op, err)
	}
	return r.massView(ctx, op, "mass_update", viewID, massBody{Data: []json.RawMessage{value}, OverWrite: new(true)}, opts)
}

// MassDelete moves the records with the ids to the recycle bin, 500 to a call, one call after another; an id that is given
// twice counts once. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success. It matches
// [ErrRecordNotFound] for an id that is not there. It costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/actions/mass_delete  https://www.zoho.com/crm/developer/docs/api/v8/mass-delete.html
func (r *Record[T]) MassDelete(ctx context.Context, ids []string) (Results, error) {
	b, err := r.newBatch("mass delete", len(ids), nil)
	if err != nil {
		return nil, err
	}
	return b.once(ids, func(rows []outgoing) {
		b.mass(ctx, rows, "mass_delete", "", func(ids []string) any { return massBody{IDs: ids} })
	})
}

// MassDeleteInView moves all records of a custom view to the recycle bin, by the view's id, 50,000 at most: Zoho does it by
// itself, and [Job.Wait] waits for it. It is refused as [Record.MassUpdateInView] is. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/actions/mass_delete  https://www.zoho.com/crm/developer/docs/api/v8/mass-delete.html
func (r *Record[T]) MassDeleteInView(ctx context.Context, viewID string, opts ...MassOption) (*Job, error) {
	return r.massView(ctx, "mass delete", "mass_delete", viewID, massBody{}, opts)
}

// MassOption is an option of [Record.MassUpdate], and of the calls for all records of a view: [Record.MassUpdateInView],
// [Record.MassDeleteInView], [Record.ChangeOwnerInView].
type MassOption interface{ applyMass(*massConfig) }

type massConfig struct {
	adds      bool
	territory *massTerritory
	errs      []error
}

type massOption func(*massConfig)

func (o massOption) applyMass(c *massConfig) { o(c) }

// AddValues adds to the values of a multi-select field in place of replacing them. It is for updates alone.
func AddValues() MassOption {
	return massOption(func(c *massConfig) { c.adds = true })
}

// InTerritory keeps to the view's records in the territory with the id. It is for views alone.
func InTerritory(id string) MassOption { return inTerritory(id, false) }

// InTerritoryAndBelow is [InTerritory] with the territories below it.
func InTerritoryAndBelow(id string) MassOption { return inTerritory(id, true) }

func inTerritory(id string, below bool) MassOption {
	return massOption(func(c *massConfig) {
		c.territory = &massTerritory{id, below}
		if err := checkRef("InTerritory", id); err != nil {
			c.errs = append(c.errs, err)
		}
	})
}

func newMassConfig(opts []MassOption) (*massConfig, error) {
	c := &massConfig{}
	for _, o := range opts {
		if o != nil {
			o.applyMass(c)
		}
	}
	return c, badOptions(c.errs)
}

// massBody is the body of the calls for many records.
type massBody struct {
	Data      []json.RawMessage `json:"data,omitempty"`
	IDs       []string          `json:"ids,omitempty"`
	View      string            `json:"cvid,omitempty"`
	Owner     *idBody           `json:"owner,omitempty"`
	Territory *massTerritory    `json:"territory,omitempty"`
	OverWrite *bool             `json:"over_write,omitempty"`
}

type massTerritory struct {
	ID    string `json:"id"`
	Below bool   `json:"include_child"`
}

// idBody is a reference as it is written.
type idBody struct {
	ID string `json:"id"`
}

// checkRef refuses what cannot be the id of what a call refers to. It says nothing of the record that the call is about.
func checkRef(what, id string) error {
	if err := checkID(id); err != nil {
		return because(ErrRecordInvalid, "%s: %v", what, err)
	}
	return nil
}

// badOptions is the error of options that Zoho could only refuse, nil without any.
func badOptions(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return because(ErrRecordInvalid, "%v", err)
	}
	return nil
}

func (m *module) massUpdate(ctx context.Context, ids []string, fields Fields, opts []MassOption) (Results, error) {
	const op = "mass update"
	b, err := m.newBatch(op, len(ids), nil)
	if err != nil {
		return nil, err
	}
	cfg, err := newMassConfig(opts)
	if err == nil && cfg.territory != nil {
		err = because(ErrRecordInvalid, "InTerritory: a mass update by ids does not look at it")
	}
	var value []byte
	if err == nil {
		value, err = m.massValue(fields)
	}
	if err != nil {
		return nil, m.fail(op, err)
	}
	return b.once(ids, func(rows []outgoing) {
		b.mass(ctx, rows, "mass_update", update.action, func(ids []string) any {
			return massBody{Data: []json.RawMessage{value}, IDs: ids, OverWrite: new(!cfg.adds)}
		})
	})
}

// massFields are how many fields a mass update takes, where that is not one.
var massFields = map[string]int{"Deals": 3}

// massValue is the JSON of what a mass update sets.
func (m *module) massValue(fields Fields) ([]byte, error) {
	most := max(massFields[m.name], 1)
	switch n := len(fields); {
	case n == 0:
		return nil, because(ErrRecordInvalid, "no field to update")
	case n > most:
		return nil, because(ErrRecordInvalid, "%d fields to update: Zoho takes %d", n, most)
	}
	if err := m.plan.CheckNames(fields); err != nil {
		return nil, err
	}
	return codec.EncodeFields(fields)
}

// massView begins the job for all records of a view.
func (m *module) massView(ctx context.Context, op, action, viewID string, body massBody, opts []MassOption) (*Job, error) {
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	cfg, err := newMassConfig(opts)
	switch {
	case err != nil:
	case cfg.adds && body.OverWrite == nil:
		err = because(ErrRecordInvalid, "AddValues: there is nothing to add to")
	default:
		err = checkRef("the view", viewID)
	}
	if err != nil {
		return nil, m.fail(op, err)
	}
	body.View, body.Territory = viewID, cfg.territory
	if body.OverWrite != nil {
		body.OverWrite = new(!cfg.adds)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, m.fail(op, err)
	}
	result, err := m.begin(ctx, Request{Op: op, Method: http.MethodPost, Body: raw, Repeat: RepeatNever, Weight: 1}, "data", "actions", action)
	if err != nil {
		return nil, err
	}
	return m.job(op, "data", result, m.template("actions", action), "actions", action)
}

// maxMass is the number of records that Zoho takes in one call of those for many.
const maxMass = 500

// mass makes a call for each five hundred of the rows, one after another. Doing it twice is doing it once.
func (b *batch) mass(ctx context.Context, rows []outgoing, action, result string, body func(ids []string) any) {
	b.inTurn(ctx, rows, maxMass, func(chunk []outgoing) (*Response, error) {
		raw, err := json.Marshal(body(idsOf(chunk)))
		if err != nil {
			return nil, err
		}
		return b.call(ctx, Request{Op: b.op, Method: http.MethodPost, Body: raw, Repeat: RepeatSafe, Weight: 1}, "actions", action)
	}, func(chunk []outgoing, resp *Response, err error) {
		b.take(resp, err, result, chunk)
		if resp != nil && resp.Repeated && action == "mass_delete" {
			b.forgiveMissing(chunk)
		}
	})
}
