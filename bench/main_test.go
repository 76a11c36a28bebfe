package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if started, err := part(context.Background(), os.Args[1:]); started { // started by measureList
		exit(err)
	}
	goleak.VerifyTestMain(m)
}

func TestPageIsWhatTheGeneratorWrites(t *testing.T) {
	t.Parallel()
	want, err := page()
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, pageJSON), "testdata/page.json is not what `go run ./bench -write` writes")
}

func TestBothReadTheSame(t *testing.T) {
	t.Parallel()
	want, err := baselineDecode(pageJSON)
	require.NoError(t, err)
	require.Len(t, want, leadsPerPage)

	got, err := codecDecode(pageJSON)
	require.NoError(t, err)
	assert.Equal(t, want, tagged(got))
}

func TestBothFetchTheSame(t *testing.T) {
	t.Parallel()
	client := &http.Client{Transport: memory{}}
	want, err := baseline(t.Context(), client)
	require.NoError(t, err)
	require.Len(t, want, leadsPerPage)

	leads, err := leadsOver(client)
	require.NoError(t, err)
	got, err := readPage(t.Context(), leads)
	require.NoError(t, err)
	assert.Equal(t, want, tagged(got))
}

func TestReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, 1, 1, ""))
	assert.Contains(t, out.String(), "decode, zohohub")
	assert.Contains(t, out.String(), "whole call, zohohub")
}

func TestMedian(t *testing.T) {
	t.Parallel()
	costs := []cost{{3 * time.Second, 1, 30}, {time.Second, 3, 20}, {2 * time.Second, 2, 10}}
	assert.Equal(t, cost{2 * time.Second, 2, 20}, median(costs))
}

func tagged(leads []*Lead) []*TaggedLead {
	all := make([]*TaggedLead, len(leads))
	for i, lead := range leads {
		all[i] = (*TaggedLead)(lead)
	}
	return all
}

func BenchmarkPage(b *testing.B) {
	all, err := comparisons(b.Context())
	require.NoError(b, err)
	for _, c := range all {
		b.Run(c.name+"/encoding-json", func(b *testing.B) { benchmark(b, c.baseline) })
		b.Run(c.name+"/zohohub", func(b *testing.B) { benchmark(b, c.ours) })
	}
}

func benchmark(b *testing.B, run func() error) {
	b.Helper()
	b.ReportAllocs()
	b.SetBytes(int64(len(pageJSON)))
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
}
