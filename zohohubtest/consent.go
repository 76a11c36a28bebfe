package zohohubtest

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
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
	// Who may sign in, and who does.
	People []person
	User   holder
}

// person is a user as the consent page shows one.
type person struct{ ID, Name, Email string }

// serveConsent shows the page that asks the user (GET) and takes the decision (POST). Who the user is, is said there too:
// everybody is signed in, and the first one where nobody is named.
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
	c, refusal := a.readConsent(params)
	switch {
	case refusal != "":
		render(w, http.StatusBadRequest, "error", refusal)
	case r.Method == http.MethodGet:
		render(w, http.StatusOK, "consent", c)
	case params.Get("decision") == "accept":
		http.Redirect(w, r, a.accept(c), http.StatusFound)
	case params.Get("decision") == "reject":
		http.Redirect(w, r, c.back(url.Values{"error": {"access_denied"}}), http.StatusFound)
	default:
		render(w, http.StatusBadRequest, "error", "invalid_request")
	}
}

// readConsent checks what an application asks for; refusal is Zoho's word for what is wrong. Nothing wrong is sent back
// to the application: its address is not to be trusted then.
func (a *accounts) readConsent(params url.Values) (c consent, refusal string) {
	c = consent{
		ClientID:    params.Get("client_id"),
		RedirectURL: params.Get("redirect_uri"),
		State:       params.Get("state"),
		AccessType:  params.Get("access_type"),
		Prompt:      params.Get("prompt"),
		Scopes:      strings.Split(params.Get("scope"), ","),
	}
	signedIn := slices.DeleteFunc(a.people(), func(u user) bool { return !u.active() })
	for _, u := range signedIn {
		c.People = append(c.People, person{u.id, u.name(), u.email})
	}
	who := slices.IndexFunc(signedIn, func(u user) bool { return !params.Has("user") || u.id == params.Get("user") })
	if who >= 0 {
		c.User = signedIn[who].holder()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	app := a.clients[c.ClientID]
	switch {
	case app == nil || !a.knows(app, c.User.center):
		return c, "invalid_client"
	case who < 0:
		return c, "invalid_user"
	case !slices.Contains(app.redirectURLs, c.RedirectURL):
		return c, "invalid_redirect_uri"
	case params.Get("response_type") != "code":
		return c, "invalid_response_type"
	case slices.ContainsFunc(c.Scopes, func(s string) bool { return !isScope(s) }):
		return c, "invalid_scope"
	}
	return c, ""
}

// operations end a scope.
var operations = []string{"all", "read", "create", "update", "write", "delete", "custom"}

// isScope says whether s has a scope's form, such as ZohoCRM.modules.ALL. Scopes that are joined by spaces, as other
// services take them, have not.
func isScope(s string) bool {
	group, op := splitScope(s)
	return (strings.HasPrefix(group, "zoho") || strings.HasPrefix(group, "aaaserver.")) &&
		strings.Contains(group, ".") && !strings.ContainsAny(group, " +;/") && slices.Contains(operations, op)
}

// accept is where the user goes with the code.
func (a *accounts) accept(c consent) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	value := a.addCode(&code{
		holder:      c.User,
		clientID:    c.ClientID,
		redirectURL: c.RedirectURL,
		scopes:      c.Scopes,
		offline:     c.AccessType == "offline",
		prompted:    c.Prompt == "consent",
		expires:     a.now().Add(codeLife),
	})
	return c.back(url.Values{"code": {value}, "location": {a.keyOf(c.User.center)}, "accounts-server": {a.urlOf(c.User.center)}})
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
