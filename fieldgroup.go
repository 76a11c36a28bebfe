package zohohub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/zohohub/zohohub/internal/codec"
)

// maxFields is the number of names that Zoho takes in one `fields`, maxIDs that of the ids in one call.
const (
	maxFields = 50
	maxIDs    = 100
)

// chooseFields settles, once, which fields are asked for, in groups of what one call takes.
func (l *lister) chooseFields(ctx context.Context) error {
	if l.groups != nil {
		return nil
	}
	names := l.cfg.only
	if names == nil {
		names = l.plan.Names()
	}
	if len(names) == 0 && l.plan.HasUnknown() { // Dynamic and its like: all that the module has
		fields, err := l.conn.fields(ctx, l.name)
		if err != nil {
			return err
		}
		for i := range fields {
			names = append(names, fields[i].APIName)
		}
	}
	all := []string{}
	for _, n := range append(slices.Clip(l.extra), names...) {
		if n != "id" && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		all = []string{"id"}
	}
	if len(all) > maxFields && !l.plan.HasID() {
		return l.fail(l.op, fmt.Errorf("%d fields take several calls, whose parts are put together by id: T needs a field ID string", len(all)))
	}
	l.groups = slices.Collect(slices.Chunk(all, maxFields))
	return nil
}

// fillIn fetches the fields beyond the first group for the page's records and puts them in, by id. A record that is
// gone meanwhile is left out: half of it would be a lie.
func (l *lister) fillIn(ctx context.Context, p *fetched) error {
	whole := *p
	whole.records, whole.raws = nil, nil
	for chunk := range slices.Chunk(p.records, maxIDs) {
		raws := p.raws[:len(chunk)]
		p.raws = p.raws[len(chunk):]
		gone, err := l.fillChunk(ctx, chunk, raws)
		if err != nil {
			return err
		}
		for i, rec := range chunk {
			if !gone[i] {
				whole.records = append(whole.records, rec)
				whole.raws = append(whole.raws, raws[i])
			}
		}
	}
	*p = whole
	return nil
}

// fillChunk fills in what one call takes of records, and says which of them are gone.
func (l *lister) fillChunk(ctx context.Context, records []any, raws [][]byte) (gone map[int]bool, err error) {
	gone = map[int]bool{}
	for _, group := range l.groups[1:] {
		parts, err := l.fetchGroup(ctx, group, records)
		if err != nil {
			return nil, err
		}
		for i, rec := range records {
			part, ok := parts[l.plan.ID(rec)]
			if !ok && !gone[i] { // not in the plain list, for whatever reason: is it there at all?
				part, err = l.single().find(ctx, l.op, l.plan.ID(rec), group)
				if gone[i] = errors.Is(err, ErrRecordNotFound); !gone[i] && err != nil {
					return nil, err
				}
			}
			if gone[i] {
				continue
			}
			if raws[i], err = l.fill(rec, raws[i], part); err != nil {
				return nil, l.fail(l.op, err)
			}
		}
	}
	return gone, nil
}

// single is where a record of the list is read by itself: in the list, which may know more of it than its module does.
// Lists of deleted parents have no such call.
func (l *lister) single() *module {
	m := l.module
	if m.ofDeleted() {
		m.at = nil
	}
	return &m
}

// fill puts a further part of a record into it.
func (l *lister) fill(rec any, raw, part []byte) ([]byte, error) {
	if err := l.plan.Decode(part, rec); err != nil {
		return nil, err
	}
	raw, err := codec.Merge(raw, part)
	if err != nil {
		return nil, err
	}
	if t, ok := rec.(tracker); ok {
		t.remember(raw)
	}
	return raw, nil
}

// fetchGroup reads a group of fields of the records, by id.
func (l *lister) fetchGroup(ctx context.Context, group []string, records []any) (map[string][]byte, error) {
	ids := make([]string, len(records))
	for i, rec := range records {
		ids[i] = l.plan.ID(rec)
	}
	params := maps.Clone(l.cfg.params)
	for _, of := range []string{"criteria", "email", "phone", "word", "cvid", "sort_by", "sort_order"} {
		delete(params, of) // which records, and their order, is settled
	}
	params["fields"], params["ids"], params["per_page"] = group, ids, maxPerPage
	if l.cfg.params["cvid"] != nil { // a view may hold what a list leaves out by itself
		params["converted"], params["approved"] = "both", "both"
	}
	resp, err := l.call(ctx, Request{Op: l.op, Method: http.MethodGet, Params: params, Repeat: RepeatSafe, Weight: 1})
	if err != nil || resp.Status == http.StatusNoContent {
		return nil, err
	}
	parts := make(map[string][]byte, len(records))
	var part struct{ ID string }
	_, err = codec.For(reflect.TypeOf(part)).DecodeList(l.modernPage(resp.Body), "data",
		func() any { part.ID = ""; return &part },
		func(raw []byte) { parts[part.ID] = slices.Clone(raw) })
	if err != nil {
		return nil, l.failAt(l.op, resp.Status, err)
	}
	return parts, nil
}
