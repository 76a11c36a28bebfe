package zohohubtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// timelines are what happened to records, also to those that are gone: they may come back.
type timelines struct {
	of map[recordKey]*timeline
	// order is whose each event is, the oldest first: a fake that runs for days must not fill the memory.
	order  []recordKey
	lastID int64
}

const (
	mostEvents = 100_000
	// firstEvent is where the ids of events start. They have a row of their own, so that nobody's ids depend on whether
	// changes are remembered.
	firstEvent int64 = 5_725_767_900_000_000_000
)

// timeline is a record's; its first event, of which Created_Time and Created_By tell, is made when somebody looks.
type timeline struct {
	events []*happening
	added  *happening
}

// happening is something that happened to a record, or to what belongs to it.
type happening struct {
	id             int64
	at             time.Time
	action, source string
	by             map[string]any
	part           map[string]any // what belongs to the record; nil for the record itself
	partModule     string
	history        []*fieldHistory // nil where there is none
}

// keepTimelines is told what a request has changed.
func (c *crm) keepTimelines(q *request, changes []*change) {
	source := sourceOf(q)
	for _, h := range changes {
		e := happening{at: h.at, source: source, by: h.by}
		switch h.operation {
		case inserting:
			e.action = "added"
		case updating:
			e.action = "updated"
		case deleting:
			e.action = "deleted"
		}
		for _, key := range c.wholes(h) {
			part := e
			part.part, part.partModule = c.partRef(h.module, h.record), h.module.APIName
			c.happened(key, part)
		}
		if h.module == attachmentModule {
			continue
		}
		key := recordKey{h.module.APIName, h.id}
		switch {
		case h.operation == updating && len(h.fields) == 0:
		case h.operation == updating:
			e.action, e.history = tagAction(h), c.historyOf(h)
			c.happened(key, e)
		case h.operation == deleting:
			c.happened(key, e)
		case c.timelines.of[key] != nil: // it was there before
			e.action = "restored"
			c.happened(key, e)
		}
	}
}

// happened writes an event down.
func (c *crm) happened(key recordKey, e happening) {
	t := &c.timelines
	e.id = t.nextID()
	t.line(key).events = append(t.line(key).events, &e)
	if t.order = append(t.order, key); len(t.order) > mostEvents {
		oldest := t.of[t.order[0]]
		if oldest.events = oldest.events[1:]; len(oldest.events) == 0 {
			delete(t.of, t.order[0])
		}
		t.order = t.order[1:]
	}
}

func (t *timelines) nextID() int64 {
	t.lastID = max(t.lastID, firstEvent) + 1
	return t.lastID
}

func (t *timelines) line(key recordKey) *timeline {
	if t.of == nil {
		t.of = map[recordKey]*timeline{}
	}
	if t.of[key] == nil {
		t.of[key] = &timeline{}
	}
	return t.of[key]
}

// sources are Zoho's words for the calls by which changes come, where it is not just the API.
var sources = map[string]string{
	"convert": "convert", "mass_update": "mass_update", "mass_delete": "mass_delete_via_crm_api", "change_owner": "change_owner",
	"mass_change_owner": "change_owner", "merge": "findandmerge", "blueprint": "blueprint", "mass_convert": "massconvert",
}

func sourceOf(q *request) string {
	if source, ok := sources[path.Base(q.http.URL.Path)]; ok {
		return source
	}
	return "crm_api"
}

// tagAction is what a change of nothing but tags is called.
func tagAction(h *change) string {
	if !slices.Equal(h.fields, []string{"Tag"}) {
		return "updated"
	}
	before, after := tagIDs(h.old), tagIDs(h.record)
	switch {
	case len(after) > len(before) && !missesAny(after, before):
		return "tag_added"
	case len(after) < len(before) && !missesAny(before, after):
		return "tag_removed"
	}
	return "tags_overwritten"
}

func tagIDs(r *record) (ids []string) {
	stored, _ := r.fields["Tag"].([]any)
	for _, item := range stored {
		ids = append(ids, refID(item))
	}
	return ids
}

// missesAny tells whether one of these is not among all.
func missesAny(all, these []string) bool {
	return slices.ContainsFunc(these, func(id string) bool { return !slices.Contains(all, id) })
}

// wholes are the records that a changed one belongs to, and that are there.
func (c *crm) wholes(h *change) (keys []recordKey) {
	fields := h.record.fields
	add := func(module any, ref any) {
		name, _ := module.(string)
		m := c.schema.Module(name)
		if id, ok := parseID(refID(ref)); ok && m != nil && c.table(name).get(id) != nil {
			keys = append(keys, recordKey{name, id})
		}
	}
	switch h.module.APIName {
	case "Notes":
		ref, _ := fields["Parent_Id"].(map[string]any)
		of, _ := ref["module"].(map[string]any)
		add(of["api_name"], ref)
	case attachmentModule.APIName:
		add(fields["$se_module"], fields["Parent_Id"])
	case "Tasks", "Events", "Calls":
		add(fields["$se_module"], fields["What_Id"])
		add("Contacts", fields["Who_Id"])
	}
	return keys
}

// attachmentModuleID is the id of what Zoho calls the module of attachments.
const attachmentModuleID = "3652397000000002195"

// partRef names a record in an event.
func (c *crm) partRef(m *schema.Module, r *record) map[string]any {
	module := map[string]any{"api_name": m.APIName, "id": m.ID}
	ref := map[string]any{"id": formatID(r.id), "module": module}
	if m == attachmentModule {
		module["id"], ref["name"] = attachmentModuleID, r.fields["File_Name"]
	} else {
		ref["name"] = c.nameOf(m, r)
	}
	return ref
}

// historyOf are the fields that an update changed, with what they were and are.
func (c *crm) historyOf(h *change) []*fieldHistory {
	if tagAction(h) != "updated" {
		return nil
	}
	history := []*fieldHistory{}
	for _, name := range h.fields {
		f := h.module.Field(name)
		history = append(history, &fieldHistory{f, c.told(f, h.old), c.told(f, h.record)})
	}
	return history
}

// fieldHistory is what became of one field.
type fieldHistory struct {
	field    *schema.Field
	old, now any // text, or nil
}

// told is the value of a record's field in text; nil for none, and for what has rows.
func (c *crm) told(f *schema.Field, r *record) any {
	return plainText(c.shown(f, r.fields[f.APIName], versions["v8"], true))
}

func plainText(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return v["name"]
	case []any:
		var words []string
		for _, item := range v {
			text, ok := plainText(item).(string)
			if !ok {
				return nil
			}
			words = append(words, text)
		}
		if len(words) == 0 {
			return nil
		}
		return strings.Join(words, ", ")
	case nil:
		return nil
	}
	return fmt.Sprint(v)
}
