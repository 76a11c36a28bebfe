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
// both whole. A T of more than 50 fields costs a further call for each 50 fields and 100 records; a record that is
// deleted between the calls is left out.
//
// An error comes once, with a nil record, and ends the loop; a context that has ended is noticed at the end of the page.
// Leaving the loop stops the requests; ranging again starts again. It costs one credit a page, with a [View] three.
//
// Whatever is created, changed or deleted meanwhile, also by the loop itself, a record that is there throughout comes
// once, with two exceptions. Sorted by Modified_Time descending, or in a [View], a change may move a record from behind
// the reader's place to before it, and then it does not come; sort ascending to have them all. And API v2 and v2.1 find
// pages by number: for each record that is deleted before the reader's place, one at the end of a page is not seen.
// Records that come again there, because others (up to 2,000) were put before them, are passed over.
//
// From v3 on a list ends after 100,000 records: when there are more, [ErrTruncated] follows the last one. Memory does not
// grow with the list, but for the ids of one whose order moves (by Modified_Time, of a [View]): all are kept. A loop that
// rests for more than 24 hours in the middle of a list gets [ErrPageTokenExpired] in place of the next page: the list
// does not start anew by itself.
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
// Mind that text compared by [Eq] also matches parts. [ModifiedSince] and [PageToken] are for lists alone and refused. It
// costs one credit a page.
//
// A search finds its pages by number. No record comes twice; but one that is deleted, or no longer meets the criteria,
// lets all behind it move up, and the first of the next page is then not seen. A loop that changes what it searches for
// collects the records first.
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
// 2,000 records is [ErrTruncated], and a token older than 24 hours [ErrPageTokenExpired]. It costs what a page of
// [Record.All] does.
//
// Beside an error the page is nil, unless something was read: then it holds the records before one that does not fit T,
// or, with [ErrTruncated], a whole page behind which there is more that Zoho gives no token for.
//
// Page numbers count what is there at the time of the call: records that are created or deleted between two calls shift
// the pages. Tokens begin behind the last record of the page that gave them.
//
// Zoho: GET /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
func (r *Record[T]) Page(ctx context.Context, opts ...ListOption) (*Page[T], error) {
	l, err := r.newLister("list", opts)
	if err != nil {
		return nil, err
	}
	p, err := l.fetch(ctx, l.start(), r.newRecord)
	if err = cmp.Or(err, p.end); err != nil && len(p.records) == 0 {
		return nil, err
	}
	page := &Page[T]{Info: p.info, Records: make([]*T, 0, len(p.records))}
	for _, rec := range p.records {
		page.Records = append(page.Records, rec.(*T))
	}
	return page, err
}

func (r *Record[T]) yieldEach(ctx context.Context, l *lister, err error, yield func(*T, error) bool) {
	if err == nil {
		err = l.each(ctx, r.newRecord, func(rec any, _ []byte) (bool, error) { return yield(rec.(*T), nil), nil })
	}
	if err != nil {
		yield(nil, err)
	}
}
