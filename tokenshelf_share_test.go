package zohohub_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestARefusedTokenThatAnotherHasReplaced is replaced by that one: Zoho is not asked.
func TestARefusedTokenThatAnotherHasReplaced(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		first, second := openJo(t, cfg), openJo(t, cfg)
		require.NoError(t, get(t, first))
		require.NoError(t, get(t, second))
		z.given++ // Zoho has revoked the access token
		require.NoError(t, get(t, first))
		require.NoError(t, get(t, second))
		assert.Equal(t, 2, z.asked, "to begin with, and once in the place of the refused token")
		const call = "www.zohoapis.eu Zoho-oauthtoken 1000.fake-"
		assert.Equal(t, []string{call + "1", call + "1", call + "1", call + "3", call + "1", call + "3"}, z.calls)
		assert.Len(t, z.announced, 2)
	})
}

// TestATokenInAStoreIsRenewedAheadOfItsEnd once for all, while it still serves.
func TestATokenInAStoreIsRenewedAheadOfItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 5 * time.Second}
		cfg, _ := storing(t, z, Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh, APIDomain: offline.APIDomain, User: jo, Expiry: time.Now().Add(time.Hour)})
		conns := []*Connection{openJo(t, cfg), openJo(t, cfg), openJo(t, cfg)}
		time.Sleep(time.Hour - 59*time.Second)
		begin := time.Now()
		for _, conn := range conns {
			assert.Equal(t, "1000.fake-0", access(t, conn))
		}
		assert.Zero(t, time.Since(begin), "nobody waits while the old one is good")
		time.Sleep(6 * time.Second)
		synctest.Wait()
		for _, conn := range conns {
			assert.Equal(t, "1000.fake-1", access(t, conn))
		}
		assert.Equal(t, 1, z.asked)
		assert.Equal(t, []Token{storedToken(t, cfg)}, z.announced)
		assert.Equal(t, jo, z.announced[0].User, "which Zoho does not say again")
	})
}

// TestATokenThatCannotBeRenewedAhead serves to its end, whatever the reason.
func TestATokenThatCannotBeRenewedAhead(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		err   error
		asked int
	}{"invalid_code": {ErrAuthentication, 1}, "invalid_client": {ErrAuthentication, 1}, "Access Denied": {ErrTokenThrottled, 1}, "general_error": {nil, 6}} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
				conn := openJo(t, cfg)
				assert.Equal(t, "1000.fake-1", access(t, conn))
				z.refuse, z.asked = `{"error":"`+code+`"}`, 0
				time.Sleep(time.Hour - 59*time.Second)
				for range 59 {
					assert.Equal(t, "1000.fake-1", access(t, conn))
					time.Sleep(time.Second)
				}
				_, err := conn.Token(t.Context())
				if want.err != nil {
					require.ErrorIs(t, err, want.err)
				} else {
					require.ErrorContains(t, err, code)
				}
				assert.Equal(t, want.asked, z.asked)
			})
		})
	}
}

// TestTwoDataCenters: each token is renewed where it was given; who signs in anew elsewhere is called there.
func TestTwoDataCenters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		var hosts []string
		cfg, store := storing(t, z, offline)
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			return z.RoundTrip(r)
		})}
		joes, anas := Key{ServiceCRM, cfg.ClientID, "", jo}, Key{ServiceCRM, cfg.ClientID, "", "ana@example.com"}
		inUS := Token{RefreshToken: "1000.fake-refresh-us", APIDomain: "https://www.zohoapis.com", AccountsURL: "https://accounts.zoho.com"}
		require.NoError(t, store.Save(t.Context(), anas, &inUS))
		auth := NewAuth(cfg)
		conn := openOf(t, auth, jo)
		require.NoError(t, get(t, conn))
		require.NoError(t, get(t, openOf(t, auth, "ana@example.com")))

		require.NoError(t, store.Save(t.Context(), joes, &inUS))
		time.Sleep(time.Hour)
		require.NoError(t, get(t, conn))
		assert.Equal(t, []string{
			"accounts.zoho.eu", "www.zohoapis.eu", "accounts.zoho.com", "www.zohoapis.com", "accounts.zoho.com", "www.zohoapis.com",
		}, hosts)
		kept, err := store.Load(t.Context(), joes)
		require.NoError(t, err)
		assert.Equal(t, "https://accounts.zoho.com", kept.AccountsURL)
		assert.Equal(t, "1000.fake-refresh-us", kept.RefreshToken)
	})
}

// TestAnotherRefreshToken in Zoho's answer takes the place of the one that was sent, and has a budget of its own.
func TestAnotherRefreshToken(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		var sent []string
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			assert.NoError(t, r.ParseForm())
			sent = append(sent, r.PostForm.Get("refresh_token"))
			return httpmock.NewStringResponse(200, fmt.Sprintf(
				`{"access_token":"1000.fake-%d","refresh_token":"1000.fake-refresh-%d","expires_in":3600}`, len(sent), len(sent))), nil
		})}
		conn := openJo(t, cfg)
		assert.Equal(t, "1000.fake-1", access(t, conn))
		assert.Equal(t, "1000.fake-refresh-1", storedToken(t, cfg).RefreshToken)
		time.Sleep(time.Hour)
		assert.Equal(t, "1000.fake-2", access(t, conn))
		assert.Equal(t, "1000.fake-2", access(t, openJo(t, cfg)))
		assert.Equal(t, []string{fakeRefresh, "1000.fake-refresh-1"}, sent)
		assert.Equal(t, "1000.fake-refresh-2", storedToken(t, cfg).RefreshToken)
	})
}

// TestOnRefreshMayUseTheConnectionAndTheStore: it is called when the token is stored and the lock given back.
func TestOnRefreshMayUseTheConnectionAndTheStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		cfg, store := storing(t, z, offline)
		key := Key{ServiceCRM, cfg.ClientID, "", jo}
		var conn *Connection
		called := 0
		cfg.OnRefresh = func(tok Token) {
			called++
			assert.NoError(t, get(t, conn))
			kept, err := store.Load(context.Background(), key)
			if assert.NoError(t, err) {
				assert.Equal(t, *kept, tok)
			}
			lock, err := store.(Locker).Lock(context.Background(), key, time.Minute)
			if assert.NoError(t, err) {
				assert.NoError(t, lock.Unlock(context.Background()))
			}
		}
		conn = openJo(t, cfg)
		begin := time.Now()
		require.NoError(t, get(t, conn))
		assert.Zero(t, time.Since(begin))
		assert.Equal(t, 1, called)
	})
}
