package zohohub_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// pageHeader is what comes with each page of the handlers' own.
func pageHeader(more http.Header) http.Header {
	h := http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Content-Security-Policy": {"default-src 'none'"},
		"X-Content-Type-Options": {"nosniff"}, "Cache-Control": {"no-store"}, "Referrer-Policy": {"no-referrer"},
	}
	maps.Copy(h, more)
	return h
}

func pageText(text string) string {
	return "<!doctype html>\n<html lang=\"en\"><title>Sign-in</title><p>" + text + "</p></html>\n"
}

// answer comes back from the consent page with a query.
func (v visit) answer(t *testing.T, h http.Handler, query url.Values) (*http.Response, string) {
	t.Helper()
	query.Set("state", v.state)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/oauth2callback?"+query.Encode(), nil)
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	require.NoError(t, resp.Body.Close())
	return resp, w.Body.String()
}

const (
	pageRefused = "The sign-in was refused, is too old, or was begun in another browser. Please begin anew."
	pageFailed  = "The sign-in did not work. Please try again."
	pageNotSet  = "Signing in is not set up."
	pageTooMany = "Zoho is asked too often. Please try again in some minutes."
)

// TestThePageOfAFailedSignIn: each fault has its page, without a word of what was sent, and the service hears of it.
func TestThePageOfAFailedSignIn(t *testing.T) {
	t.Parallel()
	const held = "1000.fake-refresh-held"
	for name, c := range map[string]struct {
		query  url.Values
		answer string // the accounts server's to the code
		status int
		header http.Header
		page   int
		text   string
		is     []error
		fault  string
	}{
		"refused by the user": {
			query: url.Values{"error": {"access_denied"}}, page: 403, text: pageRefused, is: []error{ErrAuthentication},
			fault: "zohohub: sign in: access_denied: the user or an administrator refused the access: authentication failed",
		},
		"a used code": {
			answer: `{"error":"invalid_code"}`, page: 403, text: pageRefused, is: []error{ErrAuthentication},
			fault: "zohohub: exchange: invalid_code: the grant code was used before, is too old (most live two minutes), or is not of data center eu: get a new one (HTTP 200)",
		},
		"a wrong client secret": {
			answer: `{"error":"invalid_client_secret"}`, page: 500, text: pageNotSet, is: []error{ErrAuthentication},
			fault: "zohohub: exchange: invalid_client_secret: the client secret is wrong for this client id in data center eu (HTTP 200)",
		},
		"a client of another data center": {
			query: url.Values{"location": {"us"}, "accounts-server": {"https://accounts.zoho.com"}}, answer: `{"error":"invalid_client"}`,
			page: 500, text: pageNotSet, is: []error{ErrAuthentication},
			fault: "zohohub: exchange: invalid_client: no such client id in data center us, or the client is not enabled for it (HTTP 200)",
		},
		"too many": {
			answer: `{"error":"Access Denied"}`, status: 400, header: http.Header{"Retry-After": {"90"}}, page: 503, text: pageTooMany,
			is: []error{ErrTokenThrottled}, fault: "too many token requests",
		},
		"Zoho down":   {answer: `<html>`, status: 502, page: 502, text: pageFailed, is: []error{ErrInternal}, fault: "not Zoho's JSON"},
		"no answer":   {answer: "none", page: 502, text: pageFailed, is: []error{ErrOutcomeUnknown}, fault: "no answer"},
		"not for us":  {answer: `{"access_token":"1000.fake-a","refresh_token":"1000.fake-r","api_domain":"https://evil.example"}`, page: 502, text: pageFailed, fault: "is none of Zoho's"},
		"no new user": {answer: `{"access_token":"1000.fake-a","refresh_token":"1000.fake-r"}`, query: url.Values{"location": {"moon"}}, page: 403, text: pageRefused, is: []error{ErrAuthentication}, fault: `data center "moon" is none of`},
		"access for an hour": {
			answer: `{"access_token":"1000.fake-a","expires_in":3600}`, page: 403, text: pageRefused, is: []error{ErrAuthentication},
			fault: "zohohub: sign in: the answer holds no refresh token, though offline access and the user's consent were asked for " +
				"(access_type=offline, prompt=consent): Zoho gives one to server-based applications only",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := (&zoho{}).config()
			cfg.RedirectURL, cfg.Store = "https://app.example/oauth2callback", NewMemoryStore()
			own := Key{ServiceCRM, cfg.ClientID, "", jo}
			require.NoError(t, cfg.Store.Save(t.Context(), own, &Token{RefreshToken: held}))
			next := signingInJo(&zoho{}).Transport
			cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path != "/oauth/v2/token" {
					return next.RoundTrip(r)
				}
				if c.answer == "none" {
					return nil, io.ErrUnexpectedEOF
				}
				resp := httpmock.NewStringResponse(max(c.status, http.StatusOK), c.answer)
				maps.Copy(resp.Header, c.header)
				return resp, nil
			})}
			query := url.Values{"code": {"1000.fake-code"}}
			for name, values := range c.query {
				if name == "error" {
					query = url.Values{}
				}
				query[name] = values
			}
			auth := NewAuth(cfg)
			v := beginSignIn(t, auth)
			resp, text := v.answer(t, auth.CallbackHandler(nil), query)
			assert.Equal(t, c.page, resp.StatusCode)
			assert.Equal(t, pageText(c.text), text)
			gone := v.cookies[0].Name + "=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
			assert.Equal(t, pageHeader(http.Header{"Set-Cookie": {gone}}), without(resp.Header, "Retry-After"))
			assert.Equal(t, c.header.Get("Retry-After"), resp.Header.Get("Retry-After"))

			var got error
			_, _ = beginSignIn(t, auth).answer(t, auth.CallbackHandler(nil, OnSignInError(func(w http.ResponseWriter, _ *http.Request, err error) {
				got = err
				w.WriteHeader(http.StatusTeapot)
			})), query)
			require.ErrorContains(t, got, c.fault)
			for _, is := range c.is {
				require.ErrorIs(t, got, is)
			}
			assert.NotContains(t, got.Error(), "1000.fake")
			assert.NotContains(t, got.Error(), cfg.ClientSecret)
			tok, err := cfg.Store.Load(t.Context(), own)
			require.NoError(t, err)
			assert.Equal(t, Token{RefreshToken: held}, *tok, "what the user had stays")
		})
	}
}

func without(h http.Header, name string) http.Header {
	h = h.Clone()
	h.Del(name)
	return h
}

func TestASignInThatIsNotSetUp(t *testing.T) {
	t.Parallel()
	for fault, edit := range map[string]func(*Config){
		"Config.ClientSecret is empty":       func(c *Config) { c.ClientSecret = "" },
		"Config.RedirectURL is empty":        func(c *Config) { c.RedirectURL = "" },
		"Config.DataCenter 99 is none of eu": func(c *Config) { c.DataCenter = 99 },
	} {
		cfg := (&zoho{}).config()
		cfg.RedirectURL = "https://app.example/oauth2callback"
		v := beginSignIn(t, NewAuth(cfg))
		edit(&cfg)
		auth := NewAuth(cfg)
		w := httptest.NewRecorder()
		auth.LoginHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login", nil))
		assert.Equal(t, http.StatusInternalServerError, w.Code)
		assert.Equal(t, pageText(pageNotSet), w.Body.String())
		assert.Empty(t, w.Header().Values("Set-Cookie"))
		resp, text := v.answer(t, auth.CallbackHandler(nil), url.Values{"code": {"1000.fake-code"}})
		assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
		assert.Equal(t, pageText(pageNotSet), text)
		_, err := v.finish(t, auth)
		require.ErrorContains(t, err, fault)
	}
}

func TestTheMethodsOfASignIn(t *testing.T) {
	t.Parallel()
	cfg := (&zoho{}).config()
	cfg.HTTPClient, cfg.RedirectURL = signingInJo(&zoho{}), "https://app.example/oauth2callback"
	auth := NewAuth(cfg)
	ask := func(h http.Handler, method string) *http.Response {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		resp := w.Result()
		require.NoError(t, resp.Body.Close())
		return resp
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		resp := ask(auth.LoginHandler(), method)
		assert.Equal(t, http.StatusFound, resp.StatusCode)
		assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodOptions} {
		resp := ask(auth.LoginHandler(), method)
		assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		assert.Equal(t, without(pageHeader(http.Header{"Allow": {"GET, HEAD"}}), "Referrer-Policy"), resp.Header)
	}
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodOptions} {
		resp := ask(auth.CallbackHandler(nil), method)
		assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		assert.Equal(t, pageHeader(http.Header{"Allow": {"GET"}}), resp.Header)
	}
	resp, text := beginSignIn(t, auth).answer(t, auth.CallbackHandler(nil), url.Values{"code": {"1000.fake-code"}})
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, pageText("You are signed in."), text)
	assert.NotContains(t, resp.Header, "Location", "nothing that the address says leads anywhere")
}

// TestTheScopesOfASignIn: what the callback asks, the user has allowed.
func TestTheScopesOfASignIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ scopes, org, want string }{
		{"ZohoCRM.modules.ALL", "", "ZohoCRM.modules.ALL,ZohoCRM.users.READ"},
		{"ZohoCRM.modules.ALL", "60000000001", "ZohoCRM.modules.ALL,ZohoCRM.users.READ,ZohoCRM.org.READ"},
		{"zohocrm.users.all ZohoCRM.org.ALL", "60000000001", "zohocrm.users.all,ZohoCRM.org.ALL"},
		{"aaaserver.profile.read", "", "aaaserver.profile.read"},
		{"AaaServer.profile.READ", "60000000001", "AaaServer.profile.READ,ZohoCRM.org.READ"},
		{"ZohoCRM.users.CREATE", "", "ZohoCRM.users.CREATE,ZohoCRM.users.READ"},
	} {
		cfg := (&zoho{}).config()
		cfg.RedirectURL, cfg.Org, cfg.Scopes = "https://app.example/oauth2callback", c.org, strings.Fields(c.scopes)
		w := httptest.NewRecorder()
		NewAuth(cfg).LoginHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login", nil))
		assert.Equal(t, c.want, mustQuery(t, w.Header().Get("Location")).Get("scope"))
	}
}

// TestOnlyZohosAccountsServersGetTheSecret: the browser's user may have written the address.
func TestOnlyZohosAccountsServersGetTheSecret(t *testing.T) {
	t.Parallel()
	const home = "https://accounts.zoho.eu"
	for server, want := range map[string]string{
		"": home, home: home, "https://accounts.zoho.com": "https://accounts.zoho.com", "https://accounts.zohocloud.ca": "https://accounts.zohocloud.ca",
		"HTTPS://ACCOUNTS.ZOHO.IN/": "https://accounts.zoho.in", "https://accounts.zoho.jp:443": "https://accounts.zoho.jp",

		"http://accounts.zoho.com": "", "//accounts.zoho.com": "", "accounts.zoho.com": "", "ftp://accounts.zoho.com": "",
		"https://accounts.zoho.com.evil.example": "", "https://evil.example/accounts.zoho.com": "", "https://evilaccounts.zoho.com": "",
		"https://accounts.zoho.com@evil.example": "", "https://evil.example@accounts.zoho.com": "", "https://user:pw@accounts.zoho.com": "",
		"https://accounts.zoho.com:8443": "", "https://accounts.zoho.com:0": "", "https://accounts.zoho.com.": "", "https://.accounts.zoho.com": "",
		"https://xn--accounts-zoho-com.example": "", "https://аccounts.zoho.com": "", "https://accounts。zoho。com": "", "https://accounts.zoho.com%2eevil.example": "",
		"https://127.0.0.1": "", "http://127.0.0.1:8080": "", "http://localhost": "", "http://[::1]": "", "https://169.254.169.254": "", "https://2130706433": "",
		`https://accounts.zoho.com\.evil.example`: "", `https://evil.example\@accounts.zoho.com`: "", `/\evil.example`: "", `//evil.example`: "",
		"https://accounts.zoho.com?x=https://evil.example": "", "https://accounts.zoho.com#@evil.example": "", "https://accounts.zoho.com/../evil": "",
		"https://accounts.zoho.com\r\nX: y": "", "https://accounts.zoho.com\x00.evil.example": "", "https://www.zohoapis.com": "", "https://crm.zoho.com": "",
		"javascript:alert(1)": "", "https://" + strings.Repeat("a", 5000): "",
	} {
		var asked []string
		cfg := (&zoho{}).config()
		next := signingInJo(&zoho{}).Transport
		cfg.RedirectURL = "https://app.example/oauth2callback"
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/oauth/v2/token" {
				asked = append(asked, r.URL.Scheme+"://"+r.URL.Host)
			} else if want == "" {
				asked = append(asked, r.URL.String())
			}
			return next.RoundTrip(r)
		})}
		auth := NewAuth(cfg)
		query := url.Values{"code": {"1000.fake-code"}, "accounts-server": {server}}
		resp, text := beginSignIn(t, auth).answer(t, auth.CallbackHandler(nil), query)
		if want == "" {
			assert.Equal(t, http.StatusForbidden, resp.StatusCode, server)
			assert.Equal(t, pageText(pageRefused), text)
			assert.Empty(t, asked, server)
			continue
		}
		assert.Equal(t, http.StatusOK, resp.StatusCode, server)
		assert.Equal(t, []string{want}, asked)
	}
}

// TestAnAuthHasOnePoolOfConnections: a service opens a connection for each request of its users.
func TestAnAuthHasOnePoolOfConnections(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	var mu sync.Mutex
	var accepted int
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", strings.TrimPrefix(crm.URL(), "http://")
		resp, err := crm.Transport().RoundTrip(r)
		if !assert.NoError(t, err) {
			return
		}
		defer func() { assert.NoError(t, resp.Body.Close()) }()
		w.WriteHeader(resp.StatusCode)
		_, err = io.Copy(w, resp.Body)
		assert.NoError(t, err)
	}))
	proxy.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			defer mu.Unlock()
			accepted++
		}
	}
	proxy.Start()
	t.Cleanup(proxy.Close)

	cfg := crm.Config()
	cfg.HTTPClient, cfg.AccountsURL, cfg.APIDomain, cfg.Store = nil, proxy.URL, proxy.URL, NewMemoryStore()
	tok := crm.Token()
	tok.AccountsURL, tok.APIDomain = proxy.URL, proxy.URL
	require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, tok))
	auth := NewAuth(cfg)
	for range 5 {
		conn, err := auth.Open(t.Context(), jo)
		require.NoError(t, err)
		require.NoError(t, conn.Get(t.Context(), "org", nil, nil))
		t.Cleanup(conn.CloseIdleConnections)
	}
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, 1, accepted)
}
