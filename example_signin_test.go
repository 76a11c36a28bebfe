package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// A web service whose users sign in with Zoho.
func ExampleAuth_CallbackHandler() {
	crm := zohohubtest.Start()
	defer crm.Close()
	mux := http.NewServeMux()
	service := httptest.NewServer(mux)
	defer service.Close()

	cfg := crm.Config()
	cfg.RedirectURL = service.URL + "/oauth2callback" // as registered in Zoho's API console
	cfg.Store = zohohub.NewMemoryStore()              // one that outlives the process is under tokenstore
	crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
	auth := zohohub.NewAuth(cfg)

	mux.Handle("/login", auth.LoginHandler())
	mux.Handle("/oauth2callback", auth.CallbackHandler(func(w http.ResponseWriter, r *http.Request, tok *zohohub.Token) {
		// Here the service begins a session of its own for tok.User.
		fmt.Fprintln(w, "hello", tok.User)
	}, zohohub.OnSignInError(func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, "Please sign in again.", http.StatusForbidden)
	})))

	fmt.Println(agree(service.URL + "/login"))
	conn, err := auth.Open(context.Background(), "ana.silva@example.com") // the user of a session
	if err != nil {
		log.Fatal(err)
	}
	me, err := conn.CurrentUser(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.FullName)
	if err := auth.SignOut(context.Background(), "ana.silva@example.com"); err != nil {
		log.Fatal(err)
	}
	_, err = auth.Open(context.Background(), "ana.silva@example.com")
	fmt.Println(errors.Is(err, zohohub.ErrTokenNotFound))
	// Output:
	// hello ana.silva@example.com
	// Ana Silva
	// true
}

// agree is a browser whose user agrees on the consent page that the address leads to; it gives the page that comes then.
func agree(address string) (page string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	defer browser.CloseIdleConnections()
	consent, err := browser.Get(address)
	if err != nil {
		log.Fatal(err)
	}
	_ = consent.Body.Close()
	form := consent.Request.URL.Query()
	form.Set("decision", "accept")
	consent.Request.URL.RawQuery = ""
	answer, err := browser.PostForm(consent.Request.URL.String(), form)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// A token that was got elsewhere, by a self client for example, goes into the store under its user.
func ExampleOpen() {
	crm := zohohubtest.Start()
	defer crm.Close()
	ctx := context.Background()
	cfg := crm.Config()
	cfg.Store = zohohub.NewMemoryStore()
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: cfg.ClientID, User: "ana.silva@example.com"}
	if err := cfg.Store.Save(ctx, key, crm.Token()); err != nil {
		log.Fatal(err)
	}

	conn, err := zohohub.Open(ctx, cfg, "Ana.Silva@example.com")
	if err != nil {
		log.Fatal(err)
	}
	me, err := conn.CurrentUser(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.FullName)
	// Output: Ana Silva
}

func ExampleConnection_Doctor() {
	crm := zohohubtest.Start()
	defer crm.Close()
	cfg := crm.Config()
	cfg.Scopes = []string{"ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"}
	auth := zohohub.NewAuth(cfg)
	tok, err := auth.Exchange(context.Background(), crm.GrantCode("ZohoCRM.modules.ALL", "ZohoCRM.users.READ"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := zohohub.NewConnection(cfg, tok)
	if err != nil {
		log.Fatal(err)
	}
	d, err := conn.Doctor(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.User, d.Email)
	fmt.Println("missing", d.Missing)
	// Output:
	// Ana Silva ana.silva@example.com
	// missing [ZohoCRM.org.READ ZohoCRM.settings.ALL]
}
