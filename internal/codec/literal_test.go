package codec_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestLiteral(t *testing.T) {
	t.Parallel()
	at := cet("2026-05-01T10:00:00.5+02:00")
	for want, values := range map[string][]any{
		"plain":                     {"plain", Status("plain"), new("plain")},
		"true":                      {true},
		"-9223372036854775808":      {int64(math.MinInt64)},
		"18446744073709551615":      {uint64(math.MaxUint64), json.Number("18446744073709551615")},
		"9007199254740993":          {9007199254740993, new(new(9007199254740993))},
		"1000000000000000000000":    {1e21},
		"0.1":                       {0.1, float32(0.1)},
		"2026-05-01T10:00:00+02:00": {at, &at},
		"2026-05-01T08:00:00+00:00": {at.UTC()},
		"2026-05-01":                {Day{2026, 5, 1}, &Day{2026, 5, 1}},
		"7":                         {Ref{ID: "7", Name: "Jo"}, &Ref{ID: "7"}},
		"a@b.example":               {Ref{Email: "a@b.example"}},
		"":                          {""},
	} {
		for _, v := range values {
			for _, d := range []codec.Dialect{codec.Criteria, codec.Header} {
				got, err := codec.Literal(v, d)
				require.NoError(t, err)
				assert.Equal(t, want, got)
			}
		}
	}
}

func TestLiteralEscapes(t *testing.T) {
	t.Parallel()
	got, err := codec.Literal(`a(b),c\`, codec.Criteria)
	require.NoError(t, err)
	assert.Equal(t, `a\(b\)\,c\\`, got)
	got, err = codec.Literal(`a(b),c\`, codec.Header)
	require.NoError(t, err)
	assert.Equal(t, `a(b),c\`, got)
}

func TestLiteralRefuses(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"nil has no literal":                     nil,
		"a zero time has no literal":             time.Time{},
		"an empty codec_test.Day has no literal": Day{},
		"this codec_test.Ref has no literal":     Ref{Name: "x"},
		"[]string has no literal":                []string{"a"},
		"codec_test.Period has no literal":       Period{},
		"NaN is not a number of JSON's":          math.NaN(),
	} {
		_, err := codec.Literal(v, codec.Criteria)
		require.EqualError(t, err, want)
	}
	_, err := codec.Literal((*time.Time)(nil), codec.Header)
	require.EqualError(t, err, "nil has no literal")
	_, err = codec.Literal("a\r\nB: c", codec.Header)
	require.EqualError(t, err, "a header's value is one line")
	_, err = codec.Literal("a", 0)
	require.EqualError(t, err, "unknown dialect 0")
}

// Outside escapes nothing is left that has a meaning in criteria, and taking the escapes away gives the text back.
func FuzzLiteralCriteria(f *testing.F) {
	for _, seed := range []string{`Lisboa (centro)`, `a,b`, `\`, `\\(`, `)(`, "\xff)", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := codec.Literal(text, codec.Criteria)
		require.NoError(t, err)
		var plain []byte
		for i := 0; i < len(got); i++ {
			switch got[i] {
			case '(', ')', ',':
				t.Fatalf("%q: unescaped %q in %q", text, got[i], got)
			case '\\':
				i++
				require.Less(t, i, len(got), "%q ends in an escape", got)
			}
			plain = append(plain, got[i])
		}
		assert.Equal(t, text, string(plain))
	})
}
