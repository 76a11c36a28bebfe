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
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("readme", flag.ContinueOnError)
	fresh := flags.Bool("fresh", false, "start with an empty HOME, no build cache and no module cache")
	only := flags.String("only", "", "run only one kind of block: sh or go")
	if err := flags.Parse(args); err != nil {
		return err
	}
	name := "README.md"
	if flags.NArg() > 0 {
		name = flags.Arg(0)
	}
	name, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	blocks, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	root, err := checkout(ctx)
	if err != nil {
		return err
	}
	env := environment(os.Environ())
	if *fresh {
		home, err := os.MkdirTemp("", "readme-home-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(home) //nolint:errcheck // A temporary folder.
		if env, err = newcomer(ctx, home); err != nil {
			return err
		}
	}
	if found := of(blocks, "sh"); *only != "go" && len(found) > 0 {
		if err := (session{root: root, name: name, out: out, env: env}).run(ctx, found); err != nil {
			return err
		}
	}
	if found := of(blocks, "go"); *only != "sh" && len(found) > 0 {
		return goCode{root: root, name: name, out: out, env: env}.run(ctx, found)
	}
	return nil
}

// checkout returns the folder of the library's go.mod.
func checkout(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", library).Output()
	if err != nil {
		return "", errors.New("not inside the library's checkout")
	}
	return strings.TrimSpace(string(out)), nil
}

// environment takes away what would lead the commands to a real organization.
func environment(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(v string) bool { return strings.HasPrefix(v, "ZOHO_") })
}

// newcomer is the environment of a machine with nothing on it but git and Go: what tells Go where modules are fetched
// and the network's own variables stay, everything of the user's is gone.
func newcomer(ctx context.Context, home string) ([]string, error) {
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "CI=" + os.Getenv("CI")}
	for _, name := range []string{
		"PATH", "TMPDIR", "LANG", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
	} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	out, err := exec.CommandContext(ctx, "go", "env", "-json", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOTOOLCHAIN").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	var settings map[string]string
	if err := json.Unmarshal(out, &settings); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	for name, v := range settings {
		env = append(env, name+"="+v)
	}
	return append(env, "GOFLAGS=-modcacherw"), nil // So that the module cache can be removed again.
}

func sayf(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "== "+format+"\n", args...)
}
