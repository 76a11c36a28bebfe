package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads a Retry-After header, seconds or an HTTP date. What is past, negative or unreadable is as if there
// were none: a server's nonsense must not become a tight loop.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	const longest = 365 * 24 * time.Hour // more would overflow a Duration, and nobody waits so long
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		if seconds <= 0 {
			return 0, false
		}
		return time.Duration(min(seconds, int64(longest/time.Second))) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	wait = at.Sub(now)
	if wait <= 0 {
		return 0, false
	}
	return min(wait, longest), true
}
