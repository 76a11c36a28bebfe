package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestName(t *testing.T) {
	t.Parallel()
	for goName, want := range map[string]string{
		"FirstName":       "First_Name",
		"SICCode":         "SIC_Code",
		"ID":              "id",
		"Email":           "Email",
		"AnnualRevenue":   "Annual_Revenue",
		"OwnerID":         "Owner_ID",
		"Address2Line":    "Address2_Line",
		"X":               "X",
		"XRay":            "X_Ray",
		"HTTP":            "HTTP",
		"NoOfEmployees":   "No_Of_Employees",
		"First_Name":      "First_Name",
		"ÉtatCivil":       "État_Civil",
		"PLZÖsterreich":   "PLZ_Österreich",
		"lower":           "lower",
		"":                "",
		"CreatedByUserID": "Created_By_User_ID",
	} {
		assert.Equal(t, want, codec.Name(goName), goName)
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"Lead": "Leads", "Company": "Companies", "SalesOrder": "Sales_Orders", "Case": "Cases", "Address": "Addresses",
		"Tax": "Taxes", "Waltz": "Waltzes", "Branch": "Branches", "Wish": "Wishes", "Day": "Days", "Survey": "Surveys",
		"PriceBook": "Price_Books", "Y": "Ys", "": "",
	} {
		assert.Equal(t, want, codec.Plural(word), word)
	}
}

// Words are only ever separated: without the separators the name is as it was, and naming it again changes nothing.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"FirstName", "SICCode", "ID", "Öl2Preis", "_A_b", "\xff", "ǅungla"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, goName string) {
		name := codec.Name(goName)
		if goName == "ID" {
			assert.Equal(t, "id", name)
			return
		}
		valid := strings.ToValidUTF8(goName, "\uFFFD")
		if valid == goName {
			assert.Equal(t, strings.ReplaceAll(goName, "_", ""), strings.ReplaceAll(name, "_", ""))
		}
		assert.Equal(t, name, codec.Name(name))
	})
}
