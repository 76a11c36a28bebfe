package zohohub_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestATokenOfAnotherDataCenter: the error names both, for a call and for a refresh.
func TestATokenOfAnotherDataCenter(t *testing.T) {
	t.Parallel()
	z := &zoho{deaf: true}
	conn := z.connect(t, &Token{AccessToken: "1000.fake-0", AccountsURL: "https://accounts.zoho.com"}, func(c *Config) { c.APIDomain = "https://www.zohoapis.eu" })
	err := get(t, conn)
	require.ErrorIs(t, err, ErrInvalidToken)
	require.ErrorContains(t, err, "the token is of data center us, the call went to https://www.zohoapis.eu in eu")

	z = &zoho{refuse: `{"error":"invalid_code"}`}
	conn = z.connect(t, &Token{RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.com"}, func(c *Config) { c.AccountsURL = "https://accounts.zoho.eu" })
	err = get(t, conn)
	require.ErrorIs(t, err, ErrAuthentication)
	require.ErrorContains(t, err, "or is not of data center eu: the user has to sign in again (HTTP 400): "+
		"the token's API domain is of data center us, and eu was asked: see Config.AccountsURL")

	conn = z.connect(t, &Token{RefreshToken: fakeRefresh, APIDomain: "https://sandbox.zohoapis.eu"})
	require.NotContains(t, get(t, conn).Error(), "was asked")
}

func TestARenewedTokenThatIsRefusedHasAHint(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(*Config){
		"the token belongs to https://www.zohoapis.eu, the call went to https://sandbox.zohoapis.eu": func(c *Config) { c.Sandbox = true },
		"is the token for https://www.zohoapis.eu":                                                   func(*Config) {},
	} {
		z := &zoho{deaf: true, domain: "https://www.zohoapis.eu"}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh}, edit)
		err := conn.Post(t.Context(), "Leads", Fields{}, nil)
		require.ErrorIs(t, err, ErrInvalidToken)
		require.ErrorContains(t, err, want)
		require.NotErrorIs(t, err, ErrOutcomeUnknown)
		assert.Len(t, z.calls, 2)
		assert.Equal(t, 1, z.asked)
	}
}

// Zoho gives about ten tokens in ten minutes: a connection to the wrong place must not use them up.
func TestARenewedTokenThatIsOnlyRefusedIsKeptForAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{deaf: true}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		for i := range 10 {
			err := get(t, conn)
			require.ErrorIs(t, err, ErrInvalidToken)
			again := ""
			if i == 0 {
				again = "again " // one refresh and one replay, as for any refusal
			}
			require.EqualError(t, err, "zohohub: get Leads: INVALID_TOKEN: invalid oauth token (HTTP 401): refused "+again+"after a refresh: "+
				"is the token for https://www.zohoapis.eu, and for its environment (production, sandbox, developer)?")
		}
		assert.Equal(t, 2, z.asked)
		assert.Len(t, z.calls, 11)

		time.Sleep(time.Minute)
		require.ErrorIs(t, get(t, conn), ErrInvalidToken)
		assert.Equal(t, 3, z.asked)
		assert.Len(t, z.calls, 13)
	})
}

// TestOneRefusalRightAfterARefresh is helped as any other: by one refresh and one replay.
func TestOneRefusalRightAfterARefresh(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"INVALID_TOKEN", "AUTHENTICATION_FAILURE"} {
		crm := zohohubtest.NewServer(t)
		tok := crm.Token()
		tok.AccessToken, tok.Expiry = "", time.Time{}
		conn, err := NewConnection(crm.Config(), tok)
		require.NoError(t, err)
		crm.Inject(zohohubtest.Fault{Path: "/users", Status: http.StatusUnauthorized, Code: code})
		require.NoError(t, conn.Get(t.Context(), "users", nil, nil))
		assert.Equal(t, []string{"GET /crm/v8/users", "GET /crm/v8/users"}, asked(crm))

		crm.ExpireTokens()
		require.NoError(t, conn.Get(t.Context(), "users", nil, nil))
		crm.ExpireTokens()
		require.NoError(t, conn.Get(t.Context(), "users", nil, nil), "a token that was taken is renewed at once")
	}
}

func TestARenewedTokenThatWasTakenIsRenewedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		require.NoError(t, get(t, conn))
		z.given++ // somebody else had a token given, and ours has died
		require.NoError(t, get(t, conn))
		assert.Equal(t, 2, z.asked)
	})
}

func TestAnAccessTokenAloneThatEndedIsNotMisplaced(t *testing.T) {
	t.Parallel()
	z := &zoho{}
	conn := z.connect(t, &Token{AccessToken: "1000.fake-0"})
	require.NoError(t, get(t, conn))
	z.given++
	require.EqualError(t, get(t, conn), "zohohub: get Leads: INVALID_TOKEN: invalid oauth token (HTTP 401): "+
		"there is no refresh token to renew it with; sign in with offline access")
}
