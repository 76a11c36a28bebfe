package zohohub

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"
)

// DeletedRecord is a record in the recycle bin, or one that is gone for good: then only its id and the time are known.
type DeletedRecord struct {
	ID          string
	DisplayName string
	// Type is "recycle" or "permanent".
	Type        string
	DeletedTime time.Time
	DeletedBy   Lookup
}

// Delete moves the record with the id to the recycle bin. An id that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: DELETE /crm/v8/{module}?ids=…  https://www.zoho.com/crm/developer/docs/api/v8/delete-records.html
func (r *Record[T]) Delete(ctx context.Context, id string, opts ...WriteOption) error {
	return single(r.DeleteAll(ctx, []string{id}, opts...))
}

// DeleteAll moves the records with the ids to the recycle bin, 100 to a call, up to four calls at once; an id that is
// given twice counts once. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success.
// It matches [ErrRecordNotFound] for an id that is not there. Calls that fail are as for [Record.CreateAll]. It costs one
// credit a call.
//
// Zoho: DELETE /crm/v8/{module}?ids=…  https://www.zoho.com/crm/developer/docs/api/v8/delete-records.html
func (r *Record[T]) DeleteAll(ctx context.Context, ids []string, opts ...WriteOption) (Results, error) {
	return r.deleteAll(ctx, "delete", ids, opts)
}

func (m *module) deleteAll(ctx context.Context, op string, ids []string, opts []WriteOption) (Results, error) {
	b, err := m.newBatch(op, len(ids), opts)
	if err != nil {
		return nil, err
	}
	return b.once(ids, func(rows []outgoing) { b.delete(ctx, rows) })
}

// once does something with the records of the ids, of which one may stand there again: it is not sent again.
func (b *batch) once(ids []string, do func(rows []outgoing)) (Results, error) {
	first := make(map[string]int, len(ids))
	rows := b.rows(len(ids), func(i int) (outgoing, error) { return outgoing{id: ids[i]}, checkID(ids[i]) })
	rows = slices.DeleteFunc(rows, func(row outgoing) bool {
		_, again := first[row.id]
		if !again {
			first[row.id] = row.index
		}
		return again
	})
	do(rows)
	for i, id := range ids {
		if at, ok := first[id]; ok && at != i {
			b.results[i] = b.results[at]
			if e, failed := errors.AsType[*Error](b.results[i].Err); failed {
				b.set(i, e)
			}
		}
	}
	return b.end()
}

// idsOf are the ids of rows.
func idsOf(rows []outgoing) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	return ids
}

// delete removes the rows' records.
func (b *batch) delete(ctx context.Context, rows []outgoing) {
	b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
		params := Params{"ids": idsOf(chunk)}
		if b.cfg.trigger != nil {
			params["wf_trigger"] = slices.Contains(b.cfg.trigger, "workflow")
		}
		return b.call(ctx, Request{
			Op: b.op, Method: http.MethodDelete, Params: params, Header: b.cfg.header, Repeat: RepeatSafe, Weight: 1,
		})
	}, func(chunk []outgoing, resp *Response, err error) {
		b.take(resp, err, "", chunk)
		if resp != nil && resp.Repeated {
			b.forgiveMissing(chunk)
		}
	})
}

// forgiveMissing makes successes of records that were not there: an attempt before, whose answer was lost, deleted them.
func (b *batch) forgiveMissing(chunk []outgoing) {
	b.forgive(ErrRecordNotFound, chunk)
}

// Deleted lists the module's deleted records, those in the recycle bin (60 days) and those gone for good (120 days).
// Param("type", "recycle") or "permanent" lists one kind; [ModifiedSince] those deleted after a time. Options that Zoho
// does not look at here are refused: [SortBy], [View], [Converted], [Approved], [Territory], [OnlyFields], [PageToken]. It
// costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/deleted  https://www.zoho.com/crm/developer/docs/api/v8/get-deleted-records.html
func (r *Record[T]) Deleted(ctx context.Context, opts ...ListOption) iter.Seq2[*DeletedRecord, error] {
	return func(yield func(*DeletedRecord, error) bool) {
		deleted := NewRecord[deletedRow](r.conn, InModule(r.name))
		deleted.fault = r.fault
		l, err := deleted.newLister("list deleted", opts)
		if err == nil {
			err = l.deleted()
		}
		deleted.yieldEach(ctx, l, err, func(row *deletedRow, err error) bool {
			if err != nil {
				return yield(nil, err)
			}
			d := DeletedRecord(*row)
			return yield(&d, nil)
		})
	}
}

// deleted makes the list one of deleted records.
func (l *lister) deleted() error {
	for _, o := range []struct {
		name  string
		given bool
	}{
		{"SortBy", l.cfg.params["sort_by"] != nil},
		{"View", l.cfg.params["cvid"] != nil},
		{"Converted", l.cfg.params["converted"] != nil},
		{"Approved", l.cfg.params["approved"] != nil},
		{"Territory", l.cfg.params["territory_id"] != nil},
		{"OnlyFields", l.cfg.only != nil},
	} {
		if o.given {
			return l.fail(l.op, fmt.Errorf("%s: the list of deleted records does not look at it", o.name))
		}
	}
	l.path = []string{"deleted"}
	l.groups = [][]string{nil} // Zoho chooses the fields
	return nil
}

// deletedRow is a deleted record as Zoho sends it.
type deletedRow struct {
	ID          string
	DisplayName string    `zoho:"display_name"`
	Type        string    `zoho:"type"`
	DeletedTime time.Time `zoho:"deleted_time"`
	DeletedBy   Lookup    `zoho:"deleted_by"`
}
