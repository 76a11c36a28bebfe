// Command webapp is a web service whose users sign in with Zoho and see their leads.
//
//	go run ./examples/webapp [-listen 127.0.0.1:8080] [-store memory|file:DIR]
//
// Without credentials it works on an in-memory Zoho CRM with some users and leads: open the address that it prints. With
// ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REDIRECT_URI in the environment or in ./.env (see .env.example) it works on the
// real one: the path of ZOHO_REDIRECT_URI is where Zoho sends the browser back to.
//
// Copies of it that share a store share the tokens in it, and one refresh. The browsers' sessions are in the memory of each
// copy: a service of several copies keeps those in common, too, or sends a browser to the same copy again.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/dotenv"
	"github.com/zohohub/zohohub/internal/example"
)

func main() { example.Main("webapp", run) }

// run serves until ctx ends, or the process is told to end.
func run(ctx context.Context, out io.Writer, args []string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("webapp", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:8080", "where to listen")
	place := flags.String("store", "memory", "where the tokens are: memory, or file:DIR")
	if err := flags.Parse(args); err != nil {
		return err
	}
	store, err := openStore(*place)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *address)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the server may have done so
	own := "http://" + listener.Addr().String()
	cfg, end, err := configure(out, own)
	if err != nil {
		return err
	}
	defer end()
	cfg.Store, cfg.Scopes = store, scopes
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	a, err := newApp(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The leads are at %s (end with Ctrl-C).\n", own)
	return serve(ctx, listener, a.handler())
}

// configure takes the credentials from the environment; without any it starts a CRM in memory, which end ends.
func configure(out io.Writer, own string) (cfg zohohub.Config, end func(), err error) {
	if err := dotenv.Load(".env"); err != nil {
		return zohohub.Config{}, nil, err
	}
	cfg, _, err = zohohub.ConfigFromEnv()
	if err != nil {
		return zohohub.Config{}, nil, err
	}
	if cfg.ClientID != "" {
		return cfg, func() {}, nil
	}
	crm := demo()
	cfg = crm.Config()
	cfg.RedirectURL = own + "/callback"
	crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
	fmt.Fprintf(out, "No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at %s.\n", crm.URL())
	return cfg, crm.Close, nil
}

// serve answers until ctx ends, and then what is under way.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	const goodbye = 10 * time.Second
	server := &http.Server{Handler: h, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := server.Shutdown(ctx)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
