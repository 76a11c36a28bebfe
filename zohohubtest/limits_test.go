package zohohubtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var tooMany = flat(429, "TOO_MANY_REQUESTS", "API rate limit exceeded. Please retry after some time")

func TestConcurrencyIsLimited(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.LimitConcurrency(2)
	tok := s.Token()
	s.Inject(Fault{Hang: true, Times: 2, Path: "/Leads"})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			_, _, err := send(ctx, roads(s)["transport"], http.MethodGet, s.URL()+"/crm/v8/Leads?fields=id", signed(tok.AccessToken), "")
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
	taken := func(n int) func() bool {
		return func() bool {
			s.limits.mu.Lock()
			defer s.limits.mu.Unlock()
			return s.limits.taken == n
		}
	}
	require.Eventually(t, taken(2), 10*time.Second, time.Millisecond)
	assert.Equal(t, tooMany, list(t, s, tok.AccessToken))
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": tok.RefreshToken})
	assert.Contains(t, body, "access_token", "the accounts server has no such limit")
	s.LimitConcurrency(0)
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken), "lifted")
	s.LimitConcurrency(2)

	cancel()
	wg.Wait()
	require.Eventually(t, taken(0), 10*time.Second, time.Millisecond)
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken))
}

// A client that never has more than n requests open is never refused, on either road, however fast it goes on.
func TestPlaceIsFreeBeforeTheAnswerIsWhole(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			s.LimitConcurrency(3)
			tok := s.Token()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 3}}
			if road == "transport" {
				client.Transport = s.Transport()
			}
			defer client.CloseIdleConnections()
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for i := range 200 {
						url := s.URL() + []string{"/crm/v8/Leads", "/crm/v8/Leads?fields=Last_Name"}[i%2] // a body, none
						got, _, err := send(t.Context(), client, http.MethodGet, url, signed(tok.AccessToken), "")
						if !assert.NoError(t, err) || !assert.NotEqual(t, tooMany, got) {
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestCutAnswerUnderALimit(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			s.LimitConcurrency(1)
			s.Inject(Fault{Body: "123456", CutBody: 5})
			s.Inject(Fault{CutBefore: true})
			got, _, err := send(t.Context(), roads(s)[road], http.MethodGet, s.URL()+"/crm/v8/Leads", nil, "")
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, "12345", got.Body)
			_, _, err = send(t.Context(), roads(s)[road], http.MethodPost, s.URL()+"/crm/v8/Leads", nil, "")
			require.Error(t, err)
			got, _, err = send(t.Context(), roads(s)[road], http.MethodGet, s.URL()+"/crm/v8/Leads", nil, "")
			require.NoError(t, err)
			assert.Equal(t, notSignedIn, got, "the place was given back")
		})
	}
}

func TestCreditsAreLimited(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.LimitCredits(4)
	tok := s.Token()
	left := func() (status int, header string) {
		got, h, err := send(t.Context(), roads(s)["transport"], http.MethodGet, s.URL()+"/crm/v8/Leads?fields=Last_Name", signed(tok.AccessToken), "")
		require.NoError(t, err)
		return got.Status, h.Get("X-API-CREDITS-REMAINING")
	}
	for _, want := range []struct {
		status int
		left   string
	}{{204, ""}, {204, "2"}, {204, "1"}, {204, "0"}, {429, "0"}, {429, "0"}} {
		status, header := left()
		assert.Equal(t, want.status, status)
		assert.Equal(t, want.left, header)
	}
	s.LimitCredits(-1)
	status, header := left()
	assert.Equal(t, 204, status)
	assert.Empty(t, header)
}

// lastByte notes whether a place was still taken when the answer's last piece went out.
type lastByte struct {
	*httptest.ResponseRecorder
	limits *limits
	taken  int
}

func (w *lastByte) WriteHeader(status int) {
	w.taken = w.limits.taken
	w.ResponseRecorder.WriteHeader(status)
}

func (w *lastByte) Write(p []byte) (int, error) {
	w.taken = w.limits.taken
	return w.ResponseRecorder.Write(p)
}

func TestLastPieceLeavesAfterThePlaceIsFree(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"a body": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("first"))
			_, _ = w.Write([]byte(" last"))
		},
		"one byte": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("1")) },
		"no body":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	} {
		plain := httptest.NewRecorder()
		h(plain, nil)
		l := &limits{places: 1}
		w := &lastByte{ResponseRecorder: httptest.NewRecorder(), limits: l, taken: -1}
		l.concurrency(h).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/crm/v8/Leads", nil))
		assert.Equal(t, 0, w.taken, name)
		assert.Equal(t, []any{plain.Code, plain.Body.String()}, []any{w.Code, w.Body.String()}, name)
	}
}
