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
	for _, f := range m.Fields {
		switch {
		case f.Rollup != nil:
			setOrClear(fields, f.APIName, rolled(f, m, fields))
		case f.DataType != "formula":
		case f.Expression != "":
			setOrClear(fields, f.APIName, formula(f, fields))
		default:
			if result := c.total(m, f.APIName, fields); result != nil {
				fields[f.APIName] = ratNumber(result, f.DecimalPlaces)
			} else {
				delete(fields, f.APIName)
			}
		}
	}
}

// total computes the amounts of quotes, orders and their items; nil for any other formula.
func (c *crm) total(m *schema.Module, name string, fields map[string]any) *big.Rat {
	number := func(name string) *big.Rat {
		if r := rat(fields[name]); r != nil {
			return r
		}
		return new(big.Rat)
	}
	sum := new(big.Rat)
	switch name {
	case "Total":
		return sum.Mul(number("Quantity"), number("List_Price"))
	case "Net_Total":
		sum.Sub(number("Total"), number("Discount"))
		return sum.Add(sum, addTaxes(fields, "Line_Tax", sum))
	case "Sub_Total":
		for _, f := range m.Fields {
			rows, _ := fields[f.APIName].([]any)
			if f.DataType != "subform" {
				continue
			}
			for _, item := range rows {
				row, _ := item.(map[string]any)
				if r := rat(row["Net_Total"]); r != nil {
					sum.Add(sum, r)
				}
			}
		}
		return sum
	case "Grand_Total":
		sum.Sub(number("Sub_Total"), number("Discount"))
		return sum.Add(sum.Add(sum, addTaxes(fields, "$line_tax", sum)), number("Adjustment"))
	}
	return nil
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
