// Command mutants breaks the library on purpose, one line at a time, and sees whether a test turns red:
//
//	go run ./internal/mutants            all of them
//	go run ./internal/mutants -run ids   those whose name matches
//	go run ./internal/mutants -core      those that are tried with every change
//
// The files stay as they are: a broken copy is laid over with go test -overlay. A mutant that no test notices, that does
// not compile, or whose line is not there any more is a failure; and so is one whose tests do not end, unless it says so.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"
)

// mutant is a breakage: in file, the one place that reads from becomes to. The tests of packages must notice.
type mutant struct {
	name, file, from, to string
	packages             []string
	core                 bool // tried with every change; the others take long, and all of them run with make mutants
	hangs                bool // the breakage is that something does not end, and so that the tests do not
}

// longest bounds the tests of a package. It is far above what they take on a busy machine: a test that was not given the
// time has noticed nothing.
const longest = 5 * time.Minute

func main() {
	only := flag.String("run", "", "only the mutants whose name matches this regular expression")
	core := flag.Bool("core", false, "only the mutants of the core")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *only, *core); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, only string, core bool) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder

	var chosen []mutant
	for _, m := range mutants {
		if match.MatchString(m.name) && (m.core || !core) {
			chosen = append(chosen, m)
		}
	}
	faults := make([]error, len(chosen))
	var group sync.WaitGroup
	places := make(chan struct{}, max(runtime.NumCPU()/2, 2))
	var printing sync.Mutex
	for i, m := range chosen {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			start := time.Now()
			red, err := m.kill(ctx, filepath.Join(dir, fmt.Sprint(i)))
			printing.Lock()
			defer printing.Unlock()
			if faults[i] = err; err != nil {
				fmt.Fprintf(w, "ALIVE   %s: %v\n", m.name, err)
				return
			}
			fmt.Fprintf(w, "killed  %-55s %s (%.0fs)\n", m.name, red, time.Since(start).Seconds())
		})
	}
	group.Wait()
	if err := errors.Join(faults...); err != nil {
		return errors.New("some mutants are alive")
	}
	fmt.Fprintf(w, "%d passed, 0 failed\n", len(chosen))
	return nil
}

// failed finds the first test that turned red.
var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// timedOut is what the tests' own end says, at their bound.
const timedOut = "panic: test timed out"

// kill runs the tests against the mutant and returns the name of one that failed.
func (m mutant) kill(ctx context.Context, dir string) (red string, err error) {
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	packages := m.packages
	if len(packages) == 0 {
		packages = []string{"."}
	}
	// Most of the time is the compiler's: it has less to do, and room to do it in.
	args := append([]string{
		"test", "-overlay", overlay, "-failfast", "-timeout", longest.String(), "-vet=off", "-gcflags=-N -l", "-ldflags=-s -w",
	}, packages...)
	test := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own list
	test.Env = append(os.Environ(), "GOGC=800")
	out, err := test.CombinedOutput()
	return m.judge(string(out), err)
}

// judge reads what go test printed, and names the test that noticed.
func (m mutant) judge(text string, err error) (red string, _ error) {
	switch {
	case err == nil:
		return "", errors.New("no test noticed")
	case strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]"):
		return "", fmt.Errorf("it does not compile: %s", firstLines(text, 6))
	}
	if found := failed.FindStringSubmatch(text); found != nil {
		return found[1], nil
	}
	if _, running, late := strings.Cut(text, timedOut); late && !m.hangs {
		return "", fmt.Errorf("the tests did not end: %s %s", timedOut, firstLines(running, 6))
	}
	for _, sign := range []string{"found unexpected goroutines", timedOut, "panic:"} {
		if strings.Contains(text, sign) {
			return sign, nil
		}
	}
	return "", fmt.Errorf("the tests did not run: %s", firstLines(text, 6))
}

// overlay writes the broken copy and the file that lays it over the real one.
func (m mutant) overlay(dir string) (string, error) {
	path, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.from); n != 1 {
		return "", fmt.Errorf("%s has %d places like %q, not one", m.file, n, m.from)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	broken := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(broken, []byte(strings.Replace(string(source), m.from, m.to, 1)), 0o600); err != nil { //nolint:gosec // our own list
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {path: broken}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

func firstLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[:min(len(lines), n)], "\n")
}
