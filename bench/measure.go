package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"
)

// comparison is one piece of work done by the baseline and by zohohub.
type comparison struct {
	name           string
	baseline, ours func() error
}

// cost is what one run of a piece of work takes.
type cost struct {
	cpu    time.Duration // of all threads, garbage collection included
	allocs float64
	bytes  float64
}

// measure does both sides in turn, A B A B, so that whatever else the machine does meets both; the medians count.
func (c comparison) measure(rounds, runs int) (baseline, ours cost, err error) {
	var a, b []cost
	for range rounds {
		for _, side := range []struct {
			run  func() error
			into *[]cost
		}{{c.baseline, &a}, {c.ours, &b}} {
			cost, err := measure(side.run, runs)
			if err != nil {
				return cost, cost, fmt.Errorf("%s: %w", c.name, err)
			}
			*side.into = append(*side.into, cost)
		}
	}
	return median(a), median(b), nil
}

func measure(run func() error, runs int) (cost, error) {
	runtime.GC() // what the other side left is not this one's to clear
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, err := cpuTime()
	if err != nil {
		return cost{}, err
	}
	for range runs {
		if err := run(); err != nil {
			return cost{}, err
		}
	}
	end, err := cpuTime()
	if err != nil {
		return cost{}, err
	}
	runtime.ReadMemStats(&after)
	n := float64(runs)
	return cost{
		cpu:    (end - start) / time.Duration(runs),
		allocs: float64(after.Mallocs-before.Mallocs) / n,
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / n,
	}, nil
}

// cpuTime is the process's, user and system: unlike the clock's it does not count what others do on the machine.
func cpuTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

func median(costs []cost) cost {
	middle := func(of func(cost) float64) float64 {
		values := make([]float64, len(costs))
		for i, c := range costs {
			values[i] = of(c)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return cost{
		cpu:    time.Duration(middle(func(c cost) float64 { return float64(c.cpu) })),
		allocs: middle(func(c cost) float64 { return c.allocs }),
		bytes:  middle(func(c cost) float64 { return c.bytes }),
	}
}

func report(w io.Writer, comparisons []comparison, rounds, runs int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tCPU/page\tMB/s\tallocs/page\tkB/page\tCPU ratio\tallocs ratio\tbytes ratio\t")
	for _, c := range comparisons {
		base, ours, err := c.measure(rounds, runs)
		if err != nil {
			return err
		}
		row(t, c.name+", encoding/json", base, base)
		row(t, c.name+", zohohub", ours, base)
	}
	return t.Flush()
}

func row(w io.Writer, name string, c, base cost) {
	fmt.Fprintf(w, "%s\t%v\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t\n", name,
		c.cpu.Round(time.Microsecond), float64(len(pageJSON))/1e6/c.cpu.Seconds(), c.allocs, c.bytes/1e3,
		float64(c.cpu)/float64(base.cpu), c.allocs/base.allocs, c.bytes/base.bytes)
}
