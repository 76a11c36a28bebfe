package zohohubtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stranger is a program that knows nothing but addresses: it goes by the sockets, and follows no redirect.
type stranger struct{ t *testing.T }

func (f stranger) ask(method, address, token string, form url.Values) (*http.Response, string) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(f.t, err)
	req.Header = formHeader()
	if token != "" {
		req.Header.Set("Authorization", "Zoho-oauthtoken "+token)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(f.t, err)
	defer func() { assert.NoError(f.t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	return resp, string(body)
}

// token sends a token request to an accounts server.
func (f stranger) token(accounts string, params ...string) map[string]any {
	f.t.Helper()
	form := with(url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}}, params...)
	_, body := f.ask(http.MethodPost, accounts+"/oauth/v2/token", "", form)
	var fields map[string]any
	require.NoError(f.t, json.Unmarshal([]byte(body), &fields), body)
	return fields
}

func (f stranger) exchange(accounts, code string) map[string]any {
	f.t.Helper()
	return f.token(accounts, "grant_type", "authorization_code", "code", code, "redirect_uri", defaultRedirectURL)
}

func (f stranger) refresh(accounts, refresh string) map[string]any {
	f.t.Helper()
	return f.token(accounts, "grant_type", "refresh_token", "refresh_token", refresh)
}

// consent signs somebody in at an accounts server's consent page.
func (f stranger) consent(accounts, userID string, changes ...string) url.Values {
	f.t.Helper()
	resp, body := f.ask(http.MethodPost, accounts+"/oauth/v2/auth", "", with(consentParams(), append(changes, "user", userID, "decision", "accept")...))
	require.Equal(f.t, http.StatusFound, resp.StatusCode, body)
	back, err := resp.Location()
	require.NoError(f.t, err)
	return back.Query()
}

// email asks the CRM whose the token is.
func (f stranger) email(api, token string) any {
	f.t.Helper()
	_, body := f.ask(http.MethodGet, api+"/crm/v8/users?type=CurrentUser", token, nil)
	var answer struct{ Users []map[string]any }
	require.NoError(f.t, json.Unmarshal([]byte(body), &answer), body)
	require.Len(f.t, answer.Users, 1, body)
	return answer.Users[0]["email"]
}

var optionTag = regexp.MustCompile(`<option value="([^"]*)">([^<]*)</option>`)

func TestTheConsentPageAsksWhoSignsIn(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	eva := s.AddUser(User{FirstName: "Eva", LastName: `M"elo & <Co>`, Email: "eva.melo@example.com"})
	invited := s.AddUser(User{LastName: "Lobo", Email: "ines.lobo@example.com", Unconfirmed: true})
	_, page := f.ask(http.MethodGet, s.URL()+"/oauth/v2/auth?"+consentParams().Encode(), "", nil)
	var offered [][]string
	for _, m := range optionTag.FindAllStringSubmatch(page, -1) {
		offered = append(offered, m[1:])
	}
	assert.Equal(t, [][]string{
		{defaultUserID, "Ana Silva (ana.silva@example.com)"}, {brunoID, "Bruno Costa (bruno.costa@example.com)"},
		{eva, "Eva M&#34;elo &amp; &lt;Co&gt; (eva.melo@example.com)"},
	}, offered, "those who are active")

	scopes := "ZohoCRM.users.READ,ZohoCRM.modules.ALL"
	for id, want := range map[string]string{"": "ana.silva@example.com", brunoID: "bruno.costa@example.com", eva: "eva.melo@example.com"} {
		tokens := f.exchange(s.URL(), f.consent(s.URL(), id, "scope", scopes).Get("code"))
		assert.Equal(t, want, f.email(s.URL(), tokens["access_token"].(string)))
		renewed := f.refresh(s.URL(), tokens["refresh_token"].(string))
		assert.Equal(t, want, f.email(s.URL(), renewed["access_token"].(string)))
	}
	for _, id := range []string{claraID, duarteID, invited, "7"} {
		resp, page := f.ask(http.MethodPost, s.URL()+"/oauth/v2/auth", "", with(consentParams(), "user", id, "decision", "accept"))
		assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
		assert.Contains(t, page, "<code>invalid_user</code>", "who is not active cannot sign in")
	}
}

func TestAnotherUsersConsent(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	given := func(id string) bool {
		_, ok := f.exchange(s.URL(), f.consent(s.URL(), id, "prompt", "").Get("code"))["refresh_token"]
		return ok
	}
	assert.Equal(t, []bool{true, true, false}, []bool{given(defaultUserID), given(brunoID), given(brunoID)}, "each consents once")
	s.RevokeTokensOf(brunoID)
	assert.Equal(t, []bool{false, true}, []bool{given(defaultUserID), given(brunoID)}, "one withdrew the consent")
}

func TestRevokeTokensOf(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	ana, bruno := s.Token(), s.TokenOf(brunoID)
	s.RevokeTokensOf(brunoID)
	assert.Equal(t, invalidToken, list(t, s, bruno.AccessToken))
	assert.Equal(t, map[string]any{"error": "invalid_code"}, f.refresh(s.URL(), bruno.RefreshToken))
	assert.Equal(t, noRecords, list(t, s, ana.AccessToken))
	assert.Contains(t, f.refresh(s.URL(), ana.RefreshToken), "access_token")
}

func TestTwentyRefreshTokensOfEachUser(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	s.AddClient("1000.OTHER", "other-fake-secret", "https://other.example/back")
	code := func(id string) map[string]any { return f.exchange(s.URL(), s.GrantCodeOf(id, 3*time.Minute)) }
	other := []string{"client_id", "1000.OTHER", "client_secret", "other-fake-secret"}
	back := f.consent(s.URL(), brunoID, "client_id", "1000.OTHER", "redirect_uri", "https://other.example/back")
	elsewhere := f.token(s.URL(), append(other, "grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", "https://other.example/back")...)
	first, others := code(brunoID), code(defaultUserID)
	for range 19 {
		code(brunoID)
	}
	code(defaultUserID)
	assert.Contains(t, f.refresh(s.URL(), first["refresh_token"].(string)), "access_token", "twenty are kept")
	code(brunoID)
	assert.Equal(t, map[string]any{"error": "invalid_code"}, f.refresh(s.URL(), first["refresh_token"].(string)))
	assert.Contains(t, f.refresh(s.URL(), others["refresh_token"].(string)), "access_token", "another user's do not count")
	assert.Contains(t, f.token(s.URL(), append(other, "grant_type", "refresh_token", "refresh_token", elsewhere["refresh_token"].(string))...), "access_token", "nor another client's")
}

func TestSelfClientCodes(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	short, long := s.GrantCodeOf(brunoID, 3*time.Minute, "ZohoCRM.users.READ"), s.GrantCodeOf(brunoID, 10*time.Minute, "ZohoCRM.users.READ")
	s.Advance(3*time.Minute - time.Second)
	tokens := f.exchange(s.URL(), long)
	assert.Equal(t, "ZohoCRM.users.READ", tokens["scope"])
	assert.Equal(t, "bruno.costa@example.com", f.email(s.URL(), tokens["access_token"].(string)))
	s.Advance(time.Second)
	assert.Equal(t, map[string]any{"error": "invalid_code"}, f.exchange(s.URL(), short))
	for reason, do := range map[string]func(){
		"GrantCodeOf: a code lives 3m0s to 10m0s, not 2m59s":   func() { s.GrantCodeOf(brunoID, 3*time.Minute-time.Second) },
		"GrantCodeOf: a code lives 3m0s to 10m0s, not 10m0.1s": func() { s.GrantCodeOf(brunoID, 10*time.Minute+100*time.Millisecond) },
		`GrantCodeOf: there is no user "7"`:                    func() { s.GrantCodeOf("7", 3*time.Minute) },
		`TokenOf: there is no user "7"`:                        func() { s.TokenOf("7") },
	} {
		assert.PanicsWithValue(t, "zohohubtest: "+reason, do)
	}
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	jp := s.AddDataCenter("jp")
	const path = "/oauth/user/info"
	token := s.TokenOf(brunoID, "aaaserver.profile.READ").AccessToken
	assert.Equal(t, reply{
		http.StatusOK, typeOfAnswers,
		`{"Display_Name":"Bruno Costa","Email":"bruno.costa@example.com","First_Name":"Bruno","Last_Name":"Costa","ZUID":20070000002}`,
	}, ask(t, s, http.MethodGet, path, signed(token), nil))
	refused := func(cause string) reply {
		return reply{http.StatusUnauthorized, typeOfAnswers, `{"cause":"` + cause + `","response":"error"}`}
	}
	assert.Equal(t, refused("INVALID_OAUTHSCOPE"), ask(t, s, http.MethodGet, path, signed(s.Token().AccessToken), nil))
	for _, header := range []http.Header{nil, signed(""), signed("1000.x"), {"Authorization": {token}}, {"Authorization": {"Bearer " + token}}} {
		assert.Equal(t, refused("INVALID_OAUTHTOKEN"), ask(t, s, http.MethodGet, path, header, nil))
	}
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request Method"), ask(t, s, http.MethodPost, path, signed(token), nil))
	resp, body := stranger{t}.ask(http.MethodGet, jp+path, token, nil)
	assert.Equal(t, []any{http.StatusUnauthorized, `{"cause":"INVALID_OAUTHTOKEN","response":"error"}`}, []any{resp.StatusCode, body}, "in another data center")
	s.ExpireTokens()
	assert.Equal(t, refused("INVALID_OAUTHTOKEN"), ask(t, s, http.MethodGet, path, signed(token), nil))
}

// TestSignInInABubble: codes, tokens and the ten minutes of a refresh token end by the bubble's time.
func TestSignInInABubble(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	jp := s.AddDataCenter("jp")
	yuki := s.AddUser(User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	synctest.Test(t, func(t *testing.T) {
		client := roads(s)["transport"]
		token := func(params ...string) string {
			form := with(url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}}, params...)
			got, _, err := send(t.Context(), client, http.MethodPost, jp+"/oauth/v2/token", formHeader(), form.Encode())
			require.NoError(t, err)
			return got.Body
		}
		late := s.GrantCodeOf(yuki, 3*time.Minute)
		time.Sleep(3 * time.Minute)
		assert.JSONEq(t, `{"error":"invalid_code"}`, token("grant_type", "authorization_code", "code", late))
		code := s.GrantCodeOf(yuki, 10*time.Minute)
		time.Sleep(10*time.Minute - time.Nanosecond)
		var tokens struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
		}
		require.NoError(t, json.Unmarshal([]byte(token("grant_type", "authorization_code", "code", code)), &tokens))

		status := func() int {
			got, _, err := send(t.Context(), client, http.MethodGet, jp+"/crm/v8/org", signed(tokens.Access), "")
			require.NoError(t, err)
			return got.Status
		}
		time.Sleep(time.Hour - time.Nanosecond)
		assert.Equal(t, http.StatusOK, status())
		time.Sleep(time.Nanosecond)
		assert.Equal(t, http.StatusUnauthorized, status())

		renew := func() string { return token("grant_type", "refresh_token", "refresh_token", tokens.Refresh) }
		for range 10 {
			assert.Contains(t, renew(), "access_token")
		}
		time.Sleep(10*time.Minute - time.Nanosecond)
		assert.Contains(t, renew(), "Access Denied")
		time.Sleep(time.Nanosecond)
		assert.Contains(t, renew(), "access_token")
	})
}
