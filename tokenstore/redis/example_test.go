package redisstore_test

import (
	"context"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/zohohub/zohohub"
	redisstore "github.com/zohohub/zohohub/tokenstore/redis"
	"github.com/zohohub/zohohub/zohohubtest"
)

// The server is one for tests, in place of a service's redis:6379.
func ExampleNew() {
	crm := zohohubtest.Start()
	defer crm.Close()
	server, err := miniredis.Run()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
	defer client.Close()
	store, err := redisstore.New(client)
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
