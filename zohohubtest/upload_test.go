package zohohubtest

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// part is one of a form: a file when it has a file name.
type part struct{ name, file, content string }

const formType = "multipart/form-data; boundary=xx"

// form is a body of formType, written as clients in any language write it.
func form(parts ...part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--xx\r\nContent-Disposition: form-data; name=\"" + p.name + "\"")
		if p.file != "" {
			b.WriteString("; filename=\"" + p.file + "\"\r\nContent-Type: application/octet-stream")
		}
		b.WriteString("\r\n\r\n" + p.content + "\r\n")
	}
	return b.String() + "--xx--\r\n"
}

// upload sends a form with the parts.
func (o *testOrg) upload(path string, parts ...part) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.call("POST", path, form(parts...), "Content-Type", formType)
}

// keepsNothing says whether no file is left behind.
func (o *testOrg) keepsNothing(what string) {
	o.t.Helper()
	assert.Zero(o.t, o.crm.blobs.memory, what)
	assert.Equal(o.t, 0, len(o.crm.files)+len(o.crm.attached)+len(o.crm.photos), what)
}

const (
	notMultipart = `{"code":"INVALID_REQUEST","details":{"expected_type":"Multipart Form Request"},"message":"invalid request","status":"error"}`
	pngContent   = "\x89PNG\r\n\x1a\n and so on"
)

func wrongImage(message string) string { return refusedJSON("INVALID_DATA", message, `{}`) }

func TestUploadsAreRefused(t *testing.T) {
	t.Parallel()
	a, b := part{"file", "a.txt", "A"}, part{"file", "b.txt", "B"}
	noPart := refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{}`)
	twoParts := wrongImage("The request contains more than one file")
	noHandling := refusedJSON("failure_in_attachment_handling", "Problem in uploading attachment. kindly upload the file properly", `{}`)
	eleven := make([]part, 11)
	for i := range eleven {
		eleven[i] = a
	}
	whole := form(a)
	for name, c := range map[string]struct {
		path, body, kind, want string
	}{
		"attachment: JSON":            {"Attachments", `{"data":[]}`, "application/json", notMultipart},
		"attachment: nothing":         {"Attachments", "", "", notMultipart},
		"attachment: no boundary":     {"Attachments", whole, "multipart/form-data", notMultipart},
		"attachment: wrong boundary":  {"Attachments", whole, "multipart/form-data; boundary=yy", notMultipart},
		"attachment: ends in a part":  {"Attachments", whole[:len(whole)-10], formType, notMultipart},
		"attachment: no end":          {"Attachments", strings.TrimSuffix(whole, "--xx--\r\n") + "--xx\r\n", formType, notMultipart},
		"attachment: bad disposition": {"Attachments", "--xx\r\nContent-Disposition: ;\r\n\r\nA\r\n--xx--\r\n", formType, notMultipart},
		"attachment: no part":         {"Attachments", form(), formType, noPart},
		"attachment: other name":      {"Attachments", form(part{"files", "a.txt", "A"}), formType, noPart},
		"attachment: no file name":    {"Attachments", form(part{"file", "", "A"}), formType, noPart},
		"attachment: two":             {"Attachments", form(a, b), formType, twoParts},
		"attachment: program":         {"Attachments", form(part{"file", "A.EXE", "A"}), formType, wrongImage("Invalid file type")},
		"photo: JSON":                 {"photo", `{}`, "application/json", notMultipart},
		"photo: no part":              {"photo", form(), formType, wrongImage("The request does not contain any file")},
		"photo: two":                  {"photo", form(a, b), formType, twoParts},
		"photo: no image":             {"photo", form(part{"file", "a.png", "A"}), formType, wrongImage("Invalid file type")},
		"photo: empty":                {"photo", form(part{"file", "a.png", ""}), formType, wrongImage("Invalid file type")},
		"photo: what is left out":     {"photo?restrict_triggers=all", form(part{"file", "a.png", pngContent}), formType, badParam("restrict_triggers")},
		"org photo: no image":         {"/org/photo", form(a), formType, wrongImage("Invalid file type")},
		"files: JSON":                 {"/files", `{}`, "application/json", noHandling},
		"files: no part":              {"/files", form(), formType, noHandling},
		"files: one empty":            {"/files", form(a, part{"file", "b.txt", ""}), formType, noHandling},
		"files: ends in a part":       {"/files", whole[:len(whole)-10], formType, noHandling},
		"files: type":                 {"/files?type=outline", whole, formType, badParam("type")},
		"files: eleven": {"/files", form(eleven...), formType, refusedJSON("INVALID_REQUEST",
			"unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.", `{}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			path := "v8" + c.path
			if !strings.HasPrefix(c.path, "/") {
				path = "v8/Leads/" + o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0] + "/" + c.path
			}
			header := []string{"Content-Type", c.kind}
			if c.kind == "" {
				header = nil
			}
			o.expect(400, c.want, "POST", path, c.body, header...)
			o.keepsNothing("")
		})
	}
}

func TestUploadThatFindsNoRoom(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := "v8/Leads/" + o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	o.crm.blobs.close() // there can be no temporary files any more
	for _, path := range []string{lead + "/Attachments", lead + "/photo", "v8/org/photo", "v8/files"} {
		large := part{"file", "a.png", pngContent + strings.Repeat("x", mostOfFile)}
		o.expect(500, refusedJSON("INTERNAL_ERROR", "Internal server error occurred.", `{}`), "POST", path, form(large), "Content-Type", formType)
		require.Equal(t, 200, o.upload(path, part{"file", "a.png", pngContent}).Code)
	}
}

// nothingButZeros never ends.
type nothingButZeros struct{}

func (nothingButZeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// zeros is a form with one file of n zeros, and how long it is.
func zeros(name string, n int64) (io.Reader, int64) {
	head := "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n"
	const tail = "\r\n--xx--\r\n"
	return io.MultiReader(strings.NewReader(head), io.LimitReader(nothingButZeros{}, n), strings.NewReader(tail)), int64(len(head)+len(tail)) + n
}

// post sends a body of formType, whose length is told unless it is negative.
func post(ctx context.Context, client *http.Client, s *Server, path string, body io.Reader, length int64) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+path, body)
	if err != nil {
		return reply{}, err
	}
	req.Header = signed(s.Token().AccessToken)
	req.Header.Set("Content-Type", formType)
	req.ContentLength = length
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), string(text)}, err
}

func TestUploadsTooLarge(t *testing.T) {
	t.Parallel()
	bodySize := flat(413, "BODY_SIZE_REACHED", "Request body size exceeds the maximum limit of 100MB")
	fileSize := flat(415, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE", "Please check if the size of the file is in the correct range")
	s := NewServer(t)
	lead := "/crm/v8/Leads/" + s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	for name, c := range map[string]struct {
		path string
		size int64
		want reply
	}{
		"attachment": {lead + "/Attachments", 100 << 20, bodySize},
		"photo":      {lead + "/photo", 10<<20 + 1, fileSize},
		"org photo":  {"/crm/v8/org/photo", 1<<20 + 1, fileSize},
		"files":      {"/crm/v8/files", 20<<20 + 1, fileSize},
	} {
		for road, client := range roads(s) {
			body, length := zeros("a.png", c.size)
			if road == "transport" {
				length = -1 // is not told
			}
			got, err := post(t.Context(), client, s, c.path, body, length)
			require.NoError(t, err, "%s over %s", name, road)
			assert.Equal(t, c.want, got, "%s over %s", name, road)
		}
	}
	assert.Empty(t, s.Files())
	assert.Empty(t, inFolder(t, s))
}

// inFolder are the temporary files of a server.
func inFolder(t *testing.T, s *Server) []os.DirEntry {
	t.Helper()
	s.crm.blobs.mu.Lock()
	defer s.crm.blobs.mu.Unlock()
	if s.crm.blobs.dir == "" {
		return nil
	}
	all, err := os.ReadDir(s.crm.blobs.dir)
	require.NoError(t, err)
	return all
}

func TestUploadThatBreaksOffStoresNothing(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	for road, client := range roads(s) {
		body, length := zeros("a.bin", 1<<20)
		cut := io.MultiReader(io.LimitReader(body, length/2), iotest.ErrReader(io.ErrUnexpectedEOF))
		_, err := post(t.Context(), client, s, "/crm/v8/Leads/"+lead+"/Attachments", cut, length)
		require.Error(t, err, road)
	}
	s.Close() // nothing is under way any more
	assert.Empty(t, s.Attachments("Leads", lead))
	assert.Zero(t, s.crm.blobs.memory)
}

func TestUploadsAndFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault Fault
		lost  bool
		kept  int
	}{
		"before": {Fault{CutBefore: true}, true, 0},
		"after":  {Fault{CutAfter: true}, true, 1},
		"body":   {Fault{CutBody: 5}, true, 1},
		"status": {Fault{Status: 500}, false, 0},
		"header": {Fault{Header: http.Header{"X-A": {"1"}}}, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			for road, client := range roads(s) {
				lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
				fault := c.fault
				fault.Path = "/Attachments"
				s.Inject(fault)
				body, length := zeros("a.bin", 200_000)
				_, err := post(t.Context(), client, s, "/crm/v8/Leads/"+lead+"/Attachments", body, length)
				assert.Equal(t, c.lost, err != nil, "%s: %v", road, err)
				assert.Len(t, s.Attachments("Leads", lead), c.kept, road)
			}
		})
	}
}

func TestUploadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	for road, client := range roads(s) {
		body, sent := io.Pipe()
		done := make(chan reply, 1)
		go func() {
			got, err := post(t.Context(), client, s, "/crm/v8/Leads/"+lead+"/Attachments", body, -1)
			assert.NoError(t, err)
			done <- got
		}()
		whole := form(part{"file", "a.txt", "slow"})
		_, err := io.WriteString(sent, whole[:len(whole)-12])
		require.NoError(t, err)
		// The server has the beginning of the upload, or will soon; this is answered before it has the rest.
		got, _, err := send(bounded(t), client, http.MethodGet, s.URL()+"/crm/v8/Leads/"+lead+"?fields=id", signed(s.Token().AccessToken), "")
		require.NoError(t, err, road)
		assert.Equal(t, 200, got.Status, road)
		_, err = io.WriteString(sent, whole[len(whole)-12:])
		require.NoError(t, err)
		require.NoError(t, sent.Close())
		assert.Equal(t, 200, awaited(t, done, road).Status)
	}
	assert.Len(t, s.Attachments("Leads", lead), 2)
}

func TestUploadsByGosOwnWriter(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	for i, name := range []string{`a "b" \c.txt`, "Übergröße.txt", "../../x", "a;b=c.txt", "नमस्ते"} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		file, err := w.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = io.WriteString(file, "A")
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.Equal(t, 200, o.call("POST", "v8/Leads/"+lead+"/Attachments", body.String(), "Content-Type", w.FormDataContentType()).Code)
		assert.Equal(t, name, o.crm.attachmentFiles("Leads", lead)[i].Name)
	}
}
