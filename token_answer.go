package zohohub

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// refusals are the accounts server's words for a refusal, with what causes them. HERE stands for the accounts server.
var refusals = map[string]string{
	"invalid_code":           "the grant code was used before, is too old (most live two minutes), or is not of HERE: get a new one",
	"invalid_client":         "no such client id in HERE, or the client is not enabled for it",
	"invalid_client_secret":  "the client secret is wrong for this client id in HERE",
	"invalid_redirect_uri":   "the redirect URL differs from the registered one",
	"invalid_grant":          "the grant code or refresh token is not valid: ask for consent again",
	"invalid_scope":          "a scope is not known to Zoho",
	"invalid_token":          "the token is not valid, was revoked, or is not of HERE",
	"access_denied":          "the user or an administrator refused the access",
	"general_error":          "Zoho did not say why",
	"Access Denied":          "too many token requests; Zoho gives about 10 access tokens in 10 minutes for a refresh token: wait some minutes",
	"unauthorized_client":    "the client may not ask for this",
	"unsupported_grant_type": "the client may not ask for this",
}

// deadRefreshToken is what invalid_code means where no code was sent.
const deadRefreshToken = "the refresh token was revoked, gave way to newer ones (Zoho keeps 20 of a user), or is not of HERE: " +
	"the user has to sign in again"

// refusal says what causes a refusal; ok is false when nobody knows.
func refusal(op, code, here string) (message string, ok bool) {
	message, ok = refusals[code]
	if code == "invalid_code" && op != opExchange {
		message = deadRefreshToken
	}
	return strings.ReplaceAll(message, "HERE", here), ok
}

// answered is what the accounts server said to one request.
type answered struct {
	status     int
	body       []byte
	retryAfter time.Duration // 0 when the answer does not say
	secrets    secrets
	here       string // the accounts server, in words
}

// fields returns the answer's fields, or the error that it is. Zoho refuses with HTTP 200, too.
func (a *answered) fields(op string) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(a.body, &fields); err != nil || fields == nil {
		return nil, a.fail(op, "", a.unreadable())
	}
	code := cmp.Or(scalar(fields["error"]), scalar(fields["cause"])) // the latter is user info's word
	if code == "" && a.status/100 == 2 {
		return fields, nil
	}
	message, known := refusal(op, code, a.here)
	if !known {
		code = a.secrets.clean(code)
		message = a.secrets.clean(scalar(fields["error_description"]))
	}
	return nil, a.fail(op, code, message)
}

// revoked returns nil when the answer says that the token is no more.
func (a *answered) revoked(op string) error {
	fields, err := a.fields(op)
	if err != nil {
		return err
	}
	if scalar(fields["status"]) != "success" {
		return a.fail(op, "", "Zoho did not say that the token is revoked")
	}
	return nil
}

// token reads the answer as a token that was given at now.
func (a *answered) token(op string, now time.Time) (*Token, error) {
	fields, err := a.fields(op)
	if err != nil {
		return nil, err
	}
	tok := &Token{
		AccessToken:  scalar(fields["access_token"]),
		RefreshToken: scalar(fields["refresh_token"]),
		Scope:        scalar(fields["scope"]),
		Expiry:       expiry(fields, now),
	}
	if tok.AccessToken == "" {
		return nil, a.fail(op, "", "the answer holds no access token")
	}
	if !fitsHeader(tok.AccessToken) {
		return nil, a.fail(op, "", "the access token does not fit into a header")
	}
	if domain := scalar(fields["api_domain"]); domain != "" {
		s, err := parseAPI("api_domain of the answer", domain)
		if err != nil {
			return nil, a.fail(op, "", a.secrets.clean(err.Error()))
		}
		tok.APIDomain = s.origin
	}
	tok.Extra = extra(fields, tok)
	return tok, nil
}

func (a *answered) fail(op, code, message string) error {
	return &Error{Op: op, Status: a.status, Code: code, Message: message, Index: -1, RetryAfter: a.retryAfter}
}

// unreadable says what came instead of Zoho's JSON. A token answer that was cut is not shown.
func (a *answered) unreadable() string {
	const what = "the answer is not Zoho's JSON"
	switch {
	case a.status/100 == 3:
		return "the answer is a redirect; none is followed"
	case len(a.body) == 0:
		return "the answer is empty"
	}
	shown := quote([]byte(a.secrets.clean(string(a.body))))
	if strings.Contains(strings.ToLower(shown), "token") {
		return what
	}
	return what + ": " + shown
}

// expiry reads when the access token ends; zero when the answer does not say. With expires_in_sec, expires_in counts
// milliseconds.
func expiry(fields map[string]json.RawMessage, now time.Time) time.Time {
	seconds := tokenNumber(fields["expires_in"])
	if _, ok := fields["expires_in_sec"]; ok {
		seconds = tokenNumber(fields["expires_in_sec"])
		if seconds <= 0 {
			seconds = tokenNumber(fields["expires_in"]) / 1000
		}
	}
	// Beyond a year it is no time of Zoho's, and might not fit.
	if !(seconds > 0 && seconds <= 366*24*60*60) {
		return time.Time{}
	}
	return now.Add(time.Duration(seconds * float64(time.Second))).UTC().Truncate(time.Second)
}

// extra keeps the texts and numbers that have no field of their own, and no second copy of a secret.
func extra(fields map[string]json.RawMessage, tok *Token) map[string]string {
	var kept map[string]string
	for name, raw := range fields {
		switch name {
		case "access_token", "refresh_token", "api_domain", "scope", "expires_in", "expires_in_sec":
			continue
		}
		v := scalar(raw)
		if v == "" || strings.Contains(v, tok.AccessToken) || tok.RefreshToken != "" && strings.Contains(v, tok.RefreshToken) {
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[name] = v
	}
	return kept
}

// tokenNumber returns a JSON number, or a text that holds one; 0 for anything else.
func tokenNumber(raw json.RawMessage) float64 {
	n, err := strconv.ParseFloat(scalar(raw), 64)
	if err != nil {
		return 0
	}
	return n
}
