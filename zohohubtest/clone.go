package zohohubtest

import (
	"maps"
	"net/http"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// cloneRecord is POST {module}/{id}/actions/clone: a copy of what can be written, but for what the body says otherwise. The
// body may be left out.
func (c *crm) cloneRecord(q *request) outcome {
	r := c.recordAt(q)
	if r == nil {
		return badID().outcome()
	}
	b := &batch{key: "data", rows: []any{map[string]any{}}}
	if len(q.body) > 0 {
		var refused *refusal
		if b, refused = q.batch(1); refused != nil {
			return refused.outcome()
		}
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	a := c.eachRow(q, b, http.StatusCreated, func(i int, changes map[string]any) (map[string]any, *refusal) {
		row := c.copied(q.module, r)
		maps.Copy(row, changes)
		made, refused := w.insert(i, row)
		if refused != nil {
			return nil, refused
		}
		return w.done(made, "record added"), nil
	})
	a.credits = 0
	return a
}

// copied is a record as the row that would make it. Files stay with the record that has them.
func (c *crm) copied(m *schema.Module, r *record) map[string]any {
	row := map[string]any{}
	for _, f := range m.Fields {
		v := r.fields[f.APIName]
		switch {
		case !f.Create, f.DataType == "fileupload", f.DataType == "imageupload":
		case f.Link != nil:
			rows := []any{}
			for _, link := range c.links(f, r.id) {
				rows = append(rows, map[string]any{f.Link.There: link.fields[f.Link.There]})
			}
			row[f.APIName] = rows
		case f.DataType == "subform":
			rows, _ := v.([]any)
			copies := make([]any, len(rows))
			for i, item := range rows {
				fields, _ := item.(map[string]any)
				copies[i] = c.copiedRow(f, fields)
			}
			row[f.APIName] = copies
		case v != nil:
			row[f.APIName] = v
		}
	}
	for _, name := range []string{"$se_module", "$line_tax"} {
		if v := r.fields[name]; v != nil {
			row[name] = v
		}
	}
	return row
}

// copiedRow is a row of a subform without what is its own.
func (c *crm) copiedRow(subform *schema.Field, fields map[string]any) map[string]any {
	row := map[string]any{}
	for _, f := range c.schema.Module(subform.Subform).Fields {
		if v := fields[f.APIName]; v != nil && f.Create && f.DataType != "fileupload" && f.DataType != "imageupload" {
			row[f.RowKeyIn("v8")] = v
		}
	}
	return row
}
