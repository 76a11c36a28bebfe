package zohohubtest

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestDispositionAndKind(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"x.pdf":          {`attachment; filename="x.pdf"`, "application/pdf"},
		"a b's 100%.PNG": {`attachment; filename="a b's 100%.PNG"`, "image/png"},
		"../../x.txt":    {`attachment; filename="../../x.txt"`, "text/plain"},
		"é + ü.csv":      {`attachment; filename*=UTF-8''%C3%A9%20%2B%20%C3%BC.csv`, "text/csv"},
		"a\"b\\c.jpeg":   {`attachment; filename*=UTF-8''a%22b%5Cc.jpeg`, "image/jpeg"},
		"a\r\nb\x00.gif": {`attachment; filename*=UTF-8''a%0D%0Ab%00.gif`, "image/gif"},
		"png":            {`attachment; filename="png"`, "application/octet-stream"},
		"a.json":         {`attachment; filename="a.json"`, "application/octet-stream"},
		"\xff":           {`attachment; filename*=UTF-8''%FF`, "application/octet-stream"},
		"":               {`attachment; filename=""`, "application/octet-stream"},
	} {
		assert.Equal(t, want, [2]string{disposition(name), contentTypeOf(name)}, name)
	}
}

// get asks for a file.
func get(t *testing.T, client *http.Client, s *Server, path string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, nil)
	require.NoError(t, err)
	req.Header = signed(s.Token().AccessToken)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// seedLarge hangs a file on a new lead that no buffer holds.
func seedLarge(s *Server) (path string, content []byte) {
	content = bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	return "/crm/v8/Leads/" + lead + "/Attachments/" + s.SeedAttachment("Leads", lead, "large.bin", bytes.NewReader(content)), content
}

func TestRangeIsNotServed(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	path, content := seedLarge(s)
	for road, client := range roads(s) {
		resp := get(t, client, s, path, "Range", "bytes=10-19", "If-Range", `"x"`)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, []any{200, int64(len(content)), "", ""},
			[]any{resp.StatusCode, resp.ContentLength, resp.Header.Get("Content-Range"), resp.Header.Get("Accept-Ranges")}, road)
		assert.True(t, bytes.Equal(content, body), road)
	}
}

func TestDownloadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for road, client := range roads(s) {
		path, content := seedLarge(s)
		resp := get(t, client, s, path)
		var got bytes.Buffer
		_, err := io.CopyN(&got, resp.Body, 10)
		require.NoError(t, err)
		// The rest has not come yet: it would fill any buffer. Others are served, and even the file can be deleted.
		req, err := http.NewRequestWithContext(bounded(t), http.MethodDelete, s.URL()+path, nil)
		require.NoError(t, err)
		req.Header = signed(s.Token().AccessToken)
		gone, err := client.Do(req)
		require.NoError(t, err, road)
		require.NoError(t, gone.Body.Close())
		assert.Equal(t, 200, gone.StatusCode)
		assert.Equal(t, 204, get(t, client, s, path).StatusCode)
		_, err = got.ReadFrom(resp.Body)
		require.NoError(t, err, road)
		assert.True(t, bytes.Equal(content, got.Bytes()), road)
	}
}

func TestDownloadCutOff(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	path, content := seedLarge(s)
	for road, client := range roads(s) {
		s.Inject(Fault{Path: "/Attachments", CutBody: 100_000})
		resp := get(t, client, s, path)
		body, err := io.ReadAll(resp.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, road)
		assert.True(t, bytes.Equal(content[:100_000], body), road)
		assert.Equal(t, int64(len(content)), resp.ContentLength)
	}
}

func TestDownloadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	path, _ := seedLarge(s)
	file := inFolder(t, s)[0]
	require.NoError(t, os.Truncate(filepath.Join(s.crm.blobs.dir, file.Name()), 500_000))
	for road, client := range roads(s) {
		body, err := io.ReadAll(get(t, client, s, path).Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, road)
		assert.LessOrEqual(t, len(body), 500_000, road)
	}
}

func TestDownloadOfALimitedServer(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.LimitConcurrency(1)
	path, content := seedLarge(s)
	empty := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	id := s.SeedAttachment("Leads", empty, "empty", bytes.NewReader(nil))
	for road, client := range roads(s) {
		for range 3 {
			body, err := io.ReadAll(get(t, client, s, path).Body)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(content, body), road)
			resp := get(t, client, s, "/crm/v8/Leads/"+empty+"/Attachments/"+id)
			body, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, []any{200, int64(0), []byte{}}, []any{resp.StatusCode, resp.ContentLength, body}, road)
		}
	}
}

// TestFilesStream counts all that is allocated, which is more than is ever there at once. It is not parallel: the count is
// the process's.
func TestFilesStream(t *testing.T) {
	const size, most = 100_000_000, 8_000_000
	s := NewServer(t)
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	at := "/crm/v8/Leads/" + lead + "/Attachments"
	for road, client := range roads(s) {
		before := allocated()
		body, length := zeros("a.bin", size)
		got, err := post(t.Context(), client, s, at, body, length)
		require.NoError(t, err)
		require.Equal(t, 200, got.Status, got.Body)
		files := s.Attachments("Leads", lead)
		n, err := io.Copy(io.Discard, get(t, client, s, at+"/"+files[len(files)-1].ID).Body)
		require.NoError(t, err)
		assert.Equal(t, int64(size), n)
		took := allocated() - before
		t.Logf("%s: %d bytes up and down, %d bytes allocated", road, size, took)
		assert.Less(t, took, uint64(most), road)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestTransportEndsWithTheClientsBody(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	_, err := roundTrip(t.Context(), s, http.MethodPost, io.MultiReader(bytes.NewReader([]byte(`{"data"`)), failing{}))
	require.ErrorIs(t, err, errFailing)
	assert.Empty(t, s.Records("Leads"))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errFailing }
