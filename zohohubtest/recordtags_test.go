package zohohubtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// taggedJSON is the answer to a change of records' tags.
func taggedJSON(done int, items ...string) string {
	return `{"data":[` + strings.Join(items, ",") + fmt.Sprintf(`],"wf_scheduler":false,"success_count":"%d","locked_count":"0"}`, done)
}

func taggedRow(id string, refs ...string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `","tags":[` + strings.Join(refs, ",") + `]},"message":"tags updated successfully","status":"success"}`
}

func TestTagFieldOfARecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "A", "Tag": []any{map[string]any{"name": "vip"}}}, map[string]any{"Last_Name": "B"})
	at := "v8/Leads/" + ids[1]
	require.Equal(t, 200, o.call("PUT", at, `{"data":[{"Tag":[{"name":"VIP"},{"name":"new","color_code":"#1DB9B4"},{"name":"Vip"}]}]}`).Code)
	refs := o.crm.records("Leads")[1]["Tag"].([]any)
	vip, fresh := refs[0].(map[string]any)["id"].(string), refs[1].(map[string]any)["id"].(string)
	want := `[{"name":"vip","id":"` + vip + `","color_code":null},{"name":"new","id":"` + fresh + `","color_code":"#1DB9B4"}]`
	o.expect(200, rowsJSON(`{"id":"`+ids[1]+`","Tag":`+want+`}`), "GET", at+"?fields=Tag", "")
	o.expect(200, `{"data":[{"id":"`+ids[1]+`","Tag":`+want+`},{"id":"`+ids[0]+`","Tag":[{"name":"vip","id":"`+vip+`","color_code":null}]}],"info":`+lastPage(2, 200)+`}`,
		"GET", "v8/Leads?fields=Tag", "")
	// By id; the name does not count then.
	require.Equal(t, 200, o.call("PUT", at, `{"data":[{"Tag":[{"id":"`+fresh+`","name":"whatever"}]}]}`).Code)
	o.expect(200, rowsJSON(`{"id":"`+ids[1]+`","Tag":[{"name":"new","id":"`+fresh+`","color_code":"#1DB9B4"}]}`), "GET", at+"?fields=Tag", "")
	refused := func(code, message, name, more string) string {
		return rowsJSON(refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.data[0].Tag[0].`+name+`"`+more+`}`))
	}
	o.expect(400, refused("INVALID_DATA", "the id given seems to be invalid", "id", ""), "PUT", at, `{"data":[{"Tag":[{"id":"5"}]}]}`)
	o.expect(400, refused("INVALID_DATA", "invalid data", "color_code", `,"supported_values":`+supportedColors), "PUT", at, `{"data":[{"Tag":[{"name":"x","color_code":"red"}]}]}`)
	require.Equal(t, 201, o.call("POST", "v8/settings/tags?module=Contacts", `{"tags":[{"name":"vip"}]}`).Code)
	elsewhere := o.crm.tags.of["Contacts"][0].id
	o.expect(400, refused("INVALID_DATA", "the id given seems to be invalid", "id", ""), "PUT", at, `{"data":[{"Tag":[{"id":"`+elsewhere+`"}]}]}`)
	// A row that is refused leaves no tags behind.
	require.Equal(t, 400, o.call("POST", "v8/Leads", `{"data":[{"Tag":[{"name":"stray"}],"Last_Name":"C","ERP_Id":7}]}`).Code)
	assert.NotContains(t, o.call("GET", "v8/settings/tags?module=Leads", "").Body.String(), "stray")
	require.Equal(t, 200, o.call("PUT", at, `{"data":[{"Tag":[]}]}`).Code)
	o.expect(200, rowsJSON(`{"id":"`+ids[1]+`","Tag":[]}`), "GET", at+"?fields=Tag", "")
}

func TestGeneratedRecordsHaveTheTagsThatTheySay(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.NoError(t, o.crm.seedFunc("Leads", 1, func(int) map[string]any {
		return map[string]any{"Last_Name": "Doe", "Tag": []any{map[string]any{"name": "vip"}}}
	}))
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Tag":[{"name":"vip"}]}`), "GET", "v8/Leads/"+id1+"?fields=Tag", "")
}

func TestTagsOfOneRecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	require.Equal(t, 201, o.call("POST", "v8/settings/tags?module=Leads", `{"tags":[{"name":"VIP","color_code":"#57B1FD"}]}`).Code)
	vip, fresh := `{"id":"`+id2+`","name":"VIP","color_code":"#57B1FD"}`, `{"id":"`+id3+`","name":"new","color_code":"#A8C026"}`
	add, remove := "v8/Leads/"+lead+"/actions/add_tags", "v8/Leads/"+lead+"/actions/remove_tags"
	o.now = o.now.Add(time.Minute)
	o.expect(200, taggedJSON(1, taggedRow(lead, vip)), "POST", add, `{"tags":[{"name":"vip"}]}`)
	// It is a change of the record.
	o.expect(200, rowsJSON(`{"id":"`+lead+`","Modified_Time":"2026-03-01T10:01:00+01:00","Created_Time":"`+testTime+`"}`), "GET", "v8/Leads/"+lead+"?fields=Modified_Time,Created_Time", "")
	// Names that there are none of become tags; what is there stays.
	o.expect(200, taggedJSON(1, taggedRow(lead, vip, fresh)), "POST", add, `{"tags":[{"name":"new","color_code":"#A8C026"},{"name":"VIP"}],"over_write":false}`)
	o.expect(200, taggedJSON(1, taggedRow(lead, fresh)), "POST", add, `{"tags":[{"id":"`+id3+`"}],"over_write":true}`)
	o.expect(200, taggedJSON(1, taggedRow(lead, vip)), "POST", add+"?over_write=true", `{"tags":[{"id":"`+id2+`"}]}`)
	o.expect(200, taggedJSON(1, taggedRow(lead, vip, fresh)), "POST", add, `{"tags":[{"id":"`+id3+`"}]}`)
	o.expect(200, rowsJSON(`{"id":"`+lead+`","Tag":[`+vip+`,`+fresh+`]}`), "GET", "v8/Leads/"+lead+"?fields=Tag", "")
	o.expect(200, taggedJSON(1, taggedRow(lead, fresh)), "POST", remove, `{"tags":[{"name":"VIP"},{"name":"NEWER"}]}`)
	assert.NotContains(t, o.call("GET", "v8/settings/tags?module=Leads", "").Body.String(), "NEWER", "removing makes no tags")
	o.expect(200, taggedJSON(1, taggedRow(lead)), "POST", remove, `{"tags":[{"id":"`+id3+`"}]}`)

	at := func(code, message, path, name, more string) string {
		return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.`+path+`"`+more+`}`)
	}
	for body, want := range map[string]string{
		``:                      refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`),
		`{}`:                    at("MANDATORY_NOT_FOUND", "required field not found", "tags", "tags", ""),
		`{"tags":[]}`:           at("INVALID_DATA", "invalid data", "tags", "tags", `,"minimum_length":1`),
		`{"tags":"vip"}`:        at("INVALID_DATA", "invalid data", "tags", "tags", `,"expected_data_type":"jsonarray"`),
		`{"tags":["vip"]}`:      at("INVALID_DATA", "invalid data", "tags[0]", "tags", `,"expected_data_type":"jsonobject"`),
		`{"tags":[{}]}`:         at("MANDATORY_NOT_FOUND", "required field not found", "tags[0].name", "name", ""),
		`{"tags":[{"id":"5"}]}`: at("INVALID_DATA", "the id given seems to be invalid", "tags[0].id", "id", ""),
		`{"tags":[{"name":"a"}],"over_write":"true"}`:           at("INVALID_DATA", "invalid data", "over_write", "over_write", `,"expected_data_type":"boolean"`),
		`{"tags":[{"name":"` + strings.Repeat("x", 26) + `"}]}`: at("INVALID_DATA", "invalid data", "tags[0].name", "name", `,"maximum_length":25`),
	} {
		o.expect(400, want, "POST", add, body)
	}
	o.expect(400, badParam("over_write"), "POST", add+"?over_write=maybe", `{"tags":[{"name":"a"}]}`)
	unknown := taggedJSON(0, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"5"}`))
	o.expect(400, unknown, "POST", "v8/Leads/5/actions/add_tags", `{"tags":[{"name":"stray"}]}`)
	assert.NotContains(t, o.call("GET", "v8/settings/tags?module=Leads", "").Body.String(), "stray")
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "POST", "v8/Leads/x/actions/add_tags", `{"tags":[{"name":"a"}]}`)
	o.expect(400, refusedJSON("INVALID_MODULE", "the given module is not supported for this api", `{}`), "POST", "v8/Notes/5/actions/add_tags", `{"tags":[{"name":"a"}]}`)
}

func TestTagsOfManyRecords(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})
	vip := `{"id":"` + id3 + `","name":"vip","color_code":null}`
	gone := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"5"}`)
	o.expect(207, taggedJSON(2, taggedRow(leads[0], vip), gone, taggedRow(leads[1], vip)), "POST", "v8/Leads/actions/add_tags",
		`{"tags":[{"name":"vip"}],"ids":["`+leads[0]+`","5","`+leads[1]+`"]}`)
	o.expect(200, taggedJSON(1, taggedRow(leads[0])), "POST", "v8/Leads/actions/remove_tags", `{"tags":[{"name":"VIP"}],"ids":["`+leads[0]+`"]}`)
	ids := strings.Repeat(`"5",`, 100) + `"5"`
	for body, want := range map[string]string{
		`{"tags":[{"name":"a"}]}`:                     refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"ids","json_path":"$.ids"}`),
		`{"tags":[{"name":"a"}],"ids":[]}`:            refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"ids","json_path":"$.ids","minimum_length":1}`),
		`{"tags":[{"name":"a"}],"ids":[{}]}`:          refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"ids","json_path":"$.ids[0]","expected_data_type":"bigint"}`),
		`{"tags":[{"name":"a"}],"ids":[` + ids + `]}`: refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"ids","json_path":"$.ids","maximum_length":100}`),
	} {
		o.expect(400, want, "POST", "v8/Leads/actions/add_tags", body)
	}
}

func TestTagsByVersion(t *testing.T) {
	t.Parallel()
	body, missing := `{"tags":[{"name":"vip"}]}`, func(param string) string {
		return refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"`+param+`"}`)
	}
	for _, version := range []string{"v2", "v2.1", "v3", "v4", "v8"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
			inQuery, inBody := version < "v4", version >= "v3"
			one, many := version+"/Leads/"+lead+"/actions/", version+"/Leads/actions/"
			vip, fresh := `{"id":"`+id2+`","name":"vip","color_code":null}`, `{"id":"`+id3+`","name":"new","color_code":null}`
			if inQuery {
				o.expect(200, taggedJSON(1, taggedRow(lead, vip)), "POST", one+"add_tags?tag_names=vip", "")
				o.expect(200, taggedJSON(1, taggedRow(lead, vip, fresh)), "POST", many+"add_tags?tag_names=vip,new&ids="+lead, "")
				o.expect(200, taggedJSON(1, taggedRow(lead, fresh)), "POST", many+"add_tags?tag_names=new&over_write=true&ids="+lead, "")
				o.expect(200, taggedJSON(1, taggedRow(lead)), "POST", one+"remove_tags?tag_names=new", "")
				o.expect(400, missing("ids"), "POST", many+"add_tags?tag_names=new", "")
			}
			if inBody {
				o.expect(200, taggedJSON(1, taggedRow(lead, vip)), "POST", one+"add_tags", body)
			} else {
				o.expect(400, missing("tag_names"), "POST", one+"add_tags", body)
			}
			if !inQuery {
				o.expect(400, refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`), "POST", one+"add_tags?tag_names=vip", "")
			}
		})
	}
}
