package expr

import (
	"slices"
	"strings"
)

// FieldInfo is what a condition has to know of a field.
type FieldInfo struct {
	APIName    string
	DataType   string // Zoho's data_type
	ReturnType string // of a formula or a roll-up summary
}

// kind is the data type whose rules apply.
func (f *FieldInfo) kind() string {
	if f.DataType == "formula" || f.DataType == "rollup_summary" {
		if _, ok := operators[f.ReturnType]; ok {
			return f.ReturnType
		}
		return "text"
	}
	return f.DataType
}

// Predicate tells whether a record meets a condition. Values of a record are
// those of JSON: string, bool, nil, json.Number, []any, map[string]any.
type Predicate func(record map[string]any) bool

var (
	textual   = []Op{Equals, NotEqual, StartsWith, In}
	listed    = []Op{Equals, NotEqual, In}
	relations = []Op{Equals, NotEqual, GreaterEqual, GreaterThan, LessEqual, LessThan, Between, In}
)

// operators says what search can compare each data type by. A type that is
// absent cannot be searched.
var operators = map[string][]Op{
	"text": textual, "email": textual, "phone": textual, "website": textual,
	"textarea": {Equals, NotEqual, StartsWith},
	"picklist": listed, "autonumber": listed,
	"multiselectpicklist": {Equals, NotEqual, In, StartsWith},
	"lookup":              listed, "ownerlookup": listed, "userlookup": listed,
	"integer": relations, "bigint": relations, "double": relations, "percent": relations,
	"currency": relations, "date": relations, "datetime": relations,
	"boolean": {Equals, NotEqual},
}

var (
	filteredText = []Op{Equals, NotEqual, In, NotIn, Contains, NotContains, StartsWith, EndsWith, Empty, NotEmpty}
	filteredRef  = []Op{Equals, NotEqual, In, NotIn, Empty, NotEmpty}
	filteredSize = append([]Op{NotIn, NotBetween, Empty, NotEmpty}, relations...)
)

// filters says the same of filters. Zoho names their operators, and of a few the
// data types that they are for.
var filters = map[string][]Op{
	"text": filteredText, "email": filteredText, "phone": filteredText, "website": filteredText, "textarea": filteredText,
	"picklist": filteredText, "multiselectpicklist": filteredText, "autonumber": filteredText,
	"lookup": filteredRef, "ownerlookup": filteredRef, "userlookup": filteredRef,
	"integer": filteredSize, "bigint": filteredSize, "double": filteredSize, "percent": filteredSize,
	"currency": filteredSize, "date": filteredSize, "datetime": filteredSize,
	"boolean": {Equals, NotEqual, Empty, NotEmpty},
}

// Compile checks the condition against the fields and returns what decides it.
// The function returns nil for a field that is not there or cannot be searched.
// A fault is an *Error.
func Compile(n Node, fields func(apiName string) *FieldInfo) (Predicate, error) {
	switch n := n.(type) {
	case Group:
		return compileGroup(n, fields)
	case Compare:
		return compileCompare(n, fields)
	}
	return nil, &Error{Kind: BadSyntax, Reason: "no condition"}
}

func compileGroup(g Group, fields func(string) *FieldInfo) (Predicate, error) {
	if len(g.Nodes) == 0 || (g.Join != And && g.Join != Or) {
		return nil, &Error{Kind: BadSyntax, Reason: "an empty group"}
	}
	all := make([]Predicate, len(g.Nodes))
	for i, n := range g.Nodes {
		var err error
		if all[i], err = Compile(n, fields); err != nil {
			return nil, err
		}
	}
	stop := g.Join == Or // the verdict of one member that settles the group's
	return func(record map[string]any) bool {
		for _, p := range all {
			if p(record) == stop {
				return stop
			}
		}
		return !stop
	}, nil
}

func compileCompare(c Compare, fields func(string) *FieldInfo) (Predicate, error) {
	f := fields(c.Field)
	if f == nil {
		return nil, &Error{Kind: UnknownField, Reason: "the field is not available", Field: c.Field}
	}
	kind := f.kind()
	known := operators
	if c.Whole {
		known = filters
	}
	allowed, ok := known[kind]
	if !ok {
		return nil, &Error{Kind: UnknownField, Reason: "the field cannot be searched", Field: c.Field}
	}
	if !slices.Contains(allowed, c.Op) {
		return nil, &Error{Kind: BadOperator, Reason: "the operator does not suit the data type", Field: c.Field, Op: c.Op}
	}
	if err := c.countValues(); err != nil {
		return nil, err
	}
	test, err := c.test(kind)
	if err != nil {
		return nil, err
	}
	return func(record map[string]any) bool { return test(record[c.Field]) }, nil
}

// countValues refuses a comparison with too few or too many values.
func (c Compare) countValues() error {
	want := 1
	switch c.Op {
	case In, NotIn:
		want = max(1, len(c.Values))
	case Between, NotBetween:
		want = 2
	case Empty, NotEmpty:
		want = 0
	}
	if len(c.Values) != want {
		extra := ""
		if len(c.Values) > want {
			extra = c.Values[want]
		}
		return &Error{Kind: BadValue, Reason: "the number of values does not suit the operator", Field: c.Field, Op: c.Op, Value: extra}
	}
	if slices.Contains(c.Values, "") {
		return &Error{Kind: BadValue, Reason: "the value is empty", Field: c.Field, Op: c.Op}
	}
	return nil
}

// test returns what decides the comparison on the field's value.
func (c Compare) test(kind string) (func(any) bool, error) {
	if c.Op == Empty || c.Op == NotEmpty {
		return func(v any) bool { return isEmpty(v, kind) == (c.Op == Empty) }, nil
	}
	switch kind {
	case "integer", "bigint":
		return ordered(c, kind, parseInteger)
	case "double", "percent", "currency":
		return ordered(c, kind, parseNumber)
	case "date":
		return ordered(c, kind, parseDate)
	case "datetime":
		return ordered(c, kind, parseTime)
	case "boolean":
		return c.boolean()
	case "picklist", "multiselectpicklist", "autonumber":
		return c.negated(c.each(c.equal(exactly))), nil
	case "lookup":
		return c.negated(c.lookup(false)), nil
	case "ownerlookup", "userlookup":
		return c.negated(c.lookup(true)), nil
	}
	if c.Whole {
		return c.negated(c.each(c.equal(strings.EqualFold))), nil
	}
	for _, v := range c.Values {
		if wildcards(v) > 1 {
			return nil, &Error{Kind: BadValue, Reason: "only one wildcard is allowed", Field: c.Field, Op: c.Op, Value: v}
		}
	}
	return c.negated(c.each(c.equal(containing))), nil
}
