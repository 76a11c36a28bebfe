package zohohubtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/zohohub/zohohub"
)

// Token is a fresh pair of tokens of the default user with all scopes of the CRM; the one that user info asks for,
// AaaServer.profile.READ, is none of them. The access token ends in one hour by the fake's clock. Such pairs do not count
// towards the number of refresh tokens that Zoho keeps for a user.
func (s *Server) Token() *zohohub.Token { return s.TokenOf(defaultUserID) }

// TokenOf is [Server.Token] of another user, by the id, with these scopes; without any, with those of Token. It panics when
// there is no such user.
func (s *Server) TokenOf(userID string, scopes ...string) *zohohub.Token {
	return s.accounts.token(s.holder("TokenOf", userID), scopes)
}

// GrantCode is a code as Zoho's API console gives to a self client: good for one exchange within ten minutes by the
// fake's clock, with any redirect_uri or none, and with a refresh token. Without scopes it has those of [Server.Token].
func (s *Server) GrantCode(scopes ...string) string {
	return s.GrantCodeOf(defaultUserID, selfCodeLife, scopes...)
}

// GrantCodeOf is [Server.GrantCode] of another user, by the id, that is good for life, which is from three to ten minutes. It
// panics when there is no such user or life.
func (s *Server) GrantCodeOf(userID string, life time.Duration, scopes ...string) string {
	if life < selfCodeLeast || life > selfCodeLife {
		panic(fmt.Sprintf("zohohubtest: GrantCodeOf: a code lives %v to %v, not %v", selfCodeLeast, selfCodeLife, life))
	}
	return s.accounts.grantCode(s.holder("GrantCodeOf", userID), life, scopes)
}

// ExpireTokens ends all access tokens at once; refresh tokens stay good.
func (s *Server) ExpireTokens() { s.accounts.expireTokens() }

// RevokeTokens ends all tokens, as if every user had withdrawn the consent. Codes that were not exchanged stay good.
func (s *Server) RevokeTokens() { s.accounts.revokeTokens() }

// RevokeTokensOf is [Server.RevokeTokens] for one user, by the id; where there is no such user there is nothing to end.
func (s *Server) RevokeTokensOf(userID string) { s.accounts.revokeTokensOf(userID) }

// holder is a user that method was given the id of.
func (s *Server) holder(method, userID string) holder {
	people := s.crm.people()
	i := slices.IndexFunc(people, func(u user) bool { return u.id == userID })
	if i < 0 {
		panic(fmt.Sprintf("zohohubtest: %s: there is no user %q", method, userID))
	}
	return people[i].holder()
}
