package zohohubtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// api talks HTTP to a server of its own, as a program in any language would.
type api struct {
	t      *testing.T
	server *Server
	http   *http.Client
	header http.Header
}

func newAPI(t *testing.T) *api {
	t.Helper()
	s := NewServer(t)
	return &api{t, s, &http.Client{Transport: s.Transport()}, signed(s.Token().AccessToken)}
}

// in is the same client for a test of its own.
func (c *api) in(t *testing.T) *api {
	t.Helper()
	out := *c
	out.t = t
	return &out
}

func (c *api) call(status int, method, path, body string) string {
	c.t.Helper()
	got, _, err := send(c.t.Context(), c.http, method, c.server.URL()+"/crm/"+path, c.header, body)
	require.NoError(c.t, err)
	require.Equal(c.t, status, got.Status, "%s %s %s: %s", method, path, body, got.Body)
	return got.Body
}

// create makes a record and gives its id.
func (c *api) create(path, row string) string {
	c.t.Helper()
	var answer struct {
		Data []struct{ Details struct{ ID string } }
	}
	require.NoError(c.t, json.Unmarshal([]byte(c.call(201, "POST", path, `{"data":[`+row+`]}`)), &answer))
	return answer.Data[0].Details.ID
}

func (c *api) update(path, row string) {
	c.t.Helper()
	c.call(200, "PUT", path, `{"data":[`+row+`]}`)
}

// refuses sends a row that is refused for the one reason that is given.
func (c *api) refuses(method, path, row, want string) {
	c.t.Helper()
	assert.JSONEq(c.t, rowsJSON(want), c.call(400, method, path, `{"data":[`+row+`]}`))
}

// field is a field of a record as the path's answer has it.
func (c *api) field(path, name string) any {
	c.t.Helper()
	var answer struct{ Data []map[string]any }
	require.NoError(c.t, json.Unmarshal([]byte(c.call(200, "GET", path+"?fields="+name, "")), &answer))
	return answer.Data[0][name]
}

// rows is a field that is a list of objects.
func (c *api) rows(path, name string) []map[string]any {
	c.t.Helper()
	list, ok := c.field(path, name).([]any)
	require.True(c.t, ok, "%s of %s is no list", name, path)
	rows := make([]map[string]any, len(list))
	for i, item := range list {
		rows[i] = item.(map[string]any)
	}
	return rows
}

// shows compares a field of a record with JSON.
func (c *api) shows(want, path, name string) {
	c.t.Helper()
	assert.JSONEq(c.t, want, wholeJSON(c.t, c.field(path, name)), "%s of %s", name, path)
}

// at is a refusal of what stands at a place below the first row.
func at(code, message, path, more string) string {
	name := path[strings.LastIndex(path, ".")+1:]
	name, _, _ = strings.Cut(name, "[")
	return `{"code":"` + code + `","details":{"api_name":"` + name + `","json_path":"$.data[0].` + path + `"` + more + `},"message":"` + message + `","status":"error"}`
}

func badValue(path string) string { return at("INVALID_DATA", "invalid data", path, "") }

func badType(path, expected string) string {
	return at("INVALID_DATA", "invalid data", path, `,"expected_data_type":"`+expected+`"`)
}

func tooLong(path, maximum string) string {
	return at("INVALID_DATA", "invalid data", path, `,"maximum_length":`+maximum)
}

func badWord(path, supported string) string {
	return at("INVALID_DATA", "invalid data", path, `,"supported_values":`+supported)
}

func unknownID(path string) string {
	return at("INVALID_DATA", "the id given seems to be invalid", path, "")
}

func missing(path string) string {
	return at("MANDATORY_NOT_FOUND", "required field not found", path, "")
}
