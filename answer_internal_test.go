package zohohub

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseAnswer(t *testing.T) {
	t.Parallel()
	bare := func(status int, message string) *Error {
		return &Error{Op: "find", Module: "Leads", Status: status, Message: message, Index: -1}
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   *Error
	}{
		"a page":                      {200, `{"data":[{"Status":"error","Code":"X"}],"info":{}}`, nil},
		"nothing":                     {204, ``, nil},
		"unchanged":                   {304, ``, nil},
		"a list":                      {200, `["error"]`, nil},
		"a flat success":              {200, `{"code":"SUCCESS","details":{"x":"error"},"message":"ok","status":"success"}`, nil},
		"a record that speaks of one": {200, `{"data":[{"Subject":"error"}]}`, nil},
		"rows at 400":                 {400, `{"data":[{"code":"INVALID_DATA","status":"error"}]}`, nil},
		"one row that is no list":     {400, `{"share":{"code":"INVALID_DATA","status":"error"}}`, nil},
		"400 without a code":          {400, `{"data":[]}`, bare(400, "")},
		"400 with a list":             {400, `[1]`, bare(400, `answer is not Zoho's JSON: "[1]"`)},
		"500 without a body":          {500, ` `, bare(500, "")},
		"a gateway's page":            {502, "<html>Bad\ngateway", bare(502, `answer is not Zoho's JSON: "<html>Bad\ngateway"`)},
		"junk with a good status":     {200, "<html>", bare(200, `answer is not Zoho's JSON: "<html>"`)},
		"broken JSON with the word":   {200, `{"error"}`, bare(200, `answer is not Zoho's JSON: "{\"error\"}"`)},
		"a redirect":                  {302, ``, bare(302, "")},
		"a long junk":                 {200, strings.Repeat("x", 1<<20), bare(200, `answer is not Zoho's JSON: "`+strings.Repeat("x", 80)+`"`)},
		"a flat error, whatever status": {200, `{"code":"INVALID_MODULE","details":{"a":1},"message":"no","status":"error"}`,
			&Error{Op: "find", Module: "Leads", Status: 200, Code: "INVALID_MODULE", Message: "no", Details: json.RawMessage(`{"a":1}`), Index: -1}},
		"a refusal without a code": {200, `{"status":"error","message":"no"}`,
			&Error{Op: "find", Module: "Leads", Status: 200, Message: "no", Index: -1}},
		"a refusal in capitals": {200, `{"code":"X","status":"ERROR"}`,
			&Error{Op: "find", Module: "Leads", Status: 200, Code: "X", Index: -1}},
		"a refusal without words": {200, `{"status":"error"}`, bare(200, "")},
		"a connection":            {101, ``, bare(101, "")},
		"types nobody expects": {400, `{"code":7,"details":"x","message":null,"status":["error"]}`,
			&Error{Op: "find", Module: "Leads", Status: 400, Details: json.RawMessage(`"x"`), Index: -1}},
	} {
		assert.Equal(t, c.want, parseAnswer("find", "Leads", c.status, nil, []byte(c.body)), name)
	}
	e := parseAnswer("find", "Leads", 429, http.Header{"Retry-After": {"7"}}, nil)
	assert.Equal(t, 7*time.Second, e.RetryAfter)
}

func TestParseRefusals(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"data":[{"status":"error","message":"no"},{"code":"X","status":"ERROR"},{"code":"X","status":"Error"},{"status":"success"}]}`: 3,
		`{"data":[{"status":"error","Amount":1}]}`: 0, // a row of a query
		`{"data":[{"Status":"error","Code":"X"}]}`: 0,
	} {
		got := parseRefusals("create", "Leads", 200, []byte(body))
		if want == 0 {
			assert.Nil(t, got, body)
			continue
		}
		require.NotNil(t, got, body)
		assert.Len(t, got.Failed, want, body)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	rows, ok := parseRows([]byte(`{"data":[
		{"code":"SUCCESS","details":{"id":"1"},"message":"record added","status":"success","action":"insert","duplicate_field":"Email"},
		{"code":"INVALID_DATA","details":{},"message":"invalid data","status":"error"},
		{"code":"success"}, {"Code":"SUCCESS"}, 7, {"code":"SUCCESS","status":"error"}],"info":{}}`), "data")
	require.True(t, ok)
	assert.Equal(t, []row{
		{Code: "SUCCESS", Message: "record added", Status: "success", Action: "insert", Details: json.RawMessage(`{"id":"1"}`)},
		{Code: "INVALID_DATA", Message: "invalid data", Status: "error", Details: json.RawMessage(`{}`)},
		{Code: "success"}, {}, {}, {Code: "SUCCESS", Status: "error"},
	}, rows)

	unknown := &Error{Op: "create", Module: "Leads", Status: 207, Message: "answer has no result for the record", Index: 3, Err: ErrOutcomeUnknown}
	for i, want := range []*Error{
		nil,
		{Op: "create", Module: "Leads", Status: 207, Code: "INVALID_DATA", Message: "invalid data", Details: json.RawMessage(`{}`), Index: 3},
		nil, unknown, unknown,
		{Op: "create", Module: "Leads", Status: 207, Code: "SUCCESS", Index: 3},
	} {
		assert.Equal(t, want, rows[i].err("create", "Leads", 207, 3), "row %d", i)
	}

	for _, body := range []string{``, `[]`, `{}`, `{"data":null}`, `{"data":"x"}`, `{"info":[]}`} {
		_, ok := parseRows([]byte(body), "data")
		assert.False(t, ok, body)
	}
	rows, ok = parseRows([]byte(`{"share":{"code":"SUCCESS","status":"success"}}`), "share")
	assert.True(t, ok)
	assert.Equal(t, []row{{Code: "SUCCESS", Status: "success"}}, rows)
}

func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `{"data":[{"code":"INVALID_DATA","details":{"api_name":"Email"},"message":"invalid data","status":"error"}]}`,
		`{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`,
		`{"code":"MULTIPLE_OR_MULTI_ERRORS","details":{"errors":[{"code":"DUPLICATE_DATA","details":{"api_name":1}}]},"status":"error"}`,
		"<html>\r\n\x00", `{"data":{"status":"error","code":"X"}}`, `{"error":{"error":["error"]}}`,
	} {
		f.Add(200, []byte(seed))
		f.Add(400, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := parseAnswer("find", "Leads", status, nil, body)
		if status >= 400 && e == nil && parseRefusals("find", "Leads", status, body) == nil {
			t.Error("a failure is neither an error nor a batch of errors")
		}
		if e == nil {
			return
		}
		line := e.Error()
		assert.True(t, utf8.ValidString(line))
		assert.NotContains(t, line, "\n")
		assert.Less(t, utf8.RuneCountInString(line), 900)
		_ = errors.Is(e, ErrRecordInvalid)
		_, _ = e.Field(), e.ExpectedType()
	})
}
