package zohohub

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// Criteria is a condition on a module's records, for [Record.Where], [Record.FindBy] and [Record.Count]. It is a value:
// joining makes a new one and leaves its parts as they were. Field names are Zoho's API names. A fault (an empty field,
// a value that cannot be written) is kept and comes out of the call that uses it. The zero Criteria is no condition.
//
//	zohohub.Eq("City", "Lisboa").And(zohohub.GreaterEqual("Annual_Revenue", 1_000_000))
//
// Which operators a field takes depends on its type: text takes Eq, NotEq, In and StartsWith; pick lists Eq, NotEq and
// In; lookups (by id) Eq, NotEq and In; numbers, dates and times all but StartsWith; booleans Eq and NotEq.
// Zoho takes ten conditions in one search.
type Criteria struct{ node *criterion }

// criterion is a comparison, a group of criteria, or one of search's own parameters.
type criterion struct {
	field string
	op    string // Zoho's comparator; "and" and "or" for groups; "email", "phone", "word", "raw"
	value []any
	group []*criterion
	err   error
}

// Eq holds for records whose field is value. Mind that Zoho's search also finds text that merely contains the value;
// [Record.FindBy] keeps to exact matches. A nil value is refused: Zoho's search has no test for empty fields.
func Eq(field string, value any) Criteria { return compare(field, "equals", value) }

// NotEq holds for records whose field is not value.
func NotEq(field string, value any) Criteria { return compare(field, "not_equal", value) }

// In holds for records whose field is one of the values, 1 to 100.
func In(field string, values ...any) Criteria {
	c := compare(field, "in", values...)
	if n := len(values); c.node.err == nil && (n < 1 || n > 100) {
		c.node.err = fmt.Errorf("In(%s): %d values, not 1 to 100", field, n)
	}
	return c
}

// Between holds for records whose number, date or time lies between lo and hi, both included.
func Between(field string, lo, hi any) Criteria { return compare(field, "between", lo, hi) }

// GreaterThan holds for records whose number, date or time is above value.
func GreaterThan(field string, value any) Criteria { return compare(field, "greater_than", value) }

// GreaterEqual holds for records whose number, date or time is value or above.
func GreaterEqual(field string, value any) Criteria { return compare(field, "greater_equal", value) }

// LessThan holds for records whose number, date or time is below value.
func LessThan(field string, value any) Criteria { return compare(field, "less_than", value) }

// LessEqual holds for records whose number, date or time is value or below.
func LessEqual(field string, value any) Criteria { return compare(field, "less_equal", value) }

// StartsWith holds for records whose text starts with prefix.
func StartsWith(field, prefix string) Criteria { return compare(field, "starts_with", prefix) }

// Email holds for records of which any e-mail field matches; Zoho also finds parts. It stands alone: it cannot be
// joined with others.
func Email(address string) Criteria { return alone("email", address, 1) }

// Phone holds for records of which any phone field matches; Zoho also finds parts, of three characters or more. It
// stands alone.
func Phone(number string) Criteria { return alone("phone", number, 3) }

// Word holds for records that contain the word, of two characters or more, anywhere. It stands alone.
func Word(word string) Criteria { return alone("word", word, 2) }

// RawCriteria is a condition in Zoho's own notation, sent as it is: "((City:equals:Lisboa)or(City:equals:Porto))".
// Escaping ( ) , and \ in its values is the caller's.
func RawCriteria(text string) Criteria {
	n := &criterion{op: "raw", value: []any{text}}
	if strings.TrimSpace(text) == "" {
		n.err = errors.New("RawCriteria: empty text")
	}
	return Criteria{n}
}

// And holds where c and all the others do.
func (c Criteria) And(others ...Criteria) Criteria { return c.join("and", others) }

// Or holds where c or one of the others does.
func (c Criteria) Or(others ...Criteria) Criteria { return c.join("or", others) }

// IsZero reports whether c is no condition at all.
func (c Criteria) IsZero() bool { return c.node == nil }

// String is the condition as Zoho gets it, before URL encoding; a faulty one says its fault.
func (c Criteria) String() string {
	if c.node == nil {
		return ""
	}
	name, text, err := c.param()
	if err != nil {
		return "invalid criteria: " + err.Error()
	}
	if name != "criteria" {
		return name + "=" + text
	}
	return text
}

func compare(field, op string, values ...any) Criteria {
	n := &criterion{field: field, op: op, value: slices.Clone(values)}
	if !isAPIName(field) {
		n.err = fmt.Errorf("%q is not a field's API name", clip(field, 40))
	}
	for _, v := range values {
		if n.err == nil && (v == nil || v == "") {
			n.err = fmt.Errorf("%s: Zoho's search has no test for an empty value", field)
		}
		if _, err := codec.Literal(v, codec.Criteria); err != nil && n.err == nil {
			n.err = fmt.Errorf("%s: %w", field, err)
		}
	}
	return Criteria{n}
}

func alone(op, value string, least int) Criteria {
	n := &criterion{op: op, value: []any{value}}
	if len([]rune(strings.TrimSpace(value))) < least {
		n.err = fmt.Errorf("%s %q is shorter than Zoho's %d characters", op, value, least)
	}
	return Criteria{n}
}

func (c Criteria) join(op string, others []Criteria) Criteria {
	g := &criterion{op: op}
	for _, o := range append([]Criteria{c}, others...) {
		switch {
		case o.node == nil: // no condition
		case o.node.op == op && o.node.err == nil:
			g.group = append(g.group, o.node.group...)
		default:
			g.group = append(g.group, o.node)
		}
	}
	switch len(g.group) {
	case 0:
		return Criteria{}
	case 1:
		return Criteria{g.group[0]}
	}
	for _, n := range g.group {
		switch {
		case g.err != nil:
		case n.err != nil:
			g.err = n.err
		case n.op == "email" || n.op == "phone" || n.op == "word":
			g.err = fmt.Errorf("a search by %s stands alone: it cannot be joined with other criteria", n.op)
		}
	}
	return Criteria{g}
}

// param is the query parameter that carries the condition.
func (c Criteria) param() (name, value string, err error) {
	n := c.node
	if n == nil {
		return "", "", errors.New("no criteria: the zero Criteria finds nothing in particular")
	}
	if n.err != nil {
		return "", "", n.err
	}
	switch n.op {
	case "email", "phone", "word":
		return n.op, fmt.Sprint(n.value[0]), nil
	}
	text, err := n.text()
	return "criteria", text, err
}

func (n *criterion) text() (string, error) {
	switch n.op {
	case "raw":
		return fmt.Sprint(n.value[0]), nil
	case "and", "or":
		parts := make([]string, len(n.group))
		for i, g := range n.group {
			var err error
			if parts[i], err = g.text(); err != nil {
				return "", err
			}
		}
		return "(" + strings.Join(parts, n.op) + ")", nil
	}
	values := make([]string, len(n.value))
	for i, v := range n.value {
		var err error
		if values[i], err = codec.Literal(v, codec.Criteria); err != nil {
			return "", err
		}
	}
	return "(" + n.field + ":" + n.op + ":" + strings.Join(values, ",") + ")", nil
}

// fields are the API names that the condition compares.
func (c Criteria) fields() []string {
	var names []string
	var walk func(*criterion)
	walk = func(n *criterion) {
		if n == nil {
			return
		}
		if n.field != "" && !slices.Contains(names, n.field) {
			names = append(names, n.field)
		}
		for _, g := range n.group {
			walk(g)
		}
	}
	walk(c.node)
	return names
}

// isAPIName reports whether name could be an API name of Zoho's, alone or as a dotted path: it goes into URLs and
// criteria as it is, so nothing that has a meaning there may be in it.
func isAPIName(name string) bool {
	if name == "" || len(name) > 200 {
		return false
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '$', r == '.':
		default:
			return false
		}
	}
	return name[0] != '.' && !strings.Contains(name, "..")
}

// clip shortens strangers' text for an error.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
