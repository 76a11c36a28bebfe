package zohohub_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

const wholeOrg = `{"id":"1","zgid":"2","ezgid":"e","type":"Sandbox","company_name":"Acme","alias":"ac","primary_email":"ana@example.com","primary_zuid":"3",
	"domain_name":"org2","country":"Portugal","country_code":"PT","state":"LX","city":"Lisboa","zip":"1000","street":"Rua 1","phone":"1","mobile":"2","fax":"3",
	"website":"https://example.com","employee_count":"12","description":"We","time_zone":"Europe/Lisbon","currency":"Euro","currency_symbol":"€",
	"currency_locale":"pt_PT","iso_code":"EUR","mc_status":true,"translation_enabled":true,"privacy_settings":true,"hipaa_compliance_enabled":true,
	"max_per_page":200,"photo_id":"p","license_details":{"paid":true,"paid_type":"enterprise","paid_expiry":"2027-05-01T00:00:00Z","trial_type":"t",
	"trial_action":"a","trial_expiry":"2026-06-01T00:00:00Z","users_license_purchased":7},"created_time":"2026-05-01T10:00:00Z"}`

func TestOrg(t *testing.T) {
	t.Parallel()
	for _, v := range versions {
		_, conn := setupVersion(t, v)
		org, err := conn.Org(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"Fake Company", "EUR", "enterprise"}, []string{org.CompanyName, org.ISOCode, org.License.PaidType}, v)
		assert.NotEqual(t, org.ID, org.ZGID)
	}
	conn, _ := described(t, Config{}, map[string]string{"v8/org": `{"org":[` + wholeOrg + `]}`})
	org, err := conn.Org(t.Context())
	require.NoError(t, err)
	assert.Equal(t, &Org{
		ID: "1", ZGID: "2", EZGID: "e", Type: "Sandbox", CompanyName: "Acme", Alias: "ac", PrimaryEmail: "ana@example.com", PrimaryZUID: "3", DomainName: "org2",
		Country: "Portugal", CountryCode: "PT", State: "LX", City: "Lisboa", Zip: "1000", Street: "Rua 1", Phone: "1", Mobile: "2", Fax: "3",
		Website: "https://example.com", EmployeeCount: 12, Description: "We", TimeZone: "Europe/Lisbon", Currency: "Euro", CurrencySymbol: "€",
		CurrencyLocale: "pt_PT", ISOCode: "EUR", MultiCurrency: true, TranslationEnabled: true, PrivacySettings: true, HIPAACompliance: true, MaxPerPage: 200,
		PhotoID: "p", License: License{
			Paid: true, PaidType: "enterprise", PaidExpiry: time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC), TrialType: "t", TrialAction: "a",
			TrialExpiry: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), UsersPurchased: 7,
		},
		CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(wholeOrg),
	}, org)
}

func TestRoles(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	roles, err := conn.Roles(t.Context())
	require.NoError(t, err)
	byName := map[string]Role{}
	for _, r := range roles {
		byName[r.Name] = r
	}
	assert.True(t, byName["CEO"].Admin)
	assert.Equal(t, Lookup{ID: byName["CEO"].ID, Name: "CEO"}, byName["Manager"].ReportingTo)
	one, err := conn.Role(t.Context(), byName["Manager"].ID)
	require.NoError(t, err)
	assert.Equal(t, byName["Manager"], *one)
	_, err = conn.Role(t.Context(), "5550000000100099999")
	require.ErrorIs(t, err, ErrRecordNotFound)

	const raw = `{"id":"1","name":"R","display_label":"Are","description":"D","reporting_to":{"id":"2","name":"S"},"forecast_manager":{"id":"3","name":"F"},
		"share_with_peers":true,"admin_user":true,"created_by__s":{"id":"4"},"modified_by__s":{"id":"5"},"created_time__s":"2026-05-01T10:00:00Z",
		"modified_time__s":"2026-05-02T10:00:00Z"}`
	canned, _ := described(t, Config{}, map[string]string{"v8/settings/roles/1": `{"roles":[` + raw + `]}`})
	one, err = canned.Role(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, &Role{
		ID: "1", Name: "R", Label: "Are", Description: "D", ReportingTo: Lookup{ID: "2", Name: "S"}, ForecastManager: Lookup{ID: "3", Name: "F"},
		ShareWithPeers: true, Admin: true, CreatedBy: Lookup{ID: "4"}, ModifiedBy: Lookup{ID: "5"},
		CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(raw),
	}, one)
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	profiles, err := conn.Profiles(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, profiles)
	assert.Empty(t, profiles[0].Permissions)
	one, err := conn.Profile(t.Context(), profiles[0].ID)
	require.NoError(t, err)
	assert.Equal(t, "Administrator", one.Name)
	assert.NotEmpty(t, one.Permissions)
	_, err = conn.Profile(t.Context(), "5550000000100099999")
	require.ErrorIs(t, err, ErrRecordNotFound)
	crm.ResetRequests()
	_, err = conn.Profile(t.Context(), "")
	require.Error(t, err)
	_, err = conn.Role(t.Context(), "1/2")
	require.ErrorIs(t, err, ErrRecordNotFound)
	assert.Empty(t, asked(crm))

	const raw = `{"id":"1","name":"P","display_label":"Pe","description":"D","type":"lite_profile","custom":true,"default":true,"permission_type":"full",
		"permissions_details":[{"id":"2","name":"Crm_Implied_View_Leads","display_label":"View","module":"Leads","enabled":true,"customizable":true},{"module":null}],
		"created_by":{"id":"4"},"modified_by":{"id":"5"},"created_time":null,"modified_time":"2026-05-02T10:00:00Z"}`
	canned, _ := described(t, Config{}, map[string]string{"v8/settings/profiles/1": `{"profiles":[` + raw + `]}`})
	one, err = canned.Profile(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, &Profile{
		ID: "1", Name: "P", Label: "Pe", Description: "D", Type: "lite_profile", Custom: true, Default: true, PermissionType: "full",
		Permissions: []Permission{{ID: "2", Name: "Crm_Implied_View_Leads", Label: "View", Module: "Leads", Enabled: true, Customizable: true}, {}},
		CreatedBy:   Lookup{ID: "4"}, ModifiedBy: Lookup{ID: "5"}, ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(raw),
	}, one)
}

func TestTerritories(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	n := 0
	for territory, err := range conn.Territories(t.Context()) {
		require.NoError(t, err)
		assert.NotEmpty(t, territory.ID)
		assert.NotEmpty(t, territory.Name)
		n++
	}
	assert.Positive(t, n)

	const raw = `{"id":"1","name":"South","api_name":"South__s","description":"D","manager":{"id":"2","name":"M"},"reporting_to":{"id":"3","name":"All"},
		"permission_type":"read_only","account_rule_criteria":{"comparator":"equal"},"lead_rule_criteria":null,"deal_rule_criteria":{},
		"created_by":{"id":"4"},"modified_by":{"id":"5"},"created_time":"2026-05-01T10:00:00Z","modified_time":"2026-05-02T10:00:00Z"}`
	canned, _ := described(t, Config{}, map[string]string{"v8/settings/territories?page=1&per_page=200": `{"territories":[` + raw + `]}`})
	for territory, err := range canned.Territories(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, &SalesTerritory{
			ID: "1", Name: "South", APIName: "South__s", Description: "D", Manager: Lookup{ID: "2", Name: "M"}, ReportingTo: Lookup{ID: "3", Name: "All"},
			PermissionType: "read_only", AccountCriteria: json.RawMessage(`{"comparator":"equal"}`), CreatedBy: Lookup{ID: "4"}, ModifiedBy: Lookup{ID: "5"},
			CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(raw),
		}, territory)
	}
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	currencies, err := conn.Currencies(t.Context())
	require.NoError(t, err)
	require.Len(t, currencies, 2)
	assert.True(t, currencies[0].Base)
	assert.Equal(t, json.Number("1.250000000"), currencies[1].ExchangeRate, "with all its digits")

	const raw = `{"id":"1","name":"Yen","iso_code":"JPY","symbol":"¥","exchange_rate":160.5,"is_base":true,"is_active":true,"prefix_symbol":true,
		"format":{"decimal_separator":"Period","thousand_separator":"Comma","decimal_places":"2"},"created_by":{"id":"4"},"modified_by":{"id":"5"},
		"created_time":"2026-05-01T10:00:00Z","modified_time":"2026-05-02T10:00:00Z"}`
	canned, _ := described(t, Config{}, map[string]string{"v8/org/currencies": `{"currencies":[` + raw + `]}`})
	currencies, err = canned.Currencies(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Currency{{
		ID: "1", Name: "Yen", ISOCode: "JPY", Symbol: "¥", PrefixSymbol: true, ExchangeRate: "160.5", Base: true, Active: true, DecimalSeparator: "Period",
		ThousandSeparator: "Comma", DecimalPlaces: 2, CreatedBy: Lookup{ID: "4"}, ModifiedBy: Lookup{ID: "5"},
		CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), Raw: json.RawMessage(raw),
	}}, currencies)
	none, _ := described(t, Config{}, map[string]string{"v8/org/currencies": ""})
	currencies, err = none.Currencies(t.Context())
	require.NoError(t, err)
	assert.Empty(t, currencies)
}
