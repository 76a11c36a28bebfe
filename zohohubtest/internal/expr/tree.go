package expr

import (
	"slices"
	"strings"
)

// Op compares a field with values.
type Op string

// The operators of Zoho's search criteria.
const (
	Equals       Op = "equals"
	NotEqual     Op = "not_equal"
	StartsWith   Op = "starts_with"
	In           Op = "in"
	Between      Op = "between"
	GreaterThan  Op = "greater_than"
	GreaterEqual Op = "greater_equal"
	LessThan     Op = "less_than"
	LessEqual    Op = "less_equal"
)

// The operators that only filters have, those of custom views and of bulk reads.
const (
	NotIn       Op = "not_in"
	NotBetween  Op = "not_between"
	Contains    Op = "contains"
	NotContains Op = "not_contains"
	EndsWith    Op = "ends_with"
	Empty       Op = "empty" // without values, as the next
	NotEmpty    Op = "not_empty"
)

// Join says how the conditions of a group combine.
type Join string

// The two ways to join conditions.
const (
	And Join = "and"
	Or  Join = "or"
)

// Node is a condition: a Compare or a Group. Its String is Zoho's search
// criteria; what ParseCriteria has read it reads back into an equal tree.
type Node interface {
	String() string
	node()
}

// Compare is one comparison. Values are as written, without escapes; what they
// mean depends on the field's data type.
type Compare struct {
	Field  string
	Op     Op
	Values []string
	// Whole is the comparison of a filter: a text equals another as a whole, where
	// search also finds parts, and an asterisk is nothing but an asterisk.
	Whole bool
}

// Group joins two conditions or more.
type Group struct {
	Join  Join
	Nodes []Node
}

func (Compare) node() {}
func (Group) node()   {}

// Mentions says whether a condition compares the field.
func Mentions(n Node, field string) bool {
	switch n := n.(type) {
	case Compare:
		return n.Field == field
	case Group:
		return slices.ContainsFunc(n.Nodes, func(member Node) bool { return Mentions(member, field) })
	}
	return false
}

var escape = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, `,`, `\,`)

// String writes the comparison as (field:operator:value,value).
func (c Compare) String() string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = escape.Replace(v)
	}
	return "(" + c.Field + ":" + string(c.Op) + ":" + strings.Join(values, ",") + ")"
}

// String writes the group as (conditionandcondition).
func (g Group) String() string {
	nodes := make([]string, len(g.Nodes))
	for i, n := range g.Nodes {
		nodes[i] = n.String()
	}
	return "(" + strings.Join(nodes, string(g.Join)) + ")"
}
