// Package file keeps tokens in a folder, a file for each user, for services of one machine.
//
//	store, err := file.New("/var/lib/app/tokens")
//	cfg.Store = store
//
// Files are readable by their owner alone and are replaced wholly or not at all; package sealed encrypts what is in them. The
// store is a [zohohub.Locker] between goroutines and processes of the machine; it is not for network file systems, whose
// locks cannot be relied upon.
//
// A token's file is named by 32 figures and letters and ends in .json, its lock in .lock, which stays when the token is deleted.
// One that ends in .part is what a process left behind that was killed while it saved; [New] removes it when it is an hour old.
// Other files in the folder are left alone.
package file

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub"
)

// Store is a [zohohub.TokenStore] in a folder. It is safe for concurrent use, by several processes too.
type Store struct{ dir string }

var (
	_ zohohub.TokenStore = (*Store)(nil)
	_ zohohub.Locker     = (*Store)(nil)
)

const (
	tokenFile = ".json"
	lockFile  = ".lock"
	partFile  = ".part"
)

// The names of this package's own files: path's, and what CreateTemp makes of one.
var (
	tokenName = regexp.MustCompile(`^[0-9a-f]{32}\.json$`)
	partName  = regexp.MustCompile(`^[0-9a-f]{32}\.json\.[0-9]+\.part$`)
)

// partLife is far longer than anybody takes to write a file.
const partLife = time.Hour

// New returns the store in the folder, which it makes, for its owner alone, where there is none.
func New(dir string) (*Store, error) {
	if dir == "" {
		return nil, errors.New("tokenstore/file: the folder's name is empty")
	}
	abs, err := filepath.Abs(dir) // the service may change its folder
	if err != nil {
		return nil, fmt.Errorf("tokenstore/file: %w", err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return nil, fmt.Errorf("tokenstore/file: %w", err)
	}
	s := &Store{abs}
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("tokenstore/file: %w", err)
	}
	return s, nil
}

// stored is what a file holds.
type stored struct {
	Key   key             `json:"key"`
	Token json.RawMessage `json:"token"` // as EncodeToken writes it
}

type key struct {
	Service  string `json:"service"`
	ClientID string `json:"client_id"`
	Org      string `json:"org,omitempty"`
	User     string `json:"user"`
}

// Load implements [zohohub.TokenStore]. A file that is damaged is an error that names it, and never [zohohub.ErrTokenNotFound].
func (s *Store) Load(ctx context.Context, k zohohub.Key) (*zohohub.Token, error) {
	if err := cmp.Or(ctx.Err(), k.Validate()); err != nil {
		return nil, err
	}
	path := s.path(k, tokenFile)
	held, tok, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %v", zohohub.ErrTokenNotFound, k)
	case err != nil:
		return nil, err
	case held != k:
		return nil, damaged(path, "it is another user's")
	}
	return tok, nil
}

// Save implements [zohohub.TokenStore].
func (s *Store) Save(ctx context.Context, k zohohub.Key, tok *zohohub.Token) error {
	if err := cmp.Or(ctx.Err(), k.Validate()); err != nil {
		return err
	}
	data, err := zohohub.EncodeToken(tok)
	if err != nil {
		return fmt.Errorf("tokenstore/file: save: %w", err)
	}
	data, err = json.MarshalIndent(stored{key(k), data}, "", "\t")
	if err != nil {
		return fmt.Errorf("tokenstore/file: %w", err)
	}
	if err := s.replace(s.path(k, tokenFile), append(data, '\n')); err != nil {
		return fmt.Errorf("tokenstore/file: save: %w", err)
	}
	return nil
}

// Delete implements [zohohub.TokenStore].
func (s *Store) Delete(ctx context.Context, k zohohub.Key) error {
	if err := cmp.Or(ctx.Err(), k.Validate()); err != nil {
		return err
	}
	if err := unshared(func() error { return os.Remove(s.path(k, tokenFile)) }); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tokenstore/file: delete: %w", err)
	}
	return nil
}

// List implements [zohohub.TokenStore]. One damaged file is an error, beside the keys of all others.
func (s *Store) List(ctx context.Context) ([]zohohub.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("tokenstore/file: list: %w", err)
	}
	var keys []zohohub.Key
	var faults []error
	for _, e := range entries {
		if !tokenName.MatchString(e.Name()) {
			continue
		}
		path := filepath.Join(s.dir, e.Name())
		k, _, err := read(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
		case err != nil:
			faults = append(faults, err)
		case s.path(k, tokenFile) != path:
			faults = append(faults, damaged(path, "it is a copy of another file"))
		default:
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, zohohub.Key.Compare)
	return keys, errors.Join(faults...)
}

// path is the key's file. Its name is a digest, since keys hold what no file's name may.
func (s *Store) path(k zohohub.Key, kind string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{k.Service, k.ClientID, k.Org, k.User}, "\x00")))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:16])+kind)
}

// read reads a file of the store.
func read(path string) (zohohub.Key, *zohohub.Token, error) {
	var data []byte
	err := unshared(func() (err error) {
		data, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		return zohohub.Key{}, nil, fmt.Errorf("tokenstore/file: %w", err)
	}
	var held stored
	if err := json.Unmarshal(data, &held); err != nil {
		return zohohub.Key{}, nil, damaged(path, "it is not JSON") // the cause may quote a piece of it
	}
	tok, err := zohohub.DecodeToken(held.Token)
	if err != nil {
		return zohohub.Key{}, nil, damaged(path, "it holds no token")
	}
	return zohohub.Key(held.Key), tok, nil
}

func damaged(path, why string) error {
	return fmt.Errorf("tokenstore/file: %s is damaged: %s; restore it from a backup, or delete it and have its user sign in again", path, why)
}

// replace writes a file beside the old one and puts it in its place when all of it is on the disk.
func (s *Store) replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(s.dir, filepath.Base(path)+".*"+partFile) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // else New does, some time
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = unshared(func() error { return os.Rename(f.Name(), path) }); err != nil {
		return err
	}
	return syncFolder(s.dir)
}

// sweep removes what was left behind by those who were killed while they wrote.
func (s *Store) sweep() error {
	entries, err := os.ReadDir(s.dir)
	for _, e := range entries {
		if !partName.MatchString(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > partLife {
			_ = os.Remove(filepath.Join(s.dir, e.Name())) // in nobody's way; the next one tries again
		}
	}
	return err
}
