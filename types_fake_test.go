package zohohub_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Specimen has a field of each of Zoho's types, more than the fifty that one request may name. Files and images are read
// here and sent where files are uploaded.
type Specimen struct {
	Tracked
	ID           string
	Name         string
	ShortText    string
	EmailAddress string
	PhoneNumber  string
	WebPage      string
	SmallText    string
	LargeText    string
	RichText     string
	Colour       stage
	Grade        string
	Sizes        []string
	Active       bool
	Whole        int
	BigNumber    int64
	Ratio        float64
	Share        json.Number
	Price        json.Number
	PriceUp      float64
	PriceDown    *float64
	Day          Date
	Moment       time.Time
	Serial       string      `zoho:",readonly"`
	Doubled      float64     `zoho:",readonly"`
	Priced       json.Number `zoho:",readonly"`
	Heading      string      `zoho:",readonly"`
	IsLarge      bool        `zoho:",readonly"`
	DayAfter     Date        `zoho:",readonly"`
	Rows         []specimenRow
	RowsCount    int      `zoho:",readonly"`
	RowsSum      float64  `zoho:",readonly"`
	RowsMin      *float64 `zoho:",readonly"`
	Children     int      `zoho:"Children_Count,readonly"`
	Account      Lookup
	Parent       Lookup `zoho:"Parent_Specimen"`
	Inspector    Lookup
	Watchers     []watcher
	Products     []productLink
	RelatedTo    ModuleLookup
	Documents    []fileRow
	Pictures     []imageRow
	OpeningHours *hours
	Consent      *consent `zoho:"Data_Processing_Basis_Details"`
	Territory    []territory
	Owner        Lookup
	Layout       Lookup
	Tag          []withTags
	RecordImage  string
	CreatedTime  time.Time
	CreatedBy    Lookup
	ModifiedTime time.Time
	ModifiedBy   Lookup
	LastActivity time.Time `zoho:"Last_Activity_Time"`
	RecordStatus string    `zoho:"Record_Status__s,readonly"`
	Locked       bool      `zoho:"Locked__s,readonly"`
}

type (
	specimenRow struct {
		ID       string
		Label    string
		Amount   float64
		Due      Date
		Done     bool
		Product  Lookup
		Kinds    []string
		Big      int64
		ParentID Lookup `zoho:"Parent_Id"`
	}
	watcher struct {
		ID       string
		Watchers Lookup
	}
	productLink struct {
		ID       string
		Products Lookup
	}
)

// TestEveryTypeAtZoho makes, finds, lists, changes and clears a record with a field of each type.
func TestEveryTypeAtZoho(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	crm, conn := setup(t)
	made := specimenOf(crm)
	sail := crm.Seed("Products", Fields{"Product_Name": "Sail"})[0]
	specimens := NewRecord[Specimen](conn)

	rec := made
	require.NoError(t, specimens.Create(ctx, &rec))

	found, err := specimens.Find(ctx, rec.ID)
	require.NoError(t, err)
	assert.Equal(t, zohoKnows(made, found), *found)
	assert.Equal(t, []any{"SP-0001", 246.0, "a/Red", true, NewDate(2026, time.May, 2), 2, 3.5, 1.5}, []any{
		found.Serial, found.Doubled, found.Heading, found.IsLarge, found.DayAfter, found.RowsCount, found.RowsSum, *found.RowsMin,
	})
	before := len(asked(crm))
	require.NoError(t, specimens.Save(ctx, found))
	assert.Len(t, asked(crm), before, "nothing changed")

	for listed, err := range specimens.All(ctx) {
		require.NoError(t, err)
		listed.Rows = found.Rows // which lists leave out
		listed.Tracked = found.Tracked
		assert.Equal(t, found, listed)
	}

	// Everything is changed.
	changed := *found
	changed.ShortText, changed.Colour, changed.Grade, changed.Sizes, changed.Active = "b", "Green", "3", []string{"L"}, false
	changed.Whole, changed.BigNumber, changed.Ratio, changed.Share, changed.Price = 5, 900719925474099313, 0.5, "1.25", "0.10"
	changed.Day, changed.Moment = NewDate(2027, time.January, 31), moment("2027-01-31T12:00:00+05:30")
	changed.Rows = []specimenRow{{ID: found.Rows[0].ID, Label: "r1", Amount: 7, Product: found.Rows[0].Product}, {Label: "r3"}}
	changed.Products = []productLink{{Products: Lookup{ID: sail}}}
	changed.OpeningHours, changed.Consent = &hours{"10:00", "18:00"}, &consent{Basis: "Pending"}
	changed.Parent, changed.CreatedTime, changed.RecordImage = Lookup{ID: rec.ID}, time.Time{}, ""
	require.NoError(t, specimens.Save(ctx, &changed))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%[1]q,"Short_Text":"b","Colour":"Green","Grade":"3","Sizes":["L"],"Active":false,"Whole":5,
		"Big_Number":900719925474099313,"Ratio":0.5,"Share":1.25,"Price":0.10,"Day":"2027-01-31","Moment":"2027-01-31T12:00:00+05:30",
		"Rows":[{"id":%[2]q,"Amount":7,"Due":null,"Done":false,"Kinds":[],"Big":null},{"Label":"r3"},{"id":%[3]q,"_delete":null}],
		"Parent_Specimen":{"id":%[1]q},"Products":[{"Products":{"id":%[4]q}},{"id":%[5]q,"_delete":null}],
		"Opening_Hours":{"From":"10:00","To":"18:00"},"Data_Processing_Basis_Details":{"Data_Processing_Basis":"Pending"}}]}`,
		rec.ID, found.Rows[0].ID, found.Rows[1].ID, sail, found.Products[0].ID), lastWrite(t, crm))
	again, err := specimens.Find(ctx, rec.ID)
	require.NoError(t, err)
	assert.Equal(t, []any{2, 7.0, 10.0, "b/Green", 1}, []any{again.RowsCount, again.RowsSum, again.Doubled, again.Heading, again.Children})
	assert.Equal(t, "Sail", again.Products[0].Products.Name)
	assert.Len(t, again.Products, 1)

	// And cleared.
	cleared := Specimen{Tracked: again.Tracked, ID: rec.ID, Name: "S", Owner: again.Owner, Layout: again.Layout, Territory: again.Territory, Consent: again.Consent}
	require.NoError(t, specimens.Save(ctx, &cleared))
	empty, err := specimens.Find(ctx, rec.ID)
	require.NoError(t, err)
	assert.Equal(t, zohoKnows(Specimen{
		Name: "S", Sizes: []string{}, Rows: []specimenRow{}, Products: []productLink{}, Territory: again.Territory, Consent: again.Consent,
	}, empty), *empty)
	assert.Zero(t, empty.RowsCount)
}

// TestEveryTypeInEveryVersion: what one version writes it reads again.
func TestEveryTypeInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		made := specimenOf(crm)
		rec := made
		specimens := NewRecord[Specimen](conn)
		require.NoError(t, specimens.Create(t.Context(), &rec))
		found, err := specimens.Find(t.Context(), rec.ID)
		require.NoError(t, err)
		assert.Equal(t, zohoKnows(made, found), *found)
	})
}

// specimenOf is a record with a value in each field, and the records that it leads to.
func specimenOf(crm *zohohubtest.Server) Specimen {
	account := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})[0]
	boat := crm.Seed("Products", Fields{"Product_Name": "Boat"})[0]
	return Specimen{
		Name: "S", ShortText: "a", EmailAddress: "jo@example.com", PhoneNumber: "+351 210 000 000", WebPage: "https://example.com",
		SmallText: "small", LargeText: "large\ntext", RichText: "<b>São</b>", Colour: "Red", Grade: "2", Sizes: []string{"S", "M"}, Active: true,
		Whole: 123, BigNumber: 900719925474099312, Ratio: 0.1234, Share: "12.5", Price: "1234.5", PriceUp: 2.5, PriceDown: new(0.0),
		Day: NewDate(2026, time.May, 1), Moment: moment("2026-05-01T10:00:00+01:00"), Account: Lookup{ID: account},
		RelatedTo: ModuleLookup{ID: lead, Module: "Leads"}, OpeningHours: &hours{"09:00", "18:00"},
		Rows:     []specimenRow{{Label: "r1", Amount: 1.5, Due: NewDate(2026, time.May, 2), Done: true, Product: Lookup{ID: boat}, Kinds: []string{"A"}, Big: 900719925474099312}, {Label: "r2", Amount: 2}},
		Products: []productLink{{Products: Lookup{ID: boat}}}, Territory: []territory{{Name: "Lisboa"}},
		Consent: &consent{Basis: "Obtained", Day: NewDate(2026, time.May, 1), ByPhone: true},
	}
}

// zohoKnows is what a record was made of, with what Zoho adds to it: ids, names, stamps, and what it computes.
func zohoKnows(made Specimen, found *Specimen) Specimen {
	made.Tracked, made.ID, made.Serial = found.Tracked, found.ID, found.Serial
	made.Doubled, made.Priced, made.Heading, made.IsLarge, made.DayAfter = found.Doubled, found.Priced, found.Heading, found.IsLarge, found.DayAfter
	made.RowsCount, made.RowsSum, made.RowsMin, made.Children = found.RowsCount, found.RowsSum, found.RowsMin, found.Children
	made.Owner, made.Layout, made.RecordImage, made.RecordStatus, made.Locked = found.Owner, found.Layout, found.RecordImage, found.RecordStatus, found.Locked
	made.CreatedTime, made.CreatedBy, made.ModifiedTime, made.ModifiedBy = found.CreatedTime, found.CreatedBy, found.ModifiedTime, found.ModifiedBy
	made.LastActivity = found.LastActivity
	made.Watchers, made.Tag = []watcher{}, []withTags{}
	made.Account.Name, made.RelatedTo.Name = found.Account.Name, found.RelatedTo.Name

	made.Rows, made.Products = slices.Clone(made.Rows), slices.Clone(made.Products)
	for i := range made.Rows {
		row, at := &made.Rows[i], found.Rows[i]
		row.ID, row.Product.Name, row.ParentID = at.ID, at.Product.Name, Lookup{ID: found.ID, Name: found.Name}
	}
	for i := range made.Products {
		made.Products[i].ID, made.Products[i].Products.Name = found.Products[i].ID, found.Products[i].Products.Name
	}
	agreed := *made.Consent
	agreed.ID, agreed.Owner, agreed.Made = found.Consent.ID, found.Consent.Owner, found.Consent.Made
	made.Consent = &agreed
	made.Territory = []territory{{found.Territory[0].ID, made.Territory[0].Name, found.Territory[0].Assigned}}
	return made
}
