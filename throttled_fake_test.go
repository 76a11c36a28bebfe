package zohohub_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestThrottledSaysHowLong: whoever looks at the error of the call, and not at its causes, is told as well.
func TestThrottledSaysHowLong(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	p := newPortal(t, crm)
	p.consentAs(t, "3652397000000186022")
	conn, err := p.auth.Open(t.Context(), p.tokens[0].User)
	require.NoError(t, err)
	for range 10 {
		crm.ExpireTokens()
		require.NoError(t, conn.Get(t.Context(), "users", nil, nil))
	}
	crm.ExpireTokens()
	before := len(crm.Requests())
	err = conn.Get(t.Context(), "users", nil, nil)
	require.ErrorIs(t, err, ErrTokenThrottled)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 401, e.Status, "the call's own")
	assert.InDelta(t, (10 * time.Minute).Seconds(), e.RetryAfter.Seconds(), 60)
	assert.Len(t, crm.Requests(), before+1, "no token was asked for")
}
