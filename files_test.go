package zohohub_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func contentOf(t *testing.T, f *File, err error) string {
	t.Helper()
	require.NoError(t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(content)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	files := conn.Files()
	var seen []int64
	file, err := files.Upload(ctx, "logo.png", strings.NewReader("the logo"), Progress(func(done, _ int64) { seen = append(seen, done) }), Inline())
	require.NoError(t, err)
	assert.Equal(t, &FileField{FileID: file.FileID, Name: "logo.png", Size: 8}, file)
	assert.NotEmpty(t, file.FileID)
	assert.Equal(t, []int64{8}, seen)
	assert.Equal(t, "inline", crm.Requests()[0].Query.Get("type"))

	_, err = files.Upload(ctx, "b.txt", strings.NewReader("b"))
	require.NoError(t, err)
	assert.Empty(t, crm.Requests()[1].Query)

	f, err := files.Open(ctx, file.FileID)
	assert.Equal(t, "the logo", contentOf(t, f, err))
	assert.Equal(t, "logo.png", f.Name)
	_, err = files.Open(ctx, "none")
	require.ErrorIs(t, err, ErrRecordNotFound)
	_, err = files.Open(ctx, "")
	assert.EqualError(t, err, "zohohub: download file: the id is empty")
	_, err = files.Upload(ctx, "a\n", strings.NewReader("a"))
	assert.EqualError(t, err, `zohohub: upload files: the file's name "a\n" holds a control character`)
	var none *Connection
	_, err = none.Files().Upload(ctx, "a", strings.NewReader("a"))
	assert.EqualError(t, err, "zohohub: upload files: the connection is nil")
	_, err = none.Files().Open(ctx, "1")
	assert.EqualError(t, err, "zohohub: download file: the connection is nil")
}

// TestUploadAll: results are in the order of the files, however many calls they take.
func TestUploadAll(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	var files []NewFile
	for i := range 23 {
		files = append(files, NewFile{fmt.Sprintf("%d.txt", i), strings.NewReader(fmt.Sprint("content ", i))})
	}
	files[3].Name, files[7].Content = "", nil
	var sums []int64
	results, err := conn.Files().UploadAll(t.Context(), files, Progress(func(done, total int64) {
		if done == total {
			sums = append(sums, total)
		}
	}))
	require.EqualError(t, err, "zohohub: upload files: 2 of 23 failed; first, at 3: the file has no name")
	require.ErrorIs(t, results[7].Err, ErrRecordInvalid)
	require.Len(t, results, 23)
	assert.Len(t, asked(crm), 3)
	assert.Equal(t, []int64{92, 100, 10}, sums)
	for i, r := range results {
		if i == 3 || i == 7 {
			continue
		}
		require.NoError(t, r.Err)
		f, err := conn.Files().Open(t.Context(), r.ID)
		assert.Equal(t, fmt.Sprint("content ", i), contentOf(t, f, err))
	}
	empty, err := conn.Files().UploadAll(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, empty)
}

// TestUploadAllTogetherOrNotAtAll: a file that fails takes along those of its call, and no others.
func TestUploadAllTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	files := make([]NewFile, 11)
	for i := range files {
		files[i] = NewFile{fmt.Sprintf("%d.txt", i), strings.NewReader("x")}
	}
	files[2].Content = iotest.ErrReader(errOwn)
	results, err := conn.Files().UploadAll(t.Context(), files)
	require.ErrorIs(t, err, errOwn)
	require.NotErrorIs(t, err, ErrOutcomeUnknown)
	require.EqualError(t, results[0].Err, `zohohub: upload files: "2.txt" cannot be read: the disk is gone`)
	require.NoError(t, results[10].Err)
	assert.Len(t, crm.Files(), 1)

	files = []NewFile{{"small", strings.NewReader("x")}, {"large", strings.NewReader(strings.Repeat("x", 21<<20))}}
	results, err = conn.Files().UploadAll(t.Context(), files)
	require.ErrorIs(t, err, ErrFileTooLarge)
	require.NotErrorIs(t, err, ErrFileRefused, "the status 415 says type, the code says size")
	require.ErrorIs(t, results[0].Err, ErrFileTooLarge)
	assert.Len(t, crm.Files(), 1)

	_, err = conn.Files().Upload(t.Context(), "empty", strings.NewReader(""))
	require.ErrorIs(t, err, ErrFileRefused)

	crm.Inject(zohohubtest.Fault{Status: 403})
	results, err = conn.Files().UploadAll(t.Context(), files[:1])
	require.ErrorIs(t, err, ErrNoPermission)
	assert.Len(t, results, 1)
}

// TestOneRefusalIsTheGroups: Zoho says once what was wrong with one file of a call, and has taken none of them.
func TestOneRefusalIsTheGroups(t *testing.T) {
	t.Parallel()
	conn, err := NewConnection(Config{
		HTTPClient: &http.Client{Transport: &sink{answers: []func(*http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) {
				_, err := io.Copy(io.Discard, r.Body)
				return jsonAnswer(http.StatusBadRequest, `{"data":[{"code":"VIRUS_DETECTED","details":{},"message":"m","status":"error"}]}`), err
			},
		}}},
	}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	results, err := conn.Files().UploadAll(t.Context(), []NewFile{
		{"a", strings.NewReader("x")}, {"b", strings.NewReader("y")}, {"c", strings.NewReader("z")},
	})
	require.NotErrorIs(t, err, ErrOutcomeUnknown)
	for i, r := range results {
		require.ErrorIs(t, r.Err, ErrFileRefused)
		var e *Error
		require.ErrorAs(t, r.Err, &e)
		assert.Equal(t, i, e.Index)
	}
}
