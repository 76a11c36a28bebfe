package zohohub_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestFindByIsExact(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads",
		Fields{"Last_Name": "Doe", "Company": "A", "Email": "jo@example.com", "Phone": "+1 555 0100"},
		Fields{"Last_Name": "Doeringer", "Company": "B", "Email": "mojo@example.com", "Phone": "+1 555 01001"},
		Fields{"Last_Name": "Van Doe", "Company": "C", "Secondary_Email": "o@example.com"},
	)
	people := NewRecord[Person](conn)
	for name, c := range map[string]struct {
		by   Criteria
		want string
	}{
		"text":                                   {Eq("Last_Name", "Doe"), ids[0]},
		"another case":                           {Eq("Last_Name", "doe"), ids[0]},
		"a field that T does not name":           {Eq("Phone", "+1 555 0100"), ids[0]},
		"e-mail":                                 {Email("jo@example.com"), ids[0]},
		"e-mail in a field that T does not name": {Email("o@example.com"), ids[2]},
		"phone":                                  {Phone("+1 5550100"), ids[0]},
		"all of":                                 {Eq("Last_Name", "Doe").And(StartsWith("Company", "A")), ids[0]},
		"one of":                                 {Eq("Last_Name", "oe").Or(Eq("Company", "B")), ids[1]},
		"in":                                     {In("Last_Name", "oe", "Van Doe"), ids[2]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := people.FindBy(t.Context(), c.by)
			require.NoError(t, err)
			assert.Equal(t, c.want, p.ID)
		})
	}
	for _, c := range []Criteria{Eq("Last_Name", "oe"), Email("example.com"), Phone("555 01"), Eq("Last_Name", "Nobody")} {
		_, err := people.FindBy(t.Context(), c)
		require.ErrorIs(t, err, ErrRecordNotFound, c.String())
	}
}

// TestFindByGoesOn: the exact match may stand behind pages of partial ones, and is looked for no further.
func TestFindByGoesOn(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	exact := crm.Seed("Leads", Fields{"Last_Name": "dOE", "Company": "Acme", "Email": "jo@example.com", "Phone": "+351 (21) 000-0000"})[0]
	rows := make([]Fields, 450)
	for i := range rows {
		rows[i] = Fields{
			"Last_Name": fmt.Sprint("Doeringer ", i), "Company": "Acme", "Email": "jo@example.com.pt", "Phone": "+351 (21) 000-0000" + fmt.Sprint(i),
		}
	}
	crm.Seed("Leads", rows...)
	for name, c := range map[string]struct {
		by    Criteria
		pages int
	}{
		"text":           {Eq("Last_Name", "DOE"), 3},
		"one of":         {In("Last_Name", "nobody", "Doe"), 3},
		"all of":         {Eq("Company", "acme").And(Eq("Last_Name", "Doe")), 3},
		"this or that":   {Eq("Last_Name", "Doe").Or(Eq("Email", "no@example.com")), 3},
		"e-mail":         {Eq("Email", "JO@EXAMPLE.COM"), 3},
		"the first will": {StartsWith("Last_Name", "Doe"), 1},
	} {
		crm.ResetRequests()
		found, err := people.FindBy(t.Context(), c.by)
		require.NoError(t, err, name)
		if c.pages == 3 {
			assert.Equal(t, exact, found.ID, name)
		}
		assert.Len(t, asked(crm), c.pages, name)
	}

	crm.Seed("Leads", Fields{"Last_Name": "doe", "Company": "Acme"})
	crm.ResetRequests()
	found, err := people.FindBy(t.Context(), Eq("Last_Name", "Doe"))
	require.NoError(t, err)
	assert.NotEqual(t, exact, found.ID, "the first of several")
	assert.Len(t, asked(crm), 1)

	require.NoError(t, people.Delete(t.Context(), exact))
	require.NoError(t, people.Delete(t.Context(), found.ID))
	_, err = people.FindBy(t.Context(), Eq("Last_Name", "Doe"))
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.NotErrorIs(t, err, ErrTruncated)
}

// TestFindByEndsWithTheSearch: when none of the first 2,000 is exact, nobody can say that there is none.
func TestFindByEndsWithTheSearch(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})
	crm.SeedFunc("Leads", 2000, func(i int) Fields { return Fields{"Last_Name": fmt.Sprint("Doe ", i), "Company": "Acme"} })
	_, err := NewRecord[Person](conn).FindBy(t.Context(), Eq("Last_Name", "Doe"))
	require.ErrorIs(t, err, ErrTruncated)
	require.NotErrorIs(t, err, ErrRecordNotFound)
	assert.Len(t, asked(crm), 10)
}

// TestFindByComparesAsZohoDoes: what Zoho's search finds exactly is found, however the value is written.
func TestFindByComparesAsZohoDoes(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	account := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	row := Fields{
		"Name": "V", "Account": Fields{"id": account}, "Visit_Date": "2026-05-01", "Started_At": "2026-05-01T10:00:00+00:00", "Priority": "High",
		"Services": []any{"Repair", "Cleaning"}, "Completed": true, "Hours": 12.5, "Distance_Km": 1200, "Meter_Reading": "9007199254740993",
	}
	id := crm.Seed("Service_Visits", row)[0]
	visits := NewRecord[Dynamic](conn, InModule("Service_Visits"))
	hours := 12.5
	for name, by := range map[string]Criteria{
		"a fraction of a second": Eq("Started_At", at.Add(5e8)),
		"another offset":         Eq("Started_At", at.In(time.FixedZone("", -3*3600))),
		"a time as text":         Eq("Started_At", "2026-05-01T15:30:00+05:30"),
		"a pointer":              Eq("Hours", &hours),
		"a number as text":       Eq("Hours", "12.50"),
		"a whole number":         Eq("Distance_Km", int64(1200)),
		"an unsigned one":        Eq("Distance_Km", uint8(0)).Or(Eq("Distance_Km", uint16(1200))),
		"beyond 2^53":            Eq("Meter_Reading", int64(9007199254740993)),
		"beyond 2^53, as text":   Eq("Meter_Reading", "9007199254740993"),
		"a date":                 Eq("Visit_Date", NewDate(2026, time.May, 1)),
		"a boolean":              Eq("Completed", true),
		"one of several picks":   Eq("Services", "Cleaning"),
		"a lookup":               Eq("Account", Lookup{ID: account}),
		"a lookup's id":          In("Account", account),
		"between":                Between("Started_At", at, at),
	} {
		found, err := visits.FindBy(t.Context(), by)
		require.NoError(t, err, name)
		assert.Equal(t, id, found.ID, name)
	}

	// Zoho writes a number as text at times; a text that only begins like one is none.
	for text, want := range map[string]bool{"12.50": true, "12.5": true, "12.51": false, "012.5": false, "12.5 ": false, "12,5": false} {
		mock, conn := mocked(t)
		mock.RegisterResponder(http.MethodGet, leadsURL+"/search",
			answering(fmt.Sprintf(`{"data":[{"id":"1","Annual_Revenue":%q}],"info":{"more_records":false}}`, text)))
		_, err := NewRecord[Person](conn).FindBy(t.Context(), Eq("Annual_Revenue", 12.5))
		if want {
			require.NoError(t, err, text)
		} else {
			require.ErrorIs(t, err, ErrRecordNotFound, text)
		}
	}
}

func answering(body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, body), nil }
}

// TestSearchThatEndsItself: where Zoho says that there is more and refuses the page, and where it says so at the end.
func TestSearchThatEndsItself(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 1999, 2000, 2001} {
		crm, conn := setup(t)
		seedPeople(t, crm, n)
		names, err := 0, error(nil)
		for p, e := range NewRecord[Person](conn).Where(t.Context(), Eq("Company", "Acme")) {
			require.NoError(t, err, "nothing follows an error")
			if err = e; p != nil {
				names++
			}
		}
		assert.Equal(t, min(n, 2000), names)
		if n <= 2000 {
			require.NoError(t, err, n)
		} else {
			require.ErrorIs(t, err, ErrTruncated)
			require.EqualError(t, err, "zohohub: search Leads: there is more than Zoho gives")
		}
		assert.Len(t, asked(crm), (min(n, 2000)+199)/200)
	}
	crm, conn := setup(t)
	seedPeople(t, crm, 250)
	crm.Inject(zohohubtest.Fault{Path: "/Leads/search", After: 1, Code: "LIMIT_REACHED", Message: "maximum response iteration limit reached"})
	got, err := listed(NewRecord[Person](conn).Where(t.Context(), Eq("Company", "Acme")))
	require.ErrorIs(t, err, ErrTruncated)
	assert.Contains(t, got, "Doe 00050")
	assert.NotContains(t, got, "Doe 00049")
}
