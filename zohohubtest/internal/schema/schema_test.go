package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func names(fields []*Field, keep func(*Field) bool) []string {
	var out []string
	for _, f := range fields {
		if keep(f) {
			out = append(out, f.APIName)
		}
	}
	return out
}

func TestEmbeddedFilesSayNothingUnknown(t *testing.T) {
	t.Parallel()
	entries, err := files.ReadDir("data")
	require.NoError(t, err)
	assert.Len(t, entries, len(standard), "a file that nobody loads")
	for _, e := range entries {
		b, err := files.ReadFile("data/" + e.Name())
		require.NoError(t, err)
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		require.NoError(t, d.Decode(&Module{}), e.Name())
	}
}

func TestLoadModules(t *testing.T) {
	t.Parallel()
	type module struct{ Name, Type, Scope, Parent, Duplicate, Display string }
	var got []module
	mandatory := map[string][]string{}
	for _, m := range Load().Modules() {
		got = append(got, module{m.APIName, m.GeneratedType, m.ScopeName, m.Parent, m.DuplicateCheck, m.DisplayField().APIName})
		mandatory[m.APIName] = names(m.Fields, func(f *Field) bool { return f.Mandatory })
	}
	assert.Equal(t, []module{
		{"Leads", "default", "leads", "", "Email", "Full_Name"},
		{"Contacts", "default", "contacts", "", "Email", "Full_Name"},
		{"Accounts", "default", "accounts", "", "Account_Name", "Account_Name"},
		{"Deals", "default", "deals", "", "Deal_Name", "Deal_Name"},
		{"Products", "default", "products", "", "Product_Name", "Product_Name"},
		{"Quotes", "default", "quotes", "", "Subject", "Subject"},
		{"Sales_Orders", "default", "salesorders", "", "Subject", "Subject"},
		{"Tasks", "default", "tasks", "", "", "Subject"},
		{"Events", "default", "events", "", "", "Event_Title"},
		{"Notes", "default", "notes", "", "", "Note_Title"},
		{"Campaigns", "default", "campaigns", "", "Campaign_Name", "Campaign_Name"},
		{"Vendors", "default", "vendors", "", "Vendor_Name", "Vendor_Name"},
		{"Quoted_Items", "subform", "quotes", "Quotes", "", "Product_Name"},
		{"Ordered_Items", "subform", "salesorders", "Sales_Orders", "", "Product_Name"},
		{"Service_Visits", "custom", "custom", "", "Name", "Name"},
		{"Parts_Used", "subform", "custom", "Service_Visits", "", "Part"},
		{"Calls", "default", "calls", "", "", "Subject"},
		{"Price_Books", "default", "pricebooks", "", "Price_Book_Name", "Price_Book_Name"},
		{"Purchase_Orders", "default", "purchaseorders", "", "Subject", "Subject"},
		{"Invoices", "default", "invoices", "", "Subject", "Subject"},
		{"Purchase_Items", "subform", "purchaseorders", "Purchase_Orders", "", "Product_Name"},
		{"Invoiced_Items", "subform", "invoices", "Invoices", "", "Product_Name"},
		{"Specimens", "custom", "custom", "", "Name", "Name"},
		{"Specimen_Rows", "subform", "custom", "Specimens", "", "Label"},
		{"Specimens_X_Users", "linking", "custom", "", "", "Specimens"},
		{"Specimens_X_Products", "linking", "custom", "", "", "Specimens"},
	}, got)
	assert.Equal(t, map[string][]string{
		"Leads": {"Last_Name"}, "Contacts": {"Last_Name"}, "Accounts": {"Account_Name"}, "Deals": {"Deal_Name", "Stage"},
		"Products": {"Product_Name"}, "Quotes": {"Subject", "Account_Name", "Quoted_Items"},
		"Sales_Orders": {"Subject", "Account_Name", "Ordered_Items"}, "Tasks": {"Subject"},
		"Events": {"Event_Title", "Start_DateTime", "End_DateTime"}, "Notes": {"Parent_Id"},
		"Campaigns": {"Campaign_Name"}, "Vendors": {"Vendor_Name"}, "Quoted_Items": {"Product_Name"},
		"Ordered_Items": {"Product_Name"}, "Service_Visits": {"Name"}, "Parts_Used": {"Part"},
		"Calls": {"Subject", "Call_Type", "Call_Start_Time", "Call_Duration"}, "Price_Books": {"Price_Book_Name"},
		"Purchase_Orders": {"Subject", "Vendor_Name", "Purchase_Items"}, "Invoices": {"Subject", "Account_Name", "Invoiced_Items"},
		"Purchase_Items": {"Product_Name"}, "Invoiced_Items": {"Product_Name"}, "Specimens": {"Name"}, "Specimen_Rows": {"Label"},
		"Specimens_X_Users": {"Specimens", "Watchers"}, "Specimens_X_Products": {"Specimens", "Products"},
	}, mandatory)
}

func TestLoadedMetadataHoldsTogether(t *testing.T) {
	t.Parallel()
	s := Load()
	ids := map[string]string{}
	once := func(id, what string) {
		assert.Regexp(t, `^555[0-9]{16}$`, id, what)
		assert.Empty(t, ids[id], what)
		ids[id] = what
	}
	for _, m := range s.Modules() {
		once(m.ID, m.APIName)
		once(m.LayoutID(), m.APIName+" layout")
		assert.Same(t, m, s.Module(m.APIName))
		assert.Same(t, m, s.ModuleByID(m.ID))
		assert.Len(t, names(m.Fields, func(f *Field) bool { return f.Display }), 1, m.APIName)
		if m.DuplicateCheck != "" {
			assert.NotNil(t, m.Field(m.DuplicateCheck), m.APIName)
		}
		for _, f := range m.Fields {
			name := m.APIName + "." + f.APIName
			once(f.ID, name)
			assert.Same(t, f, m.Field(f.APIName), "%s is there twice", name)
			assert.Contains(t, dataTypes, f.DataType, name)
			assert.Positive(t, f.Length, name)
			if f.DataType == "lookup" && f.Lookup != AnyModule {
				assert.NotNil(t, s.Module(f.Lookup), name)
			}
			if f.DataType == "subform" {
				require.NotNil(t, s.Module(f.Subform), name)
				assert.Equal(t, m.APIName, s.Module(f.Subform).Parent, name)
			}
			for _, name := range f.Modules {
				assert.NotNil(t, s.Module(name), name)
			}
			if f.Link != nil {
				linking := s.Module(f.Link.Module)
				require.NotNil(t, linking, name)
				assert.Equal(t, m.APIName, linking.Field(f.Link.Here).Lookup, name)
				assert.Equal(t, f.Lookup, linking.Field(f.Link.There).Lookup, name)
			}
			if f.Rollup != nil {
				require.NoError(t, s.checkRollup(m, &Field{Rollup: f.Rollup}), name)
				assert.Contains(t, s.Rollups(f.Rollup.Of), f, name)
			}
			if f.DataType == "formula" {
				assert.NotEqual(t, f.Expression == "", f.Computes == "", name)
				assert.Contains(t, []string{"", "line_total", "net_total", "sub_total", "grand_total"}, f.Computes, name)
				assert.Equal(t, f.Expression == "", f.Formula() == nil, name)
			}
			assert.Equal(t, f.computed(), slices.Contains(m.Computed(), f), name)
			if f.DataType == "picklist" || f.DataType == "multiselectpicklist" {
				assert.NotEmpty(t, f.PickList, name)
			}
			seen := map[string]bool{}
			for _, p := range f.PickList {
				once(p.ID, name+" "+p.Display)
				assert.NotEmpty(t, p.Display, name)
				assert.NotEmpty(t, p.Actual, name)
				assert.False(t, seen[p.Display], "%s has %s twice", name, p.Display)
				seen[p.Display] = true
			}
		}
	}
	assert.Nil(t, s.Module("leads"), "case counts")
	assert.Nil(t, s.ModuleByID("1"))
	assert.Nil(t, s.Module("Leads").Field("last_name"), "case counts")
}

func TestLeadsAreComplete(t *testing.T) {
	t.Parallel()
	leads := Load().Module("Leads")
	for _, name := range []string{
		"Owner", "Company", "First_Name", "Last_Name", "Full_Name", "Designation", "Email", "Secondary_Email", "Phone", "Mobile", "Fax",
		"Website", "Lead_Source", "Lead_Status", "Industry", "No_of_Employees", "Annual_Revenue", "Rating", "Street", "City", "State",
		"Zip_Code", "Country", "Skype_ID", "Twitter", "Description", "Salutation", "Tag", "Record_Image", "Layout", "Created_Time",
		"Created_By", "Modified_Time", "Modified_By", "Last_Activity_Time", "Email_Opt_Out", "Converted__s", "Locked__s",
		"Unsubscribed_Mode", "Interests", "ERP_Id", "id",
	} {
		assert.NotNil(t, leads.Field(name), name)
	}
	for _, source := range []string{"Advertisement", "Cold Call", "Trade Show", "Web", "Homepage"} {
		assert.True(t, slices.ContainsFunc(leads.Field("Lead_Source").PickList, func(p Pick) bool { return p.Display == source }), source)
	}
	assert.True(t, leads.Field("ERP_Id").Unique)
	assert.Equal(t, "Lead Owner", leads.Field("Owner").Label)
	assert.True(t, leads.Convertible)
	assert.Nil(t, Load().Module("Notes").Field("Tag"))
}

func TestFlagsFollowTheDataType(t *testing.T) {
	t.Parallel()
	type flags struct {
		JSON                                    string
		Length, Decimals                        int
		ReadOnly, Search, Sort, Create, Updated bool
	}
	s := Load()
	for name, want := range map[[2]string]flags{
		{"Leads", "Last_Name"}:              {"string", 80, 0, false, true, true, true, true},
		{"Leads", "Full_Name"}:              {"string", 80, 0, true, true, true, false, false},
		{"Leads", "Annual_Revenue"}:         {"double", 16, 2, false, true, true, true, true},
		{"Leads", "Description"}:            {"string", 32000, 0, false, true, false, true, true},
		{"Leads", "Interests"}:              {"jsonarray", 765, 0, false, true, false, true, true},
		{"Leads", "Tag"}:                    {"jsonarray", 2000, 0, false, false, false, true, true},
		{"Leads", "Record_Image"}:           {"string", 255, 0, true, false, false, false, false},
		{"Leads", "Owner"}:                  {"jsonobject", 120, 0, false, true, true, true, true},
		{"Leads", "Created_Time"}:           {"string", 120, 0, true, true, true, false, false},
		{"Leads", "id"}:                     {"string", 20, 0, true, true, true, false, false},
		{"Quotes", "Quoted_Items"}:          {"jsonarray", 100, 0, false, false, false, true, true},
		{"Quotes", "Grand_Total"}:           {"double", 255, 2, true, true, true, false, false},
		{"Events", "Latitude"}:              {"double", 16, 9, true, true, true, false, false},
		{"Events", "Participants"}:          {"jsonarray", 255, 0, false, false, false, true, true},
		{"Notes", "Note_Content"}:           {"string", 65535, 0, false, true, false, true, true},
		{"Service_Visits", "Report"}:        {"string", 50000, 0, false, true, false, true, true},
		{"Service_Visits", "Visit_Number"}:  {"string", 255, 0, true, true, true, false, false},
		{"Service_Visits", "Meter_Reading"}: {"string", 18, 0, false, true, true, true, true},
		{"Parts_Used", "Parent_Id"}:         {"jsonobject", 120, 0, true, true, true, false, false},
	} {
		f := s.Module(name[0]).Field(name[1])
		require.NotNil(t, f, name)
		assert.Equal(t, want, flags{f.JSONType, f.Length, f.DecimalPlaces, f.ReadOnly, f.Searchable, f.Sortable, f.Create, f.Update}, name)
		assert.Equal(t, f.Searchable, f.Filterable, name)
	}
}

func TestLoadGivesACopyOfItsOwn(t *testing.T) {
	t.Parallel()
	a, b := Load(), Load()
	assert.Equal(t, a, b)
	a.Module("Leads").Field("Lead_Source").PickList[0].Display = "changed"
	_, err := a.AddField("Leads", Field{APIName: "Shoe_Size", DataType: "integer"})
	require.NoError(t, err)
	assert.Equal(t, "Advertisement", b.Module("Leads").Field("Lead_Source").PickList[0].Display)
	assert.Nil(t, b.Module("Leads").Field("Shoe_Size"))
	assert.Equal(t, Load(), b)
}

func TestAddModule(t *testing.T) {
	t.Parallel()
	s := Load()
	given := []*Field{
		{APIName: "Plate", DataType: "text", Length: 12, Unique: true},
		{APIName: "Fuel", DataType: "picklist", PickList: []Pick{{Display: "Diesel"}, {Display: "Electric", Actual: "EV"}}},
		{APIName: "Driver", DataType: "lookup", Lookup: "Contacts"},
		{APIName: "Replaces", DataType: "lookup", Lookup: "Cars"},
	}
	cars, err := s.AddModule(Module{APIName: "Cars", SingularLabel: "Car", PluralLabel: "Cars", Fields: given})
	require.NoError(t, err)
	assert.Same(t, cars, s.Module("Cars"))
	assert.Equal(t, "5550000002700000000", cars.ID)
	assert.Equal(t, []string{
		"Name", "Plate", "Fuel", "Driver", "Replaces", "Owner", "Created_By", "Modified_By", "Record_Status__s", "Layout", "Tag",
		"Locked__s", "Last_Activity_Time", "Created_Time", "Modified_Time", "id",
	}, names(cars.Fields, func(*Field) bool { return true }))
	assert.Equal(t, []string{"Plate", "Fuel", "Driver", "Replaces"}, names(cars.Fields, func(f *Field) bool { return f.Custom }))
	assert.Equal(t, []any{"custom", "custom", "Name", true, true, true, true, true},
		[]any{cars.GeneratedType, cars.ScopeName, cars.DuplicateCheck, cars.APISupported, cars.Creatable, cars.Editable, cars.Deletable, cars.Viewable})
	assert.Equal(t, []Pick{
		{ID: "5550000002700030002", Display: "Diesel", Actual: "Diesel"},
		{ID: "5550000002700030003", Display: "Electric", Actual: "EV"},
	}, cars.Field("Fuel").PickList)
	assert.Equal(t, Field{APIName: "Plate", DataType: "text", Length: 12, Unique: true}, *given[0], "the caller's fields are the caller's")
	assert.Empty(t, given[1].PickList[0].Actual)

	tyres, err := s.AddModule(Module{APIName: "Tyres", GeneratedType: "subform", Parent: "Cars", Fields: []*Field{{APIName: "Size", DataType: "integer"}}})
	require.NoError(t, err)
	assert.Equal(t, []string{"Size", "Parent_Id", "Created_Time", "Modified_Time", "id"}, names(tyres.Fields, func(*Field) bool { return true }))
	assert.Equal(t, "Cars", tyres.Field("Parent_Id").Lookup)
	assert.False(t, tyres.Creatable)
	mounted, err := s.AddField("Cars", Field{APIName: "Mounted", DataType: "subform", Subform: "Tyres"})
	require.NoError(t, err)
	assert.Same(t, mounted, cars.Field("Mounted"))
	assert.Equal(t, "5550000002700170000", mounted.ID)

	named, err := s.AddModule(Module{APIName: "Bikes", Fields: []*Field{{APIName: "Frame", DataType: "text", Display: true}}})
	require.NoError(t, err)
	assert.Nil(t, named.Field("Name"))
	assert.Equal(t, "Frame", named.DisplayField().APIName)
}

func TestAddRefuses(t *testing.T) { //nolint:tparallel // the cases share one schema
	t.Parallel()
	s := Load()
	before := len(s.Modules())
	for name, tc := range map[string]struct {
		module Module
		err    string
	}{
		"no name":        {Module{}, `schema: "" is not an API name`},
		"bad name":       {Module{APIName: "My Cars"}, `schema: "My Cars" is not an API name`},
		"taken":          {Module{APIName: "Leads"}, "schema: module Leads exists already"},
		"bad type":       {Module{APIName: "Cars", GeneratedType: "web"}, `schema: module Cars cannot be generated_type "web"`},
		"orphan":         {Module{APIName: "Rows", GeneratedType: "subform", Parent: "Nowhere"}, `schema: subform Rows has no parent module "Nowhere"`},
		"bad field":      {Module{APIName: "Cars", Fields: []*Field{{APIName: "A", DataType: "colour"}}}, `schema: field Cars.A: no custom field has data type "colour"`},
		"field is twice": {Module{APIName: "Cars", Fields: []*Field{{APIName: "A", DataType: "text"}, {APIName: "A", DataType: "text"}}}, "schema: field Cars.A: exists already"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.AddModule(tc.module)
			require.EqualError(t, err, tc.err)
		})
	}
	assert.Len(t, s.Modules(), before)

	for name, tc := range map[string]struct {
		field Field
		err   string
	}{
		"bad name":    {Field{APIName: "é", DataType: "text"}, "schema: field Leads.é: not an API name"},
		"taken":       {Field{APIName: "Company", DataType: "text"}, "schema: field Leads.Company: exists already"},
		"no type":     {Field{APIName: "X"}, `schema: field Leads.X: no custom field has data type ""`},
		"system type": {Field{APIName: "X", DataType: "ownerlookup"}, `schema: field Leads.X: no custom field has data type "ownerlookup"`},
		"no picks":    {Field{APIName: "X", DataType: "picklist"}, "schema: field Leads.X: a pick list needs values"},
		"no target":   {Field{APIName: "X", DataType: "lookup", Lookup: "Nowhere"}, `schema: field Leads.X: there is no module "Nowhere" to look up`},
		"no rows":     {Field{APIName: "X", DataType: "subform", Subform: "Contacts"}, `schema: field Leads.X: there is no subform module "Contacts"`},
		"no targets":  {Field{APIName: "X", DataType: "multi_module_lookup", Modules: []string{"Leads", "Nowhere"}}, `schema: field Leads.X: there are no modules ["Leads" "Nowhere"] to look up`},
		"any targets": {Field{APIName: "X", DataType: "multi_module_lookup"}, `schema: field Leads.X: there are no modules [] to look up`},
		"no links":    {Field{APIName: "X", DataType: "multiselectlookup", Lookup: "Nowhere"}, `schema: field Leads.X: there is no module "Nowhere" to look up`},
		"rounding":    {Field{APIName: "X", DataType: "currency", Rounding: "up"}, `schema: field Leads.X: no rounding is "up"`},
		"no rollup":   {Field{APIName: "X", DataType: "rollup_summary"}, `schema: field Leads.X: a roll-up summary is one of ["count" "sum" "min" "max" "avg"]`},
		"text area":   {Field{APIName: "X", DataType: "textarea", TextArea: "huge"}, `schema: field Leads.X: no text area is "huge"`},
		"formula":     {Field{APIName: "X", DataType: "formula", ReturnType: "poem"}, `schema: field Leads.X: no formula returns "poem"`},
		"nothing":     {Field{APIName: "X", DataType: "formula", Computes: "net_total"}, "schema: field Leads.X: a formula needs an expression"},
		"unreadable":  {Field{APIName: "X", DataType: "formula", Expression: "${Leads.City"}, `schema: field Leads.X: "${Leads.City" is no formula`},
		"unknown":     {Field{APIName: "X", DataType: "formula", Expression: "${Leads.Town}"}, `schema: field Leads.X: there is no field "Town" to compute with`},
		"elsewhere":   {Field{APIName: "X", DataType: "formula", Expression: "${Contacts.City}"}, "schema: field Leads.X: ${Contacts.City} is of another module"},
		"cycle":       {Field{APIName: "X", DataType: "formula", Expression: "${X}+1"}, "schema: field Leads.X: X is computed from itself"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.AddField("Leads", tc.field)
			require.EqualError(t, err, tc.err)
		})
	}
	_, err := s.AddField("Nowhere", Field{APIName: "X", DataType: "text"})
	require.EqualError(t, err, "schema: there is no module Nowhere")
	assert.Equal(t, Load().Module("Leads"), s.Module("Leads"))
}

func TestAddRollup(t *testing.T) {
	t.Parallel()
	s := Load()
	for name, tc := range map[string]struct {
		rollup Rollup
		want   string // the data type of the values
		err    string
	}{
		"count":             {Rollup{Of: "Contacts", By: "Account_Name", Function: "count"}, "integer", ""},
		"sum":               {Rollup{Of: "Deals", By: "Account_Name", Function: "sum", Field: "Amount"}, "currency", ""},
		"latest":            {Rollup{Of: "Deals", By: "Account_Name", Function: "max", Field: "Closing_Date"}, "date", ""},
		"average":           {Rollup{Of: "Service_Visits", By: "Account", Function: "avg", Field: "Distance_Km"}, "double", ""},
		"average of a date": {Rollup{Of: "Deals", By: "Account_Name", Function: "avg", Field: "Closing_Date"}, "", "there is no avg of a date"},
		"function":          {Rollup{Of: "Deals", By: "Account_Name", Function: "median"}, "", `a roll-up summary is one of ["count" "sum" "min" "max" "avg"]`},
		"module":            {Rollup{Of: "Nowhere", Function: "count"}, "", `there is no module "Nowhere" to sum up`},
		"lookup":            {Rollup{Of: "Contacts", By: "Vendor_Name", Function: "count"}, "", `Contacts has no lookup "Vendor_Name" to Accounts`},
		"no lookup":         {Rollup{Of: "Contacts", By: "Email", Function: "count"}, "", `Contacts has no lookup "Email" to Accounts`},
		"field":             {Rollup{Of: "Deals", By: "Account_Name", Function: "sum", Field: "Nothing"}, "", `Deals has no field "Nothing"`},
	} {
		f := Field{APIName: "X", Rollup: &tc.rollup}
		err := s.checkRollup(s.Module("Accounts"), &f)
		assert.Equal(t, tc.want, f.ReturnType, name)
		if tc.err == "" {
			require.NoError(t, err, name)
		} else {
			require.EqualError(t, err, tc.err, name)
		}
	}
	added, err := s.AddField("Accounts", Field{APIName: "Deals_Sum", DataType: "rollup_summary", Rollup: &Rollup{Of: "Deals", By: "Account_Name", Function: "sum", Field: "Amount"}})
	require.NoError(t, err)
	assert.Equal(t, []any{"double", 2, true, true}, []any{added.JSONType, added.DecimalPlaces, added.ReadOnly, added.Searchable})
	assert.Equal(t, []*Field{added}, s.Rollups("Deals"))
	assert.False(t, added.OfRows())
	assert.True(t, s.Module("Specimens").Field("Rows_Sum").OfRows())

	_, err = s.AddField("Parts_Used", Field{APIName: "X", DataType: "multiuserlookup"})
	require.EqualError(t, err, "schema: field Parts_Used.X: a row of a subform has no multiuserlookup")
}

func TestFormulasComeAfterWhatTheyNeed(t *testing.T) {
	t.Parallel()
	s := Load()
	formula := func(name, expression string) *Field {
		return &Field{APIName: name, DataType: "formula", ReturnType: "double", Expression: expression}
	}
	m, err := s.AddModule(Module{APIName: "Cars", Fields: []*Field{
		formula("A", "${B}+${C}"), formula("B", "If(${Seats}>2,${Cars.C},1)"), {APIName: "Seats", DataType: "integer"}, formula("C", "-${Seats}"),
	}})
	require.NoError(t, err)
	_, err = s.AddField("Cars", *formula("D", "${A}*2"))
	require.NoError(t, err)
	assert.Equal(t, []string{"C", "B", "A", "D"}, names(m.Computed(), func(*Field) bool { return true }))
	_, err = s.AddModule(Module{APIName: "Vans", Fields: []*Field{formula("A", "${B}"), formula("B", "${C}"), formula("C", "${B}")}})
	require.EqualError(t, err, "schema: field Vans.A: B is computed from itself")
	assert.Nil(t, s.Module("Vans"))
}

func TestAddLinks(t *testing.T) {
	t.Parallel()
	s := Load()
	skills, err := s.AddField("Contacts", Field{APIName: "Skills", DataType: "multiselectlookup", Lookup: "Products"})
	require.NoError(t, err)
	assert.Equal(t, &Link{Module: "Contacts_X_Products", Here: "Contacts", There: "Skills", Mirror: "Contacts"}, skills.Link)
	mirror := s.Module("Products").Field("Contacts")
	assert.Equal(t, &Link{Module: "Contacts_X_Products", Here: "Skills", There: "Contacts", Mirror: "Skills"}, mirror.Link)
	linking := s.Module("Contacts_X_Products")
	assert.Equal(t, []any{"linking", "user_hidden", true, true}, []any{linking.GeneratedType, linking.Status(), linking.Creatable, linking.Deletable})
	assert.Equal(t, []string{"Contacts", "Skills", "Created_By", "Modified_By", "Created_Time", "Modified_Time", "id"},
		names(linking.Fields, func(*Field) bool { return true }))

	// Names that are taken get a number; a module may be linked with itself, and with users.
	again, err := s.AddField("Contacts", Field{APIName: "More_Skills", DataType: "multiselectlookup", Lookup: "Products"})
	require.NoError(t, err)
	assert.Equal(t, &Link{Module: "Contacts_X_Products1", Here: "Contacts", There: "More_Skills", Mirror: "Contacts1"}, again.Link)
	teams, err := s.AddModule(Module{APIName: "Teams", Fields: []*Field{
		{APIName: "Teams", DataType: "multiselectlookup", Lookup: "Teams"}, {APIName: "Members", DataType: "multiuserlookup"},
	}})
	require.NoError(t, err)
	assert.Equal(t, &Link{Module: "Teams_X_Teams", Here: "Teams1", There: "Teams", Mirror: "Teams1"}, teams.Field("Teams").Link)
	assert.Equal(t, &Link{Module: "Teams_X_Users", Here: "Teams", There: "Members"}, teams.Field("Members").Link)
	assert.Equal(t, "userlookup", s.Module("Teams_X_Users").Field("Members").DataType)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		Load()
	}
}
