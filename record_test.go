package zohohub_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Lead is the struct of the design's first page.
type Lead struct {
	Tracked
	ID          string
	FirstName   string
	LastName    string
	Company     string
	Email       string
	Phone       string
	City        string
	Source      string   `zoho:"Lead_Source"`
	Revenue     *float64 `zoho:"Annual_Revenue"`
	Employees   int      `zoho:"No_of_Employees"`
	OptOut      bool     `zoho:"Email_Opt_Out"`
	Owner       Lookup
	Interests   []string
	CreatedTime time.Time `zoho:",readonly"`
	Extra       Fields    `zoho:",unknown"`
}

// Person is the same module without tracking.
type Person struct {
	ID, LastName, Company, Email, City string
}

func (Person) ModuleName() string { return "Leads" }

// setup is a fake CRM and a connection that is signed in.
func setup(t *testing.T) (*zohohubtest.Server, *Connection) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	return crm, crm.Connection(t)
}

// setupVersion is the same for a version of the API.
func setupVersion(t *testing.T, version string) (*zohohubtest.Server, *Connection) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	cfg := crm.Config()
	cfg.APIVersion = version
	conn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	return crm, conn
}

// inEveryVersion runs a test once for each API version, on a CRM of its own.
func inEveryVersion(t *testing.T, test func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection)) {
	t.Helper()
	for _, v := range versions {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			test(t, v, crm, conn)
		})
	}
}

// asked are the requests that reached the CRM, without sign-in and metadata: "POST /crm/v8/Leads".
func asked(crm *zohohubtest.Server) []string {
	var lines []string
	for _, r := range crm.Requests() {
		if strings.HasPrefix(r.Path, "/crm/") {
			lines = append(lines, r.Method+" "+r.Path)
		}
	}
	return lines
}

// lastBody is the body of the last request.
func lastBody(t *testing.T, crm *zohohubtest.Server) string {
	t.Helper()
	all := crm.Requests()
	require.NotEmpty(t, all)
	return string(all[len(all)-1].Body)
}

func TestRecordLife(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()

	lead := &Lead{FirstName: "Jo", LastName: "Doe", Company: "Acme", Email: "jo@example.com"}
	require.NoError(t, leads.Create(ctx, lead))
	assert.JSONEq(t, `{"data":[{"First_Name":"Jo","Last_Name":"Doe","Company":"Acme","Email":"jo@example.com"}]}`, lastBody(t, crm))
	assert.Len(t, lead.ID, 19)
	assert.False(t, lead.CreatedTime.IsZero())

	found, err := leads.Find(ctx, lead.ID)
	require.NoError(t, err)
	assert.Equal(t, "Jo", found.FirstName)
	assert.NotEmpty(t, found.Owner.ID)
	assert.NotEmpty(t, found.Owner.Email)
	assert.Contains(t, found.Extra, "Full_Name", "a field that the struct does not name")
	assert.True(t, lead.CreatedTime.Equal(found.CreatedTime))

	found.City, found.FirstName = "Lisboa", ""
	require.NoError(t, leads.Save(ctx, found))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"First_Name":null,"City":"Lisboa"}]}`, lead.ID), lastBody(t, crm))

	before := len(crm.Requests())
	require.NoError(t, leads.Save(ctx, found))
	assert.Len(t, crm.Requests(), before, "nothing changed, nothing is sent")

	require.NoError(t, leads.Update(ctx, lead.ID, Fields{"Phone": "+351 1", "City": nil, "Annual_Revenue": 12.5}))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Phone":"+351 1","City":null,"Annual_Revenue":12.5}]}`, lead.ID), lastBody(t, crm))

	again, err := leads.FindBy(ctx, Email("JO@example.com"))
	require.NoError(t, err)
	assert.Equal(t, lead.ID, again.ID)
	assert.Empty(t, again.City)
	assert.InDelta(t, 12.5, *again.Revenue, 0)

	n, err := leads.Count(ctx)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	ok, err := leads.Exists(ctx, lead.ID)
	require.NoError(t, err)
	assert.True(t, ok)

	require.NoError(t, leads.Delete(ctx, lead.ID))
	_, err = leads.Find(ctx, lead.ID)
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorIs(t, leads.Delete(ctx, lead.ID), ErrRecordNotFound)
	ok, err = leads.Exists(ctx, lead.ID)
	require.NoError(t, err)
	assert.False(t, ok)

	var deleted []*DeletedRecord
	for d, err := range leads.Deleted(ctx) {
		require.NoError(t, err)
		deleted = append(deleted, d)
	}
	require.Len(t, deleted, 1)
	assert.Equal(t, lead.ID, deleted[0].ID)
	assert.Equal(t, "recycle", deleted[0].Type)
	assert.Equal(t, "Doe", deleted[0].DisplayName)
	assert.NotEmpty(t, deleted[0].DeletedBy.ID)
	assert.WithinDuration(t, time.Now(), deleted[0].DeletedTime, time.Minute)
}

func TestSaveUntracked(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	p := &Person{LastName: "Doe", Company: "Acme"}
	require.NoError(t, people.Save(t.Context(), p))
	assert.JSONEq(t, `{"data":[{"Last_Name":"Doe","Company":"Acme"}]}`, lastBody(t, crm))
	p.City, p.Company = "Porto", ""
	require.NoError(t, people.Save(t.Context(), p))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Last_Name":"Doe","City":"Porto"}]}`, p.ID), lastBody(t, crm))
	assert.Equal(t, "Acme", crm.Records("Leads")[0]["Company"], "a zero says nothing")
}

func TestTrackedCopiesAndFailures(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme", "City": "Porto"})[0]
	lead, err := leads.Find(ctx, id)
	require.NoError(t, err)

	dup := *lead
	lead.City = "Lisboa"
	require.NoError(t, leads.Save(ctx, lead))
	dup.Company = "Emca"
	require.NoError(t, leads.Save(ctx, &dup))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Company":"Emca"}]}`, id), lastBody(t, crm), "the copy knows only its own change")

	dup.LastName, dup.Phone = "", "1"
	require.ErrorIs(t, leads.Save(ctx, &dup), ErrMandatoryNotFound)
	dup.LastName = "Roe"
	require.NoError(t, leads.Save(ctx, &dup))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Last_Name":"Roe","Phone":"1"}]}`, id), lastBody(t, crm), "a failed save keeps the difference")

	made := &Lead{ID: id, City: "Faro"}
	require.NoError(t, leads.Save(ctx, made))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"City":"Faro"}]}`, id), lastBody(t, crm), "made by hand: what is not zero")

	for listed, err := range NewRecord[Lead](conn).All(ctx, OnlyFields("City")) {
		require.NoError(t, err)
		listed.Phone = "2"
		require.NoError(t, leads.Save(ctx, listed))
	}
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Phone":"2"}]}`, id), lastBody(t, crm), "what was not loaded is no change")
}

func TestWhere(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads",
		Fields{"Last_Name": "Doe (Sr), Jr", "Company": "A", "City": "Lisboa"},
		Fields{"Last_Name": "Doe", "Company": "B", "City": "Lisbon"},
		Fields{"Last_Name": "Roe", "Company": "C", "City": "Lisboa"},
	)
	people := NewRecord[Person](conn)
	names := func(c Criteria, opts ...ListOption) (names []string) {
		for p, err := range people.Where(t.Context(), c, opts...) {
			require.NoError(t, err)
			names = append(names, p.LastName)
		}
		slices.Sort(names)
		return names
	}
	assert.Equal(t, []string{"Doe", "Doe (Sr), Jr"}, names(StartsWith("City", "Lis").And(StartsWith("Last_Name", "Doe"))))
	assert.Equal(t, []string{"Doe (Sr), Jr"}, names(Eq("Last_Name", "Doe (Sr), Jr")))
	assert.Equal(t, []string{"Roe"}, names(Word("Roe")))
	assert.Empty(t, names(Eq("City", "Faro")), "nothing found is no error")
	n, err := people.Count(t.Context(), StartsWith("City", "Lisboa"), StartsWith("Last_Name", "Doe"))
	require.NoError(t, err)
	assert.Equal(t, 1, n)
}

func TestNames(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	leads := NewRecord[Lead](conn)
	err := leads.Update(t.Context(), "1", Fields{"FirstName": "Jo"})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "First_Name")
	_, err = leads.UpdateAll(t.Context(), []Fields{{"id": "1", "LastName": "Jo"}})
	require.ErrorContains(t, err, "Last_Name")

	fields, err := leads.ToFields(&Lead{LastName: "Doe", Owner: Lookup{ID: "5"}})
	require.NoError(t, err)
	assert.Equal(t, "Doe", fields["Last_Name"])
	assert.Nil(t, fields["Annual_Revenue"])
	lead, err := leads.FromFields(Fields{"Last_Name": "Doe", "Annual_Revenue": 3, "Colour": "red"})
	require.NoError(t, err)
	assert.Equal(t, "Doe", lead.LastName)
	assert.InDelta(t, 3, *lead.Revenue, 0)
	assert.Equal(t, Fields{"Colour": "red"}, lead.Extra)
}

func TestModuleNames(t *testing.T) {
	t.Parallel()
	type SalesOrder struct{ ID, Subject string }
	type Company struct{ ID string }
	type Broken struct {
		ID    string
		Owner Lookup `zoho:",readonyl"`
	}
	for name, c := range map[string]struct {
		find func(*Connection) error
		want string
	}{
		"type's name": {func(c *Connection) error { _, err := NewRecord[SalesOrder](c).Find(t.Context(), "1"); return err }, "find Sales_Orders"},
		"plural of y": {func(c *Connection) error { _, err := NewRecord[Company](c).Find(t.Context(), "1"); return err }, "find Companies"},
		"method":      {func(c *Connection) error { _, err := NewRecord[Person](c).Find(t.Context(), "1"); return err }, "find Leads"},
		"option": {func(c *Connection) error {
			_, err := NewRecord[Person](c, InModule("Contacts")).Find(t.Context(), "1")
			return err
		}, "find Contacts"},
		"dynamic": {func(c *Connection) error { _, err := NewRecord[Dynamic](c).Find(t.Context(), "1"); return err }, "no module: name it with InModule"},
		"anonymous": {func(c *Connection) error {
			_, err := NewRecord[struct{ ID string }](c).Find(t.Context(), "1")
			return err
		}, "no module"},
		"not a struct": {func(c *Connection) error { _, err := NewRecord[int](c).Find(t.Context(), "1"); return err }, "int is not a struct"},
		"hostile": {func(c *Connection) error {
			_, err := NewRecord[Person](c, InModule("../users")).Find(t.Context(), "1")
			return err
		}, `"../users" is not a module's API name`},
		"a bad tag": {func(c *Connection) error { _, err := NewRecord[Broken](c).Find(t.Context(), "1"); return err }, `Broken.Owner: zoho tag ",readonyl"`},
		"an empty name": {func(c *Connection) error {
			_, err := NewRecord[Person](c, InModule("")).Find(t.Context(), "1")
			return err
		}, "no module"},
		"of a write":      {func(c *Connection) error { return NewRecord[Broken](c).Create(t.Context(), &Broken{}) }, `Broken.Owner`},
		"of a list":       {func(c *Connection) error { _, err := NewRecord[Broken](c).Page(t.Context()); return err }, `Broken.Owner`},
		"of a conversion": {func(c *Connection) error { _, err := NewRecord[Broken](c).FromFields(nil); return err }, `Broken.Owner`},
		"no connection":   {func(*Connection) error { _, err := NewRecord[Person](nil).Find(t.Context(), "1"); return err }, "connection is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, conn := setup(t)
			err := c.find(conn)
			require.ErrorContains(t, err, c.want)
			var e *Error
			assert.ErrorAs(t, err, &e)
		})
	}
}

func TestHostileIDs(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	for _, id := range []string{"", "deleted", "search", "upsert", "actions", "1/2", "../1", "1?x=y", "1#", "1,2", "1 2", "1\n", "%2e%2e", "é", strings.Repeat("1", 65)} {
		_, err := people.Find(ctx, id)
		assert.Error(t, err, "find %q", id)
		ok, err := people.Exists(ctx, id)
		assert.False(t, ok)
		assert.Equal(t, id == "", err != nil, "exists %q: %v", id, err)
		assert.Error(t, people.Update(ctx, id, Fields{"City": "x"}), "update %q", id)
		assert.Error(t, people.Delete(ctx, id), "delete %q", id)
		if id != "" {
			assert.Error(t, people.Save(ctx, &Person{ID: id, City: "x"}), "save %q", id)
		}
		_, err = people.DeleteAll(ctx, []string{id})
		assert.Error(t, err)
	}
	assert.Empty(t, asked(crm), "refused before anything is sent")
	_, err := people.Find(ctx, "a/b")
	require.EqualError(t, err, `zohohub: find Leads: "a/b" is not a record's id`)
	require.ErrorIs(t, err, ErrRecordNotFound)
}

func TestDynamic(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	loose := NewRecord[Dynamic](conn, InModule("Leads"))
	ctx := t.Context()
	d := &Dynamic{Fields: Fields{"Last_Name": "Doe", "Company": "Acme", "Annual_Revenue": 9007199254740993, "Owner": nil}}
	d.Fields["Interests"] = []string{}
	delete(d.Fields, "Owner")
	delete(d.Fields, "Interests")
	require.NoError(t, loose.Create(ctx, d))
	assert.JSONEq(t, `{"data":[{"Last_Name":"Doe","Company":"Acme","Annual_Revenue":9007199254740993}]}`, lastBody(t, crm))
	got, err := loose.Find(ctx, d.ID)
	require.NoError(t, err)
	assert.Equal(t, json.Number("9007199254740993"), got.Fields["Annual_Revenue"])
	assert.NotContains(t, got.Fields, "id")
	got.Fields["City"] = "Faro"
	require.NoError(t, loose.Save(ctx, got))
	var body struct{ Data []Fields }
	require.NoError(t, json.Unmarshal([]byte(lastBody(t, crm)), &body))
	assert.Equal(t, "Faro", body.Data[0]["City"])
	assert.Contains(t, got.Fields, "$approved")
	dup := *got
	dup.ID = ""
	require.NoError(t, loose.Create(ctx, &dup), "a copy, without what is Zoho's own")
	assert.Equal(t, lastBody(t, crm), lastWrite(t, crm))
	body.Data = nil
	require.NoError(t, json.Unmarshal([]byte(lastBody(t, crm)), &body))
	assert.Equal(t, "Doe", body.Data[0]["Last_Name"])
	for _, system := range []string{"$approved", "Created_Time", "Modified_By", "Record_Image"} {
		assert.NotContains(t, body.Data[0], system, "Zoho's own")
	}
	var listed []*Dynamic
	for d, err := range loose.All(ctx) {
		require.NoError(t, err)
		listed = append(listed, d)
	}
	require.Len(t, listed, 2)
	assert.Equal(t, "Doe", listed[0].Fields["Last_Name"])
	assert.Equal(t, "Acme", listed[0].Fields["Company"], "all of the module's fields, from its metadata")
}
