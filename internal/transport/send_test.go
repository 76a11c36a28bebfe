package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSenderSaysWhatMayHaveLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ err, want error }{
		"a failed dial":        {errDial, errDial},
		"a broken connection":  {io.ErrUnexpectedEOF, &Lost{Err: io.ErrUnexpectedEOF}},
		"a client in a client": {&url.Error{Op: "Get", URL: "https://x.example/?id=1", Err: io.EOF}, &Lost{Err: io.EOF}},
	} {
		s := &sender{client: &http.Client{Transport: next(func(*http.Request) (*http.Response, error) { return nil, c.err })}}
		resp, err := s.RoundTrip(request(t, t.Context(), &Call{}, "body"))
		if resp != nil {
			text(t, resp)
		}
		assert.Equal(t, c.want, err, name)
	}
}

func TestSenderSendsNothingForACallerWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	closed := false
	req := request(t, ctx, &Call{}, "")
	req.Body = closer(func() { closed = true })
	resp, err := (&sender{}).RoundTrip(req)
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, context.Canceled, err, "not Lost: it never left")
	assert.True(t, closed)
}

func TestNeverLeft(t *testing.T) {
	t.Parallel()
	assert.True(t, NeverLeft(fmt.Errorf("refresh: %w", errDial)))
	assert.False(t, NeverLeft(nil))
	assert.False(t, NeverLeft(errors.New("dial")))
}

func TestLoggerNamesTheCallAndNotTheRecord(t *testing.T) {
	t.Parallel()
	var lines logLines
	beneath := &answers{list: []any{at(200, `{}`, "X-API-CREDITS-REMAINING", "1234"), errDial, errLost}}
	rt := &logger{next: beneath, log: lines.logger()}
	call := &Call{Template: "Leads/{id}", Weight: 2}
	for range 3 {
		req := request(t, t.Context(), call, "")
		req.URL.Path, req.URL.RawQuery = "/crm/v8/Leads/4000000000001", "criteria=secret"
		req.Header.Set("Authorization", "Zoho-oauthtoken secret")
		resp, err := rt.RoundTrip(req)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
	}
	assert.Equal(t, logLines{
		`level=DEBUG msg="zoho request" method=POST path=Leads/{id} attempt=1 credits=2 status=200 credits_remaining=1234`,
		`level=DEBUG msg="zoho request" method=POST path=Leads/{id} attempt=2 credits=2 failure="no connection"`,
		`level=DEBUG msg="zoho request" method=POST path=Leads/{id} attempt=3 credits=2 failure="no answer"`,
	}, lines)
	assert.Equal(t, 3, call.Attempts)
}
