package zohohubtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTrace(t *testing.T) { // not parallel: the environment is the process's
	for _, road := range []string{"socket", "transport"} {
		t.Run(road, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "trace.jsonl")
			t.Setenv(TraceEnv, file)
			s := NewServer(t)
			client, token, code := roads(s)[road], s.Token(), s.GrantCode()
			s.AddClient("1000.OTHER", "other-fake-secret")
			s.AddClient("1000.BARE", "")
			client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			header := signed(token.AccessToken)
			header.Set("Referer", "https://app.example/x?y")
			_, _, err := send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/users?type=Current%55ser", header, "")
			require.NoError(t, err)
			form := url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken},
				"client_id": {s.Config().ClientID}, "client_secret": {s.Config().ClientSecret},
			}
			renewed, _, err := send(t.Context(), client, http.MethodPost, s.URL()+"/oauth/v2/token", formHeader(), form.Encode())
			require.NoError(t, err)
			var answer struct {
				AccessToken string `json:"access_token"` //nolint:tagliatelle // Zoho's
			}
			require.NoError(t, json.Unmarshal([]byte(renewed.Body), &answer))
			consent := url.Values{
				"response_type": {"code"}, "client_id": {s.Config().ClientID}, "redirect_uri": {s.Config().RedirectURL},
				"scope": {"ZohoCRM.users.READ"}, "decision": {"reject"},
			}
			_, _, err = send(t.Context(), client, http.MethodPost, s.URL()+"/oauth/v2/auth", formHeader(), consent.Encode())
			require.NoError(t, err)
			s.Close() // a line may come after its answer, but not after the server
			assert.NotPanics(t, func() { s.Token() })

			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var got []Trace
			for line := range bytes.Lines(text) {
				var l Trace
				require.NoError(t, json.Unmarshal(line, &l), "%s", line)
				assert.Empty(t, l.Header["Authorization"])
				if came := l.Header["Referer"]; came != nil {
					l.Header = http.Header{"Referer": came}
				} else {
					l.Header = nil // the client's own
				}
				got = append(got, l)
			}
			assert.Equal(t, []Trace{
				{Kind: "client secret", Secret: s.Config().ClientSecret},
				{Kind: "refresh token", Secret: token.RefreshToken},
				{Kind: "access token", Secret: token.AccessToken},
				{Kind: "code", Secret: code},
				{Kind: "client secret", Secret: "other-fake-secret"},
				{Method: "GET", URL: "/crm/v8/users?type=Current%55ser", Header: http.Header{"Referer": {"https://app.example/x?y"}}},
				{Kind: "access token", Secret: answer.AccessToken},
				{Method: "POST", URL: "/oauth/v2/token"},
				{Method: "POST", URL: "/oauth/v2/auth", Location: s.Config().RedirectURL + "?error=access_denied"},
			}, got)
		})
	}
}

func TestATraceThatCannotBeWritten(t *testing.T) {
	t.Setenv(TraceEnv, t.TempDir())
	assert.Panics(t, func() { Start() })
	l := &tracer{out: full{}}
	assert.PanicsWithValue(t, "zohohubtest: ZOHOHUBTEST_TRACE: the disk is full", func() { l.secret("code", "1000.fake-code") })
}
