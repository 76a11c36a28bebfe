package tokenstoretest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
)

// storeFaults are what stores do wrong.
var storeFaults = []fault{
	{"nothing", func(*faulty) {}, nil},

	{"nothing is kept", func(s *faulty) {
		s.save = func(context.Context, zohohub.Key, *zohohub.Token) error { return nil }
	}, []string{
		"TokensAreKept", "TokensAreReplacedWholly", "EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone", "KeysDiffer", "KeysThatAreNone",
		"ListIsSorted", "ConcurrentUse", "EndedContexts", "LockIsForOne",
	}},
	{"half of the token", saving(func(tok *zohohub.Token) { tok.AccessToken = "" }), []string{
		"TokensAreKept", "TokensAreReplacedWholly", "EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone", "KeysDiffer",
		"ConcurrentUse", "EndedContexts", "LockIsForOne",
	}},
	{"no extra", saving(func(tok *zohohub.Token) { tok.Extra = nil }), []string{"EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone"}},
	{"no user", saving(func(tok *zohohub.Token) { tok.User = "" }), []string{"EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone"}},
	{"no accounts server", saving(func(tok *zohohub.Token) { tok.AccountsURL = "" }), []string{"EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone"}},
	{"no refreshes", saving(func(tok *zohohub.Token) { tok.Refreshes = nil }), []string{"EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone"}},
	{"whole seconds", saving(func(tok *zohohub.Token) { tok.Expiry = tok.Expiry.Truncate(time.Second) }), []string{
		"EveryFieldIsKept", "TokensAreCopies", "TokensThatAreNone",
	}},
	{"a narrow column", saving(func(tok *zohohub.Token) { tok.RefreshToken = tok.RefreshToken[:min(len(tok.RefreshToken), 255)] }), []string{"EveryFieldIsKept"}},
	{"what was there stays in part", func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			if was, err := s.TokenStore.Load(ctx, key); err == nil && tok != nil && tok.RefreshToken == "" {
				merged := *tok
				merged.RefreshToken = was.RefreshToken
				tok = &merged
			}
			return s.TokenStore.Save(ctx, key, tok)
		}
	}, []string{"TokensAreReplacedWholly", "EveryFieldIsKept", "TokensThatAreNone"}},
	{"a token in two steps", func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			if was, err := s.TokenStore.Load(ctx, key); err == nil && tok != nil && tok.RefreshToken != "" {
				first := *tok
				first.AccessToken = was.AccessToken
				if err := s.TokenStore.Save(ctx, key, &first); err != nil {
					return err
				}
				time.Sleep(time.Millisecond)
			}
			return s.TokenStore.Save(ctx, key, tok)
		}
	}, []string{"ConcurrentUse"}},
	{"the caller's own token", func(s *faulty) {
		var mu sync.Mutex
		own := map[zohohub.Key]*zohohub.Token{}
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			if err := s.TokenStore.Save(ctx, key, tok); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			own[key] = tok
			return nil
		}
		s.load = func(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
			tok, err := s.TokenStore.Load(ctx, key)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && own[key] != nil && tok.AccessToken == "1000.fake-access" {
				copied := *own[key]
				return &copied, nil
			}
			return tok, err
		}
	}, []string{"TokensAreCopies"}},
	{"the store's own token", func(s *faulty) {
		var mu sync.Mutex
		own := map[string]*zohohub.Token{}
		s.load = func(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
			tok, err := s.TokenStore.Load(ctx, key)
			if err != nil {
				return nil, err
			}
			mu.Lock()
			defer mu.Unlock()
			text := key.String() + words(tok)
			if own[text] == nil {
				own[text] = tok
			}
			return own[text], nil
		}
	}, []string{"TokensAreCopies"}},
	{"a nil token is none to keep", func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			if tok == nil {
				return nil
			}
			return s.TokenStore.Save(ctx, key, tok)
		}
	}, []string{"TokensThatAreNone"}},
	{"an empty token removes", func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			err := s.TokenStore.Save(ctx, key, tok)
			if tok != nil && tok.AccessToken == "" && tok.RefreshToken == "" {
				err = errors.Join(err, s.TokenStore.Delete(ctx, key))
			}
			return err
		}
	}, []string{"TokensThatAreNone"}},
	{"a nil token ends the process", func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			kept := *tok
			return s.TokenStore.Save(ctx, key, &kept)
		}
	}, []string{"TokensThatAreNone"}},
	{"no token and no error", func(s *faulty) {
		s.load = func(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
			tok, err := s.TokenStore.Load(ctx, key)
			if errors.Is(err, zohohub.ErrTokenNotFound) {
				return nil, nil
			}
			return tok, err
		}
	}, []string{"TokensAreKept", "TokensThatAreNone", "KeysDiffer", "EndedContexts", "LockWithoutAToken"}},
	{"another error for no token", func(s *faulty) {
		s.load = func(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
			tok, err := s.TokenStore.Load(ctx, key)
			if errors.Is(err, zohohub.ErrTokenNotFound) {
				return nil, errors.New("no row")
			}
			return tok, err
		}
	}, []string{"TokensAreKept", "TokensThatAreNone", "KeysDiffer", "EndedContexts", "LockWithoutAToken"}},
	{"nothing is forgotten", func(s *faulty) {
		s.gone = func(ctx context.Context, key zohohub.Key) error { return errors.Join(ctx.Err(), key.Validate()) }
	}, []string{"TokensAreKept", "KeysDiffer", "ConcurrentUse", "LockWithoutAToken"}},
	{"to forget nothing is an error", func(s *faulty) {
		s.gone = func(ctx context.Context, key zohohub.Key) error {
			if _, err := s.TokenStore.Load(ctx, key); err != nil {
				return err
			}
			return s.TokenStore.Delete(ctx, key)
		}
	}, []string{"TokensAreKept"}},

	{"case is all one", user(strings.ToLower), []string{"KeysDiffer", "ListIsSorted"}},
	{"spaces at the end do not count", user(func(u string) string { return strings.TrimRight(u, " ") + "." }), []string{
		"TokensAreKept", "TokensAreReplacedWholly", "TokensThatAreNone", "KeysDiffer", "ListIsSorted", "ConcurrentUse", "LockIsForOne", "LockThatIsLostSavesNothing", "LockWithoutAToken",
	}},
	{"accents do not count", user(strings.NewReplacer("é", "e", "e\u0301", "e").Replace), []string{"KeysDiffer"}},
	{"names of 250 bytes", user(func(u string) string { return u[:min(len(u), 250)] }), []string{"KeysDiffer"}},
	{"a slash between the parts", keeping(func(k zohohub.Key) zohohub.Key {
		return zohohub.Key{Service: "all", User: k.String()[:min(len(k.String()), 255)]}
	}), []string{
		"TokensAreKept", "TokensAreReplacedWholly", "TokensThatAreNone", "KeysDiffer", "ListIsSorted", "ConcurrentUse", "LockIsForOne", "LockThatIsLostSavesNothing", "LockWithoutAToken",
	}},
	{"one organization", keeping(func(k zohohub.Key) zohohub.Key {
		k.Org = ""
		return k
	}), []string{
		"TokensAreKept", "TokensAreReplacedWholly", "TokensThatAreNone", "KeysDiffer", "ListIsSorted", "ConcurrentUse", "LockIsForOne", "LockThatIsLostSavesNothing", "LockWithoutAToken",
	}},
	{"any key", func(s *faulty) {
		s.gone = func(ctx context.Context, key zohohub.Key) error {
			if key.Validate() != nil {
				return ctx.Err()
			}
			return s.TokenStore.Delete(ctx, key)
		}
	}, []string{"KeysThatAreNone"}},
	{"any key has a lock", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			if key.Validate() != nil {
				key = keyOf("none")
			}
			return s.Locker.Lock(ctx, key, lease)
		}
	}, []string{"KeysThatAreNone"}},

	{"another order", listing(func(keys []zohohub.Key) []zohohub.Key {
		slices.Reverse(keys)
		return keys
	}), []string{"TokensAreKept", "KeysDiffer", "ListIsSorted"}},
	{"the order of users", listing(func(keys []zohohub.Key) []zohohub.Key {
		slices.SortStableFunc(keys, func(a, b zohohub.Key) int { return strings.Compare(a.User, b.User) })
		return keys
	}), []string{"KeysDiffer", "ListIsSorted"}},
	{"ten to a page", listing(func(keys []zohohub.Key) []zohohub.Key { return keys[:min(len(keys), 10)] }), []string{"KeysDiffer", "ListIsSorted"}},
	{"a key twice", listing(func(keys []zohohub.Key) []zohohub.Key { return append(keys[:min(len(keys), 1):1], keys...) }), []string{
		"TokensAreKept", "TokensAreReplacedWholly", "TokensThatAreNone", "KeysDiffer", "KeysThatAreNone", "ListIsSorted", "ConcurrentUse", "EndedContexts",
		"LockWithoutAToken",
	}},

	{"Load has no end", func(s *faulty) {
		s.load = func(_ context.Context, key zohohub.Key) (*zohohub.Token, error) {
			return s.TokenStore.Load(context.Background(), key)
		}
	}, []string{"EndedContexts"}},
	{"Save has no end", func(s *faulty) {
		s.save = func(_ context.Context, key zohohub.Key, tok *zohohub.Token) error {
			return s.TokenStore.Save(context.Background(), key, tok)
		}
	}, []string{"EndedContexts"}},
	{"Delete has no end", func(s *faulty) {
		s.gone = func(_ context.Context, key zohohub.Key) error { return s.TokenStore.Delete(context.Background(), key) }
	}, []string{"EndedContexts"}},
	{"List has no end", func(s *faulty) {
		s.list = func(context.Context) ([]zohohub.Key, error) { return s.TokenStore.List(context.Background()) }
	}, []string{"EndedContexts"}},
	{"Lock has no end", func(s *faulty) {
		s.lock = func(_ context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			return s.Locker.Lock(context.Background(), key, lease)
		}
	}, []string{"EndedContexts", "LockThatIsLostSavesNothing", "LockThatIsGivenBackStaysSo", "LockWaitsAsLongAsItsContext"}},
	{"Save under the lock has no end", locking(func(_ *faulty, _ zohohub.Key, held zohohub.TokenLock) faultyLock {
		return faultyLock{save: func(_ context.Context, tok *zohohub.Token) error { return held.Save(context.Background(), tok) }}
	}), []string{"EndedContexts"}},
}
