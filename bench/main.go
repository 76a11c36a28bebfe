// Bench compares what reading a page of records costs with zohohub and with net/http and encoding/json.
//
//	go run ./bench                                   prints the table
//	go run ./bench -write bench/testdata/page.json   writes the page again
//	go test -bench . ./bench                         the same work as Go benchmarks
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
	rounds := flag.Int("rounds", 15, "rounds, each side once a round")
	runs := flag.Int("runs", 40, "pages a round")
	write := flag.String("write", "", "write the page to this file and end")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *rounds, *runs, *write); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
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
