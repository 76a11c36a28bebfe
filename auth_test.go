package zohohub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

const (
	tokenURL  = "https://accounts.zoho.eu/oauth/v2/token"
	revokeURL = "https://accounts.zoho.eu/oauth/v2/token/revoke"
)

// signIn returns an Auth on a mock; change may be nil.
func signIn(change func(*zohohub.Config)) (*zohohub.Auth, *httpmock.MockTransport) {
	mock := httpmock.NewMockTransport()
	cfg := valid()
	cfg.HTTPClient = &http.Client{Transport: mock}
	if change != nil {
		change(&cfg)
	}
	return zohohub.NewAuth(cfg), mock
}

// seen is what a mock was asked.
type seen struct{ Method, URL, Body, ContentType, UserAgent string }

// answer responds with status and body, and notes the request.
func answer(got *[]seen, status int, body string) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		sent, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		*got = append(*got, seen{req.Method, req.URL.String(), string(sent), req.Header.Get("Content-Type"), req.Header.Get("User-Agent")})
		resp := httpmock.NewStringResponse(status, body)
		// Zoho's own is application/json;charset=utf-8; the type must not matter.
		resp.Header.Set("Content-Type", "text/plain")
		return resp, nil
	}
}

func posted(u, body string) []seen {
	return []seen{{http.MethodPost, u, body, "application/x-www-form-urlencoded", "zohohub/" + zohohub.Version}}
}

func TestAuthURL(t *testing.T) {
	t.Parallel()
	auth, _ := signIn(func(c *zohohub.Config) { c.Scopes = []string{"ZohoCRM.modules.ALL", "ZohoCRM.users.READ"} })
	const base = "https://accounts.zoho.eu/oauth/v2/auth?"
	const redirect = "redirect_uri=https%3A%2F%2Fapp.example%2Foauth2callback&response_type=code&"
	const scopes = "scope=ZohoCRM.modules.ALL%2CZohoCRM.users.READ"
	for name, tt := range map[string]struct{ got, want string }{
		"offline":  {auth.URL("s&1"), base + "access_type=offline&client_id=1000.FAKECLIENTID&prompt=consent&" + redirect + scopes + "&state=s%261"},
		"no state": {auth.URL(""), base + "access_type=offline&client_id=1000.FAKECLIENTID&prompt=consent&" + redirect + scopes},
		"online":   {auth.URL("s", zohohub.Online()), base + "access_type=online&client_id=1000.FAKECLIENTID&" + redirect + scopes + "&state=s"},
		"own scopes": {auth.URL("s", zohohub.WithScopes("a", "b"), zohohub.Online()),
			base + "access_type=online&client_id=1000.FAKECLIENTID&" + redirect + "scope=a%2Cb&state=s"},
		"no option": {auth.URL("", nil), base + "access_type=offline&client_id=1000.FAKECLIENTID&prompt=consent&" + redirect + scopes},
		"again":     {auth.URL(""), base + "access_type=offline&client_id=1000.FAKECLIENTID&prompt=consent&" + redirect + scopes},
	} {
		assert.Equal(t, tt.want, tt.got, name)
	}

	auth, _ = signIn(func(c *zohohub.Config) { c.RedirectURL = "" })
	u, err := url.Parse(auth.URL("s"))
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"access_type": {"offline"}, "client_id": {"1000.FAKECLIENTID"}, "prompt": {"consent"}, "response_type": {"code"}, "state": {"s"},
		"scope": {strings.Join(zohohub.DefaultScopes, ",")},
	}, u.Query())
}

func TestDefaultScopes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range zohohub.DefaultScopes {
		assert.Regexp(t, `^Zoho(CRM|Search|Files)(\.[a-z_]+)+\.(ALL|READ|CREATE|UPDATE|DELETE)$`, s)
		assert.False(t, seen[s], "%s twice", s)
		seen[s] = true
	}
	// ZohoHub's own.
	for _, s := range []string{"ZohoCRM.modules.custom.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.modules.contacts.ALL", "ZohoCRM.modules.ALL", "ZohoCRM.notifications.ALL"} {
		assert.True(t, seen[s], s)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake-access-token","refresh_token":"1000.fake-refresh-token",
		"scope":"ZohoCRM.modules.ALL","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600,"nothing":null,"list":[1],
		"zgid":20123456789012345678,"yes":true,"copy":"1000.fake-refresh-token","copy2":"x 1000.fake-access-token"}`))

	start := time.Now().Truncate(time.Second)
	tok, err := auth.Exchange(t.Context(), "1000.fake-code")

	require.NoError(t, err)
	assert.WithinRange(t, tok.Expiry, start.Add(time.Hour), time.Now().Add(time.Hour))
	tok.Expiry = time.Time{}
	assert.Equal(t, &zohohub.Token{
		AccessToken: "1000.fake-access-token", RefreshToken: "1000.fake-refresh-token", APIDomain: "https://www.zohoapis.eu",
		AccountsURL: "https://accounts.zoho.eu", Scope: "ZohoCRM.modules.ALL",
		Extra: map[string]string{"token_type": "Bearer", "zgid": "20123456789012345678"},
	}, tok)
	assert.Equal(t, posted(tokenURL, "client_id=1000.FAKECLIENTID&client_secret=fake-client-secret&code=1000.fake-code"+
		"&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp.example%2Foauth2callback"), got)
}

func TestExchangeOfSelfClient(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(func(c *zohohub.Config) { c.RedirectURL = "" })
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake-access-token"}`))

	tok, err := auth.Exchange(t.Context(), "1000.fake-code")

	require.NoError(t, err)
	assert.Equal(t, &zohohub.Token{AccessToken: "1000.fake-access-token", AccountsURL: "https://accounts.zoho.eu"}, tok)
	assert.Equal(t, posted(tokenURL, "client_id=1000.FAKECLIENTID&client_secret=fake-client-secret&code=1000.fake-code&grant_type=authorization_code"), got)
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake-access-token","api_domain":"https://www.zohoapis.eu/"}`))

	tok, err := auth.Refresh(t.Context(), "1000.fake-refresh-token")

	require.NoError(t, err)
	assert.Equal(t, &zohohub.Token{
		AccessToken: "1000.fake-access-token", RefreshToken: "1000.fake-refresh-token",
		APIDomain: "https://www.zohoapis.eu", AccountsURL: "https://accounts.zoho.eu",
	}, tok)
	assert.Equal(t, posted(tokenURL, "client_id=1000.FAKECLIENTID&client_secret=fake-client-secret&grant_type=refresh_token&refresh_token=1000.fake-refresh-token"), got)
}

func TestRefreshTakesANewRefreshToken(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake-a","refresh_token":"1000.fake-new"}`))
	tok, err := auth.Refresh(t.Context(), "1000.fake-old")
	require.NoError(t, err)
	assert.Equal(t, "1000.fake-new", tok.RefreshToken)
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, revokeURL, answer(&got, 200, `{"status":"success"}`))
	require.NoError(t, auth.Revoke(t.Context(), "1000.fake+refresh&token"))
	assert.Equal(t, posted(revokeURL, "token=1000.fake%2Brefresh%26token"), got)
}

// sent is a code or token with nothing that gives it away, and characters that a form escapes.
const sent = "fake-sent/code+1"

// ops calls every request of an Auth.
var ops = map[string]func(context.Context, *zohohub.Auth) error{
	"exchange": func(ctx context.Context, a *zohohub.Auth) error { return none(a.Exchange(ctx, sent)) },
	"refresh":  func(ctx context.Context, a *zohohub.Auth) error { return none(a.Refresh(ctx, sent)) },
	"revoke":   func(ctx context.Context, a *zohohub.Auth) error { return a.Revoke(ctx, sent) },
}

var errTokenToo = errors.New("a token came along with the error")

func none(tok *zohohub.Token, err error) error {
	if tok != nil && err != nil {
		return errTokenToo
	}
	return err
}

func TestAuthNothingToSend(t *testing.T) {
	t.Parallel()
	auth, mock := signIn(nil)
	_, err := auth.Exchange(t.Context(), "")
	require.EqualError(t, err, "zohohub: exchange: nothing to send: the code or token is empty")
	_, err = auth.Refresh(t.Context(), "")
	require.EqualError(t, err, "zohohub: refresh: nothing to send: the code or token is empty")
	require.EqualError(t, auth.Revoke(t.Context(), ""), "zohohub: revoke: nothing to send: the code or token is empty")
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestAuthKeepsTheFault(t *testing.T) {
	t.Parallel()
	const want = "zohohub: Config.ClientID is empty\nConfig.APIVersion \"v1\" is none of v2, v2.1, v3, v4, v5, v6, v7, v8"
	auth, mock := signIn(func(c *zohohub.Config) { c.ClientID, c.APIVersion = "", "v1" })
	assert.Empty(t, auth.URL("s"))
	for _, call := range ops {
		require.EqualError(t, call(t.Context(), auth), want)
	}
	at, err := auth.At("https://accounts.zoho.com")
	require.EqualError(t, err, want)
	assert.Nil(t, at)
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestAuthAt(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(nil)
	mock.RegisterNoResponder(answer(&got, 200, `{"access_token":"1000.fake","status":"success"}`))

	us, err := auth.At("https://accounts.zoho.com/")
	require.NoError(t, err)
	tok, err := us.Refresh(t.Context(), "1000.fake-refresh-token")
	require.NoError(t, err)
	assert.Equal(t, "https://accounts.zoho.com", tok.AccountsURL)
	assert.Equal(t, "https://accounts.zoho.com/oauth/v2/token", got[0].URL)
	assert.True(t, strings.HasPrefix(us.URL(""), "https://accounts.zoho.com/oauth/v2/auth?"))
	assert.True(t, strings.HasPrefix(auth.URL(""), "https://accounts.zoho.eu/oauth/v2/auth?"), "the first is as it was")

	local, _ := signIn(func(c *zohohub.Config) { c.AccountsURL, c.APIDomain = "http://127.0.0.1:8484", "" })
	_, err = local.At("http://[::1]:9/")
	require.NoError(t, err)
	for raw, want := range map[string]string{
		"":                                 "zohohub: accounts server is not a URL of a scheme and a host",
		"http://127.0.0.1:8484":            "zohohub: accounts server is on loopback, and this client's is Zoho's",
		"https://accounts.zoho.com.evil.x": `zohohub: accounts server: host "accounts.zoho.com.evil.x" is none of Zoho's`,
		"http://accounts.zoho.com":         `zohohub: accounts server is http, and host "accounts.zoho.com" is not loopback`,
		"https://www.zohoapis.com":         "zohohub: accounts server is an API domain; the accounts server is https://accounts.zoho.com",
	} {
		at, err := auth.At(raw)
		require.EqualError(t, err, want)
		assert.Nil(t, at)
	}
}

func TestAuthLogsNoSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	auth, mock := signIn(func(c *zohohub.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{}
			}
			return a
		}}))
	})
	mock.RegisterNoResponder(httpmock.NewStringResponder(200, `{"access_token":"1000.fake-access-token","status":"success"}`))
	for _, op := range []string{"exchange", "refresh", "revoke"} {
		require.NoError(t, ops[op](t.Context(), auth))
	}
	assert.Equal(t, `level=DEBUG msg="zohohub: token request" op=exchange accounts=https://accounts.zoho.eu status=200
level=DEBUG msg="zohohub: token request" op=refresh accounts=https://accounts.zoho.eu status=200
level=DEBUG msg="zohohub: token request" op=revoke accounts=https://accounts.zoho.eu status=200
`, log.String())
}

// The traps of x/oauth2, against a real server: it must be asked once, in the body, and not be followed.
func TestAuthOverTheWire(t *testing.T) {
	t.Parallel()
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		bodies = append(bodies, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization")+string(body))
		switch r.URL.Path {
		case "/oauth/v2/token":
			w.Header().Set("Content-Type", "application/json;charset=utf-8")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
		default:
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(srv.Close)
	cfg := valid()
	cfg.RedirectURL, cfg.AccountsURL, cfg.HTTPClient = "", srv.URL+"/", srv.Client()
	auth := zohohub.NewAuth(cfg)

	_, err := auth.Exchange(t.Context(), "1000.fake-code")
	require.EqualError(t, err, "zohohub: exchange: invalid_client: no such client id in the data center of this accounts server, or the client is not enabled for it (HTTP 401)")
	require.EqualError(t, auth.Revoke(t.Context(), "1000.fake-token"), "zohohub: revoke: the answer is a redirect; none is followed (HTTP 307)")

	assert.Equal(t, []string{
		"POST /oauth/v2/token client_id=1000.FAKECLIENTID&client_secret=fake-client-secret&code=1000.fake-code&grant_type=authorization_code",
		"POST /oauth/v2/token/revoke token=1000.fake-token",
	}, bodies)
}
