package zohohub

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// splitPath checks a path and parts it from its query.
func splitPath(path string) (clean string, query url.Values, err error) {
	if i := strings.IndexFunc(path, unicode.IsControl); i >= 0 {
		return "", nil, errors.New("path holds a control character")
	}
	clean, rawQuery, _ := strings.Cut(path, "?")
	if strings.Contains(path, "#") {
		return "", nil, errors.New("path holds a fragment")
	}
	if strings.HasPrefix(clean, "//") || strings.Contains(clean, "://") {
		return "", nil, errors.New("path is a URL; it must be relative to the API")
	}
	clean = strings.TrimPrefix(clean, "/")
	for element := range strings.SplitSeq(clean, "/") {
		if err := checkElement(element); err != nil {
			return "", nil, err
		}
	}
	if query, err = url.ParseQuery(rawQuery); err != nil {
		return "", nil, errors.New("path's query cannot be read")
	}
	return clean, query, nil
}

// checkElement refuses a path element that a server might not take for one element. Servers differ in how often they
// decode a path and in what they take for a separator, so each reading counts.
func checkElement(element string) error {
	for range 3 {
		if strings.TrimSpace(element) == "" {
			return errors.New("path has an empty element: an id or a name is missing")
		}
		for part := range strings.FieldsFuncSeq(element, func(r rune) bool { return r == '/' || r == '\\' }) {
			part, _, _ = strings.Cut(part, ";") // what follows are parameters to some servers
			if part = strings.TrimSpace(part); part == "." || part == ".." {
				return errors.New(`path has an element "." or ".."`)
			}
		}
		if strings.ContainsFunc(element, unicode.IsControl) || strings.Contains(element, `\`) {
			return errors.New("path holds a control character or a backslash")
		}
		decoded, err := url.PathUnescape(element)
		if err != nil || decoded == element {
			return nil
		}
		element = decoded
	}
	return errors.New("path is percent-encoded too often")
}

// joinPath builds a path from elements, each escaped whole: an id with a slash or a question mark addresses no other
// resource. An empty element is refused: a missing id would address the whole module.
func joinPath(elems ...string) (string, error) {
	escaped := make([]string, len(elems))
	for i, elem := range elems {
		escaped[i] = url.PathEscape(elem)
		if err := checkElement(escaped[i]); err != nil {
			return "", err
		}
	}
	return strings.Join(escaped, "/"), nil
}

// idLike are path elements that name a record rather than a kind of thing.
var idLike = regexp.MustCompile(`[0-9]{6}|[^0-9A-Za-z_-]`)

// templateOf is a path that is fit for a log.
func templateOf(path string) string {
	elements := strings.Split(path, "/")
	for i, e := range elements {
		if idLike.MatchString(e) {
			elements[i] = "{id}"
		}
	}
	return strings.Join(elements, "/")
}
