package zohohub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"github.com/zohohub/zohohub/internal/transport"
)

// fromZoho refreshes at the accounts server that the token came from. It asks again when Zoho failed or its answer was
// lost; what never left, the call that waits for the token sends again.
func (t *tokens) fromZoho(ctx context.Context, current *Token) (*Token, error) {
	return t.fromZohoSaving(ctx, current, nil)
}

// fromZohoSaving is fromZoho within Zoho's budget. Save, if there is one, keeps what was spent of it.
func (t *tokens) fromZohoSaving(ctx context.Context, current *Token, save func(ctx context.Context, asked []time.Time) error) (*Token, error) {
	origin, err := t.cfg.accountsOrigin(current)
	if err != nil {
		return nil, err
	}
	auth := NewAuth(*t.cfg)
	if auth.err != nil {
		return nil, auth.err
	}
	auth = auth.at(origin)
	var fresh *Token
	asked := t.requests(current)
	for n := 1; ; n++ {
		spent, wait := spend(asked, time.Now())
		if wait > 0 {
			return nil, overdrawn(wait)
		}
		if err := t.noteRequests(ctx, current, spent, save); err != nil {
			return nil, fmt.Errorf("token store: %w", err)
		}
		fresh, err = auth.Refresh(ctx, current.RefreshToken)
		if transport.NeverLeft(err) { // so Zoho has not counted it: a network that is down must not use the budget up
			late, cancel := afterwards(ctx)
			defer cancel()
			t.tell("save", t.noteRequests(late, current, asked, save))
			return nil, err
		}
		asked = spent
		if err == nil {
			break
		}
		wait, passing := mayPass(err, n)
		if !passing || n == refreshAttempts || !transport.Pause(ctx, wait) {
			return nil, misdirected(err, current, origin)
		}
	}
	fresh = copyToken(fresh)
	// Zoho does not repeat everything at a refresh.
	fresh.APIDomain = cmp.Or(fresh.APIDomain, current.APIDomain)
	fresh.Scope = cmp.Or(fresh.Scope, current.Scope)
	if save != nil {
		fresh.Refreshes = asked
	}
	return fresh, nil
}

// requests are the times at which Zoho was asked with the refresh token of current: those that the store has noted, and this
// connection's own, which a store without locks may have lost.
func (t *tokens) requests(current *Token) []time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	asked := slices.Clone(current.Refreshes)
	if tokenOrZero(t.askedWith).RefreshToken != current.RefreshToken {
		return asked
	}
	for _, at := range t.asked {
		if !slices.ContainsFunc(current.Refreshes, at.Equal) {
			asked = append(asked, at)
		}
	}
	return asked
}

// noteRequests keeps when Zoho was asked with the refresh token of current, by save too, if there is one.
func (t *tokens) noteRequests(ctx context.Context, current *Token, asked []time.Time, save func(ctx context.Context, asked []time.Time) error) error {
	t.mu.Lock()
	t.asked, t.askedWith = asked, current
	t.mu.Unlock()
	if save == nil {
		return nil
	}
	return save(ctx, asked)
}

// misdirected adds to a refusal that the token was not given where it was refreshed.
func misdirected(err error, tok *Token, origin string) error {
	e, ok := errors.AsType[*Error](err)
	home, fault := parseAPI("Token.APIDomain", tok.APIDomain)
	asked, other := parseAccounts("accounts server", origin)
	if !ok || !errors.Is(err, ErrAuthentication) || fault != nil || other != nil || home.kind != siteAPI || asked.kind != siteAccounts || home.dc == asked.dc {
		return err
	}
	e.Err = fmt.Errorf("the token's API domain is of data center %v, and %v was asked: see Config.AccountsURL", home.dc, asked.dc)
	return e
}

// mayPass says whether the n-th refresh failed in a way that the next may not, and when that is to be sent.
func mayPass(err error, n int) (wait time.Duration, ok bool) {
	e, is := errors.AsType[*Error](err)
	if !is || errors.Is(err, ErrRateLimited) || errors.Is(err, ErrAuthentication) {
		return 0, false
	}
	lost := e.Err != nil && !transport.NeverLeft(err)
	return cmp.Or(e.RetryAfter, transport.Backoff(n)), lost || e.Status >= 500
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
	if !fitsHeader(got.AccessToken) {
		return nil, errors.New("token source gave an access token that does not fit into a header")
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
