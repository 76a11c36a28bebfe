package expr

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ana = "5550000000000000099"

// filter is the condition of a comparison, value being JSON; Ana asks.
func filter(t *testing.T, field, comparator, value string) (Node, error) {
	t.Helper()
	return FromJSON(decoded(t, `{"field":{"api_name":"`+field+`","id":"1"},"comparator":"`+comparator+`","value":`+value+`}`), ana)
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

func TestFilterMatch(t *testing.T) {
	t.Parallel()
	owner := map[string]any{"id": ana, "name": "Ana Lima", "email": "ana@example.com"}
	for _, tc := range []struct {
		field, comparator, value string
		have                     any
		want                     bool
	}{
		{"text", "equal", `"burns"`, "Burns", true},
		{"text", "equal", `"burns"`, "Burns & Sons", false}, // a search would find it
		{"text", "equal", `"b*"`, "Burns", false},
		{"text", "equal", `["x","burns"]`, "Burns", true},
		{"text", "equal", `["x","y"]`, "Burns", false},
		{"text", "not_equal", `"burns"`, "Burns & Sons", true},
		{"text", "not_equal", `"burns"`, "Burns", false},
		{"text", "not_equal", `["x","burns"]`, "Burns", false},
		{"text", "not_equal", `"x"`, nil, true},
		{"text", "in", `["x","Burns"]`, "burns", true},
		{"text", "in", `"Burns"`, "burns", true},
		{"text", "not_in", `["x","burns"]`, "Burns", false},
		{"text", "not_in", `["x","urn"]`, "Burns", true},
		{"text", "not_in", `["x"]`, nil, true},
		{"text", "contains", `"URN"`, "Burns", true},
		{"text", "contains", `"b*s"`, "Burns", false},
		{"text", "not_contains", `"urn"`, "Burns", false},
		{"text", "not_contains", `"x"`, "Burns", true},
		{"text", "not_contains", `"x"`, nil, true},
		{"text", "starts_with", `"bur"`, "Burns", true},
		{"text", "starts_with", `"b*s"`, "Burns", false},
		{"text", "starts_with", `"urns"`, "Burns", false},
		{"text", "ends_with", `"NS"`, "Burns", true},
		{"text", "ends_with", `"bur"`, "Burns", false},
		{"textarea", "ends_with", `"jo"`, "Dear Jo", true},
		{"motto", "equal", `"go"`, "Let's go", false},

		{"text", "equal", `"${EMPTY}"`, nil, true},
		{"text", "equal", `"${EMPTY}"`, "", true},
		{"text", "equal", `"${EMPTY}"`, "x", false},
		{"text", "equal", `"${NOTEMPTY}"`, "x", true},
		{"text", "equal", `"${NOTEMPTY}"`, nil, false},
		{"text", "not_equal", `"${EMPTY}"`, "x", true},
		{"text", "not_equal", `"${NOTEMPTY}"`, "x", false},
		{"multiselectpicklist", "equal", `"${EMPTY}"`, []any{}, true},
		{"multiselectpicklist", "equal", `"${EMPTY}"`, []any{"A"}, false},
		{"integer", "equal", `"${EMPTY}"`, json.Number("0"), false},
		{"lookup", "equal", `"${NOTEMPTY}"`, owner, true},
		{"boolean", "equal", `"${EMPTY}"`, nil, false},

		{"picklist", "equal", `"Web"`, "Web", true},
		{"picklist", "equal", `"web"`, "Web", false},
		{"picklist", "equal", `2022`, json.Number("2022"), true},
		{"picklist", "not_in", `["Web","Chat"]`, "Chat", false},
		{"picklist", "contains", `"load"`, "Web Download", true},
		{"multiselectpicklist", "contains", `"a"`, []any{"B", "AB"}, true},
		{"multiselectpicklist", "not_equal", `"A"`, []any{"B", "A"}, false},

		{"integer", "equal", `1`, json.Number("1"), true},
		{"integer", "equal", `"1"`, json.Number("1"), true},
		{"integer", "not_equal", `1`, json.Number("1"), false},
		{"integer", "not_equal", `1`, nil, true},
		{"integer", "not_in", `[1,2]`, json.Number("2"), false},
		{"integer", "not_in", `[1,2]`, json.Number("3"), true},
		{"integer", "not_in", `[1,2]`, nil, true},
		{"bigint", "equal", `9007199254740993`, "9007199254740992", false},
		{"currency", "between", `[1,2.5]`, json.Number("2.5"), true},
		{"currency", "between", `[1,2.5]`, json.Number("2.6"), false},
		{"currency", "not_between", `[1,2.5]`, json.Number("2.5"), false},
		{"currency", "not_between", `[1,2.5]`, json.Number("0.5"), true},
		{"currency", "not_between", `[1,2.5]`, nil, true},
		{"double", "less_than", `1`, json.Number("0.5"), true},
		{"double", "greater_equal", `1`, json.Number("0.5"), false},
		{"date", "less_equal", `"2026-03-01"`, "2026-03-01", true},
		{"datetime", "equal", `"2026-03-01T09:00:00+00:00"`, "2026-03-01T10:00:00+01:00", true},

		{"boolean", "equal", `true`, true, true},
		{"boolean", "equal", `false`, nil, true},
		{"boolean", "not_equal", `"true"`, true, false},

		{"ownerlookup", "equal", `{"id":"` + ana + `","name":"someone else"}`, owner, true},
		{"ownerlookup", "equal", `{"name":"${CURRENTUSER}"}`, owner, true},
		{"ownerlookup", "equal", `"${CURRENTUSER}"`, owner, true},
		{"ownerlookup", "not_equal", `{"name":"${CURRENTUSER}"}`, owner, false},
		{"ownerlookup", "equal", `{"name":"${CURRENTUSER}"}`, map[string]any{"id": "1"}, false},
		{"lookup", "in", `["1","` + ana + `"]`, owner, true},
		{"lookup", "not_in", `[{"id":"1"},{"id":"` + ana + `"}]`, owner, false},
	} {
		t.Run(tc.field+" "+tc.comparator+" "+tc.value, func(t *testing.T) {
			t.Parallel()
			n, err := filter(t, tc.field, tc.comparator, tc.value)
			require.NoError(t, err)
			require.NoError(t, check(n, leads))
			assert.Equal(t, tc.want, match(n, map[string]any{tc.field: tc.have}, leads))
		})
	}
}

func TestFilterGroups(t *testing.T) {
	t.Parallel()
	n, err := FromJSON(decoded(t, `{"group_operator":"OR","group":[
		{"comparator":"equal","field":{"api_name":"text"},"value":"a","group_operator":null,"group":[],"type":"value"},
		{"group_operator":"and","group":[
			{"comparator":"contains","field":{"api_name":"email"},"value":"@"},
			{"comparator":"equal","field":{"api_name":"phone"},"value":["1","2"]}]}]}`), ana)
	require.NoError(t, err)
	assert.Equal(t, Group{Or, []Node{
		Compare{Field: "text", Op: Equals, Values: []string{"a"}, Whole: true},
		Group{And, []Node{
			Compare{Field: "email", Op: Contains, Values: []string{"@"}, Whole: true},
			Compare{Field: "phone", Op: In, Values: []string{"1", "2"}, Whole: true},
		}},
	}}, n)
	for _, name := range []string{"text", "email", "phone"} {
		assert.True(t, Mentions(n, name), name)
	}
	assert.False(t, Mentions(n, "website"))
	for record, want := range map[string]bool{`{"text":"A"}`: true, `{"email":"a@b","phone":"2"}`: true, `{"email":"a@b","phone":"3"}`: false} {
		assert.Equal(t, want, match(n, decoded(t, record).(map[string]any), leads), record)
	}
}

func TestFilterRefuses(t *testing.T) {
	t.Parallel()
	one := `{"comparator":"equal","field":{"api_name":"text"},"value":"a"}`
	for text, want := range map[string]Error{
		`"x"`:  {Kind: BadSyntax, Reason: "a condition is an object"},
		`null`: {Kind: BadSyntax, Reason: "a condition is an object"},
		`{}`:   {Kind: BadSyntax, Reason: "a condition names no field"},
		`{"comparator":"equal","field":"text","value":"a"}`:                                              {Kind: BadSyntax, Reason: "a condition names no field"},
		`{"group_operator":"xor","group":[` + one + `,` + one + `]}`:                                     {Kind: BadSyntax, Reason: `the group operator "xor" is neither and nor or`},
		`{"group_operator":"and","group":[` + one + `]}`:                                                 {Kind: BadSyntax, Reason: "a group has two conditions at least"},
		`{"group_operator":"and","group":[` + one + `,1]}`:                                               {Kind: BadSyntax, Reason: "a condition is an object"},
		strings.Repeat(`{"group_operator":"and","group":[`+one+`,`, 51) + one + strings.Repeat(`]}`, 51): {Kind: BadSyntax, Reason: "the groups are too deep"},
		`{"comparator":"equals","field":{"api_name":"text"},"value":"a"}`:                                {Kind: BadOperator, Reason: "there is no such comparator", Field: "text", Op: "equals"},
		`{"field":{"api_name":"text"},"value":"a"}`:                                                      {Kind: BadOperator, Reason: "there is no such comparator", Field: "text"},
		`{"comparator":"equal","field":{"api_name":"text"}}`:                                             {Kind: BadValue, Reason: "the value cannot be compared with", Field: "text", Op: Equals, Value: "<nil>"},
		`{"comparator":"equal","field":{"api_name":"lookup"},"value":{"name":"Acme"}}`:                   {Kind: BadValue, Reason: "the value cannot be compared with", Field: "lookup", Op: Equals, Value: "map[name:Acme]"},
		`{"comparator":"equal","field":{"api_name":"text"},"value":[]}`:                                  {Kind: BadValue, Reason: "the number of values does not suit the operator", Field: "text", Op: In},
		`{"comparator":"between","field":{"api_name":"integer"},"value":[1]}`:                            {Kind: BadValue, Reason: "the number of values does not suit the operator", Field: "integer", Op: Between},
		`{"comparator":"less_than","field":{"api_name":"integer"},"value":[1,2]}`:                        {Kind: BadValue, Reason: "the number of values does not suit the operator", Field: "integer", Op: LessThan, Value: "2"},
		`{"comparator":"equal","field":{"api_name":"integer"},"value":"x"}`:                              {Kind: BadType, Reason: "the value does not suit the data type", Field: "integer", Op: Equals, Value: "x", Expected: "integer"},
		`{"comparator":"contains","field":{"api_name":"integer"},"value":1}`:                             {Kind: BadOperator, Reason: "the operator does not suit the data type", Field: "integer", Op: Contains},
		`{"comparator":"equal","field":{"api_name":"subform"},"value":"a"}`:                              {Kind: UnknownField, Reason: "the field cannot be searched", Field: "subform"},
		`{"comparator":"equal","field":{"api_name":"nothing"},"value":"a"}`:                              {Kind: UnknownField, Reason: "the field is not available", Field: "nothing"},
	} {
		n, err := FromJSON(decoded(t, text), ana)
		if err == nil {
			err = check(n, leads)
		}
		assert.Equal(t, &want, err, text)
	}
}

// What only filters know is no part of a search.
func TestSearchHasItsOwnOperators(t *testing.T) {
	t.Parallel()
	for _, op := range []Op{"equal", NotIn, NotBetween, Contains, NotContains, EndsWith, Empty, NotEmpty} {
		n, err := ParseCriteria("(text:"+string(op)+":x)", Options{})
		require.NoError(t, err)
		assert.Equal(t, &Error{Kind: BadOperator, Reason: "the operator does not suit the data type", Field: "text", Op: op}, check(n, leads))
	}
}
