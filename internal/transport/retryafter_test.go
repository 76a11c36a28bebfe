package transport

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var noon = time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"0":                             0,
		"-3":                            0,
		"1.5":                           0,
		"soon":                          0,
		"99999999999":                   365 * 24 * time.Hour,
		"99999999999999999999999":       0,
		"Fri, 01 May 2026 12:01:00 GMT": time.Minute,
		"Fri, 01 May 2026 11:59:00 GMT": 0,
		"Fri, 01 May 2999 12:00:00 GMT": 365 * 24 * time.Hour,
	} {
		wait, ok := RetryAfter(http.Header{"Retry-After": {value}}, noon)
		assert.Equal(t, want, wait, "value %q", value)
		assert.Equal(t, want > 0, ok, "value %q", value)
	}
	_, ok := RetryAfter(nil, noon)
	assert.False(t, ok)
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "7", "-1", "1e9", "9223372036854775807", "Fri, 01 May 2026 12:01:00 GMT", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wait, ok := RetryAfter(http.Header{"Retry-After": {value}}, noon)
		assert.Equal(t, ok, wait > 0)
		assert.LessOrEqual(t, wait, 365*24*time.Hour)
	})
}
