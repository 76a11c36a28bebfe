package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestRefusedWhileSending: an answer that comes before all is sent counts, also when the server does not wait for the rest.
func TestRefusedWhileSending(t *testing.T) {
	t.Parallel()
	for name, lingers := range map[string]bool{"lingering": true, "closing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusals := 0
			for range 5 {
				err := refusedUpload(t, lingers)
				require.Error(t, err)
				if errors.Is(err, ErrFileTooLarge) {
					require.NotErrorIs(t, err, ErrOutcomeUnknown)
					refusals++
				} else {
					require.ErrorIs(t, err, ErrOutcomeUnknown, "the wire took the answer along")
				}
			}
			if lingers {
				assert.Equal(t, 5, refusals)
			}
		})
	}
}

// refusedUpload sends 64 MB to a server that has seen enough after the head.
func refusedUpload(t *testing.T, lingers bool) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	var serving sync.WaitGroup
	serving.Go(func() {
		wire, err := listener.Accept()
		if err != nil {
			return
		}
		defer wire.Close()
		_, _ = io.ReadFull(wire, make([]byte, 4096))
		body := `{"code":"BODY_SIZE_REACHED","details":{},"message":"m","status":"error"}`
		fmt.Fprintf(wire, "HTTP/1.1 413 Too Large\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
		if lingers {
			_ = wire.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, wire)
		}
	})
	conn, err := NewConnection(Config{APIDomain: "http://" + listener.Addr().String()}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	_, err = NewRecord[Lead](conn).Attachments("1").Upload(t.Context(), "a", strings.NewReader(strings.Repeat("x", 64<<20)))
	serving.Wait()
	conn.CloseIdleConnections()
	return err
}

// TestUploadEndsWithItsContext, though the reader never does: it is left alone from then on.
func TestUploadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "some of it")
		time.AfterFunc(20*time.Millisecond, cancel) // the next Read has begun by then
	}()
	_, err := files.Upload(ctx, "a", r)
	require.EqualError(t, err, "zohohub: upload Attachments: context canceled")
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrOutcomeUnknown, "the form had no end")
	w.Close() // the reader lets go
	assert.Empty(t, crm.Attachments("Leads", id))
}

// TestUploadWaitsForItsReader: when an answer comes early, the reader is the caller's again only when its Read is over.
func TestUploadWaitsForItsReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &slowReader{}
		reading := make(chan struct{})
		_, files := toSink(t, func(r *http.Request) (*http.Response, error) {
			go func() {
				close(reading)
				_, _ = io.Copy(io.Discard, r.Body)
			}()
			<-reading
			synctest.Wait()
			return refusing(413, "BODY_SIZE_REACHED")(r)
		})
		_, err := files.Upload(t.Context(), "a", slow)
		require.ErrorIs(t, err, ErrFileTooLarge)
		assert.False(t, slow.reading)
		before := slow.reads
		time.Sleep(time.Hour)
		assert.Equal(t, before, slow.reads, "nobody reads on")
	})
}

type slowReader struct {
	reading bool
	reads   int
}

func (s *slowReader) Read(p []byte) (int, error) {
	s.reads++
	s.reading = true
	time.Sleep(time.Minute)
	s.reading = false
	return len(p), nil
}

func TestProgressOfUploads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r     io.Reader
		total int64
	}{
		"known":   {strings.NewReader(strings.Repeat("x", 100_000)), 100_000},
		"unknown": {io.LimitReader(strings.NewReader(strings.Repeat("x", 100_000)), 1<<20), -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, files, _ := attached(t)
			var before int64
			made, err := files.Upload(t.Context(), "a", c.r, Progress(func(done, total int64) {
				assert.Greater(t, done, before)
				assert.Equal(t, c.total, total)
				before = done
			}))
			require.NoError(t, err)
			assert.Equal(t, int64(100_000), before)
			assert.Equal(t, before, made.Size)
		})
	}
}

// TestProgressBeginsAnew when the file is sent again.
func TestProgressBeginsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z, files := toSink(t, readingFirst(429, "TOO_MANY_REQUESTS"))
		var seen []int64
		_, err := files.Upload(t.Context(), "a", strings.NewReader("content"), Progress(func(done, _ int64) { seen = append(seen, done) }), nil)
		require.NoError(t, err)
		assert.Equal(t, []int64{7, 7}, seen)
		assert.Equal(t, []string{"content"}, z.files)
	})
}
