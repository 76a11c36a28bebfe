package contract

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askRelated asks a fake for what hangs on a record: related records, their lists, contact roles and tags, each call once
// so that it is done and once so that it is refused.
func askRelated(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	lead := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	gone := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Roe"})[0]
	fair := crm.Seed("Campaigns", zohohub.Fields{"Campaign_Name": "Fair"})[0]
	deal := crm.Seed("Deals", zohohub.Fields{"Deal_Name": "Big", "Stage": "Qualification"})[0]
	doe := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	crm.Seed("Tasks", zohohub.Fields{"Subject": "Call", "$se_module": "Leads", "What_Id": map[string]any{"id": lead}},
		zohohub.Fields{"Subject": "Call", "$se_module": "Leads", "What_Id": map[string]any{"id": gone}})
	list := firstID(t, conn, "settings/related_lists?module=Leads", "related_lists")
	role := firstID(t, conn, "Contacts/roles", "contact_roles")
	do := func(method, path, body string) error {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: method, Path: path, Body: []byte(body)})
		return err
	}
	assert.NoError(t, do(http.MethodPost, "settings/tags?module=Leads", `{"tags":[{"name":"vip","color_code":"#57B1FD"},{"name":"cold"},{"name":"warm"}]}`))
	tag := firstID(t, conn, "settings/tags?module=Leads", "tags")
	campaigns, tags := "Leads/"+lead+"/Campaigns", "settings/tags/"+tag
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "settings/related_lists/" + list + "?module=Leads", ""},
		{http.MethodPut, campaigns, `{"data":[{"id":"` + fair + `","Member_Status":"Invited"}]}`},
		{http.MethodPut, campaigns + "/" + fair, `{"data":[{}]}`},
		{http.MethodGet, campaigns + "?fields=Campaign_Name,Member_Status", ""},
		{http.MethodGet, campaigns + "/" + fair + "?fields=Campaign_Name", ""},
		{http.MethodDelete, campaigns + "/" + fair, ""},
		{http.MethodPut, "Deals/" + deal + "/Contact_Roles", `{"data":[{"id":"` + doe + `","Contact_Role":{"id":"` + role + `"}}]}`},
		{http.MethodGet, "Deals/" + deal + "/Contact_Roles?fields=Email", ""},
		{http.MethodDelete, "Deals/" + deal + "/Contact_Roles?ids=" + doe, ""},
		{http.MethodGet, "Leads/" + lead + "/Tasks?fields=Subject", ""},
		{http.MethodPost, "Leads/" + lead + "/actions/get_related_records_count", `{"get_related_records_count":[{"related_list":{"api_name":"Tasks"}}]}`},
		{http.MethodDelete, "Leads/" + gone, ""},
		{http.MethodGet, "Leads/deleted/" + gone + "/Tasks?fields=Subject", ""},
		{http.MethodPost, "Contacts/roles", `{"contact_roles":[{"name":"Chef"}]}`},
		{http.MethodPut, "Contacts/roles", `{"contact_roles":[{"id":"` + role + `","name":"Boss"}]}`},
		{http.MethodGet, "Contacts/roles/" + role, ""},
		{http.MethodPut, "Contacts/roles/" + role, `{"contact_roles":[{"sequence_number":2}]}`},
		{http.MethodDelete, "Contacts/roles/" + role, ""},
		{http.MethodPut, "settings/tags?module=Leads", `{"tags":[{"id":"` + tag + `","name":"VIP"}]}`},
		{http.MethodPut, tags + "?module=Leads", `{"tags":[{"color_code":"#969696"}]}`},
		{http.MethodPost, "Leads/" + lead + "/actions/add_tags", `{"tags":[{"name":"VIP"}],"over_write":false}`},
		{http.MethodPost, "Leads/actions/add_tags", `{"tags":[{"name":"new"}],"ids":["` + lead + `"]}`},
		{http.MethodPost, "Leads/actions/remove_tags", `{"tags":[{"name":"new"}],"ids":["` + lead + `"]}`},
		{http.MethodPost, "Leads/" + lead + "/actions/remove_tags", `{"tags":[{"name":"new"}]}`},
		{http.MethodGet, tags + "/actions/records_count?module=Leads", ""},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	other := lastID(t, conn, "settings/tags?module=Leads", "tags")
	assert.NoError(t, do(http.MethodPost, tags+"/actions/merge", `{"tags":[{"conflict_id":"`+other+`"}]}`))
	assert.NoError(t, do(http.MethodDelete, tags, ""))
	assert.NoError(t, do(http.MethodDelete, "Contacts/roles?ids="+lastID(t, conn, "Contacts/roles", "contact_roles"), ""))

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "settings/related_lists", ""},
		{http.MethodGet, "settings/related_lists?module=Leeds", ""},
		{http.MethodGet, "settings/related_lists?module=Leads&layout_id=1", ""},
		{http.MethodGet, "Leads/" + lead + "/Campaigns", ""},
		{http.MethodGet, "Leads/" + lead + "/Nonsense?fields=id", ""},
		{http.MethodGet, "Leads/1/Campaigns?fields=id", ""},
		{http.MethodPut, campaigns, `{"data":[{"id":"1"}]}`},
		{http.MethodPut, campaigns + "/1", `{"data":[{}]}`},
		{http.MethodPut, "Leads/" + lead + "/Tasks", `{"data":[{"id":"1"}]}`},
		{http.MethodDelete, campaigns, ""},
		{http.MethodDelete, campaigns + "?ids=1", ""},
		{http.MethodDelete, campaigns + "/1", ""},
		{http.MethodGet, "Leads/deleted/" + lead + "/Tasks?fields=id", ""},
		{http.MethodPost, "Contacts/roles", `{"contact_roles":[{}]}`},
		{http.MethodPost, "Contacts/roles", `{"contact_roles":[{"name":7}]}`},
		{http.MethodPost, "Contacts/roles", `{"contact_roles":[{"name":"Purchasing"}]}`},
		{http.MethodPut, "Contacts/roles", `{"contact_roles":[{"name":"X"}]}`},
		{http.MethodPut, "Contacts/roles/1", `{"contact_roles":[{"name":"X"}]}`},
		{http.MethodDelete, "Contacts/roles/1", ""},
		{http.MethodDelete, "Contacts/roles", ""},
		{http.MethodGet, "settings/tags", ""},
		{http.MethodGet, "settings/tags?module=Leeds", ""},
		{http.MethodPost, "settings/tags?module=Leads", `{"tags":[{"name":"cold"},{"name":"12345678901234567890123456"},{"color_code":"red"},{"name":"x","color_code":"red"}]}`},
		{http.MethodPost, "settings/tags?module=Leads", `{}`},
		{http.MethodPut, "settings/tags?module=Leads", `{"tags":[{"name":"x"}]}`},
		{http.MethodPut, "settings/tags/1?module=Leads", `{"tags":[{"name":"x"}]}`},
		{http.MethodDelete, "settings/tags/1", ""},
		{http.MethodPost, "settings/tags/1/actions/merge", `{"tags":[{"conflict_id":"1"}]}`},
		{http.MethodGet, "settings/tags/1/actions/records_count", ""},
		{http.MethodGet, "settings/tags/1/actions/records_count?module=Leads", ""},
		{http.MethodPost, "Leads/1/actions/add_tags", `{"tags":[{"name":"x"}]}`},
		{http.MethodPost, "Leads/actions/add_tags", `{"tags":[{"name":"x"}]}`},
		{http.MethodPost, "Leads/" + lead + "/actions/remove_tags", `{}`},
		{http.MethodPost, "Leads/actions/remove_tags", `{"tags":[{"name":"x"}],"ids":["1"]}`},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
}
