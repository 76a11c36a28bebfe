package zohohub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// Result is what became of one record of a batch.
type Result struct {
	// ID is the record's; empty when it was not created.
	ID string
	// Action is "insert" or "update"; empty for deletions, for records that were not written, and for those of which
	// nothing had changed.
	Action string
	// Err is why the record failed, an [*Error] whose Index is its place; nil when it did not.
	Err error
}

// Results are a batch's, in the order of its input.
type Results []Result

// maxRows is the number of records that Zoho takes in one call.
const maxRows = 100

// write is one of Zoho's calls that write rows.
type write struct {
	method string
	elems  []string
	action string
}

var (
	creation = write{method: http.MethodPost, action: "insert"}
	update   = write{method: http.MethodPut, action: "update"}
	upsert   = write{method: http.MethodPost, elems: []string{"upsert"}}
)

// outgoing is a row of a batch on its way: its place in the input, its id where it has one, the lane that it shares with
// rows of the same record, nil for a record that has one row, its JSON object, what it was made of, and what to do with
// Zoho's result once it is written.
type outgoing struct {
	index int
	id    string
	lane  any
	body  []byte
	rec   any // the caller's, where there is one
	done  func(row)
}

// batch writes rows in hundreds and gathers what becomes of each.
type batch struct {
	*module
	op      string
	key     string // under which the answer has the results
	cfg     *writeConfig
	results Results
	oneLane bool   // which rows are of one record cannot be told
	partial bool   // a row need not be a whole record, though it has no id
	stopped *Error // of the rows that are not sent any more
}

func (m *module) newBatch(op string, n int, opts []WriteOption) (*batch, error) {
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	cfg, err := newWriteConfig(opts)
	if err != nil {
		return nil, m.fail(op, err)
	}
	if err := m.plan.CheckNames(cfg.named()); err != nil {
		return nil, m.fail(op, err)
	}
	return &batch{module: m, op: op, key: "data", cfg: cfg, results: make(Results, n)}, nil
}

// rows makes the rows that can be sent; the others have their error in the results.
func (b *batch) rows(n int, row func(i int) (outgoing, error)) []outgoing {
	rows := make([]outgoing, 0, n)
	for i := range n {
		out, err := row(i)
		if err == nil && out.body != nil {
			out.body, err = b.dress(out.body)
		}
		if err != nil {
			b.failRow(i, err)
			continue
		}
		out.index = i
		rows = append(rows, out)
	}
	return rows
}

// dress puts what the options say into a row, and gives it the form of the API's version.
func (b *batch) dress(body []byte) ([]byte, error) {
	if err := b.checkFileFields(body); err != nil {
		return nil, err
	}
	more := b.noteParent(body)
	if b.cfg.layout != "" {
		more["Layout"] = map[string]string{"id": b.cfg.layout}
	}
	if len(b.cfg.appended) > 0 {
		marks := map[string]bool{}
		for _, f := range b.cfg.appended {
			marks[f] = true
		}
		more["$append_values"] = marks
	}
	if len(more) == 0 {
		return body, nil
	}
	patch, err := json.Marshal(more)
	if err != nil {
		return nil, err
	}
	return codec.Merge(body, patch)
}

// send writes the rows. A call that fails does not stop the others, unless they could only fail as well.
func (b *batch) send(ctx context.Context, w write, rows []outgoing) {
	b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
		body, err := b.body(chunk)
		if err != nil {
			return nil, err
		}
		return b.call(ctx, Request{
			Op: b.op, Method: w.method, Header: b.cfg.header, Body: body, Repeat: b.repeat(w, chunk), Weight: b.weight(len(chunk)),
		}, w.elems...)
	}, func(chunk []outgoing, resp *Response, err error) { b.take(resp, err, w.action, chunk) })
}

// weight is what writing n rows costs: only records are counted by tens.
func (b *batch) weight(n int) int {
	if b.at != nil {
		return 1
	}
	return (n + 9) / 10
}

// stop says whether the rows are not to be sent any more, and if so fails them.
func (b *batch) stop(ctx context.Context, chunk []outgoing) bool {
	if err := ctx.Err(); err != nil && b.stopped == nil {
		b.stopped = b.fail(b.op, fmt.Errorf("not sent: %w", err))
	}
	if b.stopped != nil {
		b.failRows(chunk, b.stopped)
	}
	return b.stopped != nil
}

// body is the request's JSON.
func (b *batch) body(chunk []outgoing) ([]byte, error) {
	req := struct {
		Data    []json.RawMessage `json:"data"`
		Trigger *[]string         `json:"trigger,omitempty"` // absent and empty differ
		Checks  []string          `json:"duplicate_check_fields,omitempty"`
	}{Data: make([]json.RawMessage, len(chunk)), Checks: b.cfg.checks}
	for i, row := range chunk {
		req.Data[i] = row.body
	}
	if b.cfg.trigger != nil {
		req.Trigger = &b.cfg.trigger
	}
	return json.Marshal(req)
}

// repeat says whether the call may be sent again when its outcome is unknown: only when doing it twice is doing it once.
func (b *batch) repeat(w write, chunk []outgoing) Repeat {
	again := w.action == update.action || w.action == upsert.action && len(b.cfg.checks) > 0
	if !again || len(b.cfg.appended) > 0 || len(b.cfg.header) > 0 { // a condition would refuse the second time
		return RepeatNever
	}
	for _, row := range chunk {
		fields, err := codec.DecodeFields(row.body)
		if err != nil || changesRows(fields) || w.action == upsert.action && !hasAny(fields, b.cfg.checks) {
			return RepeatNever
		}
	}
	return RepeatSafe
}

// changesRows says whether a record's fields add rows to a subform, a multi-select lookup or a file field, or delete some:
// the second time those would be added once more, and these refused as not there.
func changesRows(fields map[string]any) bool {
	for _, v := range fields {
		list, _ := v.([]any)
		for _, item := range list {
			row, ok := item.(map[string]any)
			if _, deletes := row["_delete"]; ok && (deletes || row["id"] == nil) {
				return true
			}
		}
	}
	return false
}

func hasAny(fields map[string]any, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return !isBlank(fields[n]) })
}

// isBlank tells a value of a check field by which Zoho finds nothing: blank text is none.
func isBlank(value any) bool {
	text, isText := value.(string)
	return value == nil || isText && strings.TrimSpace(text) == ""
}

// take reads the answer to a call, row by row: the status says nothing about rows.
func (b *batch) take(resp *Response, err error, action string, chunk []outgoing) {
	if resp == nil {
		b.refuse(err, chunk)
		return
	}
	answers, ok := parseRows(resp.Body, b.key)
	if !ok || len(answers) == 0 {
		if err == nil {
			err = b.failAt(b.op, resp.Status, because(ErrOutcomeUnknown, "the answer has no rows"))
		}
		b.refuse(err, chunk)
		return
	}
	for i, row := range chunk {
		if i >= len(answers) {
			b.set(row.index, b.failAt(b.op, resp.Status,
				because(ErrOutcomeUnknown, "the answer has %d rows for %d", len(answers), len(chunk))))
			continue
		}
		answer := answers[i]
		if e := answer.err(b.op, b.name, resp.Status, row.index); e != nil {
			b.results[row.index] = Result{ID: row.id, Err: e}
			continue
		}
		b.results[row.index] = Result{ID: cmp.Or(detailsID(answer.Details), row.id), Action: cmp.Or(answer.Action, action)}
		if row.done != nil {
			row.done(answer)
		}
	}
}

// refuse gives the call's error to all of its rows, and stops when the next call could only fail the same way.
func (b *batch) refuse(err error, chunk []outgoing) {
	b.failRows(chunk, err)
	hopeless := []error{ErrInvalidToken, ErrAuthentication, ErrScopeMismatch, ErrNoPermission, ErrInvalidModule, ErrRateLimited}
	hopeless = slices.DeleteFunc(hopeless, func(s error) bool { return !errors.Is(err, s) })
	if e, ok := errors.AsType[*Error](err); ok && len(hopeless) > 0 {
		// Nothing else that e may be holds for what is not sent, ErrOutcomeUnknown least of all.
		b.stopped = b.fail(b.op, because(errors.Join(hopeless...), "not sent: %s", e.text()))
		b.stopped.RetryAfter = e.RetryAfter
	}
}

// forgive makes successes of rows that were refused for the reason that an attempt before, whose answer was lost, had done it.
func (b *batch) forgive(reason error, chunk []outgoing) {
	for _, row := range chunk {
		if r := &b.results[row.index]; errors.Is(r.Err, reason) {
			r.Err = nil
		}
	}
}

func (b *batch) failRows(chunk []outgoing, err error) {
	for _, row := range chunk {
		b.failRow(row.index, err)
		b.results[row.index].ID = row.id
	}
}

func (b *batch) failRow(i int, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = b.fail(b.op, err)
	}
	b.set(i, e)
}

func (b *batch) set(i int, e *Error) {
	row := *e
	row.Index = i
	b.results[i].Err = &row
}

// end is the batch's outcome.
func (b *batch) end() (Results, error) {
	var failed []*Error
	for _, r := range b.results {
		if e, ok := errors.AsType[*Error](r.Err); ok {
			failed = append(failed, e)
		}
	}
	if len(failed) == 0 {
		return b.results, nil
	}
	return b.results, &BatchError{Total: len(b.results), Failed: failed}
}

func isNil(rec any) bool {
	v := reflect.ValueOf(rec)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
