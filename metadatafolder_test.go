package zohohub_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// fromFolder is a connection that has a folder.
func fromFolder(t *testing.T, crm *zohohubtest.Server, dir string) *Connection {
	t.Helper()
	cfg := crm.Config()
	cfg.MetadataDir = dir
	conn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	return conn
}

// put writes a file into a folder.
func put(t *testing.T, dir, name, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
}

func TestSaveMetadata(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	dir := filepath.Join(t.TempDir(), "cache", "zoho") // made on the way
	crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	want := everyList(t, conn)
	crm.ResetRequests()
	require.NoError(t, conn.SaveMetadata(t.Context(), dir, "Leads", "Contacts"))
	assert.Equal(t, []string{"GET /crm/v8/settings/modules", "GET /crm/v8/settings/fields", "GET /crm/v8/settings/fields"}, asked(crm))

	files, err := filepath.Glob(filepath.Join(dir, "fields", "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(dir, "fields", "Contacts.json"), filepath.Join(dir, "fields", "Leads.json")}, files)
	text, err := os.ReadFile(filepath.Join(dir, "modules", "Leads.json"))
	require.NoError(t, err)
	assert.Regexp(t, `^\{\n  "`, string(text), "for people too")

	crm.ResetRequests()
	there := fromFolder(t, crm, dir)
	modules, err := there.Modules(t.Context())
	require.NoError(t, err)
	assert.Len(t, modules, len(want[0].([]Module)))
	module, err := there.Module(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, "Lead", module.SingularLabel)
	fields, err := there.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, ofFields(want[2].([]Field)), ofFields(fields))
	assert.Empty(t, asked(crm))
	for lead, err := range NewRecord[Dynamic](there, InModule("Leads")).All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "Doe", lead.Fields["Last_Name"])
	}
	for _, line := range asked(crm) {
		assert.Equal(t, "GET /crm/v8/Leads", line, "the names of the fields are known")
	}

	crm.ResetRequests()
	fields, err = there.Fields(t.Context(), "Deals")
	require.NoError(t, err)
	assert.NotEmpty(t, fields)
	assert.Equal(t, []string{"GET /crm/v8/settings/fields"}, asked(crm), "what the folder has not is asked for")
	everyList(t, conn)
	assert.Len(t, asked(crm), 1+lists, "the connection that saved forgot what it had kept")
}

// ofFields are fields without their bytes, which are set out otherwise in a file.
func ofFields(fields []Field) []Field {
	for i := range fields {
		fields[i].Raw = nil
	}
	return fields
}

func TestSaveMetadataOfAll(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	dir := t.TempDir()
	put(t, dir, "modules/Leads.json", "old")
	put(t, dir, "notes.txt", "mine")
	crm.Inject(zohohubtest.Fault{Path: "/settings/fields", Status: http.StatusForbidden, Code: "NO_PERMISSION", After: 1, Times: 1})
	callers := []string{"mine"}
	err := conn.SaveMetadata(t.Context(), dir, callers[:0]...)
	require.ErrorIs(t, err, ErrNoPermission, "of one module, and the others are there")
	assert.Equal(t, []string{"mine"}, callers)
	modules, err := conn.Modules(t.Context())
	require.NoError(t, err)
	served := 0
	for _, m := range modules {
		text, err := os.ReadFile(filepath.Join(dir, "modules", m.APIName+".json"))
		require.NoError(t, err)
		assert.JSONEq(t, string(m.Raw), string(text))
		_, err = os.Stat(filepath.Join(dir, "fields", m.APIName+".json"))
		if m.APISupported {
			served++
		}
		if err == nil {
			served--
			assert.True(t, m.APISupported)
		}
	}
	assert.Equal(t, 1, served, "the fields of all that the API serves, but of one")
	assert.FileExists(t, filepath.Join(dir, "notes.txt"))
	rest, err := filepath.Glob(filepath.Join(dir, "*", ".*"))
	require.NoError(t, err)
	assert.Empty(t, rest, "nothing unfinished is left")
}

func TestSaveMetadataRefusals(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	dir := t.TempDir()
	for _, name := range []string{"", "../Leads", "Leads/x", "Leads.json", `a\b`} {
		require.Error(t, conn.SaveMetadata(t.Context(), dir, "Leads", name), name)
	}
	require.ErrorContains(t, conn.SaveMetadata(t.Context(), ""), "the folder's name is empty")
	assert.Empty(t, asked(crm))

	require.ErrorIs(t, conn.SaveMetadata(t.Context(), dir, "Nonsense"), ErrInvalidModule)
	put(t, dir, "file", "")
	err := conn.SaveMetadata(t.Context(), filepath.Join(dir, "file"))
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "save metadata", e.Op)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, conn.SaveMetadata(ctx, dir), context.Canceled)
}

// TestSaveHostileNames has a Zoho that calls its modules what would lead out of the folder.
func TestSaveHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../../evil", "..", "a/b", `a\\b`, ".hidden", "CON", "nul\u0000"} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "in")
		quoted, err := json.Marshal(name)
		require.NoError(t, err)
		conn, _ := described(t, Config{}, map[string]string{"v8/settings/modules": `{"modules":[{"api_name":` + string(quoted) + `}]}`})
		err = conn.SaveMetadata(t.Context(), dir)
		require.ErrorIs(t, err, ErrInvalidModule, name)
		var found []string
		require.NoError(t, filepath.WalkDir(parent, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				found = append(found, path)
			}
			return err
		}))
		assert.Empty(t, found, name)
	}
	conn, _ := described(t, Config{}, map[string]string{"v8/settings/modules": `{"modules":[{"api_name":null},{}]}`})
	require.NoError(t, conn.SaveMetadata(t.Context(), t.TempDir()), "what has no name cannot be asked for either")
}

func TestDamagedFolder(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	calls := map[string]func(*Connection) error{
		"modules": func(c *Connection) error { _, err := c.Modules(t.Context()); return err },
		"module":  func(c *Connection) error { _, err := c.Module(t.Context(), "Leads"); return err },
		"fields":  func(c *Connection) error { _, err := c.Fields(t.Context(), "Leads"); return err },
		"dynamic": func(c *Connection) error {
			for _, err := range NewRecord[Dynamic](c, InModule("Leads")).All(t.Context()) {
				return err
			}
			return nil
		},
	}
	for name, c := range map[string]struct {
		file, content, says string
		calls               []string
	}{
		"a module cut":            {"modules/Leads.json", `{"api_name":"Lea`, "it is no JSON, or has been cut", []string{"modules", "module"}},
		"a module of another":     {"modules/Leads.json", `{"api_name":"Deals"}`, `its api_name is "Deals"`, []string{"modules", "module"}},
		"no module":               {"modules/Leads.json", `[]`, `its api_name is ""`, []string{"modules", "module"}},
		"an empty file":           {"modules/Leads.json", ``, "it is no JSON", []string{"modules", "module"}},
		"a name that is none":     {"modules/a b.json", `{"api_name":"a b"}`, `"a b" is not a module's API name`, []string{"modules"}},
		"fields cut":              {"fields/Leads.json", `[{"api_name":"Last_Name"},`, "it is no JSON, or has been cut", []string{"fields", "dynamic"}},
		"fields as Zoho has them": {"fields/Leads.json", `{"fields":[]}`, "it is no list of fields", []string{"fields", "dynamic"}},
		"no fields":               {"fields/Leads.json", `null`, "it is no list of fields", []string{"fields", "dynamic"}},
		"a field that is none":    {"fields/Leads.json", `[{"api_name":"Last_Name"},7]`, "entry 1 of the list is no field", []string{"fields", "dynamic"}},
		"too many bytes":          {"fields/Leads.json", `[` + strings.Repeat(" ", 16<<20) + `]`, "it has 16777218 bytes, and may have 16777216", []string{"fields"}},
		"a folder for a file":     {"fields/Leads.json/x", `[]`, "it is no file", []string{"fields"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, c.file, c.content)
			conn := fromFolder(t, crm, dir)
			for _, call := range c.calls {
				err := calls[call](conn)
				var e *Error
				require.ErrorAs(t, err, &e, call)
				assert.ErrorContains(t, err, c.says, call)
				assert.ErrorContains(t, err, filepath.Join(dir, strings.TrimSuffix(c.file, "/x")), call)
			}
		})
	}
	t.Run("not there at all", func(t *testing.T) {
		t.Parallel()
		conn := fromFolder(t, crm, filepath.Join(t.TempDir(), "nowhere"))
		for call, do := range calls {
			require.ErrorContains(t, do(conn), "Config.MetadataDir: ", call)
		}
	})
	t.Run("mended", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		put(t, dir, "fields/Leads.json", `[`)
		conn := fromFolder(t, crm, dir)
		require.Error(t, calls["fields"](conn))
		put(t, dir, "fields/Leads.json", `[{"api_name":"Last_Name"}]`)
		require.NoError(t, calls["fields"](conn), "what failed is not kept")
	})
	assert.Empty(t, asked(crm), "nobody asks Zoho behind the back of a folder that is damaged")
}

// TestFolderIsAWall has links that lead out of the folder, and names that would.
func TestFolderIsAWall(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	outside := t.TempDir()
	put(t, outside, "secret.json", `[{"api_name":"Secret"}]`)
	dir := filepath.Join(outside, "in")
	put(t, dir, "fields/Contacts.json", `[{"api_name":"Last_Name"}]`)
	if err := os.Symlink(filepath.Join(outside, "secret.json"), filepath.Join(dir, "fields", "Leads.json")); err != nil {
		t.Skip(err)
	}
	conn := fromFolder(t, crm, dir)
	_, err := conn.Fields(t.Context(), "Leads")
	require.ErrorContains(t, err, filepath.Join(dir, "fields", "Leads.json"))
	_, err = conn.Fields(t.Context(), "../../secret")
	require.ErrorIs(t, err, ErrInvalidModule)
	assert.Empty(t, asked(crm))
}

// TestFolderOfZohoHub reads what that library writes: the objects by themselves, with the keys of v2.
func TestFolderOfZohoHub(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	dir := t.TempDir()
	put(t, dir, "modules/Leads.json", "{\n  \"api_name\": \"Leads\",\n  \"convertable\": true,\n  \"api_supported\": true,\n  \"singular_label\": \"Lead\",\n  \"visible\": true\n}")
	put(t, dir, "fields/Leads.json", "[\n  {\n    \"api_name\": \"Last_Name\",\n    \"data_type\": \"text\",\n    \"length\": 80,\n    \"lookup\": {\n    },\n    \"unique\": {\n    }\n  }\n]")
	put(t, dir, "modules/.keep", "")
	put(t, dir, "fields/README.md", "not ours")
	conn := fromFolder(t, crm, dir)
	modules, err := conn.Modules(t.Context())
	require.NoError(t, err)
	require.Len(t, modules, 1)
	assert.Equal(t, []bool{true, true, true}, []bool{modules[0].Convertible, modules[0].APISupported, modules[0].Visible})
	fields, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	require.Len(t, fields, 1)
	assert.Equal(t, 80, fields[0].Length)
	assert.False(t, fields[0].Unique)
	assert.Empty(t, asked(crm))
}
