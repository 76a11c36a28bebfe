package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// purse gives out its tokens one after the other.
type purse struct {
	access   []string
	renewErr error
	refused  []string
	mu       sync.Mutex
	accepted []string
}

func (p *purse) grant() Grant {
	token := p.access[len(p.refused)]
	return Grant{AccessToken: token, Origin: func(upload bool) (*url.URL, error) {
		if upload {
			return &url.URL{Scheme: "https", Host: "upload." + token}, nil
		}
		return &url.URL{Scheme: "https", Host: "api." + token}, nil
	}}
}

func (p *purse) Token(context.Context) (Grant, error) {
	if len(p.access) == 0 {
		return Grant{}, errors.New("empty purse")
	}
	return p.grant(), nil
}

func (p *purse) Accepted(access string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accepted = append(p.accepted, access)
}

func (p *purse) Renew(_ context.Context, refused string) (Grant, error) {
	p.refused = append(p.refused, refused)
	if p.renewErr != nil {
		return Grant{}, p.renewErr
	}
	return p.grant(), nil
}

const refusedToken = `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`

// record keeps what was sent and where.
func record(sent *[]string, beneath http.RoundTripper) http.RoundTripper {
	return next(func(r *http.Request) (*http.Response, error) {
		*sent = append(*sent, r.URL.String()+" "+r.Host+" "+r.Header.Get("Authorization"))
		return beneath.RoundTrip(r)
	})
}

func TestSignerSignsACopy(t *testing.T) {
	t.Parallel()
	var sent []string
	rt := &signer{tokens: &purse{access: []string{"t1"}}, next: record(&sent, &answers{list: []any{at(200, `{}`), at(200, `{}`)}})}
	for _, upload := range []bool{false, true} {
		req := request(t, t.Context(), &Call{Upload: upload}, "body")
		req.Host = "other.example"
		req.Header.Set("Authorization", "the caller's own")
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, "{}", text(t, resp))
		assert.Equal(t, Host, req.URL.Host)
		assert.Equal(t, http.Header{"Authorization": {"the caller's own"}}, req.Header)
	}
	assert.Equal(t, []string{
		"https://api.t1/crm/v8/Leads  Zoho-oauthtoken t1",
		"https://upload.t1/crm/v8/Leads  Zoho-oauthtoken t1",
	}, sent)
}

func TestSignerRenewsOnceAndFollowsTheTokensHost(t *testing.T) {
	t.Parallel()
	for code, again := range map[string]bool{
		"INVALID_TOKEN": true, "INVALID_OAUTHTOKEN": true, "AUTHENTICATION_FAILURE": true,
		"OAUTH_SCOPE_MISMATCH": false, "": false,
	} {
		body := `{"code":"` + code + `","status":"error"}`
		var sent []string
		beneath := &answers{list: []any{at(401, body), at(401, body)}}
		p := &purse{access: []string{"t1", "t2", "t3"}}
		call := &Call{}
		resp, err := (&signer{tokens: p, next: record(&sent, beneath)}).RoundTrip(request(t, t.Context(), call, "body"))
		require.NoError(t, err, code)
		assert.Equal(t, 401, resp.StatusCode, code)
		assert.Equal(t, body, text(t, resp), code)
		assert.Equal(t, again, call.Renewed, code)
		if !again {
			assert.Equal(t, []string{"body"}, beneath.sent, code)
			continue
		}
		assert.Equal(t, []string{"t1"}, p.refused, code)
		assert.Equal(t, []string{"body", "body"}, beneath.sent, code)
		assert.Equal(t, []string{
			"https://api.t1/crm/v8/Leads  Zoho-oauthtoken t1",
			"https://api.t2/crm/v8/Leads  Zoho-oauthtoken t2",
		}, sent, code)
	}
}

func TestSignerTellsWhichTokensTheAPITook(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]string{
		200: {"t1"}, 204: {"t1"}, 400: {"t1"}, 403: {"t1"}, 404: {"t1"}, 401: nil, 429: nil, 500: nil, 503: nil,
	} {
		p := &purse{access: []string{"t1"}}
		resp, err := (&signer{tokens: p, next: &answers{list: []any{at(status, `{}`)}}}).RoundTrip(request(t, t.Context(), &Call{}, ""))
		require.NoError(t, err)
		assert.Equal(t, "{}", text(t, resp))
		assert.Equal(t, want, p.accepted, "status %d", status)
	}
}

func TestSignerReturnsTheRefusalThatCannotBeHelped(t *testing.T) {
	t.Parallel()
	t.Run("no other token", func(t *testing.T) {
		t.Parallel()
		call := &Call{}
		rt := &signer{tokens: &purse{access: []string{"t1"}, renewErr: errors.New("revoked")}, next: &answers{list: []any{at(401, refusedToken)}}}
		resp, err := rt.RoundTrip(request(t, t.Context(), call, ""))
		require.NoError(t, err)
		assert.JSONEq(t, refusedToken, text(t, resp))
		assert.EqualError(t, call.RenewErr, "revoked")
	})
	t.Run("a body that is gone", func(t *testing.T) {
		t.Parallel()
		call := &Call{}
		beneath := &answers{list: []any{at(401, refusedToken)}}
		rt := &signer{tokens: &purse{access: []string{"t1", "t2"}}, next: beneath}
		req := request(t, t.Context(), call, "once")
		req.GetBody = nil
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err)
		assert.JSONEq(t, refusedToken, text(t, resp))
		assert.Equal(t, errBodyGone, call.RenewErr)
		assert.Len(t, beneath.sent, 1)
	})
}

func TestSignerSendsNoTokenToAStranger(t *testing.T) {
	t.Parallel()
	closed := false
	req := request(t, t.Context(), &Call{}, "body")
	req.URL.Host, req.Body = "evil.example", closer(func() { closed = true })
	resp, err := (&signer{tokens: &purse{access: []string{"t1"}}, next: &answers{}}).RoundTrip(req)
	if resp != nil {
		text(t, resp)
	}
	require.EqualError(t, err, `no token for host "evil.example"`)
	assert.True(t, closed)
}

func TestSignerWithoutAToken(t *testing.T) {
	t.Parallel()
	closed := false
	req := request(t, t.Context(), &Call{}, "body")
	req.Body = closer(func() { closed = true })
	resp, err := (&signer{tokens: &purse{}, next: &answers{}}).RoundTrip(req)
	if resp != nil {
		text(t, resp)
	}
	require.EqualError(t, err, "empty purse")
	assert.True(t, closed)
}
