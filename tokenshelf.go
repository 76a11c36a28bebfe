package zohohub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// refreshWindow and refreshBudget are Zoho's: so many access tokens in that time for a refresh token.
	refreshWindow = 10 * time.Minute
	refreshBudget = 10
	// refreshLease bounds how long who refreshes keeps the others waiting, and refreshUnderLease the refresh itself: the
	// rest of the lease is for saving what it got.
	refreshLease      = 20 * time.Second
	refreshUnderLease = 15 * time.Second
)

// shelf is a token's place in a store.
type shelf struct {
	store TokenStore
	key   Key
	peers *peers // the connections that share what they know

	mu     sync.Mutex
	shared *Token // found, not asked for
}

// found says whether a token was another's doing.
func (s *shelf) found(tok *Token) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tok == s.shared
}

// take notes a token that was another's doing.
func (s *shelf) take(tok *Token) *Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shared = tok
	return tok
}

// fromStore reads what another connection, of this process or another, has got since; when nobody has, it asks Zoho and
// stores the answer, while the others wait.
func (t *tokens) fromStore(ctx context.Context, current *Token) (*Token, error) {
	s := t.shelf
	for {
		tok, serves, err := t.stored(ctx, current)
		if serves || err != nil {
			return tok, err
		}
		tok, mine, err := s.peers.renew(ctx, s.key, func() (*Token, error) { return t.underLock(ctx, current) })
		switch {
		case mine || err != nil:
			return tok, err
		case t.usable(tok, current):
			return s.take(copyToken(tok)), nil
		}
	}
}

// underLock is fromStore for one connection of the process at a time.
func (t *tokens) underLock(ctx context.Context, current *Token) (*Token, error) {
	save, unlock, err := t.shelf.lock(ctx)
	if err != nil {
		return nil, fmt.Errorf("token store: %w", err)
	}
	defer func() { t.tell("unlock", unlock()) }()
	ctx, cancel := context.WithTimeout(ctx, refreshUnderLease)
	defer cancel()
	tok, serves, err := t.stored(ctx, current)
	if serves || err != nil {
		return tok, err
	}
	return t.refreshStored(ctx, tok, save)
}

// stored reads the token from the store, and says whether it serves in the place of the current one. When it does not, and
// can not be renewed either, the error says why.
func (t *tokens) stored(ctx context.Context, current *Token) (tok *Token, serves bool, err error) {
	s := t.shelf
	tok, err = s.load(ctx)
	switch {
	case err != nil:
		return nil, false, err
	case t.usable(tok, current):
		return s.take(tok), true, nil
	case tok.RefreshToken == "":
		return nil, false, errNoRefreshToken
	}
	return tok, false, s.peers.refused.reason(s.key, tok.RefreshToken, time.Now())
}

// refreshStored asks Zoho for another token in the place of one from the store.
func (t *tokens) refreshStored(ctx context.Context, tok *Token, save saveFunc) (*Token, error) {
	fresh, err := t.fromZohoSaving(ctx, tok, func(ctx context.Context, asked []time.Time) error {
		kept := copyToken(tok)
		kept.Refreshes = asked
		// Before Zoho is asked: who is killed in between has asked, too.
		return save(ctx, kept)
	})
	if err != nil {
		t.shelf.peers.refused.note(t.shelf.key, tok.RefreshToken, err, time.Now())
		return nil, err
	}
	fresh.User = cmp.Or(fresh.User, tok.User)
	late, cancel := afterwards(ctx)
	defer cancel()
	// The token serves whether or not it could be kept: a refresh changes nothing that would be lost.
	t.tell("save", save(late, fresh))
	return fresh, nil
}

// saveFunc keeps a token under the key of a shelf.
type saveFunc func(ctx context.Context, tok *Token) error

// lock waits until nobody else refreshes the token, if the store has locks. Save is to be used, and unlock called.
func (s *shelf) lock(ctx context.Context) (save saveFunc, unlock func() error, err error) {
	locker, ok := s.store.(Locker)
	if !ok {
		return s.save, func() error { return nil }, nil
	}
	held, err := locker.Lock(ctx, s.key, refreshLease)
	switch {
	case err != nil:
		return nil, nil, err
	case held == nil:
		return nil, nil, fmt.Errorf("no lock and no error for %v", s.key)
	}
	return held.Save, func() error {
		// Whether or not the caller's time is up: those who wait need not wait for the end of the lease.
		late, cancel := afterwards(ctx)
		defer cancel()
		return held.Unlock(late)
	}, nil
}

// afterwards is for what is to be done with a store though the time for the rest may be up.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), refreshLease-refreshUnderLease)
}

// save keeps the token, whoever has the lock.
func (s *shelf) save(ctx context.Context, tok *Token) error { return s.store.Save(ctx, s.key, tok) }

// unlessRefreshed changes what the store holds of the user while nobody refreshes: a refresh under way would put back what it
// began with.
func (s *shelf) unlessRefreshed(ctx context.Context, change func() error) error {
	_, unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // else its lease ends it
	return change()
}

// load reads the token from the store.
func (s *shelf) load(ctx context.Context) (*Token, error) {
	tok, err := s.store.Load(ctx, s.key)
	switch {
	case err != nil:
		return nil, fmt.Errorf("token store: %w", err)
	case tok == nil:
		return nil, fmt.Errorf("token store: no token and no error for %v", s.key)
	case tok.empty():
		return nil, fmt.Errorf("token store: the token of %v is neither an access token nor a refresh token", s.key)
	case !fitsHeader(tok.AccessToken):
		return nil, fmt.Errorf("token store: the access token of %v does not fit into a header", s.key)
	case tok.User != "" && userName(tok.User) != s.key.User:
		return nil, fmt.Errorf("token store: what is kept for %v is another user's token", s.key)
	}
	return tok, nil
}

// usable says whether a token from the store serves in the place of the current one.
func (t *tokens) usable(tok, current *Token) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tok.valid() && tok.AccessToken != current.AccessToken && tok.AccessToken != tokenOrZero(t.refused).AccessToken
}

// tell logs what went wrong with a store and stops nobody.
func (t *tokens) tell(what string, err error) {
	if err != nil && t.cfg.Logger != nil {
		t.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "zohohub: token store", slog.String("op", what), slog.Any("error", err))
	}
}

// spend adds a request at now to those that were made, or says how long there is none to be had.
func spend(asked []time.Time, now time.Time) (with []time.Time, wait time.Duration) {
	// What lies far ahead was noted by a clock that has been set back since.
	recent := slices.DeleteFunc(slices.Clone(asked), func(at time.Time) bool { return now.Sub(at).Abs() >= refreshWindow })
	if len(recent) >= refreshBudget {
		slices.SortFunc(recent, time.Time.Compare)
		return nil, recent[len(recent)-refreshBudget].Add(refreshWindow).Sub(now)
	}
	return append(recent, now.UTC()), 0
}

// overdrawn is the refusal that Zoho would have given.
func overdrawn(wait time.Duration) *Error {
	return &Error{Op: "refresh", Index: -1, RetryAfter: wait, Err: because(errors.Join(ErrTokenThrottled, ErrRateLimited),
		"%d access tokens were asked for in the last %v, and Zoho gives no more; not sent", refreshBudget, refreshWindow)}
}
