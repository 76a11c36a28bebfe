package zohohub_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	. "github.com/zohohub/zohohub"
)

func TestCriteriaText(t *testing.T) {
	t.Parallel()
	lisbon := time.FixedZone("", 3600)
	for name, c := range map[string]struct {
		criteria Criteria
		want     string
	}{
		"equals":                {Eq("Last_Name", "Doe"), "(Last_Name:equals:Doe)"},
		"brackets and commas":   {Eq("City", `Lisboa (centro), \PT`), `(City:equals:Lisboa \(centro\)\, \\PT)`},
		"unicode, quotes, %, +": {Eq("Company", `Ünïcode "&" 100% + 東京`), `(Company:equals:Ünïcode "&" 100% + 東京)`},
		"not equal":             {NotEq("Rating", "Hot"), "(Rating:not_equal:Hot)"},
		"in":                    {In("City", "Lisboa", "Porto, Foz"), `(City:in:Lisboa,Porto\, Foz)`},
		"between":               {Between("Annual_Revenue", 10, 20.5), "(Annual_Revenue:between:10,20.5)"},
		"greater":               {GreaterThan("No_of_Employees", int64(math.MaxInt64)), "(No_of_Employees:greater_than:9223372036854775807)"},
		"greater equal":         {GreaterEqual("A", 1), "(A:greater_equal:1)"},
		"less":                  {LessThan("A", 1e21), "(A:less_than:1000000000000000000000)"},
		"less equal":            {LessEqual("A", 1), "(A:less_equal:1)"},
		"starts with":           {StartsWith("City", "Lis"), "(City:starts_with:Lis)"},
		"bool":                  {Eq("Email_Opt_Out", true), "(Email_Opt_Out:equals:true)"},
		"time": {
			Eq("Created_Time", time.Date(2026, 5, 1, 10, 0, 0, 5e8, lisbon)), "(Created_Time:equals:2026-05-01T10:00:00+01:00)",
		},
		"UTC in figures": {GreaterThan("Created_Time", time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)), "(Created_Time:greater_than:2026-05-01T10:00:00+00:00)"},
		"date":           {Eq("Closing_Date", NewDate(2026, time.May, 1)), "(Closing_Date:equals:2026-05-01)"},
		"lookup":         {Eq("Account_Name", Lookup{ID: "5725767000000123456", Name: "Acme"}), "(Account_Name:equals:5725767000000123456)"},
		"and":            {Eq("A", 1).And(Eq("B", 2)), "((A:equals:1)and(B:equals:2))"},
		"and, flat":      {Eq("A", 1).And(Eq("B", 2)).And(Eq("C", 3)), "((A:equals:1)and(B:equals:2)and(C:equals:3))"},
		"or within and":  {Eq("A", 1).Or(Eq("B", 2)).And(Eq("C", 3)), "(((A:equals:1)or(B:equals:2))and(C:equals:3))"},
		"zero is neutral": {
			Criteria{}.And(Eq("A", 1)).Or(Criteria{}), "(A:equals:1)",
		},
		"raw":        {RawCriteria("(A:equals:1)").And(Eq("B", 2)), "((A:equals:1)and(B:equals:2))"},
		"e-mail":     {Email("jo@example.com"), "email=jo@example.com"},
		"phone":      {Phone("+351 91"), "phone=+351 91"},
		"word":       {Word("jo"), "word=jo"},
		"none":       {Criteria{}, ""},
		"bad field":  {Eq("City:equals:x)or(City", 1), `invalid criteria: "City:equals:x)or(City" is not a field's API name`},
		"nil":        {Eq("City", nil), "invalid criteria: City: Zoho's search has no test for an empty value"},
		"empty text": {StartsWith("City", ""), "invalid criteria: City: Zoho's search has no test for an empty value"},
		"NaN":        {GreaterThan("A", math.NaN()), "invalid criteria: A: "},
		"In of none": {In("City"), "invalid criteria: In(City): 0 values, not 1 to 100"},
		"word of one": {
			Word("j"), `invalid criteria: word "j" is shorter than Zoho's 2 characters`,
		},
		"e-mail joined": {
			Eq("A", 1).And(Email("jo@example.com")),
			"invalid criteria: a search by email stands alone: it cannot be joined with other criteria",
		},
		"a fault in a part": {Eq("A", 1).Or(Eq("", 2)), `invalid criteria: "" is not a field's API name`},
		"raw of nothing":    {RawCriteria(" "), "invalid criteria: RawCriteria: empty text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "NaN" { // the rest of the line is the codec's
				assert.Contains(t, c.criteria.String(), c.want)
				return
			}
			assert.Equal(t, c.want, c.criteria.String())
		})
	}
}

func TestCriteriaAreValues(t *testing.T) {
	t.Parallel()
	base := Eq("A", 1).And(Eq("B", 2))
	one, two := base.And(Eq("C", 3)), base.And(Eq("D", 4))
	assert.Equal(t, "((A:equals:1)and(B:equals:2))", base.String())
	assert.Equal(t, "((A:equals:1)and(B:equals:2)and(C:equals:3))", one.String())
	assert.Equal(t, "((A:equals:1)and(B:equals:2)and(D:equals:4))", two.String())

	values := []any{"x", "y"}
	in := In("A", values...)
	values[0] = "changed"
	assert.Equal(t, "(A:in:x,y)", in.String())
}
