package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEveryMutantHasItsPlace is quick: it finds a mutant that a change of the library has made meaningless.
func TestEveryMutantHasItsPlace(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	names := map[string]bool{}
	for i, m := range mutants {
		_, err := m.overlay(filepath.Join(t.TempDir(), "x"))
		require.NoError(t, err, m.name)
		assert.NotEqual(t, m.from, m.to, m.name)
		assert.False(t, names[m.name], "%d: %s twice", i, m.name)
		names[m.name] = true
	}
	assert.GreaterOrEqual(t, len(mutants), 30)
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"go.mod":    "module example.com/m\n\ngo 1.26.0\n",
		"m.go":      "package m\n\nfunc Two() int { return 2 }\n\nfunc unseen() int { return 3 }\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {\n\tif Two() != 2 {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	t.Setenv("GOWORK", "off")
	kill := func(from, to string) (string, error) {
		return mutant{file: "m.go", from: from, to: to}.kill(t.Context(), filepath.Join(dir, "mutant"))
	}
	red, err := kill("return 2", "return 4")
	require.NoError(t, err)
	assert.Equal(t, "TestTwo", red)
	_, err = kill("return 3", "return 5")
	require.EqualError(t, err, "no test noticed")
	_, err = kill("return 2", "return true")
	require.ErrorContains(t, err, "it does not compile")
	_, err = kill("return", "return")
	require.EqualError(t, err, `m.go has 2 places like "return", not one`)
}

// TestJudge: tests that had no time have noticed nothing.
func TestJudge(t *testing.T) {
	t.Parallel()
	const slow = "panic: test timed out after 5m0s\n\trunning tests:\n\t\tTestTwo (4m59s)\n\ngoroutine 1 [running]:\n"
	for text, want := range map[string]struct {
		hangs    bool
		red, err string
	}{
		"--- FAIL: TestTwo (0.00s)\nFAIL\n":                                     {red: "TestTwo"},
		"=== RUN\n    --- FAIL: TestTwo/x (0.00s)\n" + slow:                     {red: "TestTwo/x"},
		"goleak: Errors on successful test run: found unexpected goroutines:\n": {red: "found unexpected goroutines"},
		"panic: boom\n":           {red: "panic:"},
		slow:                      {err: "the tests did not end: panic: test timed out after 5m0s\n\trunning tests:\n\t\tTestTwo"},
		slow + " ":                {hangs: true, red: "panic: test timed out"},
		"FAIL m [build failed]\n": {err: "it does not compile: "},
		"signal: killed\n":        {err: "the tests did not run: signal: killed"},
	} {
		red, err := mutant{hangs: want.hangs}.judge(text, errors.New("exit status 1"))
		assert.Equal(t, want.red, red)
		if want.err == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, want.err)
		}
	}
}
