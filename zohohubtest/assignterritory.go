package zohohubtest

import (
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// assignRoutes are the calls that give records to territories.
var assignRoutes = []route{
	{method: http.MethodPost, pattern: "{module}/actions/assign_territories", since: "v2.1", scopes: []string{updateScope}, credits: 1, handle: (*crm).assignTerritories},
	{method: http.MethodPost, pattern: "{module}/actions/remove_territories", since: "v2.1", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeTerritories},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/assign_territories", since: "v2.1", scopes: []string{updateScope}, credits: 1, handle: (*crm).assignTerritories},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/remove_territories", since: "v2.1", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeTerritories},
}

// maxAssigned is how many records such a call takes, territoriesKey what it has their territories under.
const (
	maxAssigned    = 10
	territoriesKey = "Territories"
)

// territoryLimits are how many territories a record may be in, by module; no others have any by these calls. In Zoho the
// territories of leads must have been switched on.
var territoryLimits = map[string]int{"Leads": 10, "Accounts": 10, "Contacts": 10, "Deals": 1}

// assignTerritories is POST {module}/actions/assign_territories, and the same with an id.
func (c *crm) assignTerritories(q *request) outcome {
	return c.inTerritories(q, "the territories data updated successfully", func(w *write, s site, has []any, t territory) ([]any, *refusal) {
		switch {
		case hasTerritory(has, t.id):
			return nil, w.fault(s, "DUPLICATE_DATA", "Given Territory id already exists for that record")
		case len(has) == territoryLimits[w.module.APIName]:
			return nil, newRefusal(http.StatusBadRequest, "LIMIT_EXCEEDED", "Maximum limit of territories for that record exceeds",
				map[string]any{"limit": territoryLimits[w.module.APIName]})
		}
		return append(has, map[string]any{
			"id": t.id, "Name": t.name, "$assigned": "manual", "$assigned_time": formatTime(w.now), "$assigned_by": minified(w.by),
		}), nil
	})
}

// removeTerritories is POST {module}/actions/remove_territories, and the same with an id. How Zoho refuses one that the
// record is not in is not known.
func (c *crm) removeTerritories(q *request) outcome {
	return c.inTerritories(q, "the territories are removed successfully", func(w *write, s site, has []any, t territory) ([]any, *refusal) {
		if !hasTerritory(has, t.id) {
			return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
		}
		return slices.DeleteFunc(has, func(v any) bool { return refID(v) == t.id }), nil
	})
}

func hasTerritory(has []any, id string) bool {
	return slices.ContainsFunc(has, func(v any) bool { return refID(v) == id })
}

// territoryField is where a module's records have their territories.
func territoryField(m *schema.Module) *schema.Field {
	for _, f := range m.Fields {
		if f.Holds == "territories" {
			return f
		}
	}
	return nil
}

// inTerritories changes the territories of the records that a request names, each by those that stand beside it.
func (c *crm) inTerritories(q *request, message string, change func(w *write, s site, has []any, t territory) ([]any, *refusal)) outcome {
	limit := maxAssigned
	if q.id != "" {
		limit = 1
		if c.recordAt(q) == nil {
			return newRefusal(http.StatusBadRequest, "INVALID_DATA", "The record Id given seems to be invalid", map[string]any{"resource_path_index": 1}).outcome()
		}
	}
	if territoryLimits[q.module.APIName] == 0 {
		return newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "the api is not supported for this module", map[string]any{"resource_path_index": 0}).outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	return c.eachOf(q, "data", limit, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		text := q.id
		if text == "" {
			text, _ = scalarText(row["id"])
		}
		old, refused := w.toAssign(i, text)
		if refused != nil {
			return nil, refused
		}
		f := territoryField(w.module)
		has, _ := old.fields[f.APIName].([]any)
		has = slices.Clone(has)
		s := site{path: rowPath(i), name: territoriesKey}
		list, isList := row[territoriesKey].([]any)
		switch {
		case row[territoriesKey] == nil || isList && len(list) == 0:
			return nil, w.mandatory(s)
		case !isList:
			return nil, w.expected(s, "jsonarray")
		}
		seen := map[string]int{}
		for k, item := range list {
			at := s.index(k).at("id")
			t, refused := w.namedTerritory(s.index(k), item)
			if refused != nil {
				return nil, refused
			}
			if first, twice := seen[t.id]; twice {
				return nil, w.fault(at, "ALREADY_USED", "duplicate territory id found",
					"exists_in", map[string]any{"json_path": s.path + "." + s.index(first).name + ".id"})
			}
			seen[t.id] = k
			if has, refused = change(w, at, has, t); refused != nil {
				return nil, refused
			}
		}
		w.setTerritories(f, old, has)
		return doneItem(formatID(old.id), message), nil
	})
}

// toAssign is the record that a row names.
func (w *write) toAssign(i int, text string) (*record, *refusal) {
	s := site{path: rowPath(i), name: "id"}
	if text == "" {
		return nil, w.mandatory(s)
	}
	id, ok := parseID(text)
	r := w.c.table(w.module.APIName).get(id)
	switch {
	case !ok || r == nil:
		return nil, w.fault(s, "INVALID_DATA", "The record Id given seems to be invalid")
	case w.c.isLocked(w.module, id):
		return nil, recordLocked(id)
	}
	return r, nil
}

// namedTerritory is the one that an object names by its id.
func (w *write) namedTerritory(s site, item any) (territory, *refusal) {
	object, ok := item.(map[string]any)
	if !ok {
		return territory{}, w.expected(s, "jsonobject")
	}
	id, _ := scalarText(object["id"])
	if id == "" {
		return territory{}, w.mandatory(s.at("id"))
	}
	i := slices.IndexFunc(territories, func(t territory) bool { return t.id == id })
	if i < 0 {
		return territory{}, w.fault(s.at("id"), "INVALID_DATA", "the id given seems to be invalid")
	}
	return territories[i], nil
}

// setTerritories changes a record as an update does.
func (w *write) setTerritories(f *schema.Field, old *record, has []any) {
	r := old.moved()
	r.modified = w.now
	r.fields["Modified_Time"], r.fields["Modified_By"] = formatTime(w.now), w.by
	if len(has) == 0 {
		delete(r.fields, f.APIName)
	} else {
		r.fields[f.APIName] = has
	}
	w.c.store(w.module, r, old)
}
