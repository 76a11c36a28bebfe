package refreshrace

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/zohohub/zohohub"
)

// Opener opens a store at an address such as a folder or a DSN. Done gives back what the store holds; it may be nil.
type Opener func(ctx context.Context, address string) (store zohohub.TokenStore, done func() error, err error)

// What a child process is told by its environment: which store to open, and where.
const (
	storeEnv   = "ZOHOHUB_REFRESHRACE_STORE"
	addressEnv = "ZOHOHUB_REFRESHRACE_ADDRESS"
)

// order is a line that a child reads: to get a token for the user with that configuration.
type order struct {
	ClientID, ClientSecret, AccountsURL string
	User                                string
	// Ready makes the child open the connection, say so, and wait for another line, so that all begin at once.
	Ready bool
}

// report is a line that a child writes.
type report struct {
	Ready      bool   `json:",omitempty"`
	Got        string `json:",omitempty"` // the access token, of the fake
	Error      string `json:",omitempty"`
	Throttled  bool   `json:",omitempty"`
	RetryAfter time.Duration
	Took       time.Duration
}

// Child is to be called first in TestMain, with the same stores as [Run]: in a process that Run has started it does what it
// is told and ends the process. In any other it does nothing.
func Child(stores map[string]Opener) {
	name := os.Getenv(storeEnv)
	if name == "" {
		return
	}
	if err := serve(stores[name], os.Getenv(addressEnv), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "refreshrace:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve follows orders until there are no more.
func serve(open Opener, address string, in io.Reader, out io.Writer) (err error) {
	if open == nil {
		return errors.New("no such store")
	}
	ctx := context.Background()
	store, done, err := open(ctx, address)
	if err != nil {
		return err
	}
	if done != nil {
		defer func() { err = errors.Join(err, done()) }()
	}
	lines := bufio.NewScanner(in)
	reports := json.NewEncoder(out)
	for lines.Scan() {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return err
		}
		conn, err := zohohub.Open(ctx, zohohub.Config{
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, AccountsURL: o.AccountsURL, APIDomain: o.AccountsURL, Store: store,
		}, o.User)
		if err != nil {
			return err
		}
		if o.Ready {
			if err := reports.Encode(report{Ready: true}); err != nil {
				return err
			}
			if !lines.Scan() {
				break
			}
		}
		if err := reports.Encode(renew(ctx, conn)); err != nil {
			return err
		}
		conn.CloseIdleConnections()
	}
	return lines.Err()
}

// callers are how many goroutines of each process want the token.
const callers = 4

// renew wants the token in several goroutines, which must all get the same.
func renew(ctx context.Context, conn *zohohub.Connection) report {
	begin := time.Now()
	reports := make(chan report, callers)
	for range callers {
		go func() {
			tok, err := conn.Token(ctx)
			r := report{Throttled: errors.Is(err, zohohub.ErrTokenThrottled), Took: time.Since(begin)}
			if err != nil {
				r.Error = err.Error()
			} else {
				r.Got = tok.AccessToken
			}
			if e, ok := errors.AsType[*zohohub.Error](err); ok {
				r.RetryAfter = e.RetryAfter
			}
			reports <- r
		}()
	}
	first := <-reports
	for range callers - 1 {
		if r := <-reports; r.Got != first.Got || r.Error != first.Error {
			first.Error = fmt.Sprintf("two goroutines of a process got different tokens; errors %q and %q", first.Error, r.Error)
		}
	}
	return first
}
