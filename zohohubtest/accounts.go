package zohohubtest

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
)

// The client that a Server knows from the start, and the user that signs in when a test does not say who: the CRM's
// administrator.
const (
	defaultClientID     = "1000.FAKECLIENTID0000000000000000000"
	defaultClientSecret = "fake-client-secret"
	defaultRedirectURL  = "https://app.example/oauth2callback"
	defaultUserID       = "3652397000000186021"
)

// Zoho's limits for tokens.
const (
	tokenLife        = time.Hour
	codeLife         = 2 * time.Minute
	selfCodeLeast    = 3 * time.Minute // the API console offers 3, 5, 7 and 10
	selfCodeLife     = 10 * time.Minute
	mostLiveTokens   = 10 // of one refresh token
	mostRefreshes    = 10 // of one refresh token in a window
	refreshWindow    = 10 * time.Minute
	mostRefreshToken = 20 // of one user at one client
)

// allScopes are what a token has when a test does not say what: whatever the CRM asks for.
var allScopes = []string{
	"ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.users.ALL", "ZohoCRM.org.ALL", "ZohoCRM.coql.READ",
	"ZohoCRM.bulk.ALL", "ZohoCRM.notifications.ALL", "ZohoCRM.files.CREATE", "ZohoCRM.files.READ", "ZohoCRM.share.ALL",
	"ZohoCRM.change_owner.CREATE", "ZohoCRM.mass_update.UPDATE", "ZohoCRM.mass_delete.DELETE", "ZohoCRM.mass_convert.ALL",
	"ZohoCRM.send_mail.ALL", "ZohoCRM.composite_requests.CUSTOM", "ZohoCRM.apis.READ", "ZohoSearch.securesearch.READ",
	"ZohoFiles.files.ALL", "ZohoCRM.functions.execute.ALL",
}

// grant is who calls: the user and the scopes of a valid access token.
type grant struct {
	Token  string
	Scopes []string
	UserID string
}

// allows says whether one of the granted scopes covers scope. As at Zoho, capitals do not matter, a group stands for what is
// below it (modules for modules.leads), ALL for every operation and WRITE for CREATE and UPDATE.
func (g grant) allows(scope string) bool {
	return slices.ContainsFunc(g.Scopes, func(granted string) bool { return covers(granted, scope) })
}

func covers(granted, wanted string) bool {
	group, op := splitScope(granted)
	wantedGroup, wantedOp := splitScope(wanted)
	if wantedGroup != group && !strings.HasPrefix(wantedGroup, group+".") {
		return false
	}
	return op == wantedOp || op == "all" || op == "write" && (wantedOp == "create" || wantedOp == "update")
}

// splitScope cuts "ZohoCRM.modules.leads.READ" into "zohocrm.modules.leads" and "read".
func splitScope(scope string) (group, op string) {
	scope = strings.ToLower(scope)
	i := strings.LastIndexByte(scope, '.')
	if i < 0 {
		return scope, ""
	}
	return scope[:i], scope[i+1:]
}

// accounts is Zoho's accounts server, of all data centers: who may call, and with what.
type accounts struct {
	now func() time.Time
	url string
	// people are the organisation's users. It is not called with mu held.
	people func() []user
	trace  *tracer

	mu        sync.Mutex
	clients   map[string]*client
	codes     map[string]*code
	refresh   map[string]*refreshToken
	access    map[string]*accessToken
	made      []string          // access tokens in the order of their making
	location  string            // the data center at url
	centers   map[string]string // the addresses of the others, by their keys
	legacy    bool
	refreshes int // made so far, to know the oldest
}

type client struct {
	secret       string
	redirectURLs []string
	centers      []string // empty: all
}

// holder is whose a code or a token is, and where: at home the data center is empty.
type holder struct{ userID, center string }

// code is what a consent, or the API console for a self client, gives for exchange.
type code struct {
	holder

	clientID    string
	redirectURL string // empty for a self client, which may name any
	scopes      []string
	offline     bool
	prompted    bool // the consent was asked for, with prompt=consent
	expires     time.Time
}

type refreshToken struct {
	holder

	clientID string
	scopes   []string
	made     int
	byCode   bool     // counts towards mostRefreshToken
	consent  bool     // given by the user, not in the API console
	live     []string // access tokens, oldest first
	asked    int
	window   time.Time // the end of the ten minutes in which asked counts
}

type accessToken struct {
	grant

	clientID string
	center   string
	refresh  string
	expires  time.Time
}

func newAccounts(now func() time.Time, url string) *accounts {
	return &accounts{
		now:      now,
		url:      url,
		clients:  map[string]*client{defaultClientID: {secret: defaultClientSecret, redirectURLs: []string{defaultRedirectURL}}},
		codes:    map[string]*code{},
		refresh:  map[string]*refreshToken{},
		access:   map[string]*accessToken{},
		location: "eu",
		centers:  map[string]string{},
	}
}

func (a *accounts) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/oauth/v2/auth":
		a.serveConsent(w, r)
	case "/oauth/v2/token":
		a.serveToken(w, r)
	case "/oauth/v2/token/revoke":
		a.serveRevoke(w, r, false)
	case "/oauth/v2/revoke/token":
		a.serveRevoke(w, r, true)
	case "/oauth/serverinfo":
		a.serveInfo(w, r)
	case "/oauth/user/info":
		a.serveUserInfo(w, r)
	default:
		writePage(w, http.StatusNotFound, "404 Not Found")
	}
}

// authenticate finds out who calls the CRM; when nobody does, it answers.
func (a *accounts) authenticate(w http.ResponseWriter, r *http.Request) (grant, bool) {
	value, ok := signature(r)
	if !ok {
		writeError(w, http.StatusUnauthorized, "AUTHENTICATION_FAILURE", "Authentication failed")
		return grant{}, false
	}
	token := a.caller(value, r.Host)
	if token == nil {
		writeError(w, http.StatusUnauthorized, "INVALID_TOKEN", "invalid oauth token")
		return grant{}, false
	}
	w.Header().Set("X-ACCESSTOKEN-RESET", token.expires.Format(time.RFC3339))
	return token.grant, true
}

// signature is what a request is signed with, in Zoho's own scheme. Bearer is none, whatever token answers say.
func signature(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Zoho-oauthtoken ")
}

// caller is the access token that is good at a host now; nil when none is.
func (a *accounts) caller(value, host string) *accessToken {
	a.mu.Lock()
	defer a.mu.Unlock()
	token := a.access[value]
	if token == nil || !a.now().Before(token.expires) || token.center != a.centerOf(host) {
		return nil
	}
	return token
}

func (a *accounts) addClient(id, secret string, redirectURLs []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.clients[id]
	if c == nil {
		c = &client{}
		a.clients[id] = c
	}
	c.secret = a.trace.secret("client secret", secret)
	c.redirectURLs = append(c.redirectURLs, redirectURLs...)
}

func (a *accounts) setLegacyExpiry(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.legacy = on
}

func (a *accounts) token(h holder, scopes []string) *zohohub.Token {
	if len(scopes) == 0 {
		scopes = allScopes
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	refresh := a.addRefresh(&refreshToken{holder: h, clientID: defaultClientID, scopes: slices.Clone(scopes)})
	access := a.addAccess(h, defaultClientID, refresh, slices.Clone(scopes))
	return &zohohub.Token{
		AccessToken:  access,
		RefreshToken: refresh,
		APIDomain:    a.urlOf(h.center),
		AccountsURL:  a.urlOf(h.center),
		Scope:        strings.Join(scopes, " "),
		Expiry:       a.access[access].expires,
	}
}

func (a *accounts) grantCode(h holder, life time.Duration, scopes []string) string {
	if len(scopes) == 0 {
		scopes = allScopes
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.addCode(&code{
		holder: h, clientID: defaultClientID, scopes: slices.Clone(scopes), offline: true, prompted: true, expires: a.now().Add(life),
	})
}

func (a *accounts) expireTokens() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.access)
}

func (a *accounts) revokeTokens() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.access)
	clear(a.refresh)
}

func (a *accounts) revokeTokensOf(userID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.access, func(_ string, t *accessToken) bool { return t.UserID == userID })
	maps.DeleteFunc(a.refresh, func(_ string, r *refreshToken) bool { return r.userID == userID })
}

// The functions below are called with mu held.

// addCode also forgets the codes that nobody has used in time.
func (a *accounts) addCode(c *code) string {
	now := a.now()
	maps.DeleteFunc(a.codes, func(_ string, c *code) bool { return !now.Before(c.expires) })
	value := a.trace.secret("code", newSecret())
	a.codes[value] = c
	return value
}

// addRefresh keeps a refresh token; of a user's tokens at a client the oldest goes when there are too many.
func (a *accounts) addRefresh(r *refreshToken) string {
	value := a.trace.secret("refresh token", newSecret())
	a.refreshes++
	r.made = a.refreshes
	a.refresh[value] = r
	if !r.byCode {
		return value
	}
	count, oldest := 0, value
	for v, other := range a.refresh {
		if !other.byCode || other.clientID != r.clientID || other.userID != r.userID {
			continue
		}
		count++
		if other.made < a.refresh[oldest].made {
			oldest = v
		}
	}
	if count > mostRefreshToken {
		a.dropRefresh(oldest)
	}
	return value
}

func (a *accounts) dropRefresh(value string) {
	for _, access := range a.refresh[value].live {
		delete(a.access, access)
	}
	delete(a.refresh, value)
}

// addAccess makes an access token; refresh is empty when it cannot be renewed. Of a refresh token's access tokens the
// oldest ends when there are too many. Those that have ended by time are forgotten.
func (a *accounts) addAccess(h holder, clientID, refresh string, scopes []string) string {
	now := a.now()
	for len(a.made) > 0 {
		if t := a.access[a.made[0]]; t != nil && now.Before(t.expires) {
			break
		}
		delete(a.access, a.made[0])
		a.made = a.made[1:]
	}
	value := a.trace.secret("access token", newSecret())
	a.made = append(a.made, value)
	a.access[value] = &accessToken{
		grant:    grant{Token: value, Scopes: scopes, UserID: h.userID},
		clientID: clientID,
		center:   h.center,
		refresh:  refresh,
		expires:  now.Add(tokenLife),
	}
	if r := a.refresh[refresh]; r != nil {
		r.live = append(r.live, value)
		if len(r.live) > mostLiveTokens {
			delete(a.access, r.live[0])
			r.live = r.live[1:]
		}
	}
	return value
}

// newSecret is shaped as Zoho's codes and tokens are.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return "1000." + hex.EncodeToString(b[:16]) + "." + hex.EncodeToString(b[16:])
}
