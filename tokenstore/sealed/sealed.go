// Package sealed encrypts the tokens in any store.
//
//	block, err := aes.NewCipher(key) // 32 bytes, from where the service keeps its secrets
//	aead, err := cipher.NewGCMWithRandomNonce(block)
//	cfg.Store, err = sealed.New(store, aead)
//
// What the inner store keeps under a key is a token that holds one text, "sealed.v1." and the rest encrypted: tokens, scopes,
// times, all of it. The key itself (service, client, organization, user) stays readable, since the store finds the token by
// it. It is bound to what is sealed: a row that is copied to another user does not open.
//
// # Another encryption key
//
// New with the new one, and [OldKeys] with the old: new ones seal, all open. [Store.Rotate] seals anew what an old one
// sealed; then the old one can go.
//
// # A store that was not encrypted
//
// Its tokens are [ErrNotSealed]. With [PlainToo] they are taken as they are, and sealed when they are saved; Rotate saves all.
package sealed

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zohohub/zohohub"
)

// Store is a [zohohub.TokenStore] that encrypts, and a [zohohub.Locker] if the one inside is.
type Store interface {
	zohohub.TokenStore
	// Rotate seals anew what another key than the first has sealed, and what is not sealed at all if [PlainToo] allows it. It
	// says how many tokens that were. With a Locker it may run while the store is in use, beside others; without, a token that is
	// refreshed at that moment may be put back to what it was. A token that cannot be opened stays as it is and is an error that
	// names its key, and the rest are done.
	Rotate(ctx context.Context) (resealed int, err error)
}

var (
	// ErrNotSealed says that a token in the store is not encrypted.
	ErrNotSealed = errors.New("tokenstore/sealed: the token is not encrypted")
	// ErrNotOpened says that none of the keys opens a token: it was sealed with another, copied from another user, or changed.
	ErrNotOpened = errors.New("tokenstore/sealed: none of the keys opens the token")
)

// mark begins what this package wrote.
const mark = "sealed.v1."

// leastNonce is how long a random nonce has to be so that none comes twice.
const leastNonce = 12

// New returns a store that seals with aead what it saves in inner. An AEAD takes its nonces from crypto/rand: those of
// [cipher.NewGCMWithRandomNonce] by itself, others need nonces of 12 bytes or more, and 24 (XChaCha20-Poly1305) where one key
// seals more than some billions of tokens.
func New(inner zohohub.TokenStore, aead cipher.AEAD, opts ...Option) (Store, error) {
	s := &store{inner: inner, keys: []cipher.AEAD{aead}}
	for _, o := range opts {
		if o != nil {
			o.applySealed(s)
		}
	}
	if inner == nil {
		return nil, errors.New("tokenstore/sealed: there is no store to keep the tokens in")
	}
	for _, k := range s.keys {
		switch {
		case k == nil:
			return nil, errors.New("tokenstore/sealed: a key is nil")
		case k.NonceSize() > 0 && k.NonceSize() < leastNonce:
			return nil, fmt.Errorf("tokenstore/sealed: a key has nonces of %d bytes; random ones need %d", k.NonceSize(), leastNonce)
		}
	}
	if locker, ok := inner.(zohohub.Locker); ok {
		return &lockingStore{s, locker}, nil
	}
	return s, nil
}

// Option changes what a [Store] opens.
type Option interface{ applySealed(*store) }

type option func(*store)

func (o option) applySealed(s *store) { o(s) }

// OldKeys open what they have sealed, and seal nothing any more.
func OldKeys(aeads ...cipher.AEAD) Option {
	return option(func(s *store) { s.keys = append(s.keys, aeads...) })
}

// PlainToo takes tokens that are not encrypted as they are, for as long as a store is moved over. Leave it out afterwards:
// with it, whoever can write into the store can put a token of their own there.
func PlainToo() Option { return option(func(s *store) { s.plain = true }) }

type store struct {
	inner zohohub.TokenStore
	keys  []cipher.AEAD // the first seals
	plain bool
}

var _ Store = (*store)(nil)

// Load implements [zohohub.TokenStore].
func (s *store) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	tok, _, err := s.load(ctx, key)
	return tok, err
}

// Save implements [zohohub.TokenStore].
func (s *store) Save(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
	sealed, err := s.seal(key, tok)
	if err != nil {
		return err
	}
	return s.inner.Save(ctx, key, sealed)
}

// Delete implements [zohohub.TokenStore].
func (s *store) Delete(ctx context.Context, key zohohub.Key) error { return s.inner.Delete(ctx, key) }

// List implements [zohohub.TokenStore].
func (s *store) List(ctx context.Context) ([]zohohub.Key, error) { return s.inner.List(ctx) }

// Rotate implements [Store].
func (s *store) Rotate(ctx context.Context) (int, error) { return s.rotate(ctx, s.reseal) }

func (s *store) rotate(ctx context.Context, reseal func(context.Context, zohohub.Key) (bool, error)) (n int, err error) {
	keys, err := s.inner.List(ctx)
	faults := []error{err}
	for _, key := range keys {
		if ctx.Err() != nil {
			faults = append(faults, ctx.Err())
			break
		}
		done, err := reseal(ctx, key)
		switch {
		case errors.Is(err, zohohub.ErrTokenNotFound): // deleted meanwhile
		case err != nil:
			faults = append(faults, err)
		case done:
			n++
		}
	}
	return n, errors.Join(faults...)
}

func (s *store) reseal(ctx context.Context, key zohohub.Key) (bool, error) {
	tok, current, err := s.load(ctx, key)
	if err != nil || current {
		return false, err
	}
	return true, s.Save(ctx, key, tok)
}

// load also says whether the first key has sealed the token.
func (s *store) load(ctx context.Context, key zohohub.Key) (tok *zohohub.Token, current bool, err error) {
	if err := key.Validate(); err != nil {
		return nil, false, err
	}
	sealed, err := s.inner.Load(ctx, key)
	if err != nil {
		return nil, false, err
	}
	if sealed == nil {
		return nil, false, fmt.Errorf("tokenstore/sealed: no token and no error for %v", key)
	}
	text, ok := strings.CutPrefix(sealed.AccessToken, mark)
	switch {
	case ok:
	case s.plain:
		return sealed, false, nil
	default:
		return nil, false, fmt.Errorf("%w: %v", ErrNotSealed, key)
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %v: it is damaged", ErrNotOpened, key)
	}
	for i, k := range s.keys {
		if plain, ok := open(k, data, bound(key)); ok {
			tok, err := zohohub.DecodeToken(plain)
			if err != nil {
				return nil, false, fmt.Errorf("tokenstore/sealed: %v: %w", key, err)
			}
			return tok, i == 0, nil
		}
	}
	return nil, false, fmt.Errorf("%w: %v", ErrNotOpened, key)
}

// open opens what seal has sealed. Why it does not open is not for anybody to know.
func open(k cipher.AEAD, data, bound []byte) (plain []byte, ok bool) {
	n := k.NonceSize()
	if len(data) < n+k.Overhead() {
		return nil, false
	}
	plain, err := k.Open(nil, data[:n], data[n:], bound)
	return plain, err == nil
}

// seal makes the token that the inner store keeps.
func (s *store) seal(key zohohub.Key, tok *zohohub.Token) (*zohohub.Token, error) {
	if err := key.Validate(); err != nil {
		return nil, err
	}
	plain, err := zohohub.EncodeToken(tok)
	if err != nil {
		return nil, fmt.Errorf("tokenstore/sealed: save: %w", err)
	}
	nonce := make([]byte, s.keys[0].NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return &zohohub.Token{
		AccessToken: mark + base64.RawURLEncoding.EncodeToString(s.keys[0].Seal(nonce, nonce, plain, bound(key))),
	}, nil
}

// bound is what a sealed token belongs to. Keys that are valid hold no NUL, so no two of them come to the same.
func bound(key zohohub.Key) []byte {
	return []byte(strings.Join([]string{mark, key.Service, key.ClientID, key.Org, key.User}, "\x00"))
}

// lockingStore is a store whose inner store has locks.
type lockingStore struct {
	*store

	locker zohohub.Locker
}

var (
	_ Store          = (*lockingStore)(nil)
	_ zohohub.Locker = (*lockingStore)(nil)
)

// Lock implements [zohohub.Locker].
func (s *lockingStore) Lock(ctx context.Context, key zohohub.Key, lease time.Duration) (zohohub.TokenLock, error) {
	held, err := s.locker.Lock(ctx, key, lease)
	switch {
	case err != nil:
		return nil, err
	case held == nil:
		return nil, fmt.Errorf("tokenstore/sealed: no lock and no error for %v", key)
	}
	return &lock{held, s.store, key}, nil
}

const (
	// rotateLease is far longer than a token takes.
	rotateLease = 20 * time.Second
	// unlockWithin bounds giving the lock back, which the end of the lease does too.
	unlockWithin = 5 * time.Second
)

// Rotate implements [Store].
func (s *lockingStore) Rotate(ctx context.Context) (int, error) {
	return s.rotate(ctx, func(ctx context.Context, key zohohub.Key) (bool, error) {
		// Most need nothing, and are not locked for it.
		if _, current, err := s.load(ctx, key); err != nil || current {
			return false, err
		}
		held, err := s.Lock(ctx, key, rotateLease)
		if err != nil {
			return false, err
		}
		defer func() {
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), unlockWithin)
			defer cancel()
			_ = held.Unlock(late)
		}()
		tok, current, err := s.load(ctx, key)
		if err != nil || current {
			return false, err
		}
		return true, held.Save(ctx, tok)
	})
}

type lock struct {
	zohohub.TokenLock

	store *store
	key   zohohub.Key
}

// Save implements [zohohub.TokenLock].
func (l *lock) Save(ctx context.Context, tok *zohohub.Token) error {
	sealed, err := l.store.seal(l.key, tok)
	if err != nil {
		return err
	}
	return l.TokenLock.Save(ctx, sealed)
}
