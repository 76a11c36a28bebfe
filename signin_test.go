package zohohub_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// portal is a web service with a sign-in, on loopback.
type portal struct {
	*httptest.Server

	auth   *Auth
	cfg    Config
	tokens []*Token
	errs   []error
}

// newPortal serves the sign-in of a fake; edits change its configuration.
func newPortal(t *testing.T, crm *zohohubtest.Server, edits ...func(*Config)) *portal {
	t.Helper()
	p := &portal{}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(overheard(mux))
	t.Cleanup(p.Close)
	p.cfg = crm.Config()
	p.cfg.RedirectURL = p.URL + "/callback"
	p.cfg.Logger = suite.Logger("a sign-in")
	for _, edit := range edits {
		edit(&p.cfg)
	}
	crm.AddClient(p.cfg.ClientID, p.cfg.ClientSecret, p.cfg.RedirectURL)
	p.auth = NewAuth(p.cfg)
	mux.Handle("/login", p.auth.LoginHandler())
	mux.Handle("/callback", p.auth.CallbackHandler(func(w http.ResponseWriter, r *http.Request, tok *Token) {
		p.tokens = append(p.tokens, tok)
		http.Redirect(w, r, "/leads", http.StatusSeeOther)
	}))
	mux.HandleFunc("/leads", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "leads") })
	return p
}

// browser keeps cookies and follows Zoho's redirects.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
}

// page reads an answer whole.
func pageOf(t *testing.T, resp *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// consent goes to the login page and decides, as a user would.
func (p *portal) consent(t *testing.T, b *http.Client, decision string) (*http.Response, error) {
	t.Helper()
	resp, err := b.Get(p.URL + "/login")
	require.NoError(t, err)
	status, _ := pageOf(t, resp, nil)
	require.Equal(t, http.StatusOK, status)
	form := resp.Request.URL.Query()
	form.Set("decision", decision)
	zoho := *resp.Request.URL
	zoho.RawQuery = ""
	return b.PostForm(zoho.String(), form)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	p := newPortal(t, crm)
	b := browser(t)
	resp, err := p.consent(t, b, "accept")
	status, text := pageOf(t, resp, err)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "leads", text)
	require.Len(t, p.tokens, 1)
	tok := p.tokens[0]
	assert.NotEmpty(t, tok.User)

	users, err := p.auth.Users(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Key{{ServiceCRM, p.cfg.ClientID, "", tok.User}}, users)
	in, err := p.auth.SignedIn(t.Context(), strings.ToUpper(tok.User))
	require.NoError(t, err)
	assert.True(t, in)
	conn, err := p.auth.Open(t.Context(), tok.User)
	require.NoError(t, err)
	require.NoError(t, conn.Get(t.Context(), "org", nil, nil))

	require.NoError(t, p.auth.SignOut(t.Context(), tok.User))
	in, err = p.auth.SignedIn(t.Context(), tok.User)
	require.NoError(t, err)
	assert.False(t, in)
	require.NoError(t, p.auth.SignOut(t.Context(), tok.User), "twice is once")
	_, err = p.auth.Open(t.Context(), tok.User)
	require.ErrorIs(t, err, ErrTokenNotFound)
	_, err = p.auth.Refresh(t.Context(), tok.RefreshToken)
	require.ErrorIs(t, err, ErrAuthentication, "revoked at Zoho")
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	p := newPortal(t, crm)
	resp, err := p.consent(t, browser(t), "reject")
	status, text := pageOf(t, resp, err)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, text, "The sign-in was refused")
	assert.Empty(t, p.tokens)
}

// TestAStrangeCallback: what comes back through a browser is anybody's to write.
func TestAStrangeCallback(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	p := newPortal(t, crm)
	var callback string
	b := browser(t)
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := p.consent(t, b, "accept")
	pageOf(t, resp, err)
	change := func(name, value string) string {
		u, err := url.Parse(callback)
		require.NoError(t, err)
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	state := mustQuery(t, callback).Get("state")
	for name, c := range map[string]struct {
		client *http.Client
		url    string
	}{
		"another browser":  {browser(t), callback},
		"no state":         {b, change("state", "")},
		"not a state":      {b, change("state", "x")},
		"another's state":  {b, change("state", "A"+strings.Repeat("A", len(state)-1))},
		"code and refusal": {b, change("error", "access_denied")},
		"two codes":        {b, callback + "&code=1000.fake"},
		"strange accounts": {b, change("accounts-server", "https://accounts.zoho.com.evil.example")},
	} {
		resp, err := c.client.Get(c.url)
		status, _ := pageOf(t, resp, err)
		assert.Equal(t, http.StatusForbidden, status, name)
		assert.Empty(t, p.tokens, name)
	}
}

func mustQuery(t *testing.T, raw string) url.Values {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	return u.Query()
}

func TestACallbackIsNotReplayed(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	p := newPortal(t, crm)
	b := browser(t)
	var callback *http.Request
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			callback = r
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := p.consent(t, b, "accept")
	pageOf(t, resp, err)
	require.NotNil(t, callback)
	cookies := b.Jar.Cookies(callback.URL)
	require.Len(t, cookies, 1)
	for i, want := range []int{http.StatusSeeOther, http.StatusForbidden} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, callback.URL.String(), nil)
		r.AddCookie(cookies[0]) // which a thief would keep
		w := httptest.NewRecorder()
		p.Config.Handler.ServeHTTP(w, r)
		assert.Equal(t, want, w.Code, i)
	}
	require.Len(t, p.tokens, 1)
}

func TestOnSignInError(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	var got error
	h := NewAuth(crm.Config()).CallbackHandler(nil, OnSignInError(func(w http.ResponseWriter, _ *http.Request, err error) {
		got = err
		w.WriteHeader(http.StatusTeapot)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/callback?error=access_denied&state=x", nil))
	assert.Equal(t, http.StatusTeapot, w.Code)
	require.ErrorIs(t, got, ErrAuthentication)
	var e *Error
	require.ErrorAs(t, got, &e)
	assert.Equal(t, "sign in", e.Op)
}
