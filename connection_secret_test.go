package zohohub_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestNothingOfAConnectionPrintsASecret(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := Config{
		ClientID: "1000.FAKE", ClientSecret: fakeSecret, Logger: logger,
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF}
		})},
		MaxAttempts: 1,
	}
	conn, err := NewConnection(cfg, &Token{AccessToken: fakeAccess, RefreshToken: fakeRefresh})
	require.NoError(t, err)
	err = conn.Get(t.Context(), "Leads/4000000000001", Params{"criteria": "4000000000002"}, nil)
	require.Error(t, err)
	logger.Info("all", "conn", conn, "err", err)
	text := log.String() + err.Error()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text += fmt.Sprintf(verb, conn) + fmt.Sprintf(verb, *conn) + fmt.Sprintf(verb, struct{ C *Connection }{conn}) + fmt.Sprintf(verb, err)
	}
	assert.Contains(t, text, "get Leads/{id}")
	for _, secret := range []string{fakeAccess, fakeRefresh, fakeSecret, fmt.Sprintf("%x", fakeAccess), "4000000000001", "4000000000002"} {
		assert.NotContains(t, text, secret)
	}
}

func TestARefusedTokenIsNotPrinted(t *testing.T) {
	t.Parallel()
	z := &zoho{given: 1, refuse: `{"error":"invalid_code"}`}
	conn := z.connect(t, &Token{AccessToken: fakeAccess, RefreshToken: fakeRefresh})
	require.ErrorIs(t, get(t, conn), ErrInvalidToken)
	inside := struct {
		value   Connection
		pointer *Connection
	}{*conn, conn}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		for _, v := range []any{conn, *conn, inside, &inside, []*Connection{conn}} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{fakeAccess, fakeRefresh, fakeSecret, fmt.Sprintf("%x", fakeAccess)} {
				assert.NotContains(t, text, secret, "%s of %T", verb, v)
			}
		}
	}
	const want = `zohohub.Connection{ClientID:"1000.FAKE" APIDomain:"https://www.zohoapis.eu" APIVersion:"v8"}`
	assert.Equal(t, want+" "+want, fmt.Sprintf("%t %#v", conn, conn))
	assert.Equal(t, `[ClientID=1000.FAKE APIDomain=https://www.zohoapis.eu APIVersion=v8]`, conn.LogValue().String())
}

// What a server or a RoundTripper was given, it may repeat.
func TestAnEchoedTokenIsNotShown(t *testing.T) {
	t.Parallel()
	const odd = "odd-token/of+a=source"
	errBase := errors.New("base")
	for name, fault := range map[string]func(header string) (*http.Response, error){
		"in an error": func(h string) (*http.Response, error) { return nil, fmt.Errorf("sent %s: %w", h, errBase) },
		"in a message": func(h string) (*http.Response, error) {
			return httpmock.NewStringResponse(400, `{"code":"X","message":"header `+h+` is odd","status":"error"}`), nil
		},
		"in junk": func(h string) (*http.Response, error) { return httpmock.NewStringResponse(400, "<p>"+h), nil },
	} {
		for _, token := range []string{fakeAccess, odd} {
			for _, scheme := range []bool{true, false} {
				rt := roundTrip(func(r *http.Request) (*http.Response, error) {
					header := r.Header.Get("Authorization")
					if !scheme {
						header = strings.TrimPrefix(header, "Zoho-oauthtoken ")
					}
					return fault(header)
				})
				conn, err := NewConnection(Config{HTTPClient: &http.Client{Transport: rt}}, &Token{AccessToken: token})
				require.NoError(t, err)
				err = conn.Post(t.Context(), "Leads", Fields{}, nil)
				require.ErrorContains(t, err, "[redacted]", name)
				for e := err; e != nil; e = errors.Unwrap(e) {
					assert.NotContains(t, e.Error(), token, name)
				}
				if name == "in an error" {
					require.ErrorIs(t, err, errBase)
					require.ErrorIs(t, err, ErrOutcomeUnknown)
				}
			}
		}
	}
}
