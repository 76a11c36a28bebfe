package file_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

var (
	jo  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	al  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "al@example.com"}
	tok = zohohub.Token{AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh"}
)

func newStore(t *testing.T, dir string) *file.Store {
	t.Helper()
	s, err := file.New(dir)
	require.NoError(t, err)
	return s
}

// only is the one file with that end.
func only(t *testing.T, dir, end string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+end))
	require.NoError(t, err)
	require.Len(t, names, 1)
	return names[0]
}

func TestStore(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore { return newStore(t, t.TempDir()) })
}

func TestNew(t *testing.T) {
	t.Parallel()
	_, err := file.New("")
	require.EqualError(t, err, "tokenstore/file: the folder's name is empty")
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = file.New(path)
	require.ErrorContains(t, err, path)
}

func TestTheFolderStaysTheSame(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newStore(t, "tokens")
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	t.Chdir(t.TempDir())
	_, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other rights")
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "a", "tokens")
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	lock, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	require.NoError(t, lock.Unlock(t.Context()))
	modes := map[string]os.FileMode{}
	require.NoError(t, filepath.WalkDir(parent, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		if path != parent {
			modes[strings.TrimLeft(filepath.Base(path), "0123456789abcdef")] = info.Mode().Perm()
		}
		return nil
	}))
	assert.Equal(t, map[string]os.FileMode{"": 0o700, "tokens": 0o700, ".json": 0o600, ".lock": 0o600}, modes)

	// A file that was restored with wider rights has its own again when the token is saved.
	require.NoError(t, os.Chmod(only(t, dir, ".json"), 0o644))
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	info, err := os.Stat(only(t, dir, ".json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// TestDamagedFiles: a store with a damaged file is not an empty one.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	path := only(t, dir, ".json")
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), al, &tok))

	for what, damage := range map[string]struct{ data, why string }{
		"empty":        {"", "it is not JSON"},
		"cut":          {string(whole[:len(whole)/2]), "it is not JSON"},
		"twice":        {string(whole) + string(whole), "it is not JSON"},
		"no object":    {`"1000.fake-access"`, "it is not JSON"},
		"no token":     {strings.ReplaceAll(string(whole), "_token", "_tokem"), "it holds no token"},
		"nothing":      {"{}", "it holds no token"},
		"another user": {strings.ReplaceAll(string(whole), "jo@", "bo@"), "it is another user's"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(damage.data), 0o600))
		_, err := s.Load(t.Context(), jo)
		require.EqualError(t, err, "tokenstore/file: "+path+" is damaged: "+damage.why+
			"; restore it from a backup, or delete it and have its user sign in again", what)
		require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
		assert.NotContains(t, err.Error(), "1000.")
		keys, err := s.List(t.Context())
		require.ErrorContains(t, err, path+" is damaged", what)
		assert.NotContains(t, err.Error(), "1000.")
		assert.Equal(t, []zohohub.Key{al}, keys, what)
	}

	// What the error says helps, and so does signing in.
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	got, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	keys, err := s.List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{al, jo}, keys)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, s.Delete(t.Context(), jo))
	_, err = s.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
}

func TestTokensThatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := newStore(t, t.TempDir())
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	for _, bad := range []*zohohub.Token{nil, {}, {AccessToken: "1000.fake", Expiry: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		require.Error(t, s.Save(t.Context(), jo, bad))
	}
	got, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
}

// TestAProcessThatDiedWhileItSaved has left a file behind, which is nobody's token, and is removed when it is old.
func TestAProcessThatDiedWhileItSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	name := only(t, dir, ".json")
	part, old := name+".123.part", name+".124.part"
	for _, path := range []string{part, old} {
		require.NoError(t, os.WriteFile(path, []byte(`{"key":`), 0o600))
	}
	hours := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(old, hours, hours))
	require.NoError(t, os.Chtimes(name, hours, hours))

	keys, err := s.List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{jo}, keys)
	got, err := newStore(t, dir).Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
	assert.NoFileExists(t, old)
	assert.FileExists(t, part, "it may be under way")
}

// TestFilesOfOthers in the folder are nobody's tokens, no damage, and nothing to remove, whatever they are called and however
// old they are.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	own := filepath.Base(only(t, dir, ".json"))
	data, err := os.ReadFile(filepath.Join(dir, own))
	require.NoError(t, err)
	names := []string{
		"package.json", "film.part", "film.mkv.1.part", ".json", ".part", "notes", strings.TrimSuffix(own, ".json") + " (1).json", own + "~", own + ".part",
		"0" + own, strings.Repeat("x", 32) + ".json",
	}
	hours := time.Now().Add(-2 * time.Hour)
	for _, name := range names {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		require.NoError(t, os.Chtimes(path, hours, hours))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.json"), 0o700))
	keys, err := newStore(t, dir).List(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{jo}, keys)
	for _, name := range names {
		assert.FileExists(t, filepath.Join(dir, name))
	}

	// A name of the store's, with the token of another name in it, is damage.
	path := filepath.Join(dir, strings.Repeat("0", 32)+".json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	keys, err = s.List(t.Context())
	require.ErrorContains(t, err, path+" is damaged: it is a copy of another file")
	assert.Equal(t, []zohohub.Key{jo}, keys)
}

// TestTwoStoresOnOneFolder have its tokens and locks in common.
func TestTwoStoresOnOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := newStore(t, dir)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skipf("there are no symbolic links: %v", err)
	}
	two := newStore(t, link)
	held, err := one.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = two.Lock(ctx, jo, time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, held.Save(t.Context(), &tok))
	require.NoError(t, held.Unlock(t.Context()))
	got, err := two.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
	require.NoError(t, two.Delete(t.Context(), jo))
	_, err = one.Load(t.Context(), jo)
	require.ErrorIs(t, err, zohohub.ErrTokenNotFound)
}

// TestWhatCannotBeSaved leaves the token that was there, and no file beside it.
func TestWhatCannotBeSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	name := only(t, dir, ".json")
	require.NoError(t, os.Remove(name))
	require.NoError(t, os.MkdirAll(filepath.Join(name, "in the way"), 0o700))
	require.ErrorContains(t, s.Save(t.Context(), jo, &tok), "tokenstore/file: save: ")
	parts, err := filepath.Glob(filepath.Join(dir, "*.part"))
	require.NoError(t, err)
	assert.Empty(t, parts)
	require.ErrorContains(t, s.Delete(t.Context(), jo), "tokenstore/file: delete: ")
	_, err = s.Load(t.Context(), jo)
	require.ErrorContains(t, err, name)
	require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
}

// TestAFolderThatIsGone is an error, and no store without tokens.
func TestAFolderThatIsGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	s := newStore(t, dir)
	require.NoError(t, os.RemoveAll(dir))
	_, err := s.List(t.Context())
	require.ErrorContains(t, err, dir)
	require.ErrorContains(t, s.Save(t.Context(), jo, &tok), dir)
	_, err = s.Lock(t.Context(), jo, time.Minute)
	require.ErrorContains(t, err, dir)
}

func TestAFolderThatIsReadOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	require.NoError(t, s.Save(t.Context(), jo, &tok))
	require.NoError(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { assert.NoError(t, os.Chmod(dir, 0o700)) })
	if f, err := os.CreateTemp(dir, ""); err == nil {
		require.NoError(t, f.Close())
		require.NoError(t, os.Remove(f.Name()))
		t.Skip("who runs the tests may write everywhere")
	}
	require.ErrorIs(t, s.Save(t.Context(), jo, &tok), os.ErrPermission)
	require.ErrorIs(t, s.Delete(t.Context(), jo), os.ErrPermission)
	_, err := s.Lock(t.Context(), al, time.Minute)
	require.ErrorIs(t, err, os.ErrPermission)
	got, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, tok, *got)
}

// TestLockFiles: what a crash or a clock has made of a lock's file locks nobody out.
func TestLockFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, dir)
	lock, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	path := only(t, dir, ".lock")
	held, err := os.ReadFile(path)
	require.NoError(t, err)
	within := func(wait time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		lock, err := s.Lock(ctx, jo, time.Minute)
		if err == nil {
			require.NoError(t, lock.Unlock(t.Context()))
		}
		return err
	}
	require.ErrorIs(t, within(50*time.Millisecond), context.DeadlineExceeded)
	for what, data := range map[string]string{
		"empty":  "",
		"cut":    string(held[:len(held)-5]),
		"noise":  "\x00\x00\x00",
		"future": `{"holder":"X","since":"2500-01-01T00:00:00Z","ends":"2500-01-01T01:00:00Z"}`,
		"past":   `{"holder":"X","since":"2020-01-01T00:00:00Z","ends":"2020-01-01T00:00:20Z"}`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
		require.NoError(t, within(time.Minute), what)
	}
	require.ErrorIs(t, lock.Save(t.Context(), &tok), zohohub.ErrLockLost)
	require.NoError(t, lock.Unlock(t.Context()))

	// The clock was put right by some seconds: that ends nobody's lease.
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339Nano) }
	require.NoError(t, os.WriteFile(path, []byte(`{"holder":"X","since":"`+at(10*time.Second)+`","ends":"`+at(30*time.Second)+`"}`), 0o600))
	require.ErrorIs(t, within(50*time.Millisecond), context.DeadlineExceeded)
	require.NoError(t, os.WriteFile(path, []byte(`{"holder":"X","since":"`+at(30*time.Second)+`","ends":"`+at(50*time.Second)+`"}`), 0o600))
	require.NoError(t, within(time.Minute))
}
