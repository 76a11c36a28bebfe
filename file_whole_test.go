package zohohub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestAFileWhoseEndIsNotTold is no whole file: a connection that is closed may have been cut.
func TestAFileWhoseEndIsNotTold(t *testing.T) {
	t.Parallel()
	const head = "Connection: close\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Type: application/octet-stream\r\n"
	for name, c := range map[string]struct {
		answer string
		want   string // of an error
	}{
		"closed":          {"HTTP/1.1 200 OK\r\n" + head + "\r\n0123", "nothing tells whether the file ends after 4 bytes or was cut: unexpected EOF"},
		"closed, of 1.0":  {"HTTP/1.0 200 OK\r\n" + head + "\r\n0123", "nothing tells whether the file ends after 4 bytes or was cut: unexpected EOF"},
		"chunked":         {"HTTP/1.1 200 OK\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n0\r\n\r\n", ""},
		"of known length": {"HTTP/1.1 200 OK\r\n" + head + "Content-Length: 4\r\n\r\n0123", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, b, err := w.(http.Hijacker).Hijack()
				if assert.NoError(t, err) {
					_, _ = b.WriteString(c.answer)
					assert.NoError(t, b.Flush())
					assert.NoError(t, conn.Close())
				}
			}))
			t.Cleanup(s.Close)
			conn, err := NewConnection(Config{APIDomain: s.URL}, &Token{AccessToken: "1000.fake-access"})
			require.NoError(t, err)
			t.Cleanup(conn.CloseIdleConnections)
			var got bytes.Buffer
			_, err = NewRecord[Lead](conn).Attachments("1").Download(t.Context(), "2", &got)
			assert.Equal(t, "0123", got.String())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "zohohub: download Attachments: "+c.want)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		})
	}
}

// TestAPartOfAFile goes on where the last one ended, and ends where the whole does.
func TestAPartOfAFile(t *testing.T) {
	t.Parallel()
	const text, modified = "0123456789", "Last-Modified"
	const monday, tuesday = "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"
	unknown := asFile(-1, "0123", errCut)
	json := asFile(10, `{"a"`, errCut, "Content-Type", "application/json")
	rest := asPart("bytes 4-9/10", ":1234}", nil, "Content-Type", "application/json")
	delete(rest.header, "Content-Disposition")
	for name, c := range map[string]struct {
		answers []shelved
		got     string
		want    string // of an error
		ranges  []string
	}{
		"of unknown, twice":      {[]shelved{unknown, asPart("bytes 4-5/*", "45", nil), asFile(-1, text, nil)}, text, "", []string{"", "bytes=4-", ""}},
		"of unknown, for ever":   {[]shelved{unknown, asPart("bytes 4-5/*", "45", nil), asPart("bytes 4-5/*", "45", nil)}, "0123", "answer is no file (HTTP 206)", []string{"", "bytes=4-", ""}},
		"shorter than it says":   {[]shelved{unknown, asPart("bytes 4-9/10", "45", nil), asPart("bytes 6-9/10", "6789", nil)}, text, "", []string{"", "bytes=4-", "bytes=6-"}},
		"beyond the end":         {[]shelved{unknown, asPart("bytes 4-10/10", "456789", nil)}, "0123", `asked for the bytes from 4 on, Zoho sent them up to 10 of "10"`, []string{"", "bytes=4-"}},
		"of no number":           {[]shelved{unknown, asPart("bytes 4-9/x", "456789", nil)}, "0123", `asked for the bytes from 4 on, Zoho sent them up to 9 of "x"`, []string{"", "bytes=4-"}},
		"of another by its time": {[]shelved{asFile(10, "0123", errCut, modified, monday), asPart("bytes 4-9/10", "456789", nil, modified, tuesday)}, "0123", "the file is another one than before", []string{"", "bytes=4-"}},
		"of the same time":       {[]shelved{asFile(10, "0123", errCut, modified, monday), asPart("bytes 4-9/10", "456789", nil, modified, monday)}, text, "", []string{"", "bytes=4-"}},
		"of JSON, without name":  {[]shelved{json, rest}, `{"a":1234}`, "", []string{"", "bytes=4-"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, files := fromShelf(t, c.answers...)
				var got bytes.Buffer
				_, err := files.Download(t.Context(), "1", &got)
				assert.Equal(t, c.got, got.String())
				assert.Equal(t, c.ranges, s.ranges)
				if c.want == "" {
					require.NoError(t, err)
					return
				}
				require.EqualError(t, err, "zohohub: download Attachments: "+c.want)
			})
		})
	}
}

// atTheEnd fails once the file was read to its end.
type atTheEnd struct{}

func (atTheEnd) Write(p []byte) (int, error) { return len(p), nil }

func (atTheEnd) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(struct{ io.Writer }{io.Discard}, r)
	return n, errors.Join(err, errOwn)
}

// TestAWriterThatFailsAtTheFilesEnd is the cause: nobody ended the context.
func TestAWriterThatFailsAtTheFilesEnd(t *testing.T) {
	t.Parallel()
	_, files := fromShelf(t, asFile(10, "0123456789", nil))
	_, err := files.Download(t.Context(), "1", atTheEnd{})
	require.ErrorIs(t, err, errOwn)
	require.NotErrorIs(t, err, context.Canceled)
}

// TestAForgottenFile gives its place back when its context ends, also while it is read and closed.
func TestAForgottenFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, files := fromShelf(t, asFile(2, "ab", nil), asFile(2, "ab", nil), asFile(2, "ab", nil))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := files.Open(ctx, "1")
		require.NoError(t, err)
		cancel()
		soon, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		f, err := files.Open(soon, "1")
		require.NoError(t, err)
		require.NoError(t, f.Close())

		ctx, cancel = context.WithCancel(t.Context())
		f, err = files.Open(ctx, "1")
		require.NoError(t, err)
		go cancel()
		go func() { _ = f.Close() }()
		got, err := io.ReadAll(f)
		assert.True(t, err != nil || string(got) == "ab", "%q", got)
	})
}

// TestDownloadFileWhoseProgressPanics leaves neither a file nor a descriptor.
func TestDownloadFileWhoseProgressPanics(t *testing.T) {
	t.Parallel()
	_, files := fromShelf(t, asFile(10, "0123456789", nil))
	dir := t.TempDir()
	assert.PanicsWithValue(t, "own", func() {
		_, err := files.DownloadFile(t.Context(), "1", dir, Progress(func(int64, int64) { panic("own") }))
		assert.NoError(t, err)
	})
	assert.Empty(t, inFolder(t, dir))
	if runtime.GOOS != "linux" {
		return
	}
	open, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	for _, fd := range open {
		path, _ := os.Readlink(filepath.Join("/proc/self/fd", fd.Name()))
		assert.False(t, strings.HasPrefix(path, dir), path)
	}
}
