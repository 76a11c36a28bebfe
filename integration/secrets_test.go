package integration

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/secretscan"
	"github.com/zohohub/zohohub/tokenstore/file"
	redisstore "github.com/zohohub/zohohub/tokenstore/redis"
	"github.com/zohohub/zohohub/tokenstore/sealed"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
	"github.com/zohohub/zohohub/zohohubtest"
)

const fakePassword = "fake-database-password"

// secretsAtRest runs a user's whole life on a store, and again with encryption. The secrets stand in what the store has
// written when it is plain, which shows that the scan sees it, and nowhere when it is sealed; logs and errors hold none.
// The store lockedOut, if there is one, has a wrong password, fakePassword. With a journal, what was deleted stays for a time.
func secretsAtRest(t *testing.T, store func() (s zohohub.TokenStore, written func() string), lockedOut zohohub.TokenStore, journal bool) {
	t.Helper()
	const atRest = "what the store has written"
	for _, encrypted := range []bool{false, true} {
		hay := secretscan.NewHaystack()
		inner, written := store()
		s := inner
		if encrypted {
			key := make([]byte, 32)
			_, _ = rand.Read(key) // never fails
			block, err := aes.NewCipher(key)
			require.NoError(t, err)
			aead, err := cipher.NewGCMWithRandomNonce(block)
			require.NoError(t, err)
			s, err = sealed.New(inner, aead)
			require.NoError(t, err)
			hay.Secret("the key of the encryption", string(key))
		}
		crm := zohohubtest.NewServer(t)
		cfg := crm.Config()
		cfg.Store, cfg.Logger = s, hay.Logger("the library")
		hay.Secret("the client's secret", cfg.ClientSecret)
		hay.Secret("the database's password", fakePassword)
		own := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: cfg.ClientID, User: "jo@example.com"}
		look := func(step string) {
			tok, err := s.Load(t.Context(), own)
			require.NoError(t, err)
			hay.Secret("an access token", tok.AccessToken)
			hay.Secret("the refresh token", tok.RefreshToken)
			hay.Show("a stored token", tok)
			hay.Add(atRest, written())
			found, err := hay.Scan()
			require.NoError(t, err)
			seen := map[string]bool{}
			for _, f := range found {
				require.Equal(t, atRest, f.Where, hay.Report(found))
				seen[f.Secret] = true
			}
			want := map[string]bool{}
			if !encrypted {
				want = map[string]bool{"an access token": true, "the refresh token": true}
			}
			assert.Equal(t, want, seen, "%s; encrypted: %t; %s", step, encrypted, hay.Report(found))
		}
		require.NoError(t, s.Save(t.Context(), own, crm.Token()))
		look("saved")
		conn, err := zohohub.Open(t.Context(), cfg, own.User)
		require.NoError(t, err)
		t.Cleanup(conn.CloseIdleConnections)
		hay.Show("the connection", conn)
		require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
		crm.ExpireTokens()
		require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
		look("renewed")

		crm.RevokeTokens()
		err = conn.Get(t.Context(), "org", nil, nil)
		require.ErrorIs(t, err, zohohub.ErrAuthentication)
		hay.Error("a revoked token", err)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		tok, err := s.Load(t.Context(), own)
		require.NoError(t, err)
		hay.Error("a save that was given up", s.Save(ended, own, tok))
		if lockedOut != nil {
			_, err = lockedOut.Load(t.Context(), own)
			require.Error(t, err)
			hay.Error("a wrong password", err)
			err = lockedOut.Save(t.Context(), own, tok)
			require.Error(t, err)
			hay.Error("a wrong password", err)
		}
		look("revoked")

		require.NoError(t, zohohub.NewAuth(cfg).SignOut(t.Context(), own.User))
		after := secretscan.NewHaystack()
		after.Secret("the refresh token", tok.RefreshToken)
		after.Secret("an access token", tok.AccessToken)
		after.Add(atRest, written())
		found, err := after.Scan()
		require.NoError(t, err)
		if encrypted || !journal {
			assert.Empty(t, found, "signed out")
		}
	}
}

// secretsInSQL are those in a database's rows.
func secretsInSQL(t *testing.T, b *base) {
	address := b.address
	for of, wrong := range map[string]string{"root@": "nobody:" + fakePassword + "@", "//postgres@": "//nobody:" + fakePassword + "@"} {
		address = strings.Replace(address, of, wrong, 1)
	}
	var lockedOut zohohub.TokenStore
	if address != b.address {
		db, err := sql.Open(b.driver, address)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, db.Close()) })
		lockedOut, err = sqlstore.New(db, b.dialect)
		require.NoError(t, err)
	}
	secretsAtRest(t, func() (zohohub.TokenStore, func() string) {
		s, table := b.store(t)
		return s, func() string { return fmt.Sprintf("%q", b.rows(t, table)) }
	}, lockedOut, false)
}

// secretsInRedis are those under the store's keys.
func secretsInRedis(t *testing.T, r *server) {
	wrong, err := redis.ParseURL(strings.Replace(r.address, "redis://", "redis://nobody:"+fakePassword+"@", 1))
	require.NoError(t, err)
	client := redis.NewClient(wrong)
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	lockedOut, err := redisstore.New(client)
	require.NoError(t, err)
	secretsAtRest(t, func() (zohohub.TokenStore, func() string) {
		s, prefix := r.store(t)
		return s, func() string {
			keys, err := r.client.Keys(t.Context(), "{"+prefix+"}*").Result()
			require.NoError(t, err)
			var b strings.Builder
			for _, key := range keys {
				raw, err := r.client.Dump(t.Context(), key).Result()
				require.NoError(t, err)
				fmt.Fprintf(&b, "%s\n%q\n%s\n", key, r.client.HGetAll(t.Context(), key).Val(), raw)
			}
			return b.String()
		}
	}, lockedOut, false)
}

// TestSecretsInFiles are those in a folder's files, and in their names.
func TestSecretsInFiles(t *testing.T) {
	t.Parallel()
	secretsAtRest(t, func() (zohohub.TokenStore, func() string) {
		dir := t.TempDir()
		s, err := file.New(dir)
		require.NoError(t, err)
		return s, func() string { return folder(t, dir) }
	}, nil, false)
}

// TestSecretsInSQLiteFiles are those in the database's file and its journals, and not only in its rows: what encryption is to
// keep from who takes the disk.
func TestSecretsInSQLiteFiles(t *testing.T) {
	t.Parallel()
	secretsAtRest(t, func() (zohohub.TokenStore, func() string) {
		dir := t.TempDir()
		db := open(t, "sqlite", "file:"+filepath.Join(dir, "tokens.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
		s, err := sqlstore.New(db, sqlstore.SQLite)
		require.NoError(t, err)
		require.NoError(t, s.CreateTable(t.Context()))
		return s, func() string { return folder(t, dir) }
	}, nil, true)
}

// folder is all that a folder holds.
func folder(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(&b, "%s\n%s\n", path, raw)
		return err
	}))
	return b.String()
}
