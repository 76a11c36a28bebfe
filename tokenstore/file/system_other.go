//go:build !windows && (!unix || aix || solaris)

package file

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// tryLock fails: locks that bind the goroutines of one process as well as others are not to be had here.
func tryLock(*os.File) (taken bool, err error) {
	return false, fmt.Errorf("locks of files on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// unshared does what other processes cannot hinder here.
func unshared(do func() error) error { return do() }

// syncFolder does nothing.
func syncFolder(string) error { return nil }
