package zohohubtest

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/expr"
	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// searchParams say what to search for; when several are sent the first of them counts.
var searchParams = []string{"criteria", "email", "phone", "word"}

const maxInValues = 100

// search is GET {module}/search.
func (c *crm) search(q *request) outcome {
	if !slices.ContainsFunc(searchParams, func(name string) bool { return q.query.Get(name) != "" }) {
		names := make([]any, len(searchParams))
		for i, name := range searchParams {
			names[i] = name
		}
		return newRefusal(http.StatusBadRequest, "EXPECTED_PARAM_MISSING", "one of the expected parameter is missing",
			map[string]any{"param_names": names}).outcome()
	}
	var v *view
	var refused *refusal
	if q.version.searchView {
		if v, refused = c.askedView(q); refused != nil {
			return refused.outcome()
		}
	}
	l, refused := q.searched(v)
	if refused != nil {
		return badRequest(refused).outcome()
	}
	if l.page*l.perPage > maxDiscrete {
		return newRefusal(http.StatusBadRequest, "LIMIT_REACHED", "maximum response iteration limit reached", map[string]any{"limit": "2000"}).outcome()
	}
	matches, refused := q.matcher()
	if refused != nil {
		return refused.outcome()
	}
	var found []any
	add := func(r *record, _ position) bool {
		if r = c.indexed(r); r != nil && l.has(r) && matches(r.fields) {
			found = append(found, c.show(q.module, r, q.version, l.columns, false))
		}
		return len(found) <= l.page*l.perPage
	}
	if q.module.GeneratedType == "subform" {
		for _, r := range c.sortedRows(q.module, l) {
			if !add(r, position{}) {
				break
			}
		}
	} else {
		c.table(q.module.APIName).ordered(l.sort, l.desc, nil, add)
	}
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	if q.version.infoSort {
		info["sort_by"], info["sort_order"] = l.sort.by, map[bool]string{true: "desc", false: "asc"}[l.desc]
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows, "info": info}}
}

// sortedRows are the rows of a subform module, which has no table, in the order that is asked for.
func (c *crm) sortedRows(m *schema.Module, l *listing) []*record {
	var rows []*record
	c.each(m, false, 0, func(r *record) bool {
		rows = append(rows, r)
		return true
	})
	slices.SortStableFunc(rows, func(a, b *record) int {
		if l.desc {
			a, b = b, a
		}
		return l.sort.compare(l.sort.position(a), l.sort.position(b))
	})
	return rows
}

// approvalStates are what a search may ask for by approval_state.
var approvalStates = []string{
	approvedState, pendingState, "approval_process_rejected", "review_process_pending", "review_process_rejected",
	"webform_unapproved", "webform_invalid", "webform_invalid_approval", "webform_double_optin",
	"email_parser_waiting", "email_parser_rejected", "merge_pending",
	"zia_vision_pending", "zia_vision_rejected", "zia_vision_validation",
}

// The states that records of the fake have.
const (
	approvedState = "approved"
	pendingState  = "approval_process_pending"
)

func (r *record) approvalState() string {
	if r.unapproved {
		return pendingState
	}
	return approvedState
}

// searched reads the parameters that a search has beside what it searches for.
func (q *request) searched(v *view) (*listing, *refusal) {
	l, refused := q.listing(v)
	if refused != nil || !q.query.Has("approval_state") {
		return l, refused
	}
	l.states = splitComma(q.query.Get("approval_state"))
	if len(l.states) == 0 || slices.ContainsFunc(l.states, func(s string) bool { return !slices.Contains(approvalStates, s) }) {
		return nil, badPattern("approval_state")
	}
	return l, nil
}

// indexed is a record as the search index has it; nil when it is not there yet.
func (c *crm) indexed(r *record) *record {
	if r.indexed.After(c.now()) {
		return r.was
	}
	return r
}

// matcher reads the search parameter that counts.
func (q *request) matcher() (expr.Predicate, *refusal) {
	var (
		matches expr.Predicate
		err     error
		fault   *expr.Error
	)
	param, text := q.searchFor()
	switch param {
	case "criteria":
		return q.criteria(text)
	case "email":
		matches, err = expr.Email(text, fieldInfos(q.module))
	case "phone":
		matches, err = expr.Phone(text, fieldInfos(q.module))
	case "word":
		matches, err = expr.Word(text, fieldInfos(q.module))
	}
	if errors.As(err, &fault) {
		return nil, invalidRequest(fault.Reason, param)
	}
	return matches, nil
}

func (q *request) searchFor() (param, text string) {
	for _, param := range searchParams {
		if text := q.query.Get(param); text != "" {
			return param, text
		}
	}
	return "", ""
}

// invalidRequest refuses a search for what no other code of a search's says. Zoho's words are not known.
func invalidRequest(message, param string) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_REQUEST", message, map[string]any{"param_name": param})
}

// badRequest says of a parameter that lists have too what a search says of it.
func badRequest(refused *refusal) *refusal {
	return newRefusal(refused.status, "INVALID_REQUEST", refused.message, refused.details)
}

func (q *request) criteria(text string) (expr.Predicate, *refusal) {
	if q.version.bareCriteria && !strings.HasPrefix(text, "(") {
		text = "(" + text + ")"
	}
	// The tree is read whatever the number of values, so that the refusal can name the field.
	tree, err := expr.ParseCriteria(text, expr.Options{MaxValues: len(text) + 1})
	if err != nil {
		return nil, queryRefusal(err)
	}
	if field := crowded(tree); field != "" {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_QUERY", `Only 100 values are allowed in "IN" criteria`, map[string]any{"api_name": field})
	}
	infos := fieldInfos(q.module)
	matches, err := expr.Compile(tree, func(name string) *expr.FieldInfo {
		if i := slices.IndexFunc(infos, func(f *expr.FieldInfo) bool { return f.APIName == name }); i >= 0 {
			return infos[i]
		}
		return nil
	})
	if err != nil {
		return nil, queryRefusal(err)
	}
	return matches, nil
}

// crowded is the field that is compared with more values than Zoho takes.
func crowded(n expr.Node) string {
	switch n := n.(type) {
	case expr.Compare:
		if len(n.Values) > maxInValues {
			return n.Field
		}
	case expr.Group:
		for _, member := range n.Nodes {
			if field := crowded(member); field != "" {
				return field
			}
		}
	}
	return ""
}

func fieldInfos(m *schema.Module) []*expr.FieldInfo {
	var infos []*expr.FieldInfo
	for _, f := range m.Fields {
		if f.Searchable {
			infos = append(infos, fieldInfo(f))
		}
	}
	return infos
}

func fieldInfo(f *schema.Field) *expr.FieldInfo {
	return &expr.FieldInfo{APIName: f.APIName, DataType: f.DataType, ReturnType: f.ReturnType}
}

// queryRefusal puts a fault of a condition into Zoho's words.
func queryRefusal(err error) *refusal {
	var fault *expr.Error
	if !errors.As(err, &fault) {
		return newRefusal(http.StatusBadRequest, "INVALID_QUERY", "Invalid query formed", nil)
	}
	switch fault.Kind {
	case expr.BadSyntax:
		return invalidRequest(fault.Reason, "criteria")
	case expr.TooManyCriteria:
		return newRefusal(http.StatusBadRequest, fault.Code(), "no of criterium that can be given exceed the limit 15", nil)
	default:
		return newRefusal(http.StatusBadRequest, fault.Code(), "Invalid query formed", fault.Details())
	}
}
