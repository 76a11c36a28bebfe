package zohohub

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// LoginHandler sends the browser to Zoho's consent page, for Config.Scopes and, where these have no scope that tells who
// the user is, ZohoCRM.users.READ beside them; where Config.Org is set, ZohoCRM.org.READ likewise. What comes back is bound
// to this browser by a cookie of ten minutes: HttpOnly, SameSite=Lax, and, where Config.RedirectURL is https, Secure and of
// this host alone (__Host-). So both handlers have to be reached at the same host. It answers GET and HEAD; a faulty
// configuration is a plain page with the status 500.
//
// Zoho: GET {accounts}/oauth/v2/auth
func (a *Auth) LoginHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			signInPage(w, http.StatusMethodNotAllowed, "Signing in begins with a link.")
			return
		}
		if err := a.signsIn(); err != nil {
			a.logSignIn(r.Context(), err)
			signInPage(w, http.StatusInternalServerError, notSetUp)
			return
		}
		a.dropStates(w, r)
		state, cookie := a.newState()
		http.SetCookie(w, cookie)
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, a.URL(state, WithScopes(a.signInScopes()...)), http.StatusFound)
	})
}

// CallbackHandler takes the browser back from Zoho's consent page, at Config.RedirectURL: it checks that the answer is for
// this browser and was not used before, exchanges the code where the user's account is (Zoho names the data center; only
// Zoho's own hosts are believed), finds out who signed in, and keeps the token in the store. Then it calls signedIn, which
// answers the browser: begin a session for tok.User there, and redirect. A nil signedIn is a plain page. Its own answer to a
// sign-in that failed is a plain page, too; [OnSignInError] replaces it. It answers GET.
//
// The errors are those of [Auth.Exchange], and match [ErrAuthentication] when the user refused, the answer is not this
// browser's, Zoho gave no refresh token, or the organization is not Config.Org; [ErrScopeMismatch] when the token does not
// tell who signed in. A token that the user had in the store stays then. It costs one credit, and one more with Config.Org.
//
// Zoho: POST {accounts}/oauth/v2/token, GET /crm/v8/users?type=CurrentUser or GET {accounts}/oauth/user/info; GET /crm/v8/org
func (a *Auth) CallbackHandler(signedIn func(w http.ResponseWriter, r *http.Request, tok *Token), opts ...CallbackOption) http.Handler {
	if signedIn == nil {
		signedIn = func(w http.ResponseWriter, _ *http.Request, _ *Token) {
			signInPage(w, http.StatusOK, "You are signed in.")
		}
	}
	c := callbackConfig{failed: a.signInError}
	for _, o := range opts {
		if o != nil {
			o.applyCallback(&c)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", "GET")
			signInPage(w, http.StatusMethodNotAllowed, "Zoho sends the browser here.")
			return
		}
		tok, err := a.signIn(w, r)
		if err != nil {
			a.logSignIn(r.Context(), err)
			c.failed(w, r, err)
			return
		}
		signedIn(w, r, tok)
	})
}

// signIn turns the browser's return into a stored token.
func (a *Auth) signIn(w http.ResponseWriter, r *http.Request) (*Token, error) {
	if err := a.signsIn(); err != nil {
		return nil, err
	}
	back, err := parseCallback(r.URL.Query())
	if err != nil {
		return nil, signInFault(err)
	}
	if err := a.spendState(w, r, back.state); err != nil {
		return nil, signInFault(err)
	}
	if back.refusal != "" {
		message, _ := refusal(opSignIn, back.refusal, a.here())
		return nil, &Error{Op: opSignIn, Code: clip(back.refusal, 60), Message: message, Index: -1, Err: ErrAuthentication}
	}
	at, err := a.atHome(back)
	if err != nil {
		return nil, signInFault(err)
	}
	tok, err := at.Exchange(r.Context(), back.code)
	if err != nil {
		return nil, err
	}
	if tok.RefreshToken == "" {
		return nil, signInFault(errNoOfflineAccess)
	}
	if err := at.identify(r.Context(), tok); err != nil {
		return nil, err
	}
	place := &shelf{store: a.cfg.Store, key: a.cfg.key(tok.User)}
	if err := place.unlessRefreshed(r.Context(), func() error { return place.save(r.Context(), tok) }); err != nil {
		return nil, &Error{Op: opSignIn, Index: -1, Err: fmt.Errorf("token store: %w", err)}
	}
	return copyToken(tok), nil
}

// atHome is the Auth for the accounts server of the user's data center.
func (a *Auth) atHome(back callback) (*Auth, error) {
	switch {
	case back.accounts != "":
		return a.At(back.accounts)
	case back.location != "" && !a.onLoopback():
		dc, err := ParseDataCenter(back.location)
		if err != nil {
			return nil, err
		}
		return a.at(dc.accounts().origin), nil
	}
	return a, nil
}

// CallbackOption changes what [Auth.CallbackHandler] does.
type CallbackOption interface{ applyCallback(*callbackConfig) }

type callbackConfig struct {
	failed func(http.ResponseWriter, *http.Request, error)
}

type callbackOption func(*callbackConfig)

func (o callbackOption) applyCallback(c *callbackConfig) { o(c) }

// OnSignInError answers the browser when a sign-in failed, in place of the plain page. The error holds no secret; whether
// its text is for the user is the service's to say.
func OnSignInError(failed func(w http.ResponseWriter, r *http.Request, err error)) CallbackOption {
	return callbackOption(func(c *callbackConfig) {
		if failed != nil {
			c.failed = failed
		}
	})
}

const opSignIn = "sign in"

func signInFault(err error) *Error {
	return &Error{Op: opSignIn, Index: -1, Err: because(ErrAuthentication, "%v", err)}
}

// callback is what Zoho's redirect says.
type callback struct{ state, code, refusal, accounts, location string }

var (
	errStrangeCallback = errors.New("the address is not one that Zoho's consent page leads to")
	// Without it the user would be signed out within the hour, and what the store has of an earlier sign-in would be gone.
	errNoOfflineAccess = errors.New("the answer holds no refresh token, though offline access and the user's consent were asked for " +
		"(access_type=offline, prompt=consent): Zoho gives one to server-based applications only")
)

// parseCallback reads the query that came back, which anybody may have written.
func parseCallback(query url.Values) (callback, error) {
	const most = 4 << 10
	for _, name := range []string{"state", "code", "error", "accounts-server", "location"} {
		if len(query[name]) > 1 || len(query.Get(name)) > most {
			return callback{}, errStrangeCallback
		}
	}
	back := callback{query.Get("state"), query.Get("code"), query.Get("error"), query.Get("accounts-server"), query.Get("location")}
	if back.state == "" || (back.code == "") == (back.refusal == "") {
		return callback{}, errStrangeCallback
	}
	return back, nil
}

// notSetUp is what a user sees of a fault that only the service can mend.
const notSetUp = "Signing in is not set up."

// signInError is the plain page of a sign-in that failed.
func (a *Auth) signInError(w http.ResponseWriter, _ *http.Request, err error) {
	e, _ := errors.AsType[*Error](err)
	switch {
	case e == nil, slices.Contains([]string{"invalid_client", "invalid_client_secret", "invalid_redirect_uri"}, e.Code):
		signInPage(w, http.StatusInternalServerError, notSetUp)
	case errors.Is(err, ErrAuthentication), errors.Is(err, ErrScopeMismatch):
		signInPage(w, http.StatusForbidden, "The sign-in was refused, is too old, or was begun in another browser. Please begin anew.")
	case errors.Is(err, ErrRateLimited):
		if e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
		}
		signInPage(w, http.StatusServiceUnavailable, "Zoho is asked too often. Please try again in some minutes.")
	default:
		signInPage(w, http.StatusBadGateway, "The sign-in did not work. Please try again.")
	}
}

// signInPage is a page without anything that a stranger wrote.
func signInPage(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=\"en\"><title>Sign-in</title><p>%s</p></html>\n", text)
}

// signInScopes are Config.Scopes and what it takes beside them to know who signs in, and to which organization.
func (a *Auth) signInScopes() []string {
	scopes := a.cfg.Scopes
	if len(lacking(strings.Join(scopes, ","), []string{usersScope, profileScope})) == 2 {
		scopes = append(slices.Clip(scopes), usersScope)
	}
	if a.cfg.Org != "" && len(lacking(strings.Join(scopes, ","), []string{orgScope})) > 0 {
		scopes = append(slices.Clip(scopes), orgScope)
	}
	return scopes
}

func (a *Auth) logSignIn(ctx context.Context, err error) {
	if a.cfg.Logger != nil {
		a.cfg.Logger.WarnContext(ctx, "zohohub: sign-in failed", "error", err.Error())
	}
}
