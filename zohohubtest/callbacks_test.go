package zohohubtest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// receiver is a program that channels tell of changes.
type receiver struct {
	t      *testing.T
	crm    *Server
	token  string
	server *httptest.Server

	mu     sync.Mutex
	bodies []map[string]any
	paths  []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t, crm: NewServer(t)}
	r.token = r.crm.Token().AccessToken
	r.server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	assert.NoError(r.t, err)
	assert.Equal(r.t, []string{"POST", "application/json;charset=UTF-8"}, []string{req.Method, req.Header.Get("Content-Type")})
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var body map[string]any
	assert.NoError(r.t, dec.Decode(&body))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, body)
	r.paths = append(r.paths, req.URL.String())
	w.WriteHeader(http.StatusNoContent)
}

// call sends one request to the fake; path begins after /crm/.
func (r *receiver) call(method, path, body string) {
	r.t.Helper()
	got, _, err := send(r.t.Context(), roads(r.crm)["socket"], method, r.crm.URL()+"/crm/"+path, signed(r.token), body)
	require.NoError(r.t, err)
	require.Less(r.t, got.Status, 300, "%s %s: %v", method, path, got)
}

// watch subscribes to events, in JSON; more are further JSON members, each with its comma.
func (r *receiver) watch(id, events, more string) {
	r.t.Helper()
	r.call("POST", "v8/actions/watch", `{"watch":[{"channel_id":"`+id+`","events":`+events+`,"notify_url":"`+r.server.URL+`/hook?env=a&x=1&x=2"`+more+`}]}`)
}

// came is what has come since the last time, without the time it was sent at, which is looked at here.
func (r *receiver) came() []map[string]any {
	r.t.Helper()
	require.NoError(r.t, r.crm.WaitForCallbacks(bounded(r.t)))
	r.mu.Lock()
	defer r.mu.Unlock()
	bodies := r.bodies
	r.bodies = nil
	for _, body := range bodies {
		at, err := body["server_time"].(json.Number).Int64()
		require.NoError(r.t, err)
		assert.WithinDuration(r.t, r.crm.Now(), time.UnixMilli(at), time.Minute)
		delete(body, "server_time")
	}
	return bodies
}

// told is a callback as came gives it; more are further members.
func (r *receiver) told(id, module, operation string, ids []string, fields []any, more map[string]any) map[string]any {
	all := []any{}
	for _, id := range ids {
		all = append(all, id)
	}
	body := map[string]any{
		"query_params": map[string]any{"env": "a", "x": "1"}, "module": module, "resource_uri": r.crm.URL() + "/crm/v8/" + module, "ids": all,
		"affected_fields": fields, "operation": operation, "channel_id": id, "token": nil,
	}
	maps.Copy(body, more)
	return body
}

func TestCallbacksOfOneRequestComeTogether(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.watch("1000000068001", `["Leads.create","Leads.edit","Leads.delete"]`, `,"token":"fake-token"`)
	r.watch("2", `["Leads.edit","Deals.all"]`, `,"return_affected_field_values":true`)
	seeded := r.crm.Seed("Leads", zohohub.Fields{"Last_Name": "Seeded"})
	assert.Empty(t, r.came(), "seeds are no changes")

	r.call("POST", "v8/Leads", `{"data":[{"Last_Name":"Doe"},{"Last_Name":"Roe","Company":"X"}]}`)
	records := r.crm.Records("Leads")
	a, b := records[1]["id"].(string), records[2]["id"].(string)
	token := map[string]any{"token": "fake-token"}
	assert.Equal(t, []map[string]any{r.told("1000000068001", "Leads", "insert", []string{a, b}, []any{}, token)}, r.came())

	r.call("PUT", "v8/Leads", `{"data":[{"id":"`+a+`","Email":"doe@example.com","Company":null},{"id":"`+b+`","Company":null,"Last_Name":"Roe"},{"id":"`+seeded[0]+`","Last_Name":"Seeded"}]}`)
	ids := []string{a, b, seeded[0]}
	fields := []any{map[string]any{a: []any{"Email"}}, map[string]any{b: []any{"Company"}}}
	assert.ElementsMatch(t, []map[string]any{
		r.told("1000000068001", "Leads", "update", ids, fields, token),
		r.told("2", "Leads", "update", ids, fields, map[string]any{"affected_values": []any{
			map[string]any{"record_id": a, "values": map[string]any{"Email": "doe@example.com"}},
			map[string]any{"record_id": b, "values": map[string]any{"Company": nil}},
		}}),
	}, r.came())

	// What one request does in several ways comes as several; a record that it changes twice is named once.
	r.call("POST", "v8/Leads/upsert", `{"data":[{"id":"`+a+`","City":"Porto"},{"id":"`+a+`","State":"Norte"},{"Last_Name":"New"}]}`)
	added := r.crm.Records("Leads")[3]["id"].(string)
	fields = []any{map[string]any{a: []any{"City", "State"}}}
	assert.ElementsMatch(t, []map[string]any{
		r.told("1000000068001", "Leads", "insert", []string{added}, []any{}, token),
		r.told("1000000068001", "Leads", "update", []string{a}, fields, token),
		r.told("2", "Leads", "update", []string{a}, fields, map[string]any{"affected_values": []any{
			map[string]any{"record_id": a, "values": map[string]any{"City": "Porto", "State": "Norte"}},
		}}),
	}, r.came())

	r.call("DELETE", "v8/Leads?ids="+a+","+b, "")
	assert.Equal(t, []map[string]any{r.told("1000000068001", "Leads", "delete", []string{a, b}, []any{}, token)}, r.came())
	for _, path := range r.paths {
		assert.Equal(t, "/hook?env=a&x=1&x=2", path)
	}
	for _, sent := range r.crm.Callbacks() {
		assert.Equal(t, []any{r.server.URL + "/hook?env=a&x=1&x=2", 204, nil}, []any{sent.URL, sent.Status, sent.Err})
	}
	assert.Len(t, r.crm.Callbacks(), 7)
}

func TestNothingIsToldOfWhatWasRefused(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.watch("1", `["Leads.all"]`, "")
	_, _, err := send(t.Context(), roads(r.crm)["socket"], "POST", r.crm.URL()+"/crm/v8/Leads", signed(r.token), `{"data":[{"Company":"X"},{"Last_Name":"Doe"}]}`)
	require.NoError(t, err)
	id := r.crm.Records("Leads")[0]["id"].(string)
	assert.Equal(t, []map[string]any{r.told("1", "Leads", "insert", []string{id}, []any{}, nil)}, r.came())

	r.call("DELETE", "v8/actions/watch?channel_ids=1", "")
	r.call("DELETE", "v8/Leads/"+id, "")
	assert.Empty(t, r.came())

	r.watch("1", `["Leads.all"]`, "")
	r.crm.Advance(time.Hour)
	r.token = r.crm.Token().AccessToken
	r.call("POST", "v8/Leads", `{"data":[{"Last_Name":"Roe"}]}`)
	assert.Empty(t, r.came(), "the channel has ended")
}

func TestConditionsSelectEdits(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	condition := func(fields string) string {
		return `{"type":"field_selection","module":{"api_name":"Leads"},"field_selection":` + fields + `}`
	}
	field := func(name string) string { return `{"field":{"api_name":"` + name + `"}}` }
	group := func(operator string, parts ...string) string {
		return `{"group_operator":"` + operator + `","group":[` + strings.Join(parts, ",") + `]}`
	}
	conditions := map[string]string{
		"1": condition(field("Company")),
		"2": condition(group("or", field("Company"), field("Email"))),
		"3": condition(group("and", field("Company"), field("Email"))),
		"4": condition(group("or", field("City"), group("and", field("Company"), field("Email")))),
		"5": condition(field("City")) + "," + condition(field("Email")),
	}
	for id, condition := range conditions {
		r.watch(id, `["Leads.all","Contacts.edit"]`, `,"notification_condition":[`+condition+`]`)
	}
	channels := func() []string {
		var ids []string
		for _, body := range r.came() {
			ids = append(ids, body["channel_id"].(string))
		}
		return ids
	}
	id := r.crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	contact := r.crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	for _, c := range []struct {
		row  string
		want []string
	}{
		{`{"Last_Name":"Roe"}`, nil},
		{`{"Company":"X"}`, []string{"1", "2"}},
		{`{"Company":"X"}`, nil},
		{`{"Email":"a@example.com"}`, []string{"2", "5"}},
		{`{"City":"Porto"}`, []string{"4", "5"}},
		{`{"Company":"Y","Email":"b@example.com"}`, []string{"1", "2", "3", "4", "5"}},
	} {
		r.call("PUT", "v8/Leads/"+id, `{"data":[`+c.row+`]}`)
		assert.ElementsMatch(t, c.want, channels(), c.row)
	}
	r.call("PUT", "v8/Contacts/"+contact, `{"data":[{"Mailing_City":"Porto"}]}`)
	assert.Len(t, channels(), 5, "conditions are of one module")
	r.call("DELETE", "v8/Leads/"+id, "")
	assert.Len(t, channels(), 5, "conditions are for edits")
}

func TestRelatedActionsAreToldUnlessDeclined(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	account := r.crm.Seed("Accounts", zohohub.Fields{"Account_Name": "X"})[0]
	contact := r.crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Account_Name": map[string]any{"id": account}})[0]
	r.watch("1", `["Accounts.edit","Contacts.edit"]`, "")
	r.watch("2", `["Accounts.edit","Contacts.edit"]`, `,"notify_on_related_action":false`)

	r.call("PUT", "v8/Contacts/"+contact, `{"data":[{"Mailing_City":"Porto"}]}`)
	city := []any{map[string]any{contact: []any{"Mailing_City"}}}
	assert.ElementsMatch(t, []map[string]any{
		r.told("1", "Contacts", "update", []string{contact}, city, nil),
		r.told("1", "Accounts", "update", []string{account}, []any{}, nil),
		r.told("2", "Contacts", "update", []string{contact}, city, nil),
	}, r.came())

	r.call("DELETE", "v8/Accounts/"+account, "")
	assert.Equal(t, []map[string]any{
		r.told("1", "Contacts", "update", []string{contact}, []any{map[string]any{contact: []any{"Account_Name"}}}, nil),
	}, r.came(), "the lookup was cleared")
}

func TestMergesAreNotTold(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.watch("1", `["Leads.all"]`, "")
	ids := r.crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe", "City": "Porto"})
	r.call("POST", "v8/Leads/"+ids[0]+"/actions/merge", `{"merge":[{"data":[{"id":"`+ids[1]+`","_fields":[{"api_name":"City"}]}]}]}`)
	left := r.crm.Records("Leads")
	require.Len(t, left, 1)
	assert.Equal(t, []any{ids[0], "Porto"}, []any{left[0]["id"], left[0]["City"]})
	assert.Empty(t, r.came())
}
