package expr

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leads has a field of each data type, named after it.
func leads(apiName string) *FieldInfo {
	switch apiName {
	case "text", "email", "phone", "website", "textarea", "picklist", "autonumber", "multiselectpicklist",
		"lookup", "ownerlookup", "userlookup", "integer", "bigint", "double", "percent", "currency",
		"date", "datetime", "boolean", "subform", "profileimage":
		return &FieldInfo{APIName: apiName, DataType: apiName}
	case "total":
		return &FieldInfo{APIName: apiName, DataType: "formula", ReturnType: "currency"}
	case "motto":
		return &FieldInfo{APIName: apiName, DataType: "formula"}
	}
	return nil
}

// check reports the first comparison that Zoho would refuse.
func check(n Node, fields func(apiName string) *FieldInfo) error {
	_, err := Compile(n, fields)
	return err
}

// match tells whether a record meets a condition; one that check refuses is met by none.
func match(n Node, record map[string]any, fields func(apiName string) *FieldInfo) bool {
	p, err := Compile(n, fields)
	return err == nil && p(record)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	owner := map[string]any{"id": "5550000000000000099", "name": "Ana Lima", "email": "ana@example.com"}
	account := map[string]any{"id": "5550000000000000077", "name": "Acme"}
	for _, tc := range []struct {
		criteria string
		value    any // of the field that the criteria name
		want     bool
	}{
		{`(text:equals:burns)`, "Burns & Sons", true},
		{`(text:equals:burnsy)`, "Burns & Sons", false},
		{`(text:equals:ÇÃO)`, "Conceição", true},
		{`(text:equals:b*sons)`, "Burns & Sons", true},
		{`(text:equals:sons*b)`, "Burns & Sons", false},
		{`(text:not_equal:burns)`, "Burns & Sons", false},
		{`(text:not_equal:x)`, "Burns", true},
		{`(text:not_equal:x)`, nil, true},
		{`(text:equals:x)`, nil, false},
		{`(text:starts_with:BUR)`, "Burns", true},
		{`(text:starts_with:urn)`, "Burns", false},
		{`(text:starts_with:b*s)`, "Burns", true},
		{`(text:in:x,burns)`, "Burns", true},
		{`(text:in:x,y)`, "Burns", false},
		{`(textarea:starts_with:dear)`, "Dear Jo", true},
		{`(motto:equals:go)`, "Let's go", true},

		{`(picklist:equals:Web)`, "Web", true},
		{`(picklist:equals:Web)`, "Web Download", false},
		{`(picklist:equals:web)`, "Web", false},
		{`(picklist:equals:2022)`, json.Number("2022"), true},
		{`(picklist:not_equal:Web)`, "Web Download", true},
		{`(picklist:in:Web,Chat)`, "Chat", true},
		{`(autonumber:equals:SV-1)`, "SV-10", false},
		{`(multiselectpicklist:equals:A)`, []any{"B", "A"}, true},
		{`(multiselectpicklist:equals:A)`, []any{"AB"}, false},
		{`(multiselectpicklist:not_equal:A)`, []any{"B", "A"}, false},
		{`(multiselectpicklist:not_equal:A)`, []any{}, true},
		{`(multiselectpicklist:in:X,A)`, []any{"B", "A"}, true},
		{`(multiselectpicklist:starts_with:a)`, []any{"B", "AB"}, true},
		{`(multiselectpicklist:equals:A)`, nil, false},

		{`(lookup:equals:5550000000000000077)`, account, true},
		{`(lookup:equals:5550000000000000078)`, account, false},
		{`(lookup:equals:Acme)`, account, false},
		{`(lookup:in:1,5550000000000000077)`, "5550000000000000077", true},
		{`(lookup:not_equal:1)`, nil, true},
		{`(ownerlookup:equals:ana lima)`, owner, true},
		{`(ownerlookup:equals:5550000000000000099)`, owner, true},
		{`(userlookup:equals:ana)`, owner, false},

		{`(integer:equals:1)`, json.Number("1"), true},
		{`(integer:equals:+1)`, json.Number("1"), true},
		{`(integer:not_equal:1)`, json.Number("1"), false},
		{`(integer:not_equal:1)`, nil, true},
		{`(integer:greater_than:9)`, json.Number("10"), true},
		{`(integer:greater_than:10)`, json.Number("10"), false},
		{`(integer:greater_equal:10)`, json.Number("10"), true},
		{`(integer:less_than:10)`, json.Number("9"), true},
		{`(integer:less_than:9)`, json.Number("9"), false},
		{`(integer:less_equal:9)`, json.Number("9"), true},
		{`(integer:less_equal:9)`, nil, false},
		{`(integer:in:1,2)`, json.Number("2"), true},
		{`(integer:in:1,2)`, json.Number("3"), false},
		{`(integer:between:2,4)`, json.Number("2"), true},
		{`(integer:between:2,4)`, json.Number("4"), true},
		{`(integer:between:2,4)`, json.Number("5"), false},
		{`(integer:between:2,4)`, json.Number("1"), false},
		{`(bigint:equals:9007199254740993)`, "9007199254740993", true},
		{`(bigint:equals:9007199254740993)`, "9007199254740992", false},
		{`(bigint:greater_than:9007199254740992)`, json.Number("9007199254740993"), true},
		{`(double:equals:0.10)`, json.Number("0.1"), true},
		{`(double:equals:0.1)`, json.Number("0.10000000000000001"), false},
		{`(currency:equals:1000)`, json.Number("1e3"), true},
		{`(total:greater_than:99.99)`, json.Number("100"), true},

		{`(date:equals:2024-05-01)`, "2024-05-01", true},
		{`(date:between:2024-05-01,2024-05-31)`, "2024-05-31", true},
		{`(date:less_than:2024-05-01)`, nil, false},
		{`(datetime:equals:2024-05-01T10:00:00+05:30)`, "2024-05-01T04:30:00Z", true},
		{`(datetime:greater_than:2024-05-01T10:00:00+05:30)`, "2024-05-01T05:00:00+01:00", false},
		{`(datetime:less_than:2024-05-01T10:00:00+05:30)`, "2024-05-01T05:00:00+01:00", true},

		{`(boolean:equals:true)`, true, true},
		{`(boolean:equals:true)`, nil, false},
		{`(boolean:equals:false)`, nil, true},
		{`(boolean:not_equal:true)`, false, true},
		{`(boolean:not_equal:true)`, true, false},
	} {
		t.Run(tc.criteria, func(t *testing.T) {
			t.Parallel()
			n, err := ParseCriteria(tc.criteria, Options{})
			require.NoError(t, err)
			require.NoError(t, check(n, leads))
			assert.Equal(t, tc.want, match(n, map[string]any{n.(Compare).Field: tc.value}, leads), "on %v", tc.value)
		})
	}
}

func TestMatchGroups(t *testing.T) {
	t.Parallel()
	record := map[string]any{"text": "Burns", "picklist": "Web", "integer": json.Number("3")}
	for criteria, want := range map[string]bool{
		`((text:equals:burns)and(picklist:equals:Web))`:                           true,
		`((text:equals:burns)and(picklist:equals:Chat))`:                          false,
		`((text:equals:x)or(picklist:equals:Web))`:                                true,
		`((text:equals:x)or(picklist:equals:Chat))`:                               false,
		`(((text:equals:x)or(integer:equals:3))and(picklist:equals:Web))`:         true,
		`(((text:equals:x)and(integer:equals:3))or(picklist:equals:Chat))`:        false,
		`((text:equals:burns)and(picklist:equals:Web)and(integer:less_than:3))`:   false,
		`((text:equals:x)or(picklist:equals:Chat)or(integer:greater_equal:3))`:    true,
		`((text:equals:burns)and((picklist:equals:Chat)or(integer:between:1,5)))`: true,
	} {
		t.Run(criteria, func(t *testing.T) {
			t.Parallel()
			n, err := ParseCriteria(criteria, Options{})
			require.NoError(t, err)
			assert.Equal(t, want, match(n, record, leads))
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	operator := func(field string, op Op) *Error {
		return &Error{Kind: BadOperator, Reason: "the operator does not suit the data type", Field: field, Op: op}
	}
	badType := func(field string, op Op, value string) *Error {
		return &Error{Kind: BadType, Reason: "the value does not suit the data type", Field: field, Op: op, Value: value, Expected: field}
	}
	badValue := func(field string, op Op, value, reason string) *Error {
		return &Error{Kind: BadValue, Reason: reason, Field: field, Op: op, Value: value}
	}
	const count = "the number of values does not suit the operator"
	for criteria, want := range map[string]*Error{
		`(Shoe_Size:equals:42)`:                      {Kind: UnknownField, Reason: "the field is not available", Field: "Shoe_Size"},
		`(subform:equals:x)`:                         {Kind: UnknownField, Reason: "the field cannot be searched", Field: "subform"},
		`(profileimage:equals:x)`:                    {Kind: UnknownField, Reason: "the field cannot be searched", Field: "profileimage"},
		`(text:greater_than:x)`:                      operator("text", GreaterThan),
		`(text:contains:x)`:                          operator("text", "contains"),
		`(textarea:in:x)`:                            operator("textarea", In),
		`(picklist:starts_with:x)`:                   operator("picklist", StartsWith),
		`(lookup:starts_with:x)`:                     operator("lookup", StartsWith),
		`(date:starts_with:2024)`:                    operator("date", StartsWith),
		`(boolean:in:true)`:                          operator("boolean", In),
		`(integer:equals:1.5)`:                       badType("integer", Equals, "1.5"),
		`(integer:equals:x)`:                         badType("integer", Equals, "x"),
		`(double:equals:1e999999999)`:                badType("double", Equals, "1e999999999"),
		`(double:equals:1e999)`:                      badType("double", Equals, "1e999"),
		`(double:equals:0x10)`:                       badType("double", Equals, "0x10"),
		`(double:equals:1/2)`:                        badType("double", Equals, "1/2"),
		`(date:equals:01.05.2024)`:                   badType("date", Equals, "01.05.2024"),
		`(date:equals:2024-02-30)`:                   badType("date", Equals, "2024-02-30"),
		`(datetime:equals:2024-05-01)`:               badType("datetime", Equals, "2024-05-01"),
		`(datetime:in:2024-05-01T10:00:00 05:30)`:    badType("datetime", In, "2024-05-01T10:00:00 05:30"),
		`(boolean:equals:yes)`:                       badType("boolean", Equals, "yes"),
		`(text:equals:a,b)`:                          badValue("text", Equals, "b", count),
		`(integer:between:1)`:                        badValue("integer", Between, "", count),
		`(integer:between:1,2,3)`:                    badValue("integer", Between, "3", count),
		`(text:equals:)`:                             badValue("text", Equals, "", "the value is empty"),
		`(text:in:a,)`:                               badValue("text", In, "", "the value is empty"),
		`(text:equals:*a*)`:                          badValue("text", Equals, "*a*", "only one wildcard is allowed"),
		`((text:equals:a)and(picklist:between:1,2))`: operator("picklist", Between),
	} {
		t.Run(criteria, func(t *testing.T) {
			t.Parallel()
			n, err := ParseCriteria(criteria, Options{})
			require.NoError(t, err)
			assert.Equal(t, want, check(n, leads))
			assert.False(t, match(n, map[string]any{}, leads))
		})
	}
}

func TestCheckRefusesMadeUpTrees(t *testing.T) {
	t.Parallel()
	assert.Equal(t, &Error{Kind: BadSyntax, Reason: "no condition"}, check(nil, leads))
	assert.Equal(t, &Error{Kind: BadSyntax, Reason: "an empty group"}, check(Group{Join: And}, leads))
	assert.Equal(t, &Error{Kind: BadSyntax, Reason: "an empty group"},
		check(Group{Join: "xor", Nodes: []Node{Compare{Field: "text", Op: Equals, Values: []string{"x"}}}}, leads))
	assert.Equal(t, &Error{Kind: BadValue, Reason: "the number of values does not suit the operator", Field: "text", Op: In},
		check(Compare{Field: "text", Op: In}, leads))
}

func TestSearchByParameter(t *testing.T) {
	t.Parallel()
	fields := []*FieldInfo{
		{APIName: "Last_Name", DataType: "text"}, {APIName: "Email", DataType: "email"},
		{APIName: "Secondary_Email", DataType: "email"}, {APIName: "Phone", DataType: "phone"},
		{APIName: "Interests", DataType: "multiselectpicklist"}, {APIName: "Amount", DataType: "double"},
	}
	record := map[string]any{
		"Last_Name": "Lima", "Email": "Ana@Example.com", "Secondary_Email": nil, "Phone": "+351 21 555-0100",
		"Interests": []any{"Software"}, "Amount": json.Number("42"),
	}
	for _, tc := range []struct {
		name string
		by   func(string, []*FieldInfo) (Predicate, error)
		q    string
		want bool
	}{
		{"email", Email, "ana@example.com", true},
		{"email", Email, "@example", true},
		{"email", Email, "bob@example.com", false},
		{"email", Email, "Lima", false},
		{"phone", Phone, "555-01", true},
		{"phone", Phone, "35121555", true},
		{"phone", Phone, "999", false},
		{"word", Word, "li", true},
		{"word", Word, "soft", true},
		{"word", Word, "555-0100", true},
		{"word", Word, "42", false},
		{"word", Word, "l*a", true},
	} {
		t.Run(tc.name+" "+tc.q, func(t *testing.T) {
			t.Parallel()
			p, err := tc.by(tc.q, fields)
			require.NoError(t, err)
			assert.Equal(t, tc.want, p(record))
		})
	}

	_, err := Word("é", fields)
	assert.Equal(t, &Error{Kind: BadValue, Reason: "the value is too short", Field: "word", Value: "é"}, err)
	_, err = Phone(" 35 ", fields)
	assert.Equal(t, &Error{Kind: BadValue, Reason: "the value is too short", Field: "phone", Value: "35"}, err)
	_, err = Email("", fields)
	assert.Equal(t, &Error{Kind: BadValue, Reason: "the value is too short", Field: "email"}, err)
	_, err = Email("a*b*c", fields)
	assert.Equal(t, &Error{Kind: BadValue, Reason: "only one wildcard is allowed", Field: "email", Value: "a*b*c"}, err)
}

func TestValueComparer(t *testing.T) {
	t.Parallel()
	ref := func(name string) any { return map[string]any{"id": "1", "name": name} }
	for dataType, sorted := range map[string][]any{
		"text":     {nil, "ana", "Bo", "çelik"},
		"picklist": {nil, "Chat", "Web"},
		"bigint":   {nil, "9", "9007199254740992", "9007199254740993"},
		"double":   {nil, json.Number("-1"), json.Number("0.5"), json.Number("1e1")},
		"date":     {nil, "2023-12-31", "2024-01-01"},
		"datetime": {nil, "2024-05-01T10:00:00+05:30", "2024-05-01T05:00:00+00:00"},
		"boolean":  {false, true},
		"lookup":   {nil, ref("Acme"), ref("beta")},
	} {
		t.Run(dataType, func(t *testing.T) {
			t.Parallel()
			got := slices.Clone(sorted)
			slices.Reverse(got)
			slices.SortStableFunc(got, ValueComparer(&FieldInfo{DataType: dataType}))
			assert.Equal(t, sorted, got)
		})
	}

	bySubform := ValueComparer(&FieldInfo{DataType: "subform"})
	assert.Zero(t, bySubform([]any{"a"}, []any{"b"}))
}
