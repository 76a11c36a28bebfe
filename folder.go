package zohohub

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zohohub/zohohub/internal/filename"
)

// folder is where downloads are put. Nothing outside of it is reached, whatever a name holds.
type folder struct {
	*os.Root
	dir string
}

// openFolder opens a folder that is there; the system's temporary one where dir is empty.
func openFolder(dir string) (*folder, error) {
	dir = cmp.Or(dir, os.TempDir())
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &folder{Root: root, dir: dir}, nil
}

// save puts what r gives into a new file of about that name. The file has another name until it is whole.
func (f *folder) save(r io.Reader, name string) (path string, err error) {
	part := ".zohohub-" + rand.Text() + ".part"
	file, err := f.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer func() {
		_ = file.Close() // once more, unless r panicked: what is open cannot be removed everywhere
		if gone := f.Remove(part); err == nil && !errors.Is(gone, fs.ErrNotExist) {
			err = gone
		}
	}()
	_, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	name = filename.Harmless(name)
	for n, free := 1, name; ; n++ {
		switch err := f.give(part, free); {
		case err == nil:
			return filepath.Join(f.dir, free), nil
		case !errors.Is(err, fs.ErrExist):
			return "", err
		}
		free = filename.Numbered(name, n)
	}
}

// give gives the file part a name, unless that is taken. A link does so at once.
func (f *folder) give(part, name string) error {
	err := f.Link(part, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// There are file systems without links. Taking the name first keeps it from everybody else.
	taken, err := f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = errors.Join(taken.Close(), f.Rename(part, name)); err != nil {
		err = errors.Join(err, f.Remove(name))
	}
	return err
}
