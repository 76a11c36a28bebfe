package zohohubtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"regexp"
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
	for _, f := range m.Fields {
		if f.DataType != "formula" {
			continue
		}
		var result *big.Rat
		if f.Expression != "" {
			result = evaluate(f.Expression, fields)
		} else {
			result = c.total(m, f.APIName, fields)
		}
		if result == nil {
			delete(fields, f.APIName)
		} else {
			fields[f.APIName] = ratNumber(result, f.DecimalPlaces)
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
		return sum.Add(sum.Sub(number("Total"), number("Discount")), number("Tax"))
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
		return sum.Add(sum.Add(sum, number("Tax")), number("Adjustment"))
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

// operand is a field in a formula: ${Module.Field}.
var operand = regexp.MustCompile(`\$\{(?:[A-Za-z0-9_]+\.)?([A-Za-z0-9_]+)\}`)

// evaluate computes a formula of numbers, fields, + - * / and parentheses. It is nil when a field is empty and for all
// that it does not know.
func evaluate(expression string, fields map[string]any) *big.Rat {
	tree, err := parser.ParseExpr(operand.ReplaceAllString(expression, "$1"))
	if err != nil {
		return nil
	}
	return evaluateNode(tree, fields)
}

func evaluateNode(e ast.Expr, fields map[string]any) *big.Rat {
	switch e := e.(type) {
	case *ast.Ident:
		return rat(fields[e.Name])
	case *ast.BasicLit:
		return rat(json.Number(e.Value))
	case *ast.ParenExpr:
		return evaluateNode(e.X, fields)
	case *ast.BinaryExpr:
		x, y := evaluateNode(e.X, fields), evaluateNode(e.Y, fields)
		if x == nil || y == nil {
			return nil
		}
		switch e.Op {
		case token.ADD:
			return new(big.Rat).Add(x, y)
		case token.SUB:
			return new(big.Rat).Sub(x, y)
		case token.MUL:
			return new(big.Rat).Mul(x, y)
		case token.QUO:
			if y.Sign() != 0 {
				return new(big.Rat).Quo(x, y)
			}
		}
	}
	return nil
}
