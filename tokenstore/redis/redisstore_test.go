package redisstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	redisstore "github.com/zohohub/zohohub/tokenstore/redis"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	jo  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	tok = zohohub.Token{AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh"}
)

// The store is tested on a real Redis in the module integration. Here it meets miniredis, whose keys expire as it is told.

// fakeRedis is an empty server for the test, whose clock stands still.
func fakeRedis(t *testing.T) (*miniredis.Miniredis, *redis.Client) {
	t.Helper()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return server, client
}

// expire lets the server's keys expire about by our clock: later on a busy machine, as ticks are lost, and never earlier.
func expire(t *testing.T, server *miniredis.Miniredis) {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() {
		close(stop)
		<-stopped
	})
	go func() {
		defer close(stopped)
		const pace = 20 * time.Millisecond
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				server.FastForward(pace)
			case <-stop:
				return
			}
		}
	}()
}

func storeOn(t *testing.T, client redis.UniversalClient) *redisstore.Store {
	t.Helper()
	s, err := redisstore.New(client)
	require.NoError(t, err)
	return s
}

// around is a hook of a client: what is done with a command.
type around func(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error

func (a around) DialHook(next redis.DialHook) redis.DialHook { return next }
func (a around) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { return a(ctx, cmd, next) }
}
func (a around) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// twice is a client that has lost the answer to each command, and repeats it.
func twice(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	_ = next(ctx, cmd)
	cmd.SetErr(nil)
	return next(ctx, cmd)
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for name, hook := range map[string]around{
		"Once":  func(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error { return next(ctx, cmd) },
		"Twice": twice,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
				t.Helper()
				server, client := fakeRedis(t)
				expire(t, server)
				client.AddHook(hook)
				return storeOn(t, client)
			})
		})
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	_, client := fakeRedis(t)
	_, err := redisstore.New(nil)
	require.EqualError(t, err, "tokenstore/redis: there is no client")
	for _, prefix := range []string{"", "{", "}", "a{b}"} {
		_, err := redisstore.New(client, redisstore.Prefix(prefix))
		assert.ErrorContains(t, err, "tokenstore/redis: a prefix cannot be ")
	}
	_, err = redisstore.New(client, nil, redisstore.Prefix("my app:tokens"))
	require.NoError(t, err)
}

// TestLostAnswer: a lock that nobody knows to have is given back, whatever has become of the caller.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	server, client := fakeRedis(t)
	fault := errors.New("the connection was lost")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, c := range []struct {
		ctx  context.Context //nolint:containedctx // a case of this table
		lose func()
		want error
		text string
	}{
		{t.Context(), func() {}, fault, "the connection was lost"},
		{ctx, cancel, context.Canceled, "context canceled"},
	} {
		losing := redis.NewClient(&redis.Options{Addr: server.Addr()})
		t.Cleanup(func() { require.NoError(t, losing.Close()) })
		lost := false
		losing.AddHook(around(func(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
			err := next(ctx, cmd)
			if err == nil && strings.HasPrefix(cmd.Name(), "eval") && !lost {
				lost = true
				c.lose()
				return fault
			}
			return err
		}))
		_, err := storeOn(t, losing).Lock(c.ctx, jo, time.Hour)
		require.ErrorIs(t, err, c.want)
		require.EqualError(t, err, "tokenstore/redis: lock zohocrm/1000.FAKE//jo@example.com: "+c.text)

		brief, end := context.WithTimeout(t.Context(), 10*time.Second)
		defer end()
		held, err := storeOn(t, client).Lock(brief, jo, time.Hour)
		require.NoError(t, err)
		require.True(t, lost)
		require.NoError(t, held.Unlock(t.Context()))
	}
}

// TestWhoWaits asks again and again, with pauses.
func TestWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := redis.NewClient(&redis.Options{})
		defer client.Close()
		asked := 0
		client.AddHook(around(func(_ context.Context, cmd redis.Cmder, _ redis.ProcessHook) error {
			asked++
			cmd.(*redis.Cmd).SetVal(int64(0)) // another has it
			return nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := storeOn(t, client).Lock(ctx, jo, time.Minute)
		require.EqualError(t, err, "tokenstore/redis: lock zohocrm/1000.FAKE//jo@example.com: context deadline exceeded")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(begin))
		assert.InDelta(t, 500, asked, 100)
	})
}

func TestSecretsInErrors(t *testing.T) {
	t.Parallel()
	server, client := fakeRedis(t)
	s := storeOn(t, client)
	held, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	const op = "tokenstore/redis: save zohocrm/1000.FAKE//jo@example.com: "
	for said, want := range map[string]string{
		"OOM command not allowed when used memory > 'maxmemory'.":                                      op + "OOM command not allowed when used memory > 'maxmemory'.",
		"ERR no room for " + tok.AccessToken:                                                           op + "the server's error repeats the token, and is not shown",
		"ERR no room for " + tok.RefreshToken:                                                          op + "the server's error repeats the token, and is not shown",
		"ERR unknown command 'hset', with args beginning with: 'zohohub' '{\"access_token\":\"1000.fa": op + "ERR unknown command 'hset'",
	} {
		server.SetError(said)
		require.EqualError(t, s.Save(t.Context(), jo, &tok), want)
		require.EqualError(t, held.Save(t.Context(), &tok), want)
	}
	server.SetError("OOM command not allowed when used memory > 'maxmemory'.")
	require.True(t, redis.IsOOMError(s.Save(t.Context(), jo, &zohohub.Token{AccessToken: "1000.fake"})), "callers can tell")
}

// TestDamaged: a value that is something else is not a missing one, and can be deleted.
func TestDamaged(t *testing.T) {
	t.Parallel()
	server, client := fakeRedis(t)
	s := storeOn(t, client)
	for _, damaged := range []string{"", "1000.fake-access", "{}", `{"access_token":"1000.fake-acc`} {
		server.HSet("{zohohub}:tokens", "zohocrm\n1000.FAKE\n\njo@example.com", damaged)
		_, err := s.Load(t.Context(), jo)
		require.EqualError(t, err, "tokenstore/redis: what {zohohub}:tokens holds of zohocrm/1000.FAKE//jo@example.com is damaged: it is no token;"+
			" restore it from a backup, or delete it and have its user sign in again")
		keys, err := s.List(t.Context())
		require.NoError(t, err)
		require.Equal(t, []zohohub.Key{jo}, keys)
	}
	require.NoError(t, s.Delete(t.Context(), jo))
	_, err := s.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)

	held, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	for _, bad := range []*zohohub.Token{nil, {}} {
		require.Error(t, s.Save(t.Context(), jo, bad))
		require.Error(t, held.Save(t.Context(), bad))
	}
	got, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
}

// TestForeign is what another program keeps in the store's hash. A token in a field's name is not shown.
func TestForeign(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"1000.fake-access", "a\nb\nc", "a\nb\nc\nd\ne", "\n\n\njo", "a\nb\nc\n\x7f"} {
		server, client := fakeRedis(t)
		s, err := redisstore.New(client, redisstore.Prefix("app"))
		require.NoError(t, err)
		require.NoError(t, s.Save(t.Context(), jo, &tok))
		server.HSet("{app}:tokens", field, "{}")
		_, err = s.List(t.Context())
		require.EqualError(t, err, "tokenstore/redis: list: a field of {app}:tokens is no key of a token; what is not this store's needs another prefix")
	}
}
