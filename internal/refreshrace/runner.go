package refreshrace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// patience bounds how long a process may take to answer: longer than the lease, and than a refresh may take.
const patience = 2 * time.Minute

// runner is a process under orders.
type runner struct {
	process *exec.Cmd
	in      io.WriteCloser
	orders  *json.Encoder
	reports *json.Decoder
	stderr  bytes.Buffer
	stop    context.CancelFunc
	watch   *time.Timer // stops it when it is out of patience
	dead    bool
}

// start starts processes that end with the test.
func (c *course) start(t *testing.T, n int) []*runner {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	runners := make([]*runner, n)
	for i := range runners {
		ctx, stop := context.WithCancel(context.Background())
		r := &runner{process: exec.CommandContext(ctx, program), stop: stop, watch: time.AfterFunc(patience, stop)} //nolint:gosec // the test's own binary
		r.process.Env = append(os.Environ(), storeEnv+"="+c.name, addressEnv+"="+c.address)
		r.process.Stderr = &r.stderr
		in, err := r.process.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.process.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		r.in, r.orders, r.reports = in, json.NewEncoder(in), json.NewDecoder(out)
		if err := r.process.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.end(t) })
		runners[i] = r
	}
	return runners
}

// ask sends an order and waits for what came of it.
func (r *runner) ask(t *testing.T, o order) report {
	t.Helper()
	r.send(t, o)
	return r.receive(t)
}

func (r *runner) send(t *testing.T, o order) {
	t.Helper()
	r.watch.Reset(patience)
	if err := r.orders.Encode(o); err != nil { //nolint:gosec // the fake's client secret
		t.Fatalf("a process takes no orders: %v; it said %q", err, r.said())
	}
}

func (r *runner) receive(t *testing.T) (got report) {
	t.Helper()
	if err := r.reports.Decode(&got); err != nil {
		t.Fatalf("a process does not answer: %v; it said %q", err, r.said())
	}
	return got
}

// said is what a process that has ended told before.
func (r *runner) said() string {
	r.dead = true
	r.stop()
	_ = r.process.Wait() // it has failed, and stderr says how
	return r.stderr.String()
}

// kill ends the process as the system does when it runs out of memory: at once.
func (r *runner) kill(t *testing.T) {
	t.Helper()
	r.dead = true
	if err := r.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := r.process.Wait(); !errors.As(err, &exit) {
		t.Errorf("a process that was killed ended with %v", err)
	}
	r.stop()
}

// end lets the process end by itself.
func (r *runner) end(t *testing.T) {
	t.Helper()
	defer r.stop()
	defer r.watch.Stop()
	if r.dead {
		return
	}
	_ = r.in.Close() // which ends its orders
	if err := r.process.Wait(); err != nil {
		t.Errorf("a process ended with %v and said %q", err, r.stderr.String())
	}
}
