package zohohubtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// operand is a field in a formula: ${Module.Field}.
var operand = regexp.MustCompile(`\$\{(?:[A-Za-z0-9_]+\.)?([A-Za-z0-9_]+)\}`)

// formula is the value of a formula field; nil when it cannot be computed or is not of the field's kind.
func formula(f *schema.Field, fields map[string]any) any {
	switch v := evaluate(f.Expression, fields).(type) {
	case *big.Rat:
		if f.JSONType == "double" || f.JSONType == "integer" {
			return ratNumber(v, f.DecimalPlaces)
		}
	case bool:
		if f.JSONType == "boolean" {
			return v
		}
	case string:
		if f.JSONType == "string" {
			return v
		}
	}
	return nil
}

// evaluate computes a formula of fields, numbers, texts in quotes of either kind, + - * / and comparisons, parentheses,
// Concat, If and Adddate: a *big.Rat, a string or a bool. It is nil when a field is empty and for all that it does not
// know.
func evaluate(expression string, fields map[string]any) any {
	if !strings.Contains(expression, `"`) {
		expression = strings.ReplaceAll(expression, "'", `"`) // as Go writes texts
	}
	tree, err := parser.ParseExpr(operand.ReplaceAllString(expression, "$1"))
	if err != nil {
		return nil
	}
	return evaluateNode(tree, fields)
}

func evaluateNode(e ast.Expr, fields map[string]any) any {
	switch e := e.(type) {
	case *ast.Ident:
		return operandValue(fields[e.Name])
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
		return operandValue(json.Number(e.Value))
	case *ast.ParenExpr:
		return evaluateNode(e.X, fields)
	case *ast.BinaryExpr:
		return operate(e.Op, evaluateNode(e.X, fields), evaluateNode(e.Y, fields))
	case *ast.CallExpr:
		name, _ := e.Fun.(*ast.Ident)
		args := make([]any, len(e.Args))
		for i, arg := range e.Args {
			if args[i] = evaluateNode(arg, fields); args[i] == nil {
				return nil
			}
		}
		if name != nil {
			return call(name.Name, args)
		}
	}
	return nil
}

// operandValue is a value of a record as formulas compute with it.
func operandValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		if r := rat(v); r != nil {
			return r
		}
	case string, bool:
		return v
	}
	return nil
}

func operate(op token.Token, x, y any) any {
	a, isNumber := x.(*big.Rat)
	b, both := y.(*big.Rat)
	if !isNumber || !both {
		text, isText := x.(string)
		other, areTexts := y.(string)
		if !isText || !areTexts {
			return nil
		}
		return compared(op, strings.Compare(text, other))
	}
	switch op {
	case token.ADD:
		return new(big.Rat).Add(a, b)
	case token.SUB:
		return new(big.Rat).Sub(a, b)
	case token.MUL:
		return new(big.Rat).Mul(a, b)
	case token.QUO:
		if b.Sign() == 0 {
			return nil
		}
		return new(big.Rat).Quo(a, b)
	}
	return compared(op, a.Cmp(b))
}

// compared is what an operator says of an order: -1, 0 or 1. It is nil for one that compares nothing.
func compared(op token.Token, order int) any {
	switch op {
	case token.EQL:
		return order == 0
	case token.NEQ:
		return order != 0
	case token.LSS:
		return order < 0
	case token.LEQ:
		return order <= 0
	case token.GTR:
		return order > 0
	case token.GEQ:
		return order >= 0
	}
	return nil
}

func call(name string, args []any) any {
	switch {
	case name == "Concat":
		var text strings.Builder
		for _, arg := range args {
			part, ok := arg.(string)
			if !ok {
				return nil
			}
			text.WriteString(part)
		}
		return text.String()
	case name == "If" && len(args) == 3:
		if holds, ok := args[0].(bool); ok && holds {
			return args[1]
		} else if ok {
			return args[2]
		}
	case name == "Adddate" && len(args) == 3:
		return addDate(args[0], args[1], args[2])
	}
	return nil
}

// addDate is a day some days, months or years later.
func addDate(day, number, unit any) any {
	text, _ := day.(string)
	at, err := time.Parse(time.DateOnly, text)
	r, ok := number.(*big.Rat)
	if err != nil || !ok || !r.IsInt() || !r.Num().IsInt64() {
		return nil
	}
	n := int(r.Num().Int64())
	switch unit {
	case "DAY":
		at = at.AddDate(0, 0, n)
	case "MONTH":
		at = at.AddDate(0, n, 0)
	case "YEAR":
		at = at.AddDate(n, 0, 0)
	default:
		return nil
	}
	return at.Format(time.DateOnly)
}
