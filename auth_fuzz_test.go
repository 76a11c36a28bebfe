package zohohub_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// FuzzCallbackQuery: whatever comes back through a browser in the place of Zoho's query, the code and the client's secret go
// to an accounts server of Zoho's, in the body, or nowhere.
func FuzzCallbackQuery(f *testing.F) {
	f.Add("code=1000.fake-code&location=us&accounts-server=https%3A%2F%2Faccounts.zoho.com&state=x")
	f.Add("error=access_denied&state=x")
	f.Add("code=a&location=EU&accounts-server=https://accounts.zoho.eu.evil.example")
	f.Add("code=a&accounts-server=https://accounts.zoho.eu@evil.example/&location=../us")
	f.Add("code=a%0d%0ab&accounts-server=https%3A%2F%2Faccounts.zoho.eu%3A444%2Foauth%3Fx%23y")
	f.Add("code=&accounts-server=http%3A%2F%2F127.0.0.1%3A1&accounts-server=https%3A%2F%2Faccounts.zoho.jp")
	known := []string{
		"accounts.zoho.eu", "accounts.zoho.com", "accounts.zoho.in", "accounts.zoho.com.cn", "accounts.zoho.com.au", "accounts.zoho.jp",
		"accounts.zohocloud.ca", "accounts.zoho.sa", "accounts.zoho.uk", "accounts.zoho.ae", "accounts.zoho.sg",
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return // net/http gives what it understood
		}
		const secret = "fake-client-secret"
		asked := 0
		auth := NewAuth(Config{
			ClientID: "1000.FAKE", ClientSecret: secret, RedirectURL: "https://app.example/back",
			HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked++
				assert.True(t, r.URL.Scheme == "https" && slices.Contains(known, r.URL.Host) && r.URL.User == nil, r.URL)
				assert.NotContains(t, r.URL.String(), secret)
				return nil, errors.New("nobody there")
			})},
		})
		if dc, err := ParseDataCenter(values.Get("location")); err != nil {
			assert.Zero(t, dc)
			assert.False(t, strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }), err)
		}
		at, err := auth.At(values.Get("accounts-server"))
		if err != nil {
			assert.Nil(t, at)
			assert.NotContains(t, err.Error(), secret)
			return
		}
		_, err = at.Exchange(t.Context(), values.Get("code"))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), secret)
		assert.LessOrEqual(t, asked, 1)
	})
}
