package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// listing is one list to measure: [zohohub.Record.All] over so many leads.
type listing struct {
	Leads  int
	Wide   bool          // leads of more fields than one call gives
	Sorted bool          // by Modified_Time, an order that moves
	Pause  time.Duration // what the reader takes for a page of its own
	Runs   int           // of which the highest peaks count
}

func (l listing) String() string {
	fields := "37 fields"
	if l.Wide {
		fields = "57 fields"
	}
	if l.Sorted {
		fields += ", sorted"
	}
	if l.Pause > 0 {
		return fmt.Sprintf("%s, %v a page", fields, l.Pause)
	}
	return fields
}

// memoryListings are two sizes of each kind, so that what grows with the list shows in the ratio of the second to the
// first; what the ids take that are kept of a list whose order moves; and a reader that is slower than the server. A
// collection that comes late makes a peak by chance, and a longer list has more chances: the shorter ones run more often.
var memoryListings = [][]listing{
	{{Leads: 100_000, Runs: 5}, {Leads: 1_000_000, Runs: 1}},
	{{Leads: 100_000, Runs: 5, Wide: true}, {Leads: 1_000_000, Runs: 1, Wide: true}},
	{{Leads: 100_000, Runs: 3}, {Leads: 100_000, Runs: 3, Sorted: true}},
	{{Leads: 100_000, Runs: 3}, {Leads: 100_000, Runs: 3, Pause: 20 * time.Millisecond}},
}

// reportMemory measures each listing and prints a table, with the ratio of the second to the first of each pair.
func reportMemory(ctx context.Context, w io.Writer, pairs [][]listing) error {
	fmt.Fprintf(w, `%s, %d cores: Record.All, each list in a fresh process, the server in another; GC settings are Go's own
Peaks in MB, looked at each millisecond and at each page's end: heap is HeapAlloc (garbage not yet collected included),
live what a collection found in use, in use HeapInuse, RSS the kernel's VmHWM; of several runs the highest of each, as
a longer list has more chances of a late collection. Of the list that is sorted by Modified_Time the ids are kept, up
to 100,000, so that a lead whose place has moved comes once. Zoho's own lists, and zohohubtest's, end at 100,000 records
(ErrTruncated); the server here makes its leads up and does not end there.

`, runtime.Version(), runtime.GOMAXPROCS(0))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tleads\truns\ttime\theap\tlive\tin use\tRSS\t")
	for _, pair := range pairs {
		var measured []peaks
		for _, l := range pair {
			var p peaks
			for range l.Runs {
				run, err := measureList(ctx, l)
				if err != nil {
					return fmt.Errorf("%d leads, %v: %w", l.Leads, l, err)
				}
				p = p.or(run)
			}
			measured = append(measured, p)
			fmt.Fprintf(t, "%v\t%d\t%d\t%v\t%.1f\t%.1f\t%.1f\t%.1f\t\n", l, l.Leads, l.Runs, p.Took.Round(100*time.Millisecond),
				megabytes(p.Heap), megabytes(p.Live), megabytes(p.InUse), megabytes(p.Resident))
		}
		a, b := measured[0], measured[len(measured)-1]
		fmt.Fprintf(t, "ratio\t\t\t\t%.2f\t%.2f\t%.2f\t%.2f\t\n", ratio(a.Heap, b.Heap), ratio(a.Live, b.Live),
			ratio(a.InUse, b.InUse), ratio(a.Resident, b.Resident))
	}
	return t.Flush()
}

func megabytes(n uint64) float64 { return float64(n) / 1e6 }

func ratio(a, b uint64) float64 { return float64(b) / float64(a) }

// measureList lists in one new process what another serves.
func measureList(ctx context.Context, l listing) (peaks, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // of several errors' ways out, none leaves a process
	server, err := self(ctx, "serve", strconv.Itoa(l.Leads))
	if err != nil {
		return peaks{}, err
	}
	alive, err := server.StdinPipe()
	if err != nil {
		return peaks{}, err
	}
	says, err := server.StdoutPipe()
	if err != nil {
		return peaks{}, err
	}
	if err := server.Start(); err != nil {
		return peaks{}, err
	}
	url, _ := bufio.NewReader(says).ReadString('\n') // without a URL the list fails and says so
	p, err := runList(ctx, strings.TrimSpace(url), l)
	_ = alive.Close()
	if ended := server.Wait(); err == nil {
		err = ended
	}
	return p, err
}

func runList(ctx context.Context, url string, l listing) (peaks, error) {
	what, err := json.Marshal(l)
	if err != nil {
		return peaks{}, err
	}
	cmd, err := self(ctx, "list", url, string(what))
	if err != nil {
		return peaks{}, err
	}
	out, err := cmd.Output()
	if err != nil {
		return peaks{}, err
	}
	var p peaks
	return p, json.Unmarshal(out, &p)
}

// self is this program again, for another part; what it has to complain of goes where this one's complaints go.
func self(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // this program, with words of its own
	cmd.Stderr = os.Stderr
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); name != "GOGC" && name != "GOMEMLIMIT" {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	return cmd, nil
}

// part plays the part that [self] started this process for, if it did.
func part(ctx context.Context, args []string) (started bool, err error) {
	switch {
	case len(args) == 2 && args[0] == "serve":
		return true, serve(ctx, args[1])
	case len(args) == 3 && args[0] == "list":
		return true, list(ctx, args[1], args[2])
	case len(args) == 1 && args[0] == "fake":
		return true, fake()
	}
	return false, nil
}

// serve prints where it listens, and serves until its input ends: with who started it, whatever becomes of that.
func serve(ctx context.Context, leads string) error {
	n, err := strconv.Atoi(leads)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: endless{n}, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	fmt.Printf("http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
