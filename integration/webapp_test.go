package integration

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// clicksTake bounds what a page may take to come, on a busy machine too.
const clicksTake = 30 * time.Second

// TestWebapp has Chromium click through examples/webapp, of which two processes share a folder of tokens. With -artifacts
// its pictures of the pages are kept.
func TestWebapp(t *testing.T) {
	t.Parallel()
	chromium := lookChromium(t)
	crm := zohohubtest.NewServer(t)
	eva := crm.AddUser(zohohubtest.User{FirstName: "Eva", LastName: "Melo", Email: "eva.melo@example.com"})
	crm.Seed("Leads",
		zohohub.Fields{"First_Name": "Rui", "Last_Name": "Fonseca", "Company": "Fonseca & Filhos", "City": "Lisboa", "Lead_Status": "Contacted"},
		zohohub.Fields{"First_Name": "Marta", "Last_Name": "Pires", "Company": "Pires <Pianos>", "City": "Coimbra", "Owner": zohohub.Lookup{ID: eva}})
	binary := filepath.Join(t.TempDir(), "webapp")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/zohohub/zohohub/examples/webapp").CombinedOutput()
	require.NoError(t, err, "%s", said)
	tokens := t.TempDir()
	copies := []string{startWebapp(t, binary, crm, tokens), startWebapp(t, binary, crm, tokens)}

	// Each copy has cookies of its own in the browser: those do not tell ports apart.
	browser := openChromium(t, chromium)
	var tabs []tab
	for range copies {
		ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
		t.Cleanup(cancel)
		require.NoError(t, chromedp.Do(ctx)) // opens it, under a context that lives on
		tabs = append(tabs, tab{t, ctx})
	}
	const consent = `select[name="user"]`
	leads := [][]string{
		{"Marta Pires", "Pires <Pianos>", "Coimbra", "", "Eva Melo"}, {"Rui Fonseca", "Fonseca & Filhos", "Lisboa", "Contacted", "Ana Silva"},
	}
	for i, b := range tabs {
		b.do(chromedp.EmulateViewport(1100, 700), chromedp.Navigate(copies[i]+"/"), chromedp.Click("#login"), chromedp.WaitVisible(consent))
		assert.Equal(t, "Allow access", look(b, chromedp.Title()))
		b.do(chromedp.SetValue(consent, eva))
		b.keep("consent.png")
		b.do(chromedp.Click(`button[value="accept"]`), chromedp.WaitVisible("#leads"))
		b.keep("leads.png")
		assert.Equal(t, []string{copies[i] + "/leads", "eva.melo@example.com"}, []string{look(b, chromedp.Location()), look(b, chromedp.Text("#user"))})
		assert.ElementsMatch(t, leads, b.leads())
	}
	require.Equal(t, 2, tokenRequests(crm), "one for each sign-in")

	for round := 1; round <= 3; round++ {
		crm.ExpireTokens()
		var both sync.WaitGroup
		for _, b := range tabs {
			both.Go(func() {
				b.do(chromedp.Reload(), chromedp.WaitVisible("#leads"))
				assert.ElementsMatch(t, leads, b.leads())
			})
		}
		both.Wait()
		assert.Equal(t, 2+round, tokenRequests(crm), "one refresh for both")
	}

	tabs[0].do(chromedp.Click("#sign-out"), chromedp.WaitVisible("#login"))
	tabs[0].keep("signed-out.png")
	tabs[0].do(chromedp.Navigate(copies[0]+"/leads"), chromedp.WaitVisible("#login"))
	tabs[1].do(chromedp.Reload(), chromedp.WaitVisible("#login"))
	left, err := filepath.Glob(filepath.Join(tokens, "*.json"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// tab is one of the browser's. Its methods may be called on any goroutine.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp's contexts are its tabs
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

// keep takes a picture of the page.
func (b tab) keep(name string) {
	b.t.Helper()
	assert.NoError(b.t, os.WriteFile(filepath.Join(b.t.ArtifactDir(), name), look(b, chromedp.CaptureScreenshot()), 0o600))
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

// startWebapp starts a copy of the program on a CRM, and ends it as a service manager does.
func startWebapp(t *testing.T, binary string, crm *zohohubtest.Server, tokens string) (address string) {
	t.Helper()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := free.Addr().String()
	require.NoError(t, free.Close())
	cfg := crm.Config()
	cfg.RedirectURL = "http://" + host + "/callback"
	crm.AddClient(cfg.ClientID, cfg.ClientSecret, cfg.RedirectURL)
	c := exec.Command(binary, "-listen", host, "-store", "file:"+tokens)
	c.Dir = t.TempDir()
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ZOHO_") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "ZOHO_CLIENT_ID="+cfg.ClientID, "ZOHO_CLIENT_SECRET="+cfg.ClientSecret, "ZOHO_REDIRECT_URI="+cfg.RedirectURL,
		"ZOHO_ACCOUNTS_URL="+cfg.AccountsURL, "ZOHO_API_DOMAIN="+cfg.APIDomain)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.Stderr = c.Stdout
	require.NoError(t, c.Start())
	said := bufio.NewReader(out)
	t.Cleanup(func() {
		assert.NoError(t, c.Process.Signal(syscall.SIGTERM))
		rest, err := io.ReadAll(said)
		assert.NoError(t, err)
		assert.Empty(t, string(rest), "it complained")
		assert.NoError(t, c.Wait())
	})
	first, err := said.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "The leads are at http://"+host+" (end with Ctrl-C).\n", first)
	return "http://" + host
}
