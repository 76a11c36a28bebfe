package zohohubtest

import (
	"net/http"
	"slices"
)

// count is GET {module}/actions/count. Unlike a search it goes beyond 2,000 records.
func (c *crm) count(q *request) outcome {
	searches := slices.DeleteFunc(slices.Clone(searchParams), func(name string) bool { return q.query.Get(name) == "" })
	var v *view
	var refused *refusal
	if q.version.countView {
		if q.query.Has("cvid") && len(searches) > 0 {
			refused = ambiguous("cvid", searches[0])
			refused.message = "Please use either Cvid or Search Params. Combination of both the params is not allowed"
			return refused.outcome()
		}
		if v, refused = c.askedView(q); refused != nil {
			return refused.outcome()
		}
	}
	l, refused := q.listing(v)
	if refused != nil {
		return refused.outcome()
	}
	matches := func(map[string]any) bool { return true }
	if len(searches) > 0 {
		if matches, refused = q.matcher(); refused != nil {
			return refused.outcome()
		}
	}
	n := 0
	add := func(r *record) bool {
		if len(searches) > 0 {
			r = c.indexed(r)
		}
		if r != nil && l.has(r) && matches(r.fields) {
			n++
		}
		return true
	}
	if len(searches) == 0 && v == nil && q.module.GeneratedType != "subform" {
		n = c.table(q.module.APIName).countOf(q.module.Convertible, l.takes)
	} else {
		c.each(q.module, true, 0, add)
	}
	return outcome{status: http.StatusOK, body: map[string]any{"count": n}}
}
