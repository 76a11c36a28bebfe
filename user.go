package zohohub

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// User is somebody who works with the org's CRM.
type User struct {
	ID string
	// ZUID is the user's id in Zoho's accounts.
	ZUID                          string
	FullName, FirstName, LastName string
	Alias, Email                  string
	Role, Profile                 Lookup
	// ReportingTo is whom the user reports to; zero for nobody.
	ReportingTo Lookup
	Territories []Lookup
	// Status is "active", "disabled" or "deleted"; StatusReason says why, where Zoho tells.
	Status, StatusReason string
	// Confirmed is set for users who have accepted their invitation.
	Confirmed bool
	Online    bool
	// Category and Type are Zoho's words for kinds of users.
	Category, Type string

	Phone, Mobile, Fax, Website       string
	Street, City, State, Zip, Country string
	DateOfBirth, Signature            string
	Currency                          string
	PersonalAccount, SandboxDeveloper bool
	Microsoft                         bool
	Language, Locale, CountryLocale   string
	TimeZone, DateFormat, TimeFormat  string
	DecimalSeparator, NumberSeparator string
	NameFormat, SortOrder             string
	DefaultTabGroup                   string
	// Offset is that of the user's time zone from UTC.
	Offset time.Duration
	// CurrentShift and NextShift are zero for users without.
	CurrentShift, NextShift   Lookup
	Theme                     UserTheme
	Customization             UserCustomization
	CreatedBy, ModifiedBy     Lookup
	CreatedTime, ModifiedTime time.Time
	// Raw is the user as Zoho sent it.
	Raw json.RawMessage
}

// UserTheme is how the CRM looks to a user.
type UserTheme struct {
	NormalTab, SelectedTab    TabColors
	Background, NewBackground string
	Screen, Type              string
}

// TabColors are those of a tab, "#FFFFFF" for example.
type TabColors struct{ Font, Background string }

// UserCustomization is what a user has chosen to see.
type UserCustomization struct {
	ShowHome, ShowDetailView, ShowRightPanel bool
	NotesDescending, BusinessCardView        bool
	UnpinRecentItem                          bool
}

// UserType says which users are meant.
type UserType string

// The kinds of users.
const (
	// AllUsers are all but the deleted ones.
	AllUsers              UserType = "AllUsers"
	AllActiveUsers        UserType = "AllActiveUsers"
	ActiveUsers           UserType = "ActiveUsers"
	DeactivatedUsers      UserType = "DeactiveUsers"
	ConfirmedUsers        UserType = "ConfirmedUsers"
	NotConfirmedUsers     UserType = "NotConfirmedUsers"
	DeletedUsers          UserType = "DeletedUsers"
	ActiveConfirmedUsers  UserType = "ActiveConfirmedUsers"
	AdminUsers            UserType = "AdminUsers"
	ActiveConfirmedAdmins UserType = "ActiveConfirmedAdmins"
	DeveloperUsers        UserType = "DeveloperUsers"
	ActiveLiteUsers       UserType = "ActiveLiteUser"
)

var userTypes = []UserType{
	AllUsers, AllActiveUsers, ActiveUsers, DeactivatedUsers, ConfirmedUsers, NotConfirmedUsers, DeletedUsers,
	ActiveConfirmedUsers, AdminUsers, ActiveConfirmedAdmins, DeveloperUsers, ActiveLiteUsers,
}

// Users lists the users of a kind, 200 to a page, one page after another; an error comes once, last, and leaving the loop
// ends the requests. It costs one credit a page.
//
// Zoho: GET /crm/v8/users?type={kind}  https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (c *Connection) Users(ctx context.Context, kind UserType) iter.Seq2[*User, error] {
	const op = "list users"
	if !slices.Contains(userTypes, kind) {
		return func(yield func(*User, error) bool) {
			yield(nil, &Error{Op: op, Index: -1, Err: because(ErrRecordInvalid, "%q is no kind of users", clip(string(kind), 40))})
		}
	}
	return pagesOf(ctx, c, Request{Op: op, Path: "users", Params: Params{"type": string(kind)}}, "users", newUser)
}

// User returns the user with the id. An id that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/users/{id}  https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (c *Connection) User(ctx context.Context, id string) (*User, error) {
	return findByID(ctx, c, Request{Op: "find user", Template: "users/{id}"}, "users", newUser, "users", id)
}

// CurrentUser returns the user in whose name the connection calls. It costs one credit.
//
// Zoho: GET /crm/v8/users?type=CurrentUser  https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (c *Connection) CurrentUser(ctx context.Context) (*User, error) {
	raw, err := c.entry(ctx, Request{Op: "find current user", Params: Params{"type": "CurrentUser"}}, "users", ErrRecordNotFound, "users")
	if err != nil {
		return nil, err
	}
	u := newUser(raw)
	return &u, nil
}

func newUser(raw json.RawMessage) User {
	m := metaOf(raw).anyCase()
	theme, chosen := m.sub("theme"), m.sub("customize_info")
	return User{
		ID: m.text("id"), ZUID: m.text("zuid"), FullName: m.text("full_name"), FirstName: m.text("first_name"),
		LastName: m.text("last_name"), Alias: m.text("alias"), Email: m.text("email"), Role: m.lookup("role"), Profile: m.lookup("profile"),
		ReportingTo: m.lookup("reporting_to"), Territories: m.lookups("territories"), Status: m.text("status"),
		StatusReason: m.text("status_reason__s"), Confirmed: m.flag("confirm"), Online: m.flag("isonline"),
		Category: m.text("category"), Type: m.text("type__s"),
		Phone: m.text("phone"), Mobile: m.text("mobile"), Fax: m.text("fax"), Website: m.text("website"), Street: m.text("street"),
		City: m.text("city"), State: m.text("state"), Zip: m.text("zip"), Country: m.text("country"), DateOfBirth: m.text("dob"),
		Signature: m.text("signature"), Currency: m.text("currency"), PersonalAccount: m.flag("personal_account"),
		SandboxDeveloper: m.flag("sandboxdeveloper"), Microsoft: m.flag("microsoft"),
		Language: m.text("language"), Locale: m.text("locale"), CountryLocale: m.text("country_locale"), TimeZone: m.text("time_zone"),
		DateFormat: m.text("date_format"), TimeFormat: m.text("time_format"), DecimalSeparator: m.text("decimal_separator"),
		NumberSeparator: m.text("number_separator"), NameFormat: m.text("name_format__s"), SortOrder: m.text("sort_order_preference__s"),
		DefaultTabGroup: m.text("default_tab_group"), Offset: time.Duration(m.number("offset")) * time.Millisecond,
		CurrentShift: m.lookup("$current_shift"), NextShift: m.lookup("$next_shift"),
		Theme: UserTheme{
			NormalTab: newTabColors(theme.sub("normal_tab")), SelectedTab: newTabColors(theme.sub("selected_tab")),
			Background: theme.text("background"), NewBackground: theme.text("new_background"), Screen: theme.text("screen"), Type: theme.text("type"),
		},
		Customization: UserCustomization{
			ShowHome: chosen.flag("show_home"), ShowDetailView: chosen.flag("show_detail_view"), ShowRightPanel: chosen.flag("show_right_panel"),
			NotesDescending: chosen.flag("notes_desc"), BusinessCardView: chosen.flag("bc_view"), UnpinRecentItem: chosen.flag("unpin_recent_item"),
		},
		CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"), CreatedTime: m.time("created_time"),
		ModifiedTime: m.time("modified_time"), Raw: raw,
	}
}

func newTabColors(m meta) TabColors { return TabColors{m.text("font_color"), m.text("background")} }

// anyCase has the keys in small letters: of users Zoho writes some so, others with capitals, and not always the same.
func (m meta) anyCase() meta {
	small := make(meta, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) { // of two the one in small letters, whatever the order
		small[strings.ToLower(key)] = m[key]
	}
	return small
}
