package zohohub_test

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	filestore "github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/zohohubtest"
)

// hostNoter notes where requests would go, and lets none through.
type hostNoter struct{ asked string }

func (n *hostNoter) RoundTrip(r *http.Request) (*http.Response, error) {
	n.asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errors.New("no network")
}

// ownStore stands for a store of the service's own: no Locker, and nothing else than the interface asks for.
type ownStore struct{ zohohub.TokenStore }

// TestRubySDKOptions: each option of Zoho's Ruby SDK that concerns sign-in and tokens, and what takes its place.
func TestRubySDKOptions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	crm := zohohubtest.NewServer(t)
	cfg := crm.Config()
	cfg.Store = zohohub.NewMemoryStore()
	jo := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: cfg.ClientID, User: "jo@example.com"}

	for option, want := range map[string]struct {
		edit  func(*zohohub.Config)
		asked string
	}{
		"api_base_url": {func(c *zohohub.Config) { c.APIDomain = "https://www.zohoapis.in" }, "https://www.zohoapis.in/crm/v8/org"},
		"accounts_url": {func(c *zohohub.Config) { c.AccountsURL = "https://accounts.zoho.in" }, "https://www.zohoapis.in/crm/v8/org"},
		"com domain":   {func(c *zohohub.Config) { c.DataCenter = zohohub.US }, "https://www.zohoapis.com/crm/v8/org"},
		"api_version":  {func(c *zohohub.Config) { c.APIVersion = "v2" }, "https://www.zohoapis.eu/crm/v2/org"},
		"sandbox":      {func(c *zohohub.Config) { c.Sandbox = true }, "https://sandbox.zohoapis.eu/crm/v8/org"},
	} {
		var n hostNoter
		c := zohohub.Config{ClientID: "1000.FAKE", MaxAttempts: 1, HTTPClient: &http.Client{Transport: &n}}
		want.edit(&c)
		conn, err := zohohub.NewConnection(c, &zohohub.Token{AccessToken: "1000.fake"})
		require.NoError(t, err, option)
		require.Error(t, conn.Get(ctx, "org", nil, nil))
		assert.Equal(t, want.asked, n.asked, option)
	}

	t.Run("access_type", func(t *testing.T) {
		t.Parallel()
		auth := zohohub.NewAuth(cfg)
		assert.Contains(t, auth.URL("state"), "access_type=offline")
		assert.Contains(t, auth.URL("state", zohohub.Online()), "access_type=online")
	})
	t.Run("generate_access_token, current_user_email, isTokenGenerated", func(t *testing.T) {
		t.Parallel()
		auth := zohohub.NewAuth(cfg)
		in, err := auth.SignedIn(ctx, "jo@example.com")
		require.NoError(t, err)
		assert.False(t, in)
		tok, err := auth.Exchange(ctx, crm.GrantCode())
		require.NoError(t, err)
		require.NoError(t, cfg.Store.Save(ctx, jo, tok))
		in, err = auth.SignedIn(ctx, "Jo@Example.com")
		require.NoError(t, err)
		assert.True(t, in)
		conn, err := zohohub.Open(ctx, cfg, "jo@example.com")
		require.NoError(t, err)
		require.NoError(t, conn.Get(ctx, "org", nil, nil))
	})
	t.Run("generate_access_token_from_refresh_token", func(t *testing.T) {
		t.Parallel()
		al := jo
		al.User = "al@example.com"
		require.NoError(t, cfg.Store.Save(ctx, al, &zohohub.Token{RefreshToken: crm.Token().RefreshToken}))
		conn, err := zohohub.Open(ctx, cfg, "al@example.com")
		require.NoError(t, err)
		require.NoError(t, conn.Get(ctx, "org", nil, nil))
		kept, err := cfg.Store.Load(ctx, al)
		require.NoError(t, err)
		assert.NotEmpty(t, kept.AccessToken)
	})
	t.Run("token_persistence_path", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "tokens")
		c := cfg
		var err error
		c.Store, err = filestore.New(dir)
		require.NoError(t, err)
		require.NoError(t, c.Store.Save(ctx, jo, crm.Token()))
		_, err = zohohub.Open(ctx, c, "jo@example.com")
		require.NoError(t, err)
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.NotEmpty(t, files)
	})
	t.Run("persistence_handler_class", func(t *testing.T) {
		t.Parallel()
		c := cfg
		c.Store = ownStore{zohohub.NewMemoryStore()}
		require.NoError(t, c.Store.Save(ctx, jo, crm.Token())) // saveOAuthData
		_, err := c.Store.Load(ctx, jo)                        // getOAuthTokens
		require.NoError(t, err)
		_, err = zohohub.Open(ctx, c, "jo@example.com")
		require.NoError(t, err)
		require.NoError(t, c.Store.Delete(ctx, jo)) // deleteOAuthTokens
		_, err = zohohub.Open(ctx, c, "jo@example.com")
		require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
	})
	t.Run("application_log_file_path, log_in_console", func(t *testing.T) {
		t.Parallel()
		var console strings.Builder
		path := filepath.Join(t.TempDir(), "log.log")
		log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		c := cfg
		debug := &slog.HandlerOptions{Level: slog.LevelDebug}
		c.Logger = slog.New(slog.NewMultiHandler(slog.NewTextHandler(log, debug), slog.NewTextHandler(&console, debug)))
		conn, err := zohohub.NewConnection(c, crm.Token())
		require.NoError(t, err)
		require.NoError(t, conn.Get(ctx, "org", nil, nil))
		require.NoError(t, log.Close())
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Contains(t, string(text), "zohohub: request")
		assert.Equal(t, string(text), console.String())
		assert.NotContains(t, string(text), crm.Token().AccessToken)
	})
}
