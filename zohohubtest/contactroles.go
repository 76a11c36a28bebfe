package zohohubtest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// contactRole is what a contact is in a deal.
type contactRole struct {
	id, name string
	sequence int
}

const (
	rolesKey = "contact_roles"
	// maxRoleName is how long the name of a contact role may be.
	maxRoleName = 50
)

// defaultRoles are those that every organisation starts with.
func defaultRoles() []contactRole {
	var roles []contactRole
	for i, name := range []string{
		"Developer/Evaluator", "Decision Maker", "Purchasing", "Executive Sponsor", "Engineering Lead", "Economic Decision Maker",
		"Product Management",
	} {
		roles = append(roles, contactRole{id: formatID(3_652_397_000_000_006_871 + int64(i)), name: name, sequence: i + 1})
	}
	return roles
}

func (r contactRole) json() map[string]any {
	return map[string]any{"id": r.id, "name": r.name, "sequence_number": r.sequence}
}

// roleBy is where a role stands, -1 when there is none.
func (c *crm) roleBy(is func(contactRole) bool) int { return slices.IndexFunc(c.roles, is) }

func (c *crm) roleAt(id string) int { return c.roleBy(func(r contactRole) bool { return r.id == id }) }

// contactRole takes a role by its id or else by its name, before v4 the id alone, and keeps the id.
func (w *write) contactRole(_ *schema.Field, s site, v any) (any, *refusal) {
	if v == nil {
		return nil, nil
	}
	object, ok := v.(map[string]any)
	if text, isText := v.(string); isText && w.version.bareRole {
		object, ok = map[string]any{"id": text}, true
	}
	if !ok {
		return nil, w.expected(s, "jsonobject")
	}
	id, _ := scalarText(object["id"])
	name, _ := object["name"].(string)
	i := w.c.roleBy(func(r contactRole) bool { return id != "" && r.id == id || id == "" && strings.EqualFold(r.name, name) })
	switch {
	case id == "" && name == "":
		return nil, w.mandatory(s.at("id"))
	case i < 0:
		return nil, w.fault(s, "INVALID_DATA", "invalid data")
	}
	return w.c.roles[i].id, nil
}

// shownRole is a link's role as an answer has it; null once the role is gone.
func (c *crm) shownRole(v any, in *version) any {
	id, _ := v.(string)
	i := c.roleAt(id)
	switch {
	case i < 0:
		return nil
	case in.bareRole:
		return id
	}
	return map[string]any{"id": id, "name": c.roles[i].name}
}

// listRoles is GET Contacts/roles.
func (c *crm) listRoles(*request) outcome {
	roles := make([]any, len(c.roles))
	for i, r := range c.roles {
		roles[i] = r.json()
	}
	return outcome{status: http.StatusOK, body: map[string]any{rolesKey: roles}} // there is always one
}

// getRole is GET Contacts/roles/{id}.
func (c *crm) getRole(q *request) outcome {
	i := c.roleAt(q.id)
	if i < 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{rolesKey: []any{c.roles[i].json()}}}
}

// addRoles is POST Contacts/roles.
func (c *crm) addRoles(q *request) outcome {
	return c.eachRole(q, maxRows, func(w *write, s site, row map[string]any) (id, message string, refused *refusal) {
		role := contactRole{sequence: len(c.roles) + 1}
		if row["name"] == nil || row["name"] == "" {
			s.name = "name"
			return "", "", w.mandatory(s)
		}
		if refused = w.role(&role, s, row); refused != nil {
			return "", "", refused
		}
		role.id = formatID(c.nextID())
		c.roles = append(c.roles, role)
		return role.id, "contact role added", nil
	})
}

// updateRoles is PUT Contacts/roles, updateRole PUT Contacts/roles/{id}.
func (c *crm) updateRoles(q *request) outcome {
	return c.changeRoles(q, maxRows, func(w *write, s site, row map[string]any) (string, *refusal) {
		text, _ := scalarText(row["id"])
		if text == "" {
			s.name = "id"
			return "", w.mandatory(s)
		}
		return text, nil
	})
}

func (c *crm) updateRole(q *request) outcome {
	return c.changeRoles(q, 1, func(*write, site, map[string]any) (string, *refusal) { return q.id, nil })
}

func (c *crm) changeRoles(q *request, limit int, named func(w *write, s site, row map[string]any) (string, *refusal)) outcome {
	return c.eachRole(q, limit, func(w *write, s site, row map[string]any) (id, message string, refused *refusal) {
		if id, refused = named(w, s, row); refused != nil {
			return "", "", refused
		}
		i := c.roleAt(id)
		if i < 0 {
			return "", "", unknownRole(id)
		}
		role := c.roles[i]
		if refused = w.role(&role, s, row); refused != nil {
			return "", "", refused
		}
		c.roles[i] = role
		return role.id, "contact role updated", nil
	})
}

func unknownRole(id string) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data", map[string]any{"id": id})
}

// role takes over what a row says of a role.
func (w *write) role(role *contactRole, s site, row map[string]any) *refusal {
	if v, ok := row["name"]; ok {
		s.name = "name"
		name, isText := v.(string)
		switch {
		case !isText:
			return w.expected(s, "text")
		case name == "":
			return w.mandatory(s)
		case len([]rune(name)) > maxRoleName:
			return w.tooLong(s, maxRoleName)
		}
		if i := w.c.roleBy(func(r contactRole) bool { return r.id != role.id && strings.EqualFold(r.name, name) }); i >= 0 {
			return w.fault(s, "DUPLICATE_DATA", "duplicate data", "id", w.c.roles[i].id)
		}
		role.name = name
	}
	if v := row["sequence_number"]; v != nil {
		n, _ := v.(json.Number)
		number, err := strconv.ParseInt(n.String(), 10, 32)
		if err != nil || number < 1 {
			s.name = "sequence_number"
			return w.expected(s, "integer")
		}
		role.sequence = int(number)
	}
	return nil
}

// eachRole gives every row of a request to write, and answers with what became of them.
func (c *crm) eachRole(q *request, limit int, write func(w *write, s site, row map[string]any) (id, message string, refused *refusal)) outcome {
	w := c.newWrite(c.schema.Module("Contacts"), q.version, q.grant.UserID)
	a := c.eachOf(q, rolesKey, limit, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		id, message, refused := write(w, site{path: indexed("$."+rolesKey, i)}, row)
		if refused != nil {
			return nil, refused
		}
		return doneItem(id, message), nil
	})
	slices.SortStableFunc(c.roles, func(a, b contactRole) int { return cmp.Compare(a.sequence, b.sequence) })
	return a
}

// deleteRoles is DELETE Contacts/roles?ids=…, deleteRole DELETE Contacts/roles/{id}. The last role stays.
func (c *crm) deleteRoles(q *request) outcome {
	ids, refused := q.listedIDs()
	switch {
	case refused != nil && refused.code == "REQUIRED_PARAM_MISSING":
		return named("ids", refused).outcome()
	case refused != nil:
		return refused.outcome()
	}
	return c.dropRoles(q, ids)
}

func (c *crm) deleteRole(q *request) outcome { return c.dropRoles(q, []string{q.id}) }

func (c *crm) dropRoles(q *request, ids []string) outcome {
	results := make([]rowResult, len(ids))
	for i, id := range ids {
		switch at := c.roleAt(id); {
		case at < 0:
			results[i] = failedRow(unknownRole(id))
		case len(c.roles) == 1:
			results[i] = failedRow(newRefusal(http.StatusBadRequest, "LOWER_LIMIT_REACHED", "Lower limit reached", map[string]any{"limit": 1, "id": id}))
		default:
			c.roles = slices.Delete(c.roles, at, at+1)
			results[i] = rowResult{item: doneItem(id, "contact role deleted")}
		}
	}
	return c.batchOutcome(q, results, http.StatusOK, 0).under(rolesKey)
}
