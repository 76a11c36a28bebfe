package zohohubtest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

const (
	mergeKey    = "merge"
	maxChildren = 2
	// manyRelated is how many records in one list of a record's make Zoho merge or convert it later, by a job.
	manyRelated = 1000
)

// mergeable are the standard modules whose records can be merged; those of custom modules can too.
var mergeable = []string{"Leads", "Contacts", "Accounts", "Deals", "Vendors"}

// merging is a merge that was checked.
type merging struct {
	master   *record
	children []*record
	// taken is what the master gets: the values of the children's fields, and for file fields the rows that stay.
	taken map[string]any
}

// mergeRecords is POST {module}/{id}/actions/merge.
func (c *crm) mergeRecords(q *request) outcome {
	if q.module.GeneratedType != "custom" && !slices.Contains(mergeable, q.module.APIName) {
		return newRefusal(http.StatusBadRequest, "INVALID_MODULE", "the given module is not supported for this api", map[string]any{"resource_path_index": 0}).outcome()
	}
	master := c.recordAt(q)
	switch {
	case master == nil:
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "Master record id is not available", map[string]any{"resource_path_index": 1}).outcome()
	case q.module.APIName == "Deals" && isClosed(q.module, master):
		return newRefusal(http.StatusBadRequest, "NOT_ALLOWED", "Only Open Deals can be merged",
			map[string]any{"api_name": "record", "resource_path_index": 1}).outcome()
	}
	body, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	list, _ := body[mergeKey].([]any)
	if len(list) != 1 {
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data", nil).outcome()
	}
	row, _ := list[0].(map[string]any)
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	m, refused := w.merging(master, row)
	if refused == nil {
		refused = w.mayMerge(m)
	}
	if refused != nil {
		return c.batchOutcome(q, []rowResult{failedRow(refused)}, http.StatusCreated, 0).under(mergeKey)
	}
	item := map[string]any{
		"code": "SUCCESS", "details": map[string]any{"id": q.id}, "message": "The records has been merged successfully", "status": "success",
	}
	if slices.ContainsFunc(m.children, func(r *record) bool { return c.hangOn(q.module, r) > manyRelated }) {
		j := &job{asked: q, action: mergeKey, master: master.id, work: func(*job) { c.merge(q, m) }}
		for _, r := range m.children {
			j.child = append(j.child, r.id)
		}
		item["code"], item["message"] = "SCHEDULED", "The records have been scheduled in a scheduler"
		item["details"] = map[string]any{"job_id": c.schedule(j)}
	} else {
		c.merge(q, m)
	}
	return outcome{status: http.StatusCreated, body: map[string]any{mergeKey: []any{item}}}
}

// mergeJob is GET {module}/{id}/actions/merge?job_id=…; without one it is the latest merge of the record.
func (c *crm) mergeJob(q *request) outcome {
	id, ok := parseID(q.id)
	if !ok || c.recordAt(q) == nil {
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "Master record is not found", map[string]any{"resource_path_index": 1}).outcome()
	}
	var found *job
	for _, j := range c.jobs {
		if asked := q.query.Get("job_id"); j.action == mergeKey && j.asked.module == q.module && j.master == id && cmp.Or(asked, j.id) == j.id {
			found = j
		}
	}
	if found == nil {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{mergeKey: []any{map[string]any{"job_id": found.id, "status": c.look(found)}}}}
}

// isClosed tells whether a deal is won or lost, by its stage.
func isClosed(m *schema.Module, r *record) bool {
	for _, p := range m.Field("Stage").PickList {
		if p.Display == r.fields["Stage"] {
			return p.Forecast == "Closed Won" || p.Forecast == "Closed Lost"
		}
	}
	return false
}

// merging checks what a call says of a merge.
func (w *write) merging(master *record, row map[string]any) (*merging, *refusal) {
	const path = "$.merge[0]"
	m := &merging{master: master, taken: map[string]any{}}
	at := site{path: path, name: "data"}
	list, _ := row["data"].([]any)
	switch {
	case len(list) == 0:
		return nil, w.fault(at, "INVALID_DATA", "Atleast one child record id is required to be merged.", "minimum_length", "1")
	case len(list) > maxChildren:
		return nil, w.fault(at, "INVALID_DATA", "More than 2 child record ids cannot be merged.", "maximum_length", maxChildren)
	}
	named := map[string]bool{}
	for i, item := range list {
		child, _ := item.(map[string]any)
		here := indexed(path+".data", i)
		r, refused := w.child(master, m.children, site{path: here, name: "id"}, child["id"])
		if refused == nil {
			refused = w.takenFields(m, r, named, here+"._fields", child["_fields"])
		}
		if refused != nil {
			return nil, refused
		}
		m.children = append(m.children, r)
	}
	if named["Reporting_To"] != named["Account_Name"] && w.module.APIName == "Contacts" {
		return nil, w.fault(site{path: path + ".data[0]._fields[0]", name: "api_name"}, "INVALID_DATA", "Reporting to and account should belong to the same record")
	}
	return m, w.takenFields(m, master, named, path+".master_record_fields", row["master_record_fields"])
}

// child is a record that can become part of the master.
func (w *write) child(master *record, before []*record, s site, v any) (*record, *refusal) {
	text, _ := scalarText(v)
	if text == "" {
		return nil, w.fault(s, "MANDATORY_NOT_FOUND", "required id not found")
	}
	id, _ := parseID(text)
	r := w.c.table(w.module.APIName).get(id)
	taken := slices.ContainsFunc(append([]*record{master}, before...), func(other *record) bool { return other.id == id })
	merged := slices.ContainsFunc(w.c.jobs, func(j *job) bool {
		return j.action == mergeKey && !j.ended && (j.master == id || slices.Contains(j.child, id))
	})
	switch {
	case taken:
		return nil, w.fault(s, "DUPLICATE_DATA", "Valid record ids need to be given for merging")
	case r == nil:
		return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
	case merged, r.converted != master.converted, r.unapproved:
		return nil, w.fault(s, "NOT_ALLOWED", "This record id is not allowed to be merged")
	case w.module.APIName == "Deals" && isClosed(w.module, r):
		return nil, w.fault(s, "NOT_ALLOWED", "Only Open Deals can be merged")
	}
	return r, nil
}

// setByStage are the fields of a deal that follow from the others of the merged one.
var setByStage = map[string]string{
	"Closing_Date":     "Closing date will be automatically populated based on master record",
	"Probability":      "Probability and Expected Revenue fields will be automatically populated based on chosen Stage",
	"Expected_Revenue": "Probability and Expected Revenue fields will be automatically populated based on chosen Stage",
}

// takenFields reads which fields of a record the merged one has.
func (w *write) takenFields(m *merging, r *record, named map[string]bool, path string, v any) *refusal {
	list, ok := v.([]any)
	if !ok && v != nil {
		dot := strings.LastIndex(path, ".")
		return w.fault(site{path: path[:dot], name: path[dot+1:]}, "INVALID_DATA", "invalid data", "expected_data_type", "jsonarray")
	}
	for i, item := range list {
		field, _ := item.(map[string]any)
		s := site{path: indexed(path, i), name: "api_name"}
		name, _ := field["api_name"].(string)
		f := w.module.Field(name)
		rows, says := field["_data"]
		isFile := f != nil && (f.DataType == "fileupload" || f.DataType == "imageupload")
		switch {
		case name == "":
			return w.fault(s, "MANDATORY_NOT_FOUND", "API name of the field is not mentioned")
		case w.module.APIName == "Deals" && setByStage[name] != "":
			return w.fault(s, "NOT_ALLOWED", setByStage[name])
		case f == nil || !f.Update || f.Link != nil:
			return w.fault(s, "INVALID_DATA", "invalid data")
		case named[name] && !isFile:
			return w.fault(s, "DUPLICATE_DATA", "When one field is mentioned more than once")
		case isFile && !says:
			return w.fault(site{path: s.path, name: "_data"}, "DEPENDENT_FIELD_MISSING", "_data array is not mentioned",
				"dependee", map[string]any{"api_name": "api_name", "json_path": s.path + ".api_name"})
		}
		named[name] = true
		if !isFile {
			if r != m.master {
				m.taken[name] = r.fields[name]
			}
			continue
		}
		if m.taken[name] == nil {
			m.taken[name] = []any{}
			if r != m.master { // what nobody names stays
				m.taken[name] = append([]any{}, asList(m.master.fields[name])...)
			}
		}
		if r == m.master {
			m.taken[name] = slices.DeleteFunc(asList(m.taken[name]), func(v any) bool {
				return slices.ContainsFunc(asList(r.fields[name]), func(own any) bool { return rowID(own) == rowID(v) })
			})
		}
		kept := rowIDs(rows)
		for _, row := range asList(r.fields[name]) {
			if slices.Contains(kept, rowID(row)) {
				m.taken[name] = append(asList(m.taken[name]), row)
			}
		}
	}
	return nil
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

func rowID(v any) string {
	row, _ := v.(map[string]any)
	id, _ := scalarText(row["id"])
	return id
}

// mayMerge refuses to change or to take away what is locked, and to change the state of a master that is in a process.
func (w *write) mayMerge(m *merging) *refusal {
	for _, r := range append([]*record{m.master}, m.children...) {
		if w.c.isLocked(w.module, r.id) {
			return recordLocked(r.id)
		}
	}
	fields := maps.Clone(m.master.fields)
	maps.Copy(fields, m.taken)
	return w.held(m.master, fields)
}

// merge makes children part of their master. Callbacks tell nothing of it.
func (c *crm) merge(q *request, m *merging) {
	c.silently(func() {
		w := c.newWrite(q.module, q.version, q.grant.UserID)
		if w.mayMerge(m) != nil { // any more, before a job's time came
			return
		}
		t := c.table(q.module.APIName)
		for _, child := range m.children {
			if now := t.get(child.id); now != nil { // it may have gone before a job's time came
				c.rehang(q.module, now.id, q.module, m.master.id, nil)
				c.bin(q.module, now, w.by)
			}
		}
		old := t.get(m.master.id)
		if old == nil {
			return
		}
		r := old.moved()
		for name, v := range m.taken {
			setOrClear(r.fields, name, v)
		}
		r.modified = w.now
		r.fields["Modified_Time"], r.fields["Modified_By"] = formatTime(w.now), w.by
		c.compute(q.module, r.fields)
		c.store(q.module, r, old)
	})
}
