package zohohubtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestOldestOfElevenAccessTokensEnds(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	tok := s.Token()
	tokens := []string{tok.AccessToken}
	for range 10 {
		_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": tok.RefreshToken})
		tokens = append(tokens, body["access_token"].(string))
	}
	assert.Equal(t, invalidToken, list(t, s, tokens[0]))
	for _, token := range tokens[1:] {
		assert.Equal(t, noRecords, list(t, s, token))
	}
}

func TestOldestOfTwentyOneRefreshTokensEnds(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	exchange := func() (access, refresh string) {
		_, body := postToken(t, s, map[string]string{"grant_type": "authorization_code", "code": s.GrantCode()})
		return body["access_token"].(string), body["refresh_token"].(string)
	}
	firstAccess, firstRefresh := exchange()
	secondAccess, secondRefresh := exchange()
	for range 18 {
		exchange()
		s.Token() // does not count
	}
	assert.Equal(t, noRecords, list(t, s, firstAccess), "twenty are kept")
	exchange()

	assert.Equal(t, invalidToken, list(t, s, firstAccess))
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": firstRefresh})
	assert.Equal(t, map[string]any{"error": "invalid_code"}, body)
	assert.Equal(t, noRecords, list(t, s, secondAccess))
	_, body = postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": secondRefresh})
	assert.Contains(t, body, "access_token")
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	success := reply{http.StatusOK, typeOfAnswers, `{"status":"success"}`}
	failure := func(code string) reply {
		return reply{http.StatusBadRequest, typeOfAnswers, `{"error":"` + code + `"}`}
	}
	own := "&client_id=" + defaultClientID + "&client_secret=" + defaultClientSecret

	for name, revoke := range map[string]func(token string) reply{
		"query": func(token string) reply {
			return ask(t, s, http.MethodPost, "/oauth/v2/token/revoke?token="+token, nil, nil)
		},
		"form": func(token string) reply {
			return ask(t, s, http.MethodPost, "/oauth/v2/token/revoke", formHeader(), strings.NewReader("token="+token))
		},
		"newer path": func(token string) reply {
			return ask(t, s, http.MethodPost, "/oauth/v2/revoke/token", formHeader(), strings.NewReader("token="+token+own))
		},
	} {
		tok := s.Token()
		assert.Equal(t, success, revoke(tok.RefreshToken), name)
		assert.Equal(t, invalidToken, list(t, s, tok.AccessToken), name)
		_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": tok.RefreshToken})
		assert.Equal(t, map[string]any{"error": "invalid_code"}, body, name)
		assert.Equal(t, failure("invalid_token"), revoke(tok.RefreshToken), name)
		assert.Equal(t, failure("invalid_token"), revoke(""), name)
	}

	s.AddClient("1000.OTHER", "other-fake-secret", "https://other.example/back")
	tok := s.Token()
	for _, token := range []string{tok.RefreshToken, tok.AccessToken} {
		foreign := "token=" + token + "&client_id=1000.OTHER&client_secret=other-fake-secret"
		assert.Equal(t, failure("invalid_token"), ask(t, s, http.MethodPost, "/oauth/v2/revoke/token", formHeader(), strings.NewReader(foreign)), "another client's")
	}
	assert.Equal(t, failure("invalid_client"), ask(t, s, http.MethodPost, "/oauth/v2/revoke/token?token="+tok.RefreshToken, nil, nil))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request Method"), ask(t, s, http.MethodGet, "/oauth/v2/token/revoke?token="+tok.RefreshToken, nil, nil))
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken), "nothing was revoked")

	assert.Equal(t, success, ask(t, s, http.MethodPost, "/oauth/v2/token/revoke?token="+tok.AccessToken, nil, nil))
	assert.Equal(t, invalidToken, list(t, s, tok.AccessToken))
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": tok.RefreshToken})
	assert.Contains(t, body, "access_token", "the refresh token outlives its access token")
	assert.Equal(t, success, ask(t, s, http.MethodPost, "/oauth/v2/revoke/token?token="+body["access_token"].(string)+own, nil, nil))
	assert.Equal(t, invalidToken, list(t, s, body["access_token"].(string)))
}

func TestCallsNeedAToken(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	tok := s.Token()
	for name, c := range map[string]struct {
		header string
		want   reply
	}{
		"right":           {"Zoho-oauthtoken " + tok.AccessToken, noRecords},
		"none":            {"", notSignedIn},
		"Bearer":          {"Bearer " + tok.AccessToken, notSignedIn},
		"other capitals":  {"zoho-oauthtoken " + tok.AccessToken, notSignedIn},
		"bare token":      {tok.AccessToken, notSignedIn},
		"unknown":         {"Zoho-oauthtoken 1000.x", invalidToken},
		"a refresh token": {"Zoho-oauthtoken " + tok.RefreshToken, invalidToken},
	} {
		header := http.Header{}
		if c.header != "" {
			header.Set("Authorization", c.header)
		}
		assert.Equal(t, c.want, ask(t, s, http.MethodGet, "/crm/v8/Leads?fields=Last_Name", header, nil), name)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	renewed := func(refresh string) map[string]any {
		_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": refresh})
		return body
	}

	tok := s.Token()
	assert.Equal(t, s.Now().Add(time.Hour).Truncate(time.Minute), tok.Expiry.Truncate(time.Minute))
	s.Advance(time.Hour - time.Minute)
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken))
	s.Advance(time.Minute)
	assert.Equal(t, invalidToken, list(t, s, tok.AccessToken))
	assert.Contains(t, renewed(tok.RefreshToken), "access_token")

	tok = s.Token()
	s.ExpireTokens()
	assert.Equal(t, invalidToken, list(t, s, tok.AccessToken))
	assert.Contains(t, renewed(tok.RefreshToken), "access_token")

	tok = s.Token()
	s.RevokeTokens()
	assert.Equal(t, invalidToken, list(t, s, tok.AccessToken))
	assert.Equal(t, map[string]any{"error": "invalid_code"}, renewed(tok.RefreshToken))
}

func TestGrantAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		granted, wanted string
		want            bool
	}{
		{"ZohoCRM.modules.ALL", "ZohoCRM.modules.leads.READ", true},
		{"zohocrm.MODULES.all", "ZohoCRM.modules.Leads.DELETE", true},
		{"ZohoCRM.modules.leads.ALL", "ZohoCRM.modules.leads.UPDATE", true},
		{"ZohoCRM.modules.READ", "ZohoCRM.modules.leads.READ", true},
		{"ZohoCRM.modules.leads.WRITE", "ZohoCRM.modules.leads.CREATE", true},
		{"ZohoCRM.modules.leads.WRITE", "ZohoCRM.modules.leads.UPDATE", true},
		{"ZohoSearch.securesearch.READ", "ZohoSearch.securesearch.READ", true},
		{"ZohoCRM.modules.leads.WRITE", "ZohoCRM.modules.leads.DELETE", false},
		{"ZohoCRM.modules.leads.WRITE", "ZohoCRM.modules.leads.READ", false},
		{"ZohoCRM.modules.READ", "ZohoCRM.modules.leads.CREATE", false},
		{"ZohoCRM.modules.leads.ALL", "ZohoCRM.modules.contacts.READ", false},
		{"ZohoCRM.modules.leads.ALL", "ZohoCRM.modules.leadsources.READ", false},
		{"ZohoCRM.modules.leads.ALL", "ZohoCRM.modules.READ", false},
		{"ZohoCRM.modules.ALL", "ZohoSearch.securesearch.READ", false},
		{"", "ZohoCRM.modules.READ", false},
	} {
		g := grant{Scopes: []string{"ZohoCRM.org.READ", c.granted}}
		assert.Equal(t, c.want, g.allows(c.wanted), "%s for %s", c.granted, c.wanted)
	}
	assert.False(t, grant{}.allows("ZohoCRM.org.READ"))
}
