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
	// refreshLease bounds how long who refreshes keeps the others waiting, and refreshUnderLease the refresh itself, so that
	// what it got is saved before the lease ends.
	refreshLease      = 20 * time.Second
	refreshUnderLease = 15 * time.Second
)

// shelf is a token's place in a store.
type shelf struct {
	store TokenStore
	key   Key

	mu     sync.Mutex
	shared *Token // found, not asked for
	dead   string // a refresh token that Zoho refused
	reason error  // in these words
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

// bury notes that Zoho refused a refresh token.
func (s *shelf) bury(refreshToken string, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead, s.reason = refreshToken, reason
}

// buried says why a refresh token is of no use; nil when nothing is known against it.
func (s *shelf) buried(refreshToken string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refreshToken != s.dead {
		return nil
	}
	return s.reason
}

// fromStore reads what another connection, of this process or another, has got since; when nobody has, it asks Zoho and
// stores the answer, while the others wait.
func (t *tokens) fromStore(ctx context.Context, current *Token) (*Token, error) {
	s := t.shelf
	tok, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	if t.usable(tok, current) {
		return s.take(tok), nil
	}
	save := s.save
	if locker, ok := s.store.(Locker); ok {
		lock, err := locker.Lock(ctx, s.key, refreshLease)
		if err != nil {
			return nil, fmt.Errorf("token store: %w", err)
		}
		// Whether or not the renewal's time is up: those who wait need not wait for the end of the lease.
		defer func() { t.tell("unlock", lock.Unlock(context.WithoutCancel(ctx))) }()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, refreshUnderLease)
		defer cancel()
		if tok, err = s.load(ctx); err != nil {
			return nil, err
		}
		if t.usable(tok, current) {
			return s.take(tok), nil
		}
		save = lock.Save
	}
	return t.refreshStored(ctx, tok, save)
}

// refreshStored asks Zoho for another token in the place of one from the store.
func (t *tokens) refreshStored(ctx context.Context, tok *Token, save func(context.Context, *Token) error) (*Token, error) {
	s := t.shelf
	if tok.RefreshToken == "" {
		return nil, errNoRefreshToken
	}
	if err := s.buried(tok.RefreshToken); err != nil {
		return nil, err
	}
	fresh, err := t.fromZohoSaving(ctx, tok, func(asked []time.Time) error {
		kept := copyToken(tok)
		kept.Refreshes = asked
		// Before Zoho is asked: who is killed in between has asked, too.
		return save(ctx, kept)
	})
	switch {
	case errors.Is(err, ErrAuthentication):
		s.bury(tok.RefreshToken, err)
		return nil, err
	case err != nil:
		return nil, err
	}
	fresh.User = cmp.Or(fresh.User, tok.User)
	// The token serves whether or not it could be kept: a refresh changes nothing that would be lost.
	t.tell("save", save(ctx, fresh))
	return fresh, nil
}

// save keeps the token, whoever has the lock.
func (s *shelf) save(ctx context.Context, tok *Token) error { return s.store.Save(ctx, s.key, tok) }

// unlessRefreshed changes what the store holds of the user while nobody refreshes: a refresh under way would put back what it
// began with.
func (s *shelf) unlessRefreshed(ctx context.Context, change func() error) error {
	if locker, ok := s.store.(Locker); ok {
		lock, err := locker.Lock(ctx, s.key, refreshLease)
		if err != nil {
			return err
		}
		defer func() { _ = lock.Unlock(context.WithoutCancel(ctx)) }() // else its lease ends it
	}
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
	case !fitsHeader(tok.AccessToken):
		return nil, fmt.Errorf("token store: the access token of %v does not fit into a header", s.key)
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
	recent := slices.DeleteFunc(slices.Clone(asked), func(at time.Time) bool { return now.Sub(at) >= refreshWindow })
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
