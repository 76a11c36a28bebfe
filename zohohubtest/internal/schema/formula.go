package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lexeme is what a formula writes otherwise than Go, by whose parser it is read:
// texts in quotes of either kind, and fields. The last three are Go's alone.
var lexeme = regexp.MustCompile(`'[^']*'|"[^"]*"|\$\{(?:([A-Za-z0-9_]+)\.)?([A-Za-z0-9_]+)\}` + "|//|/\\*|`")

// operand begins the name of a field while Go's parser reads it, since a field
// may be called as a function or one of Go's keywords is.
const operand = "ƒ"

// Formula is the expression of a formula, read once: literals, API names of
// fields, - before an operand, operators, parentheses and calls of functions.
// It is nil for other fields and for those that say what they compute.
func (f *Field) Formula() ast.Expr { return f.tree }

// read reads the expression of a formula of m.
func (f *Field) read(m *Module) error {
	var foreign []string
	tree, err := parser.ParseExpr(lexeme.ReplaceAllStringFunc(f.Expression, func(s string) string {
		switch part := lexeme.FindStringSubmatch(s); {
		case s[0] == '\'' || s[0] == '"':
			return strconv.Quote(s[1 : len(s)-1])
		case part[2] == "":
			return "$" // which Go does not know
		case part[1] != "" && part[1] != m.APIName:
			foreign = append(foreign, s)
			fallthrough
		default:
			return operand + part[2]
		}
	}))
	names, ok := operands(tree)
	switch {
	case err != nil || !ok:
		return fmt.Errorf("%q is no formula", f.Expression)
	case len(foreign) > 0:
		return fmt.Errorf("%s is of another module", foreign[0])
	}
	f.tree, f.needs = tree, nil
	for _, name := range names {
		name.Name = strings.TrimPrefix(name.Name, operand)
		f.needs = append(f.needs, name.Name)
	}
	return nil
}

// operands gives the places of an expression where fields stand; ok is false
// for what Go writes and no formula does.
func operands(e ast.Expr) (found []*ast.Ident, ok bool) {
	var parts []ast.Expr
	switch e := e.(type) {
	case *ast.Ident:
		return []*ast.Ident{e}, strings.HasPrefix(e.Name, operand)
	case *ast.BasicLit:
		return nil, e.Kind == token.STRING || strings.Trim(e.Value, "0123456789.") == ""
	case *ast.ParenExpr:
		return operands(e.X)
	case *ast.UnaryExpr:
		found, ok = operands(e.X)
		return found, ok && e.Op == token.SUB
	case *ast.BinaryExpr:
		parts = []ast.Expr{e.X, e.Y}
	case *ast.CallExpr:
		name, named := e.Fun.(*ast.Ident)
		if !named || strings.HasPrefix(name.Name, operand) || e.Ellipsis.IsValid() {
			return nil, false
		}
		parts = e.Args
	default:
		return nil, false
	}
	for _, part := range parts {
		more, ok := operands(part)
		if !ok {
			return nil, false
		}
		found = append(found, more...)
	}
	return found, true
}

// Computed are the formulas and roll-up summaries of a module, each after those
// that it needs.
func (m *Module) Computed() []*Field { return m.computed }

// compile takes in those of the added fields that are computed. Their formulas
// may name each other, the module's fields and nothing else.
func (m *Module) compile(added ...*Field) error {
	fields := slices.Concat(m.Fields, added)
	var begun, sorted []*Field
	var visit func(f *Field) error
	visit = func(f *Field) error {
		switch {
		case !f.computed() || slices.Contains(m.computed, f) || slices.Contains(sorted, f):
			return nil
		case slices.Contains(begun, f):
			return fmt.Errorf("%s is computed from itself", f.APIName)
		case f.Expression != "":
			if err := f.read(m); err != nil {
				return err
			}
		}
		begun = append(begun, f)
		for _, name := range f.needs {
			i := slices.IndexFunc(fields, func(f *Field) bool { return f.APIName == name })
			if i < 0 {
				return fmt.Errorf("there is no field %q to compute with", name)
			}
			if err := visit(fields[i]); err != nil {
				return err
			}
		}
		sorted = append(sorted, f)
		return nil
	}
	for _, f := range added {
		if err := visit(f); err != nil {
			return fmt.Errorf("schema: field %s.%s: %w", m.APIName, f.APIName, err)
		}
	}
	m.computed = append(m.computed, sorted...)
	return nil
}
