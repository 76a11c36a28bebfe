// Package dotenv reads a file of NAME=value lines into the environment, for the programs that ship with the library.
package dotenv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Variable is one line of the file.
type Variable struct{ Name, Value string }

// Load sets the variables that the file at path names and the environment does not have; one that is set but empty is
// had. A file that does not exist is no error. A file with a fault sets nothing.
func Load(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dotenv: %w", err)
	}
	vars, err := Parse(string(data))
	if err != nil {
		return fmt.Errorf("dotenv: %s: %w", path, err)
	}
	// Looked up before anything is set, so that of a name that comes twice the last value counts.
	had := map[string]bool{}
	for _, v := range vars {
		if _, ok := os.LookupEnv(v.Name); ok {
			had[v.Name] = true
		}
	}
	for _, v := range vars {
		if had[v.Name] {
			continue
		}
		if err := os.Setenv(v.Name, v.Value); err != nil {
			return fmt.Errorf("dotenv: %s: set %s: %w", path, v.Name, err)
		}
	}
	return nil
}

// Parse reads the text of such a file: blank lines, # comments, an optional "export", values bare, in 'single' quotes
// (taken as they are) or in "double" quotes (with \n, \r, \t, \", \\ and \$). A bare value ends before " #". Nothing is
// expanded, and a value does not span lines. Errors name the line and repeat nothing of it, since it may hold a secret.
func Parse(text string) ([]Variable, error) {
	var vars []Variable
	text = strings.TrimPrefix(text, "\ufeff") // some editors on Windows begin a file so
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		v, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		vars = append(vars, v)
	}
	return vars, nil
}

func parseLine(line string) (Variable, error) {
	if rest, ok := strings.CutPrefix(line, "export"); ok && strings.TrimLeft(rest, " \t") != rest {
		line = strings.TrimLeft(rest, " \t")
	}
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok || !isName(name) {
		return Variable{}, errors.New("is not NAME=value")
	}
	value, err := parseValue(strings.TrimSpace(value))
	if err != nil {
		return Variable{}, err
	}
	if strings.ContainsRune(value, 0) {
		return Variable{}, errors.New("the value holds a NUL")
	}
	return Variable{name, value}, nil
}

func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z':
		case '0' <= r && r <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

func parseValue(s string) (string, error) {
	if s == "" || s[0] == '#' {
		return "", nil
	}
	quote := s[0]
	if quote != '"' && quote != '\'' {
		for i := range s {
			if s[i] == '#' && (s[i-1] == ' ' || s[i-1] == '\t') {
				return strings.TrimSpace(s[:i]), nil
			}
		}
		return s, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			if rest := strings.TrimSpace(s[i+1:]); rest != "" && rest[0] != '#' {
				return "", errors.New("something follows the closing quote")
			}
			return b.String(), nil
		case c == '\\' && quote == '"' && i+1 < len(s):
			i++
			b.WriteString(unescape(s[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("the quote is not closed")
}

// unescape returns what a backslash and c stand for; an unknown pair stays as it is.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\\', '$':
		return string(c)
	}
	return string([]byte{'\\', c})
}
