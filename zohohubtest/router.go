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

// route is one of Zoho's calls. In a pattern {module} stands for a module and every other name in braces for anything.
type route struct {
	method, pattern string
	// since is the first version that has the call, when that is not v2.
	since string
	// scopes must all be granted; {module} is the module's scope name.
	scopes []string
	// subforms: the call also works on the modules that are subforms of others.
	subforms bool
	// uploads: the body is a form with files, within these bounds.
	uploads *uploadRule
	credits int
	handle  func(*crm, *request) outcome
}

const (
	readScope   = "ZohoCRM.modules.{module}.READ"
	createScope = "ZohoCRM.modules.{module}.CREATE"
	updateScope = "ZohoCRM.modules.{module}.UPDATE"
	deleteScope = "ZohoCRM.modules.{module}.DELETE"
	viewsScope  = "ZohoCRM.settings.custom_views.READ"
	searchScope = "ZohoSearch.securesearch.READ"
	notesRead   = "ZohoCRM.modules.notes.READ"
	notesCreate = "ZohoCRM.modules.notes.CREATE"
	notesUpdate = "ZohoCRM.modules.notes.UPDATE"
	notesDelete = "ZohoCRM.modules.notes.DELETE"
	tagsScope   = "ZohoCRM.settings.tags."
	rolesScope  = "ZohoCRM.modules.contacts."

	attachmentsRead   = "ZohoCRM.modules.attachments.READ"
	attachmentsCreate = "ZohoCRM.modules.attachments.CREATE"
	attachmentsDelete = "ZohoCRM.modules.attachments.DELETE"
)

// routes are in order of precedence: the first pattern that fits a path is the path's, whatever the method.
var routes = []route{
	{method: http.MethodGet, pattern: "org", scopes: []string{"ZohoCRM.org.READ"}, credits: 1, handle: (*crm).getOrg},
	{method: http.MethodGet, pattern: "org/photo", scopes: []string{"ZohoCRM.org.READ"}, credits: 1, handle: (*crm).getOrgPhoto},
	{method: http.MethodPost, pattern: "org/photo", scopes: []string{"ZohoCRM.org.CREATE"}, uploads: orgPhotoRule, credits: 1, handle: (*crm).uploadOrgPhoto},
	{method: http.MethodDelete, pattern: "org/photo", scopes: []string{"ZohoCRM.org.DELETE"}, credits: 1, handle: (*crm).deleteOrgPhoto},
	{method: http.MethodGet, pattern: "files", scopes: []string{"ZohoCRM.files.READ"}, credits: 1, handle: (*crm).downloadFile},
	{method: http.MethodPost, pattern: "files", scopes: []string{"ZohoCRM.files.CREATE"}, uploads: zfsRule, credits: 1, handle: (*crm).uploadFiles},
	{method: http.MethodGet, pattern: "users", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).listUsers},
	{method: http.MethodGet, pattern: "users/{id}", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).getUser},
	{method: http.MethodGet, pattern: "settings/modules", scopes: []string{"ZohoCRM.settings.modules.READ"}, credits: 1, handle: (*crm).listModules},
	{method: http.MethodGet, pattern: "settings/modules/{id}", scopes: []string{"ZohoCRM.settings.modules.READ"}, credits: 1, handle: (*crm).getModule},
	{method: http.MethodGet, pattern: "settings/fields", scopes: []string{"ZohoCRM.settings.fields.READ"}, credits: 1, handle: (*crm).listFields},
	{method: http.MethodGet, pattern: "settings/fields/{id}", scopes: []string{"ZohoCRM.settings.fields.READ"}, credits: 1, handle: (*crm).getField},
	{method: http.MethodGet, pattern: "settings/custom_views", scopes: []string{viewsScope}, credits: 1, handle: (*crm).listViews},
	{method: http.MethodGet, pattern: "settings/custom_views/{id}", scopes: []string{viewsScope}, credits: 1, handle: (*crm).getView},

	{method: http.MethodGet, pattern: "settings/related_lists", scopes: []string{"ZohoCRM.settings.related_lists.READ"}, credits: 1, handle: (*crm).listRelatedLists},
	{method: http.MethodGet, pattern: "settings/related_lists/{id}", scopes: []string{"ZohoCRM.settings.related_lists.READ"}, credits: 1, handle: (*crm).getRelatedList},
	{method: http.MethodGet, pattern: "settings/tags", scopes: []string{tagsScope + "READ"}, credits: 1, handle: (*crm).listTags},
	{method: http.MethodPost, pattern: "settings/tags", scopes: []string{tagsScope + "CREATE"}, credits: 1, handle: (*crm).addTags},
	{method: http.MethodPut, pattern: "settings/tags", scopes: []string{tagsScope + "UPDATE"}, credits: 1, handle: (*crm).updateTags},
	{method: http.MethodPut, pattern: "settings/tags/{id}", scopes: []string{tagsScope + "UPDATE"}, credits: 1, handle: (*crm).updateTag},
	{method: http.MethodDelete, pattern: "settings/tags/{id}", scopes: []string{tagsScope + "DELETE"}, credits: 1, handle: (*crm).deleteTag},
	{method: http.MethodPost, pattern: "settings/tags/{id}/actions/merge", scopes: []string{tagsScope + "CREATE"}, credits: 1, handle: (*crm).mergeTags},
	{method: http.MethodGet, pattern: "settings/tags/{id}/actions/records_count", scopes: []string{tagsScope + "READ"}, credits: 1, handle: (*crm).countTagged},

	{method: http.MethodGet, pattern: "Contacts/roles", scopes: []string{rolesScope + "READ"}, credits: 1, handle: (*crm).listRoles},
	{method: http.MethodPost, pattern: "Contacts/roles", scopes: []string{rolesScope + "CREATE"}, credits: 1, handle: (*crm).addRoles},
	{method: http.MethodPut, pattern: "Contacts/roles", scopes: []string{rolesScope + "UPDATE"}, credits: 1, handle: (*crm).updateRoles},
	{method: http.MethodDelete, pattern: "Contacts/roles", scopes: []string{rolesScope + "DELETE"}, credits: 1, handle: (*crm).deleteRoles},
	{method: http.MethodGet, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "READ"}, credits: 1, handle: (*crm).getRole},
	{method: http.MethodPut, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "UPDATE"}, credits: 1, handle: (*crm).updateRole},
	{method: http.MethodDelete, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "DELETE"}, credits: 1, handle: (*crm).deleteRole},

	{method: http.MethodGet, pattern: "{module}/deleted", scopes: []string{readScope}, credits: 1, handle: (*crm).listDeleted},
	{method: http.MethodGet, pattern: "{module}/search", scopes: []string{readScope, searchScope}, subforms: true, credits: 1, handle: (*crm).search},
	{method: http.MethodPost, pattern: "{module}/upsert", scopes: []string{createScope, updateScope}, credits: 1, handle: (*crm).upsert},
	{
		method: http.MethodGet, pattern: "{module}/actions/count", since: "v2.1",
		scopes: []string{readScope, searchScope}, subforms: true, credits: 50, handle: (*crm).count,
	},

	{method: http.MethodGet, pattern: "{module}/{id}/photo", scopes: []string{readScope}, credits: 1, handle: (*crm).getPhoto},
	{method: http.MethodPost, pattern: "{module}/{id}/photo", scopes: []string{createScope}, uploads: photoRule, credits: 1, handle: (*crm).uploadPhoto},
	{method: http.MethodDelete, pattern: "{module}/{id}/photo", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deletePhoto},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsRead}, credits: 1, handle: (*crm).listAttachments,
	},
	{
		method: http.MethodPost, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsCreate}, uploads: attachmentRule, credits: 1, handle: (*crm).addAttachment,
	},
	{
		method: http.MethodDelete, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsDelete}, credits: 1, handle: (*crm).deleteAttachments,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Attachments/{attachment}",
		scopes: []string{readScope, attachmentsRead}, credits: 1, handle: (*crm).getAttachment,
	},
	{
		method: http.MethodDelete, pattern: "{module}/{id}/Attachments/{attachment}",
		scopes: []string{readScope, attachmentsDelete}, credits: 1, handle: (*crm).deleteAttachment,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/actions/download_fields_attachment",
		scopes: []string{readScope}, credits: 1, handle: (*crm).downloadOfField,
	},
	{method: http.MethodPost, pattern: "{module}/actions/add_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).addRecordTags},
	{method: http.MethodPost, pattern: "{module}/actions/remove_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeRecordTags},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/add_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).addRecordTags},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/remove_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeRecordTags},
	{
		method: http.MethodPost, pattern: "{module}/{id}/actions/get_related_records_count", since: "v8",
		scopes: []string{readScope}, credits: 1, handle: (*crm).countRelated,
	},

	{method: http.MethodGet, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesRead}, credits: 1, handle: (*crm).listNotes},
	{method: http.MethodPost, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesCreate}, credits: 1, handle: (*crm).addNotes},
	{method: http.MethodPut, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesUpdate}, credits: 1, handle: (*crm).updateNotes},
	{method: http.MethodDelete, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesDelete}, credits: 1, handle: (*crm).deleteNotes},
	{method: http.MethodGet, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesRead}, credits: 1, handle: (*crm).getNote},
	{method: http.MethodPut, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesUpdate}, credits: 1, handle: (*crm).updateNote},
	{method: http.MethodDelete, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesDelete}, credits: 1, handle: (*crm).deleteNote},

	{method: http.MethodGet, pattern: "{module}/deleted/{id}/{list}", scopes: []string{readScope}, credits: 1, handle: (*crm).listRelatedOfDeleted},
	{method: http.MethodGet, pattern: "{module}/{id}/{list}", scopes: []string{readScope}, credits: 1, handle: (*crm).listRelated},
	{method: http.MethodPut, pattern: "{module}/{id}/{list}", scopes: []string{updateScope}, credits: 1, handle: (*crm).linkMany},
	{method: http.MethodDelete, pattern: "{module}/{id}/{list}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).unlinkMany},
	{method: http.MethodGet, pattern: "{module}/{id}/{list}/{related}", scopes: []string{readScope}, credits: 1, handle: (*crm).getRelated},
	{method: http.MethodPut, pattern: "{module}/{id}/{list}/{related}", scopes: []string{updateScope}, credits: 1, handle: (*crm).linkOne},
	{method: http.MethodDelete, pattern: "{module}/{id}/{list}/{related}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).unlinkOne},

	{method: http.MethodGet, pattern: "{module}/{id}", scopes: []string{readScope}, credits: 1, handle: (*crm).get},
	{method: http.MethodPut, pattern: "{module}/{id}", scopes: []string{updateScope}, credits: 1, handle: (*crm).updateOne},
	{method: http.MethodDelete, pattern: "{module}/{id}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deleteOne},

	{method: http.MethodGet, pattern: "{module}", scopes: []string{readScope}, credits: 1, handle: (*crm).list},
	{method: http.MethodPost, pattern: "{module}", scopes: []string{createScope}, credits: 1, handle: (*crm).insertMany},
	{method: http.MethodPut, pattern: "{module}", scopes: []string{updateScope}, credits: 1, handle: (*crm).updateMany},
	{method: http.MethodDelete, pattern: "{module}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deleteMany},
}

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
	a := rt.handle(c, q)
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
