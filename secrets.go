package zohohub

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/zohohub/zohohub/internal/secretscan"
)

// secrets are what was sent and must not come out again.
type secrets []string

// opaque finds what has the form of Zoho's codes, tokens and client ids, and what stands behind a token's scheme. An
// amount such as 1000.50 has no letter.
var opaque = regexp.MustCompile(`(?i)\b1000\.[\w.~-]*[a-z][\w.~-]*|\bZoho-oauthtoken\s+\S+`)

// hideTokens takes out of a stranger's text what looks like a token.
func hideTokens(text string) string { return opaque.ReplaceAllString(text, redacted) }

// clean takes secrets out of a text that somebody else wrote: all of it, where one is in it in another form, such as base64.
func (s secrets) clean(text string) string {
	for _, v := range s {
		if v == "" {
			continue
		}
		text = strings.ReplaceAll(text, v, redacted)
		text = strings.ReplaceAll(text, url.QueryEscape(v), redacted)
	}
	if text = hideTokens(text); s.in(text) {
		return redacted
	}
	return text
}

// in says whether a secret is in a text, encoded or a piece of it. What is too short for that could stand there by chance.
func (s secrets) in(text string) bool {
	var all []secretscan.Secret
	for _, v := range s {
		if len(v) >= secretscan.Least {
			all = append(all, secretscan.Secret{Value: v})
		}
	}
	scanner, err := secretscan.New(all...)
	return err == nil && len(scanner.Scan("", text)) > 0
}

// hide cleans what an answer said.
func (s secrets) hide(e *Error) *Error {
	e.Code, e.Message = s.clean(e.Code), s.clean(e.Message)
	if s.in(string(e.Details)) {
		e.Details = nil
	}
	return e
}

func (s secrets) hideAll(b *BatchError) *BatchError {
	for _, e := range b.Failed {
		_ = s.hide(e) // in place
	}
	return b
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
