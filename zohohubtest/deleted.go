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
}

const (
	recycleLife  = 60 * 24 * time.Hour
	permanentEnd = recycleLife + 120*24*time.Hour
)

// bin takes a record out of its table and remembers it for as long as Zoho does.
func (c *crm) bin(m *schema.Module, r *record, by map[string]any) {
	t := c.table(m.APIName)
	now := c.second()
	for len(t.deleted) > 0 && now.Sub(t.deleted[0].at) >= permanentEnd {
		t.deleted = t.deleted[1:] // the oldest stand first
	}
	t.deleted = append(t.deleted, deletedRecord{id: r.id, name: c.nameOf(m, r), at: now, by: minified(by), createdBy: r.fields["Created_By"]})
	c.forget(m, r)
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
		if age >= recycleLife {
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
