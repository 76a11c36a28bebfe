package zohohubtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tagsJSON(items ...string) string { return `{"tags":[` + strings.Join(items, ",") + `]}` }

// tagJSON is a tag in a list of tags; color is JSON.
func tagJSON(id, name, color string) string {
	return `{"id":"` + id + `","name":"` + name + `","color_code":` + color + `,"created_by":` + anaRef + `,"modified_by":` + anaRef +
		`,"created_time":"` + testTime + `","modified_time":"` + testTime + `"}`
}

func tagDone(what, tag string) string {
	return `{"code":"SUCCESS","details":` + tag + `,"message":"tags ` + what + ` successfully","status":"success"}`
}

func tagFault(code, message, name, more string) string {
	return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.tags[0].`+name+`"`+more+`}`)
}

const supportedColors = `["#57B1FD","#879BFC","#658BA8","#FD87BD","#969696","#F48435","#1DB9B4","#E7A826","#63C57E","#F17574","#D297EE","#A8C026","#B88562"]`

func TestTagsOfAModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	const at = "v8/settings/tags?module=Leads"
	o.expect(204, "", "GET", at, "")
	vip, cold := tagJSON(id1, "VIP", `"#57B1FD"`), tagJSON(id2, "cold", "null")
	o.expect(201, tagsJSON(tagDone("created", vip), tagDone("created", cold)), "POST", at, `{"tags":[{"name":"VIP","color_code":"#57B1FD"},{"name":"cold"}]}`)
	list := func(items ...string) string {
		return `{"tags":[` + strings.Join(items, ",") + fmt.Sprintf(`],"info":{"count":%d,"allowed_count":200}}`, len(items))
	}
	o.expect(200, list(vip, cold), "GET", at, "")
	// Names are told apart without case, and by module.
	duplicate := tagFault("DUPLICATE_DATA", "duplicate data", "name", `,"id":"`+id1+`"`)
	warm := tagJSON(id3, "warm", `"#F17574"`)
	o.expect(207, tagsJSON(duplicate, tagDone("created", warm)), "POST", at, `{"tags":[{"name":"vip"},{"name":"warm","color_code":"#F17574"}]}`)
	o.expect(201, tagsJSON(tagDone("created", tagJSON(id4, "VIP", "null"))), "POST", "v8/settings/tags?module=Contacts", `{"tags":[{"name":"VIP"}]}`)

	for row, want := range map[string]string{
		`{}`:            tagFault("MANDATORY_NOT_FOUND", "required field not found", "name", ""),
		`{"name":null}`: tagFault("MANDATORY_NOT_FOUND", "required field not found", "name", ""),
		`{"name":""}`:   tagFault("MANDATORY_NOT_FOUND", "required field not found", "name", ""),
		`{"name":7}`:    tagFault("INVALID_DATA", "invalid data", "name", `,"expected_data_type":"text"`),
		`{"name":"` + strings.Repeat("é", 26) + `"}`: tagFault("INVALID_DATA", "invalid data", "name", `,"maximum_length":25`),
		`{"name":"x","color_code":"#FFFFFF"}`:        tagFault("INVALID_DATA", "invalid data", "color_code", `,"supported_values":`+supportedColors),
		`{"name":"x","color_code":"#57b1fd"}`:        tagFault("INVALID_DATA", "invalid data", "color_code", `,"supported_values":`+supportedColors),
		`{"name":"x","color_code":7}`:                tagFault("INVALID_DATA", "invalid data", "color_code", `,"expected_data_type":"text"`),
		`7`:                                          refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"tags","json_path":"$.tags[0]","expected_data_type":"jsonobject"}`),
	} {
		o.expect(400, tagsJSON(want), "POST", at, `{"tags":[`+row+`]}`)
		o.expect(202, tagsJSON(strings.NewReplacer(`"json_path":"$.tags[0].name",`, "", `,"json_path":"$.tags[0].name"`, "",
			`,"json_path":"$.tags[0].color_code"`, "", `,"json_path":"$.tags[0]"`, "").Replace(want)), "POST", "v2/settings/tags?module=Leads", `{"tags":[`+row+`]}`)
	}
	o.expect(200, list(vip, cold, warm), "GET", at, "") // what was refused is not there
	o.expect(201, tagsJSON(tagDone("created", tagJSON("5725767000010000005", strings.Repeat("é", 25), "null"))), "POST", at, `{"tags":[{"name":"`+strings.Repeat("é", 25)+`"}]}`)

	bruno := grant{Scopes: allScopes, UserID: brunoID}
	assert.Equal(t, 204, o.callAs(bruno, "GET", at+"&my_tags=true", "").Code)
	assert.Equal(t, 200, o.callAs(bruno, "GET", at+"&my_tags=false", "").Code)
	o.expect(400, badParam("my_tags"), "GET", at+"&my_tags=some", "")
	for _, call := range [][2]string{{"GET", "tags"}, {"POST", "tags"}, {"PUT", "tags"}, {"PUT", "tags/" + id1}, {"GET", "tags/" + id1 + "/actions/records_count"}} {
		path := "v8/settings/" + call[1]
		o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"module","param":"module"}`), call[0], path, "")
		o.expect(400, refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{}`), call[0], path+"?module=Leeds", "")
		o.expect(400, refusedJSON("INVALID_MODULE", "the given module is not supported for this api", `{}`), call[0], path+"?module=Notes", "")
	}
}

func TestTagsAreBounded(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	var rows []string
	for i := range 100 {
		rows = append(rows, fmt.Sprintf(`{"name":"a%d"}`, i))
	}
	body := `{"tags":[` + strings.Join(rows, ",") + `]}`
	require.Equal(t, 201, o.call("POST", "v8/settings/tags?module=Leads", body).Code)
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"tags","json_path":"$.tags","maximum_length":100}`), "POST", "v8/settings/tags?module=Leads",
		`{"tags":[`+strings.Join(append(rows, rows[0]), ",")+`]}`)
	require.Equal(t, 201, o.call("POST", "v8/settings/tags?module=Leads", strings.ReplaceAll(body, `:"a`, `:"b`)).Code)
	full := refusedJSON("LICENSE_LIMIT_EXCEEDED", "tags edition limit exceeded", `{}`)
	o.expect(400, tagsJSON(full), "POST", "v8/settings/tags?module=Leads", `{"tags":[{"name":"one too many"}]}`)
	o.expect(400, rowsJSON(full), "POST", "v8/Leads", `{"data":[{"Last_Name":"D","Tag":[{"name":"one too many"}]}]}`)
	assert.Equal(t, 201, o.call("POST", "v8/Leads", `{"data":[{"Last_Name":"D","Tag":[{"name":"b99"}]}]}`).Code)
}

func TestTagsChange(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	const at = "v8/settings/tags?module=Leads"
	require.Equal(t, 201, o.call("POST", at, `{"tags":[{"name":"VIP","color_code":"#57B1FD"},{"name":"cold"},{"name":"warm"}]}`).Code)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Tag": []any{map[string]any{"name": "cold"}, map[string]any{"name": "vip"}, map[string]any{"id": id3}}})[0]
	other := o.seed("Leads", map[string]any{"Last_Name": "Roe", "Tag": []any{map[string]any{"name": "warm"}}})[0]
	ref := func(id, name, color string) string {
		return `{"id":"` + id + `","name":"` + name + `","color_code":` + color + `}`
	}
	shows := func(refs ...string) {
		t.Helper()
		o.expect(200, rowsJSON(`{"id":"`+lead+`","Tag":[`+strings.Join(refs, ",")+`]}`), "GET", "v8/Leads/"+lead+"?fields=Tag", "")
	}
	shows(ref(id2, "cold", "null"), ref(id1, "VIP", `"#57B1FD"`), ref(id3, "warm", "null"))

	// A new name or colour shows on the records.
	o.now = o.now.Add(time.Minute)
	later := func(tag string) string {
		return strings.Replace(tag, `"modified_time":"`+testTime, `"modified_time":"2026-03-01T10:01:00+01:00`, 1)
	}
	o.expect(200, tagsJSON(tagDone("updated", later(tagJSON(id2, "icy", "null"))), tagDone("updated", later(tagJSON(id1, "VIP", "null")))), "PUT", at,
		`{"tags":[{"id":"`+id2+`","name":"icy"},{"id":"`+id1+`","color_code":null}]}`)
	o.expect(200, tagsJSON(tagDone("updated", later(tagJSON(id1, "vip", `"#969696"`)))), "PUT", "v8/settings/tags/"+id1+"?module=Leads", `{"tags":[{"name":"vip","color_code":"#969696"}]}`)
	shows(ref(id2, "icy", "null"), ref(id1, "vip", `"#969696"`), ref(id3, "warm", "null"))
	o.expect(200, `{"data":[{"id":"`+lead+`","Tag":[`+ref(id2, "icy", "null")+`,`+ref(id1, "vip", `"#969696"`)+`,`+ref(id3, "warm", "null")+`]}],
		"info":{"per_page":200,"count":1,"page":1,"more_records":false,"sort_by":"id","sort_order":"desc"}}`, "GET", "v8/Leads/search?criteria=(Last_Name:equals:Doe)&fields=Tag", "")

	o.expect(400, tagsJSON(tagFault("DUPLICATE_DATA", "duplicate data", "name", `,"id":"`+id1+`"`)), "PUT", at, `{"tags":[{"id":"`+id2+`","name":"VIP"}]}`)
	o.expect(400, tagsJSON(tagFault("MANDATORY_NOT_FOUND", "required field not found", "id", "")), "PUT", at, `{"tags":[{"name":"x"}]}`)
	o.expect(400, tagsJSON(tagFault("INVALID_DATA", "the id given seems to be invalid", "id", `,"id":"5"`)), "PUT", at, `{"tags":[{"id":"5","name":"x"}]}`)
	o.expect(400, tagsJSON(refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field",
		`{"expected_fields":[{"api_name":"name","json_path":"$.tags[0].name"},{"api_name":"color_code","json_path":"$.tags[0].color_code"}]}`)), "PUT", at, `{"tags":[{"id":"`+id1+`"}]}`)
	o.expect(400, tagsJSON(tagFault("INVALID_DATA", "invalid data", "color_code", `,"supported_values":`+supportedColors)), "PUT", at, `{"tags":[{"id":"`+id1+`","name":"new","color_code":"red"}]}`)
	unknown := func(id string) string {
		return refusedJSON("INVALID_DATA", "tags not found", `{"id":"`+id+`","resource_path_index":2}`)
	}
	o.expect(400, unknown("5"), "PUT", "v8/settings/tags/5?module=Leads", `{"tags":[{"name":"x"}]}`)
	o.expect(400, unknown(id1), "PUT", "v8/settings/tags/"+id1+"?module=Contacts", `{"tags":[{"name":"x"}]}`)
	shows(ref(id2, "icy", "null"), ref(id1, "vip", `"#969696"`), ref(id3, "warm", "null"))

	count := func(id, want string) {
		t.Helper()
		o.expect(200, `{"count":"`+want+`"}`, "GET", "v8/settings/tags/"+id+"/actions/records_count?module=Leads", "")
	}
	count(id3, "2")
	count(id1, "1")
	o.expect(400, unknown("5"), "GET", "v8/settings/tags/5/actions/records_count?module=Leads", "")

	// Merged, a tag stands for both, and once on a record that had both.
	merge := "v8/settings/tags/" + id1 + "/actions/merge"
	o.expect(400, tagsJSON(tagFault("INVALID_DATA", "invalid data", "conflict_id", "")), "POST", merge, `{"tags":[{"conflict_id":"`+id1+`"}]}`)
	o.expect(400, tagsJSON(tagFault("INVALID_DATA", "invalid data", "conflict_id", "")), "POST", merge, `{"tags":[{"conflict_id":"5"}]}`)
	o.expect(400, tagsJSON(tagFault("MANDATORY_NOT_FOUND", "required field not found", "conflict_id", "")), "POST", merge, `{"tags":[{}]}`)
	o.expect(400, unknown("5"), "POST", "v8/settings/tags/5/actions/merge", `{"tags":[{"conflict_id":"`+id1+`"}]}`)
	o.expect(200, tagsJSON(tagDone("updated", later(tagJSON(id1, "vip", `"#969696"`)))), "POST", merge, `{"tags":[{"conflict_id":"`+id3+`"}]}`)
	shows(ref(id2, "icy", "null"), ref(id1, "vip", `"#969696"`))
	count(id1, "2")
	o.expect(400, unknown(id3), "DELETE", "v8/settings/tags/"+id3, "")

	// Deleted, it goes from the records, merged ones included.
	o.expect(200, tagsJSON(tagDone("deleted", later(tagJSON(id1, "vip", `"#969696"`)))), "DELETE", "v8/settings/tags/"+id1, "")
	shows(ref(id2, "icy", "null"))
	o.expect(200, rowsJSON(`{"id":"`+other+`","Tag":[]}`), "GET", "v8/Leads/"+other+"?fields=Tag", "")
	o.expect(400, unknown(id1), "DELETE", "v8/settings/tags/"+id1, "")
	// The name is free again.
	assert.Equal(t, 201, o.call("POST", at, `{"tags":[{"name":"vip"}]}`).Code)
}

func TestScopesOfTags(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	settings, add := "v8/settings/tags?module=Leads", "v8/Leads/"+lead+"/actions/add_tags"
	body := `{"tags":[{"name":"a"}]}`
	for _, test := range []struct {
		scope, method, path string
		allowed             bool
	}{
		{"ZohoCRM.settings.tags.READ", "GET", settings, true},
		{"ZohoCRM.settings.tags.READ", "POST", settings, false},
		{"ZohoCRM.settings.tags.CREATE", "POST", settings, true},
		{"ZohoCRM.settings.tags.CREATE", "PUT", settings, false},
		{"ZohoCRM.settings.ALL", "DELETE", "v8/settings/tags/1", true},
		{"ZohoCRM.settings.tags.UPDATE", "DELETE", "v8/settings/tags/1", false},
		{"ZohoCRM.settings.tags.WRITE", "POST", "v8/settings/tags/1/actions/merge", true},
		{"ZohoCRM.modules.ALL", "GET", settings, false},
		{"ZohoCRM.settings.ALL", "POST", add, false},
		{"ZohoCRM.modules.leads.READ", "POST", add, false},
		{"ZohoCRM.modules.leads.UPDATE", "POST", add, true},
	} {
		w := o.callAs(grant{Scopes: []string{test.scope}, UserID: defaultUserID}, test.method, test.path, body)
		assert.Equal(t, test.allowed, w.Code != 401, "%s %s with %s: %s", test.method, test.path, test.scope, w.Body)
	}
}
