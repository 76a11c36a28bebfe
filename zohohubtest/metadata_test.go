package zohohubtest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each call needs a scope of its own, which a wider one holds.
func TestMetadataScopes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	layout := o.crm.schema.Module("Deals").LayoutID()
	rating := o.crm.schema.Module("Leads").Field("Rating").ID
	for _, test := range []struct{ method, path, scope string }{
		{"GET", "org/currencies", "settings.currencies.READ"},
		{"GET", "org/currencies/3652397000000780001", "settings.currencies.READ"},
		{"POST", "org/currencies", "settings.currencies.CREATE"},
		{"PUT", "org/currencies", "settings.currencies.UPDATE"},
		{"PUT", "org/currencies/3652397000000780001", "settings.currencies.UPDATE"},
		{"GET", "users/actions/count", "users.READ"},
		{"GET", "users/" + brunoID + "/territories", "users.READ"},
		{"GET", "users/" + brunoID + "/territories/3652397000000505001", "users.READ"},
		{"GET", "settings/fields/" + rating + "/pick_list_values?module=Leads", "settings.fields.READ"},
		{"GET", "settings/layouts?module=Leads", "settings.layouts.READ"},
		{"GET", "settings/layouts/" + layout + "?module=Deals", "settings.layouts.READ"},
		{"GET", "settings/pipeline?layout_id=" + layout, "settings.pipeline.READ"},
		{"GET", "settings/pipeline/1?layout_id=" + layout, "settings.pipeline.READ"},
		{"GET", "settings/roles", "settings.roles.READ"},
		{"GET", "settings/roles/3652397000000026005", "settings.roles.READ"},
		{"GET", "settings/profiles", "settings.profiles.READ"},
		{"GET", "settings/profiles/5550000000000010000", "settings.profiles.READ"},
		{"GET", "settings/territories", "settings.territories.READ"},
		{"GET", "settings/territories/3652397000000505001", "settings.territories.READ"},
		{"GET", "settings/variables", "settings.variables.READ"},
		{"GET", "settings/variables/1", "settings.variables.READ"},
		{"POST", "settings/variables", "settings.variables.CREATE"},
		{"PUT", "settings/variables", "settings.variables.UPDATE"},
		{"PUT", "settings/variables/1", "settings.variables.UPDATE"},
		{"DELETE", "settings/variables?ids=1", "settings.variables.DELETE"},
		{"DELETE", "settings/variables/1", "settings.variables.DELETE"},
		{"GET", "settings/variable_groups", "settings.variable_groups.READ"},
		{"GET", "settings/variable_groups/General", "settings.variable_groups.READ"},
	} {
		as := func(scope string) int {
			return o.callAs(grant{Scopes: []string{scope}, UserID: defaultUserID}, test.method, "v8/"+test.path, "").Code
		}
		assert.NotEqual(t, http.StatusUnauthorized, as("ZohoCRM."+test.scope), "%s %s", test.method, test.path)
		assert.Equal(t, http.StatusUnauthorized, as("ZohoCRM.settings.modules.ALL"), "%s %s", test.method, test.path)
	}
	o.expect(400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "DELETE", "v8/settings/roles", "")
	o.expect(404, refusedJSON("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", `{}`), "GET", "v8/settings/wizards", "")
}
