package zohohub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// shelf answers downloads, one answer after another, and remembers what was asked for.
type shelf struct {
	mu      sync.Mutex
	answers []shelved
	ranges  []string
	open    int // bodies that are not closed
}

// shelved is one answer: a body that ends, or breaks.
type shelved struct {
	status int
	header map[string]string
	body   string
	err    error // at the end of the body
}

func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if len(s.answers) == 0 {
		return nil, errors.New("asked too often")
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	h := http.Header{}
	for name, value := range a.header {
		h.Set(name, value)
	}
	end := a.err
	if end == nil {
		end = io.EOF
	}
	s.open++
	return &http.Response{
		StatusCode: a.status, Header: h, Request: r,
		Body: &shelvedBody{io.MultiReader(strings.NewReader(a.body), iotest.ErrReader(end)), s, false},
	}, nil
}

type shelvedBody struct {
	io.Reader
	shelf  *shelf
	closed bool
}

func (b *shelvedBody) Close() error {
	b.shelf.mu.Lock()
	defer b.shelf.mu.Unlock()
	if !b.closed {
		b.closed = true
		b.shelf.open--
	}
	return nil
}

// asFile is an answer that is a file of that length; a negative one is not announced.
func asFile(length int, body string, err error, header ...string) shelved {
	a := shelved{http.StatusOK, map[string]string{"Content-Type": "text/plain", "Content-Disposition": `attachment; filename="a.txt"`}, body, err}
	if length >= 0 {
		a.header["Content-Length"] = strconv.Itoa(length)
	}
	for i := 0; i < len(header); i += 2 {
		a.header[header[i]] = header[i+1]
	}
	return a
}

// asPart is the answer to a Range.
func asPart(contentRange, body string, err error, header ...string) shelved {
	a := asFile(len(body), body, err, append(header, "Content-Range", contentRange)...)
	a.status = http.StatusPartialContent
	return a
}

// fromShelf is a connection with one place whose downloads the shelf answers.
func fromShelf(t *testing.T, answers ...shelved) (*shelf, *Attachments) {
	t.Helper()
	s := &shelf{answers: answers}
	conn, err := NewConnection(Config{HTTPClient: &http.Client{Transport: s}, MaxConcurrency: 1}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.Zero(t, s.open, "bodies left open") })
	return s, NewRecord[Lead](conn).Attachments("1")
}

var errCut = errors.New("connection reset")

// TestABrokenDownloadResumesOrFails: what is read is the file, or there is an error.
func TestABrokenDownloadResumesOrFails(t *testing.T) {
	t.Parallel()
	const text = "0123456789"
	whole, short := asFile(10, text, nil), asFile(10, "0123", errCut)
	html := shelved{status: 200, header: map[string]string{"Content-Type": "text/html"}, body: "<html>wait</html>"}
	for name, c := range map[string]struct {
		answers []shelved
		got     string
		want    string // the error's end
		ranges  []string
	}{
		"whole":                           {[]shelved{whole}, text, "", []string{""}},
		"empty":                           {[]shelved{asFile(0, "", nil)}, "", "", []string{""}},
		"unannounced":                     {[]shelved{asFile(-1, text, nil)}, text, "", []string{""}},
		"the rest":                        {[]shelved{short, asPart("bytes 4-9/10", "456789", nil)}, text, "", []string{"", "bytes=4-"}},
		"the rest, of unknown":            {[]shelved{short, asPart("bytes 4-9/*", "456789", nil), whole}, text, "", []string{"", "bytes=4-", ""}},
		"the whole again":                 {[]shelved{short, whole}, text, "", []string{"", "bytes=4-"}},
		"ended early":                     {[]shelved{asFile(10, "0123", nil), whole}, text, "", []string{"", "bytes=4-"}},
		"nothing came":                    {[]shelved{asFile(10, "", errCut), whole}, text, "", []string{"", ""}},
		"bit by bit":                      {[]shelved{short, asPart("bytes 4-9/10", "4", errCut), asPart("bytes 5-9/10", "5", errCut), asPart("bytes 6-9/10", "6", errCut), asPart("bytes 7-9/10", "789", nil)}, text, "", []string{"", "bytes=4-", "bytes=5-", "bytes=6-", "bytes=7-"}},
		"a part of the rest":              {[]shelved{short, asPart("bytes 4-5/10", "45", nil), asPart("bytes 6-9/10", "6789", nil)}, text, "", []string{"", "bytes=4-", "bytes=6-"}},
		"cut at the same place":           {[]shelved{short, short, short, short}, "0123", "broke off after 4 bytes: connection reset", []string{"", "bytes=4-", "bytes=4-", "bytes=4-"}},
		"cut before it":                   {[]shelved{short, asFile(10, "01", errCut), whole}, text, "", []string{"", "bytes=4-", "bytes=4-"}},
		"cut, unannounced":                {[]shelved{asFile(-1, "0123", errCut), asFile(-1, text, nil)}, text, "", []string{"", "bytes=4-"}},
		"announced later":                 {[]shelved{asFile(-1, "0123", errCut), asFile(10, "012345", nil), whole}, text, "", []string{"", "bytes=4-", "bytes=6-"}},
		"too long":                        {[]shelved{asFile(4, text, nil)}, "", "there are more than the 4 bytes that Zoho announced", []string{""}},
		"another file, of another length": {[]shelved{short, asFile(11, text+"!", nil)}, "0123", "the file is another one than before", []string{"", "bytes=4-"}},
		"another file, of the same":       {[]shelved{short, asFile(10, "abcdefghij", nil)}, "0123", "the file is another one than before", []string{"", "bytes=4-"}},
		"another part, of another":        {[]shelved{short, asPart("bytes 4-9/11", "456789", nil)}, "0123", "the file is another one than before", []string{"", "bytes=4-"}},
		"another by its tag":              {[]shelved{asFile(10, "0123", errCut, "ETag", `"a"`), asPart("bytes 4-9/10", "456789", nil, "ETag", `"b"`)}, "0123", "the file is another one than before", []string{"", "bytes=4-"}},
		"other bytes":                     {[]shelved{short, asPart("bytes 0-9/10", text, nil)}, "0123", "asked for the bytes from 4 on, Zoho sent others", []string{"", "bytes=4-"}},
		"a part of nothing":               {[]shelved{short, asPart("", "456789", nil)}, "0123", "asked for the bytes from 4 on, Zoho sent others", []string{"", "bytes=4-"}},
		"a part unasked":                  {[]shelved{asPart("bytes 0-3/10", "0123", nil)}, "", "answer is no file (HTTP 206)", []string{""}},
		"no range is satisfied":           {[]shelved{short, {status: 416, body: ""}}, "0123", "request failed (HTTP 416)", []string{"", "bytes=4-"}},
		"gone meanwhile":                  {[]shelved{short, {status: 204}}, "0123", "(HTTP 204): record not found", []string{"", "bytes=4-"}},
		"a gateway in between":            {[]shelved{short, html, whole}, text, "", []string{"", "bytes=4-", "bytes=4-"}},
		"a gateway for ever":              {[]shelved{html, html, html, html}, "", `answer is not Zoho's JSON: "<html>wait</html>" (HTTP 200)`, []string{"", "", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, files := fromShelf(t, c.answers...)
				var got bytes.Buffer
				n, err := files.Download(t.Context(), "1", &got)
				assert.Equal(t, c.got, got.String())
				assert.Equal(t, int64(len(c.got)), n)
				assert.Equal(t, c.ranges, s.ranges)
				if c.want == "" {
					require.NoError(t, err)
					return
				}
				require.EqualError(t, err, "zohohub: download Attachments: "+c.want)
				require.NotErrorIs(t, err, ErrOutcomeUnknown)
			})
		})
	}
}

// TestABrokenDownloadOfTheFakes is read to its end too, whatever the road.
func TestABrokenDownloadOfTheFakes(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	content := strings.Repeat("0123456789abcdef", 1<<14)
	file := crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader(content))
	crm.Inject(zohohubtest.Fault{CutBody: 100_000})
	crm.Inject(zohohubtest.Fault{CutBody: 150_000})
	f, err := files.Open(t.Context(), file)
	require.NoError(t, err)
	defer f.Close()
	assert.Equal(t, []any{"a.txt", "text/plain", int64(1 << 18)}, []any{f.Name, f.ContentType, f.Size})
	got, err := io.ReadAll(f)
	require.NoError(t, err)
	assert.Equal(t, content, string(got))
	assert.Len(t, asked(crm), 3)
	assert.Equal(t, "bytes=100000-", crm.Requests()[1].Header.Get("Range"))
}

// TestWhatIsAFile: an answer of status 200 need not be one.
func TestWhatIsAFile(t *testing.T) {
	t.Parallel()
	const refusal = `{"code":"NO_PERMISSION","details":{},"message":"permission denied","status":"error"}`
	const list = `{"data":[` + refusal + `]}`
	const inline, named = "inline", `attachment; filename="own.json"`
	const zohos = `attachment; filename=response.json`
	for name, c := range map[string]struct {
		kind, disposition, body string
		is                      error
		want                    string // of an error
	}{
		"an error":                     {"application/json;charset=UTF-8", "", refusal, ErrNoPermission, "NO_PERMISSION"},
		"an error with Zoho's name":    {"application/json;charset=UTF-8", zohos, refusal, ErrNoPermission, "NO_PERMISSION"},
		"an error in a list":           {"application/json;charset=UTF-8", "", list, ErrNoPermission, "NO_PERMISSION"},
		"that with Zoho's name":        {"application/json;charset=UTF-8", zohos, list, ErrNoPermission, "NO_PERMISSION"},
		"an error of no type":          {"application/x-download", "", refusal, ErrNoPermission, "NO_PERMISSION"},
		"somebody's JSON":              {"application/json", named, refusal, nil, ""},
		"somebody's, of Zoho's name":   {"application/json", zohos, `{"a":1}`, nil, ""},
		"somebody's, large":            {"application/json", zohos, "[" + strings.Repeat("1,", 100_000) + "1]", nil, ""},
		"somebody's page":              {"text/html", `attachment; filename=page.html`, "<html></html>", nil, ""},
		"JSON of no name":              {"application/json", "", `{"a":1}`, nil, `answer is no file: "{\"a\":1}"`},
		"JSON inline":                  {"application/json", inline, `[]`, nil, `answer is no file: "[]"`},
		"an image of no name":          {"image/png", "", "\x89PNG", nil, ""},
		"bytes of no name":             {"application/octet-stream", inline, `{"a":1}`, nil, ""},
		"a text of Zoho's name":        {"text/plain", zohos, refusal, nil, ""},
		"nothing of no type":           {"", "", "", nil, "answer is empty"},
		"something of no type, a name": {"", `attachment; filename=a`, "x", nil, ""},
		"an empty file":                {"text/plain", `attachment; filename=a`, "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer := shelved{http.StatusOK, map[string]string{"Content-Type": c.kind, "Content-Disposition": c.disposition}, c.body, nil}
				_, files := fromShelf(t, answer, answer, answer, answer)
				f, err := files.Open(t.Context(), "1")
				if c.want != "" {
					require.ErrorContains(t, err, "zohohub: download Attachments: "+c.want)
					if c.is != nil {
						require.ErrorIs(t, err, c.is)
					}
					return
				}
				require.NoError(t, err)
				got, err := io.ReadAll(f)
				require.NoError(t, err)
				assert.Equal(t, c.body, string(got))
				assert.Equal(t, int64(-1), f.Size)
			})
		})
	}
}

func TestAnEncodedAnswerIsNoFile(t *testing.T) {
	t.Parallel()
	_, files := fromShelf(t, asFile(3, "abc", nil, "Content-Encoding", "gzip"))
	_, err := files.Open(t.Context(), "1")
	assert.EqualError(t, err, `zohohub: download Attachments: answer is encoded, though that was not asked for: "gzip" (HTTP 200)`)
}

// TestFileNames: Zoho names files in several ways, and the name is passed on as it is.
func TestFileNames(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	for _, name := range hostileNames {
		file := crm.SeedAttachment("Leads", id, name, strings.NewReader("x"))
		f, err := files.Open(t.Context(), file)
		require.NoError(t, err)
		assert.Equal(t, name, f.Name)
		assert.NoError(t, f.Close())
	}
}

// TestAFilePlace: a file holds its place until it is closed or read to its end, and asks for the rest without it.
func TestAFilePlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, files := fromShelf(t, asFile(2, "ab", nil), asFile(2, "ab", nil), asFile(2, "a", errCut), asPart("bytes 1-1/2", "b", nil), asFile(2, "ab", nil))
		first, err := files.Open(t.Context(), "1")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = files.Open(ctx, "1")
		require.ErrorIs(t, err, context.DeadlineExceeded, "there is one place, and it is taken")
		require.NoError(t, first.Close())
		require.NoError(t, first.Close())
		_, err = first.Read(make([]byte, 1))
		require.ErrorIs(t, err, fs.ErrClosed)

		for range 3 { // read to their ends, and not closed; one of them in two pieces
			f, err := files.Open(t.Context(), "1")
			require.NoError(t, err)
			got, err := io.ReadAll(f)
			require.NoError(t, err)
			assert.Equal(t, "ab", string(got))
			n, err := f.Read(make([]byte, 1))
			assert.Equal(t, 0, n)
			assert.Equal(t, io.EOF, err)
			_, err = f.Read(nil)
			assert.Equal(t, io.EOF, err)
		}
	})
}

// TestADownloadEndsWithItsContext, and says so.
func TestADownloadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, files := fromShelf(t, asFile(10, "0123", errCut))
		ctx, cancel := context.WithCancel(t.Context())
		f, err := files.Open(ctx, "1")
		require.NoError(t, err)
		time.AfterFunc(100*time.Millisecond, cancel) // while it waits before it asks again
		_, err = io.ReadAll(f)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errCut)
		assert.Len(t, s.ranges, 1)
	})
}

// TestCloseEndsARead that waits to ask again.
func TestCloseEndsARead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, files := fromShelf(t, asFile(10, "0123", errCut))
		f, err := files.Open(t.Context(), "1")
		require.NoError(t, err)
		read := make(chan error)
		go func() {
			_, err := io.ReadAll(f)
			read <- err
		}()
		synctest.Wait()
		require.NoError(t, f.Close())
		require.ErrorIs(t, <-read, context.Canceled)
		assert.Len(t, s.ranges, 1)
	})
}

// TestADownloadOfAStandstill goes on when nothing has come for Config.Timeout.
func TestADownloadOfAStandstill(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	file := crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader("0123456789"))
	synctest.Test(t, func(t *testing.T) {
		cfg := crm.Config()
		cfg.HTTPClient = &http.Client{Transport: &standstill{RoundTripper: crm.Transport()}}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		var got bytes.Buffer
		_, err = NewRecord[Lead](conn).Attachments(id).Download(t.Context(), file, &got)
		require.NoError(t, err)
		assert.Equal(t, "0123456789", got.String())
	})
}

// standstill gives three bytes of the first answer, and no more.
type standstill struct {
	http.RoundTripper
	asked int
}

func (s *standstill) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	if s.asked++; err == nil && s.asked == 1 {
		body := resp.Body
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(body, 3), waiting{r.Context()}), body}
	}
	return resp, err
}

type waiting struct{ ctx context.Context } //nolint:containedctx // a body's

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, w.ctx.Err()
}

// TestAWriterThatFails is the cause, and how much it took is told.
func TestAWriterThatFails(t *testing.T) {
	t.Parallel()
	_, files := fromShelf(t, asFile(10, "0123456789", nil))
	n, err := files.Download(t.Context(), "1", failingWriter{})
	require.EqualError(t, err, "zohohub: download Attachments: the disk is gone")
	require.ErrorIs(t, err, errOwn)
	assert.Equal(t, int64(3), n)
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 3, errOwn }

func TestProgressOfDownloads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, files := fromShelf(t, asFile(10, "0123", errCut), asFile(10, "0123456789", nil), asFile(-1, "abc", nil))
		var seen []string
		report := Progress(func(done, total int64) { seen = append(seen, fmt.Sprint(done, "/", total)) })
		_, err := files.Download(t.Context(), "1", io.Discard, report)
		require.NoError(t, err)
		_, err = files.DownloadFile(t.Context(), "1", t.TempDir(), report)
		require.NoError(t, err)
		assert.Equal(t, []string{"4/10", "10/10", "3/-1"}, seen)
	})
}
