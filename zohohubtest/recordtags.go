package zohohubtest

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// tags takes [{"name": …}] or [{"id": …}] as a record's tags. Names that the module does not have become tags of its own
// once the record is written.
func (w *write) tags(s site, v any) (any, *refusal) {
	list, ok := v.([]any)
	if !ok {
		return nil, w.expected(s, "jsonarray")
	}
	if len(list) > maxTags {
		return nil, w.tooLong(s, maxTags)
	}
	refs, refused := w.tagRefs(s, list)
	if refused == nil {
		refused = w.roomForTags(len(w.newTags))
	}
	if refused != nil {
		return nil, refused
	}
	return refs, nil
}

// tagRefs are the tags that a list names.
func (w *write) tagRefs(s site, list []any) ([]any, *refusal) {
	refs := []any{}
	for i, item := range list {
		t, refused := w.tag(s.index(i), item)
		if refused != nil {
			return nil, refused
		}
		refs = append(refs, t.ref())
	}
	return refs, nil
}

func hasTag(refs []any, ref map[string]any) bool {
	return slices.ContainsFunc(refs, func(item any) bool {
		other, _ := item.(map[string]any)
		return other["id"] == ref["id"]
	})
}

// tag is the one that an object names: by its id, which counts more, or by its name.
func (w *write) tag(s site, v any) (*tag, *refusal) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, w.expected(s, "jsonobject")
	}
	inside := site{path: s.path + "." + s.name}
	if id, _ := scalarText(object["id"]); id != "" {
		module, t := w.c.tags.moduleOf(id)
		if module != w.module.APIName {
			inside.name = "id"
			return nil, w.fault(inside, "INVALID_DATA", "the id given seems to be invalid")
		}
		return t, nil
	}
	name, _ := object["name"].(string)
	if t := w.named(name); t != nil && name != "" {
		return t, nil
	}
	if object["name"] == nil {
		inside.name = "name"
		return nil, w.mandatory(inside)
	}
	t := &tag{}
	if refused := w.changeTag(t, inside, object); refused != nil {
		return nil, refused
	}
	w.stampTag(t)
	w.newTags = append(w.newTags, t)
	return t, nil
}

// keepTags gives the module the tags that a write has made.
func (w *write) keepTags() {
	w.c.tags.add(w.module.APIName, w.newTags...)
	w.newTags = nil
}

// addRecordTags is POST {module}/{id}/actions/add_tags and the same without an id; removeRecordTags likewise with remove_tags.
func (c *crm) addRecordTags(q *request) outcome {
	return c.tagRecords(q, true, func(has, sent []any, overWrite bool) []any {
		if overWrite {
			return sent
		}
		for _, item := range sent {
			if ref, _ := item.(map[string]any); !hasTag(has, ref) {
				has = append(has, ref)
			}
		}
		return has
	})
}

func (c *crm) removeRecordTags(q *request) outcome {
	return c.tagRecords(q, false, func(has, sent []any, _ bool) []any {
		return slices.DeleteFunc(has, func(item any) bool {
			ref, _ := item.(map[string]any)
			return hasTag(sent, ref)
		})
	})
}

// tagRecords changes the tags of the records that a call names. Where it adds, names that are none yet become tags.
func (c *crm) tagRecords(q *request, adds bool, change func(has, sent []any, overWrite bool) []any) outcome {
	if q.module.Field("Tag") == nil {
		return newRefusal(http.StatusBadRequest, "INVALID_MODULE", "the given module is not supported for this api", nil).outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	ids, sent, overWrite, refused := w.tagging(q)
	if !adds {
		w.newTags = nil
	}
	if refused == nil {
		refused = w.roomForTags(len(w.newTags))
	}
	if refused != nil {
		return refused.outcome()
	}
	results, done, locked := make([]rowResult, len(ids)), 0, 0
	for i, id := range ids {
		tags, refused := w.retag(id, func(has []any) []any { return change(has, sent, overWrite) })
		if refused != nil {
			if refused.code == lockedCode {
				locked++
			}
			results[i] = failedRow(refused)
			continue
		}
		done++
		results[i] = rowResult{item: map[string]any{
			"code": "SUCCESS", "details": map[string]any{"id": id, tagsKey: tags}, "message": "tags updated successfully", "status": "success",
		}}
	}
	a := c.batchOutcome(q, results, http.StatusOK, 0)
	maps.Copy(a.body.(map[string]any), map[string]any{"wf_scheduler": false, "success_count": strconv.Itoa(done), "locked_count": strconv.Itoa(locked)})
	return a
}

// retag gives a record other tags, which changes it as an update does, and answers with them.
func (w *write) retag(text string, change func(has []any) []any) ([]any, *refusal) {
	id, ok := parseID(text)
	old := w.c.table(w.module.APIName).get(id)
	if !ok || old == nil {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": text})
	}
	if w.c.isLocked(w.module, id) {
		return nil, recordLocked(id)
	}
	tags := change(w.c.tags.shown(old.fields["Tag"]))
	if len(tags) > maxTags {
		return nil, newRefusal(http.StatusBadRequest, "LIMIT_EXCEEDED", "limit exceeded", map[string]any{"limit": maxTags, "id": text})
	}
	w.keepTags()
	r := *old
	r.fields, r.modified = maps.Clone(old.fields), w.now
	r.fields["Tag"] = tags
	r.fields["Modified_Time"], r.fields["Modified_By"] = formatTime(w.now), w.by
	w.c.store(w.module, &r, old)
	return w.c.tags.shown(tags), nil
}

// tagging reads which records get or lose which tags: from the body, or in older versions from the query.
func (w *write) tagging(q *request) (ids []string, tags []any, overWrite bool, refused *refusal) {
	if q.id != "" {
		if _, ok := parseID(q.id); !ok {
			return nil, nil, false, badID()
		}
		ids = []string{q.id}
	}
	if refused = q.flag("over_write"); refused != nil {
		return nil, nil, false, refused
	}
	overWrite = strings.EqualFold(q.query.Get("over_write"), "true")
	object, list := map[string]any{}, []any(nil)
	if q.version.tagQuery && (q.query.Has("tag_names") || !q.version.tagBody) {
		names := splitComma(q.query.Get("tag_names"))
		if len(names) == 0 {
			return nil, nil, false, missingParam("tag_names")
		}
		for _, name := range names {
			list = append(list, map[string]any{"name": name})
		}
		if ids == nil {
			ids, refused = q.listedIDs()
		}
	} else if object, refused = q.object(); refused == nil {
		list, refused = q.items(object, tagsKey, maxTags)
	}
	if refused == nil && ids == nil {
		ids, refused = w.taggedIDs(q, object)
	}
	if v := object["over_write"]; refused == nil && v != nil {
		isTrue, ok := v.(bool)
		if !ok {
			refused = w.expected(site{path: "$", name: "over_write"}, "boolean")
		}
		overWrite = isTrue
	}
	if refused != nil {
		return nil, nil, false, refused
	}
	tags, refused = w.tagRefs(site{path: "$", name: tagsKey}, list)
	return ids, tags, overWrite, refused
}

func (w *write) taggedIDs(q *request, object map[string]any) ([]string, *refusal) {
	list, refused := q.items(object, "ids", maxIDs)
	if refused != nil {
		return nil, refused
	}
	ids := make([]string, len(list))
	for i, v := range list {
		text, ok := scalarText(v)
		if !ok {
			return nil, w.expected(site{path: "$", name: "ids"}.index(i), "bigint")
		}
		ids[i] = text
	}
	return ids, nil
}
