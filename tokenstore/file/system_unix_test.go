//go:build unix

package file_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// TestAProcessThatStandsStill, while it has the system's lock, keeps nobody longer than one's own context, or the lease.
func TestAProcessThatStandsStill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	const lease = time.Second
	held, err := s.Lock(t.Context(), jo, lease)
	require.NoError(t, err)
	begin := time.Now()

	f, err := os.OpenFile(only(t, dir, ".lock"), os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	within := func(call func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		return call(ctx)
	}
	require.ErrorIs(t, within(func(ctx context.Context) error {
		_, err := s.Lock(ctx, jo, time.Minute)
		return err
	}), context.DeadlineExceeded)
	require.ErrorIs(t, within(func(ctx context.Context) error { return held.Save(ctx, &tok) }), context.DeadlineExceeded)
	require.ErrorIs(t, within(held.Unlock), context.DeadlineExceeded)
	require.NoError(t, held.Unlock(t.Context()), "it is given back by the end of the lease")
	assert.GreaterOrEqual(t, time.Since(begin), lease)
	_, err = s.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)

	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_UN))
	again, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	require.ErrorIs(t, held.Save(t.Context(), &tok), zohohub.ErrLockLost)
	require.NoError(t, again.Unlock(t.Context()))
}
