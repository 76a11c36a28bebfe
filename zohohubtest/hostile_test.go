package zohohubtest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// oddBody is one for the paths that have a word in them.
type oddBody struct{ path, text string }

// oddBodies are what no call expects, and what calls expect with an odd value at every key that they know.
func oddBodies(ids map[string]string) []oddBody {
	odd := []string{
		`null`, `true`, `1`, `1e400`, `-0`, `"x"`, `""`, `[]`, `[[]]`, `[null]`, `{}`, `[{}]`, `{"id":null}`, `{"id":[1]}`, `{"id":{}}`, `{"id":1}`, `"007"`,
		`{"id":9223372036854775807}`, `{"id":"9999999999999999999"}`, `{"api_name":"Deals"}`, `[{"id":"` + ids["Leads"] + `"}]`, `["` + ids["Leads"] + `"]`,
		`"\u0000\ud800é🦊"`, `["Leads.all"]`, `{"name":{}}`, `"2999-01-01T00:00:00+01:00"`,
	}
	keys := map[string][]string{
		"data": {
			"Last_Name", "Owner", "Tag", "Parent_Id", "Note_Content", "id", "Locked_Reason__s", "Territories", "Accounts", "Contacts", "Deals",
			"assign_to", "move_attachments_to", "carry_over_tags", "overwrite", "add_to_existing_record", "from", "to", "cc", "reply_to", "subject",
			"content", "template", "attachments", "in_reply_to", "scheduled_time", "mail_format", "org_email", "Lead_Source", "$append_values",
		},
		"blueprint": {"transition_id", "data"},
		"watch": {
			"channel_id", "events", "notify_url", "token", "channel_expiry", "notification_condition", "_delete_events", "notify_on_related_action",
			"return_affected_field_values",
		},
		"share":      {"shared_with", "user", "type", "permission", "share_related_records"},
		"merge":      {"data", "master_record_fields"},
		"tags":       {"name", "id", "color_code", "conflict_id"},
		"variables":  {"id", "name", "api_name", "type", "value", "variable_group", "description"},
		"currencies": {"id", "name", "iso_code", "symbol", "exchange_rate", "prefix_symbol", "is_active", "format"},
	}
	var bodies []oddBody
	for _, text := range append([]string{"", "{", "nul", "\xff\xfe", strings.Repeat("[", 20_000), "a=b&arguments=%7B", "--x\r\n\r\n--x--"}, odd...) {
		bodies = append(bodies, oddBody{"", text})
	}
	whole := map[string]string{
		"data": `"Last_Name":"a"`, "blueprint": `"transition_id":"` + ids["transition"] + `"`,
		"watch": `"channel_id":"7","events":["Leads.edit"],"notify_url":"http://127.0.0.1:9/"`,
		"share": `"type":"private","permission":"read_only"`, "merge": `"data":[{"id":"` + ids["other"] + `"}]`, "tags": `"name":"a"`,
		"variables": `"name":"a","api_name":"a","variable_group":{"name":"General"}`, "currencies": `"name":"a","iso_code":"ABC","exchange_rate":"1"`,
	}
	for key, names := range keys {
		for _, v := range odd {
			path := key
			if key == "data" {
				path = "Leads"
			}
			bodies = append(bodies, oddBody{path, fmt.Sprintf(`{%q:%s}`, key, v)})
			for _, name := range names {
				bodies = append(bodies, oddBody{path, fmt.Sprintf(`{%q:[{%s,%q:%s}]}`, key, whole[key], name, v)})
			}
		}
	}
	for _, name := range []string{"ids", "cvid", "territory", "over_write", "owner", "notify", "related_modules", "tags", "filters", "restore_all_records", "trigger"} {
		for _, v := range odd {
			bodies = append(bodies, oddBody{"actions", fmt.Sprintf(`{%q:%s}`, name, v)}, oddBody{"actions", fmt.Sprintf(
				`{"data":[{"Lead_Source":"Web Research"}],"ids":["%s"],"owner":{"id":"%s"},"tags":[{"name":"a"}],%q:%s}`, ids["Leads"], defaultUserID, name, v)})
		}
	}
	return bodies
}

// nowhere is where nobody receives callbacks.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }

// oddParams are names of parameters, each given what is a body elsewhere.
var oddParams = []string{
	"ids", "filters", "page", "per_page", "page_token", "sort_by", "sort_order", "channel_id", "channel_ids", "job_id", "type", "include", "index", "owner_id",
	"view", "sharedTo", "include_inner_details", "cvid", "group", "user_id", "message_id", "criteria", "tag_names", "over_write", "converted", "territory_id",
}

// TestHostileInput: whatever is sent to a call, it is answered, and with no fault of the fake's own.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetDelivery(Delivery{Transport: nowhere{}, NumericChannelID: true})
	states := s.AddBlueprint("Leads", Blueprint{Name: "Flow", Field: "Lead_Status", Transitions: []Transition{
		{Name: "Call", To: "Contacted", Fields: []TransitionField{{Field: "Phone"}, {Field: "Notes"}, {Field: "Attachments"}, {Field: "CheckLists"}}},
	}})
	s.AddFunction("f", func(args map[string]any) (any, error) { return args, nil })
	ids := map[string]string{"transition": states[0]}
	paths := func() []string { // anew: what was sent before may have deleted them
		ids["Leads"] = s.Seed("Leads", zohohub.Fields{"Last_Name": "a", "Email": "a@example.com", "Company": "A"})[0]
		ids["other"] = s.Seed("Leads", zohohub.Fields{"Last_Name": "b"})[0]
		var all []string
		for _, rt := range routes {
			path := strings.ReplaceAll(rt.pattern, "{module}", "Leads")
			path = strings.Replace(path, "functions/{id}", "functions/f", 1)
			for _, name := range []string{"{id}", "{related}", "{attachment}"} {
				path = strings.ReplaceAll(path, name, ids["Leads"])
			}
			path = strings.ReplaceAll(path, "{list}", "Products")
			if strings.HasPrefix(path, "functions") {
				path += "?auth_type=oauth"
			}
			all = append(all, rt.method+" "+path)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	paths()
	rt := s.Transport()
	header := signed(s.Token().AccessToken)
	ask := func(v, call, query, body string) {
		method, path, _ := strings.Cut(call, " ")
		if strings.Contains(path, "?") && query != "" {
			query = "&" + query[1:]
		}
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/crm/"+v+"/"+path+query, strings.NewReader(body))
		require.NoError(t, err)
		req.Header = header.Clone()
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err, "%s %s %s %s", v, call, query, body)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err, "%s %s %s %s", v, call, query, body)
		require.NoError(t, resp.Body.Close())
		assert.Less(t, resp.StatusCode, 500, "%s %s %s %s: %s", v, call, query, body, got)
	}
	all := []string{"v8", "v2", "v4", "v6"}
	for i, body := range oddBodies(ids) {
		for k, call := range paths() {
			read := strings.HasPrefix(call, "GET") || strings.HasPrefix(call, "DELETE")
			mine := !read && strings.Contains(call, body.path)
			if body.path == "Leads" {
				mine = mine && (i+k)%3 == 0 // there are many of either
			}
			if body.path == "" || mine {
				ask(all[(i+k)%len(all)], call, "", body.text)
			}
			if body.path == "" && read && len(body.text) < 1000 {
				query := "?"
				for _, name := range oddParams {
					query += "&" + name + "=" + url.QueryEscape(body.text)
				}
				one := oddParams[(i+k)%len(oddParams)]
				ask(all[(i+k)%len(all)], call, query, "")
				ask("v8", call, "?module=Leads&layout_id=1&fields=id,Last_Name&"+one+"="+url.QueryEscape(body.text), "")
			}
		}
	}
}
