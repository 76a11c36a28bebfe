package zohohubtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDataCenters(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	jp := s.AddDataCenter("jp")
	assert.Equal(t, []string{jp, s.URL()}, []string{s.AddDataCenter("jp"), s.AddDataCenter("eu")}, "they are there")
	assert.NotEqual(t, s.URL(), jp)
	yuki := s.AddUser(User{FirstName: "Yuki", LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	_, info := f.ask(http.MethodGet, s.URL()+"/oauth/serverinfo", "", nil)
	assert.JSONEq(t, `{"result":"success","locations":{"eu":"`+s.URL()+`","jp":"`+jp+`"}}`, info)

	const scope = "ZohoCRM.users.READ"
	for _, began := range []string{s.URL(), jp} {
		for _, c := range []struct{ id, email, location, home, away string }{
			{yuki, "yuki.mori@example.com", "jp", jp, s.URL()},
			{brunoID, "bruno.costa@example.com", "eu", s.URL(), jp},
		} {
			back := f.consent(began, c.id, "scope", scope)
			assert.Equal(t, url.Values{
				"code": {back.Get("code")}, "location": {c.location}, "accounts-server": {c.home}, "state": {consentParams().Get("state")},
			}, back)
			noCode := map[string]any{"error": "invalid_code"}
			assert.Equal(t, noCode, f.exchange(c.away, back.Get("code")))
			tokens := f.exchange(c.home, back.Get("code"))
			access, refresh := tokens["access_token"].(string), tokens["refresh_token"].(string)
			assert.Equal(t, c.home, tokens["api_domain"])
			assert.Equal(t, c.email, f.email(c.home, access))
			resp, body := f.ask(http.MethodGet, c.away+"/crm/v8/users?type=CurrentUser", access, nil)
			assert.Equal(t, []any{http.StatusUnauthorized, invalidToken.Body}, []any{resp.StatusCode, body})

			assert.Equal(t, noCode, f.refresh(c.away, refresh))
			renewed := f.refresh(c.home, refresh)
			assert.Equal(t, c.home, renewed["api_domain"])
			assert.Equal(t, c.email, f.email(c.home, renewed["access_token"].(string)))
			for _, token := range []string{access, refresh} {
				resp, body = f.ask(http.MethodPost, c.away+"/oauth/v2/token/revoke", "", url.Values{"token": {token}})
				assert.Equal(t, []any{http.StatusBadRequest, `{"error":"invalid_token"}`}, []any{resp.StatusCode, body})
			}
			resp, _ = f.ask(http.MethodPost, c.home+"/oauth/v2/token/revoke", "", url.Values{"token": {refresh}})
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, noCode, f.refresh(c.home, refresh))
		}
	}
	tok := s.TokenOf(yuki, scope)
	assert.Equal(t, []string{jp, jp, scope}, []string{tok.AccountsURL, tok.APIDomain, tok.Scope})
	assert.Equal(t, "yuki.mori@example.com", f.email(jp, tok.AccessToken))
	assert.Contains(t, f.exchange(jp, s.GrantCodeOf(yuki, 5*time.Minute)), "access_token")
}

func TestAClientOfOneDataCenter(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	jp := s.AddDataCenter("jp")
	yuki := s.AddUser(User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	tok := s.TokenOf(yuki)
	s.SetClientDataCenters(defaultClientID, "eu")
	assert.Equal(t, map[string]any{"error": "invalid_client"}, f.refresh(jp, tok.RefreshToken))
	resp, page := f.ask(http.MethodPost, s.URL()+"/oauth/v2/auth", "", with(consentParams(), "user", yuki, "decision", "accept"))
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, page, "<code>invalid_client</code>")
	assert.Contains(t, f.exchange(s.URL(), f.consent(s.URL(), brunoID).Get("code")), "access_token")
	s.SetClientDataCenters(defaultClientID)
	assert.Contains(t, f.refresh(jp, tok.RefreshToken), "access_token")
}

// A client that only one data center knows begins there: the others have never heard of it.
func TestWhereAClientOfOneDataCenterBegins(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	f := stranger{t}
	jp := s.AddDataCenter("jp")
	yuki := s.AddUser(User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	s.SetClientDataCenters(defaultClientID, "jp")
	open := func(accounts string) int {
		resp, _ := f.ask(http.MethodGet, accounts+"/oauth/v2/auth?"+consentParams().Encode(), "", nil)
		return resp.StatusCode
	}
	assert.Equal(t, []int{http.StatusOK, http.StatusBadRequest}, []int{open(jp), open(s.URL())})
	assert.Contains(t, f.exchange(jp, f.consent(jp, yuki).Get("code")), "access_token")
	for _, decision := range []string{"accept", "reject"} {
		resp, page := f.ask(http.MethodPost, s.URL()+"/oauth/v2/auth", "", with(consentParams(), "user", yuki, "decision", decision))
		assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
		assert.Contains(t, page, "<code>invalid_client</code>")
	}
	resp, page := f.ask(http.MethodPost, jp+"/oauth/v2/auth", "", with(consentParams(), "user", brunoID, "decision", "accept"))
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, page, "<code>invalid_client</code>", "who lives elsewhere")
}

func TestADataCenterHasTheNamesOfLoopback(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	jp := s.AddDataCenter("jp")
	yuki := s.AddUser(User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	localhost := strings.Replace(jp, "127.0.0.1", "localhost", 1)
	rt := s.Transport()
	for address, want := range map[string]int{jp: 200, localhost: 200, s.URL(): 401, "https://www.zohoapis.jp": 401} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/crm/v8/org", nil)
		require.NoError(t, err)
		req.Header = signed(s.TokenOf(yuki).AccessToken)
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, want, resp.StatusCode, address)
	}
}

func TestUsersOfTheDataCenterAtHome(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLocation("us")
	eva := s.AddUser(User{LastName: "Melo", Email: "eva.melo@example.com", DataCenter: "us"})
	assert.Equal(t, s.URL(), s.TokenOf(eva).APIDomain)
	assert.Equal(t, "us", stranger{t}.consent(s.URL(), eva).Get("location"))
}

func TestDataCentersThatCannotBe(t *testing.T) {
	t.Parallel()
	s := Start()
	assert.PanicsWithValue(t, `zohohubtest: AddUser: there is no data center "jp"`, func() {
		s.AddUser(User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	})
	assert.PanicsWithValue(t, `zohohubtest: SetClientDataCenters: there is no client "1000.NOBODY"`, func() { s.SetClientDataCenters("1000.NOBODY") })
	s.AddDataCenter("us")
	assert.PanicsWithValue(t, `zohohubtest: SetLocation: the data center "us" is elsewhere`, func() { s.SetLocation("us") })
	assert.PanicsWithValue(t, "zohohubtest: AddDataCenter: the key is empty", func() { s.AddDataCenter("") })
	s.Close()
	assert.PanicsWithValue(t, "zohohubtest: AddDataCenter: use of closed network connection", func() { s.AddDataCenter("jp") })
}
