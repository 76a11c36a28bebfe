package zohohubtest

import (
	"net/http"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/expr"
)

const (
	maxPerPage = 200
	// maxDiscrete is how many records pages reach by their number, and searches at all.
	maxDiscrete = 2000
	maxFields   = 50
	maxIDs      = 100
)

// listing is what a list or a search is asked for.
type listing struct {
	columns   *columns
	sort      sorting
	desc      bool
	page      int
	perPage   int
	token     *pageToken
	ids       []int64            // nil is any
	view      expr.Predicate     // nil is every record
	territory func(*record) bool // nil is any
	converted string
	approved  string
	states    []string  // approval_state; nil is any
	since     time.Time // If-Modified-Since; zero is always
}

// listing reads the parameters that lists, searches and counts share; v is the view that is asked for, if any.
func (q *request) listing(v *view) (*listing, *refusal) {
	l := &listing{page: 1, perPage: maxPerPage, columns: q.columns()}
	refused := q.paging(l)
	converted := "false"
	if v != nil {
		var about expr.Node
		if l.view, about = v.condition(q); about != nil && expr.Mentions(about, "Converted__s") {
			converted = "both" // the view itself says which
		}
	}
	if refused == nil {
		refused = q.kinds(l, converted)
	}
	order := "desc"
	if refused == nil {
		order, refused = q.choice("sort_order", order, "asc", "desc")
	}
	l.desc = order == "desc"
	l.sort.by = q.query.Get("sort_by")
	supported := []any{"id", "Created_Time", "Modified_Time"}
	switch {
	case refused != nil:
		return nil, refused
	case l.sort.by == "":
		l.sort.by = "id"
	case !slices.Contains(supported, any(l.sort.by)):
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data",
			map[string]any{"param_name": "sort_by", "supported_values": supported})
	}
	return l, nil
}

// kinds reads converted and approved; converted is what holds for the former when nothing is said.
func (q *request) kinds(l *listing, converted string) (refused *refusal) {
	if l.converted, refused = q.choice("converted", converted, "true", "false", "both"); refused == nil {
		l.approved, refused = q.choice("approved", "both", "true", "false", "both")
	}
	return refused
}

// choice reads a parameter that takes one of a few words.
func (q *request) choice(name, otherwise string, choices ...string) (string, *refusal) {
	text := q.query.Get(name)
	switch {
	case text == "":
		return otherwise, nil
	case !slices.Contains(choices, text):
		return "", badPattern(name)
	}
	return text, nil
}

// modifiedSince reads If-Modified-Since, an ISO 8601 time with offset; zero without it.
func (q *request) modifiedSince() (time.Time, *refusal) { return q.timeHeader("If-Modified-Since") }

func (q *request) timeHeader(name string) (time.Time, *refusal) {
	text := q.http.Header.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, badPattern(name)
	}
	return t, nil
}

// viewCredits is what a list with a cvid costs.
const viewCredits = 3

// list is GET {module}.
func (c *crm) list(q *request) outcome {
	l, refused := c.readList(q)
	if refused != nil {
		return refused.outcome()
	}
	a := c.listed(q, l, func(*record) bool { return true })
	if q.query.Has("cvid") {
		a.credits = viewCredits
	}
	return a
}

// readList reads the parameters of a list and refuses what Zoho refuses.
func (c *crm) readList(q *request) (*listing, *refusal) {
	if q.version.fieldsRequired {
		switch names := splitComma(q.query.Get("fields")); {
		case len(names) == 0:
			return nil, missingParam("fields")
		case len(names) > maxFields:
			return nil, limitExceeded("fields", maxFields)
		}
	}
	if q.query.Has("cvid") && q.query.Has("sort_by") {
		return nil, ambiguous("cvid", "sort_by")
	}
	v, refused := c.askedView(q)
	if refused != nil {
		return nil, refused
	}
	l, refused := q.listing(v)
	if refused == nil {
		refused = q.inTerritory(l)
	}
	if refused != nil {
		return nil, refused
	}
	if v != nil && v.sortBy != nil {
		l.sort, l.desc = c.sorting(v), v.sortOrder == "desc"
	}
	if l.since, refused = q.modifiedSince(); refused != nil {
		return nil, refused
	}
	if q.query.Has("ids") {
		if l.ids, refused = q.ids(); refused != nil {
			return nil, refused
		}
	}
	if token := q.query.Get("page_token"); token != "" && q.version.pageTokens {
		if q.query.Has("page") {
			return nil, ambiguous("page", "page_token")
		}
		if l.token, refused = c.decodePageToken(q, token); refused != nil {
			return nil, refused
		}
	} else if q.version.pageTokens && l.page*l.perPage > maxDiscrete {
		return nil, newRefusal(http.StatusBadRequest, "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
			"You can only get the first 2000 records without using page_token param", map[string]any{"limit": maxDiscrete})
	}
	return l, nil
}

func (q *request) ids() ([]int64, *refusal) {
	texts := splitComma(q.query.Get("ids"))
	if len(texts) > maxIDs {
		return nil, limitExceeded("ids", maxIDs)
	}
	ids := []int64{}
	for _, text := range texts {
		id, ok := parseID(text)
		if !ok {
			return nil, badPattern("ids")
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (l *listing) takes(k kind) bool {
	return (l.converted == "both" || (l.converted == "true") == k.converted) && (l.approved == "both" || (l.approved == "true") != k.unapproved)
}

// walk gives the records in the list's order, or the other way round, those after a position, until yield says no. Records
// that are named by their ids are looked up: the rest of the table need not be made for them.
func (l *listing) walk(t *table, desc bool, after *position, yield func(*record, position) bool) {
	if l.ids == nil {
		t.ordered(l.sort, desc, after, yield)
		return
	}
	order := []position{}
	for _, id := range l.ids {
		if r := t.get(id); r != nil {
			order = append(order, l.sort.position(r))
		}
	}
	slices.SortFunc(order, l.sort.compare)
	order = slices.CompactFunc(order, func(p, q position) bool { return p.ID == q.ID })
	t.along(order, l.sort, desc, after, yield)
}

// has tells whether a record is one of those asked for; walk sees to the ids.
func (l *listing) has(r *record) bool {
	return l.takes(r.kind) &&
		(l.states == nil || slices.Contains(l.states, r.approvalState())) &&
		(l.view == nil || l.view(r.fields)) &&
		(l.territory == nil || l.territory(r)) &&
		(l.since.IsZero() || r.modified.After(l.since))
}

// listed answers with one page of the records that keep takes.
func (c *crm) listed(q *request, l *listing, keep func(*record) bool) outcome {
	var after *position
	offset, skip := (l.page-1)*l.perPage, (l.page-1)*l.perPage
	if l.token != nil {
		after, offset, skip = l.token.After, l.token.Offset, 0
	}
	limit := l.perPage
	if l.token != nil {
		limit = min(limit, pageTokenRows-offset) // the last page that tokens reach may be a short one
	}
	var (
		rows  []any
		first *position // of the page
		last  *position
		more  bool
	)
	t := c.table(q.module.APIName)
	l.walk(t, l.desc, after, func(r *record, at position) bool {
		switch {
		case !l.has(r) || !keep(r):
		case skip > 0:
			skip--
		case len(rows) == limit:
			more = true
			return false
		default:
			if first == nil {
				first = &at
			}
			rows, last = append(rows, c.show(q.module, r, q.version, l.columns, false)), &at
		}
		return true
	})
	if len(rows) == 0 {
		if !l.since.IsZero() {
			return outcome{status: http.StatusNotModified}
		}
		return outcome{status: http.StatusNoContent}
	}
	info := map[string]any{"per_page": l.perPage, "count": len(rows), "page": offset/l.perPage + 1, "more_records": more}
	if q.version.infoSort {
		info["sort_by"], info["sort_order"] = l.sort.by, map[bool]string{true: "desc", false: "asc"}[l.desc]
		info["call"], info["email"] = false, false
	}
	if q.version.pageTokens {
		expires := c.second().Add(pageTokenLife)
		token := pageToken{Bound: q.bound(), Expires: expires.Unix()}
		info["next_page_token"], info["previous_page_token"], info["page_token_expiry"] = nil, nil, nil
		if more {
			token.After, token.Offset = last, offset+len(rows)
			info["next_page_token"], info["page_token_expiry"] = c.encodePageToken(token), formatTime(expires)
		}
		if offset > 0 {
			token.After, token.Offset = c.before(t, l, first, keep), max(0, offset-l.perPage)
			info["previous_page_token"], info["page_token_expiry"] = c.encodePageToken(token), formatTime(expires)
		}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows, "info": info}}
}

// before is the place after which the page ahead of the one that starts at first begins; nil is the very start.
func (c *crm) before(t *table, l *listing, first *position, keep func(*record) bool) *position {
	var at *position
	n := 0
	l.walk(t, !l.desc, first, func(r *record, p position) bool {
		if l.has(r) && keep(r) {
			n++
		}
		if n > l.perPage {
			at = &p
			return false
		}
		return true
	})
	return at
}

// get is GET {module}/{id}.
func (c *crm) get(q *request) outcome {
	id, ok := parseID(q.id)
	if !ok {
		return badID().outcome()
	}
	since, refused := q.modifiedSince()
	l := &listing{}
	if refused == nil {
		refused = q.kinds(l, "both") // a record of either kind has its own address
	}
	if refused == nil {
		refused = q.inTerritory(l)
	}
	var v *view
	if refused == nil {
		v, refused = c.askedView(q)
	}
	if refused != nil {
		return refused.outcome()
	}
	if v != nil {
		l.view, _ = v.condition(q)
	}
	r := c.table(q.module.APIName).get(id)
	switch {
	case r == nil || !l.has(r):
		return outcome{status: http.StatusNoContent}
	case !since.IsZero() && !r.modified.After(since):
		return outcome{status: http.StatusNotModified}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": []any{c.show(q.module, r, q.version, q.columns(), true)}}}
}

// recordAt is the record that a path names; nil when there is none.
func (c *crm) recordAt(q *request) *record {
	if id, ok := parseID(q.id); ok {
		return c.table(q.module.APIName).get(id)
	}
	return nil
}

// badID is for what stands in a path where an id belongs and cannot be one.
func badID() *refusal { return badIDAt(1) }

// badIDAt counts the path's segments after the version, from 0.
func badIDAt(index int) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"resource_path_index": index})
}
