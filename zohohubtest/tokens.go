package zohohubtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// mostForm bounds a form of the accounts server.
const mostForm = 1 << 20

// tooManyTokens is what Zoho answers when a refresh token is used too often.
var tooManyTokens = map[string]any{
	"error":             "Access Denied",
	"error_description": "You have made too many requests continuously. Please try again after some time.",
	"status":            "failure",
}

// serveToken exchanges codes and refreshes tokens. Zoho refuses with HTTP 200 and an error in the body.
func (a *accounts) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writePage(w, http.StatusBadRequest, "Invalid Request Method")
		return
	}
	params, err := oauthParams(r)
	if err != nil || params.Get("grant_type") == "" {
		writePage(w, http.StatusBadRequest, "Invalid Request")
		return
	}
	status, body := a.answerToken(params, r.Host)
	writeJSON(w, status, body)
}

func (a *accounts) answerToken(params url.Values, host string) (status int, body map[string]any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	center := a.centerOf(host)
	if refusal := a.checkClient(params, center); refusal != "" {
		return refuse(refusal)
	}
	switch params.Get("grant_type") {
	case "authorization_code":
		return a.exchange(params, center)
	case "refresh_token":
		return a.renew(params, center)
	default:
		return refuse("invalid_grant_type")
	}
}

func refuse(code string) (status int, body map[string]any) {
	return http.StatusOK, map[string]any{"error": code}
}

func (a *accounts) checkClient(params url.Values, center string) (refusal string) {
	c := a.clients[params.Get("client_id")]
	switch {
	case c == nil || !a.knows(c, center):
		return "invalid_client"
	case params.Get("client_secret") != c.secret:
		return "invalid_client_secret"
	}
	return ""
}

func (a *accounts) exchange(params url.Values, center string) (status int, body map[string]any) {
	value, clientID := params.Get("code"), params.Get("client_id")
	c := a.codes[value]
	switch {
	case c == nil || c.clientID != clientID || c.center != center || !a.now().Before(c.expires):
		return refuse("invalid_code")
	case c.redirectURL != "" && params.Get("redirect_uri") != c.redirectURL:
		return refuse("invalid_redirect_uri")
	}
	delete(a.codes, value)
	refresh := ""
	consent := c.redirectURL != ""
	if c.offline && (c.prompted || !a.consented(clientID, c.userID)) {
		refresh = a.addRefresh(&refreshToken{holder: c.holder, clientID: clientID, scopes: c.scopes, byCode: true, consent: consent})
	}
	body = a.issue(c.holder, clientID, refresh, c.scopes)
	body["scope"] = strings.Join(c.scopes, " ")
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return http.StatusOK, body
}

// consented says whether the user's consent to the client is still worth a refresh token: another needs prompt=consent.
func (a *accounts) consented(clientID, userID string) bool {
	for _, r := range a.refresh {
		if r.consent && r.clientID == clientID && r.userID == userID {
			return true
		}
	}
	return false
}

func (a *accounts) renew(params url.Values, center string) (status int, body map[string]any) {
	value := params.Get("refresh_token")
	r := a.refresh[value]
	if r == nil || r.clientID != params.Get("client_id") || r.center != center {
		return refuse("invalid_code")
	}
	if now := a.now(); !now.Before(r.window) {
		r.asked, r.window = 0, now.Add(refreshWindow)
	}
	r.asked++
	if r.asked > mostRefreshes {
		return http.StatusBadRequest, tooManyTokens
	}
	// Zoho sends neither the refresh token nor, mostly, the scope again: a client keeps what it has.
	return http.StatusOK, a.issue(r.holder, r.clientID, value, r.scopes)
}

func (a *accounts) issue(h holder, clientID, refresh string, scopes []string) map[string]any {
	seconds := int(tokenLife.Seconds())
	body := map[string]any{
		"access_token": a.addAccess(h, clientID, refresh, scopes),
		"api_domain":   a.urlOf(h.center),
		"token_type":   "Bearer",
		"expires_in":   seconds,
	}
	if a.legacy {
		body["expires_in"], body["expires_in_sec"] = seconds*1000, seconds
	}
	return body
}

// serveRevoke ends a refresh token with its access tokens, or one access token. The newer of Zoho's two paths wants the
// client's credentials too, and takes nothing but what that client was given.
func (a *accounts) serveRevoke(w http.ResponseWriter, r *http.Request, wantClient bool) {
	if r.Method != http.MethodPost {
		writePage(w, http.StatusBadRequest, "Invalid Request Method")
		return
	}
	params, err := oauthParams(r)
	if err != nil {
		writePage(w, http.StatusBadRequest, "Invalid Request")
		return
	}
	a.mu.Lock()
	refusal, center, clientID := "", a.centerOf(r.Host), ""
	if wantClient {
		refusal, clientID = a.checkClient(params, center), params.Get("client_id")
	}
	if refusal == "" && !a.revoke(params.Get("token"), center, clientID) {
		refusal = "invalid_token"
	}
	a.mu.Unlock()
	if refusal != "" {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": refusal})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"status": "success"})
}

// revoke ends a token of one client, or with no clientID of any.
func (a *accounts) revoke(value, center, clientID string) bool {
	if r := a.refresh[value]; r != nil && r.center == center && (clientID == "" || r.clientID == clientID) {
		a.dropRefresh(value)
		return true
	}
	t := a.access[value]
	if t == nil || t.center != center || clientID != "" && t.clientID != clientID {
		return false
	}
	if r := a.refresh[t.refresh]; r != nil {
		r.live = slices.DeleteFunc(r.live, func(v string) bool { return v == value })
	}
	delete(a.access, value)
	return true
}

// serveInfo tells the accounts servers of the data centers that there are.
func (a *accounts) serveInfo(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		writePage(w, http.StatusBadRequest, "Invalid Request Method")
		return
	}
	a.mu.Lock()
	locations := maps.Clone(a.centers)
	locations[a.location] = a.url
	a.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"result": "success", "locations": locations})
}

// profileScope is what user info asks of a token.
const profileScope = "AaaServer.profile.READ"

// serveUserInfo tells whose an access token is.
func (a *accounts) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		writePage(w, http.StatusBadRequest, "Invalid Request Method")
		return
	}
	var token *accessToken
	if value, ok := signature(r); ok {
		token = a.caller(value, r.Host)
	}
	if token == nil {
		writeJSON(w, http.StatusUnauthorized, map[string]any{"response": "error", "cause": "INVALID_OAUTHTOKEN"})
		return
	}
	people := a.people()
	i := slices.IndexFunc(people, func(u user) bool { return u.id == token.UserID })
	if !token.allows(profileScope) || i < 0 {
		writeJSON(w, http.StatusUnauthorized, map[string]any{"response": "error", "cause": "INVALID_OAUTHSCOPE"})
		return
	}
	u := people[i]
	writeJSON(w, http.StatusOK, map[string]any{
		"First_Name": u.first, "Last_Name": u.last, "Email": u.email, "Display_Name": u.name(), "ZUID": json.Number(u.zuid),
	})
}

// oauthParams reads the parameters of a call as Zoho takes them: from the form in the body, from the query, and the
// client's credentials from a Basic header.
func oauthParams(r *http.Request) (url.Values, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, mostForm+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > mostForm {
		return nil, errors.New("the form is too large") // a part of it says something else
	}
	params, err := postForm(r.Header.Get("Content-Type"), raw)
	if err != nil {
		return nil, err
	}
	for name, values := range r.URL.Query() {
		params[name] = append(params[name], values...)
	}
	if id, secret, ok := r.BasicAuth(); ok {
		params["client_id"] = append(params["client_id"], unescaped(id))
		params["client_secret"] = append(params["client_secret"], unescaped(secret))
	}
	return params, nil
}

// unescaped undoes the URL encoding that RFC 6749 asks for in a Basic header and that half of the clients leave out.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// postForm reads a form from a body in either encoding. Another kind of body has none.
func postForm(contentType string, raw []byte) (url.Values, error) {
	mediaType, params, _ := mime.ParseMediaType(contentType) // what it cannot read is no form
	switch mediaType {
	case "application/x-www-form-urlencoded":
		return url.ParseQuery(string(raw))
	case "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(raw), params["boundary"]).ReadForm(mostForm)
		if err != nil {
			return url.Values{}, err
		}
		return form.Value, nil
	default:
		return url.Values{}, nil
	}
}
