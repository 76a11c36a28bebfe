package zohohubtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// user is someone who may sign in, own records and change them.
type user struct {
	id, zuid          string
	first, last       string
	email             string
	role              *userRole
	profile           *profile
	status            string // one of userStatuses
	unconfirmed       bool
	created, modified time.Time
	territories       []territory
	center            string // empty at home
}

// userStatuses are what an account can be. Whoever was deleted stays known as the owner of what they left.
var userStatuses = []string{"active", "disabled", "deleted"}

// defaultUsers are in every organisation: the administrator who signs in by default, a colleague to give records to, one
// who has left, and one whose account is gone.
func defaultUsers(created time.Time) []user {
	ceo, manager, sales := userRoles[0], userRoles[1], userRoles[2]
	admin, standard := userProfiles[0], userProfiles[1]
	users := []user{
		{id: defaultUserID, zuid: "20070000001", first: "Ana", last: "Silva", email: "ana.silva@example.com", role: ceo, profile: admin, status: "active"},
		{id: "3652397000000186022", zuid: "20070000002", first: "Bruno", last: "Costa", email: "bruno.costa@example.com", role: manager, profile: standard, status: "active"},
		{id: "3652397000000186023", zuid: "20070000003", first: "Clara", last: "Nunes", email: "clara.nunes@example.com", role: sales, profile: standard, status: "disabled"},
		{id: "3652397000000186024", zuid: "20070000004", first: "Duarte", last: "Reis", email: "duarte.reis@example.com", role: sales, profile: standard, status: "deleted"},
	}
	users[1].territories = slices.Clone(territories[:1])
	for i := range users {
		users[i].created, users[i].modified = created, created
	}
	return users
}

// User describes somebody for [Server.AddUser].
type User struct {
	FirstName, LastName string
	// Email is nobody else's.
	Email string
	// Role is CEO, Manager or Sales Representative, Profile Administrator or Standard. Empty means the last of them.
	Role, Profile string
	// Status is active, disabled or deleted; empty means active. Only who is active can be given records.
	Status string
	// Unconfirmed is somebody who has not taken up the invitation yet, and so cannot sign in on the consent page.
	Unconfirmed bool
	// DataCenter is where the account is, one of [Server.AddDataCenter]; empty means at [Server.URL].
	DataCenter string
}

// AddUser adds somebody to the organisation, which has four already: Ana Silva, an administrator, who signs in where
// nobody else is named, Bruno Costa, Clara Nunes, who is disabled, and Duarte Reis, who was deleted. It gives the id, and
// panics with the reason when there cannot be such a user.
func (s *Server) AddUser(u User) (id string) {
	center, err := s.accounts.homeOf(u.DataCenter)
	if err == nil {
		u.DataCenter = center
		id, err = s.crm.addUser(u)
	}
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: AddUser: %v", err))
	}
	return id
}

// SetUserStatus makes somebody active, disabled or deleted. Records that they own stay theirs, and their tokens good: of the
// accounts server only the consent page looks at it. It panics with the reason when there is no such user or status.
func (s *Server) SetUserStatus(id, status string) {
	if err := s.crm.setUserStatus(id, status); err != nil {
		panic(fmt.Sprintf("zohohubtest: SetUserStatus: %v", err))
	}
}

func (c *crm) addUser(u User) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	added := user{
		zuid: strconv.Itoa(firstZUID + len(c.users)), first: u.FirstName, last: u.LastName, email: u.Email,
		status: cmp.Or(u.Status, "active"), unconfirmed: u.Unconfirmed, center: u.DataCenter, created: c.second(), modified: c.second(),
	}
	for _, r := range userRoles {
		if u.Role == r.name || u.Role == "" {
			added.role = r
		}
	}
	for _, p := range userProfiles {
		if u.Profile == p.name || u.Profile == "" {
			added.profile = p
		}
	}
	switch {
	case u.LastName == "":
		return "", errors.New("the last name is empty")
	case !emailPattern.MatchString(u.Email):
		return "", fmt.Errorf("%q is no address", u.Email)
	case slices.ContainsFunc(c.users, func(other user) bool { return strings.EqualFold(other.email, u.Email) }):
		return "", fmt.Errorf("%s is somebody's already", u.Email)
	case added.role == nil:
		return "", fmt.Errorf("there is no role %q", u.Role)
	case added.profile == nil:
		return "", fmt.Errorf("there is no profile %q", u.Profile)
	case !slices.Contains(userStatuses, added.status):
		return "", fmt.Errorf("there is no status %q", u.Status)
	}
	added.id = formatID(c.nextID())
	c.users = append(c.users, added)
	return added.id, nil
}

// firstZUID is where the ids in Zoho's accounts begin.
const firstZUID = 20_070_000_001

func (c *crm) setUserStatus(id, status string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.users, func(u user) bool { return u.id == id })
	switch {
	case i < 0:
		return fmt.Errorf("there is no user %q", id)
	case !slices.Contains(userStatuses, status):
		return fmt.Errorf("there is no status %q", status)
	}
	c.users[i].status, c.users[i].modified = status, c.second()
	return nil
}

// people are all users.
func (c *crm) people() []user {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.users)
}

func (u user) holder() holder { return holder{u.id, u.center} }

func (u user) name() string { return strings.TrimSpace(u.first + " " + u.last) }

func (u user) active() bool { return u.status == "active" }

func (u user) admin() bool { return u.profile.admin }

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

// userTypes are the choices of the parameter type. "All" are those with an account, active or not: deleted ones are listed
// only when asked for.
var userTypes = map[string]func(u user, caller string) bool{
	"AllUsers":              func(u user, _ string) bool { return u.status != "deleted" },
	"ActiveUsers":           func(u user, _ string) bool { return u.active() },
	"AllActiveUsers":        func(u user, _ string) bool { return u.active() },
	"ActiveConfirmedUsers":  func(u user, _ string) bool { return u.active() && !u.unconfirmed },
	"ConfirmedUsers":        func(u user, _ string) bool { return u.status != "deleted" && !u.unconfirmed },
	"DeactiveUsers":         func(u user, _ string) bool { return u.status == "disabled" },
	"NotConfirmedUsers":     func(u user, _ string) bool { return u.status != "deleted" && u.unconfirmed },
	"DeletedUsers":          func(u user, _ string) bool { return u.status == "deleted" },
	"DeveloperUsers":        func(user, string) bool { return false },
	"ActiveLiteUser":        func(user, string) bool { return false },
	"AdminUsers":            func(u user, _ string) bool { return u.status != "deleted" && u.admin() },
	"ActiveConfirmedAdmins": func(u user, _ string) bool { return u.admin() && u.active() && !u.unconfirmed },
	"CurrentUser":           func(u user, caller string) bool { return u.id == caller },
}

// usersOf are those of the type that the query names, AllUsers if it names none.
func (c *crm) usersOf(q *request) ([]user, *refusal) {
	of := userTypes[cmp.Or(q.query.Get("type"), "AllUsers")]
	if of == nil {
		return nil, badPattern("type")
	}
	var found []user
	for _, u := range c.users {
		if of(u, q.grant.UserID) {
			found = append(found, u)
		}
	}
	return found, nil
}

// listUsers is GET users.
func (c *crm) listUsers(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	var users []user
	if refused == nil {
		users, refused = c.usersOf(q)
	}
	var ids []int64
	if q.query.Has("ids") && refused == nil {
		ids, refused = q.ids()
	}
	var since time.Time
	if refused == nil {
		since, refused = q.modifiedSince()
	}
	if refused != nil {
		return ofUsers(refused).outcome()
	}
	var found []any
	for _, u := range users {
		id, _ := parseID(u.id)
		if (ids == nil || slices.Contains(ids, id)) && u.modified.After(since) {
			found = append(found, c.showUser(u))
		}
	}
	rows, info := pageOf(found, l)
	switch {
	case len(rows) == 0 && !since.IsZero():
		return outcome{status: http.StatusNotModified}
	case len(rows) == 0:
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"users": rows, "info": info}}
}

// ofUsers is a parameter's refusal as Zoho has it of users: it names the parameter as it does a field, and knows no other
// reason.
func ofUsers(refused *refusal) *refusal {
	return newRefusal(refused.status, "PATTERN_NOT_MATCHED", refused.message, map[string]any{"api_name": refused.details["param_name"]})
}

// countUsers is GET users/actions/count.
func (c *crm) countUsers(q *request) outcome {
	users, refused := c.usersOf(q)
	if refused != nil {
		return ofUsers(refused).outcome()
	}
	return outcome{status: http.StatusOK, body: map[string]any{"count": len(users)}}
}

// getUser is GET users/{id}, of a deleted user too.
func (c *crm) getUser(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badID().outcome()
	}
	since, refused := q.modifiedSince()
	if refused != nil {
		return ofUsers(refused).outcome()
	}
	i := slices.IndexFunc(c.users, func(u user) bool { return u.id == q.id })
	switch {
	case i < 0:
		return outcome{status: http.StatusNoContent}
	case !c.users[i].modified.After(since):
		return outcome{status: http.StatusNotModified}
	}
	rows, info := pageOf([]any{c.showUser(c.users[i])}, &listing{page: 1, perPage: maxPerPage})
	return outcome{status: http.StatusOK, body: map[string]any{"users": rows, "info": info}}
}

// showUser has the keys that Zoho has, in Zoho's mixed spelling.
func (c *crm) showUser(u user) map[string]any {
	by := minified(c.users[0].ref())
	changed := map[string]any{"name": by["name"], "id": by["id"], "first_name": c.users[0].first, "last_name": c.users[0].last}
	_, offset := u.created.Zone()
	isonline := u.active() && u.admin()
	tab := map[string]any{"font_color": "#FFFFFF", "background": "#222222"}
	shown := map[string]any{
		"id": u.id, "zuid": u.zuid, "full_name": u.name(), "first_name": u.first, "last_name": u.last, "email": u.email,
		"status": u.status, "status_reason__s": nil, "confirm": !u.unconfirmed, "role": u.role.ref(), "profile": u.profile.ref(), "Reporting_To": nil,
		"created_by": by, "created_time": formatTime(u.created), "Modified_By": changed, "Modified_Time": formatTime(u.modified),
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
		"territories": u.shownTerritories(),
	}
	for _, key := range []string{
		"phone", "mobile", "fax", "website", "street", "city", "state", "zip", "country", "alias", "dob", "signature",
		"$current_shift", "$next_shift", "$shift_effective_from",
	} {
		shown[key] = nil
	}
	return shown
}

// someone takes a user. Records are given only to who is active; whose they are already, they stay.
func (w *write) someone(f *schema.Field, s site, v, before any) (any, *refusal) {
	ref, refused := w.userLookup(s, v)
	if refused != nil || f.APIName != "Owner" || w.seeding || refID(ref) == refID(before) || w.c.isActive(refID(ref)) {
		return ref, refused
	}
	return nil, w.fault(s, "INVALID_DATA", "invalid data")
}

// isActive says whether a user is there and works.
func (c *crm) isActive(id string) bool {
	return slices.ContainsFunc(c.users, func(u user) bool { return u.id == id && u.active() })
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
