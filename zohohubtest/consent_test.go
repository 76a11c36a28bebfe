package zohohubtest

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser does what a person's browser does, except that it stays where it is sent.
type browser struct {
	t *testing.T
	s *Server
}

var (
	formTag   = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	hiddenTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	scopeTag  = regexp.MustCompile(`<li><code>([^<]*)</code></li>`)
)

func (b browser) send(method, path string, form url.Values) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.s.URL()+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	req.Header = formHeader()
	client := &http.Client{
		Transport:     b.s.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(b.t, err)
	defer func() { assert.NoError(b.t, resp.Body.Close()) }()
	page, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp, string(page)
}

// decide opens the consent page, sends its form with the decision and gives what the application gets.
func (b browser) decide(params url.Values, decision string) (*url.URL, []string) {
	b.t.Helper()
	resp, page := b.send(http.MethodGet, "/oauth/v2/auth?"+params.Encode(), nil)
	require.Equal(b.t, http.StatusOK, resp.StatusCode, page)
	form := url.Values{"decision": {decision}}
	for _, m := range hiddenTag.FindAllStringSubmatch(page, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	var scopes []string
	for _, m := range scopeTag.FindAllStringSubmatch(page, -1) {
		scopes = append(scopes, html.UnescapeString(m[1]))
	}
	resp, _ = b.send(http.MethodPost, formTag.FindStringSubmatch(page)[1], form)
	require.Equal(b.t, http.StatusFound, resp.StatusCode)
	back, err := resp.Location()
	require.NoError(b.t, err)
	return back, scopes
}

func consentParams() url.Values {
	return url.Values{
		"response_type": {"code"}, "client_id": {defaultClientID}, "redirect_uri": {defaultRedirectURL},
		"scope": {"ZohoCRM.modules.ALL,ZohoCRM.settings.fields.READ"}, "access_type": {"offline"}, "prompt": {"consent"},
		"state": {`a"&<b> ü`},
	}
}

func with(params url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		params.Del(changes[i])
		if changes[i+1] != "" {
			params.Set(changes[i], changes[i+1])
		}
	}
	return params
}

func TestConsentAccepted(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLocation("jp")
	back, scopes := browser{t, s}.decide(consentParams(), "accept")
	assert.Equal(t, []string{"ZohoCRM.modules.ALL", "ZohoCRM.settings.fields.READ"}, scopes)

	answer := back.Query()
	code := answer.Get("code")
	assert.Equal(t, url.Values{
		"code": {code}, "location": {"jp"}, "accounts-server": {s.URL()}, "state": {`a"&<b> ü`},
	}, answer)
	back.RawQuery = ""
	assert.Equal(t, defaultRedirectURL, back.String())

	params := map[string]string{"grant_type": "authorization_code", "code": code}
	_, body := postToken(t, s, params)
	assert.Equal(t, map[string]any{"error": "invalid_redirect_uri"}, body, "a code of the consent page needs its redirect_uri")
	params["redirect_uri"] = defaultRedirectURL
	_, body = postToken(t, s, params)
	assert.Equal(t, map[string]any{
		"access_token": "access_token", "refresh_token": "refresh_token", "scope": "ZohoCRM.modules.ALL ZohoCRM.settings.fields.READ",
		"api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600.0,
	}, shaped(t, body))
}

func TestConsentRejected(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	back, _ := browser{t, s}.decide(consentParams(), "reject")
	assert.Equal(t, url.Values{"error": {"access_denied"}, "state": {`a"&<b> ü`}}, back.Query())
	back, _ = browser{t, s}.decide(with(consentParams(), "state", ""), "reject")
	assert.Equal(t, defaultRedirectURL+"?error=access_denied", back.String())
}

func TestConsentKeepsTheQueryOfTheRedirectURL(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.AddClient(defaultClientID, defaultClientSecret, "https://app.example/back?tenant=7")
	back, _ := browser{t, s}.decide(with(consentParams(), "redirect_uri", "https://app.example/back?tenant=7", "state", ""), "reject")
	assert.Equal(t, "https://app.example/back?tenant=7&error=access_denied", back.String())
}

func TestCodeOfTheConsentPageEndsAfterTwoMinutes(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	back, _ := browser{t, s}.decide(consentParams(), "accept")
	s.Advance(2 * time.Minute)
	_, body := postToken(t, s, map[string]string{
		"grant_type": "authorization_code", "code": back.Query().Get("code"), "redirect_uri": defaultRedirectURL,
	})
	assert.Equal(t, map[string]any{"error": "invalid_code"}, body)
}

func TestRefreshTokenIsGivenAtTheRightConsents(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	given := func(changes ...string) bool {
		t.Helper()
		back, _ := browser{t, s}.decide(with(consentParams(), changes...), "accept")
		_, body := postToken(t, s, map[string]string{
			"grant_type": "authorization_code", "code": back.Query().Get("code"), "redirect_uri": defaultRedirectURL,
		})
		require.Contains(t, body, "access_token")
		_, ok := body["refresh_token"]
		return ok
	}
	assert.False(t, given("access_type", "online"))
	assert.False(t, given("access_type", ""), "online is the default")
	assert.True(t, given("prompt", ""), "the first consent")
	assert.False(t, given("prompt", ""), "a repeated one")
	assert.True(t, given(), "a repeated one with prompt=consent")
	s.RevokeTokens()
	assert.True(t, given("prompt", ""), "the first after the consent was withdrawn")
}

func TestConsentPageRefuses(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.AddClient("1000.OTHER", "other-fake-secret", "https://other.example/back")
	s.AddClient(defaultClientID, defaultClientSecret, "") // what a program gives whose configuration is not filled in
	for name, c := range map[string]struct {
		params url.Values
		want   string
	}{
		"unknown client":            {with(consentParams(), "client_id", "1000.NOBODY"), "invalid_client"},
		"another client's redirect": {with(consentParams(), "redirect_uri", "https://other.example/back"), "invalid_redirect_uri"},
		"longer redirect":           {with(consentParams(), "redirect_uri", defaultRedirectURL+"/"), "invalid_redirect_uri"},
		"no redirect":               {with(consentParams(), "redirect_uri", ""), "invalid_redirect_uri"},
		"response type token":       {with(consentParams(), "response_type", "token"), "invalid_response_type"},
		"no scope":                  {with(consentParams(), "scope", ""), "invalid_scope"},
		"scopes joined by spaces":   {with(consentParams(), "scope", "ZohoCRM.modules.ALL ZohoCRM.org.READ"), "invalid_scope"},
		"scope without operation":   {with(consentParams(), "scope", "ZohoCRM.modules"), "invalid_scope"},
		"another service's scope":   {with(consentParams(), "scope", "openid"), "invalid_scope"},
		"scope with a hole":         {with(consentParams(), "scope", "ZohoCRM..READ"), "invalid_scope"},
		"scope that is markup":      {with(consentParams(), "scope", "ZohoCRM.<script>.READ"), "invalid_scope"},
		"scope with a line":         {with(consentParams(), "scope", "ZohoCRM.modules.ALL\n"), "invalid_scope"},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			resp, page := browser{t, s}.send(method, "/oauth/v2/auth?"+c.params.Encode(), nil)
			assert.Equal(t, http.StatusBadRequest, resp.StatusCode, name)
			assert.Contains(t, page, "<p>The application's request was refused: <code>"+c.want+"</code></p>", name)
		}
	}
	resp, page := browser{t, s}.send(http.MethodPost, "/oauth/v2/auth?"+consentParams().Encode(), nil)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, page, "invalid_request", "a form without a decision")
	resp, _ = browser{t, s}.send(http.MethodPut, "/oauth/v2/auth?"+consentParams().Encode(), nil)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
}
