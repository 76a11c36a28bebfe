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
	"io"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/example"
)

func main() { example.Main("attachments", run) }

func run(ctx context.Context, out io.Writer, files []string) error {
	crm, err := example.Open(out)
	if err != nil {
		return err
	}
	defer crm.Close()
	conn, err := zohohub.NewConnection(crm.Config, crm.Token)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"examples/attachments/main.go", "examples/attachments/tour.go"}
	}
	t := &tour{leads: zohohub.NewRecord[Lead](conn), out: out}
	return t.run(ctx, files)
}
