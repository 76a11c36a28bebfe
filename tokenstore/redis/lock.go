package redisstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/zohohub/zohohub"
)

const (
	// pollLeast and pollMost are how long who waits leaves Redis alone: by chance, so that those who came at once do not stay
	// together.
	pollLeast = 10 * time.Millisecond
	pollMost  = 30 * time.Millisecond
	// undoWithin bounds giving back what may have been taken.
	undoWithin = time.Second
)

// KEYS are the lock and the hash of tokens, ARGV[1] is the holder.
var (
	// takeScript takes the lock that nobody has, or that an earlier try took whose answer was lost.
	takeScript = redis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
	return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)
	saveScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
	return 0
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1`)
	giveScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
	redis.call('DEL', KEYS[1])
end
return 1`)
)

// Lock implements [zohohub.Locker]. The lease is counted by the server's clock, in milliseconds, and when it has ended the lock
// is lost, whether or not somebody else has taken it since. Who waits asks the server every 10 to 30 ms.
func (s *Store) Lock(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	// Nobody else's lock has that holder, so that what comes late is known for it: holder is the fence.
	l := &lock{store: s, key: key, name: s.locks + field(key), holder: rand.Text()}
	for {
		taken, err := takeScript.Run(ctx, s.client, []string{l.name}, l.holder, max(1, lease.Milliseconds())).Bool()
		switch {
		case err != nil:
			l.undo(ctx)
			return nil, l.fault(ctx, "lock", err)
		case taken:
			return l, nil
		}
		if err := pause(ctx, pollLeast+mathrand.N(pollMost-pollLeast)); err != nil {
			return nil, l.fault(ctx, "lock", err)
		}
	}
}

type lock struct {
	store        *Store
	key          zohohub.Key
	name, holder string
}

// Save implements [zohohub.TokenLock]. Whether the lock holds and the token's saving are one script.
func (l *lock) Save(ctx context.Context, tok *zohohub.Token) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := zohohub.EncodeToken(tok)
	if err != nil {
		return err
	}
	saved, err := saveScript.Run(ctx, l.store.client, []string{l.name, l.store.tokens}, l.holder, field(l.key), data).Bool()
	switch {
	case err != nil:
		return l.fault(ctx, "save", err, tok.AccessToken, tok.RefreshToken)
	case !saved:
		return fmt.Errorf("%w: %v", zohohub.ErrLockLost, l.key)
	}
	return nil
}

// Unlock implements [zohohub.TokenLock].
func (l *lock) Unlock(ctx context.Context) error {
	return l.fault(ctx, "unlock", giveScript.Run(ctx, l.store.client, []string{l.name}, l.holder).Err())
}

// undo gives back what the server may have given, though its answer was lost: the others need not wait for the end of the
// lease. Where that fails too, they do.
func (l *lock) undo(ctx context.Context) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoWithin)
	defer cancel()
	_ = l.Unlock(within)
}

func (l *lock) fault(ctx context.Context, op string, err error, secrets ...string) error {
	return fault(ctx, op+" "+l.key.String(), err, secrets...)
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
