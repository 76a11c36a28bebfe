package zohohub

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// secrets are what was sent and must not come out again.
type secrets []string

// opaque finds what has the form of Zoho's codes, tokens and client ids, and what stands behind a token's scheme. An
// amount such as 1000.50 has no letter.
var opaque = regexp.MustCompile(`(?i)\b1000\.[\w.~-]*[a-z][\w.~-]*|\bZoho-oauthtoken\s+\S+`)

// hideTokens takes out of a stranger's text what looks like a token.
func hideTokens(text string) string { return opaque.ReplaceAllString(text, redacted) }

// clean takes secrets out of a text that somebody else wrote.
func (s secrets) clean(text string) string {
	for _, v := range s {
		if v == "" {
			continue
		}
		text = strings.ReplaceAll(text, v, redacted)
		text = strings.ReplaceAll(text, url.QueryEscape(v), redacted)
	}
	return hideTokens(text)
}

// cause returns err, or what can be matched like it if its text holds a secret.
func (s secrets) cause(err error) error {
	if err == nil || s.clean(err.Error()) == err.Error() {
		return err
	}
	return &cleanError{text: s.clean(err.Error()), err: err}
}

// cleanError stands for an error whose text holds a secret: it can be matched, but not taken out.
type cleanError struct {
	text string
	err  error
}

func (e *cleanError) Error() string        { return e.text }
func (e *cleanError) Is(target error) bool { return errors.Is(e.err, target) }

// fitsHeader says whether a token can stand in a header. net/http would refuse one with a line break, say, which must
// not pass for a request that left.
func fitsHeader(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}
