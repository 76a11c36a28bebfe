package contract

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest"
)

// operation is one call of one of the files.
type operation struct {
	file     string
	id       string // operationId; not unique, not even in its file
	method   string
	path     string // a template such as /crm/v8/{module_api_name}/{id}
	segments []string
	external bool // by the value of an external field, which the header X-EXTERNAL says
}

// String is how coverage and problems name it.
func (o operation) String() string { return strings.TrimSuffix(o.file, ".json") + ": " + o.id }

var methods = map[string]string{
	"get": http.MethodGet, "post": http.MethodPost, "put": http.MethodPut, "patch": http.MethodPatch, "delete": http.MethodDelete,
}

func operationsOf(ts *trees) []operation {
	var all []operation
	for _, file := range slices.Sorted(maps.Keys(ts.files)) {
		paths, _ := ts.files[file]["paths"].(map[string]any)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			item, _ := paths[path].(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(item)) {
				if method, ok := methods[key]; ok {
					id, _ := item[key].(map[string]any)["operationId"].(string)
					all = append(all, operation{
						file: file, id: id, method: method, path: path,
						segments: strings.Split(path, "/"), external: strings.Contains(path, "/{external_"),
					})
				}
			}
		}
	}
	return all
}

// find gives the operations that a request may mean: those whose path fits with the most segments written out. They are
// more than one where a file has twins (by id and by name) or two files have the same call.
func (s *spec) find(e *zohohubtest.Exchange) []operation {
	segments := strings.Split(e.Path, "/")
	external := e.Request.Header.Get("X-EXTERNAL") != ""
	var found []operation
	most := -1
	for _, o := range s.operations {
		literal, ok := o.fits(e.Method, segments)
		switch {
		case !ok || literal < most || o.external && !external:
		case literal > most:
			most, found = literal, []operation{o}
		default:
			found = append(found, o)
		}
	}
	return found
}

func (o operation) fits(method string, segments []string) (literal int, ok bool) {
	if o.method != method || len(o.segments) != len(segments) {
		return 0, false
	}
	for i, part := range o.segments {
		switch {
		case isParameter(part):
		case part != segments[i]:
			return 0, false
		default:
			literal++
		}
	}
	return literal, true
}

// parameters are the values that a path has for the braces of the template.
func (o operation) parameters(escapedPath string) map[string]string {
	values := map[string]string{}
	for i, segment := range strings.Split(escapedPath, "/") {
		if part := o.segments[i]; isParameter(part) {
			value, err := url.PathUnescape(segment)
			if err != nil {
				value = segment
			}
			values[strings.Trim(part, "{}")] = value
		}
	}
	return values
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }
