// Package secretscan looks for secrets in what a program has written: logs, errors, URLs, stored rows.
//
// It is told the secrets, and finds them as they are and in the forms that texts put them in: percent-encoded, however many of
// the bytes are; base64 in either alphabet, at any of its three alignments, with and without padding, over line breaks; hex;
// escaped as in JSON, Go or HTML; as a list of the bytes' numbers; and one of these inside another. It decodes what it reads
// instead of listing how a secret could have been written, so half-encoded ones are found too. Of a long secret the beginning
// or the end is enough, for texts are cut. What it reports never shows a secret.
package secretscan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

const (
	// Least is how long a secret must be: shorter ones stand in a text by chance.
	Least = 8
	// cutFrom is how long a secret must be for a piece of it to count, and piece how long that piece is, at either end.
	cutFrom, piece = 24, 16
	// deepest is how many forms inside each other are taken off.
	deepest = 2
)

// Secret is what must not be found.
type Secret struct {
	Name  string // what it is, for the report
	Value string
}

// Finding is a secret that was found. It does not hold the secret.
type Finding struct {
	Secret string // its name
	Where  string // the text's name
	At     int    // the place in the text, in bytes; in the middle of a wrongly encoded text about there
	Form   string // such as "plain", "base64" or "base64 of percent"
	Cut    bool   // only the beginning or the end is there
}

// String is a line of a report.
func (f Finding) String() string {
	part := ""
	if f.Cut {
		part = "a piece of "
	}
	return fmt.Sprintf("%s: %s%s at %d, %s", f.Where, part, f.Secret, f.At, f.Form)
}

// Scanner knows the secrets. It is safe for concurrent use.
type Scanner struct {
	needles []needle
	// byEnd has the needles by their last eight bytes; filter says by the top bits of the eight bytes' hash, after the shift,
	// whether there are any.
	byEnd  map[uint64][]int
	filter []uint64
	shift  int
}

// needle is a secret, or an end of it.
type needle struct {
	text string
	name string
	cut  bool
}

// New is a scanner for these secrets. The same one may come twice. One that is shorter than [Least] is an error.
func New(secrets ...Secret) (*Scanner, error) {
	// Some 20 bits for each of the three needles of a secret, and 1,024 at the least.
	size := max(10, bits.Len(uint(len(secrets)))+6)
	s := &Scanner{byEnd: map[uint64][]int{}, filter: make([]uint64, 1<<size/64), shift: 64 - size}
	known := make(map[string]bool, len(secrets))
	for _, secret := range secrets {
		v := secret.Value
		if len(v) < Least {
			return nil, fmt.Errorf("secretscan: %s has %d bytes: a secret of fewer than %d cannot be told from other text", secret.Name, len(v), Least)
		}
		if known[v] {
			continue
		}
		known[v] = true
		s.add(needle{v, secret.Name, false})
		if len(v) >= cutFrom {
			s.add(needle{v[:piece], secret.Name, true})
			s.add(needle{v[len(v)-piece:], secret.Name, true})
		}
	}
	return s, nil
}

func (s *Scanner) add(n needle) {
	end := binary.LittleEndian.Uint64([]byte(n.text[len(n.text)-Least:]))
	s.byEnd[end] = append(s.byEnd[end], len(s.needles))
	s.needles = append(s.needles, n)
	bit := s.hash(end)
	s.filter[bit>>6] |= 1 << (bit & 63)
}

func (s *Scanner) hash(end uint64) uint64 { return end * 0x9E3779B97F4A7C15 >> s.shift }

// Scan finds each secret in a text, once in each form, and whole rather than cut. The findings are in the order of the text.
func (s *Scanner) Scan(where, text string) []Finding {
	found := map[[2]string]Finding{}
	s.look([]byte(text), nil, func(n needle, at, _ int, form string) {
		key := [2]string{n.name, form}
		if before, ok := found[key]; !ok || before.Cut && !n.cut {
			found[key] = Finding{n.name, where, at, form, n.cut}
		}
	})
	all := make([]Finding, 0, len(found))
	for _, f := range found {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		if a.At != b.At {
			return a.At - b.At
		}
		return strings.Compare(a.Secret+a.Form, b.Secret+b.Form)
	})
	return all
}

// look searches text and what it decodes to. The forms that were taken off already are in the order of doing so. It tells
// where in text a needle is, and how long it is there.
func (s *Scanner) look(text []byte, forms []string, tell func(n needle, at, size int, form string)) {
	form := "plain"
	if len(forms) > 0 {
		form = strings.Join(forms, " of ")
	}
	s.match(text, func(n needle, at int) { tell(n, at, len(n.text), form) })
	if len(forms) == deepest {
		return
	}
	for _, w := range wholes {
		if !bytes.ContainsAny(text, w.marks) {
			continue
		}
		decoded := w.decode(text)
		var places []int
		s.look(decoded, append(slices.Clip(forms), w.name), func(n needle, at, size int, form string) {
			if places == nil {
				places = w.places(text)
			}
			to := min(at+size, len(decoded))
			begin, end := places[at], places[to]
			if bytes.Equal(text[begin:end], decoded[at:to]) {
				return // there was nothing to decode: it was found without
			}
			tell(n, begin, end-begin, form)
		})
	}
	for _, r := range runs {
		r.each(text, func(decoded []byte, begin int) {
			s.look(decoded, append(slices.Clip(forms), r.name), func(n needle, at, size int, form string) {
				tell(n, begin+at*r.num/r.den, (size*r.num+r.den-1)/r.den, form)
			})
		})
	}
}

// match finds the needles as they are.
func (s *Scanner) match(text []byte, tell func(n needle, at int)) {
	var end uint64
	for i, b := range text {
		end = end>>8 | uint64(b)<<56
		bit := s.hash(end)
		if s.filter[bit>>6]&(1<<(bit&63)) == 0 {
			continue
		}
		for _, k := range s.byEnd[end] {
			n := s.needles[k]
			if begin := i + 1 - len(n.text); begin >= 0 && string(text[begin:i+1]) == n.text {
				tell(n, begin)
			}
		}
	}
}
