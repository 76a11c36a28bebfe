package zohohubtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// shareRoutes are the calls about whom records are shared with.
var shareRoutes = []route{
	{method: http.MethodGet, pattern: "{module}/{id}/actions/share", scopes: []string{shareScope + "READ"}, credits: 1, handle: (*crm).listShares},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/share", scopes: []string{shareScope + "CREATE"}, credits: 1, handle: (*crm).addShares},
	{method: http.MethodPut, pattern: "{module}/{id}/actions/share", scopes: []string{shareScope + "UPDATE"}, credits: 1, handle: (*crm).setShares},
	{method: http.MethodDelete, pattern: "{module}/{id}/actions/share", scopes: []string{shareScope + "DELETE"}, credits: 1, handle: (*crm).revokeShares},
}

const (
	shareScope = "ZohoCRM.share.{module}."
	shareKey   = "share"
	maxShares  = 20 // in one call
	// shareGroupID is the one group of users that there is.
	shareGroupID   = "3652397000000601001"
	shareGroupName = "Back Office"
)

// shareable are Zoho's modules whose records can be shared; those of custom modules can, too. Nothing that the fake does
// depends on whom a record is shared with.
var shareable = []string{
	"Leads", "Accounts", "Contacts", "Deals", "Campaigns", "Cases", "Solutions", "Products", "Vendors", "Price_Books", "Quotes",
	"Sales_Orders", "Purchase_Orders", "Invoices",
}

// shareKinds are what a record can be shared with, and with how many of each.
var shareKinds = map[string]struct {
	limit int
	noun  string // in refusals
}{"users": {10, "user"}, "roles": {5, "role"}, "groups": {5, "group"}}

// share is the access that somebody has to a record; without a kind everybody has it.
type share struct {
	kind, id, permission string
	related              bool
	by                   map[string]any
	at                   string
}

// shared is the record of the path, in a module whose records can be shared.
func (c *crm) shared(q *request) (*record, *refusal) {
	if q.module.GeneratedType != "custom" && !slices.Contains(shareable, q.module.APIName) {
		return nil, newRefusal(http.StatusForbidden, "NOT_ALLOWED", "Record Level Sharing is not supported for this module", nil)
	}
	if r := c.recordAt(q); r != nil {
		return r, nil
	}
	return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "ENTITY_ID_INVALID", map[string]any{"resource_path_index": 1})
}

// listShares is GET {module}/{id}/actions/share. Whom the record could be shared with stands in a summary for nobody.
func (c *crm) listShares(q *request) outcome {
	r, refused := c.shared(q)
	if refused != nil {
		return refused.outcome()
	}
	view, to := cmp.Or(q.query.Get("view"), "manage"), q.query.Get("sharedTo")
	if _, isID := parseID(to); view != "summary" && view != "manage" || to != "" && !isID {
		name := "view"
		if to != "" && !isID {
			name = "sharedTo"
		}
		return newRefusal(http.StatusBadRequest, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct", map[string]any{"api_name": name}).outcome()
	}
	shown, users := []any{}, []any{}
	for _, s := range c.shares[keyOf(q.module, r.id)] {
		if to == "" || s.kind == "users" && s.id == to {
			shown = append(shown, c.showShare(q, r, s))
		}
	}
	if view == "manage" {
		for _, u := range c.users {
			if !c.sees(r, u) {
				users = append(users, map[string]any{"id": u.id, "full_name": u.name(), "email": u.email, "zuid": u.zuid, "status": u.status})
			}
		}
	}
	if len(shown) == 0 && len(users) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{shareKey: shown, "shareable_user": users}}
}

func (c *crm) showShare(q *request, r *record, s *share) map[string]any {
	kind := "private"
	if s.kind == "" {
		kind = "public"
	}
	shown := map[string]any{
		"permission": s.permission, "share_related_records": s.related, "shared_time": s.at, "shared_by": s.by, "user": nil,
		"shared_through": map[string]any{
			"module":      map[string]any{"name": q.module.APIName, "api_name": q.module.APIName, "id": q.module.ID},
			"entity_name": c.nameOf(q.module, r), "id": formatID(r.id),
		},
	}
	if s.kind == "users" {
		ref := minified(c.userRef(s.id))
		ref["zuid"] = c.zuid(s.id)
		shown["user"] = ref
	}
	if !q.version.shareUser {
		shown["type"] = kind
		if s.kind != "" {
			shown["shared_with"] = map[string]any{"id": s.id, "name": c.shareName(s.kind, s.id), "type": s.kind}
		}
	}
	return shown
}

// shareName is whom a share is with; nil for nobody.
func (c *crm) shareName(kind, id string) any {
	switch kind {
	case "users":
		if ref := c.userRef(id); ref != nil {
			return ref["name"]
		}
	case "roles":
		if i := slices.IndexFunc(userRoles, func(r *userRole) bool { return r.id == id }); i >= 0 {
			return userRoles[i].name
		}
	case "groups":
		if id == shareGroupID {
			return shareGroupName
		}
	}
	return nil
}

// sees tells whether somebody has access to a record anyway, or never will: the owner, administrators, who has left.
func (c *crm) sees(r *record, u user) bool {
	return u.admin() || u.status != "active" || refID(r.fields["Owner"]) == u.id
}

// addShares is POST {module}/{id}/actions/share.
func (c *crm) addShares(q *request) outcome {
	r, refused := c.shared(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.shareRows(q, r, http.StatusCreated, c.shares[keyOf(q.module, r.id)])
}

// setShares is PUT {module}/{id}/actions/share: who is not named has no access any more.
func (c *crm) setShares(q *request) outcome {
	r, refused := c.shared(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.shareRows(q, r, http.StatusOK, nil)
}

// shareRows shares a record as the rows of a request say, in addition to those that it has.
func (c *crm) shareRows(q *request, r *record, success int, has []*share) outcome {
	if refused := q.checkShares(); refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	has = slices.Clone(has)
	done := false
	a := c.eachOf(q, shareKey, maxShares, success, func(i int, row map[string]any) (map[string]any, *refusal) {
		s, refused := w.share(site{path: indexed("$."+shareKey, i)}, r, row, has)
		if refused != nil {
			return nil, refused
		}
		has, done = append(has, s), true
		return map[string]any{"code": "SUCCESS", "details": map[string]any{}, "message": "record will be shared successfully", "status": "success"}, nil
	})
	if done {
		c.shares[keyOf(q.module, r.id)] = has
	}
	return a
}

// checkShares refuses a request as a whole. What is no list of objects is seen to where its rows are.
func (q *request) checkShares() *refusal {
	body, refused := q.object()
	if refused != nil {
		return refused
	}
	for _, name := range []string{"notify", "notify_shared_members", "notify_on_completion"} {
		if _, isFlag := body[name].(bool); body[name] != nil && !isFlag {
			return q.fault("INVALID_DATA", "invalid data", name, "", "expected_data_type", "boolean")
		}
	}
	rows, _ := body[shareKey].([]any)
	for i, item := range rows {
		row, _ := item.(map[string]any)
		if row["type"] == "public" && len(rows) > 1 && !q.version.shareUser {
			return newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "For public sharing more than one json object is given", map[string]any{
				"ambiguity_due_to": []any{map[string]any{"api_name": "type", "json_path": indexed("$."+shareKey, i) + ".type"}},
			})
		}
	}
	return nil
}

// share is what a row says, if it may be beside those that the record has.
func (w *write) share(s site, r *record, row map[string]any, has []*share) (*share, *refusal) {
	made := &share{by: minified(w.by), at: formatTime(w.now)}
	made.by["zuid"] = w.c.zuid(w.by["id"])
	refused := w.shareTarget(made, s, row)
	if refused == nil {
		made.permission, refused = w.oneOf(site{s.path, "permission"}, row, "read_only", "read_write", "full_access")
	}
	if refused != nil {
		return nil, refused
	}
	s.name = "share_related_records"
	related, isFlag := row[s.name].(bool)
	if row[s.name] != nil && !isFlag {
		return nil, w.expected(s, "boolean")
	}
	made.related = related
	return made, w.mayShare(made, s, r, has)
}

// oneOf is a value that has to be one of a few words.
func (w *write) oneOf(s site, row map[string]any, words ...string) (string, *refusal) {
	text, _ := row[s.name].(string)
	switch {
	case row[s.name] == nil:
		return "", w.mandatory(s)
	case !slices.Contains(words, text):
		return "", w.fault(s, "INVALID_DATA", "invalid data", "regex", strings.Join(words, "|"))
	}
	return text, nil
}

// shareTarget reads whom a row shares with.
func (w *write) shareTarget(made *share, s site, row map[string]any) *refusal {
	s.name = "shared_with"
	if w.version.shareUser {
		s.name = "user"
	} else {
		kind, refused := w.oneOf(site{s.path, "type"}, row, "private", "public")
		if refused != nil {
			return refused
		}
		if kind == "public" {
			if row[s.name] != nil {
				return w.fault(s, "INVALID_DATA", "invalid data", "dependee", map[string]any{"api_name": "type", "json_path": s.path + ".type"})
			}
			return nil
		}
	}
	with, isObject := row[s.name].(map[string]any)
	switch {
	case row[s.name] == nil:
		return w.mandatory(s)
	case !isObject:
		return w.expected(s, "jsonobject")
	}
	inside := s.at("id")
	made.kind = "users"
	if !w.version.shareUser {
		var refused *refusal
		if made.kind, refused = w.oneOf(s.at("type"), with, "users", "roles", "groups"); refused != nil {
			return refused
		}
	}
	made.id, _ = scalarText(with["id"])
	switch {
	case made.id == "":
		return w.mandatory(inside)
	case w.c.shareName(made.kind, made.id) == nil:
		return w.fault(inside, "INVALID_DATA", "invalid "+shareKinds[made.kind].noun+" Id")
	}
	return nil
}

// mayShare refuses a share with who has access anyway, who cannot have any, or who is one too many.
func (w *write) mayShare(made *share, s site, r *record, has []*share) *refusal {
	if s.name = "shared_with"; w.version.shareUser {
		s.name = "user"
	}
	count := 0
	for _, other := range has {
		if other.kind == made.kind {
			count++
			if other.id == made.id {
				return w.fault(s, "DUPLICATE_DATA", "record is already visible to the user.")
			}
		}
	}
	for _, u := range w.c.users {
		switch {
		case made.kind != "users" || u.id != made.id:
		case u.status != "active":
			return w.fault(s, "INVALID_DATA", "cannot share to the user")
		case w.c.sees(r, u):
			return w.fault(s, "DUPLICATE_DATA", "record is already visible to the user.")
		}
	}
	if limit := shareKinds[made.kind].limit; made.kind != "" && count >= limit {
		return w.fault(s, "SHARE_LIMIT_EXCEEDED", "Cannot share a record to more than "+formatID(int64(limit))+" "+made.kind+".", "limit", limit)
	}
	return nil
}

// revokeShares is DELETE {module}/{id}/actions/share. Its result is no list.
func (c *crm) revokeShares(q *request) outcome {
	r, refused := c.shared(q)
	if refused == nil && len(c.shares[keyOf(q.module, r.id)]) == 0 {
		refused = newRefusal(http.StatusBadRequest, "CANNOT_PROCESS", "No sharing through this record is available to revoke", nil)
	}
	if refused != nil {
		return refused.outcome()
	}
	delete(c.shares, keyOf(q.module, r.id))
	return outcome{status: http.StatusOK, body: map[string]any{shareKey: doneItem(formatID(r.id), "Sharing Revoked")}}
}
