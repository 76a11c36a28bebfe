package zohohubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reply is an answer as far as tests compare it.
type reply struct {
	Status int
	Type   string
	Body   string
}

const typeOfAnswers = "application/json;charset=UTF-8"

// ask sends a request over the socket and reads the whole answer.
func ask(t *testing.T, s *Server, method, path string, header http.Header, body io.Reader) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, body)
	require.NoError(t, err)
	maps.Copy(req.Header, header)
	resp, err := (&http.Client{Transport: s.Transport()}).Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), string(b)}
}

// postToken asks the token endpoint with a form for the server's own client.
func postToken(t *testing.T, s *Server, params map[string]string) (status int, body map[string]any) {
	t.Helper()
	form := url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}}
	for name, value := range params {
		form.Set(name, value)
	}
	r := ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(form.Encode()))
	require.NoError(t, json.Unmarshal([]byte(r.Body), &body), r.Body)
	assert.Equal(t, typeOfAnswers, r.Type)
	return r.Status, body
}

func formHeader() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

func signed(token string) http.Header {
	return http.Header{"Authorization": {"Zoho-oauthtoken " + token}}
}

// list calls the CRM with a token; 204 says that the token was good, since there are no records.
func list(t *testing.T, s *Server, token string) reply {
	t.Helper()
	return ask(t, s, http.MethodGet, "/crm/v8/Leads?fields=Last_Name", signed(token), nil)
}

var (
	noRecords    = reply{Status: http.StatusNoContent}
	invalidToken = reply{http.StatusUnauthorized, typeOfAnswers, `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`}
	notSignedIn  = reply{http.StatusUnauthorized, typeOfAnswers, `{"code":"AUTHENTICATION_FAILURE","details":{},"message":"Authentication failed","status":"error"}`}
)

// shaped replaces the secrets of a token answer, which must look like Zoho's, by their names.
func shaped(t *testing.T, body map[string]any) map[string]any {
	t.Helper()
	for _, name := range []string{"access_token", "refresh_token"} {
		if v, ok := body[name]; ok {
			assert.Regexp(t, `^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$`, v)
			body[name] = name
		}
	}
	return body
}

func TestSelfClientCodeIsExchangedOnce(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for name, redirect := range map[string]map[string]string{
		"no redirect_uri":  {},
		"any redirect_uri": {"redirect_uri": "https://elsewhere.example/back"},
	} {
		code := s.GrantCode("ZohoCRM.modules.ALL", "ZohoCRM.org.READ")
		params := map[string]string{"grant_type": "authorization_code", "code": code}
		maps.Copy(params, redirect)
		status, body := postToken(t, s, params)
		assert.Equal(t, http.StatusOK, status, name)
		assert.Equal(t, noRecords, list(t, s, body["access_token"].(string)), name)
		assert.Equal(t, map[string]any{
			"access_token": "access_token", "refresh_token": "refresh_token", "scope": "ZohoCRM.modules.ALL ZohoCRM.org.READ",
			"api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600.0,
		}, shaped(t, body), name)

		_, body = postToken(t, s, params)
		assert.Equal(t, map[string]any{"error": "invalid_code"}, body, name)
	}
}

func TestTokenRequestsAreTakenInEveryForm(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	refresh := s.Token().RefreshToken
	all := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refresh},
		"client_id": {defaultClientID}, "client_secret": {defaultClientSecret},
	}
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for name := range all {
		require.NoError(t, mw.WriteField(name, all.Get(name)))
	}
	require.NoError(t, mw.Close())
	basic := &http.Request{Header: formHeader()}
	basic.SetBasicAuth(url.QueryEscape(defaultClientID), defaultClientSecret)

	for name, r := range map[string]reply{
		"query":     ask(t, s, http.MethodPost, "/oauth/v2/token?"+all.Encode(), nil, nil),
		"form":      ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(all.Encode())),
		"multipart": ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Content-Type": {mw.FormDataContentType()}}, &multi),
		"basic": ask(t, s, http.MethodPost, "/oauth/v2/token", basic.Header,
			strings.NewReader("grant_type=refresh_token&refresh_token="+refresh)),
	} {
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.Body), &body), name)
		assert.Equal(t, map[string]any{
			"access_token": "access_token", "api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600.0,
		}, shaped(t, body), name)
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.AddClient("1000.OTHER", "other-fake-secret", "https://other.example/back")
	old := s.GrantCode()
	s.Advance(selfCodeLife)
	refused := func(code string) reply { return reply{http.StatusOK, typeOfAnswers, `{"error":"` + code + `"}`} }
	own := "client_id=" + defaultClientID + "&client_secret=" + defaultClientSecret

	for _, c := range []struct {
		name, method, query string
		want                reply
	}{
		{"unknown client", http.MethodPost, "grant_type=refresh_token&client_id=1000.NOBODY&client_secret=x", refused("invalid_client")},
		{"no client", http.MethodPost, "grant_type=refresh_token", refused("invalid_client")},
		{"wrong secret", http.MethodPost, "grant_type=refresh_token&client_id=" + defaultClientID + "&client_secret=x", refused("invalid_client_secret")},
		{"another client's secret", http.MethodPost, "grant_type=refresh_token&client_id=1000.OTHER&client_secret=" + defaultClientSecret, refused("invalid_client_secret")},
		{"unknown grant type", http.MethodPost, "grant_type=password&" + own, refused("invalid_grant_type")},
		{"unknown code", http.MethodPost, "grant_type=authorization_code&code=1000.x&" + own, refused("invalid_code")},
		{"no code", http.MethodPost, "grant_type=authorization_code&" + own, refused("invalid_code")},
		{"code too old", http.MethodPost, "grant_type=authorization_code&code=" + old + "&" + own, refused("invalid_code")},
		{"another client's code", http.MethodPost, "grant_type=authorization_code&code=" + s.GrantCode() + "&client_id=1000.OTHER&client_secret=other-fake-secret", refused("invalid_code")},
		{"unknown refresh token", http.MethodPost, "grant_type=refresh_token&refresh_token=1000.x&" + own, refused("invalid_code")},
		{"another client's refresh token", http.MethodPost, "grant_type=refresh_token&refresh_token=" + s.Token().RefreshToken + "&client_id=1000.OTHER&client_secret=other-fake-secret", refused("invalid_code")},
		{"no grant type", http.MethodPost, own, page(http.StatusBadRequest, "Invalid Request")},
		{"GET", http.MethodGet, "grant_type=refresh_token&" + own, page(http.StatusBadRequest, "Invalid Request Method")},
	} {
		assert.Equal(t, c.want, ask(t, s, c.method, "/oauth/v2/token?"+c.query, nil, nil), c.name)
	}
	broken := ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, strings.NewReader("--y"))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request"), broken)
	assert.Equal(t, page(http.StatusNotFound, "404 Not Found"), ask(t, s, http.MethodGet, "/oauth/v3/token", nil, nil))
}

// A form of which only a part is there is refused, and uses up nothing.
func TestHalfAForm(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	code := s.GrantCode()
	form := url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}, "grant_type": {"authorization_code"}, "code": {code}}.Encode()
	large := form + "&more=" + strings.Repeat("x", mostForm)
	for _, path := range []string{"/oauth/v2/token", "/oauth/v2/token/revoke", "/oauth/v2/auth"} {
		assert.Equal(t, page(http.StatusBadRequest, "Invalid Request"), ask(t, s, http.MethodPost, path, formHeader(), strings.NewReader(large)), path)
	}

	socket, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, socket.Close()) }()
	_, err = fmt.Fprintf(socket, "POST /oauth/v2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		len(form)+1, form)
	require.NoError(t, err)
	require.NoError(t, socket.(*net.TCPConn).CloseWrite()) // one byte early
	answer, err := io.ReadAll(socket)
	require.NoError(t, err)
	assert.NotContains(t, string(answer), "access_token")

	exact := form + "&more=" + strings.Repeat("x", mostForm-len(form)-len("&more="))
	assert.Contains(t, ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(exact)).Body, "access_token", "the code is good still")
}

func page(status int, title string) reply {
	return reply{status, "text/html;charset=UTF-8", "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"}
}

func TestRefreshIsThrottled(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	params := map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken}
	refreshes := func(n int) {
		t.Helper()
		for range n {
			status, body := postToken(t, s, params)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, body, "access_token")
		}
	}
	refused := func() {
		t.Helper()
		status, body := postToken(t, s, params)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Equal(t, map[string]any{
			"error": "Access Denied", "status": "failure",
			"error_description": "You have made too many requests continuously. Please try again after some time.",
		}, body)
	}
	refreshes(10)
	refused()
	s.Advance(10*time.Minute - time.Second) // the window began with the first of them
	refused()
	s.Advance(time.Second)
	refreshes(10)
	refused()

	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken})
	assert.Contains(t, body, "access_token", "another refresh token has its own count")
}

func TestLegacyExpiry(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLegacyExpiry(true)
	_, body := postToken(t, s, map[string]string{"grant_type": "refresh_token", "refresh_token": s.Token().RefreshToken})
	assert.Equal(t, map[string]any{
		"access_token": "access_token", "api_domain": s.URL(), "token_type": "Bearer", "expires_in": 3600000.0, "expires_in_sec": 3600.0,
	}, shaped(t, body))
}

func TestServerInfo(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetLocation("in")
	assert.Equal(t, reply{http.StatusOK, typeOfAnswers, `{"locations":{"in":"` + s.URL() + `"},"result":"success"}`},
		ask(t, s, http.MethodGet, "/oauth/serverinfo", nil, nil))
	assert.Equal(t, page(http.StatusBadRequest, "Invalid Request Method"), ask(t, s, http.MethodPost, "/oauth/serverinfo", nil, nil))
}

func FuzzPostForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("grant_type=refresh_token&client_secret=%31"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n1000.x\r\n--x--\r\n"))
	f.Add("text/plain", []byte("code=1"))
	f.Fuzz(func(t *testing.T, contentType string, raw []byte) {
		form, _ := postForm(contentType, raw)
		for name, values := range redact(form) {
			for _, v := range values {
				if !harmless[name] && v != redacted {
					t.Errorf("%q of %q is not hidden", v, name)
				}
			}
		}
	})
}
