package zohohubtest

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// listModules is GET settings/modules.
func (c *crm) listModules(q *request) outcome {
	var wanted []string
	if q.version.moduleStatus {
		wanted = splitComma(q.query.Get("status"))
	}
	if slices.ContainsFunc(wanted, func(status string) bool { return !slices.Contains(schema.Statuses, status) }) {
		return badPattern("status").outcome()
	}
	modules := []any{}
	for _, m := range c.schema.Modules() {
		if len(wanted) == 0 || slices.Contains(wanted, m.Status()) {
			modules = append(modules, m.JSON(q.version.name, false))
		}
	}
	if len(modules) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return c.metadata(q, "modules", modules)
}

// getModule is GET settings/modules/{API name or id}.
func (c *crm) getModule(q *request) outcome {
	m := c.schema.Module(q.id)
	if m == nil {
		m = c.schema.ModuleByID(q.id)
	}
	if m == nil {
		return unknownModule(map[string]any{"resource_path_index": 2}).outcome()
	}
	return c.metadata(q, "modules", []any{m.JSON(q.version.name, true)})
}

// listFields is GET settings/fields?module=….
func (c *crm) listFields(q *request) outcome {
	m, refused := c.fieldsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	which := cmp.Or(q.query.Get("type"), "used")
	if !slices.Contains([]string{"all", "used", "unused"}, which) {
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data",
			map[string]any{"api_name": "type", "json_path": "$.query.type"}).outcome()
	}
	fields := m.FieldsJSON(q.version.name, which)
	if len(fields) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return c.metadata(q, "fields", fields)
}

// getField is GET settings/fields/{id}?module=….
func (c *crm) getField(q *request) outcome {
	m, refused := c.fieldsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	for _, f := range m.Fields {
		if f.ID == q.id {
			return c.metadata(q, "fields", []any{f.JSON(q.version.name)})
		}
	}
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid",
		map[string]any{"api_name": "field", "json_path": "$.path.field"}).outcome()
}

// listPickListValues is GET settings/fields/{id}/pick_list_values?module=….
func (c *crm) listPickListValues(q *request) outcome {
	m, refused := c.settingsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	for _, f := range m.Fields {
		if f.ID == q.id && f.In(q.version.name) {
			return allOrNone("pick_list_values", f.PickListJSON())
		}
	}
	return badIDAt(2).outcome()
}

func (c *crm) fieldsModule(q *request) (*schema.Module, *refusal) {
	name := q.query.Get("module")
	if name == "" {
		return nil, missingParam("module")
	}
	if m := c.schema.Module(name); m != nil {
		return m, nil
	}
	return nil, unknownModule(map[string]any{"api_name": "module"})
}

// metadata answers with modules or fields, unless nothing of the organisation's has changed since a caller's copy.
func (c *crm) metadata(q *request, key string, list []any) outcome {
	since, refused := q.modifiedSince()
	switch {
	case refused != nil:
		return refused.outcome()
	case !since.IsZero() && !c.remodelled.After(since):
		return outcome{status: http.StatusNotModified}
	}
	return outcome{status: http.StatusOK, body: map[string]any{key: list}}
}

func unknownModule(details map[string]any) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_MODULE", "the module name given seems to be invalid", details)
}
