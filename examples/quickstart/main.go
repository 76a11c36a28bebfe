// Command quickstart shows the main job from end to end: it signs in, creates leads from a CSV file, finds, lists, searches,
// updates, upserts and deletes them, and prints what happened.
//
//	go run ./examples/quickstart
//
// Without credentials it works on an in-memory Zoho CRM. With ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN in the
// environment or in ./.env (see .env.example) it works on the real one, with ten leads, and deletes only what it created.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/example"
)

func main() { example.Main("quickstart", run) }

func run(ctx context.Context, out io.Writer, _ []string) error {
	fmt.Fprintln(out)
	crm, err := example.Open(out)
	if err != nil {
		return err
	}
	defer crm.Close()
	limit := 10
	if crm.Fake != nil {
		limit = 1000
		crm.Config.MaxConcurrency = 1 // leads are created in the order of the file, so that this prints the same every time
	} else {
		fmt.Fprintf(out, "This runs on the Zoho CRM of data center %v, with %d leads, which it deletes again.\n\n", crm.Config.DataCenter, limit)
	}
	conn, err := zohohub.NewConnection(crm.Config, crm.Token)
	if err != nil {
		return err
	}
	file, err := readLeads("testdata/leads.csv", limit)
	if err != nil {
		return err
	}
	t := &tour{leads: zohohub.NewRecord[Lead](conn), out: out}
	defer t.cleanUp(ctx)
	if err := t.run(ctx, file); err != nil {
		return err
	}
	fmt.Fprint(out, "\nThe code of each step is in examples/quickstart/tour.go. For your own Zoho CRM, copy .env.example to .env and fill it in.\n\n")
	return nil
}
