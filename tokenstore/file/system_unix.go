//go:build unix && !aix && !solaris

package file

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the system's lock of the file, unless another process, or another opening of the file, has it; it ends when
// the file is closed, or with the process.
func tryLock(f *os.File) (taken bool, err error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return err == nil, err
		}
	}
}

// unshared does what other processes cannot hinder here.
func unshared(do func() error) error { return do() }

// syncFolder puts a file's new name on the disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // some file systems have no such call
	}
	return errors.Join(err, f.Close())
}
