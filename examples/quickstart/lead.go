package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/zohohub/zohohub"
)

// Lead is a record of the module Leads. FirstName is First_Name in Zoho and so on; a tag says what does not follow that rule.
type Lead struct {
	zohohub.Tracked // Save sends only what changed.

	ID          string
	FirstName   string
	LastName    string
	Company     string
	Designation string
	Email       string
	Phone       string
	Website     string
	Source      string `zoho:"Lead_Source"`
	Status      string `zoho:"Lead_Status"`
	Industry    string
	Revenue     float64 `zoho:"Annual_Revenue"`
	Employees   int     `zoho:"No_of_Employees"`
	Street      string
	City        string
	State       string
	ZipCode     string
	Country     string
	Description string
	CreatedTime time.Time `zoho:",readonly"`
}

// Name is the lead's full name.
func (l *Lead) Name() string {
	if l.FirstName == "" {
		return l.LastName
	}
	return l.FirstName + " " + l.LastName
}

// readLeads reads at most limit leads from a CSV file whose first row holds API names.
func readLeads(path string, limit int) ([]*Lead, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not here: run this in the repository's top folder", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()

	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no header row", path)
	}
	var leads []*Lead
	for i, row := range rows[1:min(len(rows), limit+1)] {
		cells := make(map[string]string, len(row))
		for c, name := range rows[0] {
			cells[name] = row[c]
		}
		lead, err := newLead(cells)
		if err != nil {
			return nil, fmt.Errorf("%s, lead %d: %w", path, i+1, err)
		}
		leads = append(leads, lead)
	}
	return leads, nil
}

func newLead(c map[string]string) (*Lead, error) {
	revenue, err := strconv.ParseFloat(cmp.Or(c["Annual_Revenue"], "0"), 64)
	if err != nil {
		return nil, fmt.Errorf("Annual_Revenue: %w", err)
	}
	employees, err := strconv.Atoi(cmp.Or(c["No_of_Employees"], "0"))
	if err != nil {
		return nil, fmt.Errorf("No_of_Employees: %w", err)
	}
	return &Lead{
		FirstName: c["First_Name"], LastName: c["Last_Name"], Company: c["Company"], Designation: c["Designation"],
		Email: c["Email"], Phone: c["Phone"], Website: c["Website"], Source: c["Lead_Source"], Status: c["Lead_Status"],
		Industry: c["Industry"], Revenue: revenue, Employees: employees, Street: c["Street"], City: c["City"],
		State: c["State"], ZipCode: c["Zip_Code"], Country: c["Country"], Description: c["Description"],
	}, nil
}
