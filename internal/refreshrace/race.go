// Package refreshrace shows that processes which share a store share one refresh. It is for the tests of stores that several
// processes use: the test's own binary is started again, several times, and each process opens the store for itself.
//
//	var stores = map[string]refreshrace.Opener{"file": open}
//
//	func TestMain(m *testing.M) {
//		refreshrace.Child(stores)
//		goleak.VerifyTestMain(m)
//	}
//
//	func TestProcesses(t *testing.T) { refreshrace.Run(t, stores, "file", t.TempDir()) }
package refreshrace

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

const (
	processes = 8
	rounds    = 50
	// refreshTakes is how long the accounts server takes, so that all processes come while one of them refreshes.
	refreshTakes = 30 * time.Millisecond
	// The budget and the lease are those of zohohub; a change there is to be seen here.
	budget = 10
	window = 10 * time.Minute
	lease  = 20 * time.Second
	// besides is what a busy machine may take beyond the lease, for a look at the lock and a refresh. It is less than another
	// lease, which nobody waits for.
	besides = 15 * time.Second
)

// Run tests a store of that name at an address, in subtests that run side by side:
//
//   - OneRefresh: eight processes, all refreshing at once, cost one refresh, in each of fifty rounds
//   - Budget: two processes refresh in turns, and the eleventh refresh within ten minutes is not sent
//   - Killed: a process that is killed in the midst of a refresh delays the others by its lease at most. It takes as long
//     as that, 20 s, and is left out by -short.
func Run(t *testing.T, stores map[string]Opener, name, address string) {
	t.Helper()
	for _, sub := range []struct {
		name string
		run  func(*testing.T, *course)
	}{{"OneRefresh", oneRefresh}, {"Budget", spendBudget}, {"Killed", killed}} {
		t.Run(sub.name, func(t *testing.T) {
			t.Parallel()
			if sub.name == "Killed" && testing.Short() {
				t.Skipf("it takes the lease of %v", lease)
			}
			store, done, err := stores[name](t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			if done != nil {
				t.Cleanup(func() {
					if err := done(); err != nil {
						t.Error(err)
					}
				})
			}
			sub.run(t, &course{name, address, store, zohohubtest.NewServer(t)})
		})
	}
}

// course is what the processes run on.
type course struct {
	name, address string
	store         zohohub.TokenStore
	crm           *zohohubtest.Server
}

// oneRefresh has eight processes refresh at once.
func oneRefresh(t *testing.T, c *course) {
	runners := c.start(t, processes)
	c.crm.Inject(zohohubtest.Fault{Path: "/oauth/v2/token", Times: -1, Delay: refreshTakes})
	var took []time.Duration
	for round := range rounds {
		user := fmt.Sprintf("one-%d@example.com", round)
		c.seed(t, user, c.fresh())
		c.crm.ResetRequests()
		begin := time.Now()
		for i, r := range c.together(t, runners, user) {
			if r.Error != "" {
				t.Errorf("round %d, process %d: %s", round, i, r.Error)
			} else if kept := c.load(t, user).AccessToken; r.Got != kept {
				t.Errorf("round %d, process %d has another token than the store", round, i)
			}
		}
		took = append(took, time.Since(begin))
		if n := c.refreshes(); n != 1 {
			t.Errorf("round %d: %d refreshes of %d processes, want 1", round, n, processes)
		}
		if n := len(c.load(t, user).Refreshes); n != 1 {
			t.Errorf("round %d: the store has noted %d refreshes, want 1", round, n)
		}
		if t.Failed() {
			return
		}
	}
	slices.Sort(took)
	t.Logf("%s: %d rounds of %d processes, %d callers each: 1 refresh each round; a round took %v in the middle, %v at most",
		c.name, rounds, processes, callers, took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
}

// spendBudget has two processes refresh in turns.
func spendBudget(t *testing.T, c *course) {
	const user = "budget@example.com"
	runners := c.start(t, 2)
	c.seed(t, user, c.fresh())
	begin := time.Now()
	for n := range budget {
		if r := runners[n%2].ask(t, c.order(user)); r.Error != "" {
			t.Fatalf("refresh %d: %s", n+1, r.Error)
		}
		tok := c.load(t, user)
		tok.AccessToken = "" // as if it had ended
		c.seed(t, user, tok)
	}
	if n := c.refreshes(); n != budget {
		t.Fatalf("%d refreshes, want %d", n, budget)
	}
	for i, runner := range runners {
		r := runner.ask(t, c.order(user))
		least, most := window-time.Since(begin), window
		if !r.Throttled || r.RetryAfter < least || r.RetryAfter > most {
			t.Errorf("process %d: got %+v, want one that is throttled for %v to %v", i, r, least, most)
		}
	}
	if n := c.refreshes(); n != budget {
		t.Errorf("refresh %d was sent", n)
	}
}

// killed kills a process while it refreshes.
func killed(t *testing.T, c *course) {
	const user = "killed@example.com"
	runners := c.start(t, 3)
	c.seed(t, user, c.fresh())
	c.crm.Inject(zohohubtest.Fault{Path: "/oauth/v2/token", Hang: true})
	runners[0].send(t, c.order(user))
	c.await(t, func() bool { return c.refreshes() == 1 })
	runners[0].kill(t)
	begin := time.Now()
	for _, r := range c.together(t, runners[1:], user) {
		if r.Error != "" {
			t.Fatal(r.Error)
		}
	}
	took := time.Since(begin)
	if took < lease/2 || took > lease+besides {
		t.Errorf("the others were delayed by %v, the lease is %v", took, lease)
	}
	if n := c.refreshes(); n != 2 {
		t.Errorf("%d refreshes, want that of the killed process and one more", n)
	}
	if n := len(c.load(t, user).Refreshes); n != 2 {
		t.Errorf("the store has noted %d refreshes, want 2: who was killed has asked, too", n)
	}
	t.Logf("%s: a process that was killed while it refreshed delayed the others by %v; the lease is %v", c.name, took.Round(time.Millisecond), lease)
}

// fresh is a refresh token that nobody has used.
func (c *course) fresh() *zohohub.Token {
	tok := c.crm.Token()
	return &zohohub.Token{RefreshToken: tok.RefreshToken, APIDomain: tok.APIDomain, AccountsURL: tok.AccountsURL}
}

func (c *course) key(user string) zohohub.Key {
	return zohohub.Key{Service: zohohub.ServiceCRM, ClientID: c.crm.Config().ClientID, User: user}
}

func (c *course) seed(t *testing.T, user string, tok *zohohub.Token) {
	t.Helper()
	if err := c.store.Save(t.Context(), c.key(user), tok); err != nil {
		t.Fatal(err)
	}
}

func (c *course) load(t *testing.T, user string) *zohohub.Token {
	t.Helper()
	tok, err := c.store.Load(t.Context(), c.key(user))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func (c *course) order(user string) order {
	cfg := c.crm.Config()
	return order{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, AccountsURL: cfg.AccountsURL, User: user}
}

// refreshes are those that reached the accounts server.
func (c *course) refreshes() (n int) {
	for _, r := range c.crm.Requests() {
		if r.Path == "/oauth/v2/token" {
			n++
		}
	}
	return n
}

// together has the processes refresh at once, and returns what each has got.
func (c *course) together(t *testing.T, runners []*runner, user string) []report {
	t.Helper()
	o := c.order(user)
	o.Ready = true
	for _, r := range runners {
		r.send(t, o)
	}
	for _, r := range runners {
		if got := r.receive(t); !got.Ready {
			t.Fatalf("a process is not ready: %+v", got)
		}
	}
	for _, r := range runners {
		r.send(t, order{})
	}
	reports := make([]report, len(runners))
	for i, r := range runners {
		reports[i] = r.receive(t)
	}
	return reports
}

// await waits for what happens in another process.
func (c *course) await(t *testing.T, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(time.Minute)
	for !happened() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("a process has not begun its refresh within a minute")
		}
	}
}
