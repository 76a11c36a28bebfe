package zohohubtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

func TestRelatedListsOfAModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	deals := o.crm.schema.Module("Deals")
	for _, version := range []string{"v2", "v8"} {
		lists := deals.RelatedListsJSON(version)
		all := wholeJSON(t, map[string]any{"related_lists": lists})
		o.expect(200, all, "GET", version+"/settings/related_lists?module=Deals", "")
		o.expect(200, all, "GET", version+"/settings/related_lists?module=Deals&status=visible&layout_id="+deals.LayoutID(), "")
		third := lists[2].(map[string]any)
		o.expect(200, wholeJSON(t, map[string]any{"related_lists": []any{third}}), "GET", version+"/settings/related_lists/"+third["id"].(string)+"?module=Deals", "")
	}
	o.expect(304, "", "GET", "v8/settings/related_lists?module=Deals", "", "If-Modified-Since", testTime)
	o.expect(204, "", "GET", "v8/settings/related_lists?module=Deals&status=user_hidden", "")
	o.expect(204, "", "GET", "v8/settings/related_lists/5?module=Deals", "")
	for params, want := range map[string]string{
		"":                            refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"module","param":"module"}`),
		"module=Deels":                refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{"param_name":"module","param":"module"}`),
		"module=Quoted_Items":         refusedJSON("NOT_SUPPORTED", "the given module is not supported for this api", `{"param_name":"module"}`),
		"module=Deals&layout_id=5":    refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"layout_id"}`),
		"module=Deals&status=visibly": refusedJSON("INVALID_DATA", "The status given is invalid.", `{"param_name":"status","supported_values":["visible","user_hidden","scheduled_for_deletion"]}`),
	} {
		o.expect(400, want, "GET", "v8/settings/related_lists?"+params, "")
	}
	w := o.callAs(grant{Scopes: []string{"ZohoCRM.settings.modules.ALL"}, UserID: defaultUserID}, "GET", "v8/settings/related_lists?module=Deals", "")
	assert.Equal(t, 401, w.Code)
	require.NoError(t, o.crm.addField("Leads", schema.Field{APIName: "Big_Deal", DataType: "lookup", Lookup: "Deals"}))
	assert.Contains(t, o.call("GET", "v8/settings/related_lists?module=Deals", "").Body.String(), "Deals/{ENTITYID}/Leads")
}

func TestRelatedRecordsCounted(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	for i := range 3 {
		o.seed("Deals", map[string]any{"Deal_Name": fmt.Sprint(i), "Stage": []string{"Closed Won", "Qualification", "Closed Won"}[i], "Amount": i, "Account_Name": map[string]any{"id": acme}})
	}
	o.seed("Deals", map[string]any{"Deal_Name": "other", "Stage": "Closed Won"})
	widget := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	require.Equal(t, 200, o.call("PUT", "v8/Accounts/"+acme+"/Products/"+widget, `{"data":[{}]}`).Code)
	ids := map[string]string{}
	for _, l := range o.crm.schema.Module("Accounts").RelatedLists() {
		ids[l.APIName] = l.ID
	}
	at := "v8/Accounts/" + acme + "/actions/get_related_records_count"
	counted := func(name string, n int) string {
		return fmt.Sprintf(`{"count":%d,"related_list":{"api_name":%q,"id":%q}}`, n, name, ids[name])
	}
	answer := func(items ...string) string {
		return `{"get_related_records_count":[` + strings.Join(items, ",") + `]}`
	}
	ask := func(status int, want, items string) {
		t.Helper()
		o.expect(status, want, "POST", at, `{"get_related_records_count":[`+items+`]}`)
	}
	ask(200, answer(counted("Deals", 3), counted("Products", 1), counted("Contacts", 0), counted("Attachments", 0)),
		`{"related_list":{"api_name":"Deals"}},{"related_list":{"id":"`+ids["Products"]+`"}},
		 {"related_list":{"api_name":"Contacts","id":"`+ids["Contacts"]+`"}},{"related_list":{"api_name":"Attachments"}}`)
	won := `{"comparator":"equal","field":{"api_name":"Stage"},"value":"Closed Won"}`
	for params, n := range map[string]int{
		`"params":{"filters":` + won + `}`: 2,
		`"filters":` + won:                 2,
		// Unlike those of a search, the conditions of a filter are about the whole value.
		`"filters":{"comparator":"equal","field":{"api_name":"Stage"},"value":"Closed"}`: 0,
		`"params":{"approved":false}`:  0,
		`"params":{"converted":false}`: 3,
		`"params":{"filters":{"group_operator":"and","group":[` + won + `,{"comparator":"greater_than","field":{"api_name":"Amount"},"value":1}]}}`: 1,
		`"params":{"filters":{"comparator":"between","field":{"api_name":"Amount"},"value":["0","1"]}}`:                                             2,
	} {
		ask(200, answer(counted("Deals", n)), `{"related_list":{"api_name":"Deals"},`+params+`}`)
	}

	at0 := func(code, message, name, path string) string {
		return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.get_related_records_count[0].`+path+`"}`)
	}
	both := func(order ...string) string {
		items := make([]string, len(order))
		for i, name := range order {
			items[i] = `{"api_name":"` + name + `","json_path":"$.get_related_records_count[0].related_list.` + name + `"}`
		}
		return `[` + strings.Join(items, ",") + `]`
	}
	for item, want := range map[string]string{
		`{}`:                  at0("MANDATORY_NOT_FOUND", "required field not found", "related_list", "related_list"),
		`{"related_list":{}}`: refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field", `{"expected_fields":`+both("id", "api_name")+`}`),
		`{"related_list":{"api_name":"Nonsense"}}`:                          at0("INVALID_DATA", "Given related_list is invalid", "api_name", "related_list.api_name"),
		`{"related_list":{"id":"5"}}`:                                       at0("INVALID_DATA", "Given related_list is invalid", "id", "related_list.id"),
		`{"related_list":{"api_name":"Deals","id":"` + ids["Notes"] + `"}}`: refusedJSON("AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request", `{"ambiguity_due_to":`+both("id", "api_name")+`}`),
		`{"related_list":{"api_name":"Deals"},"params":{"filters":{"comparator":"like","field":{"api_name":"Stage"},"value":"x"}}}`: at0("INVALID_DATA", "invalid data", "filters", "params.filters"),
		`{"related_list":{"api_name":"Deals"},"params":{"filters":{"comparator":"equal","field":{"api_name":"Odd"},"value":"x"}}}`:  at0("INVALID_DATA", "invalid data", "filters", "params.filters"),
		`{"related_list":{"api_name":"Deals"},"params":{"filters":{"group_operator":"and","group":[]}}}`:                            at0("INVALID_DATA", "invalid data", "filters", "params.filters"),
		`{"related_list":{"api_name":"Attachments"},"params":{"approved":true}}`:                                                    refusedJSON("NOT_SUPPORTED", "Filters are not supported for this modules", `{}`),
		`{"related_list":{"api_name":"Deals"},"params":{"approved":"yes"}}`: refusedJSON("INVALID_DATA", "invalid data",
			`{"api_name":"approved","json_path":"$.get_related_records_count[0].params.approved","expected_data_type":"boolean"}`),
	} {
		ask(400, answer(want), item)
	}
	ask(207, answer(at0("MANDATORY_NOT_FOUND", "required field not found", "related_list", "related_list"), counted("Notes", 0)), `{},{"related_list":{"api_name":"Notes"}}`)
	ask(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"get_related_records_count","json_path":"$.get_related_records_count","maximum_length":20}`),
		strings.Repeat(`{},`, 20)+`{}`)
	body := `{"get_related_records_count":[{"related_list":{"api_name":"Notes"}}]}`
	o.expect(400, badRelatedJSON("1"), "POST", "v8/Accounts/5/actions/get_related_records_count", body)
	o.expect(400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v8"}`), "POST", "v7/Accounts/"+acme+"/actions/get_related_records_count", body)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Converted__s": true})[0]
	o.expect(400, refusedJSON("INVALID_DATA", "id already converted", `{"resource_path_index":1}`), "POST", "v8/Leads/"+lead+"/actions/get_related_records_count", body)
}
