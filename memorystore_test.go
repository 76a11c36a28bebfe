package zohohub_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(*testing.T) TokenStore { return NewMemoryStore() })
}

// TestMemoryStoreKeepsNothing in the place of a token.
func TestMemoryStoreKeepsNothing(t *testing.T) {
	t.Parallel()
	store, key := NewMemoryStore(), Key{Service: ServiceCRM, User: jo}
	kept := Token{RefreshToken: fakeRefresh}
	require.NoError(t, store.Save(t.Context(), key, &kept))
	lock, err := store.(Locker).Lock(t.Context(), key, time.Minute)
	require.NoError(t, err)
	for want, tok := range map[string]*Token{
		"zohohub: save zohocrm///jo@example.com: the token is nil":                            nil,
		"zohohub: save zohocrm///jo@example.com: neither an access token nor a refresh token": {User: jo},
	} {
		require.EqualError(t, store.Save(t.Context(), key, tok), want)
		require.EqualError(t, lock.Save(t.Context(), tok), want)
	}
	got, err := store.Load(t.Context(), key)
	require.NoError(t, err)
	assert.Equal(t, &kept, got)
}
