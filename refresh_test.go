package zohohub_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// zoho is an accounts server and an API that takes the token given out last, without a socket.
type zoho struct {
	mu        sync.Mutex
	given     int                   // tokens given out so far; the last of them is good
	life      time.Duration         // of a token; zero: an hour
	pause     time.Duration         // before a token is given
	refuse    string                // the accounts server's answer instead of a token
	fail      error                 // instead of any answer of the accounts server
	domain    string                // api_domain
	asked     int                   // of the accounts server
	calls     []string              // of the API: host and token
	deaf      bool                  // the API refuses every token
	slow      map[int]time.Duration // how long the answer to a call is under way, by the call number from 0
	announced []Token
}

func (z *zoho) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	z.mu.Lock()
	pause := z.pause
	accounts := r.URL.Path == "/oauth/v2/token"
	if accounts {
		z.asked++
	}
	z.mu.Unlock()
	if accounts {
		select {
		case <-time.After(pause):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	var wait time.Duration
	defer func() { time.Sleep(wait) }() // after the unlock
	z.mu.Lock()
	defer z.mu.Unlock()
	switch {
	case accounts && z.fail != nil:
		return nil, z.fail
	case accounts && z.refuse != "":
		return httpmock.NewStringResponse(400, z.refuse), nil
	case accounts:
		z.given++
		answer := map[string]any{"access_token": z.good(), "token_type": "Bearer", "expires_in": int(max(z.life, time.Second).Seconds())}
		if z.life == 0 {
			answer["expires_in"] = 3600
		}
		if z.domain != "" {
			answer["api_domain"] = z.domain
		}
		return httpmock.NewJsonResponse(200, answer)
	}
	token := r.Header.Get("Authorization")
	wait = z.slow[len(z.calls)]
	z.calls = append(z.calls, r.URL.Host+" "+token)
	if z.deaf || token != "Zoho-oauthtoken "+z.good() {
		return httpmock.NewStringResponse(401, `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`), nil
	}
	return httpmock.NewStringResponse(200, `{"data":[]}`), nil
}

func (z *zoho) good() string { return "1000.fake-" + strconv.Itoa(z.given) }

func (z *zoho) config() Config {
	return Config{ClientID: "1000.FAKE", ClientSecret: fakeSecret, HTTPClient: &http.Client{Transport: z}, Logger: suite.Logger("refreshes"), OnRefresh: func(tok Token) {
		z.mu.Lock()
		defer z.mu.Unlock()
		z.announced = append(z.announced, tok)
	}}
}

func (z *zoho) connect(t *testing.T, tok *Token, edits ...func(*Config)) *Connection {
	t.Helper()
	cfg := z.config()
	for _, edit := range edits {
		edit(&cfg)
	}
	conn, err := NewConnection(cfg, tok)
	require.NoError(t, err)
	return conn
}

func get(t *testing.T, conn *Connection) error {
	t.Helper()
	err := conn.Get(t.Context(), "Leads", nil, nil)
	suite.Error("a refresh", err)
	suite.Show("a connection", conn)
	return err
}

func TestARefreshTokenAloneIsRefreshedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{domain: "https://www.zohoapis.in"}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		require.NoError(t, get(t, conn))
		require.NoError(t, get(t, conn))
		assert.Equal(t, 1, z.asked)
		assert.Equal(t, []string{"www.zohoapis.in Zoho-oauthtoken 1000.fake-1", "www.zohoapis.in Zoho-oauthtoken 1000.fake-1"}, z.calls)
		tok, err := conn.Token(t.Context())
		require.NoError(t, err)
		want := Token{
			AccessToken: "1000.fake-1", RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.in",
			AccountsURL: "https://accounts.zoho.eu", Expiry: time.Now().Add(time.Hour).UTC(), Extra: tok.Extra,
		}
		assert.Equal(t, want, *tok)
		assert.Equal(t, []Token{want}, z.announced)
		tok.AccessToken = "changed"
		again, err := conn.Token(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "1000.fake-1", again.AccessToken, "the caller has a copy")
	})
}

func TestFiftyRefusalsOfOneTokenCostOneRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{given: 1, pause: 5 * time.Second}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh}, func(c *Config) { c.MaxConcurrency = 7 })
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { assert.NoError(t, get(t, conn)) })
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := conn.Get(ctx, "Leads", nil, nil)
		assert.ErrorIs(t, err, context.DeadlineExceeded, "who cannot wait fails alone")
		all.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.announced, 1)
	})
}

func TestAThousandCallersCostOneRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 5 * time.Second}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh, Expiry: time.Now()})
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() { assert.NoError(t, get(t, conn)) })
		}
		all.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.announced, 1)
		assert.Len(t, z.calls, 1000)
	})
}

func TestALateRefusalOfAnOldTokenCostsNoRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{given: 1, slow: map[int]time.Duration{0: time.Minute}}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh}, func(c *Config) { c.Timeout = -1 })
		var all sync.WaitGroup
		all.Go(func() { assert.NoError(t, get(t, conn)) })
		synctest.Wait()
		require.NoError(t, get(t, conn))
		assert.Equal(t, 1, z.asked)
		all.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.calls, 4)
	})
}

func TestARefreshOutlivesWhoAskedForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: 5 * time.Second}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, conn.Get(ctx, "Leads", nil, nil), context.DeadlineExceeded)
		require.NoError(t, get(t, conn))
		assert.Equal(t, 1, z.asked)
	})
}

func TestATokenIsRenewedAheadOfItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh, Expiry: time.Now().Add(time.Hour)})
		time.Sleep(58 * time.Minute)
		require.NoError(t, get(t, conn))
		assert.Zero(t, z.asked)
		time.Sleep(time.Minute)
		z.pause = 5 * time.Second
		start := time.Now()
		require.NoError(t, get(t, conn))
		require.NoError(t, get(t, conn))
		assert.Zero(t, time.Since(start), "nobody waits while the old one is good")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		require.NoError(t, get(t, conn))
		assert.Equal(t, 1, z.asked)
		assert.Equal(t, "www.zohoapis.eu Zoho-oauthtoken 1000.fake-1", z.calls[len(z.calls)-1])
	})
}

func TestATokenThatCannotBeRenewedAheadIsUsedToItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{fail: io.ErrUnexpectedEOF}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh, Expiry: time.Now().Add(30 * time.Second)})
		for range 5 {
			require.NoError(t, get(t, conn))
			time.Sleep(time.Second)
		}
		assert.Equal(t, 3, z.asked, "and it is not tried with every call")
		time.Sleep(26 * time.Second)
		for range 2 {
			require.ErrorIs(t, get(t, conn), io.ErrUnexpectedEOF, "and not a moment longer")
		}
	})
}

func TestTokensOfAShortLifeAreNotRenewedForEveryCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{life: 20 * time.Second}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		for range 5 {
			require.NoError(t, get(t, conn))
		}
		assert.Equal(t, 1, z.asked)
	})
}

func TestARefusedRefreshTokenIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{given: 1, refuse: `{"error":"invalid_code"}`}
		conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh})
		err := get(t, conn)
		require.ErrorIs(t, err, ErrInvalidToken)
		require.ErrorIs(t, err, ErrAuthentication)
		time.Sleep(24 * time.Hour)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				err := get(t, conn)
				assert.ErrorIs(t, err, ErrAuthentication)
				assert.ErrorIs(t, err, ErrInvalidToken, "as at the first")
				assert.EqualError(t, err, "zohohub: get Leads: refresh: invalid_code: the refresh token was revoked, gave way to newer ones "+
					"(Zoho keeps 20 of a user), or is not of data center eu: the user has to sign in again (HTTP 400)")
			})
		}
		all.Wait()
		assert.Equal(t, 1, z.asked)
		assert.Len(t, z.calls, 1, "nothing is sent without a token")
	})
}

func TestAThrottledAccountsServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{refuse: `{"error":"Access Denied","error_description":"too many requests","status":"failure"}`}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		for range 5 {
			err := get(t, conn)
			require.ErrorIs(t, err, ErrTokenThrottled)
			require.ErrorIs(t, err, ErrRateLimited)
		}
		assert.Equal(t, 1, z.asked)
		z.refuse = ""
		time.Sleep(time.Minute)
		require.NoError(t, get(t, conn))
		assert.Equal(t, 2, z.asked)
	})
}

func TestAnUnreachableAccountsServerIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{fail: &net.OpError{Op: "dial", Err: errors.New("refused")}}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		time.AfterFunc(time.Second, func() {
			z.mu.Lock()
			defer z.mu.Unlock()
			z.fail = nil
		})
		require.NoError(t, conn.Post(t.Context(), "Leads", Fields{}, nil), "it never left, so even a create waits for the next try")
	})
}

func TestAReplayFollowsTheTokensDomain(t *testing.T) {
	t.Parallel()
	z := &zoho{given: 1, domain: "https://www.zohoapis.com"}
	conn := z.connect(t, &Token{AccessToken: "1000.fake-0", RefreshToken: fakeRefresh, APIDomain: "https://www.zohoapis.eu"})
	require.NoError(t, conn.Post(t.Context(), "Leads", Fields{}, nil))
	assert.Equal(t, []string{"www.zohoapis.eu Zoho-oauthtoken 1000.fake-0", "www.zohoapis.com Zoho-oauthtoken 1000.fake-2"}, z.calls)
}

func TestOnRefreshMayUseTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		var conn *Connection
		conn = z.connect(t, &Token{RefreshToken: fakeRefresh}, func(c *Config) {
			c.MaxConcurrency = 1
			c.OnRefresh = func(Token) { assert.NoError(t, get(t, conn)) }
		})
		require.NoError(t, get(t, conn))
		assert.Len(t, z.calls, 2)
	})
}
