package zohohub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

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
	// It is also how long a renewed token is tried that the API has only refused.
	throttlePause = time.Minute
	// refreshAttempts bounds how often one renewal asks Zoho.
	refreshAttempts = 3
)

var (
	errNoRefreshToken = errors.New("there is no refresh token to renew it with; sign in with offline access")
	errSameToken      = errors.New("its renewal gave the same token again")
	errNoRenewal      = errors.New("the renewal of the token ended without an answer")
)

// tokens holds a connection's token and renews it, once for all who wait.
type tokens struct {
	cfg *Config // behind a pointer, as fmt would print the secrets of an unexported field
	// renew gets another token; nil when there is no way to.
	renew func(ctx context.Context, current *Token) (*Token, error)
	// announce is called with each token that Zoho gave for a refresh token.
	announce func(Token)
	// shelf is the token's place in a store; nil without one.
	shelf *shelf

	mu      sync.Mutex
	tok     *Token    // never changed, only replaced
	renewAt time.Time // when tok is to be renewed; zero: when it is refused
	// untried says that the API has not taken tok yet; renewed is when a renewal gave it.
	untried bool
	// barren counts the renewals in a row of which the token was only refused.
	barren  int
	renewed time.Time
	// refused is the token that was dropped last: a pointer, since fmt follows one only.
	refused *Token
	flight  *flight
	// fault is why no token can be had, from faultSince until faultEnds; with a zero faultEnds for good.
	fault                 error
	faultSince, faultEnds time.Time
	// asked are the times of the last ten minutes at which Zoho was asked, with the refresh token of askedWith.
	asked     []time.Time
	askedWith *Token
}

// flight is one renewal under way.
type flight struct {
	done chan struct{}
	err  error // to be read when done is closed
}

var _ transport.Tokens = (*tokens)(nil)

func newTokens(cfg Config, tok *Token, place *shelf) *tokens {
	t := &tokens{cfg: &cfg, tok: new(Token), untried: true, shelf: place}
	if tok != nil {
		t.tok = copyToken(tok)
	}
	switch {
	case cfg.TokenSource != nil:
		t.renew = t.fromSource
	case place != nil:
		t.renew, t.announce = t.fromStore, cfg.OnRefresh
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
	if err := ctx.Err(); err != nil {
		return nil, err // who left begins no renewal
	}
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

// current returns the token at hand, or why there is none, or the renewal to wait for. One ahead of the token's end is
// not waited for.
func (t *tokens) current() (*Token, *flight, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.tok.AccessToken != "" && (t.renew == nil || t.good() && (t.renewAt.IsZero() || now.Before(t.renewAt))) {
		return t.tok, nil, nil
	}
	if t.fault != nil && (t.faultEnds.IsZero() || now.Before(t.faultEnds)) {
		return t.tok, nil, t.unlessGood(later(t.fault, now.Sub(t.faultSince)))
	}
	if t.flight == nil {
		t.flight = &flight{done: make(chan struct{})}
		go t.fly(t.flight, t.tok)
	}
	if t.good() {
		return t.tok, nil, nil
	}
	return nil, t.flight, nil
}

func (t *tokens) good() bool { return t.tok.valid() }

// unlessGood drops an error of a renewal ahead of time: the token at hand still serves.
func (t *tokens) unlessGood(err error) error {
	switch {
	case t.good():
		return nil
	case err != nil && t.tok.AccessToken == "" && t.refused != nil:
		return &unauthorized{err}
	}
	return err
}

// unauthorized is why there is no other token in the place of one that the API refused.
type unauthorized struct{ error }

func (u *unauthorized) Is(target error) bool { return target == ErrInvalidToken }
func (u *unauthorized) Unwrap() error        { return u.error }

// fly renews the token. It has a context of its own: those who wait come and go.
func (t *tokens) fly(f *flight, current *Token) {
	// After announce: who waited goes on when the token is stored. Who comes meanwhile has it at once, as OnRefresh may
	// use the connection itself.
	defer close(f.done)
	ctx, cancel := context.WithTimeout(context.Background(), refreshTimeout)
	defer cancel()
	fresh, err := t.ask(ctx, current)
	f.err = t.land(fresh, err)
	if f.err == nil && t.announce != nil && (t.shelf == nil || !t.shelf.found(fresh)) {
		t.announce(*copyToken(fresh))
	}
}

// ask is renew with an end. A caller's TokenSource or RoundTripper may panic, end its goroutine or stand still; the last
// keeps a goroutine, but nobody who waits for the token.
func (t *tokens) ask(ctx context.Context, current *Token) (*Token, error) {
	type result struct {
		tok *Token
		err error
	}
	results := make(chan result, 1)
	renewed := result{err: errNoRenewal} // stays when renew does not return
	go guard(func() { renewed.tok, renewed.err = t.renew(ctx, current) }, func(stray error) {
		if p, ok := errors.AsType[*panicError](stray); ok {
			renewed.err = fmt.Errorf("%w: %s", errNoRenewal, p.Error()) // its text alone: those who wait are not to panic
		}
		results <- renewed
	})
	select {
	case got := <-results:
		return got.tok, got.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w within %v: %w", errNoRenewal, refreshTimeout, ctx.Err())
	}
}

// land takes the result of a renewal in.
func (t *tokens) land(fresh *Token, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flight, t.fault = nil, nil
	now := time.Now()
	if err != nil {
		t.renewAt = now.Add(refreshPause)
		t.remember(err, now)
		return err
	}
	t.tok, t.renewAt, t.renewed, t.untried = fresh, time.Time{}, now, true
	if !fresh.Expiry.IsZero() {
		// Half of a short life at most, or a token of a minute would be renewed for every call.
		t.renewAt = fresh.Expiry.Add(-min(refreshAhead, fresh.Expiry.Sub(now)/2))
	}
	return nil
}

// remember keeps an answer of Zoho's that asking again would not change, so that a queue of callers does not ask one by
// one. A refusal stands for as long as the connection, whose credentials do not change; a throttling for its time. With a
// store, whatever failed stands for a moment: the store itself may be what does not answer.
func (t *tokens) remember(err error, now time.Time) {
	if t.cfg.TokenSource != nil {
		return // what a source of the caller's own may do next is its affair
	}
	limited := errors.Is(err, ErrRateLimited)
	_, zohos := errors.AsType[*Error](err) // else the store's
	switch {
	case zohos && transport.NeverLeft(err):
		return // the calls that wait for the token are sent again, and need it
	case t.shelf != nil && limited:
		t.faultEnds = now.Add(min(throttledFor(err), refreshPause))
	case t.shelf != nil: // no longer, as a refresh or a sign-in may store another token; a refusal of this one the peers remember
		t.faultEnds = now.Add(refreshPause)
	case limited:
		t.faultEnds = now.Add(throttledFor(err))
	case errors.Is(err, ErrAuthentication):
		t.faultEnds = time.Time{}
	default:
		return
	}
	t.fault, t.faultSince = err, now
}

// Token implements [transport.Tokens].
func (t *tokens) Token(ctx context.Context) (transport.Grant, error) {
	tok, err := t.get(ctx)
	if err != nil {
		return transport.Grant{}, err
	}
	return t.grant(tok), nil
}

// Accepted implements [transport.Tokens].
func (t *tokens) Accepted(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tok.AccessToken == access {
		t.untried, t.barren = false, 0
	}
}

// Renew implements [transport.Tokens]. However many were refused one token, it is dropped once.
func (t *tokens) Renew(ctx context.Context, refused string) (transport.Grant, error) {
	if err := t.drop(refused); err != nil {
		return transport.Grant{}, err
	}
	grant, err := t.Token(ctx)
	if err == nil && grant.AccessToken == refused {
		return transport.Grant{}, errSameToken // which stays at hand: the refusal may have been a whim
	}
	return grant, err
}

// drop takes a refused token out of use, or says why no other would help.
func (t *tokens) drop(refused string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.tok.AccessToken != refused:
		return nil // somebody else has
	case t.renew == nil && t.untried:
		return fmt.Errorf("%w; or %w", errNoRefreshToken, t.misplaced())
	case t.renew == nil:
		return errNoRefreshToken
	case t.cfg.TokenSource == nil && t.barren > 0 && time.Since(t.renewed) < throttlePause:
		// Zoho gives the next token as gladly, ten times, and then none for minutes.
		return fmt.Errorf("refused after a refresh: %w", t.misplaced())
	}
	if t.untried && time.Since(t.renewed) < throttlePause {
		t.barren++ // once may be a whim, or a token that was known late
	}
	dropped := copyToken(t.tok)
	dropped.AccessToken = ""
	t.tok, t.refused = dropped, t.tok
	return nil
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

// hint says why a token that was renewed a moment ago may be refused.
func (t *tokens) hint() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Errorf("refused again after a refresh: %w", t.misplaced())
}

// misplaced is the error of a good token that is used in the wrong place.
func (t *tokens) misplaced() error {
	called, err := t.cfg.apiOrigin(t.tok)
	if err != nil {
		return err
	}
	if t.tok.APIDomain != "" && t.tok.APIDomain != called {
		return fmt.Errorf("the token belongs to %s, the call went to %s", t.tok.APIDomain, called)
	}
	given, err := parseAccounts("Token.AccountsURL", t.tok.AccountsURL)
	if to, fault := parseAPI("API domain", called); err == nil && fault == nil && given.kind == siteAccounts && to.kind == siteAPI && given.dc != to.dc {
		return fmt.Errorf("the token is of data center %v, the call went to %s in %v", given.dc, called, to.dc)
	}
	return fmt.Errorf("is the token for %s, and for its environment (production, sandbox, developer)?", called)
}

// origin is where calls go, for who asks what this connection is.
func (t *tokens) origin() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	origin, _ := t.cfg.apiOrigin(t.tok) // without one each call says why
	return origin
}

// secrets are the tokens that a call may have carried.
func (t *tokens) secrets() secrets {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := secrets{t.tok.AccessToken, tokenOrZero(t.refused).AccessToken}
	const telling = 8 // what is shorter may be a word of any text
	return slices.DeleteFunc(s, func(v string) bool { return len(v) < telling })
}

func copyToken(tok *Token) *Token {
	c := *tok
	c.Extra, c.Refreshes = maps.Clone(tok.Extra), slices.Clone(tok.Refreshes)
	return &c
}
