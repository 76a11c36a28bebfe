package main

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/sealed"
)

const (
	// sessionService tells the sessions in the store of tokens from the tokens.
	sessionService = "webapp-session"
	sessionLife    = 12 * time.Hour
	sweepEvery     = time.Hour
)

// sessionStore keeps the browsers' sessions beside the users' tokens: copies of the service that share a store have both in
// common, whatever the store is, and encryption covers both. The store's keys are hashes; a session's id is in the browser's
// cookie alone.
type sessionStore struct {
	tokens   zohohub.TokenStore
	clientID string
}

var _ scs.CtxStore = sessionStore{}

func (s sessionStore) key(id string) zohohub.Key {
	return zohohub.Key{Service: sessionService, ClientID: s.clientID, User: id}
}

// FindCtx implements [scs.CtxStore].
func (s sessionStore) FindCtx(ctx context.Context, id string) (data []byte, found bool, err error) {
	kept, err := s.tokens.Load(ctx, s.key(id))
	if errors.Is(err, zohohub.ErrTokenNotFound) || over(kept, err) {
		return nil, false, nil
	}
	if err == nil {
		data, err = base64.StdEncoding.DecodeString(kept.AccessToken)
	}
	return data, err == nil, err
}

// CommitCtx implements [scs.CtxStore].
func (s sessionStore) CommitCtx(ctx context.Context, id string, data []byte, expiry time.Time) error {
	return s.tokens.Save(ctx, s.key(id), &zohohub.Token{AccessToken: base64.StdEncoding.EncodeToString(data), Expiry: expiry})
}

// DeleteCtx implements [scs.CtxStore].
func (s sessionStore) DeleteCtx(ctx context.Context, id string) error {
	return s.tokens.Delete(ctx, s.key(id))
}

// Find implements [scs.Store], of which FindCtx is used.
func (s sessionStore) Find(id string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), id)
}

// Commit implements [scs.Store], of which CommitCtx is used.
func (s sessionStore) Commit(id string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), id, data, expiry)
}

// Delete implements [scs.Store], of which DeleteCtx is used.
func (s sessionStore) Delete(id string) error { return s.DeleteCtx(context.Background(), id) }

// sweep deletes the sessions that have ended: nobody asks for them any more. Copies may do so at once.
func (s sessionStore) sweep(ctx context.Context) error {
	keys, err := s.tokens.List(ctx)
	faults := []error{err}
	for _, k := range keys {
		if k != s.key(k.User) {
			continue
		}
		kept, err := s.tokens.Load(ctx, k)
		if over(kept, err) {
			err = s.tokens.Delete(ctx, k)
		}
		if !errors.Is(err, zohohub.ErrTokenNotFound) { // somebody else was quicker
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// over says that what Load returned is a session that has ended, or that another TOKEN_KEY has encrypted.
func over(kept *zohohub.Token, err error) bool {
	if err != nil {
		return errors.Is(err, sealed.ErrNotOpened) || errors.Is(err, sealed.ErrNotSealed)
	}
	return !time.Now().Before(kept.Expiry)
}
