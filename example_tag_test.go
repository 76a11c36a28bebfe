package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_AddTags() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	ids := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})

	type Contact struct {
		ID, LastName string
		Tags         []zohohub.Tag `zoho:"Tag,readonly"`
	}
	contacts := zohohub.NewRecord[Contact](conn)
	if _, err := contacts.AddTags(ctx, ids, "VIP", "Lisboa"); err != nil {
		log.Fatal(err)
	}
	if _, err := contacts.RemoveTags(ctx, ids[1:], "VIP"); err != nil {
		log.Fatal(err)
	}
	for _, id := range ids {
		c, err := contacts.Find(ctx, id)
		if err != nil {
			log.Fatal(err)
		}
		for _, tag := range c.Tags {
			fmt.Println(c.LastName, tag.Name)
		}
	}
	// Output:
	// Doe VIP
	// Doe Lisboa
	// Roe Lisboa
}

// What became of each record is told also when some failed.
func ExampleRecord_SetTags() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	results, err := contacts.SetTags(ctx, []string{id, "5725767000099999999"}, "cold")
	fmt.Println(results[0].Err, err)
	// Output: <nil> zohohub: set tags of Contacts: 1 of 2 failed; first, at 1: INVALID_DATA: the id given seems to be invalid (HTTP 207)
}

func ExampleTags() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	tags := zohohub.NewRecord[Contact](conn).Tags()
	made, err := tags.Create(ctx, zohohub.Tag{Name: "VIP", Color: "#57B1FD"}, zohohub.Tag{Name: "V.I.P."})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tags.Merge(ctx, made[0].ID, made[1].ID); err != nil {
		log.Fatal(err)
	}
	if _, err := tags.Update(ctx, zohohub.Tag{ID: made[0].ID, Name: "Star"}); err != nil {
		log.Fatal(err)
	}
	for tag, err := range tags.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		n, err := tags.Count(ctx, tag.ID)
		fmt.Println(tag.Name, tag.Color, n, err)
	}
	fmt.Println(tags.Delete(ctx, made[0].ID))
	// Output:
	// Star #57B1FD 0 <nil>
	// <nil>
}
