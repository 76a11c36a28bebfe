package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
)

// peaks is the most memory, in bytes, that a process had while it listed.
type peaks struct {
	Took     time.Duration
	Heap     uint64 // runtime.MemStats.HeapAlloc
	Live     uint64 // what a collection found in use
	InUse    uint64 // runtime.MemStats.HeapInuse
	Resident uint64 // VmHWM of /proc/self/status; 0 where there is none
}

// or is the higher of each.
func (p peaks) or(q peaks) peaks {
	return peaks{max(p.Took, q.Took), max(p.Heap, q.Heap), max(p.Live, q.Live), max(p.InUse, q.InUse), max(p.Resident, q.Resident)}
}

// list is the part of the process that is measured: it lists, and prints its peaks.
func list(ctx context.Context, url, what string) error {
	var l listing
	if err := json.Unmarshal([]byte(what), &l); err != nil {
		return err
	}
	conn, err := connect(url, nil)
	if err != nil {
		return err
	}
	var opts []zohohub.ListOption
	if l.Sorted {
		opts = append(opts, zohohub.SortBy("Modified_Time"))
	}
	w := startWatch()
	start := time.Now()
	if l.Wide {
		err = readAll(zohohub.NewRecord[WideLead](conn, zohohub.InModule("Leads")).All(ctx, opts...), l, isWideLead, w.look)
	} else {
		err = readAll(zohohub.NewRecord[Lead](conn).All(ctx, opts...), l, isLead, w.look)
	}
	took := time.Since(start)
	p := w.stop()
	if err != nil {
		return err
	}
	p.Took = took
	if p.Resident, err = residentPeak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(p)
}

// readAll goes through a list, makes sure that each lead comes once, newest first and whole, and calls pageRead after
// each page.
func readAll[T any](all iter.Seq2[*T, error], l listing, is func(*T, int) bool, pageRead func()) error {
	seen := 0
	for got, err := range all {
		if err != nil {
			return fmt.Errorf("after %d leads: %w", seen, err)
		}
		seen++
		if seen > l.Leads || !is(got, l.Leads-seen) {
			return fmt.Errorf("the lead at place %d does not belong there", seen)
		}
		if seen%leadsPerPage == 0 {
			pageRead()
			if l.Pause > 0 {
				<-time.After(l.Pause)
			}
		}
	}
	if seen != l.Leads {
		return fmt.Errorf("the list ended after %d leads", seen)
	}
	return nil
}

func isLead(got *Lead, i int) bool { return got.ID == leadID(i) && got.Email == leadEmail(i) }

func isWideLead(got *WideLead, i int) bool {
	return isLead(&got.Lead, i) && got.Answer1 == leadAnswer(1, i) && got.Answer20 == leadAnswer(20, i)
}

// watch notes the peaks of this process's heap.
type watch struct {
	mu      sync.Mutex
	samples []metrics.Sample
	peaks   peaks
	end     context.CancelFunc
	ended   chan struct{}
}

// startWatch looks at the heap each millisecond until stop. Unlike runtime.ReadMemStats, looking stops nobody.
func startWatch() *watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{end: cancel, ended: make(chan struct{}), samples: []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/gc/heap/live:bytes"},
	}}
	go func() {
		defer close(w.ended)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.look()
			case <-ctx.Done():
				return
			}
		}
	}()
	return w
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	metrics.Read(w.samples)
	objects, unused, live := w.samples[0].Value.Uint64(), w.samples[1].Value.Uint64(), w.samples[2].Value.Uint64()
	w.peaks.Heap = max(w.peaks.Heap, objects)
	w.peaks.InUse = max(w.peaks.InUse, objects+unused)
	w.peaks.Live = max(w.peaks.Live, live)
}

func (w *watch) stop() peaks {
	w.end()
	<-w.ended
	return w.peaks
}

// residentPeak asks Linux. Elsewhere there is getrusage, but its figure counts what the process had before it became
// this program: a copy of its parent.
func residentPeak() (uint64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil { // not Linux
		return 0, nil
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kB, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64)
			return kB * 1024, err
		}
	}
	return 0, nil
}
