package zohohubtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// Generated rows are not validated: whatever shape they have, whoever asks for them gets an answer.
func TestGeneratedRowsOfOddShape(t *testing.T) {
	t.Parallel()
	object := map[string]any{"x": 1}
	for name, odd := range map[string]any{
		"text": "x", "number": 1, "flag": true, "list": []any{"x", nil, 1, []any{}, object}, "object": object, "ids": []any{map[string]any{"id": "5"}},
		"wrong": map[string]any{"id": 5, "name": object, "module": []any{}, "type": "ghost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t) // without a socket and a log: such rows are no answers of Zoho's
			for _, module := range []string{"Leads", "Quotes", "Specimens", "Specimens_X_Products", "Events", "Calls", "Products", "Price_Books", "Notes"} {
				row := map[string]any{"$line_tax": odd, "$se_module": odd}
				for _, f := range o.crm.schema.Module(module).Fields {
					if f.APIName != "id" && f.APIName != "Record_Image" {
						row[f.APIName] = odd
					}
				}
				require.NoError(t, o.crm.seedFunc(module, 2, func(int) map[string]any { return row }))
				id := formatID(o.crm.lastID)
				for _, version := range []string{"v2", "v4", "v8"} {
					assert.Equal(t, 200, o.call("GET", version+"/"+module+"/"+id, "").Code)
					assert.Equal(t, 200, o.call("GET",
						version+"/"+module+"?fields=Owner,Documents,Pictures,Participants,Tax,$line_tax&converted=both", "").Code)
				}
				assert.Contains(t, []int{200, 204}, o.call("GET", "v8/"+module+"/search?word=xx", "").Code)
				assert.Contains(t, []int{200, 400}, o.call("PUT", "v8/"+module+"/"+id,
					`{"data":[{"Documents":[{"id":"5"}],"Rows":[{"id":"5","Label":"x"}],"Sizes":["S"],"$append_values":{"Sizes":true},"Participants":[]}]}`).Code)
				assert.NotEmpty(t, o.crm.records(module))
				assert.Equal(t, 200, o.call("DELETE", "v8/"+module+"/"+id, "").Code)
			}
		})
	}
}

func TestGeneratedFiles(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.SeedFunc("Specimens", 1, func(int) zohohub.Fields {
		return zohohub.Fields{"Name": "G", "Documents": []any{map[string]any{"id": "7", "File_Id__s": "aa", "File_Name__s": "a", "Size__s": "1"}}}
	})
	c.expectRow(map[string]any{
		"attachment_Id": "7", "file_Id": "aa", "file_Name": "a", "file_Size": "1", "entity_Id": id1, "mode": nil, "preview_Url": nil,
		"download_Url": "/crm/v4/Specimens/" + id1 + "/actions/download_fields_attachment?fields_attachment_id=7",
	}, "v4/Specimens/"+id1, "Documents")
}

// Lists, counts and views agree on which of the generated records are converted or not yet approved.
func TestGeneratedKinds(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.SeedFunc("Leads", 10, func(i int) zohohub.Fields {
		return zohohub.Fields{"Last_Name": "L", "Converted__s": i < 4, "$approved": i != 9}
	})
	c.server.SeedFunc("Contacts", 10, func(int) zohohub.Fields { return zohohub.Fields{"Last_Name": "L", "Converted__s": true} })
	count := func(want map[string]int) {
		t.Helper()
		for params, n := range want {
			body := `{"count":` + formatID(int64(n)) + `}`
			assert.JSONEq(t, body, c.call(200, "GET", "v8/Leads/actions/count?"+params, ""), params)
			if n == 0 {
				c.call(204, "GET", "v8/Leads?fields=id&"+params, "")
			} else {
				got := c.call(200, "GET", "v8/Leads?fields=id&"+params, "")
				assert.Equal(t, n, strings.Count(got, `"id":"5`), params)
			}
		}
	}
	all := map[string]int{
		"": 6, "converted=true": 4, "converted=both": 10, "approved=false": 1, "approved=true": 5, "converted=true&approved=false": 0,
		"cvid=" + allLeads: 6, "cvid=" + converted: 4, "cvid=" + converted + "&converted=false": 0,
	}
	count(all)
	c.refuses("PUT", "v8/Leads/"+id1, `{"City":"x"}`, refusedJSON("CONVERTED_RECORD", "can't update the converted record", `{"resource_path_index":1}`))
	c.shows(`"approval_process_pending"`, "v8/Leads/5725767000010000010", "$approval_state")
	c.update("v8/Leads/5725767000010000005", `{"City":"x"}`)
	count(all)
	c.call(200, "DELETE", "v8/Leads?ids="+id1+",5725767000010000006", "")
	count(map[string]int{"": 5, "converted=true": 3, "converted=both": 8, "approved=false": 1, "cvid=" + converted: 3})
	assert.JSONEq(t, `{"count":10}`, c.call(200, "GET", "v8/Contacts/actions/count", ""), "no others can be converted")
}

// What search saw before a record's last version but one is forgotten.
func TestSearchLagForgets(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.SetSearchLag(time.Second)
	path := "v8/Leads/" + c.create("v8/Leads", `{"Last_Name":"A"}`)
	for range 5 {
		c.server.Advance(time.Minute)
		c.update(path, `{"City":"x"}`)
	}
	r := c.server.crm.table("Leads").rows[0]
	assert.NotNil(t, r.was)
	assert.Nil(t, r.was.was)
	c.server.SetSearchLag(0)
	c.update(path, `{"City":"Faro"}`)
	c.call(200, "GET", "v8/Leads/search?criteria=(City:equals:Faro)", "")
	assert.Nil(t, c.server.crm.table("Leads").rows[0].was)
}
