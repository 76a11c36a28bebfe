package zohohubtest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// A program that is set up with a code from Zoho's API console has one exchange, and what it may do later is in the code.
func ExampleServer_GrantCode() {
	crm := zohohubtest.Start()
	defer crm.Close()
	ctx := context.Background()

	auth, code := zohohub.NewAuth(crm.Config()), crm.GrantCode("ZohoCRM.modules.leads.READ")
	tok, err := auth.Exchange(ctx, code)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Scope)
	_, err = auth.Exchange(ctx, code)
	fmt.Println(errors.Is(err, zohohub.ErrAuthentication))
	// Output:
	// ZohoCRM.modules.leads.READ
	// true
}

// An hour later the access token has ended, and the connection has another.
func ExampleServer_Advance() {
	crm := zohohubtest.Start()
	defer crm.Close()
	conn, err := zohohub.NewConnection(crm.Config(), crm.Token())
	if err != nil {
		log.Fatal(err)
	}

	crm.Advance(time.Hour)
	if _, err := conn.CurrentUser(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, r := range crm.Requests() {
		fmt.Println(r.Method, r.Path, r.Status)
	}
	// Output:
	// GET /crm/v8/users 401
	// POST /oauth/v2/token 200
	// GET /crm/v8/users 200
}

// Bruno may read leads, and nothing else.
func ExampleServer_TokenOf() {
	crm := zohohubtest.Start()
	defer crm.Close()
	ctx := context.Background()

	const bruno = "3652397000000186022"
	conn, err := zohohub.NewConnection(crm.Config(), crm.TokenOf(bruno, "ZohoCRM.modules.leads.READ"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(conn.Get(ctx, "Leads", zohohub.Params{"fields": "Last_Name"}, nil))
	fmt.Println(errors.Is(conn.Delete(ctx, "Leads", zohohub.Params{"ids": "1"}, nil), zohohub.ErrScopeMismatch))
	// Output:
	// <nil>
	// true
}

// Yuki's account is in Japan: wherever the sign-in begins, the application is told to go on there.
func ExampleServer_AddDataCenter() {
	crm := zohohubtest.Start()
	defer crm.Close()
	japan := crm.AddDataCenter("jp")
	yuki := crm.AddUser(zohohubtest.User{LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})

	// What a browser sends when Yuki accepts.
	page, err := url.Parse(zohohub.NewAuth(crm.Config()).URL("state"))
	if err != nil {
		log.Fatal(err)
	}
	form := page.Query()
	form.Set("user", yuki)
	form.Set("decision", "accept")
	browser := &http.Client{
		Transport:     crm.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := browser.PostForm(crm.URL()+"/oauth/v2/auth", form)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	back, err := resp.Location()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(back.Host, back.Query().Get("location"), back.Query().Get("accounts-server") == japan)
	// Output: app.example jp true
}

// Whose consent was withdrawn has to sign in again.
func ExampleServer_RevokeTokensOf() {
	crm := zohohubtest.Start()
	defer crm.Close()
	const bruno = "3652397000000186022"
	conn, err := zohohub.NewConnection(crm.Config(), crm.TokenOf(bruno))
	if err != nil {
		log.Fatal(err)
	}

	crm.RevokeTokensOf(bruno)
	_, err = conn.CurrentUser(context.Background())
	fmt.Println(errors.Is(err, zohohub.ErrAuthentication))
	// Output: true
}
