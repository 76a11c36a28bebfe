package zohohubtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// profile says what users may do. The fake tells it and does not hold anyone to it.
type profile struct {
	id, name, description string
	admin                 bool
}

// userProfiles are every organisation's.
var userProfiles = []*profile{
	{id: schema.AdministratorProfileID, name: "Administrator", description: "This profile will have all the permissions.", admin: true},
	{id: schema.StandardProfileID, name: "Standard", description: "This profile will have all the permissions except administrative privileges."},
}

func (p *profile) ref() map[string]any { return map[string]any{"name": p.name, "id": p.id} }

// setupPermissions are those that belong to no module, and whether an administrator alone has them.
var setupPermissions = []struct {
	name, label string
	admin       bool
}{
	{"Crm_Implied_Api_Access", "Zoho CRM API Access", false},
	{"Crm_Implied_Customize_Zohocrm", "Module Customization", true},
	{"Crm_Implied_Manage_Users", "Manage Users", true},
}

// json has the permissions only where Zoho tells them: in the answer about one profile.
func (p *profile) json(c *crm, single bool) map[string]any {
	out := map[string]any{
		"id": p.id, "name": p.name, "display_label": p.name, "type": "normal_profile", "custom": false, "default": p.admin, "category": false,
		"description": p.description, "created_by": nil, "modified_by": nil, "created_time": nil, "modified_time": nil,
	}
	if !single {
		return out
	}
	details, modules, setup := []any{}, []any{}, []any{}
	add := func(label, name string, module any, enabled bool) string {
		number, _ := parseID(p.id)
		id := formatID(number + 1 + int64(len(details)))
		details = append(details, map[string]any{
			"id": id, "name": name, "display_label": label, "module": module, "enabled": enabled, "customizable": !p.admin, "parent_permissions": []any{},
		})
		return id
	}
	for _, m := range c.schema.Modules() {
		if !isRecordModule(m) {
			continue
		}
		var ids []any
		for _, what := range []string{"View", "Create", "Edit", "Delete"} {
			ids = append(ids, add(what, "Crm_Implied_"+what+"_"+m.APIName, m.APIName, true))
		}
		modules = append(modules, map[string]any{"name": m.APIName, "display_label": m.PluralLabel, "module": m.APIName, "permissions_details": ids})
	}
	for _, s := range setupPermissions {
		id := add(s.label, s.name, nil, p.admin || !s.admin)
		name := strings.TrimPrefix(s.name, "Crm_Implied_")
		setup = append(setup, map[string]any{"name": name, "display_label": s.label, "permissions_details": []any{id}})
	}
	out["permissions_details"] = details
	out["sections"] = []any{
		map[string]any{"name": "Module_Permissions", "categories": modules}, map[string]any{"name": "Setup_Permissions", "categories": setup},
	}
	out["_default_view"] = map[string]any{"name": "Standard", "id": p.id, "type": "layout"}
	return out
}

// listProfiles is GET settings/profiles.
func (c *crm) listProfiles(*request) outcome {
	shown := make([]any, len(userProfiles))
	for i, p := range userProfiles {
		shown[i] = p.json(c, false)
	}
	return profilesOutcome(shown)
}

// getProfile is GET settings/profiles/{id}.
func (c *crm) getProfile(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	i := slices.IndexFunc(userProfiles, func(p *profile) bool { return p.id == q.id })
	if i < 0 {
		return outcome{status: http.StatusNoContent}
	}
	return profilesOutcome([]any{userProfiles[i].json(c, true)})
}

func profilesOutcome(shown []any) outcome {
	return outcome{status: http.StatusOK, body: map[string]any{"profiles": shown, "info": map[string]any{"license_limit": licenseLimit}}}
}

// licenseLimit is how many profiles the edition allows.
const licenseLimit = 30
