package zohohubtest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func contentOf(t *testing.T, b *blob) []byte {
	t.Helper()
	r, err := b.open()
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return content
}

func TestFileStore(t *testing.T) {
	t.Parallel()
	var s fileStore
	defer s.close()
	files := func() int {
		all, err := os.ReadDir(s.dir)
		if s.dir != "" {
			require.NoError(t, err)
		}
		return len(all)
	}
	small, err := s.put(strings.NewReader("small"))
	require.NoError(t, err)
	assert.Equal(t, []any{int64(5), int64(5), "small", ""}, []any{small.size, s.memory, string(contentOf(t, small)), s.dir})
	edge, err := s.put(bytes.NewReader(make([]byte, mostOfFile)))
	require.NoError(t, err)
	assert.Equal(t, []any{int64(5 + mostOfFile), ""}, []any{s.memory, s.dir})

	content := bytes.Repeat([]byte("large"), mostOfFile)
	large, err := s.put(iotest.OneByteReader(bytes.NewReader(content)))
	require.NoError(t, err)
	assert.Equal(t, int64(len(content)), large.size)
	assert.Equal(t, []any{int64(5 + mostOfFile), 1}, []any{s.memory, files()})
	assert.True(t, bytes.Equal(content, contentOf(t, large)))

	// Who reads keeps a file there; nobody can begin to once it is gone.
	first, err := large.open()
	require.NoError(t, err)
	second, err := large.open()
	require.NoError(t, err)
	large.drop()
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "a second time is none")
	rest, err := io.ReadAll(second)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, rest))
	assert.Equal(t, 1, files())
	require.NoError(t, second.Close())
	assert.Equal(t, 0, files())
	_, err = large.open()
	require.ErrorIs(t, err, os.ErrNotExist)

	// Memory is bounded in all: what has no room there is spilled however small it is.
	edge.drop()
	small.drop()
	assert.Zero(t, s.memory)
	for range mostOfFiles / mostOfFile {
		_, err = s.put(bytes.NewReader(make([]byte, mostOfFile)))
		require.NoError(t, err)
	}
	spilled, err := s.put(strings.NewReader("x"))
	require.NoError(t, err)
	assert.Equal(t, []any{int64(mostOfFiles), 1, "x"}, []any{s.memory, files(), string(contentOf(t, spilled))})

	dir := s.dir
	s.close()
	assert.NoDirExists(t, dir)
	_, err = spilled.open()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = s.put(bytes.NewReader(content))
	require.ErrorIs(t, err, errStoreClosed)
}

func TestFileStoreKeepsNothingOfWhatBreaksOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, n := range []int{0, 10, mostOfFile + 1, 3 * mostOfFile} {
		var s fileStore
		_, err := s.put(io.MultiReader(bytes.NewReader(make([]byte, n)), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		assert.Zero(t, s.memory)
		if s.dir != "" {
			all, err := os.ReadDir(s.dir)
			require.NoError(t, err)
			assert.Empty(t, all, n)
		}
		s.close()
	}
}

func TestCloseLeavesNoFiles(t *testing.T) {
	t.Parallel()
	s := Start()
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	s.SeedAttachment("Leads", lead, "large.bin", bytes.NewReader(make([]byte, 1<<20)))
	require.Len(t, inFolder(t, s), 1)
	dir := s.crm.blobs.dir
	s.Close()
	s.Close()
	assert.NoDirExists(t, dir)
	_, err := s.Attachments("Leads", lead)[0].Open()
	require.ErrorIs(t, err, os.ErrNotExist)
}
