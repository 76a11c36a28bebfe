package refreshrace

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/zohohubtest"
)

// lockless is a store without its locks.
type lockless struct{ zohohub.TokenStore }

var stores = map[string]Opener{
	"lockless": func(_ context.Context, dir string) (zohohub.TokenStore, func() error, error) {
		s, err := file.New(dir)
		return lockless{s}, nil, err
	},
}

func TestMain(m *testing.M) {
	Child(stores)
	goleak.VerifyTestMain(m)
}

// TestProcessesWithoutLocks: what Run looks for is there to be found.
func TestProcessesWithoutLocks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, _, err := stores["lockless"](t.Context(), dir)
	require.NoError(t, err)
	c := &course{"lockless", dir, store, zohohubtest.NewServer(t)}
	c.crm.Inject(zohohubtest.Fault{Path: "/oauth/v2/token", Times: -1, Delay: refreshTakes})
	runners := c.start(t, 4)
	const user = "jo@example.com"
	for range 20 { // one may be late by chance
		c.seed(t, user, c.fresh())
		c.crm.ResetRequests()
		c.together(t, runners, user)
		if c.refreshes() > 1 {
			return
		}
	}
	assert.Fail(t, "processes without a lock have shared each refresh")
}

func TestServe(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.EqualError(t, serve(nil, "", strings.NewReader(""), &out), "no such store")
	open := func(context.Context, string) (zohohub.TokenStore, func() error, error) {
		return zohohub.NewMemoryStore(), func() error { return context.Canceled }, nil
	}
	require.ErrorIs(t, serve(open, "", strings.NewReader(""), &out), context.Canceled, "of closing the store")
	require.ErrorIs(t, serve(open, "", strings.NewReader(`{"User":"jo@example.com"}`), &out), zohohub.ErrTokenNotFound)
	assert.Empty(t, out.String())
}
