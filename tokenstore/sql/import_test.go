package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
)

// The tables are imported on real databases in the module integration; what a row means is tested here.

const header = "id,user_name,client_id,client_secret,refresh_token,access_token,grant_token,expiry_time,redirect_url,api_domain\n"

// lockless is a store without locks.
type lockless struct{ zohohub.TokenStore }

func TestImportRows(t *testing.T) {
	t.Parallel()
	expiry := time.Date(2026, time.May, 1, 12, 30, 0, 123e6, time.UTC)
	key := func(user string) zohohub.Key {
		return zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: user}
	}
	for _, c := range []struct {
		line  string
		user  string
		key   zohohub.Key
		tok   zohohub.Token
		fault string
	}{
		{
			line: "1,Jo@Example.com:60000000001,1000.FAKE,fake-secret,1000.fake-refresh,1000.fake-access,,1777638600123,,https://www.zohoapis.eu",
			user: "Jo@Example.com:60000000001", key: key("jo@example.com"),
			tok: zohohub.Token{
				AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh", APIDomain: "https://www.zohoapis.eu",
				Expiry: expiry, User: "jo@example.com",
			},
		},
		{ // a row of before there was api_domain
			line: `"1","jo@example.com","1000.FAKE","","1000.fake-refresh","1000.fake-access","","1777638600123",""`,
			user: "jo@example.com", key: key("jo@example.com"),
			tok: zohohub.Token{AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh", Expiry: expiry, User: "jo@example.com"},
		},
		{
			line: "1,jo,1000.FAKE,,,1000.fake-access,,1777638600123,,", user: "jo", key: key("jo"),
			tok: zohohub.Token{AccessToken: "1000.fake-access", Expiry: expiry, User: "jo"},
		},
		{ // for how long the access token is good, nobody knows
			line: "1,jo:eu,1000.FAKE,,1000.fake-refresh,1000.fake-access,,soon,,", user: "jo:eu", key: key("jo:eu"),
			tok: zohohub.Token{RefreshToken: "1000.fake-refresh", User: "jo:eu"},
		},
		{
			line: "1,jo,1000.FAKE,,1000.fake-refresh,1000.fake-access,,999999999999999999,,,more", user: "jo", key: key("jo"),
			tok: zohohub.Token{RefreshToken: "1000.fake-refresh", User: "jo"},
		},
		{line: "1,jo,1000.FAKE,,,1000.fake-access,,0,,", user: "jo", key: key("jo"), fault: "it has no refresh token, and its expiry is no time"},
		{line: "1,jo,1000.FAKE,,,,1000.fake-grant,,,", user: "jo", key: key("jo"), fault: "it has neither an access token nor a refresh token"},
		{line: "1, ,1000.FAKE,,1000.fake-refresh,,,,,", fault: "it names no user"},
		{line: "1,:60000000001,1000.FAKE,,1000.fake-refresh,,,,,", user: ":60000000001", fault: "it names no user"},
		{line: "1,jo,,,1000.fake-refresh,,,,,", user: "jo", fault: "it names no application; pass OfClient"},
		{line: "1,j\x00o,1000.FAKE,,1000.fake-refresh,,,,,", user: "j\x00o", fault: "zohohub: Key.User holds a control character, or is not UTF-8"},
	} {
		for _, to := range []zohohub.TokenStore{zohohub.NewMemoryStore(), lockless{zohohub.NewMemoryStore()}} {
			results, err := sqlstore.Import(t.Context(), to, sqlstore.SDKFile(strings.NewReader("\ufeff"+header+c.line+"\n")))
			require.Len(t, results, 1, c.line)
			keys, listing := to.List(t.Context())
			require.NoError(t, listing)
			if c.fault != "" {
				require.EqualError(t, err, "tokenstore/sql: import: row 1: "+c.fault, c.line)
				require.EqualError(t, results[0].Err, c.fault, c.line)
				results[0].Err = nil
				assert.Equal(t, []sqlstore.Imported{{Row: 1, User: c.user, Key: c.key}}, results)
				assert.Empty(t, keys, c.line)
				continue
			}
			require.NoError(t, err, c.line)
			assert.Equal(t, []sqlstore.Imported{{Row: 1, User: c.user, Key: c.key}}, results)
			assert.Equal(t, []zohohub.Key{c.key}, keys)
			got, err := to.Load(t.Context(), c.key)
			require.NoError(t, err)
			want, err := zohohub.EncodeToken(&c.tok)
			require.NoError(t, err)
			have, err := zohohub.EncodeToken(got)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(have), c.line)
		}
	}
}

// TestImportAgain: what came into the store since then stays; each row of a user that has several tells which was taken.
func TestImportAgain(t *testing.T) {
	t.Parallel()
	file := func() sqlstore.Source {
		return sqlstore.SDKFile(strings.NewReader(header +
			"1,jo@example.com,1000.FAKE,,1000.fake-refresh-1,1000.fake-access-1,,1777638600123,,\n" +
			"\n" +
			"2,Jo@example.com:1,1000.FAKE,,1000.fake-refresh-2,1000.fake-access-2,,1777638600124,,\n" +
			"3,jo@example.com,1000.OTHER,,1000.fake-refresh-3,,,,,"))
	}
	store := zohohub.NewMemoryStore()
	require.NoError(t, store.Save(t.Context(), zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.OTHER", Org: "1", User: "jo@example.com"}, &tok))
	for _, fault := range []error{nil, sqlstore.ErrAlreadyThere} {
		results, err := sqlstore.Import(t.Context(), store, file(), nil, sqlstore.OfOrg("1"), sqlstore.OfClient("1000.UNUSED"))
		require.EqualError(t, err, "tokenstore/sql: import: row 1: row 2 is of the same user, and better")
		require.EqualError(t, results[0].Err, "row 2 is of the same user, and better")
		results[0].Err = nil
		jo := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", Org: "1", User: "jo@example.com"}
		other := jo
		other.ClientID = "1000.OTHER"
		assert.Equal(t, []sqlstore.Imported{
			{Row: 1, User: "jo@example.com", Key: jo},
			{Row: 2, User: "Jo@example.com:1", Key: jo, Err: fault},
			{Row: 3, User: "jo@example.com", Key: other, Err: sqlstore.ErrAlreadyThere},
		}, results)
		got, err := store.Load(t.Context(), jo)
		require.NoError(t, err)
		assert.Equal(t, "1000.fake-refresh-2", got.RefreshToken)
		got, err = store.Load(t.Context(), other)
		require.NoError(t, err)
		assert.Equal(t, tok, *got)
	}
}

// TestImportTakesTheBest of several rows of a user: an access token that ends later is worth less than one that can be renewed.
func TestImportTakesTheBest(t *testing.T) {
	t.Parallel()
	const none, early, late = "", "1777638600123", "1777638600124"
	for _, c := range []struct {
		name, refresh1, expiry1, refresh2, expiry2 string
		taken                                      int
	}{
		{"the newer one", "1000.fake-1", late, "1000.fake-2", early, 1},
		{"the newer one, below", "1000.fake-1", early, "1000.fake-2", late, 2},
		{"one that can be renewed", "1000.fake-1", early, none, late, 1},
		{"one that can be renewed, below", none, late, "1000.fake-2", early, 2},
		{"of two as new, the one below", "1000.fake-1", early, "1000.fake-2", early, 2},
		{"of two of which nobody knows, the one below", "1000.fake-1", none, "1000.fake-2", none, 2},
		{"of which something is known", "1000.fake-1", early, "1000.fake-2", none, 1},
	} {
		line := func(n, refresh, expiry string) string {
			return n + ",jo@example.com,1000.FAKE,," + refresh + ",1000.fake-access-" + n + ",," + expiry + ",,\n"
		}
		store := zohohub.NewMemoryStore()
		results, err := sqlstore.Import(t.Context(), store, sqlstore.SDKFile(strings.NewReader(
			header+line("1", c.refresh1, c.expiry1)+line("2", c.refresh2, c.expiry2))))
		require.EqualError(t, err, fmt.Sprintf("tokenstore/sql: import: row %d: row %d is of the same user, and better", 3-c.taken, c.taken), c.name)
		require.NoError(t, results[c.taken-1].Err, c.name)
		got, err := store.Load(t.Context(), results[0].Key)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint("1000.fake-", c.taken), got.RefreshToken, c.name)
	}
}

// TestImportOfAnOrganization takes nobody into another one.
func TestImportOfAnOrganization(t *testing.T) {
	t.Parallel()
	store := zohohub.NewMemoryStore()
	results, err := sqlstore.Import(t.Context(), store, sqlstore.SDKFile(strings.NewReader(header+
		"1,jo@example.com:60000000001,1000.FAKE,,1000.fake-1,,,,,\n"+
		"2,jo@example.com:60000000002,1000.FAKE,,1000.fake-2,1000.fake-access,,1777638600123,,\n"+
		"3,al@example.com,1000.FAKE,,1000.fake-3,,,,,\n")), sqlstore.OfOrg("60000000001"))
	require.EqualError(t, err, "tokenstore/sql: import: row 2: it is of another organization than OfOrg's")
	assert.Equal(t, zohohub.Key{}, results[1].Key)
	of := func(user string) zohohub.Key {
		return zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", Org: "60000000001", User: user}
	}
	keys, err := store.List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{of("al@example.com"), of("jo@example.com")}, keys)
	got, err := store.Load(t.Context(), of("jo@example.com"))
	require.NoError(t, err)
	assert.Equal(t, "1000.fake-1", got.RefreshToken)
}

func TestImportFromNothing(t *testing.T) {
	t.Parallel()
	store := zohohub.NewMemoryStore()
	for want, from := range map[string]sqlstore.Source{
		"there is no store, or nothing to import from": nil,
		"there is no database":                         sqlstore.SDKTable(nil, "oauthtoken"),
		"there is no file":                             sqlstore.SDKFile(nil),
		"the file is empty":                            sqlstore.SDKFile(strings.NewReader("")),
		"no disk":                                      sqlstore.SDKFile(iotest.ErrReader(errors.New("no disk"))),
		"the file's first line: there are no columns of Zoho's SDKs, such as user_name and refresh_token": sqlstore.SDKFile(strings.NewReader("\x04\b[\x06o:ZohoOAuthTokens")),
		`parse error on line 2, column 17: bare " in non-quoted-field`:                                    sqlstore.SDKFile(strings.NewReader(header + `1,1000.fake-secr"et`)),
	} {
		results, err := sqlstore.Import(t.Context(), store, from)
		require.ErrorContains(t, err, "tokenstore/sql: import: ")
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secr")
		assert.Empty(t, results)
	}
	_, err := sqlstore.Import(t.Context(), nil, sqlstore.SDKFile(strings.NewReader(header)))
	require.EqualError(t, err, "tokenstore/sql: import: there is no store, or nothing to import from")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sqlstore.Import(ended, store, sqlstore.SDKFile(strings.NewReader(header)))
	require.ErrorIs(t, err, context.Canceled)
	results, err := sqlstore.Import(t.Context(), store, sqlstore.SDKFile(strings.NewReader(header)))
	require.NoError(t, err)
	assert.Empty(t, results)
}

func TestImportTableName(t *testing.T) {
	t.Parallel()
	b := &broken{fault: func(statement string) error { return errors.New(statement) }}
	for name, want := range map[string]string{
		"oauthtokens":               "SELECT * FROM oauthtokens",
		"zohooauth.oauthtoken":      "SELECT * FROM zohooauth.oauthtoken",
		"oauthtoken; DROP TABLE jo": `a table cannot be called "oauthtoken; DROP TABLE jo"`,
		"":                          `a table cannot be called ""`,
	} {
		_, err := sqlstore.Import(t.Context(), zohohub.NewMemoryStore(), sqlstore.SDKTable(b.database(t), name))
		require.EqualError(t, err, "tokenstore/sql: import: "+want)
	}
}

// lockedBy is a store with locks as the test has them.
type lockedBy struct {
	zohohub.TokenStore

	lock zohohub.TokenLock
}

func (s lockedBy) Lock(context.Context, zohohub.Key, time.Duration) (zohohub.TokenLock, error) {
	return s.lock, nil
}

// stuckLock is one that cannot be given back: Unlock waits for the end of its context.
type stuckLock struct{ zohohub.TokenLock }

func (stuckLock) Save(context.Context, *zohohub.Token) error { return nil }

func (stuckLock) Unlock(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestImportUnderLocks(t *testing.T) {
	t.Parallel()
	const file = header + "1,jo,1000.FAKE,,1000.fake-refresh,,,,,\n"
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := sqlstore.Import(t.Context(), lockedBy{zohohub.NewMemoryStore(), stuckLock{}}, sqlstore.SDKFile(strings.NewReader(file)))
		require.NoError(t, err, "the end of the lease gives it back")
		assert.Equal(t, 5*time.Second, time.Since(begin))
	})
	_, err := sqlstore.Import(t.Context(), lockedBy{zohohub.NewMemoryStore(), nil}, sqlstore.SDKFile(strings.NewReader(file)))
	require.EqualError(t, err, "tokenstore/sql: import: row 1: no lock and no error for zohocrm/1000.FAKE//jo")
}
