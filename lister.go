package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// lister reads a list page by page.
type lister struct {
	module
	op     string
	cfg    *listConfig
	path   []string // below the module: nothing, "search", "deleted"
	limit  int      // how many records Zoho lets it reach; 0 for no limit
	extra  []string // asked for beyond T's own fields
	groups [][]string
	raw    bool // the records' bytes are wanted
}

func (m *module) newLister(op string, opts []ListOption) (*lister, error) {
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	cfg, err := newListConfig(opts)
	if err != nil {
		return nil, m.fail(op, err)
	}
	return &lister{module: *m, op: op, cfg: cfg}, nil
}

// search makes the list a search for what meets the criteria.
func (l *lister) search(c Criteria) error {
	name, value, err := l.param(l.op, c)
	if err != nil {
		return err
	}
	l.path, l.limit = []string{"search"}, maxSearch
	l.cfg.params[name] = value
	return nil
}

// alsoAsk has these fields fetched too, and the records' bytes kept.
func (l *lister) alsoAsk(names []string) {
	l.extra = names
	l.raw = true
}

// place is where the next page begins: a page number, or a token.
type place struct {
	number int
	token  string
}

func (l *lister) start() place {
	if l.cfg.token != "" {
		return place{token: l.cfg.token}
	}
	return place{number: max(l.cfg.page, 1)}
}

// fetched is a page's records, their bytes where wanted, and the place after it.
type fetched struct {
	records []any
	raws    [][]byte
	info    PageInfo
	next    place
	end     error // why the list cannot go on though there is more
	err     error
}

// each calls do for every record until do returns false or fails.
func (l *lister) each(ctx context.Context, newRecord func() any, do func(rec any, raw []byte) (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	pages := l.pages(ctx, newRecord)
	defer func() { // whatever ends the loop, no request outlives it
		cancel()
		for range pages {
		}
	}()
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i, rec := range p.records {
			var raw []byte
			if l.raw {
				raw = p.raws[i]
			}
			more, err := do(rec, raw)
			if err != nil {
				return l.asError(err)
			}
			if !more {
				return nil
			}
		}
		if p.end != nil {
			return p.end
		}
		if p.next == (place{}) {
			return nil
		}
	}
	return nil
}

// pages fetches page after page. The last is an error or has no next one; then the channel is closed. Every page is
// received, or drained, so that the error of an ended context is never lost to chance.
func (l *lister) pages(ctx context.Context, newRecord func() any) <-chan fetched {
	out := make(chan fetched)
	go func() {
		defer close(out)
		seen := 0
		for at := l.start(); ; {
			p, err := l.fetch(ctx, at, newRecord)
			p.err = err
			out <- p
			if p.err != nil || p.end != nil || p.next == (place{}) {
				return
			}
			seen += len(p.records)
			if l.cfg.sequential || (l.cfg.expect > 0 && seen >= l.cfg.expect) {
				out <- fetched{next: p.next} // the reader comes back to the channel when the page is used up
			}
			at = p.next
		}
	}()
	return out
}

// fetch reads one page.
func (l *lister) fetch(ctx context.Context, at place, newRecord func() any) (fetched, error) {
	if err := l.chooseFields(ctx); err != nil {
		return fetched{}, err
	}
	params := maps.Clone(l.cfg.params)
	params["per_page"] = l.cfg.perPage
	if at.token != "" {
		params["page_token"] = at.token
	} else {
		params["page"] = at.number
	}
	if len(l.groups[0]) > 0 {
		params["fields"] = l.groups[0]
	}
	resp, err := l.call(ctx, Request{
		Op: l.op, Method: http.MethodGet, Params: params, Header: l.cfg.header, Repeat: RepeatSafe, Weight: 1,
	}, l.path...)
	var e *Error
	switch {
	case errors.As(err, &e) && (at.number > 1 || at.token != "") && isLimit(e.Code):
		return fetched{end: l.failAt(l.op, e.Status, ErrTruncated)}, nil
	case err != nil:
		return fetched{}, err
	}
	p := fetched{info: PageInfo{Page: at.number, PerPage: l.cfg.perPage}}
	if resp.Status == http.StatusNoContent || resp.Status == http.StatusNotModified {
		return p, nil
	}
	info, err := l.decodePage(resp.Body, &p, newRecord)
	if err != nil { // the records before the one that does not fit are good
		p.end = l.failAt(l.op, resp.Status, err)
	}
	if len(l.groups) > 1 {
		if err := l.fillIn(ctx, &p); err != nil {
			return fetched{}, err
		}
	}
	if p.end == nil {
		l.advance(at, info, &p)
	}
	return p, nil
}

// isLimit says whether a code means that Zoho does not go on although there is more.
func isLimit(code string) bool {
	switch code {
	case "DISCRETE_PAGINATION_LIMIT_EXCEEDED", "PAGINATION_LIMIT_EXCEEDED", "LIMIT_REACHED":
		return true
	}
	return false
}

// wireInfo is Zoho's `info`.
type wireInfo struct {
	Page          int     `json:"page"`
	PerPage       int     `json:"per_page"`
	Count         int     `json:"count"`
	MoreRecords   bool    `json:"more_records"`
	NextPageToken *string `json:"next_page_token"`
}

var errNoData = errors.New("the answer has no data: it is not Zoho's")

// decodePage reads the records of a page; where T is tracked each remembers what was read. Beside an error the page holds
// the records that were read before.
func (l *lister) decodePage(body []byte, p *fetched, newRecord func() any) (wireInfo, error) {
	keep := l.raw || len(l.groups) > 1
	var rec any
	info, err := l.plan.DecodeList(body, "data",
		func() any {
			rec = newRecord()
			return rec
		},
		func(raw []byte) {
			p.records = append(p.records, rec)
			t, tracked := rec.(tracker)
			if !keep && !tracked {
				return
			}
			raw = slices.Clone(raw)
			if tracked {
				t.remember(raw)
			}
			if keep {
				p.raws = append(p.raws, raw)
			}
		})
	if err == nil && len(p.records) == 0 {
		if _, ok := object(body)["data"]; !ok {
			err = errNoData
		}
	}
	if err != nil {
		return wireInfo{}, err
	}
	var w wireInfo
	if len(info) > 0 {
		if err := json.Unmarshal(info, &w); err != nil {
			return wireInfo{}, fmt.Errorf("info: %w", err)
		}
	}
	return w, nil
}

// advance works out the page's info and where the next one begins. A list that does not move on ends in an error: it
// must not become a loop.
func (l *lister) advance(at place, w wireInfo, p *fetched) {
	p.info.Count = len(p.records)
	p.info.MoreRecords = w.MoreRecords
	if w.Page > 0 {
		p.info.Page = w.Page
	}
	if w.PerPage > 0 {
		p.info.PerPage = w.PerPage
	}
	if w.NextPageToken != nil {
		p.info.NextPageToken = *w.NextPageToken
	}
	switch {
	case !w.MoreRecords:
	case p.info.NextPageToken != "" && p.info.NextPageToken == at.token:
		p.end = l.fail(l.op, errors.New("the list does not move on: Zoho gave the same page token again"))
	case p.info.NextPageToken != "":
		p.next = place{token: p.info.NextPageToken}
	case at.token != "":
		p.end = l.fail(l.op, errors.New("there is more by Zoho's word, and it gives no token for the next page"))
	case l.limit > 0 && at.number*l.cfg.perPage >= l.limit:
		p.end = l.fail(l.op, ErrTruncated)
	default:
		p.next = place{number: at.number + 1}
	}
}

// maxSearch is how many records a search reaches.
const maxSearch = 2000

// asError gives a stray error of a callback the list's operation and module.
func (l *lister) asError(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return err
	}
	return l.fail(l.op, err)
}
