package zohohub

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuoteHidesTokens(t *testing.T) {
	t.Parallel()
	edge := strings.Repeat("x", 70) + " "
	for body, want := range map[string]string{
		"<p>1000.fake-token</p>":           `"<p>[redacted]</p>"`,
		"ZOHO-oauthtoken fake/token <p>":   `"[redacted] <p>"`,
		edge + "1000.fake-token":           `"` + edge + `[redacted"`,
		"EUR 1000.50, 1000.5e and 11000.x": `"EUR 1000.50, [redacted] and 11000.x"`,
	} {
		assert.Equal(t, want, quote([]byte(body)))
	}
}

func TestSecretsCause(t *testing.T) {
	t.Parallel()
	s := secrets{"", "fake/secret"}
	require.NoError(t, s.cause(nil))
	assert.Equal(t, io.EOF, s.cause(io.EOF), "as it was")
	hidden := s.cause(errors.Join(io.EOF, errors.New("fake/secret fake%2Fsecret")))
	require.EqualError(t, hidden, "EOF\n[redacted] [redacted]")
	require.ErrorIs(t, hidden, io.EOF)
	assert.NoError(t, errors.Unwrap(hidden), "it cannot be taken out")
}
