package zohohub_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

const jo = "jo@example.com"

// storing is a store with a token of Jo's at z.
func storing(t *testing.T, z *zoho, tok Token) (Config, TokenStore) {
	t.Helper()
	store := NewMemoryStore()
	cfg := z.config()
	cfg.Store = store
	require.NoError(t, store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &tok))
	return cfg, store
}

func TestOneRefreshForAllConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: time.Second}
		cfg, store := storing(t, z, Token{RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.eu"})
		var wg sync.WaitGroup
		for range 10 {
			conn, err := Open(t.Context(), cfg, "Jo@Example.com")
			require.NoError(t, err)
			for range 100 {
				wg.Go(func() {
					tok, err := conn.Token(t.Context())
					if assert.NoError(t, err) {
						assert.Equal(t, "1000.fake-1", tok.AccessToken)
					}
				})
			}
		}
		wg.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.announced, 1, "OnRefresh is called once")
		kept, err := store.Load(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo})
		require.NoError(t, err)
		assert.Equal(t, "1000.fake-1", kept.AccessToken)
		assert.Len(t, kept.Refreshes, 1)
	})
}

func TestTheBudgetHoldsForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{life: 10 * time.Second}
		cfg, _ := storing(t, z, Token{RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.eu"})
		begin := time.Now()
		for i := range 10 {
			conn, err := Open(t.Context(), cfg, jo)
			require.NoError(t, err)
			_, err = conn.Token(t.Context())
			require.NoError(t, err, i)
			time.Sleep(11 * time.Second)
		}
		conn, err := Open(t.Context(), cfg, jo)
		require.NoError(t, err)
		_, err = conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenThrottled)
		require.ErrorIs(t, err, ErrRateLimited)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, 10*time.Minute-time.Since(begin), e.RetryAfter)
		assert.Equal(t, 10, z.asked, "the eleventh is not sent")
		time.Sleep(e.RetryAfter)
		_, err = conn.Token(t.Context())
		require.NoError(t, err)
	})
}
