package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file of 20 MB takes less than half of what it is, on both sides: it is nowhere whole.
func TestMemoryOfAFile(t *testing.T) {
	t.Parallel()
	f, err := measureFile(t.Context(), 20e6)
	require.NoError(t, err)
	t.Logf("%+v", f)
	for name, p := range map[string]peaks{"up": f.upServer, "down": f.downServer, "up, here": f.upClient, "down, here": f.downClient} {
		assert.Positive(t, p.Took, name)
		assert.Less(t, p.Live, uint64(8e6), name)
		assert.Less(t, p.Heap, uint64(10e6), name)
	}
}

func TestReportFiles(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, reportFiles(t.Context(), &out, 1e6))
	assert.Regexp(t, `a file of 1 MB`, out.String())
	assert.Regexp(t, `(?m)^ +up, client +\S+s +\d+\.\d `, out.String())
	assert.Regexp(t, `(?m)^ *down, fake CRM +`, out.String())
}
