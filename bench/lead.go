package main

import (
	"time"

	"github.com/zohohub/zohohub"
)

// Lead is the measured struct, as a user of zohohub writes it.
type Lead struct {
	ID               string
	Salutation       string
	FirstName        string
	LastName         string
	FullName         string `zoho:",readonly"`
	Email            string
	SecondaryEmail   string
	Phone            string
	Mobile           string
	Company          string
	Designation      string
	Source           string `zoho:"Lead_Source"`
	Status           string `zoho:"Lead_Status"`
	Industry         string
	Rating           string
	Website          string
	Fax              string
	SkypeID          string
	Twitter          string
	Street           string
	City             string
	State            string
	ZipCode          string
	Country          string
	Description      string
	Currency         string
	ExchangeRate     float64
	AnnualRevenue    float64
	NoOfEmployees    int `zoho:"No_of_Employees"`
	LeadScore        int64
	EmailOptOut      bool
	Interests        []string
	Owner            zohohub.Lookup
	ModifiedBy       zohohub.Lookup `zoho:",readonly"`
	CreatedTime      time.Time      `zoho:",readonly"`
	ModifiedTime     time.Time      `zoho:",readonly"`
	LastActivityTime time.Time      `zoho:",readonly"`
}

// TaggedLead is the same struct as a user of encoding/json writes it. Each converts into the other.
type TaggedLead struct {
	ID               string         `json:"id"`
	Salutation       string         `json:"Salutation"`
	FirstName        string         `json:"First_Name"`
	LastName         string         `json:"Last_Name"`
	FullName         string         `json:"Full_Name"`
	Email            string         `json:"Email"`
	SecondaryEmail   string         `json:"Secondary_Email"`
	Phone            string         `json:"Phone"`
	Mobile           string         `json:"Mobile"`
	Company          string         `json:"Company"`
	Designation      string         `json:"Designation"`
	Source           string         `json:"Lead_Source"`
	Status           string         `json:"Lead_Status"`
	Industry         string         `json:"Industry"`
	Rating           string         `json:"Rating"`
	Website          string         `json:"Website"`
	Fax              string         `json:"Fax"`
	SkypeID          string         `json:"Skype_ID"`
	Twitter          string         `json:"Twitter"`
	Street           string         `json:"Street"`
	City             string         `json:"City"`
	State            string         `json:"State"`
	ZipCode          string         `json:"Zip_Code"`
	Country          string         `json:"Country"`
	Description      string         `json:"Description"`
	Currency         string         `json:"Currency"`
	ExchangeRate     float64        `json:"Exchange_Rate"`
	AnnualRevenue    float64        `json:"Annual_Revenue"`
	NoOfEmployees    int            `json:"No_of_Employees"`
	LeadScore        int64          `json:"Lead_Score"`
	EmailOptOut      bool           `json:"Email_Opt_Out"`
	Interests        []string       `json:"Interests"`
	Owner            zohohub.Lookup `json:"Owner"`
	ModifiedBy       zohohub.Lookup `json:"Modified_By"`
	CreatedTime      time.Time      `json:"Created_Time"`
	ModifiedTime     time.Time      `json:"Modified_Time"`
	LastActivityTime time.Time      `json:"Last_Activity_Time"`
}

// WideLead has more fields than Zoho gives in one call (50), so that every page takes further calls, by id.
type WideLead struct {
	Lead

	Answer1, Answer2, Answer3, Answer4, Answer5      string
	Answer6, Answer7, Answer8, Answer9, Answer10     string
	Answer11, Answer12, Answer13, Answer14, Answer15 string
	Answer16, Answer17, Answer18, Answer19, Answer20 string
}
