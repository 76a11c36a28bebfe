// Command notifications is a small server that Zoho tells of changes to leads: it subscribes a channel, keeps it alive, and
// prints what was changed.
//
//	go run ./examples/notifications [-listen :8080 -url https://your.example/zoho]
//
// Without credentials it works on an in-memory Zoho CRM, makes a change a moment later, and ends when it has heard of it. With
// ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN in the environment or in ./.env (see .env.example) it works on
// the real one until it is interrupted; -url is then the address under which Zoho reaches it.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"io"
	"net"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/example"
)

func main() { example.Main("notifications", run) }

func run(ctx context.Context, out io.Writer, args []string) error {
	flags := flag.NewFlagSet("notifications", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:0", "where to listen")
	notifyURL := flags.String("url", "", "where Zoho reaches this server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	crm, err := example.Open(out)
	if err != nil {
		return err
	}
	defer crm.Close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *address)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the server may have done so
	s := &service{out: out, seen: map[change]bool{}, token: rand.Text()}
	then := func(context.Context) error { return nil }
	switch {
	case crm.Fake != nil:
		*notifyURL = "http://" + listener.Addr().String() + "/zoho"
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		then = func(ctx context.Context) error {
			defer cancel()
			return s.tryOut(ctx, crm.Fake)
		}
	case *notifyURL == "":
		return errors.New("-url: under which address does Zoho reach this server?")
	}
	conn, err := zohohub.NewConnection(crm.Config, crm.Token)
	if err != nil {
		return err
	}
	s.conn, s.leads = conn, zohohub.NewRecord[Lead](conn)
	return s.run(ctx, listener, *notifyURL, then)
}
