package secretscan

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// whole is a form that stands for bytes here and there in a text: the rest is left as it is.
type whole struct {
	name  string
	marks string // which begin what is decoded
	// step decodes what a mark begins, adds it to out and says how much of text it was.
	step func(out, text []byte) (decoded []byte, used int)
}

var wholes = []whole{
	{"percent", "%", unpercent},
	{"percent", "%+", func(out, text []byte) ([]byte, int) { // as in a query
		if text[0] == '+' {
			return append(out, ' '), 1
		}
		return unpercent(out, text)
	}},
	{"escapes", `\`, unescape},
	{"html", "&", unentity},
}

func (w whole) decode(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		out, i = w.next(out, text, i)
	}
	return out
}

// places says of each decoded byte, and of the end, where in text it comes from.
func (w whole) places(text []byte) []int {
	var out []byte
	all := make([]int, 0, len(text)+1)
	for i := 0; i < len(text); {
		begin := i
		out, i = w.next(out[:0], text, i)
		for range out {
			all = append(all, begin)
		}
	}
	return append(all, len(text))
}

// next decodes the byte or the escape at a place, adds it to out, and says where the next is.
func (w whole) next(out, text []byte, place int) ([]byte, int) {
	if strings.IndexByte(w.marks, text[place]) < 0 {
		return append(out, text[place]), place + 1
	}
	out, used := w.step(out, text[place:])
	return out, place + used
}

// unpercent takes %41 for A, and leaves a % alone that begins no byte.
func unpercent(out, text []byte) ([]byte, int) {
	if len(text) > 2 && nibble(text[1]) >= 0 && nibble(text[2]) >= 0 {
		return append(out, byte(nibble(text[1])<<4|nibble(text[2]))), 3 //nolint:gosec // two hex digits
	}
	return append(out, text[0]), 1
}

// unescape undoes an escape of JSON's, of Go's or of C's strings.
func unescape(out, text []byte) ([]byte, int) {
	v, used := escaped(text)
	switch {
	case len(text) == 1:
		return append(out, text[0]), 1
	case used == 0:
		return append(out, text[1]), 2 // \" \\ \/ and what is no escape
	case text[1] != 'u' && text[1] != 'U':
		return append(out, byte(v)), used //nolint:gosec // two hex digits, or three octal ones of which the top bit is lost
	}
	if low, n := escaped(text[used:]); utf16.IsSurrogate(v) && n > 0 && utf16.DecodeRune(v, low) != utf8.RuneError {
		v, used = utf16.DecodeRune(v, low), used+n
	}
	return utf8.AppendRune(out, v), used
}

// unentity undoes an entity of HTML's that ends as it should.
func unentity(out, text []byte) ([]byte, int) {
	const most = 40
	if end := bytes.IndexByte(text[:min(len(text), most)], ';'); end > 0 {
		if entity := string(text[:end+1]); html.UnescapeString(entity) != entity {
			return append(out, html.UnescapeString(entity)...), end + 1
		}
	}
	return append(out, text[0]), 1
}

// escaped reads an escape of a byte or a character by its number or letter, and says how long it is; 0 when there is none.
func escaped(text []byte) (v rune, length int) {
	if len(text) < 2 || text[0] != '\\' {
		return 0, 0
	}
	if i := strings.IndexByte("abtnvfr", text[1]); i >= 0 {
		return rune("\a\b\t\n\v\f\r"[i]), 2
	}
	begin, digits, base := 2, 0, 16
	switch c := text[1]; {
	case c == 'x':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case '0' <= c && c <= '7':
		begin, digits, base = 1, 3, 8
	}
	if digits == 0 || len(text) < begin+digits {
		return 0, 0
	}
	n, err := strconv.ParseUint(string(text[begin:begin+digits]), base, 31)
	if err != nil {
		return 0, 0
	}
	return rune(n), begin + digits
}

// run is a form that a stretch of text is in as a whole. Each finds its stretches and gives what they stand for, and where they
// begin; num characters of a stretch are about den bytes.
type run struct {
	name     string
	num, den int
	each     func(text []byte, tell func(decoded []byte, begin int))
}

var runs = []run{
	{"base64", 4, 3, base64Runs},
	{"hex", 2, 1, hexRuns},
	{"numbers", 4, 1, numberRuns},
}

// stretches gives the maximal stretches of text that have at least so many characters with a value. Those that are none, but
// may stand between, are left out.
func stretches(text []byte, least int, value *[256]int8, tell func(values []byte, begin int)) {
	var values []byte
	begin := 0
	for i := range len(text) + 1 {
		v := int8(ends)
		if i < len(text) {
			v = value[text[i]]
		}
		switch {
		case v == between:
		case v != ends:
			if len(values) == 0 {
				begin = i
			}
			values = append(values, byte(v)) //nolint:gosec // 0 to 63
		case len(values) > 0:
			if len(values) >= least {
				tell(values, begin)
			}
			values = values[:0]
		}
	}
}

// What a character is that has no value.
const ends, between = -1, -2

// sextets are of both alphabets: which of the two a text is in does not matter, since what is in neither ends a stretch.
var sextets = func() (value [256]int8) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for i := range value {
		value[i] = ends
	}
	for i := range letters {
		value[letters[i]] = int8(i)
	}
	value['+'], value['-'], value['/'], value['_'] = 62, 62, 63, 63
	value['\r'], value['\n'] = between, between
	return value
}()

// base64Runs tries each of the four places where a group may begin, since other letters may stand before.
func base64Runs(text []byte, tell func(decoded []byte, begin int)) {
	stretches(text, (Least*4+2)/3, &sextets, func(values []byte, begin int) {
		for first := range 4 {
			out := make([]byte, 0, len(values)*3/4)
			var bits uint32
			for i, v := range values[first:] {
				bits = bits<<6 | uint32(v)
				if i%4 > 0 {
					out = append(out, byte(bits>>(6-2*(i%4)))) //nolint:gosec // the byte that has come whole
				}
			}
			tell(out, begin+first)
		}
	})
}

var nibbles = func() (value [256]int8) {
	for i := range value {
		value[i] = nibble(byte(i))
	}
	value[' '], value[':'], value['\r'], value['\n'] = between, between, between, between
	return value
}()

func nibble(c byte) int8 {
	switch {
	case '0' <= c && c <= '9':
		return int8(c - '0')
	case 'a' <= c && c <= 'f':
		return int8(c - 'a' + 10)
	case 'A' <= c && c <= 'F':
		return int8(c - 'A' + 10)
	}
	return ends
}

func hexRuns(text []byte, tell func(decoded []byte, begin int)) {
	stretches(text, Least*2, &nibbles, func(values []byte, begin int) {
		for first := range 2 {
			out := make([]byte, 0, len(values)/2)
			for i := first; i+1 < len(values); i += 2 {
				out = append(out, values[i]<<4|values[i+1])
			}
			tell(out, begin+first)
		}
	})
}

// numberRuns reads lists of bytes as fmt and JSON write them: [49 48], [49,48], {0x31, 0x30}.
func numberRuns(text []byte, tell func(decoded []byte, begin int)) {
	var out []byte
	begin, end := 0, 0
	flush := func() {
		if len(out) >= Least {
			tell(out, begin)
		}
		out = out[:0]
	}
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		first := i
		for i < len(text) && (nibble(text[i]) >= 0 || text[i] == 'x') {
			i++
		}
		if gap := text[end:first]; len(out) > 0 && (len(gap) == 0 || len(gap) > 2 || len(bytes.Trim(gap, ", ")) > 0) {
			flush()
		}
		n, err := strconv.ParseUint(string(text[first:i]), 0, 8)
		if err != nil {
			flush()
			end = i
			continue
		}
		if len(out) == 0 {
			begin = first
		}
		out = append(out, byte(n))
		end = i
	}
	flush()
}
