package integration

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
)

// imported is a result with its error as text.
type imported struct {
	User  string
	Key   zohohub.Key
	Fault string
}

func resultsOf(results []sqlstore.Imported) (all []imported) {
	for _, r := range results {
		i := imported{User: r.User, Key: r.Key}
		if r.Err != nil {
			i.Fault = r.Err.Error()
		}
		all = append(all, i)
	}
	return all
}

// tokensOf are all that a store has.
func tokensOf(t *testing.T, s zohohub.TokenStore) map[zohohub.Key]zohohub.Token {
	t.Helper()
	keys, err := s.List(t.Context())
	require.NoError(t, err)
	all := map[zohohub.Key]zohohub.Token{}
	for _, k := range keys {
		tok, err := s.Load(t.Context(), k)
		require.NoError(t, err)
		all[k] = *tok
	}
	return all
}

// importRuby takes over the table of Zoho's Ruby SDK, as its documentation has it created.
func importRuby(t *testing.T, b *base) {
	b.exec(t, "CREATE TABLE oauthtokens (useridentifier VARCHAR(100) NOT NULL, accesstoken VARCHAR(100) NOT NULL,"+
		" refreshtoken VARCHAR(100) NOT NULL, expirytime BIGINT NOT NULL)")
	b.exec(t, "INSERT INTO oauthtokens VALUES ('Jo@Example.com', '1000.fake-access-jo', '1000.fake-refresh-jo', 1777638600123),"+
		" ('al@example.com', '1000.fake-access-al', '1000.fake-refresh-al', 0), ('', '1000.fake', '1000.fake', 1777638600123)")
	before := b.rows(t, "(SELECT useridentifier, accesstoken, refreshtoken, expirytime FROM oauthtokens) AS held")
	s, _ := b.store(t)

	_, err := sqlstore.Import(t.Context(), s, sqlstore.SDKTable(b.db, "oauthtokens"))
	require.ErrorContains(t, err, "it names no application; pass OfClient")
	results, err := sqlstore.Import(t.Context(), s, sqlstore.SDKTable(b.db, "oauthtokens"), sqlstore.OfClient("1000.FAKE"))
	require.EqualError(t, err, "tokenstore/sql: import: row 3: it names no user")
	assert.Equal(t, []imported{{"Jo@Example.com", jo, ""}, {"al@example.com", al, ""}, {"", zohohub.Key{}, "it names no user"}}, resultsOf(results))
	want := map[zohohub.Key]zohohub.Token{
		jo: {
			AccessToken: "1000.fake-access-jo", RefreshToken: "1000.fake-refresh-jo", User: "jo@example.com",
			Expiry: time.Date(2026, time.May, 1, 12, 30, 0, 123e6, time.UTC),
		},
		al: {RefreshToken: "1000.fake-refresh-al", User: "al@example.com"},
	}
	assert.Equal(t, want, tokensOf(t, s))

	// Once more, when Jo has signed in anew and Al has signed out.
	require.NoError(t, s.Save(t.Context(), jo, &fake))
	require.NoError(t, s.Delete(t.Context(), al))
	results, err = sqlstore.Import(t.Context(), s, sqlstore.SDKTable(b.db, "oauthtokens"), sqlstore.OfClient("1000.FAKE"))
	require.Error(t, err)
	require.NotErrorIs(t, err, sqlstore.ErrAlreadyThere)
	require.ErrorIs(t, results[0].Err, sqlstore.ErrAlreadyThere)
	want[jo] = fake
	assert.Equal(t, want, tokensOf(t, s))
	assert.Equal(t, before, b.rows(t, "(SELECT useridentifier, accesstoken, refreshtoken, expirytime FROM oauthtokens) AS held"))

	_, err = sqlstore.Import(t.Context(), s, sqlstore.SDKTable(b.db, "nowhere"))
	require.ErrorContains(t, err, "tokenstore/sql: import: ")
	require.ErrorContains(t, err, "nowhere")
}

// importVersion8 takes over the table of Zoho's SDKs of version 8.0, as their documentation has it created.
func importVersion8(t *testing.T, b *base) {
	b.exec(t, `CREATE TABLE oauthtoken (id varchar(10) NOT NULL, user_name varchar(255), client_id varchar(255), client_secret varchar(255),
		refresh_token varchar(255), access_token varchar(255), grant_token varchar(255), expiry_time varchar(20), redirect_url varchar(255),
		api_domain varchar(255), primary key (id))`)
	b.exec(t, `INSERT INTO oauthtoken (id, user_name, client_id, client_secret, refresh_token, access_token, grant_token, expiry_time, api_domain) VALUES
		('1', 'Jo@example.com:60000000001', '1000.FAKE', 'fake-secret', '1000.fake-refresh-jo', '1000.fake-access-jo', NULL, '1777638600123', 'https://www.zohoapis.eu'),
		('2', 'al@example.com:60000000001', '1000.FAKE', 'fake-secret', '1000.fake-refresh-old', '1000.fake-access-old', NULL, '1777638600122', 'https://www.zohoapis.eu'),
		('3', 'al@example.com:60000000001', '1000.FAKE', 'fake-secret', '1000.fake-refresh-al', '1000.fake-access-al', NULL, '1777638600123', 'https://www.zohoapis.com/'),
		('4', NULL, '1000.FAKE', 'fake-secret', '1000.fake-refresh', '', NULL, '', NULL),
		('5', 'bo@example.com:60000000001', '1000.FAKE', 'fake-secret', NULL, '', '1000.fake-grant', NULL, '')`)
	before := b.rows(t, "oauthtoken")
	inner, _ := b.store(t)
	org := func(k zohohub.Key) zohohub.Key {
		k.Org = "60000000001"
		return k
	}
	results, err := sqlstore.Import(t.Context(), inner, sqlstore.SDKTable(b.db, "oauthtoken"), sqlstore.OfOrg("60000000001"))
	require.EqualError(t, err, errors.Join(
		errors.New("tokenstore/sql: import: row 2: row 3 is of the same user, and better"),
		errors.New("tokenstore/sql: import: row 4: it names no user"),
		errors.New("tokenstore/sql: import: row 5: it has neither an access token nor a refresh token"),
	).Error())
	bo := org(jo)
	bo.User = "bo@example.com"
	assert.Equal(t, []imported{
		{"Jo@example.com:60000000001", org(jo), ""},
		{"al@example.com:60000000001", org(al), "row 3 is of the same user, and better"},
		{"al@example.com:60000000001", org(al), ""},
		{"", zohohub.Key{}, "it names no user"},
		{"bo@example.com:60000000001", bo, "it has neither an access token nor a refresh token"},
	}, resultsOf(results))
	expiry := time.Date(2026, time.May, 1, 12, 30, 0, 123e6, time.UTC)
	assert.Equal(t, map[zohohub.Key]zohohub.Token{
		org(jo): {
			AccessToken: "1000.fake-access-jo", RefreshToken: "1000.fake-refresh-jo", User: "jo@example.com",
			APIDomain: "https://www.zohoapis.eu", Expiry: expiry,
		},
		org(al): {
			AccessToken: "1000.fake-access-al", RefreshToken: "1000.fake-refresh-al", User: "al@example.com",
			APIDomain: "https://www.zohoapis.com", Expiry: expiry,
		},
	}, tokensOf(t, inner))
	assert.Equal(t, before, b.rows(t, "oauthtoken"))
}
