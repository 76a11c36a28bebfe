package zohohub_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// inFolder are the names and contents of the files in a folder.
func inFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		found[e.Name()] = string(content)
	}
	return found
}

func TestDownloadFile(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	ctx := t.Context()
	dir := t.TempDir()
	for _, content := range []string{"one", "two", "three"} {
		path, err := files.DownloadFile(ctx, crm.SeedAttachment("Leads", id, "a.tar.gz", strings.NewReader(content)), dir)
		require.NoError(t, err)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, content, string(got))
		if runtime.GOOS != "windows" {
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, fs.FileMode(0o600), info.Mode())
		}
	}
	assert.Equal(t, map[string]string{"a.tar.gz": "one", "a.tar (1).gz": "two", "a.tar (2).gz": "three"}, inFolder(t, dir))
}

func TestDownloadFileIntoTheTemporaryFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	crm, files, id := attached(t)
	path, err := files.DownloadFile(t.Context(), crm.SeedAttachment("Leads", id, "a.pdf", strings.NewReader("a")), "")
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "a.pdf"), path)
}

// TestDownloadFileOfHostileNames stays in its folder and overwrites nothing, links that stand there included.
func TestDownloadFileOfHostileNames(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	outside := t.TempDir()
	dir := filepath.Join(outside, "in")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "x"), []byte("mine"), 0o600))
	if runtime.GOOS != "windows" {
		require.NoError(t, os.Symlink(filepath.Join(outside, "new"), filepath.Join(dir, "link.txt")))
		require.NoError(t, os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "x")))
	}
	for _, name := range append(hostileNames, "..", "a\x00b", "NUL.txt", "link.txt", "x", "") {
		path, err := files.DownloadFile(t.Context(), crm.SeedAttachment("Leads", id, name, strings.NewReader(name)), dir)
		require.NoError(t, err, "%q", name)
		assert.Equal(t, dir, filepath.Dir(path))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, name, string(got))
	}
	got, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Len(t, got, 2, "outside of the folder")
	mine, err := os.ReadFile(filepath.Join(outside, "x"))
	require.NoError(t, err)
	assert.Equal(t, "mine", string(mine))
}

// TestDownloadFileSideBySide: each gets a name of its own.
func TestDownloadFileSideBySide(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	file := crm.SeedAttachment("Leads", id, "a.pdf", strings.NewReader("a"))
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := files.DownloadFile(t.Context(), file, dir)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	found := inFolder(t, dir)
	assert.Len(t, found, 8)
	for name, content := range found {
		assert.Equal(t, "a", content, name)
	}
}

// TestDownloadFileAppearsWhole: until then there is another name, and nothing when it fails.
func TestDownloadFileAppearsWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, files := fromShelf(t, asFile(10, "0123", errCut), asFile(10, "0123", errCut), asFile(10, "0123", errCut), asFile(10, "0123", errCut))
		dir := t.TempDir()
		seen := 0
		_, err := files.DownloadFile(t.Context(), "1", dir, Progress(func(done, _ int64) {
			seen++
			assert.Equal(t, int64(4), done)
			assert.NotContains(t, inFolder(t, dir), "a.txt")
			assert.Len(t, inFolder(t, dir), 1)
		}))
		require.EqualError(t, err, "zohohub: download Attachments: broke off after 4 bytes: connection reset")
		assert.Equal(t, 1, seen)
		assert.Empty(t, inFolder(t, dir))
	})

	crm, files, id := attached(t)
	file := crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader(strings.Repeat("x", 1<<20)))
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := files.DownloadFile(ctx, file, dir, Progress(func(int64, int64) { cancel() }))
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, inFolder(t, dir))
}

// TestDownloadFileIntoNoFolder is told before anything is asked.
func TestDownloadFileIntoNoFolder(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	file := crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader("a"))
	_, err := files.DownloadFile(t.Context(), file, filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Empty(t, asked(crm))
	_, err = files.DownloadFile(t.Context(), "5725767000099999999", t.TempDir())
	require.ErrorIs(t, err, ErrRecordNotFound)
}

// FuzzDownloadFile: whatever Zoho calls a file, it gets into the folder, and nothing else changes.
func FuzzDownloadFile(f *testing.F) {
	for _, name := range append(hostileNames, "..", "a\x00b", "NUL.txt", "\xff", "") {
		f.Add(name)
	}
	crm := zohohubtest.Start()
	f.Cleanup(crm.Close)
	conn, err := NewConnection(crm.Config(), crm.Token())
	require.NoError(f, err)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	files := NewRecord[Lead](conn).Attachments(id)
	f.Fuzz(func(t *testing.T, name string) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "in")
		require.NoError(t, os.Mkdir(dir, 0o700))
		file := crm.SeedAttachment("Leads", id, name, strings.NewReader("x"))
		for range 2 {
			_, err := files.DownloadFile(t.Context(), file, dir)
			require.NoError(t, err)
		}
		require.NoError(t, files.Delete(t.Context(), file))
		assert.Len(t, inFolder(t, dir), 2)
		entries, err := os.ReadDir(outside)
		require.NoError(t, err)
		assert.Len(t, entries, 1)
	})
}
