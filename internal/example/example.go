// Package example is what the programs under examples have in common: an interrupt ends them, and without credentials they
// work on a Zoho CRM in memory.
package example

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

// Main runs a program until it ends or is interrupted, and exits with 1 when it fails.
func Main(name string, run func(ctx context.Context, out io.Writer, args []string) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, name+":", err)
		os.Exit(1)
	}
}

// CRM is what an example works on.
type CRM struct {
	Config zohohub.Config
	Token  *zohohub.Token
	// Fake is the CRM in memory; nil on a real one.
	Fake *zohohubtest.Server
}

// Open takes the credentials from the environment or ./.env; without any it starts a CRM in memory, and says so.
func Open(out io.Writer) (*CRM, error) {
	if err := dotenv.Load(".env"); err != nil {
		return nil, err
	}
	cfg, tok, err := zohohub.ConfigFromEnv()
	if err != nil {
		return nil, err
	}
	if tok != nil {
		return &CRM{Config: cfg, Token: tok}, nil
	}
	fake := zohohubtest.Start()
	_, err = fmt.Fprintf(out, "No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at %s.\n\n", fake.URL())
	return &CRM{Config: fake.Config(), Token: fake.Token(), Fake: fake}, err
}

// Close ends the CRM in memory, if it is one.
func (c *CRM) Close() {
	if c.Fake != nil {
		c.Fake.Close()
	}
}

// Offline takes the credentials out of a test's environment, whatever the shell or ./.env has.
func Offline(t interface{ Setenv(key, value string) }) {
	for _, name := range []string{
		"CLIENT_ID", "CLIENT_SECRET", "SECRET", "REDIRECT_URI", "DATA_CENTER", "ACCOUNTS_URL", "API_DOMAIN", "API_VERSION",
		"SANDBOX", "DEBUG", "ACCESS_TOKEN", "REFRESH_TOKEN",
	} {
		t.Setenv("ZOHO_"+name, "")
	}
}
