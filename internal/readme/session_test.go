package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// commands runs blocks on a small checkout that has a committed, an uncommitted and an ignored file.
func commands(t *testing.T, blocks ...block) (string, error) {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{".gitignore": "/secret\n", "secret": "x", "a/b.txt": "hello\n"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
	}
	git := exec.CommandContext(t.Context(), "git", "init", "--quiet", root)
	require.NoError(t, git.Run())

	var out bytes.Buffer
	err := session{root: root, name: "/x/R.md", out: &out, env: os.Environ()}.run(t.Context(), blocks)
	return out.String(), err
}

func TestSessionClonesTheCheckout(t *testing.T) {
	t.Parallel()
	out, err := commands(t,
		block{line: 3, text: "git clone --quiet https://github.com/zohohub/zohohub\ncd zohohub\n"},
		block{line: 8, text: "cat a/b.txt\nls -A\n"},
		block{line: 12, text: "rm -r /\n", skip: "it's dangerous"},
	)
	require.NoError(t, err)
	assert.Equal(t, `== R.md:3
+ git clone --quiet https://github.com/zohohub/zohohub
+ cd zohohub
== R.md:8
+ cat a/b.txt
hello
+ ls -A
.git
.gitignore
a
== R.md:12: not run: it's dangerous
`, out)
}

func TestSessionStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"command": "false\n", "variable": "echo $nobody_set_this\n", "syntax": "echo $(\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := commands(t, block{line: 3, text: text}, block{line: 9, text: "echo reached\n"})
			require.ErrorContains(t, err, "R.md: commands: exit status")
			assert.NotContains(t, out, "reached")
		})
	}
}
