package zohohubtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// user is someone who may sign in, own records and change them.
type user struct {
	id, zuid    string
	first, last string
	email       string
	admin       bool
	status      string // active or disabled
	created     time.Time
}

// defaultUsers are in every organisation: the administrator who signs in by default, a colleague to give records to, and
// one who has left.
func defaultUsers(created time.Time) []user {
	return []user{
		{id: defaultUserID, zuid: "20070000001", first: "Ana", last: "Silva", email: "ana.silva@example.com", admin: true, status: "active", created: created},
		{id: "3652397000000186022", zuid: "20070000002", first: "Bruno", last: "Costa", email: "bruno.costa@example.com", status: "active", created: created},
		{id: "3652397000000186023", zuid: "20070000003", first: "Clara", last: "Nunes", email: "clara.nunes@example.com", status: "disabled", created: created},
	}
}

func (u user) name() string { return u.first + " " + u.last }

// ref is the user as records name their owner.
func (u user) ref() map[string]any {
	return map[string]any{"name": u.name(), "id": u.id, "email": u.email}
}

// userRef is nil for an id that no user has.
func (c *crm) userRef(id string) map[string]any {
	for _, u := range c.users {
		if u.id == id {
			return u.ref()
		}
	}
	return nil
}

// zuid is a user's id in Zoho's accounts.
func (c *crm) zuid(id any) any {
	for _, u := range c.users {
		if u.id == id {
			return u.zuid
		}
	}
	return nil
}

// minified is a reference without the address.
func minified(ref map[string]any) map[string]any {
	return map[string]any{"name": ref["name"], "id": ref["id"]}
}

// userTypes are the choices of the parameter type.
var userTypes = map[string]func(u user, caller string) bool{
	"AllUsers":              func(user, string) bool { return true },
	"ActiveUsers":           func(u user, _ string) bool { return u.status == "active" },
	"AllActiveUsers":        func(u user, _ string) bool { return u.status == "active" },
	"ActiveConfirmedUsers":  func(u user, _ string) bool { return u.status == "active" },
	"ConfirmedUsers":        func(user, string) bool { return true },
	"DeactiveUsers":         func(u user, _ string) bool { return u.status == "disabled" },
	"NotConfirmedUsers":     func(user, string) bool { return false },
	"DeletedUsers":          func(user, string) bool { return false },
	"DeveloperUsers":        func(user, string) bool { return false },
	"ActiveLiteUser":        func(user, string) bool { return false },
	"AdminUsers":            func(u user, _ string) bool { return u.admin },
	"ActiveConfirmedAdmins": func(u user, _ string) bool { return u.admin && u.status == "active" },
	"CurrentUser":           func(u user, caller string) bool { return u.id == caller },
}

// listUsers is GET users.
func (c *crm) listUsers(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	of := userTypes["AllUsers"]
	if kind := q.query.Get("type"); kind != "" && refused == nil {
		if of = userTypes[kind]; of == nil {
			refused = badPattern("type")
		}
	}
	var ids []int64
	if q.query.Has("ids") && refused == nil {
		ids, refused = q.ids()
	}
	if refused != nil {
		// Of users, Zoho names a parameter as it does a field, and knows no other refusal of one.
		return newRefusal(refused.status, "PATTERN_NOT_MATCHED", refused.message,
			map[string]any{"api_name": refused.details["param_name"]}).outcome()
	}
	var found []any
	for _, u := range c.users {
		id, _ := parseID(u.id)
		if of(u, q.grant.UserID) && (ids == nil || slices.Contains(ids, id)) {
			found = append(found, c.showUser(u))
		}
	}
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"users": rows, "info": info}}
}

// getUser is GET users/{id}.
func (c *crm) getUser(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badID().outcome()
	}
	i := slices.IndexFunc(c.users, func(u user) bool { return u.id == q.id })
	if i < 0 {
		return outcome{status: http.StatusNoContent}
	}
	rows, info := pageOf([]any{c.showUser(c.users[i])}, &listing{page: 1, perPage: maxPerPage})
	return outcome{status: http.StatusOK, body: map[string]any{"users": rows, "info": info}}
}

// showUser has the keys that Zoho has, in Zoho's mixed spelling.
func (c *crm) showUser(u user) map[string]any {
	profile := map[string]any{"name": "Standard", "id": schema.StandardProfileID}
	role := map[string]any{"name": "Manager", "id": "3652397000000026008"}
	if u.admin {
		profile = map[string]any{"name": "Administrator", "id": schema.AdministratorProfileID}
		role = map[string]any{"name": "CEO", "id": "3652397000000026005"}
	}
	by := minified(c.users[0].ref())
	changed := map[string]any{"name": by["name"], "id": by["id"], "first_name": c.users[0].first, "last_name": c.users[0].last}
	_, offset := u.created.Zone()
	isonline := u.status == "active" && u.admin
	tab := map[string]any{"font_color": "#FFFFFF", "background": "#222222"}
	shown := map[string]any{
		"id": u.id, "zuid": u.zuid, "full_name": u.name(), "first_name": u.first, "last_name": u.last, "email": u.email,
		"status": u.status, "status_reason__s": nil, "confirm": true, "role": role, "profile": profile, "Reporting_To": nil,
		"created_by": by, "created_time": formatTime(u.created), "Modified_By": changed, "Modified_Time": formatTime(u.created),
		"time_zone": orgTimeZone, "locale": "en_GB", "country_locale": "GB", "language": "en_GB", "date_format": "MMM d, yyyy", "time_format": "HH:mm",
		"decimal_separator": "Period", "number_separator": "Space", "offset": offset * 1000, "name_format__s": "Salutation,First Name,Last Name",
		"sort_order_preference__s": "First Name,Last Name", "category": "regular_user", "type__s": "Regular User",
		"Isonline": isonline, "Currency": "EUR", "personal_account": false, "sandboxDeveloper": false, "microsoft": false, "default_tab_group": "0",
		"theme": map[string]any{
			"normal_tab": tab, "selected_tab": tab, "new_background": nil, "background": "#F3F0EB", "screen": "fixed", "type": "default",
		},
		"customize_info": map[string]any{
			"notes_desc": nil, "show_right_panel": nil, "bc_view": nil, "unpin_recent_item": nil, "show_home": false, "show_detail_view": true,
		},
		"territories": []any{},
	}
	for _, key := range []string{
		"phone", "mobile", "fax", "website", "street", "city", "state", "zip", "country", "alias", "dob", "signature",
		"$current_shift", "$next_shift", "$shift_effective_from",
	} {
		shown[key] = nil
	}
	return shown
}

// paging reads page and per_page into l.
func (q *request) paging(l *listing) *refusal {
	var refused *refusal
	number := func(name string, into *int) {
		text := q.query.Get(name)
		if text == "" || refused != nil {
			return
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			refused = badPattern(name)
			return
		}
		*into = int(n)
	}
	number("page", &l.page)
	number("per_page", &l.perPage)
	if refused != nil {
		return refused
	}
	if l.perPage > maxPerPage {
		return limitExceeded("per_page", maxPerPage)
	}
	return nil
}

// pageOf cuts a page out of what is short enough to be at hand whole, and gives its info.
func pageOf(all []any, l *listing) ([]any, map[string]any) {
	from := min((l.page-1)*l.perPage, len(all))
	to := min(from+l.perPage, len(all))
	rows := all[from:to]
	return rows, map[string]any{"per_page": l.perPage, "count": len(rows), "page": l.page, "more_records": to < len(all)}
}
