package zohohub_test

import (
	"errors"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	. "github.com/zohohub/zohohub"
)

// source gives its tokens in turn, then the last one again.
type source struct {
	tokens []string
	asked  int
	err    error
	end    func() // before an answer
}

func (s *source) Token() (*oauth2.Token, error) {
	s.asked++
	if s.end != nil {
		s.end()
	}
	if s.err != nil {
		return nil, s.err
	}
	access := s.tokens[min(s.asked, len(s.tokens))-1]
	return (&oauth2.Token{AccessToken: access}).WithExtra(map[string]any{"api_domain": "https://www.zohoapis.jp"}), nil
}

func TestATokenSourceIsAskedAgainOnARefusal(t *testing.T) {
	t.Parallel()
	z := &zoho{given: 2}
	s := &source{tokens: []string{"1000.fake-1", "1000.fake-2"}}
	conn := z.connect(t, nil, func(c *Config) { c.TokenSource, c.ClientID = s, "" })
	require.NoError(t, get(t, conn))
	require.NoError(t, get(t, conn))
	assert.Equal(t, 2, s.asked)
	assert.Equal(t, []string{
		"www.zohoapis.jp Zoho-oauthtoken 1000.fake-1", "www.zohoapis.jp Zoho-oauthtoken 1000.fake-2",
		"www.zohoapis.jp Zoho-oauthtoken 1000.fake-2",
	}, z.calls)
	assert.Empty(t, z.announced, "refreshing is the source's own affair")
	assert.Zero(t, z.asked)
}

func TestATokenSourceWithoutAnotherToken(t *testing.T) {
	t.Parallel()
	z := &zoho{given: 2}
	s := &source{tokens: []string{"1000.fake-1"}}
	conn := z.connect(t, nil, func(c *Config) { c.TokenSource = s })
	err := get(t, conn)
	require.ErrorIs(t, err, ErrInvalidToken)
	require.ErrorContains(t, err, "gave the same token again")
	assert.Len(t, z.calls, 1)

	s.err = &oauth2.RetrieveError{Response: &http.Response{StatusCode: http.StatusBadRequest}, Body: []byte(fakeSecret), ErrorCode: "invalid_client", ErrorDescription: fakeSecret}
	err = get(t, conn)
	require.ErrorIs(t, err, ErrAuthentication)
	require.ErrorIs(t, err, ErrInvalidToken)
	require.EqualError(t, err, "zohohub: get Leads: INVALID_TOKEN: invalid oauth token (HTTP 401): refresh: invalid_client (HTTP 400)")

	for want, change := range map[string]func(){
		"token source: vault is sealed":                                         func() { s.err = errors.New("vault is sealed") },
		"token source gave no access token":                                     func() { s.tokens = []string{""} },
		"token source gave an access token that does not fit into a header":     func() { s.tokens = []string{"1000.fake-2\n"} },
		"the renewal of the token ended without an answer":                      func() { s.end = runtime.Goexit },
		"the renewal of the token ended without an answer: panic: [redacted] !": func() { s.end = func() { panic("1000.fake !") } },
		"the renewal of the token ended without an answer: panic: no vault":     func() { s.end = func() { panic("no vault") } },
	} {
		s.err, s.tokens, s.end = nil, []string{"1000.fake-2"}, nil
		change()
		err = get(t, conn)
		require.EqualError(t, err, "zohohub: get Leads: "+want)
		require.ErrorIs(t, err, ErrInvalidToken, "the API refused the token that there was")
		for _, err := range NewRecord[Lead](conn).All(t.Context()) {
			require.EqualError(t, err, "zohohub: list Leads: "+want, "a panic of the source's is none of the loop's")
		}
	}
	s.err, s.tokens, s.end = nil, []string{"1000.fake-2"}, nil
	require.NoError(t, get(t, conn))
}

func TestATokenSourceThatStandsStillHoldsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{given: 1}
		gate := make(chan struct{})
		s := &source{tokens: []string{"1000.fake-1"}, end: func() { <-gate }}
		conn := z.connect(t, nil, func(c *Config) { c.TokenSource = s })
		start := time.Now()
		err := get(t, conn)
		require.EqualError(t, err, "zohohub: get Leads: the renewal of the token ended without an answer within 30s: context deadline exceeded")
		assert.Equal(t, 30*time.Second, time.Since(start))
		close(gate)
		synctest.Wait() // the answer that nobody waits for any more
		require.NoError(t, get(t, conn))
	})
}

// A token that was refused on a whim is good at the next call.
func TestAStaticTokenSourceSurvivesARefusal(t *testing.T) {
	t.Parallel()
	whim := true
	conn := wired(t, roundTrip(func(*http.Request) (*http.Response, error) {
		if whim {
			whim = false
			return httpmock.NewStringResponse(401, `{"code":"INVALID_TOKEN","status":"error"}`), nil
		}
		return httpmock.NewStringResponse(200, `{}`), nil
	}), func(c *Config) { c.TokenSource = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: fakeAccess}) })
	require.ErrorIs(t, get(t, conn), ErrInvalidToken)
	require.NoError(t, get(t, conn))
}
