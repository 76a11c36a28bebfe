package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_AssignTerritories() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})

	const porto = "3652397000000505002"
	contacts := zohohub.NewRecord[Contact](conn)
	if _, err := contacts.AssignTerritories(ctx, ids, porto); err != nil {
		log.Fatal(err)
	}
	if _, err := contacts.RemoveTerritories(ctx, ids[1:], porto); err != nil {
		log.Fatal(err)
	}
	for c, err := range contacts.All(ctx, zohohub.Territory(porto)) {
		fmt.Println(c.LastName, err)
	}
	// Output: Doe <nil>
}
