package zohohubtest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// request is a call that found its route.
type request struct {
	http    *http.Request
	version *version
	grant   grant
	module  *schema.Module
	id      string
	// relation is the related list that the path names, related the record in it.
	relation, related string
	// attachment is the one of a record's that the path names.
	attachment string
	query      url.Values
	body       []byte
	upload     *upload // instead of body, for calls that take files
}

// outcome is what goes back: a body in JSON or a file; without either nothing but the status does.
type outcome struct {
	status   int
	body     any
	download *download
	credits  int
	// after makes body once mu is given back: it calls code that is not the fake's.
	after func() any
}

// refusal is Zoho's no: to a request, or to one row of a batch.
type refusal struct {
	status        int
	code, message string
	details       map[string]any
}

func (f *refusal) Error() string { return fmt.Sprintf("%s: %s %v", f.code, f.message, f.details) }

// item is the refusal in Zoho's envelope: the whole answer, or one of the rows.
func (f *refusal) item() map[string]any {
	details := f.details
	if details == nil {
		details = map[string]any{}
	}
	return map[string]any{"code": f.code, "details": details, "message": f.message, "status": "error"}
}

func (f *refusal) outcome() outcome { return outcome{status: f.status, body: f.item()} }

func newRefusal(status int, code, message string, details map[string]any) *refusal {
	return &refusal{status: status, code: code, message: message, details: details}
}

func scopeMismatch() *refusal {
	return newRefusal(http.StatusUnauthorized, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", nil)
}

// moduleName is what a path's first segment must look like to be taken for a module that does not exist.
var moduleName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// reserved are first segments that are never modules, though the fake serves none or only some of what is below them.
var reserved = []string{"actions", "bulk", "composite_requests", "coql", "files", "functions", "org", "settings", "upload", "users"}

// unlisted are third segments that are never related lists, though the fake serves none or only some of what is there, and
// second ones that are never ids.
var (
	unlisted = []string{"actions", "photo", "Attachments", "Emails", "Locking_Information__s", "__timeline", "__conversion_options"}
	noIDs    = []string{"actions", "deleted", "search", "upsert"}
)

// route answers one call. It holds mu from when it has read the request to the end.
func (c *crm) route(r *http.Request, g grant) outcome {
	segments, v := splitPath(r.URL)
	rt, vars, refused := findRoute(r.Method, segments, v)
	if refused != nil {
		return refused.outcome()
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return newRefusal(http.StatusBadRequest, "UNABLE_TO_PARSE_DATA_TYPE",
			"either the request body or parameters is in wrong format", nil).outcome()
	}
	q := &request{http: r, version: v, grant: g, id: vars["id"], relation: vars["list"], related: vars["related"], attachment: vars["attachment"], query: query}
	switch {
	case rt.uploads != nil:
		// Before mu is taken, like any other body: files may take long.
		q.upload = c.receive(r, rt.uploads)
		defer q.upload.discard()
	case r.Body != nil:
		// Before mu is taken: a client that stops in the middle must not hold up the others.
		tooLarge := r.ContentLength > maxBody
		if !tooLarge {
			body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
			if err == nil {
				q.body = body // what broke off is refused like no body at all
			}
			tooLarge = len(body) > maxBody
		}
		if tooLarge {
			return newRefusal(http.StatusRequestEntityTooLarge, "REQUEST_ENTITY_TOO_LARGE", "the request is too large", nil).outcome()
		}
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	scope := ""
	if name, ok := vars["module"]; ok {
		m := c.schema.Module(name)
		switch {
		case m == nil:
			return unknownModule(map[string]any{"resource_path_index": 0}).outcome()
		case !isRecordModule(m) && !(rt.subforms && m.GeneratedType == "subform"):
			return newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "the given module is not supported for this api",
				map[string]any{"resource_path_index": 0}).outcome()
		}
		q.module, scope = m, m.ScopeName
	}
	for _, s := range rt.scopes {
		if !g.allows(strings.ReplaceAll(s, "{module}", scope)) {
			return scopeMismatch().outcome()
		}
	}
	c.runJobs()
	a := c.noting(q, rt.handle)
	if a.credits == 0 {
		a.credits = rt.credits
	}
	return a
}

// isRecordModule tells whether records of a module can be asked for and written under its own name.
func isRecordModule(m *schema.Module) bool { return m.APISupported && m.GeneratedType != "subform" }

// splitPath gives what follows /crm/{version}/, unescaped, and the version; nil for what is none of Zoho's paths.
func splitPath(u *url.URL) ([]string, *version) {
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if len(segments) < 3 || segments[0] != "crm" {
		return nil, nil
	}
	v := versions[segments[1]]
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == "" {
			return nil, nil
		}
		segments[i] = plain
	}
	return segments[2:], v
}

// findRoute finds the call that a path and a method mean.
func findRoute(method string, segments []string, v *version) (*route, map[string]string, *refusal) {
	unknown := newRefusal(http.StatusNotFound, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", nil)
	if v == nil {
		return nil, nil, unknown
	}
	pattern := ""
	for i := range routes {
		rt := &routes[i]
		if pattern != "" && rt.pattern != pattern {
			continue
		}
		vars, ok := match(rt.pattern, segments)
		if !ok {
			continue
		}
		pattern = rt.pattern
		switch {
		case rt.method != method:
		case v.name < rt.since:
			return nil, nil, newRefusal(http.StatusBadRequest, "API_NOT_SUPPORTED", "api not supported in this version",
				map[string]any{"supported_version": rt.since})
		default:
			return rt, vars, nil
		}
	}
	if pattern == "" {
		return nil, nil, unknown
	}
	return nil, nil, newRefusal(http.StatusBadRequest, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one", nil)
}

func match(pattern string, segments []string) (map[string]string, bool) {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, p := range parts {
		name, isVar := strings.CutPrefix(p, "{")
		switch {
		case !isVar && p != segments[i]:
			return nil, false
		case p == "{module}" && (!moduleName.MatchString(segments[i]) || slices.Contains(reserved, segments[i])):
			return nil, false
		case p == "{list}" && (slices.Contains(unlisted, segments[i]) || slices.Contains(noIDs, segments[i-1])):
			return nil, false
		case isVar:
			vars[strings.TrimSuffix(name, "}")] = segments[i]
		}
	}
	return vars, true
}
