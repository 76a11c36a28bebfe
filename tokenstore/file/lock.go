package file

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/pause"
)

const (
	// pollEvery is how often a waiting process looks whether the lock was given back.
	pollEvery = 20 * time.Millisecond
	// retryEvery is how often it tries to read or change who has the lock, which takes nobody longer than saving a token.
	retryEvery = 2 * time.Millisecond
)

// claim is what a lock's file holds: who has it, since and until when. It is read and changed under the system's own lock of
// the file, which ends with the process; the claim outlives a process that was killed, by its lease at most.
type claim struct {
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"`
	Ends   time.Time `json:"ends"`
}

// holds says whether somebody has the lock. A clock that is set back a little, as clocks are when they are put right, ends no
// lease; what ends farther away than that would hold for as long as the clock was wrong.
func (c claim) holds(now time.Time) bool {
	return c.Holder != "" && now.Before(c.Ends) && c.Ends.Sub(now) <= 2*c.Ends.Sub(c.Since)
}

// Lock implements [zohohub.Locker].
func (s *Store) Lock(ctx context.Context, k zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	if err := cmp.Or(ctx.Err(), k.Validate()); err != nil {
		return nil, err
	}
	l := &lock{store: s, key: k, path: s.path(k, lockFile), holder: rand.Text()}
	for {
		taken, err := l.take(ctx, lease)
		switch {
		case err != nil:
			return nil, fmt.Errorf("tokenstore/file: lock: %w", err)
		case taken:
			return l, nil
		}
		if err := pause.For(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

type lock struct {
	store  *Store
	key    zohohub.Key
	path   string
	holder string
	ends   time.Time
}

// take claims the lock, unless somebody else has it.
func (l *lock) take(ctx context.Context, lease time.Duration) (taken bool, err error) {
	err = l.exclusively(ctx, func(c claim) (claim, error) {
		now := time.Now().UTC()
		if c.holds(now) {
			return c, nil
		}
		taken, l.ends = true, now.Add(lease)
		return claim{l.holder, now, l.ends}, nil
	})
	return taken, err
}

// Save implements [zohohub.TokenLock]. Nobody can take the lock while the token is saved.
func (l *lock) Save(ctx context.Context, tok *zohohub.Token) error {
	return l.exclusively(ctx, func(c claim) (claim, error) {
		if c.Holder != l.holder {
			return c, fmt.Errorf("%w: %v", zohohub.ErrLockLost, l.key)
		}
		return c, l.store.Save(ctx, l.key, tok)
	})
}

// Unlock implements [zohohub.TokenLock]. When it cannot be done before the lease ends, the lock is given back by that.
func (l *lock) Unlock(ctx context.Context) error {
	within, cancel := context.WithDeadline(ctx, l.ends)
	defer cancel()
	err := l.exclusively(within, func(c claim) (claim, error) {
		if c.Holder == l.holder {
			return claim{}, nil
		}
		return c, nil
	})
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}

// exclusively changes the claim while no other process reads it. The file stays: to remove it would let two processes hold
// locks of two files with the same name.
func (l *lock) exclusively(ctx context.Context, change func(claim) (claim, error)) (err error) {
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which gives the system's lock back
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		taken, err := tryLock(f)
		if err != nil {
			return err
		}
		if taken {
			break
		}
		if err := pause.For(ctx, retryEvery); err != nil { // a process that stands still may have it
			return err
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return err
	}
	var was claim
	if json.Unmarshal(data, &was) != nil {
		was = claim{} // what was cut off by a crash is nobody's claim
	}
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
