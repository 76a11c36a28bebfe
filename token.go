package zohohub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

// Token is what Zoho's accounts server gave: an access token, and for offline access the refresh token that renews it.
// One of the two is enough to begin with. It prints without its secrets and refuses to become JSON by accident; to store
// one, use [EncodeToken]. In a struct that may be printed, keep it in an exported field, or at least behind a pointer: fmt
// cannot call methods in an unexported field, and %v then prints the secrets of a value, %s those of a pointer too.
type Token struct {
	// AccessToken signs the requests, for an hour. Empty means: refresh before the first call.
	AccessToken string
	// RefreshToken renews the access token until it is revoked. Empty means: when the access token ends, so does access.
	RefreshToken string
	// APIDomain is where the token's records live, for example https://www.zohoapis.eu; it goes before Config's.
	APIDomain string
	// AccountsURL is the accounts server that gave the token and renews it; it goes before Config's.
	AccountsURL string
	// Scope lists the granted scopes, separated by commas or spaces as Zoho sent them; Zoho does not always send it.
	Scope string
	// Expiry is when the access token ends. Zero means: valid until Zoho refuses it.
	Expiry time.Time
	// Extra is what else the answer held, texts and numbers, by Zoho's names.
	Extra map[string]string
	// User is who signed in, by the e-mail address in small letters; empty where nobody asked.
	User string
	// Refreshes are the times of the last ten minutes at which a token in a store was refreshed, so that all who share the
	// store keep within what Zoho allows. It is empty for a token that is in no store.
	Refreshes []time.Time
}

// tokenOrZero spares the callers the question whether there is a token.
func tokenOrZero(tok *Token) Token {
	if tok == nil {
		return Token{}
	}
	return *tok
}

// valid says that the access token has not ended.
func (t Token) valid() bool {
	return t.AccessToken != "" && (t.Expiry.IsZero() || time.Now().Before(t.Expiry))
}

// empty says that it opens nothing, now or after a refresh.
func (t Token) empty() bool { return t.AccessToken == "" && t.RefreshToken == "" }

// storable says why a token is not to be kept: it would take the place of one that is worth something.
func storable(tok *Token) error {
	switch {
	case tok == nil:
		return errors.New("the token is nil")
	case tok.empty():
		return errors.New("neither an access token nor a refresh token")
	}
	return nil
}

// storedToken is a Token in storage. Its names are a contract with what earlier versions wrote.
type storedToken struct {
	AccessToken  string            `json:"access_token,omitempty"`
	RefreshToken string            `json:"refresh_token,omitempty"`
	APIDomain    string            `json:"api_domain,omitempty"`
	AccountsURL  string            `json:"accounts_url,omitempty"`
	Scope        string            `json:"scope,omitempty"`
	Expiry       time.Time         `json:"expiry,omitzero"`
	Extra        map[string]string `json:"extra,omitempty"`
	User         string            `json:"user,omitempty"`
	Refreshes    []time.Time       `json:"refreshes,omitempty"`
}

// EncodeToken returns the token as JSON for a store, secrets included: whoever reads it acts as the user. [DecodeToken]
// reads it back. One that is nil, or has neither an access token nor a refresh token, is an error.
func EncodeToken(tok *Token) ([]byte, error) {
	if err := storable(tok); err != nil {
		return nil, fmt.Errorf("zohohub: encode token: %w", err)
	}
	data, err := json.Marshal(storedToken(*tok)) //nolint:gosec // storing the secrets is what it is for
	if err != nil {
		// Only an Expiry beyond the year 9999 leads here; the cause repeats no secret.
		return nil, fmt.Errorf("zohohub: encode token: %w", err)
	}
	return data, nil
}

// DecodeToken reads what [EncodeToken] wrote. Its error does not repeat the data.
func DecodeToken(data []byte) (*Token, error) {
	var t storedToken
	if err := json.Unmarshal(data, &t); err != nil {
		// The cause may quote a piece of the data.
		return nil, errors.New("zohohub: decode token: not what EncodeToken writes")
	}
	tok := Token(t)
	if err := storable(&tok); err != nil {
		return nil, fmt.Errorf("zohohub: decode token: %w", err)
	}
	return &tok, nil
}

// MarshalJSON always fails: JSON of a token is either a leak into a log or a store without its secrets.
func (t Token) MarshalJSON() ([]byte, error) {
	return nil, errors.New("zohohub: a Token holds secrets; use EncodeToken to store it")
}

// String describes the token without its secrets.
func (t Token) String() string { return "zohohub.Token" + t.public().text() }

// GoString is String: %#v shows no secret either.
func (t Token) GoString() string { return t.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue gives log/slog what String shows.
func (t Token) LogValue() slog.Value { return t.public().logValue() }

// public is what may be shown of the token; of Extra only the names, since Zoho may put anything there.
func (t Token) public() attrs {
	expiry := ""
	if !t.Expiry.IsZero() {
		expiry = t.Expiry.Format(time.RFC3339)
	}
	return attrs{
		{"AccessToken", mark(t.AccessToken)},
		{"RefreshToken", mark(t.RefreshToken)},
		{"APIDomain", redactURL(t.APIDomain)},
		{"AccountsURL", redactURL(t.AccountsURL)},
		{"Scope", t.Scope},
		{"Expiry", expiry},
		{"Extra", strings.Join(slices.Sorted(maps.Keys(t.Extra)), ",")},
		{"User", t.User},
	}
}
