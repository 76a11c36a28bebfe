package expr

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// comparators are the operators of filters by Zoho's names.
var comparators = map[string]Op{
	"equal": Equals, "not_equal": NotEqual, "in": In, "not_in": NotIn, "between": Between, "not_between": NotBetween,
	"less_than": LessThan, "less_equal": LessEqual, "greater_than": GreaterThan, "greater_equal": GreaterEqual,
	"contains": Contains, "not_contains": NotContains, "starts_with": StartsWith, "ends_with": EndsWith,
}

// Words that stand for a value.
const (
	anEmptyValue = "${EMPTY}"
	anyValue     = "${NOTEMPTY}"
	currentUser  = "${CURRENTUSER}"
)

// FromJSON reads a condition of a custom view, a bulk read or another filter of
// Zoho's, a value as encoding/json decodes it with UseNumber:
//
//	{"field": {"api_name": "City"}, "comparator": "equal", "value": "Porto"}
//	{"group_operator": "or", "group": […, …]}
//
// The id of the user who asks stands in for ${CURRENTUSER}. A fault is an
// *Error. Fields, operators and values are judged by Compile.
func FromJSON(v any, user string) (Node, error) { return fromJSON(v, user, 0) }

func fromJSON(v any, user string, depth int) (Node, error) {
	o, ok := v.(map[string]any)
	switch {
	case !ok:
		return nil, badFilter("a condition is an object")
	case depth > maxDepth:
		return nil, badFilter("the groups are too deep")
	case o["group_operator"] != nil:
		return groupFromJSON(o, user, depth)
	}
	return compareFromJSON(o, user)
}

func badFilter(reason string) error { return &Error{Kind: BadSyntax, Reason: reason} }

func groupFromJSON(o map[string]any, user string, depth int) (Node, error) {
	operator, _ := o["group_operator"].(string)
	g := Group{Join: Join(strings.ToLower(operator))}
	members, _ := o["group"].([]any)
	switch {
	case g.Join != And && g.Join != Or:
		return nil, badFilter(fmt.Sprintf("the group operator %q is neither and nor or", operator))
	case len(members) < 2:
		return nil, badFilter("a group has two conditions at least")
	}
	for _, member := range members {
		n, err := fromJSON(member, user, depth+1)
		if err != nil {
			return nil, err
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g, nil
}

func compareFromJSON(o map[string]any, user string) (Node, error) {
	field, _ := o["field"].(map[string]any)
	c := Compare{Whole: true}
	c.Field, _ = field["api_name"].(string)
	if c.Field == "" {
		return nil, badFilter("a condition names no field")
	}
	comparator, _ := o["comparator"].(string)
	op, ok := comparators[comparator]
	if !ok {
		return nil, &Error{Kind: BadOperator, Reason: "there is no such comparator", Field: c.Field, Op: Op(comparator)}
	}
	c.Op = op
	// Of these only equality knows several values, and the words for none and any.
	values, several := o["value"].([]any)
	equality := c.Op == Equals || c.Op == NotEqual
	switch word := o["value"]; {
	case equality && (word == anEmptyValue || word == anyValue):
		c.Op = Empty
		if (word == anyValue) == (op == Equals) {
			c.Op = NotEmpty
		}
		return c, nil
	case equality && several && op == Equals:
		c.Op = In
	case equality && several:
		c.Op = NotIn
	case !several:
		values = []any{word}
	}
	for _, v := range values {
		value, ok := filterValue(v, user)
		if !ok {
			return nil, &Error{Kind: BadValue, Reason: "the value cannot be compared with", Field: c.Field, Op: op, Value: fmt.Sprint(v)}
		}
		c.Values = append(c.Values, value)
	}
	return c, nil
}

// filterValue is a value as a Compare has it; of a lookup the id.
func filterValue(v any, user string) (value string, ok bool) {
	switch v := v.(type) {
	case string:
		if v == currentUser {
			return user, true
		}
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case map[string]any:
		if v["name"] == currentUser {
			return user, true
		}
		value, ok = v["id"].(string)
	}
	return value, ok
}
