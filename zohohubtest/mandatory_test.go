package zohohubtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a write leaves of a mandatory field counts, not what it says of it.
func TestMandatoryLists(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddModule(Module{APIName: "Boats"})
	c.server.AddModule(Module{APIName: "Boat_Trips", SubformOf: "Boats", Fields: []Field{
		{APIName: "Harbours", DataType: "multiselectpicklist", PickList: []string{"Faro", "Porto"}, Mandatory: true},
	}})
	for _, f := range []Field{
		{APIName: "Kinds", DataType: "multiselectpicklist", PickList: []string{"A", "B"}}, {APIName: "Papers", DataType: "fileupload"},
		{APIName: "Pictures", DataType: "imageupload"}, {APIName: "Crew", DataType: "multiuserlookup"}, {APIName: "Trips", DataType: "subform", Subform: "Boat_Trips"},
	} {
		f.Mandatory = true
		c.server.AddField("Boats", f)
	}
	file := `[{"File_Id__s":"` + c.upload(map[string]int{"a.png": 1})["a.png"] + `"}]`
	sent := map[string]string{
		"Name": `"Dory"`, "Kinds": `["A"]`, "Papers": file, "Pictures": file,
		"Crew": `[{"Crew":{"id":"` + brunoID + `"}}]`, "Trips": `[{"Harbours":["Faro"]}]`,
	}
	row := func(name, value string) string {
		text := ""
		for field, v := range sent {
			if field == name {
				v = value
			}
			if v != "" {
				text += `,"` + field + `":` + v
			}
		}
		return `{` + text[1:] + `}`
	}
	boat := "v8/Boats/" + c.create("v8/Boats", row("", ""))
	for _, name := range []string{"Kinds", "Papers", "Pictures", "Crew", "Trips"} {
		for _, nothing := range []string{"", `null`, `""`, `[]`} {
			c.refuses("POST", "v8/Boats", row(name, nothing), missing(name))
		}
		c.update(boat, `{"Name":"Ada"}`)
	}
	for _, nothing := range []string{`null`, `""`, `[]`} {
		c.refuses("PUT", boat, `{"Kinds":`+nothing+`}`, missing("Kinds"))
		c.refuses("PUT", boat, `{"Trips":`+nothing+`}`, missing("Trips"))
		c.refuses("PUT", boat, `{"Trips":[{"Harbours":`+nothing+`}]}`, missing("Trips[0].Harbours"))
		for _, name := range []string{"Papers", "Pictures", "Crew"} { // whose rows stay
			c.update(boat, `{"`+name+`":`+nothing+`}`)
			assert.Len(t, c.rows(boat, name), 1)
		}
	}
	c.update(boat, `{"Kinds":[],"$append_values":{"Kinds":true}}`)
	c.shows(`["A"]`, boat, "Kinds")
	for _, name := range []string{"Papers", "Pictures", "Crew", "Trips"} {
		id, _ := c.rows(boat, name)[0]["id"].(string)
		c.refuses("PUT", boat, `{"`+name+`":[{"id":"`+id+`","_delete":null}]}`, missing(name))
		assert.Len(t, c.rows(boat, name), 1)
	}
	// Where the list that is sent is the list, an empty one is empty.
	body := c.call(400, "PUT", "v4"+boat[2:], `{"data":[{"Crew":[]}]}`)
	assert.JSONEq(t, rowsJSON(missing("Crew")), body)
}
