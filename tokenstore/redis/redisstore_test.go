package redisstore_test

import (
	"testing"
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

// The store is tested on a real Redis in the module integration. Here it meets miniredis, whose keys expire as it is told.

// fakeRedis is an empty server for the test. Its clock goes with ours.
func fakeRedis(t *testing.T, opts *redis.Options) (*miniredis.Miniredis, *redis.Client) {
	t.Helper()
	server := miniredis.RunT(t)
	opts.Addr = server.Addr()
	client := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return server, client
}

// expire lets the server's keys expire by our clock.
func expire(t *testing.T, server *miniredis.Miniredis) {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() {
		close(stop)
		<-stopped
	})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case now := <-tick.C:
				server.FastForward(now.Sub(last))
				last = now
			case <-stop:
				return
			}
		}
	}()
}

func TestSuite(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
		t.Helper()
		server, client := fakeRedis(t, &redis.Options{})
		expire(t, server)
		s, err := redisstore.New(client)
		require.NoError(t, err)
		return s
	})
}

func TestNew(t *testing.T) {
	t.Parallel()
	_, client := fakeRedis(t, &redis.Options{})
	_, err := redisstore.New(nil)
	require.EqualError(t, err, "tokenstore/redis: there is no client")
	for _, prefix := range []string{"", "{", "}", "a{b}"} {
		_, err := redisstore.New(client, redisstore.Prefix(prefix))
		assert.ErrorContains(t, err, "tokenstore/redis: a prefix cannot be ")
	}
	_, err = redisstore.New(client, nil, redisstore.Prefix("my app:tokens"))
	require.NoError(t, err)
}
