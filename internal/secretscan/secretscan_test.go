package secretscan

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakes have what needs escaping, and the letters in which base64's alphabets differ.
var fakes = map[string]string{
	"a token":      "1000.00fakefakefakefake00.0123456789abcdef",
	"a password":   `fake p<ss/w"rd+&\?~ÿ`,
	"a key":        "\x00\xff\xfe\xfb\x01fake\x7f\x80\xff",
	"a short one":  "fake-pwd",
	"sextets 62-3": "fake>>>???~~~fake",
}

// forms are how a text may hold what it was given.
var forms = map[string]struct {
	name   string
	encode func(string) string
}{
	"plain":                {"plain", func(s string) string { return s }},
	"query":                {"percent", url.QueryEscape},
	"path":                 {"percent", url.PathEscape},
	"every byte, small":    {"percent", func(s string) string { return percent(s, "%%%02x") }},
	"every byte, large":    {"percent", func(s string) string { return percent(s, "%%%02X") }},
	"base64":               {"base64", in64(base64.StdEncoding)},
	"base64, no padding":   {"base64", in64(base64.RawStdEncoding)},
	"URL base64":           {"base64", in64(base64.URLEncoding)},
	"URL base64, raw":      {"base64", in64(base64.RawURLEncoding)},
	"base64 over lines":    {"base64", func(s string) string { return broken(std64(s)) }},
	"hex":                  {"hex", inHex},
	"large hex":            {"hex", func(s string) string { return fmt.Sprintf("%X", s) }},
	"hex with spaces":      {"hex", func(s string) string { return fmt.Sprintf("% x", s) }},
	"Go, quoted":           {"escapes", func(s string) string { return fmt.Sprintf("%q", s) }},
	"Go, ASCII":            {"escapes", func(s string) string { return fmt.Sprintf("%+q", s) }},
	"C, by number":         {"escapes", func(s string) string { return percent(s, `\%03o`) }},
	"JSON":                 {"escapes", asJSON},
	"JavaScript":           {"escapes", func(s string) string { return percent(s, `\x%02x`) }},
	"HTML":                 {"html", html.EscapeString},
	"HTML, by number":      {"html", func(s string) string { return eachRune(s, "&#%d;") }},
	"bytes in Go":          {"numbers", func(s string) string { return fmt.Sprintf("%#v", []byte(s)) }},
	"bytes in decimals":    {"numbers", listed},
	"bytes in JSON":        {"numbers", func(s string) string { return strings.ReplaceAll(listed(s), " ", ",") }},
	"base64 of percent":    {"base64 of percent", func(s string) string { return std64(percent(s, "%%%02x")) }},
	"percent of base64":    {"percent of base64", func(s string) string { return percent(std64(s), "%%%02X") }},
	"base64 of base64":     {"base64 of base64", func(s string) string { return in64(base64.URLEncoding)(std64(s)) }},
	"percent of percent":   {"percent of percent", func(s string) string { return percent(percent(s, "%%%02x"), "%%%02X") }},
	"hex of base64":        {"hex of base64", func(s string) string { return inHex(std64(s)) }},
	"escapes of percent":   {"escapes of percent", func(s string) string { return percent(percent(s, "%%%02x"), `\x%02x`) }},
	"percent of Go, ASCII": {"percent of escapes", func(s string) string { return percent(fmt.Sprintf("%+q", s), "%%%02x") }},
}

var std64 = in64(base64.StdEncoding)

func in64(alphabet *base64.Encoding) func(string) string {
	return func(s string) string { return alphabet.EncodeToString([]byte(s)) }
}

func inHex(s string) string { return hex.EncodeToString([]byte(s)) }

func percent(s, verb string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, verb, s[i])
	}
	return b.String()
}

func eachRune(s, verb string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, verb, r)
	}
	return b.String()
}

func broken(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if i%7 == 6 {
			b.WriteString("\r\n")
		}
	}
	return b.String()
}

func listed(s string) string { return fmt.Sprintf("%d", []byte(s)) }

func asJSON(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func scanner(t *testing.T, secrets map[string]string) *Scanner {
	t.Helper()
	var all []Secret
	for name, value := range secrets {
		all = append(all, Secret{name, value})
	}
	s, err := New(all...)
	require.NoError(t, err)
	return s
}

// TestPlantedSecretsAreFound in each form, wherever in a text they stand.
func TestPlantedSecretsAreFound(t *testing.T) {
	t.Parallel()
	s := scanner(t, fakes)
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for secret, value := range fakes {
				planted := form.encode(value)
				if binary := secret == "a key"; binary && (name == "JSON" || strings.HasPrefix(name, "HTML")) {
					continue // which they cannot hold
				}
				for _, around := range [][2]string{{"", ""}, {"a=", "&b=c"}, {"level=DEBUG msg=\"", "\"\n"}, {"/", "/end"}, {"x-", "-x"}} {
					text := around[0] + planted + around[1]
					if strings.Contains(name, "numbers") || around[0] == "x-" && !strings.Contains(name, "base64") && form.name != "plain" {
						continue
					}
					assert.Condition(t, func() bool { return holds(s.Scan("log", text), secret, form.name) }, "%s in %q", secret, text)
				}
			}
		})
	}
}

// holds says whether a whole secret was found in a form; where nothing had to be encoded, plain is it too.
func holds(found []Finding, secret, form string) bool {
	for _, f := range found {
		if f.Secret == secret && !f.Cut && (f.Form == form || f.Form == "plain" || strings.Contains(form, " of ") && strings.Contains(form, f.Form)) {
			return true
		}
	}
	return false
}

// TestAlignments: base64 of a text with a secret in the middle has it in one of three ways, and the text before the base64
// may be of the same letters.
func TestAlignments(t *testing.T) {
	t.Parallel()
	s := scanner(t, fakes)
	for secret, value := range fakes {
		for inside := range 7 {
			for before := range 7 {
				for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
					plain := strings.Repeat("i", inside) + value + strings.Repeat("~", before)
					text := " " + strings.Repeat("b", before) + in64(alphabet)(plain) + " end"
					found := s.Scan("log", text)
					require.Len(t, found, 1, "%d %d %s", inside, before, secret)
					want := Finding{secret, "log", found[0].At, "base64", false}
					assert.Equal(t, want, found[0])
					assert.InDelta(t, 1+before+inside*4/3, found[0].At, 3)
				}
			}
		}
	}
	for before := range 3 {
		assert.Len(t, s.Scan("log", strings.Repeat("f", before)+inHex(fakes["a token"])), 1)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	token, pwd := fakes["a token"], fakes["a short one"]
	s := scanner(t, fakes)
	text := "one " + pwd + " two " + std64("id:"+pwd) + " and ?p=%2f" + token[:5] + "%30" + token[6:] + " again " + pwd
	assert.Equal(t, []Finding{
		{"a short one", "log", 4, "plain", false},
		{"a short one", "log", 21, "base64", false},
		{"a token", "log", strings.Index(text, token[:5]), "percent", false},
		{"a token", "log", strings.Index(text, token[len(token)-16:]), "plain", true},
	}, s.Scan("log", text))
	assert.Equal(t, "log: a piece of a token at 3, base64 of percent", Finding{"a token", "log", 3, "base64 of percent", true}.String())

	for _, f := range s.Scan("log", text) {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", f, f, f), "fake")
	}
	assert.Equal(t, []Finding{{"a token", "log", 1, "plain", true}}, s.Scan("log", "x"+token[:16]+"…"), "cut at the end")
	assert.Equal(t, []Finding{{"a token", "log", 3, "plain", true}}, s.Scan("log", "…"+token[len(token)-16:]), "cut at the beginning")
	for _, harmless := range []string{
		"", "%", "%4", `\`, `\u00`, "&", "&#", "=", token[:15], token[len(token)-15:], strings.ToUpper(pwd), pwd[:7],
		"level=INFO msg=\"zohohub: request\" path=/crm/v8/Leads/{id} status=200", inHex(pwd[:7]), "[1 2 3 999 4]",
	} {
		assert.Empty(t, s.Scan("log", harmless), harmless)
	}
}

func TestNewRefusesWhatIsTooShort(t *testing.T) {
	t.Parallel()
	_, err := New(Secret{"a PIN", "1234567"})
	require.EqualError(t, err, "secretscan: a PIN has 7 bytes: a secret of fewer than 8 cannot be told from other text")
	s, err := New(Secret{"a", "12345678"}, Secret{"b", "12345678"})
	require.NoError(t, err)
	assert.Equal(t, []Finding{{"a", "", 0, "plain", false}}, s.Scan("", "12345678"), "the same once")
	s, err = New()
	require.NoError(t, err)
	assert.Empty(t, s.Scan("", "12345678"))
}

// FuzzPlanted: what is planted is found, whatever stands around it.
func FuzzPlanted(f *testing.F) {
	f.Add("fake-secret", "a=", "&b=c", 0, 0)
	f.Add(fakes["a token"], "", "", 1, 2)
	f.Add(fakes["a password"], `{"m":"`, `"}`, 3, 5)
	f.Add(fakes["a key"], "=", "==", 6, 1)
	f.Add("fake \\u0041%41", "\\", "%", 7, 2)
	f.Add("00000000", "%30", "\\x", 5, 7)
	f.Add("00000000", "0", "0", 1, 7)
	f.Add("0000000!", "0", "0", 1, 1)
	forms := []func(string) string{
		func(s string) string { return s }, url.QueryEscape, func(s string) string { return percent(s, "%%%02x") },
		in64(base64.StdEncoding), in64(base64.RawURLEncoding), inHex,
		func(s string) string { return percent(s, `\x%02x`) }, func(s string) string { return strings.Trim(listed(s), "[]") },
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, outer, inner int) {
		if len(secret) < Least || len(secret) > 1<<10 || len(before)+len(after) > 1<<12 || outer < 0 || inner < 0 {
			t.Skip()
		}
		s, err := New(Secret{"planted", secret})
		require.NoError(t, err)
		// A blank keeps what stands around from becoming a part of the form, as a lone \ or a digit would.
		text := before + " | " + forms[outer%len(forms)](forms[inner%len(forms)](secret)) + " | " + after
		found := s.Scan("text", text)
		require.NotEmpty(t, found, "in %q", text)
		for _, finding := range found {
			assert.True(t, 0 <= finding.At && finding.At < len(text), "at %d of %d", finding.At, len(text))
		}
	})
}

func BenchmarkScan(b *testing.B) {
	var secrets []Secret
	for i := range 10_000 {
		secrets = append(secrets, Secret{"a token", fmt.Sprintf("1000.%032x.%032x", i*7919, i*104729)})
	}
	s, err := New(secrets...)
	require.NoError(b, err)
	line := `time=2026-01-01T00:00:00Z level=DEBUG msg="zohohub: request" method=GET path=Leads/{id} q=a%20b status=200` + "\n"
	text := string(bytes.Repeat([]byte(line), 10_000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if found := s.Scan("log", text); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
