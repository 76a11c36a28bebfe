package zohohub_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// intoHandler is a transport that calls a handler.
type intoHandler struct{ http.Handler }

// RoundTrip implements [http.RoundTripper].
func (h intoHandler) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// keptWorld is a fake CRM in a bubble, somebody who keeps a channel there, and what he is told.
type keptWorld struct {
	crm   *zohohubtest.Server
	conn  *Connection
	heard heard
	ended chan error
	leave context.CancelFunc

	mu       sync.Mutex
	kept     []*Channel
	failures []error
}

// lives are the channel's, one after each time that it was kept.
func (w *keptWorld) lives() []*Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.kept)
}

func (w *keptWorld) fails() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.failures)
}

var keptChannel = Channel{ID: 7, NotifyURL: "https://hook.example/", Token: channelToken, Events: []string{"Leads.create"}}

// inBubble runs a test on a CRM without sockets, where eight days take no time.
func inBubble(t *testing.T, version string, test func(*testing.T, *keptWorld)) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	synctest.Test(t, func(t *testing.T) {
		w := &keptWorld{crm: crm, ended: make(chan error, 1)}
		cfg := crm.Config()
		cfg.APIVersion = version
		cfg.HTTPClient = &http.Client{Transport: crm.Transport()}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		w.conn = conn
		crm.SetDelivery(zohohubtest.Delivery{Transport: intoHandler{NotificationHandler(channelToken, w.heard.hear)}})
		test(t, w)
	})
}

// keep begins to keep the channel.
func (w *keptWorld) keep(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w.leave = cancel
	t.Cleanup(cancel)
	go func() {
		w.ended <- w.conn.Notifications().Keep(ctx, keptChannel, nil,
			OnKept(func(c *Channel) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.kept = append(w.kept, c)
			}),
			OnKeepError(func(err error) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.failures = append(w.failures, err)
			}))
	}()
	synctest.Wait()
}

// notified makes a change and says whether it was told.
func (w *keptWorld) notified(t *testing.T) bool {
	t.Helper()
	before := len(w.heard.list())
	require.NoError(t, NewRecord[Person](w.conn).Create(t.Context(), &Person{LastName: "Doe"}))
	require.NoError(t, w.crm.WaitForCallbacks(t.Context()))
	return len(w.heard.list()) == before+1
}

// methods are those of the requests about channels.
func (w *keptWorld) methods() (all []string) {
	for _, r := range w.crm.Requests() {
		if r.Path == "/crm/v8/actions/watch" {
			all = append(all, r.Method)
		}
	}
	w.crm.ResetRequests()
	return all
}

// TestKeepEightDays: a channel that is kept hears of everything for eight days, which is longer than it may live.
func TestKeepEightDays(t *testing.T) {
	t.Parallel()
	for version, test := range map[string]struct {
		life     time.Duration
		from, to int // renewals
	}{
		"v2": {23 * time.Hour, 9, 11}, "v3": {23 * time.Hour, 9, 11}, "v4": {167 * time.Hour, 1, 1}, "v8": {167 * time.Hour, 1, 1},
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			inBubble(t, version, func(t *testing.T, w *keptWorld) {
				w.keep(t)
				begun := time.Now()
				require.Len(t, w.lives(), 1)
				assert.WithinDuration(t, begun.Add(test.life), w.lives()[0].Expiry, time.Second)
				for range 8 * 24 / 6 {
					assert.True(t, w.notified(t), "after %v", time.Since(begun))
					time.Sleep(6 * time.Hour)
				}
				renewals := len(w.lives()) - 1
				assert.True(t, test.from <= renewals && renewals <= test.to, renewals)
				assert.Empty(t, w.fails())
				assert.Len(t, w.heard.list(), 32)

				w.leave()
				err := <-w.ended
				require.ErrorIs(t, err, context.Canceled)
				require.EqualError(t, err, "zohohub: keep channel: context canceled")
				assert.True(t, w.notified(t), "it lives on")
				time.Sleep(test.life)
				assert.False(t, w.notified(t), "and ends")
			})
		})
	}
}

// TestKeepTakesOver: a channel that is there becomes what is to be kept, and a renewal is a part of it.
func TestKeepTakesOver(t *testing.T) {
	t.Parallel()
	inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
		n := w.conn.Notifications()
		_, err := n.Enable(t.Context(), Channel{ID: 7, NotifyURL: "https://old.example/", Events: []string{"Deals.all"}})
		require.NoError(t, err)
		w.methods()
		w.keep(t)
		assert.Equal(t, []string{"PUT"}, w.methods())
		got := channels(t, w.conn)[7]
		assert.Equal(t, []any{keptChannel.Events, keptChannel.NotifyURL, keptChannel.Token}, []any{got.Events, got.NotifyURL, got.Token})
		w.methods()
		time.Sleep(152 * time.Hour)
		assert.Equal(t, []string{"PATCH"}, w.methods())
		assert.Zero(t, keptChannel.Expiry, "what was passed stays")
		w.leave()
		<-w.ended
	})
}

// TestKeepTriesAgain: what may pass is told, and tried again after longer and longer waits, while the channel lives.
func TestKeepTriesAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
		w.crm.Inject(zohohubtest.Fault{Path: "/watch", Status: 502, Times: 4}) // one call's
		w.keep(t)
		synctest.Wait()
		time.Sleep(20 * time.Second)
		require.Len(t, w.fails(), 1)
		require.ErrorIs(t, w.fails()[0], ErrInternal)
		assert.Len(t, w.lives(), 1)

		w.crm.Inject(zohohubtest.Fault{Path: "/watch", Status: 429, Times: -1})
		begun := time.Now()
		for len(w.fails()) < 9 {
			time.Sleep(time.Second)
		}
		first := time.Since(begun)
		begun = time.Now()
		for len(w.fails()) < 12 {
			time.Sleep(time.Second)
		}
		assert.InDelta(t, 3*10, time.Since(begun).Minutes(), 8, "ten minutes at most")
		assert.Less(t, first, 160*time.Hour)
		require.ErrorIs(t, w.fails()[11], ErrRateLimited)
		assert.True(t, w.notified(t), "it lives on meanwhile")
		w.crm.ClearFaults()
		time.Sleep(10 * time.Minute)
		assert.Len(t, w.lives(), 2)

		w.crm.Inject(zohohubtest.Fault{Path: "/watch", Status: 429, Times: -1, Header: http.Header{"Retry-After": {"3600"}}})
		for len(w.fails()) < 13 {
			time.Sleep(time.Minute)
		}
		w.methods()
		time.Sleep(58 * time.Minute)
		assert.Empty(t, w.methods(), "as long as Zoho asks for")
		time.Sleep(2 * time.Minute)
		assert.NotEmpty(t, w.methods())

		w.leave()
		err := <-w.ended
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, ErrRateLimited, "why it was not renewed is still known")
	})
}

// TestKeepFindsItGone: somebody disabled the channel, or Zoho was away until it had ended.
func TestKeepFindsItGone(t *testing.T) {
	t.Parallel()
	inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
		w.keep(t)
		require.NoError(t, w.conn.Notifications().Disable(t.Context(), 7))
		assert.False(t, w.notified(t))
		w.methods()
		time.Sleep(152 * time.Hour)
		assert.Equal(t, []string{"PATCH", "POST"}, w.methods())
		require.Len(t, w.fails(), 1)
		require.ErrorIs(t, w.fails()[0], ErrNotSubscribed)
		assert.Len(t, w.lives(), 2)
		assert.True(t, w.notified(t))

		w.crm.Inject(zohohubtest.Fault{Path: "/watch", Status: 503, Times: -1})
		time.Sleep(168 * time.Hour)
		w.crm.ClearFaults()
		assert.False(t, w.notified(t))
		time.Sleep(11 * time.Minute)
		assert.True(t, w.notified(t))
		require.ErrorIs(t, w.fails()[len(w.fails())-1], ErrNotSubscribed)
		w.leave()
		<-w.ended
	})
}

// TestKeepEnds: with what only somebody can mend, at once or later.
func TestKeepEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults []zohohubtest.Fault
		is     error
	}{
		"no permission":     {[]zohohubtest.Fault{{Path: "/watch", Status: 403, Code: "NO_PERMISSION"}}, ErrNoPermission},
		"another scope":     {[]zohohubtest.Fault{{Path: "/watch", Status: 401, Code: "OAUTH_SCOPE_MISMATCH"}}, ErrScopeMismatch},
		"bad data":          {[]zohohubtest.Fault{{Path: "/watch", Status: 400, Code: "INVALID_DATA"}}, ErrRecordInvalid},
		"too many":          {[]zohohubtest.Fault{{Path: "/watch", Status: 400, Code: "LIMIT_REACHED"}}, nil},
		"a refused token":   {[]zohohubtest.Fault{{Path: "/watch", Status: 401, Times: 2}}, ErrInvalidToken},
		"a revoked sign-in": {[]zohohubtest.Fault{{Path: "/watch", Status: 401}, {Path: "/oauth", Code: "invalid_code"}}, ErrAuthentication},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, later := range []bool{false, true} {
				inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
					if later {
						w.keep(t)
						time.Sleep(100 * time.Hour)
					}
					for _, f := range test.faults {
						w.crm.Inject(f)
					}
					if !later {
						w.keep(t)
					}
					err := <-w.ended
					var e *Error
					require.ErrorAs(t, err, &e)
					if test.is != nil {
						require.ErrorIs(t, err, test.is)
					}
					require.NotErrorIs(t, err, context.Canceled)
					assert.Empty(t, w.fails())
					w.crm.ClearFaults()
				})
			}
		})
	}
}

// TestKeepPasses: a sign-in that could not be renewed for now is no reason to end.
func TestKeepPasses(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]zohohubtest.Fault{
		"a throttled sign-in":          {{Path: "/watch", Status: 401}, {Path: "/oauth", Code: "Access Denied"}},
		"the accounts server is away":  {{Path: "/watch", Status: 401}, {Path: "/oauth", Status: 502, Times: 3}},
		"no answer from there":         {{Path: "/watch", Status: 401}, {Path: "/oauth", CutBefore: true, Times: 3}},
		"no answer":                    {{Path: "/watch", CutBefore: true, Times: 4}},
		"an answer of somebody else's": {{Path: "/watch", Body: `{"hello":"world"}`}},
		"nothing":                      {{Path: "/watch", Status: 204}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
				for _, f := range faults {
					w.crm.Inject(f)
				}
				w.keep(t)
				time.Sleep(5 * time.Minute)
				assert.NotEmpty(t, w.fails())
				assert.Len(t, w.lives(), 1)
				assert.True(t, w.notified(t))
				w.leave()
				<-w.ended
			})
		})
	}
}

// TestKeepWithoutOptions: nobody need listen; a context that has ended is told before anything is sent.
func TestKeepWithoutOptions(t *testing.T) {
	t.Parallel()
	inBubble(t, "v8", func(t *testing.T, w *keptWorld) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 151*time.Hour, errors.New("enough"))
		defer cancel()
		w.crm.Inject(zohohubtest.Fault{Path: "/watch", Status: 502, Times: 4})
		require.ErrorIs(t, w.conn.Notifications().Keep(ctx, keptChannel), context.DeadlineExceeded)
		assert.Contains(t, channels(t, w.conn), int64(7))
		w.methods()
		err := w.conn.Notifications().Keep(ctx, keptChannel)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "zohohub: keep channel: ")
		assert.Empty(t, w.methods())
	})
}
