package zohohub_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// sink takes uploads as a server that knows multipart forms, and says yes once the answers before that are used up.
type sink struct {
	mu      sync.Mutex
	answers []func(*http.Request) (*http.Response, error)
	lengths []int64
	names   []string
	files   []string
}

func (s *sink) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Body != nil {
		defer r.Body.Close()
	}
	s.lengths = append(s.lengths, r.ContentLength)
	if len(s.answers) > 0 {
		answer := s.answers[0]
		s.answers = s.answers[1:]
		return answer(r)
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > 0 && r.ContentLength != int64(len(body)) {
		return nil, fmt.Errorf("%d bytes of %d", len(body), r.ContentLength)
	}
	var rows []string
	for form := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		_, about, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil || about["name"] != "file" || len(part.Header) != 2 {
			return nil, fmt.Errorf("a part that is none: %v", part.Header)
		}
		s.names, s.files = append(s.names, about["filename"]), append(s.files, string(content))
		rows = append(rows, fmt.Sprintf(`{"code":"SUCCESS","details":{"id":"1%d"},"message":"m","status":"success"}`, len(rows)))
	}
	return jsonAnswer(http.StatusOK, `{"data":[`+strings.Join(rows, ",")+`]}`), nil
}

// toSink is a connection whose uploads the sink takes.
func toSink(t *testing.T, answers ...func(*http.Request) (*http.Response, error)) (*sink, *Attachments) {
	t.Helper()
	s := &sink{answers: answers}
	conn, err := NewConnection(Config{
		HTTPClient: &http.Client{Transport: s}, TokenSource: nil,
	}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	return s, NewRecord[Lead](conn).Attachments("1")
}

func refusing(status int, code string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return jsonAnswer(status, `{"code":"`+code+`","details":{},"message":"m","status":"error"}`), nil
	}
}

// readingFirst is refusing after the body was read.
func readingFirst(status int, code string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return refusing(status, code)(r)
	}
}

func answerLost(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func neverLeft(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused")}
}

// opened is a file that stands behind its first three bytes.
func opened(t *testing.T, content string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, []byte("..."+content), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Seek(3, io.SeekStart)
	require.NoError(t, err)
	return f
}

func piped(t *testing.T, content string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	go func() {
		_, _ = io.WriteString(w, content)
		w.Close()
	}()
	t.Cleanup(func() { r.Close() })
	return r
}

// sources are readers of "content", and whether they can be read again.
var sources = map[string]struct {
	open  func(t *testing.T) io.Reader
	again bool
}{
	"file":           {func(t *testing.T) io.Reader { t.Helper(); return opened(t, "content") }, true},
	"bytes":          {func(*testing.T) io.Reader { return bytes.NewReader([]byte("content")) }, true},
	"text":           {func(*testing.T) io.Reader { return strings.NewReader("content") }, true},
	"part of a text": {func(*testing.T) io.Reader { r := strings.NewReader("...content"); _, _ = r.Seek(3, 0); return r }, true},
	"buffer":         {func(*testing.T) io.Reader { return bytes.NewBufferString("content") }, true},
	"section":        {func(*testing.T) io.Reader { return io.NewSectionReader(strings.NewReader("...content..."), 3, 7) }, true},
	"pipe":           {func(t *testing.T) io.Reader { t.Helper(); return piped(t, "content") }, false},
	"stream":         {func(*testing.T) io.Reader { return iotest.OneByteReader(strings.NewReader("content")) }, false},
	"odd stream":     {func(*testing.T) io.Reader { return iotest.DataErrReader(strings.NewReader("content")) }, false},
	"limited":        {func(*testing.T) io.Reader { return io.LimitReader(strings.NewReader("contents"), 7) }, false},
	"lying file":     {func(*testing.T) io.Reader { return &emptyBySeeking{strings.NewReader("content")} }, false},
}

// emptyBySeeking is as the system's own files are: empty by their size.
type emptyBySeeking struct{ *strings.Reader }

func (*emptyBySeeking) Seek(int64, int) (int64, error) { return 0, nil }

func TestUploadsOfEveryReader(t *testing.T) {
	t.Parallel()
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, files := toSink(t)
			made, err := files.Upload(t.Context(), "a.txt", source.open(t))
			require.NoError(t, err)
			assert.Equal(t, []string{"content"}, z.files)
			assert.Equal(t, int64(7), made.Size)
			assert.Equal(t, source.again, z.lengths[0] > 0, "announced: %d", z.lengths[0])

			for refusal, answer := range map[string]func(*http.Request) (*http.Response, error){
				"throttled": readingFirst(429, "TOO_MANY_REQUESTS"), "throttled unread": refusing(429, "TOO_MANY_REQUESTS"),
				"never left": neverLeft,
			} {
				synctest.Test(t, func(t *testing.T) {
					r := source.open(t)
					z, files := toSink(t, answer)
					_, err := files.Upload(t.Context(), "a.txt", r)
					if source.again || refusal != "throttled" { // what was not read yet can be
						require.NoError(t, err, refusal)
						assert.Equal(t, []string{"content"}, z.files)
						assert.Len(t, z.lengths, 2)
						return
					}
					require.ErrorIs(t, err, ErrRateLimited)
					require.NotErrorIs(t, err, ErrOutcomeUnknown)
					assert.Len(t, z.lengths, 1)
				})
			}

			for _, answer := range []func(*http.Request) (*http.Response, error){answerLost, readingFirst(500, "INTERNAL_ERROR")} {
				z, files = toSink(t, answer)
				_, err = files.Upload(t.Context(), "a.txt", source.open(t))
				require.ErrorIs(t, err, ErrOutcomeUnknown)
				assert.Len(t, z.lengths, 1, "whatever the reader, it is not sent twice")
			}
		})
	}
}

// TestUploadLeavesWhatCanBeReadAgain where it stood: who uploads it once more uploads the same.
func TestUploadLeavesWhatCanBeReadAgain(t *testing.T) {
	t.Parallel()
	z, files := toSink(t)
	f, buffer := opened(t, "content"), bytes.NewBufferString("content")
	for range 2 {
		_, err := files.Upload(t.Context(), "a", f)
		require.NoError(t, err)
		_, err = files.Upload(t.Context(), "a", buffer)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"content", "content", "content", "content"}, z.files)
}

// TestUploadWithARenewedToken: the refused attempt has read the file already.
func TestUploadWithARenewedToken(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	crm.ExpireTokens()
	_, err := files.Upload(t.Context(), "a.txt", strings.NewReader("content"))
	require.NoError(t, err)
	assert.Len(t, crm.Attachments("Leads", id), 1)

	crm.ExpireTokens()
	_, err = files.Upload(t.Context(), "a.txt", iotest.HalfReader(strings.NewReader("content")))
	require.ErrorIs(t, err, ErrInvalidToken)
	require.ErrorContains(t, err, "the request's body cannot be sent a second time")
	assert.Len(t, crm.Attachments("Leads", id), 1)
}

var errOwn = errors.New("the disk is gone")

// TestAReaderThatFailsIsTheError, and nothing is left at Zoho.
func TestAReaderThatFailsIsTheError(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	big := strings.Repeat("x", mebibyte)
	sized := func(r io.ReaderAt) io.Reader { return io.NewSectionReader(r, 0, mebibyte) }
	const ownText = `zohohub: upload Attachments: "a.txt" cannot be read: the disk is gone`
	for name, c := range map[string]struct {
		open func(*testing.T) io.Reader
		want error
		text string
	}{
		"at once":    {func(*testing.T) io.Reader { return iotest.ErrReader(errOwn) }, errOwn, ownText},
		"in between": {func(*testing.T) io.Reader { return io.MultiReader(strings.NewReader(big), iotest.ErrReader(errOwn)) }, errOwn, ownText},
		"announced":  {func(*testing.T) io.Reader { return sized(&failingAt{strings.NewReader(big), mebibyte / 2}) }, errOwn, ownText},
		"shrinking": {
			func(t *testing.T) io.Reader { t.Helper(); return sized(&shrinking{opened(t, big)}) }, io.ErrUnexpectedEOF,
			`zohohub: upload Attachments: "a.txt" cannot be read: unexpected EOF: it has become shorter`,
		},
		"a folder": {func(t *testing.T) io.Reader {
			t.Helper()
			f, err := os.Open(t.TempDir())
			require.NoError(t, err)
			t.Cleanup(func() { f.Close() })
			return f
		}, nil, `zohohub: upload Attachments: "a.txt" cannot be read: read `},
	} {
		for road, setting := range map[string]func(*zohohubtest.Server, *Config){
			"socket":    func(*zohohubtest.Server, *Config) {},
			"no socket": func(crm *zohohubtest.Server, cfg *Config) { cfg.HTTPClient = &http.Client{Transport: crm.Transport()} },
		} {
			t.Run(name+", "+road, func(t *testing.T) {
				t.Parallel()
				crm := zohohubtest.NewServer(t)
				id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
				cfg := crm.Config()
				setting(crm, &cfg)
				conn, err := NewConnection(cfg, crm.Token())
				require.NoError(t, err)
				defer conn.CloseIdleConnections()
				_, err = NewRecord[Lead](conn).Attachments(id).Upload(t.Context(), "a.txt", c.open(t))
				require.ErrorContains(t, err, c.text)
				require.NotErrorIs(t, err, ErrOutcomeUnknown, "it is known: the form never ended")
				if c.want != nil {
					require.ErrorIs(t, err, c.want)
				}
				assert.Empty(t, crm.Attachments("Leads", id))
			})
		}
	}
}

// failingAt cannot be read beyond a place.
type failingAt struct {
	*strings.Reader
	at int64
}

func (f *failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errOwn
	}
	return f.Reader.ReadAt(p, off)
}

// shrinking is a file of which half has gone by the time that it is read.
type shrinking struct{ *os.File }

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off > 1<<19 {
		return 0, io.EOF
	}
	return s.File.ReadAt(p, off)
}

// hostileNames arrive as they are.
var hostileNames = []string{
	`say "hi".pdf`, `a\b.pdf`, `a\"; name="x.pdf`, `"`, `\`, `\\"`, "ação.pdf", "合同.pdf", "👩‍👩‍👧.png", "invoice\u202Efdp.txt", "../../x", "/etc/passwd",
	`C:\x`, "%0D%0A", "a%22b", "a;b=c", "=?UTF-8?Q?a?=", " ", "a ", strings.Repeat("n", 300), "filename*=UTF-8''x", "'", "--",
}

func TestHostileNamesArrive(t *testing.T) {
	t.Parallel()
	z, files := toSink(t)
	crm, atFake, id := attached(t)
	for _, name := range hostileNames {
		_, err := files.Upload(t.Context(), name, strings.NewReader("x"))
		require.NoError(t, err, "%q", name)
		_, err = atFake.Upload(t.Context(), name, strings.NewReader("x"))
		require.NoError(t, err, "%q", name)
	}
	assert.Equal(t, hostileNames, z.names)
	var names []string
	for _, f := range crm.Attachments("Leads", id) {
		names = append(names, f.Name)
	}
	assert.Equal(t, hostileNames, names)
	for i := range rune(0x20) {
		_, err := files.Upload(t.Context(), "a"+string(i)+"b", strings.NewReader("x"))
		require.ErrorIs(t, err, ErrRecordInvalid, "%q", i)
	}
}

// FuzzUploadNames: a name arrives as it is or is refused; it never becomes a header, or another part.
func FuzzUploadNames(f *testing.F) {
	for _, name := range append(hostileNames, "a\r\nX: y", "\x00", "\xff", "a\r\n\r\n--x--\r\n") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		z, files := toSink(t)
		if _, err := files.Upload(t.Context(), name, strings.NewReader("x")); err != nil {
			require.ErrorIs(t, err, ErrRecordInvalid)
			assert.Empty(t, z.lengths)
			return
		}
		assert.Equal(t, []string{name}, z.names)
		assert.Equal(t, []string{"x"}, z.files)
	})
}
