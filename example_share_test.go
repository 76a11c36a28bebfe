package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_Sharing() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	sharing := zohohub.NewRecord[Contact](conn).Sharing(id, zohohub.NotifyShared())
	users, err := sharing.Shareable(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := sharing.Add(ctx, zohohub.ShareWithUser(users[0].ID, zohohub.ShareReadOnly)); err != nil {
		log.Fatal(err)
	}
	for s, err := range sharing.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.With.Name, s.Permission)
	}
	fmt.Println(sharing.Revoke(ctx))
	// Output:
	// Bruno Costa read_only
	// <nil>
}
