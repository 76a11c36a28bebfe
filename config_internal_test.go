package zohohub

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegions(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, r := range regions {
		dc := DataCenter(i)
		for _, host := range []string{r.accounts, "www." + r.api, "sandbox." + r.api, "developer." + r.api, r.upload, r.sandbox} {
			if host == "" {
				continue // an upload host that nobody has seen
			}
			u, err := url.Parse("https://" + host)
			require.NoError(t, err)
			assert.Equal(t, host, u.Hostname())
			assert.False(t, seen[host], "%s is there twice", host)
			seen[host] = true
		}
		for host, want := range map[string]site{
			r.accounts:           {kind: siteAccounts, origin: "https://" + r.accounts, dc: dc},
			"www." + r.api:       {kind: siteAPI, origin: "https://www." + r.api, dc: dc, env: "www"},
			"sandbox." + r.api:   {kind: siteAPI, origin: "https://sandbox." + r.api, dc: dc, env: "sandbox"},
			"developer." + r.api: {kind: siteAPI, origin: "https://developer." + r.api, dc: dc, env: "developer"},
		} {
			got, ok := findSite(host)
			assert.True(t, ok, host)
			assert.Equal(t, want, got)
		}
		ui, ok := sandboxUI("https://" + r.sandbox + "/crm")
		assert.True(t, ok, r.sandbox)
		assert.Equal(t, dc, ui)
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	const loop = "http://127.0.0.1:8484"
	type want struct{ accounts, api, upload string }
	eu := want{"https://accounts.zoho.eu", "https://www.zohoapis.eu", "https://content.zohoapis.eu"}
	us := want{"https://accounts.zoho.com", "https://www.zohoapis.com", "https://content.zohoapis.com"}
	local := want{loop, loop, loop}
	api := func(w want, origin string) want { w.api = origin; return w }
	for name, tt := range map[string]struct {
		cfg  Config
		tok  *Token
		want want
	}{
		"nothing":                       {Config{}, nil, eu},
		"empty token":                   {Config{}, &Token{}, eu},
		"data center":                   {Config{DataCenter: US}, nil, us},
		"accounts of another":           {Config{AccountsURL: "https://accounts.zoho.com/"}, nil, us},
		"API of another":                {Config{APIDomain: "https://www.zohoapis.com"}, nil, us},
		"both of another":               {Config{AccountsURL: us.accounts, APIDomain: us.api}, nil, us},
		"all three agree":               {Config{DataCenter: US, AccountsURL: us.accounts, APIDomain: us.api}, nil, us},
		"token's API domain":            {Config{}, &Token{APIDomain: us.api}, us},
		"token's accounts server":       {Config{}, &Token{AccountsURL: us.accounts}, us},
		"token's both":                  {Config{DataCenter: IN}, &Token{AccountsURL: us.accounts, APIDomain: us.api}, us},
		"token before Config":           {Config{AccountsURL: eu.accounts, APIDomain: eu.api}, &Token{AccountsURL: us.accounts, APIDomain: us.api}, us},
		"Config's accounts, token's":    {Config{AccountsURL: eu.accounts}, &Token{APIDomain: us.api}, want{eu.accounts, us.api, us.upload}},
		"port 443 and capitals":         {Config{APIDomain: "HTTPS://WWW.ZohoAPIs.com:443/"}, nil, us},
		"sandbox":                       {Config{Sandbox: true}, nil, api(eu, "https://sandbox.zohoapis.eu")},
		"developer":                     {Config{Developer: true, DataCenter: US}, nil, api(us, "https://developer.zohoapis.com")},
		"sandbox over an API domain":    {Config{Sandbox: true, APIDomain: us.api}, nil, api(us, "https://sandbox.zohoapis.com")},
		"sandbox over a token's":        {Config{Sandbox: true}, &Token{APIDomain: us.api}, api(us, "https://sandbox.zohoapis.com")},
		"sandbox twice":                 {Config{Sandbox: true, APIDomain: "https://sandbox.zohoapis.com"}, nil, api(us, "https://sandbox.zohoapis.com")},
		"sandbox by the API domain":     {Config{APIDomain: "https://sandbox.zohoapis.eu"}, nil, api(eu, "https://sandbox.zohoapis.eu")},
		"and the token says www":        {Config{APIDomain: "https://sandbox.zohoapis.eu"}, &Token{APIDomain: eu.api}, api(eu, "https://sandbox.zohoapis.eu")},
		"sandbox by the token":          {Config{}, &Token{APIDomain: "https://sandbox.zohoapis.eu"}, api(eu, "https://sandbox.zohoapis.eu")},
		"loopback":                      {Config{AccountsURL: loop, APIDomain: loop}, nil, local},
		"loopback accounts alone":       {Config{AccountsURL: loop}, nil, local},
		"loopback API alone":            {Config{APIDomain: loop}, nil, local},
		"loopback token":                {Config{DataCenter: US}, &Token{APIDomain: loop}, local},
		"loopback token's accounts":     {Config{DataCenter: US}, &Token{AccountsURL: loop}, local},
		"loopback does not do sandbox":  {Config{AccountsURL: loop, Sandbox: true}, nil, local},
		"loopback accounts, Zoho's API": {Config{AccountsURL: loop, APIDomain: us.api}, nil, want{loop, us.api, us.upload}},
		"Canada's upload host":          {Config{DataCenter: CA}, nil, want{"https://accounts.zohocloud.ca", "https://www.zohoapis.ca", "https://upload.zohocloud.ca"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, tt.cfg.validate(false))
			accounts, err := tt.cfg.accountsOrigin(tt.tok)
			require.NoError(t, err)
			api, err := tt.cfg.apiOrigin(tt.tok)
			require.NoError(t, err)
			upload, err := tt.cfg.uploadOrigin(tt.tok)
			require.NoError(t, err)
			assert.Equal(t, tt.want, want{accounts, api, upload})
		})
	}
}

func TestOriginFaults(t *testing.T) {
	t.Parallel()
	accounts, api, upload := Config.accountsOrigin, Config.apiOrigin, Config.uploadOrigin
	for name, tt := range map[string]struct {
		ask  func(Config, *Token) (string, error)
		cfg  Config
		tok  *Token
		want string
	}{
		"token's API domain is a stranger's": {api, Config{}, &Token{APIDomain: "https://evil.example"},
			`zohohub: Token.APIDomain: host "evil.example" is none of Zoho's`},
		"token's API domain, asked for accounts": {accounts, Config{}, &Token{APIDomain: "https://evil.example"},
			`zohohub: Token.APIDomain: host "evil.example" is none of Zoho's`},
		"Zoho's name as a part": {api, Config{}, &Token{APIDomain: "https://www.zohoapis.com.evil.example"},
			`zohohub: Token.APIDomain: host "www.zohoapis.com.evil.example" is none of Zoho's`},
		"no label": {api, Config{}, &Token{APIDomain: "https://zohoapis.com"},
			`zohohub: Token.APIDomain: host "zohoapis.com" is none of Zoho's`},
		"token's API domain is an accounts server": {api, Config{}, &Token{APIDomain: "https://accounts.zoho.in"},
			`zohohub: Token.APIDomain is an accounts server; the API domain is https://www.zohoapis.in`},
		"token's accounts server is an API domain": {accounts, Config{}, &Token{AccountsURL: "https://www.zohoapis.in"},
			`zohohub: Token.AccountsURL is an API domain; the accounts server is https://accounts.zoho.in`},
		"token's accounts server is a stranger's": {accounts, Config{}, &Token{AccountsURL: "https://accounts.zoho.evil"},
			`zohohub: Token.AccountsURL: host "accounts.zoho.evil" is none of Zoho's`},
		"Config's API domain": {api, Config{APIDomain: "https://evil.example"}, nil,
			`zohohub: Config.APIDomain: host "evil.example" is none of Zoho's`},
		"Config's API domain, asked for accounts": {accounts, Config{APIDomain: "https://evil.example"}, nil,
			`zohohub: Config.APIDomain: host "evil.example" is none of Zoho's`},
		"Config's accounts server": {accounts, Config{AccountsURL: "https://evil.example"}, nil,
			`zohohub: Config.AccountsURL: host "evil.example" is none of Zoho's`},
		"data center": {accounts, Config{DataCenter: 99}, nil,
			`zohohub: Config.DataCenter 99 is none of eu, us, in, cn, au, jp, ca, sa, uk, ae, sg`},
		"data center, asked for the API": {api, Config{DataCenter: -1}, nil,
			`zohohub: Config.DataCenter -1 is none of eu, us, in, cn, au, jp, ca, sa, uk, ae, sg`},
		"token of the other environment": {api, Config{Sandbox: true}, &Token{APIDomain: "https://developer.zohoapis.eu"},
			`zohohub: Token.APIDomain is of the developer environment, and sandbox is wanted`},
		"both environments": {api, Config{Sandbox: true, Developer: true}, nil,
			`zohohub: Config.Sandbox and Config.Developer are both set`},
		"upload host of the UK": {upload, Config{DataCenter: UK}, nil,
			`zohohub: the host for bulk uploads in data center uk is not known`},
		"upload host of the token's data center": {upload, Config{}, &Token{APIDomain: "https://www.zohoapis.ae"},
			`zohohub: the host for bulk uploads in data center ae is not known`},
		"upload host of a stranger": {upload, Config{}, &Token{APIDomain: "https://evil.example"},
			`zohohub: Token.APIDomain: host "evil.example" is none of Zoho's`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			origin, err := tt.ask(tt.cfg, tt.tok)
			require.EqualError(t, err, tt.want)
			assert.Empty(t, origin)
		})
	}
}

func TestValidateWithoutClient(t *testing.T) {
	t.Parallel()
	require.NoError(t, Config{}.validate(false))
	require.EqualError(t, Config{APIVersion: "v1"}.validate(false),
		`zohohub: Config.APIVersion "v1" is none of v2, v2.1, v3, v4, v5, v6, v7, v8`)
}

func TestWithDefaults(t *testing.T) {
	t.Parallel()
	got := Config{}.withDefaults()
	assert.Equal(t, Config{
		Scopes: DefaultScopes, APIVersion: "v8", MaxConcurrency: 10, MaxAttempts: 4, Timeout: 30 * time.Second, MetadataAge: time.Hour,
	}, got)

	own := Config{Scopes: []string{"a"}, APIVersion: "v2.1", MaxConcurrency: 1, MaxAttempts: 2, Timeout: -1, MetadataAge: -1}
	got = own.withDefaults()
	assert.Equal(t, own, got)
	got.Scopes[0] = "b"
	assert.Equal(t, []string{"a"}, own.Scopes)

	Config{}.withDefaults().Scopes[0] = "b"
	assert.NotContains(t, DefaultScopes, "b")
}

func TestClientIsACopy(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	follow := func(*http.Request, []*http.Request) error { return nil }
	own := &http.Client{Transport: http.NewFileTransport(http.Dir(".")), CheckRedirect: follow, Jar: jar, Timeout: time.Second}
	before := *own

	got := Config{HTTPClient: own}.client()

	assert.NotSame(t, own, got)
	assert.Equal(t, before.Transport, got.Transport)
	assert.Equal(t, before.Jar, got.Jar)
	assert.Equal(t, before.Timeout, got.Timeout)
	assert.Equal(t, http.ErrUseLastResponse, got.CheckRedirect(nil, nil))
	require.NoError(t, own.CheckRedirect(nil, nil), "the caller's own still follows")

	bare := &http.Client{}
	assert.NotNil(t, Config{HTTPClient: bare}.client().Transport)
	assert.Nil(t, bare.Transport)
}

func TestClientOfItsOwn(t *testing.T) {
	t.Parallel()
	one, two := Config{MaxConcurrency: 7}.client(), Config{}.client()
	assert.NotSame(t, one.Transport, two.Transport)
	assert.Equal(t, 7, one.Transport.(*http.Transport).MaxIdleConnsPerHost)
	assert.Equal(t, 10, two.Transport.(*http.Transport).MaxIdleConnsPerHost)
	assert.Equal(t, http.ErrUseLastResponse, one.CheckRedirect(nil, nil))
}

func TestParseSite(t *testing.T) {
	t.Parallel()
	for raw, origin := range map[string]string{
		"http://127.0.0.1:8484":   "http://127.0.0.1:8484",
		"http://127.9.9.9":        "http://127.9.9.9",
		"https://localhost:1//":   "https://localhost:1",
		"http://LocalHost":        "http://localhost",
		"http://[::1]:80":         "http://[::1]:80",
		"https://www.zohoapis.eu": "https://www.zohoapis.eu",
	} {
		s, err := parseSite("F", raw)
		require.NoError(t, err, raw)
		assert.Equal(t, origin, s.origin)
	}
	s, err := parseSite("F", "\thttps://www.zohoapis.eu \n")
	require.NoError(t, err)
	assert.Equal(t, "https://www.zohoapis.eu", s.origin)
	for raw, want := range map[string]string{
		"www.zohoapis.eu":                       "F is not a URL of a scheme and a host",
		"https:www.zohoapis.eu":                 "F is not a URL of a scheme and a host",
		"https://":                              "F is not a URL of a scheme and a host",
		"https://fake-secret@[":                 "F is not a URL of a scheme and a host",
		"https://fake-secret\x7f.zoho.eu":       "F is not a URL of a scheme and a host",
		"https://u:fake-secret@127.0.0.1":       "F holds user info",
		"https://www.zohoapis.eu?fake-secret":   "F holds a query",
		"https://www.zohoapis.eu?":              "F holds a query",
		"https://www.zohoapis.eu#fake-secret":   "F holds a fragment",
		"https://www.zohoapis.eu/fake-secret":   "F holds a path; scheme and host are enough",
		"http://127.0.0.1:65536":                "F has a port that is not between 1 and 65535",
		"http://127.0.0.1:0":                    "F has a port that is not between 1 and 65535",
		"http://[::1%25lo]:80":                  `F is http, and host "::1%lo" is not loopback`,
		"http://127.0.0.1:8484/crm":             "F holds a path; scheme and host are enough",
		"ftp://127.0.0.1":                       "F is neither https nor, on loopback, http",
		"http://www.zohoapis.eu":                `F is http, and host "www.zohoapis.eu" is not loopback`,
		"http://10.0.0.1":                       `F is http, and host "10.0.0.1" is not loopback`,
		"http://localhost.evil.example":         `F is http, and host "localhost.evil.example" is not loopback`,
		"http://128.0.0.1":                      `F is http, and host "128.0.0.1" is not loopback`,
		"https://www.zohoapis.eu:8443":          `F: host "www.zohoapis.eu:8443" is none of Zoho's`,
		"https://www.zohoapis.eu.":              `F: host "www.zohoapis.eu." is none of Zoho's`,
		"https://evil.www.zohoapis.eu":          `F: host "evil.www.zohoapis.eu" is none of Zoho's`,
		"https://crm.zoho.com":                  `F: host "crm.zoho.com" is none of Zoho's`,
		"https://" + strings.Repeat("x", 200):   `F: host "` + strings.Repeat("x", 80) + `" is none of Zoho's`,
		"https://accounts.zoho.eu@evil.example": "F holds user info",
	} {
		_, err := parseSite("F", raw)
		require.EqualError(t, err, want, raw)
	}
}
