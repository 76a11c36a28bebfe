package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEnvironmentHasNoCredentials(t *testing.T) {
	t.Parallel()
	all := []string{"PATH=/bin", "ZOHO_CLIENT_ID=1000.FAKE", "ZOHO_REFRESH_TOKEN=1000.fake-refresh-token", "LANG=C"}
	assert.Equal(t, []string{"PATH=/bin", "LANG=C"}, environment(all))
	assert.Len(t, all, 4)
}

func TestNewcomerHasNothingOfTheUser(t *testing.T) {
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "mod"))
	t.Setenv("ZOHO_CLIENT_ID", "1000.FAKE")
	t.Setenv("EDITOR", "ed")
	env, err := newcomer(t.Context(), "/nobody")
	require.NoError(t, err)

	names := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		names[name] = value
	}
	assert.Equal(t, "/nobody", names["HOME"])
	assert.Equal(t, os.Getenv("PATH"), names["PATH"])
	assert.Equal(t, "-modcacherw", names["GOFLAGS"])
	assert.Contains(t, names, "GOPROXY")
	for _, name := range []string{"GOMODCACHE", "GOCACHE", "GOPATH", "ZOHO_CLIENT_ID", "EDITOR"} {
		assert.NotContains(t, names, name)
	}
}

func TestRunTakesTheBlocksOfAFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.md")
	text := "```sh\necho one\n```\n```sh\ntest \"$HOME\" != " + os.Getenv("HOME") + "\n```\n"
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-fresh", "-only", "sh", name}, &out), out.String())
	assert.Contains(t, out.String(), "one\n")

	require.Error(t, run(t.Context(), []string{"-only", "sh", name}, &out), "the second block holds with -fresh only")
	require.Error(t, run(t.Context(), []string{filepath.Join(t.TempDir(), "none.md")}, &out))
}
