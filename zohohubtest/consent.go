package zohohubtest

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

//go:embed consent.html
var consentHTML string

var consentPages = template.Must(template.New("").Parse(consentHTML))

// consent is an application's wish to act for the user.
type consent struct {
	ClientID, RedirectURL, State, AccessType, Prompt string
	Scopes                                           []string
	// People are who may sign in.
	People []person
}

// person is a user as the consent page shows one.
type person struct{ ID, Name, Email string }

// serveConsent shows the page that asks the user (GET) and takes the decision (POST). Who the user is, is said there too:
// whoever has an account is signed in, and the first of them decides where nobody is named.
func (a *accounts) serveConsent(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		writePage(w, http.StatusBadRequest, "Invalid Request Method")
		return
	}
	params, err := oauthParams(r)
	if err != nil {
		writePage(w, http.StatusBadRequest, "Invalid Request")
		return
	}
	people := slices.DeleteFunc(a.people(), func(u user) bool { return !u.active() || u.unconfirmed })
	c, refusal := a.readConsent(params, r.Host)
	back := ""
	switch {
	case refusal != "" || r.Method == http.MethodGet:
	case params.Get("decision") == "accept":
		back, refusal = a.accept(c, people, params)
	case params.Get("decision") == "reject":
		back = c.back(url.Values{"error": {"access_denied"}})
	default:
		refusal = "invalid_request"
	}
	switch {
	case refusal != "":
		render(w, http.StatusBadRequest, "error", refusal)
	case back != "":
		http.Redirect(w, r, back, http.StatusFound)
	default:
		for _, u := range people {
			c.People = append(c.People, person{u.id, u.name(), u.email})
		}
		render(w, http.StatusOK, "consent", c)
	}
}

// readConsent checks what an application asks for at a host; refusal is Zoho's word for what is wrong. Nothing wrong is
// sent back to the application: its address is not to be trusted then.
func (a *accounts) readConsent(params url.Values, host string) (c consent, refusal string) {
	c = consent{
		ClientID:    params.Get("client_id"),
		RedirectURL: params.Get("redirect_uri"),
		State:       params.Get("state"),
		AccessType:  params.Get("access_type"),
		Prompt:      params.Get("prompt"),
		Scopes:      strings.Split(params.Get("scope"), ","),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	app := a.clients[c.ClientID]
	switch {
	case app == nil || !a.knows(app, a.centerOf(host)):
		return c, "invalid_client"
	case c.RedirectURL == "" || !slices.Contains(app.redirectURLs, c.RedirectURL):
		return c, "invalid_redirect_uri"
	case params.Get("response_type") != "code":
		return c, "invalid_response_type"
	case slices.ContainsFunc(c.Scopes, func(s string) bool { return !scopeForm.MatchString(s) }):
		return c, "invalid_scope"
	}
	return c, ""
}

// scopeForm is that of ZohoCRM.modules.ALL. Scopes that are joined by spaces, as other services take them, have another.
var scopeForm = regexp.MustCompile(`^(?i:(zoho[a-z]*|aaaserver)(\.[a-z0-9_]+)+\.(all|read|create|update|write|delete|custom))$`)

// accept is where the one of people who signs in goes with the code; refusal is what speaks against it.
func (a *accounts) accept(c consent, people []user, params url.Values) (back, refusal string) {
	i := slices.IndexFunc(people, func(u user) bool { return !params.Has("user") || u.id == params.Get("user") })
	if i < 0 {
		return "", "invalid_user"
	}
	who := people[i].holder()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.knows(a.clients[c.ClientID], who.center) {
		return "", "invalid_client"
	}
	value := a.addCode(&code{
		holder:      who,
		clientID:    c.ClientID,
		redirectURL: c.RedirectURL,
		scopes:      c.Scopes,
		offline:     c.AccessType == "offline",
		prompted:    c.Prompt == "consent",
		expires:     a.now().Add(codeLife),
	})
	return c.back(url.Values{"code": {value}, "location": {a.keyOf(who.center)}, "accounts-server": {a.urlOf(who.center)}}), ""
}

// back is the application's address with an answer for it.
func (c consent) back(answer url.Values) string {
	if c.State != "" {
		answer.Set("state", c.State)
	}
	separator := "?"
	if strings.Contains(c.RedirectURL, "?") {
		separator = "&"
	}
	return c.RedirectURL + separator + answer.Encode()
}

func render(w http.ResponseWriter, status int, page string, data any) {
	var body bytes.Buffer
	if err := consentPages.ExecuteTemplate(&body, page, data); err != nil {
		panic(err) // the templates and what they show are the fake's own
	}
	answer(w, status, "text/html;charset=UTF-8", body.Bytes())
}
