package zohohub_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// signInCalls are swept with the rest. Each has its token in a store.
var signInCalls = map[string]sweepCall{
	"Connection.Token, from a store": {road: renewing, result: "a token", prepare: withStore, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		conn, err := Open(ctx, w.cfg, jo)
		if err != nil {
			return "", err
		}
		return signedIn(conn.Token(ctx))
	}},
	"Connection.Doctor, the organization": {
		road: reading, after: 1, result: "ana.silva@example.com of Fake Company", partly: "ana.silva@example.com of ", nothingErr: ErrRecordNotFound, do: diagnosed,
	},
	"Auth.SignOut": {road: signingIn, forgives: []string{"invalid_code", "invalid_token", "invalid_grant"}, result: "gone", prepare: withStore, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		err := NewAuth(w.cfg).SignOut(ctx, jo)
		_, fault := w.cfg.Store.Load(context.WithoutCancel(ctx), Key{ServiceCRM, w.cfg.ClientID, "", jo})
		if errors.Is(fault, ErrTokenNotFound) {
			return "gone", err
		}
		return "", errors.Join(err, fault)
	}},
}

func diagnosed(ctx context.Context, w *sweepWorld) (string, error) {
	d, err := w.conn.Doctor(ctx)
	suite.Show("the doctor", d)
	if err == nil && slices.Contains(d.Missing, "ZohoCRM.org.READ") { // which is a finding, and no error
		err = &Error{Op: "doctor", Status: 401, Index: -1, Code: "OAUTH_SCOPE_MISMATCH"}
	}
	if d.Email == "" {
		return "", err
	}
	return d.Email + " of " + d.Org, err
}

// withStore keeps Jo's refresh token.
func withStore(w *sweepWorld) {
	w.cfg.Store = NewMemoryStore()
	err := w.cfg.Store.Save(context.Background(), Key{ServiceCRM, w.cfg.ClientID, "", jo}, &Token{
		RefreshToken: w.tok.RefreshToken, APIDomain: w.tok.APIDomain, AccountsURL: w.tok.AccountsURL,
	})
	if err != nil {
		panic(err)
	}
}

// quietCalls take a context for the store, and send nothing that could go wrong: TestQuietCalls says so.
var quietCalls = map[string]func(context.Context, Config) (string, error){
	"Open": func(ctx context.Context, cfg Config) (string, error) {
		conn, err := Open(ctx, cfg, " Jo@Example.com ")
		return told(conn != nil, err)
	},
	"Auth.Open": func(ctx context.Context, cfg Config) (string, error) {
		conn, err := NewAuth(cfg).Open(ctx, "JO@example.com")
		return told(conn != nil, err)
	},
	"Auth.Users": func(ctx context.Context, cfg Config) (string, error) {
		keys, err := NewAuth(cfg).Users(ctx)
		var users []string
		for _, k := range keys {
			users = append(users, k.User)
		}
		return strings.Join(users, " "), err
	},
	"Auth.SignedIn": func(ctx context.Context, cfg Config) (string, error) {
		return told(NewAuth(cfg).SignedIn(ctx, jo))
	},
}

func TestQuietCalls(t *testing.T) {
	t.Parallel()
	z := &zoho{}
	cfg, store := storing(t, z, Token{RefreshToken: fakeRefresh})
	own := Key{ServiceCRM, cfg.ClientID, "", jo}
	for _, other := range []Key{
		{"books", cfg.ClientID, "", "books@example.com"}, {ServiceCRM, "1000.OTHER", "", "client@example.com"}, {ServiceCRM, cfg.ClientID, "1", "org@example.com"},
	} {
		require.NoError(t, store.Save(t.Context(), other, &Token{RefreshToken: fakeRefresh}))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the store is broken")
	for name, want := range map[string]string{"Open": "true", "Auth.Open": "true", "Auth.Users": jo, "Auth.SignedIn": "true"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := quietCalls[name]
			got, err := call(t.Context(), cfg)
			require.NoError(t, err)
			assert.Equal(t, want, got)

			got, err = call(ended, cfg)
			checkQuiet(t, err, context.Canceled)
			assert.Empty(t, got)

			cfg := cfg
			cfg.Store = &faultyStore{TokenStore: store, load: broken, list: broken}
			got, err = call(t.Context(), cfg)
			checkQuiet(t, err, broken)
			assert.Empty(t, got)

			cfg.Store = store
			cfg.DataCenter = 99
			got, err = call(t.Context(), cfg)
			require.ErrorContains(t, err, "DataCenter")
			assert.Empty(t, got)
		})
	}
	t.Cleanup(func() {
		assert.Zero(t, z.asked)
		assert.Empty(t, z.calls)
		tok, err := store.Load(context.Background(), own)
		require.NoError(t, err)
		assert.Equal(t, Token{RefreshToken: fakeRefresh}, *tok, "nothing is written either")
	})
}

// checkQuiet holds what is true of every error of a store's.
func checkQuiet(t *testing.T, err, cause error) {
	t.Helper()
	suite.Error("a store", err)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.NotEmpty(t, e.Op)
	require.ErrorIs(t, err, cause)
	require.NotErrorIs(t, err, ErrTokenNotFound)
	assert.NotContains(t, err.Error(), fakeRefresh)
}

// faultyStore fails where it is told to, and does something of the test's ahead of a call.
type faultyStore struct {
	TokenStore

	load, list, save, remove error
	saved                    []Token // what was to be saved, even if it failed
}

func (s *faultyStore) Load(ctx context.Context, key Key) (*Token, error) {
	if s.load != nil {
		return nil, s.load
	}
	return s.TokenStore.Load(ctx, key)
}

func (s *faultyStore) Save(ctx context.Context, key Key, tok *Token) error {
	s.saved = append(s.saved, *tok)
	if s.save != nil {
		return s.save
	}
	return s.TokenStore.Save(ctx, key, tok)
}

func (s *faultyStore) Delete(ctx context.Context, key Key) error {
	if s.remove != nil {
		return s.remove
	}
	return s.TokenStore.Delete(ctx, key)
}

func (s *faultyStore) List(ctx context.Context) ([]Key, error) {
	if s.list != nil {
		return nil, s.list
	}
	return s.TokenStore.List(ctx)
}

// TestUsersBesideAnError: one that cannot be read hides no other.
func TestUsersBesideAnError(t *testing.T) {
	t.Parallel()
	cfg, store := storing(t, &zoho{}, offline)
	cfg.Store = partlyListed{store}
	keys, err := NewAuth(cfg).Users(t.Context())
	checkQuiet(t, err, errBroken)
	assert.Equal(t, []Key{{ServiceCRM, cfg.ClientID, "", jo}}, keys)
}

// partlyListed has a token beside that cannot be read.
type partlyListed struct{ TokenStore }

func (s partlyListed) List(ctx context.Context) ([]Key, error) {
	keys, err := s.TokenStore.List(ctx)
	return keys, errors.Join(errBroken, err)
}
