package contract

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askTheRest asks a fake for what it serves and the tests of the root module do not come by: the library has no method of
// its own for it, but its users call it with Get, Post and Do.
func askTheRest(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	leads := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})
	note := crm.Seed("Notes", zohohub.Fields{
		"Note_Title": "Call", "Note_Content": "Rang twice",
		"Parent_Id": map[string]any{"id": leads[0], "module": map[string]any{"api_name": "Leads"}},
	})[0]
	newNote := `{"data":[{"Note_Title":"Call","Note_Content":"Again","Parent_Id":{"id":"` + leads[0] + `","module":{"api_name":"Leads"}}}]}`
	changed := `{"data":[{"Note_Content":"Thrice"}]}`

	user := firstID(t, conn, "users?type=CurrentUser", "users")
	module := firstID(t, conn, "settings/modules/Leads", "modules")
	view := firstID(t, conn, "settings/custom_views?module=Leads", "custom_views")
	field := firstID(t, conn, "settings/fields?module=Leads", "fields")

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "org", ""},
		{http.MethodGet, "users", ""},
		{http.MethodGet, "users/" + user, ""},
		{http.MethodGet, "settings/modules/" + module, ""},
		{http.MethodGet, "settings/fields/" + field + "?module=Leads", ""},
		{http.MethodGet, "settings/custom_views?module=Leads", ""},
		{http.MethodGet, "settings/custom_views/" + view + "?module=Leads", ""},
		{http.MethodGet, "Leads?fields=Last_Name&cvid=" + view, ""},
		{http.MethodGet, "Leads/" + leads[0] + "?cvid=" + view, ""},
		{http.MethodGet, "Leads/search?word=doe&cvid=" + view, ""},
		{http.MethodGet, "Leads/search?word=doe&approval_state=approved", ""},
		{http.MethodGet, "Leads/actions/count?cvid=" + view, ""},
		{http.MethodGet, "Notes?fields=Note_Title,Note_Content,Parent_Id", ""},
		{http.MethodGet, "Notes/" + note + "?fields=Note_Title,Note_Content", ""},
		{http.MethodPost, "Notes", newNote},
		{http.MethodPut, "Notes/" + note, changed},
		{http.MethodDelete, "Notes/" + note, ""},
		{http.MethodGet, "Leads/" + leads[0] + "/Notes?fields=Note_Title", ""},
		{http.MethodPut, "Leads/" + leads[0], `{"data":[{"City":"Faro"}],"trigger":[]}`},
		{http.MethodDelete, "Leads/" + leads[0] + "?wf_trigger=false", ""},
		{http.MethodGet, "Leads/deleted?type=all", ""},
	} {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: ask.method, Path: ask.path, Body: []byte(ask.body)})
		assert.NoError(t, err, "%s %s", ask.method, ask.path)
	}
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "users/1", ""},
		{http.MethodGet, "users?type=Nobody", ""},
		{http.MethodGet, "users?per_page=x", ""},
		{http.MethodGet, "settings/modules/Nonsense", ""},
		{http.MethodGet, "settings/modules?status=odd", ""},
		{http.MethodGet, "settings/fields", ""},
		{http.MethodGet, "settings/fields?module=Leads&type=odd", ""},
		{http.MethodGet, "settings/fields/1?module=Leads", ""},
		{http.MethodGet, "settings/custom_views", ""},
		{http.MethodGet, "settings/custom_views?module=Nonsense", ""},
		{http.MethodGet, "settings/custom_views?module=Leads&page=x", ""},
		{http.MethodGet, "settings/custom_views/1?module=Leads", ""},
		{http.MethodGet, "settings/custom_views/x?module=Leads", ""},
		{http.MethodGet, "Leads?fields=id&cvid=1", ""},
		{http.MethodGet, "Leads?fields=id&territory_id=1", ""},
		{http.MethodGet, "Leads/search?word=doe&cvid=1", ""},
		{http.MethodGet, "Leads/actions/count?cvid=1", ""},
		{http.MethodGet, "Notes", ""},
		{http.MethodGet, "Notes/1?fields=Note_Title", ""},
		{http.MethodPost, "Notes", `{"data":[{"Note_Title":"Call"}]}`},
		{http.MethodPost, "Notes", `[]`},
		{http.MethodDelete, "Notes/1", ""},
		{http.MethodGet, "Leads", ""},
		{http.MethodGet, "Leads?fields=id&page=11&per_page=200", ""},
		{http.MethodGet, "Leads?fields=id&page_token=odd", ""},
		{http.MethodGet, "Leads?fields=id&sort_by=City", ""},
		{http.MethodGet, "Leads/x", ""},
		{http.MethodGet, "Leads/search", ""},
		{http.MethodGet, "Leads/search?criteria=(Odd:equals:1)", ""},
		{http.MethodGet, "Leads/actions/count?cvid=1&word=a", ""},
		{http.MethodGet, "Leads/deleted?type=odd", ""},
		{http.MethodPost, "Leads", `{"data":[]}`},
		{http.MethodPost, "Leads", `{"data":[{"Last_Name":7,"Email":"odd","Owner":{"id":"1"}},{"City":"Faro"}]}`},
		{http.MethodPut, "Leads", `{"data":[{"id":"1","City":"Faro"},{"City":"Faro"}]}`},
		{http.MethodPost, "Leads/upsert", `{"data":[{"Email":"a@example.com"}],"duplicate_check_fields":["Odd"]}`},
		{http.MethodDelete, "Leads", ""},
		{http.MethodPatch, "Leads", ""},
	} {
		resp, err := conn.Do(t.Context(), zohohub.Request{Method: ask.method, Path: ask.path, Body: []byte(ask.body)})
		if assert.NotNil(t, resp, "%s %s: %v", ask.method, ask.path, err) && resp.Status != http.StatusNoContent {
			assert.Error(t, err, "%s %s", ask.method, ask.path)
		}
	}
}

func firstID(t *testing.T, conn *zohohub.Connection, path, key string) string {
	t.Helper()
	return idsAt(t, conn, path, key)[0]
}

func lastID(t *testing.T, conn *zohohub.Connection, path, key string) string {
	t.Helper()
	ids := idsAt(t, conn, path, key)
	return ids[len(ids)-1]
}

// idsAt are the ids of what an answer lists under key, which is something.
func idsAt(t *testing.T, conn *zohohub.Connection, path, key string) []string {
	t.Helper()
	var answer map[string]json.RawMessage
	require.NoError(t, conn.Get(t.Context(), path, nil, &answer))
	var items []struct {
		ID string `json:"id"`
	}
	require.NoError(t, json.Unmarshal(answer[key], &items), path)
	require.NotEmpty(t, items, path)
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	return ids
}
