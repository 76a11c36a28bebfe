package zohohubtest

import "net/http"

// listLayouts is GET settings/layouts?module=….
func (c *crm) listLayouts(q *request) outcome {
	m, refused := c.settingsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	layouts := m.LayoutsJSON(q.version.name)
	if len(layouts) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return c.metadata(q, "layouts", layouts)
}

// getLayout is GET settings/layouts/{id}?module=….
func (c *crm) getLayout(q *request) outcome {
	m, refused := c.settingsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	if q.id != m.LayoutID() {
		return outcome{status: http.StatusNoContent}
	}
	return c.listLayouts(q)
}
