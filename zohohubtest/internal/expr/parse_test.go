package expr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseCriteria(t *testing.T) {
	t.Parallel()
	lastName := Compare{Field: "Last_Name", Op: Equals, Values: []string{"Burns"}}
	city := Compare{Field: "City", Op: StartsWith, Values: []string{"Lis"}}
	country := Compare{Field: "Country", Op: In, Values: []string{"PT", "ES"}}
	for name, tc := range map[string]struct {
		in   string
		want Node
	}{
		"one":                  {`(Last_Name:equals:Burns)`, lastName},
		"one in parentheses":   {`(((Last_Name:equals:Burns)))`, lastName},
		"and":                  {`((Last_Name:equals:Burns)and(City:starts_with:Lis))`, Group{And, []Node{lastName, city}}},
		"without the outer":    {`(Last_Name:equals:Burns)and(City:starts_with:Lis)`, Group{And, []Node{lastName, city}}},
		"three":                {`((Last_Name:equals:Burns)or(City:starts_with:Lis)or(Country:in:PT,ES))`, Group{Or, []Node{lastName, city, country}}},
		"nested":               {`(((Last_Name:equals:Burns)and(City:starts_with:Lis))or(Country:in:PT,ES))`, Group{Or, []Node{Group{And, []Node{lastName, city}}, country}}},
		"and, then or":         {`((Last_Name:equals:Burns)and(City:starts_with:Lis)or(Country:in:PT,ES))`, Group{Or, []Node{Group{And, []Node{lastName, city}}, country}}},
		"or, then and":         {`(Last_Name:equals:Burns)or(City:starts_with:Lis)and(Country:in:PT,ES)`, Group{And, []Node{Group{Or, []Node{lastName, city}}, country}}},
		"spaces and case":      {" ( (Last_Name : equals :Burns) AND\t(City:starts_with:Lis) )\n", Group{And, []Node{lastName, city}}},
		"escapes":              {`(Company:equals:A\(B\)\, C\\)`, Compare{Field: "Company", Op: Equals, Values: []string{`A(B), C\`}}},
		"backslash of its own": {`(Company:equals:a\b)`, Compare{Field: "Company", Op: Equals, Values: []string{`a\b`}}},
		"colons in the value":  {`(Created_Time:greater_than:2024-01-01T00:00:00+05:30)`, Compare{Field: "Created_Time", Op: GreaterThan, Values: []string{"2024-01-01T00:00:00+05:30"}}},
		"between":              {`(Amount:between:1,2.5)`, Compare{Field: "Amount", Op: Between, Values: []string{"1", "2.5"}}},
		"a comma escaped":      {`(Company:in:A\,B,C)`, Compare{Field: "Company", Op: In, Values: []string{"A,B", "C"}}},
		"and in a value":       {`(Company:equals:Salt and Pepper)`, Compare{Field: "Company", Op: Equals, Values: []string{"Salt and Pepper"}}},
		"space in a value":     {`(Company:equals: x )`, Compare{Field: "Company", Op: Equals, Values: []string{" x "}}},
		"empty":                {`(Company:equals:)`, Compare{Field: "Company", Op: Equals, Values: []string{""}}},
		"unicode":              {`(City:equals:São João)`, Compare{Field: "City", Op: Equals, Values: []string{"São João"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseCriteria(tc.in, Options{})
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestParseCriteriaFaults(t *testing.T) {
	t.Parallel()
	for in, reason := range map[string]string{
		``:                                     "a condition begins with a parenthesis at position 0",
		`Last_Name:equals:x`:                   "a condition begins with a parenthesis at position 0",
		`(Last_Name:equals:x`:                  "a parenthesis is not closed at position 19",
		`((Last_Name:equals:x)`:                "a parenthesis is not closed at position 21",
		`(Last_Name:equals:x))`:                `unexpected ')' at position 20`,
		`(Last_Name)`:                          "a comparison is field:operator:value; no field at position 1",
		`(Last_Name:equals)`:                   "a comparison is field:operator:value; no operator at position 11",
		`(:equals:x)`:                          "the field is empty at position 1",
		`(Last_Name: :x)`:                      "the operator is empty at position 11",
		`(Last_Name:equals:A(B))`:              "a parenthesis in a value needs a backslash at position 19",
		`(Last_Name:equals:A(B)`:               "a parenthesis in a value needs a backslash at position 19",
		`(Last_Name:equals:x\)`:                "a parenthesis is not closed at position 21",
		`(A:equals:1)and`:                      "a condition begins with a parenthesis at position 15",
		`(A:equals:1)xor(B:equals:2)`:          `unexpected 'x' at position 12`,
		`()`:                                   "a comparison is field:operator:value; no field at position 1",
		strings.Repeat("(", 100000) + "A:in:1": "too many parentheses at position 51",
	} {
		t.Run(in[:min(len(in), 40)], func(t *testing.T) {
			t.Parallel()
			got, err := ParseCriteria(in, Options{})
			assert.Nil(t, got)
			assert.Equal(t, &Error{Kind: BadSyntax, Reason: reason}, err)
		})
	}
}

func TestParseCriteriaLimits(t *testing.T) {
	t.Parallel()
	criteria := func(n int) string { return strings.Repeat("and(A:in:1)", n)[3:] }
	values := func(n int) string { return "(A:in:" + strings.Repeat(",v", n)[1:] + ")" }

	_, err := ParseCriteria(criteria(15), Options{})
	require.NoError(t, err)
	_, err = ParseCriteria(criteria(16), Options{})
	assert.Equal(t, &Error{Kind: TooManyCriteria, Reason: "more than 15 criteria", Limit: 15}, err)
	_, err = ParseCriteria(criteria(11), Options{MaxCriteria: 10})
	assert.Equal(t, &Error{Kind: TooManyCriteria, Reason: "more than 10 criteria", Limit: 10}, err)

	_, err = ParseCriteria(values(100), Options{})
	require.NoError(t, err)
	_, err = ParseCriteria(values(101), Options{})
	assert.Equal(t, &Error{Kind: BadValue, Reason: "more than 100 values", Field: "A", Op: In, Value: "v"}, err)
	_, err = ParseCriteria(values(3), Options{MaxValues: 2})
	assert.Equal(t, &Error{Kind: BadValue, Reason: "more than 2 values", Field: "A", Op: In, Value: "v"}, err)
}

func TestErrorForZoho(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err     *Error
		code    string
		details map[string]any
		text    string
	}{
		"syntax":   {&Error{Kind: BadSyntax, Reason: "r"}, "INVALID_QUERY", map[string]any{"reason": "r"}, "criteria: r"},
		"field":    {&Error{Kind: UnknownField, Reason: "r", Field: "F"}, "INVALID_QUERY", map[string]any{"reason": "r", "api_name": "F"}, "criteria: F: r"},
		"operator": {&Error{Kind: BadOperator, Reason: "r", Field: "F", Op: In}, "INVALID_QUERY", map[string]any{"reason": "r", "api_name": "F", "operator": "in"}, "criteria: F: r"},
		"type":     {&Error{Kind: BadType, Reason: "r", Field: "F", Value: "v", Expected: "date"}, "INVALID_QUERY", map[string]any{"reason": "r", "api_name": "F", "expected_data_type": "date"}, "criteria: F: r"},
		"value":    {&Error{Kind: BadValue, Reason: "r", Field: "F", Value: "v"}, "INVALID_QUERY", map[string]any{"reason": "r", "api_name": "F", "value": "v"}, "criteria: F: r"},
		"limit":    {&Error{Kind: TooManyCriteria, Reason: "r", Limit: 15}, "CRITERIA_LIMIT_EXCEEDED", map[string]any{"limit": 15}, "criteria: r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.code, tc.err.Code())
			assert.Equal(t, tc.details, tc.err.Details())
			assert.EqualError(t, tc.err, tc.text)
		})
	}
}

func FuzzParseCriteria(f *testing.F) {
	for _, s := range []string{
		`(Last_Name:equals:Burns)`,
		`(((Last_Name:starts_with:B)and(Email:equals:a@b.c))or(Company:in:X,Y))`,
		`(Company:equals:A\(B\)\, C\\)`,
		`(Company:equals:a\b)`,
		`(Created_Time:between:2024-01-01T00:00:00+05:30,2024-02-01T00:00:00+05:30)`,
		`( (A : in :1) AND (B:in:,,) )`,
		`(A:equals:1)and(B:in:2)or(C:in:3)`,
		"((((((((((", `(A:b:\`, "(A:b:\x00\xff)",
	} {
		f.Add(s)
	}
	fields := func(name string) *FieldInfo { return &FieldInfo{APIName: name, DataType: "text"} }
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseCriteria(s, Options{})
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Nil(t, n)
			return
		}
		again, err := ParseCriteria(n.String(), Options{})
		require.NoError(t, err, "%q was printed as %q", s, n.String())
		require.Equal(t, n, again)
		match(n, map[string]any{"A": "b"}, fields)
	})
}
