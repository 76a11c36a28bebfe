package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestSQLiteFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "a b%20c#d")
	path := filepath.Join(dir, "tökens.db")
	key := zohohub.Key{Service: zohohub.ServiceCRM, User: "jo@example.com"}
	for i, name := range []string{"sqlite:" + path, "sqlite://" + path} {
		s, err := openStore(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, "the SQLite file "+path, s.place)
		_, isLocker := s.TokenStore.(zohohub.Locker)
		assert.True(t, isLocker)
		tok, err := s.Load(t.Context(), key)
		if i == 0 {
			require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
			require.NoError(t, s.Save(t.Context(), key, &zohohub.Token{AccessToken: "1000.fake-access"}))
		} else {
			require.NoError(t, err)
			assert.Equal(t, "1000.fake-access", tok.AccessToken)
		}
		require.NoError(t, s.close())
	}
	s, err := openStore(t.Context(), "file://"+dir)
	require.NoError(t, err)
	assert.Equal(t, "the folder "+dir, s.place)
	if runtime.GOOS == "windows" {
		return // its permissions are others
	}
	for name, mode := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
	}
}

// TestStoreErrors has wrong names of stores: whatever is wrong, the password is not repeated.
func TestStoreErrors(t *testing.T) {
	t.Parallel()
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := nobody.Addr().String()
	require.NoError(t, nobody.Close())
	for name, said := range map[string]string{
		"":                               "none of memory, file:DIR",
		"memory:7":                       "none of memory, file:DIR",
		"file":                           "none of memory, file:DIR",
		"sqlite:":                        "none of memory, file:DIR",
		"fake-password":                  "none of memory, file:DIR",
		"mysql:jo:fake-password@tcp(db)": "user:password@tcp(127.0.0.1:3306)/database",
		"mysql:jo:fake-password@tcp(db)/x?tls=fake-password":               "user:password@tcp(127.0.0.1:3306)/database",
		"mysql://jo:fake-password@tcp(" + address + ")/x":                  "user:password@tcp(127.0.0.1:3306)/database",
		"mysql:jo:fake-password@tcp(" + address + ")/x":                    "MySQL's database x at " + address + ": ",
		"postgres://jo:fake-password@db:port/x":                            "postgres://user:password@127.0.0.1:5432/database",
		"postgres:host=db port=fake-password":                              "postgres://user:password@127.0.0.1:5432/database",
		"postgres://jo:fake-password@" + address + "/x?sslmode=disable":    "PostgreSQL's database x at " + address + ": ",
		"postgres:postgres://jo:fake-password@" + address + "/x":           "PostgreSQL's database x at " + address + ": ",
		"redis://jo:fake-password@db:port/0":                               "redis://user:password@127.0.0.1:6379/0",
		"redis:fake-password":                                              "redis://user:password@127.0.0.1:6379/0",
		"redis://jo:fake-password@" + address + "/7?max_retries=-1":        "Redis's database 7 at " + address + ": ",
		"redis:rediss://jo:fake-password@" + address + "/7?max_retries=-1": "Redis's database 7 at " + address + ": ",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), storeOpens)
		_, err := openStore(ctx, name)
		cancel()
		if assert.ErrorContains(t, err, said, name) {
			assert.NotContains(t, err.Error(), "fake-password", name)
		}
	}
}

// TestAnotherKey has a store of which the key was lost, or that was not encrypted before: its users sign in anew.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	inner := zohohub.NewMemoryStore()
	b := newBrowser(t)
	for _, key := range []string{"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="} {
		store := inner
		if key != "" {
			var err error
			store, err = seal(inner, key)
			require.NoError(t, err)
		}
		address := serveApp(t, crm, store)
		b.open(address + "/leads")
		assert.Equal(t, []any{"/", 200}, []any{b.at.Path, b.status})
		b.signIn(address, "Bruno Costa", "accept")
		assert.Equal(t, []any{"/leads", 200}, []any{b.at.Path, b.status})
	}
	keys, err := inner.List(t.Context())
	require.NoError(t, err)
	assert.Len(t, keys, 4, "a token, and a session of each time")
	for _, k := range keys {
		tok, err := inner.Load(t.Context(), k)
		require.NoError(t, err)
		if k.Service == zohohub.ServiceCRM {
			assert.Regexp(t, `^sealed\.v1\.`, tok.AccessToken)
		}
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	sessions := sessionStore{inner, "1000.FAKE"}
	other := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	require.NoError(t, inner.Save(t.Context(), other, &zohohub.Token{AccessToken: "1000.fake", Expiry: time.Now().Add(-time.Hour)}))
	require.NoError(t, sessions.Commit("old", []byte("data"), time.Now().Add(-time.Second)))
	require.NoError(t, sessions.Commit("new", []byte("data"), time.Now().Add(time.Hour)))
	require.NoError(t, sessionStore{inner, "1000.OTHER"}.Commit("old", []byte("data"), time.Now().Add(-time.Hour)))
	for id, data := range map[string][]byte{"new": []byte("data"), "old": nil, "none": nil} {
		found, ok, err := sessions.Find(id)
		assert.Equal(t, []any{data, data != nil, nil}, []any{found, ok, err}, id)
	}
	require.NoError(t, sessions.sweep(t.Context()))
	keys, err := inner.List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{sessionStore{inner, "1000.FAKE"}.key("new"), sessionStore{inner, "1000.OTHER"}.key("old"), other}, keys)
	require.NoError(t, sessions.Delete("new"))
	_, ok, err := sessions.Find("new")
	assert.Equal(t, []any{false, nil}, []any{ok, err})
}
