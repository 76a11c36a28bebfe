package zohohub

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"
)

// Config says who calls, where, and how. The zero value of every field but ClientID is usable. A Config is copied where
// it is taken; nothing that its fields point to is changed. It prints without its secrets. In a struct that may be
// printed, keep it in an exported field, or at least behind a pointer: fmt cannot call methods in an unexported field,
// and %v then prints the secrets of a value, %s those of a pointer too.
type Config struct {
	// ClientID and ClientSecret are what Zoho's API console gave the application. An id lives in one data center; there
	// it is needed for everything but calls with an access token alone.
	ClientID     string
	ClientSecret string
	// RedirectURL is where Zoho sends the user after consent, exactly as registered. Empty for a self client.
	RedirectURL string
	// Scopes are what the user is asked to allow. Empty means [DefaultScopes].
	Scopes []string

	// DataCenter is where the organization lives. The zero value is [EU], unless AccountsURL or APIDomain is a host of
	// another data center: that one holds then. Two that disagree are a fault.
	DataCenter DataCenter
	// AccountsURL is the accounts server, such as https://accounts.zoho.eu; empty means that of the data center, the
	// token's if its API domain tells, else Config's. A token's own AccountsURL goes before it. Allowed are Zoho's
	// hosts, and any http or https server on loopback (127.0.0.0/8, ::1, localhost); scheme and host only.
	AccountsURL string
	// APIDomain is where the records are, such as https://www.zohoapis.eu; empty means that of the data center, the
	// token's if its accounts server tells, else Config's. A token's own APIDomain goes before it. The same hosts are
	// allowed as for AccountsURL. When one of the two is on loopback and the other is empty, both are that server, so
	// that no test sends its tokens to Zoho.
	APIDomain string
	// APIVersion is one of v2, v2.1, v3 … v8. Empty means v8.
	APIVersion string
	// Sandbox works on the sandbox instead of the production data, and Developer on the developer edition; both are a
	// fault. They replace the label www of the API's host, whether it came from the token, from APIDomain or from the
	// data center: https://www.zohoapis.eu becomes https://sandbox.zohoapis.eu. A host of that environment stays as it
	// is, a host of the other one is a fault, a server on loopback stays as it is. An APIDomain of an environment counts
	// as asking for it, so that a token whose domain says www does not lead from the sandbox into production. With
	// neither, a token's domain decides alone.
	Sandbox   bool
	Developer bool

	// HTTPClient carries every request, those to the accounts server too; nil means a client of the library's own. It is
	// copied: its Transport, Jar and Timeout (per attempt) hold, its CheckRedirect does not, since no redirect is followed.
	HTTPClient *http.Client
	// TokenSource gives the access tokens instead of a [Token], from anywhere; refreshing is then its own affair. It is
	// waited for 30 s at most, and its panic is an error of the calls that wait.
	TokenSource oauth2.TokenSource
	// Store keeps the tokens of users: [Open] takes them from it, and [Auth.CallbackHandler] puts them there. Nil means the
	// memory of the [Auth].
	Store TokenStore
	// Org sets apart the tokens of a user who signs in to several organizations: it becomes [Key.Org], and sign-ins to another
	// organization than the one with this id (Zoho's zgid) are refused. Empty means that a user has one.
	Org string
	// Logger receives what the library does, without secrets, at debug level: a line "zohohub: request" for each attempt
	// ([Connection] lists its attributes) and "zohohub: token request" for each request to the accounts server (op,
	// accounts, status, duration). A sign-in that failed, and a token store that did, are warnings. Nil is silent.
	Logger *slog.Logger
	// MaxConcurrency bounds the requests under way at once on one connection, 1 to 1,000. Zero means 10, which is
	// what Zoho allows the smallest paid edition, and every edition for its heavy calls.
	MaxConcurrency int
	// MaxAttempts bounds how often one request is sent, the first time included, 1 to 100. Zero means 4.
	MaxAttempts int
	// Timeout bounds one attempt of one request, its answer's body included. Uploads and downloads are not bound by it.
	// Zero means 30 s, a negative value no bound.
	Timeout time.Duration
	// MetadataAge is how long a [Connection] keeps what describes the org: modules, fields, layouts, related lists and custom
	// views. [Connection.ForgetMetadata] ends it early. Zero means an hour, a negative value that nothing is kept.
	MetadataAge time.Duration
	// MetadataDir is a folder that [Connection.SaveMetadata] or ZohoHub wrote: modules and fields that it has are read from
	// it, and not asked of Zoho. Empty means none.
	MetadataDir string
	// OnRefresh is called with each refreshed token, once per refresh and outside locks, so that it can be stored. Calls
	// that waited for the refresh go on when it has returned; others, its own too, already have the token. Its panic is
	// not recovered.
	OnRefresh func(Token)
}

// The bounds of a Config's numbers.
const (
	mostConcurrency = 1000
	mostAttempts    = 100
)

// Validate reports everything that is wrong with the configuration, each fault naming its field. [Auth] and
// [Connection] check by themselves before they send anything; Validate tells it early. It sends nothing.
func (c Config) Validate() error { return c.validate(true) }

// validate is Validate. An access token alone works without a ClientID, hence needClient.
func (c Config) validate(needClient bool) error {
	var faults []error
	if needClient && strings.TrimSpace(c.ClientID) == "" {
		faults = append(faults, errors.New("Config.ClientID is empty"))
	}
	for _, f := range []struct{ name, value string }{
		{"Config.ClientID", c.ClientID}, {"Config.ClientSecret", c.ClientSecret},
	} {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			faults = append(faults, fmt.Errorf("%s holds a line break or another control character", f.name))
		}
	}
	if u, err := url.Parse(c.RedirectURL); c.RedirectURL != "" && (err != nil || u.Scheme == "" || u.Host == "" && u.Path == "") {
		faults = append(faults, errors.New("Config.RedirectURL is not an absolute URL"))
	}
	if _, err := c.dataCenter(); err != nil {
		faults = append(faults, err)
	}
	if _, err := c.environment(); err != nil {
		faults = append(faults, err)
	}
	if c.APIVersion != "" && !slices.Contains(versionNames(), c.APIVersion) {
		faults = append(faults, fmt.Errorf("Config.APIVersion %s is none of %s",
			quote([]byte(c.APIVersion)), strings.Join(versionNames(), ", ")))
	}
	if c.MaxConcurrency < 0 || c.MaxConcurrency > mostConcurrency {
		faults = append(faults, fmt.Errorf("Config.MaxConcurrency %d is not between 0 and %d",
			c.MaxConcurrency, mostConcurrency))
	}
	if c.MaxAttempts < 0 || c.MaxAttempts > mostAttempts {
		faults = append(faults, fmt.Errorf("Config.MaxAttempts %d is not between 0 and %d", c.MaxAttempts, mostAttempts))
	}
	return fault(faults...)
}

// dataCenter is the data center that the configuration means, all its fields considered.
func (c Config) dataCenter() (DataCenter, error) {
	var faults []error
	if !c.DataCenter.known() {
		faults = append(faults, fmt.Errorf("Config.DataCenter %d is none of %s", int(c.DataCenter), dataCenterKeys()))
	}
	dc, from := c.DataCenter, "Config.DataCenter"
	// EU may be the zero value, so it gives way to a host.
	open := c.DataCenter == EU
	for _, f := range []struct {
		name, url string
		parse     func(field, raw string) (site, error)
	}{
		{"Config.AccountsURL", c.AccountsURL, parseAccounts},
		{"Config.APIDomain", c.APIDomain, parseAPI},
	} {
		if f.url == "" {
			continue
		}
		s, err := f.parse(f.name, f.url)
		switch {
		case err != nil:
			faults = append(faults, err)
		case s.kind == siteLoopback:
		case open:
			dc, from, open = s.dc, f.name, false
		case s.dc != dc:
			faults = append(faults, fmt.Errorf("%s is in data center %v, %s in %v", f.name, s.dc, from, dc))
		}
	}
	return dc, errors.Join(faults...)
}

// environment is the label that the configuration asks for, empty when it asks for none.
func (c Config) environment() (string, error) {
	env := ""
	switch {
	case c.Sandbox && c.Developer:
		return "", errors.New("Config.Sandbox and Config.Developer are both set")
	case c.Sandbox:
		env = envSandbox
	case c.Developer:
		env = envDeveloper
	}
	// What is wrong with the URL itself is dataCenter's to tell.
	if s, err := parseAPI("Config.APIDomain", c.APIDomain); err == nil && s.kind == siteAPI && s.env != envProduction {
		if env != "" && env != s.env {
			return "", fmt.Errorf("Config.APIDomain is of the %s environment, and Config asks for %s", s.env, env)
		}
		env = s.env
	}
	return env, nil
}

// withDefaults returns a copy with every zero that means something else put in words.
func (c Config) withDefaults() Config {
	c.APIVersion = cmp.Or(c.APIVersion, "v8")
	c.MaxConcurrency = cmp.Or(c.MaxConcurrency, 10)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 4)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.MetadataAge = cmp.Or(c.MetadataAge, time.Hour)
	if len(c.Scopes) == 0 {
		c.Scopes = DefaultScopes
	}
	c.Scopes = slices.Clone(c.Scopes)
	return c
}

// apiSite is where the records of a token are: the token's APIDomain, else Config's, else that of the data center in
// which the accounts server is.
func (c Config) apiSite(tok *Token) (site, error) {
	t := tokenOrZero(tok)
	switch {
	case t.APIDomain != "":
		return parseAPI("Token.APIDomain", t.APIDomain)
	case c.APIDomain != "":
		return parseAPI("Config.APIDomain", c.APIDomain)
	}
	s, err := c.accountsSite(&Token{AccountsURL: t.AccountsURL})
	if err != nil || s.kind == siteLoopback {
		return s, err
	}
	return s.dc.api(envProduction), nil
}

// accountsSite is where a token is renewed: the token's AccountsURL, else Config's, else that of the data center in
// which the token's or Config's API domain is.
func (c Config) accountsSite(tok *Token) (site, error) {
	t := tokenOrZero(tok)
	switch {
	case t.AccountsURL != "":
		return parseAccounts("Token.AccountsURL", t.AccountsURL)
	case c.AccountsURL != "":
		return parseAccounts("Config.AccountsURL", c.AccountsURL)
	}
	if domain, field := cmp.Or(t.APIDomain, c.APIDomain), "Token.APIDomain"; domain != "" {
		if t.APIDomain == "" {
			field = "Config.APIDomain"
		}
		s, err := parseAPI(field, domain)
		if err != nil || s.kind == siteLoopback {
			return s, err
		}
		return s.dc.accounts(), nil
	}
	dc, err := c.dataCenter()
	if err != nil {
		return site{}, err
	}
	return dc.accounts(), nil
}

// apiOrigin returns scheme and host of the API for a token, which may be nil, with Sandbox and Developer applied.
func (c Config) apiOrigin(tok *Token) (string, error) {
	s, err := c.apiSite(tok)
	if err != nil {
		return "", fault(err)
	}
	env, err := c.environment()
	if err != nil {
		return "", fault(err)
	}
	origin, err := s.inEnvironment(env)
	if err != nil {
		return "", fault(fmt.Errorf("Token.APIDomain %w", err))
	}
	return origin, nil
}

// accountsOrigin returns scheme and host of the accounts server for a token, which may be nil.
func (c Config) accountsOrigin(tok *Token) (string, error) {
	s, err := c.accountsSite(tok)
	return s.origin, fault(err)
}

// uploadOrigin returns scheme and host that take bulk uploads for a token, which may be nil. Zoho has one per data
// center, for all environments; on loopback it is the API's own.
func (c Config) uploadOrigin(tok *Token) (string, error) {
	s, err := c.apiSite(tok)
	switch {
	case err != nil:
		return "", fault(err)
	case s.kind == siteLoopback:
		return s.origin, nil
	case regions[s.dc].upload == "":
		return "", fault(fmt.Errorf("the host for bulk uploads in data center %v is not known", s.dc))
	}
	return "https://" + regions[s.dc].upload, nil
}

// client returns a copy of the HTTP client that the caller may change. It follows no redirect, since a token would go
// along, and its Transport is never nil. Each call without an HTTPClient makes a pool of connections: call it once.
func (c Config) client() *http.Client {
	hc := http.Client{}
	if c.HTTPClient != nil {
		hc = *c.HTTPClient
	}
	if hc.Transport == nil {
		hc.Transport = newTransport(c.MaxConcurrency)
	}
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &hc
}

// newTransport has the settings of net/http's default one, with idle connections for all requests that may be under way.
func newTransport(concurrency int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          mostConcurrency,
		MaxIdleConnsPerHost:   cmp.Or(concurrency, 10),
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// String describes the configuration without its secrets.
func (c Config) String() string { return "zohohub.Config" + c.public().text() }

// GoString is String: %#v shows no secret either.
func (c Config) GoString() string { return c.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue gives log/slog what String shows.
func (c Config) LogValue() slog.Value { return c.public().logValue() }

// MarshalJSON writes what String shows: a Config with its secrets is not for storing.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.public().object()) }

// public is what may be shown of the configuration.
func (c Config) public() attrs {
	timeout := "" // a zero in words would read as none at all
	if c.Timeout != 0 {
		timeout = c.Timeout.String()
	}
	return attrs{
		{"ClientID", c.ClientID},
		{"ClientSecret", mark(c.ClientSecret)},
		{"RedirectURL", redactURL(c.RedirectURL)},
		{"Scopes", strings.Join(c.Scopes, ",")},
		{"DataCenter", c.DataCenter.String()},
		{"AccountsURL", redactURL(c.AccountsURL)},
		{"APIDomain", redactURL(c.APIDomain)},
		{"APIVersion", c.APIVersion},
		{"Sandbox", c.Sandbox},
		{"Developer", c.Developer},
		{"MaxConcurrency", c.MaxConcurrency},
		{"MaxAttempts", c.MaxAttempts},
		{"Timeout", timeout},
	}
}
