package transport

import (
	"log/slog"
	"net/http"
	"time"
)

// logger writes one line for each attempt: which call, never which record. The attribute names are part of the contract.
type logger struct {
	next http.RoundTripper
	log  *slog.Logger
}

var _ http.RoundTripper = (*logger)(nil)

// RoundTrip implements [http.RoundTripper].
func (l *logger) RoundTrip(req *http.Request) (*http.Response, error) {
	call := CallOf(req.Context())
	call.Attempts++
	if l.log == nil || !l.log.Enabled(req.Context(), slog.LevelDebug) {
		return l.next.RoundTrip(req)
	}
	start := time.Now()
	resp, err := l.next.RoundTrip(req)
	attrs := []slog.Attr{
		slog.String("method", req.Method),
		slog.String("path", call.Template),
		slog.Int("attempt", call.Attempts),
		slog.Duration("duration", time.Since(start)),
		slog.Int("credits", call.Weight),
	}
	switch {
	case err == nil:
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
		if left := resp.Header.Get("X-API-CREDITS-REMAINING"); left != "" {
			attrs = append(attrs, slog.String("credits_remaining", left))
		}
	case NeverLeft(err): // the error's own words may hold what a log must not
		attrs = append(attrs, slog.String("failure", "no connection"))
	default:
		attrs = append(attrs, slog.String("failure", "no answer"))
	}
	l.log.LogAttrs(req.Context(), slog.LevelDebug, "zohohub: request", attrs...)
	return resp, err
}
