package zohohub_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zohohub/zohohub"
)

func ExampleRecord_AddNote() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	note, err := zohohub.NewRecord[Contact](conn).AddNote(ctx, id, "Call", "She wants five of them.")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(note.Title, note.ID != "")
	// Output: Call true
}

func ExampleNotes() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	notes := zohohub.NewRecord[Contact](conn).Notes(id)
	note, err := notes.Create(ctx, "Call", "She wants five of them.")
	if err != nil {
		log.Fatal(err)
	}
	if err := notes.Update(ctx, note.ID, zohohub.Fields{"Note_Content": "She wants six of them."}); err != nil {
		log.Fatal(err)
	}
	for n, err := range notes.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(n.Title, "of", n.Parent.Module, n.Parent.Name+":", n.Content)
	}
	fmt.Println(notes.Delete(ctx, note.ID))
	// Output:
	// Call of Contacts Doe: She wants six of them.
	// <nil>
}

// The notes of all records are a module of their own.
func ExampleNote() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	notes := zohohub.NewRecord[zohohub.Note](conn)
	err := notes.Create(ctx, &zohohub.Note{Title: "Moved", Parent: zohohub.ModuleLookup{Module: "Contacts", ID: id}})
	if err != nil {
		log.Fatal(err)
	}
	for n, err := range notes.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		n.Content = "To Porto"
		fmt.Println(notes.Save(ctx, n), n.Title, n.Content)
	}
	// Output: <nil> Moved To Porto
}
