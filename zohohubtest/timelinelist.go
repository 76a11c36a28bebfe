package zohohubtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timelineRoutes is the call for a record's timeline.
var timelineRoutes = []route{
	{method: http.MethodGet, pattern: "{module}/{id}/__timeline", since: "v5", scopes: []string{readScope}, credits: 1, handle: (*crm).listTimeline},
}

// listTimeline is GET {module}/{id}/__timeline.
func (c *crm) listTimeline(q *request) outcome {
	r, refused := c.parent(q)
	if refused != nil {
		return refused.outcome()
	}
	l, refused := c.readTimeline(q)
	if refused != nil {
		return refused.outcome()
	}
	t := c.timelines.line(recordKey{q.module.APIName, r.id})
	if t.added == nil {
		t.added = &happening{id: c.timelines.nextID(), action: "added", source: "crm_api"}
		t.added.at, _ = time.Parse(time.RFC3339, fmt.Sprint(r.fields["Created_Time"]))
		t.added.by, _ = r.fields["Created_By"].(map[string]any)
	}
	self := c.partRef(q.module, r)
	all := slices.DeleteFunc(append([]*happening{t.added}, t.events...), func(e *happening) bool { return !l.takes(e) })
	if !l.oldestFirst {
		slices.Reverse(all)
	}
	return c.timelinePage(q, l, all, self)
}

// timelineListing is what a timeline is asked for.
type timelineListing struct {
	page, perPage int
	token         *pageToken
	oldestFirst   bool
	include       []string
	details       []string
	takes         func(*happening) bool
}

// readTimeline reads the parameters and refuses what Zoho refuses.
func (c *crm) readTimeline(q *request) (*timelineListing, *refusal) {
	pages := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(pages)
	l := &timelineListing{page: pages.page, perPage: pages.perPage}
	order := ""
	if refused == nil {
		order, refused = q.choice("sort_order", "desc", "asc", "desc")
	}
	l.oldestFirst = order == "asc"
	if refused == nil {
		_, refused = q.choice("sort_by", "", "audited_time")
	}
	if refused == nil {
		l.include, refused = q.words("include", "extension", "type")
	}
	if refused == nil {
		l.details, refused = q.words("include_inner_details", "field_history.data_type", "field_history.field_label",
			"field_history.enable_colour_code", "field_history.pick_list_values", "done_by.profile", "done_by.type__s")
	}
	if refused == nil {
		l.takes, refused = q.eventFilter()
	}
	switch {
	case refused != nil:
		return nil, refused
	case q.query.Has("include_timeline_type") && len(l.include) == 0:
		return nil, missingParam("include")
	}
	text := q.query.Get("page_token")
	switch {
	case text == "":
		return l, nil
	case q.query.Has("per_page"):
		return nil, ambiguous("per_page", "page_token")
	case q.query.Has("page"):
		return nil, ambiguous("page", "page_token")
	}
	if l.token, refused = c.decodePageToken(q.lessPerPage(), text); refused != nil {
		return nil, refused
	}
	size, _ := strconv.Atoi(fmt.Sprint(l.token.After.Value)) // as timelinePage wrote it
	l.perPage, l.page = size, l.token.Offset/size+1
	return l, nil
}

// words reads a parameter that is a list of some of a few words.
func (q *request) words(name string, all ...string) ([]string, *refusal) {
	words := splitComma(q.query.Get(name))
	if missesAny(all, words) {
		return nil, badPattern(name)
	}
	return words, nil
}

// lessPerPage is the request without the size of its pages, which a page token has in itself.
func (q *request) lessPerPage() *request {
	bare := *q
	bare.query = maps.Clone(q.query)
	bare.query.Del("per_page")
	return &bare
}

// timelinePage answers with one page of the events, which are in the order that was asked for.
func (c *crm) timelinePage(q *request, l *timelineListing, all []*happening, self map[string]any) outcome {
	from := (l.page - 1) * l.perPage
	if l.token != nil && l.token.After.ID != 0 {
		from = slices.IndexFunc(all, func(e *happening) bool { return e.id == l.token.After.ID }) + 1
	}
	from = min(from, len(all))
	to := min(from+l.perPage, len(all))
	if from == to {
		return outcome{status: http.StatusNoContent}
	}
	rows := make([]any, 0, to-from)
	for _, e := range all[from:to] {
		rows = append(rows, c.showEvent(e, self, l))
	}
	// A page begins after an event: what happens meanwhile does not shift it. The first begins after none.
	token := func(from int) any {
		after := &position{Value: l.perPage}
		if from > 0 {
			after.ID = all[from-1].id
		}
		return c.encodePageToken(pageToken{
			Bound: q.lessPerPage().bound(), Expires: c.second().Add(pageTokenLife).Unix(), After: after, Offset: from,
		})
	}
	info := map[string]any{
		"per_page": l.perPage, "page": l.page, "count": len(rows), "more_records": to < len(all),
		"next_page_token": nil, "previous_page_token": nil,
	}
	if to < len(all) {
		info["next_page_token"] = token(to)
	}
	if from > 0 {
		info["previous_page_token"] = token(max(0, from-l.perPage))
	}
	return outcome{status: http.StatusOK, body: map[string]any{"__timeline": rows, "info": info}}
}

// showEvent is an event as the answer has it.
func (c *crm) showEvent(e *happening, self map[string]any, l *timelineListing) map[string]any {
	shown := map[string]any{
		"id": formatID(e.id), "audited_time": formatTime(e.at), "action": e.action, "source": e.source,
		"automation_details": nil, "record": self, "related_record": nil, "field_history": nil, "done_by": c.doer(e.by, l.details),
	}
	if e.part != nil {
		shown["record"], shown["related_record"] = e.part, self
	}
	if e.history != nil {
		history := make([]any, len(e.history))
		for i, h := range e.history {
			history[i] = h.show(l.details)
		}
		shown["field_history"] = history
	}
	for _, name := range l.include {
		shown[name] = map[string]any{"extension": nil, "type": "timeline"}[name]
	}
	return shown
}

func (c *crm) doer(by map[string]any, details []string) any {
	if by == nil {
		return nil
	}
	shown := minified(by)
	for _, u := range c.users {
		if u.id != by["id"] {
			continue
		}
		all := c.showUser(u)
		for name, key := range map[string]string{"done_by.profile": "profile", "done_by.type__s": "type__s"} {
			if slices.Contains(details, name) {
				shown[key] = all[key]
			}
		}
	}
	return shown
}

func (h *fieldHistory) show(details []string) map[string]any {
	shown := map[string]any{"api_name": h.field.APIName, "id": h.field.ID, "_value": map[string]any{"new": h.now, "old": h.old}}
	all := h.field.JSON("v8")
	for _, name := range details {
		if key, ok := strings.CutPrefix(name, "field_history."); ok {
			shown[key] = all[key]
		}
	}
	return shown
}
