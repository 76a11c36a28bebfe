package zohohub

import (
	"cmp"
	"context"
	"iter"
)

// Page is one page of a list.
type Page[T any] struct {
	Records []*T
	Info    PageInfo
}

// PageInfo is where a page stands in its list.
type PageInfo struct {
	// Page counts from 1. PerPage is the size asked for, Count the number of records on this page.
	Page, PerPage, Count int
	// MoreRecords says that the list goes on.
	MoreRecords bool
	// NextPageToken is for [PageToken]; empty on the last page, and where Zoho gives none (searches, API v2).
	NextPageToken string
}

// All lists the module's records, newest first unless sorted otherwise, with T's fields: every page, the next one
// fetched while this one is read. Subforms are not part of lists, and Zoho cuts long rich text in them: [Record.Find] has
// both whole. A T of more than 50 fields costs a further call for each 50 fields and 100 records.
//
// An error comes once, with a nil record, and ends the loop; a context that has ended is noticed at the end of the page.
// Leaving the loop stops the requests; ranging again starts again. It costs one credit a page.
//
// Zoho: GET /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
func (r *Record[T]) All(ctx context.Context, opts ...ListOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		l, err := r.newLister("list", opts)
		r.yieldEach(ctx, l, err, yield)
	}
}

// Where lists the records that meet the criteria, as [Record.All] does. Zoho's search ends at 2,000 records: when there
// are more, [ErrTruncated] follows the last one. Records appear in searches some seconds after they were written.
// Mind that text compared by [Eq] also matches parts. It costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/search  https://www.zoho.com/crm/developer/docs/api/v8/search-records.html
func (r *Record[T]) Where(ctx context.Context, c Criteria, opts ...ListOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		l, err := r.newLister("search", opts)
		if err == nil {
			err = l.search(c)
		}
		r.yieldEach(ctx, l, err, yield)
	}
}

// Page returns one page of the list, the first unless [PageNumber] or [PageToken] say otherwise: for callers that keep
// the place themselves, such as a web page with a "next" link. An empty page is no error; a page number beyond Zoho's
// 2,000 records is [ErrTruncated]. It costs what a page of [Record.All] does.
//
// Zoho: GET /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
func (r *Record[T]) Page(ctx context.Context, opts ...ListOption) (*Page[T], error) {
	l, err := r.newLister("list", opts)
	if err != nil {
		return nil, err
	}
	p, err := l.fetch(ctx, l.start(), r.newRecord)
	if err = cmp.Or(err, p.end); err != nil {
		return nil, err
	}
	page := &Page[T]{Info: p.info, Records: make([]*T, 0, len(p.records))}
	for _, rec := range p.records {
		page.Records = append(page.Records, rec.(*T))
	}
	return page, nil
}

func (r *Record[T]) yieldEach(ctx context.Context, l *lister, err error, yield func(*T, error) bool) {
	if err == nil {
		err = l.each(ctx, r.newRecord, func(rec any, _ []byte) (bool, error) { return yield(rec.(*T), nil), nil })
	}
	if err != nil {
		yield(nil, err)
	}
}
