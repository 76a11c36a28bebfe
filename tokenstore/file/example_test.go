package file_test

import (
	"context"
	"fmt"
	"os"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	"github.com/zohohub/zohohub/zohohubtest"
)

// A folder of tokens, in place of a service's /var/lib/app/tokens.
func ExampleNew() {
	crm := zohohubtest.Start()
	defer crm.Close()
	dir, err := os.MkdirTemp("", "tokens-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	store, err := file.New(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := crm.Config()
	cfg.Store = store

	// What Auth.CallbackHandler does when Jo has signed in.
	ctx := context.Background()
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: cfg.ClientID, User: "jo@example.com"}
	if err := store.Save(ctx, key, crm.Token()); err != nil {
		fmt.Println(err)
		return
	}

	conn, err := zohohub.Open(ctx, cfg, "jo@example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	modules, err := conn.Modules(ctx)
	fmt.Println(len(modules) > 0, err)
	conn.CloseIdleConnections()
	// Output: true <nil>
}
