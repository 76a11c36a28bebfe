package zohohubtest

import (
	"net/http"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// metadataRoutes are the calls about what an organisation is made of, beside its modules and fields.
var metadataRoutes = []route{
	{method: http.MethodGet, pattern: "org/currencies", scopes: []string{currenciesScope + "READ"}, credits: 1, handle: (*crm).listCurrencies},
	{method: http.MethodPost, pattern: "org/currencies", scopes: []string{currenciesScope + "CREATE"}, credits: 1, handle: (*crm).addCurrencies},
	{method: http.MethodPut, pattern: "org/currencies", scopes: []string{currenciesScope + "UPDATE"}, credits: 1, handle: (*crm).updateCurrencies},
	{method: http.MethodGet, pattern: "org/currencies/{id}", scopes: []string{currenciesScope + "READ"}, credits: 1, handle: (*crm).getCurrency},
	{method: http.MethodPut, pattern: "org/currencies/{id}", scopes: []string{currenciesScope + "UPDATE"}, credits: 1, handle: (*crm).updateCurrency},

	{method: http.MethodGet, pattern: "users/actions/count", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).countUsers},
	{method: http.MethodGet, pattern: "users/{id}/territories", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).listUserTerritories},
	{method: http.MethodGet, pattern: "users/{id}/territories/{related}", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).getUserTerritory},

	{method: http.MethodGet, pattern: "settings/fields/{id}/pick_list_values", scopes: []string{"ZohoCRM.settings.fields.READ"}, credits: 1, handle: (*crm).listPickListValues},
	{method: http.MethodGet, pattern: "settings/layouts", scopes: []string{layoutsScope}, credits: 1, handle: (*crm).listLayouts},
	{method: http.MethodGet, pattern: "settings/layouts/{id}", scopes: []string{layoutsScope}, credits: 1, handle: (*crm).getLayout},
	{method: http.MethodGet, pattern: "settings/pipeline", scopes: []string{pipelineScope}, credits: 1, handle: (*crm).listPipelines},
	{method: http.MethodGet, pattern: "settings/pipeline/{id}", scopes: []string{pipelineScope}, credits: 1, handle: (*crm).getPipeline},
	{method: http.MethodGet, pattern: "settings/roles", scopes: []string{"ZohoCRM.settings.roles.READ"}, credits: 1, handle: (*crm).listUserRoles},
	{method: http.MethodGet, pattern: "settings/roles/{id}", scopes: []string{"ZohoCRM.settings.roles.READ"}, credits: 1, handle: (*crm).getUserRole},
	{method: http.MethodGet, pattern: "settings/profiles", scopes: []string{"ZohoCRM.settings.profiles.READ"}, credits: 1, handle: (*crm).listProfiles},
	{method: http.MethodGet, pattern: "settings/profiles/{id}", scopes: []string{"ZohoCRM.settings.profiles.READ"}, credits: 1, handle: (*crm).getProfile},
	{method: http.MethodGet, pattern: "settings/territories", scopes: []string{"ZohoCRM.settings.territories.READ"}, credits: 1, handle: (*crm).listTerritories},
	{method: http.MethodGet, pattern: "settings/territories/{id}", scopes: []string{"ZohoCRM.settings.territories.READ"}, credits: 1, handle: (*crm).getTerritory},

	{method: http.MethodGet, pattern: "settings/variables", scopes: []string{variablesScope + "READ"}, credits: 1, handle: (*crm).listVariables},
	{method: http.MethodPost, pattern: "settings/variables", scopes: []string{variablesScope + "CREATE"}, credits: 1, handle: (*crm).addVariables},
	{method: http.MethodPut, pattern: "settings/variables", scopes: []string{variablesScope + "UPDATE"}, credits: 1, handle: (*crm).updateVariables},
	{method: http.MethodDelete, pattern: "settings/variables", scopes: []string{variablesScope + "DELETE"}, credits: 1, handle: (*crm).deleteVariables},
	{method: http.MethodGet, pattern: "settings/variables/{id}", scopes: []string{variablesScope + "READ"}, credits: 1, handle: (*crm).getVariable},
	{method: http.MethodPut, pattern: "settings/variables/{id}", scopes: []string{variablesScope + "UPDATE"}, credits: 1, handle: (*crm).updateVariable},
	{method: http.MethodDelete, pattern: "settings/variables/{id}", scopes: []string{variablesScope + "DELETE"}, credits: 1, handle: (*crm).deleteVariable},
	{method: http.MethodGet, pattern: "settings/variable_groups", scopes: []string{variableGroupsScope}, credits: 1, handle: (*crm).listVariableGroups},
	{method: http.MethodGet, pattern: "settings/variable_groups/{id}", scopes: []string{variableGroupsScope}, credits: 1, handle: (*crm).getVariableGroup},
}

const (
	currenciesScope     = "ZohoCRM.settings.currencies."
	layoutsScope        = "ZohoCRM.settings.layouts.READ"
	pipelineScope       = "ZohoCRM.settings.pipeline.READ"
	variablesScope      = "ZohoCRM.settings.variables."
	variableGroupsScope = "ZohoCRM.settings.variable_groups.READ"
)

// settings are what an organisation has beside modules, users and records.
type settings struct {
	variables  []*variable
	currencies []*currency
}

func newSettings(started time.Time) settings {
	return settings{currencies: defaultCurrencies(started)}
}

// settingsWrite is a write of what are no records: of its write only the rules of values and the user count.
func (c *crm) settingsWrite(q *request) *write {
	return c.newWrite(c.schema.Module("Leads"), q.version, q.grant.UserID)
}

// allOrNone is the answer with a list.
func allOrNone(key string, shown []any) outcome {
	if len(shown) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{key: shown}}
}

// settingsModule is the module that a call about settings names in its query.
func (c *crm) settingsModule(q *request) (*schema.Module, *refusal) {
	name := q.query.Get("module")
	if name == "" {
		return nil, named("module", missingParam("module"))
	}
	if m := c.schema.Module(name); m != nil {
		return m, nil
	}
	return nil, unknownModule(map[string]any{})
}
