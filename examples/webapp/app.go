package main

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
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
	callback string // the path that Zoho sends the browser back to
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
	sessions := scs.New() // in memory
	sessions.Lifetime = 12 * time.Hour
	sessions.HashTokenInStore = true
	sessions.Cookie.Name = "webapp_session"
	sessions.Cookie.HttpOnly = true
	sessions.Cookie.SameSite = http.SameSiteLaxMode // Strict would not come along on the way back from Zoho
	sessions.Cookie.Secure = redirect.Scheme == "https"
	return &app{auth: zohohub.NewAuth(cfg), callback: redirect.Path, sessions: sessions, logger: cfg.Logger}, nil
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
		_, _ = w.Write(styleCSS) // the browser has gone
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
	if errors.Is(err, zohohub.ErrAuthentication) || errors.Is(err, zohohub.ErrScopeMismatch) {
		a.message(w, http.StatusForbidden, "Not signed in", "The sign-in was refused, took too long, or was begun in another browser.")
		return
	}
	a.fail(w, r, err)
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

// signOut ends the user's access to Zoho, in all of the user's browsers, and the session.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	if user := a.user(r); user != "" {
		if err := a.auth.SignOut(r.Context(), user); err != nil {
			a.fail(w, r, err)
			return
		}
	}
	a.end(w, r)
}

// end ends the session.
func (a *app) end(w http.ResponseWriter, r *http.Request) {
	if err := a.sessions.Destroy(r.Context()); err != nil {
		a.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *app) user(r *http.Request) string { return a.sessions.GetString(r.Context(), sessionUser) }

// fail answers for what went wrong. Whose access has ended, here or at Zoho, signs in again.
func (a *app) fail(w http.ResponseWriter, r *http.Request, err error) {
	if a.user(r) != "" && (errors.Is(err, zohohub.ErrTokenNotFound) || errors.Is(err, zohohub.ErrAuthentication)) {
		a.end(w, r)
		return
	}
	a.logger.WarnContext(r.Context(), "webapp", "path", r.URL.Path, "error", err)
	if errors.Is(err, zohohub.ErrRateLimited) {
		var e *zohohub.Error
		if errors.As(err, &e) && e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter.Seconds())+1))
		}
		a.message(w, http.StatusServiceUnavailable, "One moment", "Zoho is asked too often. Please try again in some minutes.")
		return
	}
	a.message(w, http.StatusBadGateway, "That did not work", "Zoho did not answer as it should. Please try again.")
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
