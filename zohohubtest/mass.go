package zohohubtest

import (
	"net/http"

	"github.com/zohohub/zohohub/zohohubtest/internal/expr"
)

const (
	maxMass     = 500    // ids in a call
	maxMassView = 50_000 // records of a view
)

// massAsk is which records a call for many is about: those that it names, or those of a view.
type massAsk struct {
	body      map[string]any
	ids       []any
	view      *view
	territory string
}

// massAsk reads a call that names records by ids or by cvid.
func (c *crm) massAsk(q *request) (*massAsk, *refusal) {
	body, refused := q.object()
	if refused != nil {
		return nil, refused
	}
	ask := &massAsk{body: body}
	switch {
	case body["ids"] != nil && body["cvid"] != nil:
		return nil, q.ambiguity("ids", "cvid")
	case body["ids"] != nil:
		ask.ids, refused = q.items(body, "ids", maxMass)
		return ask, refused
	}
	return ask, c.readView(q, ask)
}

func (q *request) ambiguity(names ...string) *refusal {
	due := make([]any, len(names))
	for i, name := range names {
		due[i] = map[string]any{"api_name": name, "json_path": "$." + name}
	}
	return newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request", map[string]any{"ambiguity_due_to": due})
}

// readView reads the view of a call, and the territory within it.
func (c *crm) readView(q *request, ask *massAsk) *refusal {
	if ask.body["cvid"] == nil {
		return q.fault("MANDATORY_NOT_FOUND", "required field not found", "cvid", "", "expected_data_type", "bigint")
	}
	id, _ := scalarText(ask.body["cvid"])
	if ask.view = c.view(q.module, id); ask.view == nil {
		return q.fault("INVALID_DATA", "the cvid given seems to be invalid", "cvid", "", "id", id)
	}
	if ask.body["territory"] == nil {
		return nil
	}
	territory, ok := ask.body["territory"].(map[string]any)
	if !ok {
		return q.fault("INVALID_DATA", "invalid data", "territory", "", "expected_data_type", "jsonobject")
	}
	id, _ = scalarText(territory["id"])
	for _, t := range territories {
		if t.id == id {
			ask.territory = id
			return nil
		}
	}
	return q.fault("INVALID_DATA", "the id given seems to be invalid", "territory", ".id")
}

// ofView are the records of a view, for the user who asks.
func (c *crm) ofView(q *request, ask *massAsk) []*record {
	l := &listing{converted: "false", approved: "both"}
	var about expr.Node
	if l.view, about = ask.view.condition(q); about != nil && expr.Mentions(about, "Converted__s") {
		l.converted = "both" // the view itself says which
	}
	if ask.territory != "" {
		l.territory = func(r *record) bool { return isIn(q.module, r, ask.territory) }
	}
	var found []*record
	c.table(q.module.APIName).scan(false, 0, func(r *record) bool {
		if l.has(r) {
			found = append(found, r)
		}
		return true
	})
	return found
}

// massJobFor schedules what is to be done to each record of a view; counted is the name of those to which it was.
func (c *crm) massJobFor(q *request, ask *massAsk, action, message, counted string, do func(*record) *refusal) outcome {
	n := len(c.ofView(q, ask))
	switch {
	case n == 0:
		return newRefusal(http.StatusBadRequest, "NO_RECORDS_FOUND", "no record found to update", nil).outcome()
	case n > maxMassView:
		return newRefusal(http.StatusBadRequest, "LIMIT_EXCEEDED", "Record count exceeded", map[string]any{"limit": maxMassView}).outcome()
	}
	j := &job{asked: q, action: action, view: ask.view, counts: map[string]int{"Total": n, counted: 0, "Failed": 0}}
	if counted == "Updated" {
		j.counts["Not_Updated"] = n
	}
	j.work = func(j *job) {
		records, t := c.ofView(q, ask), c.table(q.module.APIName)
		j.counts["Total"] = len(records)
		for _, r := range records {
			if now := t.get(r.id); now != nil && do(now) == nil { // what was done to those before may have changed it
				j.counts[counted]++
			} else {
				j.counts["Failed"]++
			}
		}
		if counted == "Updated" {
			j.counts["Not_Updated"] = 0
		}
	}
	item := map[string]any{"code": "SUCCESS", "details": map[string]any{"job_id": c.schedule(j)}, "message": message, "status": "success"}
	return outcome{status: http.StatusOK, body: map[string]any{"data": []any{item}}}
}

// eachListed does something to each record that a call names by its id, and answers with what became of them.
func (c *crm) eachListed(q *request, ids []any, success int, do func(*record) (map[string]any, *refusal)) outcome {
	results := make([]rowResult, len(ids))
	for i, v := range ids {
		text, _ := scalarText(v)
		var r *record
		if id, ok := parseID(text); ok {
			r = c.table(q.module.APIName).get(id)
		}
		var done map[string]any
		refused := newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": text})
		if r != nil {
			done, refused = do(r)
		}
		if refused != nil {
			done = refused.item()
		}
		results[i] = rowResult{item: done, failed: refused}
	}
	return c.batchOutcome(q, results, success, 0)
}

// massFields are how many fields a mass update takes, where that is not one.
var massFields = map[string]int{"Deals": 3}

// massUpdate is POST {module}/actions/mass_update.
func (c *crm) massUpdate(q *request) outcome {
	ask, refused := c.massAsk(q)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	row, refused := w.massRow(q, ask.body)
	switch {
	case refused != nil:
		return refused.outcome()
	case ask.view == nil:
		return c.eachListed(q, ask.ids, http.StatusOK, func(r *record) (map[string]any, *refusal) {
			changed, refused := w.update(0, r, row)
			if refused != nil {
				return nil, refused
			}
			return w.done(changed, "record updated"), nil
		})
	case c.busy("mass_update", ask.view):
		busy := newRefusal(http.StatusAccepted, "ALREADY_SCHEDULED", "Already a Mass Action scheduler is running for the given cvid", nil)
		return outcome{status: busy.status, body: map[string]any{"data": []any{busy.item()}}}
	}
	return c.massJobFor(q, ask, "mass_update", "mass update scheduled successfully", "Updated", func(r *record) *refusal {
		_, refused := c.newWrite(q.module, q.version, q.grant.UserID).update(0, r, row)
		return refused
	})
}

// massRow is what a mass update sets, as a row of an ordinary update.
func (w *write) massRow(q *request, body map[string]any) (map[string]any, *refusal) {
	rows, refused := q.items(body, "data", 1)
	if refused != nil {
		return nil, refused
	}
	row, ok := rows[0].(map[string]any)
	overWrite, isBool := body["over_write"].(bool)
	most := max(massFields[w.module.APIName], 1)
	switch {
	case !ok:
		return nil, q.fault("INVALID_DATA", "invalid data", "data", "[0]", "expected_data_type", "jsonobject")
	case len(row) == 0:
		return nil, q.fault("INVALID_DATA", "No field found", "data", "[0]")
	case len(row) > most:
		return nil, q.fault("INVALID_DATA", "Max field limit exceeded", "data", "[0]", "maximum_length", most)
	case body["over_write"] != nil && !isBool:
		return nil, q.fault("INVALID_DATA", "invalid data", "over_write", "", "expected_data_type", "boolean")
	}
	appended := map[string]any{}
	for name, v := range row {
		s := site{path: rowPath(0), name: name}
		f := w.module.FieldIn(w.version.name, name)
		if f == nil || !f.MassUpdatable() {
			return nil, w.fault(s, "INVALID_DATA", "This field cannot be updated in the Mass Update")
		}
		value, refused := w.value(f, s, v, nil)
		if refused == nil && f.Mandatory && isNothing(value) {
			refused = w.mandatory(s)
		}
		if refused != nil {
			return nil, refused
		}
		if f.DataType == "multiselectpicklist" && !overWrite {
			appended[f.APIName] = true
		}
	}
	if len(appended) > 0 {
		row["$append_values"] = appended
	}
	return row, nil
}

// massDelete is POST {module}/actions/mass_delete.
func (c *crm) massDelete(q *request) outcome {
	ask, refused := c.massAsk(q)
	if refused != nil {
		return refused.outcome()
	}
	by := c.newWrite(q.module, q.version, q.grant.UserID).by
	switch {
	case ask.view == nil:
		return c.eachListed(q, ask.ids, http.StatusOK, func(r *record) (map[string]any, *refusal) {
			if c.isLocked(q.module, r.id) {
				return nil, recordLocked(r.id)
			}
			c.bin(q.module, r, by)
			return doneItem(formatID(r.id), "record is deleted"), nil
		})
	case c.busy("mass_delete", ask.view):
		return q.fault("ALREADY_SCHEDULED", "Already a Mass Action scheduler is running for the given cvid", "cvid", "").outcome()
	}
	return c.massJobFor(q, ask, "mass_delete", "mass delete scheduled successfully", "Deleted", func(r *record) *refusal {
		if c.isLocked(q.module, r.id) {
			return recordLocked(r.id)
		}
		c.bin(q.module, r, by)
		return nil
	})
}
