package zohohub_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func openOf(t *testing.T, auth *Auth, user string) *Connection {
	t.Helper()
	conn, err := auth.Open(t.Context(), user)
	require.NoError(t, err)
	return conn
}

// TestARefusalIsFinalForAllOfAnAuth: a service that opens a connection for each request asks once, too.
func TestARefusalIsFinalForAllOfAnAuth(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_code", "invalid_client", "invalid_client_secret"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
				z.refuse = `{"error":"` + code + `"}`
				auth := NewAuth(cfg)
				var group sync.WaitGroup
				for range 20 {
					conn := openOf(t, auth, jo)
					group.Go(func() {
						_, err := conn.Token(t.Context())
						assert.ErrorIs(t, err, ErrAuthentication)
					})
				}
				group.Wait()
				for range 20 {
					_, err := openOf(t, auth, jo).Token(t.Context())
					require.ErrorIs(t, err, ErrAuthentication)
					require.NotErrorIs(t, err, ErrRateLimited)
					time.Sleep(time.Hour)
				}
				assert.Equal(t, 1, z.asked)

				z.refuse = ""
				anew := offline
				anew.RefreshToken = "1000.fake-refresh-anew"
				require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &anew))
				assert.Equal(t, "1000.fake-1", access(t, openOf(t, auth, jo)), "who signs in anew need not wait")
			})
		})
	}
}

func TestARefusalIsOneUsersOwn(t *testing.T) {
	t.Parallel()
	z := &zoho{refuse: `{"error":"invalid_code"}`}
	cfg, store := storing(t, z, offline)
	ana := offline
	ana.RefreshToken = "1000.fake-refresh-of-ana"
	require.NoError(t, store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", "ana@example.com"}, &ana))
	auth := NewAuth(cfg)
	_, err := openOf(t, auth, jo).Token(t.Context())
	require.ErrorIs(t, err, ErrAuthentication)
	z.refuse = ""
	assert.Equal(t, "1000.fake-1", access(t, openOf(t, auth, "ana@example.com")))
	_, err = openOf(t, auth, jo).Token(t.Context())
	require.ErrorIs(t, err, ErrAuthentication)
	assert.Equal(t, 2, z.asked)
}

// TestAThrottlingHoldsForAllOfAnAuth, and what is left to wait becomes less.
func TestAThrottlingHoldsForAllOfAnAuth(t *testing.T) {
	t.Parallel()
	for header, wait := range map[string]time.Duration{"30": 30 * time.Second, "": time.Minute} {
		t.Run("Retry-After "+header, func(t *testing.T) {
			t.Parallel()
			withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
				asked, throttled := 0, true
				cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					asked++
					if !throttled {
						return z.RoundTrip(r)
					}
					resp := httpmock.NewStringResponse(400, `{"error":"Access Denied"}`)
					if header != "" {
						resp.Header.Set("Retry-After", header)
					}
					return resp, nil
				})}
				auth := NewAuth(cfg)
				same := openOf(t, auth, jo)
				for passed := time.Duration(0); passed < wait; passed += 3 * time.Second {
					for _, conn := range []*Connection{same, openOf(t, auth, jo)} {
						_, err := conn.Token(t.Context())
						require.ErrorIs(t, err, ErrTokenThrottled)
						var e *Error
						require.ErrorAs(t, err, &e)
						if header != "" {
							assert.Equal(t, wait-passed, e.RetryAfter)
						}
					}
					time.Sleep(3 * time.Second)
				}
				assert.Equal(t, 1, asked)
				throttled = false
				assert.Equal(t, "1000.fake-1", access(t, openOf(t, auth, jo)))
			})
		})
	}
}

func TestAnAuthPrintsNoRefusedToken(t *testing.T) {
	t.Parallel()
	z := &zoho{refuse: `{"error":"invalid_code"}`}
	cfg, _ := storing(t, z, offline)
	auth := NewAuth(cfg)
	conn := openOf(t, auth, jo)
	_, err := conn.Token(t.Context())
	require.Error(t, err)
	inside := struct {
		auth    Auth
		pointer *Auth
		conn    Connection
	}{*auth, auth, *conn}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		for _, v := range []any{auth, *auth, inside, &inside} {
			text := fmt.Sprintf(verb, v)
			assert.NotContains(t, text, fakeRefresh, "%s of %T", verb, v)
			assert.NotContains(t, text, fmt.Sprintf("%x", fakeRefresh), "%s of %T", verb, v)
		}
	}
}

// TestTheBudgetOfAConnection without a store: each error says how long it is from then.
func TestTheBudgetOfAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{life: 10 * time.Second}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		begin := time.Now()
		for range 10 {
			access(t, conn)
			time.Sleep(11 * time.Second)
		}
		for left := 10*time.Minute - time.Since(begin); left > 0; left -= time.Minute {
			_, err := conn.Token(t.Context())
			require.ErrorIs(t, err, ErrTokenThrottled)
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, left, e.RetryAfter)
			time.Sleep(min(left, time.Minute))
		}
		assert.Equal(t, 10, z.asked)
		assert.Equal(t, "1000.fake-11", access(t, conn))
		_, err := conn.Token(t.Context())
		require.NoError(t, err)
		time.Sleep(10 * time.Second)
		_, err = conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenThrottled, "the window slides: one is free again, not ten")
		assert.Equal(t, 11, z.asked)
	})
}
