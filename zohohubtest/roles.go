package zohohubtest

import (
	"net/http"
	"slices"
)

// userRole is a place in the organisation's hierarchy.
type userRole struct {
	id, name string
	above    *userRole // nil for the one at the top
	peers    bool      // who has it sees what others that have it own
}

// userRoles are every organisation's. Nothing that the fake does depends on them.
var userRoles = defaultUserRoles()

func defaultUserRoles() []*userRole {
	top := &userRole{id: "3652397000000026005", name: "CEO", peers: true}
	manager := &userRole{id: "3652397000000026008", name: "Manager", above: top}
	return []*userRole{top, manager, {id: "3652397000000026011", name: "Sales Representative", above: manager}}
}

func (r *userRole) ref() map[string]any { return map[string]any{"name": r.name, "id": r.id} }

func (r *userRole) json() map[string]any {
	var above any
	if r.above != nil {
		above = r.above.ref()
	}
	return map[string]any{
		"id": r.id, "name": r.name, "display_label": r.name, "reporting_to": above, "admin_user": r.above == nil,
		"share_with_peers": r.peers, "forecast_manager": nil, "description": nil,
		"created_by__s": nil, "modified_by__s": nil, "created_time__s": nil, "modified_time__s": nil,
	}
}

// listUserRoles is GET settings/roles.
func (c *crm) listUserRoles(*request) outcome {
	shown := make([]any, len(userRoles))
	for i, r := range userRoles {
		shown[i] = r.json()
	}
	return outcome{status: http.StatusOK, body: map[string]any{"roles": shown}}
}

// getUserRole is GET settings/roles/{id}.
func (c *crm) getUserRole(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	i := slices.IndexFunc(userRoles, func(r *userRole) bool { return r.id == q.id })
	if i < 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"roles": []any{userRoles[i].json()}}}
}
