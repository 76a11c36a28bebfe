package zohohub_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestDate(t *testing.T) {
	t.Parallel()
	d := NewDate(2026, time.February, 30)
	assert.Equal(t, Date{2026, time.March, 2}, d)
	assert.Equal(t, "2026-03-02", d.String())
	assert.Equal(t, d, DateOf(d.Time(time.FixedZone("", 14*3600))))
	assert.True(t, Date{}.IsZero())
	assert.Empty(t, Date{}.String())

	text, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, `"2026-03-02"`, string(text))
	var back Date
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, d, back)
	require.NoError(t, back.UnmarshalText(nil))
	assert.True(t, back.IsZero())
	assert.EqualError(t, back.UnmarshalText([]byte("1 May")), `zohohub: "1 May" is not a date such as 2026-05-01`)
}

// TestLightRoot guards what a service links in when it imports the library.
func TestLightRoot(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	for _, unwanted := range []string{"testing", "github.com/stretchr/testify/assert", "github.com/jarcoal/httpmock"} {
		assert.NotContains(t, deps, unwanted)
	}
	allowed := []string{
		"github.com/zohohub/zohohub", "golang.org/x/", "github.com/go-resty/resty/v2", "github.com/go-json-experiment/json",
	}
	for _, d := range deps {
		if !strings.Contains(strings.SplitN(d, "/", 2)[0], ".") || strings.HasPrefix(d, "vendor/") {
			continue // the standard library
		}
		assert.True(t, hasAnyPrefix(d, allowed), "the root needs %s", d)
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
