package zohohub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// people are the names of users, and their number.
func people(t *testing.T, conn *Connection, kind UserType) []string {
	t.Helper()
	names := []string{}
	for u, err := range conn.Users(t.Context(), kind) {
		require.NoError(t, err)
		assert.True(t, json.Valid(u.Raw))
		names = append(names, u.FullName)
	}
	return names
}

func TestUsers(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.AddUser(zohohubtest.User{FirstName: "Eva", LastName: "Pinto", Email: "eva@example.com", Unconfirmed: true})
	for kind, want := range map[UserType][]string{
		AllUsers:              {"Ana Silva", "Bruno Costa", "Clara Nunes", "Eva Pinto"},
		ActiveUsers:           {"Ana Silva", "Bruno Costa", "Eva Pinto"},
		AllActiveUsers:        {"Ana Silva", "Bruno Costa", "Eva Pinto"},
		DeactivatedUsers:      {"Clara Nunes"},
		ConfirmedUsers:        {"Ana Silva", "Bruno Costa", "Clara Nunes"},
		NotConfirmedUsers:     {"Eva Pinto"},
		DeletedUsers:          {"Duarte Reis"},
		ActiveConfirmedUsers:  {"Ana Silva", "Bruno Costa"},
		AdminUsers:            {"Ana Silva"},
		ActiveConfirmedAdmins: {"Ana Silva"},
		DeveloperUsers:        {},
		ActiveLiteUsers:       {},
	} {
		assert.Equal(t, want, people(t, conn, kind), kind)
	}
	crm.ResetRequests()
	for _, kind := range []UserType{"", "CurrentUser", "AllUsers&page=2"} {
		for u, err := range conn.Users(t.Context(), kind) {
			require.ErrorIs(t, err, ErrRecordInvalid)
			assert.Nil(t, u)
		}
	}
	assert.Empty(t, asked(crm))
}

func TestUsersPages(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	for i := range 397 { // with the three that there are it is two whole pages
		crm.AddUser(zohohubtest.User{LastName: "Doe", Email: fmt.Sprintf("doe%d@example.com", i)})
	}
	assert.Len(t, people(t, conn, AllUsers), 400)
	assert.Len(t, asked(crm), 2)
	crm.ResetRequests()
	for u, err := range conn.Users(t.Context(), AllUsers) {
		require.NoError(t, err)
		assert.Equal(t, "Ana Silva", u.FullName)
		break
	}
	assert.Len(t, asked(crm), 1, "leaving the loop ends the requests")
	crm.Inject(zohohubtest.Fault{Path: "/users", After: 1, Status: http.StatusForbidden, Code: "NO_PERMISSION", Times: -1})
	n := 0
	for u, err := range conn.Users(t.Context(), AllUsers) {
		if err != nil {
			require.ErrorIs(t, err, ErrNoPermission)
			assert.Nil(t, u)
			continue
		}
		n++
	}
	assert.Equal(t, 200, n, "and no list is short in silence")
}

// TestUsersStandStill has a Zoho that gives the same page again and again.
func TestUsersStandStill(t *testing.T) {
	t.Parallel()
	at, page := "v8/users?page=", `{"users":[{"id":"1"}],"info":{"more_records":true}}`
	conn, asked := described(t, Config{}, map[string]string{at + "1&per_page=200&type=AllUsers": page, at + "2&per_page=200&type=AllUsers": page})
	n := 0
	for u, err := range conn.Users(t.Context(), AllUsers) {
		if err != nil {
			require.EqualError(t, err, "zohohub: list users: (HTTP 200): the list does not move on: there is more by Zoho's word, and the page has nothing new")
			assert.Nil(t, u)
			continue
		}
		n++
	}
	assert.Equal(t, 1, n)
	assert.Len(t, *asked, 2)
}

func TestUser(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		me, err := conn.CurrentUser(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "ana.silva@example.com", me.Email)
		assert.Equal(t, []string{"CEO", "Administrator"}, []string{me.Role.Name, me.Profile.Name})
		assert.Equal(t, time.Hour, me.Offset)
		same, err := conn.User(t.Context(), me.ID)
		require.NoError(t, err)
		assert.Equal(t, me, same)

		_, err = conn.User(t.Context(), "5550000000100099999")
		require.ErrorIs(t, err, ErrRecordNotFound)
		crm.ResetRequests()
		for _, id := range []string{"", "actions", "1/2", "..", "?type=CurrentUser"} {
			_, err := conn.User(t.Context(), id)
			require.Error(t, err, id)
		}
		assert.Empty(t, asked(crm))
	})
}

// wholeUser has every key that Zoho has for a user, in its mixed spelling.
const wholeUser = `{"id":"1","zuid":2,"full_name":"Ana Silva","first_name":"Ana","last_name":"Silva","email":"ana@example.com","alias":"as","status":"disabled",
	"status_reason__s":"left","confirm":true,"role":{"id":"3","name":"CEO"},"profile":{"id":"4","name":"Administrator"},"Reporting_To":{"id":"5","name":"Bruno"},
	"territories":[{"id":"6","name":"South"}],"created_by":{"id":"7","name":"Root"},"Modified_By":{"id":"8","name":"Eva","first_name":"Eva"},
	"created_time":"2026-05-01T10:00:00Z","Modified_Time":"2026-05-02T10:00:00Z","time_zone":"Europe/Lisbon","locale":"pt_PT","country_locale":"PT",
	"language":"pt_BR","date_format":"dd/MM/yyyy","time_format":"HH:mm","decimal_separator":"Comma","number_separator":"Space","offset":-12600000,
	"phone":"1","mobile":"2","fax":"3","website":"https://example.com","street":"Rua 1","city":"Lisboa","state":"LX","zip":"1000","country":"Portugal",
	"dob":"1990-01-01","signature":"Ana","Isonline":true,"Currency":"EUR","personal_account":true,"sandboxDeveloper":true,"microsoft":true,"category":"regular_user",
	"type__s":"Regular User","default_tab_group":"0","name_format__s":"First Name","sort_order_preference__s":"Last Name",
	"$current_shift":{"id":"9","name":"Early"},"$next_shift":{"id":"10","name":"Late"},
	"theme":{"normal_tab":{"font_color":"#FFFFFF","background":"#222222"},"selected_tab":{"font_color":"#000000","background":"#333333"},
		"new_background":"n","background":"#F3F0EB","screen":"fixed","type":"default"},
	"customize_info":{"notes_desc":true,"show_right_panel":true,"bc_view":true,"unpin_recent_item":true,"show_home":true,"show_detail_view":true}}`

func TestUserWhole(t *testing.T) {
	t.Parallel()
	conn, asked := described(t, Config{}, map[string]string{"v8/users?type=CurrentUser": `{"users":[` + wholeUser + `]}`})
	u, err := conn.CurrentUser(t.Context())
	require.NoError(t, err)
	assert.Equal(t, &User{
		ID: "1", ZUID: "2", FullName: "Ana Silva", FirstName: "Ana", LastName: "Silva", Alias: "as", Email: "ana@example.com",
		Role: Lookup{ID: "3", Name: "CEO"}, Profile: Lookup{ID: "4", Name: "Administrator"}, ReportingTo: Lookup{ID: "5", Name: "Bruno"},
		Territories: []Lookup{{ID: "6", Name: "South"}}, Status: "disabled", StatusReason: "left", Confirmed: true, Online: true, Category: "regular_user",
		Type: "Regular User", Phone: "1", Mobile: "2", Fax: "3", Website: "https://example.com", Street: "Rua 1", City: "Lisboa", State: "LX", Zip: "1000",
		Country: "Portugal", DateOfBirth: "1990-01-01", Signature: "Ana", Currency: "EUR", PersonalAccount: true, SandboxDeveloper: true, Microsoft: true,
		Language: "pt_BR", Locale: "pt_PT", CountryLocale: "PT", TimeZone: "Europe/Lisbon", DateFormat: "dd/MM/yyyy", TimeFormat: "HH:mm",
		DecimalSeparator: "Comma", NumberSeparator: "Space", NameFormat: "First Name", SortOrder: "Last Name", DefaultTabGroup: "0",
		Offset: -3*time.Hour - 30*time.Minute, CurrentShift: Lookup{ID: "9", Name: "Early"}, NextShift: Lookup{ID: "10", Name: "Late"},
		Theme: UserTheme{
			NormalTab: TabColors{Font: "#FFFFFF", Background: "#222222"}, SelectedTab: TabColors{Font: "#000000", Background: "#333333"},
			Background: "#F3F0EB", NewBackground: "n", Screen: "fixed", Type: "default",
		},
		Customization: UserCustomization{ShowHome: true, ShowDetailView: true, ShowRightPanel: true, NotesDescending: true, BusinessCardView: true, UnpinRecentItem: true},
		CreatedBy:     Lookup{ID: "7", Name: "Root"}, ModifiedBy: Lookup{ID: "8", Name: "Eva"},
		CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(wholeUser),
	}, u)
	assert.Len(t, *asked, 1)

	older, _ := described(t, Config{APIVersion: "v2"}, map[string]string{"v2/users?type=CurrentUser": `{"users":[{"role":"3","profile":4,"reporting_to":null,
		"Created_By":{"id":"7"},"theme":null,"offset":"x","customize_info":[],"territories":{},"confirm":"true"}]}`})
	u, err = older.CurrentUser(t.Context())
	require.NoError(t, err)
	u.Raw = nil
	assert.Equal(t, &User{Role: Lookup{ID: "3"}, Profile: Lookup{ID: "4"}, CreatedBy: Lookup{ID: "7"}, Confirmed: true}, u)

	nobody, _ := described(t, Config{}, map[string]string{"v8/users?type=CurrentUser": ""})
	_, err = nobody.CurrentUser(t.Context())
	require.ErrorIs(t, err, ErrRecordNotFound)
}
