package zohohub

import (
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// mark shows that a secret is there without showing it.
func mark(secret string) string {
	if secret == "" {
		return ""
	}
	return redacted
}

// redactURL leaves of a URL what cannot hold a secret: scheme, host and path.
func redactURL(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return redacted
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// attrs are the fields of a value that may be shown, in order.
type attrs []struct {
	name  string
	value any
}

// text writes the fields that are set, as in {ClientID:"1000.x" Sandbox:true}.
func (a attrs) text() string {
	var b strings.Builder
	b.WriteByte('{')
	for _, f := range a {
		if reflect.ValueOf(f.value).IsZero() {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s:%#v", f.name, f.value)
	}
	b.WriteByte('}')
	return b.String()
}

func (a attrs) logValue() slog.Value {
	var out []slog.Attr
	for _, f := range a {
		if !reflect.ValueOf(f.value).IsZero() {
			out = append(out, slog.Any(f.name, f.value))
		}
	}
	return slog.GroupValue(out...)
}

func (a attrs) object() map[string]any {
	m := make(map[string]any, len(a))
	for _, f := range a {
		if !reflect.ValueOf(f.value).IsZero() {
			m[f.name] = f.value
		}
	}
	return m
}
