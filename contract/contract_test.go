package contract

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest"
)

// TestContract runs the tests of the root module that talk to the fake, and checks what was said.
func TestContract(t *testing.T) {
	s, err := readSpec(zohosFiles(t))
	require.NoError(t, err)

	name := filepath.Join(t.TempDir(), "exchanges.jsonl")
	t.Setenv(zohohubtest.ExchangesEnv, name)
	askTheRest(t)
	askRelated(t)
	askFiles(t)
	askActions(t)
	askNotifications(t)
	askShare(t)
	askTimeline(t)
	askBlueprint(t)
	askSettings(t)
	askMetadata(t)
	// A cached result would write nothing.
	run := exec.CommandContext(t.Context(), "go", "test", "-count=1", ".", "./examples/...", "./zohohubtest/...")
	run.Dir = ".."
	out, err := run.CombinedOutput()
	// What they said until they failed is checked all the same. The end of the output tells which package failed.
	assert.NoError(t, err, "%s", out[max(0, len(out)-2000):])

	log, err := os.Open(name)
	require.NoError(t, err)
	defer log.Close()
	r, err := s.checkLog(t.Context(), log)
	require.NoError(t, err)

	t.Logf("\n%s", r.summary())
	require.NotEmpty(t, r.covered, "no operation was covered")
	for _, problem := range r.problems() {
		t.Error(problem)
	}
}

// zohosFiles is the folder of the OpenAPI files. They are not in the repository: where they are missing the test is
// skipped, but not in CI.
func zohosFiles(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ZOHO_OAS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "oas", "v8.0")
	}
	if _, err := os.Stat(filepath.Join(dir, "record.json")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Zoho's OpenAPI files are missing: %v", err)
		}
		t.Skipf("not run: Zoho's OpenAPI files are missing (ZOHO_OAS says where they are): %v", err)
	}
	return dir
}
