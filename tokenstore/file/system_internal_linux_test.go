package file

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFoldersWithoutSync, of which /proc is one, keep tokens all the same.
func TestFoldersWithoutSync(t *testing.T) {
	t.Parallel()
	require.NoError(t, syncFolder("/proc"))
	require.ErrorIs(t, syncFolder(filepath.Join(t.TempDir(), "nowhere")), os.ErrNotExist)
}
