package zohohubtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// attachmentModule is no module that a call can name: attachments are listed as records are, below the record they hang on.
var attachmentModule = &schema.Module{APIName: "Attachments", Fields: []*schema.Field{
	{APIName: "id", DataType: "bigint"},
	{APIName: "File_Name", DataType: "text"},
	{APIName: "Size", DataType: "bigint"},
	{APIName: "Parent_Id", DataType: "lookup"},
	{APIName: "Owner", DataType: "ownerlookup"},
	{APIName: "Created_By", DataType: "ownerlookup"},
	{APIName: "Modified_By", DataType: "ownerlookup"},
	{APIName: "Created_Time", DataType: "datetime"},
	{APIName: "Modified_Time", DataType: "datetime"},
}}

// The $type of an attachment, and the most of a link's words.
const (
	fileType     = "Attachment"
	linkType     = "Link URL"
	maxLinkURL   = 3000
	maxLinkTitle = 255
	// noteAttachments is how many attachments a note tells of itself.
	noteAttachments = 5
)

// listAttachments is GET {module}/{id}/Attachments.
func (c *crm) listAttachments(q *request) outcome {
	if _, refused := c.parent(q); refused != nil {
		return refused.outcome()
	}
	of := *q
	of.module = attachmentModule
	l, refused := c.readList(&of)
	if refused != nil {
		return refused.outcome()
	}
	return c.listed(&of, l, func(r *record) bool { return isAttachedTo(r, q.module, q.id) })
}

// addAttachment is POST {module}/{id}/Attachments: a file, or a link that stands in the form or in the address.
func (c *crm) addAttachment(q *request) outcome {
	parent, refused := c.parent(q)
	if refused != nil {
		return refused.outcome()
	}
	var made *record
	if link := q.link(); link != nil {
		made, refused = c.attachLink(q, parent, link)
	} else {
		made, refused = c.attachUpload(q, parent)
	}
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(attachmentModule, q.version, q.grant.UserID)
	item := map[string]any{
		"code": "SUCCESS", "details": w.stamps(made), "message": "attachment uploaded successfully", "status": "success",
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": []any{item}}}
}

// link is what a call says of one; nil when it says nothing.
func (q *request) link() *webLink {
	if url, ok := q.upload.values["attachmentUrl"]; ok {
		return &webLink{url: url, title: q.upload.values["title"]}
	}
	if q.query.Has("attachmentUrl") {
		return &webLink{url: q.query.Get("attachmentUrl"), title: q.query.Get("title")}
	}
	return nil
}

type webLink struct{ url, title string }

func (c *crm) attachLink(q *request, parent *record, l *webLink) (*record, *refusal) {
	at, err := url.Parse(l.url)
	switch {
	case q.upload.count > 0:
		return nil, ambiguous("file", "attachmentUrl")
	case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || len(l.url) > maxLinkURL:
		return nil, newRefusal(http.StatusBadRequest, "INVALID_URL_PATTERN", "the given attachment URL is incorrect", nil)
	case len([]rune(l.title)) > maxLinkTitle:
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data provided", nil)
	}
	name := l.title
	if name == "" {
		name = l.url // Zoho takes the title of the page
	}
	return c.attach(q.module, parent, q.grant.UserID, map[string]any{
		"File_Name": name, "Size": "0", "$file_id": newFileID(), "$type": linkType, "$attachment_type": 1, "$link_url": l.url,
	}), nil
}

func (c *crm) attachUpload(q *request, parent *record) (*record, *refusal) {
	u := q.upload
	missing := newRefusal(http.StatusBadRequest, "MANDATORY_NOT_FOUND", "required field not found", nil)
	if refused := u.oneFile(missing); refused != nil {
		return nil, refused
	}
	if extension(u.files[0].name) == ".exe" {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "Invalid file type", nil)
	}
	return c.attachFile(q.module, parent, q.grant.UserID, u.take()[0]), nil
}

// attachFile hangs a file on a record; it is the record's from then on.
func (c *crm) attachFile(m *schema.Module, parent *record, userID string, f *file) *record {
	f.id = newFileID()
	r := c.attach(m, parent, userID, map[string]any{
		"File_Name": f.name, "Size": strconv.FormatInt(f.size, 10), "$file_id": f.id, "$type": fileType, "$attachment_type": 0, "$link_url": nil,
	})
	c.attached[r.id] = f
	return r
}

func (c *crm) attach(m *schema.Module, parent *record, userID string, fields map[string]any) *record {
	by := c.newWrite(attachmentModule, versions["v8"], userID).by
	now := c.second()
	maps.Copy(fields, map[string]any{
		"Parent_Id": map[string]any{"id": formatID(parent.id)}, "$se_module": m.APIName,
		"Owner": by, "Created_By": by, "Modified_By": by, "Created_Time": formatTime(now), "Modified_Time": formatTime(now),
	})
	r := &record{id: c.nextID(), fields: fields, created: now, modified: now}
	c.table(attachmentModule.APIName).put(r)
	c.note(attachmentModule, inserting, r, nil)
	return r
}

// getAttachment is GET {module}/{id}/Attachments/{attachment}: the file.
func (c *crm) getAttachment(q *request) outcome {
	if _, refused := c.parent(q); refused != nil {
		return refused.outcome()
	}
	r := c.attachment(q.module, q.id, q.attachment)
	switch {
	case r == nil:
		return outcome{status: http.StatusNoContent}
	case c.attached[r.id] == nil:
		return newRefusal(http.StatusBadRequest, "DOWNLOAD_NOT_ALLOWED", "As it is a linked attachment, you can not download it", nil).outcome()
	}
	f := c.attached[r.id]
	return f.download(contentTypeOf(f.name))
}

// deleteAttachment is DELETE {module}/{id}/Attachments/{attachment}.
func (c *crm) deleteAttachment(q *request) outcome {
	if _, refused := c.parent(q); refused != nil {
		return refused.outcome()
	}
	r := c.attachment(q.module, q.id, q.attachment)
	if r == nil {
		return badRelated(3).outcome()
	}
	c.detach(r)
	return c.batchOutcome(q, []rowResult{attachmentDeleted(q.attachment)}, http.StatusOK, 0)
}

// deleteAttachments is DELETE {module}/{id}/Attachments?ids=….
func (c *crm) deleteAttachments(q *request) outcome {
	if _, refused := c.parent(q); refused != nil {
		return refused.outcome()
	}
	ids := splitComma(q.query.Get("ids"))
	switch {
	case len(ids) == 0:
		return missingParam("ids").outcome()
	case len(ids) > maxIDs:
		return limitExceeded("ids", maxIDs).outcome()
	}
	results := make([]rowResult, len(ids))
	known := false
	for i, id := range ids {
		if r := c.attachment(q.module, q.id, id); r != nil {
			c.detach(r)
			results[i], known = attachmentDeleted(id), true
			continue
		}
		refused := newRefusal(http.StatusBadRequest, "INVALID_DATA", "record not deleted", map[string]any{"id": id})
		results[i] = rowResult{item: refused.item(), failed: refused}
	}
	if !known {
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the related id given seems to be invalid", map[string]any{"param_name": "ids"}).outcome()
	}
	return c.batchOutcome(q, results, http.StatusOK, 0)
}

func attachmentDeleted(id string) rowResult {
	return rowResult{item: map[string]any{
		"code": "SUCCESS", "details": map[string]any{"id": id}, "message": "record deleted", "status": "success",
	}}
}

// parent is the record of the path on which attachments hang.
func (c *crm) parent(q *request) (*record, *refusal) {
	if r := c.recordAt(q); r != nil {
		return r, nil
	}
	return nil, badRelated(1)
}

// attachment is one of a record's; nil when there is none of that id.
func (c *crm) attachment(m *schema.Module, parentID, text string) *record {
	id, ok := parseID(text)
	if r := c.table(attachmentModule.APIName).get(id); ok && r != nil && isAttachedTo(r, m, parentID) {
		return r
	}
	return nil
}

func isAttachedTo(r *record, m *schema.Module, parentID string) bool {
	ref, _ := r.fields["Parent_Id"].(map[string]any)
	return ref["id"] == parentID && r.fields["$se_module"] == m.APIName
}

// attachments are those of a record, oldest first.
func (c *crm) attachments(m *schema.Module, parentID string) []*record {
	t := c.table(attachmentModule.APIName)
	var all []*record
	for _, id := range slices.Clone(t.having("Parent_Id", map[string]any{"id": parentID})) {
		if r := t.get(id); isAttachedTo(r, m, parentID) {
			all = append(all, r)
		}
	}
	return all
}

// detach takes an attachment away, its file too. Unlike records, attachments have no recycle bin.
func (c *crm) detach(r *record) {
	c.table(attachmentModule.APIName).remove(r.id)
	c.note(attachmentModule, deleting, r, nil)
	if f := c.attached[r.id]; f != nil {
		delete(c.attached, r.id)
		f.drop()
	}
}

// showAttachment is an attachment as lists, and the note it hangs on, show it.
func (c *crm) showAttachment(r *record, cols *columns) map[string]any {
	all := map[string]any{
		"id": formatID(r.id), "$editable": true, "$state": "save", "$sharing_permission": "full_access",
	}
	maps.Copy(all, r.fields)
	if m := c.schema.Module(r.fields["$se_module"].(string)); m != nil {
		ref := r.fields["Parent_Id"].(map[string]any)
		id, _ := parseID(ref["id"].(string))
		all["Parent_Id"] = map[string]any{"id": ref["id"], "name": c.nameOf(m, c.table(m.APIName).get(id))}
	}
	if cols == nil {
		return all
	}
	shown := map[string]any{"id": all["id"]}
	for _, f := range cols.fields {
		shown[f.APIName] = all[f.APIName]
	}
	for _, name := range cols.dollars {
		if v, ok := all[name]; ok {
			shown[name] = v
		}
	}
	return shown
}

// attachmentsOfNote are the attachments that a note tells of itself, the latest first.
func (c *crm) attachmentsOfNote(note *record) []any {
	shown := []any{}
	for _, r := range slices.Backward(c.attachments(c.schema.Module("Notes"), formatID(note.id))) {
		if len(shown) < noteAttachments {
			shown = append(shown, c.showAttachment(r, nil))
		}
	}
	return shown
}
