package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

var errBodyGone = errors.New("the token was renewed, but the request's body cannot be sent a second time")

// Host is the host of a request before it is signed. Which host it goes to is the token's to say, and may change when
// the token is renewed; a request for any other host is refused, so that no token can leave for one.
const Host = "zoho.invalid"

// Grant is an access token together with where it may go.
type Grant struct {
	AccessToken string
	// Origin is the scheme and host for API calls, or for uploads.
	Origin func(upload bool) (*url.URL, error)
}

// Tokens gives out tokens; its methods are called concurrently.
type Tokens interface {
	// Token returns a token that should be good.
	Token(ctx context.Context) (Grant, error)
	// Accepted hears of each token that the API took.
	Accepted(access string)
	// Renew returns another token than the refused one, or an error that says why there is none.
	Renew(ctx context.Context, refused string) (Grant, error)
}

// refusals are the codes with which Zoho refuses a token that another may replace. OAUTH_SCOPE_MISMATCH is not among
// them: a new token has the same scopes.
var refusals = map[string]bool{
	"INVALID_TOKEN":          true,
	"INVALID_OAUTHTOKEN":     true,
	"AUTHENTICATION_FAILURE": true,
}

// signer puts the host and the token in place. A refused token is renewed once and the request sent once more.
type signer struct {
	next   http.RoundTripper
	tokens Tokens
}

var _ http.RoundTripper = (*signer)(nil)

// RoundTrip implements [http.RoundTripper].
func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != Host {
		closeBody(req)
		return nil, fmt.Errorf("no token for host %q", req.URL.Host)
	}
	ctx := req.Context()
	grant, err := s.tokens.Token(ctx)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := s.send(req, grant)
	if err != nil || !refused(resp) {
		return resp, err
	}
	call := CallOf(ctx)
	grant, call.RenewErr = s.tokens.Renew(ctx, grant.AccessToken)
	if call.RenewErr != nil {
		return resp, nil //nolint:nilerr // the refusal is the answer; why it could not be helped is told beside it
	}
	replay, ok := again(req)
	if !ok {
		call.RenewErr = errBodyGone
		return resp, nil
	}
	discard(resp)
	call.Renewed = true
	return s.send(replay, grant)
}

func (s *signer) send(req *http.Request, grant Grant) (*http.Response, error) {
	origin, err := grant.Origin(CallOf(req.Context()).Upload)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	signed := req.Clone(req.Context())
	signed.URL.Scheme, signed.URL.Host, signed.Host = origin.Scheme, origin.Host, ""
	signed.Header.Set("Authorization", "Zoho-oauthtoken "+grant.AccessToken)
	resp, err := s.next.RoundTrip(signed)
	if err == nil && accepted(resp.StatusCode) {
		s.tokens.Accepted(grant.AccessToken)
	}
	return resp, err
}

// accepted says that an answer shows the token to be good. A failure and a throttling may come before it is looked at.
func accepted(status int) bool {
	return status < 500 && status != http.StatusUnauthorized && status != http.StatusTooManyRequests
}

func refused(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized {
		return false
	}
	body, _ := Body(resp)
	code, _ := flat(body)
	return refusals[code]
}
