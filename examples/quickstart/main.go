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
	"os"
	"os/signal"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/dotenv"
	"github.com/zohohub/zohohub/zohohubtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	if err := dotenv.Load(".env"); err != nil {
		return err
	}
	cfg, tok, err := zohohub.ConfigFromEnv()
	if err != nil {
		return err
	}
	limit := 10
	if tok == nil {
		crm := zohohubtest.Start()
		defer crm.Close()
		cfg, tok, limit = crm.Config(), crm.Token(), 1000
		cfg.MaxConcurrency = 1 // leads are created in the order of the file, so that this prints the same every time
		fmt.Fprintf(out, "\nNo Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at %s.\n\n", crm.URL())
	} else {
		fmt.Fprintf(out, "\nThis runs on the Zoho CRM of data center %v, with %d leads, which it deletes again.\n\n", cfg.DataCenter, limit)
	}
	conn, err := zohohub.NewConnection(cfg, tok)
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
