package zohohub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/zohohub/zohohub/internal/transport"
)

const (
	// refreshAhead is how long before its end a token is renewed, so that none ends on its way to Zoho.
	refreshAhead = 60 * time.Second
	// refreshPause is how long a token that is still good is used after it could not be renewed ahead of its end.
	refreshPause = 10 * time.Second
	// refreshTimeout bounds one renewal.
	refreshTimeout = 30 * time.Second
	// throttlePause is how long a throttled accounts server is left alone when it did not say: it counts what it refuses.
	throttlePause = time.Minute
)

var (
	errNoRefreshToken = errors.New("there is no refresh token to renew it with; sign in with offline access")
	errSameToken      = errors.New("its renewal gave the same token again")
)

// tokens holds a connection's token and renews it, once for all who wait.
type tokens struct {
	cfg *Config // behind a pointer, as fmt would print the secrets of an unexported field
	// renew gets another token; nil when there is no way to.
	renew func(ctx context.Context, current *Token) (*Token, error)
	// announce is called with each token that renew got.
	announce func(Token)

	mu      sync.Mutex
	tok     *Token    // never changed, only replaced
	renewAt time.Time // when tok is to be renewed; zero: when it is refused
	refused string    // the access token that was refused last
	flight  *flight
	// fault is why no token can be had, until faultEnds; with a zero faultEnds for good.
	fault     error
	faultEnds time.Time
}

// flight is one renewal under way.
type flight struct {
	done chan struct{}
	err  error // to be read when done is closed
}

var _ transport.Tokens = (*tokens)(nil)

func newTokens(cfg Config, tok *Token) *tokens {
	t := &tokens{cfg: &cfg, tok: new(Token)}
	if tok != nil {
		t.tok = copyToken(tok)
	}
	switch {
	case cfg.TokenSource != nil:
		t.renew = t.fromSource
	case t.tok.RefreshToken != "":
		t.renew, t.announce = t.fromZoho, cfg.OnRefresh
	}
	if t.tok.AccessToken != "" && !t.tok.Expiry.IsZero() {
		t.renewAt = t.tok.Expiry.Add(-refreshAhead)
	}
	return t
}

// get returns a token that should be good, renewed if need be. Each caller waits as long as its own ctx allows; the
// renewal itself goes on without it.
func (t *tokens) get(ctx context.Context) (*Token, error) {
	for {
		tok, f, err := t.current()
		if f == nil {
			return tok, err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		t.mu.Lock()
		tok, err = t.tok, t.unlessGood(f.err)
		t.mu.Unlock()
		if err != nil || tok.AccessToken != "" { // else somebody was refused the new token meanwhile
			return tok, err
		}
	}
}

// current returns the token at hand, or why there is none, or the renewal to wait for.
func (t *tokens) current() (*Token, *flight, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.tok.AccessToken != "" && (t.renew == nil || t.renewAt.IsZero() || now.Before(t.renewAt)) {
		return t.tok, nil, nil
	}
	if t.fault != nil && (t.faultEnds.IsZero() || now.Before(t.faultEnds)) {
		return t.tok, nil, t.unlessGood(t.fault)
	}
	if t.flight == nil {
		t.flight = &flight{done: make(chan struct{})}
		go t.fly(t.flight, t.tok)
	}
	return nil, t.flight, nil
}

// unlessGood drops an error of a renewal ahead of time: the token at hand still serves.
func (t *tokens) unlessGood(err error) error {
	if t.tok.AccessToken != "" && (t.tok.Expiry.IsZero() || time.Now().Before(t.tok.Expiry)) {
		return nil
	}
	return err
}

// fly renews the token. It has a context of its own: those who wait come and go.
func (t *tokens) fly(f *flight, current *Token) {
	defer close(f.done) // after announce: who gets the new token may rely on its being stored
	ctx, cancel := context.WithTimeout(context.Background(), refreshTimeout)
	defer cancel()
	fresh, err := t.renew(ctx, current)
	f.err = t.land(fresh, err)
	if f.err == nil && t.announce != nil {
		t.announce(*copyToken(fresh))
	}
}

// land takes the result of a renewal in.
func (t *tokens) land(fresh *Token, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flight, t.fault = nil, nil
	now := time.Now()
	if err == nil && fresh.AccessToken == t.refused {
		err = errSameToken
	}
	if err != nil {
		t.renewAt = now.Add(refreshPause)
		t.remember(err, now)
		return err
	}
	t.tok, t.renewAt = fresh, time.Time{}
	if !fresh.Expiry.IsZero() {
		// Half of a short life at most, or a token of a minute would be renewed for every call.
		t.renewAt = fresh.Expiry.Add(-min(refreshAhead, fresh.Expiry.Sub(now)/2))
	}
	return nil
}

// remember keeps an answer of Zoho's that asking again would not change, so that a queue of callers does not ask one by
// one. A refusal stands for as long as the connection, whose credentials do not change; a throttling for its time.
func (t *tokens) remember(err error, now time.Time) {
	if t.cfg.TokenSource != nil {
		return // what a source of the caller's own may do next is its affair
	}
	switch {
	case errors.Is(err, ErrRateLimited):
		wait := throttlePause
		if e, ok := errors.AsType[*Error](err); ok {
			wait = cmp.Or(e.RetryAfter, wait)
		}
		t.fault, t.faultEnds = err, now.Add(wait)
	case errors.Is(err, ErrAuthentication):
		t.fault, t.faultEnds = err, time.Time{}
	}
}

// fromZoho refreshes at the accounts server that the token came from.
func (t *tokens) fromZoho(ctx context.Context, current *Token) (*Token, error) {
	origin, err := t.cfg.accountsOrigin(current)
	if err != nil {
		return nil, err
	}
	auth, err := NewAuth(*t.cfg).At(origin)
	if err != nil {
		return nil, err
	}
	fresh, err := auth.Refresh(ctx, current.RefreshToken)
	if err != nil {
		return nil, err
	}
	fresh = copyToken(fresh)
	// Zoho does not repeat everything at a refresh.
	fresh.APIDomain = cmp.Or(fresh.APIDomain, current.APIDomain)
	fresh.AccountsURL = cmp.Or(fresh.AccountsURL, current.AccountsURL)
	fresh.Scope = cmp.Or(fresh.Scope, current.Scope)
	return fresh, nil
}

// fromSource asks the caller's token source.
func (t *tokens) fromSource(_ context.Context, current *Token) (*Token, error) {
	got, err := t.cfg.TokenSource.Token()
	if err != nil {
		if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok { // its text is the accounts server's whole answer
			e := &Error{Op: "refresh", Code: r.ErrorCode, Index: -1}
			if r.Response != nil {
				e.Status = r.Response.StatusCode
			}
			return nil, e
		}
		return nil, fmt.Errorf("token source: %w", transport.StripURL(err))
	}
	if got == nil || got.AccessToken == "" {
		return nil, errors.New("token source gave no access token")
	}
	fresh := &Token{
		AccessToken: got.AccessToken, RefreshToken: got.RefreshToken, Expiry: got.Expiry,
		APIDomain: current.APIDomain, AccountsURL: current.AccountsURL, Scope: current.Scope,
	}
	if domain, ok := got.Extra("api_domain").(string); ok && domain != "" {
		fresh.APIDomain = domain
	}
	return fresh, nil
}

// Token implements [transport.Tokens].
func (t *tokens) Token(ctx context.Context) (transport.Grant, error) {
	tok, err := t.get(ctx)
	if err != nil {
		return transport.Grant{}, err
	}
	return t.grant(tok), nil
}

// Renew implements [transport.Tokens]. However many were refused one token, it is dropped once.
func (t *tokens) Renew(ctx context.Context, refused string) (transport.Grant, error) {
	if t.renew == nil {
		return transport.Grant{}, errNoRefreshToken
	}
	t.mu.Lock()
	if t.tok.AccessToken == refused {
		dropped := copyToken(t.tok)
		dropped.AccessToken = ""
		t.tok, t.refused = dropped, refused
	}
	t.mu.Unlock()
	return t.Token(ctx)
}

func (t *tokens) grant(tok *Token) transport.Grant {
	return transport.Grant{AccessToken: tok.AccessToken, Origin: func(upload bool) (*url.URL, error) {
		origin := t.cfg.apiOrigin
		if upload {
			origin = t.cfg.uploadOrigin
		}
		s, err := origin(tok)
		if err != nil {
			return nil, err
		}
		return url.Parse(s)
	}}
}

// hint says why a token that was renewed a moment ago may be refused: it is for another place than the call.
func (t *tokens) hint() error {
	t.mu.Lock()
	tok := t.tok
	t.mu.Unlock()
	called, err := t.cfg.apiOrigin(tok)
	if err != nil {
		return err
	}
	if tok.APIDomain != "" && tok.APIDomain != called {
		return fmt.Errorf("refused again after a refresh: the token belongs to %s, the call went to %s", tok.APIDomain, called)
	}
	return fmt.Errorf("refused again after a refresh: is the token for %s, "+
		"and for its environment (production, sandbox, developer)?", called)
}

func copyToken(tok *Token) *Token {
	c := *tok
	c.Extra = maps.Clone(tok.Extra)
	return &c
}
