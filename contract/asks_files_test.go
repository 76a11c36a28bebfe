package contract

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// formOf is a multipart form with one file, or with none when it has no name.
func formOf(name, content string) string {
	if name == "" {
		return "--xx--\r\n"
	}
	return "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n--xx--\r\n"
}

// askFiles asks a fake for attachments, files, the files of fields and photos, each call once so that it is done and once
// so that it is refused.
func askFiles(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	lead := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	note := crm.Seed("Notes", zohohub.Fields{
		"Note_Title": "Call", "Note_Content": "Rang twice", "Parent_Id": map[string]any{"id": lead, "module": map[string]any{"api_name": "Leads"}},
	})[0]
	do := func(method, path, form string) error {
		ask := zohohub.Request{Method: method, Path: path, Stream: method == http.MethodGet} // a file is no JSON
		if form != "" {
			ask.Body, ask.ContentType = []byte(form), "multipart/form-data; boundary=xx"
		}
		resp, err := conn.Do(t.Context(), ask)
		if err == nil && resp.Stream != nil {
			_, err = io.Copy(io.Discard, resp.Stream)
			return errors.Join(err, resp.Stream.Close())
		}
		return err
	}
	const all = "?fields=File_Name,Size,Parent_Id,Owner,Created_By,Modified_By,Created_Time,Modified_Time," +
		"$se_module,$state,$editable,$sharing_permission,$type,$attachment_type,$link_url,$file_id"
	at, fields := "Leads/"+lead+"/Attachments", "/actions/download_fields_attachment?fields_attachment_id="
	type ask struct{ method, path, form string }
	done := func(asks ...ask) {
		t.Helper()
		for _, a := range asks {
			assert.NoError(t, do(a.method, a.path, a.form), "%s %s", a.method, a.path)
		}
	}
	file, picture := formOf("a.txt", "A"), formOf("a.png", "\x89PNG\r\n\x1a\n")
	done(
		ask{http.MethodGet, at + all, ""},
		ask{http.MethodPost, at, file},
		ask{http.MethodPost, at + "?attachmentUrl=https://example.com&title=x", ""},
		ask{http.MethodPost, "Notes/" + note + "/Attachments", file},
		ask{http.MethodGet, "Notes/" + note + "?fields=Note_Title,Note_Content,Parent_Id,$attachments", ""},
		ask{http.MethodGet, at + all, ""},
		ask{http.MethodGet, at + "?fields=File_Name", ""},
		ask{http.MethodPost, "files", file},
		ask{http.MethodPost, "files?type=inline", file},
	)
	attached := crm.Attachments("Leads", lead)
	require.Len(t, attached, 2)
	specimen := crm.Seed("Specimens", zohohub.Fields{"Name": "S", "Documents": []any{map[string]any{"File_Id__s": crm.Files()[0].ID}}})[0]
	row, _ := crm.Records("Specimens")[0]["Documents"].([]any)[0].(map[string]any)["id"].(string)
	done(
		ask{http.MethodGet, at + "/" + attached[0].ID, ""},
		ask{http.MethodGet, "files?id=" + crm.Files()[0].ID, ""},
		ask{http.MethodGet, "Specimens/" + specimen + fields + row, ""},
		ask{http.MethodGet, "Specimens/" + specimen + "?fields=Documents", ""},
	)
	for _, photo := range []string{"Leads/" + lead + "/photo", "org/photo"} {
		done(ask{http.MethodGet, photo, ""}, ask{http.MethodPost, photo, picture}, ask{http.MethodGet, photo, ""}, ask{http.MethodGet, "org", ""}, ask{http.MethodDelete, photo, ""})
	}

	for _, a := range []ask{
		{http.MethodGet, at, ""},
		{http.MethodGet, "Leads/1/Attachments" + all, ""},
		{http.MethodGet, at + "/" + attached[1].ID, ""}, // a link
		{http.MethodGet, "Leads/1/Attachments/1", ""},
		{http.MethodPost, at, ""},
		{http.MethodPost, at, formOf("", "")},
		{http.MethodPost, at + "?attachmentUrl=x", ""},
		{http.MethodDelete, at + "/1", ""},
		{http.MethodDelete, at + "?ids=1", ""},
		{http.MethodPost, "files", formOf("", "")},
		{http.MethodGet, "files", ""},
		{http.MethodGet, "Leads/" + lead + fields + "1", ""},
		{http.MethodGet, "Leads/1" + fields + "1", ""},
		{http.MethodDelete, "org/photo", ""},
		{http.MethodPost, "org/photo", file},
		{http.MethodDelete, "Leads/" + lead + "/photo", ""},
		{http.MethodPost, "Leads/" + lead + "/photo", file},
		{http.MethodGet, "Deals/1/photo", ""},
		{http.MethodGet, "Leads/1/photo", ""},
	} {
		assert.Error(t, do(a.method, a.path, a.form), "%s %s", a.method, a.path)
	}
	done(
		ask{http.MethodGet, at + "/1", ""},
		ask{http.MethodGet, "files?id=x", ""},
		ask{http.MethodDelete, at + "/" + attached[0].ID, ""},
		ask{http.MethodDelete, at + "?ids=" + attached[1].ID, ""},
	)
}
