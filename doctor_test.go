package zohohub_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestDoctor(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.LimitCredits(100)
	tok := crm.TokenOf(brunoID, "ZohoCRM.users.ALL", "ZohoCRM.org.READ", "ZohoCRM.modules.leads.ALL")
	cfg := crm.Config()
	cfg.Scopes = []string{"ZohoCRM.modules.ALL", "ZohoCRM.modules.leads.READ", "ZohoCRM.settings.ALL"}
	conn, err := NewConnection(cfg, tok)
	require.NoError(t, err)
	d, err := conn.Doctor(t.Context())
	require.NoError(t, err)
	want := Diagnosis{
		APIDomain: crm.URL(), APIVersion: "v8", AccountsURL: crm.URL(), Org: "Fake Company", ZGID: "20069999999",
		User: "Bruno Costa", Email: "bruno.costa@example.com",
		Granted: []string{"ZohoCRM.users.ALL", "ZohoCRM.org.READ", "ZohoCRM.modules.leads.ALL"},
		Missing: []string{"ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"}, TokenEnds: tok.Expiry, Renewable: true, CreditsLeft: -1, ClockRead: true,
	}
	assert.Equal(t, want, *d)
	assert.Equal(t, `API                `+crm.URL()+`, v8
accounts server    `+crm.URL()+`
organization       Fake Company (20069999999)
user               Bruno Costa (bruno.costa@example.com)
scopes granted     ZohoCRM.users.ALL, ZohoCRM.org.READ, ZohoCRM.modules.leads.ALL
scopes missing     ZohoCRM.modules.ALL, ZohoCRM.settings.ALL
access token ends  `+tok.Expiry.Format(time.RFC3339)+`
API credits left   not told, which Zoho does when half of them are used
clock              right
`, d.String())
	for _, secret := range []string{tok.AccessToken, tok.RefreshToken, cfg.ClientSecret} {
		assert.NotContains(t, d.String(), secret)
	}
	crm.LimitCredits(3)
	d, err = conn.Doctor(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, d.CreditsLeft)
	assert.Contains(t, d.String(), "API credits left   1\n")
}

func TestDoctorWithoutScopes(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	tok := crm.TokenOf(brunoID, "ZohoCRM.modules.ALL")
	for _, granted := range []string{"ZohoCRM.modules.ALL", ""} { // Zoho does not always tell
		conn, err := NewConnection(Config{AccountsURL: crm.URL(), APIDomain: crm.URL(), Scopes: []string{"ZohoCRM.modules.READ"}}, &Token{AccessToken: tok.AccessToken, Scope: granted, User: "bruno.costa@example.com"})
		require.NoError(t, err)
		d, err := conn.Doctor(t.Context())
		require.NoError(t, err, "it is what was asked for")
		assert.Equal(t, []string{"ZohoCRM.org.READ", "ZohoCRM.users.READ"}, d.Missing)
		assert.Equal(t, Diagnosis{
			APIDomain: crm.URL(), APIVersion: "v8", AccountsURL: crm.URL(), Granted: strings.Fields(granted), Missing: d.Missing, CreditsLeft: -1, ClockRead: true, Email: "bruno.costa@example.com",
		}, *d)
		assert.Contains(t, d.String(), "user               bruno.costa@example.com\n", "who signed in")
		assert.Contains(t, d.String(), "access token ends  not told, and cannot be renewed: there is no refresh token\n")
	}
}

// TestDoctorInTrouble: what is known is told, whatever went wrong.
func TestDoctorInTrouble(t *testing.T) {
	t.Parallel()
	const (
		users = `{"users":[{"full_name":"A\nB\u0007","email":"a@example.com"}]}`
		org   = `{"org":[{"company_name":"Acme","zgid":60000000001}]}`
	)
	for name, c := range map[string]struct {
		users, org string
		ahead      time.Duration // this machine's clock
		fault      string
		want       Diagnosis
		line       string
	}{
		"a clock ahead":       {users, org, 90 * time.Second, "", Diagnosis{User: "A\nB\a", Email: "a@example.com", Org: "Acme", ZGID: "60000000001", ClockSkew: 90 * time.Second}, "1m30s ahead of Zoho's"},
		"a clock behind":      {users, org, -time.Hour, "", Diagnosis{User: "A\nB\a", Email: "a@example.com", Org: "Acme", ZGID: "60000000001", ClockSkew: -time.Hour}, "1h0m0s behind Zoho's"},
		"a clock that is off": {users, org, time.Second, "", Diagnosis{User: "A\nB\a", Email: "a@example.com", Org: "Acme", ZGID: "60000000001"}, "user               A B  (a@example.com)"},
		"no user":             {`{"users":[]}`, org, 0, "zohohub: doctor: the answer does not name one user", Diagnosis{Org: "Acme", ZGID: "60000000001"}, "user               not known"},
		"no organization":     {users, `{"org":[]}`, 0, "zohohub: doctor: the answer does not name one organization", Diagnosis{User: "A\nB\a", Email: "a@example.com"}, "organization       not known"},
		"no JSON":             {`<html>`, `{`, 0, "zohohub: doctor: answer is not Zoho's JSON", Diagnosis{}, "https://www.zohoapis.eu, v8, data center eu"},
		"nothing":             {"", "", 0, "no such host", Diagnosis{}, "https://www.zohoapis.eu, v8, data center eu"},
		"no time":             {"", "", 0, "no such host", Diagnosis{}, "clock              not known: no answer told the time\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Second / 2) // Zoho's time is told in whole seconds
				asked := 0
				cfg := Config{MaxAttempts: 1, HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					asked++
					body := c.org
					if strings.HasSuffix(r.URL.Path, "/users") {
						body = c.users
					}
					if body == "" {
						return nil, &unreachable{}
					}
					resp := httpmock.NewStringResponse(http.StatusOK, body)
					resp.Header.Set("Date", time.Now().Add(-c.ahead).UTC().Format(http.TimeFormat))
					return resp, nil
				})}}
				conn, err := NewConnection(cfg, &Token{AccessToken: "1000.fake-access-token"})
				require.NoError(t, err)
				d, err := conn.Doctor(t.Context())
				if c.fault == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, c.fault)
					assert.NotContains(t, err.Error(), "1000.fake")
				}
				require.NotNil(t, d)
				c.want.DataCenter, c.want.Environment, c.want.APIDomain, c.want.APIVersion = "eu", "www", "https://www.zohoapis.eu", "v8"
				c.want.AccountsURL, c.want.CreditsLeft = "https://accounts.zoho.eu", -1
				c.want.Granted, c.want.ClockRead = []string{}, c.users != ""
				assert.Equal(t, c.want, *d)
				assert.Contains(t, d.String(), c.line)
				if c.users == "" {
					assert.Equal(t, 1, asked, "the next is not asked")
				}
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	conn, err := NewConnection(Config{Sandbox: true}, &Token{AccessToken: "1000.fake-access-token"})
	require.NoError(t, err)
	d, err := conn.Doctor(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, d.String(), "https://sandbox.zohoapis.eu, v8, data center eu, sandbox\n")
}

// TestDoctorAfterAFault asks on where the next answer may be another, and no more where it is the same.
func TestDoctorAfterAFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault     zohohubtest.Fault
		is        error
		org, ends string
		asked     int
	}{
		"no permission": {zohohubtest.Fault{Path: "/users", Status: 403}, ErrNoPermission, "Fake Company (20069999999)", "Z", 2},
		"a broken call": {zohohubtest.Fault{Path: "/users", Status: 502}, ErrInternal, "Fake Company (20069999999)", "Z", 2},
		"too many":      {zohohubtest.Fault{Path: "/users", Status: 429}, ErrRateLimited, "not known", "Z", 1},
		"refused":       {zohohubtest.Fault{Path: "/users", Status: 401}, ErrInvalidToken, "not known", "Z, which is past, and cannot be renewed: there is no refresh token", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm := zohohubtest.NewServer(t)
			cfg := crm.Config()
			cfg.MaxAttempts = 1
			tok := crm.Token()
			if c.is == ErrInvalidToken { //nolint:errorlint // the very value
				tok.RefreshToken, tok.Expiry = "", time.Now().Add(-time.Hour)
			}
			conn, err := NewConnection(cfg, tok)
			require.NoError(t, err)
			crm.Inject(c.fault)
			crm.ResetRequests()
			d, err := conn.Doctor(t.Context())
			require.ErrorIs(t, err, c.is)
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Len(t, crm.Requests(), c.asked)
			assert.Contains(t, d.String(), "organization       "+c.org+"\n")
			assert.Contains(t, d.String(), "user               not known\n")
			assert.Contains(t, d.String(), "scopes granted     ZohoCRM.modules.ALL, ")
			assert.Regexp(t, "access token ends  [-0-9T:]+"+c.ends+"\n", d.String())
			assert.Contains(t, d.String(), "clock              right\n")
		})
	}
}

type unreachable struct{}

func (*unreachable) Error() string { return "no such host" }
