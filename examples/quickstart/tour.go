package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/zohohub/zohohub"
)

// tour goes once through what a program does with records.
type tour struct {
	leads *zohohub.Record[Lead]
	out   io.Writer
	made  []string // ids of what the tour created and has not deleted
}

func (t *tour) run(ctx context.Context, file []*Lead) error {
	for _, step := range []func(context.Context, []*Lead) error{t.create, t.read, t.list, t.search, t.change, t.upsert, t.remove} {
		if err := step(ctx, file); err != nil {
			return err
		}
	}
	return nil
}

// create creates all leads, a hundred to a request. Each gets its ID; results are in the order of the input.
func (t *tour) create(ctx context.Context, file []*Lead) error {
	results, err := t.leads.CreateAll(ctx, file)
	for _, r := range results {
		if r.Err == nil {
			t.made = append(t.made, r.ID)
		}
	}
	if err != nil {
		return err // A *zohohub.BatchError lists what failed; what succeeded is created all the same.
	}
	t.printf("CreateAll", "the leads of testdata/leads.csv", "%d created", len(t.made))
	return nil
}

// read finds one record, by its id and by its e-mail address.
func (t *tour) read(ctx context.Context, file []*Lead) error {
	lead, err := t.leads.Find(ctx, file[0].ID)
	if err != nil {
		return err
	}
	t.printf("Find", "id "+lead.ID, "%s, created %s", lead.Name(), lead.CreatedTime.Format("2006-01-02 15:04:05 -07:00"))

	switch lead, err = t.leads.FindBy(ctx, zohohub.Email(file[1].Email)); {
	case errors.Is(err, zohohub.ErrRecordNotFound):
		t.printf("FindBy", "e-mail "+file[1].Email, "not found: Zoho's search knows new records after a while only")
	case err != nil:
		return err
	default:
		t.printf("FindBy", "e-mail "+file[1].Email, "%s, %s", lead.Name(), lead.Company)
	}
	return nil
}

// list goes through the leads, whatever the number of pages, and shows the first of each country.
func (t *tour) list(ctx context.Context, _ []*Lead) error {
	var (
		count  int
		sample []*Lead
	)
	for lead, err := range t.leads.All(ctx) {
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(sample, func(l *Lead) bool { return l.Country == lead.Country }) {
			sample = append(sample, lead)
		}
		if count++; count == 1000 { // An organization may have millions. Leaving the loop ends the requests.
			break
		}
	}
	slices.SortFunc(sample, func(a, b *Lead) int { return cmp.Compare(a.Country, b.Country) })
	t.printf("All", "every lead, page by page", "%d found; the first of each country:", count)
	t.table("COUNTRY\tSOURCE\tEMPLOYEES\tLEAD", sample[:min(len(sample), 12)], func(l *Lead) string {
		return fmt.Sprintf("%s\t%s\t%d\t%s, %s, %s", l.Country, l.Source, l.Employees, l.Name(), l.Company, l.City)
	})
	return nil
}

// search lists what meets a condition.
func (t *tour) search(ctx context.Context, _ []*Lead) error {
	fromLisboa := zohohub.Eq("Country", "Portugal").And(zohohub.StartsWith("City", "Lis"))
	var found []*Lead
	for lead, err := range t.leads.Where(ctx, fromLisboa) {
		if err != nil {
			return err
		}
		found = append(found, lead)
	}
	t.printf("Where", "Country is Portugal, City starts with Lis", "%d found:", len(found))
	t.table("NAME\tCOMPANY\tCITY\tE-MAIL", found[:min(len(found), 5)], func(l *Lead) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s", l.Name(), l.Company, l.City, l.Email)
	})
	return nil
}

// change changes records: named fields without loading the record first, or a loaded record by Save.
func (t *tour) change(ctx context.Context, file []*Lead) error {
	id := file[0].ID
	if err := t.leads.Update(ctx, id, zohohub.Fields{"Phone": "+1 202 555 0142", "Street": nil}); err != nil { // nil clears.
		return err
	}
	t.printf("Update", "Phone set, Street cleared", "%s", file[0].Name())

	lead, err := t.leads.Find(ctx, id)
	if err != nil {
		return err
	}
	lead.Status = "Contacted"
	if err := t.leads.Save(ctx, lead); err != nil {
		return err
	}
	t.printf("Save", "a Tracked struct sends only what changed", "%s: Lead_Status is now %s, Phone still %s", lead.Name(), lead.Status, lead.Phone)
	return nil
}

// upsert sends one lead that Zoho has, by its e-mail address, and one that it does not have.
func (t *tour) upsert(ctx context.Context, file []*Lead) error {
	both := []*Lead{
		{LastName: file[1].LastName, Company: file[1].Company, Email: file[1].Email, Status: "Pre-Qualified"},
		{FirstName: "Jo", LastName: "Doe", Company: "Doe & Daughters", Email: "jo.doe@example.com", City: "Lisboa", Country: "Portugal"},
	}
	results, err := t.leads.Upsert(ctx, both, zohohub.DuplicateCheck("Email"))
	var actions []string
	for i, r := range results {
		if r.Err == nil && r.Action == "insert" {
			t.made = append(t.made, r.ID)
		}
		actions = append(actions, both[i].Email+": "+r.Action)
	}
	if err != nil {
		return err
	}
	t.printf("Upsert", "two leads, told apart by Email", "%s", strings.Join(actions, ", "))
	return nil
}

// remove deletes the first lead, meets the error of one that is not there, and deletes the others.
func (t *tour) remove(ctx context.Context, file []*Lead) error {
	before, err := t.leads.Count(ctx)
	if err != nil {
		return err
	}
	t.printf("Count", "all leads", "%d", before)

	id := file[0].ID
	if err := t.leads.Delete(ctx, id); err != nil {
		return err
	}
	t.made = slices.DeleteFunc(t.made, func(made string) bool { return made == id })
	t.printf("Delete", "id "+id, "%s is in the recycle bin", file[0].Name())

	switch _, err := t.leads.Find(ctx, id); {
	case errors.Is(err, zohohub.ErrRecordNotFound):
		t.printf("Find", "the same id again", "zohohub.ErrRecordNotFound")
	case err != nil:
		return err
	default:
		return fmt.Errorf("lead %s was deleted and is still found", id)
	}

	results, err := t.leads.DeleteAll(ctx, t.made)
	if err != nil {
		return err
	}
	t.made = nil
	after, err := t.leads.Count(ctx)
	if err != nil {
		return err
	}
	t.printf("DeleteAll", "all that were created here", "%d deleted, %d leads left", len(results), after)
	return nil
}

// cleanUp deletes what a failed tour left behind, even when it failed because ctx ended.
func (t *tour) cleanUp(ctx context.Context) {
	if len(t.made) == 0 {
		return
	}
	if _, err := t.leads.DeleteAll(context.WithoutCancel(ctx), t.made); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart: not all leads could be deleted again:", err)
	}
}

// printf prints a line: what was called, with what, and what came of it.
func (t *tour) printf(call, with, format string, args ...any) {
	fmt.Fprintf(t.out, "  %-10s %-52s %s\n", call, with, fmt.Sprintf(format, args...))
}

// table prints leads in columns.
func (t *tour) table(head string, leads []*Lead, row func(*Lead) string) {
	w := tabwriter.NewWriter(t.out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\n\t%s\n", head)
	for _, l := range leads {
		fmt.Fprintf(w, "\t%s\n", row(l))
	}
	fmt.Fprintln(w)
	w.Flush()
}
