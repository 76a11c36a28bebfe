package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/example"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAttachments(t *testing.T) {
	example.Offline(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "report.txt")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("0123456789"), 20_000), 0o600))
	t.Chdir(dir)

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, []string{path, path}))
	progress := "   25 %\n   50 %\n   75 %\n  100 %\nattached report.txt, 200000 bytes\n"
	assert.Equal(t, "No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at ….\n\n"+progress+progress+
		`The library leads to https://github.com/zohohub/zohohub
saved report.txt as report.txt
saved report.txt as report (1).txt
the photo is a png of 8 × 8 pixels
`, regexp.MustCompile(`http://[\d.:]+\d`).ReplaceAllString(out.String(), "…"))
}

func TestAttachmentsFaults(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	require.ErrorIs(t, run(t.Context(), &out, []string{"none"}), os.ErrNotExist)
}
