package zohohubtest

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func attachedJSON(id string) string {
	return rowsJSON(`{"code":"SUCCESS","details":{"Modified_Time":"` + testTime + `","Modified_By":` + anaRef + `,"Created_Time":"` + testTime +
		`","id":"` + id + `","Created_By":` + anaRef + `},"message":"attachment uploaded successfully","status":"success"}`)
}

// attachmentJSON is an attachment as it is shown whole.
func attachmentJSON(id, name, size, parent, module, more string) string {
	return `{"id":"` + id + `","File_Name":"` + name + `","Size":"` + size + `","Parent_Id":` + parent + `,"Owner":` + anaUser + `,"Created_By":` + anaUser +
		`,"Modified_By":` + anaUser + `,"Created_Time":"` + testTime + `","Modified_Time":"` + testTime + `","$se_module":"` + module +
		`","$state":"save","$editable":true,"$sharing_permission":"full_access",` + more + `}`
}

const fileKeys = `"$type":"Attachment","$attachment_type":0,"$link_url":null,"$file_id":`

const notRelatedParent = `{"code":"INVALID_DATA","details":{"resource_path_index":1},"message":"the related id given seems to be invalid","status":"error"}`

func TestAttachments(t *testing.T) {
	t.Parallel()
	for name := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			leads := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})
			at := name + "/Leads/" + leads[0] + "/Attachments"
			const all = "?fields=File_Name,Size,Parent_Id,Owner,Created_By,Modified_By,Created_Time,Modified_Time," +
				"$se_module,$state,$editable,$sharing_permission,$type,$attachment_type,$link_url,$file_id"
			o.expect(204, "", "GET", at+all, "")

			w := o.upload(at, part{"file", "Report.pdf", "%PDF"}, part{"title", "", "not a link's"})
			assert.JSONEq(t, attachedJSON(id3), w.Body.String())
			assert.Equal(t, 200, w.Code)
			o.expect(200, attachedJSON(id4), "POST", at+"?attachmentUrl=https%3A%2F%2Fexample.com%2Fa%3Fb&title=Site", "")
			link := `"$type":"Link URL","$attachment_type":1,"$link_url":"https://example.com/a?b","$file_id":"` + o.attachmentRecord(id4).fields["$file_id"].(string) + `"`
			parent := `{"id":"` + leads[0] + `","name":"Doe"}`
			rows := `"data":[` + attachmentJSON(id4, "Site", "0", parent, "Leads", link) + `,` +
				attachmentJSON(id3, "Report.pdf", "4", parent, "Leads", fileKeys+`"`+o.crm.attached[5725767000010000003].id+`"`) + `]`
			w = o.call("GET", at+all, "")
			require.Equal(t, 200, w.Code)
			assert.JSONEq(t, `{`+rows+`}`, withoutInfo(t, w.Body.Bytes()))
			if !versions[name].fieldsRequired {
				assert.JSONEq(t, `{`+rows+`}`, withoutInfo(t, o.call("GET", at, "").Body.Bytes()))
			} else {
				o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`), "GET", at, "")
			}

			w = o.call("GET", at+"/"+id3, "")
			assert.Equal(t, []any{200, "%PDF", "application/pdf", "4", `attachment; filename="Report.pdf"`},
				[]any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Content-Length"), w.Header().Get("Content-Disposition")})
			o.expect(400, refusedJSON("DOWNLOAD_NOT_ALLOWED", "As it is a linked attachment, you can not download it", `{}`), "GET", at+"/"+id4, "")
			o.expect(204, "", "GET", at+"/"+id1, "")
			o.expect(204, "", "GET", at+"/x", "")
			o.expect(204, "", "GET", name+"/Leads/"+leads[1]+"/Attachments/"+id3, "")

			gone := func(id string) string {
				return rowsJSON(`{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"record deleted","status":"success"}`)
			}
			o.expect(400, refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"resource_path_index":3}`), "DELETE", at+"/"+id1, "")
			o.expect(200, gone(id4), "DELETE", at+"/"+id4, "")
			o.expect(400, refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"resource_path_index":3}`), "DELETE", at+"/"+id4, "")
			o.expect(200, gone(id3), "DELETE", at+"?ids="+id3, "")
			o.expect(204, "", "GET", at+all, "")
			o.keepsNothing("")
		})
	}
}

func (o *testOrg) attachmentRecord(text string) *record {
	id, _ := parseID(text)
	return o.crm.table("Attachments").get(id)
}

// withoutInfo is a list without what differs by version.
func withoutInfo(t *testing.T, body []byte) string {
	t.Helper()
	v, err := decodeJSON(body)
	require.NoError(t, err)
	list := v.(map[string]any)
	assert.Contains(t, list, "info")
	delete(list, "info")
	return wholeJSON(t, list)
}

func TestAttachmentsArePaged(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	ids := make([]string, 5)
	for i := range ids {
		w := o.upload("v8/Leads/"+lead+"/Attachments", part{"file", "a.txt", strings.Repeat("A", i)})
		require.Equal(t, 200, w.Code)
		ids[4-i] = o.crm.attachmentFiles("Leads", lead)[i].ID
	}
	at := "v8/Leads/" + lead + "/Attachments?fields=Size&per_page=2"
	walked, infos := walk(t, o, at)
	assert.Equal(t, ids, walked)
	assert.Len(t, infos, 3)
	o.expect(200, `{"data":[{"id":"`+ids[4]+`","Size":"0"}],"info":{"per_page":2,"count":1,"page":1,"more_records":false,"sort_by":"id",`+
		`"sort_order":"desc","call":false,"email":false,"next_page_token":null,"previous_page_token":null,"page_token_expiry":null}}`, "GET", at+"&ids="+ids[4]+",1", "")
	second := listRows(t, o.call("GET", at+"&page=2", ""))
	assert.Equal(t, []any{ids[2], ids[3]}, []any{second[0]["id"], second[1]["id"]})
	o.expect(204, "", "GET", at+"&ids=1", "")
	o.expect(400, badParam("page"), "GET", at+"&page=0", "")
}

func TestAttachmentsOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"})
	for _, id := range []string{"1", "x", id2} {
		at := "v8/Leads/" + id + "/Attachments"
		o.expect(400, notRelatedParent, "GET", at+"?fields=Size", "")
		o.expect(400, notRelatedParent, "GET", at+"/1", "")
		o.expect(400, notRelatedParent, "DELETE", at+"/1", "")
		o.expect(400, notRelatedParent, "DELETE", at+"?ids=1", "")
		o.expect(400, notRelatedParent, "POST", at+"?attachmentUrl=https://example.com", "")
		o.expect(400, notRelatedParent, "POST", at, form(part{"file", "a.txt", "A"}), "Content-Type", formType)
	}
	o.expect(400, unknownModuleJSON, "POST", "v8/Nothings/"+id1+"/Attachments", form(part{"file", "a.txt", "A"}), "Content-Type", formType)
	o.expect(400, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), "PUT", "v8/Leads/"+id1+"/Attachments", "")
	o.keepsNothing("")

	at := "v8/Leads/" + id1 + "/Attachments"
	file := o.upload(at, part{"file", "a.txt", "A"})
	require.Equal(t, 200, file.Code)
	o.expect(400, refusedJSON("INVALID_DATA", "the related id given seems to be invalid", `{"param_name":"ids"}`), "DELETE", at+"?ids=x,1", "")
	o.expect(207, `{"data":[`+refusedJSON("INVALID_DATA", "record not deleted", `{"id":"x"}`)+
		`,{"code":"SUCCESS","details":{"id":"`+id2+`"},"message":"record deleted","status":"success"}]}`, "DELETE", at+"?ids=x,"+id2, "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"ids"}`), "DELETE", at, "")
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":100,"param_name":"ids"}`), "DELETE", at+"?ids="+strings.Repeat("1,", 101), "")
}

const unknownModuleJSON = `{"code":"INVALID_MODULE","details":{"resource_path_index":0},"message":"the module name given seems to be invalid","status":"error"}`

func TestLinks(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/Attachments"
	wrong := refusedJSON("INVALID_URL_PATTERN", "the given attachment URL is incorrect", `{}`)
	for _, url := range []string{"", "nonsense", "www.example.com", "ftp://example.com", "https://", "https://exa%20mple", "http://a b", "https://e.com/" + strings.Repeat("a", 3000)} {
		o.expect(400, wrong, "POST", at, form(part{"attachmentUrl", "", url}), "Content-Type", formType)
	}
	o.expect(400, wrong, "POST", at+"?attachmentUrl=nonsense", "")
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data provided", `{}`), "POST", at+"?attachmentUrl=https://example.com&title="+strings.Repeat("a", 256), "")
	o.expect(400, ambiguity("file", "attachmentUrl"), "POST", at+"?attachmentUrl=https://example.com", form(part{"file", "a.txt", "A"}), "Content-Type", formType)
	o.keepsNothing("")

	require.Equal(t, 200, o.upload(at, part{"attachmentUrl", "", "https://example.com/a"}, part{"title", "", "Título"}).Code)
	require.Equal(t, 200, o.call("POST", at+"?attachmentUrl=http://example.com", "").Code)
	files := o.crm.attachmentFiles("Leads", lead)
	assert.Equal(t, []File{
		{ID: id2, Name: "Título", URL: "https://example.com/a"},
		{ID: id3, Name: "http://example.com", URL: "http://example.com"},
	}, files)
	_, err := files[0].Open()
	require.EqualError(t, err, `zohohubtest: "Título" is a link`)
}

func TestAttachmentsNeedTheirScopes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	refused := refusedJSON("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", `{}`)
	of := func(scopes ...string) grant { return grant{Scopes: scopes, UserID: defaultUserID} }
	at := "v8/Leads/" + lead + "/Attachments"
	body, header := form(part{"file", "a.txt", "A"}), []string{"Content-Type", formType}
	for _, g := range []grant{of("ZohoCRM.modules.leads.ALL"), of("ZohoCRM.modules.attachments.ALL"), of("ZohoCRM.modules.leads.READ", "ZohoCRM.modules.attachments.READ")} {
		w := o.callAs(g, "POST", at, body, header...)
		assert.Equal(t, 401, w.Code)
		assert.JSONEq(t, refused, w.Body.String())
	}
	o.keepsNothing("a file of somebody who may not store it")
	assert.Equal(t, 200, o.callAs(of("ZohoCRM.modules.leads.READ", "ZohoCRM.modules.attachments.CREATE"), "POST", at, body, header...).Code)
	assert.Equal(t, 401, o.callAs(of("ZohoCRM.modules.leads.READ"), "GET", at+"?fields=Size", "").Code)
	assert.Equal(t, 200, o.callAs(of("ZohoCRM.modules.leads.READ", "ZohoCRM.modules.attachments.READ"), "GET", at+"?fields=Size", "").Code)
	assert.Equal(t, 401, o.callAs(of("ZohoCRM.modules.leads.READ", "ZohoCRM.modules.attachments.READ"), "DELETE", at+"/"+id2, "").Code)
	for path, scope := range map[string]string{"files": "ZohoCRM.files.CREATE", "org/photo": "ZohoCRM.org.CREATE", "Leads/" + lead + "/photo": "ZohoCRM.modules.leads.CREATE"} {
		image := form(part{"file", "a.png", pngContent})
		assert.Equal(t, 401, o.callAs(of(strings.Replace(scope, "CREATE", "READ", 1)), "POST", "v8/"+path, image, header...).Code, path)
		assert.Equal(t, 200, o.callAs(of(scope), "POST", "v8/"+path, image, header...).Code, path)
	}
}

func TestAttachmentsOfNotes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads, notes := seedNotes(o)
	for range 6 {
		require.Equal(t, 200, o.upload("v8/Notes/"+notes[0]+"/Attachments", part{"file", "a.txt", "A"}).Code)
	}
	files := o.crm.attachmentFiles("Notes", notes[0])
	require.Len(t, files, 6)
	var shown []string
	for i := 5; i > 0; i-- {
		shown = append(shown, attachmentJSON(files[i].ID, "a.txt", "1", `{"id":"`+notes[0]+`","name":"A"}`, "Notes", fileKeys+`"`+files[i].file.id+`"`))
	}
	o.expect(200, rowsJSON(`{"id":"`+notes[0]+`","$attachments":[`+strings.Join(shown, ",")+`]}`), "GET", "v8/Notes/"+notes[0]+"?fields=$attachments", "")
	o.expect(200, rowsJSON(`{"id":"`+notes[1]+`","$attachments":[]}`), "GET", "v8/Notes/"+notes[1]+"?fields=$attachments", "")

	// They go with the note, and the note with its record.
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+leads[0], "").Code)
	assert.Empty(t, o.crm.attachmentFiles("Notes", notes[0]))
	o.emptyBin()
	o.keepsNothing("")
}

func TestFilesGoWithTheirRecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})
	for _, lead := range leads {
		require.Equal(t, 200, o.upload("v8/Leads/"+lead+"/Attachments", part{"file", "a.txt", "A"}).Code)
		require.Equal(t, 200, o.upload("v8/Leads/"+lead+"/photo", part{"file", "a.png", pngContent}).Code)
	}
	require.Equal(t, 200, o.call("DELETE", "v8/Leads?ids="+leads[0], "").Code)
	assert.Empty(t, o.crm.attachmentFiles("Leads", leads[0]))
	assert.Len(t, o.crm.attachmentFiles("Leads", leads[1]), 1)
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+leads[1], "").Code)
	o.emptyBin()
	o.keepsNothing("")
}

func TestSeedAttachment(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	content := bytes.Repeat([]byte("large"), 50_000)
	id := s.SeedAttachment("Leads", lead, "../a\x00b.txt", bytes.NewReader(content))
	files := s.Attachments("Leads", lead)
	require.Len(t, files, 1)
	assert.Equal(t, []any{id, "../a\x00b.txt", int64(len(content)), ""}, []any{files[0].ID, files[0].Name, files[0].Size, files[0].URL})
	r, err := files[0].Open()
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	assert.True(t, bytes.Equal(content, got))
	assert.Empty(t, s.Requests())
	assert.Empty(t, s.Attachments("Leads", "1"))
	assert.Nil(t, s.Attachments("Nothings", "1"))

	for _, c := range [][2]string{{"Leads", "1"}, {"Leads", "x"}, {"Nothings", lead}} {
		assert.PanicsWithValue(t, "zohohubtest: SeedAttachment: there is no "+c[0]+"/"+c[1],
			func() { s.SeedAttachment(c[0], c[1], "a.txt", strings.NewReader("A")) })
	}
	s.Advance(time.Hour)
	assert.Equal(t, []string{id}, []string{s.Attachments("Leads", lead)[0].ID})
}
