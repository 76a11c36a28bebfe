package zohohubtest

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// walk follows next_page_token from the first page and gives the ids in order and the info of each page.
func walk(t *testing.T, o *testOrg, path string) (ids []string, infos []map[string]any) {
	t.Helper()
	for token := ""; ; {
		query := path
		if token != "" {
			query += "&page_token=" + url.QueryEscape(token)
		}
		w := o.call("GET", query, "")
		require.Equal(t, 200, w.Code, w.Body)
		var body struct {
			Data []struct{ ID string }
			Info map[string]any
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
		for _, r := range body.Data {
			ids = append(ids, r.ID)
		}
		infos = append(infos, body.Info)
		var more bool
		if token, more = body.Info["next_page_token"].(string); !more {
			return ids, infos
		}
	}
}

func TestPageTokens(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"", "&sort_by=Modified_Time", "&sort_by=Created_Time&sort_order=asc", "&sort_order=asc"} {
		t.Run(sort, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			var all []string
			for i := range 25 {
				if i%4 == 0 {
					o.now = o.now.Add(time.Second)
				}
				all = append(all, o.seed("Leads", map[string]any{"Last_Name": "L"})...)
			}
			if !strings.Contains(sort, "asc") {
				for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
					all[i], all[j] = all[j], all[i]
				}
			}
			ids, infos := walk(t, o, "v8/Leads?fields=id&per_page=10"+sort)
			assert.Equal(t, all, ids)
			require.Len(t, infos, 3)
			assert.Equal(t, []any{1.0, 2.0, 3.0}, []any{infos[0]["page"], infos[1]["page"], infos[2]["page"]})
			assert.Nil(t, infos[0]["previous_page_token"])
			assert.Equal(t, formatTime(o.now.Add(24*time.Hour)), infos[0]["page_token_expiry"])
			// Back from the third page to the second, and from there to the first.
			for _, want := range [][]string{all[10:20], all[:10]} {
				w := o.call("GET", "v8/Leads?fields=id&per_page=10"+sort+"&page_token="+infos[2]["previous_page_token"].(string), "")
				var got []string
				for _, r := range listRows(t, w) {
					got = append(got, r["id"].(string))
				}
				assert.Equal(t, want, got)
				var body struct{ Info map[string]any }
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
				infos[2] = body.Info
			}
		})
	}
}

func TestPageTokenIsBound(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"})
	w := o.call("GET", "v8/Leads?fields=id&per_page=1", "")
	var body struct {
		Info struct {
			Next string `json:"next_page_token"`
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	token := body.Info.Next
	mismatch := refusedJSON("TOKEN_BOUND_DATA_MISMATCH",
		"The page_token given seems to be invalid or input param is added or altered or deleted", `{"param_name":"page_token"}`)
	o.expect(400, mismatch, "GET", "v8/Leads?fields=id,City&per_page=1&page_token="+token, "")
	o.expect(400, mismatch, "GET", "v8/Leads?fields=id&per_page=2&page_token="+token, "")
	o.expect(400, mismatch, "GET", "v8/Contacts?fields=id&per_page=1&page_token="+token, "")
	o.expect(400, mismatch, "GET", "v8/Leads?fields=id&per_page=1&page_token=A"+token, "")
	other := o.callAs(grant{Scopes: allScopes, UserID: brunoID}, "GET", "v8/Leads?fields=id&per_page=1&page_token="+token, "")
	assert.JSONEq(t, mismatch, other.Body.String())
	assert.Len(t, listRows(t, o.call("GET", "v8/Leads?fields=id&per_page=1&page_token="+token, "")), 1)
	o.now = o.now.Add(24*time.Hour - time.Second)
	assert.Len(t, listRows(t, o.call("GET", "v8/Leads?fields=id&per_page=1&page_token="+token, "")), 1)
	o.now = o.now.Add(time.Second)
	o.expect(400, refusedJSON("EXPIRED_VALUE", "Page token expired", `{"api_name":"page_token","json_path":"$.query.page_token"}`),
		"GET", "v8/Leads?fields=id&per_page=1&page_token="+token, "")
}

func TestListKeepsItsPlaceWhileRecordsComeAndGo(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for i := range 4 {
		o.seed("Leads", map[string]any{"Last_Name": strconv.Itoa(i)})
	}
	w := o.call("GET", "v8/Leads?fields=id&per_page=2", "")
	var body struct {
		Info struct {
			Next string `json:"next_page_token"`
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+id3, "").Code) // the last of the first page
	o.seed("Leads", map[string]any{"Last_Name": "new"})
	rows := listRows(t, o.call("GET", "v8/Leads?fields=id&per_page=2&page_token="+body.Info.Next, ""))
	assert.Equal(t, []map[string]any{{"id": id2}, {"id": id1}}, rows)
}

func (o *testOrg) boundOf(path string) string {
	r := httptest.NewRequestWithContext(o.t.Context(), "GET", "/crm/"+path, nil)
	q := &request{http: r, version: versions["v8"], grant: grant{UserID: defaultUserID}, query: r.URL.Query()}
	return q.bound()
}

// Where tokens end a page is cut, and the token that comes with it says that there is more.
func TestTokensEndAtTheLimit(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.SeedFunc("Leads", pageTokenRows+60, func(int) zohohub.Fields { return zohohub.Fields{"Last_Name": "L"} })
	const list = "v8/Leads?fields=id&per_page=150"
	read := func(token string) (n int, info map[string]any) {
		t.Helper()
		var body struct {
			Data []any
			Info map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(c.call(200, "GET", list+"&page_token="+url.QueryEscape(token), "")), &body))
		return len(body.Data), body.Info
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/crm/"+list, nil)
	q := &request{http: r, version: versions["v8"], grant: grant{UserID: defaultUserID}, query: r.URL.Query()}
	first := c.server.crm.lastID - pageTokenRows + 100 // the last of the 99,900 before the page
	token := c.server.crm.encodePageToken(pageToken{
		Bound: q.bound(), Expires: c.server.Now().Add(time.Hour).Unix(), After: &position{ID: first + 1}, Offset: pageTokenRows - 100,
	})
	n, info := read(token)
	assert.Equal(t, []any{100, 100.0, true}, []any{n, info["count"], info["more_records"]})
	next, _ := info["next_page_token"].(string)
	assert.JSONEq(t, refusedJSON("PAGINATION_LIMIT_EXCEEDED", "You can only get the first 100000 records using page_token param", `{"param_name":"page_token"}`),
		c.call(400, "GET", list+"&page_token="+url.QueryEscape(next), ""))
	n, _ = read(info["previous_page_token"].(string))
	assert.Equal(t, 150, n)
}
