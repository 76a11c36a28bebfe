package secretscan

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
)

// Haystack gathers what a suite of tests writes and the secrets that it uses, to be looked through at its end. It is safe for
// concurrent use, in the bubbles of testing/synctest too.
type Haystack struct {
	mu      sync.Mutex
	texts   map[string]string // to where each came from first
	secrets map[string]string // to their names
}

// NewHaystack is empty.
func NewHaystack() *Haystack {
	return &Haystack{texts: map[string]string{}, secrets: map[string]string{}}
}

// Secret is what is looked for. One that is shorter than [Least] is left out.
func (h *Haystack) Secret(name, value string) {
	if len(value) < Least {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secrets[value] = name
}

// Add keeps a text; the same one is kept once.
func (h *Haystack) Add(where, text string) {
	if len(text) < Least {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, known := h.texts[text]; !known {
		h.texts[text] = where
	}
}

// Error keeps all that an error says, and each that is inside. Nil says nothing.
func (h *Haystack) Error(where string, err error) {
	if err == nil {
		return
	}
	h.Show(where, err)
	switch inside := err.(type) { //nolint:errorlint // each in turn
	case interface{ Unwrap() error }:
		h.Error(where, inside.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range inside.Unwrap() {
			h.Error(where, e)
		}
	}
}

// Show keeps what becomes of a value when it is printed, logged, or written as JSON.
func (h *Haystack) Show(where string, value any) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		h.Add(where+", "+verb, fmt.Sprintf(verb, value))
	}
	h.Logger(where).Info("a value", "value", value)
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte(err.Error())
	}
	h.Add(where+", as JSON", string(raw))
}

// Logger keeps each line, of every level, in both of slog's forms, without what is new in each.
func (h *Haystack) Logger(where string) *slog.Logger {
	timeless := &slog.HandlerOptions{Level: slog.Level(-1 << 10), ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == "duration") {
			return slog.Attr{}
		}
		return a
	}}
	out := h.Writer("the log of " + where)
	return slog.New(slog.NewMultiHandler(slog.NewTextHandler(out, timeless), slog.NewJSONHandler(out, timeless)))
}

// Writer keeps what is written to it, each time as a text of its own.
func (h *Haystack) Writer(where string) io.Writer { return writer{h, where} }

type writer struct {
	haystack *Haystack
	where    string
}

// Write implements [io.Writer].
func (w writer) Write(p []byte) (int, error) {
	w.haystack.Add(w.where, string(p))
	return len(p), nil
}

// Learn reads what fakes wrote to the file that ZOHOHUBTEST_TRACE names: the secrets that they gave out, and the addresses and
// headers of the requests that they got. An address that a consent leads back to holds its code, as OAuth has it, and a browser
// sends its cookies to all ports of a host: there, they are no finding.
func (h *Haystack) Learn(file string) (err error) {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // half a line is of a process that was killed
		}
		if err != nil {
			return err
		}
		var t struct { // a zohohubtest.Trace
			Kind, Secret, Method, URL, Location string
			Header                              http.Header
		}
		if err := json.Unmarshal(line, &t); err != nil {
			return fmt.Errorf("secretscan: a line of %s: %w", file, err)
		}
		h.Secret(t.Kind, t.Secret)
		h.Add("the address of a request: "+t.Method, t.URL)
		h.Add(toService, t.Location)
		for name, values := range t.Header {
			for _, v := range values {
				h.Add("the header "+name+" of a request", v)
			}
		}
	}
}

const (
	toService = "the way back from the consent page"
	ofCookie  = "the header Cookie of a request"
)

// Cookie is the name of the secret that a cookie of a sign-in is: in that header it belongs.
const Cookie = "the cookie of a sign-in"

// belongs says of a place and a secret's name that the secret may be there.
var belongs = map[[2]string]bool{{toService, "code"}: true, {ofCookie, Cookie}: true}

// Size is how many secrets and how many texts there are.
func (h *Haystack) Size() (secrets, texts int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.secrets), len(h.texts)
}

// Scan looks for all secrets in all texts.
func (h *Haystack) Scan() ([]Finding, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	secrets := make([]Secret, 0, len(h.secrets))
	for value, name := range h.secrets {
		secrets = append(secrets, Secret{name, value})
	}
	s, err := New(secrets...)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for text, where := range h.texts {
		for _, f := range s.Scan(where, text) {
			if !belongs[[2]string{where, f.Secret}] {
				all = append(all, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b Finding) int { return cmp.Or(strings.Compare(a.Where, b.Where), a.At-b.At) })
	return all, nil
}

// Report says what a scan found, in some lines, or that it found nothing in how much.
func (h *Haystack) Report(found []Finding) string {
	const most = 20
	secrets, texts := h.Size()
	var b strings.Builder
	fmt.Fprintf(&b, "%d secrets in %d texts: found %d times\n", secrets, texts, len(found))
	for _, f := range found[:min(len(found), most)] {
		fmt.Fprintf(&b, "\t%s\n", f)
	}
	return b.String()
}
