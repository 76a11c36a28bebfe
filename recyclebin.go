package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// RecycledRecord is a record in the recycle bin, where a deleted one is for 60 days.
type RecycledRecord struct {
	ID          string
	DisplayName string
	// Module is the API name of the record's module.
	Module      string
	Owner       Lookup
	DeletedBy   Lookup
	DeletedTime time.Time
}

// RecycleBin is the organization's recycle bin; see [Connection.RecycleBin].
type RecycleBin struct{ module }

// RecycleBin returns the organization's recycle bin, the records of all modules. Nothing is sent yet.
func (c *Connection) RecycleBin() *RecycleBin {
	m := module{conn: c, plan: codec.For(reflect.TypeFor[recycledRow]()), at: []string{"settings", "recycle_bin"}}
	if c == nil {
		m.fault = errNilConn
	}
	return &RecycleBin{m}
}

// All lists the records in the recycle bin that meet all the filters, page by page, the latest deleted first. What is
// restored or deleted during the loop moves the pages that follow: do that after it. It costs one credit a page.
//
// Zoho: GET /crm/v8/settings/recycle_bin  https://www.zoho.com/crm/developer/docs/api/v8/get-recycle-bin.html
func (b *RecycleBin) All(ctx context.Context, filters ...RecycleFilter) iter.Seq2[*RecycledRecord, error] {
	return func(yield func(*RecycledRecord, error) bool) {
		const op = "list recycle bin"
		params, err := b.filtered(op, filters)
		if err != nil {
			yield(nil, err)
			return
		}
		seen := map[string]bool{}
		for page, more := 1, true; more; page++ {
			params["page"], params["per_page"] = page, maxPerPage
			var records []*RecycledRecord
			records, more, err = b.page(ctx, op, params)
			moved := false
			for _, rec := range records {
				if seen[rec.ID] { // others were deleted meanwhile, and stand before it
					continue
				}
				seen[rec.ID], moved = true, true
				if !yield(rec, nil) {
					return
				}
			}
			if err == nil && more && !moved {
				err = b.fail(op, errors.New("the list does not move on: Zoho gave a page without new records"))
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Find returns what the recycle bin tells of the record with the id. One that is not in it is [ErrRecordNotFound]. It costs
// one credit.
//
// Zoho: GET /crm/v8/settings/recycle_bin/{id}  https://www.zoho.com/crm/developer/docs/api/v8/get-recycle-bin.html
func (b *RecycleBin) Find(ctx context.Context, id string) (*RecycledRecord, error) {
	const op = "find in recycle bin"
	if err := checkID(id); err != nil {
		return nil, b.fail(op, err)
	}
	resp, err := b.ask(ctx, Request{Op: op, Method: http.MethodGet, Repeat: RepeatSafe}, "{id}", id)
	if err != nil {
		return nil, err
	}
	records, _, err := b.decode(op, resp)
	if err == nil && len(records) == 0 {
		err = b.failAt(op, resp.Status, ErrRecordNotFound)
	}
	if err != nil {
		return nil, err
	}
	return records[0], nil
}

// Count returns the number of records in the recycle bin. It needs API v8, and costs one credit.
//
// Zoho: GET /crm/v8/settings/recycle_bin/actions/count
func (b *RecycleBin) Count(ctx context.Context) (int, error) {
	const op = "count recycle bin"
	if err := b.needsRestoring(op); err != nil {
		return 0, err
	}
	resp, err := b.ask(ctx, Request{Op: op, Method: http.MethodGet, Repeat: RepeatSafe}, "actions/count", "actions", "count")
	if err != nil || resp.Status == http.StatusNoContent {
		return 0, err
	}
	n, err := countOf(object(resp.Body)["count"])
	if err != nil {
		return 0, b.failAt(op, resp.Status, err)
	}
	return n, nil
}

// Restore puts the records with the ids back where they were, with their ids and values and what hung on them (notes,
// attachments), 100 to a call. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success.
// It matches [ErrRecordNotFound] for an id that is not in the recycle bin; what hangs on a record that is still in it is
// refused with Zoho's CANNOT_RESTORE_WITHOUT_PARENT. More than 1,000 records, with what hangs on them, come back in the
// background: a result without an error then says that they are going to. A call whose answer was lost is
// [ErrOutcomeUnknown]. It needs API v8, and costs one credit a call.
//
// Zoho: POST /crm/v8/settings/recycle_bin/actions/restore
// https://www.zoho.com/crm/developer/docs/api/v8/restore-recycle-bin-records.html
func (b *RecycleBin) Restore(ctx context.Context, ids ...string) (Results, error) {
	const op = "restore from recycle bin"
	if err := b.needsRestoring(op); err != nil {
		return nil, err
	}
	return b.eachOf(ctx, op, ids, func(ids []string) (*Response, error) {
		body, err := json.Marshal(map[string][]string{"ids": ids})
		if err != nil {
			return nil, err
		}
		return b.restore(ctx, op, body)
	})
}

// RestoreWhere has Zoho restore, in the background, what meets all the filters, of which there must be one: nil says that
// it is going to. When the answer is lost it is [ErrOutcomeUnknown]. It needs API v8, and costs one credit.
//
// Zoho: POST /crm/v8/settings/recycle_bin/actions/restore
func (b *RecycleBin) RestoreWhere(ctx context.Context, filters ...RecycleFilter) error {
	const op = "restore from recycle bin"
	if err := b.needsRestoring(op); err != nil {
		return err
	}
	body, err := b.condition(op, filters)
	if err != nil {
		return err
	}
	resp, err := b.restore(ctx, op, []byte(`{"filters":`+string(body)+`}`))
	return b.scheduled(op, resp, err)
}

// RestoreAll has Zoho restore, in the background, whatever is in the recycle bin; else it is [RecycleBin.RestoreWhere].
//
// Zoho: POST /crm/v8/settings/recycle_bin/actions/restore
func (b *RecycleBin) RestoreAll(ctx context.Context) error {
	const op = "restore from recycle bin"
	if err := b.needsRestoring(op); err != nil {
		return err
	}
	resp, err := b.restore(ctx, op, []byte(`{"restore_all_records":true}`))
	return b.scheduled(op, resp, err)
}

// Delete deletes the records with the ids for good, and what hung on them, 100 to a call. Results are in the order of ids;
// the error, if any, is a [*BatchError] and hides no success. It matches [ErrRecordNotFound] for an id that is not in the
// recycle bin; what Zoho keeps it refuses with CANNOT_DELETE. More than 1,000 records, with what hangs on them, are deleted
// in the background: a result without an error then says that they are going to be. It costs one credit a call.
//
// Zoho: DELETE /crm/v8/settings/recycle_bin?ids=…
// https://www.zoho.com/crm/developer/docs/api/v8/del-recycle-bin-records.html
func (b *RecycleBin) Delete(ctx context.Context, ids ...string) (Results, error) {
	const op = "delete from recycle bin"
	return b.eachOf(ctx, op, ids, func(ids []string) (*Response, error) {
		return b.ask(ctx, Request{Op: op, Method: http.MethodDelete, Params: Params{"ids": ids}, Repeat: RepeatSafe}, "")
	})
}

// DeleteWhere has Zoho delete for good, in the background, what meets all the filters, of which there must be one: nil says
// that it is going to. When the answer is lost it is [ErrOutcomeUnknown]. It costs one credit.
//
// Zoho: DELETE /crm/v8/settings/recycle_bin?filters=…
func (b *RecycleBin) DeleteWhere(ctx context.Context, filters ...RecycleFilter) error {
	const op = "delete from recycle bin"
	condition, err := b.condition(op, filters)
	if err != nil {
		return err
	}
	params := Params{"filters": string(condition)}
	resp, err := b.ask(ctx, Request{Op: op, Method: http.MethodDelete, Params: params, Repeat: RepeatNever}, "")
	return b.scheduled(op, resp, err)
}

// Empty deletes all that is in the recycle bin for good. It says whether that is done: more than 1,000 records Zoho deletes
// in the background. When the answer is lost it is [ErrOutcomeUnknown]. It needs API v8 and an administrator, and costs one
// credit.
//
// Zoho: POST /crm/v8/settings/recycle_bin/actions/empty
// https://www.zoho.com/crm/developer/docs/api/v8/empty-recycle-bin.html
func (b *RecycleBin) Empty(ctx context.Context) (done bool, err error) {
	const op = "empty recycle bin"
	if err := b.needsRestoring(op); err != nil {
		return false, err
	}
	req := Request{Op: op, Method: http.MethodPost, Repeat: RepeatNever}
	resp, err := b.ask(ctx, req, "actions/empty", "actions", "empty")
	result, err := resultUnder(binKey, req, resp, err)
	return err == nil && result.Code == "SUCCESS", err
}

// page reads a page and says whether there are more.
func (b *RecycleBin) page(ctx context.Context, op string, params Params) ([]*RecycledRecord, bool, error) {
	resp, err := b.ask(ctx, Request{Op: op, Method: http.MethodGet, Params: params, Repeat: RepeatSafe}, "")
	if err != nil {
		return nil, false, err
	}
	return b.decode(op, resp)
}

// decode reads records; those before one that does not fit are good.
func (b *RecycleBin) decode(op string, resp *Response) (records []*RecycledRecord, more bool, err error) {
	if resp.Status == http.StatusNoContent {
		return nil, false, nil
	}
	if object(resp.Body)[binKey] == nil {
		return nil, false, b.failAt(op, resp.Status, errNoData)
	}
	var row *recycledRow
	info, err := codec.For(reflect.TypeFor[recycledRow]()).DecodeList(resp.Body, binKey,
		func() any { row = new(recycledRow); return row },
		func([]byte) { records = append(records, row.record()) })
	if err != nil {
		return records, false, b.failAt(op, resp.Status, err)
	}
	var w wireInfo
	if len(info) > 0 {
		if err := json.Unmarshal(info, &w); err != nil {
			return records, false, b.failAt(op, resp.Status, fmt.Errorf("info: %w", err))
		}
	}
	return records, w.MoreRecords, nil
}

// eachOf restores or deletes the records of the ids.
func (b *RecycleBin) eachOf(ctx context.Context, op string, ids []string, call func(ids []string) (*Response, error)) (Results, error) {
	all, err := b.newBatch(op, len(ids), nil)
	if err != nil {
		return nil, err
	}
	all.key = binKey
	return all.once(ids, func(rows []outgoing) {
		status := 0
		for i := range rows {
			rows[i].done = func(answer row) {
				if strings.HasPrefix(answer.Code, "CANNOT_") { // which Zoho may call a success
					all.set(rows[i].index, &Error{
						Op: op, Status: status, Code: answer.Code, Message: answer.Message, Details: answer.Details,
					})
				}
			}
		}
		all.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) { return call(idsOf(chunk)) },
			func(chunk []outgoing, resp *Response, err error) {
				if resp != nil {
					status = resp.Status
				}
				all.take(resp, err, "", chunk)
				if resp != nil && resp.Repeated { // of what is repeated: of deletions
					all.forgiveMissing(chunk)
				}
			})
	})
}

func (b *RecycleBin) restore(ctx context.Context, op string, body []byte) (*Response, error) {
	req := Request{Op: op, Method: http.MethodPost, Body: body, Repeat: RepeatNever}
	return b.ask(ctx, req, "actions/restore", "actions", "restore")
}

// scheduled reads the answer to a job, which has one result.
func (b *RecycleBin) scheduled(op string, resp *Response, err error) error {
	_, err = resultUnder(binKey, Request{Op: op}, resp, err)
	return err
}

// ask sends a request to the recycle bin, or to what is below it.
func (b *RecycleBin) ask(ctx context.Context, req Request, template string, elems ...string) (*Response, error) {
	req.Template, req.Weight = strings.Trim("settings/recycle_bin/"+template, "/"), 1
	return b.call(ctx, req, elems...)
}

// needsRestoring refuses what came with the calls that restore.
func (b *RecycleBin) needsRestoring(op string) error {
	if b.fault == nil && !b.conn.version.restores {
		return b.fail(op, fmt.Errorf("API %s has no such call: it came with v8", b.conn.version.name))
	}
	return nil
}

// binKey is what the recycle bin's answers have their records and results under.
const binKey = "recycle_bin"

// recycledRow is a record in the recycle bin as Zoho tells it.
type recycledRow struct {
	ID          string
	DisplayName string    `zoho:"display_name"`
	Module      moduleRow `zoho:"module"`
	Owner       Lookup    `zoho:"owner"`
	DeletedBy   Lookup    `zoho:"deleted_by"`
	DeletedTime time.Time `zoho:"deleted_time"`
}

func (r *recycledRow) record() *RecycledRecord {
	return &RecycledRecord{
		ID: r.ID, DisplayName: r.DisplayName, Module: r.Module.APIName, Owner: r.Owner, DeletedBy: r.DeletedBy, DeletedTime: r.DeletedTime,
	}
}
