package zohohubtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// files takes the rows of a file or image field: {"File_Id__s": …} adds a file, {"id": …, "_delete": null} removes one, and
// what is not listed stays, in all versions.
func (w *write) files(f *schema.Field, s site, v, before any) (any, *refusal) {
	olds, _ := before.([]any)
	rows := slices.Clone(olds)
	list, ok := v.([]any)
	if !ok && v != nil && v != "" {
		return nil, w.expected(s, "jsonarray")
	}
	for i, item := range list {
		at := s.index(i)
		in, ok := item.(map[string]any)
		if !ok {
			return nil, w.expected(at, "jsonobject")
		}
		idKeys, fileKeys := []string{"id"}, []string{"File_Id__s"}
		if !w.version.fileKeys {
			idKeys, fileKeys = []string{"id", "attachment_Id", "attachment_id"}, []string{"file_id", "file_Id", "File_Id"}
		}
		id, file := firstText(in, idKeys), firstText(in, fileKeys)
		place := slices.IndexFunc(rows, func(row any) bool { return id != "" && refID(row) == id })
		_, deletes := in["_delete"]
		switch {
		case place >= 0 && deletes:
			rows = slices.Delete(rows, place, place+1)
		case place >= 0:
			old, _ := rows[place].(map[string]any)
			row := maps.Clone(old)
			if refused := w.describe(f, at, in, row); refused != nil {
				return nil, refused
			}
			rows[place] = row
		case file == "" && id != "":
			return nil, w.fault(at.at("id"), "INVALID_DATA", "the id given seems to be invalid")
		case file == "":
			return nil, w.mandatory(at.at(fileKeys[0]))
		default:
			uploaded := w.c.files[file]
			if uploaded == nil {
				return nil, w.fault(at.at(fileKeys[0]), "INVALID_DATA", "invalid data")
			}
			row := w.fileRow(f, uploaded, len(rows)+1)
			if refused := w.describe(f, at, in, row); refused != nil {
				return nil, refused
			}
			rows = append(rows, row)
		}
	}
	switch {
	case len(rows) > f.Length:
		return nil, w.fault(s, "LIMIT_EXCEEDED", "limit exceeded", "maximum_length", f.Length)
	case len(rows) == 0:
		return nil, nil
	}
	return rows, nil
}

// firstText is the first of the keys that an object has as text.
func firstText(object map[string]any, keys []string) string {
	for _, key := range keys {
		if text, _ := scalarText(object[key]); text != "" {
			return text
		}
	}
	return ""
}

// fileRow is a new row as it is stored, with all that any version says of it.
func (w *write) fileRow(f *schema.Field, uploaded *file, place int) map[string]any {
	row := map[string]any{
		"id": formatID(w.c.nextID()), "File_Id__s": uploaded.id, "File_Name__s": uploaded.name, "Size__s": strconv.FormatInt(uploaded.size, 10),
	}
	if f.DataType == "imageupload" {
		row["Preview_Id__s"], row["Sequence_Number__s"], row["State__s"], row["Description__s"] = uploaded.id, json.Number(strconv.Itoa(place)), "save", nil
		return row
	}
	stamp := formatTime(w.now)
	row["Created_Time__s"], row["Created_By__s"], row["Owner__s"] = stamp, minified(w.by), minified(w.by)
	row["Modified_Time__s"], row["Modified_By__s"] = stamp, minified(w.by)
	return row
}

// describe sets what may be said of an image.
func (w *write) describe(f *schema.Field, s site, in, row map[string]any) *refusal {
	if f.DataType != "imageupload" {
		return nil
	}
	for _, part := range []*schema.Field{{APIName: "Sequence_Number", DataType: "integer", Length: 9}, {APIName: "Description", DataType: "text", Length: 255}} {
		key := w.version.fileKey(part.APIName)
		sent, isSent := in[key]
		if !isSent {
			continue
		}
		v, refused := w.value(part, s.at(key), sent, nil)
		if refused != nil {
			return refused
		}
		row[part.APIName+"__s"] = v
	}
	return nil
}

// fileKey is the version's key for a part of a file or an image.
func (v *version) fileKey(part string) string {
	if v.fileKeys {
		return part + "__s"
	}
	return part
}

// showFiles is the rows of a file or image field in the form of the version; the record that has them is named.
func showFiles(f *schema.Field, v any, in *version, module, record string) any {
	rows, _ := v.([]any)
	if rows == nil {
		return nil
	}
	out := make([]any, len(rows))
	for i, item := range rows {
		row, _ := item.(map[string]any)
		if f.DataType == "imageupload" {
			out[i] = showImage(row, in)
		} else {
			out[i] = showFile(row, in, module, record)
		}
	}
	return out
}

func showImage(row map[string]any, in *version) map[string]any {
	out := map[string]any{"id": row["id"]}
	for _, key := range []string{"File_Id", "File_Name", "Preview_Id", "Size", "Sequence_Number", "State", "Description"} {
		out[in.fileKey(key)] = row[key+"__s"]
	}
	if !in.fileKeys {
		out["Encrypted_Id"] = row["File_Id__s"]
	}
	if in.imageSource {
		out["Attachment_Source__s"] = nil
	}
	return out
}

func showFile(row map[string]any, in *version, module, record string) map[string]any {
	if !in.fileKeys {
		id, _ := row["id"].(string)
		return map[string]any{
			"attachment_Id": row["id"], "file_Id": row["File_Id__s"], "file_Name": row["File_Name__s"], "file_Size": row["Size__s"],
			"entity_Id": record, "mode": nil, "preview_Url": nil,
			"download_Url": "/crm/" + in.name + "/" + module + "/" + record + "/actions/download_fields_attachment?fields_attachment_id=" + id,
		}
	}
	out := map[string]any{}
	for _, key := range []string{"id", "File_Id__s", "File_Name__s", "Size__s"} {
		out[key] = row[key]
	}
	if in.fileStamps {
		for _, key := range []string{"Created_By__s", "Created_Time__s", "Modified_By__s", "Modified_Time__s", "Owner__s"} {
			out[key] = row[key]
		}
	}
	return out
}
