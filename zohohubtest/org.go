package zohohubtest

import (
	"net/http"
	"time"
)

const (
	// orgTimeZone has the offset of orgZone all year.
	orgTimeZone       = "Africa/Lagos"
	orgCurrencySymbol = "€"
	orgID             = "3652397000000002001"
	orgZGID           = "20069999999"
)

// getOrg is GET org.
func (c *crm) getOrg(q *request) outcome {
	admin := c.users[0]
	var photo any
	if c.orgPhoto != "" {
		photo = c.orgPhoto
	}
	org := map[string]any{
		"id": orgID, "zgid": orgZGID, "ezgid": "fake0000000000000000000000000000", "company_name": "Fake Company", "alias": nil,
		"primary_email": admin.email, "primary_zuid": admin.zuid, "domain_name": "org" + orgZGID, "country": "Portugal", "country_code": "PT",
		"state": nil, "city": nil, "street": nil, "zip": nil, "phone": "+351210000000", "mobile": nil, "fax": nil, "website": "https://fake.example.com", "employee_count": "3",
		"description": nil, "time_zone": orgTimeZone, "currency": "Euro", "currency_symbol": orgCurrencySymbol, "currency_locale": "pt_PT",
		"iso_code": "EUR", "mc_status": true, "gapps_enabled": false, "translation_enabled": false, "privacy_settings": false,
		"hipaa_compliance_enabled": false, "lite_users_enabled": false, "oauth_presence": true, "photo_id": photo, "zia_portal_id": nil, "zia_zgid": 0,
		"call_icon": "telephony", "deletable_org_account": true,
		"license_details": map[string]any{
			"paid": true, "paid_type": "enterprise", "paid_expiry": formatTime(c.started.Add(365 * 24 * time.Hour)),
			"trial_type": nil, "trial_action": nil, "trial_expiry": nil, "users_license_purchased": 3,
		},
		"hierarchy_preferences": map[string]any{"type": "Role_Hierarchy", "strictly_reporting": false},
		"checkin_preferences":   map[string]any{"restricted_event_types": nil},
	}
	if q.version.name >= "v5" {
		org["max_per_page"] = maxPerPage
	}
	if q.version.name >= "v6" {
		org["type"], org["created_time"] = "Production", formatTime(c.started)
	}
	return outcome{status: http.StatusOK, body: map[string]any{"org": []any{org}}}
}
