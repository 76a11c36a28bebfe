package zohohubtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// upload sends files of those names and sizes to the files API, and gives their ids.
func (c *api) upload(files map[string]int) map[string]string {
	c.t.Helper()
	var parts []part
	for name, size := range files {
		parts = append(parts, part{"file", name, strings.Repeat("x", size)})
	}
	header := c.header.Clone()
	header.Set("Content-Type", formType)
	got, _, err := send(c.t.Context(), c.http, http.MethodPost, c.server.URL()+"/crm/v8/files", header, form(parts...))
	require.NoError(c.t, err)
	require.Equal(c.t, 200, got.Status, got.Body)
	ids := map[string]string{}
	for i, id := range uploadedIDs(c.t, []byte(got.Body)) {
		ids[parts[i].file] = id
	}
	return ids
}

func TestFileFields(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	uploaded := c.upload(map[string]int{"a.pdf": 1024, "b.txt": 2})
	aa, bb := uploaded["a.pdf"], uploaded["b.txt"]
	id := c.create("v8/Specimens", `{"Name":"S","Documents":[{"File_Id__s":"`+aa+`"}]}`)
	path := "v8/Specimens/" + id
	first := c.rows(path, "Documents")[0]
	by := map[string]any{"name": "Ana Silva", "id": defaultUserID}
	stamp := first["Created_Time__s"]
	want := map[string]any{"id": first["id"], "File_Id__s": aa, "File_Name__s": "a.pdf", "Size__s": "1024"}
	c.in(t).expectRow(want, "v5/Specimens/"+id, "Documents")
	want["Created_By__s"], want["Modified_By__s"], want["Owner__s"], want["Created_Time__s"], want["Modified_Time__s"] = by, by, by, stamp, stamp
	for _, version := range []string{"v6", "v7", "v8"} {
		c.expectRow(want, version+"/Specimens/"+id, "Documents")
	}
	for _, version := range []string{"v2", "v2.1", "v3", "v4"} {
		c.expectRow(map[string]any{
			"attachment_Id": first["id"], "file_Id": aa, "file_Name": "a.pdf", "file_Size": "1024", "entity_Id": id, "mode": nil, "preview_Url": nil,
			"download_Url": "/crm/" + version + "/Specimens/" + id + "/actions/download_fields_attachment?fields_attachment_id=" + first["id"].(string),
		}, version+"/Specimens/"+id, "Documents")
	}

	// What is not listed stays, in every version; null and an empty list change nothing.
	c.update(path, `{"Documents":[{"File_Id__s":"`+bb+`"}]}`)
	for _, version := range []string{"v2", "v8"} {
		for _, same := range []string{`null`, `[]`, `""`, wholeJSON(t, c.field(version+"/Specimens/"+id, "Documents"))} {
			c.update(version+"/Specimens/"+id, `{"Documents":`+same+`,"Whole":1}`)
			assert.Len(t, c.rows(path, "Documents"), 2, same)
		}
	}
	c.update(path, `{"Documents":[{"id":"`+first["id"].(string)+`","_delete":null}]}`)
	last := c.rows(path, "Documents")
	assert.Equal(t, []any{1, bb}, []any{len(last), last[0]["File_Id__s"]})
	c.update("v2/Specimens/"+id, `{"Documents":[{"file_id":"`+aa+`"},{"attachment_Id":"`+last[0]["id"].(string)+`","_delete":null}]}`)
	assert.Equal(t, aa, c.rows(path, "Documents")[0]["File_Id__s"])

	for sent, want := range map[string]string{
		`"` + aa + `"`:                badType("Documents", "jsonarray"),
		`["` + aa + `"]`:              badType("Documents[0]", "jsonobject"),
		`[{"file_id":"` + aa + `"}]`:  missing("Documents[0].File_Id__s"), // the key of older versions
		`[{"File_Id__s":"cc"}]`:       badValue("Documents[0].File_Id__s"),
		`[{"id":"5"}]`:                unknownID("Documents[0].id"),
		`[{"id":"5","_delete":null}]`: unknownID("Documents[0].id"),
		`[` + strings.TrimSuffix(strings.Repeat(`{"File_Id__s":"`+aa+`"},`, 5), ",") + `]`: at("LIMIT_EXCEEDED", "limit exceeded", "Documents", `,"maximum_length":5`),
	} {
		c.refuses("PUT", path, `{"Documents":`+sent+`}`, want)
	}
	assert.Contains(t, c.call(202, "PUT", "v2/Specimens/"+id, `{"data":[{"Documents":[{"File_Id__s":"`+aa+`"}]}]}`), `"api_name":"file_id"`)
	c.shows(`null`, "v8/Specimens/"+c.create("v8/Specimens", `{"Name":"T","Documents":[]}`), "Documents")
}

func (c *api) expectRow(want map[string]any, path, field string) {
	c.t.Helper()
	assert.Equal(c.t, []map[string]any{want}, c.rows(path, field), path)
}

func TestImageFields(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	aa := c.upload(map[string]int{"a.png": 10})["a.png"]
	id := c.create("v8/Specimens", `{"Name":"S","Pictures":[{"File_Id__s":"`+aa+`","Description__s":"front"}]}`)
	path := "v8/Specimens/" + id
	row := c.rows(path, "Pictures")[0]["id"]
	image := func(suffix, description string, sequence float64) map[string]any {
		return map[string]any{
			"id": row, "File_Id" + suffix: aa, "File_Name" + suffix: "a.png", "Preview_Id" + suffix: aa, "Size" + suffix: "10",
			"Sequence_Number" + suffix: sequence, "State" + suffix: "save", "Description" + suffix: description,
		}
	}
	for _, version := range []string{"v5", "v7"} {
		c.expectRow(image("__s", "front", 1), version+"/Specimens/"+id, "Pictures")
	}
	now := image("__s", "front", 1)
	now["Attachment_Source__s"] = nil
	c.expectRow(now, path, "Pictures")
	old := image("", "back", 4)
	old["Encrypted_Id"] = aa
	c.update(path, `{"Pictures":[{"id":"`+row.(string)+`","Description__s":"back","Sequence_Number__s":4}]}`)
	c.expectRow(old, "v2/Specimens/"+id, "Pictures")
	c.update("v4/Specimens/"+id, `{"Pictures":[{"File_Id":"`+aa+`","Sequence_Number":2}]}`)
	assert.Equal(t, 2.0, c.rows(path, "Pictures")[1]["Sequence_Number__s"]) //nolint:testifylint // a whole number
	for sent, want := range map[string]string{
		`[{"File_Id__s":"` + aa + `","Sequence_Number__s":"1"}]`:                             badType("Pictures[0].Sequence_Number__s", "integer"),
		`[{"id":"` + row.(string) + `","Description__s":1}]`:                                 badType("Pictures[0].Description__s", "text"),
		`[{"File_Id__s":"zz"}]`:                                                              badValue("Pictures[0].File_Id__s"),
		`[` + strings.Repeat(`{"File_Id__s":"`+aa+`"},`, 8) + `{"File_Id__s":"` + aa + `"}]`: at("LIMIT_EXCEEDED", "limit exceeded", "Pictures", `,"maximum_length":10`),
	} {
		c.refuses("PUT", path, `{"Pictures":`+sent+`}`, want)
	}
	assert.Len(t, c.rows(path, "Pictures"), 2)
}
