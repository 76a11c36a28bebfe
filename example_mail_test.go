package zohohub_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/zohohub/zohohub"
)

func ExampleEmails_Send() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe", "Email": "doe@example.com"})[0]

	plan, err := conn.Files().Upload(ctx, "plan.txt", strings.NewReader("First, …"))
	if err != nil {
		log.Fatal(err)
	}
	emails := zohohub.NewRecord[Contact](conn).Emails(id)
	sent, err := emails.Send(ctx, zohohub.Mail{
		From:        zohohub.MailAddress{Name: "Ana", Email: "ana.silva@example.com"},
		To:          []zohohub.MailAddress{{Name: "Jo Doe", Email: "doe@example.com"}},
		Subject:     "Our plan",
		Content:     "<p>See the file.</p>",
		Attachments: []string{plan.FileID},
	})
	if err != nil {
		log.Fatal(err)
	}

	mail, err := emails.Find(ctx, sent.ID)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range mail.Attachments {
		f, err := emails.OpenAttachment(ctx, mail, a)
		if err != nil {
			log.Fatal(err)
		}
		content, err := io.ReadAll(f)
		fmt.Println(mail.Subject, a.Name, string(content), err, f.Close())
	}
	// Output: Our plan plan.txt First, … <nil> <nil>
}

func ExampleEmails_All() {
	crm, conn := connect()
	defer crm.Close()
	ctx := context.Background()
	id := crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]

	emails := zohohub.NewRecord[Contact](conn).Emails(id)
	for _, subject := range []string{"Hello", "Hello again"} {
		_, err := emails.Send(ctx, zohohub.Mail{
			From: zohohub.MailAddress{Email: "ana.silva@example.com"}, To: []zohohub.MailAddress{{Email: "doe@example.com"}},
			Subject: subject, Content: "How are you?", Format: zohohub.MailText,
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	for mail, err := range emails.All(ctx, zohohub.EmailsSent) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(mail.Subject, "to", mail.To[0].Email, mail.Status[0].Type)
	}
	// Output:
	// Hello again to doe@example.com sent
	// Hello to doe@example.com sent
}
