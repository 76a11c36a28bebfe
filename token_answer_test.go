package zohohub_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestExpiry(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]time.Duration{
		`"expires_in":3600`:                            time.Hour,
		`"expires_in":"3600"`:                          time.Hour,
		`"expires_in_sec":3600,"expires_in":3600000`:   time.Hour,
		`"expires_in":3600000,"expires_in_sec":"3600"`: time.Hour,
		`"expires_in_sec":null,"expires_in":3600000`:   time.Hour,
		`"expires_in_sec":3600`:                        time.Hour,
		`"expires_in":0`:                               0,
		`"expires_in":-1`:                              0,
		`"expires_in":1e300`:                           0,
		`"expires_in":"NaN"`:                           0,
		`"expires_in":{}`:                              0,
		`"expires_in":null`:                            0,
		`"other":1`:                                    0,
	} {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var got []seen
				auth, mock := signIn(nil)
				mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake",`+fields+`}`))
				tok, err := auth.Exchange(t.Context(), "1000.fake-code")
				require.NoError(t, err)
				if want == 0 {
					assert.Zero(t, tok.Expiry)
					return
				}
				assert.Equal(t, time.Now().UTC().Add(want), tok.Expiry)
			})
		})
	}
}

func TestAuthRefusals(t *testing.T) {
	t.Parallel()
	const notJSON = "the answer is not Zoho's JSON"
	for name, tt := range map[string]struct {
		status int
		body   string
		want   zohohub.Error // without Op
		is     []error
	}{
		"invalid_code with 200": {200, `{"error":"invalid_code"}`, zohohub.Error{Code: "invalid_code"}, []error{zohohub.ErrAuthentication}},
		"invalid_client": {200, `{"error":"invalid_client"}`, zohohub.Error{Code: "invalid_client",
			Message: "no such client id in data center eu, or the client is not enabled for it"}, []error{zohohub.ErrAuthentication}},
		"invalid_client_secret with 401": {401, `{"error":"invalid_client_secret"}`, zohohub.Error{Code: "invalid_client_secret",
			Message: "the client secret is wrong for this client id in data center eu"}, []error{zohohub.ErrAuthentication}},
		"an error beside a token": {200, `{"access_token":"1000.fake-access-token","status":"success","error":"invalid_code"}`,
			zohohub.Error{Code: "invalid_code"}, []error{zohohub.ErrAuthentication}},
		"throttled": {400, `{"error_description":"您的请求过于频繁","error":"Access Denied","status":"failure"}`, zohohub.Error{Code: "Access Denied",
			Message: "too many token requests; Zoho gives about 10 access tokens in 10 minutes for a refresh token: wait some minutes"},
			[]error{zohohub.ErrTokenThrottled, zohohub.ErrRateLimited}},
		"throttled with 200": {200, `{"error":"Access Denied"}`, zohohub.Error{Code: "Access Denied",
			Message: "too many token requests; Zoho gives about 10 access tokens in 10 minutes for a refresh token: wait some minutes"},
			[]error{zohohub.ErrTokenThrottled, zohohub.ErrRateLimited}},
		"a word of its own": {400, `{"error":"moon_phase","error_description":"not for fake-client-secret, ` + sent + ` or 1000.fake-other"}`,
			zohohub.Error{Code: "moon_phase", Message: "not for [redacted], [redacted] or [redacted]"}, nil},
		"a secret as the word": {400, `{"error":"` + sent + `"}`, zohohub.Error{Code: "[redacted]"}, nil},
		"500 in JSON":          {500, `{"error":"general_error"}`, zohohub.Error{Code: "general_error", Message: "Zoho did not say why"}, []error{zohohub.ErrInternal}},
		"500 without words":    {500, `{}`, zohohub.Error{}, []error{zohohub.ErrInternal}},
		"502 in HTML": {502, "<html>\n<b>Bad gateway for " + sent + " and fake-sent%2Fcode%2B1</b>" + strings.Repeat("x", 99),
			zohohub.Error{Message: notJSON + `: "<html>\n<b>Bad gateway for [redacted] and [redacted]</b>xxxxxxxxxxxxxxxxxxxxxxxxx"`}, []error{zohohub.ErrInternal}},
		"503 empty":            {503, "", zohohub.Error{Message: "the answer is empty"}, []error{zohohub.ErrInternal}},
		"200 empty":            {200, "", zohohub.Error{Message: "the answer is empty"}, nil},
		"204":                  {204, "", zohohub.Error{Message: "the answer is empty"}, nil},
		"200 in HTML":          {200, "<html>", zohohub.Error{Message: notJSON + `: "<html>"`}, nil},
		"200 null":             {200, "null", zohohub.Error{Message: notJSON + `: "null"`}, nil},
		"200 list":             {200, `["x"]`, zohohub.Error{Message: notJSON + `: "[\"x\"]"`}, nil},
		"a cut token":          {200, `{"access_token":"fake-acc`, zohohub.Error{Message: notJSON}, nil},
		"a form, not JSON":     {200, `access_token=fake-access-token&status=success`, zohohub.Error{Message: notJSON}, nil},
		"a secret at the edge": {200, strings.Repeat("y", 70) + "fake-client-secret", zohohub.Error{Message: notJSON + `: "` + strings.Repeat("y", 70) + `[redacted]"`}, nil},
		"a redirect":           {302, `<a href="https://evil.example/?x">`, zohohub.Error{Message: "the answer is a redirect; none is followed"}, nil},
	} {
		for op, call := range ops {
			t.Run(name+"/"+op, func(t *testing.T) {
				t.Parallel()
				var got []seen
				auth, mock := signIn(nil)
				respond := answer(&got, tt.status, tt.body)
				mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					resp, err := respond(req)
					if err == nil && tt.status/100 == 3 {
						resp.Header.Set("Location", "https://evil.example/")
					}
					return resp, err
				})

				err := call(t.Context(), auth)

				var e *zohohub.Error
				require.ErrorAs(t, err, &e)
				want := tt.want
				want.Op, want.Status, want.Index = op, tt.status, -1
				if want.Code == "invalid_code" { // there is a code in one of the three only
					want.Message = map[bool]string{
						true:  "the grant code was used before, is too old (most live two minutes), or is not of data center eu: get a new one",
						false: "the refresh token was revoked, gave way to newer ones (Zoho keeps 20 of a user), or is not of data center eu: the user has to sign in again",
					}[op == "exchange"]
				}
				assert.Equal(t, want, *e)
				for _, sentinel := range []error{zohohub.ErrAuthentication, zohohub.ErrTokenThrottled, zohohub.ErrRateLimited, zohohub.ErrInternal} {
					assert.Equal(t, slices.Contains(tt.is, sentinel), errors.Is(err, sentinel), "%v", sentinel)
				}
				hush(t, "error", err.Error())
				assert.Len(t, got, 1, "asked once")
			})
		}
	}
}

func TestTokenAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"status":"success"}`:                                                                  "the answer holds no access token",
		`{"access_token":""}`:                                                                   "the answer holds no access token",
		`{"access_token":null}`:                                                                 "the answer holds no access token",
		`{"access_token":["1000"]}`:                                                             "the answer holds no access token",
		`{"access_token":"1000.fake\r\nX-Evil: 1"}`:                                             "the access token does not fit into a header",
		`{"access_token":"1000.fäke"}`:                                                          "the access token does not fit into a header",
		`{"access_token":"1000.fake access"}`:                                                   "the access token does not fit into a header",
		`{"access_token":"1000.fake","api_domain":"https://evil.example"}`:                      `api_domain of the answer: host "evil.example" is none of Zoho's`,
		`{"access_token":"1000.fake","api_domain":"http://www.zohoapis.eu"}`:                    `api_domain of the answer is http, and host "www.zohoapis.eu" is not loopback`,
		`{"access_token":"1000.fake","api_domain":"https://accounts.zoho.eu"}`:                  "api_domain of the answer is an accounts server; the API domain is https://www.zohoapis.eu",
		`{"access_token":"1000.fake","api_domain":"https://fake-client-secret.zoho.example.x"}`: `api_domain of the answer: host "[redacted].zoho.example.x" is none of Zoho's`,
	} {
		for _, op := range []string{"exchange", "refresh"} {
			t.Run(op+body, func(t *testing.T) {
				t.Parallel()
				var got []seen
				auth, mock := signIn(nil)
				mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, body))
				var e *zohohub.Error
				require.ErrorAs(t, ops[op](t.Context(), auth), &e)
				assert.Equal(t, zohohub.Error{Op: op, Status: 200, Message: want, Index: -1}, *e)
			})
		}
	}
}

func TestRevokeBelievesOnlySuccess(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"status":"failure"}`, `{"status":true}`, `{"access_token":"1000.fake"}`} {
		var got []seen
		auth, mock := signIn(nil)
		mock.RegisterResponder(http.MethodPost, revokeURL, answer(&got, 200, body))
		var e *zohohub.Error
		require.ErrorAs(t, auth.Revoke(t.Context(), sent), &e, body)
		assert.Equal(t, zohohub.Error{Op: "revoke", Status: 200, Message: "Zoho did not say that the token is revoked", Index: -1}, *e)
	}
}

func TestAuthRetryAfter(t *testing.T) {
	t.Parallel()
	for _, call := range ops {
		auth, mock := signIn(nil)
		mock.RegisterNoResponder(httpmock.NewStringResponder(400, `{"error":"Access Denied"}`).HeaderSet(http.Header{"Retry-After": {"90"}}))
		var e *zohohub.Error
		require.ErrorAs(t, call(t.Context(), auth), &e)
		assert.Equal(t, 90*time.Second, e.RetryAfter)
	}
}

func TestAuthWithoutClientSecret(t *testing.T) {
	t.Parallel()
	var got []seen
	auth, mock := signIn(func(c *zohohub.Config) { c.ClientSecret = "" })
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 502, "<html>"))
	_, err := auth.Refresh(t.Context(), sent)
	require.EqualError(t, err, `zohohub: refresh: the answer is not Zoho's JSON: "<html>" (HTTP 502)`)
	assert.Equal(t, posted(tokenURL, "client_id=1000.FAKECLIENTID&grant_type=refresh_token&refresh_token=fake-sent%2Fcode%2B1"), got)
}

func TestLoopbackAPIDomain(t *testing.T) {
	t.Parallel()
	var got []seen
	const domain = `{"access_token":"1000.fake","api_domain":"http://127.0.0.1:8484"}`
	local, mock := signIn(func(c *zohohub.Config) { c.AccountsURL, c.APIDomain = "http://127.0.0.1:9", "" })
	mock.RegisterResponder(http.MethodPost, "http://127.0.0.1:9/oauth/v2/token", answer(&got, 200, domain))
	tok, err := local.Exchange(t.Context(), "1000.fake-code")
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:8484", tok.APIDomain)

	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, domain))
	_, err = auth.Exchange(t.Context(), "1000.fake-code")
	require.EqualError(t, err, "zohohub: exchange: api_domain of the answer is on loopback, and the accounts server is Zoho's (HTTP 200)")
}

func FuzzTokenAnswer(f *testing.F) {
	f.Add(200, `{"access_token":"1000.fake","refresh_token":"1000.fake-r","api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`)
	f.Add(200, `{"access_token":"1000.fake","expires_in_sec":3600,"expires_in":3600000}`)
	f.Add(400, `{"error":"Access Denied","error_description":"x","status":"failure"}`)
	f.Add(502, "<html>"+sent)
	f.Add(200, `{"access_token":"`)
	f.Add(301, "")
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		auth, mock := signIn(nil)
		mock.RegisterNoResponder(httpmock.NewStringResponder(status, body))
		tok, err := auth.Refresh(t.Context(), sent)
		if err != nil {
			assert.Nil(t, tok)
			var e *zohohub.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, status, e.Status)
			assert.NotContains(t, err.Error(), sent)
			assert.NotContains(t, err.Error(), "fake-client-secret")
			assert.LessOrEqual(t, len(err.Error()), 1200)
			return
		}
		assert.Equal(t, 2, status/100)
		assert.NotEmpty(t, tok.AccessToken)
		assert.NotEmpty(t, tok.RefreshToken)
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Authorization", "Zoho-oauthtoken "+tok.AccessToken)
		require.NoError(t, req.Header.Write(io.Discard))
		cfg := valid()
		cfg.APIDomain = tok.APIDomain
		require.NoError(t, cfg.Validate(), "a token goes to Zoho's hosts and loopback only")
		for name, v := range tok.Extra {
			assert.NotContains(t, v, tok.AccessToken, name)
		}
	})
}
