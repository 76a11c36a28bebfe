package zohohub_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// duringARefresh does something while a connection of Jo's refreshes, and waits for the end of both.
func duringARefresh(t *testing.T, do func(*Auth)) Config {
	t.Helper()
	z := &zoho{pause: 5 * time.Second}
	cfg, _ := storing(t, z, offline)
	cfg.HTTPClient = signingInJo(z)
	cfg.RedirectURL = "https://app.example/oauth2callback"
	conn := openJo(t, cfg)
	refreshed := make(chan error, 1)
	go func() {
		_, err := conn.Token(t.Context())
		refreshed <- err
	}()
	synctest.Wait()
	do(NewAuth(cfg))
	require.NoError(t, <-refreshed)
	assert.Equal(t, 1, z.asked)
	return cfg
}

// TestWhoSignsOutDuringARefresh stays signed out: the refresh puts nothing back.
func TestWhoSignsOutDuringARefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := duringARefresh(t, func(auth *Auth) { require.NoError(t, auth.SignOut(t.Context(), jo)) })
		keys, err := cfg.Store.List(t.Context())
		require.NoError(t, err)
		assert.Empty(t, keys)
	})
}

// TestWhoSignsInDuringARefresh has the new token: the refresh does not put back the old one.
func TestWhoSignsInDuringARefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := duringARefresh(t, func(auth *Auth) {
			_, err := beginSignIn(t, auth).finish(t, auth)
			require.NoError(t, err)
		})
		assert.Equal(t, "1000.fake-refresh-anew", storedToken(t, cfg).RefreshToken)
	})
}

// TestWhoLeavesWhileSignedOut is signed out here, too, when Zoho has revoked the token.
func TestWhoLeavesWhileSignedOut(t *testing.T) {
	t.Parallel()
	withFaults(t, func(t *testing.T, z *zoho, cfg Config, _ *faultyStore) {
		ctx, leave := context.WithCancel(t.Context())
		next := signingInJo(z).Transport
		cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			defer leave()
			return next.RoundTrip(r)
		})}
		require.NoError(t, NewAuth(cfg).SignOut(ctx, jo))
		require.Error(t, ctx.Err())
		keys, err := cfg.Store.List(t.Context())
		require.NoError(t, err)
		assert.Empty(t, keys)
	})
}
