package transport

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// next is what stands beneath the element under test.
type next func(*http.Request) (*http.Response, error)

func (n next) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

// answers gives out results in order, and counts them.
type answers struct {
	list []any // *http.Response or error
	sent []string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		a.sent = append(a.sent, string(body))
		_ = r.Body.Close()
	} else {
		a.sent = append(a.sent, "")
	}
	if len(a.list) < len(a.sent) {
		return nil, errors.New("one request too many")
	}
	switch result := a.list[len(a.sent)-1].(type) {
	case *http.Response:
		result.Request = r
		return result, nil
	case error:
		return nil, result
	}
	return nil, errors.New("test is wrong")
}

// at is an answer whose body the chain has read.
func at(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: newWhole([]byte(body)), ContentLength: int64(len(body))}
}

// raw is an answer whose body is still to be read.
func raw(status int, body io.Reader, header ...string) *http.Response {
	resp := at(status, "", header...)
	resp.Body, resp.ContentLength = io.NopCloser(body), -1
	return resp
}

var (
	errDial = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errLost = &Lost{Err: io.ErrUnexpectedEOF}
)

// request is one with a repeatable body, as the root package makes them.
func request(t *testing.T, ctx context.Context, call *Call, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(WithCall(ctx, call), http.MethodPost, "https://"+Host+"/crm/v8/Leads", nil)
	require.NoError(t, err)
	if body != "" {
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
		r.Body, err = r.GetBody()
		require.NoError(t, err)
	}
	return r
}

func noWait(int) time.Duration { return 0 }

// text reads an answer to its end and closes it.
func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return string(body)
}

// logLines are the lines of a text log, without what changes from run to run.
type logLines []string

func (l *logLines) Write(p []byte) (int, error) {
	*l = append(*l, strings.TrimSpace(string(p)))
	return len(p), nil
}

func (l *logLines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{}
		}
		return a
	}}))
}
