package zohohub_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// tokensOf are what connections of one Auth get, that want a token at once. The texts of errors are among them.
func tokensOf(t *testing.T, cfg Config, connections int) map[string]int {
	t.Helper()
	auth := NewAuth(cfg)
	var group sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range connections {
		conn := openOf(t, auth, jo)
		group.Go(func() {
			tok, err := conn.Token(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				got[err.Error()]++
			} else {
				got[tok.AccessToken]++
			}
		})
	}
	group.Wait()
	return got
}

// TestAThousandConnections: a service that opens one for each request shares the refresh, too.
func TestAThousandConnections(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		z.pause = time.Second
		begin := time.Now()
		assert.Equal(t, map[string]int{"1000.fake-1": 1000}, tokensOf(t, cfg, 1000))
		assert.Equal(t, time.Second, time.Since(begin))
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.announced, 1)
		assert.Len(t, storedToken(t, cfg).Refreshes, 1)
	})
}

// TestAThousandConnectionsOnABrokenStore share the token that could not be kept, or the fault.
func TestAThousandConnectionsOnABrokenStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		op    string
		n     int
		fault func(context.Context) error
		want  string
		asked int
	}{
		"the token is not kept": {"save", 2, func(context.Context) error { return errBroken }, "1000.fake-1", 1},
		"no lock":               {"lock", 1, func(context.Context) error { return errBroken }, "zohohub: token: token store: the store is broken", 0},
		"a panic":               {"lock", 1, func(context.Context) error { panic("no disk") }, "zohohub: token: the renewal of the token ended without an answer", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := &zoho{}
				cfg, store := hooked(t, z)
				store.hook = at(c.op, c.n, func(ctx context.Context) error {
					time.Sleep(time.Second) // so that all the others are waiting
					return c.fault(ctx)
				})
				got := tokensOf(t, cfg, 1000)
				if name == "a panic" { // which who had it is told more of
					require.Equal(t, 1, got[c.want+": panic: no disk"])
					delete(got, c.want+": panic: no disk")
					got[c.want]++
				}
				assert.Equal(t, map[string]int{c.want: 1000}, got)
				assert.Equal(t, c.asked, z.asked)
			})
		})
	}
}

// TestAPeerThatNeverEnds holds the others for as long as a renewal may take.
func TestAPeerThatNeverEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		cfg, store := hooked(t, z)
		gate := make(chan struct{})
		store.hook = at("lock", 1, func(context.Context) error {
			<-gate
			return errBroken
		})
		auth := NewAuth(cfg)
		first := openOf(t, auth, jo)
		begin := time.Now()
		for _, conn := range []*Connection{first, openOf(t, auth, jo)} {
			_, err := conn.Token(t.Context())
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		assert.Equal(t, time.Minute, time.Since(begin), "30 s each, one after the other")
		close(gate)
		time.Sleep(10 * time.Second)
		assert.Equal(t, "1000.fake-1", access(t, first))
	})
}

// TestPeersOfOtherUsers wait for nobody.
func TestPeersOfOtherUsers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 5 * time.Second}
		cfg, store := storing(t, z, offline)
		ana := offline
		ana.RefreshToken = "1000.fake-refresh-of-ana"
		require.NoError(t, store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", "ana@example.com"}, &ana))
		auth := NewAuth(cfg)
		begin := time.Now()
		var group sync.WaitGroup
		for _, user := range []string{jo, "ana@example.com"} {
			conn := openOf(t, auth, user)
			group.Go(func() {
				_, err := conn.Token(t.Context())
				assert.NoError(t, err)
			})
		}
		group.Wait()
		assert.Equal(t, 5*time.Second, time.Since(begin))
		assert.Equal(t, 2, z.asked)
	})
}
