package zohohub

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// memoryStore forgets everything with the process.
type memoryStore struct {
	mu     sync.Mutex
	tokens map[Key]*Token
	locks  map[Key]*memoryLock
}

// NewMemoryStore returns an empty store, a [Locker] too, that forgets everything with the process.
func NewMemoryStore() TokenStore {
	return &memoryStore{tokens: map[Key]*Token{}, locks: map[Key]*memoryLock{}}
}

var (
	_ TokenStore = (*memoryStore)(nil)
	_ Locker     = (*memoryStore)(nil)
)

// Load implements [TokenStore].
func (s *memoryStore) Load(ctx context.Context, key Key) (*Token, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tok, ok := s.tokens[key]
	if !ok {
		return nil, fmt.Errorf("%w: %v", ErrTokenNotFound, key)
	}
	return copyToken(tok), nil
}

// Save implements [TokenStore].
func (s *memoryStore) Save(ctx context.Context, key Key, tok *Token) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	if err := storable(tok); err != nil {
		return fmt.Errorf("zohohub: save %v: %w", key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[key] = copyToken(tok)
	return nil
}

// Delete implements [TokenStore].
func (s *memoryStore) Delete(ctx context.Context, key Key) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, key)
	return nil
}

// List implements [TokenStore].
func (s *memoryStore) List(ctx context.Context) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.tokens), Key.Compare), nil
}

// Lock implements [Locker].
func (s *memoryStore) Lock(ctx context.Context, key Key, lease time.Duration) (TokenLock, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	mine := &memoryLock{store: s, key: key, given: make(chan struct{})}
	for {
		holder := s.take(mine, lease)
		if holder == nil {
			return mine, nil
		}
		left := time.NewTimer(time.Until(holder.ends))
		select {
		case <-holder.given:
		case <-left.C:
		case <-ctx.Done():
			left.Stop()
			return nil, ctx.Err()
		}
		left.Stop()
	}
}

// take gives the key's lock to mine, or says who holds it.
func (s *memoryStore) take(mine *memoryLock, lease time.Duration) *memoryLock {
	s.mu.Lock()
	defer s.mu.Unlock()
	if holder := s.locks[mine.key]; holder != nil && time.Now().Before(holder.ends) {
		return holder
	}
	mine.ends = time.Now().Add(lease)
	s.locks[mine.key] = mine
	return nil
}

type memoryLock struct {
	store *memoryStore
	key   Key
	ends  time.Time
	given chan struct{} // closed when the lock is given back
}

func (l *memoryLock) Save(ctx context.Context, tok *Token) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := storable(tok); err != nil {
		return fmt.Errorf("zohohub: save %v: %w", l.key, err)
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if l.store.locks[l.key] != l {
		return fmt.Errorf("%w: %v", ErrLockLost, l.key)
	}
	l.store.tokens[l.key] = copyToken(tok)
	return nil
}

func (l *memoryLock) Unlock(context.Context) error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if l.store.locks[l.key] == l {
		delete(l.store.locks, l.key)
		close(l.given)
	}
	return nil
}
