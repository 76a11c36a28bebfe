package zohohubtest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
)

// What points to a record that is gone is empty: shown, searched, filtered and counted alike.
func TestWhatPointsToTheDeletedIsEmpty(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	account, product, lead := c.create("v8/Accounts", `{"Account_Name":"Acme"}`), c.create("v8/Products", `{"Product_Name":"Bolt"}`), c.create("v8/Leads", `{"Last_Name":"Doe"}`)
	id := c.create("v8/Specimens", `{"Name":"S","Account":{"id":"`+account+`"},"Related_To":{"id":"`+lead+`"},"Rows":[{"Label":"R","Product":{"id":"`+product+`"}}]}`)
	task := c.create("v8/Tasks", `{"Subject":"T","What_Id":{"id":"`+account+`"},"$se_module":"Accounts","Who_Id":{"id":"`+lead+`"}}`)
	c.server.SeedFunc("Specimens", 1, func(int) zohohub.Fields {
		return zohohub.Fields{"Name": "G", "Account": map[string]any{"id": account, "name": "Acme"}}
	})
	specimens := "v8/Specimens/" + id
	stamps := func() []any {
		return []any{c.field(specimens, "Modified_Time"), c.field("v8/Tasks/"+task, "Modified_Time")}
	}
	before := stamps()
	none := c.server.AddView("Specimens", View{Name: "no account", Criteria: &Condition{Field: "Account", Comparator: "equal", Value: "${EMPTY}"}})
	byAccount := "v8/Specimens/search?criteria=(Account:equals:" + account + ")"
	byProduct := "v8/Specimen_Rows/search?criteria=(Product:equals:" + product + ")"
	c.call(200, "GET", byAccount, "")
	c.call(200, "GET", byProduct, "")
	c.call(204, "GET", "v8/Specimens?fields=id&cvid="+none, "")

	for _, gone := range []string{"Accounts/" + account, "Products/" + product, "Leads/" + lead} {
		c.call(200, "DELETE", "v8/"+gone, "")
	}
	for _, path := range []string{byAccount, byProduct, "v8/Tasks/search?criteria=(Who_Id:equals:" + lead + ")", "v8/Tasks/search?criteria=(What_Id:equals:" + account + ")"} {
		c.call(204, "GET", path, "")
	}
	c.call(200, "GET", "v8/Specimens?fields=id&cvid="+none, "")
	assert.JSONEq(t, `{"count":2}`, c.call(200, "GET", "v8/Specimens/actions/count?cvid="+none, ""))
	for path, fields := range map[string][]string{specimens: {"Account", "Related_To"}, "v8/Tasks/" + task: {"What_Id", "Who_Id"}} {
		for _, name := range fields {
			c.shows(`null`, path, name)
		}
	}
	assert.Nil(t, c.rows(specimens, "Rows")[0]["Product"])
	assert.Equal(t, before, stamps())
}
