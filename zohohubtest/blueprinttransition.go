package zohohubtest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// taking is a record on its way through a transition, with what it was sent.
type taking struct {
	w     *write
	r     *record
	p     *process
	t     *transition
	row   map[string]any // of the record's fields
	note  string
	files []*file
	links []string
	parts map[string]bool // which of notes, attachments and check lists it has
}

// putBlueprint is PUT {module}/{id}/actions/blueprint: one transition, which is carried out whole or not at all.
func (c *crm) putBlueprint(q *request) outcome {
	r, p, refused := c.processAt(q)
	if refused != nil {
		return refused.outcome()
	}
	x := &taking{w: c.newWrite(q.module, q.version, q.grant.UserID), r: r, p: p, parts: map[string]bool{}}
	data, refused := x.read(q)
	if refused == nil {
		refused = x.take(data)
	}
	if refused == nil {
		refused = x.rules(q.grant.UserID)
	}
	if refused != nil {
		return refused.outcome()
	}
	missing := x.missing(q.version)
	if len(missing) > 0 && !p.of.partially {
		return x.refusal(x.w.mandatory(site{path: rowPath(0), name: missing[0].nameIn(q.version)})).outcome()
	}
	x.w.transits = true
	if len(missing) == 0 {
		x.row[p.of.field.NameIn(q.version.name)] = x.t.to
	}
	if _, refused = x.w.update(0, r, x.row); refused != nil {
		return x.refusal(refused).outcome()
	}
	if len(missing) > 0 {
		p.saved[x.t] = 100 * float64(len(x.t.fields)-len(missing)) / float64(len(x.t.fields))
		return photoDone("transition saved partially")
	}
	x.arrive(q)
	return photoDone("transition updated successfully")
}

// read finds the transition that the body names, among those that are open to the record, and gives its data.
func (x *taking) read(q *request) (map[string]any, *refusal) {
	object, refused := q.object()
	if refused != nil {
		return nil, refused
	}
	items, refused := q.items(object, "blueprint", 1)
	if refused != nil {
		return nil, refused
	}
	item, ok := items[0].(map[string]any)
	if !ok {
		return nil, q.fault("INVALID_DATA", "invalid data", "blueprint", "[0]", "expected_data_type", "jsonobject")
	}
	id, _ := scalarText(item["transition_id"])
	if id == "" {
		return nil, newRefusal(http.StatusBadRequest, "MANDATORY_NOT_FOUND", "mandatory param missing", faultDetails("transition_id", "", "", "bigint", ""))
	}
	i := slices.IndexFunc(x.p.of.transitions, func(t *transition) bool { return t.id == id })
	if i >= 0 {
		x.t = x.p.of.transitions[i]
	}
	if i < 0 || !slices.Contains(x.p.of.from(x.p.of.state(x.r)), x.t) || !x.p.of.meets(x.t.criteria, x.r.fields, q.grant.UserID) {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid transition", nil)
	}
	data, ok := item["data"].(map[string]any)
	if !ok && item["data"] != nil {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data", faultDetails("data", "invalid data", "", "jsonobject", ""))
	}
	return data, nil
}

// take parts what is the record's from notes, attachments and check lists, of which it looks at the form. The state is for
// the transition alone to say.
func (x *taking) take(data map[string]any) *refusal {
	x.row = maps.Clone(data)
	if x.row == nil {
		x.row = map[string]any{}
	}
	delete(x.row, x.p.of.field.NameIn(x.w.version.name))
	for _, part := range []struct {
		name string
		take func(any) bool
	}{{notesPart, x.takeNote}, {filesPart, x.takeFiles}, {checkListsPart, x.takeCheckLists}} {
		v := x.row[part.name]
		delete(x.row, part.name)
		if !isNothing(v) && !part.take(v) {
			return x.refusal(x.w.expected(site{path: rowPath(0), name: part.name}, partTypes[part.name][1]))
		}
	}
	return nil
}

// takeNote takes the text of a note.
func (x *taking) takeNote(v any) bool {
	notes := x.w.c.schema.Module("Notes")
	_, refused := x.w.text(notes.Field("Note_Content"), site{}, v)
	x.note, x.parts[notesPart] = textOf(v), true
	return refused == nil
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// takeFiles takes {"$file_id": […]} or {"$link_url": "…"}, or a list of these: Zoho's documents have the one and the other.
func (x *taking) takeFiles(v any) bool {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, item := range list {
		object, _ := item.(map[string]any)
		link, isLink := object["$link_url"].(string)
		ids, isFiles := object["$file_id"].([]any)
		if id, ok := object["$file_id"].(string); ok {
			ids, isFiles = []any{id}, true
		}
		switch {
		case isLink == isFiles || isFiles && len(ids) == 0:
			return false
		case isLink:
			if _, err := url.Parse(link); err != nil || link == "" || len(link) > maxLinkURL {
				return false
			}
			x.links = append(x.links, link)
		}
		for _, id := range ids {
			uploaded := x.w.c.files[textOf(id)]
			if uploaded == nil {
				return false
			}
			x.files = append(x.files, uploaded)
		}
	}
	x.parts[filesPart] = true
	return true
}

// takeCheckLists takes [{"title": "…", "items": [{"name": true}]}], or the items alone; nothing of them is kept. Where they
// are mandatory all items must be true.
func (x *taking) takeCheckLists(v any) bool {
	lists, ok := v.([]any)
	if !ok {
		return false
	}
	checked := true
	for _, item := range lists {
		list, _ := item.(map[string]any)
		items, isTitled := list["items"].([]any)
		if !isTitled {
			items = []any{list}
		}
		for _, item := range items {
			object, ok := item.(map[string]any)
			if !ok || len(object) == 0 {
				return false
			}
			for _, done := range object {
				if done != true && done != false {
					return false
				}
				checked = checked && done == true
			}
		}
	}
	x.parts[checkListsPart] = checked
	return true
}

// rules checks the values by the rules of the transition, as the record would have them.
func (x *taking) rules(user string) *refusal {
	fields := maps.Clone(x.r.fields)
	for _, f := range x.t.fields {
		if f.rule == nil || f.field == nil {
			continue
		}
		name := f.nameIn(x.w.version)
		if sent, isSent := x.row[name]; isSent {
			v, refused := x.w.value(f.field, site{path: rowPath(0), name: name}, sent, fields[f.name])
			if refused != nil {
				return x.refusal(refused)
			}
			fields[f.name] = v
		}
		if !isNothing(fields[f.name]) && !x.p.of.meets(f.rule, fields, user) {
			return x.refusal(x.w.fault(site{path: rowPath(0), name: name}, "INVALID_DATA", "invalid data"))
		}
	}
	return nil
}

// missing are the mandatory fields without a value: what the record has counts, unless it was sent otherwise.
func (x *taking) missing(v *version) []*transitionField {
	shown := x.w.c.show(x.w.module, x.r, v, nil, true)
	var missing []*transitionField
	for _, f := range x.t.fields {
		has := x.parts[f.name]
		if f.field != nil {
			value, isSent := x.row[f.nameIn(v)]
			if !isSent {
				value = shown[f.nameIn(v)]
			}
			has = !isNothing(value)
		}
		if f.mandatory && !has {
			missing = append(missing, f)
		}
	}
	return missing
}

// arrive does what is left once the record is in its new state.
func (x *taking) arrive(q *request) {
	c := x.w.c
	x.p.saved = map[*transition]float64{}
	if x.p.of.through(x.t.to) {
		delete(c.processes, keyOf(q.module, x.r.id))
	}
	if x.note != "" {
		notes := c.newWrite(c.schema.Module("Notes"), q.version, q.grant.UserID)
		if _, refused := notes.insert(0, map[string]any{
			"Note_Content": x.note, "Parent_Id": map[string]any{"id": q.id, "module": map[string]any{"api_name": q.module.APIName}},
		}); refused != nil {
			panic(refused) // its text was looked at, and the record is there
		}
	}
	for _, f := range x.files {
		if f.hold() {
			c.attachFile(q.module, x.r, q.grant.UserID, &file{name: f.name, blob: f.blob})
		}
	}
	for _, link := range x.links {
		c.attach(q.module, x.r, q.grant.UserID, map[string]any{
			"File_Name": link, "Size": "0", "$file_id": newFileID(), "$type": linkType, "$attachment_type": 1, "$link_url": link,
		})
	}
}

// refusal is one of a record's write in the form that blueprints have: what the admin says of the field is in it.
func (x *taking) refusal(of *refusal) *refusal {
	name, _ := of.details["api_name"].(string)
	if name == "" {
		return of // about the record
	}
	path, _ := of.details["json_path"].(string)
	parent := ""
	if parts := strings.Split(path, "."); len(parts) > 3 { // $.data[0].Subform[1].Field
		parent, _, _ = strings.Cut(parts[len(parts)-2], "[")
	}
	expected, _ := of.details["expected_data_type"].(string)
	info := ""
	for _, f := range x.t.fields {
		if f.name != cmp.Or(parent, name) {
			continue
		}
		info = f.ruleMessage
		if f.field != nil {
			expected = cmp.Or(expected, f.field.DataType)
		}
	}
	return newRefusal(of.status, of.code, of.message, faultDetails(name, of.message, info, expected, parent))
}

func faultDetails(name, message, info, expected, parent string) map[string]any {
	return map[string]any{
		"api_name": name, "message": message, "info_message": info, "expected_data_type": expected, "parent_api_name": parent,
	}
}
