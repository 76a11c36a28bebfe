package zohohub

import (
	"cmp"
	"context"
	"fmt"
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
		fields, err := l.conn.Fields(ctx, l.name)
		if err != nil {
			return err
		}
		for _, f := range fields {
			names = append(names, f.APIName)
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
	index := make(map[string]int, len(p.records))
	ids := make([]string, len(p.records))
	for i, rec := range p.records {
		ids[i] = l.plan.ID(rec)
		index[ids[i]] = i
	}
	filled := make([]int, len(p.records))
	for _, group := range l.groups[1:] {
		for chunk := range slices.Chunk(ids, maxIDs) {
			if err := l.fillGroup(ctx, p, group, chunk, index, filled); err != nil {
				return err
			}
		}
	}
	whole := fetched{info: p.info, next: p.next, end: p.end}
	for i, rec := range p.records {
		if filled[i] == len(l.groups)-1 {
			whole.records = append(whole.records, rec)
			whole.raws = append(whole.raws, p.raws[i])
		}
	}
	*p = whole
	return nil
}

func (l *lister) fillGroup(
	ctx context.Context, p *fetched, group, ids []string, index map[string]int, filled []int,
) error {
	params := Params{"fields": group, "ids": ids, "per_page": maxPerPage}
	for _, k := range []string{"converted", "approved", "territory_id", "include_child"} {
		if v, ok := l.cfg.params[k]; ok {
			params[k] = v
		}
	}
	resp, err := l.call(ctx, Request{Op: l.op, Method: http.MethodGet, Params: params, Repeat: RepeatSafe, Weight: 1})
	if err != nil {
		return err
	}
	if resp.Status == http.StatusNoContent {
		return nil
	}
	var part struct{ ID string }
	var fault error
	put := func(raw []byte) error {
		i, ok := index[part.ID]
		if !ok {
			return nil
		}
		rec := p.records[i]
		if err := l.plan.Decode(raw, rec); err != nil {
			return err
		}
		if p.raws[i], err = codec.Merge(p.raws[i], raw); err != nil {
			return err
		}
		if t, ok := rec.(tracker); ok {
			t.remember(p.raws[i])
		}
		filled[i]++
		return nil
	}
	_, err = codec.For(reflect.TypeOf(part)).DecodeList(resp.Body, "data",
		func() any { part.ID = ""; return &part },
		func(raw []byte) { fault = cmp.Or(fault, put(raw)) })
	if err = cmp.Or(err, fault); err != nil {
		return l.failAt(l.op, resp.Status, err)
	}
	return nil
}
