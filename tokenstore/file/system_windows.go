package file

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// tryLock takes the system's lock of the file, unless another process, or another opening of the file, has it; it ends when
// the file is closed, or with the process. What it covers is a byte far beyond the file's content, since Windows lets nobody
// write what is locked.
func tryLock(f *os.File) (taken bool, err error) {
	const now = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(f.Fd()), now, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// unshared does again, for two seconds, what fails while another process has the file open: Windows replaces and removes
// none that somebody reads.
func unshared(do func() error) error {
	const pause, times = 10 * time.Millisecond, 200
	for n := 1; ; n++ {
		err := do()
		if n == times || !errors.Is(err, windows.ERROR_ACCESS_DENIED) && !errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
			return err
		}
		<-time.After(pause)
	}
}

// syncFolder does nothing: Windows has no such call, and keeps the names of files in a journal.
func syncFolder(string) error { return nil }
