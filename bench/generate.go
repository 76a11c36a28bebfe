package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"time"

	"github.com/zohohub/zohohub"
)

const leadsPerPage = 200

var (
	firstNames = []string{"João", "Zoë", "Łukasz", "Anaïs", "Søren", "Μαρία", "Иван", "美咲", "Fatima", "Jo", "Priya", "Seán"}
	lastNames  = []string{"Silva", "O'Brien", "Kowalski", "Müller", "Nguyễn", "García Márquez", "Παπαδόπουλος", "田中", "Smith", "Ødegård"}
	companies  = []string{`Café "Central", Lda.`, "Müller & Söhne GmbH", "北京科技有限公司", "Acme Inc.", "Société Générale d'Études", `Path\Works`}
	cities     = []string{"Lisboa", "São Paulo", "Zürich", "Kraków", "東京", "Austin", "Chennai"}
	countries  = []string{"Portugal", "Brasil", "Schweiz", "Polska", "日本", "United States", "India"}
	sources    = []string{"Web Download", "Cold Call", "Employee Referral", "Trade Show", "Partner"}
	statuses   = []string{"Attempted to Contact", "Contact in Future", "Not Contacted", "Pre-Qualified"}
	industries = []string{"ASP (Application Service Provider)", "Data/Telecom OEM", "Government/Military", "Real Estate"}
	titles     = []string{"Head of Purchasing", "CTO", "Geschäftsführerin", "Directeur général", "Sócio-gerente"}
	interests  = []string{"Support", "Training", "On-premises", "Cloud", "Migração"}
	remarks    = []string{
		"Met at the trade show in spring; asked for a quote for twelve seats and a call back before the end of the quarter.",
		"Prefers e-mail.\nSpeaks \"some\" English, asks for documents in Portuguese: orçamento, condições e prazos de entrega.\n",
		"Der Vertrag läuft zum Jahresende aus.\tWechsel möglich, wenn die Übernahme der Altdaten zugesichert wird – bitte prüfen.",
		"Caller was passed on twice: C:\\leads\\2024 has the notes. Interested in the larger plan, but the budget is not fixed yet.",
	}
)

// page builds the page that both sides read: what Zoho answers to a list of 200 leads, the same each time.
func page() ([]byte, error) {
	r := rand.New(rand.NewPCG(2018, 37))
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for i := range leadsPerPage {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeLead(&b, lead(r, i), r, nil); err != nil {
			return nil, err
		}
	}
	b.WriteString(`],"info":{"call":false,"per_page":200,"next_page_token":"c8582xx9e7c7","count":200,"sort_by":"id","page":1,` +
		`"previous_page_token":null,"page_token_expiry":"2026-05-02T10:00:00+02:00","sort_order":"desc","email":false,"more_records":true}}`)
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// The i-th lead's id, with gaps as Zoho's have.
const (
	firstID = 554023000003433063
	idStep  = 1009
)

func leadID(i int) string { return strconv.Itoa(firstID + i*idStep) }

func leadEmail(i int) string { return "lead." + strconv.Itoa(i) + "@example.com" }

func lead(r *rand.Rand, i int) TaggedLead {
	first, last := pick(r, firstNames), pick(r, lastNames)
	where := r.IntN(len(cities))
	created := time.Date(2024, 1, 1, 8, 0, 0, 0, time.FixedZone("", 2*60*60)).Add(time.Duration(i*7919+r.IntN(3600)) * time.Second)
	user := zohohub.Lookup{ID: "554023000000235011", Name: "Patrícia Boyle", Email: "patricia.boyle@example.com"}
	return TaggedLead{
		ID:               leadID(i),
		Salutation:       pick(r, []string{"Ms.", "Mr.", "Dr."}),
		FirstName:        first,
		LastName:         last,
		FullName:         first + " " + last,
		Email:            leadEmail(i),
		SecondaryEmail:   fmt.Sprintf("office+%d@example.org", i),
		Phone:            fmt.Sprintf("+351 21 %07d", r.IntN(1e7)),
		Mobile:           fmt.Sprintf("+351 91 %07d", r.IntN(1e7)),
		Company:          pick(r, companies),
		Designation:      pick(r, titles),
		Source:           pick(r, sources),
		Status:           pick(r, statuses),
		Industry:         pick(r, industries),
		Rating:           pick(r, []string{"Acquired", "Active", "Market Failed"}),
		Website:          fmt.Sprintf("https://www.example.com/companies/%d?from=crm&lang=pt", r.IntN(1e6)),
		Fax:              fmt.Sprintf("+351 21 %07d", r.IntN(1e7)),
		SkypeID:          fmt.Sprintf("live:lead.%d", i),
		Twitter:          fmt.Sprintf("lead_%d", i),
		Street:           fmt.Sprintf("Rua d'Alfândega %d, 2.º Esq.", r.IntN(300)),
		City:             cities[where],
		State:            "Estremadura",
		ZipCode:          fmt.Sprintf("%04d-%03d", r.IntN(1e4), r.IntN(1e3)),
		Country:          countries[where],
		Description:      pick(r, remarks) + " " + pick(r, remarks) + " " + pick(r, remarks) + " " + pick(r, remarks),
		Currency:         "EUR",
		ExchangeRate:     1,
		AnnualRevenue:    float64(r.IntN(5e8)) / 100,
		NoOfEmployees:    r.IntN(5000),
		LeadScore:        int64(r.IntN(100)) - 20,
		EmailOptOut:      r.IntN(4) == 0,
		Interests:        interests[r.IntN(3):][:1+r.IntN(3)],
		Owner:            user,
		ModifiedBy:       user,
		CreatedTime:      created,
		ModifiedTime:     created.Add(36 * time.Hour),
		LastActivityTime: created.Add(40 * time.Hour),
	}
}

// mostlyEmpty are the fields that people leave out: Zoho sends null for them.
var mostlyEmpty = map[string]bool{"Fax": true, "Skype_ID": true, "Twitter": true, "Secondary_Email": true, "Salutation": true}

// writeLead writes the wanted fields in the struct's order, some of them as null; a nil wanted is all. The id is always
// there, and first.
func writeLead(b *bytes.Buffer, lead TaggedLead, r *rand.Rand, wanted map[string]bool) error {
	v := reflect.ValueOf(lead)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		empty := mostlyEmpty[name] && r.IntN(3) > 0 // drawn in any case, so that a field does not hang on what else is wanted
		if i > 0 && wanted != nil && !wanted[name] {
			continue
		}
		b.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(b, "%q:", name)
		if empty {
			b.WriteString("null")
			continue
		}
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false) // nor does Zoho
		if err := enc.Encode(v.Field(i).Interface()); err != nil {
			return err
		}
		b.Truncate(b.Len() - len("\n"))
	}
	b.WriteByte('}')
	return nil
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }
