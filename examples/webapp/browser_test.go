package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Sessions are cleaned up for as long as the process lives.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// browser keeps cookies, follows redirects, and knows the page that it shows.
type browser struct {
	t      *testing.T
	client *http.Client
	at     *url.URL
	status int
	header http.Header
	page   string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{t: t, client: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (b *browser) show(req *http.Request) {
	b.t.Helper()
	resp, err := b.client.Do(req)
	require.NoError(b.t, err)
	defer func() { assert.NoError(b.t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	b.at, b.status, b.header, b.page = resp.Request.URL, resp.StatusCode, resp.Header, string(body)
}

func (b *browser) open(address string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	require.NoError(b.t, err)
	b.show(req)
}

var (
	formTag   = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	hiddenTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	rowTag    = regexp.MustCompile(`<tr><td>(.*?)</td><td data-of="Company">(.*?)</td><td data-of="City">(.*?)</td><td data-of="Status">(.*?)</td><td data-of="Owner">(.*?)</td></tr>`)
)

// submit sends the page's form.
func (b *browser) submit(fields url.Values) {
	b.t.Helper()
	action := formTag.FindStringSubmatch(b.page)
	require.NotNil(b.t, action, b.page)
	to, err := b.at.Parse(action[1])
	require.NoError(b.t, err)
	form := url.Values{}
	for _, m := range hiddenTag.FindAllStringSubmatch(b.page, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	for name := range fields {
		form.Set(name, fields.Get(name))
	}
	resp, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, to.String(), nil)
	require.NoError(b.t, err)
	resp.URL.RawQuery = form.Encode()
	b.show(resp)
}

// signIn signs somebody in at the service, by the name that the consent page shows.
func (b *browser) signIn(service, name, decision string) {
	b.t.Helper()
	b.open(service + "/")
	require.Contains(b.t, b.page, `href="/login"`)
	b.open(service + "/login")
	option := regexp.MustCompile(`<option value="(\d+)">` + regexp.QuoteMeta(name)).FindStringSubmatch(b.page)
	require.NotNil(b.t, option, b.page)
	b.submit(url.Values{"user": {option[1]}, "decision": {decision}})
}

// rows are the leads that the page shows.
func (b *browser) rows() (rows [][]string) {
	for _, m := range rowTag.FindAllStringSubmatch(b.page, -1) {
		rows = append(rows, m[1:])
	}
	return rows
}

// cookie is the browser's session at a service.
func (b *browser) cookie(service string) string {
	at, err := url.Parse(service)
	require.NoError(b.t, err)
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == "webapp_session" {
			return c.Value
		}
	}
	return ""
}
