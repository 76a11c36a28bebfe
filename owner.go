package zohohub

import (
	"context"
	"slices"
	"strings"
)

// ChangeOwner gives the records with the ids to the user with the id, 500 to a call, one call after another; an id that is
// given twice counts once. Results are in the order of ids, with the Action "update"; the error, if any, is a [*BatchError]
// and hides no success. It matches [ErrRecordNotFound] for a record that is not there; a user who is not there, or has left,
// is [ErrRecordInvalid] for all of them. It needs API v3 or later, and costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/actions/change_owner  https://www.zoho.com/crm/developer/docs/api/v8/change-owner.html
func (r *Record[T]) ChangeOwner(ctx context.Context, ids []string, ownerID string, opts ...OwnerOption) (Results, error) {
	return r.changeOwner(ctx, ids, ownerID, opts)
}

// ChangeOwnerInView gives all records of a custom view, by the view's id, to the user with the id, 50,000 at most: Zoho does
// it by itself, and [Job.Wait] waits for it. What is related to the records stays with its owner. A call whose answer was
// lost is [ErrOutcomeUnknown]. It needs API v4 or later, and costs one credit.
//
// Zoho: POST /crm/v8/{module}/actions/mass_change_owner  https://www.zoho.com/crm/developer/docs/api/v8/mass-change-owner.html
func (r *Record[T]) ChangeOwnerInView(ctx context.Context, viewID, ownerID string, opts ...MassOption) (*Job, error) {
	const op = "change owner of"
	if err := checkRef("the owner", ownerID); err != nil {
		return nil, r.fail(op, err)
	}
	return r.massView(ctx, op, "mass_change_owner", viewID, massBody{Owner: &idBody{ownerID}}, opts)
}

// OwnerOption is an option of [Record.ChangeOwner].
type OwnerOption interface{ applyOwner(*ownerConfig) }

type ownerConfig struct {
	notify  bool
	modules []string
	err     error
}

type ownerOption func(*ownerConfig)

func (o ownerOption) applyOwner(c *ownerConfig) { o(c) }

// NotifyOwner has Zoho write to the new owner.
func NotifyOwner() OwnerOption {
	return ownerOption(func(c *ownerConfig) { c.notify = true })
}

// ownedAlong are the modules whose records may change hands with those that they are related to.
var ownedAlong = []string{"Tasks", "Events", "Calls", "Contacts", "Deals"}

// WithRelated also gives the new owner the related records of these modules, by API name: "Tasks", "Events", "Calls",
// "Contacts", "Deals".
func WithRelated(modules ...string) OwnerOption {
	return ownerOption(func(c *ownerConfig) {
		c.modules = append(slices.Clip(c.modules), modules...)
		for _, m := range modules {
			if !slices.Contains(ownedAlong, m) {
				c.err = because(ErrRecordInvalid, "WithRelated: %q is none of %s", clip(m, 40), strings.Join(ownedAlong, ", "))
			}
		}
	})
}

// ownerBody is the body of a change of owner.
type ownerBody struct {
	IDs     []string       `json:"ids"`
	Owner   idBody         `json:"owner"`
	Notify  bool           `json:"notify"`
	Modules []ownersModule `json:"related_modules,omitempty"`
}

type ownersModule struct {
	APIName string `json:"api_name"`
}

func (m *module) changeOwner(ctx context.Context, ids []string, ownerID string, opts []OwnerOption) (Results, error) {
	b, err := m.newBatch("change owner of", len(ids), nil)
	if err != nil {
		return nil, err
	}
	var cfg ownerConfig
	for _, o := range opts {
		if o != nil {
			o.applyOwner(&cfg)
		}
	}
	if err = cfg.err; err == nil {
		err = checkRef("the owner", ownerID)
	}
	if err != nil {
		return nil, m.fail(b.op, err)
	}
	body := ownerBody{Owner: idBody{ownerID}, Notify: cfg.notify}
	for _, name := range cfg.modules {
		body.Modules = append(body.Modules, ownersModule{name})
	}
	return b.once(ids, func(rows []outgoing) {
		b.mass(ctx, rows, "change_owner", update.action, func(ids []string) any {
			body.IDs = ids
			return body
		})
	})
}
