//go:build unix && !aix && !solaris

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

// standStill has the system's lock of the store's only lock file, until the end of the returned function.
func standStill(t *testing.T, dir string) (goOn func()) {
	t.Helper()
	f, err := os.OpenFile(only(t, dir, ".lock"), os.O_RDWR, 0)
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	return func() { require.NoError(t, f.Close()) }
}

// TestAProcessThatStandsStill, while it has the system's lock, keeps nobody longer than one's own context.
func TestAProcessThatStandsStill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	held, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	goOn := standStill(t, dir)
	for name, call := range map[string]func(context.Context) error{
		"Lock":   func(ctx context.Context) error { _, err := s.Lock(ctx, jo, time.Minute); return err },
		"Save":   func(ctx context.Context) error { return held.Save(ctx, &tok) },
		"Unlock": held.Unlock,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		require.ErrorIs(t, call(ctx), context.DeadlineExceeded, name)
		cancel()
	}
	_, err = s.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
	goOn()
	require.NoError(t, held.Save(t.Context(), &tok))
	require.NoError(t, held.Unlock(t.Context()))
}

// TestALockThatCannotBeGivenBack is given back by the end of its lease.
func TestALockThatCannotBeGivenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	const lease = 200 * time.Millisecond
	begin := time.Now()
	held, err := s.Lock(t.Context(), jo, lease)
	require.NoError(t, err)
	goOn := standStill(t, dir)
	require.NoError(t, held.Unlock(t.Context()))
	assert.GreaterOrEqual(t, time.Since(begin), lease)
	goOn()
	again, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	require.ErrorIs(t, held.Save(t.Context(), &tok), zohohub.ErrLockLost)
	require.NoError(t, again.Unlock(t.Context()))
}
