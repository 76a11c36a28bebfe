package zohohub_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_Timeline() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Phone": "1"})[0]

	contacts := zohohub.NewRecord[Contact](conn)
	if err := contacts.Update(ctx, id, zohohub.Fields{"Phone": "2"}); err != nil {
		log.Fatal(err)
	}
	if _, err := contacts.AddNote(ctx, id, "Call", "Rang twice"); err != nil {
		log.Fatal(err)
	}
	for e, err := range contacts.Timeline(ctx, id) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.DoneBy.Name, e.Action, e.Record.Module, e.Record.Name)
		for _, f := range e.Fields {
			fmt.Printf("  %s: %q, was %q\n", f.Field, f.New, f.Old)
		}
	}
	// Output:
	// Ana Silva added Notes Call
	// Ana Silva updated Contacts Doe
	//   Phone: "2", was "1"
	// Ana Silva added Contacts Doe
}

func ExampleRecord_FullData() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Service_Visits", zohohub.Fields{"Name": "March", "Report": strings.Repeat("<p>Fine.</p>", 100)})[0]

	type Visit struct{ ID, Report string }
	visits := zohohub.NewRecord[Visit](conn, zohohub.InModule("Service_Visits"))
	for v, err := range visits.All(context.Background()) {
		fmt.Println("in a list:", len(v.Report), err)
	}
	full, err := visits.FullData(context.Background(), []string{id}, "Report")
	fmt.Println("whole:", len(full[id]["Report"].(string)), err)
	// Output:
	// in a list: 500 <nil>
	// whole: 1200 <nil>
}
