package tokenstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
)

// faulty is a store in memory, of which one thing is done otherwise.
type faulty struct {
	lockingStore

	load func(ctx context.Context, key zohohub.Key) (*zohohub.Token, error)
	save func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error
	gone func(ctx context.Context, key zohohub.Key) error
	list func(ctx context.Context) ([]zohohub.Key, error)
	lock func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error)
	key  func(zohohub.Key) zohohub.Key // under which the token is kept
}

func (s *faulty) as(key zohohub.Key) zohohub.Key {
	if s.key != nil && key.Validate() == nil {
		return s.key(key)
	}
	return key
}

func (s *faulty) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	if s.load != nil {
		return s.load(ctx, key)
	}
	return s.TokenStore.Load(ctx, s.as(key))
}

func (s *faulty) Save(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
	if s.save != nil {
		return s.save(ctx, key, tok)
	}
	return s.TokenStore.Save(ctx, s.as(key), tok)
}

func (s *faulty) Delete(ctx context.Context, key zohohub.Key) error {
	if s.gone != nil {
		return s.gone(ctx, key)
	}
	return s.TokenStore.Delete(ctx, s.as(key))
}

func (s *faulty) List(ctx context.Context) ([]zohohub.Key, error) {
	if s.list != nil {
		return s.list(ctx)
	}
	return s.TokenStore.List(ctx)
}

func (s *faulty) Lock(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	if s.lock != nil {
		return s.lock(ctx, key, lease)
	}
	return s.Locker.Lock(ctx, key, lease)
}

// faultyLock is a lock of which one thing is done otherwise.
type faultyLock struct {
	zohohub.TokenLock

	save   func(context.Context, *zohohub.Token) error
	unlock func(context.Context) error
}

func (l faultyLock) Save(ctx context.Context, tok *zohohub.Token) error {
	if l.save != nil {
		return l.save(ctx, tok)
	}
	return l.TokenLock.Save(ctx, tok)
}

func (l faultyLock) Unlock(ctx context.Context) error {
	if l.unlock != nil {
		return l.unlock(ctx)
	}
	return l.TokenLock.Unlock(ctx)
}

// fault is something that stores do wrong, and the checks that tell.
type fault struct {
	name   string
	breaks func(*faulty)
	told   []string // all of them
}

// saving changes each token before it is kept.
func saving(change func(*zohohub.Token)) func(*faulty) {
	return func(s *faulty) {
		s.save = func(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
			if tok == nil {
				return errors.New("no token")
			}
			changed := *tok
			change(&changed)
			return s.TokenStore.Save(ctx, key, &changed)
		}
	}
}

// keeping has keys in common.
func keeping(key func(zohohub.Key) zohohub.Key) func(*faulty) {
	return func(s *faulty) { s.key = key }
}

// user changes the user's name in keys.
func user(change func(string) string) func(*faulty) {
	return keeping(func(k zohohub.Key) zohohub.Key {
		k.User = change(k.User)
		return k
	})
}

// locking changes the locks.
func locking(change func(s *faulty, key zohohub.Key, held zohohub.TokenLock) faultyLock) func(*faulty) {
	return func(s *faulty) {
		s.lock = func(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
			held, err := s.Locker.Lock(ctx, key, lease)
			if err != nil {
				return nil, err
			}
			l := change(s, key, held)
			l.TokenLock = held
			return l, nil
		}
	}
}

// listing changes what List says.
func listing(change func([]zohohub.Key) []zohohub.Key) func(*faulty) {
	return func(s *faulty) {
		s.list = func(ctx context.Context) ([]zohohub.Key, error) {
			keys, err := s.TokenStore.List(ctx)
			return change(keys), err
		}
	}
}

// recorder is told of faults as testing.T is, and only notes them.
type recorder struct {
	tester

	mu    sync.Mutex
	words []string
}

func (r *recorder) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words = append(r.words, text)
}

func (r *recorder) Helper()                           {}
func (r *recorder) Error(args ...any)                 { r.note(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.note(fmt.Sprintf(format, args...)) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.note(fmt.Sprintf(format, args...))
	panic(r)
}

// does says whether a check finds nothing wrong.
func does(t *testing.T, breaks func(*faulty), check func(tester, *faulty)) (well bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		memory := zohohub.NewMemoryStore()
		s := &faulty{lockingStore: lockingStore{memory, memory.(zohohub.Locker)}}
		breaks(s)
		r := &recorder{tester: t}
		func() {
			defer func() {
				if p := recover(); p != nil && p != r {
					r.note(fmt.Sprint(p)) // as a store that panics ends go test
				}
			}()
			check(r, s)
		}()
		well = len(r.words) == 0
	})
	return well
}

// TestStoresThatAreWrong: the suite finds each of the faults, and in nothing else than what they concern.
func TestStoresThatAreWrong(t *testing.T) {
	t.Parallel()
	for _, f := range slices.Concat(storeFaults, lockFaults) {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var told []string
			for _, c := range checks {
				if !does(t, f.breaks, func(t tester, s *faulty) { c.run(t, s) }) {
					told = append(told, c.name)
				}
			}
			for _, c := range lockChecks {
				if !does(t, f.breaks, func(t tester, s *faulty) { c.run(t, lockingStore{s, s}) }) {
					told = append(told, c.name)
				}
			}
			assert.Equal(t, f.told, told)
		})
	}
}
