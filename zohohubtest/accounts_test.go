package zohohubtest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reply is an answer as far as tests compare it.
type reply struct {
	Status int
	Type   string
	Body   string
}

const typeOfAnswers = "application/json;charset=UTF-8"

// ask sends a request over the socket and reads the whole answer.
func ask(t *testing.T, s *Server, method, path string, header http.Header, body io.Reader) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, body)
	require.NoError(t, err)
	maps.Copy(req.Header, header)
	resp, err := (&http.Client{Transport: s.Transport()}).Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), string(b)}
}

// postToken asks the token endpoint with a form for the server's own client.
func postToken(t *testing.T, s *Server, params map[string]string) (status int, body map[string]any) {
	t.Helper()
	form := url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}}
	for name, value := range params {
		form.Set(name, value)
	}
	r := ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(form.Encode()))
	require.NoError(t, json.Unmarshal([]byte(r.Body), &body), r.Body)
	assert.Equal(t, typeOfAnswers, r.Type)
	return r.Status, body
}

func formHeader() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

func signed(token string) http.Header {
	return http.Header{"Authorization": {"Zoho-oauthtoken " + token}}
}

// list calls the CRM with a token; 204 says that the token was good, since there are no records.
func list(t *testing.T, s *Server, token string) reply {
	t.Helper()
	return ask(t, s, http.MethodGet, "/crm/v8/Leads?fields=Last_Name", signed(token), nil)
}

var (
	noRecords    = reply{Status: http.StatusNoContent}
	invalidToken = reply{http.StatusUnauthorized, typeOfAnswers, `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`}
	notSignedIn  = reply{http.StatusUnauthorized, typeOfAnswers, `{"code":"AUTHENTICATION_FAILURE","details":{},"message":"Authentication failed","status":"error"}`}
)

// shaped replaces the secrets of a token answer, which must look like Zoho's, by their names.
func shaped(t *testing.T, body map[string]any) map[string]any {
	t.Helper()
	for _, name := range []string{"access_token", "refresh_token"} {
		if v, ok := body[name]; ok {
			assert.Regexp(t, `^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$`, v)
			body[name] = name
		}
	}
	return body
}

func TestSelfClientCodeIsExchangedOnce(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for name, redirect := range map[string]map[string]string{
		"no redirect_uri":  {},
		"any redirect_uri": {"redirect_uri": "https://elsewhere.example/back"},
	} {
		code := s.GrantCode("ZohoCRM.modules.ALL", "ZohoCRM.org.READ")
		params := map[string]string{"grant_type": "authorization_code", "code": code}
		maps.Copy(params, redirect)
		status, body := postToken(t, s, params)
		assert.Equal(t, http.StatusOK, status, name)
		assert.Equal(t, noRecords, list(t, s, body["access_token"].(string)), name)
		assert.Equal(t, map[string]any{
			"access_token": "access_token", "refresh_token": "refresh_token", "scope": "ZohoCRM.modules.ALL ZohoCRM.org.READ",
			"api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600.0,
		}, shaped(t, body), name)

		_, body = postToken(t, s, params)
		assert.Equal(t, map[string]any{"error": "invalid_code"}, body, name)
	}
}

func TestTokenRequestsAreTakenInEveryForm(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	refresh := s.Token().RefreshToken
	all := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refresh},
		"client_id": {defaultClientID}, "client_secret": {defaultClientSecret},
	}
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for name := range all {
		require.NoError(t, mw.WriteField(name, all.Get(name)))
	}
	require.NoError(t, mw.Close())
	basic := &http.Request{Header: formHeader()}
	basic.SetBasicAuth(url.QueryEscape(defaultClientID), defaultClientSecret)

	for name, r := range map[string]reply{
		"query":     ask(t, s, http.MethodPost, "/oauth/v2/token?"+all.Encode(), nil, nil),
		"form":      ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(all.Encode())),
		"multipart": ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Content-Type": {mw.FormDataContentType()}}, &multi),
		"basic": ask(t, s, http.MethodPost, "/oauth/v2/token", basic.Header,
			strings.NewReader("grant_type=refresh_token&refresh_token="+refresh)),
	} {
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.Body), &body), name)
		assert.Equal(t, map[string]any{
			"access_token": "access_token", "api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600.0,
		}, shaped(t, body), name)
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.AddClient("1000.OTHER", "other-fake-secret", "https://other.example/back")
	old := s.GrantCode()
	s.Advance(selfCodeLife)
	refused := func(code string) reply { return reply{http.StatusOK, typeOfAnswers, `{"error":"` + code + `"}`} }
	own := "client_id=" + defaultClientID + "&client_secret=" + defaultClientSecret

	for _, c := range []struct {
		name, method, query string
		want                reply
	}{
		{"unknown client", http.MethodPost, "grant_type=refresh_token&client_id=1000.NOBODY&client_secret=x", refused("invalid_client")},
		{"no client", http.MethodPost, "grant_type=refresh_token", refused("invalid_client")},
		{"wrong secret", http.MethodPost, "grant_type=refresh_token&client_id=" + defaultClientID + "&client_secret=x", refused("invalid_client_secret")},
		{"another client's secret", http.MethodPost, "grant_type=refresh_token&client_id=1000.OTHER&client_secret=" + defaultClientSecret, refused("invalid_client_secret")},
		{"unknown grant type", http.MethodPost, "grant_type=password&" + own, refused("invalid_grant_type")},
		{"unknown code", http.MethodPost, "grant_type=authorization_code&code=1000.x&" + own, refused("invalid_code")},
		{"no code", http.MethodPost, "grant_type=authorization_code&" + own, refused("invalid_code")},
		{"code too old", http.MethodPost, "grant_type=authorization_code&code=" + old + "&" + own, refused("invalid_code")},
		{"another client's code", http.MethodPost, "grant_type=authorization_code&code=" + s.GrantCode() + "&client_id=1000.OTHER&client_secret=other-fake-secret", refused("invalid_code")},
		{"unknown refresh token", http.MethodPost, "grant_type=refresh_token&refresh_token=1000.x&" + own, refused("invalid_code")},
		{"another client's refresh token", http.MethodPost, "grant_type=refresh_token&refresh_token=" + s.Token().RefreshToken + "&client_id=1000.OTHER&client_secret=other-fake-secret", refused("invalid_code")},
		{"no grant type", http.MethodPost, own, page(http.StatusBadRequest, "Invalid Request")},
		{"GET", http.MethodGet, "grant_type=refresh_token&" + own, page(http.StatusBadRequest, "Invalid Request Method")},
	} {
		assert.Equal(t, c.want, ask(t, s, c.method, "/oauth/v2/token?"+c.query, nil, nil), c.name)
	}
	broken := ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, strings.NewReader("--y"))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request"), broken)
	assert.Equal(t, page(http.StatusNotFound, "404 Not Found"), ask(t, s, http.MethodGet, "/oauth/v3/token", nil, nil))
}

func page(status int, title string) reply {
	return reply{status, "text/html;charset=UTF-8", "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"}
}

func TestRefreshIsThrottled(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	params := map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken}
	refreshes := func(n int) {
		t.Helper()
		for range n {
			status, body := postToken(t, s, params)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, body, "access_token")
		}
	}
	refused := func() {
		t.Helper()
		status, body := postToken(t, s, params)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Equal(t, map[string]any{
			"error": "Access Denied", "status": "failure",
			"error_description": "You have made too many requests continuously. Please try again after some time.",
		}, body)
	}
	refreshes(10)
	refused()
	s.Advance(10*time.Minute - time.Second) // the window began with the first of them
	refused()
	s.Advance(time.Second)
	refreshes(10)
	refused()

	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken})
	assert.Contains(t, body, "access_token", "another refresh token has its own count")
}

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

func TestLegacyExpiry(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLegacyExpiry(true)
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken})
	assert.Equal(t, map[string]any{
		"access_token": "access_token", "api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600000.0, "expires_in_sec": 3600.0,
	}, shaped(t, body))
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

	tok := s.Token()
	assert.Equal(t, failure("invalid_client"), ask(t, s, http.MethodPost, "/oauth/v2/revoke/token?token="+tok.RefreshToken, nil, nil))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request Method"), ask(t, s, http.MethodGet, "/oauth/v2/token/revoke?token="+tok.RefreshToken, nil, nil))
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken), "nothing was revoked")

	assert.Equal(t, success, ask(t, s, http.MethodPost, "/oauth/v2/token/revoke?token="+tok.AccessToken, nil, nil))
	assert.Equal(t, invalidToken, list(t, s, tok.AccessToken))
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": tok.RefreshToken})
	assert.Contains(t, body, "access_token", "the refresh token outlives its access token")
}

func TestServerInfo(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLocation("in")
	assert.Equal(t, reply{http.StatusOK, typeOfAnswers, `{"locations":{"in":"` + s.URL() + `"},"result":"success"}`},
		ask(t, s, http.MethodGet, "/oauth/serverinfo", nil, nil))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request Method"), ask(t, s, http.MethodPost, "/oauth/serverinfo", nil, nil))
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

func FuzzPostForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("grant_type=refresh_token&client_secret=%31"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n1000.x\r\n--x--\r\n"))
	f.Add("text/plain", []byte("code=1"))
	f.Fuzz(func(t *testing.T, contentType string, raw []byte) {
		form, _ := postForm(contentType, raw)
		for name, values := range redact(form) {
			for _, v := range values {
				if !harmless[name] && v != redacted {
					t.Errorf("%q of %q is not hidden", v, name)
				}
			}
		}
	})
}
