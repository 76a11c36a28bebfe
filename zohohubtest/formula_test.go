package zohohubtest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// formulas makes a module with operands and the formulas that are given, F0, F1 and so on, and gives the path of a record.
func formulas(c *api, row string, of ...Field) string {
	operands := []Field{
		{APIName: "A", DataType: "integer"}, {APIName: "B", DataType: "double"}, {APIName: "Zero", DataType: "integer"}, {APIName: "None", DataType: "integer"},
		{APIName: "Text", DataType: "text"}, {APIName: "Yes", DataType: "boolean"}, {APIName: "Day", DataType: "date"}, {APIName: "Big", DataType: "bigint"},
		{APIName: "Kinds", DataType: "multiselectpicklist", PickList: []string{"x"}},
		{APIName: "range", DataType: "integer"}, {APIName: "If", DataType: "integer"}, {APIName: "Concat", DataType: "text"},
	}
	for i, f := range of {
		f.APIName, f.DataType = fmt.Sprint("F", i), "formula"
		operands = append(operands, f)
	}
	c.server.AddModule(Module{APIName: "M", Fields: operands})
	return "v8/M/" + c.create("v8/M", row)
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	tests := []struct{ returns, expression, want string }{
		{"double", "${M.A}*${M.B}", `3`}, {"double", "(${M.A} + 1) / ${M.B}", `14`}, {"double", "${A}-${B}", `5.5`}, {"double", "1/3", `0.33`},
		{"double", "0 - 1/1000", `0`}, {"double", "-1*2", `-2`}, {"double", "-${A}", `-6`}, {"double", "2*-(${A}+1)", `-14`}, {"text", "-${Text}", `null`},
		{"double", "${M.A}/${M.Zero}", `null`}, {"double", "${M.A}*${M.None}", `null`}, {"double", "Len(${M.A})", `null`}, {"text", "${M.Kinds}", `null`},
		{"double", "${M.A}+${M.Text}", `null`}, {"boolean", "${M.Yes}>1", `null`}, {"double", "${A}%5", `null`},
		{"text", "'text'", `"text"`}, {"text", `Concat("it's ",${Text},'')`, `"it's ab"`}, {"text", `Concat('"',${Text},'\')`, `"\"ab\\"`},
		{"text", "'costs ${A} // or /* more'", `"costs ${A} // or /* more"`}, {"text", "Concat(${Text},${A})", `null`},
		{"boolean", "${A}>5", `true`}, {"boolean", "${A}<=5", `false`}, {"boolean", "${A}==6", `true`}, {"boolean", "${A}!=6", `false`},
		{"boolean", "${A}>=6", `true`}, {"boolean", "${A}<6", `false`}, {"boolean", "${Text}=='ab'", `true`}, {"text", "${Text}*'ab'", `null`},
		{"text", "If(${Yes},'a','b')", `"a"`}, {"double", "If(${A}<1,'a',${B})", `0.5`}, {"double", "If(${A},1,2)", `null`}, {"double", "If(${Yes},1)", `null`},
		// The branch that is not taken may be empty, the one that is may not.
		{"text", "If(${A}>1,'big',${None})", `"big"`}, {"text", "If(${A}<1,${None},'small')", `"small"`}, {"text", "If(${A}>1,${None},'big')", `null`},
		{"text", "If(${None}>1,'big','small')", `null`},
		{"date", "Adddate(${Day},2,'DAY')", `"2028-03-01"`}, {"date", "Adddate(${Day},1,'MONTH')", `"2028-03-28"`}, {"date", "Adddate(${Day},-1,'YEAR')", `"2027-02-28"`},
		{"date", "Adddate(${Day},1,'HOUR')", `null`}, {"date", "Adddate(${Text},1,'DAY')", `null`}, {"date", "Adddate(${Day},${B},'DAY')", `null`},
		// There is no day beyond four digits of a year.
		{"date", "Adddate('9999-12-30',1,'DAY')", `"9999-12-31"`}, {"date", "Adddate('9999-12-31',1,'DAY')", `null`}, {"date", "Adddate('0001-01-01',-1,'DAY')", `null`},
		{"date", "Adddate(${Day},4611686018427387904,'DAY')", `null`}, {"date", "Adddate(${Day},7972,'YEAR')", `null`},
		{"bigint", "${A}+1", `"7"`}, {"bigint", "${Big}+1", `"123456789012345679"`}, {"bigint", "${Big}/${Zero}", `null`}, {"bigint", "7/2", `"4"`}, {"integer", "7/2", `4`},
		{"integer", "${range}+${M.If}", `4`}, {"text", "Concat(${Concat},${Text})", `"cab"`},
	}
	var fields []Field
	for _, tc := range tests {
		fields = append(fields, Field{Expression: tc.expression, ReturnType: tc.returns})
	}
	path := formulas(c, `{"Name":"m","A":6,"B":0.5,"Zero":0,"Text":"ab","Yes":true,"Day":"2028-02-28","Big":"123456789012345678","Kinds":["x"],"range":3,"If":1,"Concat":"c"}`, fields...)
	for i, tc := range tests {
		t.Run(tc.expression, func(t *testing.T) {
			t.Parallel()
			c.in(t).shows(tc.want, path, fmt.Sprint("F", i))
		})
	}
}

// A formula may name one that is described after it; both are worked out anew with what they need.
func TestFormulasOfFormulas(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	path := formulas(c, `{"Name":"m","A":5}`,
		Field{Expression: "${M.F1}+1", ReturnType: "double"}, Field{Expression: "${M.F2}*2", ReturnType: "bigint"}, Field{Expression: "${M.A}+1", ReturnType: "double"})
	for _, test := range []struct{ a, f0, f1, f2 string }{{`5`, `13`, `"12"`, `6`}, {`10`, `23`, `"22"`, `11`}, {`null`, `null`, `null`, `null`}} {
		c.update(path, `{"A":`+test.a+`}`)
		c.shows(test.f0, path, "F0")
		c.shows(test.f1, path, "F1")
		c.shows(test.f2, path, "F2")
	}
	// One that is added to records that are there is computed for them at once.
	c.update(path, `{"A":1}`)
	c.server.AddField("M", Field{APIName: "Later", DataType: "formula", Expression: "${F0}*10", ReturnType: "integer"})
	c.shows(`50`, path, "Later")
	c.update(path, `{"A":2}`)
	c.shows(`70`, path, "Later")
}

func TestFormulasThatCannotBe(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	formulas(c, `{"Name":"m"}`)
	no := func(expression string) string { return fmt.Sprintf("%q is no formula", expression) }
	for expression, want := range map[string]string{
		"":                         "a formula needs an expression",
		"this is (not a formula":   no("this is (not a formula"),
		"${M.A}*":                  no("${M.A}*"),
		"A+1":                      no("A+1"),
		"a.If(1)":                  no("a.If(1)"),
		"${A}(1)":                  no("${A}(1)"),
		"Concat(${Kinds}...)":      no("Concat(${Kinds}...)"),
		"Concat(A)":                no("Concat(A)"),
		"1+A":                      no("1+A"),
		"-A":                       no("-A"),
		"!${Yes}":                  no("!${Yes}"),
		"1e999999999":              no("1e999999999"),
		"1 // comment":             no("1 // comment"),
		"`text`":                   no("`text`"),
		"${Lookups.M.A}":           no("${Lookups.M.A}"),
		"func(){}":                 no("func(){}"),
		"${M.Nothing}+1":           `there is no field "Nothing" to compute with`,
		"If(${Yes},'a',${Nobody})": `there is no field "Nobody" to compute with`,
		"${Accounts.A}+${M.A}":     "${Accounts.A} is of another module",
		"${M.X}+1":                 "X is computed from itself",
	} {
		assert.PanicsWithValue(t, "zohohubtest: AddField: schema: field M.X: "+want,
			func() { c.server.AddField("M", Field{APIName: "X", DataType: "formula", Expression: expression}) }, expression)
	}
	assert.PanicsWithValue(t, "zohohubtest: AddModule: schema: field N.F: F is computed from itself", func() {
		c.server.AddModule(Module{APIName: "N", Fields: []Field{
			{APIName: "F", DataType: "formula", Expression: "${G}+1"}, {APIName: "G", DataType: "formula", Expression: "${N.F}+1"},
		}})
	})
	assert.NotContains(t, c.call(200, "GET", "v8/settings/modules", ""), `"N"`)
	c.server.AddModule(Module{APIName: "N", Fields: []Field{{APIName: "F", DataType: "formula", Expression: "${N.Created_Time}"}}})
}

// Only those of quotes and orders are totals by themselves; a field of the same name is what its expression says.
func TestTotalsOfOnesOwn(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	names := []string{"Total", "Net_Total", "Sub_Total", "Grand_Total"}
	for _, name := range names {
		f := Field{APIName: name, DataType: "formula", ReturnType: "currency"}
		assert.PanicsWithValue(t, "zohohubtest: AddField: schema: field Specimens."+name+": a formula needs an expression",
			func() { c.server.AddField("Specimens", f) })
		f.Expression = "${Specimens.Whole}+1"
		c.server.AddField("Specimens", f)
	}
	path := "v8/Specimens/" + c.create("v8/Specimens", `{"Name":"S","Whole":5}`)
	for _, name := range names {
		c.shows(`6`, path, name)
	}
}

// A quote is the sum of its own lines, whatever else has a field that is called so.
func TestQuoteIsTheSumOfItsLines(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddModule(Module{APIName: "Extras", SubformOf: "Quotes", Fields: []Field{{APIName: "Net_Total", DataType: "currency"}}})
	c.server.AddField("Quotes", Field{APIName: "Extras", DataType: "subform", Subform: "Extras"})
	c.server.AddField("Quotes", Field{APIName: "Twice", DataType: "formula", Expression: "${Quotes.Grand_Total}*2", ReturnType: "currency"})
	account, product := c.create("v8/Accounts", `{"Account_Name":"Acme"}`), c.create("v8/Products", `{"Product_Name":"Widget"}`)
	path := "v8/Quotes/" + c.create("v8/Quotes", `{"Subject":"Q","Account_Name":{"id":"`+account+`"},"Extras":[{"Net_Total":100}],
		"Quoted_Items":[{"Product_Name":{"id":"`+product+`"},"Quantity":2,"List_Price":10}]}`)
	c.shows(`20`, path, "Sub_Total")
	c.shows(`20`, path, "Grand_Total")
	c.shows(`40`, path, "Twice")
}
