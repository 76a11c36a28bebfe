package zohohub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func fullToken() zohohub.Token {
	return zohohub.Token{
		AccessToken: "1000.fake-access-token", RefreshToken: "1000.fake-refresh-token",
		APIDomain: "https://u:fake-password@www.zohoapis.eu?key=fake-password", AccountsURL: "https://accounts.zoho.eu",
		Scope: "ZohoCRM.modules.ALL", Expiry: time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC),
		Extra: map[string]string{"id_token": "fake-id-token", "a": "fake-password"},
	}
}

func fullConfig() zohohub.Config {
	return zohohub.Config{
		ClientID: "1000.FAKECLIENTID", ClientSecret: "fake-client-secret", RedirectURL: "https://app.example/cb?key=fake-password",
		Scopes: []string{"a", "b"}, DataCenter: zohohub.US, APIDomain: "https://u:fake-password@www.zohoapis.com",
		AccountsURL: "://fake-password", APIVersion: "v8", Sandbox: true, MaxConcurrency: 3, MaxAttempts: 2, Timeout: time.Second,
	}
}

func TestTokenAndConfigShowNoSecret(t *testing.T) {
	t.Parallel()
	tok, cfg := fullToken(), fullConfig()
	auth := zohohub.NewAuth(zohohub.Config{ClientID: "1000.FAKECLIENTID", ClientSecret: "fake-client-secret"})
	type both struct {
		Token  zohohub.Token
		Config zohohub.Config
		Auth   zohohub.Auth
		Tokens []*zohohub.Token
	}
	values := map[string]any{
		"token": tok, "token pointer": &tok, "tokens": []zohohub.Token{tok}, "token pointers": []*zohohub.Token{&tok},
		"token map": map[string]zohohub.Token{"jo": tok}, "token pointer map": map[string]*zohohub.Token{"jo": &tok},
		"config": cfg, "config pointer": &cfg, "configs": []zohohub.Config{cfg}, "config pointers": []*zohohub.Config{&cfg},
		"config map": map[string]zohohub.Config{"jo": cfg}, "config pointer map": map[string]*zohohub.Config{"jo": &cfg},
		"auth": *auth, "auth pointer": auth, "auths": []zohohub.Auth{*auth}, "auth pointers": []*zohohub.Auth{auth},
		"auth map": map[string]zohohub.Auth{"jo": *auth}, "auth pointer map": map[string]*zohohub.Auth{"jo": auth},
		"struct": both{tok, cfg, *auth, []*zohohub.Token{&tok}}, "struct pointer": &both{tok, cfg, *auth, nil},
		"error": fmt.Errorf("no luck with %v and %+v", tok, cfg),
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
				hush(t, verb, fmt.Sprintf(verb, v))
			}
			hush(t, "Sprint", fmt.Sprint(v))
			var text, asJSON bytes.Buffer
			slog.New(slog.NewTextHandler(&text, nil)).Info("m", "v", v, slog.Group("g", "v", v))
			hush(t, "slog text", text.String())
			slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("m", "v", v, slog.Group("g", "v", v))
			hush(t, "slog JSON", asJSON.String())
			data, err := json.Marshal(v)
			hush(t, "JSON", string(data), fmt.Sprint(err))
		})
	}
}

// fmt cannot call methods there, so that pointers are what hides the secrets.
func TestPointersInUnexportedFieldsShowNoSecret(t *testing.T) {
	t.Parallel()
	tok, cfg := fullToken(), fullConfig()
	auth := zohohub.NewAuth(zohohub.Config{ClientID: "1000.FAKECLIENTID", ClientSecret: "fake-client-secret"})
	conn, err := zohohub.NewConnection(zohohub.Config{ClientSecret: "fake-client-secret"}, &zohohub.Token{AccessToken: "1000.fake-access-token"})
	require.NoError(t, err)
	v := struct {
		token     *zohohub.Token
		config    *zohohub.Config
		auth      *zohohub.Auth
		conn      *zohohub.Connection
		authValue zohohub.Auth
		connValue zohohub.Connection
	}{&tok, &cfg, auth, conn, *auth, *conn}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		hush(t, verb, fmt.Sprintf(verb, v), fmt.Sprintf(verb, &v))
	}
}

// hush searches for a secret, in hexadecimal too.
func hush(t *testing.T, how string, outs ...string) {
	t.Helper()
	for _, out := range outs {
		for _, part := range []string{"fake-", fmt.Sprintf("%x", "fake-"), fmt.Sprintf("%X", "fake-")} {
			assert.NotContains(t, out, part, how)
		}
	}
}

func TestTokenAndConfigInWords(t *testing.T) {
	t.Parallel()
	tok, cfg := fullToken(), fullConfig()
	assert.Equal(t, `zohohub.Token{AccessToken:"[redacted]" RefreshToken:"[redacted]" APIDomain:"https://www.zohoapis.eu" `+
		`AccountsURL:"https://accounts.zoho.eu" Scope:"ZohoCRM.modules.ALL" Expiry:"2026-05-01T12:00:00Z" Extra:"a,id_token"}`, tok.String())
	assert.Equal(t, tok.String(), fmt.Sprintf("%#v", &tok))
	assert.Equal(t, tok.String(), tok.GoString())
	assert.Equal(t, cfg.String(), cfg.GoString())
	assert.Equal(t, "zohohub.Token{}", fmt.Sprint(zohohub.Token{}))
	assert.Equal(t, "<nil>", fmt.Sprint((*zohohub.Token)(nil)))
	assert.Equal(t, "zohohub.Auth{} zohohub.Connection{}", fmt.Sprint(zohohub.Auth{}, zohohub.Connection{}))

	assert.Equal(t, `zohohub.Config{ClientID:"1000.FAKECLIENTID" ClientSecret:"[redacted]" RedirectURL:"https://app.example/cb" `+
		`Scopes:"a,b" DataCenter:"us" AccountsURL:"[redacted]" APIDomain:"https://www.zohoapis.com" APIVersion:"v8" `+
		`Sandbox:true MaxConcurrency:3 MaxAttempts:2 Timeout:"1s"}`, fmt.Sprintf("%+v", cfg))
	data, err := json.Marshal(cfg)
	require.NoError(t, err)
	assert.JSONEq(t, `{"ClientID":"1000.FAKECLIENTID","ClientSecret":"[redacted]","RedirectURL":"https://app.example/cb",
		"Scopes":"a,b","DataCenter":"us","AccountsURL":"[redacted]","APIDomain":"https://www.zohoapis.com","APIVersion":"v8",
		"Sandbox":true,"MaxConcurrency":3,"MaxAttempts":2,"Timeout":"1s"}`, string(data))

	auth := zohohub.NewAuth(zohohub.Config{ClientID: "1000.FAKECLIENTID", ClientSecret: "fake-client-secret"})
	assert.Equal(t, `zohohub.Auth{ClientID:"1000.FAKECLIENTID" AccountsURL:"https://accounts.zoho.eu"}`, fmt.Sprintf("%#v", auth))
	assert.Equal(t, auth.String(), auth.GoString())

	var line bytes.Buffer
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewTextHandler(&line, &slog.HandlerOptions{ReplaceAttr: drop}))
	log.Info("m", "tok", &zohohub.Token{AccessToken: "1000.fake", Scope: "s"})
	log.Info("m", "cfg", zohohub.Config{ClientSecret: "fake", Sandbox: true})
	log.Info("m", "auth", auth)
	assert.Equal(t, `level=INFO msg=m tok.AccessToken=[redacted] tok.Scope=s
level=INFO msg=m cfg.ClientSecret=[redacted] cfg.DataCenter=eu cfg.Sandbox=true
level=INFO msg=m auth.ClientID=1000.FAKECLIENTID auth.AccountsURL=https://accounts.zoho.eu
`, line.String())
}

func TestTokenRefusesJSON(t *testing.T) {
	t.Parallel()
	tok := fullToken()
	for _, v := range []any{tok, &tok, []zohohub.Token{tok}, map[string]*zohohub.Token{"jo": &tok}} {
		data, err := json.Marshal(v)
		require.ErrorContains(t, err, "zohohub: a Token holds secrets; use EncodeToken to store it")
		assert.Empty(t, data)
	}
}

func TestEncodeToken(t *testing.T) {
	t.Parallel()
	tok := fullToken()
	data, err := zohohub.EncodeToken(&tok)
	require.NoError(t, err)
	assert.JSONEq(t, `{"access_token":"1000.fake-access-token","refresh_token":"1000.fake-refresh-token",`+
		`"api_domain":"https://u:fake-password@www.zohoapis.eu?key=fake-password","accounts_url":"https://accounts.zoho.eu",`+
		`"scope":"ZohoCRM.modules.ALL","expiry":"2026-05-01T12:00:00Z","extra":{"a":"fake-password","id_token":"fake-id-token"}}`, string(data))
	got, err := zohohub.DecodeToken(data)
	require.NoError(t, err)
	assert.Equal(t, &tok, got)

	data, err = zohohub.EncodeToken(&zohohub.Token{RefreshToken: "1000.fake"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"refresh_token":"1000.fake"}`, string(data))

	_, err = zohohub.EncodeToken(nil)
	require.EqualError(t, err, "zohohub: encode token: the token is nil")
	_, err = zohohub.EncodeToken(&zohohub.Token{User: "jo@example.com", Scope: "ZohoCRM.modules.ALL"})
	require.EqualError(t, err, "zohohub: encode token: neither an access token nor a refresh token")
	_, err = zohohub.EncodeToken(&zohohub.Token{AccessToken: "1000.fake-access-token", Expiry: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.ErrorContains(t, err, "zohohub: encode token: ")
	hush(t, "error", err.Error())
}

func TestDecodeTokenFaults(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "null", "[]", "fake-secret", `{"access_token":"1000.fake-access-token`, `{"access_token":7}`, `{}`, `{"access_token":""}`,
		`{"access_token":"1000.fake","expiry":"fake-secret"}`, `{"access_token":"1000.fake","extra":["fake-secret"]}`,
	} {
		tok, err := zohohub.DecodeToken([]byte(data))
		require.ErrorContains(t, err, "zohohub: decode token: ", data)
		hush(t, "error", err.Error())
		assert.Nil(t, tok)
	}
	tok, err := zohohub.DecodeToken([]byte(`{"access_token":"1000.fake","of_a_later_version":1}`))
	require.NoError(t, err)
	assert.Equal(t, &zohohub.Token{AccessToken: "1000.fake"}, tok)
}

func FuzzDecodeToken(f *testing.F) {
	tok := fullToken()
	data, err := zohohub.EncodeToken(&tok)
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"refresh_token":"1000.fake","expiry":"0001-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"access_token":"1000.fake","expiry":"2026-05-01T12:00:00+05:30","extra":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := zohohub.DecodeToken(data)
		if err != nil {
			assert.Nil(t, tok)
			return
		}
		again, err := zohohub.EncodeToken(tok)
		require.NoError(t, err)
		tok2, err := zohohub.DecodeToken(again)
		require.NoError(t, err)
		assert.True(t, tok.Expiry.Equal(tok2.Expiry))
		assert.Equal(t, tok.AccessToken, tok2.AccessToken)
		assert.Equal(t, tok.RefreshToken, tok2.RefreshToken)
	})
}
