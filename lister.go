package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
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
	return &lister{module: *m, op: op, cfg: cfg, extra: m.beside()}, nil
}

// search makes the list a search for what meets the criteria.
func (l *lister) search(c Criteria) error {
	name, value, err := l.param(l.op, c)
	if err != nil {
		return err
	}
	if len(l.cfg.header) > 0 {
		return l.fail(l.op, errors.New("ModifiedSince: a search does not look at it: compare Modified_Time in the criteria"))
	}
	if l.cfg.params["cvid"] != nil && !l.conn.version.searchesViews {
		return l.fail(l.op, fmt.Errorf("View: searches of API %s do not look at it: they do from v5 on", l.conn.version.name))
	}
	l.path, l.limit = []string{"search"}, maxSearch
	l.cfg.params[name] = value
	return nil
}

// alsoAsk has these fields fetched too, and the records' bytes kept.
func (l *lister) alsoAsk(names []string) {
	l.extra = append(l.extra, names...)
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
	if len(l.path) > 0 && l.cfg.token != "" {
		return l.fail(l.op, errors.New("PageToken: this list has pages by number only"))
	}
	ctx, cancel := context.WithCancel(ctx)
	pages := l.pages(ctx, newRecord)
	defer func() { // whatever ends the loop, no request outlives it
		cancel()
		for range pages {
		}
	}()
	for p := range pages {
		if p.err != nil {
			repanic(p.err)
			return l.asError(p.err)
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
	go guard(func() { l.fetchAll(ctx, newRecord, out) }, func(stray error) {
		if stray != nil {
			out <- fetched{err: stray}
		}
		close(out)
	})
	return out
}

func (l *lister) fetchAll(ctx context.Context, newRecord func() any, out chan<- fetched) {
	seen := 0
	before := l.newRecent()
	for at := l.start(); ; {
		p, err := l.fetch(ctx, at, newRecord)
		if at.token == "" || l.orderMoves() {
			l.dropRepeats(&p, before)
		}
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
		Op: l.op, Method: http.MethodGet, Params: params, Header: l.cfg.header, Repeat: RepeatSafe, Weight: l.weight(),
	}, l.path...)
	var e *Error
	switch {
	case errors.As(err, &e) && (at.number > 1 || at.token != "") && isLimit(e.Code):
		return fetched{end: l.failAt(l.op, e.Status, ErrTruncated)}, nil
	case e != nil && e.Code == "TOKEN_BOUND_DATA_MISMATCH":
		e.Err = errors.New("a page token belongs to the user, the fields and the options of the call that gave it")
		return fetched{}, e
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
	p.info.Count = len(p.records)
	if p.end == nil {
		l.advance(at, info, &p)
	}
	return p, nil
}

// weight is what a page costs in credits.
func (l *lister) weight() int {
	if l.cfg.params["cvid"] != nil && len(l.path) == 0 {
		return 3
	}
	return 1
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
	keep := l.raw || len(l.groups) > 1 || !l.plan.HasID() // the id is in the bytes at least
	body = l.modernPage(body)
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
		p.end = l.fail(l.op, because(ErrTruncated, "there is more by Zoho's word, and it gives no token for the next page"))
	case l.limit > 0 && at.number*l.cfg.perPage >= l.limit:
		p.end = l.fail(l.op, ErrTruncated)
	default:
		p.next = place{number: at.number + 1}
	}
}

// maxSearch is how many records a search reaches, maxByToken how many a list does by page tokens.
const (
	maxSearch  = 2000
	maxByToken = 100_000
)

// orderMoves says whether a change of a record may change its place in the list: not by id, nor by Created_Time.
func (l *lister) orderMoves() bool {
	switch l.cfg.params["sort_by"] {
	case "id", "Created_Time":
		return false
	case nil:
		return l.cfg.params["cvid"] != nil
	}
	return true
}

// dropRepeats leaves out the records that came before. A page that is found by its number has them when others were put
// ahead of it meanwhile; where the order moves, whatever was changed since comes again.
func (l *lister) dropRepeats(p *fetched, before *recent) {
	records, raws := p.records[:0], p.raws[:0]
	for i, rec := range p.records {
		var id string
		if l.plan.HasID() {
			id = l.plan.ID(rec)
		} else {
			id = scalar(object(p.raws[i])["id"])
		}
		if before.has(id) {
			continue
		}
		before.add(id)
		records = append(records, rec)
		if len(p.raws) > 0 {
			raws = append(raws, p.raws[i])
		}
	}
	p.records, p.raws = records, raws
}

// recent remembers the last ids of a list, so many that memory does not grow with it.
type recent struct {
	limit, oldest int
	ids           []string
	known         map[string]bool
}

// newRecent remembers what a shift of pages can bring again: the end of what was read, as long as a whole search. Where
// the order moves it is all that page tokens reach.
func (l *lister) newRecent() *recent {
	r := &recent{limit: maxSearch, known: map[string]bool{}}
	if l.orderMoves() {
		r.limit = maxByToken
	}
	return r
}

func (r *recent) has(id string) bool { return r.known[id] }

func (r *recent) add(id string) {
	id = strings.Clone(id) // it is cut from a text that it shares with whole records
	switch {
	case id == "": // a stranger's answer: such records are not the same one
		return
	case len(r.ids) < r.limit:
		r.ids = append(r.ids, id)
	default:
		delete(r.known, r.ids[r.oldest])
		r.ids[r.oldest] = id
		r.oldest = (r.oldest + 1) % r.limit
	}
	r.known[id] = true
}

// asError gives a stray error of a callback the list's operation and module.
func (l *lister) asError(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return err
	}
	return l.fail(l.op, err)
}
