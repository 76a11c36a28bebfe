package zohohubtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// recycleRoutes are the calls about the recycle bin.
var recycleRoutes = []route{
	{method: http.MethodGet, pattern: "settings/recycle_bin", since: "v6", scopes: []string{recycleScope + "READ"}, credits: 1, handle: (*crm).listRecycled},
	{method: http.MethodDelete, pattern: "settings/recycle_bin", since: "v6", scopes: []string{recycleScope + "DELETE"}, credits: 1, handle: (*crm).deleteRecycled},
	{method: http.MethodGet, pattern: "settings/recycle_bin/actions/count", since: "v8", scopes: []string{recycleScope + "READ"}, credits: 1, handle: (*crm).countRecycled},
	{method: http.MethodPost, pattern: "settings/recycle_bin/actions/restore", since: "v8", scopes: []string{recycleScope + "UPDATE"}, credits: 1, handle: (*crm).restoreRecycled},
	{method: http.MethodPost, pattern: "settings/recycle_bin/actions/empty", since: "v8", scopes: []string{recycleScope + "UPDATE"}, credits: 1, handle: (*crm).emptyRecycled},
	{method: http.MethodGet, pattern: "settings/recycle_bin/{id}", since: "v6", scopes: []string{recycleScope + "READ"}, credits: 1, handle: (*crm).getRecycled},
	{method: http.MethodDelete, pattern: "settings/recycle_bin/{id}", since: "v6", scopes: []string{recycleScope + "DELETE"}, credits: 1, handle: (*crm).deleteOneRecycled},
	{method: http.MethodPost, pattern: "settings/recycle_bin/{id}/actions/restore", since: "v8", scopes: []string{recycleScope + "UPDATE"}, credits: 1, handle: (*crm).restoreOneRecycled},
}

const (
	recycleScope = "ZohoCRM.settings.recycle_bin."
	recycleKey   = "recycle_bin"
	maxRestored  = 200 // ids in one call
	// scheduledFrom is more than how many records Zoho works in the background. Here it is done when the answer says so.
	scheduledFrom = 1000
)

// recycled is a record in the recycle bin.
type recycled struct {
	module *schema.Module
	deletedRecord
}

// recycled are the records in the recycle bin, the latest deleted first.
func (c *crm) recycled() []recycled {
	var all []recycled
	for _, m := range c.schema.Modules() {
		t := c.tables[m.APIName]
		if t == nil {
			continue
		}
		c.emptyOld(m)
		for _, d := range t.deleted {
			if d.kept != nil {
				all = append(all, recycled{m, d})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b recycled) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) })
	return all
}

// inBin is the one of them with that id; ok is false when there is none.
func inBin(all []recycled, text string) (recycled, bool) {
	i := slices.IndexFunc(all, func(d recycled) bool { return formatID(d.id) == text })
	if i < 0 {
		return recycled{}, false
	}
	return all[i], true
}

func (d recycled) json() map[string]any {
	name, _ := d.name.(string)
	return map[string]any{
		"id": formatID(d.id), "display_name": name, "deleted_time": formatTime(d.at), "deleted_by": d.by, "owner": d.owner(),
		"module": map[string]any{"api_name": d.module.APIName, "id": d.module.ID},
	}
}

// owner is the record's, or of one without who made it.
func (d recycled) owner() any {
	for _, name := range []string{"Owner", "Created_By"} {
		if ref, ok := d.kept.record.fields[name].(map[string]any); ok {
			return minified(ref)
		}
	}
	return d.by
}

// listRecycled is GET settings/recycle_bin. Where ids are given, filters are not looked at.
func (c *crm) listRecycled(q *request) outcome {
	l := &listing{page: 1, perPage: maxPerPage}
	refused := q.paging(l)
	var by, order string
	if refused == nil {
		by, refused = q.choice("sort_by", "deleted_time", "deleted_time", "display_name", "deleted_by")
	}
	if refused == nil {
		order, refused = q.choice("sort_order", "desc", "asc", "desc")
	}
	var wanted func(recycled) bool
	if refused == nil {
		wanted, refused = q.wantedRecycled()
	}
	if refused != nil {
		return refused.outcome()
	}
	all := slices.DeleteFunc(c.recycled(), func(d recycled) bool { return !wanted(d) })
	slices.SortStableFunc(all, func(a, b recycled) int {
		var n int
		switch by {
		case "display_name":
			n = strings.Compare(a.json()[by].(string), b.json()[by].(string))
		case "deleted_by":
			n = strings.Compare(nameOfRef(a.by), nameOfRef(b.by))
		default:
			n = a.at.Compare(b.at)
		}
		if order == "desc" {
			n = -n
		}
		return n
	})
	var found []any
	for _, d := range all {
		found = append(found, d.json())
	}
	rows, info := pageOf(found, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{recycleKey: rows, "info": info}}
}

func nameOfRef(v any) string {
	ref, _ := v.(map[string]any)
	name, _ := ref["name"].(string)
	return name
}

// getRecycled is GET settings/recycle_bin/{id}.
func (c *crm) getRecycled(q *request) outcome {
	d, ok := inBin(c.recycled(), q.id)
	if !ok {
		return outcome{status: http.StatusNoContent}
	}
	rows, info := pageOf([]any{d.json()}, &listing{page: 1, perPage: maxPerPage})
	return outcome{status: http.StatusOK, body: map[string]any{recycleKey: rows, "info": info}}
}

// countRecycled is GET settings/recycle_bin/actions/count.
func (c *crm) countRecycled(*request) outcome {
	return outcome{status: http.StatusOK, body: map[string]any{"count": len(c.recycled())}}
}

// deleteRecycled is DELETE settings/recycle_bin.
func (c *crm) deleteRecycled(q *request) outcome {
	switch hasIDs, hasFilters := q.query.Has("ids"), q.query.Has("filters"); {
	case hasIDs && hasFilters:
		return ambiguous("ids", "filters").outcome()
	case hasFilters:
		wanted, refused := q.wantedRecycled()
		if refused != nil {
			return refused.outcome()
		}
		for _, d := range c.recycled() {
			if wanted(d) {
				c.purge(d)
			}
		}
		return scheduled("Bulk deletion of records based on filters has been scheduled")
	case !hasIDs:
		return newRefusal(http.StatusBadRequest, "EXPECTED_PARAM_MISSING", "One of the expected parameter is missing",
			map[string]any{"param_names": []any{"ids", "filters"}}).outcome()
	}
	ids, refused := q.listedIDs()
	if refused != nil {
		return refused.outcome()
	}
	return c.purgeAll(q, ids, "record deleted")
}

// deleteOneRecycled is DELETE settings/recycle_bin/{id}.
func (c *crm) deleteOneRecycled(q *request) outcome {
	return c.purgeAll(q, []string{q.id}, "Deleted permanently")
}

func (c *crm) purgeAll(q *request, ids []string, message string) outcome {
	return c.eachRecycled(q, ids, message, "record has been scheduled for deletion", func(d recycled) *refusal {
		c.purge(d)
		return nil
	})
}

// eachRecycled does something with the records of the ids, those that went with others last: they may come along.
func (c *crm) eachRecycled(q *request, ids []string, done, later string, do func(d recycled) *refusal) outcome {
	all := c.recycled()
	results, found, total := make([]rowResult, len(ids)), make([]recycled, len(ids)), 0
	for i, text := range ids {
		d, ok := inBin(all, text)
		if !ok {
			results[i] = failedRow(newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": text}))
			continue
		}
		found[i] = d
		total += 1 + len(c.partsOf(d.module, d.id))
	}
	code, message, status := "SUCCESS", done, http.StatusOK
	if total > scheduledFrom {
		code, message, status = "SCHEDULED", later, http.StatusAccepted
	}
	for _, parts := range []bool{false, true} {
		for i, d := range found {
			if d.kept == nil || (d.kept.parent.module != nil) != parts {
				continue
			}
			if _, still := inBin(c.recycled(), ids[i]); still {
				if refused := do(d); refused != nil {
					results[i] = failedRow(refused)
					continue
				}
			}
			item := doneItem(ids[i], message)
			item["code"] = code
			results[i] = rowResult{item: item}
		}
	}
	return c.batchOutcome(q, results, status, 0).under(recycleKey)
}

// scheduled is the answer to what is done in the background.
func scheduled(message string) outcome {
	return outcome{status: http.StatusAccepted, body: map[string]any{recycleKey: []any{
		map[string]any{"code": "SCHEDULED", "details": map[string]any{}, "message": message, "status": "success"},
	}}}
}

// restoreRecycled is POST settings/recycle_bin/actions/restore.
func (c *crm) restoreRecycled(q *request) outcome {
	body, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	names := []string{"ids", "filters", "restore_all_records"}
	var given, places []any
	for _, name := range names {
		place := map[string]any{"api_name": name, "json_path": "$." + name}
		places = append(places, place)
		if v := body[name]; v != nil && v != false {
			given = append(given, place)
		}
	}
	all, isFlag := body["restore_all_records"].(bool)
	switch {
	case len(given) == 0:
		return newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "One of the expected field is missing", map[string]any{"expected_fields": places}).outcome()
	case len(given) > 1:
		return newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "ambiguity during processing", map[string]any{"ambiguity_due_to": given}).outcome()
	case body["restore_all_records"] != nil && !isFlag:
		return q.fault("INVALID_DATA", "invalid data", "restore_all_records", "", "expected_data_type", "boolean").outcome()
	case all:
		return c.restoreWhere(func(recycled) bool { return true })
	case body["filters"] != nil:
		wanted, refused := q.recycleFilter(body["filters"])
		if refused != nil {
			return refused.outcome()
		}
		return c.restoreWhere(wanted)
	}
	list, refused := q.items(body, "ids", maxRestored)
	if refused != nil {
		return refused.outcome()
	}
	ids := make([]string, len(list))
	for i, v := range list {
		text, ok := scalarText(v)
		if !ok {
			return q.fault("INVALID_DATA", "invalid data", "ids", indexed("", i), "expected_data_type", "bigint").outcome()
		}
		ids[i] = text
	}
	return c.restoreAll(q, ids)
}

func (c *crm) restoreOneRecycled(q *request) outcome { return c.restoreAll(q, []string{q.id}) }

func (c *crm) restoreAll(q *request, ids []string) outcome {
	return c.eachRecycled(q, ids, "record restored", "record has been scheduled for restoration", func(d recycled) *refusal {
		if p := d.kept.parent; p.module != nil && c.table(p.module.APIName).held(p.id) == nil {
			return newRefusal(http.StatusBadRequest, "CANNOT_RESTORE_WITHOUT_PARENT", "cannot restore the record without its parent", map[string]any{"id": formatID(d.id)})
		}
		c.restore(d.module, d.id)
		return nil
	})
}

// restoreWhere restores what is wanted; what hangs on a record that stays where it is stays too.
func (c *crm) restoreWhere(wanted func(recycled) bool) outcome {
	for _, parts := range []bool{false, true} {
		for _, d := range c.recycled() {
			p := d.kept.parent
			if wanted(d) && (p.module != nil) == parts && (!parts || c.table(p.module.APIName).held(p.id) != nil) {
				c.restore(d.module, d.id)
			}
		}
	}
	return scheduled("Bulk restoration of records based on filters has been scheduled")
}

// emptyRecycled is POST settings/recycle_bin/actions/empty.
func (c *crm) emptyRecycled(*request) outcome {
	all := c.recycled()
	for _, d := range all {
		c.purge(d)
	}
	code, message, status := "SUCCESS", "recyclebin is cleared", http.StatusOK
	if len(all) > scheduledFrom {
		code, message, status = "SCHEDULED", "Empty bin action has been scheduled", http.StatusAccepted
	}
	return outcome{status: status, body: map[string]any{"code": code, "details": map[string]any{}, "message": message, "status": "success"}}
}
