package zohohubtest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

// What of files stays in memory: small ones, and not too many of them. The rest goes to temporary files.
const (
	mostOfFile  = 64 << 10
	mostOfFiles = 4 << 20
)

// fileStore keeps the bytes of files. Its lock is its own: what is slow, a client's sending or the disk, happens outside of
// the organisation's.
type fileStore struct {
	mu     sync.Mutex
	memory int64  // bytes held in memory
	dir    string // of the temporary files; empty until there is one
	closed bool
}

// blob is the bytes of one file, which never change. It is there as long as somebody holds it: who stored it, and who reads it.
type blob struct {
	store   *fileStore
	size    int64
	memory  []byte
	path    string // of the temporary file; empty for what is in memory
	holders int    // guarded by store.mu
}

var errStoreClosed = errors.New("zohohubtest: the server is closed")

// put stores what r gives until its end. What breaks off is an error and leaves nothing.
func (s *fileStore) put(r io.Reader) (*blob, error) {
	head, err := io.ReadAll(io.LimitReader(r, mostOfFile+1))
	if err != nil {
		return nil, err
	}
	b := &blob{store: s, size: int64(len(head)), memory: head, holders: 1}
	if s.takes(b) {
		return b, nil
	}
	if err := b.spill(io.MultiReader(bytes.NewReader(head), r)); err != nil {
		return nil, err
	}
	return b, nil
}

// takes says whether a blob that was read so far is whole and has room in memory.
func (s *fileStore) takes(b *blob) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.size > mostOfFile || s.memory+b.size > mostOfFiles {
		return false
	}
	s.memory += b.size
	return true
}

// spill writes a blob to a temporary file.
func (b *blob) spill(r io.Reader) (err error) {
	file, err := b.store.create()
	if err != nil {
		return err
	}
	b.memory, b.path = nil, file.Name()
	b.size, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err != nil {
		err = errors.Join(err, os.Remove(b.path))
	}
	return err
}

func (s *fileStore) create() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errStoreClosed
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "zohohubtest-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	return os.CreateTemp(s.dir, "")
}

// open reads a blob from its start; the reader must be closed. It fails for one that nobody holds any more.
func (b *blob) open() (io.ReadCloser, error) {
	if !b.hold() {
		return nil, os.ErrNotExist
	}
	if b.path == "" {
		return &blobReader{Reader: bytes.NewReader(b.memory), blob: b}, nil
	}
	file, err := os.Open(b.path)
	if err != nil {
		b.drop()
		return nil, err
	}
	return &blobReader{Reader: file, file: file, blob: b}, nil
}

func (b *blob) hold() bool {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if b.holders == 0 {
		return false
	}
	b.holders++
	return true
}

// head is the beginning of a blob, n bytes at most.
func (b *blob) head(n int) ([]byte, error) {
	r, err := b.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(n)))
}

// drop lets go of a blob; the last to do so gives back its room.
func (b *blob) drop() {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.holders--
	switch {
	case b.holders > 0:
	case b.path == "":
		b.store.memory -= b.size
	default:
		_ = os.Remove(b.path) // what stays goes with the folder
	}
}

// close removes the temporary files; from then on nothing that needs one can be stored.
func (s *fileStore) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // there is nobody left to tell
	}
}

type blobReader struct {
	io.Reader
	file *os.File // nil for what is in memory
	blob *blob
	once sync.Once
}

// Close implements [io.Closer].
func (r *blobReader) Close() (err error) {
	r.once.Do(func() {
		if r.file != nil {
			err = r.file.Close()
		}
		r.blob.drop()
	})
	return err
}
