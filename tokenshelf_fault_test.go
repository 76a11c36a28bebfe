package zohohub_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// offline is a token as those who sign in leave it: the first call refreshes.
var offline = Token{RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.eu"}

func openJo(t *testing.T, cfg Config) *Connection {
	t.Helper()
	conn, err := Open(t.Context(), cfg, jo)
	require.NoError(t, err)
	return conn
}

func storedToken(t *testing.T, cfg Config) Token {
	t.Helper()
	tok, err := cfg.Store.Load(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo})
	require.NoError(t, err)
	return *tok
}

func access(t *testing.T, conn *Connection) string {
	t.Helper()
	tok, err := conn.Token(t.Context())
	require.NoError(t, err)
	return tok.AccessToken
}

// withFaults runs a test on a store that may fail, with locks and without.
func withFaults(t *testing.T, run func(t *testing.T, z *zoho, cfg Config, faults *faultyStore)) {
	t.Helper()
	for name, wrap := range map[string]func(*faultyStore) TokenStore{
		"with locks": func(s *faultyStore) TokenStore { return &faultyLocker{s} },
		"without":    func(s *faultyStore) TokenStore { return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := &zoho{}
				cfg, store := storing(t, z, offline)
				faults := &faultyStore{TokenStore: store}
				cfg.Store = wrap(faults)
				run(t, z, cfg, faults)
			})
		})
	}
}

// faultyLocker is a faultyStore with locks, which save with its faults.
type faultyLocker struct{ *faultyStore }

func (s *faultyLocker) Lock(ctx context.Context, key Key, lease time.Duration) (TokenLock, error) {
	held, err := s.TokenStore.(Locker).Lock(ctx, key, lease)
	return &faultyLock{held, s, key}, err
}

type faultyLock struct {
	TokenLock

	store *faultyLocker
	key   Key
}

func (l *faultyLock) Save(ctx context.Context, tok *Token) error {
	return l.store.Save(ctx, l.key, tok)
}

var errBroken = errors.New("the store is broken")

func TestAStoreThatCannotBeRead(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		conn := openJo(t, cfg)
		faults.load = errBroken
		for range 3 {
			_, err := conn.Token(t.Context())
			checkQuiet(t, err, errBroken)
			require.ErrorContains(t, err, "token store")
		}
		faults.load = nil
		time.Sleep(10 * time.Second)
		assert.Equal(t, "1000.fake-1", access(t, conn))
		assert.Equal(t, 1, z.asked)

		time.Sleep(time.Hour - 30*time.Second)
		faults.load = errBroken
		assert.Equal(t, "1000.fake-1", access(t, conn), "which serves for half a minute more")
	})
}

// TestAStoreThatCannotBeWritten: what is not noted beforehand is not asked for, or the budget would not hold.
func TestAStoreThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		conn := openJo(t, cfg)
		faults.save = errBroken
		_, err := conn.Token(t.Context())
		checkQuiet(t, err, errBroken)
		assert.Zero(t, z.asked)
		faults.save = nil
		time.Sleep(10 * time.Second)
		assert.Equal(t, "1000.fake-1", access(t, conn))
	})
}

// TestATokenThatCannotBeKept serves all the same.
func TestATokenThatCannotBeKept(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		var log bytes.Buffer
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		cfg.HTTPClient = &http.Client{Transport: during(z, func() { faults.save = errBroken })}
		conn := openJo(t, cfg)
		assert.Equal(t, "1000.fake-1", access(t, conn))
		assert.Contains(t, log.String(), `msg="zohohub: token store" op=save error="the store is broken"`)
		assert.NotContains(t, log.String(), "1000.fake-")
		require.Len(t, z.announced, 1)
		faults.save = nil
		assert.Empty(t, storedToken(t, cfg).AccessToken)
		assert.Len(t, storedToken(t, cfg).Refreshes, 1, "it was asked for")
		assert.Equal(t, "1000.fake-2", access(t, openJo(t, cfg)), "the next asks again")
	})
}

// during does something while the accounts server has the refresh.
func during(z *zoho, do func()) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := z.RoundTrip(r)
		do()
		return resp, err
	})
}

// TestALockThatIsLost: who was too late saves nothing, and has a token all the same.
func TestALockThatIsLost(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		conn := openJo(t, cfg)
		faults.save = ErrLockLost
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrLockLost)
		assert.Zero(t, z.asked, "another has the right to ask")
		faults.save = nil
		time.Sleep(10 * time.Second)

		cfg.HTTPClient = &http.Client{Transport: during(z, func() { faults.save = ErrLockLost })}
		assert.Equal(t, "1000.fake-1", access(t, openJo(t, cfg)))
		faults.save = nil
		assert.Empty(t, storedToken(t, cfg).AccessToken)
		assert.Equal(t, "1000.fake-2", access(t, conn))
		assert.Equal(t, "1000.fake-2", storedToken(t, cfg).AccessToken)
	})
}

// TestWhoSignsOutMeanwhile is signed out on all connections when their token ends, and nothing is asked.
func TestWhoSignsOutMeanwhile(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		conn := openJo(t, cfg)
		assert.Equal(t, "1000.fake-1", access(t, conn))
		require.NoError(t, cfg.Store.Delete(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}))
		time.Sleep(time.Hour)
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenNotFound)
		err = get(t, conn)
		require.ErrorIs(t, err, ErrTokenNotFound)
		assert.Equal(t, 1, z.asked)
		keys, err := cfg.Store.List(t.Context())
		require.NoError(t, err)
		assert.Empty(t, keys)
	})
}

// TestARefusalIsFinal: Zoho's no is neither asked for again, nor does it change the store. Signing in anew ends it.
func TestARefusalIsFinal(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_code", "invalid_client", "invalid_client_secret"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
				z.refuse = `{"error":"` + code + `"}`
				conn := openJo(t, cfg)
				var group sync.WaitGroup
				for range 20 {
					group.Go(func() {
						_, err := conn.Token(t.Context())
						assert.ErrorIs(t, err, ErrAuthentication)
					})
				}
				group.Wait()
				for range 20 {
					time.Sleep(time.Minute)
					_, err := conn.Token(t.Context())
					require.ErrorIs(t, err, ErrAuthentication)
				}
				assert.Equal(t, 1, z.asked)
				want := offline
				want.Refreshes = storedToken(t, cfg).Refreshes
				assert.Len(t, want.Refreshes, 1)
				assert.Equal(t, []Token{want}, faults.saved, "that it is asked is noted, and nothing else")
				assert.Empty(t, z.announced)

				z.refuse = ""
				anew := offline
				anew.RefreshToken = "1000.fake-refresh-anew"
				require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &anew))
				time.Sleep(10 * time.Second)
				assert.Equal(t, "1000.fake-1", access(t, conn))
				assert.Equal(t, "1000.fake-refresh-anew", storedToken(t, cfg).RefreshToken)
			})
		})
	}
}

// TestASignInAnewServesAtOnce: its access token is taken, without a refresh and without OnRefresh.
func TestASignInAnewServesAtOnce(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		z.refuse = `{"error":"invalid_code"}`
		conn := openJo(t, cfg)
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrAuthentication)
		anew := Token{AccessToken: "1000.fake-0", RefreshToken: "1000.fake-anew", APIDomain: offline.APIDomain, Expiry: time.Now().Add(time.Hour)}
		require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &anew))
		time.Sleep(10 * time.Second)
		require.NoError(t, get(t, conn))
		assert.Equal(t, 1, z.asked)
		assert.Empty(t, z.announced)
	})
}

// TestWhoGivesUpCancelsNothing: one caller leaves, and another connection gets what that one began.
func TestWhoGivesUpCancelsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 5 * time.Second}
		cfg, _ := storing(t, z, offline)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		first, second := openJo(t, cfg), openJo(t, cfg)
		var group sync.WaitGroup
		group.Go(func() {
			_, err := first.Token(impatient)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		for _, conn := range []*Connection{first, second} {
			group.Go(func() {
				begin := time.Now()
				tok, err := conn.Token(t.Context())
				if assert.NoError(t, err) {
					assert.Equal(t, "1000.fake-1", tok.AccessToken)
				}
				assert.Equal(t, 5*time.Second, time.Since(begin))
			})
		}
		group.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.announced, 1)
	})
}

// TestWhoNeverGivesTheLockBack delays the others by the lease; and while they wait, a caller's own context ends the wait.
func TestWhoNeverGivesTheLockBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		cfg, store := storing(t, z, offline)
		_, err := store.(Locker).Lock(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, 20*time.Second)
		require.NoError(t, err)
		conn := openJo(t, cfg)
		begin := time.Now()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = conn.Token(impatient)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(begin))
		assert.Equal(t, "1000.fake-1", access(t, conn))
		assert.Equal(t, 20*time.Second, time.Since(begin))

		lock, err := store.(Locker).Lock(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, time.Minute)
		require.NoError(t, err, "who refreshed has given it back")
		assert.Equal(t, 20*time.Second, time.Since(begin))
		require.NoError(t, lock.Unlock(t.Context()))
	})
}

// TestABudgetThatOthersSpent holds for who opens the store for the first time, too.
func TestABudgetThatOthersSpent(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, faults *faultyStore) {
		spent := offline
		for i := range 10 {
			spent.Refreshes = append(spent.Refreshes, time.Now().Add(-time.Duration(i)*time.Minute))
		}
		require.NoError(t, faults.TokenStore.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &spent))
		conn := openJo(t, cfg)
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, ErrTokenThrottled)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, time.Minute, e.RetryAfter)
		assert.Zero(t, z.asked)
		assert.Empty(t, faults.saved)
		time.Sleep(time.Minute)
		assert.Equal(t, "1000.fake-1", access(t, conn))
		assert.Len(t, storedToken(t, cfg).Refreshes, 10, "the oldest is forgotten")
	})
}
