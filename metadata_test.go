package zohohub_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// described is a connection to a Zoho that answers each GET with what answers has for its path and query, and the list of
// what it was asked.
func described(t *testing.T, cfg Config, answers map[string]string) (*Connection, *[]string) {
	t.Helper()
	var asked []string
	cfg.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		path := strings.TrimPrefix(r.URL.RequestURI(), "/crm/")
		asked = append(asked, path)
		body, ok := answers[path]
		if !assert.True(t, ok, path) || body == "" {
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody}, nil
		}
		return jsonAnswer(http.StatusOK, body), nil
	})}
	conn, err := NewConnection(cfg, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	return conn, &asked
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestModules(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, _ *zohohubtest.Server, conn *Connection) {
		modules, err := conn.Modules(t.Context())
		require.NoError(t, err)
		byName := map[string]Module{}
		for _, m := range modules {
			assert.True(t, json.Valid(m.Raw))
			assert.NotEmpty(t, m.ID)
			byName[m.APIName] = m
		}
		want := Module{
			APIName: "Leads", Name: "Leads", SingularLabel: "Lead", PluralLabel: "Leads", GeneratedType: "default", Visible: true, ShowAsTab: true,
			QuickCreate: true, Creatable: true, Editable: true, Deletable: true, Viewable: true, Convertible: true, APISupported: true,
		}
		if v >= "v5" {
			want.Status = "visible"
		}
		assert.Equal(t, want, bare(byName["Leads"]))
		rows := byName["Quoted_Items"]
		assert.Equal(t, "subform", rows.GeneratedType)
		assert.Equal(t, "Quotes", rows.ParentModule)
		assert.False(t, rows.Visible)

		leads, err := conn.Module(t.Context(), "Leads")
		require.NoError(t, err)
		assert.Equal(t, want, bare(*leads))
		assert.Contains(t, string(leads.Raw), `"search_layout_fields"`, "one tells more than all")
	})
}

// bare leaves out what is another's business to choose.
func bare(m Module) Module {
	m.Raw, m.WebLink, m.ID, m.Place, m.Profiles, m.ModifiedBy = nil, "", "", 0, nil, Lookup{}
	m.ModifiedTime, m.Description = m.ModifiedTime.Truncate(1<<62), ""
	return m
}

// TestModuleWhole reads one with every key that says something.
func TestModuleWhole(t *testing.T) {
	t.Parallel()
	const raw = `{"id":"2175","api_name":"Boats","module_name":"CustomModule4","singular_label":"Boat","plural_label":"Boats","generated_type":"custom",
		"status":"user_hidden","visible":false,"show_as_tab":true,"quick_create":true,"sequence_number":"7","web_link":"/x","description":"Ours",
		"creatable":true,"editable":true,"deletable":"true","viewable":true,"convertable":true,"api_supported":true,
		"parent_module":{"api_name":"Harbours","id":"3"},"profiles":[{"id":"9","name":"Standard"}],
		"modified_by":{"id":"5","name":"Ana Silva"},"modified_time":"2026-05-01T10:00:00+01:00"}`
	conn, _ := described(t, Config{}, map[string]string{"v8/settings/modules/Boats": `{"modules":[` + raw + `]}`})
	m, err := conn.Module(t.Context(), "Boats")
	require.NoError(t, err)
	assert.Equal(t, &Module{
		ID: "2175", APIName: "Boats", Name: "CustomModule4", SingularLabel: "Boat", PluralLabel: "Boats", GeneratedType: "custom",
		ParentModule: "Harbours", Status: "user_hidden", ShowAsTab: true, QuickCreate: true, Place: 7, WebLink: "/x", Description: "Ours",
		Creatable: true, Editable: true, Deletable: true, Viewable: true, Convertible: true, APISupported: true,
		Profiles: []Lookup{{ID: "9", Name: "Standard"}}, ModifiedBy: Lookup{ID: "5", Name: "Ana Silva"},
		ModifiedTime: m.ModifiedTime, Raw: json.RawMessage(raw),
	}, m)
	assert.Equal(t, "2026-05-01T09:00:00Z", m.ModifiedTime.UTC().Format("2006-01-02T15:04:05Z07:00"))
}

func TestMetadataRefusals(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	lists := map[string]func(context.Context, string) error{
		"Module":       func(ctx context.Context, name string) error { _, err := conn.Module(ctx, name); return err },
		"Fields":       func(ctx context.Context, name string) error { _, err := conn.Fields(ctx, name); return err },
		"Layouts":      func(ctx context.Context, name string) error { _, err := conn.Layouts(ctx, name); return err },
		"RelatedLists": func(ctx context.Context, name string) error { _, err := conn.RelatedLists(ctx, name); return err },
		"CustomViews":  func(ctx context.Context, name string) error { _, err := conn.CustomViews(ctx, name); return err },
	}
	for call, list := range lists {
		crm.ResetRequests()
		require.ErrorContains(t, list(ctx, ""), "the module's name is empty", call)
		assert.Empty(t, asked(crm), call)
		for _, name := range []string{"Nonsense", "../Leads", "Leads?x=1"} {
			require.ErrorIs(t, list(ctx, name), ErrInvalidModule, "%s(%q)", call, name)
		}
	}
	crm.ResetRequests()
	for _, name := range []string{"..", "Leads/1", "Leads?x=1", "a b", strings.Repeat("x", 200) + "/"} {
		err := lists["Module"](ctx, name)
		require.ErrorIs(t, err, ErrInvalidModule)
		assert.Less(t, len(err.Error()), 200)
	}
	assert.Empty(t, asked(crm), "no name that is none gets into a path")
}

// TestMetadataAnswers holds what is read of answers that are none of Zoho's, or that are empty.
func TestMetadataAnswers(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *Connection) (int, error){
		"v8/settings/modules": func(ctx context.Context, c *Connection) (int, error) { l, err := c.Modules(ctx); return len(l), err },
		"v8/settings/fields?module=Leads": func(ctx context.Context, c *Connection) (int, error) {
			l, err := c.Fields(ctx, "Leads")
			return len(l), err
		},
		"v8/settings/layouts?module=Leads": func(ctx context.Context, c *Connection) (int, error) {
			l, err := c.Layouts(ctx, "Leads")
			return len(l), err
		},
		"v8/settings/custom_views?module=Leads&page=1&per_page=200": func(ctx context.Context, c *Connection) (int, error) {
			l, err := c.CustomViews(ctx, "Leads")
			return len(l), err
		},
		"v8/settings/roles": func(ctx context.Context, c *Connection) (int, error) { l, err := c.Roles(ctx); return len(l), err },
	}
	for path, call := range calls {
		key, _, _ := strings.Cut(strings.TrimPrefix(path, "v8/settings/"), "?")
		for answer, want := range map[string]int{
			"":                                    0,
			`{"` + key + `":[]}`:                  0,
			`{"` + key + `":[{},7,"x",null,[1]]}`: 5, // of an entry that is none nothing is known, and the others are
			`{"other":[]}`:                        -1,
			`{"` + key + `":{}}`:                  -1,
			`[]`:                                  -1,
		} {
			conn, _ := described(t, Config{}, map[string]string{path: answer})
			n, err := call(t.Context(), conn)
			if want < 0 {
				var e *Error
				require.ErrorAs(t, err, &e, "%s: %s", path, answer)
				assert.Equal(t, http.StatusOK, e.Status)
				assert.Zero(t, n)
				continue
			}
			require.NoError(t, err, "%s: %s", path, answer)
			assert.Equal(t, want, n, "%s: %s", path, answer)
		}
	}
	conn, _ := described(t, Config{}, map[string]string{"v8/settings/modules/Leads": ""})
	_, err := conn.Module(t.Context(), "Leads")
	require.ErrorIs(t, err, ErrInvalidModule)
}

// TestMetadataScope says what a token without the scope is told.
func TestMetadataScope(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Inject(zohohubtest.Fault{Path: "/settings/fields", Status: http.StatusUnauthorized, Code: "OAUTH_SCOPE_MISMATCH", Times: -1})
	_, err := conn.Fields(t.Context(), "Leads")
	require.ErrorIs(t, err, ErrScopeMismatch)
}

func TestRelatedListsAreKeptToo(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	first, err := conn.RelatedLists(t.Context(), "Leads")
	require.NoError(t, err)
	again, err := conn.RelatedLists(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, first, again)
	assert.Equal(t, []string{"GET /crm/v8/settings/related_lists"}, asked(crm))
	assert.True(t, slices.ContainsFunc(first, func(l RelatedList) bool { return l.APIName == "Notes" && l.Module == "Notes" }))
}
