package zohohub_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/secretscan"
)

// What only TestWhatIsEchoedDoesNotComeOut sends. They are not of the form of Zoho's, by which alone a text could be cleaned.
const (
	echoSecret  = "echoed/fake+client=secret~7f3a9c"
	echoRefresh = "echoed-fake-refresh-token-51d08e62"
	echoAccess  = "echoed/fake+access=token-90ab44c7"
	echoCode    = "echoed fake&grant=code-c2d8e1f0"
)

// echoForms are how a server, a gateway or a RoundTripper might repeat what it was sent.
var echoForms = map[string]func(string) string{
	"plain":            func(s string) string { return s },
	"query":            url.QueryEscape,
	"path":             url.PathEscape,
	"every byte":       func(s string) string { return escapedBytes(s, "%%%02x") },
	"base64":           func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 of pair":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id:" + s)) },
	"URL base64":       func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 of query":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s))) },
	"query of base64":  func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"hex":              func(s string) string { return hex.EncodeToString([]byte(s)) },
	"quoted by number": func(s string) string { return escapedBytes(s, `\x%02x`) },
}

func escapedBytes(s, verb string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, verb, s[i])
	}
	return b.String()
}

// echoWays are where it might do so.
var echoWays = map[string]func(echoed string) (*http.Response, error){
	"a page":            func(e string) (*http.Response, error) { return echoAnswer(502, "<p>"+e+"</p>"), nil },
	"a page in the end": func(e string) (*http.Response, error) { return echoAnswer(200, e), nil },
	"a refusal":         func(e string) (*http.Response, error) { return echoAnswer(200, echoJSON("error", e)), nil },
	"a description": func(e string) (*http.Response, error) {
		return echoAnswer(400, echoJSON("error", "odd", "error_description", e)), nil
	},
	"a domain": func(e string) (*http.Response, error) {
		return echoAnswer(200, echoJSON("access_token", "1000.fake-anew", "api_domain", "https://"+e)), nil
	},
	"a message": func(e string) (*http.Response, error) {
		return echoAnswer(400, echoJSON("status", "error", "code", "ODD", "message", e)), nil
	},
	"a code": func(e string) (*http.Response, error) {
		return echoAnswer(400, echoJSON("status", "error", "code", e, "message", "odd")), nil
	},
	"details": func(e string) (*http.Response, error) {
		return echoAnswer(400, `{"status":"error","code":"ODD","message":"odd","details":`+echoJSON("api_name", e, "other", e)+`}`), nil
	},
	"a row": func(e string) (*http.Response, error) {
		row := `{"status":"error","code":` + echoQuoted(e) + `,"message":` + echoQuoted(e) + `,"details":` + echoJSON("api_name", e) + `}`
		return echoAnswer(202, `{"data":[`+row+`]}`), nil
	},
	"an answer that is tried again": func(e string) (*http.Response, error) {
		resp := echoAnswer(429, echoJSON("status", "error", "code", e, "message", e))
		resp.Header.Set("Retry-After", "7200")
		return resp, nil
	},
	"an address": func(e string) (*http.Response, error) {
		resp := echoAnswer(302, "")
		resp.Header.Set("Location", "https://gateway.example/?"+e)
		return resp, nil
	},
	"an error": func(e string) (*http.Response, error) { return nil, fmt.Errorf("sent %s: %w", e, io.ErrUnexpectedEOF) },
	"an error with an address": func(e string) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: "https://u:" + e + "@proxy.example/" + e + "?" + e, Err: errors.New(e)}
	},
}

func echoAnswer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func echoQuoted(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func echoJSON(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	raw, _ := json.Marshal(m)
	return string(raw)
}

// echoedOf is all that a request has of the caller's secrets.
func echoedOf(r *http.Request, form func(string) string) string {
	var all []string
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		values, _ := url.ParseQuery(string(raw))
		for _, name := range []string{"client_secret", "refresh_token", "code", "token"} {
			if v := values.Get(name); v != "" {
				all = append(all, form(v))
			}
		}
	}
	if v := strings.TrimPrefix(r.Header.Get("Authorization"), "Zoho-oauthtoken "); v != "" {
		all = append(all, form(v))
	}
	return strings.Join(all, " ")
}

// echoCalls are what signs in, renews, revokes and calls.
var echoCalls = map[string]func(ctx context.Context, cfg Config, hay *secretscan.Haystack) error{
	"exchange": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		_, err := NewAuth(cfg).Exchange(ctx, echoCode)
		return err
	},
	"refresh": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		_, err := NewAuth(cfg).Refresh(ctx, echoRefresh)
		return err
	},
	"revoke": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		return NewAuth(cfg).Revoke(ctx, echoRefresh)
	},
	"sign out": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		return NewAuth(cfg).SignOut(ctx, jo)
	},
	"open": func(ctx context.Context, cfg Config, hay *secretscan.Haystack) error {
		conn, err := Open(ctx, cfg, jo)
		if err != nil {
			return err
		}
		hay.Show("a connection", conn)
		_, err = conn.Token(ctx)
		return err
	},
	"call": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		conn, err := NewConnection(cfg, &Token{AccessToken: echoAccess, RefreshToken: echoRefresh})
		if err != nil {
			return err
		}
		return conn.Post(ctx, "Leads", Fields{}, nil)
	},
	"doctor": func(ctx context.Context, cfg Config, hay *secretscan.Haystack) error {
		conn, err := NewConnection(cfg, &Token{AccessToken: echoAccess, RefreshToken: echoRefresh})
		if err != nil {
			return err
		}
		d, err := conn.Doctor(ctx)
		hay.Show("a diagnosis", d)
		return err
	},
	"user info": func(ctx context.Context, cfg Config, _ *secretscan.Haystack) error {
		cfg.Scopes = []string{"aaaserver.profile.READ"}
		conn, err := NewConnection(cfg, &Token{AccessToken: echoAccess})
		if err != nil {
			return err
		}
		_, err = conn.CurrentUser(ctx)
		return err
	},
	"callback": func(ctx context.Context, cfg Config, hay *secretscan.Haystack) (fault error) {
		auth := NewAuth(cfg)
		login, back := httptest.NewRecorder(), httptest.NewRecorder()
		auth.LoginHandler().ServeHTTP(login, httptest.NewRequestWithContext(ctx, http.MethodGet, "/login", nil))
		consent, err := url.Parse(login.Header().Get("Location"))
		if err != nil {
			return err
		}
		hay.Add("the address of the consent page", consent.String())
		query := url.Values{"state": {consent.Query().Get("state")}, "code": {echoCode}}
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/oauth2callback?"+query.Encode(), nil)
		for _, c := range login.Result().Cookies() {
			r.AddCookie(c)
			hay.Secret(secretscan.Cookie, c.Value)
		}
		failed := auth.CallbackHandler(nil, OnSignInError(func(_ http.ResponseWriter, _ *http.Request, err error) { fault = err }))
		failed.ServeHTTP(httptest.NewRecorder(), r)
		auth.CallbackHandler(nil).ServeHTTP(back, r) // used before: the page
		hay.Add("the page of a callback", back.Body.String()+fmt.Sprint(back.Header()))
		return fault
	},
}

// TestWhatIsEchoedDoesNotComeOut: whatever whoever was sent a secret makes of it, no error, log or page repeats it.
func TestWhatIsEchoedDoesNotComeOut(t *testing.T) {
	t.Parallel()
	for callName, call := range echoCalls {
		t.Run(callName, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // for the waits between tries
				hay := secretscan.NewHaystack()
				for _, secret := range []string{echoSecret, echoRefresh, echoAccess, echoCode} {
					hay.Secret(secret[len("echoed"):len("echoed fake-client")], secret)
				}
				failed := 0
				for wayName, way := range echoWays {
					for formName, form := range echoForms {
						name := callName + ", " + wayName + ", " + formName
						cfg := Config{
							ClientID: "1000.FAKE", ClientSecret: echoSecret, RedirectURL: "https://app.example/oauth2callback",
							Logger: hay.Logger(name), Store: NewMemoryStore(), MaxAttempts: 2,
							HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
								hay.Add(name+", the address", r.URL.String())
								return way(echoedOf(r, form))
							})},
						}
						require.NoError(t, cfg.Store.Save(t.Context(), Key{ServiceCRM, cfg.ClientID, "", jo}, &Token{RefreshToken: echoRefresh}))
						hay.Show(name+", the configuration", cfg)
						err := call(t.Context(), cfg, hay)
						hay.Error(name, err)
						if err != nil {
							failed++
						}
					}
				}
				assert.Greater(t, failed, 4*len(echoForms), "calls that failed")
				found, err := hay.Scan()
				require.NoError(t, err)
				assert.True(t, len(found) == 0, hay.Report(found)) //nolint:testifylint // the report is enough
			})
		})
	}
}
