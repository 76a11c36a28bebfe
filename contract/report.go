package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest"
)

// report is what became of a log of exchanges.
type report struct {
	covered map[string]int // by operation
	leftOut map[string]int // by reason
	faults  map[string]*fault
}

// fault is something wrong, of which the first exchange is kept.
type fault struct {
	times   int
	example *zohohubtest.Exchange
}

// checkLog checks each exchange that log has, a line of JSON each.
func (s *spec) checkLog(ctx context.Context, log io.Reader) (*report, error) {
	r := &report{covered: map[string]int{}, leftOut: map[string]int{}, faults: map[string]*fault{}}
	for dec := json.NewDecoder(log); ; {
		var e zohohubtest.Exchange
		switch err := dec.Decode(&e); {
		case errors.Is(err, io.EOF):
			return r, nil
		case err != nil:
			return nil, err
		}
		if reason := leftOut(&e); reason != "" {
			r.leftOut[reason]++
			continue
		}
		if len(s.find(&e)) == 0 && e.Status >= http.StatusBadRequest {
			r.leftOut["refused: Zoho's files have no such call"]++
			continue
		}
		o, wrong := s.check(ctx, &e)
		if len(wrong) == 0 {
			r.covered[o.String()]++
			continue
		}
		for _, line := range wrong {
			r.add(o, line, &e)
		}
	}
}

// index is where a fault is in a list: the same fault in many rows is one.
var index = regexp.MustCompile(`/\d+(/|:)`)

func (r *report) add(o operation, line string, e *zohohubtest.Exchange) {
	if line = index.ReplaceAllString(line, "/#$1"); o.id != "" {
		line = o.String() + ": " + line
	}
	if r.faults[line] == nil {
		r.faults[line] = &fault{example: e}
	}
	r.faults[line].times++
}

// summary names the operations covered, and counts what was left out.
func (r *report) summary() string {
	var b strings.Builder
	checked := 0
	for _, name := range slices.Sorted(maps.Keys(r.covered)) {
		checked += r.covered[name]
		fmt.Fprintf(&b, "%6d  %s\n", r.covered[name], name)
	}
	fmt.Fprintf(&b, "%6d exchanges keep to %d operations of Zoho's files\n", checked, len(r.covered))
	for _, reason := range slices.Sorted(maps.Keys(r.leftOut)) {
		fmt.Fprintf(&b, "%6d not checked: %s\n", r.leftOut[reason], reason)
	}
	return b.String()
}

// problems tells each fault, and with the last of those that an exchange showed first, that exchange.
func (r *report) problems() []string {
	var told []string
	lines := slices.Sorted(maps.Keys(r.faults))
	for i, line := range lines {
		f := r.faults[line]
		text := fmt.Sprintf("%s (%d times)", line, f.times)
		if i+1 == len(lines) || r.faults[lines[i+1]].example != f.example {
			text += fmt.Sprintf("\n\t%s %s?%s %s\n\t%d %s", f.example.Method, f.example.Path, f.example.Query,
				excerpt(f.example.Request.Body), f.example.Status, excerpt(f.example.Response.Body))
		}
		told = append(told, text)
	}
	return told
}

func excerpt(body string) string {
	const most = 400
	if len(body) > most {
		return strings.ToValidUTF8(body[:most], "") + "…"
	}
	return body
}
