package zohohubtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// tag is one of a module's tags.
type tag struct {
	id, name              string
	color                 any // one of tagColors, or nil
	createdBy, modifiedBy map[string]any
	created, modified     string
}

const (
	tagsKey    = "tags"
	maxTagName = 25
	// allowedTags is how many tags a module may have, maxTags how many a record takes here. Zoho's own bounds depend on
	// the edition.
	allowedTags = 200
	maxTags     = 100
)

// tagColors are all the colours that a tag may have.
var tagColors = []any{
	"#57B1FD", "#879BFC", "#658BA8", "#FD87BD", "#969696", "#F48435", "#1DB9B4", "#E7A826", "#63C57E", "#F17574", "#D297EE",
	"#A8C026", "#B88562",
}

// tags are those of all modules.
type tags struct {
	of map[string][]*tag // by module, in the order they were made in
	// by id; nil for one that is gone, and the tag it was merged into for one that was merged. Records keep ids.
	by map[string]*tag
}

func newTags() tags { return tags{of: map[string][]*tag{}, by: map[string]*tag{}} }

func (t *tags) add(module string, added ...*tag) {
	t.of[module] = append(t.of[module], added...)
	for _, a := range added {
		t.by[a.id] = a
	}
}

// drop takes a tag away; into, if not nil, stands for it from now on.
func (t *tags) drop(module string, dropped, into *tag) {
	t.of[module] = slices.DeleteFunc(t.of[module], func(a *tag) bool { return a == dropped })
	for id, a := range t.by {
		if a == dropped {
			t.by[id] = into
		}
	}
}

// moduleOf is the module that has a tag now.
func (t *tags) moduleOf(id string) (string, *tag) {
	for module, all := range t.of {
		for _, a := range all {
			if a.id == id {
				return module, a
			}
		}
	}
	return "", nil
}

// ref is the tag as records show it.
func (t *tag) ref() map[string]any {
	return map[string]any{"name": t.name, "id": t.id, "color_code": t.color}
}

func (t *tag) json() map[string]any {
	return map[string]any{
		"name": t.name, "id": t.id, "color_code": t.color, "created_by": t.createdBy, "modified_by": t.modifiedBy,
		"created_time": t.created, "modified_time": t.modified,
	}
}

func (t *tag) item(message string) map[string]any {
	return map[string]any{"code": "SUCCESS", "details": t.json(), "message": message, "status": "success"}
}

// shown is a record's tags with the names and colours that they have now. What SeedFunc made up is shown as it is.
func (t *tags) shown(v any) []any {
	stored, _ := v.([]any)
	shown, seen := []any{}, map[*tag]bool{}
	for _, item := range stored {
		ref, _ := item.(map[string]any)
		id, _ := ref["id"].(string)
		a, known := t.by[id]
		switch {
		case !known:
			shown = append(shown, item)
		case a != nil && !seen[a]:
			seen[a] = true
			shown = append(shown, a.ref())
		}
	}
	return shown
}

// named gives a refusal's details the parameter under the key by which Zoho's files of tags, related lists and contact
// roles know it, beside the one that other calls have.
func named(param string, refused *refusal) *refusal {
	refused.details = map[string]any{"param_name": param, "param": param}
	return refused
}

// tagsModule is the module that a call names in its query.
func (c *crm) tagsModule(q *request) (*schema.Module, *refusal) {
	name := q.query.Get("module")
	if name == "" {
		return nil, named("module", missingParam("module"))
	}
	m := c.schema.Module(name)
	switch {
	case m == nil:
		return nil, unknownModule(nil)
	case !isRecordModule(m) || m.Field("Tag") == nil:
		return nil, newRefusal(http.StatusBadRequest, "INVALID_MODULE", "the given module is not supported for this api", nil)
	}
	return m, nil
}

// listTags is GET settings/tags?module=….
func (c *crm) listTags(q *request) outcome {
	m, refused := c.tagsModule(q)
	if refused == nil {
		refused = q.flag("my_tags")
	}
	if refused != nil {
		return refused.outcome()
	}
	all := c.tags.of[m.APIName]
	mine := strings.EqualFold(q.query.Get("my_tags"), "true")
	var shown []any
	for _, t := range all {
		if !mine || t.createdBy["id"] == q.grant.UserID {
			shown = append(shown, t.json())
		}
	}
	if len(shown) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{
		tagsKey: shown, "info": map[string]any{"count": len(all), "allowed_count": allowedTags},
	}}
}

// addTags is POST settings/tags?module=….
func (c *crm) addTags(q *request) outcome {
	m, refused := c.tagsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(m, q.version, q.grant.UserID)
	return c.eachOf(q, tagsKey, maxRows, http.StatusCreated, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+tagsKey, i), name: "name"}
		if row["name"] == nil {
			return nil, w.mandatory(s)
		}
		t := &tag{}
		if refused := w.changeTag(t, s, row); refused != nil {
			return nil, refused
		}
		if refused := w.roomForTags(1); refused != nil {
			return nil, refused
		}
		w.stampTag(t)
		c.tags.add(m.APIName, t)
		return t.item("tags created successfully"), nil
	})
}

// updateTags is PUT settings/tags?module=….
func (c *crm) updateTags(q *request) outcome {
	m, refused := c.tagsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(m, q.version, q.grant.UserID)
	return w.updateTagRows(q, maxRows, func(s site, row map[string]any) (*tag, *refusal) {
		text, _ := scalarText(row["id"])
		if text == "" {
			return nil, w.mandatory(s)
		}
		for _, t := range c.tags.of[m.APIName] {
			if t.id == text {
				return t, nil
			}
		}
		return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid", "id", text)
	})
}

// updateTag is PUT settings/tags/{id}?module=….
func (c *crm) updateTag(q *request) outcome {
	m, t, refused := c.tagOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.newWrite(m, q.version, q.grant.UserID).updateTagRows(q, 1, func(site, map[string]any) (*tag, *refusal) { return t, nil })
}

func (w *write) updateTagRows(q *request, limit int, named func(s site, row map[string]any) (*tag, *refusal)) outcome {
	return w.c.eachOf(q, tagsKey, limit, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		path := indexed("$."+tagsKey, i)
		t, refused := named(site{path: path, name: "id"}, row)
		if refused != nil {
			return nil, refused
		}
		_, hasName := row["name"]
		if _, hasColor := row["color_code"]; !hasName && !hasColor {
			return nil, newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": []any{
				map[string]any{"api_name": "name", "json_path": path + ".name"}, map[string]any{"api_name": "color_code", "json_path": path + ".color_code"},
			}})
		}
		if refused = w.changeTag(t, site{path: path}, row); refused != nil {
			return nil, refused
		}
		t.modifiedBy, t.modified = minified(w.by), formatTime(w.now)
		return t.item("tags updated successfully"), nil
	})
}

// tagOf finds the tag of the path among those of the module in the query.
func (c *crm) tagOf(q *request) (*schema.Module, *tag, *refusal) {
	m, refused := c.tagsModule(q)
	if refused != nil {
		return nil, nil, refused
	}
	module, t := c.tags.moduleOf(q.id)
	if module != m.APIName {
		return nil, nil, unknownTag(q.id)
	}
	return m, t, nil
}

func unknownTag(id string) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "tags not found", map[string]any{"id": id, "resource_path_index": 2})
}

// deleteTag is DELETE settings/tags/{id}: the tag goes from all records too.
func (c *crm) deleteTag(q *request) outcome {
	module, t := c.tags.moduleOf(q.id)
	if t == nil {
		return unknownTag(q.id).outcome()
	}
	c.tags.drop(module, t, nil)
	return c.batchOutcome(q, []rowResult{{item: t.item("tags deleted successfully")}}, http.StatusOK, 0).under(tagsKey)
}

// mergeTags is POST settings/tags/{id}/actions/merge: the tags that the rows name become the one of the path.
func (c *crm) mergeTags(q *request) outcome {
	module, into := c.tags.moduleOf(q.id)
	if into == nil {
		return unknownTag(q.id).outcome()
	}
	w := c.newWrite(c.schema.Module(module), q.version, q.grant.UserID)
	return c.eachOf(q, tagsKey, maxRows, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+tagsKey, i), name: "conflict_id"}
		text, _ := scalarText(row["conflict_id"])
		if text == "" {
			return nil, w.mandatory(s)
		}
		of, t := c.tags.moduleOf(text)
		if of != module || t == into {
			return nil, w.fault(s, "INVALID_DATA", "invalid data")
		}
		c.tags.drop(module, t, into)
		into.modifiedBy, into.modified = minified(w.by), formatTime(w.now)
		return into.item("tags updated successfully"), nil
	})
}

// countTagged is GET settings/tags/{id}/actions/records_count?module=….
func (c *crm) countTagged(q *request) outcome {
	m, t, refused := c.tagOf(q)
	if refused != nil {
		return refused.outcome()
	}
	n := 0
	c.table(m.APIName).scan(false, 0, func(r *record) bool {
		stored, _ := r.fields["Tag"].([]any)
		if slices.ContainsFunc(stored, func(item any) bool {
			ref, _ := item.(map[string]any)
			id, _ := ref["id"].(string)
			return c.tags.by[id] == t
		}) {
			n++
		}
		return true
	})
	return outcome{status: http.StatusOK, body: map[string]any{"count": strconv.Itoa(n)}}
}

// named is the tag of that name which the write's module has, or is to get; capitals do not matter.
func (w *write) named(name string) *tag {
	for _, all := range [][]*tag{w.c.tags.of[w.module.APIName], w.newTags} {
		for _, t := range all {
			if strings.EqualFold(t.name, name) {
				return t
			}
		}
	}
	return nil
}

// changeTag takes over the name and the colour that a row has, or nothing when one of them is refused.
func (w *write) changeTag(t *tag, s site, row map[string]any) *refusal {
	name, color := t.name, t.color
	if v, ok := row["name"]; ok {
		s.name = "name"
		text, isText := v.(string)
		switch {
		case v == nil || v == "":
			return w.mandatory(s)
		case !isText:
			return w.expected(s, "text")
		case utf8.RuneCountInString(text) > maxTagName:
			return w.tooLong(s, maxTagName)
		}
		if other := w.named(text); other != nil && other != t {
			return w.fault(s, "DUPLICATE_DATA", "duplicate data", "id", other.id)
		}
		name = text
	}
	if v, ok := row["color_code"]; ok {
		s.name = "color_code"
		if _, isText := v.(string); !isText && v != nil {
			return w.expected(s, "text")
		}
		if v != nil && !slices.Contains(tagColors, v) {
			return w.fault(s, "INVALID_DATA", "invalid data", "supported_values", tagColors)
		}
		color = v
	}
	t.name, t.color = name, color
	return nil
}

// stampTag makes a new tag of one that was checked.
func (w *write) stampTag(t *tag) {
	t.id = formatID(w.c.nextID())
	t.createdBy, t.modifiedBy = minified(w.by), minified(w.by)
	t.created, t.modified = formatTime(w.now), formatTime(w.now)
}

// roomForTags refuses more tags than a module may have.
func (w *write) roomForTags(more int) *refusal {
	if more > 0 && len(w.c.tags.of[w.module.APIName])+more > allowedTags {
		return newRefusal(http.StatusBadRequest, "LICENSE_LIMIT_EXCEEDED", "tags edition limit exceeded", nil)
	}
	return nil
}
