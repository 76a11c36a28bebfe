package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Contact is a module of its own: the type's name in the plural.
type Contact struct {
	zohohub.Tracked
	ID        string
	FirstName string
	LastName  string
	Email     string
	Phone     string
}

// connect returns a connection to a CRM in memory.
func connect() (*zohohubtest.Server, *zohohub.Connection) {
	crm := zohohubtest.Start()
	conn, err := zohohub.NewConnection(crm.Config(), crm.Token())
	if err != nil {
		log.Fatal(err)
	}
	return crm, conn
}

func Example() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	contacts := zohohub.NewRecord[Contact](conn)
	jo := &Contact{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com"}
	if err := contacts.Create(ctx, jo); err != nil {
		log.Fatal(err)
	}
	jo.Phone = "+351 910 000 000"
	if err := contacts.Save(ctx, jo); err != nil { // sends the phone alone
		log.Fatal(err)
	}
	for c, err := range contacts.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(c.FirstName, c.LastName, c.Phone)
	}
	// Output: Jo Doe +351 910 000 000
}

func ExampleRecord_Find() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	c, err := contacts.Find(context.Background(), id)
	fmt.Println(c.LastName, err)
	_, err = contacts.Find(context.Background(), "5725767000099999999")
	fmt.Println(errors.Is(err, zohohub.ErrRecordNotFound))
	// Output:
	// Doe <nil>
	// true
}

func ExampleRecord_Where() {
	crm, conn := connect()
	defer crm.Close()
	crm.Seed("Contacts",
		zohohub.Fields{"First_Name": "Jo", "Last_Name": "Doe", "Mailing_City": "Lisboa"},
		zohohub.Fields{"First_Name": "Ana", "Last_Name": "Dias", "Mailing_City": "Porto"},
	)
	contacts := zohohub.NewRecord[Contact](conn)
	condition := zohohub.StartsWith("Last_Name", "D").And(zohohub.Eq("Mailing_City", "Lisboa"))
	fmt.Println(condition)
	for c, err := range contacts.Where(context.Background(), condition) {
		fmt.Println(c.FirstName, err)
	}
	// Output:
	// ((Last_Name:starts_with:D)and(Mailing_City:equals:Lisboa))
	// Jo <nil>
}

func ExampleRecord_Upsert() {
	crm, conn := connect()
	defer crm.Close()
	crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Email": "jo@example.com"})

	contacts := zohohub.NewRecord[Contact](conn)
	results, err := contacts.Upsert(context.Background(), []*Contact{
		{LastName: "Doe", Email: "jo@example.com", Phone: "1"},
		{LastName: "Roe", Email: "roe@example.com"},
	}, zohohub.DuplicateCheck("Email"))
	fmt.Println(results[0].Action, results[1].Action, err)
	// Output: update insert <nil>
}

func ExampleRecord_Update() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Phone": "1"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	ctx := context.Background()
	fmt.Println(contacts.Update(ctx, id, zohohub.Fields{"First_Name": "Jo", "Phone": nil})) // nil clears
	fmt.Println(contacts.Update(ctx, id, zohohub.Fields{"FirstName": "Jo"}))
	// Output:
	// <nil>
	// zohohub: update Contacts: "FirstName" is the name of a Go field; Zoho's is "First_Name"
}

func ExampleDynamic() {
	crm, conn := connect()
	defer crm.Close()
	deals := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Deals"))
	d := &zohohub.Dynamic{Fields: zohohub.Fields{"Deal_Name": "Boat", "Stage": "Qualification", "Amount": 9007199254740993}}
	if err := deals.Create(context.Background(), d); err != nil {
		log.Fatal(err)
	}
	got, err := deals.Find(context.Background(), d.ID)
	fmt.Println(got.Fields["Amount"], err)
	// Output: 9007199254740993 <nil>
}
