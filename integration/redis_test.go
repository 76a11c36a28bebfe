package integration

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/refreshrace"
	redisstore "github.com/zohohub/zohohub/tokenstore/redis"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

// openRedis is what a process of TestRedis opens.
func openRedis(_ context.Context, address string) (zohohub.TokenStore, func() error, error) {
	opts, err := redis.ParseURL(address)
	if err != nil {
		return nil, nil, err
	}
	client := redis.NewClient(opts)
	s, err := redisstore.New(client)
	return s, client.Close, err
}

// server is a Redis that several tests share, each under prefixes of its own.
type server struct {
	address  string
	client   redis.UniversalClient
	prefixes atomic.Int32
}

// store is an empty store under a prefix of its own.
func (r *server) store(t *testing.T) (s *redisstore.Store, prefix string) {
	t.Helper()
	prefix = fmt.Sprintf("test-%d", r.prefixes.Add(1))
	s, err := redisstore.New(r.client, redisstore.Prefix(prefix))
	require.NoError(t, err)
	return s, prefix
}

func (r *server) suite(t *testing.T) {
	tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
		t.Helper()
		s, _ := r.store(t)
		return s
	})
}

func TestRedis(t *testing.T) {
	t.Parallel()
	address := redisServer(t)
	r := &server{address: address, client: redisClient(t, address)}
	t.Run("Suite", func(t *testing.T) {
		t.Parallel()
		r.suite(t)
	})
	t.Run("Processes", func(t *testing.T) {
		t.Parallel()
		refreshrace.Run(t, stores, "Redis", address)
	})
	for name, test := range map[string]func(*testing.T, *server){
		"Keys": keysInRedis, "Prefixes": prefixesApart, "Foreign": foreignInRedis, "OneConnection": oneRedisConnection, "SecretsAtRest": secretsInRedis,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, r)
		})
	}
}

const joField = "zohocrm\n1000.FAKE\n\njo@example.com"

// keysInRedis: what Redis holds is a contract with later versions. Tokens never expire, and nothing is left behind.
func keysInRedis(t *testing.T, r *server) {
	s, prefix := r.store(t)
	ctx := t.Context()
	tokens, locked := "{"+prefix+"}:tokens", "{"+prefix+"}:lock:"+joField
	keys := func() []string {
		found, err := r.client.Keys(ctx, "{"+prefix+"}*").Result()
		require.NoError(t, err)
		return found
	}
	require.NoError(t, s.Save(ctx, jo, &fake))
	assert.Equal(t, map[string]string{joField: fakeJSON}, r.client.HGetAll(ctx, tokens).Val())
	assert.Equal(t, time.Duration(-1), r.client.TTL(ctx, tokens).Val())

	lock, err := s.Lock(ctx, jo, time.Hour)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{tokens, locked}, keys())
	assert.Len(t, r.client.Get(ctx, locked).Val(), 26, "who holds the lock")
	ends := r.client.PTTL(ctx, locked).Val()
	assert.True(t, time.Hour-time.Minute < ends && ends <= time.Hour, "%v", ends)

	require.NoError(t, lock.Save(ctx, &fake))
	assert.Equal(t, time.Duration(-1), r.client.TTL(ctx, tokens).Val())
	require.NoError(t, s.Delete(ctx, jo))
	assert.Equal(t, []string{locked}, keys())
	require.NoError(t, lock.Unlock(ctx))
	assert.Empty(t, keys())
	require.NoError(t, lock.Unlock(ctx))
	require.ErrorIs(t, lock.Save(ctx, &fake), zohohub.ErrLockLost)
	assert.Empty(t, keys())

	lock, err = s.Lock(ctx, jo, 0) // ends with the millisecond
	require.NoError(t, err)
	next, err := s.Lock(ctx, jo, time.Minute)
	require.NoError(t, err)
	require.ErrorIs(t, lock.Save(ctx, &fake), zohohub.ErrLockLost)
	require.NoError(t, next.Unlock(ctx))
	assert.Empty(t, keys())
}

func prefixesApart(t *testing.T, r *server) {
	one, _ := r.store(t)
	two, _ := r.store(t)
	require.NoError(t, one.Save(t.Context(), jo, &fake))
	_, err := two.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
	require.NoError(t, two.Delete(t.Context(), jo))
	assert.Equal(t, map[zohohub.Key]zohohub.Token{jo: fake}, tokensOf(t, one))
	for _, s := range []*redisstore.Store{one, two} {
		_, err := s.Lock(t.Context(), jo, time.Minute)
		require.NoError(t, err)
	}
}

// foreignInRedis is what another program keeps under the store's names.
func foreignInRedis(t *testing.T, r *server) {
	s, prefix := r.store(t)
	require.NoError(t, r.client.Set(t.Context(), "{"+prefix+"}:tokens", "1", 0).Err())
	require.NoError(t, r.client.HSet(t.Context(), "{"+prefix+"}:lock:"+joField, "1", "1").Err())
	for op, err := range callsOf(t.Context(), s) {
		require.ErrorContains(t, err, "tokenstore/redis: "+op)
		require.ErrorContains(t, err, "WRONGTYPE")
		require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
	}
}

// callsOf are the errors of all calls, by what they begin with.
func callsOf(ctx context.Context, s *redisstore.Store) map[string]error {
	_, loading := s.Load(ctx, jo)
	_, listing := s.List(ctx)
	_, locking := s.Lock(ctx, jo, time.Minute)
	const name = " zohocrm/1000.FAKE//jo@example.com: "
	return map[string]error{
		"load" + name: loading, "list: ": listing, "lock" + name: locking,
		"save" + name: s.Save(ctx, jo, &fake), "delete" + name: s.Delete(ctx, jo),
	}
}

// oneRedisConnection: no call needs two connections at once, and who waits for a lock holds none.
func oneRedisConnection(t *testing.T, r *server) {
	client := redisClient(t, r.address, func(o *redis.Options) { o.PoolSize = 1 })
	s, err := redisstore.New(client, redisstore.Prefix("one-connection"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lock, err := s.Lock(ctx, jo, time.Minute)
	require.NoError(t, err)
	waiting := make(chan error)
	go func() {
		second, err := s.Lock(ctx, jo, time.Minute)
		if err == nil {
			err = errors.Join(second.Save(ctx, &fake), second.Unlock(ctx))
		}
		waiting <- err
	}()
	require.NoError(t, lock.Save(ctx, &fake))
	require.NoError(t, s.Save(ctx, al, &fake))
	require.NoError(t, lock.Unlock(ctx))
	require.NoError(t, <-waiting)
	assert.Equal(t, map[zohohub.Key]zohohub.Token{al: fake, jo: fake}, tokensOf(t, s))
}

// TestRedisCluster: keys of a script are on one node of a cluster, or it refuses them.
func TestRedisCluster(t *testing.T) {
	t.Parallel()
	address := redisServer(t, "--cluster-enabled", "yes")
	node := redisClient(t, address)
	require.NoError(t, node.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	eventually(t, func() bool { return strings.Contains(node.ClusterInfo(t.Context()).Val(), "cluster_state:ok") })
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{node.Options().Addr}, Password: redisPassword})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	(&server{client: client}).suite(t)
}

// TestRedisRestarts while a lock is held. What Redis keeps goes on where it was; of what it loses nothing comes back.
func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	for name, keeps := range map[string]bool{"Persistent": true, "Forgetful": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, port := t.TempDir(), freePort(t)
			options := []string{"--appendonly", "no"}
			if keeps {
				options = []string{"--appendonly", "yes", "--appendfsync", "always"}
			}
			address, running := redisIn(t, dir, port, options...)
			client := redisClient(t, address, func(o *redis.Options) {
				o.MaxRetries, o.DialerRetries = -1, 1 // each takes long to see that nobody is there
			})
			s, err := redisstore.New(client)
			require.NoError(t, err)
			ctx := t.Context()
			require.NoError(t, s.Save(ctx, jo, &fake))
			held, err := s.Lock(ctx, jo, time.Minute)
			require.NoError(t, err)

			require.NoError(t, running.process.Process.Kill())
			<-running.ended
			for op, err := range callsOf(ctx, s) {
				require.ErrorContains(t, err, "tokenstore/redis: "+op+"dial tcp 127.0.0.1:"+port)
				require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
			}
			require.ErrorContains(t, held.Save(ctx, &fake), "tokenstore/redis: save zohocrm/1000.FAKE//jo@example.com: dial tcp")

			_, running = redisIn(t, dir, port, options...)
			defer running.end(t, running.process.Process, syscall.SIGTERM)
			eventually(t, func() bool { return client.Ping(ctx).Err() == nil }) // go-redis looks once a second
			renewed := zohohub.Token{AccessToken: "1000.fake-renewed", RefreshToken: "1000.fake-refresh"}
			if keeps {
				brief, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				_, err = s.Lock(brief, jo, time.Minute)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.NoError(t, held.Save(ctx, &renewed))
				require.NoError(t, held.Unlock(ctx))
				assert.Equal(t, map[zohohub.Key]zohohub.Token{jo: renewed}, tokensOf(t, s))
				return
			}
			_, err = s.Load(ctx, jo)
			require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
			second, err := s.Lock(ctx, jo, time.Minute)
			require.NoError(t, err)
			require.ErrorIs(t, held.Save(ctx, &renewed), zohohub.ErrLockLost)
			require.NoError(t, held.Unlock(ctx))
			require.NoError(t, second.Save(ctx, &fake))
			assert.Equal(t, map[zohohub.Key]zohohub.Token{jo: fake}, tokensOf(t, s))
		})
	}
}

// TestRedisRepeatsNothing: Redis shows what it was told in a command that it does not know, and an administrator may have
// taken commands away.
func TestRedisRepeatsNothing(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	args := []string{"--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", ""}
	for _, command := range []string{"HSET", "EVALSHA", "HELLO", "AUTH"} {
		args = append(args, "--rename-command", command, "")
	}
	running := serve(t, exec.Command(program(t, "redis-server"), args...))
	t.Cleanup(func() { running.end(t, running.process.Process, syscall.SIGTERM) })
	node := redisClient(t, "redis://127.0.0.1:"+port)
	running.await(t, func(ctx context.Context) error { return node.Ping(ctx).Err() })

	shown := node.HSet(t.Context(), "k", "f", fake.AccessToken).Err()
	require.ErrorContains(t, shown, fake.AccessToken, "what there is to hide")
	s, err := redisstore.New(node)
	require.NoError(t, err)
	for op, err := range callsOf(t.Context(), s) {
		want := "tokenstore/redis: " + op + "ERR unknown command 'evalsha'"
		switch {
		case strings.HasPrefix(op, "save"):
			want = "tokenstore/redis: " + op + "ERR unknown command 'hset'"
		case strings.HasPrefix(op, "delete"):
			assert.NoError(t, err)
			continue
		}
		assert.EqualError(t, err, want)
	}

	guarded := redisClient(t, "redis://:"+redisPassword+"@127.0.0.1:"+port)
	require.ErrorContains(t, guarded.Ping(t.Context()).Err(), redisPassword, "what there is to hide")
	s, err = redisstore.New(guarded)
	require.NoError(t, err)
	for op, err := range callsOf(t.Context(), s) {
		require.EqualError(t, err, "tokenstore/redis: "+op+"ERR unknown command 'auth'")
	}
}

// eventually waits for what another process does.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(serviceStarts)
	for !happened() {
		select {
		case <-tick.C:
		case <-end:
			require.Fail(t, "it has not happened", "within %v", serviceStarts)
		}
	}
}
