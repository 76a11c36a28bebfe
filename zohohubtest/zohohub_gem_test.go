package zohohubtest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// gem sends what the Ruby gem zoho_hub 0.4.2 sends: tokens are asked for with everything in the query and it unescaped,
// calls go to v2, each over a new connection, lists name no fields, bodies are JSON under the content type of a form, and a
// new record has all of its class's attributes with null for those that are not set, the id too.
type gem struct {
	t               *testing.T
	crm             *Server
	access, refresh string
	refreshed       int // times
}

func newGem(t *testing.T) *gem {
	t.Helper()
	g := &gem{t: t, crm: NewServer(t)}
	got := g.token("code=" + g.crm.GrantCode("ZohoCRM.modules.custom.all", "ZohoCRM.settings.all", "ZohoCRM.modules.contacts.all",
		"ZohoCRM.modules.all", "ZohoCRM.notifications.all", "ZohoSearch.securesearch.READ") +
		"&grant_type=authorization_code&redirect_uri=" + g.crm.Config().RedirectURL)
	g.access, _ = got["access_token"].(string)
	g.refresh, _ = got["refresh_token"].(string)
	require.NotEmpty(t, g.access)
	require.NotEmpty(t, g.refresh)
	assert.Equal(t, g.crm.URL(), got["api_domain"])
	assert.InDelta(t, 3600, got["expires_in"], 0)
	return g
}

// send is one request over a connection of its own.
func (g *gem) send(method, url string, header http.Header, body string) (int, http.Header, string) {
	g.t.Helper()
	var content io.Reader = http.NoBody
	if body != "" {
		content = strings.NewReader(body)
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req, err := http.NewRequestWithContext(g.t.Context(), method, url, content)
	require.NoError(g.t, err)
	req.Header = header
	req.Header.Set("User-Agent", "Ruby")
	req.Header.Set("Accept", "*/*")
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	require.NoError(g.t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(g.t, err)
	require.NoError(g.t, resp.Body.Close())
	return resp.StatusCode, resp.Header, string(raw)
}

// token asks for tokens as get_token and refresh do; parameters are unescaped.
func (g *gem) token(params string) map[string]any {
	g.t.Helper()
	config := g.crm.Config()
	_, _, raw := g.send("POST", g.crm.URL()+"/oauth/v2/token?client_id="+config.ClientID+"&client_secret="+config.ClientSecret+"&"+params, http.Header{}, "")
	return g.decoded(raw)
}

func (g *gem) decoded(raw string) map[string]any {
	g.t.Helper()
	if raw == "" {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	var out map[string]any
	require.NoError(g.t, dec.Decode(&out), raw)
	return out
}

// call is a call that is sent again, once, when its token was found invalid; body, if not nil, becomes JSON.
func (g *gem) call(method, path string, body any) (int, map[string]any) {
	g.t.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(g.t, err)
		text = string(raw)
	}
	once := func() (int, map[string]any) {
		header := http.Header{}
		if g.access != "" {
			header.Set("Authorization", "Zoho-oauthtoken "+g.access)
		}
		status, _, raw := g.send(method, g.crm.URL()+"/crm/v2/"+path, header, text)
		return status, g.decoded(raw)
	}
	status, got := once()
	if got["code"] != "INVALID_TOKEN" {
		return status, got
	}
	g.refreshed++
	g.access, _ = g.token("grant_type=refresh_token&refresh_token=" + g.refresh)["access_token"].(string)
	return once()
}

// data are the rows of an answer, none for an empty one.
func (g *gem) data(method, path string, body any) []map[string]any {
	g.t.Helper()
	_, got := g.call(method, path, body)
	return rowsOf(g.t, got, "data")
}

func rowsOf(t *testing.T, answer map[string]any, key string) []map[string]any {
	t.Helper()
	if answer == nil {
		return nil
	}
	list, ok := answer[key].([]any)
	require.True(t, ok, "%v", answer)
	out := make([]map[string]any, len(list))
	for i, item := range list {
		out[i], _ = item.(map[string]any)
	}
	return out
}

type params = map[string]any

// leadAttributes are those of a class Lead as the gem's users write them, under the names that the gem gives them.
var leadAttributes = []string{"id", "First_Name", "Last_Name", "Company", "Email", "Phone", "City", "Lead_Status", "Annual_Revenue", "Created_Time", "Owner"}

// lead has every attribute, null where nothing is said.
func lead(values params) params {
	all := params{}
	for _, name := range leadAttributes {
		all[name] = values[name]
	}
	return all
}

func (g *gem) create(values params) string {
	g.t.Helper()
	rows := g.data("POST", "Leads", params{"data": []any{lead(values)}})
	require.Len(g.t, rows, 1)
	require.Equal(g.t, "SUCCESS", rows[0]["code"], "%v", rows)
	id, _ := rows[0]["details"].(map[string]any)["id"].(string)
	return id
}

func (g *gem) find(id string) map[string]any {
	g.t.Helper()
	if rows := g.data("GET", "Leads/"+id, nil); len(rows) > 0 {
		return rows[0]
	}
	return nil
}

func (g *gem) where(name, value string) []map[string]any {
	g.t.Helper()
	return g.data("GET", "Leads/search?"+url.Values{name: {value}}.Encode(), nil)
}

func TestTheGemsRecords(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	assert.Empty(t, g.data("GET", "Leads?page=1&per_page=200", nil), "all of none")
	id := g.create(params{"Last_Name": "Doe", "Company": "X & Söhne", "Email": "doe@example.com"})
	other := g.create(params{"Last_Name": "Roe"})

	found := g.find(id)
	assert.Equal(t, []any{id, "Doe", "X & Söhne", "doe@example.com", nil}, []any{found["id"], found["Last_Name"], found["Company"], found["Email"], found["City"]})
	assert.Equal(t, "Ana Silva", found["Owner"].(map[string]any)["name"], "a null owner is the caller")
	assert.NotEmpty(t, found["Created_Time"])
	assert.Nil(t, g.find("5725767000099999999"), "exists? of what is not there")

	all := g.data("GET", "Leads?page=1&per_page=200", nil)
	require.Len(t, all, 2)
	assert.Equal(t, []any{other, id}, []any{all[0]["id"], all[1]["id"]})
	assert.Contains(t, all[0], "Email", "without fields, all of them come")
	assert.Empty(t, g.data("GET", "Leads?page=2&per_page=2", nil))

	for query, want := range map[[2]string][]any{
		{"criteria", "Last_Name:equals:Doe"}:   {id},
		{"criteria", "(Last_Name:equals:Roe)"}: {other},
		{"email", "doe@example.com"}:           {id},
		{"word", "Roe"}:                        {other},
		{"criteria", "Last_Name:equals:Moe"}:   nil,
	} {
		var ids []any
		for _, r := range g.where(query[0], query[1]) {
			ids = append(ids, r["id"])
		}
		assert.Equal(t, want, ids, query)
	}

	// save of a record that was found: everything it knows of, nulls and system fields too.
	changed := lead(found)
	changed["City"] = "Porto"
	rows := g.data("PUT", "Leads/"+id, params{"data": []any{changed}})
	assert.Equal(t, []any{"SUCCESS", "record updated", id}, []any{rows[0]["code"], rows[0]["message"], rows[0]["details"].(map[string]any)["id"]})
	rows = g.data("PUT", "Leads/"+id, params{"data": []any{params{"Company": "Y", "Email": nil}}})
	assert.Equal(t, "SUCCESS", rows[0]["code"])
	rows = g.data("PUT", "Leads", params{"data": []any{params{"id": id, "Last_Name": "Doe-Roe"}, params{"id": other, "City": "Faro"}}})
	assert.Equal(t, []any{"SUCCESS", "SUCCESS"}, []any{rows[0]["code"], rows[1]["code"]})
	records := g.crm.Records("Leads")
	values := func(r zohohub.Fields) []any { return []any{r["Last_Name"], r["Company"], r["Email"], r["City"]} }
	assert.Equal(t, []any{"Doe-Roe", "Y", nil, "Porto"}, values(records[0]))
	assert.Equal(t, []any{"Roe", nil, nil, "Faro"}, values(records[1]))

	// What is refused comes with 202 in v2, wrapped for a row and flat for the call.
	status, got := g.call("POST", "Leads", params{"data": []any{lead(params{"Company": "no name"})}})
	assert.Equal(t, 202, status)
	assert.Equal(t, params{
		"code": "MANDATORY_NOT_FOUND", "details": params{"api_name": "Last_Name"}, "message": "required field not found", "status": "error",
	}, rowsOf(t, got, "data")[0])
	status, got = g.call("GET", "Nonsense", nil)
	assert.Equal(t, []any{400, "INVALID_MODULE"}, []any{status, got["code"]})
}

func TestTheGemRefreshesOnceAndAsksAgain(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	id := g.create(params{"Last_Name": "Doe"})
	g.crm.ExpireTokens()
	g.crm.ResetRequests()
	assert.Equal(t, id, g.find(id)["id"])
	assert.Equal(t, 1, g.refreshed)
	var asked []any
	for _, r := range g.crm.Requests() {
		asked = append(asked, r.Method+" "+r.Path, r.Status)
	}
	assert.Equal(t, []any{"GET /crm/v2/Leads/" + id, 401, "POST /oauth/v2/token", 200, "GET /crm/v2/Leads/" + id, 200}, asked)

	g.crm.RevokeTokens()
	status, got := g.call("GET", "Leads/"+id, nil)
	assert.Equal(t, []any{401, "AUTHENTICATION_FAILURE"}, []any{status, got["code"]}, "it goes on without a token, and once only")
	assert.Equal(t, 2, g.refreshed)
	assert.Equal(t, params{"error": "invalid_code"}, g.token("grant_type=refresh_token&refresh_token="+g.refresh))
}

func TestTheGemsNotesRelatedAndAttachments(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	id := g.create(params{"Last_Name": "Doe"})
	assert.Empty(t, g.data("GET", "Leads/"+id+"/Notes", nil))
	rows := g.data("POST", "Leads/"+id+"/Notes", params{"data": []any{params{"Note_Title": "", "Note_Content": "call back"}}})
	assert.Equal(t, "SUCCESS", rows[0]["code"])
	notes := g.data("GET", "Leads/"+id+"/Notes", nil)
	require.Len(t, notes, 1)
	assert.Equal(t, []any{"call back", id}, []any{notes[0]["Note_Content"], notes[0]["Parent_Id"].(map[string]any)["id"]})
	assert.Equal(t, []any{"call back", nil}, []any{g.crm.Records("Notes")[0]["Note_Content"], g.crm.Records("Notes")[0]["Note_Title"]})

	// Products of a lead: linked with an empty row, listed from the lead, unlinked.
	product := g.crm.Seed("Products", zohohub.Fields{"Product_Name": "Oats"})[0]
	rows = g.data("PUT", "Leads/"+id+"/Products/"+product, params{"data": []any{params{}}})
	assert.Equal(t, []any{"SUCCESS", "relation added"}, []any{rows[0]["code"], rows[0]["message"]})
	related := g.data("GET", "Leads/"+id+"/Products", nil)
	require.Len(t, related, 1)
	assert.Equal(t, []any{product, "Oats"}, []any{related[0]["id"], related[0]["Product_Name"]})
	rows = g.data("DELETE", "Leads/"+id+"/Products/"+product, nil)
	assert.Equal(t, "relation removed", rows[0]["message"])
	assert.Empty(t, g.data("GET", "Leads/"+id+"/Products", nil))

	assert.Empty(t, g.data("GET", "Leads/"+id+"/Attachments", nil))
	attachment := g.crm.SeedAttachment("Leads", id, "offer.pdf", strings.NewReader("%PDF-1.4"))
	listed := g.data("GET", "Leads/"+id+"/Attachments", nil)
	require.Len(t, listed, 1)
	assert.Equal(t, []any{attachment, "offer.pdf", "8"}, []any{listed[0]["id"], listed[0]["File_Name"], listed[0]["Size"]})
	status, header, content := g.send("GET", g.crm.URL()+"/crm/v2/Leads/"+id+"/Attachments/"+attachment, http.Header{"Authorization": {"Zoho-oauthtoken " + g.access}}, "")
	assert.Equal(t, []any{200, "application/pdf", "%PDF-1.4"}, []any{status, header.Get("Content-Type"), content})
}

func TestTheGemsNotifications(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	_, got := g.call("GET", "actions/watch?page=1&per_page=200", nil)
	assert.Nil(t, got, "none is an empty body")
	watch := func(more params) params {
		row := params{"notify_url": "http://127.0.0.1:1/hook", "channel_id": 1000000068001, "events": []any{"Leads.all"}, "channel_expiry": nil, "token": nil}
		maps.Copy(row, more)
		return params{"watch": []any{row}}
	}
	status, got := g.call("POST", "actions/watch", watch(nil))
	assert.Equal(t, 201, status)
	assert.Equal(t, "Successfully subscribed for actions-watch of the given module", rowsOf(t, got, "watch")[0]["message"])
	status, got = g.call("POST", "actions/watch", watch(params{"channel_id": nil}))
	assert.Equal(t, 202, status)
	assert.Equal(t, "MANDATORY_NOT_FOUND", rowsOf(t, got, "watch")[0]["code"])
	_, got = g.call("GET", "actions/watch?page=1&per_page=200", nil)
	channels := rowsOf(t, got, "watch")
	require.Len(t, channels, 1)
	assert.Equal(t, []any{"1000000068001", []any{"Leads.all"}, "Leads", nil}, []any{
		channels[0]["channel_id"], channels[0]["events"], channels[0]["resource_name"], channels[0]["token"],
	})
	assert.NotContains(t, channels[0], "notification_condition")
}

func TestTheGemsSettings(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	_, got := g.call("GET", "settings/modules", nil)
	byName := map[any]params{}
	for _, m := range rowsOf(t, got, "modules") {
		byName[m["api_name"]] = m
	}
	leads := byName["Leads"]
	require.NotNil(t, leads)
	for _, name := range []string{
		"convertable", "editable", "deletable", "web_link", "singular_label", "modified_time", "viewable", "api_supported", "creatable",
		"plural_label", "api_name", "modified_by", "generated_type", "id", "module_name",
	} {
		assert.Contains(t, leads, name)
	}
	assert.Equal(t, []any{true, "default", "Lead", "Leads"}, []any{leads["convertable"], leads["generated_type"], leads["singular_label"], leads["plural_label"]})

	_, got = g.call("GET", "settings/fields?module=Leads", nil)
	fields := rowsOf(t, got, "fields")
	for _, f := range fields {
		for _, name := range []string{
			"custom_field", "lookup", "convert_mapping", "visible", "field_label", "length", "view_type", "read_only", "api_name", "unique", "data_type",
			"formula", "currency", "id", "decimal_place", "pick_list_values", "auto_number",
		} {
			assert.Contains(t, f, name, f["api_name"])
		}
	}
	assert.Greater(t, len(fields), 20)
}

func TestTheGemsBlueprint(t *testing.T) {
	t.Parallel()
	g := newGem(t)
	outside := g.create(params{"Last_Name": "Roe"})
	_, got := g.call("GET", "Leads/"+outside+"/actions/blueprint", nil)
	assert.Equal(t, "RECORD_NOT_IN_PROCESS", got["code"])

	transitions := g.crm.AddBlueprint("Leads", Blueprint{Name: "Flow", Field: "Lead_Status", Transitions: []Transition{
		{Name: "Contact", From: "-None-", To: "Contacted", Fields: []TransitionField{{Field: "Phone", Mandatory: true}}},
		{Name: "Lose", From: "Contacted", To: "Lost Lead"},
	}})
	id := g.create(params{"Last_Name": "Doe"})
	_, got = g.call("GET", "Leads/"+id+"/actions/blueprint", nil)
	blueprint, _ := got["blueprint"].(map[string]any)
	offered := rowsOf(t, blueprint, "transitions")
	require.Len(t, offered, 1)
	assert.Equal(t, []any{transitions[0], "Contact", "Contacted"}, []any{offered[0]["id"], offered[0]["name"], offered[0]["next_field_value"]})

	move := func(data params) any {
		_, got := g.call("PUT", "Leads/"+id+"/actions/blueprint", params{"blueprint": []any{params{"transition_id": transitions[0], "data": data}}})
		return got["code"]
	}
	assert.Equal(t, "MANDATORY_NOT_FOUND", move(params{}))
	assert.Equal(t, "SUCCESS", move(params{"Phone": "+351 21 000 00 00"}))
	lead := g.crm.Records("Leads")[1]
	assert.Equal(t, []any{"Contacted", "+351 21 000 00 00"}, []any{lead["Lead_Status"], lead["Phone"]})
	rows := g.data("PUT", "Leads/"+id, params{"data": []any{params{"Lead_Status": "Cold"}}})
	assert.Equal(t, "RECORD_IN_BLUEPRINT", rows[0]["code"])
}
