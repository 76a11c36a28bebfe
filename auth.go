package zohohub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/zohohub/zohohub/internal/transport"
)

// Auth signs users in at Zoho's accounts server: it sends them to the consent page and turns what comes back into
// tokens. It may be used by several goroutines at once, and prints without secrets.
//
// Its errors are [*Error] with the Op "exchange", "refresh" or "revoke". They match [ErrAuthentication] when Zoho
// refused the code, the token or the client, [ErrTokenThrottled] when Zoho gives no more tokens for some minutes and
// [ErrInternal] for a failure of Zoho's. A fault in the configuration comes out of every call that would send, as
// [Config.Validate] tells it. Token requests cost no API credits.
//
// Zoho: https://www.zoho.com/accounts/protocol/oauth.html
type Auth struct {
	cfg    *Config // with its defaults; behind a pointer, as fmt would print the secrets of an unexported field
	origin string
	client *http.Client
	used   *usedStates
	peers  *peers
	err    error // what is wrong with the configuration
}

// NewAuth returns an Auth at the configuration's accounts server. It sends nothing.
func NewAuth(cfg Config) *Auth {
	full := cfg.withDefaults()
	if full.Store == nil {
		full.Store = NewMemoryStore()
	}
	a := &Auth{cfg: &full, used: &usedStates{}, peers: &peers{}, err: cfg.validate(true)}
	if a.err == nil {
		a.origin, a.err = cfg.accountsOrigin(nil)
	}
	if a.err == nil {
		a.client = a.cfg.client()
		full.HTTPClient = a.client // one pool of connections, for those of Open too
	}
	return a
}

// At returns an Auth for another accounts server, such as the "accounts-server" that Zoho names after the consent of a
// user from another data center. Only Zoho's hosts are taken, and loopback by an Auth that is on loopback itself: what
// comes back through a browser is anybody's to write, and the client secret goes to this server.
func (a *Auth) At(accountsURL string) (*Auth, error) {
	if a.err != nil {
		return nil, a.err
	}
	s, err := parseAccounts("accounts server", accountsURL)
	if err == nil && s.kind == siteLoopback && !a.onLoopback() {
		err = errors.New("accounts server is on loopback, and this client's is Zoho's")
	}
	if err != nil {
		return nil, fault(err)
	}
	return a.at(s.origin), nil
}

// at is the same Auth for the server at origin, which is trusted.
func (a *Auth) at(origin string) *Auth {
	b := *a
	b.origin = origin
	return &b
}

// here is the accounts server in words.
func (a *Auth) here() string {
	if s, err := parseAccounts("accounts server", a.origin); err == nil && s.kind == siteAccounts {
		return "data center " + s.dc.String()
	}
	return "the data center of this accounts server"
}

func (a *Auth) onLoopback() bool {
	s, err := parseAccounts("accounts server", a.origin)
	return err == nil && s.kind == siteLoopback
}

// URL returns the address of Zoho's consent page for Config.Scopes. State comes back with the code and tells the
// callback that the answer is for this user; it is left out when empty. Without options the access is offline: Zoho
// asks for consent each time and gives a refresh token. A faulty configuration gives "".
//
// Zoho: GET {accounts}/oauth/v2/auth
func (a *Auth) URL(state string, opts ...AuthOption) string {
	if a.err != nil {
		return ""
	}
	c := authConfig{scopes: a.cfg.Scopes}
	for _, opt := range opts {
		if opt != nil {
			opt.applyAuth(&c)
		}
	}
	params := []oauth2.AuthCodeOption{oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent")}
	if c.online {
		params = []oauth2.AuthCodeOption{oauth2.AccessTypeOnline}
	}
	return a.oauth(c.scopes).AuthCodeURL(state, params...)
}

const opExchange = "exchange"

// Exchange turns a grant code into a token: the code that came to the redirect URL, or, when Config.RedirectURL is
// empty, one that a self client made in Zoho's API console. A code works once and for a minute or two, so the request
// is never repeated. An error that matches [ErrOutcomeUnknown] says that no answer came, or none that can be read: the
// code may be used up, get a new one.
//
// Zoho: POST {accounts}/oauth/v2/token with grant_type=authorization_code
func (a *Auth) Exchange(ctx context.Context, code string) (*Token, error) {
	return a.token(ctx, opExchange, code, func(ctx context.Context) error {
		_, err := a.oauth(nil).Exchange(ctx, code)
		return err
	})
}

// Refresh returns a new access token together with the refresh token it came from, which Zoho does not send again.
// Zoho gives about ten in ten minutes for one refresh token, then none for the rest of that time.
//
// Zoho: POST {accounts}/oauth/v2/token with grant_type=refresh_token
func (a *Auth) Refresh(ctx context.Context, refreshToken string) (*Token, error) {
	tok, err := a.token(ctx, "refresh", refreshToken, func(ctx context.Context) error {
		_, err := a.oauth(nil).TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
		return err
	})
	if err != nil {
		return nil, err
	}
	if tok.RefreshToken == "" {
		tok.RefreshToken = refreshToken
	}
	return tok, nil
}

// Revoke ends a refresh token, and with it the user's access. Revoking what is revoked already is an error of Zoho's.
//
// Zoho: POST {accounts}/oauth/v2/token/revoke
func (a *Auth) Revoke(ctx context.Context, refreshToken string) error {
	const op = "revoke"
	ans, err := a.ask(ctx, op, refreshToken, func(ctx context.Context, hc *http.Client) error {
		form := url.Values{"token": {refreshToken}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.origin+"/oauth/v2/token/revoke", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := hc.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	if err != nil {
		return err
	}
	return ans.revoked(op)
}

// AuthOption changes one authorization URL.
type AuthOption interface{ applyAuth(*authConfig) }

type authConfig struct {
	scopes []string
	online bool
}

type authOption func(*authConfig)

func (f authOption) applyAuth(c *authConfig) { f(c) }

// Online asks for access while the user is there: an access token for an hour, no refresh token, and consent only the
// first time.
func Online() AuthOption { return authOption(func(c *authConfig) { c.online = true }) }

// WithScopes asks for these scopes instead of Config.Scopes.
func WithScopes(scopes ...string) AuthOption {
	return authOption(func(c *authConfig) { c.scopes = scopes })
}

// String describes the Auth without secrets.
func (a Auth) String() string { return "zohohub.Auth" + a.public().text() }

// GoString is String: %#v shows no secret either.
func (a Auth) GoString() string { return a.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (a Auth) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue gives log/slog what String shows.
func (a Auth) LogValue() slog.Value { return a.public().logValue() }

func (a Auth) public() attrs {
	if a.cfg == nil { // an Auth that NewAuth did not make
		return nil
	}
	return attrs{{"ClientID", a.cfg.ClientID}, {"AccountsURL", a.origin}}
}

// oauth is the one place that knows how x/oauth2 has to be told about Zoho.
func (a *Auth) oauth(scopes []string) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     a.cfg.ClientID,
		ClientSecret: a.cfg.ClientSecret,
		RedirectURL:  a.cfg.RedirectURL,
		// x/oauth2 joins by spaces, Zoho wants commas.
		Scopes: []string{strings.Join(scopes, ",")},
		Endpoint: oauth2.Endpoint{
			AuthURL:  a.origin + "/oauth/v2/auth",
			TokenURL: a.origin + "/oauth/v2/token",
			// Left to find out, x/oauth2 asks twice, which burns a one-time code.
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// token sends a token request by way of x/oauth2. Its verdict on the answer does not count: it takes milliseconds for
// seconds, does not keep unknown fields, and its errors repeat the body.
func (a *Auth) token(ctx context.Context, op, secret string, send func(context.Context) error) (*Token, error) {
	ans, err := a.ask(ctx, op, secret, func(ctx context.Context, hc *http.Client) error {
		return send(context.WithValue(ctx, oauth2.HTTPClient, hc))
	})
	if err != nil {
		return nil, err
	}
	tok, err := ans.token(op, time.Now())
	if err != nil {
		return nil, err
	}
	if s, err := parseAPI("api_domain", tok.APIDomain); err == nil && s.kind == siteLoopback && !a.onLoopback() {
		return nil, ans.fail(op, "", "api_domain of the answer is on loopback, and the accounts server is Zoho's")
	}
	tok.AccountsURL = a.origin
	return tok, nil
}

// ask sends one request, once, through a client that keeps the answer. Secret is the code or token that is sent along.
func (a *Auth) ask(ctx context.Context, op, secret string, send func(context.Context, *http.Client) error) (*answered, error) {
	switch {
	case a.err != nil:
		return nil, a.err
	case secret == "":
		return nil, &Error{Op: op, Message: "nothing to send: the code or token is empty", Index: -1}
	case ctx.Err() != nil:
		return nil, &Error{Op: op, Index: -1, Err: ctx.Err()}
	}
	if a.cfg.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.cfg.Timeout)
		defer cancel()
	}
	secrets := secrets{a.cfg.ClientSecret, secret}
	keep := &keeper{next: transport.NewSender(a.client)}
	start := time.Now()
	err := send(ctx, &http.Client{Transport: keep})
	a.log(ctx, op, keep.status, time.Since(start))
	if !keep.whole {
		return nil, a.unanswered(ctx, op, keep.status, secrets, transport.StripURL(err))
	}
	wait, _ := transport.RetryAfter(keep.header, time.Now())
	return &answered{status: keep.status, body: keep.body, retryAfter: wait, secrets: secrets, here: a.here()}, nil
}

// unanswered is the error for a request without an answer. It keeps the cause of a [*transport.Lost] only: to the call
// that waits for the token, Lost would mean that the call itself left.
func (a *Auth) unanswered(ctx context.Context, op string, status int, secrets secrets, err error) *Error {
	e := &Error{Op: op, Status: status, Index: -1}
	lost, isLost := errors.AsType[*transport.Lost](err)
	if isLost {
		e.Message, err = "no answer", lost.Err
		if status != 0 {
			e.Message = "the answer broke off"
		}
	}
	err = withReason(ctx, err)
	if isLost && op == opExchange {
		err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	e.Err = secrets.cause(err)
	return e
}

func (a *Auth) log(ctx context.Context, op string, status int, took time.Duration) {
	if a.cfg.Logger != nil {
		a.cfg.Logger.LogAttrs(ctx, slog.LevelDebug, "zohohub: token request",
			slog.String("op", op), slog.String("accounts", a.origin), slog.Int("status", status), slog.Duration("duration", took))
	}
}

// mostTokenAnswer bounds what is read of an answer; Zoho's are below 1 KiB.
const mostTokenAnswer = 1 << 20

// keeper is a RoundTripper that reads the answer to one request whole, bounded, and passes it on.
type keeper struct {
	next   http.RoundTripper
	status int // 0 until there was an answer
	header http.Header
	body   []byte
	whole  bool
}

var _ http.RoundTripper = (*keeper)(nil)

var errLongAnswer = errors.New("the answer is longer than 1 MiB")

func (k *keeper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", "zohohub/"+Version)
	req.Header.Set("Accept", "application/json")
	resp, err := k.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	k.status, k.header = resp.StatusCode, resp.Header
	k.body, err = io.ReadAll(io.LimitReader(resp.Body, mostTokenAnswer+1))
	_ = resp.Body.Close() // what was read is complete, or err says that it is not
	if err == nil && len(k.body) > mostTokenAnswer {
		err = errLongAnswer
	}
	if err != nil {
		return nil, &transport.Lost{Status: k.status, Err: err}
	}
	k.whole = true
	resp.Body = io.NopCloser(bytes.NewReader(k.body))
	return resp, nil
}
