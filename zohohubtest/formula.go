package zohohubtest

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// formula is the value of a formula field; nil when it cannot be computed or is not of the field's kind.
func formula(f *schema.Field, fields map[string]any) any {
	switch v := evaluate(f.Module(), f.Formula(), fields).(type) {
	case *big.Rat:
		if f.ReturnType == "bigint" {
			return ratNumber(v, 0).String()
		}
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

// evaluate computes a formula of fields, numbers, texts, + - * / and comparisons, parentheses, Concat, If and Adddate: a
// *big.Rat, a string or a bool. It is nil when a field is empty and for all that it does not know.
func evaluate(m *schema.Module, e ast.Expr, fields map[string]any) any {
	switch e := e.(type) {
	case *ast.Ident:
		v := fields[e.Name]
		if text, ok := v.(string); ok && m.Field(e.Name).IsBigint() {
			v = json.Number(text)
		}
		return operandValue(v)
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
		return operandValue(json.Number(e.Value))
	case *ast.ParenExpr:
		return evaluate(m, e.X, fields)
	case *ast.UnaryExpr:
		return operate(e.Op, new(big.Rat), evaluate(m, e.X, fields))
	case *ast.BinaryExpr:
		return operate(e.Op, evaluate(m, e.X, fields), evaluate(m, e.Y, fields))
	case *ast.CallExpr:
		name, _ := e.Fun.(*ast.Ident)
		if name.Name == "If" && len(e.Args) == 3 {
			return either(m, e.Args, fields)
		}
		args := make([]any, len(e.Args))
		for i, arg := range e.Args {
			if args[i] = evaluate(m, arg, fields); args[i] == nil {
				return nil
			}
		}
		return call(name.Name, args)
	}
	return nil
}

// either is what If gives. The branch that is not taken may be empty.
func either(m *schema.Module, args []ast.Expr, fields map[string]any) any {
	switch evaluate(m, args[0], fields) {
	case true:
		return evaluate(m, args[1], fields)
	case false:
		return evaluate(m, args[2], fields)
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
	if err != nil || !ok || !r.IsInt() || r.Num().BitLen() > 31 { // that many days are beyond all years
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
	if at.Year() < 1 || at.Year() > 9999 {
		return nil
	}
	return at.Format(time.DateOnly)
}
