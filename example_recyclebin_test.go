package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleConnection_RecycleBin() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})

	contacts := zohohub.NewRecord[Contact](conn)
	if _, err := contacts.DeleteAll(ctx, ids); err != nil {
		log.Fatal(err)
	}
	bin := conn.RecycleBin()
	var wanted []string
	for rec, err := range bin.All(ctx, zohohub.DeletedFrom("Contacts"), zohohub.DeletedNamed("Doe")) {
		if err != nil {
			log.Fatal(err)
		}
		wanted = append(wanted, rec.ID)
	}
	if _, err := bin.Restore(ctx, wanted...); err != nil {
		log.Fatal(err)
	}
	doe, err := contacts.Find(ctx, ids[0])
	fmt.Println(doe.LastName, err)
	fmt.Println(bin.Empty(ctx))
	// Output:
	// Doe <nil>
	// true <nil>
}
