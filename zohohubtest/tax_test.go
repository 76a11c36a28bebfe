package zohohubtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTaxesOfProducts(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	sales, vat := c.server.crm.tax("", "Sales Tax").ID, c.server.crm.tax("", "Vat").ID
	both := `[{"id":"` + sales + `","value":"Sales Tax"},{"id":"` + vat + `","value":"Vat"}]`
	id := c.create("v8/Products", `{"Product_Name":"Widget","Tax":[{"value":"Sales Tax"},{"id":"`+vat+`"}]}`)
	for _, version := range []string{"v2.1", "v8"} {
		c.shows(both, version+"/Products/"+id, "Tax")
		c.update(version+"/Products/"+id, `{"Tax":`+both+`}`)
	}
	c.shows(`["Sales Tax","Vat"]`, "v2/Products/"+id, "Tax")
	c.update("v2/Products/"+id, `{"Tax":["Vat"]}`)
	c.shows(`["Vat"]`, "v2/Products/"+id, "Tax")
	c.call(200, "GET", "v8/Products/search?criteria=(Tax:equals:Vat)", "")
	for sent, want := range map[string]string{
		`"Vat"`: badType("Tax", "jsonarray"), `["Vat"]`: badType("Tax[0]", "jsonobject"), `[{"value":"Alms"}]`: badValue("Tax[0]"), `[{"id":"5"}]`: badValue("Tax[0]"),
	} {
		c.refuses("PUT", "v8/Products/"+id, `{"Tax":`+sent+`}`, want)
	}
	assert.Contains(t, c.call(202, "PUT", "v2/Products/"+id, `{"data":[{"Tax":[{"value":"Vat"}]}]}`), `"expected_data_type":"text"`)
	c.update("v8/Products/"+id, `{"Tax":[]}`)
	c.shows(`[]`, "v8/Products/"+id, "Tax")
}

func TestTaxesOfLines(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	sales, vat := c.server.crm.tax("", "Sales Tax").ID, c.server.crm.tax("", "Vat").ID
	account, product := c.create("v8/Accounts", `{"Account_Name":"Acme"}`), c.create("v8/Products", `{"Product_Name":"Widget"}`)
	vendor := c.create("v8/Vendors", `{"Vendor_Name":"Smith"}`)
	taxed := func(id, name, percentage, value string) string {
		return `{"id":"` + id + `","name":"` + name + `","display_name":"` + name + `","percentage":` + percentage + `,"value":` + value + `}`
	}
	for module, items := range map[string]string{"Quotes": "Quoted_Items", "Sales_Orders": "Ordered_Items", "Purchase_Orders": "Purchase_Items", "Invoices": "Invoiced_Items"} {
		row := `{"Subject":"Q","Account_Name":{"id":"` + account + `"},"Vendor_Name":{"id":"` + vendor + `"},"` + items + `":[{"Product_Name":{"id":"` + product +
			`"},"Quantity":2,"List_Price":10.5,"Discount":1,"Line_Tax":[{"name":"Sales Tax","percentage":12.5,"value":99},{"id":"` + vat + `","percentage":3.333}]}]`
		path := "v8/" + module + "/" + c.create("v8/"+module, row+`,"$line_tax":[{"name":"Vat","percentage":10}],"Adjustment":1}`)
		line := c.rows(path, items)[0]
		assert.JSONEq(t, `[`+taxed(sales, "Sales Tax", "12.5", "2.5")+`,`+taxed(vat, "Vat", "3.33", "0.67")+`]`, wholeJSON(t, line["Line_Tax"]))
		assert.Equal(t, []any{21.0, 3.17, 23.17}, []any{line["Total"], line["Tax"], line["Net_Total"]})
		c.shows(`[`+taxed(vat, "Vat", "10", "2.32")+`]`, path, "$line_tax")
		c.shows(`2.32`, path, "Tax")
		c.shows(`26.49`, path, "Grand_Total")

		// Another amount is taxed anew; what was shown may be sent back.
		c.update(path, `{"`+items+`":[{"id":"`+line["id"].(string)+`","Quantity":1,"Line_Tax":`+wholeJSON(t, line["Line_Tax"])+`}],"$line_tax":`+wholeJSON(t, c.field(path, "$line_tax"))+`}`)
		line = c.rows(path, items)[0]
		assert.JSONEq(t, `[`+taxed(sales, "Sales Tax", "12.5", "1.19")+`,`+taxed(vat, "Vat", "3.33", "0.32")+`]`, wholeJSON(t, line["Line_Tax"]))
		c.shows(`1.1`, path, "Tax")
		c.update(path, `{"`+items+`":[{"id":"`+line["id"].(string)+`","Line_Tax":[]}],"$line_tax":null}`)
		assert.Equal(t, []any{nil, nil, 9.5}, []any{c.rows(path, items)[0]["Line_Tax"], c.rows(path, items)[0]["Tax"], c.rows(path, items)[0]["Net_Total"]})
		c.shows(`[]`, path, "$line_tax")
		c.shows(`10.5`, path, "Grand_Total")

		for sent, want := range map[string]string{
			`{}`: badType("$line_tax", "jsonarray"), `[{"percentage":1}]`: missing("$line_tax[0].name"), `[{"name":"Vat"}]`: missing("$line_tax[0].percentage"),
			`[{"name":"Alms","percentage":1}]`: badValue("$line_tax[0].name"), `[{"name":"Vat","percentage":"1"}]`: badType("$line_tax[0].percentage", "double"),
		} {
			c.refuses("PUT", path, `{"$line_tax":`+sent+`}`, want)
		}
	}
	assert.NotContains(t, c.call(200, "GET", "v8/Accounts/"+account, ""), "$line_tax")
}

func TestPricingDetails(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	path := "v8/Price_Books/" + c.create("v8/Price_Books", `{"Price_Book_Name":"P","Pricing_Model":"Differential","Pricing_Details":[
		{"from_range":1,"to_range":10,"discount":5},{"from_range":11,"to_range":20.5,"discount":7.5,"id":"5"}]}`)
	rows := c.rows(path, "Pricing_Details")
	assert.Equal(t, []map[string]any{
		{"id": rows[0]["id"], "from_range": 1.0, "to_range": 10.0, "discount": 5.0}, {"id": rows[1]["id"], "from_range": 11.0, "to_range": 20.5, "discount": 7.5},
	}, rows)
	assert.Len(t, rows[1]["id"], 19)
	c.update(path, `{"Pricing_Details":[{"from_range":1,"to_range":5,"discount":1},{"id":"`+rows[1]["id"].(string)+`","from_range":6,"to_range":20,"discount":9}]}`)
	again := c.rows(path, "Pricing_Details")
	assert.NotEqual(t, rows[0]["id"], again[0]["id"])
	assert.Equal(t, map[string]any{"id": rows[1]["id"], "from_range": 6.0, "to_range": 20.0, "discount": 9.0}, again[1])
	for sent, want := range map[string]string{
		`{}`:                              badType("Pricing_Details", "jsonarray"),
		`[1]`:                             badType("Pricing_Details[0]", "jsonobject"),
		`[{"from_range":1,"discount":5}]`: missing("Pricing_Details[0].to_range"),
		`[{"from_range":"1","to_range":2,"discount":5}]`: badType("Pricing_Details[0].from_range", "double"),
		`[{"from_range":3,"to_range":2,"discount":5}]`:   badValue("Pricing_Details[0].to_range"),
		`[{"from_range":1,"to_range":2,"discount":101}]`: badValue("Pricing_Details[0].discount"),
		`[{"from_range":1,"to_range":2,"discount":-1}]`:  badValue("Pricing_Details[0].discount"),
	} {
		c.refuses("PUT", path, `{"Pricing_Details":`+sent+`}`, want)
	}
	c.update(path, `{"Pricing_Details":[]}`)
	c.shows(`[]`, path, "Pricing_Details")
}
