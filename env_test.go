package zohohub_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// setenv leaves of Zoho's variables exactly those of vars.
func setenv(t *testing.T, vars map[string]string) {
	t.Helper()
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "ZOHO_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range vars {
		t.Setenv(name, value)
	}
}

func TestConfigFromEnv(t *testing.T) {
	const loop = "http://127.0.0.1:8484"
	for name, tt := range map[string]struct {
		vars map[string]string
		cfg  zohohub.Config
		tok  *zohohub.Token
	}{
		"nothing": {nil, zohohub.Config{}, nil},
		"everything": {
			map[string]string{
				"ZOHO_CLIENT_ID": "1000.FAKE", "ZOHO_CLIENT_SECRET": "fake-secret", "ZOHO_REDIRECT_URI": "https://app.example/cb",
				"ZOHO_DATA_CENTER": "IN", "ZOHO_ACCOUNTS_URL": "https://accounts.zoho.in/", "ZOHO_API_DOMAIN": "https://www.zohoapis.in/",
				"ZOHO_API_VERSION": "v2.1", "ZOHO_SANDBOX": "yes", "ZOHO_DEBUG": "off",
				"ZOHO_REFRESH_TOKEN": "1000.fake-refresh-token", "ZOHO_ACCESS_TOKEN": " 1000.fake-access-token\n",
			},
			zohohub.Config{
				ClientID: "1000.FAKE", ClientSecret: "fake-secret", RedirectURL: "https://app.example/cb", DataCenter: zohohub.IN,
				AccountsURL: "https://accounts.zoho.in", APIDomain: "https://www.zohoapis.in", APIVersion: "v2.1", Sandbox: true,
			},
			&zohohub.Token{RefreshToken: "1000.fake-refresh-token", AccessToken: "1000.fake-access-token"},
		},
		"an access token alone":  {map[string]string{"ZOHO_ACCESS_TOKEN": "1000.fake"}, zohohub.Config{}, &zohohub.Token{AccessToken: "1000.fake"}},
		"a refresh token alone":  {map[string]string{"ZOHO_REFRESH_TOKEN": "1000.fake"}, zohohub.Config{}, &zohohub.Token{RefreshToken: "1000.fake"}},
		"ZohoHub's secret":       {map[string]string{"ZOHO_SECRET": "fake-secret"}, zohohub.Config{ClientSecret: "fake-secret"}, nil},
		"the same secret twice":  {map[string]string{"ZOHO_SECRET": "fake-secret", "ZOHO_CLIENT_SECRET": "fake-secret"}, zohohub.Config{ClientSecret: "fake-secret"}, nil},
		"data center":            {map[string]string{"ZOHO_DATA_CENTER": "jp"}, zohohub.Config{DataCenter: zohohub.JP}, nil},
		"accounts decides":       {map[string]string{"ZOHO_ACCOUNTS_URL": "https://accounts.zoho.com"}, zohohub.Config{DataCenter: zohohub.US, AccountsURL: "https://accounts.zoho.com"}, nil},
		"API domain decides":     {map[string]string{"ZOHO_API_DOMAIN": "https://www.zohoapis.com.au"}, zohohub.Config{DataCenter: zohohub.AU, APIDomain: "https://www.zohoapis.com.au"}, nil},
		"accounts as API domain": {map[string]string{"ZOHO_API_DOMAIN": "https://accounts.zoho.com"}, zohohub.Config{DataCenter: zohohub.US, AccountsURL: "https://accounts.zoho.com"}, nil},
		"accounts in both": {map[string]string{"ZOHO_API_DOMAIN": "https://accounts.zoho.com", "ZOHO_ACCOUNTS_URL": "https://accounts.zoho.com/"},
			zohohub.Config{DataCenter: zohohub.US, AccountsURL: "https://accounts.zoho.com"}, nil},
		"ZohoHub's sandbox": {map[string]string{"ZOHO_API_DOMAIN": "https://crmsandbox.zoho.com/crm"}, zohohub.Config{DataCenter: zohohub.US, Sandbox: true}, nil},
		"its port":          {map[string]string{"ZOHO_API_DOMAIN": "https://crmsandbox.zoho.com:443/crm"}, zohohub.Config{DataCenter: zohohub.US, Sandbox: true}, nil},
		"its kin": {map[string]string{"ZOHO_API_DOMAIN": "https://crmsandbox.zoho.com.cn/crm/", "ZOHO_SANDBOX": "1", "ZOHO_DATA_CENTER": "cn"},
			zohohub.Config{DataCenter: zohohub.CN, Sandbox: true}, nil},
		"sandbox's API domain": {map[string]string{"ZOHO_API_DOMAIN": "https://sandbox.zohoapis.eu", "ZOHO_DATA_CENTER": "eu"}, zohohub.Config{APIDomain: "https://sandbox.zohoapis.eu"}, nil},
		"loopback": {map[string]string{"ZOHO_API_DOMAIN": loop, "ZOHO_ACCOUNTS_URL": loop + "/", "ZOHO_DATA_CENTER": "us"},
			zohohub.Config{DataCenter: zohohub.US, AccountsURL: loop, APIDomain: loop}, nil},
		"loopback API domain alone": {map[string]string{"ZOHO_API_DOMAIN": loop}, zohohub.Config{APIDomain: loop}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, tt.vars)
			cfg, tok, err := zohohub.ConfigFromEnv()
			require.NoError(t, err)
			assert.Equal(t, tt.cfg, cfg)
			assert.Equal(t, tt.tok, tok)
			cfg.ClientID = "1000.FAKE"
			assert.NoError(t, cfg.Validate(), "what the environment gave is valid")
		})
	}
}

func TestConfigFromEnvFaults(t *testing.T) {
	const keys = "eu, us, in, cn, au, jp, ca, sa, uk, ae, sg"
	for name, tt := range map[string]struct {
		vars map[string]string
		want string
	}{
		"unknown data center":    {map[string]string{"ZOHO_DATA_CENTER": "moon"}, `ZOHO_DATA_CENTER "moon" is none of ` + keys},
		"unknown accounts":       {map[string]string{"ZOHO_ACCOUNTS_URL": "https://accounts.zoho.example"}, `ZOHO_ACCOUNTS_URL: host "accounts.zoho.example" is none of Zoho's`},
		"API domain as accounts": {map[string]string{"ZOHO_ACCOUNTS_URL": "https://www.zohoapis.in"}, "ZOHO_ACCOUNTS_URL is an API domain; the accounts server is https://accounts.zoho.in"},
		"unknown API domain":     {map[string]string{"ZOHO_API_DOMAIN": "https://crm.zoho.com/crm"}, "ZOHO_API_DOMAIN holds a path; scheme and host are enough"},
		"sandbox with a path":    {map[string]string{"ZOHO_API_DOMAIN": "https://crmsandbox.zoho.com/other"}, "ZOHO_API_DOMAIN holds a path; scheme and host are enough"},
		"sandbox's other port":   {map[string]string{"ZOHO_API_DOMAIN": "https://crmsandbox.zoho.com:8443/crm"}, "ZOHO_API_DOMAIN holds a path; scheme and host are enough"},
		"sandbox over http":      {map[string]string{"ZOHO_API_DOMAIN": "http://crmsandbox.zoho.com"}, `ZOHO_API_DOMAIN is http, and host "crmsandbox.zoho.com" is not loopback`},
		"sandbox with password":  {map[string]string{"ZOHO_API_DOMAIN": "https://u:fake-password@crmsandbox.zoho.com"}, "ZOHO_API_DOMAIN holds user info"},
		"version":                {map[string]string{"ZOHO_API_VERSION": "8"}, `ZOHO_API_VERSION "8" is none of v2, v2.1, v3, v4, v5, v6, v7, v8`},
		"sandbox":                {map[string]string{"ZOHO_SANDBOX": "maybe"}, `ZOHO_SANDBOX "maybe" is none of 1, true, yes, on, 0, false, no, off`},
		"debug":                  {map[string]string{"ZOHO_DEBUG": "2"}, `ZOHO_DEBUG "2" is none of 1, true, yes, on, 0, false, no, off`},
		"two secrets":            {map[string]string{"ZOHO_SECRET": "fake-secret", "ZOHO_CLIENT_SECRET": "fake-password"}, "ZOHO_CLIENT_SECRET and ZOHO_SECRET differ"},
		"data center and API":    {map[string]string{"ZOHO_DATA_CENTER": "us", "ZOHO_API_DOMAIN": "https://www.zohoapis.eu"}, "ZOHO_DATA_CENTER says data center us, ZOHO_API_DOMAIN says eu"},
		"EU is not an accident":  {map[string]string{"ZOHO_DATA_CENTER": "eu", "ZOHO_ACCOUNTS_URL": "https://accounts.zoho.com"}, "ZOHO_DATA_CENTER says data center eu, ZOHO_ACCOUNTS_URL says us"},
		"data center and UI":     {map[string]string{"ZOHO_DATA_CENTER": "us", "ZOHO_API_DOMAIN": "https://crmsandbox.zoho.eu/crm"}, "ZOHO_DATA_CENTER says data center us, ZOHO_API_DOMAIN says eu"},
		"accounts and API":       {map[string]string{"ZOHO_ACCOUNTS_URL": "https://accounts.zoho.in", "ZOHO_API_DOMAIN": "https://www.zohoapis.eu"}, "ZOHO_ACCOUNTS_URL says data center in, ZOHO_API_DOMAIN says eu"},
		"two accounts servers": {map[string]string{"ZOHO_ACCOUNTS_URL": "http://127.0.0.1:1", "ZOHO_API_DOMAIN": "https://accounts.zoho.eu"},
			"ZOHO_ACCOUNTS_URL and ZOHO_API_DOMAIN name two accounts servers"},
		"no sandbox, but one":      {map[string]string{"ZOHO_SANDBOX": "0", "ZOHO_API_DOMAIN": "https://crmsandbox.zoho.eu/crm"}, "ZOHO_SANDBOX says no sandbox, ZOHO_API_DOMAIN is one"},
		"no sandbox, but its host": {map[string]string{"ZOHO_SANDBOX": "no", "ZOHO_API_DOMAIN": "https://sandbox.zohoapis.eu"}, "ZOHO_SANDBOX says no sandbox, ZOHO_API_DOMAIN is one"},
		"sandbox, but developer":   {map[string]string{"ZOHO_SANDBOX": "1", "ZOHO_API_DOMAIN": "https://developer.zohoapis.eu"}, "ZOHO_SANDBOX says sandbox, ZOHO_API_DOMAIN is the developer environment"},
		"all at once": {map[string]string{"ZOHO_API_VERSION": "x", "ZOHO_DATA_CENTER": "x", "ZOHO_ACCOUNTS_URL": "x", "ZOHO_SANDBOX": "x", "ZOHO_API_DOMAIN": "x", "ZOHO_DEBUG": "x"},
			`ZOHO_API_VERSION "x" is none of v2, v2.1, v3, v4, v5, v6, v7, v8` + "\n" +
				`ZOHO_DATA_CENTER "x" is none of ` + keys + "\n" +
				"ZOHO_ACCOUNTS_URL is not a URL of a scheme and a host\n" +
				`ZOHO_SANDBOX "x" is none of 1, true, yes, on, 0, false, no, off` + "\n" +
				"ZOHO_API_DOMAIN is not a URL of a scheme and a host\n" +
				`ZOHO_DEBUG "x" is none of 1, true, yes, on, 0, false, no, off`},
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, tt.vars)
			cfg, tok, err := zohohub.ConfigFromEnv()
			require.EqualError(t, err, "zohohub: "+tt.want)
			assert.Equal(t, zohohub.Config{}, cfg)
			assert.Nil(t, tok)
		})
	}
}

func TestConfigFromEnvDebug(t *testing.T) {
	setenv(t, map[string]string{"ZOHO_DEBUG": "On"})
	cfg, _, err := zohohub.ConfigFromEnv()
	require.NoError(t, err)
	require.NotNil(t, cfg.Logger)
	assert.True(t, cfg.Logger.Enabled(t.Context(), -4), "debug lines are written")
}
