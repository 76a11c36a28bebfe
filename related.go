package zohohub

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Related are the records of T's module in one of the related lists of another record: the products of a lead, the leads
// of a campaign. See [Record.Related].
type Related[T any] struct{ records *Record[T] }

// Related returns the records of T's module that are related to a record, their parent. The related list is the one with
// the name of T's module; [InList] names another. Nothing is sent yet.
//
//	products := zohohub.NewRecord[Product](conn).Related("Leads", leadID)
//
// Lists that link records many to many (products, campaigns, contact roles) are changed by Add, Remove and Update. A record
// in another list is there because of a lookup of its own: change that with [Record.Update].
func (r *Record[T]) Related(parentModule, parentID string, opts ...RelatedOption) *Related[T] {
	cfg := relatedConfig{list: r.name}
	for _, o := range opts {
		if o != nil {
			o.applyRelated(&cfg)
		}
	}
	parent := &module{name: parentModule}
	if !moduleNames.MatchString(parentModule) {
		parent.fault = fmt.Errorf("the parent's module: %q is not a module's API name", clip(parentModule, 40))
	}
	m := r.listOf(parent, parentID, cfg.list)
	if cfg.ofDeleted && m.at != nil {
		m.at = []string{parentModule, "deleted", parentID, cfg.list}
	}
	return &Related[T]{&Record[T]{m}}
}

// All lists the related records, page by page, as [Record.All] does, with T's fields: those of the link among them, such
// as Member_Status of a campaign's leads. A parent that is not there is [ErrRecordNotFound]. It costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/{id}/{list}, GET /crm/v8/{module}/deleted/{id}/{list}
// https://www.zoho.com/crm/developer/docs/api/v8/get-related-records.html
func (r *Related[T]) All(ctx context.Context, opts ...ListOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		l, err := r.records.newLister("list related", opts)
		r.records.yieldEach(ctx, l, err, yield)
	}
}

// Add relates the records with the ids to the parent, 100 to a call; those that are related already stay as they are.
// Calls run side by side and fail as those of [Record.CreateAll]. Results are in the order of ids, with the Action
// "update"; the error, if any, is a [*BatchError] and hides no success. It matches [ErrRecordNotFound] for an id that is
// not there. A list that is made of lookups is refused with Zoho's CANNOT_BE_UPDATED. It costs one credit a call.
//
// Zoho: PUT /crm/v8/{module}/{id}/{list}  https://www.zoho.com/crm/developer/docs/api/v8/update-related-records.html
func (r *Related[T]) Add(ctx context.Context, ids ...string) (Results, error) {
	b, err := r.batch("add related", len(ids))
	if err != nil {
		return nil, err
	}
	return b.once(ids, func(rows []outgoing) {
		for i, row := range rows {
			rows[i].body = []byte(`{"id":"` + row.id + `"}`) // checked: there is nothing in it to escape
		}
		b.send(ctx, update, rows)
	})
}

// Remove ends the relation of the records with the ids to the parent, 100 to a call; the records themselves stay. Calls
// run side by side and fail as those of [Record.CreateAll]. Results are in the order of ids; the error, if any, is a
// [*BatchError] and hides no success. It matches [ErrRecordNotFound] for a record that is not related. It costs one credit
// a call.
//
// Zoho: DELETE /crm/v8/{module}/{id}/{list}?ids=…  https://www.zoho.com/crm/developer/docs/api/v8/delink-related-records.html
func (r *Related[T]) Remove(ctx context.Context, ids ...string) (Results, error) {
	b, err := r.batch("remove related", len(ids))
	if err != nil {
		return nil, err
	}
	return b.once(ids, func(rows []outgoing) { b.delete(ctx, rows) })
}

// Update changes what the link between the parent and the record with the id holds, by API names: a campaign's
// Member_Status, a deal's Contact_Role. A record that is not related yet becomes so. It costs one credit.
//
// Zoho: PUT /crm/v8/{module}/{id}/{list}  https://www.zoho.com/crm/developer/docs/api/v8/update-related-records.html
func (r *Related[T]) Update(ctx context.Context, id string, fields Fields) error {
	const op = "update related"
	if err := r.changeable(op); err != nil {
		return err
	}
	return r.records.updateOne(ctx, op, id, fields, nil)
}

// UpdateAll does what [Related.Update] does for any number of records, 100 to a call: each of changes has the record's
// "id" and what the link is to hold. Calls run side by side and fail as those of [Record.CreateAll]; changes of the same
// id are made in order. Results are in the order of changes; the error, if any, is a [*BatchError] and hides no success. It
// costs one credit a call.
//
// Zoho: PUT /crm/v8/{module}/{id}/{list}
func (r *Related[T]) UpdateAll(ctx context.Context, changes []Fields) (Results, error) {
	const op = "update related"
	if err := r.changeable(op); err != nil {
		return nil, err
	}
	return r.records.updateAll(ctx, op, changes, nil)
}

// listOf is the module as a related list of a parent's record.
func (m module) listOf(parent *module, parentID, list string) module {
	switch {
	case m.fault != nil:
	case parent.fault != nil:
		m.fault = parent.fault
	case !moduleNames.MatchString(list):
		m.fault = fmt.Errorf("%q is not a related list's API name", clip(list, 40))
	default:
		if err := checkID(parentID); err != nil {
			m.fault = fmt.Errorf("the parent: %w", err)
		}
	}
	if m.fault == nil {
		m.at = []string{parent.name, parentID, list}
	}
	return m
}

// ofDeleted says whether this is a list of a record in the recycle bin.
func (m *module) ofDeleted() bool { return len(m.at) > 0 && m.at[1] == "deleted" }

func (r *Related[T]) batch(op string, n int) (*batch, error) {
	if err := r.changeable(op); err != nil {
		return nil, err
	}
	return r.records.newBatch(op, n, nil)
}

func (r *Related[T]) changeable(op string) error {
	if r.records.ofDeleted() {
		return r.records.fail(op, errors.New("the parent is deleted: what is related to it can only be listed"))
	}
	return nil
}
