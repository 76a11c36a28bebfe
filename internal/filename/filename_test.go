package filename

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var harmless = map[string]string{
	"contract.pdf":                  "contract.pdf",
	"Ação – ação (1).PDF":           "Ação – ação (1).PDF",
	"../../x":                       "x",
	"../../etc/passwd":              "etc_passwd",
	"/etc/passwd":                   "etc_passwd",
	`C:\Users\jo\a.txt`:             "C__Users_jo_a.txt",
	`\\server\share\a.txt`:          "server_share_a.txt",
	"Invoice 12/2026.pdf":           "Invoice 12_2026.pdf",
	"a\x00b.pdf":                    "ab.pdf",
	"a\r\nX: y.pdf":                 "aX_ y.pdf",
	"invoice\u202Efdp.exe":          "invoicefdp.exe",
	"\u2066\u200E\uFEFFa\u2069.txt": "a.txt",
	"a\u200B\u00AD\U000E0041.txt":   "a.txt",
	"a\u2028b\u2029c\u00A0d":        "abc d",
	"می\u200cخواهم.txt":             "می\u200cخواهم.txt",
	".bashrc":                       "bashrc",
	"...":                           "file",
	"":                              "file",
	" . . ":                         "file",
	"name. . .":                     "name",
	"v1..2.pdf":                     "v1.2.pdf",
	".\x00.":                        "file",
	"NUL":                           "_NUL",
	"con.txt":                       "_con.txt",
	"Aux .tar.gz":                   "_Aux .tar.gz",
	"COM¹":                          "_COM¹",
	"lpt9.log":                      "_lpt9.log",
	"CONIN$":                        "_CONIN$",
	"NUL" + strings.Repeat(" ", 250) + "x.txt": "_NUL.txt",
	"NUL." + strings.Repeat("x", 251):          "_NUL." + strings.Repeat("x", 250),
	"console.txt":                              "console.txt",
	"what? <b>|\"*:.txt":                       "what_ _b_____.txt",
	"bad\xffutf8.pdf":                          "bad_utf8.pdf",
	strings.Repeat("n", 300) + ".pdf":          strings.Repeat("n", 251) + ".pdf",
	strings.Repeat("é", 200) + ".pdf":          strings.Repeat("é", 125) + ".pdf",
	strings.Repeat("n", 300):                   strings.Repeat("n", 255),
	"a." + strings.Repeat("x", 300):            "a." + strings.Repeat("x", 253),
	strings.Repeat("a ", 150) + ".pdf":         strings.Repeat("a ", 125) + "a.pdf",
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for name, want := range harmless {
		assert.Equal(t, want, Harmless(name), "%q", name)
	}
}

func TestNumbered(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.pdf": "a (7).pdf", "a": "a (7)", "a.tar.gz": "a.tar (7).gz", "_NUL.txt": "_NUL (7).txt",
		strings.Repeat("n", 251) + ".pdf": strings.Repeat("n", 247) + " (7).pdf",
		strings.Repeat("é", 127):          strings.Repeat("é", 125) + " (7)",
	} {
		assert.Equal(t, want, Numbered(name, 7), "%q", name)
	}
}

func TestFromHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		``:                                                   "",
		`inline`:                                             "",
		`attachment;filename=x.pdf`:                          "x.pdf",
		`attachment; filename="x y.pdf"`:                     "x y.pdf",
		`attachment; filename="say \"hi\".pdf"`:              `say "hi".pdf`,
		`attachment; filename="é.pdf"`:                       "é.pdf",
		`attachment; filename*=UTF-8''x%20y.pdf`:             "x y.pdf",
		`attachment; filename*=utf-8''%E2%82%AC`:             "€",
		`attachment; filename*=UTF-8'en'a.pdf`:               "a.pdf",
		`attachment; filename="a"; filename*=UTF-8''b`:       "b",
		`attachment; filename*=UTF-8''..%2F..%2Fx`:           "../../x",
		`attachment; filename=my file (1).pdf`:               "my file (1).pdf",
		`attachment; filename=my file.pdf; size=3`:           "my file.pdf",
		`attachment; FileName="a"b.pdf"`:                     `a"b.pdf`,
		`attachment; filename*=UTF-8''my file.pdf; x`:        "my file.pdf",
		`attachment; filename="unfinished`:                   "unfinished",
		`attachment; filename=""`:                            "",
		`attachment; filename*=UTF-8''%ZZ; filename="a.pdf"`: "a.pdf",
		`filename`:                           "",
		`attachment; filename*=`:             "",
		"attachment; \u212A=1; filename=a b": "a b",
	} {
		assert.Equal(t, want, FromHeader(header), "%q", header)
	}
}

func FuzzHarmless(f *testing.F) {
	for name := range harmless {
		f.Add(name, 1)
	}
	f.Fuzz(func(t *testing.T, name string, n int) {
		got := Harmless(name)
		isHarmless(t, got)
		assert.Equal(t, got, Harmless(got), "a harmless name stays what it is")

		other := Numbered(got, n)
		isHarmless(t, other)
		assert.NotEqual(t, got, other)
		_, ext := split(got)
		_, same := split(other)
		assert.Equal(t, ext, same)
	})
}

func isHarmless(t *testing.T, name string) {
	t.Helper()
	assert.LessOrEqual(t, len(name), 255)
	assert.True(t, utf8.ValidString(name))
	assert.True(t, filepath.IsLocal(name))
	assert.NotEmpty(t, name)
	assert.NotContains(t, name, "..")
	assert.Equal(t, strings.Trim(name, " "), name)
	assert.Equal(t, strings.Trim(name, "."), name)
	assert.NotRegexp(t, reserved, name)
	for _, r := range name {
		assert.False(t, unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`/\:*?"<>|`, r), "%q", r)
	}
}

func FuzzFromHeader(f *testing.F) {
	f.Add(`attachment; filename="x y.pdf"`)
	f.Add(`attachment; filename*=UTF-8''x%20y.pdf; filename=`)
	f.Fuzz(func(_ *testing.T, header string) { FromHeader(header) })
}
