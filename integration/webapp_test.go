package integration

import (
	"bufio"
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
	"github.com/zohohub/zohohub/zohohubtest"
)

// clicksTake bounds what a page may take to come, on a busy machine too.
const clicksTake = time.Minute

// userList is the consent page's.
const userList = `select[name="user"]`

// TestWebapp starts copies of examples/webapp that are one service: they share a store, and the way back from Zoho.
func TestWebapp(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "webapp")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/zohohub/zohohub/examples/webapp").CombinedOutput()
	require.NoError(t, err, "%s", said)
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		clickThrough(t, binary)
	})
	for _, base := range webappBases {
		t.Run(base.name, func(t *testing.T) {
			t.Parallel()
			shareBase(t, binary, base.start)
		})
	}
}

// clickThrough has Chromium click through two copies on the SQLite file that they have by default. With -artifacts the
// pictures of the pages are kept.
func clickThrough(t *testing.T, binary string) {
	t.Helper()
	chromium := lookChromium(t)
	crm := zohohubtest.NewServer(t)
	crm.AddDataCenter("jp")
	eva := crm.AddUser(zohohubtest.User{FirstName: "Eva", LastName: "Melo", Email: "eva.melo@example.com"})
	yuki := crm.AddUser(zohohubtest.User{FirstName: "Yuki", LastName: "Mori", Email: "yuki.mori@example.com", DataCenter: "jp"})
	hostile, long := "<script>document.title='x'</script>", strings.Repeat("Pianos", 20)
	crm.Seed("Leads",
		zohohub.Fields{"First_Name": "Rui", "Last_Name": "Fonseca", "Company": "Fonseca & Filhos", "City": "Lisboa", "Lead_Status": "Contacted"},
		zohohub.Fields{"Last_Name": hostile, "Company": long, "City": "Coimbra", "Owner": zohohub.Lookup{ID: eva}})
	leads := [][]string{{hostile, long, "Coimbra", "", "Eva Melo"}, {"Rui Fonseca", "Fonseca & Filhos", "Lisboa", "Contacted", "Ana Silva"}}

	copies := startWebapps(t, binary, crm, `the SQLite file (\S+)`)
	browser := openChromium(t, chromium)
	evas, yukis := openTab(t, browser, chromedp.WithNewBrowserContext()), openTab(t, browser, chromedp.WithNewBrowserContext())

	// Who does not allow it is not signed in.
	evas.do(chromedp.Navigate(copies[0].address+"/leads"), chromedp.WaitVisible("#login"))
	evas.keep("login")
	evas.do(chromedp.Click("#login"), chromedp.WaitVisible(userList), chromedp.Click(`button[value="reject"]`), chromedp.WaitVisible("main.card h1"))
	evas.keep("refused")
	assert.Equal(t, "Not signed in", look(evas, chromedp.Title()))
	evas.do(chromedp.Click("a.button"), chromedp.WaitVisible("#login"))

	// Two users in two data centers. Whichever copy they begin at, the way back leads to the first; then both know them.
	for _, who := range []struct {
		tab
		id, mail string
	}{{evas, eva, "eva.melo@example.com"}, {yukis, yuki, "yuki.mori@example.com"}} {
		who.do(chromedp.Navigate(copies[1].address+"/"), chromedp.Click("#login"), chromedp.WaitVisible(userList))
		assert.Equal(t, "Allow access", look(who.tab, chromedp.Title()))
		who.do(chromedp.SetValue(userList, who.id), chromedp.Click(`button[value="accept"]`), chromedp.WaitVisible("#leads"))
		assert.Equal(t, copies[0].address+"/leads", look(who.tab, chromedp.Location()))
		for _, c := range copies {
			who.do(chromedp.Navigate(c.address+"/leads"), chromedp.WaitVisible("#leads"))
			assert.Equal(t, []string{"Leads", who.mail}, []string{look(who.tab, chromedp.Title()), look(who.tab, chromedp.Text("#user"))})
			assert.ElementsMatch(t, leads, who.leads())
		}
	}
	evas.keep("leads")
	require.Equal(t, 2, tokenRequests(crm), "one for each sign-in")

	// Eva is at both copies at once, Yuki at one.
	too := openTab(t, evas.ctx)
	too.do(chromedp.Navigate(copies[0].address+"/leads"), chromedp.WaitVisible("#leads"))
	for round := 1; round <= 3; round++ {
		crm.ExpireTokens()
		var all sync.WaitGroup
		for _, b := range []tab{evas, too, yukis} {
			all.Go(func() {
				b.do(chromedp.Reload(), chromedp.WaitVisible("#leads"))
				assert.ElementsMatch(t, leads, b.leads())
			})
		}
		all.Wait()
		assert.Equal(t, 2+2*round, tokenRequests(crm), "one refresh of each user")
	}

	// Eva signs out of both; Yuki stays.
	evas.do(chromedp.Click("#sign-out"), chromedp.WaitVisible("#login"))
	too.do(chromedp.Reload(), chromedp.WaitVisible("#login"))
	yukis.do(chromedp.Reload(), chromedp.WaitVisible("#leads"))
	assert.Equal(t, []string{"webapp-session", "zohocrm yuki.mori@example.com"}, copies[0].kept(t))
	yukis.do(chromedp.Click("#sign-out"), chromedp.WaitVisible("#login"))
	assert.Empty(t, copies[1].kept(t))

	for _, c := range copies {
		c.end(t) // though Chromium is still connected
	}
	assert.Regexp(t, `^time=\S+ level=WARN msg="zohohub: sign-in failed" error="[^"]*access_denied[^"]*"\n$`, copies[0].complaints)
	assert.Empty(t, copies[1].complaints)
}

// webappBases are the databases that copies share.
var webappBases = []struct {
	name string
	// start starts the database and names it for the flag, with a password, and for people.
	start func(t *testing.T) (flag, password, place string)
}{
	{"MariaDB", func(t *testing.T) (flag, password, place string) {
		t.Helper()
		root := mariaDB(t)
		_, err := open(t, "mysql", root).ExecContext(t.Context(), "GRANT ALL ON zohooauth.* TO jo@localhost IDENTIFIED BY 'fake-mysql-password'")
		require.NoError(t, err)
		return "mysql:jo:fake-mysql-password" + strings.TrimPrefix(root, "root"), "fake-mysql-password", `MySQL's database zohooauth at 127\.0\.0\.1:\d+`
	}},
	{"PostgreSQL", func(t *testing.T) (flag, password, place string) {
		t.Helper()
		return strings.Replace(postgreSQL(t), "postgres@", "postgres:fake-postgres-password@", 1), "fake-postgres-password", `PostgreSQL's database postgres at 127\.0\.0\.1:\d+`
	}},
	{"Redis", func(t *testing.T) (flag, password, place string) {
		t.Helper()
		return redisServer(t), redisPassword, `Redis's database 0 at 127\.0\.0\.1:\d+`
	}},
}

// shareBase has two copies share a database, encrypted.
func shareBase(t *testing.T, binary string, start func(t *testing.T) (flag, password, place string)) {
	t.Helper()
	flag, password, place := start(t)
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})
	copies := startWebapps(t, binary, crm, place+", encrypted", "-store", flag)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Jar: jar, Transport: transport}
	show := func(resp *http.Response, err error) (at *url.URL, page string) {
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, errors.Join(err, resp.Body.Close()))
		return resp.Request.URL, string(body)
	}
	at, page := show(client.Get(copies[0].address + "/login"))
	form := url.Values{"decision": {"accept"}, "user": {"3652397000000186022"}}
	for _, field := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	at, page = show(client.PostForm(at.String(), form))
	require.Equal(t, "/leads", at.Path, page)
	for range 3 {
		crm.ExpireTokens()
		for _, c := range copies {
			at, page = show(client.Get(c.address + "/leads"))
			require.Equal(t, "/leads", at.Path, page)
			require.Contains(t, page, `<b id="user">bruno.costa@example.com</b>`)
			require.Contains(t, page, `<td>Doe</td>`)
		}
	}
	assert.Equal(t, 1+3, tokenRequests(crm), "one refresh for both copies")
	_, _ = show(client.Post(copies[1].address+"/sign-out", "", nil))
	at, _ = show(client.Get(copies[0].address + "/leads"))
	assert.Equal(t, "/", at.Path)
	for _, c := range copies {
		c.end(t)
		assert.Empty(t, c.complaints)
		assert.NotContains(t, c.said, password)
	}
}

// tab is one of the browser's. Its methods may be called on any goroutine.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp's contexts are its tabs
}

func openTab(t *testing.T, browser context.Context, opts ...chromedp.ContextOption) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, opts...)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx)) // opens it, under a context that lives on
	return tab{t, ctx}
}

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, clicksTake)
	defer cancel()
	assert.NoError(b.t, chromedp.Do(ctx, steps...))
}

// look is what an action tells of the page.
func look[T any](b tab, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, clicksTake)
	defer cancel()
	seen, err := chromedp.Run(ctx, a)
	assert.NoError(b.t, err)
	return seen
}

// leads are the rows of the page's table.
func (b tab) leads() [][]string {
	b.t.Helper()
	return look(b, chromedp.Evaluate[[][]string](`[...document.querySelectorAll("#leads tbody tr")].map(row => [...row.cells].map(cell => cell.innerText))`))
}

// keep takes pictures of the page, in a window of a desk and in one of a telephone, into which it has to fit.
func (b tab) keep(name string) {
	b.t.Helper()
	for _, window := range []struct {
		name          string
		width, height int64
	}{{"narrow", 360, 740}, {"wide", 1100, 700}} {
		b.do(chromedp.EmulateViewport(window.width, window.height))
		file := filepath.Join(b.t.ArtifactDir(), name+"-"+window.name+".png")
		assert.NoError(b.t, os.WriteFile(file, look(b, chromedp.CaptureScreenshot()), 0o600))
		assert.LessOrEqual(b.t, look(b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)), window.width, "%s is wider than the window", name)
	}
}

func lookChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "the webapp is clicked through by Chromium, and there is none in PATH: apt-get install chromium fonts-liberation")
	return ""
}

// openChromium starts a browser that reaches nothing but this machine, and ends with the test. Its folder is chromedp's to
// remove: what Chromium has started may write there after its end, and chromedp waits for that, as t.TempDir does not.
func openChromium(t *testing.T, path string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(clicksTake),
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-gpu", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))...)
	t.Cleanup(cancel)
	browser, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	t.Cleanup(func() { assert.NoError(t, chromedp.Cancel(browser)) }) // and waits
	require.NoError(t, chromedp.Do(browser))
	return browser
}

func tokenRequests(crm *zohohubtest.Server) (n int) {
	for _, r := range crm.Requests() {
		if r.Path == "/oauth/v2/token" {
			n++
		}
	}
	return n
}

// webapp is a copy of the program that runs.
type webapp struct {
	address    string // of this copy
	file       string // the SQLite file that it says it uses
	process    *exec.Cmd
	out        *bufio.Reader
	said       string // at the start
	ended      bool
	complaints string // what it said when it ran
}

// startWebapps starts two copies of the program, for which one way back from Zoho is registered: to the first. They are to
// say that they keep tokens in this place.
func startWebapps(t *testing.T, binary string, crm *zohohubtest.Server, place string, flags ...string) (copies []*webapp) {
	t.Helper()
	cfg, home := crm.Config(), t.TempDir()
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ZOHO_") && !strings.HasPrefix(v, "TOKEN_") {
			env = append(env, v)
		}
	}
	if strings.HasSuffix(place, "encrypted") {
		env = append(env, "TOKEN_KEY="+strings.Repeat("A", 43)+"=")
	}
	env = append(env, "HOME="+home, "XDG_CONFIG_HOME="+home,
		"ZOHO_CLIENT_ID="+cfg.ClientID, "ZOHO_CLIENT_SECRET="+cfg.ClientSecret, "ZOHO_ACCOUNTS_URL="+cfg.AccountsURL, "ZOHO_API_DOMAIN="+cfg.APIDomain)
	for range 2 {
		host := "127.0.0.1:" + freePort(t)
		if len(copies) == 0 {
			cfg.RedirectURL = "http://" + host + "/callback"
			crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
			env = append(env, "ZOHO_REDIRECT_URI="+cfg.RedirectURL)
		}
		c := exec.Command(binary, append([]string{"-listen", host}, flags...)...)
		c.Dir, c.Env = t.TempDir(), env
		pipe, err := c.StdoutPipe()
		require.NoError(t, err)
		c.Stderr = c.Stdout
		require.NoError(t, c.Start())
		w := &webapp{address: "http://" + host, process: c, out: bufio.NewReader(pipe)}
		t.Cleanup(func() { w.end(t) })
		for range 2 {
			line, err := w.out.ReadString('\n')
			w.said += line
			require.NoError(t, err, w.said)
		}
		said := regexp.MustCompile(`^Tokens and sessions are kept in ` + place + `\.
The leads are at ` + strings.TrimSuffix(cfg.RedirectURL, "/callback") + ` \(end with Ctrl-C\)\.\n$`).FindStringSubmatch(w.said)
		require.NotNil(t, said, w.said)
		w.file = said[len(said)-1]
		copies = append(copies, w)
	}
	return copies
}

// end ends the program as a service manager does.
func (w *webapp) end(t *testing.T) {
	t.Helper()
	if w.ended {
		return
	}
	w.ended = true
	assert.NoError(t, w.process.Process.Signal(syscall.SIGTERM))
	rest, err := io.ReadAll(w.out)
	assert.NoError(t, err)
	assert.NoError(t, w.process.Wait())
	w.complaints = string(rest)
}

// kept is what the program's store holds.
func (w *webapp) kept(t *testing.T) (kept []string) {
	t.Helper()
	store, err := sqlstore.New(open(t, "sqlite", w.file), sqlstore.SQLite)
	require.NoError(t, err)
	keys, err := store.List(t.Context())
	require.NoError(t, err)
	for _, k := range keys {
		if k.Service == zohohub.ServiceCRM {
			kept = append(kept, k.Service+" "+k.User)
		} else {
			kept = append(kept, k.Service)
		}
	}
	return kept
}
