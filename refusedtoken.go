package zohohub

import (
	"cmp"
	"errors"
	"sync"
	"time"
)

// refusedTokens are the refresh tokens that Zoho has refused, for good or for a while, so that none of the peers asks again.
// They are not stored: the next process may have a client that is not refused.
type refusedTokens struct {
	mu sync.Mutex
	of map[Key]*refusedToken // pointers, as fmt would print the secrets of values
}

type refusedToken struct {
	refreshToken string
	reason       error
	since, ends  time.Time // without an end: for good
}

// note keeps what Zoho said of the key's refresh token, if asking again would not change it.
func (r *refusedTokens) note(key Key, refreshToken string, reason error, now time.Time) {
	refused := &refusedToken{refreshToken: refreshToken, reason: reason, since: now}
	switch {
	case errors.Is(reason, ErrAuthentication):
	case errors.Is(reason, ErrRateLimited):
		refused.ends = now.Add(throttledFor(reason))
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of = map[Key]*refusedToken{}
	}
	r.of[key] = refused
}

// reason says why the refresh token is of no use; nil when nothing is known against it.
func (r *refusedTokens) reason(key Key, refreshToken string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	refused := r.of[key]
	if refused == nil || refused.refreshToken != refreshToken || !refused.ends.IsZero() && !now.Before(refused.ends) {
		return nil
	}
	return later(refused.reason, now.Sub(refused.since))
}

// throttledFor is how long a throttling lasts.
func throttledFor(err error) time.Duration {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return throttlePause
	}
	return cmp.Or(e.RetryAfter, throttlePause)
}

// later is an error that is told again when some time has passed: there is less to wait.
func later(err error, passed time.Duration) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.RetryAfter <= passed {
		return err
	}
	again := *e
	again.RetryAfter -= passed
	return &again
}
