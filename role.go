package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// Role is a place in the org's hierarchy.
type Role struct {
	ID string
	// Name is what Zoho calls the role inside, Label what people read.
	Name, Label, Description string
	// ReportingTo is the role above; zero for the uppermost.
	ReportingTo     Lookup
	ForecastManager Lookup
	// ShareWithPeers is set where users with the role see each other's records.
	ShareWithPeers bool
	// Admin is set for the role whose users see all records.
	Admin                     bool
	CreatedBy, ModifiedBy     Lookup
	CreatedTime, ModifiedTime time.Time
	// Raw is the role as Zoho sent it.
	Raw json.RawMessage
}

// Roles lists the org's roles. It costs one credit.
//
// Zoho: GET /crm/v8/settings/roles  https://www.zoho.com/crm/developer/docs/api/v8/get-roles.html
func (c *Connection) Roles(ctx context.Context) ([]Role, error) {
	raws, err := c.settings(ctx, "list roles", "", "roles", nil)
	return each(raws, err, newRole)
}

// Role returns the role with the id. An id that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/settings/roles/{id}  https://www.zoho.com/crm/developer/docs/api/v8/get-roles.html
func (c *Connection) Role(ctx context.Context, id string) (*Role, error) {
	return findByID(ctx, c, Request{Op: "find role", Template: "settings/roles/{id}"}, "roles", newRole, "settings", "roles", id)
}

func newRole(raw json.RawMessage) Role {
	m := metaOf(raw)
	return Role{
		ID: m.text("id"), Name: m.text("name"), Label: m.text("display_label"), Description: m.text("description"),
		ReportingTo: m.lookup("reporting_to"), ForecastManager: m.lookup("forecast_manager"),
		ShareWithPeers: m.flag("share_with_peers"), Admin: m.flag("admin_user"),
		CreatedBy: m.lookup("created_by__s"), ModifiedBy: m.lookup("modified_by__s"),
		CreatedTime: m.time("created_time__s"), ModifiedTime: m.time("modified_time__s"), Raw: raw,
	}
}
