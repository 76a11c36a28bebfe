package zohohub_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// signingInJo is Zoho, without a socket: it gives tokens for codes too, revokes them, and knows Jo.
func signingInJo(z *zoho) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		var form []byte
		if r.Body != nil {
			form, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(form)))
		}
		switch {
		case r.URL.Path == "/oauth/v2/token/revoke":
			return httpmock.NewStringResponse(200, `{"status":"success"}`), nil
		case strings.HasSuffix(r.URL.Path, "/users"):
			return httpmock.NewStringResponse(200, `{"users":[{"email":"Jo@example.com"}]}`), nil
		case strings.Contains(string(form), "authorization_code"):
			return httpmock.NewStringResponse(200, `{"access_token":"1000.fake-anew","refresh_token":"1000.fake-refresh-anew","expires_in":3600}`), nil
		}
		return z.RoundTrip(r)
	})}
}

// visit is a sign-in that a browser has begun.
type visit struct {
	state   string
	cookies []*http.Cookie
}

func beginSignIn(t *testing.T, auth *Auth) visit {
	t.Helper()
	w := httptest.NewRecorder()
	auth.LoginHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login", nil))
	resp := w.Result()
	require.NoError(t, resp.Body.Close())
	consent, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	return visit{consent.Query().Get("state"), resp.Cookies()}
}

// finish comes back from the consent page.
func (v visit) finish(t *testing.T, auth *Auth) (tok *Token, fault error) {
	t.Helper()
	query := url.Values{"state": {v.state}, "code": {"1000.fake-code"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/oauth2callback?"+query.Encode(), nil)
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	auth.CallbackHandler(
		func(_ http.ResponseWriter, _ *http.Request, got *Token) { tok = got },
		OnSignInError(func(_ http.ResponseWriter, _ *http.Request, err error) { fault = err }),
	).ServeHTTP(httptest.NewRecorder(), r)
	return tok, fault
}

// cookieOf is another browser's cookie under this one's name.
func (v visit) cookieOf(other visit) visit {
	stolen := *other.cookies[0]
	stolen.Name = v.cookies[0].Name
	return visit{v.state, []*http.Cookie{&stolen}}
}

func TestTheStateOfASignIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := (&zoho{}).config()
		cfg.HTTPClient = signingInJo(&zoho{})
		cfg.RedirectURL = "https://app.example/oauth2callback"
		auth, replica := NewAuth(cfg), NewAuth(cfg)
		cfg.ClientSecret = "another-fake-secret"
		stranger := NewAuth(cfg)

		refused := func(v visit, at *Auth, why string) {
			t.Helper()
			tok, err := v.finish(t, at)
			require.ErrorIs(t, err, ErrAuthentication)
			require.ErrorContains(t, err, why)
			assert.Nil(t, tok)
		}
		v := beginSignIn(t, auth)
		refused(visit{v.state, nil}, auth, "another browser")
		refused(v.cookieOf(beginSignIn(t, auth)), auth, "not begun here")
		refused(beginSignIn(t, stranger), auth, "not begun here")
		refused(visit{v.state[:len(v.state)-1], v.cookies}, auth, "not begun here")
		refused(visit{v.state + "A", v.cookies}, auth, "not begun here")

		tok, err := v.finish(t, replica)
		require.NoError(t, err, "replicas agree")
		assert.Equal(t, jo, tok.User)
		assert.Equal(t, "1000.fake-refresh-anew", tok.RefreshToken)
		refused(v, replica, "finished already")

		early, late := beginSignIn(t, auth), beginSignIn(t, auth)
		time.Sleep(10*time.Minute - time.Second)
		_, err = early.finish(t, auth)
		require.NoError(t, err)
		time.Sleep(time.Second)
		refused(late, auth, "too long ago")
	})
}

func TestTheCookieOfASignIn(t *testing.T) {
	t.Parallel()
	for redirect, prefix := range map[string]string{
		"https://app.example/oauth2callback": "__Host-", "HTTPS://app.example/mounted/below/oauth2callback": "__Host-", "http://127.0.0.1:8080/oauth2callback": "",
	} {
		cfg := (&zoho{}).config()
		cfg.RedirectURL = redirect
		auth := NewAuth(cfg)
		v := beginSignIn(t, auth)
		require.Len(t, v.cookies, 1)
		got := *v.cookies[0]
		assert.NotContains(t, v.state, got.Value)
		assert.Len(t, got.Value, 43, "32 bytes")
		want := http.Cookie{
			Name: prefix + "zohohub_signin_" + v.state[:8], Value: got.Value, Path: "/", MaxAge: 600, HttpOnly: true, Secure: prefix != "",
			SameSite: http.SameSiteLaxMode, Raw: got.Raw,
		}
		assert.Equal(t, want, got)
		other := beginSignIn(t, auth)
		assert.NotEqual(t, got.Name, other.cookies[0].Name, "each tab has its own")
	}
}

// TestTheCookiesOfManySignIns: who begins again and again, and never comes back, must not be refused for a header too long.
func TestTheCookiesOfManySignIns(t *testing.T) {
	t.Parallel()
	cfg := (&zoho{}).config()
	cfg.HTTPClient = signingInJo(&zoho{})
	cfg.RedirectURL = "https://app.example/oauth2callback"
	auth := NewAuth(cfg)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "the service's own"})
	var begun []visit
	for range 12 {
		v := beginSignIn(t, auth)
		begun = append(begun, v)
		r.AddCookie(v.cookies[0])
	}
	w := httptest.NewRecorder()
	auth.LoginHandler().ServeHTTP(w, r)
	resp := w.Result()
	require.NoError(t, resp.Body.Close())
	set := resp.Cookies()
	require.Len(t, set, 4, "the oldest three go, the new one comes: that is ten")
	for i, c := range set[:3] {
		assert.Equal(t, begun[i].cookies[0].Name+"=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", c.Raw)
	}
	assert.Equal(t, 600, set[3].MaxAge)
	for _, v := range begun[3:] {
		_, err := v.finish(t, auth)
		require.NoError(t, err, "each tab's own")
	}
}

// TestAUsedStateIsRemembered for as long as it could be used again.
func TestAUsedStateIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := (&zoho{}).config()
		cfg.HTTPClient = signingInJo(&zoho{})
		cfg.RedirectURL = "https://app.example/oauth2callback"
		auth := NewAuth(cfg)
		pass := func(v visit) {
			t.Helper()
			_, err := v.finish(t, auth)
			require.NoError(t, err)
		}
		replayed := func(v visit) {
			t.Helper()
			_, err := v.finish(t, auth)
			require.ErrorContains(t, err, "finished already")
		}
		pass(beginSignIn(t, auth))
		time.Sleep(10*time.Minute - time.Second)
		v := beginSignIn(t, auth)
		pass(v)
		for range 10 {
			replayed(v)
			pass(beginSignIn(t, auth))
			time.Sleep(59 * time.Second)
		}
		replayed(v)
	})
}
