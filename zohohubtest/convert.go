package zohohubtest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// conversion is one of a lead that was checked. Records that are to be made are not yet, so that a refusal leaves nothing
// behind.
type conversion struct {
	lead *record
	// by module; a module that is missing gets nothing.
	parts map[string]*successor
	owner map[string]any
	files string // the module of the record that gets the attachments
	tags  map[string][]string
	// overwrite gives an existing contact the account.
	overwrite bool
}

// successor is a record that a lead becomes, or becomes part of.
type successor struct {
	module *schema.Module
	id     int64
	fields map[string]any // of a new record; nil for one that is there
	write  *write
}

// convertLead is POST {module}/{id}/actions/convert.
func (c *crm) convertLead(q *request) outcome {
	lead := c.recordAt(q)
	flat := func(code, message string) outcome {
		return newRefusal(q.version.failed, code, message, map[string]any{"resource_path_index": 1}).outcome()
	}
	switch {
	case !q.module.Convertible:
		return newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "the given module is not supported for this api", map[string]any{"resource_path_index": 0}).outcome()
	case lead == nil:
		return flat("INVALID_DATA", "invalid data")
	case lead.converted:
		return flat("ID_ALREADY_CONVERTED", "id already converted")
	case lead.unapproved:
		return flat("NOT_APPROVED", "The record is not approved")
	}
	b, refused := q.batch(1)
	if refused != nil {
		return refused.outcome()
	}
	row, ok := b.rows[0].(map[string]any)
	if !ok {
		return q.fault("INVALID_DATA", "invalid data", "data", "[0]", "expected_data_type", "jsonobject").outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	w.skipsBlueprint = b.skipsBlueprint
	v, refused := w.conversion(lead, row)
	if refused != nil {
		return c.batchOutcome(q, []rowResult{failedRow(refused)}, http.StatusOK, convertCredits)
	}
	if c.hangOn(q.module, lead) > manyRelated {
		id := c.schedule(&job{asked: q, action: "convert", work: func(*job) { c.convert(q, v) }})
		item := map[string]any{"code": "SCHEDULED", "details": map[string]any{"job_id": id}, "message": "The lead conversion has been scheduled", "status": "success"}
		return outcome{status: http.StatusAccepted, body: map[string]any{"data": []any{item}}}
	}
	c.convert(q, v)
	details := map[string]any{}
	for _, name := range convertedInto {
		details[name] = nil
		if p := v.parts[name]; p != nil {
			details[name] = c.reference(p.module, p.id)
			if q.version.bareConversion {
				details[name] = formatID(p.id)
			}
		}
	}
	if q.version.bareConversion {
		return outcome{status: http.StatusOK, body: map[string]any{"data": []any{details}}}
	}
	item := map[string]any{"code": "SUCCESS", "details": details, "message": "The record has been converted successfully", "status": "success"}
	return outcome{status: http.StatusOK, body: map[string]any{"data": []any{item}}}
}

// convertLocked refuses a conversion that would change a locked record: the lead, or one that it becomes part of.
func (c *crm) convertLocked(v *conversion) *refusal {
	if c.isLocked(c.schema.Module("Leads"), v.lead.id) {
		return recordLocked(v.lead.id)
	}
	for _, name := range convertedInto {
		if p := v.parts[name]; p != nil && c.isLocked(p.module, p.id) {
			return recordLocked(p.id)
		}
	}
	return nil
}

// convertedInto are the modules that a lead is converted into, in the order in which their records are made.
var convertedInto = []string{"Accounts", "Contacts", "Deals"}

// conversion checks what a call says of a conversion, and makes ready what it makes.
func (w *write) conversion(lead *record, row map[string]any) (*conversion, *refusal) {
	if w.c.isLocked(w.module, lead.id) {
		return nil, recordLocked(lead.id)
	}
	v := &conversion{lead: lead, parts: map[string]*successor{}, tags: map[string][]string{}, files: "Contacts"}
	s := site{path: "$", name: "data[0]"}
	flags := map[string]bool{}
	for _, name := range []string{"overwrite", "notify_lead_owner", "notify_new_entity_owner", "add_to_existing_record"} {
		sent, isBool := row[name].(bool)
		if row[name] != nil && !isBool {
			return nil, w.expected(s.at(name), "boolean")
		}
		flags[name] = sent
	}
	v.overwrite = flags["overwrite"]
	v.owner, _ = lead.fields["Owner"].(map[string]any)
	if row["assign_to"] != nil {
		ref, refused := w.userLookup(s.at("assign_to"), row["assign_to"])
		if refused != nil {
			return nil, refused
		}
		v.owner = ref.(map[string]any)
	}
	for _, name := range convertedInto {
		p, refused := w.successor(v, name, row[name], flags["add_to_existing_record"] && !w.version.bareConversion)
		if refused != nil {
			return nil, refused
		}
		if p != nil {
			v.parts[name] = p
		}
	}
	if refused := w.c.convertLocked(v); refused != nil {
		return nil, refused
	}
	return v, w.carried(v, row)
}

// carried reads what goes along with the lead beyond its values.
func (w *write) carried(v *conversion, row map[string]any) *refusal {
	s := site{path: "$", name: "data[0]"}
	if row["move_attachments_to"] != nil {
		at := s.at("move_attachments_to")
		to, ok := row["move_attachments_to"].(map[string]any)
		if !ok {
			return w.expected(at, "jsonobject")
		}
		if v.files, _ = to["api_name"].(string); v.parts[v.files] == nil {
			return w.fault(at.at("api_name"), "INVALID_DATA", "invalid data")
		}
	}
	carried, ok := row["carry_over_tags"].(map[string]any)
	if !ok && row["carry_over_tags"] != nil {
		return w.expected(s.at("carry_over_tags"), "jsonobject")
	}
	for name, sent := range carried {
		list, ok := sent.([]any)
		if !ok || !slices.Contains(convertedInto, name) {
			return w.expected(s.at("carry_over_tags").at(name), "jsonarray")
		}
		for _, tag := range list {
			text, _ := tag.(string)
			v.tags[name] = append(v.tags[name], text)
		}
	}
	return nil
}

// successor is the record of a module that the lead becomes; nil for none.
func (w *write) successor(v *conversion, name string, sent any, existing bool) (*successor, *refusal) {
	p := &successor{module: w.c.schema.Module(name)}
	s := site{path: rowPath(0), name: name}
	if name != "Deals" && sent != nil {
		id, refused := w.reference(s, sent)
		if refused != nil {
			return nil, refused
		}
		if p.id = id; w.c.table(name).held(id) == nil {
			return nil, w.fault(s, "INVALID_DATA", "invalid data")
		}
		return p, nil
	}
	row := w.mapped(v.lead, name)
	switch {
	case name == "Deals":
		deal, ok := sent.(map[string]any)
		if sent == nil {
			return nil, nil
		}
		if !ok {
			return nil, w.expected(s, "jsonobject")
		}
		maps.Copy(row, deal)
		if refused := w.stageOf(s, p.module, deal); refused != nil {
			return nil, refused
		}
	case name == "Accounts" && row["Account_Name"] == nil:
		return nil, nil
	default:
		if id := w.c.matching(v.lead, p.module, false); id != 0 {
			if !existing {
				return nil, w.duplicateOf(s, p.module, id)
			}
			p.id = id
			return p, nil
		}
	}
	if row["Owner"] == nil {
		row["Owner"] = map[string]any{"id": v.owner["id"]}
	}
	of := *w
	p.id, p.write, of.module = w.c.nextID(), &of, p.module
	var refused *refusal
	if p.fields, refused = of.merge(0, row, nil, p.id); refused != nil {
		if path, ok := refused.details["json_path"].(string); ok {
			refused.details["json_path"] = strings.Replace(path, rowPath(0), rowPath(0)+"."+name, 1)
		}
		return nil, refused
	}
	return p, nil
}

// mapped is what the lead's values are in a module, by the fields' convert_mapping.
func (w *write) mapped(lead *record, module string) map[string]any {
	row := map[string]any{}
	for _, f := range w.module.Fields {
		if into := f.ConvertsTo(module); into != nil && lead.fields[f.APIName] != nil {
			row[into.APIName] = lead.fields[f.APIName]
		}
	}
	return row
}

// stageOf refuses a stage that the pipeline which is named does not have.
func (w *write) stageOf(s site, deals *schema.Module, deal map[string]any) *refusal {
	stage, _ := deal["Stage"].(string)
	if deal["Pipeline"] == nil || stage == "" {
		return nil
	}
	if slices.ContainsFunc(deals.Field("Stage").PickList, func(p schema.Pick) bool { return p.Display == stage }) {
		return nil
	}
	return w.fault(s.at("Stage"), "MAPPING_MISMATCH", "Pipeline doesn`t contain the Stage", "mapped_field", "Pipeline")
}

func (w *write) duplicateOf(s site, m *schema.Module, id int64) *refusal {
	owner, _ := w.c.table(m.APIName).held(id).fields["Owner"].(map[string]any)
	return w.fault(s, "DUPLICATE_DATA", "duplicate data", "id", formatID(id), "duplicate_record", map[string]any{
		"id":     formatID(id),
		"Owner":  map[string]any{"name": owner["name"], "id": owner["id"], "zuid": w.c.zuid(owner["id"])},
		"module": map[string]any{"api_name": m.APIName, "id": m.ID},
	})
}

// convert makes of a lead what conversion has made ready.
func (c *crm) convert(q *request, v *conversion) {
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	old := c.table(q.module.APIName).get(v.lead.id)
	gone := old == nil
	for _, p := range v.parts {
		gone = gone || p.fields == nil && c.table(p.module.APIName).held(p.id) == nil
	}
	if gone || c.convertLocked(v) != nil { // before a job's time came
		return
	}
	for _, name := range convertedInto {
		c.makePart(v, name)
	}
	lead := old.moved()
	lead.converted, lead.modified = true, w.now
	lead.fields["Converted__s"], lead.fields["Converted_Date_Time"] = true, formatTime(w.now)
	lead.fields["Modified_Time"], lead.fields["Modified_By"] = formatTime(w.now), w.by
	for name, field := range map[string]string{"Accounts": "Converted_Account", "Contacts": "Converted_Contact", "Deals": "Converted_Deal"} {
		if p := v.parts[name]; p != nil {
			lead.fields[field] = c.reference(p.module, p.id)
		}
	}
	c.store(q.module, lead, old)

	contact := v.parts["Contacts"]
	if files := v.parts[v.files]; files != contact {
		for _, a := range c.attachments(q.module, q.id) {
			c.relatedly(func() { c.reattach(a, files.module, files.id) })
		}
	}
	if business := cmp.Or(v.parts["Deals"], v.parts["Accounts"]); business != nil {
		c.relatedly(func() {
			c.repoint(q.module, old.id, business.module, business.id, func(f *schema.Field) bool { return f.APIName == "What_Id" })
		})
	}
	c.rehang(q.module, old.id, contact.module, contact.id, func(f *schema.Field) bool {
		return f.APIName == "Who_Id" || f.APIName == "What_Id"
	})
}

// makePart makes the record of a module, ties it to those made before, and tags it.
func (c *crm) makePart(v *conversion, name string) {
	p := v.parts[name]
	if p == nil {
		return
	}
	t := c.table(name)
	account, contact := v.parts["Accounts"], v.parts["Contacts"]
	links := map[string]*successor{}
	if account != nil && name != "Accounts" {
		links["Account_Name"] = account
	}
	if name == "Deals" {
		links["Contact_Name"] = contact
	}
	old := t.get(p.id)
	r := old
	if p.fields != nil {
		r = c.completed(p.module, p.id, p.fields, p.write.now, p.write.by)
	} else {
		r = r.moved()
	}
	for field, to := range links {
		if p.fields != nil || r.fields[field] == nil || v.overwrite {
			r.fields[field] = c.reference(to.module, to.id)
		}
	}
	c.tagPart(v, p, r)
	if p.fields == nil && len(changedFields(p.module, old.fields, r.fields)) == 0 {
		return
	}
	c.compute(p.module, r.fields)
	c.store(p.module, r, old)
	if p.write != nil {
		p.write.settle()
		p.write.enter(r, nil)
	}
}

// tagPart gives a record the lead's tags that are to be carried over to its module.
func (c *crm) tagPart(v *conversion, p *successor, r *record) {
	w := c.newWrite(p.module, versions["v8"], textOf(v.owner["id"]))
	tags := slices.Clone(asList(r.fields["Tag"]))
	for _, item := range c.tags.shown(v.lead.fields["Tag"]) {
		ref, _ := item.(map[string]any)
		name, _ := ref["name"].(string)
		if !slices.ContainsFunc(v.tags[p.module.APIName], func(t string) bool { return strings.EqualFold(t, name) }) {
			continue
		}
		added, refused := w.tagRefs(site{}, []any{map[string]any{"name": name}})
		if refused == nil && !hasTag(tags, added[0].(map[string]any)) {
			tags = append(tags, added...)
		}
	}
	if len(tags) > 0 {
		w.keepTags()
		r.fields["Tag"] = tags
	}
}
