package zohohubtest

import (
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("9", 1<<20)
	zeros := strings.Repeat("0", 1<<20)
	for name, test := range map[string]struct{ module, field, sent, want, refused string }{
		"a number too long":        {"Leads", "No_of_Employees", huge, "", `,"maximum_length":9`},
		"negative":                 {"Leads", "No_of_Employees", "-12", "-12", ""},
		"nothing, negative":        {"Leads", "No_of_Employees", "-0", "0", ""},
		"text too long":            {"Service_Visits", "Meter_Reading", `"` + huge + `"`, "", `,"maximum_length":18`},
		"zeros ahead do not count": {"Service_Visits", "Meter_Reading", `"-` + zeros + `12"`, `"-12"`, ""},
		"nothing but zeros":        {"Service_Visits", "Meter_Reading", `"` + zeros + `"`, `"0"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			body := `{"data":[{"Last_Name":"D","Name":"V","` + test.field + `":` + test.sent + `}]}`
			if test.refused != "" {
				w := o.call("POST", "v8/"+test.module, body)
				assert.JSONEq(t, rowsJSON(invalid(test.field, test.refused)), w.Body.String())
				return
			}
			require.Equal(t, 201, o.call("POST", "v8/"+test.module, body).Code)
			o.expect(200, rowsJSON(`{"id":"`+id1+`","`+test.field+`":`+test.want+`}`), "GET", "v8/"+test.module+"/"+id1+"?fields="+test.field, "")
		})
	}
}

func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	var tags []string
	for i := range maxTags + 1 {
		tags = append(tags, `{"name":"`+strconv.Itoa(i)+`"}`)
	}
	o := newOrg(t)
	o.expect(400, rowsJSON(invalid("Tag", `,"maximum_length":100`)), "POST", "v8/Leads", `{"data":[{"Last_Name":"D","Tag":[`+strings.Join(tags, ",")+`]}]}`)
	require.Equal(t, 201, o.call("POST", "v8/Leads", `{"data":[{"Last_Name":"D","Tag":[`+strings.Join(tags[1:], ",")+`]}]}`).Code)
}

func TestManyRowsOfASubform(t *testing.T) {
	t.Parallel()
	const rows = 1000
	o := newOrg(t)
	require.Equal(t, 201, o.call("POST", "v8/Service_Visits", `{"data":[{"Name":"V","Parts_Used":[`+strings.Repeat(`{"Part":"P"},`, rows-1)+`{"Part":"P"}]}]}`).Code)
	before := o.crm.records("Service_Visits")[0]
	require.Len(t, before["Parts_Used"], rows)
	first := before["Parts_Used"].([]any)[0].(map[string]any)["id"].(string)
	require.Equal(t, 200, o.call("PUT", "v8/Service_Visits/"+before["id"].(string), `{"data":[{"Parts_Used":[{"id":"`+first+`","_delete":null},{"Part":"Q"}]}]}`).Code)
	after := o.crm.records("Service_Visits")[0]["Parts_Used"].([]any)
	require.Len(t, after, rows)
	assert.Equal(t, []any{before["Parts_Used"].([]any)[1], "Q"}, []any{after[0], after[rows-1].(map[string]any)["Part"]})
}

// counted tells how much of it was read.
type counted struct {
	io.Reader
	n int
}

// Read implements [io.Reader].
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// endless is a body without an end.
type endless struct{}

// Read implements [io.Reader].
func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for name, length := range map[string]int64{"said": maxBody + 1, "found": -1} {
		body := &counted{Reader: endless{}}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/crm/v8/Leads", body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		o.crm.serve(w, r, grant{Scopes: allScopes, UserID: defaultUserID})
		assert.Equal(t, 413, w.Code, name)
		assert.JSONEq(t, refusedJSON("REQUEST_ENTITY_TOO_LARGE", "the request is too large", `{}`), w.Body.String(), name)
		assert.LessOrEqual(t, body.n, maxBody+1, name)
		if length > 0 {
			assert.Zero(t, body.n, name)
		}
	}
}

func TestDeletedRecordsAreForgotten(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"})
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+ids[0], "").Code)
	o.now = o.now.Add(permanentEnd)
	require.Equal(t, 200, o.call("DELETE", "v8/Leads/"+ids[1], "").Code)
	deleted := o.crm.table("Leads").deleted
	require.Len(t, deleted, 1)
	assert.Equal(t, ids[1], formatID(deleted[0].id))
}

func TestWhatHasEndedIsForgotten(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for range 3 {
		s.Token()
		s.GrantCode()
	}
	s.Advance(30 * time.Minute)
	s.Token()
	s.GrantCode()
	assert.Equal(t, []int{4, 1}, []int{len(s.accounts.access), len(s.accounts.codes)})
	s.Advance(30 * time.Minute)
	s.Token()
	assert.Len(t, s.accounts.access, 2)
	assert.Len(t, s.accounts.made, 2)
}

func TestJSONIsSentAsIfItWereAFile(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for path, want := range map[string]string{
		"/crm/v8/org": "attachment; filename=response.json", "/crm/v8/Leads?fields=id": "", "/crm/v8/nothing": "attachment; filename=response.json",
		"/oauth/serverinfo": "",
	} {
		_, header, err := send(t.Context(), roads(s)["transport"], "GET", s.URL()+path, signed(s.Token().AccessToken), "")
		require.NoError(t, err)
		assert.Equal(t, want, header.Get("Content-Disposition"), path)
	}
	_, header, err := send(t.Context(), roads(s)["transport"], "GET", s.URL()+"/crm/v8/org", signed("1000.x"), "")
	require.NoError(t, err)
	assert.Equal(t, "attachment; filename=response.json", header.Get("Content-Disposition"), "a refusal too")
}
