package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest"
)

// item is the result of one row, rows those of one write, as script.mjs tells them.
type item struct {
	Code, Status string
	ID           *string
}

type rows struct {
	Status int
	Rows   []item
}

// told is what script.mjs has read through the SDK.
type told struct {
	Created, Updated, UpdatedOne, Upserted, Deleted, DeletedOne rows
	NoteCreated, Attached, TagsCreated, Tagged                  rows
	Enabled, EventsDisabled, Disabled, Notified                 rows

	One  map[string]any
	List struct {
		Records []map[string]any
		More    bool
	}
	Found                                    []map[string]any
	NotFound                                 int
	Notes, Attachments                       [][]string
	Downloaded                               []any
	Tags                                     []string
	Channels, ChannelsLeft, ChannelsAtTheEnd [][]any
	Modules                                  []string
	Fields                                   [][]string
}

// missing skips the test for want of something that a checkout need not have, but CI must.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func TestZohosNodeSDK(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Zoho's Node SDK needs node, and there is none in PATH")
	}
	if _, err := os.Stat(filepath.FromSlash("node/node_modules/@zohocrm/nodejs-sdk-8.0")); err != nil {
		missing(t, "Zoho's Node SDK is not installed: cd integration/node && npm ci")
	}
	crm := zohohubtest.NewServer(t)
	callbacks := newReceiver(t)
	got := run(t, node, crm, callbacks.server.URL+"/hook?from=sdk")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, crm.WaitForCallbacks(ctx))

	ok := func(ids ...string) []item {
		var items []item
		for _, id := range ids {
			items = append(items, item{"SUCCESS", "success", &id})
		}
		return items
	}
	one := func(r rows) string {
		t.Helper()
		require.NotEmpty(t, r.Rows)
		require.NotNil(t, r.Rows[0].ID)
		return *r.Rows[0].ID
	}

	// Records.
	require.Len(t, got.Created.Rows, 3)
	doe, roe := one(got.Created), *got.Created.Rows[1].ID
	assert.Equal(t, rows{207, append(ok(doe, roe), item{"MANDATORY_NOT_FOUND", "error", nil})}, got.Created)
	assert.Equal(t, map[string]any{
		"id": doe, "Last_Name": "Doe", "Company": "X & Söhne", "Annual_Revenue": 12.5, "Lead_Status": "Contacted", "Email": "doe@example.com", "Full_Name": "Doe",
	}, got.One)
	assert.Equal(t, []map[string]any{{"id": doe, "Last_Name": "Doe"}}, got.List.Records)
	assert.True(t, got.List.More)
	assert.Equal(t, rows{200, ok(doe)}, got.Updated)
	assert.Equal(t, rows{200, ok(doe)}, got.UpdatedOne)
	require.Len(t, got.Upserted.Rows, 2)
	added := *got.Upserted.Rows[1].ID
	assert.Equal(t, rows{200, ok(doe, added)}, got.Upserted)
	assert.Equal(t, []map[string]any{{"id": doe, "Last_Name": "Doe", "City": "Lisboa"}}, got.Found)
	assert.Equal(t, 204, got.NotFound)
	assert.Equal(t, rows{200, ok(added)}, got.Deleted)
	assert.Equal(t, rows{200, ok(roe)}, got.DeletedOne)
	leads := crm.Records("Leads")
	require.Len(t, leads, 2)
	assert.Equal(t, []any{doe, "Doe", "Z", "Lisboa", "doe@example.com", json.Number("12.5"), "Contacted"}, []any{
		leads[0]["id"], leads[0]["Last_Name"], leads[0]["Company"], leads[0]["City"], leads[0]["Email"], leads[0]["Annual_Revenue"], leads[0]["Lead_Status"],
	})
	notified := one(got.Notified)
	assert.Equal(t, []any{notified, "Told"}, []any{leads[1]["id"], leads[1]["Last_Name"]})

	// Notes.
	note := one(got.NoteCreated)
	assert.Equal(t, rows{201, ok(note)}, got.NoteCreated)
	assert.Equal(t, [][]string{{"Call", "Söhne: call back", doe}}, got.Notes)
	notes := crm.Records("Notes")
	require.Len(t, notes, 1)
	assert.Equal(t, []any{note, "Call", "Söhne: call back", doe}, []any{
		notes[0]["id"], notes[0]["Note_Title"], notes[0]["Note_Content"], notes[0]["Parent_Id"].(map[string]any)["id"],
	})

	// Attachments.
	content := strings.Repeat("attached by Zoho's SDK\n", 1000)
	attached := one(got.Attached)
	assert.Equal(t, rows{200, ok(attached)}, got.Attached)
	assert.Equal(t, [][]string{{attached, "Grüße.txt", "23000"}}, got.Attachments)
	assert.Equal(t, []any{"Grüße.txt", true}, got.Downloaded)
	files := crm.Attachments("Leads", doe)
	require.Len(t, files, 1)
	assert.Equal(t, "Grüße.txt", files[0].Name)
	stored, err := files[0].Open()
	require.NoError(t, err)
	kept, err := io.ReadAll(stored)
	require.NoError(t, err)
	require.NoError(t, stored.Close())
	assert.Equal(t, content, string(kept))

	// Tags.
	assert.Equal(t, 201, got.TagsCreated.Status)
	assert.Len(t, got.TagsCreated.Rows, 2)
	assert.ElementsMatch(t, []string{"VIP", "cold"}, got.Tags)
	assert.Equal(t, rows{200, ok(doe)}, got.Tagged)
	tags, _ := leads[0]["Tag"].([]any)
	require.Len(t, tags, 1)
	assert.Equal(t, "VIP", tags[0].(map[string]any)["name"])

	// Notifications.
	nameless := []item{{"SUCCESS", "success", nil}}
	assert.Equal(t, []rows{{201, nameless}, {200, nameless}, {200, nameless}}, []rows{got.Enabled, got.EventsDisabled, got.Disabled})
	assert.Equal(t, [][]any{{"1000000068001", []any{"Leads.create", "Leads.edit"}, "fake-token", "Leads"}}, got.Channels)
	assert.Equal(t, [][]any{{"1000000068001", []any{"Leads.create"}, "fake-token", "Leads"}}, got.ChannelsLeft)
	assert.Empty(t, got.ChannelsAtTheEnd)
	assert.Equal(t, []string{"/hook?from=sdk insert Leads " + notified + " fake-token"}, callbacks.all())

	// Metadata.
	assert.Subset(t, got.Modules, []string{"Leads", "Contacts", "Accounts", "Deals", "Notes"})
	assert.Subset(t, got.Fields, [][]string{{"Last_Name", "text"}, {"Owner", "ownerlookup"}, {"Annual_Revenue", "currency"}, {"Tag", "text"}})
	assertWire(t, crm.Requests())
}

// run gives what script.mjs tells of the CRM.
func run(t *testing.T, node string, crm *zohohubtest.Server, notifyURL string) told {
	t.Helper()
	config := crm.Config()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "script.mjs")
	cmd.Dir = "node"
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "TZ=UTC", "CRM_URL=" + crm.URL(), "CRM_CLIENT_ID=" + config.ClientID, "CRM_CLIENT_SECRET=" + config.ClientSecret,
		"CRM_REFRESH_TOKEN=" + crm.Token().RefreshToken, "CRM_NOTIFY_URL=" + notifyURL, "CRM_FOLDER=" + t.TempDir(),
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	require.NoError(t, err, "%s\n%s\nlast asked: %v", &stdout, &stderr, lastAsked(crm))
	var got told
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &got), "%s", &stdout)
	return got
}

func lastAsked(crm *zohohubtest.Server) string {
	all := crm.Requests()
	if len(all) == 0 {
		return "nothing"
	}
	last := all[len(all)-1]
	return last.Method + " " + last.Path + "?" + last.Query.Encode() + " " + string(last.Body) + " " + http.StatusText(last.Status)
}

// assertWire looks at what makes the SDK another client than zohohub.
func assertWire(t *testing.T, requests []zohohubtest.Request) {
	t.Helper()
	refreshes, described, asked := 0, []string{}, []string{}
	for _, r := range requests {
		switch r.Path {
		case "/oauth/v2/token":
			refreshes++
			assert.True(t, strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data; boundary="), r.Header.Get("Content-Type"))
		case "/crm/v8/settings/fields":
			described = append(described, r.Query.Get("module"))
		case "/crm/v8/users", "/crm/v8/org":
			asked = append(asked, r.Path)
		}
		if strings.HasPrefix(r.Path, "/crm/") {
			assert.Equal(t, "Zoho-oauthtoken [redacted]", r.Header.Get("Authorization"))
			assert.NotEmpty(t, r.Header.Get("X-ZOHO-SDK"), r.Path)
		}
	}
	assert.Equal(t, 1, refreshes)
	assert.Equal(t, []string{"/crm/v8/users", "/crm/v8/org"}, asked, "it looks up whose token it is")
	assert.Subset(t, described, []string{"Leads", "Accounts"}, "it fetches the fields of the modules that lookups lead to as well")
}

// receiver takes callbacks.
type receiver struct {
	server *httptest.Server
	mu     sync.Mutex
	came   []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		var body struct {
			Operation, Module, Token string
			IDs                      []string
		}
		assert.NoError(t, json.NewDecoder(req.Body).Decode(&body))
		r.mu.Lock()
		defer r.mu.Unlock()
		r.came = append(r.came, strings.Join([]string{req.URL.String(), body.Operation, body.Module, strings.Join(body.IDs, ","), body.Token}, " "))
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.came)
}
