package zohohub

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Open returns a connection for the token of a user who has signed in, from cfg.Store; the user is named by the e-mail
// address, whatever its case. The connection renews the token by itself and stores what Zoho gives. All connections for the
// same user, in this process and in others on the same store, share one refresh, if the store is a [Locker], and Zoho's
// budget of ten in ten minutes: one more is [ErrTokenThrottled], with [Error.RetryAfter], and is not sent. A user who is not
// in the store is [ErrTokenNotFound]. Nothing is sent to Zoho.
//
// A refresh token that Zoho refused is not tried again on this connection: see [Auth.Open] for one that is opened anew for
// each request.
func Open(ctx context.Context, cfg Config, user string) (*Connection, error) {
	return open(ctx, cfg, user, &peers{})
}

func open(ctx context.Context, cfg Config, user string, among *peers) (*Connection, error) {
	const op = "open"
	switch {
	case cfg.Store == nil:
		return nil, &Error{Op: op, Index: -1, Err: errors.New("Config.Store is nil: there is nowhere to take the token from")}
	case cfg.TokenSource != nil:
		return nil, &Error{Op: op, Index: -1, Err: errors.New("Config.Store and Config.TokenSource are both set")}
	}
	place := &shelf{store: cfg.Store, key: cfg.key(user), peers: among}
	if err := place.key.Validate(); err != nil {
		return nil, &Error{Op: op, Index: -1, Err: err}
	}
	tok, err := place.load(ctx)
	if err != nil {
		return nil, &Error{Op: op, Index: -1, Err: err}
	}
	return newConnection(cfg, tok, place)
}

// Open is [Open] with the configuration and the store of the Auth. All its connections for a user share one refresh, even if
// the store is no [Locker]. A refresh token that Zoho refused is not tried again by any of them, and one that Zoho throttles
// not until Zoho gives access tokens again.
func (a *Auth) Open(ctx context.Context, user string) (*Connection, error) {
	if a.err != nil {
		return nil, a.err
	}
	return open(ctx, *a.cfg, user, a.peers)
}

// Users lists the keys of those who have signed in with this client and, when Config.Org is set, to that organization, sorted
// by [Key.User]. Beside an error are those that the store could read all the same.
func (a *Auth) Users(ctx context.Context) ([]Key, error) {
	if a.err != nil {
		return nil, a.err
	}
	keys, err := a.cfg.Store.List(ctx)
	if err != nil {
		err = &Error{Op: "list users", Index: -1, Err: err}
	}
	return slices.DeleteFunc(keys, func(k Key) bool { return k != a.cfg.key(k.User) }), err
}

// SignedIn says whether there is a token of the user in the store that can still be used: that has a refresh token, or has
// not ended. It does not ask Zoho.
func (a *Auth) SignedIn(ctx context.Context, user string) (bool, error) {
	tok, err := a.stored(ctx, "look up user", user)
	switch {
	case errors.Is(err, ErrTokenNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	return tok.RefreshToken != "" || tok.valid(), nil
}

// SignOut ends the user's access: the refresh token is revoked at Zoho and the token deleted from the store. A token that
// Zoho does not know any more is deleted too. When Zoho cannot be asked, or refuses for another reason, such as a wrong
// client secret, the token stays, so that one can try again. A user who is not in the store is signed out already.
//
// Zoho: POST {accounts}/oauth/v2/token/revoke
func (a *Auth) SignOut(ctx context.Context, user string) error {
	const op = "sign out"
	_, err := a.stored(ctx, op, user)
	switch {
	case errors.Is(err, ErrTokenNotFound):
		return nil
	case err != nil:
		return err
	}
	place := &shelf{store: a.cfg.Store, key: a.cfg.key(user)}
	err = place.unlessRefreshed(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, refreshUnderLease)
		defer cancel()
		tok, err := place.load(ctx) // the user may have signed in anew while others held the lock
		if err != nil {
			return err
		}
		if err := a.revokeStored(ctx, tok); err != nil {
			return err
		}
		late, cancel := afterwards(ctx) // what is revoked is of no use, though the user has left the page meanwhile
		defer cancel()
		return place.store.Delete(late, place.key)
	})
	if _, told := errors.AsType[*Error](err); told || err == nil {
		return err
	}
	if errors.Is(err, ErrTokenNotFound) {
		return nil
	}
	return &Error{Op: op, Index: -1, Err: err}
}

// revokeStored revokes a token where it was given; one that Zoho does not know is revoked already.
func (a *Auth) revokeStored(ctx context.Context, tok *Token) error {
	if tok.RefreshToken == "" {
		return nil
	}
	origin, err := a.cfg.accountsOrigin(tok)
	if err != nil {
		return err
	}
	err = a.at(origin).Revoke(ctx, tok.RefreshToken)
	if e, ok := errors.AsType[*Error](err); ok && slices.Contains([]string{"invalid_code", "invalid_grant", "invalid_token"}, e.Code) {
		return nil
	}
	return err
}

// stored is the user's token.
func (a *Auth) stored(ctx context.Context, op, user string) (*Token, error) {
	if a.err != nil {
		return nil, a.err
	}
	key := a.cfg.key(user)
	err := key.Validate()
	if err == nil {
		var tok *Token
		if tok, err = (&shelf{store: a.cfg.Store, key: key}).load(ctx); err == nil {
			return tok, nil
		}
	}
	return nil, &Error{Op: op, Index: -1, Err: err}
}

// key is where the user's token is kept.
func (c Config) key(user string) Key {
	return Key{Service: ServiceCRM, ClientID: c.ClientID, Org: c.Org, User: userName(user)}
}

// userName is a user's e-mail address as keys have it.
func userName(user string) string { return strings.ToLower(strings.TrimSpace(user)) }
