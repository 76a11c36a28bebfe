package zohohub_test

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestTheBudgetSlides: two connections in turns; each refresh makes room ten minutes after it.
func TestTheBudgetSlides(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		z.life = 20 * time.Second
		conns := []*Connection{openJo(t, cfg), openJo(t, cfg)}
		for n := range 30 {
			_, err := conns[n%2].Token(t.Context())
			if n < 10 || n >= 20 { // the times 0, 30, 60 … s, and then those ten minutes later
				require.NoError(t, err, n)
			} else {
				require.ErrorIs(t, err, ErrTokenThrottled, n)
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, time.Duration(20-n)*30*time.Second, e.RetryAfter)
			}
			time.Sleep(30 * time.Second)
		}
		assert.Equal(t, 20, z.asked)
	})
}

// TestTheBudgetOnAStoreThatForgets: without locks, two can overwrite each other's notes. What a connection has asked for
// itself it knows all the same; and who signs in anew begins anew.
func TestTheBudgetOnAStoreThatForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{life: 10 * time.Second}
		cfg, store := hooked(t, z)
		store.given = func(tok *Token) *Token {
			tok.Refreshes = nil
			return tok
		}
		conn := openJo(t, cfg)
		for n := range 15 {
			_, err := conn.Token(t.Context())
			if n < 10 {
				require.NoError(t, err, n)
			} else {
				require.ErrorIs(t, err, ErrTokenThrottled, n)
			}
			time.Sleep(15 * time.Second)
		}
		assert.Equal(t, 10, z.asked)
		anew := offline
		anew.RefreshToken = "1000.fake-refresh-anew"
		require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &anew))
		assert.Equal(t, "1000.fake-11", access(t, conn))
	})
}

// TestWhoSpentTheBudgetLooksAgain: what another stores meanwhile is taken, long before Zoho gives another token.
func TestWhoSpentTheBudgetLooksAgain(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		spent := offline
		for range 10 {
			spent.Refreshes = append(spent.Refreshes, time.Now())
		}
		key := Key{ServiceCRM, cfg.ClientID, "", jo}
		require.NoError(t, faults.TokenStore.Save(t.Context(), key, &spent))
		conn := openJo(t, cfg)
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenThrottled)
		spent.AccessToken, spent.Expiry = "1000.fake-0", time.Now().Add(time.Hour) // of the tenth refresh
		require.NoError(t, faults.TokenStore.Save(t.Context(), key, &spent))
		time.Sleep(10 * time.Second)
		assert.Equal(t, "1000.fake-0", access(t, conn))
		assert.Zero(t, z.asked)
	})
}

// TestAClockThatWasSetBack holds nobody up for as long as it was ahead.
func TestAClockThatWasSetBack(t *testing.T) {
	t.Parallel()
	for ahead, free := range map[time.Duration]bool{time.Hour: true, 10 * time.Minute: true, time.Minute: false, 0: false} {
		t.Run(ahead.String(), func(t *testing.T) {
			t.Parallel()
			withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
				spent := offline
				for range 10 {
					spent.Refreshes = append(spent.Refreshes, time.Now().Add(ahead))
				}
				require.NoError(t, faults.TokenStore.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &spent))
				_, err := openJo(t, cfg).Token(t.Context())
				if free {
					require.NoError(t, err)
					assert.Len(t, storedToken(t, cfg).Refreshes, 1)
					return
				}
				require.ErrorIs(t, err, ErrTokenThrottled)
				assert.Zero(t, z.asked)
			})
		})
	}
}

// withAndWithoutAStore runs a test with a connection for a refresh token that is in a store, with locks and without, and for
// one that is in none.
func withAndWithoutAStore(t *testing.T, run func(t *testing.T, z *zoho, open func(*testing.T, Config) *Connection, cfg Config)) {
	t.Helper()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) { run(t, z, openJo, cfg) })
	t.Run("no store", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			z := &zoho{}
			run(t, z, func(t *testing.T, cfg Config) *Connection {
				t.Helper()
				conn, err := NewConnection(cfg, &Token{RefreshToken: fakeRefresh})
				require.NoError(t, err)
				return conn
			}, z.config())
		})
	})
}

var errNoNetwork = &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}

// TestWhatNeverLeftIsNotSpent: when the network is there again, so are all ten access tokens.
func TestWhatNeverLeftIsNotSpent(t *testing.T) {
	t.Parallel()
	withAndWithoutAStore(t, func(t *testing.T, z *zoho, open func(*testing.T, Config) *Connection, cfg Config) {
		z.life = 10 * time.Second
		conn := open(t, cfg)
		access(t, conn)
		time.Sleep(11 * time.Second)
		z.fail = errNoNetwork
		for range 12 {
			_, err := conn.Token(t.Context())
			require.ErrorContains(t, err, "network is unreachable")
			time.Sleep(time.Second)
		}
		z.fail = nil
		for range 9 {
			access(t, conn)
			time.Sleep(11 * time.Second)
		}
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenThrottled, "what Zoho was asked for counts, before the fault and after")
		assert.Equal(t, 10, z.given)
	})
}

// TestARefreshThatNeverLeftIsSentAgain, as the call that waits for the token would be.
func TestARefreshThatNeverLeftIsSentAgain(t *testing.T) {
	t.Parallel()
	withAndWithoutAStore(t, func(t *testing.T, z *zoho, open func(*testing.T, Config) *Connection, cfg Config) {
		down := true
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if down {
				down = false
				return nil, errNoNetwork
			}
			return z.RoundTrip(r)
		})}
		require.NoError(t, get(t, open(t, cfg)))
		assert.Equal(t, 1, z.asked)
	})
}
