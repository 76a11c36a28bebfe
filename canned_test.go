package zohohub_test

import (
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// canned is a Zoho that has one record to read, says yes to every write, and remembers what was written.
type canned struct {
	mu      sync.Mutex
	bodies  []string
	refused int // writes that are yet to be refused
}

// refuse has the next n writes fail.
func (z *canned) refuse(n int) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.refused = n
}

// loaded returns it, and a connection to it.
func loaded(t *testing.T, record string) (*canned, *Connection) {
	t.Helper()
	z := &canned{}
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			return jsonAnswer(http.StatusOK, record), nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		z.mu.Lock()
		defer z.mu.Unlock()
		z.bodies = append(z.bodies, string(body))
		if z.refused > 0 {
			z.refused--
			return jsonAnswer(http.StatusBadRequest, `{"data":[{"code":"INVALID_DATA","details":{},"message":"invalid data","status":"error"}]}`), nil
		}
		return jsonAnswer(http.StatusOK, `{"data":[{"code":"SUCCESS","details":{"id":"11"},"message":"record updated","status":"success"}]}`), nil
	})
	conn, err := NewConnection(Config{HTTPClient: &http.Client{Transport: mock}}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	return z, conn
}

func (z *canned) last() string {
	z.mu.Lock()
	defer z.mu.Unlock()
	if len(z.bodies) == 0 {
		return ""
	}
	return z.bodies[len(z.bodies)-1]
}

func (z *canned) count() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return len(z.bodies)
}

func jsonAnswer(status int, body string) *http.Response {
	resp := httpmock.NewStringResponse(status, body)
	resp.Header.Set("Content-Type", "application/json;charset=UTF-8")
	return resp
}
