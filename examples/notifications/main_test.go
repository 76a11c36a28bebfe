package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/example"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func clearEnv(t *testing.T) {
	t.Helper()
	example.Offline(t)
	t.Chdir(t.TempDir())
}

func TestNotifications(t *testing.T) {
	clearEnv(t)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, nil))
	text := regexp.MustCompile(`http://[\d.:]+\d|\d{4}-\d\d-\d\d`).ReplaceAllString(out.String(), "…")
	assert.Equal(t, `No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at ….

The channel lives until ….
insert of Doe, Lisboa []
update of Doe, Porto [City]
delete of 1
`, text)
}

func TestNotificationsFaults(t *testing.T) {
	clearEnv(t)
	var out bytes.Buffer
	require.Error(t, run(t.Context(), &out, []string{"-listen", "nowhere:x"}))
	require.Error(t, run(t.Context(), &out, []string{"-nonsense"}))
	t.Setenv("ZOHO_CLIENT_ID", "1000.FAKE")
	t.Setenv("ZOHO_CLIENT_SECRET", "fake-client-secret")
	t.Setenv("ZOHO_REFRESH_TOKEN", "1000.fake-refresh-token")
	require.EqualError(t, run(t.Context(), &out, nil), "-url: under which address does Zoho reach this server?")
}
