package zohohubtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// territory is one that records and users may be given to.
type territory struct {
	id, name string
	manager  string // the id of a user; empty for none
}

// territories are every organisation's.
var territories = []territory{
	{"3652397000000505001", "Lisboa", defaultUserID}, {"3652397000000505002", "Porto", ""},
}

// managerRef names the manager; name is the key for it, which is not the same in all answers.
func (c *crm) managerRef(t territory, name string) any {
	if ref := c.userRef(t.manager); ref != nil {
		return map[string]any{name: ref["name"], "id": ref["id"]}
	}
	return nil
}

func (c *crm) showTerritory(t territory) map[string]any {
	by, at := minified(c.users[0].ref()), formatTime(c.started)
	return map[string]any{
		"id": t.id, "name": t.name, "api_name": t.name, "description": nil, "manager": c.managerRef(t, "name"), "reporting_to": nil,
		"permission_type": "read_only", "account_rule_criteria": nil, "deal_rule_criteria": nil, "lead_rule_criteria": nil,
		"created_by": by, "modified_by": by, "created_time": at, "modified_time": at,
	}
}

// listTerritories is GET settings/territories. Its filters are not looked at.
func (c *crm) listTerritories(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	var ids []int64
	if q.query.Has("ids") && refused == nil {
		ids, refused = q.ids()
	}
	if refused != nil {
		return refused.outcome()
	}
	var found []any
	for _, t := range territories {
		if id, _ := parseID(t.id); ids == nil || slices.Contains(ids, id) {
			found = append(found, c.showTerritory(t))
		}
	}
	return territoriesOutcome(found, l)
}

// territoriesOutcome is a page of a list of territories.
func territoriesOutcome(found []any, l *listing) outcome {
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"territories": rows, "info": info}}
}

// getTerritory is GET settings/territories/{id}.
func (c *crm) getTerritory(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	var found []any
	for _, t := range territories {
		if t.id == q.id {
			found = append(found, c.showTerritory(t))
		}
	}
	return territoriesOutcome(found, &listing{page: 1, perPage: maxPerPage})
}

// listUserTerritories is GET users/{id}/territories, getUserTerritory GET users/{id}/territories/{territory}.
func (c *crm) listUserTerritories(q *request) outcome { return c.userTerritories(q) }

func (c *crm) getUserTerritory(q *request) outcome {
	if _, ok := parseID(q.related); !ok {
		return badIDAt(3).outcome()
	}
	return c.userTerritories(q)
}

func (c *crm) userTerritories(q *request) outcome {
	i := slices.IndexFunc(c.users, func(u user) bool { return u.id == q.id })
	if i < 0 {
		return badID().outcome()
	}
	var found []any
	for _, t := range c.users[i].territories {
		if q.related == "" || q.related == t.id {
			found = append(found, map[string]any{"id": t.id, "Name": t.name, "Manager": c.managerRef(t, "Name"), "Reporting_To": nil})
		}
	}
	return territoriesOutcome(found, &listing{page: 1, perPage: maxPerPage})
}

// shownTerritories are a user's as the user is shown.
func (u user) shownTerritories() []any {
	shown := []any{}
	for _, t := range u.territories {
		shown = append(shown, map[string]any{"id": t.id, "name": t.name, "manager": t.manager == u.id})
	}
	return shown
}

// inTerritory reads territory_id. No territory is below another, so that include_child changes nothing. How Zoho refuses
// an unknown one is not known.
func (q *request) inTerritory(l *listing) *refusal {
	if _, refused := q.choice("include_child", "false", "true", "false"); refused != nil || !q.query.Has("territory_id") {
		return refused
	}
	id := q.query.Get("territory_id")
	for _, t := range territories {
		if t.id == id {
			l.territory = func(r *record) bool { return isIn(q.module, r, id) }
			return nil
		}
	}
	return invalidParam("territory_id")
}

// isIn says whether a record was given to a territory.
func isIn(m *schema.Module, r *record, territory string) bool {
	for _, f := range m.Fields {
		if f.Holds != "territories" {
			continue
		}
		given, _ := r.fields[f.APIName].([]any)
		for _, t := range given {
			if t, _ := t.(map[string]any); t["id"] == territory {
				return true
			}
		}
	}
	return false
}

// assigned takes [{"id": …}] or [{"Name": …}] of territories that exist. One that the record has stays as it was assigned.
func (w *write) assigned(f *schema.Field, s site, v, before any) (any, *refusal) {
	olds, _ := before.([]any)
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, w.expected(s, "jsonarray")
	case len(list) > f.Length:
		return nil, w.tooLong(s, f.Length)
	}
	var out []any
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, w.expected(s.index(i), "jsonobject")
		}
		id, _ := scalarText(object["id"])
		name, _ := object["Name"].(string)
		if id == "" && name == "" {
			return nil, w.mandatory(s.index(i).at("id"))
		}
		var found any
		for _, t := range territories {
			if id == t.id || id == "" && strings.EqualFold(name, t.name) {
				found = map[string]any{
					"id": t.id, "Name": t.name, "$assigned": "manual", "$assigned_time": formatTime(w.now), "$assigned_by": minified(w.by),
				}
				for _, old := range olds {
					if refID(old) == t.id {
						found = old
					}
				}
			}
		}
		if found == nil {
			return nil, w.fault(s.index(i).at("id"), "INVALID_DATA", "the id given seems to be invalid")
		}
		out = append(out, found)
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}
