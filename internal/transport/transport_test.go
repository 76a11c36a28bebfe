package transport

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWaitForTheNextAttemptHoldsNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		refused := false
		rt := New(Options{
			Tokens: &purse{access: []string{"t1"}}, Places: 1, Attempts: 4, Timeout: 10 * time.Second,
			Client: &http.Client{Transport: next(func(*http.Request) (*http.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				if !refused {
					refused = true
					return at(429, `{}`, "Retry-After", "20"), nil // longer than an attempt may take
				}
				return at(200, `{}`), nil
			})},
		})
		start := time.Now()
		send := func() time.Duration {
			call := &Call{}
			resp, err := rt.RoundTrip(request(t, t.Context(), call, "body"))
			if assert.NoError(t, err) {
				assert.Equal(t, "{}", text(t, resp))
			}
			return time.Since(start)
		}
		var all sync.WaitGroup
		all.Go(func() { assert.Equal(t, 20*time.Second, send()) })
		synctest.Wait()
		assert.Zero(t, send(), "the only place is free")
		all.Wait()
	})
}

func TestEachAttemptIsSignedAnew(t *testing.T) {
	t.Parallel()
	p := &purse{access: []string{"t1", "t2"}}
	var sent []string
	rt := New(Options{Tokens: p, Attempts: 2, Client: &http.Client{
		Transport: record(&sent, &answers{list: []any{at(401, refusedToken), errDial, at(200, `{}`)}}),
	}})
	rt.(*retrier).policy.backoff = noWait
	call := &Call{}
	resp, err := rt.RoundTrip(request(t, t.Context(), call, "body"))
	require.NoError(t, err)
	assert.Equal(t, "{}", text(t, resp))
	assert.Equal(t, []string{
		"https://api.t1/crm/v8/Leads  Zoho-oauthtoken t1",
		"https://api.t2/crm/v8/Leads  Zoho-oauthtoken t2",
		"https://api.t2/crm/v8/Leads  Zoho-oauthtoken t2",
	}, sent)
	assert.Equal(t, 3, call.Attempts)
}
