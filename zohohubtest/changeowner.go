package zohohubtest

import (
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// ownedAlong are the modules whose records may change hands with those that they are related to.
var ownedAlong = []string{"Tasks", "Events", "Calls", "Contacts", "Deals"}

// maxOwnedAlong is how many of them a call may name.
const maxOwnedAlong = 5

// changeOwners is POST {module}/actions/change_owner.
func (c *crm) changeOwners(q *request) outcome {
	body, refused := q.object()
	var ids []any
	if refused == nil {
		ids, refused = q.items(body, "ids", maxMass)
	}
	if refused != nil {
		return refused.outcome()
	}
	return c.giveTo(q, body, ids)
}

// changeOwner is POST {module}/{id}/actions/change_owner.
func (c *crm) changeOwner(q *request) outcome {
	if c.recordAt(q) == nil {
		return badID().outcome()
	}
	body, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	return c.giveTo(q, body, []any{q.id})
}

// giveTo gives the records of the ids another owner, and what is related to them as the body says.
func (c *crm) giveTo(q *request, body map[string]any, ids []any) outcome {
	owner, refused := c.newOwner(q, body)
	var along []related
	if refused == nil {
		along, refused = c.ownedAlong(q, body["related_modules"])
	}
	if _, isBool := body["notify"].(bool); refused == nil && body["notify"] != nil && !isBool {
		refused = q.fault("INVALID_DATA", "invalid data", "notify", "", "expected_data_type", "boolean")
	}
	if refused != nil {
		return refused.outcome()
	}
	// Zoho's file has the answer of success under 202 alone.
	return c.eachListed(q, ids, http.StatusAccepted, func(r *record) (map[string]any, *refusal) {
		if refused := c.give(q, q.module, r, owner); refused != nil {
			return nil, refused
		}
		c.relatedly(func() {
			for _, a := range along {
				for _, of := range a.of(c, r.id) {
					_ = c.give(q, a.list.Module, of, owner) // one that cannot be given stays
				}
			}
		})
		return doneItem(formatID(r.id), "owner is successfully updated"), nil
	})
}

func (c *crm) give(q *request, m *schema.Module, r *record, owner string) *refusal {
	w := c.newWrite(m, q.version, q.grant.UserID)
	_, refused := w.update(0, r, map[string]any{"Owner": map[string]any{"id": owner}})
	return refused
}

// newOwner is the id of the user that {"owner": {"id": …}} names.
func (c *crm) newOwner(q *request, body map[string]any) (string, *refusal) {
	owner, ok := body["owner"].(map[string]any)
	switch {
	case body["owner"] == nil:
		return "", q.fault("MANDATORY_NOT_FOUND", "required field not found", "owner", "")
	case !ok:
		return "", q.fault("INVALID_DATA", "invalid data", "owner", "", "expected_data_type", "jsonobject")
	}
	id, _ := scalarText(owner["id"])
	inside := func(code, message string, details ...any) *refusal {
		refused := q.fault(code, message, "owner", ".id", details...)
		refused.details["api_name"] = "id"
		return refused
	}
	if id == "" {
		return "", inside("MANDATORY_NOT_FOUND", "required field not found")
	}
	i := slices.IndexFunc(c.users, func(u user) bool { return u.id == id })
	switch {
	case i < 0:
		return "", inside("INVALID_DATA", "the owner id given is invalid")
	case c.users[i].status != "active":
		return "", inside("INVALID_DATA", "the owner id given is invalid", "owner_status", "inactive")
	}
	return id, nil
}

// related is what changes hands with a record: what is in one of its lists, or one record of it.
type related struct {
	list *schema.RelatedList
	id   string
}

// of are the records that a record's owner has through the list.
func (a related) of(c *crm, parent int64) []*record {
	in := c.relates(a.list, parent)
	var found []*record
	c.table(a.list.Module.APIName).scan(false, 0, func(r *record) bool {
		if in(r) && (a.id == "" || formatID(r.id) == a.id) {
			found = append(found, r)
		}
		return true
	})
	return found
}

// ownedAlong reads [{"api_name": …, "id": …}]; the id is that of a record of the module.
func (c *crm) ownedAlong(q *request, v any) ([]related, *refusal) {
	const key = "related_modules"
	if v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, q.fault("INVALID_DATA", "invalid data", key, "", "expected_data_type", "jsonarray")
	case len(list) > maxOwnedAlong:
		return nil, q.fault("INVALID_DATA", "invalid data", key, "", "maximum_length", maxOwnedAlong)
	}
	var along []related
	for i, item := range list {
		at := indexed("", i)
		named, ok := item.(map[string]any)
		if !ok {
			return nil, q.fault("INVALID_DATA", "invalid data", key, at, "expected_data_type", "jsonobject")
		}
		name, _ := named["api_name"].(string)
		id, _ := scalarText(named["id"])
		if name == "" {
			path := "$." + key + at
			return nil, newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": []any{
				map[string]any{"api_name": "api_name", "json_path": path + ".api_name"}, map[string]any{"api_name": "id", "json_path": path + ".id"},
			}})
		}
		of := relatedList(q.module.RelatedLists(), func(l *schema.RelatedList) bool { return l.Module != nil && l.Module.APIName == name })
		if !slices.Contains(ownedAlong, name) || of == nil {
			refused := q.fault("NOT_SUPPORTED", "the given module is not supported for this api", key, at+".api_name")
			refused.details["api_name"] = "api_name"
			return nil, refused
		}
		along = append(along, related{of, id})
	}
	return along, nil
}

// massChangeOwner is POST {module}/actions/mass_change_owner.
func (c *crm) massChangeOwner(q *request) outcome {
	body, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	ask := &massAsk{body: body}
	if refused = c.readView(q, ask); refused != nil {
		return refused.outcome()
	}
	owner, refused := c.newOwner(q, body)
	if refused != nil {
		return refused.outcome()
	}
	return c.massJobFor(q, ask, "mass_change_owner", "change owner is successfully scheduled", "Updated", func(r *record) *refusal {
		return c.give(q, q.module, r, owner)
	})
}
