package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewSnippet(t *testing.T) {
	t.Parallel()
	const lead = "type Lead struct {\n\tzohohub.Tracked\n\tID string\n}\n\nfunc (l *Lead) ModuleName() string { return \"Leads\" }\n"
	for name, c := range map[string]struct {
		text, source string
		kind         kind
		names        []string
		program      bool
		test         bool
	}{
		"a program": {
			text: "package main\n\nfunc main() {}\n", source: "//line R.md:7\npackage main\n\nfunc main() {}\n",
			kind: wholeFile, names: []string{"main"}, program: true,
		},
		"a file": {
			text: "package x\n", source: "//line R.md:7\npackage x\n", kind: wholeFile,
		},
		"declarations": {
			text: lead, source: "package main\nimport \"github.com/zohohub/zohohub\"\n//line R.md:7\n" + lead,
			kind: declarations, names: []string{"Lead", "Lead.ModuleName"},
		},
		"declarations with imports": {
			text:   "import \"time\"\n\nvar day, none = 24 * time.Hour, fmt.Sprint()\n",
			source: "package main\nimport \"fmt\"\n//line R.md:7\nimport \"time\"\n\nvar day, none = 24 * time.Hour, fmt.Sprint()\n",
			kind:   declarations, names: []string{"day", "none"},
		},
		"a test": {
			text:   "func TestX(t *testing.T) {}\n",
			source: "package main\nimport \"testing\"\n//line R.md:7\nfunc TestX(t *testing.T) {}\n",
			kind:   declarations, names: []string{"TestX"}, test: true,
		},
		"statements": {
			text: "var n int\nlead, err := leads.Find(ctx, id)\nif err != nil {\n\tx := errors.New(\"\")\n\treturn x\n}\n_, err = 1, err\n",
			source: "package main\nimport \"errors\"\nfunc snippet() error {\n{\n//line R.md:7\n" +
				"var n int\nlead, err := leads.Find(ctx, id)\nif err != nil {\n\tx := errors.New(\"\")\n\treturn x\n}\n_, err = 1, err\n" +
				"_ = n\n_ = lead\n_ = err\n}\nreturn nil\n}\n",
			kind: statements, names: []string{"snippet"}, program: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := block{lang: "go", line: 7, text: c.text}
			s, err := newSnippet("R.md", b)
			require.NoError(t, err)
			assert.Equal(t, &snippet{block: b, kind: c.kind, source: c.source, names: c.names}, s)
			assert.Equal(t, c.program, s.isProgram())
			assert.Equal(t, c.test, s.isTest())
		})
	}
}

func TestNewSnippetRefusesAMixture(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, err string }{
		"declarations first": {"type T int\n\nfunc (T) M() {}\n\nx := 1\n", "neither a file nor declarations alone nor statements alone: R.md:11: expected declaration, found x"},
		"statements first":   {"x := 1\nfunc (T) M() {}\n", "neither a file nor declarations alone nor statements alone: R.md:8: expected ';', found '{'"},
		"not Go":             {"leads.Find(…)\n", "neither a file nor declarations alone nor statements alone: R.md:7: illegal character U+2026 '…'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newSnippet("R.md", block{line: 7, text: c.text})
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestWantedOutput(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"x()\n// Output: one\n":                       "one",
		"x()\n// Output:\n// one\n//  two\n":          "one\n two",
		"x()\n// Output:\n// one\n//\n// two\n":       "one\n\ntwo",
		"func main() {\n\tx()\n\t// Output: one\n}\n": "one",
		"x()\n// Output:\n":                           "",
	} {
		got := wantedOutput(code)
		if assert.NotNil(t, got, code) {
			assert.Equal(t, want, *got, code)
		}
	}
	assert.Nil(t, wantedOutput("// Output: one\nx()\n"), "only the last comment counts")
	assert.Nil(t, wantedOutput("x()\n"))
}
