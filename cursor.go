package zohohub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/internal/codec"
)

// cursor reads a list that has no page numbers: each page says where the next one begins.
type cursor struct {
	*module
	op    string
	plan  *codec.Plan
	elems []string // below the module, the first of them an id where there are any
	// params are those of the first page; per_page does not go with a place.
	params Params
	// keys are those under which the rows may stand: versions differ.
	keys []string
	// param takes the next page's place, which info has under next.
	param, next string
}

// each calls do for every row until do returns false. The row and its bytes are do's to keep.
func (c *cursor) each(ctx context.Context, newRow func() any, do func(row any, raw []byte) bool) error {
	for at := ""; ; {
		p, err := c.fetch(ctx, at, newRow)
		if err != nil {
			return err
		}
		for i, row := range p.records {
			if !do(row, p.raws[i]) {
				return nil
			}
		}
		if p.end != nil || p.next.token == "" {
			return p.end
		}
		at = p.next.token
	}
}

// fetch reads one page. Beside a row that does not fit it holds those before it.
func (c *cursor) fetch(ctx context.Context, at string, newRow func() any) (fetched, error) {
	params := maps.Clone(c.params)
	if at != "" {
		delete(params, "per_page")
		params[c.param] = at
	}
	req := Request{Op: c.op, Method: http.MethodGet, Params: params, Repeat: RepeatSafe, Weight: 1}
	if len(c.elems) > 0 {
		req.Template = c.template(append([]string{"{id}"}, c.elems[1:]...)...)
	}
	resp, err := c.call(ctx, req, c.elems...)
	if err != nil || resp.Status == http.StatusNoContent {
		return fetched{}, err
	}
	answer := object(resp.Body)
	i := slices.IndexFunc(c.keys, func(key string) bool { return answer[key] != nil })
	if i < 0 {
		return fetched{}, c.failAt(c.op, resp.Status, errNoData)
	}
	var p fetched
	var row any
	info, err := c.plan.DecodeList(resp.Body, c.keys[i],
		func() any {
			row = newRow()
			return row
		},
		func(raw []byte) { p.records, p.raws = append(p.records, row), append(p.raws, slices.Clone(raw)) })
	if err == nil {
		p.next.token, err = c.nextPlace(info, at)
	}
	if err != nil {
		p.end = c.failAt(c.op, resp.Status, err)
	}
	return p, nil
}

// nextPlace is where the next page begins, "" when there is none. A list that does not move on is an error: it must not
// become a loop.
func (c *cursor) nextPlace(info []byte, at string) (string, error) {
	said := object(info)
	next, more := scalar(said[c.next]), string(said["more_records"])
	switch {
	case more == "false":
		return "", nil
	case next == "" && more == "true":
		return "", because(ErrTruncated, "there is more by Zoho's word, and it does not say where")
	case next != "" && next == at:
		return "", errors.New("the list does not move on: Zoho gave the same place again")
	}
	return next, nil
}

// yieldRows reads a list into an iterator.
func yieldRows[T any](ctx context.Context, c *cursor, err error, yield func(*T, error) bool, done func(*T, []byte)) {
	if err == nil {
		err = c.each(ctx, func() any { return new(T) }, func(row any, raw []byte) bool {
			rec := row.(*T)
			done(rec, raw)
			return yield(rec, nil)
		})
	}
	if err != nil {
		yield(nil, err)
	}
}

// yieldAll gives what a call without pages has listed, and then why it is not all.
func yieldAll[T any](list []*T, err error, yield func(*T, error) bool) {
	for _, rec := range list {
		if !yield(rec, nil) {
			return
		}
	}
	if err != nil {
		yield(nil, err)
	}
}

// ofParent checks the module and the id of a record whose own something is asked for.
func (m *module) ofParent(op, id string) error {
	if m.fault != nil {
		return m.fail(op, m.fault)
	}
	if err := checkID(id); err != nil {
		return m.fail(op, fmt.Errorf("the record: %w", err))
	}
	return nil
}
