package zohohubtest

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

const (
	claraID  = "3652397000000186023" // is disabled
	duarteID = "3652397000000186024" // was deleted
)

func (c *api) user(id string) map[string]any {
	c.t.Helper()
	var answer struct{ Users []map[string]any }
	require.NoError(c.t, json.Unmarshal([]byte(c.call(200, "GET", "v8/users/"+id, "")), &answer))
	return answer.Users[0]
}

func (c *api) userIDs(query string) (ids []string) {
	c.t.Helper()
	var answer struct{ Users []struct{ ID string } }
	require.NoError(c.t, json.Unmarshal([]byte(c.call(200, "GET", "v8/users"+query, "")), &answer))
	for _, u := range answer.Users {
		ids = append(ids, u.ID)
	}
	return ids
}

func TestUserKeys(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	bruno := c.user(brunoID)
	assert.Equal(t, []string{
		"$current_shift", "$next_shift", "$shift_effective_from", "Currency", "Isonline", "Modified_By", "Modified_Time", "Reporting_To", "alias", "category",
		"city", "confirm", "country", "country_locale", "created_by", "created_time", "customize_info", "date_format", "decimal_separator", "default_tab_group",
		"dob", "email", "fax", "first_name", "full_name", "id", "language", "last_name", "locale", "microsoft", "mobile", "name_format__s", "number_separator",
		"offset", "personal_account", "phone", "profile", "role", "sandboxDeveloper", "signature", "sort_order_preference__s", "state", "status",
		"status_reason__s", "street", "territories", "theme", "time_format", "time_zone", "type__s", "website", "zip", "zuid",
	}, slices.Sorted(maps.Keys(bruno)))
	assert.Equal(t, []any{
		map[string]any{"name": "Manager", "id": "3652397000000026008"}, map[string]any{"name": "Standard", "id": "5550000000000020000"}, "active",
		[]any{map[string]any{"id": "3652397000000505001", "name": "Lisboa", "manager": false}},
	}, []any{bruno["role"], bruno["profile"], bruno["status"], bruno["territories"]})
	assert.Equal(t, map[string]any{"name": "CEO", "id": "3652397000000026005"}, c.user(defaultUserID)["role"])
	assert.Equal(t, []any{"disabled", "deleted"}, []any{c.user(claraID)["status"], c.user(duarteID)["status"]})
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	id := c.server.AddUser(User{FirstName: "Eva", LastName: "Melo", Email: "eva.melo@example.com", Role: "CEO", Profile: "Administrator"})
	invited := c.server.AddUser(User{LastName: "Gomes", Email: "gomes@example.com", Unconfirmed: true})
	gone := c.server.AddUser(User{LastName: "Pinto", Email: "pinto@example.com", Status: "deleted"})
	eva, gomes := c.user(id), c.user(invited)
	assert.Equal(t, []any{"Eva Melo", "CEO", "Administrator", "active", true}, []any{
		eva["full_name"], eva["role"].(map[string]any)["name"], eva["profile"].(map[string]any)["name"], eva["status"], eva["confirm"],
	})
	assert.Equal(t, []any{"Gomes", "Sales Representative", "Standard", false}, []any{
		gomes["full_name"], gomes["role"].(map[string]any)["name"], gomes["profile"].(map[string]any)["name"], gomes["confirm"],
	})
	assert.NotEqual(t, eva["zuid"], gomes["zuid"])
	for kind, want := range map[string][]string{
		"":                      {defaultUserID, brunoID, claraID, id, invited},
		"AllUsers":              {defaultUserID, brunoID, claraID, id, invited},
		"ActiveUsers":           {defaultUserID, brunoID, id, invited},
		"AllActiveUsers":        {defaultUserID, brunoID, id, invited},
		"ActiveConfirmedUsers":  {defaultUserID, brunoID, id},
		"ConfirmedUsers":        {defaultUserID, brunoID, claraID, id},
		"NotConfirmedUsers":     {invited},
		"DeactiveUsers":         {claraID},
		"DeletedUsers":          {duarteID, gone},
		"AdminUsers":            {defaultUserID, id},
		"ActiveConfirmedAdmins": {defaultUserID, id},
		"CurrentUser":           {defaultUserID},
	} {
		assert.Equal(t, want, c.userIDs("?type="+kind), kind)
		assert.JSONEq(t, `{"count":`+wholeJSON(t, len(want))+`}`, c.call(200, "GET", "v8/users/actions/count?type="+kind, ""), kind)
	}
	for _, kind := range []string{"DeveloperUsers", "ActiveLiteUser"} {
		c.call(204, "GET", "v8/users?type="+kind, "")
		assert.JSONEq(t, `{"count":0}`, c.call(200, "GET", "v8/users/actions/count?type="+kind, ""))
	}
	assert.JSONEq(t, refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"api_name":"type"}`),
		c.call(400, "GET", "v8/users/actions/count?type=Nobody", ""))
	// They can be given records at once.
	assert.Equal(t, id, c.field("v8/Leads/"+c.create("v8/Leads", `{"Last_Name":"Doe","Owner":{"id":"`+id+`"}}`), "Owner").(map[string]any)["id"])
}

func TestUsersThatCannotBe(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for reason, u := range map[string]User{
		"the last name is empty":                      {Email: "a@b.example"},
		`"nobody" is no address`:                      {LastName: "A", Email: "nobody"},
		"Ana.Silva@example.com is somebody's already": {LastName: "A", Email: "Ana.Silva@example.com"},
		`there is no role "Boss"`:                     {LastName: "A", Email: "a@b.example", Role: "Boss"},
		`there is no profile "Boss"`:                  {LastName: "A", Email: "a@b.example", Profile: "Boss"},
		`there is no status "asleep"`:                 {LastName: "A", Email: "a@b.example", Status: "asleep"},
	} {
		assert.PanicsWithValue(t, "zohohubtest: AddUser: "+reason, func() { s.AddUser(u) })
	}
	assert.PanicsWithValue(t, `zohohubtest: SetUserStatus: there is no user "7"`, func() { s.SetUserStatus("7", "active") })
	assert.PanicsWithValue(t, `zohohubtest: SetUserStatus: there is no status "asleep"`, func() { s.SetUserStatus(brunoID, "asleep") })
}

func TestUsersChangedSince(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	since := []string{"If-Modified-Since", testTime}
	o.expect(304, "", "GET", "v8/users", "", since...)
	o.expect(304, "", "GET", "v8/users/"+brunoID, "", since...)
	o.now = o.now.Add(time.Second)
	require.NoError(t, o.crm.setUserStatus(brunoID, "disabled"))
	o.expect(304, "", "GET", "v8/users/"+defaultUserID, "", since...)
	for _, path := range []string{"v8/users", "v8/users/" + brunoID} {
		w := o.call("GET", path, "", since...)
		var got struct {
			Users []struct {
				ID       string
				Modified string `json:"Modified_Time"`
			}
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Len(t, got.Users, 1)
		assert.Equal(t, []string{brunoID, "2026-03-01T10:00:01+01:00"}, []string{got.Users[0].ID, got.Users[0].Modified})
		o.expect(400, refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"api_name":"If-Modified-Since"}`), "GET", path, "",
			"If-Modified-Since", "yesterday")
	}
}

// Records are given to who works there. What somebody owns who has left can still be changed.
func TestOwnersAreActive(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	for _, owner := range []string{`{"id":"` + claraID + `"}`, `{"email":"clara.nunes@example.com"}`, `{"id":"` + duarteID + `"}`} {
		c.refuses("POST", "v8/Leads", `{"Last_Name":"Doe","Owner":`+owner+`}`, badValue("Owner"))
	}
	lead := "v8/Leads/" + c.create("v8/Leads", `{"Last_Name":"Doe","Owner":{"id":"`+brunoID+`"}}`)
	c.server.SetUserStatus(brunoID, "disabled")
	c.update(lead, `{"City":"Faro","Owner":{"id":"`+brunoID+`"}}`)
	c.refuses("PUT", lead, `{"Owner":{"id":"`+claraID+`"}}`, badValue("Owner"))
	c.update(lead, `{"Owner":{"id":"`+defaultUserID+`"}}`)
	c.refuses("PUT", lead, `{"Owner":{"id":"`+brunoID+`"}}`, badValue("Owner"))
	c.server.SetUserStatus(brunoID, "active")
	c.update(lead, `{"Owner":{"id":"`+brunoID+`"}}`)
	// Any other field may name who has left, and so may what was there before the test.
	c.create("v8/Specimens", `{"Name":"S","Watchers":[{"Watchers":{"id":"`+claraID+`"}}]}`)
	c.server.Seed("Leads", zohohub.Fields{"Last_Name": "Old", "Owner": zohohub.Lookup{ID: duarteID}})
	assert.Equal(t, duarteID, c.server.Records("Leads")[1]["Owner"].(map[string]any)["id"])
}
