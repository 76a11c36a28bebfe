package zohohubtest

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddSecrets are what nobody sends to an accounts server who means well.
var oddSecrets = []string{
	"", "\x00", "\r\nX-Evil: 1", `"><script>alert(1)</script>`, "{{.}}", "%zz", "é🦊\xff", "null", "1000.", strings.Repeat("x", 100_000), "a,,b", "consent", "offline",
}

// signInParams are right, so that what is odd about one of them comes to be looked at.
func signInParams(s *Server) map[string]url.Values {
	own := url.Values{"client_id": {defaultClientID}, "client_secret": {defaultClientSecret}}
	token := func(changes ...string) url.Values {
		return with(maps.Clone(own), append(changes, "token", "1000.x", "token_type", "refresh_token")...)
	}
	return map[string]url.Values{
		"POST /oauth/v2/auth":         with(consentParams(), "user", defaultUserID, "decision", "accept"),
		"GET /oauth/v2/auth":          consentParams(),
		"POST /oauth/v2/token":        token("grant_type", "authorization_code", "code", s.GrantCode(), "redirect_uri", defaultRedirectURL),
		"PUT /oauth/v2/token":         token("grant_type", "refresh_token", "refresh_token", s.Token().RefreshToken),
		"POST /oauth/v2/token/revoke": token(),
		"POST /oauth/v2/revoke/token": token(),
		"GET /oauth/serverinfo":       token(),
		"GET /oauth/user/info":        token(),
		"HEAD /oauth/v2/auth/":        token(),
		"OPTIONS /oauth/%00/../v2":    token(),
	}
}

// ways are how parameters may come.
var ways = map[string]func(params url.Values) (query, contentType, body string){
	"query": func(p url.Values) (string, string, string) { return p.Encode(), "", "" },
	"form": func(p url.Values) (string, string, string) {
		return "", "application/x-www-form-urlencoded", p.Encode()
	},
	"both": func(p url.Values) (string, string, string) {
		return "%zz=1&;&=&" + p.Encode(), "Application/X-WWW-Form-URLEncoded; charset=x", p.Encode() + "&" + p.Encode()
	},
	"multipart": func(p url.Values) (string, string, string) {
		var b bytes.Buffer
		mw := multipart.NewWriter(&b)
		for name, values := range p {
			for _, v := range values {
				_ = mw.WriteField(name, v) // to memory
			}
		}
		_ = mw.Close()
		return "", mw.FormDataContentType(), b.String()
	},
	"cut multipart": func(p url.Values) (string, string, string) {
		return p.Encode(), "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n1"
	},
	"no boundary": func(p url.Values) (string, string, string) { return p.Encode(), "multipart/form-data", p.Encode() },
	"JSON":        func(p url.Values) (string, string, string) { return p.Encode(), "application/json", `{"code":[{}]}` },
	"broken form": func(p url.Values) (string, string, string) {
		return "", "application/x-www-form-urlencoded", p.Encode() + "&%zz=%"
	},
}

// TestHostileSignIns: whatever is sent to the accounts server, it is answered, with no fault of its own, and nothing that
// came is markup or a header of the answer.
func TestHostileSignIns(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	rt := s.Transport()
	ask := func(call, way string, params url.Values, authorization string) {
		method, path, _ := strings.Cut(call, " ")
		query, contentType, body := ways[way](params)
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path+"?"+query, strings.NewReader(body))
		require.NoError(t, err)
		req.Header = http.Header{"Content-Type": {contentType}, "Authorization": {authorization}}
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err, "%s by %s", call, way)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err, "%s by %s", call, way)
		require.NoError(t, resp.Body.Close())
		assert.Less(t, resp.StatusCode, 500, "%s by %s: %s", call, way, got)
		assert.NotContains(t, string(got), "<script", "%s by %s", call, way)
		assert.NotContains(t, string(got), defaultClientSecret, "%s by %s", call, way)
		assert.NotContains(t, resp.Header.Get("Location"), "\n", "%s by %s", call, way)
		assert.Empty(t, resp.Header.Get("X-Evil"), "%s by %s", call, way)
	}
	for call, params := range signInParams(s) {
		for way := range ways {
			for name := range params {
				for _, v := range oddSecrets {
					odd := maps.Clone(params)
					odd[name] = []string{v}
					ask(call, way, odd, "Basic "+v)
					odd[name] = append([]string{v}, params[name]...)
					ask(call, way, odd, "Zoho-oauthtoken "+v)
				}
			}
		}
	}
	for _, r := range s.Requests() {
		for _, values := range r.Query {
			assert.NotContains(t, values, defaultClientSecret)
		}
		assert.NotContains(t, string(r.Body), defaultClientSecret)
	}
	tok := s.Token()
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken))
	assert.Contains(t, stranger{t}.refresh(s.URL(), tok.RefreshToken), "access_token")
}
