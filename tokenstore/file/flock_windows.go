package file

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFileOf waits for the system's lock of the file; it ends when the file is closed, or with the process. What it covers
// is a byte far beyond the file's content, since Windows lets nobody write what is locked.
func lockFileOf(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
}
