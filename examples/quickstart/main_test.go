package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/example"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQuickstart(t *testing.T) {
	example.Offline(t)
	t.Chdir(filepath.Join("..", ".."))

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, nil))
	text := regexp.MustCompile(`\d{10,}`).ReplaceAllString(out.String(), "ID")
	text = regexp.MustCompile(`20\d\d-.*|http://\S*`).ReplaceAllString(text, "…")
	want, err := os.ReadFile(filepath.Join("examples", "quickstart", "testdata", "output.txt"))
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), text)
}

func TestReadLeads(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "testdata", "leads.csv")
	leads, err := readLeads(path, 1000)
	require.NoError(t, err)
	assert.Len(t, leads, 320)

	emails, countries := map[string]bool{}, map[string]bool{}
	for _, l := range leads {
		emails[strings.ToLower(l.Email)], countries[l.Country] = true, true
		assert.NotEmpty(t, l.LastName)
		assert.NotEmpty(t, l.Company)
		assert.Regexp(t, `@example\.(com|org|net)$`, l.Email)
	}
	assert.Len(t, emails, 320, "e-mail addresses are unique")
	assert.Len(t, countries, 11)

	some, err := readLeads(path, 2)
	require.NoError(t, err)
	assert.Equal(t, leads[:2], some)
	assert.Equal(t, &Lead{
		FirstName: "Matilde", LastName: "Magalhães", Company: "Padaria São Brás, Lda.", Designation: "CEO",
		Email: "matilde.magalhaes@example.org", Phone: "+1 415 555 0195", Source: "Cold Call", Status: "Not Contacted",
		Industry: "Small/Medium Enterprise", Revenue: 6528000, Employees: 64, Street: "Travessa do Poço 63", City: "Porto", State: "Porto",
		ZipCode: "4050-253", Country: "Portugal",
	}, leads[0])
}

func TestReadLeadsFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, err string }{
		"number":  {"Last_Name,Annual_Revenue\nDoe,much\n", `lead 1: Annual_Revenue: strconv.ParseFloat: parsing "much": invalid syntax`},
		"integer": {"Last_Name,No_of_Employees\nDoe,1\nRoe,1.5\n", `lead 2: No_of_Employees: strconv.Atoi: parsing "1.5": invalid syntax`},
		"columns": {"Last_Name,City\nDoe\n", "record on line 2: wrong number of fields"},
		"empty":   {"", "has no header row"},
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err := readLeads(path, 10)
		require.ErrorContains(t, err, c.err, name)
	}
	_, err := readLeads(filepath.Join(dir, "none"), 10)
	require.ErrorContains(t, err, "run this in the repository's top folder")
}
