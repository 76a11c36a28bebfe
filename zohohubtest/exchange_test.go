package zohohubtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exchangesIn reads what servers wrote to a file.
func exchangesIn(t *testing.T, file string) (all []Exchange) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range bytes.Lines(text) {
		var e Exchange
		require.NoError(t, json.Unmarshal(line, &e), "%s", line)
		all = append(all, e)
	}
	return all
}

func TestExchangesAreWritten(t *testing.T) { // not parallel: the environment is the process's
	for _, road := range []string{"socket", "transport"} {
		t.Run(road, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "exchanges.jsonl")
			t.Setenv(ExchangesEnv, file)
			s := NewServer(t)
			client, token := roads(s)[road], s.Token()
			header := signed(token.AccessToken)
			header.Set("Content-Type", "application/json")
			header.Set("User-Agent", "test/1")
			header.Set("X-Secret", "fake-secret")
			form := url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken},
				"client_id": {s.Config().ClientID}, "client_secret": {s.Config().ClientSecret},
			}

			_, _, err := send(t.Context(), client, http.MethodPost, s.URL()+"/crm/v8/Lea%64s?a=1&a=2", header, `{"data":7}`)
			require.NoError(t, err)
			s.Inject(Fault{Path: "/Leads", Status: 500, Body: "broken"})
			_, _, err = send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads", header, "")
			require.NoError(t, err)
			s.Inject(Fault{Path: "/Leads", CutAfter: true})
			_, _, err = send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads?fields=id", header, "")
			require.Error(t, err)
			renewed, _, err := send(t.Context(), client, http.MethodPost, s.URL()+"/oauth/v2/token?"+form.Encode(), formHeader(), form.Encode())
			require.NoError(t, err)
			require.Contains(t, renewed.Body, "access_token")
			// An address that ends with a slash is sent the same.
			_, _, err = send(t.Context(), client, http.MethodPost, s.URL()+"//oauth/v2/token?"+form.Encode(), formHeader(), form.Encode())
			require.NoError(t, err)
			s.Close() // a line may come after its answer, but not after the server

			kept := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"test/1"}}
			asJSON := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
			assert.ElementsMatch(t, []Exchange{
				{
					Method: "POST", Path: "/crm/v8/Lea%64s", Query: "a=1&a=2", Status: 400,
					Request: ExchangeEnd{Header: kept, Body: `{"data":7}`},
					Response: ExchangeEnd{Header: asJSON, Body: `{"code":"INVALID_DATA","details":{"api_name":"data",` +
						`"expected_data_type":"jsonarray","json_path":"$.data"},"message":"invalid data","status":"error"}`},
				},
				{
					Method: "GET", Path: "/crm/v8/Leads", Status: 500, Faulted: true,
					Request: ExchangeEnd{Header: kept}, Response: ExchangeEnd{Header: asJSON, Body: "broken"},
				},
				{Method: "GET", Path: "/crm/v8/Leads", Query: "fields=id", Faulted: true, Request: ExchangeEnd{Header: kept}},
				{Method: "POST", Path: "/oauth/v2/token", Status: 200},
				{Method: "POST", Path: "//oauth/v2/token", Status: 404},
			}, exchangesIn(t, file))
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, secret := range []string{token.AccessToken, token.RefreshToken, s.Config().ClientSecret, "fake-secret"} {
				assert.NotContains(t, string(text), secret)
			}
		})
	}
}

func TestExchangesNeedAFileThatCanBeWritten(t *testing.T) {
	t.Setenv(ExchangesEnv, filepath.Join(t.TempDir(), "no folder", "exchanges.jsonl"))
	assert.Panics(t, func() { Start() })
}

func TestManyServersWriteToOneFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "exchanges.jsonl")
	t.Setenv(ExchangesEnv, file)
	const servers, each = 4, 25
	body := `{"data":[{"Last_Name":"` + strings.Repeat("x", 100_000) + `"}]}`
	var wg sync.WaitGroup
	for range servers {
		wg.Go(func() {
			s := Start()
			defer s.Close()
			for range each {
				_, _, err := send(t.Context(), roads(s)["transport"], http.MethodPost, s.URL()+"/crm/v8/Leads", signed("1000.fake"), body)
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	all := exchangesIn(t, file)
	assert.Len(t, all, servers*each, "closed servers have written all")
	for _, e := range all {
		assert.Equal(t, []any{401, body}, []any{e.Status, e.Request.Body})
	}
}

func TestBodiesThatAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want ExchangeEnd
	}{
		"none":       {"", ExchangeEnd{Header: http.Header{}}},
		"text":       {"Ærø", ExchangeEnd{Header: http.Header{}, Body: "Ærø"}},
		"the most":   {strings.Repeat("x", mostExchanged), ExchangeEnd{Header: http.Header{}, Body: strings.Repeat("x", mostExchanged)}},
		"too much":   {strings.Repeat("x", mostExchanged+1), ExchangeEnd{Header: http.Header{}, Omitted: true}},
		"not a text": {"\xff\xd8\xff", ExchangeEnd{Header: http.Header{}, Omitted: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var x excerpt
			for piece := range strings.SplitAfterSeq(c.body, "x") {
				x.add([]byte(piece))
			}
			assert.Equal(t, c.want, x.end(http.Header{"Authorization": {"1000.fake"}}))
		})
	}
}

func TestFilesAreLeftOut(t *testing.T) { // not parallel: the environment is the process's
	file := filepath.Join(t.TempDir(), "exchanges.jsonl")
	t.Setenv(ExchangesEnv, file)
	s := NewServer(t)
	body := form(part{"file", "a.txt", "all text"})
	got, err := post(t.Context(), roads(s)["transport"], s, "/crm/v8/files", strings.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	id := uploadedIDs(t, []byte(got.Body))[0]
	require.Equal(t, 200, get(t, roads(s)["transport"], s, "/crm/v8/files?id="+id).StatusCode)
	s.Close()
	kind := func(text string) http.Header { return http.Header{"Content-Type": {text}} }
	assert.Equal(t, []Exchange{
		{
			Method: "POST", Path: "/crm/v8/files", Status: 200, Request: ExchangeEnd{Header: kind(formType), Omitted: true},
			Response: ExchangeEnd{Header: kind("application/json;charset=UTF-8"), Body: got.Body},
		},
		{
			Method: "GET", Path: "/crm/v8/files", Query: "id=" + id, Status: 200,
			Response: ExchangeEnd{Header: kind("application/x-download"), Omitted: true},
		},
	}, exchangesIn(t, file))
}

func TestExchangeThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	l := &exchangeLog{out: full{}}
	assert.PanicsWithValue(t, "zohohubtest: ZOHOHUBTEST_EXCHANGES: the disk is full", func() { l.write(&Exchange{}) })
}

type full struct{ io.Closer }

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
