package zohohubtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFunctions(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	c := &api{t, s, &http.Client{Transport: s.Transport()}, signed(s.Token().AccessToken)}
	s.AddFunction("echo", func(args map[string]any) (any, error) { return args, nil })
	s.AddFunction("fail", func(map[string]any) (any, error) { return nil, errors.New("no") })
	at := "v8/functions/echo/actions/execute"
	id := s.crm.functions["echo"].id
	done := func(output, kind string) string {
		text, err := json.Marshal(output)
		require.NoError(t, err)
		return `{"code":"success","details":{"id":"` + id + `","output":` + string(text) + `,"output_type":"` + kind + `","userMessage":[]},"message":"function executed successfully"}`
	}
	const args = `{"a":9007199254740993,"b":"x&y"}`
	assert.JSONEq(t, done("{}", "map"), c.call(200, "GET", at+"?auth_type=oauth", ""))
	assert.JSONEq(t, done(args, "map"), c.call(200, "GET", at+"?auth_type=oauth&arguments="+url.QueryEscape(args), ""))
	assert.JSONEq(t, done(args, "map"), c.call(200, "POST", at+"?auth_type=oauth&arguments="+url.QueryEscape(args), ""))
	assert.JSONEq(t, done(`{"a":1,"crmAPIRequest":{"body":{"name":"x"}}}`, "map"), c.call(200, "POST", at+"?auth_type=oauth&arguments="+url.QueryEscape(`{"a":1}`), `{"name":"x"}`))
	send := func(status int, kind, body string) string {
		t.Helper()
		header := c.header.Clone()
		header.Set("Content-Type", kind)
		got, _, err := send(t.Context(), c.http, "POST", s.URL()+"/crm/"+at+"?auth_type=oauth", header, body)
		require.NoError(t, err)
		assert.Equal(t, status, got.Status)
		return got.Body
	}
	assert.JSONEq(t, done(args, "map"), send(200, "application/x-www-form-urlencoded", url.Values{"arguments": {args}}.Encode()))
	assert.JSONEq(t, done(args, "map"), send(200, formType, form(part{"arguments", "", args})))
	assert.JSONEq(t, done("{}", "map"), send(200, formType, form(part{"other", "", args})))
	assert.JSONEq(t, done("{}", "map"), send(200, "application/x-www-form-urlencoded", "other=1"))
	bad := refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"arguments"}`)
	for _, body := range []string{"arguments=x", "arguments=[1]", "arguments=%zz"} {
		assert.JSONEq(t, bad, send(400, "application/x-www-form-urlencoded", body))
	}
	assert.JSONEq(t, bad, send(400, formType, "--xx"))
	assert.JSONEq(t, refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`), send(400, "application/json", "{"))

	assert.JSONEq(t, `{"code":"failure","details":{"id":"`+s.crm.functions["fail"].id+`","output_type":"void","userMessage":["no"]},"message":"function execution failed"}`,
		c.call(200, "POST", "v2/functions/fail/actions/execute?auth_type=oauth", ""))
	assert.JSONEq(t, refusedJSON("INVALID_DATA", "the function name given seems to be invalid", `{"resource_path_index":1}`),
		c.call(400, "POST", "v8/functions/nobody/actions/execute?auth_type=oauth", ""))
	assert.JSONEq(t, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"auth_type"}`), c.call(400, "POST", at, ""))
	assert.JSONEq(t, badParam("auth_type"), c.call(400, "POST", at+"?auth_type=apikey", ""))
	assert.JSONEq(t, refusedJSON("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", `{}`), c.call(400, "PUT", at+"?auth_type=oauth", ""))
}

func TestFunctionOutputs(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for want, output := range map[string]any{
		`"x" string`: "x", `null void`: nil, `"[1]" list`: []int{1}, `"{\"a\":1}" map`: map[string]int{"a": 1}, `"true" boolean`: true, `"7" int`: 7, `"1.5" float`: 1.5,
	} {
		o.crm.functions = functions{"f": {"7", func(map[string]any) (any, error) { return output, nil }}}
		var answer struct {
			Details struct {
				Output json.RawMessage
				Type   string `json:"output_type"`
			}
		}
		require.NoError(t, json.Unmarshal(o.call("GET", "v8/functions/f/actions/execute?auth_type=oauth", "").Body.Bytes(), &answer))
		assert.Equal(t, want, string(answer.Details.Output)+" "+answer.Details.Type)
	}
	o.crm.functions["f"] = function{"7", func(map[string]any) (any, error) { return make(chan int), nil }}
	assert.Panics(t, func() { o.call("GET", "v8/functions/f/actions/execute?auth_type=oauth", "") })
}

func TestFunctionsNeedTheirScopes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.crm.functions = functions{"f": {"7", func(map[string]any) (any, error) { return "", nil }}}
	for scope, want := range map[string][2]int{
		"ZohoCRM.functions.execute.READ": {200, 401}, "ZohoCRM.functions.execute.CREATE": {401, 200}, "ZohoCRM.modules.ALL": {401, 401},
	} {
		g := grant{Scopes: []string{scope}, UserID: defaultUserID}
		at := "v8/functions/f/actions/execute?auth_type=oauth"
		assert.Equal(t, want, [2]int{o.callAs(g, "GET", at, "").Code, o.callAs(g, "POST", at, "").Code}, scope)
	}
}
