package sealed_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/tokenstore/sealed"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	jo  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", Org: "1", User: "jo@example.com"}
	al  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", Org: "1", User: "al@example.com"}
	tok = zohohub.Token{
		AccessToken: "1000.fake-access/+", RefreshToken: "1000.fake-refresh", APIDomain: "https://www.zohoapis.eu", Scope: "ZohoCRM.modules.ALL",
		User: "jo@example.com", Extra: map[string]string{"secret": "fake-extra"},
	}
)

func block(t *testing.T, phrase string) cipher.Block {
	t.Helper()
	key := sha256.Sum256([]byte(phrase))
	b, err := aes.NewCipher(key[:])
	require.NoError(t, err)
	return b
}

// gcm finds its nonces by itself.
func gcm(t *testing.T, phrase string) cipher.AEAD {
	t.Helper()
	aead, err := cipher.NewGCMWithRandomNonce(block(t, phrase))
	require.NoError(t, err)
	return aead
}

// plainGCM is told its nonces.
func plainGCM(t *testing.T, phrase string) cipher.AEAD {
	t.Helper()
	aead, err := cipher.NewGCM(block(t, phrase))
	require.NoError(t, err)
	return aead
}

func seal(t *testing.T, inner zohohub.TokenStore, aead cipher.AEAD, opts ...sealed.Option) sealed.Store {
	t.Helper()
	s, err := sealed.New(inner, aead, opts...)
	require.NoError(t, err)
	return s
}

// lockless is a store that is no Locker.
type lockless struct{ zohohub.TokenStore }

func TestStore(t *testing.T) {
	t.Parallel()
	for name, newInner := range map[string]func(t *testing.T) zohohub.TokenStore{
		"memory": func(*testing.T) zohohub.TokenStore { return zohohub.NewMemoryStore() },
		"file": func(t *testing.T) zohohub.TokenStore {
			s, err := file.New(t.TempDir())
			require.NoError(t, err)
			return s
		},
		"without locks": func(*testing.T) zohohub.TokenStore { return lockless{zohohub.NewMemoryStore()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
				return seal(t, newInner(t), plainGCM(t, "new"), sealed.OldKeys(gcm(t, "old")))
			})
		})
	}
}

func TestItIsALockerIfTheInnerStoreIs(t *testing.T) {
	t.Parallel()
	assert.Implements(t, (*zohohub.Locker)(nil), seal(t, zohohub.NewMemoryStore(), gcm(t, "")))
	_, is := seal(t, lockless{zohohub.NewMemoryStore()}, gcm(t, "")).(zohohub.Locker)
	assert.False(t, is)
}

func TestNothingIsReadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inner, err := file.New(dir)
	require.NoError(t, err)
	held := func() string {
		var all strings.Builder
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		for _, name := range names {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			all.Write(data)
		}
		return all.String()
	}
	secrets := []string{tok.AccessToken, tok.RefreshToken, tok.Extra["secret"], "zohoapis", tok.Scope}
	found := func() (n int) {
		text := held()
		for _, s := range secrets {
			for _, form := range []string{
				s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s))[:len(s)/3*4], hex.EncodeToString([]byte(s)), strings.ReplaceAll(s, "+", `\u002b`),
			} {
				if strings.Contains(text, form) {
					n++
					break
				}
			}
		}
		return n
	}
	require.NoError(t, inner.Save(t.Context(), jo, &tok))
	require.Equal(t, len(secrets), found(), "the search finds what is there")
	require.NoError(t, inner.Delete(t.Context(), jo))

	for _, aead := range []cipher.AEAD{gcm(t, "new"), plainGCM(t, "new")} {
		s := seal(t, inner, aead)
		require.NoError(t, s.Save(t.Context(), jo, &tok))
		lock, err := s.(zohohub.Locker).Lock(t.Context(), al, time.Minute)
		require.NoError(t, err)
		require.NoError(t, lock.Save(t.Context(), &tok))
		require.NoError(t, lock.Unlock(t.Context()))
		assert.Zero(t, found())
		row, err := inner.Load(t.Context(), jo)
		require.NoError(t, err)
		assert.Equal(t, zohohub.Token{AccessToken: row.AccessToken}, *row)
		assert.Regexp(t, `^sealed\.v1\.[A-Za-z0-9_-]+$`, row.AccessToken)

		require.NoError(t, s.Save(t.Context(), jo, &tok))
		again, err := inner.Load(t.Context(), jo)
		require.NoError(t, err)
		assert.NotEqual(t, row.AccessToken, again.AccessToken, "the same token looks different each time")
		got, err := s.Load(t.Context(), jo)
		require.NoError(t, err)
		assert.Equal(t, tok, *got)
	}
}

// TestRowsOfOthers: who can write into the store cannot give one user's token to another.
func TestRowsOfOthers(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	s := seal(t, inner, gcm(t, "key"), sealed.PlainToo())
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	row, err := inner.Load(t.Context(), jo)
	require.NoError(t, err)
	for _, other := range []zohohub.Key{
		al,
		{Service: "books", ClientID: jo.ClientID, Org: jo.Org, User: jo.User},
		{Service: jo.Service, ClientID: "1000.OTHER", Org: jo.Org, User: jo.User},
		{Service: jo.Service, ClientID: jo.ClientID, User: jo.User},
		{Service: jo.Service, ClientID: jo.ClientID + jo.Org, User: jo.User},
	} {
		require.NoError(t, inner.Save(t.Context(), other, row))
		_, err := s.Load(t.Context(), other)
		require.ErrorIs(t, err, sealed.ErrNotOpened, other)
		require.EqualError(t, err, "tokenstore/sealed: none of the keys opens the token: "+other.String())
	}
}

func TestDamagedRows(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	for _, aead := range []cipher.AEAD{gcm(t, "key"), plainGCM(t, "key")} {
		s := seal(t, inner, aead)
		require.NoError(t, s.Save(t.Context(), jo, &tok))
		whole, err := inner.Load(t.Context(), jo)
		require.NoError(t, err)
		text := whole.AccessToken
		for _, bad := range []string{
			"sealed.v1.", "sealed.v1.AAAA", text[:len(text)-1], text[:len(text)-40], text + "A", text + "!",
			strings.Replace(text, text[20:24], "AAAA", 1), "sealed.v1." + strings.Repeat("A", len(text)-10),
		} {
			require.NoError(t, inner.Save(t.Context(), jo, &zohohub.Token{AccessToken: bad}))
			_, err := s.Load(t.Context(), jo)
			require.ErrorIs(t, err, sealed.ErrNotOpened, bad)
			require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
		}
	}
}

// laxStore takes any key.
type laxStore struct {
	zohohub.TokenStore

	tokens map[zohohub.Key]zohohub.Token
}

func (s laxStore) Load(_ context.Context, key zohohub.Key) (*zohohub.Token, error) {
	tok := s.tokens[key]
	return &tok, nil
}

func (s laxStore) Save(_ context.Context, key zohohub.Key, tok *zohohub.Token) error {
	s.tokens[key] = *tok
	return nil
}

// TestKeysThatAreNone are refused, whatever the inner store takes: two of them could come to the same.
func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	inner := laxStore{tokens: map[zohohub.Key]zohohub.Token{}}
	s := seal(t, inner, gcm(t, "key"))
	one := zohohub.Key{Service: "a", ClientID: "b\x00c", User: "d"}
	require.EqualError(t, s.Save(t.Context(), one, &tok), "zohohub: Key.ClientID holds a control character, or is not UTF-8")
	assert.Empty(t, inner.tokens)
	_, err := s.Load(t.Context(), one)
	require.EqualError(t, err, "zohohub: Key.ClientID holds a control character, or is not UTF-8")
}

// TestWhatIsSealedAndNoToken was written by something else that has the key.
func TestWhatIsSealedAndNoToken(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	aead := plainGCM(t, "key")
	nonce := make([]byte, aead.NonceSize())
	bound := strings.Join([]string{"sealed.v1.", jo.Service, jo.ClientID, jo.Org, jo.User}, "\x00")
	text := base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(`{"secret":"fake"}`), []byte(bound)))
	require.NoError(t, inner.Save(t.Context(), jo, &zohohub.Token{AccessToken: "sealed.v1." + text}))
	_, err := seal(t, inner, aead).Load(t.Context(), jo)
	require.EqualError(t, err, "tokenstore/sealed: "+jo.String()+": zohohub: decode token: neither an access token nor a refresh token")
}

func TestRotate(t *testing.T) {
	t.Parallel()
	for name, inner := range map[string]zohohub.TokenStore{"with locks": zohohub.NewMemoryStore(), "without": lockless{zohohub.NewMemoryStore()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := tok
			other.RefreshToken = "1000.fake-other"
			require.NoError(t, seal(t, inner, gcm(t, "old")).Save(t.Context(), jo, &tok))
			require.NoError(t, seal(t, inner, gcm(t, "older")).Save(t.Context(), al, &other))
			_, err := seal(t, inner, gcm(t, "new")).Load(t.Context(), jo)
			require.ErrorIs(t, err, sealed.ErrNotOpened)

			both := seal(t, inner, gcm(t, "new"), sealed.OldKeys(gcm(t, "old")), sealed.OldKeys(gcm(t, "older")))
			got, err := both.Load(t.Context(), al)
			require.NoError(t, err)
			assert.Equal(t, other, *got)
			n, err := both.Rotate(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 2, n)
			before, err := inner.Load(t.Context(), jo)
			require.NoError(t, err)
			n, err = both.Rotate(t.Context())
			require.NoError(t, err)
			assert.Zero(t, n)
			after, err := inner.Load(t.Context(), jo)
			require.NoError(t, err)
			assert.Equal(t, before, after, "what is sealed with the first key stays as it is")

			alone := seal(t, inner, gcm(t, "new"))
			for key, want := range map[zohohub.Key]zohohub.Token{jo: tok, al: other} {
				got, err := alone.Load(t.Context(), key)
				require.NoError(t, err)
				assert.Equal(t, want, *got)
			}
		})
	}
}

func TestRotateGoesOn(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	require.NoError(t, seal(t, inner, gcm(t, "lost")).Save(t.Context(), al, &tok))
	require.NoError(t, seal(t, inner, gcm(t, "old")).Save(t.Context(), jo, &tok))
	s := seal(t, inner, gcm(t, "new"), sealed.OldKeys(gcm(t, "old")))
	n, err := s.Rotate(t.Context())
	assert.Equal(t, 1, n)
	require.EqualError(t, err, "tokenstore/sealed: none of the keys opens the token: "+al.String())

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n, err = s.Rotate(ctx)
	assert.Zero(t, n)
	require.ErrorIs(t, err, context.Canceled)
}

// TestRotateWaitsForARefresh: the token that a refresh saves meanwhile is not put back to what it was.
func TestRotateWaitsForARefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := zohohub.NewMemoryStore()
		old := seal(t, inner, gcm(t, "old"))
		require.NoError(t, old.Save(t.Context(), jo, &tok))
		lock, err := old.(zohohub.Locker).Lock(t.Context(), jo, time.Minute)
		require.NoError(t, err)
		s := seal(t, inner, gcm(t, "new"), sealed.OldKeys(gcm(t, "old")))
		rotated := make(chan error, 1)
		go func() {
			_, err := s.Rotate(t.Context())
			rotated <- err
		}()
		synctest.Wait()
		fresh := tok
		fresh.AccessToken = "1000.fake-fresh"
		require.NoError(t, lock.Save(t.Context(), &fresh))
		require.NoError(t, lock.Unlock(t.Context()))
		require.NoError(t, <-rotated)
		got, err := seal(t, inner, gcm(t, "new")).Load(t.Context(), jo)
		require.NoError(t, err)
		assert.Equal(t, fresh, *got)

		lock, err = s.(zohohub.Locker).Lock(t.Context(), jo, time.Hour)
		require.NoError(t, err, "Rotate has given the lock back")
		require.NoError(t, lock.Unlock(t.Context()))
		assert.Less(t, time.Since(fakeBegin), time.Second)
	})
}

// fakeBegin is where time begins in a synctest bubble.
var fakeBegin = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

func TestStoresThatWereNotEncrypted(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	require.NoError(t, inner.Save(t.Context(), jo, &tok))
	strict := seal(t, inner, gcm(t, "key"))
	_, err := strict.Load(t.Context(), jo)
	require.ErrorIs(t, err, sealed.ErrNotSealed)
	require.EqualError(t, err, "tokenstore/sealed: the token is not encrypted: "+jo.String())
	n, err := strict.Rotate(t.Context())
	assert.Zero(t, n)
	require.ErrorIs(t, err, sealed.ErrNotSealed)

	moving := seal(t, inner, gcm(t, "key"), sealed.PlainToo())
	got, err := moving.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
	n, err = moving.Rotate(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	got, err = strict.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
}

// thinAEAD has nonces too short to be random.
type thinAEAD struct{ cipher.AEAD }

func (thinAEAD) NonceSize() int { return 8 }

// emptyStore answers with neither a token nor an error.
type emptyStore struct{ zohohub.TokenStore }

func (emptyStore) Load(context.Context, zohohub.Key) (*zohohub.Token, error) { return nil, nil }

func TestMistakes(t *testing.T) {
	t.Parallel()
	inner := zohohub.NewMemoryStore()
	aead := gcm(t, "key")
	_, err := sealed.New(nil, aead)
	require.EqualError(t, err, "tokenstore/sealed: there is no store to keep the tokens in")
	_, err = sealed.New(inner, nil)
	require.EqualError(t, err, "tokenstore/sealed: a key is nil")
	_, err = sealed.New(inner, aead, nil, sealed.OldKeys(nil))
	require.EqualError(t, err, "tokenstore/sealed: a key is nil")
	_, err = sealed.New(inner, thinAEAD{plainGCM(t, "key")})
	require.EqualError(t, err, "tokenstore/sealed: a key has nonces of 8 bytes; random ones need 12")

	s := seal(t, inner, aead)
	require.Error(t, s.Save(t.Context(), jo, nil))
	require.Error(t, s.Save(t.Context(), jo, &zohohub.Token{User: "jo@example.com"}))
	_, err = s.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
	_, err = seal(t, emptyStore{inner}, aead, sealed.PlainToo()).Load(t.Context(), jo)
	require.EqualError(t, err, "tokenstore/sealed: no token and no error for "+jo.String())
	require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
}

// stuckLocks are locks that cannot be given back: Unlock waits for the end of its context.
type stuckLocks struct{ zohohub.TokenStore }

func (s stuckLocks) Lock(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	held, err := s.TokenStore.(zohohub.Locker).Lock(ctx, key, lease)
	return stuckLock{held}, err
}

type stuckLock struct{ zohohub.TokenLock }

func (stuckLock) Unlock(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// TestRotateOnAStoreThatStandsStill comes to an end.
func TestRotateOnAStoreThatStandsStill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := zohohub.NewMemoryStore()
		require.NoError(t, seal(t, inner, gcm(t, "old")).Save(t.Context(), jo, &tok))
		n, err := seal(t, stuckLocks{inner}, gcm(t, "new"), sealed.OldKeys(gcm(t, "old"))).Rotate(t.Context())
		assert.Equal(t, 1, n)
		require.NoError(t, err, "the end of the lease gives the lock back")
		assert.Equal(t, 5*time.Second, time.Since(fakeBegin))
	})
}

// noLocks answers with neither a lock nor an error.
type noLocks struct{ zohohub.TokenStore }

func (noLocks) Lock(context.Context, zohohub.Key, time.Duration) (zohohub.TokenLock, error) {
	return nil, nil
}

func TestALockThatIsNone(t *testing.T) {
	t.Parallel()
	_, err := seal(t, noLocks{zohohub.NewMemoryStore()}, gcm(t, "key")).(zohohub.Locker).Lock(t.Context(), jo, time.Minute)
	require.EqualError(t, err, "tokenstore/sealed: no lock and no error for "+jo.String())
}
