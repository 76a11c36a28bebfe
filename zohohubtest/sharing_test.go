package zohohubtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const managerID = "3652397000000026008"

func sharesJSON(items ...string) string { return `{"share":[` + strings.Join(items, ",") + `]}` }

const sharedJSON = `{"code":"SUCCESS","details":{},"message":"record will be shared successfully","status":"success"}`

func shareFault(code, message, path, more string) string {
	name := path[strings.LastIndex(path, ".")+1:]
	return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.share[0].`+path+`"`+more+`}`)
}

// shareShown is a share with a lead's in an answer.
func shareShown(lead, name, with, user, permission, kind string, related string) string {
	shown := `{"permission":"` + permission + `","share_related_records":` + related + `,"shared_time":"` + testTime + `",
		"shared_by":{"name":"Ana Silva","id":"3652397000000186021","zuid":"20070000001"},"user":` + user + `,
		"shared_through":{"module":{"name":"Leads","api_name":"Leads","id":"` + leadsModuleID + `"},"entity_name":"` + name + `","id":"` + lead + `"}`
	if kind != "" {
		shown += `,"type":"` + kind + `"`
	}
	if with != "" {
		shown += `,"shared_with":` + with
	}
	return shown + `}`
}

const (
	leadsModuleID = "5550000000100000000"
	brunoUser     = `{"name":"Bruno Costa","id":"3652397000000186022","zuid":"20070000002"}`
	brunoWith     = `{"id":"3652397000000186022","name":"Bruno Costa","type":"users"}`
)

func toUser(id, permission string) string {
	return `{"type":"private","shared_with":{"type":"users","id":"` + id + `"},"permission":"` + permission + `"}`
}

func TestSharing(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/actions/share"
	name := o.crm.records("Leads")[0]["Full_Name"].(string)
	o.expect(204, "", "GET", at+"?view=summary", "")
	got := o.call("GET", at, "")
	assert.Equal(t, 200, got.Code)
	assert.Contains(t, got.Body.String(), `"share":[]`)
	assert.Contains(t, got.Body.String(), brunoID)
	assert.NotContains(t, got.Body.String(), defaultUserID, "an administrator sees it anyway")

	o.expect(201, sharesJSON(sharedJSON, sharedJSON), "POST", at, `{"share":[`+toUser(brunoID, "read_only")+`,
		{"type":"private","shared_with":{"type":"roles","id":"`+managerID+`"},"permission":"read_write","share_related_records":true}],"notify":true,"notify_on_completion":false}`)
	bruno := shareShown(lead, name, brunoWith, brunoUser, "read_only", "private", "false")
	manager := shareShown(lead, name, `{"id":"`+managerID+`","name":"Manager","type":"roles"}`, "null", "read_write", "private", "true")
	list := func(items ...string) string {
		return `{"share":[` + strings.Join(items, ",") + `],"shareable_user":[]}`
	}
	o.expect(200, list(bruno, manager), "GET", at+"?view=summary", "")
	o.expect(200, list(bruno), "GET", at+"?view=summary&sharedTo="+brunoID, "")
	o.expect(400, refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"api_name":"view"}`), "GET", at+"?view=all", "")
	o.expect(400, refusedJSON("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", `{"api_name":"sharedTo"}`), "GET", at+"?sharedTo=me", "")

	// Who has it is refused, and hides no success.
	group := `{"type":"private","shared_with":{"type":"groups","id":"` + shareGroupID + `"},"permission":"full_access"}`
	duplicate := shareFault("DUPLICATE_DATA", "record is already visible to the user.", "shared_with", "")
	o.expect(207, sharesJSON(duplicate, sharedJSON), "POST", at, `{"share":[`+toUser(brunoID, "read_only")+`,`+group+`]}`)
	// PUT replaces, unless it is refused as a whole.
	o.expect(400, sharesJSON(shareFault("INVALID_DATA", "invalid user Id", "shared_with.id", "")), "PUT", at, `{"share":[`+toUser("7", "read_only")+`]}`)
	o.expect(200, sharesJSON(sharedJSON), "PUT", at, `{"share":[`+toUser(brunoID, "full_access")+`]}`)
	o.expect(200, list(shareShown(lead, name, brunoWith, brunoUser, "full_access", "private", "false")), "GET", at+"?view=summary", "")
	o.expect(200, sharesJSON(sharedJSON), "PUT", at, `{"share":[{"type":"public","permission":"read_only"}]}`)
	o.expect(200, list(shareShown(lead, name, "", "null", "read_only", "public", "false")), "GET", at+"?view=summary", "")

	o.expect(200, `{"share":{"code":"SUCCESS","details":{"id":"`+lead+`"},"message":"Sharing Revoked","status":"success"}}`, "DELETE", at, "")
	o.expect(400, refusedJSON("CANNOT_PROCESS", "No sharing through this record is available to revoke", `{}`), "DELETE", at, "")
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		o.expect(400, refusedJSON("INVALID_DATA", "ENTITY_ID_INVALID", `{"resource_path_index":1}`), method, "v8/Leads/5/actions/share", `{}`)
		o.expect(403, refusedJSON("NOT_ALLOWED", "Record Level Sharing is not supported for this module", `{}`), method, "v8/Tasks/5/actions/share", `{}`)
	}
	o.expect(400, refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{"resource_path_index":0}`), "GET", "v8/Leeds/5/actions/share", "")
}

func TestSharingRefusals(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/actions/share"
	const clara = "3652397000000186023"
	for row, want := range map[string]string{
		`{}`:                  shareFault("MANDATORY_NOT_FOUND", "required field not found", "type", ""),
		`{"type":"secret"}`:   shareFault("INVALID_DATA", "invalid data", "type", `,"regex":"private|public"`),
		`{"type":"private"}`:  shareFault("MANDATORY_NOT_FOUND", "required field not found", "shared_with", ""),
		`{"type":"public"}`:   shareFault("MANDATORY_NOT_FOUND", "required field not found", "permission", ""),
		toUser(brunoID, "do"): shareFault("INVALID_DATA", "invalid data", "permission", `,"regex":"read_only|read_write|full_access"`),
		`{"type":"private","shared_with":"` + brunoID + `"}`:                                                                     shareFault("INVALID_DATA", "invalid data", "shared_with", `,"expected_data_type":"jsonobject"`),
		`{"type":"private","shared_with":{"id":"` + brunoID + `"}}`:                                                              shareFault("MANDATORY_NOT_FOUND", "required field not found", "shared_with.type", ""),
		`{"type":"private","shared_with":{"type":"cats","id":"7"}}`:                                                              shareFault("INVALID_DATA", "invalid data", "shared_with.type", `,"regex":"users|roles|groups"`),
		`{"type":"private","shared_with":{"type":"users"}}`:                                                                      shareFault("MANDATORY_NOT_FOUND", "required field not found", "shared_with.id", ""),
		`{"type":"private","shared_with":{"type":"roles","id":"7"}}`:                                                             shareFault("INVALID_DATA", "invalid role Id", "shared_with.id", ""),
		`{"type":"private","shared_with":{"type":"groups","id":"7"}}`:                                                            shareFault("INVALID_DATA", "invalid group Id", "shared_with.id", ""),
		toUser(clara, "read_only"):                                                                                               shareFault("INVALID_DATA", "cannot share to the user", "shared_with", ""),
		toUser(defaultUserID, "read_only"):                                                                                       shareFault("DUPLICATE_DATA", "record is already visible to the user.", "shared_with", ""),
		strings.Replace(toUser(brunoID, "read_only"), `{"type":"private"`, `{"share_related_records":"yes","type":"private"`, 1): shareFault("INVALID_DATA", "invalid data", "share_related_records", `,"expected_data_type":"boolean"`),
		`{"type":"public","permission":"read_only","shared_with":{"id":"7"}}`:                                                    shareFault("INVALID_DATA", "invalid data", "shared_with", `,"dependee":{"api_name":"type","json_path":"$.share[0].type"}`),
		`7`: refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"share","json_path":"$.share[0]","expected_data_type":"jsonobject"}`),
	} {
		o.expect(400, sharesJSON(want), "POST", at, `{"share":[`+row+`]}`)
	}
	whole := func(code, message, name, more string) string {
		return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.`+name+`"`+more+`}`)
	}
	for body, want := range map[string]string{
		``:                            refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`),
		`{}`:                          whole("MANDATORY_NOT_FOUND", "required field not found", "share", ""),
		`{"share":[]}`:                whole("INVALID_DATA", "invalid data", "share", `,"minimum_length":1`),
		`{"share":[],"notify":"yes"}`: whole("INVALID_DATA", "invalid data", "notify", `,"expected_data_type":"boolean"`),
		`{"share":[` + strings.Repeat(`{},`, 20) + `{}]}`: whole("INVALID_DATA", "invalid data", "share", `,"maximum_length":20`),
		`{"share":[{"type":"private"},{"type":"public"}]}`: refusedJSON("AMBIGUITY_DURING_PROCESSING", "For public sharing more than one json object is given",
			`{"ambiguity_due_to":[{"api_name":"type","json_path":"$.share[1].type"}]}`),
	} {
		o.expect(400, want, "PUT", at, body)
	}
	assert.Empty(t, o.crm.shares)

	// Limits are for each kind.
	id, _ := parseID(lead)
	key := keyOf(o.crm.schema.Module("Leads"), id)
	for range 10 {
		o.crm.shares[key] = append(o.crm.shares[key], &share{kind: "users", id: "1"})
	}
	o.expect(400, sharesJSON(shareFault("SHARE_LIMIT_EXCEEDED", "Cannot share a record to more than 10 users.", "shared_with", `,"limit":10`)), "POST", at, `{"share":[`+toUser(brunoID, "read_only")+`]}`)
	o.expect(201, sharesJSON(sharedJSON), "POST", at, `{"share":[{"type":"private","shared_with":{"type":"roles","id":"`+managerID+`"},"permission":"read_only"}]}`)

	// The owner has it already.
	theirs := o.seed("Leads", map[string]any{"Last_Name": "Roe", "Owner": map[string]any{"id": brunoID}})[0]
	o.expect(400, sharesJSON(shareFault("DUPLICATE_DATA", "record is already visible to the user.", "shared_with", "")), "POST", "v8/Leads/"+theirs+"/actions/share", `{"share":[`+toUser(brunoID, "read_only")+`]}`)
	got := o.callAs(grant{Scopes: []string{"ZohoCRM.modules.ALL", "ZohoCRM.share.leads.READ"}, UserID: defaultUserID}, "DELETE", at, "")
	assert.Equal(t, 401, got.Code)
	got = o.callAs(grant{Scopes: []string{"ZohoCRM.share.leads.READ"}, UserID: defaultUserID}, "GET", at, "")
	require.Equal(t, 200, got.Code)
}

// TestSharingInOldVersions: before v4 there are users only.
func TestSharingInOldVersions(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"v2", "v2.1", "v3"} {
		o := newOrg(t)
		lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
		name := o.crm.records("Leads")[0]["Full_Name"].(string)
		at := v + "/Leads/" + lead + "/actions/share"
		o.expect(201, sharesJSON(sharedJSON), "POST", at, `{"share":[{"user":{"id":"`+brunoID+`"},"permission":"read_only","share_related_records":true}]}`)
		o.expect(200, `{"share":[`+shareShown(lead, name, "", brunoUser, "read_only", "", "true")+`],"shareable_user":[]}`, "GET", at+"?view=summary", "")
		assert.NotEqual(t, 200, o.call("PUT", at, `{"share":[`+toUser(brunoID, "read_only")+`]}`).Code)
	}
}
