package zohohubtest

import (
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// listModules is GET settings/modules.
func (c *crm) listModules(q *request) outcome {
	if status := splitComma(q.query.Get("status")); len(status) > 0 && !slices.Contains(status, "visible") {
		return outcome{status: http.StatusNoContent}
	}
	modules := []any{}
	for _, m := range c.schema.Modules() {
		modules = append(modules, m.JSON(q.version.name, false))
	}
	return outcome{status: http.StatusOK, body: map[string]any{"modules": modules}}
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
	return outcome{status: http.StatusOK, body: map[string]any{"modules": []any{m.JSON(q.version.name, true)}}}
}

// listFields is GET settings/fields?module=….
func (c *crm) listFields(q *request) outcome {
	m, refused := c.fieldsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	switch kind := q.query.Get("type"); kind {
	case "", "all", "used":
	case "unused":
		return outcome{status: http.StatusNoContent}
	default:
		return badPattern("type").outcome()
	}
	fields := []any{}
	for _, f := range m.Fields {
		fields = append(fields, f.JSON(q.version.name))
	}
	return outcome{status: http.StatusOK, body: map[string]any{"fields": fields}}
}

// getField is GET settings/fields/{id}?module=….
func (c *crm) getField(q *request) outcome {
	m, refused := c.fieldsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	for _, f := range m.Fields {
		if f.ID == q.id {
			return outcome{status: http.StatusOK, body: map[string]any{"fields": []any{f.JSON(q.version.name)}}}
		}
	}
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"resource_path_index": 2}).outcome()
}

func (c *crm) fieldsModule(q *request) (*schema.Module, *refusal) {
	name := q.query.Get("module")
	if name == "" {
		return nil, missingParam("module")
	}
	if m := c.schema.Module(name); m != nil {
		return m, nil
	}
	return nil, unknownModule(map[string]any{"param_name": "module"})
}

func unknownModule(details map[string]any) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_MODULE", "the module name given seems to be invalid", details)
}
