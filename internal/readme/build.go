package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// snippetMain has the names that a block of statements may use, and the main function that gives them values.
//
//go:embed snippet.go.txt
var snippetMain string

// leadType is the type Lead, until a block declares one.
//
//go:embed lead.go.txt
var leadType string

// stubMain makes a program of declarations, so that they can be built.
const stubMain = "package main\n\nfunc main() {}\n"

// goCode builds, vets and runs the Go blocks of the file called name.
type goCode struct {
	root string // the library's folder
	name string
	out  io.Writer
	env  []string
}

// run takes the blocks in order, and reports all faults rather than the first.
func (g goCode) run(ctx context.Context, blocks []block) error {
	dir, err := os.MkdirTemp("", "readme-go-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // A temporary folder.

	if err := g.module(dir); err != nil {
		return err
	}
	var (
		snippets []*snippet
		earlier  []*snippet
		faults   []error
	)
	for _, b := range blocks {
		s, err := newSnippet(g.name, b)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", filepath.Base(g.name), b.line, err))
			continue
		}
		if err := s.write(filepath.Join(dir, s.folder()), earlier); err != nil {
			return err
		}
		snippets = append(snippets, s)
		if s.kind == declarations && !s.isProgram() && !s.isTest() {
			earlier = append(earlier, s)
		}
	}
	// -unreachable=false: a snippet may end in a return, and the statements that newSnippet puts behind it are not the reader's.
	if err := g.tool(ctx, dir, g.out, "vet", "-unreachable=false", "./..."); err != nil {
		return errors.Join(append(faults, err)...)
	}
	for _, s := range snippets {
		if err := g.runSnippet(ctx, dir, s); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", filepath.Base(g.name), s.line, err))
		}
	}
	return errors.Join(faults...)
}

// module writes a module that requires the library, with the versions that the library itself requires.
func (g goCode) module(dir string) error {
	mod, err := os.ReadFile(filepath.Join(g.root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(g.root, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module "+library, "module readme.example/snippets", 1) +
		fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => %s\n", library, library, g.root)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600)
}

func (s *snippet) folder() string { return fmt.Sprintf("line%d", s.line) }

// write puts the snippet into a folder, with what the earlier blocks declared and what it takes to be a program.
func (s *snippet) write(dir string, earlier []*snippet) error {
	files := map[string]string{"snippet.go": s.source}
	if s.isTest() {
		files = map[string]string{"snippet_test.go": s.source}
	}
	if s.kind != wholeFile {
		names := slices.Clone(s.names)
		for _, e := range slices.Backward(earlier) {
			if slices.ContainsFunc(e.names, func(n string) bool { return slices.Contains(names, n) }) {
				continue
			}
			names = append(names, e.names...)
			files[e.folder()+".go"] = e.source
		}
		if !slices.Contains(names, "Lead") {
			files["lead.go"] = leadType
		}
		switch {
		case s.kind == statements:
			files["main.go"] = snippetMain
		case !s.isProgram():
			files["main.go"] = stubMain
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// runSnippet runs a snippet that is a program or a test, and compares what it prints with what it says that it prints.
func (g goCode) runSnippet(ctx context.Context, dir string, s *snippet) error {
	target := "./" + s.folder()
	switch {
	case s.skip != "":
		sayf(g.out, "%s:%d: built, not run: %s", filepath.Base(g.name), s.line, s.skip)
		return nil
	case s.isTest():
		sayf(g.out, "%s:%d: go test", filepath.Base(g.name), s.line)
		return g.tool(ctx, dir, g.out, "test", target)
	case s.output != nil && !s.isProgram():
		return errors.New("an Output comment in declarations, which print nothing")
	case s.output == nil && (s.kind == statements || !s.isProgram()):
		sayf(g.out, "%s:%d: built", filepath.Base(g.name), s.line)
		return nil
	}
	var printed strings.Builder
	sayf(g.out, "%s:%d: run", filepath.Base(g.name), s.line)
	err := g.tool(ctx, dir, &printed, "run", target)
	fmt.Fprint(g.out, printed.String())
	if err != nil {
		return err
	}
	if got := strings.TrimSpace(printed.String()); s.output != nil && got != *s.output {
		return fmt.Errorf("prints\n%s\nand not, as it says,\n%s", got, *s.output)
	}
	return nil
}

// tool runs the go command in the module of the snippets.
func (g goCode) tool(ctx context.Context, dir string, stdout io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(slices.Clone(g.env), "GOWORK=off", "GOFLAGS="+goFlags(g.env)+" -mod=mod")
	cmd.Stdout, cmd.Stderr = stdout, g.out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", args[0], err)
	}
	return nil
}

// goFlags returns the GOFLAGS of an environment.
func goFlags(env []string) string {
	for _, v := range slices.Backward(env) {
		if flags, ok := strings.CutPrefix(v, "GOFLAGS="); ok {
			return flags
		}
	}
	return ""
}
