package zohohub_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// hardTexts mean something in criteria or in a URL. None contains another.
var hardTexts = []string{
	"Lisboa (centro)", "(all)in", "open(", ")shut", "Porto, Foz", ",first", "last,", `back\slash`, `trailing\`, `\leading`, `two\\of`,
	`\(escaped\)`, `"quoted"`, "'single'", "O'Neill", "100% sure", "%41bc", "a+b", "x&y=z", "a#b", "a;b", "a:b", "a/b?c", "Ünïcode", "東京 🚀",
	"x)or(City:starts_with:P", "null", "{json}", "[list]", "tab\tbed", "equals", "co-op",
}

// TestHardTexts: each is found by each operator that takes text, and nothing else is.
func TestHardTexts(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	rows := make([]Fields, len(hardTexts))
	for i, text := range hardTexts {
		rows[i] = Fields{"Last_Name": fmt.Sprint("N", i), "Company": "Acme", "City": text}
	}
	crm.Seed("Leads", rows...)
	// Neighbours: what is found when a mark is dropped, taken for another, or ends the value.
	neighbours := map[string]bool{}
	for _, text := range hardTexts {
		for _, mark := range `(),\"'%+&#;:/?=` {
			if strings.ContainsRune(text, mark) {
				neighbours[strings.ReplaceAll(text, string(mark), "")] = true
				neighbours[strings.ReplaceAll(text, string(mark), " ")] = true
				neighbours[strings.Split(text, string(mark))[0]] = true
			}
		}
	}
	for text := range neighbours {
		if strings.TrimSpace(text) != "" && !slices.ContainsFunc(hardTexts, func(hard string) bool { return strings.Contains(text, hard) }) {
			crm.Seed("Leads", Fields{"Last_Name": "Neighbour", "Company": "Other", "City": text})
		}
	}
	people := NewRecord[Person](conn)
	for i, text := range hardTexts {
		want := fmt.Sprint("N", i)
		for op, c := range map[string]Criteria{
			"equals": Eq("City", text), "starts with": StartsWith("City", text), "in": In("City", "nowhere", text),
			"within":         Eq("Company", "Acme").And(Eq("City", text)),
			"the other that": Eq("City", text).Or(Eq("City", "nowhere, really")),
		} {
			got, err := listed(people.Where(t.Context(), c))
			require.NoError(t, err, "%s %s", op, text)
			assert.Equal(t, want, got, "%s %s", op, text)
			n, err := people.Count(t.Context(), c)
			require.NoError(t, err)
			assert.Equal(t, 1, n, "%s %s", op, text)
		}
		found, err := people.FindBy(t.Context(), Eq("City", text))
		require.NoError(t, err, text)
		assert.Equal(t, want, found.LastName)

		all := map[string]bool{}
		for p, err := range people.Where(t.Context(), NotEq("City", text).And(Eq("Company", "Acme"))) {
			require.NoError(t, err)
			all[p.City] = true
		}
		assert.Len(t, all, len(hardTexts)-1, "not %s", text)
		assert.NotContains(t, all, text)
	}
	found, err := people.FindBy(t.Context(), RawCriteria(`(City:equals:Lisboa \(centro\))`))
	require.NoError(t, err)
	assert.Equal(t, "N0", found.LastName, "the caller's own escapes are left alone")
}

// TestHardWords: the searches that are not by criteria carry any text too.
func TestHardWords(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads",
		Fields{"Last_Name": "A", "Company": "Acme", "Email": "jo+crm@example.com", "Phone": "+351 (21) 000", "City": `Foz & "Co" 100%`},
		Fields{"Last_Name": "B", "Company": "Acme", "Email": "jo@example.com", "Phone": "351 21 111", "City": "Foz"},
	)
	people := NewRecord[Person](conn)
	for _, c := range []Criteria{Email("jo+crm@example.com"), Phone("+351 (21) 000"), Word(`"Co"`), Word("100%")} {
		got, err := listed(people.Where(t.Context(), c))
		require.NoError(t, err, c.String())
		assert.Equal(t, "A", got, c.String())
	}
}

// TestOperatorsOnOtherTypes: numbers, dates and times with any offset split their neighbours at the right place.
func TestOperatorsOnOtherTypes(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC) // an hour that Lisbon does not have
	accounts := crm.Seed("Accounts", Fields{"Account_Name": "A"}, Fields{"Account_Name": "B"}, Fields{"Account_Name": "C"})
	offsets := []string{"+05:30", "-03:00", "+00:00"}
	for i, name := range []string{"low", "mid", "high"} {
		zone, err := time.Parse("-07:00", offsets[i])
		require.NoError(t, err)
		crm.Seed("Service_Visits", Fields{
			"Name": name, "Started_At": at.Add(time.Duration(i-1) * time.Second).In(zone.Location()).Format("2006-01-02T15:04:05-07:00"),
			"Visit_Date": at.AddDate(0, 0, i-1).Format(time.DateOnly), "Hours": 1.5 + float64(i-1)/4, "Distance_Km": i - 1, "Hourly_Rate": 1e6 + float64(i-1)/100,
			"Meter_Reading": fmt.Sprint(9007199254740992 + i), "Discount": 10 + i, "Account": Fields{"id": accounts[i]}, "Completed": i == 1,
			"Priority": []string{"Low", "Normal", "High"}[i], "Services": [][]any{{"Repair"}, {"Cleaning", "Inspection"}, {"Installation"}}[i],
		})
	}
	type visit struct{ ID, Name string }
	visits := NewRecord[visit](conn, InModule("Service_Visits"))
	names := func(c Criteria) string {
		var got []string
		for v, err := range visits.Where(t.Context(), c, SortBy("id", Ascending)) {
			require.NoError(t, err, c.String())
			got = append(got, v.Name)
		}
		return strings.Join(got, " ")
	}
	lisbon := time.FixedZone("WEST", 3600)
	for field, v := range map[string]struct{ low, mid, high any }{
		"Started_At":    {at.Add(-time.Second).In(lisbon), at.In(time.FixedZone("", -9*3600-1800)), at.Add(time.Second)},
		"Visit_Date":    {NewDate(2026, time.March, 28), NewDate(2026, time.March, 29), NewDate(2026, time.March, 30)},
		"Hours":         {1.25, float32(1.5), 1.75},
		"Distance_Km":   {-1, 0, uint(1)},
		"Hourly_Rate":   {999999.99, 1e6, 1000000.01},
		"Meter_Reading": {int64(9007199254740992), int64(9007199254740993), "9007199254740994"},
		"Discount":      {10, 11, 12},
	} {
		for want, c := range map[string]Criteria{
			"mid": Eq(field, v.mid), "low high": NotEq(field, v.mid), "high": GreaterThan(field, v.mid), "mid high": GreaterEqual(field, v.mid),
			"low": LessThan(field, v.mid), "low mid": LessEqual(field, v.mid), "low mid high": Between(field, v.low, v.high),
		} {
			assert.Equal(t, want, names(c), "%s", c)
		}
		assert.Equal(t, "low high", names(In(field, v.low, v.high)), field)
		assert.Equal(t, "mid high", names(Between(field, v.mid, v.high)), field)
		assert.Empty(t, names(GreaterThan(field, v.high)), field)
		found, err := visits.FindBy(t.Context(), Eq(field, v.mid))
		require.NoError(t, err, field)
		assert.Equal(t, "mid", found.Name)
	}
	for field, v := range map[string]any{"Account": Lookup{ID: accounts[1]}, "Priority": "Normal", "Services": "Cleaning", "Completed": true} {
		assert.Equal(t, "mid", names(Eq(field, v)), field)
		assert.Equal(t, "low high", names(NotEq(field, v)), field)
		if field != "Completed" {
			assert.Equal(t, "mid", names(In(field, v)), field)
		}
	}
}

// TestCriteriaOnTheWire: in a URL a plus is a blank unless it is encoded.
func TestCriteriaOnTheWire(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	raw := ""
	mock.RegisterResponder("GET", leadsURL+"/search", func(r *http.Request) (*http.Response, error) {
		raw = r.URL.RawQuery
		return jsonAnswer(http.StatusOK, `{"data":[],"info":{"more_records":false}}`), nil
	})
	people := NewRecord[nameless](conn, InModule("Leads"))
	for want, c := range map[string]Criteria{
		"%28Created_Time%3Aequals%3A2026-05-01T10%3A00%3A00%2B05%3A30%29": Eq("Created_Time", time.Date(2026, 5, 1, 10, 0, 0, 0, time.FixedZone("", 19800))),
		"%28City%3Aequals%3Aa%2Bb+%26+c%25%29":                            Eq("City", "a+b & c%"),
		"%28City%3Aequals%3A%5C%28%5C%2C%5C%5C%23%E6%9D%B1%29":            Eq("City", `(,\#東`),
	} {
		for _, err := range people.Where(t.Context(), c) {
			require.NoError(t, err)
		}
		assert.Equal(t, "criteria="+want+"&fields=Last_Name&page=1&per_page=200", raw)
	}
}
