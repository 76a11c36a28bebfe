package zohohubtest

import (
	"net/http"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// deletedRecord is what is left of a record: sixty days in the recycle bin, then for a while its id alone.
type deletedRecord struct {
	id        int64
	name      any
	at        time.Time
	by        any
	createdBy any
	pointed   map[pointer]any // the lookups that led to it
	kept      *keptRecord     // what would be restored; nil once it is gone for good
}

const (
	recycleLife  = 60 * 24 * time.Hour
	permanentEnd = recycleLife + 120*24*time.Hour
)

// bin takes a record out of its table, its notes too, and remembers them for as long as Zoho does.
func (c *crm) bin(m *schema.Module, r *record, by map[string]any) {
	c.relatedly(func() {
		for _, note := range c.notesAt(m, formatID(r.id)) {
			c.bin(c.schema.Module("Notes"), note, by)
			last := c.table("Notes").deleted
			last[len(last)-1].kept.parent = pointedRecord{m, r.id}
		}
	})
	t := c.table(m.APIName)
	now := c.second()
	for len(t.deleted) > 0 && now.Sub(t.deleted[0].at) >= permanentEnd {
		t.deleted = t.deleted[1:] // the oldest stand first
	}
	c.emptyOld(m)
	gone := deletedRecord{id: r.id, name: c.nameOf(m, r), at: now, by: minified(by), createdBy: r.fields["Created_By"], kept: c.keep(m, r)}
	c.forget(m, r)
	gone.pointed = c.unpoint(m, formatID(r.id))
	t.deleted = append(t.deleted, gone)
}

// forget takes a record out of its table and of what sums it up, and with it all that is its own alone: its notes,
// attachments and photo, and its rows of linking modules.
func (c *crm) forget(m *schema.Module, r *record) {
	c.table(m.APIName).remove(r.id)
	c.note(m, deleting, r, nil)
	c.relatedly(func() { c.forgetParts(m, r) })
	c.rollUp(m, r)
}

// forgetParts takes out what is a record's own.
func (c *crm) forgetParts(m *schema.Module, r *record) {
	id := formatID(r.id)
	for _, note := range c.notesAt(m, id) {
		c.forget(c.schema.Module("Notes"), note)
	}
	for _, a := range c.attachments(m, id) {
		c.detach(a)
	}
	c.dropPhoto(photoID(r))
	for _, link := range c.linkingRows(m, id) {
		c.forget(link.module, link.record)
	}
	delete(c.locks, keyOf(m, r.id))
}

// linkingRow is a record of a linking module.
type linkingRow struct {
	module *schema.Module
	record *record
}

// linkingRows are those that link a record with others.
func (c *crm) linkingRows(m *schema.Module, id string) []linkingRow {
	var rows []linkingRow
	for _, linking := range c.schema.Modules() {
		if linking.GeneratedType != "linking" {
			continue
		}
		for _, f := range linking.Fields {
			if f.DataType != "lookup" || f.Lookup != m.APIName {
				continue
			}
			t := c.table(linking.APIName)
			for _, row := range t.having(f.APIName, id) {
				if !slices.ContainsFunc(rows, func(l linkingRow) bool { return l.record.id == row }) { // it may link a record with itself
					rows = append(rows, linkingRow{linking, t.held(row)})
				}
			}
		}
	}
	return rows
}

// listDeleted is GET {module}/deleted, the latest first.
func (c *crm) listDeleted(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	kind := q.query.Get("type")
	if refused == nil && !slices.Contains([]string{"", "all", "recycle", "permanent"}, kind) {
		refused = badPattern("type")
	}
	if refused == nil {
		l.since, refused = q.modifiedSince()
	}
	if refused != nil {
		return refused.outcome()
	}
	var found []any
	for _, d := range slices.Backward(c.table(q.module.APIName).deleted) {
		age := c.now().Sub(d.at)
		state := "recycle"
		if age >= recycleLife || d.kept == nil {
			state = "permanent"
		}
		if age >= permanentEnd || kind != "" && kind != "all" && kind != state || !l.since.IsZero() && !d.at.After(l.since) {
			continue
		}
		row := map[string]any{
			"id": formatID(d.id), "type": state, "deleted_time": formatTime(d.at), "display_name": nil, "deleted_by": nil, "created_by": nil,
		}
		if state == "recycle" {
			row["display_name"], row["deleted_by"] = d.name, d.by
			if by, ok := d.createdBy.(map[string]any); ok {
				row["created_by"] = minified(by)
			}
		}
		found = append(found, row)
	}
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		if !l.since.IsZero() {
			return outcome{status: http.StatusNotModified}
		}
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows, "info": info}}
}
