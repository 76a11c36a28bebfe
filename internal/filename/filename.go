// Package filename makes the names that strangers give to files fit for a folder, and reads them from headers.
package filename

import (
	"fmt"
	"mime"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxBytes is what file systems take for one name.
	maxBytes = 255
	// maxExtension is more than any extension has that says what a file is.
	maxExtension = 32
	// nameless is the name of what has none.
	nameless = "file"
)

// reserved are the names of devices on Windows, whatever extension follows.
var reserved = regexp.MustCompile(`(?i)^(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[0-9¹²³]|LPT[0-9¹²³]) *(\.|$)`)

// Harmless is a name for a file in a folder, on any system: one element, of 255 bytes at most, that is neither hidden nor
// a device, and that reads as it is stored. It keeps the extension. A harmless name stays what it is.
func Harmless(name string) string {
	name = strings.Map(harmlessRune, strings.ToValidUTF8(name, "_"))
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." && part != ".." {
			parts = append(parts, part)
		}
	}
	name = strings.Join(parts, "_")
	for strings.Contains(name, "..") {
		name = strings.ReplaceAll(name, "..", ".")
	}
	name = shorten(strings.Trim(name, ". "), "")
	if reserved.MatchString(name) { // asked last: what was cut off may have kept it from being one
		name = shorten("_"+name, "")
	}
	return name
}

// harmlessRune is what stands in a name for r; -1 is nothing.
func harmlessRune(r rune) rune {
	switch {
	case r == '\\':
		return '/'
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	case r == '\u200C', r == '\u200D': // joiners, which words of some languages and signs are written with
		return r
	case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp): // what is not seen, or turns text round
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// Numbered is the n-th other name for a file whose harmless name is taken: "a (1).pdf".
func Numbered(name string, n int) string { return shorten(name, fmt.Sprintf(" (%d)", n)) }

// shorten puts an ending before the extension, and cuts what is too long before both.
func shorten(name, ending string) string {
	stem, ext := split(name)
	room := maxBytes - len(ending) - len(ext)
	if len(stem) > room {
		for room > 0 && !utf8.RuneStart(stem[room]) {
			room--
		}
		stem = strings.TrimRight(stem[:room], ". ")
	}
	if stem+ext == "" {
		stem = nameless
	}
	return stem + ending + ext
}

// split parts a name from its extension. What comes after a dot is none where nothing stands before it, or when it is
// too long to say what a file is.
func split(name string) (stem, ext string) {
	ext = path.Ext(name)
	if len(ext) == len(name) || len(ext) > maxExtension {
		ext = ""
	}
	return name[:len(name)-len(ext)], ext
}

// FromHeader is the name of the file in a Content-Disposition, as it was sent: plain, quoted, or by RFC 5987, which goes
// before the others. It is empty where there is none.
func FromHeader(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	if name := params["filename"]; err == nil && name != "" {
		return name
	}
	// Names are sent unquoted, too, with spaces and all.
	lower := strings.ToLower(disposition)
	if value, found := after(disposition, lower, "filename*="); found {
		value, _, _ = strings.Cut(value, ";")
		value = strings.Trim(value[strings.LastIndexByte(value, '\'')+1:], `" `)
		if name, err := url.PathUnescape(value); err == nil && name != "" {
			return name
		}
	}
	value, _ := after(disposition, lower, "filename=")
	value = strings.TrimSpace(value)
	if quoted, ok := strings.CutPrefix(value, `"`); ok {
		if end := strings.LastIndexByte(quoted, '"'); end >= 0 {
			quoted = quoted[:end]
		}
		return quoted
	}
	value, _, _ = strings.Cut(value, ";")
	return strings.TrimSpace(value)
}

// after is what follows sep in s, whatever the case of sep; lower is s in small letters.
func after(s, lower, sep string) (rest string, found bool) {
	if len(s) != len(lower) { // a letter whose small one has another length: no place in one is the same in the other
		s = lower
	}
	if i := strings.Index(lower, sep); i >= 0 {
		return s[i+len(sep):], true
	}
	return "", false
}
