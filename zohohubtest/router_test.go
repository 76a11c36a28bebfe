package zohohubtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	badURL := refusedJSON("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", `{}`)
	badMethod := refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`)
	badModule := refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{"resource_path_index":0}`)
	for name, test := range map[string]struct {
		status             int
		want, method, path string
	}{
		"unknown module":           {400, badModule, "GET", "v8/Leeds?fields=id"},
		"case of a module counts":  {400, badModule, "GET", "v8/leads?fields=id"},
		"not like a module":        {404, badURL, "GET", "v8/Le-ads"},
		"not served":               {404, badURL, "POST", "v8/coql"},
		"unknown version":          {404, badURL, "GET", "v9/Leads"},
		"no version":               {404, badURL, "GET", "Leads"},
		"no module":                {404, badURL, "GET", "v8/"},
		"trailing slash":           {404, badURL, "GET", "v8/Leads/"},
		"too deep":                 {404, badURL, "GET", "v8/Leads/1/2/3/4"},
		"unknown settings":         {404, badURL, "GET", "v8/settings/nothing"},
		"list takes no PATCH":      {400, badMethod, "PATCH", "v8/Leads"},
		"search is never an id":    {400, badMethod, "DELETE", "v8/Leads/search"},
		"upsert is never an id":    {400, badMethod, "GET", "v8/Leads/upsert"},
		"rows of a subform":        {400, refusedJSON("NOT_SUPPORTED", "the given module is not supported for this api", `{"resource_path_index":0}`), "GET", "v8/Quoted_Items?fields=id"},
		"count before v2.1":        {400, refusedJSON("API_NOT_SUPPORTED", "api not supported in this version", `{"supported_version":"v2.1"}`), "GET", "v2/Leads/actions/count"},
		"an id that cannot be one": {400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "GET", "v8/Leads/abc"},
		"an id beyond 64 bits":     {400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "DELETE", "v8/Leads/99999999999999999999"},
		"parameters that do not parse": {
			400, refusedJSON("UNABLE_TO_PARSE_DATA_TYPE", "either the request body or parameters is in wrong format", `{}`), "GET", "v8/Leads?fields=%zz",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newOrg(t).expect(test.status, test.want, test.method, test.path, "")
		})
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	mismatch := refusedJSON("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", `{}`)
	for name, test := range map[string]struct {
		scopes       []string
		method, path string
		allowed      bool
	}{
		"read lists":                   {[]string{"ZohoCRM.modules.leads.READ"}, "GET", "v8/Leads?fields=id", true},
		"of another module":            {[]string{"ZohoCRM.modules.contacts.READ"}, "GET", "v8/Leads?fields=id", false},
		"read does not create":         {[]string{"ZohoCRM.modules.leads.READ"}, "POST", "v8/Leads", false},
		"search needs the search":      {[]string{"ZohoCRM.modules.ALL"}, "GET", "v8/Leads/search?word=doe", false},
		"search with it":               {[]string{"ZohoCRM.modules.ALL", "ZohoSearch.securesearch.READ"}, "GET", "v8/Leads/search?word=doe", true},
		"count needs the search":       {[]string{"ZohoCRM.modules.ALL"}, "GET", "v8/Leads/actions/count", false},
		"upsert needs to update":       {[]string{"ZohoCRM.modules.leads.CREATE"}, "POST", "v8/Leads/upsert", false},
		"write creates and updates":    {[]string{"ZohoCRM.modules.leads.WRITE"}, "POST", "v8/Leads/upsert", true},
		"custom modules":               {[]string{"ZohoCRM.modules.custom.ALL"}, "GET", "v8/Service_Visits?fields=id", true},
		"modules are not settings":     {[]string{"ZohoCRM.modules.ALL"}, "GET", "v8/settings/modules", false},
		"settings of one kind":         {[]string{"ZohoCRM.settings.modules.READ"}, "GET", "v8/settings/modules", true},
		"users":                        {[]string{"ZohoCRM.settings.ALL"}, "GET", "v8/users", false},
		"the organisation":             {[]string{"ZohoCRM.org.READ"}, "GET", "v8/org", true},
		"notes of a record need notes": {[]string{"ZohoCRM.modules.leads.ALL"}, "GET", "v8/Leads/1/Notes?fields=id", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			w := o.callAs(grant{Scopes: test.scopes, UserID: defaultUserID}, test.method, test.path, "")
			if test.allowed {
				assert.NotEqual(t, 401, w.Code, w.Body)
				return
			}
			assert.Equal(t, 401, w.Code)
			assert.JSONEq(t, mismatch, w.Body.String())
		})
	}
}
