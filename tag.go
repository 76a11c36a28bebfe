package zohohub

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/internal/codec"
)

// Tag is a tag of a module, or of a record: a struct's field `Tags []zohohub.Tag` tagged `zoho:"Tag"` holds a record's, with
// ID, Name and Color.
type Tag struct {
	ID string `zoho:"id"`
	// Name has 1 to 25 characters; of two tags of a module that differ in case alone there is only one.
	Name string `zoho:"name"`
	// Color is one of Zoho's, "#57B1FD" for example; empty for none.
	Color        string    `zoho:"color_code"`
	CreatedBy    Lookup    `zoho:"created_by,readonly"`
	ModifiedBy   Lookup    `zoho:"modified_by,readonly"`
	CreatedTime  time.Time `zoho:"created_time,readonly"`
	ModifiedTime time.Time `zoho:"modified_time,readonly"`
}

// Tags are the tags of a module; see [Record.Tags].
type Tags struct{ module }

// Tags returns the tags of the module. Nothing is sent yet.
func (r *Record[T]) Tags() *Tags { return &Tags{r.module} }

// AddTags adds tags to the records with the ids, 100 to a call, one call after another; a name that the module does not
// have becomes one of its tags. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success. It matches
// [ErrRecordNotFound] for an id that is not there. A name without characters, or with more than 25, is refused before
// anything is sent, as [ErrRecordInvalid]. It costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/actions/add_tags  https://www.zoho.com/crm/developer/docs/api/v8/add-tags.html
func (r *Record[T]) AddTags(ctx context.Context, ids []string, tags ...string) (Results, error) {
	return r.tagRecords(ctx, tagging{op: "add tags to", action: "add_tags"}, ids, tags)
}

// SetTags gives the records with the ids these tags in place of those that they have; else it is [Record.AddTags].
//
// Zoho: POST /crm/v8/{module}/actions/add_tags with over_write
func (r *Record[T]) SetTags(ctx context.Context, ids []string, tags ...string) (Results, error) {
	return r.tagRecords(ctx, tagging{op: "set tags of", action: "add_tags", overWrite: true}, ids, tags)
}

// RemoveTags takes tags off the records with the ids, 100 to a call; one that a record does not have is no error. Calls
// run side by side, else it is as [Record.AddTags]. It costs one credit a call.
//
// Zoho: POST /crm/v8/{module}/actions/remove_tags  https://www.zoho.com/crm/developer/docs/api/v8/remove-tags.html
func (r *Record[T]) RemoveTags(ctx context.Context, ids []string, tags ...string) (Results, error) {
	return r.tagRecords(ctx, tagging{op: "remove tags from", action: "remove_tags"}, ids, tags)
}

// All lists the module's tags. Zoho has no pages of tags: it is one call, and costs one credit.
//
// Zoho: GET /crm/v8/settings/tags?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/get-tag-list.html
func (t *Tags) All(ctx context.Context) iter.Seq2[*Tag, error] {
	return func(yield func(*Tag, error) bool) {
		tags, err := t.list(ctx)
		yieldAll(tags, err, yield)
	}
}

// Count returns the number of records that have the tag with the id. It costs one credit.
//
// Zoho: GET /crm/v8/settings/tags/{id}/actions/records_count?module={module}
// https://www.zoho.com/crm/developer/docs/api/v8/get-record-count-for-tag.html
func (t *Tags) Count(ctx context.Context, id string) (int, error) {
	const op = "count tagged"
	if err := checkID(id); err != nil {
		return 0, t.fail(op, err)
	}
	resp, err := t.ask(ctx, Request{
		Op: op, Method: http.MethodGet, Params: t.ofModule(), Template: "settings/tags/{id}/actions/records_count", Repeat: RepeatSafe,
	}, id, "actions", "records_count")
	if err != nil || resp.Status == http.StatusNoContent {
		return 0, err
	}
	n, err := countOf(object(resp.Body)["count"])
	if err != nil {
		return 0, t.failAt(op, resp.Status, err)
	}
	return n, nil
}

// Create makes tags for the module, of which Name and Color are looked at, 100 to a call. Results, with the new tags' IDs,
// are in the order of tags; the error, if any, is a [*BatchError] and hides no success. It matches [ErrDuplicate] for a
// name that there is already. Tags of a call whose answer was lost are [ErrOutcomeUnknown]. It costs one credit a call.
//
// Zoho: POST /crm/v8/settings/tags?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/create-tags.html
func (t *Tags) Create(ctx context.Context, tags ...Tag) (Results, error) {
	return t.write(ctx, "create tags of", creation, tags, func(tag Tag) error {
		if tag.ID != "" {
			return because(ErrRecordInvalid, "the tag has the id %s already", clip(tag.ID, 40))
		}
		return checkTag(tag.Name)
	})
}

// Update renames and recolours tags, by their IDs, 100 to a call: an empty Name or Color stays as it is. Records that have
// a tag show it with its new name. Results are in the order of tags; the error, if any, is a [*BatchError] and hides no
// success. It matches [ErrRecordNotFound] for an ID that is not there. It costs one credit a call.
//
// Zoho: PUT /crm/v8/settings/tags?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/update-tags.html
func (t *Tags) Update(ctx context.Context, tags ...Tag) (Results, error) {
	return t.write(ctx, "update tags of", update, tags, func(tag Tag) error {
		if err := checkID(tag.ID); err != nil || tag.Name == "" {
			return err
		}
		return checkTag(tag.Name)
	})
}

// Merge makes the tag with the first id of the tags with the others, 100 to a call: records that had one of them have it,
// and they are gone. Results are in the order of ids; the error, if any, is a [*BatchError] and hides no success. A call
// whose answer was lost is [ErrOutcomeUnknown]. It costs one credit a call.
//
// Zoho: POST /crm/v8/settings/tags/{id}/actions/merge  https://www.zoho.com/crm/developer/docs/api/v8/merge-tags.html
func (t *Tags) Merge(ctx context.Context, into string, ids ...string) (Results, error) {
	const op = "merge tags of"
	b, err := t.batch(op, len(ids))
	if err != nil {
		return nil, err
	}
	if err := checkID(into); err != nil {
		return nil, t.fail(op, err)
	}
	return b.once(ids, func(rows []outgoing) {
		for i, row := range rows {
			rows[i].body = []byte(`{"conflict_id":"` + row.id + `"}`) // checked: there is nothing in it to escape
		}
		t.send(ctx, b, rows, Request{Method: http.MethodPost, Template: "settings/tags/{id}/actions/merge"}, "", into, "actions", "merge")
	})
}

// Delete deletes the tag with the id, and takes it off all records. A tag that an automation uses is refused with Zoho's
// NOT_ALLOWED, and an id that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: DELETE /crm/v8/settings/tags/{id}  https://www.zoho.com/crm/developer/docs/api/v8/delete-tag.html
func (t *Tags) Delete(ctx context.Context, id string) error {
	b, err := t.batch("delete tag of", 1)
	if err != nil {
		return err
	}
	return single(b.once([]string{id}, func(rows []outgoing) {
		b.inHundreds(ctx, rows, func([]outgoing) (*Response, error) {
			return t.ask(ctx, Request{Op: b.op, Method: http.MethodDelete, Template: "settings/tags/{id}", Repeat: RepeatSafe}, id)
		}, func(chunk []outgoing, resp *Response, err error) {
			b.take(resp, err, "", chunk)
			if resp != nil && resp.Repeated {
				b.forgiveMissing(chunk)
			}
		})
	}))
}

// tagging is a call that changes the tags of records.
type tagging struct {
	op, action string
	overWrite  bool
}

func (m *module) tagRecords(ctx context.Context, how tagging, ids, tags []string) (Results, error) {
	b, err := m.newBatch(how.op, len(ids), nil)
	if err != nil {
		return nil, err
	}
	if len(tags) == 0 {
		return nil, m.fail(how.op, because(ErrRecordInvalid, "no tags"))
	}
	for _, tag := range tags {
		err := checkTag(tag)
		if err == nil && m.conn.version.tagsInQuery && strings.Contains(tag, ",") {
			err = because(ErrRecordInvalid, "the tag's name %q has a comma, which API %s takes for the end of a name", tag, m.conn.version.name)
		}
		if err != nil {
			return nil, m.fail(how.op, err)
		}
	}
	b.oneLane = how.action == "add_tags" // two calls at once might both make a tag that is new
	return b.once(ids, func(rows []outgoing) {
		b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
			req := Request{Op: b.op, Method: http.MethodPost, Repeat: RepeatSafe, Weight: 1}
			if err := m.tagsOf(&req, how, idsOf(chunk), tags); err != nil {
				return nil, err
			}
			return m.call(ctx, req, "actions", how.action)
		}, func(chunk []outgoing, resp *Response, err error) { b.take(resp, err, update.action, chunk) })
	})
}

// tagsOf puts the ids and the tags where the API's version has them.
func (m *module) tagsOf(req *Request, how tagging, ids, tags []string) (err error) {
	if m.conn.version.tagsInQuery {
		req.Params = Params{"ids": ids, "tag_names": tags}
		if how.overWrite {
			req.Params["over_write"] = true
		}
		return nil
	}
	body := struct {
		Tags      []tagBody `json:"tags"`
		IDs       []string  `json:"ids"`
		OverWrite *bool     `json:"over_write,omitempty"`
	}{IDs: ids}
	for _, tag := range tags {
		body.Tags = append(body.Tags, tagBody{Name: tag})
	}
	if how.action == "add_tags" {
		body.OverWrite = &how.overWrite
	}
	req.Body, err = json.Marshal(body)
	return err
}

// tagBody is a tag as it is written.
type tagBody struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Color string `json:"color_code,omitempty"`
}

const maxTagName = 25

func checkTag(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "":
		return because(ErrRecordInvalid, "a tag's name is empty")
	case n > maxTagName:
		return because(ErrRecordInvalid, "the tag's name %q has %d characters: Zoho takes %d", clip(name, 40), n, maxTagName)
	}
	return nil
}

func (t *Tags) list(ctx context.Context) ([]*Tag, error) {
	const op = "list tags of"
	resp, err := t.ask(ctx, Request{Op: op, Method: http.MethodGet, Params: t.ofModule(), Template: "settings/tags", Repeat: RepeatSafe})
	if err != nil || resp.Status == http.StatusNoContent {
		return nil, err
	}
	if _, ok := object(resp.Body)["tags"]; !ok {
		return nil, t.failAt(op, resp.Status, errNoData)
	}
	var tags []*Tag
	var tag *Tag
	_, err = codec.For(reflect.TypeFor[Tag]()).DecodeList(resp.Body, "tags",
		func() any { tag = new(Tag); return tag },
		func([]byte) { tags = append(tags, tag) })
	if err != nil {
		return tags, t.failAt(op, resp.Status, err)
	}
	return tags, nil
}

// write makes or changes tags.
func (t *Tags) write(ctx context.Context, op string, w write, tags []Tag, check func(Tag) error) (Results, error) {
	b, err := t.batch(op, len(tags))
	if err != nil {
		return nil, err
	}
	rows := b.rows(len(tags), func(i int) (outgoing, error) {
		tag := tags[i]
		if err := check(tag); err != nil {
			return outgoing{}, err
		}
		body, err := json.Marshal(tagBody{tag.ID, tag.Name, tag.Color})
		return outgoing{id: tag.ID, body: body}, err
	})
	req := Request{Method: w.method, Params: t.ofModule(), Template: "settings/tags"}
	if w.action == update.action {
		req.Repeat = RepeatSafe
	}
	t.send(ctx, b, rows, req, w.action)
	return b.end()
}

// send writes the rows by calls that are made as req says.
func (t *Tags) send(ctx context.Context, b *batch, rows []outgoing, req Request, action string, elems ...string) {
	b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
		list := make([]json.RawMessage, len(chunk))
		for i, row := range chunk {
			list[i] = row.body
		}
		body, err := json.Marshal(map[string][]json.RawMessage{"tags": list})
		if err != nil {
			return nil, err
		}
		call := req
		call.Op, call.Body = b.op, body
		return t.ask(ctx, call, elems...)
	}, func(chunk []outgoing, resp *Response, err error) { b.take(resp, err, action, chunk) })
}

func (t *Tags) batch(op string, n int) (*batch, error) {
	b, err := t.newBatch(op, n, nil)
	if err != nil {
		return nil, err
	}
	b.key, b.oneLane = "tags", true // rows may be about the same tag
	return b, nil
}

// ask sends a request to the settings of tags.
func (t *Tags) ask(ctx context.Context, req Request, elems ...string) (*Response, error) {
	if t.fault != nil {
		return nil, t.fail(req.Op, t.fault)
	}
	path, err := joinPath(append([]string{"settings", "tags"}, elems...)...)
	if err != nil {
		return nil, t.fail(req.Op, err)
	}
	req.Module, req.Path, req.Weight = t.name, path, 1
	return t.conn.Do(ctx, req)
}

func (t *Tags) ofModule() Params { return Params{"module": t.name} }
