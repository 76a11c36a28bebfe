package zohohubtest

import (
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
