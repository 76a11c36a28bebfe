package zohohubtest

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// listed are the records of a list.
func (c *api) listed(path string) []map[string]any {
	c.t.Helper()
	var answer struct{ Data []map[string]any }
	require.NoError(c.t, json.Unmarshal([]byte(c.call(200, "GET", path, "")), &answer))
	return answer.Data
}

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
	// So does the place in a view that is sorted by it. Records that exist only while they are looked at count too.
	view := c.server.AddView("Accounts", View{Name: "Most won", SortBy: "Won", SortOrder: "desc"})
	most := func() any { return c.listed("v8/Accounts?fields=Account_Name&cvid=" + view)[0]["Account_Name"] }
	assert.Equal(t, "Acme", most())
	for _, won := range []string{"3", "6"} {
		c.server.SeedFunc("Deals", 3, func(i int) zohohub.Fields {
			return zohohub.Fields{"Deal_Name": strconv.Itoa(i), "Amount": i, "Account_Name": zohohub.Fields{"id": beta[len("v8/Accounts/"):]}}
		})
		expect(beta, won, "null")
	}
	assert.Equal(t, "Beta", most())
	c.update(second, `{"Amount":7}`)
	assert.Equal(t, "Acme", most())
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

// What is computed from a summary follows it, whoever changes the records that it sums up.
func TestFormulaOverRollup(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Specimens", Field{APIName: "Twice", DataType: "formula", Expression: "${Specimens.Children_Count}*2", ReturnType: "integer"})
	c.server.AddField("Specimens", Field{APIName: "More", DataType: "formula", Expression: "${Specimens.Twice}+${Specimens.Rows_Count}", ReturnType: "integer"})
	top := c.create("v8/Specimens", `{"Name":"top","Rows":[{"Label":"a"}]}`)
	path := "v8/Specimens/" + top
	c.shows(`0`, path, "Twice")
	c.shows(`1`, path, "More")
	child := c.create("v8/Specimens", `{"Name":"child","Parent_Specimen":{"id":"`+top+`"}}`)
	c.shows(`2`, path, "Twice")
	c.shows(`3`, path, "More")
	// Searches and views see what a call for the record sees.
	c.create("v8/Specimens", `{"Name":"child","Parent_Specimen":{"id":"`+top+`"}}`)
	assert.Contains(t, c.call(200, "GET", "v8/Specimens/search?fields=Twice&criteria=(Twice:equals:4)", ""), `"Twice":4`)
	view := c.server.AddView("Specimens", View{Name: "Largest first", SortBy: "More", SortOrder: "desc"})
	most := func() any { return c.listed("v8/Specimens?fields=Name&cvid=" + view)[0]["Name"] }
	assert.Equal(t, "top", most())
	c.call(200, "DELETE", "v8/Specimens/"+child, "")
	other := c.create("v8/Specimens", `{"Name":"other"}`)
	for range 3 {
		c.create("v8/Specimens", `{"Name":"child","Parent_Specimen":{"id":"`+other+`"}}`)
	}
	c.shows(`2`, path, "Twice")
	assert.Equal(t, "other", most())
	// Summaries are no change of the record.
	c.server.Advance(5 * time.Minute)
	before := c.field(path, "Modified_Time")
	c.create("v8/Specimens", `{"Name":"child","Parent_Specimen":{"id":"`+top+`"}}`)
	c.shows(`4`, path, "Twice")
	assert.Equal(t, before, c.field(path, "Modified_Time"))
}

// A summary that is added to records that are there is what they come to, also after the next write.
func TestRollupIsAddedLate(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddModule(Module{APIName: "Boats"})
	c.server.AddModule(Module{APIName: "Crews", Fields: []Field{{APIName: "Boat", DataType: "lookup", Lookup: "Boats"}, {APIName: "Pay", DataType: "currency", Decimals: 4}}})
	c.server.AddModule(Module{APIName: "Boat_Trips", SubformOf: "Boats", Fields: []Field{{APIName: "Miles", DataType: "integer"}}})
	c.server.AddField("Boats", Field{APIName: "Trips", DataType: "subform", Subform: "Boat_Trips"})
	boat := c.create("v8/Boats", `{"Name":"Dory","Trips":[{"Miles":3},{"Miles":4}]}`)
	path := "v8/Boats/" + boat
	crew := c.create("v8/Crews", `{"Name":"Ana","Pay":1.2345,"Boat":{"id":"`+boat+`"}}`)
	of := func(function, field string) Rollup {
		return Rollup{Of: "Crews", By: "Boat", Function: function, Field: field}
	}
	c.server.AddField("Boats", Field{APIName: "Paid", DataType: "rollup_summary", Decimals: 4, Rollup: of("sum", "Pay")})
	c.server.AddField("Boats", Field{APIName: "Crew", DataType: "rollup_summary", Rollup: of("count", "")})
	c.server.AddField("Boats", Field{APIName: "Miles", DataType: "rollup_summary", Rollup: Rollup{Of: "Boat_Trips", By: "Parent_Id", Function: "sum", Field: "Miles"}})
	expect := func(paid, crew string) {
		t.Helper()
		c.shows(paid, path, "Paid")
		c.shows(crew, path, "Crew")
		c.shows(`7`, path, "Miles")
	}
	expect(`1.2345`, `1`)
	c.update(path, `{"Name":"Dory II"}`)
	expect(`1.2345`, `1`)
	c.create("v8/Crews", `{"Name":"Rui","Pay":1,"Boat":{"id":"`+boat+`"}}`)
	expect(`2.2345`, `2`)
	c.call(200, "DELETE", "v8/Crews/"+crew, "")
	expect(`1`, `1`)
}

// Records that are only generated have summaries, and are summed up, as others are.
func TestRollupOfGeneratedRecords(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Specimens", Field{APIName: "Twice", DataType: "formula", Expression: "${Specimens.Children_Count}*2", ReturnType: "integer"})
	var asked int
	c.server.SeedFunc("Specimens", 10, func(i int) zohohub.Fields {
		asked++
		return zohohub.Fields{"Name": strconv.Itoa(i)}
	})
	assert.Zero(t, asked, "nobody has looked yet")
	parents := c.listed("v8/Specimens?fields=Name,Twice")
	assert.Len(t, parents, 10)
	assert.InDelta(t, 0, parents[0]["Twice"], 0)
	parent := parents[3]["id"].(string)
	children := 0
	c.server.SeedFunc("Specimens", 3, func(int) zohohub.Fields {
		children++
		return zohohub.Fields{"Name": "child", "Parent_Specimen": zohohub.Fields{"id": parent}}
	})
	c.shows(`6`, "v8/Specimens/"+parent, "Twice")
	known := children
	c.shows(`6`, "v8/Specimens/"+parent, "Twice")
	assert.Equal(t, known, children, "a summary is worked out once")
	// One that is written to counts on, until it is given to another or deleted.
	own := c.listed("v8/Specimens?fields=Name&sort_by=id&sort_order=desc")
	c.update("v8/Specimens/"+own[0]["id"].(string), `{"Name":"x"}`)
	c.shows(`6`, "v8/Specimens/"+parent, "Twice")
	c.update("v8/Specimens/"+own[0]["id"].(string), `{"Parent_Specimen":null}`)
	c.shows(`4`, "v8/Specimens/"+parent, "Twice")
	c.call(200, "DELETE", "v8/Specimens/"+own[1]["id"].(string), "")
	c.shows(`2`, "v8/Specimens/"+parent, "Twice")
}

// A request that writes many children sums up their parent once, not once for each.
func TestRollupOfManyRecords(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	top := c.create("v8/Specimens", `{"Name":"top"}`)
	asked := 0
	c.server.SeedFunc("Specimens", 200, func(int) zohohub.Fields {
		asked++
		return zohohub.Fields{"Name": "child", "Parent_Specimen": zohohub.Fields{"id": top}}
	})
	c.shows(`200`, "v8/Specimens/"+top, "Children_Count")
	asked = 0
	rows := strings.Repeat(`,{"Name":"child","Parent_Specimen":{"id":"`+top+`"}}`, 100)
	c.call(201, "POST", "v8/Specimens", `{"data":[`+rows[1:]+`]}`)
	assert.Zero(t, asked, "nobody has looked yet")
	c.shows(`300`, "v8/Specimens/"+top, "Children_Count")
	assert.Equal(t, 200, asked)
}
