package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// repository is the address that the commands clone.
const repository = "https://" + library

// session runs the blocks of commands as one shell session in an empty folder.
type session struct {
	root string // the checkout
	name string // of the file, for what is printed
	out  io.Writer
	env  []string
}

func (s session) run(ctx context.Context, blocks []block) error {
	dir, err := os.MkdirTemp("", "readme-sh-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // A temporary folder.

	snapshot, start := filepath.Join(dir, "snapshot"), filepath.Join(dir, "start")
	if err := s.snapshot(ctx, snapshot); err != nil {
		return err
	}
	if err := os.Mkdir(start, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", s.script(blocks))
	cmd.Dir, cmd.Stdout, cmd.Stderr = start, s.out, s.out
	// The clone of the project's address comes from the snapshot, ".git" or not.
	cmd.Env = append(slices.Clone(s.env), "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=url."+snapshot+".insteadOf", "GIT_CONFIG_VALUE_0="+repository,
		"GIT_CONFIG_KEY_1=url."+snapshot+".insteadOf", "GIT_CONFIG_VALUE_1="+repository+".git")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: commands: %w", filepath.Base(s.name), err)
	}
	return nil
}

// script joins the blocks. The shell prints each command before it runs it and stops at the first that fails.
func (s session) script(blocks []block) string {
	var b strings.Builder
	b.WriteString("set -eu\n")
	for _, bl := range blocks {
		where := fmt.Sprintf("== %s:%d", filepath.Base(s.name), bl.line)
		if bl.skip != "" {
			fmt.Fprintf(&b, "echo %s\n", quote(where+": not run: "+bl.skip))
			continue
		}
		fmt.Fprintf(&b, "echo %s\nset -x\n%s{ set +x; } 2>/dev/null\n", quote(where), bl.text)
	}
	return b.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// snapshot makes a repository with one commit of the checkout as it lies there, without what git ignores.
func (s session) snapshot(ctx context.Context, dir string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir, list.Stderr = s.root, s.out
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(s.root, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=readme", "-c", "user.email=readme@example.com", "commit", "--quiet", "--no-gpg-sign", "--message=snapshot"},
	} {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, s.out, s.out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("git %s: %w", args[0], err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if os.IsNotExist(err) { // Deleted, and not yet committed so.
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}
