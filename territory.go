package zohohub

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// SalesTerritory is a part of the org's market. [Territory] lists the records of one.
type SalesTerritory struct {
	ID                         string
	Name, APIName, Description string
	Manager                    Lookup
	// ReportingTo is the territory above; zero for the uppermost.
	ReportingTo Lookup
	// PermissionType is "read_only" or "read_write_delete".
	PermissionType string
	// AccountCriteria, LeadCriteria and DealCriteria are the conditions, as Zoho sent them, by which records get into the
	// territory; empty for none.
	AccountCriteria, LeadCriteria, DealCriteria json.RawMessage
	CreatedBy, ModifiedBy                       Lookup
	CreatedTime, ModifiedTime                   time.Time
	// Raw is the territory as Zoho sent it.
	Raw json.RawMessage
}

// Territories lists the org's territories, 200 to a page, one page after another; an error comes once, last, and leaving the
// loop ends the requests. It costs one credit a page.
//
// Zoho: GET /crm/v8/settings/territories  https://www.zoho.com/crm/developer/docs/api/v8/get-territories.html
func (c *Connection) Territories(ctx context.Context) iter.Seq2[*SalesTerritory, error] {
	return pagesOf(ctx, c, Request{Op: "list territories", Path: "settings/territories"}, "territories", newSalesTerritory)
}

func newSalesTerritory(raw json.RawMessage) SalesTerritory {
	m := metaOf(raw)
	return SalesTerritory{
		ID: m.text("id"), Name: m.text("name"), APIName: m.text("api_name"), Description: m.text("description"),
		Manager: m.lookup("manager"), ReportingTo: m.lookup("reporting_to"), PermissionType: m.text("permission_type"),
		AccountCriteria: m.criteria("account_rule_criteria"), LeadCriteria: m.criteria("lead_rule_criteria"),
		DealCriteria: m.criteria("deal_rule_criteria"), CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"),
		CreatedTime: m.time("created_time"), ModifiedTime: m.time("modified_time"), Raw: raw,
	}
}
