package zohohubtest

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
)

func TestRollupOfRows(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	path := "v8/Specimens/" + c.create("v8/Specimens", `{"Name":"S","Rows_Sum":99}`)
	expect := func(count, sum, least, greatest, average string) {
		t.Helper()
		for name, want := range map[string]string{"Rows_Count": count, "Rows_Sum": sum, "Rows_Min": least, "Rows_Max": greatest, "Rows_Avg": average} {
			c.shows(want, path, name)
		}
	}
	expect("0", "0", "null", "null", "null")
	c.update(path, `{"Rows":[{"Label":"a","Amount":10},{"Label":"b","Amount":-2.5},{"Label":"c","Amount":9.5},{"Label":"d"}]}`)
	expect("4", "17", "-2.5", "10", "5.67")
	c.update(path, `{"Rows":[{"id":"`+c.rows(path, "Rows")[0]["id"].(string)+`","_delete":null}],"Rows_Count":1}`)
	expect("3", "7", "-2.5", "9.5", "3.5")
	c.update(path, `{"Rows":[]}`)
	expect("0", "0", "null", "null", "null")
}

// A summary of other records follows them: made, changed, moved, deleted.
func TestRollupOfRecords(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Accounts", Field{APIName: "Won", DataType: "rollup_summary", Rollup: Rollup{Of: "Deals", By: "Account_Name", Function: "sum", Field: "Amount"}})
	c.server.AddField("Accounts", Field{APIName: "Last_Deal", DataType: "rollup_summary", Rollup: Rollup{Of: "Deals", By: "Account_Name", Function: "max", Field: "Closing_Date"}})
	acme, beta := "v8/Accounts/"+c.create("v8/Accounts", `{"Account_Name":"Acme"}`), "v8/Accounts/"+c.create("v8/Accounts", `{"Account_Name":"Beta"}`)
	expect := func(path, won, last string) {
		t.Helper()
		c.shows(won, path, "Won")
		c.shows(last, path, "Last_Deal")
	}
	expect(acme, "0", "null")
	deal := func(amount, day string) string {
		return `{"Deal_Name":"D","Stage":"Qualification","Amount":` + amount + `,"Closing_Date":"` + day + `","Account_Name":{"id":"` + acme[len("v8/Accounts/"):] + `"}}`
	}
	first := "v8/Deals/" + c.create("v8/Deals", deal("10.5", "2026-05-01"))
	second := "v8/Deals/" + c.create("v8/Deals", deal("2", "2026-04-01"))
	expect(acme, "12.5", `"2026-05-01"`)
	c.update(second, `{"Amount":5}`)
	expect(acme, "15.5", `"2026-05-01"`)
	c.update(first, `{"Account_Name":{"id":"`+beta[len("v8/Accounts/"):]+`"}}`)
	expect(acme, "5", `"2026-04-01"`)
	expect(beta, "10.5", `"2026-05-01"`)
	c.call(200, "DELETE", first, "")
	expect(beta, "0", "null")
	// What it is stays with a write to the record itself.
	c.update(acme, `{"Won":77,"Phone":"1"}`)
	expect(acme, "5", `"2026-04-01"`)
	// Records that exist only while they are looked at count too.
	c.server.SeedFunc("Deals", 3, func(i int) zohohub.Fields {
		return zohohub.Fields{"Deal_Name": strconv.Itoa(i), "Amount": i, "Account_Name": zohohub.Fields{"id": beta[len("v8/Accounts/"):]}}
	})
	expect(beta, "3", "null")
}

func TestRollupOfOnesOwnModule(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	top := c.create("v8/Specimens", `{"Name":"top"}`)
	c.shows("0", "v8/Specimens/"+top, "Children_Count")
	c.create("v8/Specimens", `{"Name":"child","Parent_Specimen":{"id":"`+top+`"}}`)
	c.update("v8/Specimens/"+top, `{"Parent_Specimen":{"id":"`+top+`"}}`)
	c.shows("2", "v8/Specimens/"+top, "Children_Count")
	// A seed that is given up leaves nothing behind.
	assert.Panics(t, func() {
		c.server.Seed("Specimens", zohohub.Fields{"Name": "x", "Parent_Specimen": zohohub.Fields{"id": top}}, zohohub.Fields{})
	})
	c.shows("2", "v8/Specimens/"+top, "Children_Count")
}
