package zohohubtest

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errFailing = errors.New("the client's disk is broken")

// uploadedIDs are what POST files answered with.
func uploadedIDs(t *testing.T, body []byte) []string {
	t.Helper()
	var answer struct {
		Data []struct{ Details struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal(body, &answer))
	var ids []string
	for _, item := range answer.Data {
		ids = append(ids, item.Details.ID)
	}
	return ids
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "?type=inline"} {
		o := newOrg(t)
		w := o.upload("v8/files"+query, part{"file", "a.pdf", "A"}, part{"x", "", "y"}, part{"file", "é.png", "B"})
		require.Equal(t, 200, w.Code, w.Body)
		ids := uploadedIDs(t, w.Body.Bytes())
		require.Len(t, ids, 2)
		assert.Regexp(t, `^[0-9a-f]{40}$`, ids[0])
		assert.NotEqual(t, ids[0], ids[1])
		item := func(name, id string) string {
			return `{"code":"SUCCESS","details":{"name":"` + name + `","id":"` + id + `"},"message":"` + name + ` uploaded successfully","status":"success"}`
		}
		assert.JSONEq(t, rowsJSON(item("a.pdf", ids[0]), item("é.png", ids[1])), w.Body.String())

		w = o.call("GET", "v8/files?id="+ids[1], "")
		assert.Equal(t, []any{200, "B", "application/x-download", `attachment; filename*=UTF-8''%C3%A9.png`},
			[]any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition")})
		o.expect(204, "", "GET", "v8/files?id=none", "")
		o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"id"}`), "GET", "v8/files", "")
	}
}

func TestTenFilesAndWhatIsKept(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	ten := make([]part, 10)
	for i := range ten {
		ten[i] = part{"file", string(rune('a'+i)) + ".txt", strings.Repeat("A", i+1)}
	}
	body := form(ten...)
	got, err := post(t.Context(), roads(s)["transport"], s, "/crm/v8/files", strings.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	ids := uploadedIDs(t, []byte(got.Body))
	files := s.Files()
	require.Len(t, files, 10)
	for i, f := range files {
		assert.Equal(t, []any{ids[i], ten[i].file, int64(i + 1)}, []any{f.ID, f.Name, f.Size})
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, ten[i].content, string(content))
	}
}

// fileRows are the rows of a record's file field, by the names of the files.
func (c *api) fileRows(path, field string) map[string]string {
	c.t.Helper()
	ids := map[string]string{}
	for _, row := range c.rows(path, field) {
		ids[row["File_Name__s"].(string)] = row["id"].(string)
	}
	return ids
}

// A file that was uploaded, and hung into a field, is downloaded from there by the id of its row, until the row goes.
func TestDownloadOfAField(t *testing.T) {
	t.Parallel()
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newAPI(t)
			files := c.upload(map[string]int{"a.pdf": 1, "b.txt": 2, "é.png": 70_000}) // the last is too large for memory
			idKey, fileKey, pictureKey := "id", "File_Id__s", "File_Id__s"
			if !v.fileKeys {
				idKey, fileKey, pictureKey = "attachment_Id", "file_id", "File_Id"
			}
			id := c.create(name+"/Specimens", `{"Name":"S","Documents":[{"`+fileKey+`":"`+files["a.pdf"]+`"}],"Pictures":[{"`+pictureKey+`":"`+files["é.png"]+`"}]}`)
			path, current := name+"/Specimens/"+id, "v8/Specimens/"+id
			c.update(path, `{"Documents":[{"`+fileKey+`":"`+files["b.txt"]+`"}]}`)
			documents, pictures := c.fileRows(current, "Documents"), c.fileRows(current, "Pictures")
			assert.Len(t, documents, 2)
			at := path + "/actions/download_fields_attachment?fields_attachment_id="
			for row, want := range map[string]string{documents["a.pdf"]: "x", documents["b.txt"]: "xx", pictures["é.png"]: strings.Repeat("x", 70_000)} {
				assert.Equal(t, want, c.call(200, "GET", at+row, ""))
			}

			wrong := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"param_name":"fields_attachment_id"}`)
			assert.JSONEq(t, wrong, c.call(400, "GET", at+files["a.pdf"], ""), "the id of the file")
			c.update(path, `{"Documents":[{"`+idKey+`":"`+documents["a.pdf"]+`","_delete":null}]}`)
			assert.JSONEq(t, wrong, c.call(400, "GET", at+documents["a.pdf"], ""))
			assert.Equal(t, "xx", c.call(200, "GET", at+documents["b.txt"], ""), "what is not listed stays")
			assert.Equal(t, "x", c.call(200, "GET", name+"/files?id="+files["a.pdf"], ""), "the file itself is nobody's")

			other := c.create(name+"/Specimens", `{"Name":"T"}`)
			assert.JSONEq(t, wrong, c.call(400, "GET", name+"/Specimens/"+other+"/actions/download_fields_attachment?fields_attachment_id="+documents["b.txt"], ""))
			missing := refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields_attachment_id"}`)
			assert.JSONEq(t, missing, c.call(400, "GET", path+"/actions/download_fields_attachment", ""))
			c.call(200, "DELETE", path, "")
			assert.JSONEq(t, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), c.call(400, "GET", at+documents["b.txt"], ""))
		})
	}
}

// A row of a subform may hold files as well; they are downloaded from the record.
func TestDownloadOfARowsField(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Specimen_Rows", Field{APIName: "Papers", DataType: "fileupload"})
	file := c.upload(map[string]int{"a.pdf": 3})["a.pdf"]
	path := "v8/Specimens/" + c.create("v8/Specimens", `{"Name":"S","Rows":[{"Label":"a"},{"Label":"b","Papers":[{"File_Id__s":"`+file+`"}]}]}`)
	papers := c.rows(path, "Rows")[1]["Papers"].([]any)[0].(map[string]any)
	at := path + "/actions/download_fields_attachment?fields_attachment_id="
	assert.Equal(t, "xxx", c.call(200, "GET", at+papers["id"].(string), ""))
	c.call(400, "GET", at+c.rows(path, "Rows")[1]["id"].(string), "")
}
