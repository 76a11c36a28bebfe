package schema

import "slices"

// lineItems are the modules of the rows of quotes and orders, which v2 shows in
// a form of its own.
var lineItems = []string{"Quoted_Items", "Ordered_Items", "Purchase_Items", "Invoiced_Items"}

// LineItems tells whether the field holds the rows of a quote or an order.
func (f *Field) LineItems() bool { return slices.Contains(lineItems, f.Subform) }

// lineItemsV2 are v2's keys for the fields of such a row; other fields keep
// their API name.
var lineItemsV2 = map[string]string{
	"Product_Name": "product", "Quantity": "quantity", "List_Price": "list_price", "Total": "total", "Net_Total": "net_total",
	"Line_Tax": "line_tax", "Description": "product_description",
}

// NameIn is the field's key in records of the API version. All versions agree
// but for v2's line items, which are Product_Details whatever the module.
func (f *Field) NameIn(version string) string {
	if version == "v2" && f.LineItems() {
		return "Product_Details"
	}
	return f.APIName
}

// RowKeyIn is the key of a row's field in the record that holds the row. It is
// the API name but for v2's line items.
func (f *Field) RowKeyIn(version string) string {
	if key := lineItemsV2[f.APIName]; version == "v2" && key != "" && slices.Contains(lineItems, f.module.APIName) {
		return key
	}
	return f.APIName
}
