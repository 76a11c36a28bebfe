package zohohubtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFullData(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	long := strings.Repeat("<b>é</b>", 100)
	ids := o.seed("Service_Visits", map[string]any{"Name": "A", "Report": long}, map[string]any{"Name": "B", "Report": "short"}, map[string]any{"Name": "C"})
	rows := listRows(t, o.call("GET", "v8/Service_Visits?fields=Report&sort_by=id&sort_order=asc", ""))
	assert.Equal(t, string([]rune(long)[:500]), rows[0]["Report"], "a list cuts it")
	full := func(id, text string) string { return `{"id":"` + id + `","Report":"` + text + `"}` }
	many := "v8/Service_Visits/actions/fetch_full_data"
	o.expect(200, rowsJSON(full(ids[0], long), full(ids[1], "short")), "GET", many+"?fields=Report&ids="+strings.Join(ids, ",")+",7", "")
	o.expect(204, "", "GET", many+"?fields=Report&ids="+ids[2]+",7", "")
	for _, v := range []string{"v6", "v7", "v8"} {
		one := v + "/Service_Visits/" + ids[0] + "/actions/fetch_full_data"
		o.expect(200, rowsJSON(full(ids[0], long)), "GET", one, "")
		o.expect(200, rowsJSON(full(ids[0], long)), "GET", one+"?fields=Report", "")
	}
	o.expect(204, "", "GET", "v8/Service_Visits/"+ids[2]+"/actions/fetch_full_data", "")
	o.expect(204, "", "GET", "v8/Service_Visits/7/actions/fetch_full_data", "")
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	o.expect(204, "", "GET", "v8/Leads/"+lead+"/actions/fetch_full_data", "")

	absent := func(name string) string {
		return refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"`+name+`"}`)
	}
	o.expect(400, absent("fields"), "GET", many+"?ids="+ids[0], "")
	o.expect(400, absent("ids"), "GET", many+"?fields=Report", "")
	unable := refusedJSON("INVALID_REQUEST", "unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.", `{}`)
	o.expect(400, unable, "GET", many+"?fields=Report&ids="+strings.Repeat("1,", 201), "")
	o.expect(204, "", "GET", many+"?fields=Report&ids="+strings.Repeat("1,", 200), "")
	o.expect(400, unable, "GET", many+"?fields="+strings.Repeat("Report,", 9)+"&ids=1", "")
	o.expect(400, unable, "GET", many+"?fields=Name&ids="+ids[0], "")
	o.expect(400, unable, "GET", "v8/Service_Visits/"+ids[0]+"/actions/fetch_full_data?fields=Nonsense", "")
	o.expect(400, refusedJSON("UNABLE_TO_PARSE_DATA_TYPE", "either the request body or parameters is in wrong format", `{}`), "GET", many+"?fields=Report&ids=x", "")
	old := func(v string) string {
		return refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"`+v+`"}`)
	}
	o.expect(400, old("v8"), "GET", "v7/Service_Visits/actions/fetch_full_data?fields=Report&ids=1", "")
	o.expect(400, old("v6"), "GET", "v5/Service_Visits/"+ids[0]+"/actions/fetch_full_data", "")
	o.expect(400, unknownModuleJSON, "GET", "v8/Leeds/actions/fetch_full_data", "")
	assert.Equal(t, 401, o.callAs(grant{Scopes: []string{"ZohoCRM.modules.leads.ALL"}, UserID: defaultUserID}, "GET", many+"?fields=Report&ids=1", "").Code)
}
