package sqlstore_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/zohohub/zohohub"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
)

// The file of Zoho's SDKs, which os.Open opens in a service, and any store: sqlstore.New(db, sqlstore.PostgreSQL), sealed.New(…).
func ExampleImport() {
	file := strings.NewReader(`id,user_name,client_id,client_secret,refresh_token,access_token,grant_token,expiry_time,redirect_url,api_domain
1,Jo@Example.com:60000000001,1000.FAKE,fake-secret,1000.fake-refresh,1000.fake-access,,1777638600000,,https://www.zohoapis.eu
2,,1000.FAKE,fake-secret,1000.fake-refresh,,,,,`)
	store := zohohub.NewMemoryStore()

	results, err := sqlstore.Import(context.Background(), store, sqlstore.SDKFile(file))
	for _, r := range results {
		fmt.Println(r.Row, r.Key.User, r.Err)
	}
	fmt.Println(err)
	// Output:
	// 1 jo@example.com <nil>
	// 2  it names no user
	// tokenstore/sql: import: row 2: it names no user
}
