package zohohubtest

import (
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

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
	return c.listed(notes, l, q.owns())
}

// getNote is GET {module}/{id}/Notes/{related}.
func (c *crm) getNote(q *request) outcome {
	note, refused := c.noteOf(q)
	if refused != nil {
		return refused.outcome()
	}
	id, _ := parseID(note.id)
	if r := c.table("Notes").get(id); r == nil || !q.owns()(r) {
		return outcome{status: http.StatusNoContent}
	}
	return c.get(note)
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

// updateNotes is PUT {module}/{id}/Notes, deleteNotes the same with DELETE: notes of other records are none here.
func (c *crm) updateNotes(q *request) outcome {
	notes, refused := c.notesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.updateRows(notes, maxRows, "", q.owns())
}

func (c *crm) deleteNotes(q *request) outcome {
	notes, refused := c.notesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.deleteListed(notes, q.owns())
}

// updateNote is PUT {module}/{id}/Notes/{related}, deleteNote the same with DELETE.
func (c *crm) updateNote(q *request) outcome {
	note, refused := c.noteOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.updateRows(note, 1, note.id, q.owns())
}

func (c *crm) deleteNote(q *request) outcome {
	note, refused := c.noteOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.deleteRows(note, []string{note.id}, q.owns())
}

// notesOf is the request as one for the module of notes; refused when the record of the path is not there.
func (c *crm) notesOf(q *request) (*request, *refusal) {
	if c.recordAt(q) == nil {
		return nil, badID()
	}
	notes := *q
	notes.module = c.schema.Module("Notes")
	return &notes, nil
}

// noteOf is the request as one for the note of the path.
func (c *crm) noteOf(q *request) (*request, *refusal) {
	note, refused := c.notesOf(q)
	if refused != nil {
		return nil, refused
	}
	note.id = q.related
	if _, ok := parseID(note.id); !ok {
		return nil, badIDAt(3)
	}
	return note, nil
}

// owns tells of a note whether it is one of the record of the path.
func (q *request) owns() func(*record) bool {
	return func(note *record) bool { return isNoteAt(note, q.module, q.id) }
}

func isNoteAt(note *record, m *schema.Module, id string) bool {
	ref, _ := note.fields["Parent_Id"].(map[string]any)
	of, isSaid := ref["module"].(map[string]any) // SeedFunc may leave it out
	return ref["id"] == id && (!isSaid || of["api_name"] == m.APIName)
}

// notesAt are the notes of a record.
func (c *crm) notesAt(m *schema.Module, id string) []*record {
	t := c.table("Notes")
	var notes []*record
	for _, note := range slices.Clone(t.having("Parent_Id", id)) {
		if r := t.get(note); isNoteAt(r, m, id) {
			notes = append(notes, r)
		}
	}
	return notes
}
