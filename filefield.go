package zohohub

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
)

// FileField is a row of a file or image field of a record: a field of type []FileField. What was uploaded is put into it
// with the FileID alone, or as [Files.Upload] returned it; a [Tracked] record then sends what is new and removes what is
// gone.
//
//	file, err := conn.Files().Upload(ctx, "contract.pdf", r)
//	lead.Contract = append(lead.Contract, *file)
//	err = leads.Save(ctx, lead)
//
// Before API v5 files are read only: a save that would change them is an error.
type FileField struct {
	// ID is that of the row, for [Record.OpenFieldFile]; empty until the record is saved and found again.
	ID string
	// FileID is that of the file, for [Files.Open].
	FileID string `zoho:"File_Id__s"`
	Name   string `zoho:"File_Name__s,readonly"`
	Size   int64  `zoho:"Size__s,readonly"`
	// Description and Sequence, the place among the images counted from 1, are of images alone.
	Description string `zoho:"Description__s"`
	Sequence    int    `zoho:"Sequence_Number__s"`
}

// OpenFieldFile opens a file that a field of a record holds, by the id of its row there ([FileField.ID]), for reading; the
// caller closes it. A record or a row that is not there is [ErrRecordNotFound]. It costs what [Attachments.Open] does.
//
// Zoho: GET /crm/v8/{module}/{id}/actions/download_fields_attachment?fields_attachment_id=…
// https://www.zoho.com/crm/developer/docs/api/v8/download-field-attachments.html
func (r *Record[T]) OpenFieldFile(ctx context.Context, recordID, rowID string) (*File, error) {
	const op = "download a field's file of"
	if err := checkID(recordID); err != nil {
		return nil, r.fail(op, err)
	}
	if err := checkID(rowID); err != nil {
		return nil, r.fail(op, fmt.Errorf("the row: %w", err))
	}
	elems := []string{"{id}", "actions", "download_fields_attachment"}
	req := Request{Op: op, Module: r.name, Params: Params{"fields_attachment_id": rowID}, Template: r.template(elems...)}
	elems[0] = recordID
	return r.openFile(ctx, req, elems...)
}

// fileKeys are the keys of a file's row as older versions have them, those of an image's among them, and as they are now.
var fileKeys = map[string]string{
	"attachment_Id": "id", "file_Id": "File_Id__s", "file_Name": "File_Name__s", "file_Size": "Size__s",
	"File_Id": "File_Id__s", "File_Name": "File_Name__s", "Size": "Size__s",
	"Description": "Description__s", "Sequence_Number": "Sequence_Number__s",
}

// oldFileFields are T's fields of files, if the version has other keys for them than [FileField].
func (m *module) oldFileFields() []string {
	if m.conn.version.fileKeys {
		return nil
	}
	return m.plan.RowsOf(reflect.TypeFor[FileField]())
}

// modernFiles is a record with the keys of [FileField], whatever the version.
func (m *module) modernFiles(record []byte) []byte {
	names := m.oldFileFields()
	members := object(record)
	if len(names) == 0 || members == nil {
		return record
	}
	for _, name := range names {
		var rows []map[string]json.RawMessage
		if json.Unmarshal(members[name], &rows) != nil || rows == nil {
			continue // not there, null, or what the codec will not take either
		}
		for _, row := range rows {
			for old, now := range fileKeys {
				if value, ok := row[old]; ok {
					delete(row, old)
					row[now] = value
				}
			}
		}
		members[name] = encoded(rows)
	}
	return encoded(members)
}

// modernPage does so for each record of a page.
func (m *module) modernPage(body []byte) []byte {
	if len(m.oldFileFields()) == 0 {
		return body
	}
	page := object(body)
	var records []json.RawMessage
	if json.Unmarshal(page["data"], &records) != nil || records == nil {
		return body
	}
	for i, record := range records {
		records[i] = m.modernFiles(record)
	}
	page["data"] = encoded(records)
	return encoded(page)
}

// encoded writes what was read from JSON, which never fails.
func encoded(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}

// checkFileFields refuses to write files in a version whose form of doing so is not known.
func (m *module) checkFileFields(record []byte) error {
	for _, name := range m.oldFileFields() {
		if _, written := object(record)[name]; written {
			return fmt.Errorf("%s: a FileField is written from API v5 on", name)
		}
	}
	return nil
}
