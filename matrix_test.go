package zohohub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// plainLead has a field of each kind that the rules about unset, zero and null tell apart.
type plainLead struct {
	ID        string
	LastName  string
	City      string
	Employees int      `zoho:"No_of_Employees"`
	OptOut    bool     `zoho:"Email_Opt_Out"`
	Revenue   *float64 `zoho:"Annual_Revenue"`
	Street    *string
	State     string `zoho:",always"`
	Interests []string
	Owner     Lookup
	Reviewed  Date      `zoho:"Reviewed_On"`
	Activity  time.Time `zoho:"Last_Visit"`
	Created   time.Time `zoho:"Created_Time,readonly"`
	Local     string    `zoho:"-"`
	Parts     []usedPart
	Any       any
	pointed
}

// pointed has a pointer to each.
type pointed struct {
	Flag    *bool
	At      *time.Time
	Day     *Date
	Account *Lookup
	List    *[]string
	Rows    *[]usedPart
}

type usedPart struct {
	ID       string
	Part     string
	Quantity int
}

// trackedLead is the same, remembering what was loaded.
type trackedLead struct {
	Tracked
	plainLead
}

func (*plainLead) ModuleName() string { return "Leads" }

// states are what may have been done to a record, what a write of the whole record says of it beside Last_Name and the
// State that is always sent, and what a Save says of it when full was loaded before.
var states = map[string]struct {
	set     func(*plainLead)
	whole   string
	changes string // "": nothing is sent
}{
	"unset": {func(*plainLead) {}, ``, ``},
	"zero": {
		func(l *plainLead) { l.City, l.Employees, l.OptOut, l.Interests = "", 0, false, []string{} },
		``, `,"City":null,"No_of_Employees":null,"Email_Opt_Out":false,"Interests":[]`,
	},
	"value": {
		func(l *plainLead) { l.City, l.Employees, l.OptOut = "Faro", 7, true },
		`,"City":"Faro","No_of_Employees":7,"Email_Opt_Out":true`, `,"City":"Faro","No_of_Employees":7`,
	},
	"pointer to zero": {
		func(l *plainLead) { l.Revenue, l.Street = new(0.0), new("") },
		`,"Annual_Revenue":0,"Street":""`, `,"Annual_Revenue":0,"Street":""`,
	},
	"pointer cleared": {func(l *plainLead) { l.Revenue, l.Street = nil, nil }, ``, `,"Annual_Revenue":null,"Street":null`},
	"always":          {func(l *plainLead) { l.State = "RJ" }, ``, ``},
	"list": {
		func(l *plainLead) { l.Interests = []string{"Sailing", "Chess"} },
		`,"Interests":["Sailing","Chess"]`, `,"Interests":["Sailing","Chess"]`,
	},
	"lookup": {
		func(l *plainLead) { l.Owner = Lookup{ID: "5725767000000000009", Name: "Nobody"} },
		`,"Owner":{"id":"5725767000000000009"}`, `,"Owner":{"id":"5725767000000000009"}`,
	},
	"lookup cleared": {func(l *plainLead) { l.Owner = Lookup{} }, ``, `,"Owner":null`},
	"owner by e-mail": {
		func(l *plainLead) { l.Owner = Lookup{Email: "bruno@example.com"} },
		`,"Owner":{"email":"bruno@example.com"}`, `,"Owner":{"email":"bruno@example.com"}`,
	},
	"date and time": {
		func(l *plainLead) {
			l.Reviewed, l.Activity = NewDate(2026, time.May, 1), time.Date(2026, 5, 1, 10, 0, 0, 99, time.UTC)
		},
		`,"Reviewed_On":"2026-05-01","Last_Visit":"2026-05-01T10:00:00+00:00"`,
		`,"Reviewed_On":"2026-05-01","Last_Visit":"2026-05-01T10:00:00+00:00"`,
	},
	"date and time cleared": {
		func(l *plainLead) { l.Reviewed, l.Activity = Date{}, time.Time{} }, ``, `,"Reviewed_On":null,"Last_Visit":null`,
	},
	"subform": {
		func(l *plainLead) {
			l.Parts = []usedPart{{ID: "21", Part: "Bolt", Quantity: 5}, {ID: "23", Part: "Screw"}}
		},
		`,"Parts":[{"id":"21","Part":"Bolt","Quantity":5},{"id":"23","Part":"Screw"}]`,
		`,"Parts":[{"id":"21","Quantity":5},{"id":"23","Part":"Screw"},{"id":"22","_delete":null}]`,
	},
	"subform cleared": {func(l *plainLead) { l.Parts = nil }, ``, `,"Parts":[{"id":"21","_delete":null},{"id":"22","_delete":null}]`},
	"any":             {func(l *plainLead) { l.Any = 0 }, `,"Any":0`, `,"Any":0`},
	"any cleared":     {func(l *plainLead) { l.Any = nil }, ``, `,"Any":null`},
	"pointers": {
		func(l *plainLead) {
			l.Flag, l.At, l.Day, l.Account = new(true), new(moment("2026-05-01T10:00:00+01:00")), new(NewDate(2026, time.May, 1)), &Lookup{ID: "13"}
			l.List, l.Rows = &[]string{"b"}, &[]usedPart{{ID: "31", Part: "Nut"}}
		},
		`,"Flag":true,"At":"2026-05-01T10:00:00+01:00","Day":"2026-05-01","Account":{"id":"13"},"List":["b"],"Rows":[{"id":"31","Part":"Nut"}]`,
		`,"At":"2026-05-01T10:00:00+01:00","Day":"2026-05-01","Account":{"id":"13"},"List":["b"],"Rows":[{"id":"31","Part":"Nut"}]`,
	},
	"pointers to zero": {
		func(l *plainLead) {
			l.Flag, l.At, l.Day, l.Account = new(false), new(time.Time), new(Date), new(Lookup)
			l.List, l.Rows = new([]string), new([]usedPart)
		},
		`,"Flag":false,"At":null,"Day":null,"Account":null,"List":[],"Rows":[]`,
		`,"Flag":false,"At":null,"Day":null,"Account":null,"List":[],"Rows":[{"id":"31","_delete":null}]`,
	},
	"pointers cleared": {
		func(l *plainLead) { l.pointed = pointed{} }, ``,
		`,"Flag":false,"At":null,"Day":null,"Account":null,"List":[],"Rows":[{"id":"31","_delete":null}]`,
	},
	"read-only and local": {func(l *plainLead) { l.Created, l.Local = time.Now(), "x" }, ``, ``},
}

// full is the record that was loaded.
const full = `{"data":[{"id":"11","Last_Name":"Doe","City":"Porto","No_of_Employees":5,"Email_Opt_Out":true,"Annual_Revenue":1.5,
	"Street":"Rua","State":"SP","Interests":["Chess"],"Owner":{"id":"12","name":"Ana","email":"ana@example.com"},
	"Reviewed_On":"2026-01-01","Last_Visit":"2026-01-01T00:00:00+01:00","Created_Time":"2026-01-01T00:00:00+01:00",
	"Parts":[{"id":"21","Part":"Bolt","Quantity":1},{"id":"22","Part":"Nut"}],"Any":"x","Flag":true,"At":"2026-01-01T00:00:00+01:00",
	"Day":"2026-01-01","Account":{"id":"14","name":"Acme"},"List":["a"],"Rows":[{"id":"31","Part":"Bolt"}]}]}`

// TestUnsetZeroAndNull is the table of what is sent.
func TestUnsetZeroAndNull(t *testing.T) {
	t.Parallel()
	for name, c := range states {
		state := `"State":""`
		if name == "always" {
			state = `"State":"RJ"`
		}
		whole := `{"Last_Name":"Doe",` + state + c.whole + `}`
		withID := `{"id":"11","Last_Name":"Doe",` + state + c.whole + `}`
		rec := func(id string) *plainLead {
			l := &plainLead{ID: id, LastName: "Doe"}
			c.set(l)
			return l
		}
		for op, write := range map[string]struct {
			call func(*Record[plainLead]) error
			want string
		}{
			"Create":  {func(r *Record[plainLead]) error { return r.Create(t.Context(), rec("")) }, whole},
			"Save":    {func(r *Record[plainLead]) error { return r.Save(t.Context(), rec("")) }, whole},
			"Save id": {func(r *Record[plainLead]) error { return r.Save(t.Context(), rec("11")) }, withID},
			"SaveAll": {func(r *Record[plainLead]) error {
				_, err := r.SaveAll(t.Context(), []*plainLead{rec("11")})
				return err
			}, withID},
			"CreateAll": {func(r *Record[plainLead]) error {
				_, err := r.CreateAll(t.Context(), []*plainLead{rec("")})
				return err
			}, whole},
			"SaveAll new": {func(r *Record[plainLead]) error {
				_, err := r.SaveAll(t.Context(), []*plainLead{rec("")})
				return err
			}, whole},
			"Upsert id": {func(r *Record[plainLead]) error {
				_, err := r.Upsert(t.Context(), []*plainLead{rec("11")})
				return err
			}, withID},
			"Upsert": {func(r *Record[plainLead]) error { _, err := r.Upsert(t.Context(), []*plainLead{rec("")}); return err }, whole},
		} {
			t.Run(op+"/"+name, func(t *testing.T) {
				t.Parallel()
				z, conn := loaded(t, full)
				require.NoError(t, write.call(NewRecord[plainLead](conn)))
				assert.JSONEq(t, `{"data":[`+write.want+`]}`, z.last())
			})
		}
		t.Run("Save loaded/"+name, func(t *testing.T) {
			t.Parallel()
			z, conn := loaded(t, full)
			leads := NewRecord[trackedLead](conn, InModule("Leads"))
			lead, err := leads.Find(t.Context(), "11")
			require.NoError(t, err)
			c.set(&lead.plainLead)
			require.NoError(t, leads.Save(t.Context(), lead))
			switch {
			case name == "always":
				assert.JSONEq(t, `{"data":[{"id":"11","State":"RJ"}]}`, z.last())
			case c.changes == "":
				assert.Empty(t, z.last(), "nothing changed")
			default:
				assert.JSONEq(t, `{"data":[{"id":"11","State":"SP"`+c.changes+`}]}`, z.last())
			}
			before := z.count()
			require.NoError(t, leads.Save(t.Context(), lead))
			assert.Equal(t, before, z.count(), "saved is saved")
		})
	}
}

// TestUpdateSendsWhatItIsGiven: Fields say exactly what is sent.
func TestUpdateSendsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 10, 0, 0, 1e8, time.FixedZone("", -3*3600))
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, `null`},
		{"", `""`},
		{0, `0`},
		{false, `false`},
		{int64(9007199254740993), `9007199254740993`},
		{uint64(18446744073709551615), `18446744073709551615`},
		{json.Number("12345678901234567890.5"), `12345678901234567890.5`},
		{at, `"2026-05-01T10:00:00-03:00"`},
		{time.Time{}, `null`},
		{NewDate(2026, time.May, 2), `"2026-05-02"`},
		{Date{}, `null`},
		{Lookup{ID: "7", Name: "x"}, `{"id":"7"}`},
		{Lookup{}, `null`},
		{ModuleLookup{ID: "7", Module: "Leads"}, `{"id":"7","module":{"api_name":"Leads"}}`},
		{[]string{}, `[]`},
		{[]string{"a", "b"}, `["a","b"]`},
		{[]Fields{{"Part": "Bolt"}}, `[{"Part":"Bolt"}]`},
		{[]Fields{{"id": "21", "_delete": nil}}, `[{"_delete":null,"id":"21"}]`},
		{[]usedPart{{ID: "21", Quantity: 5}, {Part: "Screw"}}, `[{"id":"21","Quantity":5},{"Part":"Screw"}]`},
		{[]usedPart(nil), `[]`},
		{hours{From: "09:00"}, `{"From":"09:00"}`},
		{new("x"), `"x"`},
		{(*string)(nil), `null`},
		{new(new(Lookup{ID: "7"})), `{"id":"7"}`},
	} {
		z, conn := loaded(t, full)
		people := NewRecord[plainLead](conn)
		fields := Fields{"Any": c.value, "id": "11"}
		want := fmt.Sprintf(`{"data":[{"Any":%s,"id":"11"}]}`, c.want)
		require.NoError(t, people.Update(t.Context(), "11", fields))
		assert.Equal(t, want, z.last(), "as text: read as JSON, any two numbers beyond 2^53 would be alike")
		_, err := people.UpdateAll(t.Context(), []Fields{fields})
		require.NoError(t, err)
		assert.Equal(t, want, z.last())
	}
}

// TestAlwaysOfEachKind: what is tagged so goes along as it is, zero too.
func TestAlwaysOfEachKind(t *testing.T) {
	t.Parallel()
	type always struct {
		Tracked
		ID     string
		Text   string     `zoho:",always"`
		Number int        `zoho:",always"`
		Flag   bool       `zoho:",always"`
		At     time.Time  `zoho:",always"`
		Day    Date       `zoho:",always"`
		Lookup Lookup     `zoho:",always"`
		List   []string   `zoho:",always"`
		Rows   []usedPart `zoho:",always"`
		Any    any        `zoho:",always"`
		Ptr    *string    `zoho:",always"`
		Other  string
	}
	const zeros = `"Text":"","Number":0,"Flag":false,"At":null,"Day":null,"Lookup":null,"List":[],"Rows":[],"Any":null,"Ptr":null`
	const full = `"Text":"t","Number":1,"Flag":true,"At":"2026-05-01T10:00:00+01:00","Day":"2026-05-01","Lookup":{"id":"12"},"List":["a"],
		"Rows":[{"id":"21","Part":"Bolt"}],"Any":"a","Ptr":"p"`
	z, conn := loaded(t, `{"data":[{"id":"11","Other":"o",`+full+`}]}`)
	records := NewRecord[always](conn, InModule("Things"))
	require.NoError(t, records.Create(t.Context(), &always{}))
	assert.JSONEq(t, `{"data":[{`+zeros+`}]}`, z.last())
	require.NoError(t, records.Save(t.Context(), &always{ID: "12"}))
	assert.JSONEq(t, `{"data":[{"id":"12",`+zeros+`}]}`, z.last(), "made by hand")

	found, err := records.Find(t.Context(), "11")
	require.NoError(t, err)
	before := z.count()
	require.NoError(t, records.Save(t.Context(), found))
	assert.Equal(t, before, z.count(), "alone they are no change")
	found.Other = "p"
	require.NoError(t, records.Save(t.Context(), found))
	assert.JSONEq(t, `{"data":[{"id":"11","Other":"p",`+full+`}]}`, z.last())
	*found = always{Tracked: found.Tracked, ID: "11", Other: "p", Rows: found.Rows}
	require.NoError(t, records.Save(t.Context(), found))
	assert.JSONEq(t, `{"data":[{"id":"11",`+strings.Replace(zeros, `"Rows":[]`, `"Rows":[{"id":"21","Part":"Bolt"}]`, 1)+`}]}`, z.last())
}

// TestNotLoadedIsNoChange: an answer without a field says nothing about it.
func TestNotLoadedIsNoChange(t *testing.T) {
	t.Parallel()
	z, conn := loaded(t, `{"data":[{"id":"11","City":"Porto","Street":null}]}`)
	leads := NewRecord[trackedLead](conn, InModule("Leads"))
	lead, err := leads.Find(t.Context(), "11")
	require.NoError(t, err)
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.Empty(t, z.last())
	lead.LastName = "Roe"
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.JSONEq(t, `{"data":[{"id":"11","Last_Name":"Roe","State":""}]}`, z.last())
	lead.LastName = ""
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.JSONEq(t, `{"data":[{"id":"11","Last_Name":null,"State":""}]}`, z.last(), "what was saved is known from then on")
}
