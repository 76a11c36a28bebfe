// Package redisstore keeps tokens in Redis, for services of any number of replicas.
//
//	client := redis.NewClient(&redis.Options{Addr: "redis:6379", ContextTimeoutEnabled: true})
//	store, err := redisstore.New(client)
//	cfg.Store = store
//
// The store is a [zohohub.Locker] by the server's clock, so that those of the replicas may differ. What it writes is plain:
// package sealed encrypts it.
//
// All tokens are in one hash, {zohohub}:tokens, and never expire. It is the server that has to keep them: with persistence
// (appendonly yes), or a restart signs all users out, and with a maxmemory-policy other than allkeys-…, which may remove the
// hash to make room. The locks, {zohohub}:lock:…, expire with their lease. Where one is gone before, by a volatile-… policy, a
// restart or a failover to a replica that had not seen it, two may refresh at once, and who held it first saves nothing.
//
// In a Redis Cluster all keys of a store are on one node. What another replica of the service has saved is seen whatever the
// client is told about reading from replicas of Redis.
//
// A context ends the wait for a lock. A call that Redis does not answer it ends only where the client's ContextTimeoutEnabled
// is set; the client's own time-outs and retries apply to each call. What go-redis logs is about connections, and holds no token.
package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/zohohub/zohohub"
)

// Store is a [zohohub.TokenStore] in Redis. It is safe for concurrent use, by several processes too.
type Store struct {
	client redis.UniversalClient
	tokens string // the hash of tokens
	locks  string // what the names of locks begin with
}

var (
	_ zohohub.TokenStore = (*Store)(nil)
	_ zohohub.Locker     = (*Store)(nil)
)

// New returns the store under the prefix zohohub, or the one that [Prefix] names. It does not ask the server anything; the
// caller closes the client.
func New(client redis.UniversalClient, opts ...Option) (*Store, error) {
	c := config{prefix: "zohohub"}
	for _, o := range opts {
		if o != nil {
			o.applyRedis(&c)
		}
	}
	switch {
	case client == nil:
		return nil, errors.New("tokenstore/redis: there is no client")
	case c.prefix == "" || strings.ContainsAny(c.prefix, "{}"): // it would not be what a cluster places keys by
		return nil, fmt.Errorf("tokenstore/redis: a prefix cannot be %q", c.prefix)
	}
	tag := "{" + c.prefix + "}:"
	return &Store{client, tag + "tokens", tag + "lock:"}, nil
}

// Option is what [New] can be told beside.
type Option interface{ applyRedis(*config) }

type config struct{ prefix string }

type option func(*config)

func (o option) applyRedis(c *config) { o(c) }

// Prefix sets stores of one server apart: their keys begin with it, in braces. It has none itself, and is not empty.
func Prefix(prefix string) Option { return option(func(c *config) { c.prefix = prefix }) }

// Scripts read, too: a cluster's client may read from a replica of Redis, but runs scripts where it writes. Each of them may be
// carried out twice, as a client does that has lost the answer.
var (
	loadScript = redis.NewScript(`return redis.call('HGET', KEYS[1], ARGV[1])`)
	listScript = redis.NewScript(`return redis.call('HKEYS', KEYS[1])`)
)

// Load implements [zohohub.TokenStore]. A value that is damaged is an error that names its key, and never
// [zohohub.ErrTokenNotFound].
func (s *Store) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	data, err := loadScript.Run(ctx, s.client, []string{s.tokens}, field(key)).Text()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, fmt.Errorf("%w: %v", zohohub.ErrTokenNotFound, key)
	case err != nil:
		return nil, fault(ctx, "load "+key.String(), err)
	}
	tok, err := zohohub.DecodeToken([]byte(data))
	if err != nil {
		return nil, fmt.Errorf("tokenstore/redis: what %s holds of %v is damaged: it is no token; restore it from a backup, or delete it and have its user sign in again", s.tokens, key)
	}
	return tok, nil
}

// Save implements [zohohub.TokenStore].
func (s *Store) Save(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	data, err := zohohub.EncodeToken(tok)
	if err != nil {
		return err
	}
	return fault(ctx, "save "+key.String(), s.client.HSet(ctx, s.tokens, field(key), data).Err(), tok.AccessToken, tok.RefreshToken)
}

// Delete implements [zohohub.TokenStore].
func (s *Store) Delete(ctx context.Context, key zohohub.Key) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	return fault(ctx, "delete "+key.String(), s.client.HDel(ctx, s.tokens, field(key)).Err())
}

// List implements [zohohub.TokenStore]. It is one call, and exact; a million tokens keep Redis from others for a second or two.
func (s *Store) List(ctx context.Context) ([]zohohub.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fields, err := listScript.Run(ctx, s.client, []string{s.tokens}).StringSlice()
	if err != nil {
		return nil, fault(ctx, "list", err)
	}
	keys := make([]zohohub.Key, len(fields))
	for i, f := range fields {
		var ok bool
		if keys[i], ok = keyOf(f); !ok {
			return nil, fmt.Errorf("tokenstore/redis: list: a field of %s is no key of a token; what is not this store's needs another prefix", s.tokens)
		}
	}
	slices.SortFunc(keys, zohohub.Key.Compare)
	return keys, nil
}

// field is the key's name in the hash: its parts hold no line breaks.
func field(k zohohub.Key) string {
	return strings.Join([]string{k.Service, k.ClientID, k.Org, k.User}, "\n")
}

// keyOf reads what [field] wrote.
func keyOf(field string) (k zohohub.Key, ok bool) {
	parts := strings.Split(field, "\n")
	if len(parts) != 4 {
		return zohohub.Key{}, false
	}
	k = zohohub.Key{Service: parts[0], ClientID: parts[1], Org: parts[2], User: parts[3]}
	return k, k.Validate() == nil
}

// fault says what failed.
func fault(ctx context.Context, op string, err error, secrets ...string) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil: // which may show as a connection that timed out
		err = ctx.Err()
	default:
		err = withoutSecrets(err, secrets)
	}
	return fmt.Errorf("tokenstore/redis: %s: %w", op, err)
}

// withoutSecrets keeps to itself what a server says that repeats the token. Redis shows how a command begins that it does not
// know (that was renamed, or is a proxy's to refuse), the password of AUTH among it.
func withoutSecrets(err error, secrets []string) error {
	text := err.Error()
	if before, _, repeats := strings.Cut(text, ", with args"); repeats {
		return errors.New(before)
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			return errors.New("the server's error repeats the token, and is not shown")
		}
	}
	return err
}
