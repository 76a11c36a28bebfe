package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// TestNothingIsLost: of a second of callbacks every one is handled.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	f, err := measureFlood(t.Context(), 1000, 1000)
	require.NoError(t, err)
	assert.Equal(t, []int{1000, 1000, 1000}, []int{f.sent, f.answered, f.handled})
}

func TestReportFlood(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, reportFlood(t.Context(), &out, 100, 1))
	assert.Regexp(t, `^100 callbacks sent .*: 100 answered with 200, 100 handled, 0 lost\nanswered after \S+ \(median\), `, out.String())
}

func BenchmarkCallback(b *testing.B) {
	handler := zohohub.NotificationHandler(hookToken, func(context.Context, zohohub.Notification) error { return nil })
	body := callbackBody(1)
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/zoho", strings.NewReader(body)))
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
