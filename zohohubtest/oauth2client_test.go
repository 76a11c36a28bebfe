package zohohubtest

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
)

// TestOAuth2Client: golang.org/x/oauth2 signs in and renews as it is, in each of its styles.
func TestOAuth2Client(t *testing.T) {
	t.Parallel()
	for name, style := range map[string]oauth2.AuthStyle{
		"found out": oauth2.AuthStyleAutoDetect, "in params": oauth2.AuthStyleInParams, "in header": oauth2.AuthStyleInHeader,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: s.Transport()})
			conf := &oauth2.Config{
				ClientID: defaultClientID, ClientSecret: defaultClientSecret, RedirectURL: defaultRedirectURL,
				Scopes:   []string{"ZohoCRM.users.READ,ZohoCRM.modules.ALL"}, // it joins by spaces
				Endpoint: oauth2.Endpoint{AuthURL: s.URL() + "/oauth/v2/auth", TokenURL: s.URL() + "/oauth/v2/token", AuthStyle: style},
			}
			page, err := http.NewRequestWithContext(ctx, http.MethodGet, conf.AuthCodeURL("a state", oauth2.AccessTypeOffline, oauth2.ApprovalForce), nil)
			require.NoError(t, err)
			back, _ := browser{t, s}.decide(page.URL.Query(), "accept")
			assert.Equal(t, "a state", back.Query().Get("state"))

			tok, err := conf.Exchange(ctx, back.Query().Get("code"))
			require.NoError(t, err)
			assert.WithinDuration(t, s.Now().Add(time.Hour), tok.Expiry, time.Minute)
			assert.Equal(t, []any{"Bearer", s.URL(), "ZohoCRM.users.READ ZohoCRM.modules.ALL"}, []any{tok.TokenType, tok.Extra("api_domain"), tok.Extra("scope")})
			assert.Equal(t, noRecords, list(t, s, tok.AccessToken))

			tok.Expiry = time.Now().Add(-time.Second)
			renewed, err := conf.TokenSource(ctx, tok).Token()
			require.NoError(t, err)
			assert.NotEqual(t, tok.AccessToken, renewed.AccessToken)
			assert.Equal(t, tok.RefreshToken, renewed.RefreshToken, "it keeps what does not come again")

			_, err = conf.Exchange(ctx, back.Query().Get("code"))
			var refused *oauth2.RetrieveError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, []any{"invalid_code", http.StatusOK}, []any{refused.ErrorCode, refused.Response.StatusCode})
		})
	}
}
