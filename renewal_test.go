package zohohub_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestARefreshKeepsWhatZohoDoesNotRepeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh, Scope: "ZohoCRM.modules.ALL", APIDomain: "https://www.zohoapis.in"}, func(c *Config) {
			announce := c.OnRefresh
			c.OnRefresh = func(tok Token) {
				announce(tok)
				clear(tok.Extra)
			}
		})
		tok, err := conn.Token(t.Context())
		require.NoError(t, err)
		assert.Equal(t, &Token{
			AccessToken: "1000.fake-1", RefreshToken: fakeRefresh, Scope: "ZohoCRM.modules.ALL", APIDomain: "https://www.zohoapis.in",
			AccountsURL: "https://accounts.zoho.in", Expiry: time.Now().Add(time.Hour).UTC(), Extra: map[string]string{"token_type": "Bearer"},
		}, tok, "OnRefresh has a copy")
	})
}

func TestARefreshAsksAgainWhenZohoFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		asked  int
	}{
		"502":           {respond(502, "<html>"), 3},
		"500 in JSON":   {respond(500, `{"error":"general_error"}`), 3},
		"cut":           {respondCut(200, `{"acc`), 3},
		"lost":          {func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, 3},
		"panic":         {func(*http.Request) (*http.Response, error) { panic("boom") }, 1},
		"refused":       {respond(400, `{"error":"invalid_code"}`), 1},
		"throttled":     {respond(503, `{"error":"Access Denied"}`), 1},
		"not its JSON":  {respond(200, "<html>"), 1},
		"no connection": {func(*http.Request) (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: io.EOF} }, 1},
		"a long wait": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(503, "")
			resp.Header.Set("Retry-After", "31")
			return resp, nil
		}, 1},
		"a short wait": {func(*http.Request) (*http.Response, error) {
			resp := httpmock.NewStringResponse(503, "")
			resp.Header.Set("Retry-After", "7")
			return resp, nil
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, asked := time.Now(), 0
				z := &zoho{}
				conn := z.connect(t, &Token{RefreshToken: fakeRefresh}, func(cfg *Config) {
					cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						asked++
						return c.answer(r)
					})}
				})
				_, err := conn.Token(t.Context())
				require.Error(t, err)
				assert.Equal(t, c.asked, asked)
				assert.LessOrEqual(t, time.Since(start), 30*time.Second)
				if name == "a short wait" {
					assert.Equal(t, 14*time.Second, time.Since(start))
				}
			})
		})
	}
}

func TestARefreshThatStandsStillEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{pause: time.Hour}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh}, func(c *Config) { c.Timeout = -1 })
		start := time.Now()
		require.ErrorIs(t, get(t, conn), context.DeadlineExceeded)
		assert.Equal(t, 30*time.Second, time.Since(start))
		synctest.Wait()
		assert.Equal(t, 1, z.asked)
	})
}

func TestACallerWhoLeftBeginsNoRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := conn.Token(ctx)
		require.ErrorIs(t, err, context.Canceled)
		_, err = conn.Do(ctx, Request{Method: http.MethodPost, Path: "files", BodyFunc: func() (io.ReadCloser, error) {
			assert.Fail(t, "nor is a body opened")
			return http.NoBody, nil
		}})
		require.ErrorIs(t, err, context.Canceled)
		synctest.Wait()
		assert.Zero(t, z.asked)
	})
}

// The call was not sent, however its token got lost.
func TestALostRefreshIsNotALostCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := &zoho{fail: io.ErrUnexpectedEOF}
		conn := z.connect(t, &Token{RefreshToken: fakeRefresh})
		err := conn.Post(t.Context(), "Leads", Fields{}, nil)
		require.EqualError(t, err, "zohohub: post Leads: refresh: no answer: unexpected EOF")
		require.NotErrorIs(t, err, ErrOutcomeUnknown)
		require.ErrorIs(t, get(t, conn), io.ErrUnexpectedEOF)
		assert.Equal(t, 6, z.asked, "three times for each, not for each attempt")
		assert.Empty(t, z.calls)
	})
}
