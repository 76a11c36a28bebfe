package zohohubtest

// listNotes is GET {module}/{id}/Notes: the notes of one record.
func (c *crm) listNotes(q *request) outcome {
	notes, refused := c.notesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	l, refused := c.readList(notes)
	if refused != nil {
		return refused.outcome()
	}
	return c.listed(notes, l, func(r *record) bool {
		ref, _ := r.fields["Parent_Id"].(map[string]any)
		return ref["id"] == q.id
	})
}

// addNotes is POST {module}/{id}/Notes: the rows need not say whose notes they are.
func (c *crm) addNotes(q *request) outcome {
	notes, refused := c.notesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	b, refused := notes.batch(maxRows)
	if refused != nil {
		return refused.outcome()
	}
	for _, item := range b.rows {
		if row, ok := item.(map[string]any); ok {
			row["Parent_Id"] = map[string]any{"id": q.id, "module": map[string]any{"api_name": q.module.APIName}}
		}
	}
	return c.insertAll(notes, b)
}

// notesOf is the request as one for the module of notes; refused when the record of the path is not there.
func (c *crm) notesOf(q *request) (*request, *refusal) {
	id, ok := parseID(q.id)
	if !ok || c.table(q.module.APIName).get(id) == nil {
		return nil, badID()
	}
	notes := *q
	notes.module = c.schema.Module("Notes")
	return &notes, nil
}
