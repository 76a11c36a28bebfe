package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// Org describes the organization.
type Org struct {
	ID string
	// ZGID is what Zoho's services call the organization in common, and the value of the header X-CRM-ORG; it is not ID.
	ZGID  string
	EZGID string
	// Type is "Production", "Sandbox", "Developer" or "Bigin"; empty before v6.
	Type        string
	CompanyName string
	Alias       string
	// PrimaryEmail and PrimaryZUID are those of the user who owns the organization.
	PrimaryEmail, PrimaryZUID              string
	DomainName                             string
	Country, CountryCode, State, City, Zip string
	Street, Phone, Mobile, Fax, Website    string
	EmployeeCount                          int
	Description                            string
	// TimeZone is as in "Europe/Lisbon".
	TimeZone string
	// Currency is the name of the one that amounts are in, ISOCode is as in "EUR".
	Currency, CurrencySymbol, CurrencyLocale, ISOCode string
	MultiCurrency                                     bool
	TranslationEnabled                                bool
	PrivacySettings                                   bool
	HIPAACompliance                                   bool
	// MaxPerPage is the number of records in a page; 0 before v5.
	MaxPerPage  int
	PhotoID     string
	License     License
	CreatedTime time.Time
	// Raw is the organization as Zoho sent it.
	Raw json.RawMessage
}

// License is what an organization pays for.
type License struct {
	Paid bool
	// PaidType is the edition: "free", "enterprise", …
	PaidType   string
	PaidExpiry time.Time
	// TrialType and TrialAction are empty outside of a trial.
	TrialType, TrialAction string
	TrialExpiry            time.Time
	UsersPurchased         int
}

// Org returns the organization of the connection's user. It costs one credit.
//
// Zoho: GET /crm/v8/org  https://www.zoho.com/crm/developer/docs/api/v8/get-org-data.html
func (c *Connection) Org(ctx context.Context) (*Org, error) {
	raw, err := c.entry(ctx, Request{Op: "find org"}, "org", ErrRecordNotFound, "org")
	if err != nil {
		return nil, err
	}
	m := metaOf(raw)
	l := m.sub("license_details")
	return &Org{
		ID: m.text("id"), ZGID: m.text("zgid"), EZGID: m.text("ezgid"), Type: m.text("type"), CompanyName: m.text("company_name"),
		Alias: m.text("alias"), PrimaryEmail: m.text("primary_email"), PrimaryZUID: m.text("primary_zuid"),
		DomainName: m.text("domain_name"), Country: m.text("country"), CountryCode: m.text("country_code"), State: m.text("state"),
		City: m.text("city"), Zip: m.text("zip"), Street: m.text("street"), Phone: m.text("phone"), Mobile: m.text("mobile"),
		Fax: m.text("fax"), Website: m.text("website"), EmployeeCount: m.number("employee_count"), Description: m.text("description"),
		TimeZone: m.text("time_zone"), Currency: m.text("currency"), CurrencySymbol: m.text("currency_symbol"),
		CurrencyLocale: m.text("currency_locale"), ISOCode: m.text("iso_code"), MultiCurrency: m.flag("mc_status"),
		TranslationEnabled: m.flag("translation_enabled"), PrivacySettings: m.flag("privacy_settings"),
		HIPAACompliance: m.flag("hipaa_compliance_enabled"), MaxPerPage: m.number("max_per_page"), PhotoID: m.text("photo_id"),
		License: License{
			Paid: l.flag("paid"), PaidType: l.text("paid_type"), PaidExpiry: l.time("paid_expiry"), TrialType: l.text("trial_type"),
			TrialAction: l.text("trial_action"), TrialExpiry: l.time("trial_expiry"), UsersPurchased: l.number("users_license_purchased"),
		},
		CreatedTime: m.time("created_time"), Raw: raw,
	}, nil
}
