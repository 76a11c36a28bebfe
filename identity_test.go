package zohohub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	. "github.com/zohohub/zohohub"
)

// TestWhoSignedIn has Zoho tell who it was, and where, in all the ways it may.
func TestWhoSignedIn(t *testing.T) {
	t.Parallel()
	const (
		mismatch = `{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"invalid oauth scope to access this URL","status":"error"}`
		nobody   = `{"users":[]}`
	)
	for name, c := range map[string]struct {
		org                  string
		users, orgs, profile string // Zoho's answers; empty: as in signingInJo, for which none is asked for the rest
		user, fault          string
		is                   error
	}{
		"by the CRM":               {user: jo},
		"by the accounts server":   {users: mismatch, profile: `{"Email":" AL@example.com "}`, user: "al@example.com"},
		"by nobody":                {users: mismatch, profile: `{"error":"invalid_scope"}`, is: ErrScopeMismatch, fault: "ZohoCRM.users.READ"},
		"by nobody, in its words":  {users: mismatch, profile: `{"response":"error","cause":"INVALID_OAUTHSCOPE"}`, is: ErrScopeMismatch, fault: "and AaaServer.profile.READ: zohohub: user info: INVALID_OAUTHSCOPE"},
		"without an address":       {users: mismatch, profile: `{"Display_Name":"Al"}`, is: ErrScopeMismatch, fault: "no e-mail address"},
		"no user":                  {users: nobody, fault: "does not tell who signed in"},
		"two users":                {users: `{"users":[{"email":"a@example.com"},{"email":"b@example.com"}]}`, fault: "does not tell who signed in"},
		"a strange user":           {users: `{"users":[{"email":"a\u0000b"}]}`, fault: "control character"},
		"the organization":         {org: "60000000001", orgs: `{"org":[{"zgid":"60000000001"}]}`, user: jo},
		"the organization, number": {org: "60000000001", orgs: `{"org":[{"zgid":60000000001}]}`, user: jo},
		"another organization":     {org: "60000000001", orgs: `{"org":[{"zgid":"60000000002"}]}`, is: ErrAuthentication, fault: "another organization"},
		"no organization":          {org: "60000000001", orgs: `{"org":[]}`, is: ErrAuthentication, fault: "another organization"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := (&zoho{}).config()
			cfg.RedirectURL, cfg.Org, cfg.Store = "https://app.example/oauth2callback", c.org, NewMemoryStore()
			next := signingInJo(&zoho{}).Transport
			cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				for end, answer := range map[string]string{"/users": c.users, "/org": c.orgs, "/oauth/user/info": c.profile} {
					if answer != "" && strings.HasSuffix(r.URL.Path, end) {
						status := http.StatusOK
						if answer == mismatch {
							status = http.StatusUnauthorized
						}
						return httpmock.NewStringResponse(status, answer), nil
					}
				}
				return next.RoundTrip(r)
			})}
			auth := NewAuth(cfg)
			tok, err := beginSignIn(t, auth).finish(t, auth)
			keys, listFault := cfg.Store.List(t.Context())
			require.NoError(t, listFault)
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				if c.is != nil {
					require.ErrorIs(t, err, c.is)
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.NotContains(t, err.Error(), "1000.fake")
				assert.Nil(t, tok)
				assert.Empty(t, keys)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.user, tok.User)
			assert.Equal(t, []Key{{ServiceCRM, cfg.ClientID, c.org, c.user}}, keys)
		})
	}
}

// TestATokenSourceIsNotWhoSignedIn: when Zoho refuses the new token, nobody else's is asked in its place.
func TestATokenSourceIsNotWhoSignedIn(t *testing.T) {
	t.Parallel()
	cfg := (&zoho{}).config()
	cfg.RedirectURL, cfg.Store = "https://app.example/oauth2callback", NewMemoryStore()
	cfg.TokenSource = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "1000.fake-of-ana"})
	next := signingInJo(&zoho{}).Transport
	cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/users") && r.Header.Get("Authorization") == "Zoho-oauthtoken 1000.fake-anew" {
			return httpmock.NewStringResponse(401, `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`), nil
		}
		return next.RoundTrip(r)
	})}
	auth := NewAuth(cfg)
	_, err := beginSignIn(t, auth).finish(t, auth)
	require.ErrorIs(t, err, ErrInvalidToken)
	keys, err := cfg.Store.List(t.Context())
	require.NoError(t, err)
	assert.Empty(t, keys)
}
