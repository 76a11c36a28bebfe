package zohohubtest

import (
	"net/http"
)

// rowResult is what became of one row of a batch.
type rowResult struct {
	item   map[string]any
	failed *refusal
}

func failedRow(refused *refusal) rowResult { return rowResult{item: refused.item(), failed: refused} }

// insertMany is POST {module}.
func (c *crm) insertMany(q *request) outcome {
	b, refused := q.batch(maxRows)
	if refused != nil {
		return refused.outcome()
	}
	return c.insertAll(q, b)
}

func (c *crm) insertAll(q *request, b *batch) outcome {
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	w.skipsBlueprint = b.skipsBlueprint
	return c.eachRow(q, b, http.StatusCreated, func(i int, row map[string]any) (map[string]any, *refusal) {
		r, refused := w.insert(i, row)
		if refused != nil {
			return nil, refused
		}
		return w.done(r, "record added"), nil
	})
}

// updateMany is PUT {module}.
func (c *crm) updateMany(q *request) outcome { return c.updateRows(q, maxRows, "", anyRecord) }

func anyRecord(*record) bool { return true }

// updateOne is PUT {module}/{id}.
func (c *crm) updateOne(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badID().outcome()
	}
	return c.updateRows(q, 1, q.id, anyRecord)
}

// updateRows changes the records that the rows name, or the one that the path does, out of those that among takes.
func (c *crm) updateRows(q *request, limit int, pathID string, among func(*record) bool) outcome {
	b, refused := q.batch(limit)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	w.byPath, w.skipsBlueprint = pathID != "", b.skipsBlueprint
	if w.unmodifiedSince, refused = q.timeHeader("If-Unmodified-Since"); refused != nil {
		return refused.outcome()
	}
	return c.eachRow(q, b, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		text := pathID
		if text == "" {
			text, _ = scalarText(row["id"])
		}
		old, refused := w.find(i, text, among)
		if refused != nil {
			return nil, refused
		}
		r, refused := w.update(i, old, row)
		if refused != nil {
			return nil, refused
		}
		return w.done(r, "record updated"), nil
	})
}

// find is the record that a row names by its id, out of those that among takes.
func (w *write) find(i int, text string, among func(*record) bool) (*record, *refusal) {
	s := site{path: rowPath(i), name: "id"}
	if text == "" {
		return nil, w.mandatory(s)
	}
	id, ok := parseID(text)
	if !ok {
		return nil, w.expected(s, "bigint")
	}
	r := w.c.table(w.module.APIName).get(id)
	if r == nil || !among(r) {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": text})
	}
	return r, nil
}

// upsert is POST {module}/upsert. A row updates the oldest record that has its value in the first of the check fields in
// which any has; else it is inserted. A row with an id updates that record.
func (c *crm) upsert(q *request) outcome {
	b, refused := q.batch(maxRows)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	w.skipsBlueprint = b.skipsBlueprint
	if w.unmodifiedSince, refused = q.timeHeader("If-Unmodified-Since"); refused != nil {
		return refused.outcome()
	}
	checks := b.checkFields
	if checks == nil {
		if f := q.module.Field(q.module.DuplicateCheck); f != nil {
			checks = append(checks, f)
		}
		for _, f := range q.module.Fields {
			if f.Unique {
				checks = append(checks, f)
			}
		}
	}
	return c.eachRow(q, b, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		var old *record
		var by any
		if text, _ := scalarText(row["id"]); text != "" {
			if old, refused = w.find(i, text, anyRecord); refused != nil {
				return nil, refused
			}
		}
		for k := 0; old == nil && k < len(checks); k++ {
			name := checks[k].APIName
			if row[name] == nil {
				continue
			}
			// In the form in which it is stored; what is refused here will be where it is written.
			v, refused := w.value(checks[k], site{path: rowPath(i), name: name}, row[name], nil)
			if t := c.table(q.module.APIName); refused == nil {
				if ids := t.having(name, v); len(ids) > 0 {
					old, by = t.get(ids[0]), name
				}
			}
		}
		if old == nil {
			r, refused := w.insert(i, row)
			if refused != nil {
				return nil, refused
			}
			item := w.done(r, "record added")
			item["action"], item["duplicate_field"] = "insert", nil
			return item, nil
		}
		r, refused := w.update(i, old, row)
		if refused != nil {
			return nil, refused
		}
		item := w.done(r, "record updated")
		item["action"], item["duplicate_field"] = "update", by
		return item, nil
	})
}

// deleteMany is DELETE {module}?ids=….
func (c *crm) deleteMany(q *request) outcome { return c.deleteListed(q, anyRecord) }

func (c *crm) deleteListed(q *request, among func(*record) bool) outcome {
	ids, refused := q.listedIDs()
	if refused != nil {
		return refused.outcome()
	}
	return c.deleteRows(q, ids, among)
}

// listedIDs are the ids that a call must name in its query, as they were sent.
func (q *request) listedIDs() ([]string, *refusal) {
	switch ids := splitComma(q.query.Get("ids")); {
	case len(ids) == 0:
		return nil, missingParam("ids")
	case len(ids) > maxIDs:
		return nil, limitExceeded("ids", maxIDs)
	default:
		return ids, nil
	}
}

// deleteOne is DELETE {module}/{id}.
func (c *crm) deleteOne(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badID().outcome()
	}
	return c.deleteRows(q, []string{q.id}, anyRecord)
}

func (c *crm) deleteRows(q *request, ids []string, among func(*record) bool) outcome {
	if refused := q.flag("wf_trigger"); refused != nil {
		return refused.outcome()
	}
	by := c.newWrite(q.module, q.version, q.grant.UserID).by
	t := c.table(q.module.APIName)
	results := make([]rowResult, len(ids))
	for i, text := range ids {
		id, ok := parseID(text)
		var r *record
		if ok {
			r = t.get(id)
		}
		if r == nil || !among(r) {
			results[i] = failedRow(newRefusal(http.StatusBadRequest, "INVALID_DATA", "record not deleted", map[string]any{"id": text}))
			continue
		}
		if c.isLocked(q.module, id) {
			results[i] = failedRow(recordLocked(id))
			continue
		}
		c.bin(q.module, r, by)
		results[i] = rowResult{item: doneItem(text, "record deleted")}
	}
	return c.batchOutcome(q, results, http.StatusOK, 0)
}

// doneItem is the item of a row of which there is nothing to tell but its id.
func doneItem(id, message string) map[string]any {
	return map[string]any{"code": "SUCCESS", "details": map[string]any{"id": id}, "message": message, "status": "success"}
}

// eachRow gives every row of a batch to write, in order, and answers with what became of them.
func (c *crm) eachRow(q *request, b *batch, success int, write func(i int, row map[string]any) (map[string]any, *refusal)) outcome {
	results := make([]rowResult, len(b.rows))
	for i, item := range b.rows {
		row, ok := item.(map[string]any)
		if !ok {
			results[i] = failedRow(q.fault("INVALID_DATA", "invalid data", b.key, indexed("", i), "expected_data_type", "jsonobject"))
			continue
		}
		done, refused := write(i, row)
		if refused != nil {
			done = refused.item()
		}
		results[i] = rowResult{item: done, failed: refused}
	}
	return c.batchOutcome(q, results, success, (len(b.rows)+9)/10).under(b.key)
}

// eachOf is eachRow for a body whose rows, under another key than data, are no records: they cost what the call does.
func (c *crm) eachOf(q *request, key string, limit, success int, write func(i int, row map[string]any) (map[string]any, *refusal)) outcome {
	object, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	rows, refused := q.items(object, key, limit)
	if refused != nil {
		return refused.outcome()
	}
	a := c.eachRow(q, &batch{key: key, rows: rows}, success, write)
	a.credits = 0
	return a
}

// under moves the results of a batch to another key.
func (a outcome) under(key string) outcome {
	body := a.body.(map[string]any)
	items := body["data"]
	delete(body, "data")
	body[key] = items
	return a
}

// batchOutcome puts the rows' results into one answer, whose status says whether all, some or none succeeded.
func (c *crm) batchOutcome(q *request, results []rowResult, success, credits int) outcome {
	items := make([]any, len(results))
	failed, stale := 0, 0
	for i, result := range results {
		items[i] = result.item
		if result.failed != nil {
			failed++
			if result.failed.status == http.StatusPreconditionFailed {
				stale++
			}
		}
	}
	status := success
	switch {
	case failed == 0:
	case stale == len(results):
		status = http.StatusPreconditionFailed
	case c.failureStatus != 0:
		status = c.failureStatus
	case failed == len(results):
		status = q.version.failed
	default:
		status = q.version.partial
	}
	return outcome{status: status, body: map[string]any{"data": items}, credits: credits}
}
