package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// transfer is a file on its way up and down again, and what that takes in the client's process and in the fake CRM's.
type transfer struct {
	size                                       int64
	upClient, upServer, downClient, downServer peaks
}

// reportFiles measures the memory that a file of so many bytes takes, and prints a table.
func reportFiles(ctx context.Context, w io.Writer, size int64) error {
	t, err := measureFile(ctx, size)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, `%s, %d cores: a file of %.0f MB through Attachments.Upload and Download, client and zohohubtest in a process each
Peaks in MB beyond what the process had before, looked at each millisecond: heap is HeapAlloc (garbage not yet collected
included), live what a collection found in use, in use HeapInuse; RSS is the kernel's VmHWM, of the whole process

`, runtime.Version(), runtime.GOMAXPROCS(0), megabytes(uint64(size))) //nolint:gosec // no size is negative
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\ttime\theap\tlive\tin use\tRSS\t")
	for _, row := range []struct {
		name string
		peaks
	}{{"up, client", t.upClient}, {"up, fake CRM", t.upServer}, {"down, client", t.downClient}, {"down, fake CRM", t.downServer}} {
		fmt.Fprintf(table, "%s\t%v\t%.1f\t%.1f\t%.1f\t%.1f\t\n", row.name, row.Took.Round(10*time.Millisecond),
			megabytes(row.Heap), megabytes(row.Live), megabytes(row.InUse), megabytes(row.Resident))
	}
	return table.Flush()
}

// measureFile sends a file to a fake CRM in another process, and fetches it again from there.
func measureFile(ctx context.Context, size int64) (t transfer, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // of several errors' ways out, none leaves a process
	server, err := startFake(ctx)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	conn, err := zohohub.NewConnection(
		zohohub.Config{ClientID: server.at.ClientID, AccountsURL: server.at.URL, APIDomain: server.at.URL}, &zohohub.Token{AccessToken: server.at.AccessToken},
	)
	if err != nil {
		return t, err
	}
	files := zohohub.NewRecord[Lead](conn).Attachments(server.at.Lead)
	if _, err := files.Upload(ctx, "small", newPattern(1)); err != nil { // what is made once is not the file's
		return t, err
	}

	t.size = size
	want := newPattern(size)
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, want); err != nil {
		return t, err
	}
	expected := sum.Sum32()
	if _, err := want.Seek(0, io.SeekStart); err != nil {
		return t, err
	}
	var id string
	t.upClient, t.upServer, err = server.measure(func() error {
		made, err := files.Upload(ctx, "large", want)
		if err == nil {
			id = made.ID
		}
		return err
	})
	if err != nil {
		return t, err
	}
	sum.Reset()
	t.downClient, t.downServer, err = server.measure(func() error {
		_, err := files.Download(ctx, id, sum)
		return err
	})
	if err == nil && sum.Sum32() != expected {
		err = errors.New("what came down is not what went up")
	}
	return t, err
}

// pattern is a file that is nowhere: each byte follows from its place.
type pattern struct{ *io.SectionReader }

func newPattern(size int64) pattern { return pattern{io.NewSectionReader(patternAt{}, 0, size)} }

type patternAt struct{}

func (patternAt) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		n := off + int64(i)
		p[i] = byte(n ^ n>>8 ^ n>>16) //nolint:gosec // the lowest byte is meant
	}
	return len(p), nil
}

// extra measures what a piece of work takes beyond what the process has.
func extra(work func() error) (peaks, error) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	w := startWatch()
	start := time.Now()
	err := work()
	took := time.Since(start)
	p := w.stop()
	if err != nil {
		return p, err
	}
	p.Took, p.Heap, p.InUse = took, less(p.Heap, before.HeapAlloc), less(p.InUse, before.HeapInuse)
	p.Live = less(p.Live, before.HeapAlloc)
	p.Resident, err = residentPeak()
	return p, err
}

func less(a, b uint64) uint64 { return a - min(a, b) }

// fakePlace is where a fake CRM is, and how to sign in there.
type fakePlace struct{ URL, ClientID, AccessToken, Lead string }

// fakeProcess is a fake CRM in a process of its own.
type fakeProcess struct {
	at   fakePlace
	cmd  *exec.Cmd
	tell io.WriteCloser
	says *json.Decoder
}

func startFake(ctx context.Context) (*fakeProcess, error) {
	cmd, err := self(ctx, "fake")
	if err != nil {
		return nil, err
	}
	f := &fakeProcess{cmd: cmd}
	if f.tell, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	says, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	f.says = json.NewDecoder(says)
	return f, f.says.Decode(&f.at)
}

// measure measures a piece of work here and there.
func (f *fakeProcess) measure(work func() error) (here, there peaks, err error) {
	var started bool
	if _, err = io.WriteString(f.tell, "begin\n"); err == nil {
		err = f.says.Decode(&started)
	}
	if err != nil {
		return here, there, err
	}
	here, err = extra(work)
	_, told := io.WriteString(f.tell, "end\n")
	return here, there, errors.Join(err, told, f.says.Decode(&there))
}

func (f *fakeProcess) end() error {
	_ = f.tell.Close()
	return f.cmd.Wait()
}

// fake is the part of the fake CRM's process: it prints where it is, and then, as it is told on its input, measures itself
// between "begin" and "end". It ends with its input.
func fake() error {
	crm := zohohubtest.Start()
	defer crm.Close()
	out := json.NewEncoder(os.Stdout)
	err := out.Encode(fakePlace{ //nolint:gosec // the token is the fake's, and ends with it
		URL: crm.URL(), ClientID: crm.Config().ClientID, AccessToken: crm.Token().AccessToken,
		Lead: crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0],
	})
	told := bufio.NewScanner(os.Stdin)
	for err == nil && told.Scan() {
		var p peaks
		p, err = extra(func() error {
			err := out.Encode(true)
			told.Scan()
			return err
		})
		err = errors.Join(err, out.Encode(p))
	}
	return err
}
