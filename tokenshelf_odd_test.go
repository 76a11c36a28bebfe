package zohohub_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// hookedStore is a store with locks that does something else before, or instead of, what it is told.
type hookedStore struct {
	TokenStore

	hook  func(ctx context.Context, op string) error // "load", "lock", "save" and "unlock"
	given func(*Token) *Token                        // what Load returns instead
	lock  func(TokenLock) TokenLock                  // what Lock returns instead
}

func (s *hookedStore) Load(ctx context.Context, key Key) (*Token, error) {
	if err := s.hook(ctx, "load"); err != nil {
		return nil, err
	}
	tok, err := s.TokenStore.Load(ctx, key)
	if s.given != nil {
		return s.given(tok), err
	}
	return tok, err
}

func (s *hookedStore) Lock(ctx context.Context, key Key, lease time.Duration) (TokenLock, error) {
	if err := s.hook(ctx, "lock"); err != nil {
		return nil, err
	}
	held, err := s.TokenStore.(Locker).Lock(ctx, key, lease)
	if s.lock != nil {
		return s.lock(held), err
	}
	return &hookedLock{held, s}, err
}

type hookedLock struct {
	TokenLock

	store *hookedStore
}

func (l *hookedLock) Save(ctx context.Context, tok *Token) error {
	if err := l.store.hook(ctx, "save"); err != nil {
		return err
	}
	return l.TokenLock.Save(ctx, tok)
}

func (l *hookedLock) Unlock(ctx context.Context) error {
	if err := l.store.hook(ctx, "unlock"); err != nil {
		return err
	}
	return l.TokenLock.Unlock(ctx)
}

// hooked is a configuration with such a store, which as yet does what it is told.
func hooked(t *testing.T, z *zoho) (Config, *hookedStore) {
	t.Helper()
	cfg, store := storing(t, z, offline)
	s := &hookedStore{TokenStore: store, hook: func(context.Context, string) error { return nil }}
	cfg.Store = s
	return cfg, s
}

// at is a hook for the n-th time that something is done, counted from 1.
func at(op string, n int, do func(context.Context) error) func(context.Context, string) error {
	var mu sync.Mutex
	return func(ctx context.Context, what string) error {
		mu.Lock()
		if what == op {
			n--
		}
		now := what == op && n == 0
		mu.Unlock()
		if now {
			return do(ctx)
		}
		return nil
	}
}

// TestAStoreThatStandsStill holds nobody for longer than a renewal may take; and what Zoho gave is not lost to it.
func TestAStoreThatStandsStill(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		op    string
		n     int
		took  time.Duration
		fails bool
		asked int
	}{
		"the first look":              {"load", 2, 30 * time.Second, true, 0}, // the very first is Open's
		"the lock":                    {"lock", 1, 30 * time.Second, true, 0},
		"the look under the lock":     {"load", 3, 15 * time.Second, true, 0},
		"the note that Zoho is asked": {"save", 1, 15 * time.Second, true, 0},
		"the new token":               {"save", 2, 5 * time.Second, false, 1},
		"giving the lock back":        {"unlock", 1, 5 * time.Second, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := &zoho{}
				cfg, store := hooked(t, z)
				store.hook = at(c.op, c.n, func(ctx context.Context) error {
					<-ctx.Done()
					return ctx.Err()
				})
				conn := openJo(t, cfg)
				begin := time.Now()
				impatient, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := conn.Token(impatient)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, time.Second, time.Since(begin))
				tok, err := conn.Token(t.Context())
				assert.Equal(t, c.took, time.Since(begin))
				assert.Equal(t, c.asked, z.asked)
				if !c.fails {
					require.NoError(t, err)
					assert.Equal(t, "1000.fake-1", tok.AccessToken)
					return
				}
				require.ErrorIs(t, err, context.DeadlineExceeded)
				time.Sleep(10 * time.Second)
				assert.Equal(t, "1000.fake-1", access(t, conn), "the store has recovered")
			})
		})
	}
}

// TestASlowAnswerIsKept: the end of the lease leaves time to save what Zoho took long to give.
func TestASlowAnswerIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 14 * time.Second}
		cfg, store := hooked(t, z)
		store.hook = at("save", 2, func(ctx context.Context) error {
			select {
			case <-time.After(4 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		first, second := openJo(t, cfg), openJo(t, cfg)
		var group sync.WaitGroup
		for _, conn := range []*Connection{first, second} {
			group.Go(func() {
				tok, err := conn.Token(t.Context())
				if assert.NoError(t, err) {
					assert.Equal(t, "1000.fake-1", tok.AccessToken)
				}
			})
		}
		group.Wait()
		assert.Equal(t, 1, z.asked)
	})
}

// TestAnAnswerThatOutlastsTheLease is not waited for: another would ask meanwhile.
func TestAnAnswerThatOutlastsTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: time.Minute}
		cfg, store := storing(t, z, offline)
		conn := openJo(t, cfg)
		begin := time.Now()
		_, err := conn.Token(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 15*time.Second, time.Since(begin))
		assert.Len(t, storedToken(t, cfg).Refreshes, 1)
		lock, err := store.(Locker).Lock(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, time.Minute)
		require.NoError(t, err)
		assert.Equal(t, 15*time.Second, time.Since(begin), "the lock is given back")
		require.NoError(t, lock.Unlock(t.Context()))
		z.pause = 0
		time.Sleep(10 * time.Second)
		assert.Equal(t, "1000.fake-1", access(t, conn))
	})
}

// TestAStoreThatPanics ends no service: the error says so, and the lock is given back.
func TestAStoreThatPanics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op string
		n  int
	}{{"load", 2}, {"lock", 1}, {"load", 3}, {"save", 1}, {"save", 2}} {
		t.Run(c.op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := &zoho{}
				cfg, store := hooked(t, z)
				store.hook = at(c.op, c.n, func(context.Context) error { panic("no disk") })
				conn := openJo(t, cfg)
				begin := time.Now()
				_, err := conn.Token(t.Context())
				require.ErrorContains(t, err, "panic: no disk")
				var e *Error
				require.ErrorAs(t, err, &e)
				time.Sleep(10 * time.Second)
				assert.NotEmpty(t, access(t, conn))
				assert.Equal(t, 10*time.Second, time.Since(begin), "nobody waits for the end of a lease")
			})
		})
	}
}

// TestAStoreThatReturnsRubbish: the token at hand serves to its end, and Zoho is not asked with anything else.
func TestAStoreThatReturnsRubbish(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(*hookedStore){
		"token store: no token and no error for zohocrm/[redacted]//jo@example.com": func(s *hookedStore) {
			s.given = func(*Token) *Token { return nil }
		},
		"token store: the token of zohocrm/[redacted]//jo@example.com is neither an access token nor a refresh token": func(s *hookedStore) {
			s.given = func(*Token) *Token { return &Token{User: jo} }
		},
		"token store: the access token of zohocrm/[redacted]//jo@example.com does not fit into a header": func(s *hookedStore) {
			s.given = func(*Token) *Token { return &Token{AccessToken: "1000.fake\n"} }
		},
		"token store: what is kept for zohocrm/[redacted]//jo@example.com is another user's token": func(s *hookedStore) {
			s.given = func(*Token) *Token { return &Token{AccessToken: "1000.fake-of-ana", User: "ana@example.com"} }
		},
		"token store: no lock and no error for zohocrm/[redacted]//jo@example.com": func(s *hookedStore) {
			s.lock = func(TokenLock) TokenLock { return nil }
		},
		"there is no refresh token to renew it with; sign in with offline access": func(s *hookedStore) {
			s.given = func(*Token) *Token { return &Token{AccessToken: "1000.fake-old", Expiry: time.Now()} }
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := &zoho{}
				cfg, store := hooked(t, z)
				conn := openJo(t, cfg)
				assert.Equal(t, "1000.fake-1", access(t, conn))
				edit(store)
				time.Sleep(time.Hour - 30*time.Second)
				for range 3 {
					assert.Equal(t, "1000.fake-1", access(t, conn), "which serves for half a minute more")
					time.Sleep(10 * time.Second)
				}
				_, err := conn.Token(t.Context())
				require.EqualError(t, err, "zohohub: token: "+want)
				assert.Equal(t, 1, z.asked)
			})
		})
	}
}

// TestTheLogOfAStoreThatFails has a line for what nobody else is told.
func TestTheLogOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		z := &zoho{}
		cfg, store := hooked(t, z)
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		store.hook = at("unlock", 1, func(context.Context) error { return errors.New("no disk") })
		assert.Equal(t, "1000.fake-1", access(t, openJo(t, cfg)))
		assert.Contains(t, log.String(), `level=WARN msg="zohohub: token store" op=unlock error="no disk"`)
	})
}
