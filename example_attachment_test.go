package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/zohohub/zohohub"
)

func ExampleAttachments_Upload() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	ctx := context.Background()

	attachments := zohohub.NewRecord[Contact](conn).Attachments(id)
	made, err := attachments.Upload(ctx, "contract.txt", strings.NewReader("We agree."), // an *os.File, for example
		zohohub.Progress(func(done, total int64) { fmt.Println(done, "of", total) }))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.FileName, made.Size)
	// Output:
	// 9 of 9
	// contract.txt 9
}

func ExampleAttachments_All() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	ctx := context.Background()

	attachments := zohohub.NewRecord[Contact](conn).Attachments(id)
	if _, err := attachments.Link(ctx, "https://example.com/prices", "Prices"); err != nil {
		log.Fatal(err)
	}
	crm.SeedAttachment("Contacts", id, "contract.pdf", strings.NewReader("We agree."))
	for a, err := range attachments.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.FileName, a.Size, "bytes", a.LinkURL != "")
	}
	// Output:
	// contract.pdf 9 bytes false
	// Prices 0 bytes true
}

func ExampleAttachments_Open() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	attachmentID := crm.SeedAttachment("Contacts", id, "contract.txt", strings.NewReader("We agree."))

	file, err := zohohub.NewRecord[Contact](conn).Attachments(id).Open(context.Background(), attachmentID)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	fmt.Println(file.Name, file.ContentType, file.Size, err)
	fmt.Printf("%s\n", text)
	// Output:
	// contract.txt text/plain 9 <nil>
	// We agree.
}

func ExampleAttachments_DownloadFile() {
	crm, conn := connect()
	defer crm.Close()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	attachmentID := crm.SeedAttachment("Contacts", id, "../../contract.pdf", strings.NewReader("We agree."))
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	attachments := zohohub.NewRecord[Contact](conn).Attachments(id)
	for range 2 { // what is there is not overwritten
		path, err := attachments.DownloadFile(ctx, attachmentID, dir)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(filepath.Base(path))
	}
	fmt.Println(attachments.Delete(ctx, attachmentID))
	_, err = attachments.DownloadFile(ctx, attachmentID, dir)
	fmt.Println(errors.Is(err, zohohub.ErrRecordNotFound))
	// Output:
	// contract.pdf
	// contract (1).pdf
	// <nil>
	// true
}
