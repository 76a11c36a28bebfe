package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []block
		err  string
	}{
		"nothing":            {text: "# Title\n\nWords and `code`.\n"},
		"two":                {text: "a\n```sh\nls\npwd\n```\nb\n```go\nx := 1\n```\n", want: []block{{lang: "sh", line: 3, text: "ls\npwd\n"}, {lang: "go", line: 8, text: "x := 1\n"}}},
		"attributes":         {text: "```go title=\"x\"\nx\n```\n", want: []block{{lang: "go", line: 2, text: "x\n"}}},
		"no language":        {text: "```\nx\n```\n", want: []block{{line: 2, text: "x\n"}}},
		"tildes":             {text: "~~~sh\n```\n~~~\n", want: []block{{lang: "sh", line: 2, text: "```\n"}}},
		"longer fence":       {text: "````md\n```sh\nls\n```\n````\n", want: []block{{lang: "md", line: 2, text: "```sh\nls\n```\n"}}},
		"in a list":          {text: "1. a\n\n   ```sh\n   cat <<EOF\n     x\n\n   EOF\n  y\n   ```\n", want: []block{{lang: "sh", line: 4, text: "cat <<EOF\n  x\n\nEOF\ny\n"}}},
		"windows":            {text: "```sh\r\nls\r\n```\r\n", want: []block{{lang: "sh", line: 2, text: "ls\n"}}},
		"empty":              {text: "```sh\n```\n", want: []block{{lang: "sh", line: 2}}},
		"skipped":            {text: "<!-- not run: waits for a browser -->\n\n```sh\nx\n```\n```sh\ny\n```\n", want: []block{{lang: "sh", line: 4, text: "x\n", skip: "waits for a browser"}, {lang: "sh", line: 7, text: "y\n"}}},
		"another comment":    {text: "<!-- a note -->\n```sh\nx\n```\n", want: []block{{lang: "sh", line: 3, text: "x\n"}}},
		"comment in a block": {text: "```html\n<!-- not run: x -->\n```\n", want: []block{{lang: "html", line: 2, text: "<!-- not run: x -->\n"}}},
		"no reason":          {text: "<!-- not run: -->\n```sh\nx\n```\n", err: `line 1: "not run" needs a reason`},
		"no fence":           {text: "<!-- not run: x -->\nwords\n", err: `line 1: no fence follows this "not run"`},
		"no fence, at end":   {text: "a\n<!-- not run: x -->\n", err: `line 2: no fence follows this "not run"`},
		"never closed":       {text: "a\n\n```sh\nx\n", err: "line 3: the fence is never closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(c.text)
			if c.err != "" {
				require.EqualError(t, err, c.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	blocks := []block{{lang: "sh", line: 1}, {lang: "go", line: 2}, {lang: "sh", line: 3}}
	assert.Equal(t, []block{{lang: "sh", line: 1}, {lang: "sh", line: 3}}, of(blocks, "sh"))
	assert.Empty(t, of(blocks, "json"))
	assert.Len(t, blocks, 3)
}

func FuzzParse(f *testing.F) {
	f.Add("# A\n```sh\nls\n```\n")
	f.Add("<!-- not run: x -->\n~~~go\nx\n~~~")
	f.Fuzz(func(t *testing.T, text string) {
		blocks, err := parse(text)
		if err != nil {
			return
		}
		lines := strings.Split(text, "\n")
		for _, b := range blocks {
			first, _, _ := strings.Cut(b.text, "\n")
			if b.line > len(lines) || b.text != "" && strings.TrimLeft(strings.TrimSuffix(lines[b.line-1], "\r"), " ") != strings.TrimLeft(first, " ") {
				t.Errorf("the block at line %d begins with %q", b.line, first)
			}
		}
	})
}
