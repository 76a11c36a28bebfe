package zohohub_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"strings"

	"github.com/zohohub/zohohub"
)

// exampleSpecimen is a record of a module with a field for files.
type exampleSpecimen struct {
	zohohub.Tracked
	ID        string
	Name      string
	Documents []zohohub.FileField
}

func ExampleFileField() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()

	file, err := conn.Files().Upload(ctx, "contract.txt", strings.NewReader("We agree."))
	if err != nil {
		log.Fatal(err)
	}
	specimens := zohohub.NewRecord[exampleSpecimen](conn, zohohub.InModule("Specimens"))
	s := &exampleSpecimen{Name: "A-1", Documents: []zohohub.FileField{*file}}
	if err := specimens.Create(ctx, s); err != nil {
		log.Fatal(err)
	}
	if s, err = specimens.Find(ctx, s.ID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Documents[0].Name, s.Documents[0].Size)

	s.Documents = s.Documents[1:] // removes it
	if err := specimens.Save(ctx, s); err != nil {
		log.Fatal(err)
	}
	s, err = specimens.Find(ctx, s.ID)
	fmt.Println(len(s.Documents), err)
	// Output:
	// contract.txt 9
	// 0 <nil>
}

func ExampleFiles_UploadAll() {
	crm, conn := connect()
	defer crm.Close()

	results, err := conn.Files().UploadAll(context.Background(), []zohohub.NewFile{
		{Name: "front.png", Content: strings.NewReader("an image")},
		{Name: "back.png", Content: strings.NewReader("another")},
	}, zohohub.Inline())
	fmt.Println(len(results), results[0].ID != "", err)
	// Output: 2 true <nil>
}

func ExampleRecord_OpenFieldFile() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	specimens := zohohub.NewRecord[exampleSpecimen](conn, zohohub.InModule("Specimens"))
	s, err := specimens.Find(ctx, crm.Seed("Specimens", zohohub.Fields{"Name": "A-1"})[0])
	if err != nil {
		log.Fatal(err)
	}
	file, err := conn.Files().Upload(ctx, "contract.txt", strings.NewReader("We agree."))
	if err != nil {
		log.Fatal(err)
	}
	s.Documents = append(s.Documents, *file)
	if err := specimens.Save(ctx, s); err != nil {
		log.Fatal(err)
	}
	if s, err = specimens.Find(ctx, s.ID); err != nil { // which tells the row's id
		log.Fatal(err)
	}

	content, err := specimens.OpenFieldFile(ctx, s.ID, s.Documents[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	fmt.Println(string(text), err)
	// Output: We agree. <nil>
}

func ExamplePhoto() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	ctx := context.Background()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		log.Fatal(err)
	}

	photo := zohohub.NewRecord[Contact](conn).Photo(id)
	if err := photo.Upload(ctx, "jo.png", &picture); err != nil {
		log.Fatal(err)
	}
	file, err := photo.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	fmt.Println(file.ContentType)
	fmt.Println(photo.Delete(ctx))
	// Output:
	// image/png
	// <nil>
}
