//go:build !race

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryMutantCompiles: one that does not would count as a failure, after hours. Nothing is built for it but what the
// packages import. Under the race detector it would take minutes, and has nothing to show.
func TestEveryMutantCompiles(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	byFolder := map[string][]mutant{}
	var folders []string
	for _, m := range mutants {
		folder := "./" + filepath.ToSlash(filepath.Dir(m.file))
		if byFolder[folder] == nil {
			folders = append(folders, folder)
		}
		byFolder[folder] = append(byFolder[folder], m)
	}
	listed := list(t, folders)
	for _, folder := range folders {
		p, err := parse(folder, listed)
		require.NoError(t, err)
		require.NoError(t, p.check(nil), folder)
		for _, m := range p.broken(byFolder[folder]) {
			assert.NoError(t, p.check([]mutant{m}), m.name)
		}
	}
}

// TestCheck: what it looks for is there to be found.
func TestCheck(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	const folder, file = "./internal/mutants", "internal/mutants/main.go"
	p, err := parse(folder, list(t, []string{folder}))
	require.NoError(t, err)
	good := mutant{name: "good", file: file, from: "len(packages) == 0", to: "len(packages) == 1"}
	unused := mutant{name: "unused", file: file, from: "packages = []string{\".\"}", to: "packages := []string{\".\"}"}
	garbage := mutant{name: "garbage", file: file, from: "len(packages) == 0", to: "len(packages) =="}
	assert.Empty(t, p.broken([]mutant{good, good}))
	assert.Equal(t, []mutant{unused, garbage}, p.broken([]mutant{good, unused, good, garbage}))
	require.NoError(t, p.check([]mutant{good}))
	require.ErrorContains(t, p.check([]mutant{unused}), "declared and not used: packages")
	require.ErrorContains(t, p.check([]mutant{garbage}), "expected operand")
}

// listing is what go list says of a package.
type listing struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// list asks for packages and all that they import, which is compiled for the purpose unless it is in the build cache.
func list(t *testing.T, folders []string) map[string]listing {
	t.Helper()
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, folders...)
	command := exec.CommandContext(t.Context(), "go", args...)
	work, err := filepath.Abs("go.work") // whose modules have mutants, too
	require.NoError(t, err)
	command.Env = append(os.Environ(), "GOWORK="+work)
	out, err := command.Output()
	require.NoError(t, err)
	all := map[string]listing{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listing
		err := decoder.Decode(&l)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all[l.ImportPath] = l
	}
}

// source is a package's, as it is.
type source struct {
	path     string
	fset     *token.FileSet
	files    map[string]*ast.File // by the file's absolute path
	importer types.Importer
}

func parse(folder string, listed map[string]listing) (*source, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	p := &source{fset: token.NewFileSet(), files: map[string]*ast.File{}}
	p.importer = importer.ForCompiler(p.fset, runtime.Compiler, func(path string) (io.ReadCloser, error) {
		return os.Open(listed[path].Export)
	})
	for _, l := range listed {
		if l.Dir != dir {
			continue
		}
		p.path = l.ImportPath
		for _, name := range l.GoFiles {
			path := filepath.Join(dir, name)
			if p.files[path], err = parser.ParseFile(p.fset, path, nil, parser.SkipObjectResolution); err != nil {
				return nil, err
			}
		}
		return p, nil
	}
	return nil, fmt.Errorf("no package in %s", folder)
}

// broken are those that do not compile. A package is checked with one mutant of each of its files at a time: the
// mutants of different files hardly meet, and where the lot fails, each is looked at by itself.
func (p *source) broken(all []mutant) (broken []mutant) {
	for rest := all; len(rest) > 0; {
		var lot, later []mutant
		taken := map[string]bool{}
		for _, m := range rest {
			if taken[m.file] {
				later = append(later, m)
				continue
			}
			taken[m.file] = true
			lot = append(lot, m)
		}
		rest = later
		if p.check(lot) == nil {
			continue
		}
		for _, m := range lot {
			if p.check([]mutant{m}) != nil {
				broken = append(broken, m)
			}
		}
	}
	return broken
}

// check type-checks the package with mutants of different files in their places.
func (p *source) check(lot []mutant) error {
	changed := map[string]*ast.File{}
	for _, m := range lot {
		path, err := filepath.Abs(m.file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if changed[path], err = parser.ParseFile(p.fset, path, strings.Replace(string(text), m.from, m.to, 1), parser.SkipObjectResolution); err != nil {
			return err
		}
	}
	var files []*ast.File
	for path, file := range p.files {
		if c, ok := changed[path]; ok {
			file = c
		}
		files = append(files, file)
	}
	_, err := (&types.Config{Importer: p.importer}).Check(p.path, p.fset, files, nil)
	return err
}
