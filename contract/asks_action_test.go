package contract

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askActions asks a fake for what Zoho has a word of its own for: owners, conversions, copies, merges and the calls for many
// records, each once so that it is done and once so that it is refused.
func askActions(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	ids := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "Company": "Acme", "Email": "doe@example.com"}, zohohub.Fields{"Last_Name": "Roe"},
		zohohub.Fields{"Last_Name": "Poe"}, zohohub.Fields{"Last_Name": "Moe", "Company": "Acme"}, zohohub.Fields{"Last_Name": "Noe"})
	view := crm.AddView("Leads", zohohubtest.View{Name: "All"})
	const bruno = "3652397000000186022"
	do := func(method, path, body string) error {
		req := zohohub.Request{Method: method, Path: path}
		if body != "" {
			req.Body = []byte(body)
		}
		_, err := conn.Do(t.Context(), req)
		return err
	}
	owner := `"owner":{"id":"` + bruno + `"}`
	lead := func(i int) string { return "Leads/" + ids[i] }
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodPost, lead(0) + "/actions/change_owner", `{` + owner + `,"notify":true}`},
		{http.MethodPost, "Leads/actions/change_owner", `{"ids":["` + ids[0] + `"],` + owner + `,"related_modules":[{"api_name":"Tasks"}]}`},
		{http.MethodPost, "Leads/actions/mass_change_owner", `{"cvid":"` + view + `",` + owner + `}`},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"City":"Porto"}],"ids":["` + ids[0] + `"],"over_write":true}`},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"City":"Porto"}],"cvid":"` + view + `"}`},
		{http.MethodPost, lead(0) + "/actions/clone", `{"data":[{"Last_Name":"Twin"}]}`},
		{http.MethodPost, lead(1) + "/actions/merge", `{"merge":[{"data":[{"id":"` + ids[2] + `","_fields":[{"api_name":"City"}]}]}]}`},
		{http.MethodPost, lead(0) + "/actions/convert", `{"data":[{"Deals":{"Deal_Name":"D","Stage":"Qualification"}}]}`},
		{http.MethodGet, lead(3) + "/__conversion_options", ""},
		{http.MethodPost, lead(4) + "/actions/convert", `{"data":[{}]}`},
		{http.MethodPost, "Leads/actions/mass_delete", `{"ids":["` + ids[3] + `"]}`},
		{http.MethodPost, "Leads/actions/mass_delete", `{"cvid":"` + view + `"}`},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	for _, action := range []string{"mass_change_owner", "mass_update", "mass_delete"} {
		assert.NoError(t, do(http.MethodGet, "Leads/actions/"+action+"?job_id=1", ""), action)
	}

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodPost, "Leads/1/actions/change_owner", `{` + owner + `}`},
		{http.MethodPost, lead(1) + "/actions/change_owner", `{}`},
		{http.MethodPost, "Leads/actions/change_owner", `{"ids":["1"],` + owner + `}`},
		{http.MethodPost, "Leads/actions/change_owner", `{"ids":["1"],` + owner + `,"related_modules":[{}]}`},
		{http.MethodPost, "Leads/actions/change_owner", `{"ids":["1"],"owner":{"id":"1"}}`},
		{http.MethodPost, "Leads/actions/mass_change_owner", `{"cvid":"1",` + owner + `}`},
		{http.MethodPost, "Leads/actions/mass_change_owner", `{}`},
		{http.MethodGet, "Leads/actions/mass_change_owner", ""},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"City":"x"}]}`},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"Email":"x"}],"ids":["1"]}`},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"City":"x"}],"ids":["1"]}`},
		{http.MethodPost, "Leads/actions/mass_update", `{"data":[{"City":"x"}],"cvid":"` + view + `","ids":["1"]}`},
		{http.MethodPost, "Contacts/actions/mass_delete", `{"cvid":"1"}`},
		{http.MethodPost, "Leads/actions/mass_delete", `{"ids":["1"]}`},
		{http.MethodPost, "Leads/1/actions/clone", ""},
		{http.MethodPost, lead(1) + "/actions/clone", `{"data":[{"Last_Name":null}]}`},
		{http.MethodPost, "Leads/1/actions/merge", `{}`},
		{http.MethodPost, lead(1) + "/actions/merge", `{"merge":[{"data":[]}]}`},
		{http.MethodPost, lead(1) + "/actions/merge", `{"merge":[{"data":[{"id":"1"}]}]}`},
		{http.MethodPost, lead(1) + "/actions/merge", `{"merge":[{"data":[{"id":"` + ids[0] + `"}]}]}`},
		{http.MethodPost, lead(0) + "/actions/convert", `{"data":[{}]}`},
		{http.MethodPost, "Leads/1/actions/convert", `{"data":[{}]}`},
		{http.MethodPost, lead(1) + "/actions/convert", `{"data":[{"Deals":{"Deal_Name":"D"}}]}`},
		{http.MethodPost, lead(1) + "/actions/convert", `{"data":[{"Contacts":{"id":"1"}}]}`},
		{http.MethodGet, "Leads/1/__conversion_options", ""},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
}
