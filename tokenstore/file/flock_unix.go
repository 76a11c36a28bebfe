//go:build unix

package file

import (
	"errors"
	"os"
	"syscall"
)

// lockFileOf waits for the system's lock of the file; it ends when the file is closed, or with the process.
func lockFileOf(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
