package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_Related() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	ids := crm.Seed("Products", zohohub.Fields{"Product_Name": "Widget"}, zohohub.Fields{"Product_Name": "Gadget"})

	products := zohohub.NewRecord[Product](conn).Related("Contacts", id)
	if _, err := products.Add(ctx, ids...); err != nil {
		log.Fatal(err)
	}
	if _, err := products.Remove(ctx, ids[1]); err != nil {
		log.Fatal(err)
	}
	for p, err := range products.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.ProductName)
	}
	// Output: Widget
}

// A link may hold something itself, such as what a lead answered to a campaign.
func ExampleRelated_Update() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	fair := crm.Seed("Campaigns", zohohub.Fields{"Campaign_Name": "Fair"})[0]
	lead := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]

	type Lead struct {
		ID, LastName string
		MemberStatus string `zoho:",readonly"` // the link's, not the lead's
	}
	members := zohohub.NewRecord[Lead](conn).Related("Campaigns", fair)
	if err := members.Update(ctx, lead, zohohub.Fields{"Member_Status": "Invited"}); err != nil {
		log.Fatal(err)
	}
	for m, err := range members.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.LastName, m.MemberStatus)
	}
	// Output: Doe Invited
}

func ExampleInList() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	deal := crm.Seed("Deals", zohohub.Fields{"Deal_Name": "Big", "Stage": "Qualification"})[0]
	jo := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Jo"})[0]

	contacts := zohohub.NewRecord[Contact](conn).Related("Deals", deal, zohohub.InList("Contact_Roles"))
	if _, err := contacts.Add(ctx, jo); err != nil {
		log.Fatal(err)
	}
	for c, err := range contacts.All(ctx) {
		fmt.Println(c.LastName, err)
	}
	// Output: Jo <nil>
}

func ExampleRecord_RelatedCounts() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	if _, err := contacts.AddNote(ctx, id, "Call", ""); err != nil {
		log.Fatal(err)
	}
	counts, err := contacts.RelatedCounts(ctx, id, "Notes", "Products")
	fmt.Println(counts["Notes"], counts["Products"], err)
	// Output: 1 0 <nil>
}

func ExampleConnection_RelatedLists() {
	crm, conn := connect()
	defer crm.Close()

	lists, err := conn.RelatedLists(context.Background(), "Deals")
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range lists {
		if l.Module == "Contacts" {
			fmt.Println(l.APIName)
		}
	}
	// Output: Contact_Roles
}
