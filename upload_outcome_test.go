package zohohub_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// readerAt is a ReadAt.
type readerAt func(p []byte, off int64) (int, error)

func (f readerAt) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// readFunc is a Read.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestAFaultIsOfItsAttempt: one that could not read the file says nothing of the next, which did.
func TestAFaultIsOfItsAttempt(t *testing.T) {
	t.Parallel()
	throttled := func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		return refusing(429, "TOO_MANY_REQUESTS")(r)
	}
	lost := func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		return nil, io.ErrUnexpectedEOF
	}
	for name, faults := range map[string]int{"first": 1, "both": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z, files := toSink(t, throttled, lost)
				reads := 0
				r := io.NewSectionReader(readerAt(func(p []byte, off int64) (int, error) {
					if reads++; reads <= faults {
						return 0, errOwn
					}
					return strings.NewReader("content").ReadAt(p, off)
				}), 0, 7)
				_, err := files.Upload(t.Context(), "a", r)
				assert.Len(t, z.lengths, 2)
				if faults == 2 {
					require.ErrorIs(t, err, errOwn)
					require.NotErrorIs(t, err, ErrOutcomeUnknown)
					return
				}
				require.ErrorIs(t, err, ErrOutcomeUnknown)
				require.NotErrorIs(t, err, errOwn)
			})
		})
	}
}

// TestALateFaultIsOfItsAttempt, also when it comes while the next one is under way.
func TestALateFaultIsOfItsAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, files := toSink(t, func(r *http.Request) (*http.Response, error) {
			go func() { _, _ = io.Copy(io.Discard, r.Body) }()
			synctest.Wait() // its Read has begun
			return refusing(429, "TOO_MANY_REQUESTS")(r)
		}, func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(time.Hour)
			return nil, io.ErrUnexpectedEOF
		})
		reads := 0
		_, err := files.Upload(t.Context(), "a", io.NewSectionReader(readerAt(func(p []byte, off int64) (int, error) {
			if reads++; reads == 1 {
				time.Sleep(time.Minute)
				return 0, errOwn
			}
			return strings.NewReader("content").ReadAt(p, off)
		}), 0, 7))
		require.ErrorIs(t, err, ErrOutcomeUnknown)
		require.NotErrorIs(t, err, errOwn)
	})
}

// TestUploadEndsThoughReadAtDoesNot: like any other Read, it is left to itself.
func TestUploadEndsThoughReadAtDoesNot(t *testing.T) {
	t.Parallel()
	_, files, _ := attached(t)
	ctx, cancel := context.WithCancel(t.Context())
	stop, ended := make(chan struct{}), make(chan error, 1)
	defer close(stop)
	go func() {
		_, err := files.Upload(ctx, "a", io.NewSectionReader(readerAt(func([]byte, int64) (int, error) {
			cancel()
			<-stop
			return 0, io.EOF
		}), 0, 7))
		ended <- err
	}()
	select {
	case err := <-ended:
		require.EqualError(t, err, "zohohub: upload Attachments: context canceled")
		require.NotErrorIs(t, err, ErrOutcomeUnknown)
	case <-time.After(10 * time.Second):
		t.Error("Upload waits for a ReadAt that does not end")
	}
}

// upper is a file whose Read gives something else than its ReadAt.
type upper struct{ *os.File }

func (u upper) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

// TestUploadReadsByRead what only looks like a file.
func TestUploadReadsByRead(t *testing.T) {
	t.Parallel()
	z, files := toSink(t)
	_, err := files.Upload(t.Context(), "a", upper{opened(t, "content")})
	require.NoError(t, err)
	assert.Equal(t, []string{"CONTENT"}, z.files)
}

// TestUploadOfAFileWithoutASize: one that says it is empty is read to its end, as devices and the system's files must be.
func TestUploadOfAFileWithoutASize(t *testing.T) {
	t.Parallel()
	f := opened(t, "")
	synctest.Test(t, func(t *testing.T) {
		z, files := toSink(t, func(r *http.Request) (*http.Response, error) {
			require.NoError(t, os.WriteFile(f.Name(), []byte("...content"), 0o600))
			return neverLeft(r)
		})
		_, err := files.Upload(t.Context(), "a", f)
		require.NoError(t, err)
		assert.Equal(t, []string{"content"}, z.files)
	})
}

// TestUploadWithoutAnID: what cannot be named may be there.
func TestUploadWithoutAnID(t *testing.T) {
	t.Parallel()
	yes := func(r *http.Request) (*http.Response, error) {
		_, err := io.Copy(io.Discard, r.Body)
		return jsonAnswer(http.StatusOK, `{"data":[{"code":"SUCCESS","details":{},"message":"m","status":"success"}]}`), err
	}
	_, files := toSink(t, yes)
	made, err := files.Upload(t.Context(), "a", strings.NewReader("x"))
	require.EqualError(t, err, "zohohub: upload Attachments: (HTTP 200): the answer has no id")
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Nil(t, made)

	conn, err := NewConnection(Config{
		HTTPClient: &http.Client{Transport: &sink{answers: []func(*http.Request) (*http.Response, error){yes, yes}}},
	}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	field, err := conn.Files().Upload(t.Context(), "a", strings.NewReader("x"))
	require.EqualError(t, err, "zohohub: upload files: (HTTP 200): the answer has no id")
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Nil(t, field)
	results, err := conn.Files().UploadAll(t.Context(), []NewFile{{"a", strings.NewReader("x")}})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	require.ErrorIs(t, results[0].Err, ErrOutcomeUnknown)
}

// TestUploadOfNil: a pointer to nothing is no reader.
func TestUploadOfNil(t *testing.T) {
	t.Parallel()
	z, files := toSink(t)
	for _, r := range []io.Reader{nil, (*bytes.Buffer)(nil), (*os.File)(nil), (*bytes.Reader)(nil), (*strings.Reader)(nil), (*io.SectionReader)(nil)} {
		_, err := files.Upload(t.Context(), "a", r)
		require.EqualError(t, err, `zohohub: upload Attachments: there is nothing to read "a" from`, "%T", r)
		require.ErrorIs(t, err, ErrRecordInvalid)
	}
	assert.Empty(t, z.lengths)
}

// TestAReaderThatPanics does it where its owner can catch it; one that never returns is an error.
func TestAReaderThatPanics(t *testing.T) {
	t.Parallel()
	panics := func([]byte) (int, error) { panic("own") }
	for name, c := range map[string]struct {
		r    io.Reader
		opts []FileOption
	}{
		"a Read":   {r: readFunc(panics)},
		"a ReadAt": {r: io.NewSectionReader(readerAt(func(p []byte, _ int64) (int, error) { return panics(p) }), 0, 7)},
		"progress": {strings.NewReader("content"), []FileOption{Progress(func(int64, int64) { panic("own") })}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, files, id := attached(t)
			assert.PanicsWithValue(t, "own", func() { _, _ = files.Upload(t.Context(), "a", c.r, c.opts...) })
			assert.Empty(t, crm.Attachments("Leads", id))
		})
	}
	_, files, _ := attached(t)
	_, err := files.Upload(t.Context(), "a", readFunc(func([]byte) (int, error) {
		runtime.Goexit()
		return 0, nil
	}))
	require.EqualError(t, err, `zohohub: upload Attachments: "a" cannot be read: the call did not return`)
}
