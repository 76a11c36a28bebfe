package contract

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askSettings asks a fake for what an organisation is made of: modules, fields, layouts, pipelines, users, roles, profiles,
// territories, variables and currencies, each call once so that it is done and once so that it is refused.
func askSettings(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	crm.AddUser(zohohubtest.User{LastName: "Gomes", Email: "gomes@example.com", Unconfirmed: true})
	crm.AddField("Leads", zohohubtest.Field{APIName: "Old", DataType: "text", Unused: true})
	do := func(method, path, body string) error {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: method, Path: path, Body: []byte(body)})
		return err
	}
	user := firstID(t, conn, "users?type=CurrentUser", "users")
	role := lastID(t, conn, "settings/roles", "roles")
	profile := lastID(t, conn, "settings/profiles", "profiles")
	territory := firstID(t, conn, "settings/territories", "territories")
	currency := lastID(t, conn, "org/currencies", "currencies")
	group := firstID(t, conn, "settings/variable_groups", "variable_groups")
	leads := firstID(t, conn, "settings/layouts?module=Leads", "layouts")
	deals := firstID(t, conn, "settings/layouts?module=Deals", "layouts")
	pipeline := firstID(t, conn, "settings/pipeline?layout_id="+deals, "pipeline")
	assert.NoError(t, do(http.MethodPost, "settings/variables", `{"variables":[
		{"name":"Limit","api_name":"Limit","type":"integer","value":"99","variable_group":{"name":"General"}},
		{"name":"Slogan","api_name":"Slogan","type":"text","value":"Olá","variable_group":{"id":"`+group+`"}},
		{"name":"Open","api_name":"Open","type":"checkbox","value":true,"variable_group":{"name":"General"}}]}`))
	variable := firstID(t, conn, "settings/variables", "variables")
	stage := fieldID(t, conn, "Deals", "Stage")

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "settings/modules?status=visible", ""},
		{http.MethodGet, "settings/modules/Leads", ""},
		{http.MethodGet, "settings/fields?module=Leads&type=all", ""},
		{http.MethodGet, "settings/fields?module=Leads&type=unused", ""},
		{http.MethodGet, "settings/fields/" + stage + "?module=Deals", ""},
		{http.MethodGet, "settings/fields/" + stage + "/pick_list_values?module=Deals", ""},
		{http.MethodGet, "settings/layouts?module=Invoices", ""},
		{http.MethodGet, "settings/layouts?module=Specimens", ""},
		{http.MethodGet, "settings/layouts/" + leads + "?module=Leads", ""},
		{http.MethodGet, "settings/pipeline/" + pipeline + "?layout_id=" + deals, ""},
		{http.MethodGet, "org", ""},
		{http.MethodGet, "users", ""},
		{http.MethodGet, "users?type=AllUsers&page=1&per_page=2", ""},
		{http.MethodGet, "users?type=DeletedUsers", ""},
		{http.MethodGet, "users?type=NotConfirmedUsers", ""},
		{http.MethodGet, "users/" + user, ""},
		{http.MethodGet, "users/actions/count", ""},
		{http.MethodGet, "users/actions/count?type=ActiveUsers", ""},
		{http.MethodGet, "users/3652397000000186022/territories", ""},
		{http.MethodGet, "users/3652397000000186022/territories/" + territory, ""},
		{http.MethodGet, "settings/roles/" + role, ""},
		{http.MethodGet, "settings/profiles/" + profile, ""},
		{http.MethodGet, "settings/territories?ids=" + territory, ""},
		{http.MethodGet, "settings/territories/" + territory, ""},
		{http.MethodGet, "settings/variables?group=General", ""},
		{http.MethodGet, "settings/variables/" + variable, ""},
		{http.MethodGet, "settings/variables/Open?group=General", ""},
		{http.MethodPut, "settings/variables", `{"variables":[{"id":"` + variable + `","value":"7"}]}`},
		{http.MethodPut, "settings/variables/" + variable, `{"variables":[{"description":"at most"}]}`},
		{http.MethodPut, "settings/variables/Slogan", `{"variables":[{"value":"Adeus"}]}`},
		{http.MethodDelete, "settings/variables?ids=" + variable, ""},
		{http.MethodDelete, "settings/variables/" + lastID(t, conn, "settings/variables", "variables"), ""},
		{http.MethodGet, "settings/variable_groups/" + group, ""},
		{http.MethodGet, "settings/variable_groups/General", ""},
		{http.MethodPost, "org/currencies", `{"currencies":[{"name":"Yen - JPY","iso_code":"JPY","symbol":"¥","exchange_rate":"160.000000000"}]}`},
		{http.MethodGet, "org/currencies/" + currency, ""},
		{http.MethodPut, "org/currencies", `{"currencies":[{"id":"` + currency + `","exchange_rate":"1.300000000"}]}`},
		{http.MethodPut, "org/currencies/" + currency, `{"currencies":[{"is_active":false,"format":{"decimal_separator":"Comma","thousand_separator":"Period","decimal_places":"2"}}]}`},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}

	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "settings/modules?status=x", ""},
		{http.MethodGet, "settings/modules/Leeds", ""},
		{http.MethodGet, "settings/fields", ""},
		{http.MethodGet, "settings/fields?module=Leeds", ""},
		{http.MethodGet, "settings/fields?module=Leads&type=x", ""},
		{http.MethodGet, "settings/fields/1?module=Leads", ""},
		{http.MethodGet, "settings/fields/1/pick_list_values?module=Leads", ""},
		{http.MethodGet, "settings/fields/1/pick_list_values?module=Leeds", ""},
		{http.MethodGet, "settings/fields/1/pick_list_values", ""},
		{http.MethodGet, "settings/layouts", ""},
		{http.MethodGet, "settings/layouts?module=Leeds", ""},
		{http.MethodGet, "settings/layouts/Standard?module=Leads", ""},
		{http.MethodGet, "settings/pipeline", ""},
		{http.MethodGet, "settings/pipeline?layout_id=" + leads, ""},
		{http.MethodGet, "settings/pipeline/1?layout_id=1", ""},
		{http.MethodGet, "users?type=Nobody", ""},
		{http.MethodGet, "users/x", ""},
		{http.MethodGet, "users/actions/count?type=Nobody", ""},
		{http.MethodGet, "users/7/territories", ""},
		{http.MethodGet, "users/" + user + "/territories/x", ""},
		{http.MethodGet, "settings/roles/CEO", ""},
		{http.MethodGet, "settings/profiles/Standard", ""},
		{http.MethodGet, "settings/territories?page=0", ""},
		{http.MethodGet, "settings/territories/Lisboa", ""},
		{http.MethodPost, "settings/variables", `{}`},
		{http.MethodPost, "settings/variables", `{"variables":[{"api_name":"X"}]}`},
		{http.MethodPost, "settings/variables", `{"variables":[{"name":"Slogan","api_name":"X","variable_group":{"name":"General"}}]}`},
		{http.MethodPost, "settings/variables", `{"variables":[{"name":"X","api_name":"no good","variable_group":{"name":"General"}}]}`},
		{http.MethodPost, "settings/variables", `{"variables":[{"name":"X","api_name":"X","type":"number","variable_group":{"name":"General"}}]}`},
		{http.MethodPost, "settings/variables", `{"variables":[{"name":"X","api_name":"X","type":"integer","value":"x","variable_group":{"name":"General"}},{"name":"Y","api_name":"Y","variable_group":{"name":"General"}}]}`},
		{http.MethodPut, "settings/variables", `{"variables":[{"value":"7"}]}`},
		{http.MethodPut, "settings/variables", `{"variables":[{"id":"1","value":"7"}]}`},
		{http.MethodPut, "settings/variables/Slogan", `{"variables":[{}]}`},
		{http.MethodDelete, "settings/variables", ""},
		{http.MethodDelete, "settings/variables?ids=1", ""},
		{http.MethodDelete, "settings/variables/1", ""},
		{http.MethodPost, "org/currencies", `{"currencies":[{"name":"Yen"}]}`},
		{http.MethodPost, "org/currencies", `{"currencies":[{"name":"Dollar","iso_code":"USD","exchange_rate":"1"}]}`},
		{http.MethodPost, "org/currencies", `{"currencies":[{"name":"Rand","iso_code":"ZAR","exchange_rate":"much"}]}`},
		{http.MethodPut, "org/currencies", `{"currencies":[{"id":"1","symbol":"x"}]}`},
		{http.MethodPut, "org/currencies", `{"currencies":[{"id":"` + currency + `","is_active":"no"}]}`},
		{http.MethodPut, "org/currencies/1", `{"currencies":[{"symbol":"x"}]}`},
		{http.MethodGet, "org/currencies/USD", ""},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
}

// fieldID is the id of one of a module's fields.
func fieldID(t *testing.T, conn *zohohub.Connection, module, name string) string {
	t.Helper()
	var answer struct {
		Fields []struct {
			ID   string `json:"id"`
			Name string `json:"api_name"`
		}
	}
	assert.NoError(t, conn.Get(t.Context(), "settings/fields", zohohub.Params{"module": module}, &answer))
	for _, f := range answer.Fields {
		if f.Name == name {
			return f.ID
		}
	}
	t.Errorf("%s has no field %s", module, name)
	return ""
}
