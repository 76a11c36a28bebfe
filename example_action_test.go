package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func ExampleRecord_ChangeOwner() {
	crm, conn := connect()
	defer crm.Close()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})

	const bruno = "3652397000000186022"
	contacts := zohohub.NewRecord[Contact](conn)
	results, err := contacts.ChangeOwner(context.Background(), ids, bruno, zohohub.WithRelated("Deals"))
	fmt.Println(len(results), err)
	// Output: 2 <nil>
}

// What the lead becomes is told by id and name. Who is there already is no second contact.
func ExampleRecord_Convert() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Email": "jo@example.com"})
	id := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "Company": "Acme", "Email": "jo@example.com"})[0]

	leads := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Leads"))
	conversion := zohohub.Conversion{Deal: zohohub.Fields{"Deal_Name": "Big", "Stage": "Qualification"}}
	lead, err := leads.Convert(ctx, id, conversion)
	if e, ok := errors.AsType[*zohohub.Error](err); ok && errors.Is(err, zohohub.ErrDuplicate) {
		conversion.Contact = e.DuplicateID()
		lead, err = leads.Convert(ctx, id, conversion)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lead.Contact.Name, "|", lead.Account.Name, "|", lead.Deal.Name)
	_, err = leads.Convert(ctx, id, conversion)
	fmt.Println(errors.Is(err, zohohub.ErrAlreadyConverted))
	// Output:
	// Doe | Acme | Big
	// true
}

func ExampleRecord_Clone() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"First_Name": "Jo", "Last_Name": "Doe", "Mailing_City": "Lisboa"})[0]

	type Contact struct {
		ID, FirstName, LastName string
		City                    string `zoho:"Mailing_City"`
	}
	contacts := zohohub.NewRecord[Contact](conn)
	copied, err := contacts.Clone(ctx, id, zohohub.Fields{"First_Name": "Ada"})
	if err != nil {
		log.Fatal(err)
	}
	c, err := contacts.Find(ctx, copied)
	fmt.Println(c.FirstName, c.LastName, c.City, err)
	// Output: Ada Doe Lisboa <nil>
}

func ExampleRecord_Merge() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Phone": "1"}, zohohub.Fields{"Last_Name": "Do", "Phone": "2"})

	contacts := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Contacts"))
	job, err := contacts.Merge(ctx, ids[0], []zohohub.Duplicate{{ID: ids[1], Fields: []string{"Phone"}}})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := job.Wait(ctx); err != nil { // at once, unless much hangs on the duplicate
		log.Fatal(err)
	}
	c, err := contacts.Find(ctx, ids[0])
	fmt.Println(c.Fields["Last_Name"], c.Fields["Phone"], err)
	// Output: Doe 2 <nil>
}

func ExampleRecord_MassUpdate() {
	crm, conn := connect()
	defer crm.Close()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})

	contacts := zohohub.NewRecord[Contact](conn)
	_, err := contacts.MassUpdate(context.Background(), ids, zohohub.Fields{"Mailing_City": "Porto"})
	for _, c := range crm.Records("Contacts") {
		fmt.Println(c["Last_Name"], c["Mailing_City"])
	}
	fmt.Println(err)
	// Output:
	// Doe Porto
	// Roe Porto
	// <nil>
}

func ExampleJob() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Mailing_City": "Lisboa"}, zohohub.Fields{"Last_Name": "Roe"})
	view := crm.AddView("Contacts", zohohubtest.View{
		Name: "Lisboetas", Criteria: &zohohubtest.Condition{Field: "Mailing_City", Comparator: "equal", Value: "Lisboa"},
	})

	contacts := zohohub.NewRecord[Contact](conn)
	job, err := contacts.MassDeleteInView(ctx, view)
	if err != nil {
		log.Fatal(err)
	}
	crm.Advance(time.Hour)
	status, err := job.Wait(ctx) // looks after a second
	fmt.Println(status.State, status.Deleted, "of", status.Total, err)
	// Output: COMPLETED 1 of 1 <nil>
}
