package main

import (
	"bufio"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// block is one fenced block of a Markdown file.
type block struct {
	lang string // the first word after the fence: "sh", "go"
	line int    // of the first line of text, counted from 1
	text string
	skip string // why it is not run; empty when it is
}

var (
	fenceLine = regexp.MustCompile("^( *)(```+|~~~+) *([A-Za-z0-9_+-]*)")
	skipLine  = regexp.MustCompile(`^ *<!--\s*not run:(.*)-->\s*$`)
)

// parse returns the fenced blocks of a Markdown text in order.
// A comment <!-- not run: reason --> belongs to the fence that follows it, empty lines between them aside.
func parse(text string) ([]block, error) {
	var (
		blocks  []block
		open    *block
		fence   string // what closes the open block
		indent  string // of the fence, in a list; its lines have it too
		skip    string
		skipped int // the line of a comment that waits for its fence
		body    strings.Builder
	)
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSuffix(lines.Text(), "\r")
		if open != nil {
			if t := strings.TrimSpace(line); strings.HasPrefix(t, fence) && strings.Trim(t, fence[:1]) == "" {
				open.text = body.String()
				blocks = append(blocks, *open)
				open = nil
				continue
			}
			for i := 0; i < len(indent) && strings.HasPrefix(line, " "); i++ {
				line = line[1:]
			}
			body.WriteString(line + "\n")
			continue
		}
		switch m := skipLine.FindStringSubmatch(line); {
		case m != nil && strings.TrimSpace(m[1]) == "":
			return nil, fmt.Errorf("line %d: \"not run\" needs a reason", n)
		case m != nil:
			skip, skipped = strings.TrimSpace(m[1]), n
		case fenceLine.MatchString(line):
			m := fenceLine.FindStringSubmatch(line)
			indent, fence = m[1], m[2]
			open = &block{lang: m[3], line: n + 1, skip: skip}
			body.Reset()
			skip, skipped = "", 0
		case skipped > 0 && strings.TrimSpace(line) != "":
			return nil, fmt.Errorf("line %d: no fence follows this \"not run\"", skipped)
		}
	}
	switch {
	case open != nil:
		return nil, fmt.Errorf("line %d: the fence is never closed", open.line-1)
	case skipped > 0:
		return nil, fmt.Errorf("line %d: no fence follows this \"not run\"", skipped)
	}
	return blocks, lines.Err()
}

// of returns the blocks in a language.
func of(blocks []block, lang string) []block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b block) bool { return b.lang != lang })
}
