package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	usersScope = "ZohoCRM.users.READ"
	orgScope   = "ZohoCRM.org.READ"
	// profileScope lets the accounts server say who the user is, to those who may not ask the CRM.
	profileScope = "AaaServer.profile.READ"
)

// identify finds out whose token it is, and that it is for Config.Org.
func (a *Auth) identify(ctx context.Context, tok *Token) error {
	cfg := *a.cfg
	cfg.TokenSource = nil // which would answer for somebody else when Zoho refuses this token
	conn, err := NewConnection(cfg, &Token{AccessToken: tok.AccessToken, APIDomain: tok.APIDomain, AccountsURL: tok.AccountsURL})
	if err != nil {
		return err
	}
	user, err := a.whose(ctx, conn, tok)
	if err != nil {
		return err
	}
	tok.User = a.cfg.key(user).User
	if err := a.cfg.key(user).Validate(); err != nil {
		return &Error{Op: opSignIn, Index: -1, Err: err}
	}
	if a.cfg.Org == "" {
		return nil
	}
	var out struct {
		Org []struct {
			ZGID json.RawMessage `json:"zgid"`
		} `json:"org"`
	}
	if err := conn.Get(ctx, "org", nil, &out); err != nil {
		return err
	}
	if len(out.Org) != 1 || scalar(out.Org[0].ZGID) != a.cfg.Org {
		return signInFault(errors.New("the user signed in to another organization than Config.Org"))
	}
	return nil
}

// whose is the user's e-mail address, from the CRM or, where the token does not reach it, from the accounts server.
func (a *Auth) whose(ctx context.Context, conn *Connection, tok *Token) (string, error) {
	var out struct {
		Users []struct {
			Email string `json:"email"`
		} `json:"users"`
	}
	err := conn.Get(ctx, "users", Params{"type": "CurrentUser"}, &out)
	switch {
	case err == nil && len(out.Users) == 1 && out.Users[0].Email != "":
		return out.Users[0].Email, nil
	case err == nil:
		return "", &Error{Op: opSignIn, Index: -1, Err: errors.New("the answer does not tell who signed in")}
	case !errors.Is(err, ErrScopeMismatch):
		return "", err
	}
	email, fault := a.profile(ctx, tok)
	if fault != nil {
		return "", &Error{Op: opSignIn, Index: -1, Err: fmt.Errorf("nobody tells who signed in: the scope %s is missing (%w), and %s: %w", usersScope, err, profileScope, fault)}
	}
	return email, nil
}

// profile asks the accounts server.
func (a *Auth) profile(ctx context.Context, tok *Token) (string, error) {
	const op = "user info"
	ans, err := a.ask(ctx, op, tok.AccessToken, func(ctx context.Context, hc *http.Client) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.origin+"/oauth/user/info", nil) //nolint:gosec // origin is one of Zoho's, or loopback: parseSite has looked
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Zoho-oauthtoken "+tok.AccessToken)
		resp, err := hc.Do(req) //nolint:gosec // the same
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	if err != nil {
		return "", err
	}
	fields, err := ans.fields(op)
	if err != nil {
		return "", err
	}
	email := strings.TrimSpace(text(fields["Email"]))
	if email == "" {
		return "", ans.fail(op, "", "the answer holds no e-mail address")
	}
	return email, nil
}
