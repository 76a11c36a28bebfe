// Bench compares what reading a page of records costs with zohohub and with net/http and encoding/json, and measures the
// memory that a long list and a large file take, and what becomes of many callbacks.
//
//	go run ./bench                                   prints the table of costs
//	go run ./bench -memory                           prints the memory of lists of 100,000 and 1,000,000 leads
//	go run ./bench -file 100                         prints the memory of a file of 100 MB, up and down
//	go run ./bench -callbacks 1000                   prints what becomes of ten seconds of so many callbacks a second
//	go run ./bench -write bench/testdata/page.json   writes the page again
//	go test -bench . ./bench                         the work of the first table as Go benchmarks
//
// It needs getrusage, so it runs on Unix only.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
)

func main() {
	ctx := context.Background()
	if started, err := part(ctx, os.Args[1:]); started {
		exit(err)
	}
	memory := flag.Bool("memory", false, "measure the memory of long lists, for some minutes, and end")
	file := flag.Int64("file", 0, "measure the memory of a file of so many MB, up and down, and end")
	callbacks := flag.Int("callbacks", 0, "send so many callbacks of notification channels a second, for ten seconds, and end")
	rounds := flag.Int("rounds", 15, "rounds, each side once a round")
	runs := flag.Int("runs", 40, "pages a round")
	write := flag.String("write", "", "write the page to this file and end")
	flag.Parse()
	if *memory {
		exit(reportMemory(ctx, os.Stdout, memoryListings))
	}
	if *file > 0 {
		exit(reportFiles(ctx, os.Stdout, *file*1e6))
	}
	if *callbacks > 0 {
		exit(reportFlood(ctx, os.Stdout, *callbacks, 10))
	}
	exit(run(ctx, os.Stdout, *rounds, *runs, *write))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, w io.Writer, rounds, runs int, write string) error {
	if write != "" {
		b, err := page()
		if err != nil {
			return err
		}
		return os.WriteFile(write, b, 0o600)
	}
	all, err := comparisons(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, %d cores; a page of %d leads, %d bytes; medians of %d rounds of %d pages each\n\n",
		runtime.Version(), runtime.GOMAXPROCS(0), leadsPerPage, len(pageJSON), rounds, runs)
	return report(w, all, rounds, runs)
}

func comparisons(ctx context.Context) ([]comparison, error) {
	client := &http.Client{Transport: memory{}}
	leads, err := leadsOver(client)
	if err != nil {
		return nil, err
	}
	return []comparison{
		{
			name:     "decode",
			baseline: func() error { _, err := baselineDecode(pageJSON); return err },
			ours:     func() error { _, err := codecDecode(pageJSON); return err },
		},
		{
			name:     "whole call",
			baseline: func() error { _, err := baseline(ctx, client); return err },
			ours:     func() error { _, err := readPage(ctx, leads); return err },
		},
	}, nil
}
