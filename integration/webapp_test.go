package integration

import (
	"bufio"
	"context"
	"io"
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
const clicksTake = 30 * time.Second

// webappEnds bounds how long the program may take to end, on a busy machine too. For the connections that Chromium opens ahead
// of need net/http alone would wait five seconds.
const webappEnds = 3 * time.Second

// userList is the consent page's.
const userList = `select[name="user"]`

// TestWebapp has Chromium click through examples/webapp, of which two processes are one service: they share the SQLite file
// that tokens and sessions are in by default, and the way back from Zoho. With -artifacts its pictures of the pages are kept.
func TestWebapp(t *testing.T) {
	t.Parallel()
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

	copies := startWebapps(t, crm, 2)
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
		began := time.Now()
		c.end(t)
		assert.Less(t, time.Since(began), webappEnds, "Chromium is still connected")
	}
	assert.Regexp(t, `^time=\S+ level=WARN msg="zohohub: sign-in failed" error="[^"]*access_denied[^"]*"\n$`, copies[0].complaints)
	assert.Empty(t, copies[1].complaints)
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

// openChromium starts a browser that reaches nothing but this machine, and ends with the test.
func openChromium(t *testing.T, path string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(clicksTake),
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
	said       *bufio.Reader
	ended      bool
	complaints string // what it said when it ran
}

// startWebapps builds the program and starts copies of it, for which one way back from Zoho is registered: to the first.
func startWebapps(t *testing.T, crm *zohohubtest.Server, n int) (copies []*webapp) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "webapp")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/zohohub/zohohub/examples/webapp").CombinedOutput()
	require.NoError(t, err, "%s", said)
	cfg, home := crm.Config(), t.TempDir()
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ZOHO_") && !strings.HasPrefix(v, "TOKEN_") {
			env = append(env, v)
		}
	}
	env = append(env, "HOME="+home, "XDG_CONFIG_HOME="+home,
		"ZOHO_CLIENT_ID="+cfg.ClientID, "ZOHO_CLIENT_SECRET="+cfg.ClientSecret, "ZOHO_ACCOUNTS_URL="+cfg.AccountsURL, "ZOHO_API_DOMAIN="+cfg.APIDomain)
	for range n {
		host := "127.0.0.1:" + freePort(t)
		if len(copies) == 0 {
			cfg.RedirectURL = "http://" + host + "/callback"
			crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
			env = append(env, "ZOHO_REDIRECT_URI="+cfg.RedirectURL)
		}
		c := exec.Command(binary, "-listen", host)
		c.Dir, c.Env = t.TempDir(), env
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		c.Stderr = c.Stdout
		require.NoError(t, c.Start())
		w := &webapp{address: "http://" + host, process: c, said: bufio.NewReader(out)}
		t.Cleanup(func() { w.end(t) })
		first, err := w.said.ReadString('\n')
		require.NoError(t, err)
		place := regexp.MustCompile(`^Tokens and sessions are kept in the SQLite file (\S+)\.\n$`).FindStringSubmatch(first)
		require.NotNil(t, place, first)
		w.file = place[1]
		second, err := w.said.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "The leads are at "+strings.TrimSuffix(cfg.RedirectURL, "/callback")+" (end with Ctrl-C).\n", second)
		copies = append(copies, w)
	}
	assert.Equal(t, copies[0].file, copies[n-1].file)
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
	rest, err := io.ReadAll(w.said)
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
