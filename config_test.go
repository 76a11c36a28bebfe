package zohohub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// valid is a configuration without faults.
func valid() zohohub.Config {
	return zohohub.Config{ClientID: "1000.FAKECLIENTID", ClientSecret: "fake-client-secret", RedirectURL: "https://app.example/oauth2callback"}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*zohohub.Config)
		want   string // empty: no fault
	}{
		"as it is":                  {func(*zohohub.Config) {}, ""},
		"no client id":              {func(c *zohohub.Config) { c.ClientID = " " }, "zohohub: Config.ClientID is empty"},
		"a line break in an id":     {func(c *zohohub.Config) { c.ClientID = "1000.FAKE\n" }, "zohohub: Config.ClientID holds a line break or another control character"},
		"a line break in a secret":  {func(c *zohohub.Config) { c.ClientSecret = "fake\r\n" }, "zohohub: Config.ClientSecret holds a line break or another control character"},
		"no redirect URL":           {func(c *zohohub.Config) { c.RedirectURL = "" }, ""},
		"an app's redirect URL":     {func(c *zohohub.Config) { c.RedirectURL = "com.example.app:/oauth2callback" }, ""},
		"a loopback redirect URL":   {func(c *zohohub.Config) { c.RedirectURL = "http://localhost:8080" }, ""},
		"a redirect path":           {func(c *zohohub.Config) { c.RedirectURL = "/oauth2callback" }, "zohohub: Config.RedirectURL is not an absolute URL"},
		"a redirect host":           {func(c *zohohub.Config) { c.RedirectURL = "app.example/oauth2callback" }, "zohohub: Config.RedirectURL is not an absolute URL"},
		"a redirect host with port": {func(c *zohohub.Config) { c.RedirectURL = "localhost:8080/oauth2callback" }, "zohohub: Config.RedirectURL is not an absolute URL"},
		"a broken redirect URL":     {func(c *zohohub.Config) { c.RedirectURL = "https://app.example/\n" }, "zohohub: Config.RedirectURL is not an absolute URL"},
		"unknown data center":       {func(c *zohohub.Config) { c.DataCenter = 11 }, "zohohub: Config.DataCenter 11 is none of eu, us, in, cn, au, jp, ca, sa, uk, ae, sg"},
		"last data center":          {func(c *zohohub.Config) { c.DataCenter = zohohub.SG }, ""},
		"unknown accounts":          {func(c *zohohub.Config) { c.AccountsURL = "https://accounts.zoho.example" }, `zohohub: Config.AccountsURL: host "accounts.zoho.example" is none of Zoho's`},
		"http accounts":             {func(c *zohohub.Config) { c.AccountsURL = "http://accounts.zoho.eu" }, `zohohub: Config.AccountsURL is http, and host "accounts.zoho.eu" is not loopback`},
		"API as accounts":           {func(c *zohohub.Config) { c.AccountsURL = "https://www.zohoapis.eu" }, "zohohub: Config.AccountsURL is an API domain; the accounts server is https://accounts.zoho.eu"},
		"unknown API domain":        {func(c *zohohub.Config) { c.APIDomain = "https://crm.zoho.eu" }, `zohohub: Config.APIDomain: host "crm.zoho.eu" is none of Zoho's`},
		"http API domain":           {func(c *zohohub.Config) { c.APIDomain = "http://www.zohoapis.eu" }, `zohohub: Config.APIDomain is http, and host "www.zohoapis.eu" is not loopback`},
		"accounts as API":           {func(c *zohohub.Config) { c.APIDomain = "https://accounts.zoho.com.cn" }, "zohohub: Config.APIDomain is an accounts server; the API domain is https://www.zohoapis.com.cn"},
		"loopback":                  {func(c *zohohub.Config) { c.AccountsURL, c.APIDomain = "http://localhost:1", "http://[::1]:2/" }, ""},
		"two data centers":          {func(c *zohohub.Config) { c.DataCenter, c.APIDomain = zohohub.US, "https://www.zohoapis.eu" }, "zohohub: Config.APIDomain is in data center eu, Config.DataCenter in us"},
		"accounts beside it":        {func(c *zohohub.Config) { c.DataCenter, c.AccountsURL = zohohub.US, "https://accounts.zoho.eu" }, "zohohub: Config.AccountsURL is in data center eu, Config.DataCenter in us"},
		"two hosts": {func(c *zohohub.Config) {
			c.AccountsURL, c.APIDomain = "https://accounts.zoho.jp", "https://www.zohoapis.eu"
		}, "zohohub: Config.APIDomain is in data center eu, Config.AccountsURL in jp"},
		"both environments":    {func(c *zohohub.Config) { c.Sandbox, c.Developer = true, true }, "zohohub: Config.Sandbox and Config.Developer are both set"},
		"other environment":    {func(c *zohohub.Config) { c.Developer, c.APIDomain = true, "https://sandbox.zohoapis.eu" }, "zohohub: Config.APIDomain is of the sandbox environment, and Config asks for developer"},
		"version 9":            {func(c *zohohub.Config) { c.APIVersion = "v9" }, `zohohub: Config.APIVersion "v9" is none of v2, v2.1, v3, v4, v5, v6, v7, v8`},
		"version without v":    {func(c *zohohub.Config) { c.APIVersion = "8" }, `zohohub: Config.APIVersion "8" is none of v2, v2.1, v3, v4, v5, v6, v7, v8`},
		"version 2.1":          {func(c *zohohub.Config) { c.APIVersion = "v2.1" }, ""},
		"negative concurrency": {func(c *zohohub.Config) { c.MaxConcurrency = -1 }, "zohohub: Config.MaxConcurrency -1 is not between 0 and 1000"},
		"great concurrency":    {func(c *zohohub.Config) { c.MaxConcurrency = 1001 }, "zohohub: Config.MaxConcurrency 1001 is not between 0 and 1000"},
		"negative attempts":    {func(c *zohohub.Config) { c.MaxAttempts = -1 }, "zohohub: Config.MaxAttempts -1 is not between 0 and 100"},
		"many attempts":        {func(c *zohohub.Config) { c.MaxAttempts = 101 }, "zohohub: Config.MaxAttempts 101 is not between 0 and 100"},
		"no timeout":           {func(c *zohohub.Config) { c.Timeout = -1 }, ""},
		"all at once": {func(c *zohohub.Config) {
			*c = zohohub.Config{DataCenter: -1, AccountsURL: "x", APIDomain: "y", APIVersion: "z", MaxConcurrency: -1, MaxAttempts: -1, Sandbox: true, Developer: true}
		}, "zohohub: Config.ClientID is empty\n" +
			"Config.DataCenter -1 is none of eu, us, in, cn, au, jp, ca, sa, uk, ae, sg\n" +
			"Config.AccountsURL is not a URL of a scheme and a host\n" +
			"Config.APIDomain is not a URL of a scheme and a host\n" +
			"Config.Sandbox and Config.Developer are both set\n" +
			`Config.APIVersion "z" is none of v2, v2.1, v3, v4, v5, v6, v7, v8` + "\n" +
			"Config.MaxConcurrency -1 is not between 0 and 1000\n" +
			"Config.MaxAttempts -1 is not between 0 and 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := valid()
			tt.change(&cfg)
			err := cfg.Validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}
