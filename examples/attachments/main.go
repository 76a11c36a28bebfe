// Command attachments shows what can be done with files: it attaches some to a new lead and shows how far it is, attaches a
// link, lists what is there, downloads it again, gives the lead a photo, and deletes the lead in the end.
//
//	go run ./examples/attachments [file …]
//
// Without files it attaches its own code. Without credentials it works on an in-memory Zoho CRM. With ZOHO_CLIENT_ID,
// ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN in the environment or in ./.env (see .env.example) it works on the real one.
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
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "attachments:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, files []string) error {
	if err := dotenv.Load(".env"); err != nil {
		return err
	}
	cfg, tok, err := zohohub.ConfigFromEnv()
	if err != nil {
		return err
	}
	if tok == nil {
		crm := zohohubtest.Start()
		defer crm.Close()
		cfg, tok = crm.Config(), crm.Token()
		fmt.Fprintf(out, "No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at %s.\n\n", crm.URL())
	}
	conn, err := zohohub.NewConnection(cfg, tok)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"examples/attachments/main.go", "examples/attachments/tour.go"}
	}
	t := &tour{leads: zohohub.NewRecord[Lead](conn), out: out}
	return t.run(ctx, files)
}
