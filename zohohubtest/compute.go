package zohohubtest

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// compute sets the fields of a record, or of a row of a subform, that follow from others.
func (c *crm) compute(m *schema.Module, fields map[string]any) {
	if f := m.Field("Full_Name"); f != nil && f.ReadOnly {
		first, _ := fields["First_Name"].(string)
		last, _ := fields["Last_Name"].(string)
		if name := strings.TrimSpace(first + " " + last); name != "" {
			fields["Full_Name"] = name
		}
	}
	if duration, ok := fields["Call_Duration"].(string); ok && m.APIName == "Calls" {
		fields["Call_Duration_in_seconds"] = json.Number(strconv.Itoa(seconds(duration)))
	}
	for _, f := range m.Computed() {
		switch {
		case f.Rollup != nil && f.OfRows():
			setOrClear(fields, f.APIName, ofRows(f, m, fields))
		case f.Rollup != nil: // summed up when the record is looked at
		case f.Computes != "":
			fields[f.APIName] = ratNumber(total(f, fields), f.DecimalPlaces)
		default:
			setOrClear(fields, f.APIName, formula(f, fields))
		}
	}
}

// total computes an amount of a quote, an order or one of their items.
func total(f *schema.Field, fields map[string]any) *big.Rat {
	number := func(name string) *big.Rat {
		if r := rat(fields[name]); r != nil {
			return r
		}
		return new(big.Rat)
	}
	sum := new(big.Rat)
	tax := f.Module().Field("Tax")
	switch f.Computes {
	case "line_total":
		return sum.Mul(number("Quantity"), number("List_Price"))
	case "net_total":
		sum.Sub(number("Total"), number("Discount"))
		return sum.Add(sum, addTaxes(tax, fields, "Line_Tax", sum))
	case "sub_total":
		for _, lines := range f.Module().Fields {
			if !lines.LineItems() {
				continue
			}
			rows, _ := fields[lines.APIName].([]any)
			for _, item := range rows {
				row, _ := item.(map[string]any)
				if r := rat(row["Net_Total"]); r != nil {
					sum.Add(sum, r)
				}
			}
		}
	case "grand_total":
		sum.Sub(number("Sub_Total"), number("Discount"))
		return sum.Add(sum.Add(sum, addTaxes(tax, fields, "$line_tax", sum)), number("Adjustment"))
	}
	return sum
}

func rat(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return nil
	}
	return r
}
