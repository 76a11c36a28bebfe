package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/zohohub/zohohub"
)

// scopes are what the service asks its users for.
var scopes = []string{"ZohoCRM.modules.leads.READ", "ZohoCRM.users.READ"}

var (
	//go:embed pages.html
	pagesHTML string
	//go:embed style.css
	styleCSS []byte

	pages = template.Must(template.New("").Parse(pagesHTML))
)

const (
	sessionUser = "user"
	leadsAPage  = 50
)

// Lead is what the page shows of a lead.
type Lead struct {
	ID        string
	FirstName string
	LastName  string
	Company   string
	City      string
	Status    string `zoho:"Lead_Status"`
	Owner     zohohub.Lookup
}

// Name is the lead's full name.
func (l *Lead) Name() string { return strings.TrimSpace(l.FirstName + " " + l.LastName) }

// app is the service.
type app struct {
	auth     *zohohub.Auth
	origin   string // where browsers find the service
	callback string // the path that Zoho sends the browser back to
	kept     sessionStore
	sessions *scs.SessionManager
	logger   *slog.Logger
}

func newApp(cfg zohohub.Config) (*app, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	redirect, err := url.Parse(cfg.RedirectURL)
	if err != nil || len(redirect.Path) < 2 {
		return nil, errors.New("ZOHO_REDIRECT_URI: it names no path for Zoho to send the browser back to")
	}
	if slices.Contains([]string{"/leads", "/login", "/sign-out", "/style.css"}, redirect.Path) || strings.ContainsAny(redirect.Path, "{}") {
		return nil, errors.New("ZOHO_REDIRECT_URI: its path is a page of this service, or holds braces; /callback would do")
	}
	a := &app{
		auth: zohohub.NewAuth(cfg), origin: redirect.Scheme + "://" + redirect.Host, callback: redirect.Path,
		kept: sessionStore{cfg.Store, cfg.ClientID}, sessions: scs.New(), logger: cfg.Logger,
	}
	a.sessions.Store = a.kept
	a.sessions.HashTokenInStore = true
	a.sessions.Lifetime = sessionLife
	a.sessions.ErrorFunc = a.broken
	a.sessions.Cookie.Name = "webapp_session"
	a.sessions.Cookie.HttpOnly = true
	a.sessions.Cookie.SameSite = http.SameSiteLaxMode // Strict would not come along on the way back from Zoho
	if redirect.Scheme == "https" {
		a.sessions.Cookie.Secure = true
		a.sessions.Cookie.Name = "__Host-webapp_session" // no other host of the domain can plant one
	}
	return a, nil
}

func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /leads", a.leads)
	mux.Handle("/login", a.auth.LoginHandler())
	mux.Handle(a.callback, a.auth.CallbackHandler(a.signedIn, zohohub.OnSignInError(a.notSignedIn)))
	mux.HandleFunc("POST /sign-out", a.signOut)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(styleCSS) // the browser has gone
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		a.message(w, http.StatusNotFound, "No such page", "There is no such page.")
	})
	// A form on another site cannot sign anybody out: its request says that it comes from there.
	return http.NewCrossOriginProtection().Handler(secured(a.sessions.LoadAndSave(mux)))
}

// secured lets the pages hold nothing that is not the service's own.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// signedIn begins a session, under a new id: one that somebody planted in the browser before is worth nothing.
func (a *app) signedIn(w http.ResponseWriter, r *http.Request, tok *zohohub.Token) {
	if err := a.sessions.RenewToken(r.Context()); err != nil {
		a.fail(w, r, err)
		return
	}
	a.sessions.Put(r.Context(), sessionUser, tok.User)
	http.Redirect(w, r, "/leads", http.StatusSeeOther)
}

func (a *app) notSignedIn(w http.ResponseWriter, r *http.Request, err error) {
	var e *zohohub.Error
	switch {
	case errors.As(err, &e) && e.Code == "access_denied":
		a.message(w, http.StatusForbidden, "Not signed in", "You have not allowed access to your Zoho CRM. Without it there are no leads to show.")
	case errors.Is(err, zohohub.ErrAuthentication):
		a.message(w, http.StatusForbidden, "Not signed in", "The sign-in took too long, was finished already, or was begun in another browser. Please begin anew.")
	case errors.Is(err, zohohub.ErrScopeMismatch):
		a.message(w, http.StatusForbidden, "Not signed in", "Zoho does not tell who you are. Please ask whoever runs this service.")
	default:
		a.fail(w, r, err)
	}
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	if a.user(r) != "" {
		http.Redirect(w, r, "/leads", http.StatusSeeOther)
		return
	}
	a.show(w, http.StatusOK, "home", nil)
}

// leads shows those that the user may see, a page at a time.
func (a *app) leads(w http.ResponseWriter, r *http.Request) {
	user := a.user(r)
	if user == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	number := 1
	if text := r.URL.Query().Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 2000/leadsAPage { // beyond, Zoho asks for page tokens
			a.message(w, http.StatusNotFound, "No such page", "There is no such page.")
			return
		}
		number = n
	}
	conn, err := a.auth.Open(r.Context(), user)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	page, err := zohohub.NewRecord[Lead](conn).Page(r.Context(), zohohub.PageNumber(number), zohohub.PerPage(leadsAPage))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	view := leadsView{User: user, Leads: page.Records, Previous: number - 1}
	if page.Info.MoreRecords && number < 2000/leadsAPage {
		view.Next = number + 1
	}
	a.show(w, http.StatusOK, "leads", view)
}

type leadsView struct {
	User           string
	Leads          []*Lead
	Previous, Next int // 0: there is none
}

// signOut ends the user's access to Zoho, in all of the user's browsers, and the session: this also when Zoho cannot be
// asked, since whoever uses the browser next may be somebody else.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	user := a.user(r)
	if err := a.sessions.Destroy(r.Context()); err != nil {
		a.fail(w, r, err)
		return
	}
	if user != "" {
		if err := a.auth.SignOut(r.Context(), user); err != nil {
			a.logger.WarnContext(r.Context(), "webapp", "path", r.URL.Path, "error", err)
			a.message(w, http.StatusBadGateway, "Signed out here", "Zoho could not be told. To end this service's access to your CRM, sign in and out again later.")
			return
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *app) user(r *http.Request) string { return a.sessions.GetString(r.Context(), sessionUser) }

// sweep takes the sessions that have ended out of the store, until ctx ends.
func (a *app) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := a.kept.sweep(ctx); err != nil && ctx.Err() == nil {
			a.logger.WarnContext(ctx, "webapp", "sweep", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// fail answers for what went wrong. Whose access has ended, here or at Zoho, signs in again.
func (a *app) fail(w http.ResponseWriter, r *http.Request, err error) {
	if a.user(r) != "" && (errors.Is(err, zohohub.ErrTokenNotFound) || errors.Is(err, zohohub.ErrAuthentication)) {
		if err := a.sessions.Destroy(r.Context()); err != nil {
			a.broken(w, r, err)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	a.broken(w, r, err)
}

// broken is fail where there is no session.
func (a *app) broken(w http.ResponseWriter, r *http.Request, err error) {
	a.logger.WarnContext(r.Context(), "webapp", "path", r.URL.Path, "error", err)
	var e *zohohub.Error
	if !errors.As(err, &e) || !errors.Is(err, zohohub.ErrRateLimited) {
		a.message(w, http.StatusBadGateway, "That did not work", "Something that this service needs did not answer as it should. Please try again.")
		return
	}
	when := "some minutes"
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
		if n := int(math.Ceil(e.RetryAfter.Minutes())); n == 1 {
			when = "a minute"
		} else {
			when = strconv.Itoa(n) + " minutes"
		}
	}
	a.message(w, http.StatusServiceUnavailable, "One moment", "Zoho is asked too often. Please try again in "+when+".")
}

func (a *app) message(w http.ResponseWriter, status int, title, text string) {
	a.show(w, status, "message", struct{ Title, Text string }{title, text})
}

func (a *app) show(w http.ResponseWriter, status int, page string, data any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, page, data); err != nil {
		panic(err) // the pages and what they show are the service's own
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser has gone
}
