package zohohub

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJoinPathKeepsElementsApart(t *testing.T) {
	t.Parallel()
	for want, elems := range map[string][]string{
		"Leads":              {"Leads"},
		"Leads/1":            {"Leads", "1"},
		"Leads/a%2Fb":        {"Leads", "a/b"},
		"Leads/a%3Fx=1%23y":  {"Leads", "a?x=1#y"},
		"Leads/50%25%20off":  {"Leads", "50% off"},
		"Leads/jo@x.example": {"Leads", "jo@x.example"},
		"Leads/%C3%A9":       {"Leads", "é"},
		"Leads/a..b":         {"Leads", "a..b"},
	} {
		path, err := joinPath(elems...)
		require.NoError(t, err, want)
		assert.Equal(t, want, path)
		_, _, err = splitPath(path)
		require.NoError(t, err, "and Do takes what joinPath builds")
	}
	for _, id := range []string{"", " ", ".", "..", "../users", "1/../../users", `..\users`, "%2e%2e", "%252e%252e", "..;a", "1\n", "a\x00"} {
		_, err := joinPath("Leads", id)
		require.Error(t, err, "id %q", id)
	}
}

func FuzzJoinPath(f *testing.F) {
	for _, seed := range []string{"1", "", "..", "../users", "a/b?c#d", "%2e%2e", "50% off", "é", `\`, "..;x", "%25252e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		path, err := joinPath("Leads", id)
		if err != nil {
			return
		}
		u, err := url.Parse("https://zoho.invalid/crm/v8/" + path)
		require.NoError(t, err)
		assert.Equal(t, "/crm/v8/Leads/"+id, u.Path)
		assert.Equal(t, 4, strings.Count(u.EscapedPath(), "/"))
		assert.Empty(t, u.RawQuery+u.Fragment)
		assert.Equal(t, u.EscapedPath(), u.JoinPath().EscapedPath(), "cleaning it changes nothing")
	})
}

func TestTemplateOf(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"Leads":                               "Leads",
		"Leads/4000000000001":                 "Leads/{id}",
		"Leads/4000000000001/actions/convert": "Leads/{id}/actions/convert",
		"settings/custom_views":               "settings/custom_views",
		"CustomModule1/x@y.example":           "CustomModule1/{id}",
		"Leads/a%2Fb":                         "Leads/{id}",
	} {
		assert.Equal(t, want, templateOf(path))
	}
}

func TestParamText(t *testing.T) {
	t.Parallel()
	type word string
	n := 7
	var none *int
	query := url.Values{}
	require.NoError(t, addParams(query, Params{
		"word": word("w"), "pointer": &n, "nil": none, "nils": []string(nil), "empty": []string{}, "uint": uint8(200),
		"list": []any{1, "a", nil, true}, "int64": int64(9007199254740993), "float": 1e21, "float32": float32(0.1),
	}))
	assert.Equal(t, url.Values{
		"word": {"w"}, "pointer": {"7"}, "empty": {""}, "uint": {"200"}, "list": {"1,a,true"}, "int64": {"9007199254740993"},
		"float": {"1000000000000000000000"}, "float32": {"0.1"},
	}, query)
	for _, v := range []any{1i, map[string]int{}, struct{}{}, func() {}, []byte("x"), []any{1i}} {
		require.ErrorContains(t, addParams(url.Values{}, Params{"x": v}), `parameter "x": a value of type`)
	}
}
