package zohohubtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

func TestMultiSelectLookup(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	bolt, nut, gear := c.create("v8/Products", `{"Product_Name":"Bolt"}`), c.create("v8/Products", `{"Product_Name":"Nut"}`), c.create("v8/Products", `{"Product_Name":"Gear"}`)
	ref := func(product string) string { return `{"Products":{"id":"` + product + `"}}` }
	id := c.create("v8/Specimens", `{"Name":"S","Products":[`+ref(bolt)+`,`+ref(nut)+`]}`)
	path := "v8/Specimens/" + id
	links := func() (ids []string) {
		for _, row := range c.rows(path, "Products") {
			ids = append(ids, row["id"].(string))
		}
		return ids
	}
	expect := func(names ...string) {
		t.Helper()
		var got []string
		for _, row := range c.rows(path, "Products") {
			assert.Len(t, row, 2)
			got = append(got, row["Products"].(map[string]any)["name"].(string))
		}
		assert.Equal(t, names, got)
	}
	expect("Bolt", "Nut")
	first := links()
	// An update adds and removes; what it does not list stays, null and an empty list included.
	c.update(path, `{"Products":[`+ref(gear)+`,{"id":"`+first[0]+`","_delete":null}]}`)
	expect("Nut", "Gear")
	assert.Equal(t, first[1], links()[0])
	for _, same := range []string{`[]`, `null`, `[{"id":"` + first[1] + `"}]`, wholeJSON(t, c.field(path, "Products"))} {
		c.update(path, `{"Products":`+same+`,"Whole":1}`)
		expect("Nut", "Gear")
	}
	for sent, want := range map[string]string{
		`{}`:                                    badType("Products", "jsonarray"),
		`["` + nut + `"]`:                       badType("Products[0]", "jsonobject"),
		`[{}]`:                                  missing("Products[0].Products"),
		`[{"Linked":{"id":"` + bolt + `"}}]`:    missing("Products[0].Products"),
		`[{"Products":"` + bolt + `"}]`:         badType("Products[0].Products", "jsonobject"),
		`[` + ref("5") + `]`:                    unknownID("Products[0].Products"),
		`[{"id":"` + first[0] + `"}]`:           unknownID("Products[0].id"), // it is gone
		`[{"id":"5","_delete":null}]`:           unknownID("Products[0].id"),
		`[` + ref(nut) + `]`:                    at("DUPLICATE_LINKING_DATA", "Duplicate association", "Products", ""),
		`[` + ref(bolt) + `,` + ref(bolt) + `]`: at("DUPLICATE_LINKING_DATA", "Duplicate association", "Products", ""),
	} {
		c.refuses("PUT", path, `{"Products":`+sent+`,"Name":"T"}`, want)
	}
	// What is refused for another field has linked nothing.
	c.refuses("PUT", path, `{"Products":[`+ref(bolt)+`],"Opening_Hours":"x"}`, badType("Opening_Hours", "jsonobject"))
	c.call(207, "PUT", "v8/Specimens", `{"data":[{"id":"`+id+`","Products":[`+ref(bolt)+`],"Opening_Hours":"x"},{"id":"`+id+`","Whole":1}]}`)
	expect("Nut", "Gear")
	// A row that goes makes room for its like in the same request.
	c.update(path, `{"Products":[{"id":"`+links()[0]+`","_delete":null},`+ref(nut)+`]}`)
	expect("Gear", "Nut")
	// A record that was copied takes its links along, not its rows.
	copied := "v8/Specimens/" + c.create("v8/Specimens", `{"Name":"T","Products":`+wholeJSON(t, c.field(path, "Products"))+`}`)
	assert.Len(t, c.rows(copied, "Products"), 2)
	assert.NotEqual(t, c.rows(path, "Products"), c.rows(copied, "Products"))
	// A list has them as well.
	assert.Equal(t, c.field(copied, "Products"), c.field("v8/Specimens", "Products"))
}

// Before rows merged, the list that was sent was the list.
func TestMultiSelectLookupThatReplaces(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	bolt, nut := c.create("v4/Products", `{"Product_Name":"Bolt"}`), c.create("v4/Products", `{"Product_Name":"Nut"}`)
	path := "v4/Specimens/" + c.create("v4/Specimens", `{"Name":"S","Products":[{"Products":"`+bolt+`"}]}`)
	before := c.rows(path, "Products")
	c.update(path, `{"Products":[{"Products":{"id":"`+bolt+`"}},{"Products":{"id":"`+nut+`"}}]}`)
	after := c.rows(path, "Products")
	assert.Equal(t, []any{2, before[0]}, []any{len(after), after[0]}, "the row of what was linked is kept")
	c.update(path, `{"Products":[{"id":"`+after[1]["id"].(string)+`"}]}`)
	assert.Equal(t, after[1:], c.rows(path, "Products"))
	c.update(path, `{"Products":[{"id":"`+after[1]["id"].(string)+`","_delete":null}]}`)
	assert.Empty(t, c.rows(path, "Products"))
	c.update(path, `{"Products":[{"Products":{"id":"`+bolt+`"}}]}`)
	c.update(path, `{"Products":[]}`)
	assert.Empty(t, c.rows(path, "Products"))
}

// The rows are records of a module of their own, and the other side has them too.
func TestLinkingModule(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	bolt, nut := c.create("v8/Products", `{"Product_Name":"Bolt"}`), c.create("v8/Products", `{"Product_Name":"Nut"}`)
	id := c.create("v8/Specimens", `{"Name":"S","Products":[{"Products":{"id":"`+bolt+`"}}]}`)
	link := c.rows("v8/Specimens/"+id, "Products")[0]["id"].(string)
	side := func(name, id string) string { return `{"name":"` + name + `","id":"` + id + `"}` }
	const linking = "v8/Specimens_X_Products"
	assert.JSONEq(t, rowsJSON(`{"id":"`+link+`","Specimens":`+side("S", id)+`,"Products":`+side("Bolt", bolt)+`}`),
		c.call(200, "GET", linking+"/"+link+"?fields=Specimens,Products", ""))
	c.shows(`[{"id":"`+link+`","Specimens":`+side("S", id)+`}]`, "v8/Products/"+bolt, "Specimens")
	c.call(200, "GET", linking+"/search?criteria=(Products:equals:"+bolt+")", "")

	both := func(product string) string {
		return `{"Specimens":{"id":"` + id + `"},"Products":{"id":"` + product + `"}}`
	}
	second := c.create(linking, both(nut))
	twice := func(side string) string { return at("DUPLICATE_LINKING_DATA", "Duplicate association", side, "") }
	c.refuses("POST", linking, both(nut), twice("Products"))
	c.refuses("PUT", linking+"/"+second, `{"Products":{"id":"`+bolt+`"}}`, twice("Products"))
	other := c.create("v8/Specimens", `{"Name":"O","Products":[{"Products":{"id":"`+nut+`"}}]}`)
	c.refuses("PUT", linking+"/"+second, `{"Specimens":{"id":"`+other+`"}}`, twice("Specimens"))
	c.call(200, "DELETE", "v8/Specimens/"+other, "")
	c.update(linking+"/"+second, both(nut))
	c.refuses("POST", linking, `{"Specimens":{"id":"`+id+`"}}`, missing("Products"))
	assert.Len(t, c.rows("v8/Specimens/"+id, "Products"), 2)

	c.call(200, "DELETE", linking+"/"+link, "")
	assert.Len(t, c.rows("v8/Specimens/"+id, "Products"), 1)
	assert.JSONEq(t, `"S"`, wholeJSON(t, c.server.crm.table("Specimens_X_Products").deleted[0].name))
	// Links go with what they link.
	c.call(200, "DELETE", "v8/Products/"+nut, "")
	assert.Empty(t, c.rows("v8/Specimens/"+id, "Products"))
	c.call(204, "GET", linking+"?fields=Products", "")
	// The other side may write them.
	c.update("v8/Products/"+bolt, `{"Specimens":[{"Specimens":{"id":"`+id+`"}}]}`)
	assert.Len(t, c.rows("v8/Specimens/"+id, "Products"), 1)
	c.call(200, "DELETE", "v8/Specimens/"+id, "")
	c.call(204, "GET", linking+"?fields=Products", "")
}

// What a multi-select lookup links is a related list of either side, which may change it.
func TestLinkedRecordsAsRelatedLists(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Specimens_X_Products", Field{APIName: "Remark", DataType: "text", Length: 10})
	bolt, nut := c.create("v8/Products", `{"Product_Name":"Bolt"}`), c.create("v8/Products", `{"Product_Name":"Nut"}`)
	id := c.create("v8/Specimens", `{"Name":"S","Products":[{"Products":{"id":"`+bolt+`"}}]}`)
	list := "v8/Specimens/" + id + "/Products"
	shows := func(path string, want ...string) {
		t.Helper()
		if len(want) == 0 {
			c.call(204, "GET", path, "")
			return
		}
		var answer struct{ Data []any }
		require.NoError(t, json.Unmarshal([]byte(c.call(200, "GET", path, "")), &answer))
		assert.JSONEq(t, "["+strings.Join(want, ",")+"]", wholeJSON(t, answer.Data), path)
	}
	row := func(id, name, remark string) string {
		return `{"id":"` + id + `","Product_Name":"` + name + `","Specimens_X_Products.Remark":` + remark + `}`
	}
	const fields = "?fields=Product_Name,Specimens_X_Products.Remark"
	shows(list+fields, row(bolt, "Bolt", "null"))
	shows("v8/Products/"+bolt+"/Specimens?fields=Name,Remark,Products.Remark", `{"id":"`+id+`","Name":"S"}`)

	assert.JSONEq(t, rowsJSON(tiedJSON(nut), tiedJSON(bolt)),
		c.call(200, "PUT", list, `{"data":[{"id":"`+nut+`","Remark":"new"},{"id":"`+bolt+`","Remark":"old"}]}`))
	shows(list+fields, row(nut, "Nut", `"new"`), row(bolt, "Bolt", `"old"`))
	shows(list+"/"+nut+fields, row(nut, "Nut", `"new"`))
	links := c.rows("v8/Specimens/"+id, "Products")
	assert.Len(t, links, 2, "the link that was there is the one that was changed")
	c.shows(`"old"`, "v8/Specimens_X_Products/"+links[0]["id"].(string), "Remark")
	assert.JSONEq(t, rowsJSON(tiedJSON(id)), c.call(200, "PUT", "v8/Products/"+nut+"/Specimens/"+id, `{"data":[{"Remark":"mine"}]}`))
	shows(list+"/"+nut+fields, row(nut, "Nut", `"mine"`))
	c.refuses("PUT", list+"/"+nut, `{"Remark":"longer than it may be"}`, tooLong("Remark", "10"))
	c.refuses("PUT", list, `{"id":"5"}`, rowRefused("INVALID_DATA", "the related id given seems to be invalid", "id", ""))
	assert.JSONEq(t, `{"get_related_records_count":[{"count":2,"related_list":{"api_name":"Products","id":"`+relatedListID(c, "Specimens", "Products")+`"}}]}`,
		c.call(200, "POST", "v8/Specimens/"+id+"/actions/get_related_records_count", `{"get_related_records_count":[{"related_list":{"api_name":"Products"}}]}`))

	assert.JSONEq(t, rowsJSON(untiedJSON(nut)), c.call(200, "DELETE", list+"?ids="+nut, ""))
	assert.JSONEq(t, badRelatedJSON("3"), c.call(400, "DELETE", list+"/"+nut, ""))
	shows(list+fields, row(bolt, "Bolt", `"old"`))
	shows("v8/Products/" + nut + "/Specimens?fields=Name")
	assert.Len(t, c.rows("v8/Specimens/"+id, "Products"), 1)
	c.call(400, "GET", "v8/Specimens/"+id+"/Watchers?fields=id", "") // users are no records
	// Links go with what they link: nothing is left of those of a deleted record.
	c.call(200, "DELETE", "v8/Specimens/"+id, "")
	shows("v8/Products/" + bolt + "/Specimens?fields=Name")
	shows("v8/Specimens/deleted/" + id + "/Products?fields=Product_Name")
}

func relatedListID(c *api, module, name string) string {
	lists := c.server.crm.schema.Module(module).RelatedLists()
	return lists[slices.IndexFunc(lists, func(l *schema.RelatedList) bool { return l.APIName == name })].ID
}

// A link is a record: what hangs on it goes with it, whatever takes it away.
func TestWhatHangsOnALinkGoesWithIt(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(o *testOrg, specimen, product, link string){
		"either side is deleted": func(o *testOrg, _, product, _ string) { o.call("DELETE", "v8/Products/"+product, "") },
		"the other side is":      func(o *testOrg, specimen, _, _ string) { o.call("DELETE", "v8/Specimens/"+specimen, "") },
		"the link is":            func(o *testOrg, _, _, link string) { o.call("DELETE", "v8/Specimens_X_Products/"+link, "") },
		"the field loses it": func(o *testOrg, specimen, _, link string) {
			o.call("PUT", "v8/Specimens/"+specimen, `{"data":[{"Products":[{"id":"`+link+`","_delete":null}]}]}`)
		},
		"the related list loses it": func(o *testOrg, specimen, product, _ string) {
			o.call("DELETE", "v8/Specimens/"+specimen+"/Products/"+product, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			product := o.seed("Products", map[string]any{"Product_Name": "Bolt"})[0]
			specimen := o.seed("Specimens", map[string]any{"Name": "S", "Products": []any{map[string]any{"Products": map[string]any{"id": product}}}})[0]
			link := listIDs(t, o, "Specimens_X_Products")[0]
			require.Equal(t, 200, o.upload("v8/Specimens_X_Products/"+link+"/Attachments", part{"file", "a.txt", "A"}).Code)
			require.Equal(t, 201, o.call("POST", "v8/Specimens_X_Products/"+link+"/Notes", `{"data":[{"Note_Title":"N"}]}`).Code)
			note := listIDs(t, o, "Notes")[0]
			require.Equal(t, 200, o.upload("v8/Notes/"+note+"/Attachments", part{"file", "b.txt", "B"}).Code)
			remove(o, specimen, product, link)
			assert.Empty(t, o.crm.records("Specimens_X_Products"))
			assert.Empty(t, o.crm.records("Notes"))
			o.emptyBin()
			o.keepsNothing(name)
		})
	}
}

func TestLinksOfOnesOwn(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddModule(Module{APIName: "Boats", Fields: []Field{
		{APIName: "Harbours", DataType: "multiselectlookup", Lookup: "Accounts", Length: 1}, {APIName: "Crew", DataType: "multiuserlookup"},
		{APIName: "Sister_Ships", DataType: "multiselectlookup", Lookup: "Boats"},
	}})
	accounts := c.server.Seed("Accounts", zohohub.Fields{"Account_Name": "Faro"}, zohohub.Fields{"Account_Name": "Olhão"})
	harbours := func(ids ...string) string {
		var rows []string
		for _, id := range ids {
			rows = append(rows, `{"Harbours":{"id":"`+id+`"}}`)
		}
		return `{"Name":"Dory","Harbours":[` + strings.Join(rows, ",") + `]}`
	}
	dory := c.create("v8/Boats", harbours(accounts[0]))
	c.refuses("POST", "v8/Boats", harbours(accounts...), tooLong("Harbours", "1"))
	c.refuses("PUT", "v8/Boats/"+dory, harbours(accounts[1]), tooLong("Harbours", "1"))
	assert.Equal(t, dory, c.rows("v8/Accounts/"+accounts[0], "Boats")[0]["Boats"].(map[string]any)["id"])
	c.update("v8/Boats/"+dory, `{"Crew":[{"Crew":{"id":"`+brunoID+`"}}],"Sister_Ships":[{"Sister_Ships":{"id":"`+dory+`"}}]}`)
	assert.Len(t, c.server.Records("Boats_X_Users"), 1)
	assert.Len(t, c.rows("v8/Boats/"+dory, "Boats"), 1)
	// A seed that is given up leaves no links behind.
	row := zohohub.Fields{"Name": "x", "Crew": []zohohub.Fields{{"Crew": zohohub.Fields{"id": brunoID}}}}
	assert.Panics(t, func() { c.server.Seed("Boats", row, zohohub.Fields{}) })
	assert.Len(t, c.server.Records("Boats_X_Users"), 1)
	c.server.Seed("Boats", row)
	assert.Len(t, c.server.Records("Boats_X_Users"), 2)
}

func TestMultiUserLookup(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	path := "v8/Specimens/" + c.create("v8/Specimens", `{"Name":"S","Watchers":[{"Watchers":{"id":"`+brunoID+`"}},{"Watchers":{"email":"ana.silva@example.com"}}]}`)
	rows := c.rows(path, "Watchers")
	assert.Equal(t, []any{
		map[string]any{"name": "Bruno Costa", "id": brunoID, "email": "bruno.costa@example.com"},
		map[string]any{"name": "Ana Silva", "id": defaultUserID, "email": "ana.silva@example.com"},
	}, []any{rows[0]["Watchers"], rows[1]["Watchers"]})
	c.update(path, `{"Watchers":[{"id":"`+rows[0]["id"].(string)+`","_delete":null}]}`)
	assert.Equal(t, rows[1:], c.rows(path, "Watchers"))
	c.refuses("PUT", path, `{"Watchers":[{"Watchers":{"id":"5"}}]}`, unknownID("Watchers[0].Watchers"))
	c.refuses("PUT", path, `{"Watchers":[{"Users":{"id":"`+brunoID+`"}}]}`, missing("Watchers[0].Watchers"))
	c.refuses("PUT", path, `{"Watchers":[{"Watchers":{"id":"`+defaultUserID+`"}}]}`, at("DUPLICATE_LINKING_DATA", "Duplicate association", "Watchers", ""))
}
