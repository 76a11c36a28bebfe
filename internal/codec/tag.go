package codec

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// tag is what a `zoho` struct tag says: a name, then options.
type tag struct {
	name     string
	skip     bool
	readonly bool
	always   bool
	unknown  bool
}

func parseTag(f reflect.StructField) (tag, error) {
	text, ok := f.Tag.Lookup("zoho")
	if !ok {
		return tag{name: Name(f.Name)}, nil
	}
	if text == "-" {
		return tag{skip: true}, nil
	}
	t, err := parseTagText(text)
	if err != nil {
		return tag{}, fmt.Errorf("zoho tag %q: %w", text, err)
	}
	if t.name == "" && !t.unknown {
		t.name = Name(f.Name)
	}
	return t, nil
}

func parseTagText(text string) (tag, error) {
	parts := strings.Split(text, ",")
	t := tag{name: parts[0]}
	for _, option := range parts[1:] {
		switch option {
		case "readonly":
			t.readonly = true
		case "always":
			t.always = true
		case "unknown":
			t.unknown = true
		default:
			return tag{}, errors.New("unknown option")
		}
	}
	switch {
	case strings.ContainsFunc(t.name, notInName):
		return tag{}, errors.New("not an API name")
	case t.unknown && t.name != "":
		return tag{}, errors.New("a field for unknown names has no name of its own")
	case t.readonly && t.always:
		return tag{}, errors.New("readonly and always exclude each other")
	}
	return t, nil
}

func notInName(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '"' || r == '\\' || r == unicode.ReplacementChar
}
