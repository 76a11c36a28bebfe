package zohohubtest

import (
	"maps"
	"math/big"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// tax is one of the organisation's taxes, by id or by name; nil when there is no such.
func (c *crm) tax(id, name string) *schema.Pick {
	picks := c.schema.Module("Products").Field("Tax").PickList
	for i := range picks {
		if id == picks[i].ID || id == "" && name == picks[i].Display {
			return &picks[i]
		}
	}
	return nil
}

// taxes takes the taxes of a product: objects with id or value, in v2 the names alone. Their names are stored.
func (w *write) taxes(f *schema.Field, s site, v any) (any, *refusal) {
	list, ok := v.([]any)
	if !ok {
		return nil, w.expected(s, "jsonarray")
	}
	names := []any{}
	for i, item := range list {
		name, isText := item.(string)
		id := ""
		if w.version.taxObjects {
			object, ok := item.(map[string]any)
			if !ok {
				return nil, w.expected(s.index(i), "jsonobject")
			}
			id, _ = scalarText(object["id"])
			name, _ = object["value"].(string)
		} else if !isText {
			return nil, w.expected(s.index(i), "text")
		}
		tax := w.c.tax(id, name)
		if tax == nil {
			return nil, w.fault(s.index(i), "INVALID_DATA", "invalid data")
		}
		names = append(names, tax.Display)
	}
	return w.picks(f, s, names)
}

// showTaxes is the taxes of a product in the form of the version.
func (c *crm) showTaxes(v any, in *version) any {
	names, _ := v.([]any)
	if !in.taxObjects {
		return v
	}
	out := make([]any, len(names))
	for i, item := range names {
		name, _ := item.(string)
		out[i] = map[string]any{"id": nil, "value": name}
		if tax := c.tax("", name); tax != nil {
			out[i] = map[string]any{"id": tax.ID, "value": name}
		}
	}
	return out
}

// lineTaxes takes the taxes on a line, or on a whole quote or order: which one, and how many percent.
func (w *write) lineTaxes(f *schema.Field, s site, v any) (any, *refusal) {
	return w.objects(f, s, v, func(_ int, s site, row map[string]any) *refusal {
		id, _ := row["id"].(string)
		name, _ := row["name"].(string)
		if id == "" && name == "" {
			return w.mandatory(s.at("name"))
		}
		tax := w.c.tax(id, name)
		if tax == nil {
			return w.fault(s.at("name"), "INVALID_DATA", "invalid data")
		}
		row["id"], row["name"], row["display_name"] = tax.ID, tax.Display, tax.Display
		return nil
	})
}

// lineTax describes $line_tax, which is a key of records and no field of their module.
var lineTax = &schema.Field{APIName: "$line_tax", DataType: "linetax", Length: 100}

// addTaxes computes the taxes on an amount and their sum, Tax. A list is never changed in place: an older record may
// share it.
func addTaxes(tax *schema.Field, fields map[string]any, key string, amount *big.Rat) *big.Rat {
	sum := new(big.Rat)
	list, _ := fields[key].([]any)
	if len(list) == 0 {
		delete(fields, "Tax")
		return sum
	}
	taxed := make([]any, len(list))
	for i, item := range list {
		row := map[string]any{}
		if old, ok := item.(map[string]any); ok {
			maps.Copy(row, old)
		}
		value := new(big.Rat)
		if percentage := rat(row["percentage"]); percentage != nil {
			value.Mul(amount, percentage)
		}
		row["value"] = ratNumber(rounded(value.Quo(value, big.NewRat(100, 1)), tax), tax.DecimalPlaces)
		sum.Add(sum, rat(row["value"]))
		taxed[i] = row
	}
	fields[key] = taxed
	fields["Tax"] = ratNumber(sum, tax.DecimalPlaces)
	return sum
}

// hasLines tells whether records of a module are made of line items, as quotes and orders are.
func hasLines(m *schema.Module) bool {
	for _, f := range m.Fields {
		if f.LineItems() {
			return true
		}
	}
	return false
}
