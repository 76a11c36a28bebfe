package zohohub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// consentAs signs a user in, by the id, as [portal.consent] does the first one.
func (p *portal) consentAs(t *testing.T, id string) {
	t.Helper()
	b := browser(t)
	resp, err := b.Get(p.URL + "/login")
	require.NoError(t, err)
	status, text := pageOf(t, resp, nil)
	require.Equal(t, http.StatusOK, status, text)
	form := resp.Request.URL.Query()
	form.Set("user", id)
	form.Set("decision", "accept")
	resp, err = b.PostForm(resp.Request.URL.Scheme+"://"+resp.Request.URL.Host+resp.Request.URL.Path, form)
	status, text = pageOf(t, resp, err)
	require.Equal(t, http.StatusOK, status, text)
	require.Empty(t, p.errs)
}

// TestBothRoadsToWhoSignedIn: the CRM tells where the token may ask for users, else the accounts server.
func TestBothRoadsToWhoSignedIn(t *testing.T) {
	t.Parallel()
	for scopes, roads := range map[string][]string{
		"ZohoCRM.modules.ALL":                        {"/crm/v8/users"},
		"ZohoCRM.modules.ALL ZohoCRM.users.ALL":      {"/crm/v8/users"},
		"ZohoCRM.modules.ALL AaaServer.profile.READ": {"/crm/v8/users", "/oauth/user/info"},
	} {
		t.Run(scopes, func(t *testing.T) {
			t.Parallel()
			crm := zohohubtest.NewServer(t)
			crm.AddDataCenter("jp")
			eva := crm.AddUser(zohohubtest.User{FirstName: "Eva", LastName: "Melo", Email: "Eva.Melo@example.com"})
			yuki := crm.AddUser(zohohubtest.User{FirstName: "Yuki", LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
			p := newPortal(t, crm, func(c *Config) { c.Scopes, c.APIDomain = strings.Fields(scopes), "" })
			for id, email := range map[string]string{eva: "eva.melo@example.com", yuki: "yuki.mori@example.com"} {
				before := len(crm.Requests())
				p.consentAs(t, id)
				var asked []string
				for _, r := range crm.Requests()[before:] {
					if r.Path == "/crm/v8/users" || r.Path == "/oauth/user/info" {
						asked = append(asked, r.Path)
					}
				}
				assert.Equal(t, roads, asked)
				tok := p.tokens[len(p.tokens)-1]
				assert.Equal(t, email, tok.User)
				_, err := p.auth.Open(t.Context(), email)
				require.NoError(t, err)
			}
			// Each from the data center of its own.
			assert.NotEqual(t, p.tokens[0].AccountsURL, p.tokens[1].AccountsURL)
			users, err := p.auth.Users(t.Context())
			require.NoError(t, err)
			assert.Equal(t, []Key{{ServiceCRM, p.cfg.ClientID, "", "eva.melo@example.com"}, {ServiceCRM, p.cfg.ClientID, "", "yuki.mori@example.com"}}, users)
		})
	}
}

// TestUsersOfTwoDataCenters: one registration serves both, from sign-in to sign-out.
func TestUsersOfTwoDataCenters(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	jp := crm.AddDataCenter("jp")
	yuki := crm.AddUser(zohohubtest.User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	p := newPortal(t, crm, func(c *Config) { c.APIDomain = "" })
	p.consentAs(t, yuki)
	p.consentAs(t, "3652397000000186022")
	for i, want := range []string{jp, crm.URL()} {
		tok := p.tokens[i]
		assert.Equal(t, []string{want, want}, []string{tok.AccountsURL, tok.APIDomain})
		crm.ExpireTokens()
		conn, err := p.auth.Open(t.Context(), tok.User)
		require.NoError(t, err)
		var out struct{ Users []struct{ Email string } }
		require.NoError(t, conn.Get(t.Context(), "users", Params{"type": "CurrentUser"}, &out), "a renewed token")
		require.Len(t, out.Users, 1)
		assert.Equal(t, tok.User, out.Users[0].Email)
		require.NoError(t, p.auth.SignOut(t.Context(), tok.User))
		_, err = p.auth.Open(t.Context(), tok.User)
		require.ErrorIs(t, err, ErrTokenNotFound)
	}
}
