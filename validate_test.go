package zohohub_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// faultsOf are the faults that an error lists.
func faultsOf(t *testing.T, err error) []Fault {
	t.Helper()
	require.ErrorIs(t, err, ErrRecordInvalid)
	e, ok := errors.AsType[*ValidationError](err)
	require.True(t, ok, "%v", err)
	return e.Faults
}

func TestValidateNamesEveryFault(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	specimens := NewRecord[Dynamic](conn, InModule("Specimens"))
	err := specimens.Validate(t.Context(), &Dynamic{Fields: Fields{
		"Short_Text": strings.Repeat("é", 41), "Email_Address": "jo at example", "Colour": "Pink", "Grade": 4, "Sizes": []string{"S", "XXL"},
		"Active": "yes", "Whole": 1.5, "Big_Number": "12x", "Ratio": 0.12345, "Price": "9.99", "Day": "1 May", "Moment": "2026-05-01",
		"Serial": "SP-0009", "Doubled": 4, "Rows": []any{map[string]any{"Label": "L", "Amount": "much", "Tint": "Red"}, "row"}, "Owner": map[string]any{"name": "Jo"},
		"Small_Txt": "typo", "$approved": true,
	}})
	assert.Equal(t, []Fault{
		{"Name", "is mandatory"},
		{"Short_Text", "is too long (maximum is 40 characters, it has 41)"},
		{"Email_Address", "is not an e-mail address"},
		{"Colour", `has an invalid value "Pink". Accepted values: -None-, Red, Green, Blue`},
		{"Grade", "is not text"},
		{"Sizes", `has an invalid value "XXL". Accepted values: S, M, L`},
		{"Active", "is not true or false"},
		{"Whole", "is not a whole number"},
		{"Big_Number", "is not a number"},
		{"Ratio", "has too many decimal places (maximum is 4, it has 5)"},
		{"Price", "is not a number"},
		{"Day", "is not a date such as 2026-05-01"},
		{"Moment", "is not a time such as 2026-05-01T10:00:00+01:00"},
		{"Serial", "is read-only"},
		{"Doubled", "is read-only"},
		{"Rows[0].Amount", "is not a number"},
		{"Rows[0].Tint", "is not a field of Specimen_Rows"},
		{"Rows[1]", "is not a row"},
		{"Owner", "is not a reference with an id"},
		{"Small_Txt", "is not a field of Specimens"},
	}, inOrder(faultsOf(t, err)))
	require.ErrorIs(t, err, ErrMandatoryNotFound)
	require.NotErrorIs(t, err, ErrDuplicate)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, Error{Op: "validate", Module: "Specimens", Index: -1, Err: e.Err}, *e)
	assert.True(t, strings.HasPrefix(err.Error(), "zohohub: validate Specimens: Name is mandatory; Short_Text is too long"), err.Error())
	for _, r := range crm.Requests() {
		assert.Equal(t, http.MethodGet, r.Method)
		assert.Contains(t, r.Path, "/settings/fields", "nothing but metadata is asked for")
	}
}

// inOrder has the faults in the order of the fields in the test, which is the module's but for Owner.
func inOrder(faults []Fault) []Fault {
	var last []Fault
	var rest []Fault
	for _, f := range faults {
		if f.Field == "Owner" || f.Field == "Small_Txt" {
			last = append(last, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(rest, last...)
}

func TestValidateTakesWhatZohoTakes(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	fields := Fields{
		"Name": "S", "Short_Text": strings.Repeat("é", 40), "Email_Address": "jo@example.com", "Colour": "Red", "Grade": "2", "Sizes": []string{"S", "L"},
		"Active": false, "Whole": -999999999, "Big_Number": int64(999999999999999999), "Ratio": 0.1234, "Price": 1e2, "Day": NewDate(2026, 5, 1), "Moment": "2026-05-01T10:00:00+01:00",
		"Rows": []any{map[string]any{"Label": "L", "Amount": 1.25}}, "Web_Page": nil, "Phone_Number": "", "Owner": Lookup{ID: userID(t, conn)},
	}
	specimens := NewRecord[Dynamic](conn, InModule("Specimens"))
	require.NoError(t, specimens.Validate(t.Context(), &Dynamic{Fields: fields}))
	require.NoError(t, specimens.Create(t.Context(), &Dynamic{Fields: fields}, Validated()), "and so does the fake")
}

// Inspected has rules of its own.
type Inspected struct {
	Tracked
	ID       string
	LastName string
	Company  string
	Email    string
	ERPID    string `zoho:"ERP_Id"`
	City     string
}

func (Inspected) ModuleName() string { return "Leads" }

var errNoCity = errors.New("the city is missing")

func (i *Inspected) Validate() error {
	switch i.City {
	case "":
		return errNoCity
	case "Nowhere":
		return &ValidationError{Faults: []Fault{{"City", "is nowhere"}}}
	case "Anywhere":
		return fmt.Errorf("%w, and %w", &ValidationError{Faults: []Fault{{"City", "is anywhere"}}}, errNoCity)
	case "Elsewhere":
		return &ValidationError{}
	}
	return nil
}

func TestValidateAsksTheTypeToo(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	leads := NewRecord[Inspected](conn)
	err := leads.Validate(t.Context(), &Inspected{Email: "x"})
	assert.Equal(t, []Fault{{"Last_Name", "is mandatory"}, {"Email", "is not an e-mail address"}, {"", "the city is missing"}}, faultsOf(t, err))
	require.ErrorIs(t, err, errNoCity)
	require.EqualError(t, err, "zohohub: validate Leads: Last_Name is mandatory; Email is not an e-mail address; the city is missing")

	err = leads.Validate(t.Context(), &Inspected{LastName: "Doe", City: "Nowhere"})
	assert.Equal(t, []Fault{{"City", "is nowhere"}}, faultsOf(t, err))
	err = leads.Validate(t.Context(), &Inspected{LastName: "Doe", City: "Anywhere"})
	assert.Equal(t, []Fault{{"", "City is anywhere, and the city is missing"}}, faultsOf(t, err), "nothing of it is lost")
	require.ErrorIs(t, err, errNoCity)
	require.ErrorIs(t, leads.Validate(t.Context(), &Inspected{LastName: "Doe", City: "Elsewhere"}), ErrRecordInvalid, "not valid, though nobody says why")
	require.NoError(t, leads.Validate(t.Context(), &Inspected{LastName: "Doe", City: "Lisboa"}))
	require.Error(t, leads.Validate(t.Context(), nil))
}

func TestValidateOfAChange(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Inspected](conn)
	// What was stored before a rule came is none of a change's faults.
	crm.SeedFunc("Leads", 1, func(int) Fields { return Fields{"Last_Name": "Doe", "Email": "not one", "City": "Lisboa"} })
	id := crm.Records("Leads")[0]["id"].(string)
	lead, err := leads.Find(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, leads.Validate(t.Context(), lead), "nothing changed")
	lead.Company = "Doe & Co"
	require.NoError(t, leads.Validate(t.Context(), lead))
	lead.LastName, lead.Email = "", "nor this"
	assert.Equal(t, []Fault{{"Last_Name", "is mandatory"}, {"Email", "is not an e-mail address"}}, faultsOf(t, leads.Validate(t.Context(), lead)))
}

// TestValidateTakesLists has what Zoho calls text, or a pick list, and takes as lists of objects.
func TestValidateTakesLists(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	for module, fields := range map[string]Fields{
		"Leads":       {"Last_Name": "Doe", "Tag": []any{map[string]any{"name": "vip"}}},
		"Products":    {"Product_Name": "Mill", "Tax": []any{map[string]any{"value": "Sales Tax"}}},
		"Price_Books": {"Price_Book_Name": "P", "Pricing_Details": []any{map[string]any{"from_range": 1, "to_range": 10, "discount": 5}}},
		"Events": {
			"Event_Title": "E", "Start_DateTime": "2026-05-01T10:00:00+01:00", "End_DateTime": "2026-05-01T11:00:00+01:00",
			"Participants": []any{map[string]any{"type": "email", "participant": "jo@example.com"}},
		},
	} {
		records := NewRecord[Dynamic](conn, InModule(module))
		require.NoError(t, records.Create(t.Context(), &Dynamic{Fields: fields}, Validated()), module)
	}
	taxed := func(tax any) error {
		return NewRecord[Dynamic](conn, InModule("Products")).Validate(t.Context(), &Dynamic{Fields: Fields{"Product_Name": "Mill", "Tax": tax}})
	}
	require.NoError(t, taxed([]any{map[string]any{"id": "1"}}))
	assert.Equal(t, []Fault{{"Tax", "is not text"}}, faultsOf(t, taxed([]any{map[string]any{"name": "VAT"}})))
	specimens := NewRecord[Dynamic](conn, InModule("Specimens"))
	err := specimens.Validate(t.Context(), &Dynamic{Fields: Fields{
		"Name": "S", "Email_Address": "jo@example", "Moment": "2026-05-01T10:00:00.5+01:00", "Documents": "x", "Watchers": map[string]any{}, "Tag": "vip",
	}})
	assert.ElementsMatch(t, []Fault{
		{"Email_Address", "is not an e-mail address"}, {"Moment", "is not a time such as 2026-05-01T10:00:00+01:00"},
		{"Documents", "is not a list"}, {"Watchers", "is not a list"}, {"Tag", "is not a list"},
	}, faultsOf(t, err))
	require.NoError(t, specimens.Create(t.Context(), &Dynamic{Fields: Fields{"Name": "S", "Email_Address": "jo.@example.com"}}, Validated()))
}

// TestValidatedUpsert: it may become either, so what only a new record takes is sent.
func TestValidatedUpsert(t *testing.T) {
	t.Parallel()
	crm, dir := zohohubtest.NewServer(t), t.TempDir()
	put(t, dir, "fields/Leads.json", `[{"api_name":"Last_Name","data_type":"text","system_mandatory":true,"operation_type":{"api_create":true,"api_update":true}},
		{"api_name":"City","data_type":"text","operation_type":{"api_create":true,"api_update":false}},
		{"api_name":"State","data_type":"text","operation_type":{"api_create":false,"api_update":false}}]`)
	leads := NewRecord[Dynamic](fromFolder(t, crm, dir), InModule("Leads"))
	upsert := func(fields Fields) error {
		_, err := leads.Upsert(t.Context(), []*Dynamic{{Fields: fields}}, Validated())
		return err
	}
	require.NoError(t, upsert(Fields{"Last_Name": "Doe", "City": "Lisboa"}))
	assert.Equal(t, []Fault{{"State", "is read-only"}}, faultsOf(t, upsert(Fields{"Last_Name": "Doe", "State": "Lisboa"})))
	id := crm.Records("Leads")[0]["id"].(string)
	assert.Equal(t, []Fault{{"City", "is read-only"}}, faultsOf(t, leads.Update(t.Context(), id, Fields{"City": "Porto"}, Validated())))
}

func TestValidateLooksForUniqueValues(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe", "ERP_Id": "E-1", "City": "Lisboa"}, Fields{"Last_Name": "Roe", "ERP_Id": "E-12"})
	leads := NewRecord[Inspected](conn)
	err := leads.Validate(t.Context(), &Inspected{LastName: "Poe", City: "Porto", ERPID: "E-1"})
	assert.Equal(t, []Fault{{"ERP_Id", "is taken: the record " + ids[0] + " has the same value"}}, faultsOf(t, err))
	require.ErrorIs(t, err, ErrDuplicate)
	require.NoError(t, leads.Validate(t.Context(), &Inspected{LastName: "Poe", City: "Porto", ERPID: "E-2"}))
	require.NoError(t, leads.Validate(t.Context(), &Inspected{ID: ids[0], LastName: "Doe", City: "Porto", ERPID: "E-1"}), "its own")

	crm.Inject(zohohubtest.Fault{Path: "/Leads/search", Status: http.StatusForbidden})
	err = leads.Validate(t.Context(), &Inspected{LastName: "Poe", City: "Porto", ERPID: "E-3"})
	require.ErrorIs(t, err, ErrNoPermission)
	require.NotErrorIs(t, err, ErrRecordInvalid)
}

func TestValidatedWrites(t *testing.T) {
	t.Parallel()
	bad := []Fault{{"Email", "is not an e-mail address"}}
	for name, test := range map[string]struct {
		write func(*Record[Inspected], string) (Results, error)
		sent  string
	}{
		"create": {func(r *Record[Inspected], _ string) (Results, error) {
			return r.CreateAll(t.Context(), []*Inspected{{LastName: "A", City: "C", Email: "x"}, {LastName: "B", City: "C"}}, Validated())
		}, `{"data":[{"City":"C","Last_Name":"B"}]}`},
		"save": {func(r *Record[Inspected], id string) (Results, error) {
			return r.SaveAll(t.Context(), []*Inspected{{ID: id, LastName: "A", City: "C", Email: "x"}, {ID: id, City: "C"}}, Validated())
		}, `{"data":[{"City":"C","id":"ID"}]}`},
		"update": {func(r *Record[Inspected], id string) (Results, error) {
			return r.UpdateAll(t.Context(), []Fields{{"id": id, "Email": "x"}, {"id": id, "City": "C"}}, Validated())
		}, `{"data":[{"City":"C","id":"ID"}]}`},
		"upsert": {func(r *Record[Inspected], _ string) (Results, error) {
			return r.Upsert(t.Context(), []*Inspected{{City: "C", Email: "x"}, {City: "C", Company: "B", Email: "jo@example.com"}}, Validated(), DuplicateCheck("Email"))
		}, `{"data":[{"City":"C","Company":"B","Email":"jo@example.com"}],"duplicate_check_fields":["Email"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Email": "jo@example.com"})[0]
			results, err := test.write(NewRecord[Inspected](conn), id)
			assert.Equal(t, bad, faultsOf(t, err))
			assert.Equal(t, bad, faultsOf(t, results[0].Err))
			require.NoError(t, results[1].Err)
			var e *Error
			require.ErrorAs(t, results[0].Err, &e)
			assert.Equal(t, 0, e.Index)
			assert.JSONEq(t, strings.ReplaceAll(test.sent, "ID", id), lastBody(t, crm))
		})
	}
}

func TestValidatedCreateSendsNothingInvalid(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Inspected](conn)
	err := leads.Create(t.Context(), &Inspected{}, Validated())
	assert.Equal(t, []Fault{{"Last_Name", "is mandatory"}, {"", "the city is missing"}}, faultsOf(t, err))
	require.EqualError(t, err, "zohohub: create Leads: Last_Name is mandatory; the city is missing")
	assert.Empty(t, crm.Records("Leads"))
	require.ErrorIs(t, leads.Create(t.Context(), &Inspected{City: "C"}), ErrMandatoryNotFound, "without the option Zoho says it")
	require.NoError(t, leads.Update(t.Context(), crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0], Fields{"City": "C"}, Validated()), "none need be there")
}

// TestValidatedAsksOnce: without metadata nothing is sent, and it is not asked for again for each record.
func TestValidatedAsksOnce(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Inject(zohohubtest.Fault{Path: "/settings/fields", Times: -1, Status: http.StatusForbidden})
	results, err := NewRecord[Inspected](conn).CreateAll(t.Context(), []*Inspected{{LastName: "A", City: "C"}, {LastName: "B", City: "C"}}, Validated())
	require.ErrorIs(t, err, ErrNoPermission)
	require.ErrorIs(t, results[1].Err, ErrNoPermission)
	require.Len(t, crm.Requests(), 1)
}

func TestValidateLineItems(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	quotes := NewRecord[Dynamic](conn, InModule("Quotes"))
	err := quotes.Validate(t.Context(), &Dynamic{Fields: Fields{"Subject": "Q", "Quoted_Items": []any{map[string]any{"Quantity": 1}}}})
	assert.Contains(t, faultsOf(t, err), Fault{"Quoted_Items[0].Product_Name", "is mandatory"})
	err = quotes.Validate(t.Context(), &Dynamic{Fields: Fields{"Subject": "Q", "Quoted_Items": []any{}}})
	assert.Contains(t, faultsOf(t, err), Fault{"Quoted_Items", "is mandatory"})
	err = quotes.Validate(t.Context(), &Dynamic{ID: "7", Fields: Fields{"Quoted_Items": []any{map[string]any{"id": "8", "Quantity": 1}, map[string]any{"id": "9", "_delete": nil}}}})
	require.NoError(t, err, "rows that are there need not be whole")
}

func userID(t *testing.T, conn *Connection) string {
	t.Helper()
	var out struct{ Users []struct{ ID string } }
	require.NoError(t, conn.Get(t.Context(), "users", nil, &out))
	return out.Users[0].ID
}
