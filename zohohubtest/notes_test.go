package zohohubtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seedNotes makes two leads, two notes of the first and one of the second.
func seedNotes(o *testOrg) (leads, notes []string) {
	o.t.Helper()
	leads = o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})
	parent := func(i int) map[string]any {
		return map[string]any{"id": leads[i], "module": map[string]any{"api_name": "Leads"}}
	}
	notes = o.seed("Notes",
		map[string]any{"Note_Title": "A", "Note_Content": "São", "Parent_Id": parent(0)},
		map[string]any{"Note_Title": "B", "Parent_Id": parent(0)},
		map[string]any{"Note_Title": "C", "Parent_Id": parent(1)})
	return leads, notes
}

func TestNotesUnderTheirRecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads, notes := seedNotes(o)
	at := "v8/Leads/" + leads[0] + "/Notes"
	unknown := func(id string) string {
		return rowsJSON(refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"`+id+`"}`))
	}
	badPath := func(index string) string {
		return refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":`+index+`}`)
	}
	title := func(id, title string) string { return rowsJSON(`{"id":"` + id + `","Note_Title":"` + title + `"}`) }

	o.expect(200, title(notes[0], "A"), "GET", at+"/"+notes[0]+"?fields=Note_Title", "")
	o.expect(204, "", "GET", at+"/"+notes[2]+"?fields=Note_Title", "")
	o.expect(400, badPath("3"), "GET", at+"/x", "")
	o.expect(400, badPath("1"), "GET", "v8/Leads/5/Notes/"+notes[0], "")

	o.expect(200, rowsJSON(updatedJSON(notes[0])), "PUT", at+"/"+notes[0], `{"data":[{"Note_Title":"A2"}]}`)
	o.expect(400, unknown(notes[2]), "PUT", at+"/"+notes[2], `{"data":[{"Note_Title":"C2"}]}`)
	o.expect(207, `{"data":[`+updatedJSON(notes[1])+`,`+refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"`+notes[2]+`"}`)+`]}`,
		"PUT", at, `{"data":[{"id":"`+notes[1]+`","Note_Title":"B2"},{"id":"`+notes[2]+`","Note_Title":"C2"}]}`)
	for i, want := range []string{"A2", "B2", "C"} {
		o.expect(200, title(notes[i], want), "GET", "v8/Notes/"+notes[i]+"?fields=Note_Title", "")
	}

	gone := func(id string) string {
		return rowsJSON(`{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"record deleted","status":"success"}`)
	}
	notGone := func(id string) string {
		return rowsJSON(refusedJSON("INVALID_DATA", "record not deleted", `{"id":"`+id+`"}`))
	}
	o.expect(400, notGone(notes[2]), "DELETE", at+"/"+notes[2], "")
	o.expect(400, notGone(notes[2]), "DELETE", at+"?ids="+notes[2], "")
	o.expect(200, gone(notes[0]), "DELETE", at+"/"+notes[0], "")
	o.expect(200, gone(notes[1]), "DELETE", at+"?ids="+notes[1], "")
	assert.Equal(t, notes[2:], listIDs(t, o, "Notes"))
}

func TestNotesGoWithTheirRecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads, notes := seedNotes(o)
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+leads[0], "").Code)
	assert.Equal(t, notes[2:], listIDs(t, o, "Notes"))
	deleted := func(id, title string) string {
		return `{"id":"` + id + `","type":"recycle","deleted_time":"` + testTime + `","display_name":"` + title + `","deleted_by":` + anaRef + `,"created_by":` + anaRef + `}`
	}
	o.expect(200, `{"data":[`+deleted(notes[1], "B")+`,`+deleted(notes[0], "A")+`],"info":{"per_page":200,"count":2,"page":1,"more_records":false}}`,
		"GET", "v8/Notes/deleted", "")
}

func TestNoteAlwaysHasAParent(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.NoError(t, o.crm.seedFunc("Notes", 1, func(int) map[string]any {
		return map[string]any{"Note_Title": "N", "Parent_Id": map[string]any{"id": "5", "module": map[string]any{"api_name": "Leads"}}}
	}))
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Parent_Id":{"id":"5","module":{"api_name":"Leads"}}}`), "GET", "v8/Notes/"+id1+"?fields=Parent_Id", "")
}

func TestNotesSaySomething(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	_, notes := seedNotes(o)
	nothing := rowsJSON(refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field",
		`{"expected_fields":[{"api_name":"Note_Title","json_path":"$.data[0].Note_Title"},{"api_name":"Note_Content","json_path":"$.data[0].Note_Content"}]}`))
	o.expect(400, nothing, "PUT", "v8/Notes/"+notes[0], `{"data":[{"Note_Title":null,"Note_Content":""}]}`)
	o.expect(400, nothing, "PUT", "v8/Notes/"+notes[1], `{"data":[{"Note_Title":null}]}`)
	o.expect(200, rowsJSON(updatedJSON(notes[0])), "PUT", "v8/Notes/"+notes[0], `{"data":[{"Note_Title":null}]}`)
	o.expect(200, rowsJSON(`{"id":"`+notes[0]+`","Note_Title":null,"$size":"4"}`), "GET", "v8/Notes/"+notes[0]+"?fields=Note_Title,$size", "")
	o.expect(200, rowsJSON(`{"id":"`+notes[1]+`","$size":"0"}`), "GET", "v8/Notes/"+notes[1]+"?fields=$size", "")
}

func TestNotesByVersion(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
			id, module := `{"id":"`+lead+`"}`, `{"id":"`+lead+`","module":{"api_name":"Leads"}}`
			old := version < "v6"
			// How a note may name its parent.
			for body, ok := range map[string]bool{
				`"Parent_Id":"` + lead + `","se_module":"Leads"`:  old,
				`"Parent_Id":"` + lead + `","$se_module":"Leads"`: old,
				`"Parent_Id":` + id + `,"$se_module":"Leads"`:     old,
				`"Parent_Id":` + module:                           true,
				`"Parent_Id":` + id:                               false,
			} {
				w := o.call("POST", version+"/Notes", `{"data":[{"Note_Title":"T",`+body+`}]}`)
				assert.Equal(t, ok, w.Code == 201, "%s: %s", body, w.Body)
			}
			// And how it is told of it.
			note := o.ids(version + "/Leads/" + lead + "/Notes?fields=Note_Title")[0]
			parent := `"Parent_Id":{"id":"` + lead + `","name":"Doe","module":{"api_name":"Leads","id":"` + o.crm.schema.Module("Leads").ID + `"}}`
			if old {
				parent = `"Parent_Id":{"id":"` + lead + `","name":"Doe"},"$se_module":"Leads"`
			}
			o.expect(200, rowsJSON(`{"id":"`+note+`",`+parent+`}`), "GET", version+"/Notes/"+note+"?fields=Parent_Id", "")
			o.expect(200, rowsJSON(`{"id":"`+note+`",`+parent+`}`), "GET", version+"/Leads/"+lead+"/Notes/"+note+"?fields=Parent_Id", "")
			assert.Equal(t, version < "v3", o.call("GET", version+"/Notes", "").Code == 200, "fields may be left out")
			assert.Equal(t, version < "v3", o.call("GET", version+"/Leads/"+lead+"/Notes", "").Code == 200, "fields may be left out")
			// Some rows fail, all do.
			rows := `{"data":[{"Note_Content":"C"},{"Owner":{"id":"1"}}]}`
			partial, failed := 207, 400
			if version < "v3" {
				partial, failed = 202, 202
			}
			assert.Equal(t, partial, o.call("POST", version+"/Leads/"+lead+"/Notes", rows).Code)
			assert.Equal(t, failed, o.call("POST", version+"/Leads/"+lead+"/Notes", `{"data":[{}]}`).Code)
		})
	}
}

func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads, notes := seedNotes(o)
	at := "v8/Leads/" + leads[0] + "/Notes"
	for _, field := range []struct {
		name   string
		length int
	}{{"Note_Title", 120}, {"Note_Content", 65_535}} {
		text := strings.Repeat("é", field.length)
		o.expect(200, rowsJSON(updatedJSON(notes[0])), "PUT", at+"/"+notes[0], `{"data":[{"`+field.name+`":"`+text+`"}]}`)
		o.expect(400, rowsJSON(invalid(field.name, fmt.Sprintf(`,"maximum_length":%d`, field.length))), "PUT", at+"/"+notes[0], `{"data":[{"`+field.name+`":"`+text+`x"}]}`)
	}
	rows := strings.Repeat(`{"Note_Title":"T"},`, 99) + `{"Note_Title":"T"}`
	assert.Equal(t, 201, o.call("POST", at, `{"data":[`+rows+`]}`).Code)
	tooMany := refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"data","json_path":"$.data","maximum_length":100}`)
	for _, method := range []string{"POST", "PUT"} {
		o.expect(400, tooMany, method, at, `{"data":[`+rows+`,{}]}`)
		o.expect(400, tooMany, method, "v8/Notes", `{"data":[`+rows+`,{}]}`)
	}
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":100,"param_name":"ids"}`), "DELETE", at+"?ids="+strings.Repeat("5,", 101), "")

	// Pages, by number and by token, of one record's notes alone.
	assert.Len(t, o.ids(at+"?fields=id&per_page=60&page=2"), 42)
	assert.Equal(t, []string{notes[0], notes[1]}, o.ids(at+"?fields=id&per_page=2&sort_by=id&sort_order=asc"))
	assert.Equal(t, []string{notes[1]}, o.ids(at+"?fields=id&ids="+notes[1]+","+notes[2]))
	var page struct {
		Info struct {
			Next string `json:"next_page_token"`
		}
	}
	require.NoError(t, json.Unmarshal(o.call("GET", at+"?fields=id&per_page=100", "").Body.Bytes(), &page))
	assert.Equal(t, []string{notes[1], notes[0]}, o.ids(at+"?fields=id&per_page=100&page_token="+page.Info.Next))
}

func TestKeysOfANote(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads, notes := seedNotes(o)
	whole := listRows(t, o.call("GET", "v8/Leads/"+leads[0]+"/Notes/"+notes[0], ""))[0]
	for _, key := range []string{
		"id", "Note_Title", "Note_Content", "Parent_Id", "Owner", "Created_By", "Modified_By", "Created_Time", "Modified_Time",
		"$attachments", "$is_shared_to_client", "$voice_note", "$size", "$state", "$editable", "$sharing_permission",
	} {
		assert.Contains(t, whole, key)
	}
	assert.NotContains(t, whole, "$se_module")
}
