package contract

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest"
)

var (
	oldVersion = regexp.MustCompile(`^/crm/(bulk/)?v(2|2\.1|3|4|5|6|7)/`)
	recycling  = regexp.MustCompile(`^/crm/v8/settings/recycle_bin/([^/]+/)?actions/`)
	notesOf    = regexp.MustCompile(`^/crm/v8/[^/]+/[^/]+/Notes(/|$)`)
)

// leftOut says why an exchange is not checked; empty when it is. What is outside of Zoho's files is checked by the tests
// of the root module alone.
func leftOut(e *zohohubtest.Exchange) string {
	switch {
	case e.Faulted:
		return "a fault that a test injected"
	case e.Status == 0:
		return "the connection was lost before an answer"
	case strings.HasPrefix(e.Path, "/oauth/"):
		return "outside Zoho's files: the accounts server (OAuth)"
	case oldVersion.MatchString(e.Path):
		return "outside Zoho's files: API versions v2 to v7"
	case notesOf.MatchString(e.Path):
		// The template of related_records.json fits, but Zoho documents these calls apart, with other answers.
		return "outside Zoho's files: /{module}/{id}/Notes"
	case strings.HasSuffix(e.Path, "/actions/get_related_records_count"):
		return "outside Zoho's files: get_related_records_count"
	case strings.HasPrefix(e.Path, "/crm/v8/functions/"):
		return "outside Zoho's files: functions"
	case recycling.MatchString(e.Path):
		return "outside Zoho's files: the recycle bin's count, restore and empty"
	case e.Status == http.StatusBadRequest && !isForm(e) && e.Method != http.MethodGet && e.Method != http.MethodDelete && !isObject(e.Request.Body):
		return "outside Zoho's files: the refusal of a body that is no JSON object"
	case !strings.HasPrefix(e.Path, "/crm/"):
		return "no path of Zoho's CRM: asked for to see it refused"
	}
	return ""
}

func isForm(e *zohohubtest.Exchange) bool {
	return strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/")
}

func isObject(body string) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal([]byte(body), &object) == nil && object != nil
}
