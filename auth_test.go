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
		"again": {auth.URL(""), base + "access_type=offline&client_id=1000.FAKECLIENTID&prompt=consent&" + redirect + scopes},
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
		assert.Regexp(t, `^Zoho(CRM|Search|Files)(\.[a-z]+)+\.(ALL|READ|CREATE)$`, s)
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

func TestAuthRefusals(t *testing.T) {
	t.Parallel()
	const notJSON = "the answer is not Zoho's JSON"
	for name, tt := range map[string]struct {
		status int
		body   string
		want   zohohub.Error // without Op
		is     []error
	}{
		"invalid_code with 200": {200, `{"error":"invalid_code"}`, zohohub.Error{Code: "invalid_code", Message: "the grant code was used, is too old or " +
			"belongs to another data center; or the refresh token was revoked: ask for consent again"}, []error{zohohub.ErrAuthentication}},
		"invalid_client": {200, `{"error":"invalid_client"}`, zohohub.Error{Code: "invalid_client",
			Message: "no such client id in this data center, or the client is not enabled for it"}, []error{zohohub.ErrAuthentication}},
		"invalid_client_secret with 401": {401, `{"error":"invalid_client_secret"}`, zohohub.Error{Code: "invalid_client_secret",
			Message: "the client secret is wrong for this client id and data center"}, []error{zohohub.ErrAuthentication}},
		"an error beside a token": {200, `{"access_token":"1000.fake-access-token","status":"success","error":"invalid_code"}`,
			zohohub.Error{Code: "invalid_code", Message: "the grant code was used, is too old or " +
				"belongs to another data center; or the refresh token was revoked: ask for consent again"}, []error{zohohub.ErrAuthentication}},
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
	auth, mock := signIn(nil)
	mock.RegisterResponder(http.MethodPost, tokenURL, answer(&got, 200, `{"access_token":"1000.fake","api_domain":"http://127.0.0.1:8484"}`))
	tok, err := auth.Exchange(t.Context(), "1000.fake-code")
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:8484", tok.APIDomain)
}

func TestAuthLostAnswers(t *testing.T) {
	t.Parallel()
	errLost := errors.New("lost")
	errLoud := errors.Join(errLost, errors.New("while sending fake-client-secret and "+sent))
	for name, tt := range map[string]struct {
		respond httpmock.Responder
		want    string
		is      error
	}{
		"no connection":       {httpmock.NewErrorResponder(errLost), "no answer: lost", errLost},
		"an error that tells": {httpmock.NewErrorResponder(errLoud), "no answer: lost while sending [redacted] and [redacted]", errLost},
		"cut": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"access_token":"fake-a`), failing{io.ErrUnexpectedEOF}))
			return resp, nil
		}, "the answer cannot be read to its end (HTTP 200): unexpected EOF", io.ErrUnexpectedEOF},
		"endless": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(200, "")
			resp.Body = io.NopCloser(zeros{})
			return resp, nil
		}, "the answer cannot be read to its end (HTTP 200): the answer is longer than 1 MiB", nil},
	} {
		for op, call := range ops {
			t.Run(name+"/"+op, func(t *testing.T) {
				t.Parallel()
				auth, mock := signIn(nil)
				mock.RegisterNoResponder(tt.respond)
				err := call(t.Context(), auth)
				require.EqualError(t, err, "zohohub: "+op+": "+tt.want)
				if tt.is != nil {
					require.ErrorIs(t, err, tt.is)
				}
				assert.Equal(t, 1, mock.GetTotalCallCount(), "asked once")
				for e := err; e != nil; e = errors.Unwrap(e) {
					hush(t, "chain", e.Error())
					assert.NotContains(t, e.Error(), "accounts.zoho.eu")
				}
			})
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestAuthCancelled(t *testing.T) {
	t.Parallel()
	for op, call := range ops {
		t.Run("before/"+op, func(t *testing.T) {
			t.Parallel()
			auth, mock := signIn(nil)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call(ctx, auth)
			require.ErrorIs(t, err, context.Canceled)
			require.EqualError(t, err, "zohohub: "+op+": context canceled")
			assert.Zero(t, mock.GetTotalCallCount())
		})
		t.Run("while waiting/"+op, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			auth, mock := signIn(nil)
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				cancel()
				<-req.Context().Done()
				return nil, req.Context().Err()
			})
			err := call(ctx, auth)
			require.ErrorIs(t, err, context.Canceled)
			require.EqualError(t, err, "zohohub: "+op+": no answer: context canceled")
		})
		t.Run("time out/"+op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				auth, mock := signIn(func(c *zohohub.Config) { c.Timeout = 7 * time.Second })
				mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					<-req.Context().Done()
					return nil, req.Context().Err()
				})
				start := time.Now()
				err := call(t.Context(), auth)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 7*time.Second, time.Since(start))
			})
		})
		t.Run("after the answer/"+op, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			// Not a mock: those look at the context once more, and which of the two they return is a throw of the dice.
			auth, _ := signIn(func(c *zohohub.Config) {
				c.HTTPClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					cancel()
					return httpmock.NewStringResponse(200, `{"access_token":"1000.fake","status":"success"}`), nil
				})}
			})
			require.NoError(t, call(ctx, auth), "what Zoho gave is not thrown away")
		})
	}
}

func TestAuthWithoutBound(t *testing.T) {
	t.Parallel()
	auth, mock := signIn(func(c *zohohub.Config) { c.Timeout = -1 })
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		_, bound := req.Context().Deadline()
		assert.False(t, bound)
		return httpmock.NewStringResponse(200, `{"status":"success"}`), nil
	})
	require.NoError(t, auth.Revoke(t.Context(), sent))
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

	_, err = auth.At("http://[::1]:9/")
	require.NoError(t, err)
	for raw, want := range map[string]string{
		"":                                 "zohohub: accounts server is not a URL such as https://www.zohoapis.eu",
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
	require.EqualError(t, err, "zohohub: exchange: invalid_client: no such client id in this data center, or the client is not enabled for it (HTTP 401)")
	require.EqualError(t, auth.Revoke(t.Context(), "1000.fake-token"), "zohohub: revoke: the answer is a redirect; none is followed (HTTP 307)")

	assert.Equal(t, []string{
		"POST /oauth/v2/token client_id=1000.FAKECLIENTID&client_secret=fake-client-secret&code=1000.fake-code&grant_type=authorization_code",
		"POST /oauth/v2/token/revoke token=1000.fake-token",
	}, bodies)
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
