package file

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/zohohub/zohohub"
)

// pollEvery is how often a waiting process looks whether the lock was given back.
const pollEvery = 20 * time.Millisecond

// claim is what a lock's file holds: who has it, and until when. It is read and changed under the system's own lock of the
// file, which ends with the process; the claim outlives a process that was killed, by its lease at most.
type claim struct {
	Holder string    `json:"holder"`
	Ends   time.Time `json:"ends"`
}

func (c claim) holds(now time.Time) bool { return c.Holder != "" && now.Before(c.Ends) }

// Lock implements [zohohub.Locker].
func (s *Store) Lock(ctx context.Context, k zohohub.Key, lease time.Duration) (zohohub.Lock, error) {
	if err := begin(ctx, k); err != nil {
		return nil, err
	}
	l := &lock{store: s, key: k, path: s.path(k, lockFile), holder: rand.Text()}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		taken, err := l.take(lease)
		if err != nil {
			return nil, fmt.Errorf("tokenstore/file: lock: %w", err)
		}
		if taken {
			return l, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

type lock struct {
	store  *Store
	key    zohohub.Key
	path   string
	holder string
}

// take claims the lock, unless somebody else has it.
func (l *lock) take(lease time.Duration) (taken bool, err error) {
	err = l.exclusively(func(c claim) (claim, error) {
		now := time.Now()
		if c.holds(now) {
			return c, nil
		}
		taken = true
		return claim{l.holder, now.Add(lease)}, nil
	})
	return taken, err
}

// Save implements [zohohub.Lock]. Nobody can take the lock while the token is saved.
func (l *lock) Save(ctx context.Context, tok *zohohub.Token) error {
	return l.exclusively(func(c claim) (claim, error) {
		if c.Holder != l.holder {
			return c, fmt.Errorf("%w: %v", zohohub.ErrLockLost, l.key)
		}
		return c, l.store.Save(ctx, l.key, tok)
	})
}

// Unlock implements [zohohub.Lock].
func (l *lock) Unlock(context.Context) error {
	return l.exclusively(func(c claim) (claim, error) {
		if c.Holder == l.holder {
			return claim{}, nil
		}
		return c, nil
	})
}

// exclusively changes the claim while no other process reads it. The file stays: to remove it would let two processes hold
// locks of two files with the same name.
func (l *lock) exclusively(change func(claim) (claim, error)) (err error) {
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which gives the system's lock back
	if err := lockFileOf(f); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return err
	}
	var was claim
	_ = json.Unmarshal(data, &was) // what was cut off by a crash is nobody's claim
	now, err := change(was)
	if err != nil || now == was {
		return err
	}
	data, err = json.Marshal(now)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	return err
}
