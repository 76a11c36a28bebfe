package zohohubtest

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// uploadFiles is POST files: files that wait for a field of a record to take them.
func (c *crm) uploadFiles(q *request) outcome {
	u := q.upload
	_, refused := q.choice("type", "", "inline")
	switch {
	case refused != nil:
	case u.tooLarge, u.bigFile:
		refused = bigFile(http.StatusUnsupportedMediaType)
	case u.failure != nil && !u.broken:
		refused = failedUpload()
	case u.count > maxZFSFiles:
		refused = newRefusal(http.StatusBadRequest, "INVALID_REQUEST",
			"unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.", nil)
	case u.broken, u.count == 0, anyEmpty(u.files):
		refused = newRefusal(http.StatusBadRequest, "failure_in_attachment_handling",
			"Problem in uploading attachment. kindly upload the file properly", nil)
	}
	if refused != nil {
		return refused.outcome()
	}
	items := []any{}
	for _, f := range u.take() {
		f.id = newFileID()
		c.files[f.id] = f
		c.uploads = append(c.uploads, f)
		items = append(items, map[string]any{
			"code": "SUCCESS", "details": map[string]any{"name": f.name, "id": f.id}, "message": f.name + " uploaded successfully", "status": "success",
		})
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": items}}
}

func anyEmpty(files []*file) bool {
	for _, f := range files {
		if f.size == 0 {
			return true
		}
	}
	return false
}

// newFileID is as the ids of Zoho's file system are.
func newFileID() string {
	var id [20]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// downloadFile is GET files?id=….
func (c *crm) downloadFile(q *request) outcome {
	id := q.query.Get("id")
	if id == "" {
		return missingParam("id").outcome()
	}
	f := c.files[id]
	if f == nil {
		return outcome{status: http.StatusNoContent}
	}
	return f.download(anyFile)
}

// downloadOfField is GET {module}/{id}/actions/download_fields_attachment: a file out of a field of the record, or of a row
// of its subforms, by the id of its row there.
func (c *crm) downloadOfField(q *request) outcome {
	row := q.query.Get("fields_attachment_id")
	if row == "" {
		return missingParam("fields_attachment_id").outcome()
	}
	r := c.recordAt(q)
	if r == nil {
		return badID().outcome()
	}
	if f := c.files[c.fileIn(q.module, r.fields, row)]; f != nil {
		return f.download(anyFile)
	}
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid",
		map[string]any{"param_name": "fields_attachment_id"}).outcome()
}

// fileIn is the id of the file that a row of a file or image field holds; empty when the fields have no such row.
func (c *crm) fileIn(m *schema.Module, fields map[string]any, id string) string {
	for _, f := range m.Fields {
		rows, _ := fields[f.APIName].([]any)
		for _, item := range rows {
			row, _ := item.(map[string]any)
			file := ""
			switch {
			case f.DataType == "subform":
				file = c.fileIn(c.schema.Module(f.Subform), row, id)
			case (f.DataType == "fileupload" || f.DataType == "imageupload") && row["id"] == id:
				file, _ = row["File_Id__s"].(string)
			}
			if file != "" {
				return file
			}
		}
	}
	return ""
}
