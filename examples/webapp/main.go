// Command webapp is a web service whose users sign in with Zoho and see their leads.
//
//	go run ./examples/webapp [-listen 127.0.0.1:8080] [-store STORE]
//
// Without credentials it works on an in-memory Zoho CRM with some users and leads: open the address that it prints. With
// ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REDIRECT_URI in the environment or in ./.env (see .env.example) it works on the
// real one: the path of ZOHO_REDIRECT_URI is where Zoho sends the browser back to.
//
// STORE is where the tokens of the users and the sessions of their browsers are kept:
//
//	memory                                         gone when the program ends
//	file:DIR                                       a folder
//	sqlite:FILE                                    the default, at a place that it prints
//	mysql:user:password@tcp(127.0.0.1:3306)/db     MariaDB too; the database has to be there
//	postgres://user:password@127.0.0.1:5432/db     the same
//	redis://:password@127.0.0.1:6379/0
//
// A name with a password is better given as TOKEN_STORE, in the environment or in ./.env: other users of the machine see a
// program's flags. With TOKEN_KEY, 32 bytes in base64 (openssl rand -base64 32), what is in the store is encrypted.
//
// Copies of it that share a store (and TOKEN_KEY) are one service: they share the sessions, the tokens, and one refresh of
// each. A browser may be sent to any of them, and a sign-in that began at one may end at another.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/dotenv"
	"github.com/zohohub/zohohub/internal/example"
	"github.com/zohohub/zohohub/zohohubtest"
)

func main() { example.Main("webapp", run) }

// storeOpens bounds how long the store may take to answer at first.
const storeOpens = 15 * time.Second

// run serves until ctx ends, or the process is told to end.
func run(ctx context.Context, out io.Writer, args []string) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("webapp", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:8080", "where to listen")
	name := flags.String("store", "", "where tokens and sessions are kept: "+storeForms+"; by default where TOKEN_STORE says, or in a SQLite file")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil // which it has printed
	case err != nil:
		return err
	}
	if err := dotenv.Load(".env"); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *address)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the server may have done so
	cfg, crm, err := configure("http://" + listener.Addr().String())
	if err != nil {
		return err
	}
	if crm != nil {
		defer crm.Close()
		fmt.Fprintf(out, "No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at %s.\n", crm.URL())
	}
	store, err := provideStore(ctx, cmp.Or(*name, os.Getenv("TOKEN_STORE")), crm != nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	cfg.Store, cfg.Scopes = store.TokenStore, scopes
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	a, err := newApp(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Tokens and sessions are kept in %s.\nThe leads are at %s (end with Ctrl-C).\n", store.place, a.origin)
	var sweeping sync.WaitGroup
	sweeping.Go(func() { a.sweep(ctx) })
	defer sweeping.Wait()
	defer stop() // when the server has failed
	return serve(ctx, listener, a.handler())
}

// configure takes the credentials from the environment; without any it starts a CRM in memory.
func configure(own string) (zohohub.Config, *zohohubtest.Server, error) {
	cfg, _, err := zohohub.ConfigFromEnv()
	if err != nil || cfg.ClientID != "" {
		return cfg, nil, err
	}
	crm := demo()
	cfg = crm.Config()
	// Another client in each run: of the tokens that an earlier run left in the store this CRM knows nothing.
	cfg.ClientID = "1000.FAKE" + rand.Text()
	cfg.RedirectURL = own + "/callback"
	crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
	return cfg, crm, nil
}
