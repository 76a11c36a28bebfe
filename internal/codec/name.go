package codec

import (
	"strings"
	"unicode"
)

// Name is the API name that Zoho gives the field of a Go name: FirstName is First_Name, SICCode is SIC_Code, ID is id.
// A capital after a small letter or a digit starts a word, and so does the last capital of a run when a small letter
// follows it.
func Name(goName string) string {
	if goName == "ID" {
		return "id"
	}
	runes := []rune(goName)
	var b strings.Builder
	b.Grow(len(goName) + 4)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && startsWord(runes, i) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func startsWord(runes []rune, i int) bool {
	before := runes[i-1]
	switch {
	case unicode.IsLower(before), unicode.IsDigit(before):
		return true
	case unicode.IsUpper(before):
		return i+1 < len(runes) && unicode.IsLower(runes[i+1])
	default:
		return false
	}
}

// Plural is the API name of the module whose records a Go type named in the singular holds: Lead is Leads, Company is
// Companies, SalesOrder is Sales_Orders. It knows English's regular endings only; a type that is named otherwise names
// its module itself.
func Plural(word string) string {
	name := Name(word)
	low := strings.ToLower(name)
	switch {
	case name == "":
		return ""
	case hasAnySuffix(low, "s", "x", "z", "ch", "sh"):
		return name + "es"
	case strings.HasSuffix(low, "y") && !hasAnySuffix(low, "ay", "ey", "iy", "oy", "uy") && len(name) > 1:
		return name[:len(name)-1] + "ies"
	default:
		return name + "s"
	}
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}
