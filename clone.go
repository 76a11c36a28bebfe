package zohohub

import (
	"context"
	"net/http"

	"github.com/zohohub/zohohub/internal/codec"
)

// Clone makes a copy of the record with the id, with other values in the fields of changes, by API names, and returns the
// copy's id; nil changes nothing. Copied is what can be written, subforms and tags included. Files, photos, what Zoho keeps by
// itself and what hangs on the record are not, and a unique field needs another value: the same is [ErrDuplicate]. An id that
// is not there is [ErrRecordNotFound]. When the answer is lost the error is [ErrOutcomeUnknown], and the call is not sent
// again. It needs API v7 or later, and costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/actions/clone  https://www.zoho.com/crm/developer/docs/api/v8/record-clone.html
func (r *Record[T]) Clone(ctx context.Context, id string, changes Fields, opts ...WriteOption) (string, error) {
	return r.clone(ctx, id, changes, opts)
}

func (m *module) clone(ctx context.Context, id string, changes Fields, opts []WriteOption) (string, error) {
	b, err := m.newBatch("clone", 1, opts)
	if err != nil {
		return "", err
	}
	if err := checkID(id); err != nil {
		return "", m.fail(b.op, err)
	}
	rows := b.rows(1, func(int) (outgoing, error) {
		if err := m.plan.CheckNames(changes); err != nil {
			return outgoing{}, err
		}
		body, err := codec.EncodeFields(changes)
		return outgoing{body: body}, err
	})
	if len(rows) > 0 {
		var resp *Response
		body, err := b.body(rows)
		if err == nil {
			resp, err = m.call(ctx, Request{
				Op: b.op, Method: http.MethodPost, Template: m.template("{id}", "actions", "clone"),
				Header: b.cfg.header, Body: body, Repeat: RepeatNever, Weight: 1,
			}, id, "actions", "clone")
		}
		b.take(resp, err, creation.action, rows)
	}
	results, err := b.end()
	switch {
	case err != nil:
		return "", single(results, err)
	case results[0].ID == "":
		return "", m.fail(b.op, because(ErrOutcomeUnknown, "the answer has no id"))
	}
	return results[0].ID, nil
}
