package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alexedwards/scs/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/zohohubtest"
)

const brunoID = "3652397000000186022"

// serveApp is a copy of the service on a CRM.
func serveApp(t *testing.T, crm *zohohubtest.Server, store zohohub.TokenStore) (address string) {
	t.Helper()
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	cfg := crm.Config()
	cfg.RedirectURL, cfg.Scopes, cfg.Store = server.URL+"/back", scopes, store
	cfg.Logger = slog.New(slog.DiscardHandler)
	if store == nil {
		cfg.Store = zohohub.NewMemoryStore()
	}
	crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
	a, err := newApp(cfg)
	require.NoError(t, err)
	h = a.handler()
	return server.URL
}

// refreshes counts the tokens that the CRM was asked for, but for those of sign-ins.
func refreshes(crm *zohohubtest.Server, signIns int) int {
	n := -signIns
	for _, r := range crm.Requests() {
		if r.Path == "/oauth/v2/token" {
			n++
		}
	}
	return n
}

func TestTwoCopies(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "Company": "Acme"})
	dir := t.TempDir()
	var copies []string
	for range 2 {
		store, err := file.New(dir)
		require.NoError(t, err)
		copies = append(copies, serveApp(t, crm, store))
	}
	browsers := []*browser{newBrowser(t), newBrowser(t)}
	for i, b := range browsers {
		b.signIn(copies[i], "Bruno Costa", "accept")
		for _, address := range copies {
			b.open(address + "/leads")
			require.Len(t, b.rows(), 1, b.page)
		}
	}
	for round := 1; round <= 3; round++ {
		crm.ExpireTokens()
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				b := *browsers[i%2]
				b.open(copies[i/2%2] + "/leads")
				assert.Len(t, b.rows(), 1, b.page)
			})
		}
		group.Wait()
		assert.Equal(t, round, refreshes(crm, 2))
	}
	// Who signs out at one is signed out at both, and in the other browser.
	browsers[0].submit(nil)
	browsers[0].open(copies[1] + "/leads")
	assert.Equal(t, "/", browsers[0].at.Path)
	browsers[1].open(copies[1] + "/leads")
	assert.Equal(t, "/", browsers[1].at.Path)
	assert.Empty(t, browsers[1].cookie(copies[1]))
}

func TestTheSession(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	address := serveApp(t, crm, nil)
	b := newBrowser(t)
	planted := &http.Cookie{Name: "webapp_session", Value: "planted"}
	b.open(address)
	b.client.Jar.SetCookies(b.at, []*http.Cookie{planted})
	var set []string
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		set = append(set, r.Response.Header.Values("Set-Cookie")...)
		return nil
	}
	b.signIn(address, "Bruno Costa", "accept")
	session := b.cookie(address)
	assert.Len(t, session, 43, "a new one, of 256 bits")
	var own []string
	for _, c := range set {
		if rest, ok := strings.CutPrefix(c, "webapp_session="+session+"; "); ok {
			own = append(own, rest)
		}
	}
	require.Len(t, own, 1)
	assert.Regexp(t, `^Path=/; Expires=[^;]*; Max-Age=\d+; HttpOnly; SameSite=Lax$`, own[0])
	assert.Equal(t, "no-store", b.header.Get("Cache-Control"))
	assert.Contains(t, b.header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Equal(t, "same-origin", b.header.Get("Referrer-Policy"))
	assert.Equal(t, "nosniff", b.header.Get("X-Content-Type-Options"))

	// Another site's form signs nobody out.
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/sign-out", nil)
		require.NoError(t, err)
		req.Header.Set(name, value)
		b.show(req)
		assert.Equal(t, http.StatusForbidden, b.status)
	}
	b.open(address + "/sign-out")
	assert.Equal(t, http.StatusNotFound, b.status)
	b.open(address)
	assert.Equal(t, "/leads", b.at.Path, "still signed in")
	b.submit(nil)

	// What the session was is worth nothing.
	b.client.Jar.SetCookies(b.at, []*http.Cookie{{Name: "webapp_session", Value: session}})
	b.open(address + "/leads")
	assert.Equal(t, "/", b.at.Path)
}

func TestCookieBehindHTTPS(t *testing.T) {
	t.Parallel()
	a, err := newApp(zohohub.Config{
		ClientID: "1000.FAKE", ClientSecret: "fake-secret", RedirectURL: "https://app.example/back", Store: zohohub.NewMemoryStore(),
	})
	require.NoError(t, err)
	assert.Equal(t, scs.SessionCookie{
		Name: "__Host-webapp_session", HttpOnly: true, Path: "/", Persist: true, SameSite: http.SameSiteLaxMode, Secure: true,
	}, a.sessions.Cookie)
	assert.Equal(t, "https://app.example", a.origin)
}

func TestSeveralUsers(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.SeedFunc("Leads", 51, func(int) zohohub.Fields {
		return zohohub.Fields{"Last_Name": "<script>alert(1)</script>", "Company": "Acme"}
	})
	address := serveApp(t, crm, nil)
	ana, bruno := newBrowser(t), newBrowser(t)
	ana.signIn(address, "Ana Silva", "accept")
	bruno.signIn(address, "Bruno Costa", "accept")
	for b, mail := range map[*browser]string{ana: "ana.silva@example.com", bruno: "bruno.costa@example.com"} {
		b.open(address + "/leads?page=2")
		assert.Contains(t, b.page, `<b id="user">`+mail+`</b>`)
		assert.Equal(t, [][]string{{"&lt;script&gt;alert(1)&lt;/script&gt;", "Acme", "", "", "Ana Silva"}}, b.rows())
		assert.Contains(t, b.page, `<a href="/leads?page=1" rel="prev">Previous</a>`)
		assert.NotContains(t, b.page, "Next")
		b.open(address + "/leads")
		assert.Len(t, b.rows(), 50)
		assert.Contains(t, b.page, `<a href="/leads?page=2" rel="next">Next</a>`)
		b.open(address + "/leads?page=3")
		assert.Contains(t, b.page, "There are none on this page.")
		for _, page := range []string{"0", "41", "x"} {
			b.open(address + "/leads?page=" + page)
			assert.Equal(t, http.StatusNotFound, b.status)
		}
	}
	// One withdraws the consent at Zoho; it ends nothing of the other's.
	crm.RevokeTokensOf(brunoID)
	bruno.open(address + "/leads")
	assert.Equal(t, "/", bruno.at.Path)
	ana.open(address + "/leads")
	assert.Equal(t, "/leads", ana.at.Path)
}

func TestWhatMayGoWrong(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	address := serveApp(t, crm, nil)
	b := newBrowser(t)
	b.signIn(address, "Bruno Costa", "reject")
	assert.Equal(t, http.StatusForbidden, b.status)
	assert.Contains(t, b.page, "You have not allowed access")
	b.open(address + "/leads")
	assert.Equal(t, "/", b.at.Path)
	b.open(address + "/back?state=x&code=1000.fake")
	assert.Equal(t, http.StatusForbidden, b.status)
	assert.Contains(t, b.page, "The sign-in took too long")
	b.open(address + "/nowhere")
	assert.Equal(t, http.StatusNotFound, b.status)
	assert.Contains(t, b.page, "There is no such page.")

	b.signIn(address, "Bruno Costa", "accept")
	for range 10 {
		crm.ExpireTokens()
		b.open(address + "/leads")
		require.Equal(t, http.StatusOK, b.status)
	}
	crm.ExpireTokens()
	b.open(address + "/leads")
	assert.Equal(t, http.StatusServiceUnavailable, b.status)
	assert.Contains(t, b.page, "Zoho is asked too often. Please try again in 10 minutes.")
	assert.Regexp(t, `^\d{3}$`, b.header.Get("Retry-After"))
	assert.Equal(t, 10, refreshes(crm, 1), "the eleventh is not sent")
}

func TestSignOutWithoutZoho(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	store := zohohub.NewMemoryStore()
	address := serveApp(t, crm, store)
	b := newBrowser(t)
	b.signIn(address, "Bruno Costa", "accept")
	crm.Inject(zohohubtest.Fault{Path: "/oauth/v2/token/revoke", Status: http.StatusServiceUnavailable, Times: 10})
	b.submit(nil)
	assert.Equal(t, http.StatusBadGateway, b.status)
	assert.Contains(t, b.page, "Zoho could not be told.")
	b.open(address + "/leads")
	assert.Equal(t, "/", b.at.Path, "whoever uses the browser next does not see the leads")
	keys, err := store.List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{{Service: zohohub.ServiceCRM, ClientID: crm.Config().ClientID, User: "bruno.costa@example.com"}}, keys)
}

// brokenStore is a store whose database has gone.
type brokenStore struct {
	zohohub.TokenStore

	broken atomic.Bool
}

func (s *brokenStore) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	if s.broken.Load() {
		return nil, errors.New("dial tcp: fake-db: connection refused")
	}
	return s.TokenStore.Load(ctx, key)
}

func TestAStoreThatHasGone(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	store := &brokenStore{TokenStore: zohohub.NewMemoryStore()}
	address := serveApp(t, crm, store)
	b := newBrowser(t)
	b.signIn(address, "Bruno Costa", "accept")
	store.broken.Store(true)
	b.open(address + "/leads")
	assert.Equal(t, http.StatusBadGateway, b.status)
	assert.Contains(t, b.page, "That did not work")
	assert.NotContains(t, b.page, "fake-db")
	store.broken.Store(false)
	b.open(address + "/leads")
	assert.Equal(t, http.StatusOK, b.status, "the session was not lost")
}
