package contract

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askShare asks a fake for sharing, locks, records' territories and the recycle bin, each call once so that it is done and
// once so that it is refused.
func askShare(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	const bruno, role, lisboa = "3652397000000186022", "3652397000000026008", "3652397000000505001"
	lead := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	contact := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	gone := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Roe"}, zohohub.Fields{"Last_Name": "Poe"})
	do := func(method, path, body string) error {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: method, Path: path, Body: []byte(body)})
		return err
	}
	share, locks, bin := "Leads/"+lead+"/actions/share", "Leads/"+lead+"/Locking_Information__s", "settings/recycle_bin"
	toBruno := `{"type":"private","shared_with":{"type":"users","id":"` + bruno + `"},"permission":"read_only","share_related_records":false}`
	toRole := `{"type":"private","shared_with":{"type":"roles","id":"` + role + `"},"permission":"full_access","share_related_records":true}`
	inLisboa := `"Territories":[{"id":"` + lisboa + `"}]`
	leads := url.QueryEscape(`{"group_operator":"AND","group":[{"field":{"api_name":"module"},"comparator":"equal","value":"Leads"}]}`)
	const fields = "?fields=Locked_Reason__s,Locked_By__s,Locked_Time__s,Lock_Source__s"
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, share, ""},
		{http.MethodPost, share, `{"share":[` + toBruno + `],"notify":true}`},
		{http.MethodGet, share + "?view=summary", ""},
		{http.MethodPut, share, `{"share":[` + toBruno + `,` + toRole + `]}`},
		{http.MethodGet, share + "?view=summary&sharedTo=" + bruno, ""},
		{http.MethodDelete, share, ""},
		{http.MethodPost, "Contacts/actions/assign_territories", `{"data":[{"id":"` + contact + `",` + inLisboa + `}]}`},
		{http.MethodPost, "Contacts/actions/remove_territories", `{"data":[{"id":"` + contact + `",` + inLisboa + `}]}`},
		{http.MethodPost, "Contacts/" + contact + "/actions/assign_territories", `{"data":[{` + inLisboa + `}]}`},
		{http.MethodPost, "Contacts/" + contact + "/actions/remove_territories", `{"data":[{` + inLisboa + `}]}`},
		{http.MethodPost, locks, `{"data":[{"Locked_Reason__s":"deal in progress"}]}`},
		{http.MethodDelete, "Leads?ids=" + gone[0] + "," + gone[1], ""},
		{http.MethodGet, bin + "?sort_by=display_name&sort_order=asc", ""},
		{http.MethodGet, bin + "?filters=" + leads, ""},
		{http.MethodGet, bin + "/" + gone[0], ""},
		{http.MethodGet, bin + "/actions/count", ""},
		{http.MethodPost, bin + "/actions/restore", `{"ids":["` + gone[0] + `"]}`},
		{http.MethodDelete, bin + "/" + gone[1], ""},
		{http.MethodDelete, "Leads/" + gone[0], ""},
		{http.MethodPost, bin + "/" + gone[0] + "/actions/restore", ""},
		{http.MethodDelete, "Leads/" + gone[0], ""},
		{http.MethodDelete, bin + "?ids=" + gone[0], ""},
		{http.MethodDelete, bin + "?filters=" + leads, ""},
		{http.MethodPost, bin + "/actions/empty", ""},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	lock := firstID(t, conn, locks+fields, "data")
	assert.NoError(t, do(http.MethodGet, locks+"/"+lock, ""))
	assert.NoError(t, do(http.MethodPut, locks+"/"+lock, `{"data":[{"Locked_Reason__s":"review"}]}`))

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, share + "?view=all", ""},
		{http.MethodGet, "Leads/5/actions/share", ""},
		{http.MethodPost, share, `{"share":[{},` + toBruno + `]}`},
		{http.MethodPost, share, `{"share":[{"type":"private","shared_with":{"type":"users","id":"5"},"permission":"read_only"}]}`},
		{http.MethodPut, share, `{"share":[{"type":"public"},{"type":"public"}]}`},
		{http.MethodPost, "Tasks/5/actions/share", `{}`},
		{http.MethodPut, "Leads/" + lead, `{"data":[{"City":"Porto"}]}`},
		{http.MethodPut, "Leads", `{"data":[{"id":"` + lead + `","City":"Porto"}]}`},
		{http.MethodDelete, "Leads/" + lead, ""},
		{http.MethodPost, "Leads/" + lead + "/actions/add_tags", `{"tags":[{"name":"vip"}]}`},
		{http.MethodDelete, "Leads/" + lead + "/photo", ""},
		{http.MethodPost, "Leads/actions/assign_territories", `{"data":[{"id":"` + lead + `",` + inLisboa + `}]}`},
		{http.MethodPost, "Contacts/actions/assign_territories", `{"data":[{"id":"5",` + inLisboa + `},{"id":"` + contact + `","Territories":[{"id":"5"}]}]}`},
		{http.MethodPost, "Contacts/actions/remove_territories", `{"data":[{"id":"` + contact + `"}]}`},
		{http.MethodPost, "Tasks/actions/assign_territories", `{}`},
		{http.MethodPost, locks, `{"data":[{"Locked_Reason__s":"again"}]}`},
		{http.MethodGet, locks, ""},
		{http.MethodPost, "Leads/" + gone[0] + "/Locking_Information__s", `{}`},
		{http.MethodDelete, locks + "/5", ""},
		{http.MethodGet, bin + "?filters=x", ""},
		{http.MethodGet, bin + "?page=0", ""},
		{http.MethodDelete, bin, ""},
		{http.MethodDelete, bin + "?ids=5", ""},
		{http.MethodDelete, bin + "/5", ""},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	assert.NoError(t, do(http.MethodDelete, locks+"/"+lock, ""))
}
