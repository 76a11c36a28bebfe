package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// Profile is what some of the org's users may do.
type Profile struct {
	ID string
	// Name is what Zoho calls the profile inside, Label what people read.
	Name, Label, Description string
	// Type is "normal_profile" or "lite_profile".
	Type string
	// Custom is set for profiles that the org made.
	Custom  bool
	Default bool
	// PermissionType is Zoho's word for the extent of the permissions.
	PermissionType string
	// Permissions are told by [Connection.Profile] only.
	Permissions               []Permission
	CreatedBy, ModifiedBy     Lookup
	CreatedTime, ModifiedTime time.Time
	// Raw is the profile as Zoho sent it.
	Raw json.RawMessage
}

// Permission is whether users with a profile may do something.
type Permission struct {
	ID, Name, Label string
	// Module is the API name of the module that it is about; empty for permissions that are about none.
	Module  string
	Enabled bool
	// Customizable is set where it can be changed.
	Customizable bool
}

// Profiles lists the org's profiles, without their permissions. It costs one credit.
//
// Zoho: GET /crm/v8/settings/profiles  https://www.zoho.com/crm/developer/docs/api/v8/get-profiles.html
func (c *Connection) Profiles(ctx context.Context) ([]Profile, error) {
	raws, err := c.settings(ctx, "list profiles", "", "profiles", nil)
	return each(raws, err, newProfile)
}

// Profile returns the profile with the id, with its permissions. An id that is not there is [ErrRecordNotFound]. It costs
// one credit.
//
// Zoho: GET /crm/v8/settings/profiles/{id}  https://www.zoho.com/crm/developer/docs/api/v8/get-profiles.html
func (c *Connection) Profile(ctx context.Context, id string) (*Profile, error) {
	return findByID(ctx, c, Request{Op: "find profile", Template: "settings/profiles/{id}"}, "profiles", newProfile, "settings", "profiles", id)
}

func newProfile(raw json.RawMessage) Profile {
	m := metaOf(raw)
	p := Profile{
		ID: m.text("id"), Name: m.text("name"), Label: m.text("display_label"), Description: m.text("description"), Type: m.text("type"),
		Custom: m.flag("custom"), Default: m.flag("default"), PermissionType: m.text("permission_type"),
		CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"),
		CreatedTime: m.time("created_time"), ModifiedTime: m.time("modified_time"), Raw: raw,
	}
	for _, raw := range m.list("permissions_details") {
		m := metaOf(raw)
		p.Permissions = append(p.Permissions, Permission{
			ID: m.text("id"), Name: m.text("name"), Label: m.text("display_label"), Module: m.text("module"),
			Enabled: m.flag("enabled"), Customizable: m.flag("customizable"),
		})
	}
	return p
}
