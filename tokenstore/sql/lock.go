package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/pause"
)

// pollEvery is how often who waits looks whether the lock was given back: by one SELECT, for as long as a refresh takes. Of
// several who wait each has the lock for a moment, so that the last waits several times as long.
const pollEvery = 20 * time.Millisecond

// giveUpFor bounds how long who could not get a lock sees to it that nobody waits for it.
const giveUpFor = time.Second

// Lock implements [zohohub.Locker]. The lease is counted by the database's clock, in milliseconds. Who waits asks the database
// every 20 ms.
func (s *Store) Lock(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	// Nobody else's lock has that holder, so that what comes late is known for it: holder is the fence.
	l := &lock{s, key, rand.Text()}
	for {
		taken, err := l.try(ctx, lease)
		switch {
		case err != nil:
			return nil, err
		case taken:
			return l, nil
		}
		if err := pause.For(ctx, pollEvery); err != nil {
			return nil, fmt.Errorf("tokenstore/sql: lock: %w", err)
		}
	}
}

type lock struct {
	store  *Store
	key    zohohub.Key
	holder string
}

// try takes the lock if nobody has it. Looking first keeps those who wait from writing, which SQLite lets one at a time do.
func (l *lock) try(ctx context.Context, lease time.Duration) (taken bool, err error) {
	var free int
	err = l.store.query(ctx, "lock", l.store.text.look, parts(l.key), &free)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if _, err := l.store.exec(ctx, "lock", l.store.text.appear, parts(l.key)...); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	case free == 0:
		return false, nil
	}
	args := append([]any{l.holder, lease.Milliseconds()}, parts(l.key)...)
	changed, err := l.store.exec(ctx, "lock", l.store.text.take, args...)
	if err != nil {
		l.giveUp(ctx)
	}
	return changed == 1, err
}

// giveUp gives back a lock that the database may have given though its answer was lost, or came after ctx had ended.
func (l *lock) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpFor)
	defer cancel()
	_ = l.Unlock(ctx) // else its lease ends it
}

// Save implements [zohohub.TokenLock]. Whether the lock holds and the token's saving are one statement.
func (l *lock) Save(ctx context.Context, tok *zohohub.Token) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := encode(tok)
	if err != nil {
		return err
	}
	args := append(append([]any{data}, parts(l.key)...), l.holder)
	changed, err := l.store.exec(ctx, "save", l.store.text.fenced, args...)
	switch {
	case err != nil:
		return withoutSecrets(err, tok)
	case changed == 0:
		return fmt.Errorf("%w: %v", zohohub.ErrLockLost, l.key)
	}
	return nil
}

// Unlock implements [zohohub.TokenLock].
func (l *lock) Unlock(ctx context.Context) error {
	changed, err := l.store.exec(ctx, "unlock", l.store.text.give, append(parts(l.key), l.holder)...)
	if err != nil || changed == 0 {
		return err
	}
	_, err = l.store.exec(ctx, "unlock", l.store.text.sweep, parts(l.key)...)
	return err
}
