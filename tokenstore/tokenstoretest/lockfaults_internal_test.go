package tokenstoretest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
)

// lockFaults are what locks do wrong.
var lockFaults = []fault{
	{"everybody has the lock", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, _ time.Duration) (zohohub.TokenLock, error) {
			if err := errors.Join(ctx.Err(), key.Validate()); err != nil {
				return nil, err
			}
			return faultyLock{
				save:   func(ctx context.Context, tok *zohohub.Token) error { return s.TokenStore.Save(ctx, key, tok) },
				unlock: func(context.Context) error { return nil },
			}, nil
		}
	}, []string{"LockIsForOne", "LockEndsWithItsLease", "LockThatIsLostSavesNothing", "LockThatIsGivenBackStaysSo", "LockWaitsAsLongAsItsContext"}},
	{"two that ask at once have the lock", func(s *faulty) {
		var mu sync.Mutex
		held := map[zohohub.Key]int{}
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			mu.Lock()
			held[key]++
			second := held[key] == 2
			mu.Unlock()
			if second { // while the first one looks
				key.User += " two"
			}
			return s.Locker.Lock(ctx, key, lease)
		}
	}, []string{"LockIsForOne", "LockEndsWithItsLease", "LockThatIsLostSavesNothing", "LockThatIsGivenBackStaysSo", "LockWaitsAsLongAsItsContext"}},
	{"the lock has no lease", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, _ time.Duration) (zohohub.TokenLock, error) {
			return s.Locker.Lock(ctx, key, time.Hour)
		}
	}, []string{"LockEndsWithItsLease", "LockThatIsLostSavesNothing"}},
	{"half a lease", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			return s.Locker.Lock(ctx, key, lease/2)
		}
	}, []string{"LockEndsWithItsLease"}},
	{"no fence", locking(func(s *faulty, key zohohub.Key, _ zohohub.TokenLock) faultyLock {
		return faultyLock{save: func(ctx context.Context, tok *zohohub.Token) error { return s.TokenStore.Save(ctx, key, tok) }}
	}), []string{"LockThatIsLostSavesNothing"}},
	{"a fence that says nothing", locking(func(_ *faulty, _ zohohub.Key, held zohohub.TokenLock) faultyLock {
		return faultyLock{save: func(ctx context.Context, tok *zohohub.Token) error {
			if err := held.Save(ctx, tok); !errors.Is(err, zohohub.ErrLockLost) {
				return err
			}
			return nil
		}}
	}), []string{"LockThatIsLostSavesNothing"}},
	{"a fence while somebody has the lock", locking(func(s *faulty, key zohohub.Key, held zohohub.TokenLock) faultyLock {
		return faultyLock{save: func(ctx context.Context, tok *zohohub.Token) error {
			err := held.Save(ctx, tok)
			if errors.Is(err, zohohub.ErrLockLost) {
				now, end := context.WithTimeout(ctx, time.Millisecond)
				defer end()
				if free, busy := s.Locker.Lock(now, key, time.Second); busy == nil {
					return errors.Join(s.TokenStore.Save(ctx, key, tok), free.Unlock(ctx))
				}
			}
			return err
		}}
	}), []string{"LockThatIsLostSavesNothing"}},
	{"anybody gives the lock back", func(s *faulty) {
		var mu sync.Mutex
		last := map[zohohub.Key]zohohub.TokenLock{}
		locking(func(_ *faulty, key zohohub.Key, held zohohub.TokenLock) faultyLock {
			mu.Lock()
			defer mu.Unlock()
			last[key] = held
			return faultyLock{unlock: func(ctx context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				return last[key].Unlock(ctx)
			}}
		})(s)
	}, []string{"LockThatIsLostSavesNothing", "LockThatIsGivenBackStaysSo"}},
	{"the lock is not given back", locking(func(*faulty, zohohub.Key, zohohub.TokenLock) faultyLock {
		return faultyLock{unlock: func(context.Context) error { return nil }}
	}), []string{"TokensThatAreNone", "LockIsForOne", "LockThatIsGivenBackStaysSo", "LockWaitsAsLongAsItsContext"}},
	{"to give back what was lost is an error", locking(func(_ *faulty, _ zohohub.Key, held zohohub.TokenLock) faultyLock {
		var given bool
		return faultyLock{unlock: func(ctx context.Context) error {
			if given {
				return zohohub.ErrLockLost
			}
			given = true
			return held.Unlock(ctx)
		}}
	}), []string{"LockThatIsGivenBackStaysSo"}},
	{"one lock for all", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			if err := key.Validate(); err != nil {
				return nil, err
			}
			held, err := s.Locker.Lock(ctx, keyOf("all"), lease)
			return faultyLock{TokenLock: held, save: func(ctx context.Context, tok *zohohub.Token) error {
				if err := held.Save(ctx, tok); err != nil {
					return err
				}
				return errors.Join(s.TokenStore.Delete(ctx, keyOf("all")), s.TokenStore.Save(ctx, key, tok))
			}}, err
		}
	}, []string{"LocksOfOtherKeys"}},
	{"a lock for each user", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			if err := key.Validate(); err != nil {
				return nil, err
			}
			held, err := s.Locker.Lock(ctx, zohohub.Key{Service: "locks", User: key.User}, lease)
			return faultyLock{TokenLock: held, save: func(ctx context.Context, tok *zohohub.Token) error {
				if err := held.Save(ctx, tok); err != nil {
					return err
				}
				return errors.Join(s.TokenStore.Delete(ctx, zohohub.Key{Service: "locks", User: key.User}), s.TokenStore.Save(ctx, key, tok))
			}}, err
		}
	}, []string{"LocksOfOtherKeys"}},
	{"no token, no lock", func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			if _, err := s.TokenStore.Load(ctx, key); err != nil {
				return nil, err
			}
			return s.Locker.Lock(ctx, key, lease)
		}
	}, []string{
		"EndedContexts", "LockEndsWithItsLease", "LockThatIsLostSavesNothing", "LockThatIsGivenBackStaysSo", "LockWaitsAsLongAsItsContext", "LocksOfOtherKeys", "LockWithoutAToken",
	}},
	{"a lock is a token", func(s *faulty) {
		var mu sync.Mutex
		locked := map[zohohub.Key]bool{}
		locking(func(_ *faulty, key zohohub.Key, held zohohub.TokenLock) faultyLock {
			mu.Lock()
			defer mu.Unlock()
			locked[key] = true
			return faultyLock{unlock: func(ctx context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				delete(locked, key)
				return held.Unlock(ctx)
			}}
		})(s)
		s.list = func(ctx context.Context) ([]zohohub.Key, error) {
			keys, err := s.TokenStore.List(ctx)
			mu.Lock()
			defer mu.Unlock()
			for k := range locked {
				if !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
			slices.SortFunc(keys, zohohub.Key.Compare)
			return keys, err
		}
	}, []string{"LockWithoutAToken"}},
	{"Save under the lock forgets", locking(func(*faulty, zohohub.Key, zohohub.TokenLock) faultyLock {
		return faultyLock{save: func(ctx context.Context, _ *zohohub.Token) error { return ctx.Err() }}
	}), []string{"TokensThatAreNone", "LockIsForOne", "LockThatIsLostSavesNothing", "LockWithoutAToken"}},
	{"the end of the lock forgets the token", locking(func(s *faulty, key zohohub.Key, held zohohub.TokenLock) faultyLock {
		return faultyLock{unlock: func(ctx context.Context) error { return errors.Join(s.TokenStore.Delete(ctx, key), held.Unlock(ctx)) }}
	}), []string{"TokensThatAreNone", "LockIsForOne", "LockThatIsLostSavesNothing"}},
}
