package contract

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest"
)

// things is a file with the shapes, and the faults, of Zoho's: a list and single things by id or by an external field,
// told apart by nothing, answers that are declared for one status, required keys that only answers have.
const things = `{
	"openapi": "3.0.0", "info": {"title": "things", "version": "1"},
	"paths": {
		"/crm/v8/{module}": {
			"get": {
				"operationId": "List Things",
				"parameters": [
					{"name": "fields", "in": "query", "schema": {"type": "string"}},
					{"name": "page", "in": "query", "schema": {"type": "integer"}},
					{"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
				],
				"responses": {"200": {"description": "", "content": {"application/json": {"schema": {"oneOf": [
					{"$ref": "#/components/schemas/Wrapper"}, {"$ref": "#/components/schemas/Failure"}
				]}}}}}
			},
			"post": {
				"operationId": "Add Things",
				"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapper"}}}},
				"responses": {"200": {"description": "", "content": {"application/json": {"schema": {"oneOf": [
					{"type": "object", "properties": {"data": {"type": "array", "items": {"oneOf": [
						{"$ref": "#/components/schemas/Success"}, {"$ref": "#/components/schemas/Failure"}
					]}}}}
				]}}}}}
			}
		},
		"/crm/v8/{module}/made": {"post": {
			"operationId": "Make Things",
			"responses": {
				"201": {"description": "", "content": {"application/json": {"schema": {"oneOf": [
					{"type": "object", "properties": {"data": {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/Success"}]}}}}
				]}}}},
				"400": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}}
			}
		}},
		"/crm/v8/{module}/{external_value}": {"get": {
			"operationId": "One Thing By External Field",
			"responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapper"}}}}}
		}},
		"/crm/v8/{module}/{id}": {"get": {
			"operationId": "One Thing",
			"responses": {
				"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrapper"}}}},
				"400": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}}
			}
		}},
		"/crm/v8/Special/{id}": {"get": {
			"operationId": "Special Thing",
			"responses": {"200": {"description": "", "content": {"application/json": {}}}}
		}}
	},
	"components": {"schemas": {
		"Wrapper": {"type": "object", "properties": {
			"data": {"type": "array", "items": {"$ref": "https://example.org/v8.0/thing.json#/components/schemas/Thing"}},
			"info": {"type": "object"}
		}},
		"Success": {"type": "object", "properties": {
			"status": {"type": "string", "enum": ["success"]}, "details": {"type": "object", "properties": {"id": {"type": "string"}}}
		}},
		"Failure": {"type": "object", "properties": {
			"status": {"type": "string", "enum": ["error"]}, "code": {"type": "string", "enum": ["BAD_DATA"]},
			"message": {"type": "string", "enum": ["one of many"]},
			"details": {"type": "object", "properties": {"api_name": {"type": "string"}}, "required": ["api_name"]}
		}}
	}}
}`

const thing = `{
	"openapi": "3.0.0", "info": {"title": "thing", "version": "1"}, "paths": {},
	"components": {"schemas": {
		"Thing": {"type": "object", "required": ["id"], "properties": {
			"id": {"type": "string"}, "made": {"type": "string", "format": "date-time"},
			"made_by": {"$ref": "#/components/schemas/Person"}, "next_page_token": {"type": "string"},
			"mail": {"type": "string", "pattern": "[a-z]{3}@example"}
		}},
		"Person": {"type": "object", "properties": {"name": {"type": "string", "nullable": true}}},
		"Failure": {"type": "object", "properties": {
			"status": {"type": "string", "enum": ["error"]}, "code": {"type": "string", "enum": ["KNOWN_ELSEWHERE"]}
		}}
	}}
}`

func thingsSpec(t *testing.T) *spec {
	t.Helper()
	s, err := newSpec(map[string][]byte{"things.json": []byte(things), "thing.json": []byte(thing)})
	require.NoError(t, err)
	return s
}

// said is an exchange of the library with the fake.
func said(method, target, request string, status int, answer string) *zohohubtest.Exchange {
	path, query, _ := strings.Cut(target, "?")
	e := &zohohubtest.Exchange{
		Method: method, Path: path, Query: query, Status: status,
		Request: zohohubtest.ExchangeEnd{Body: request, Header: http.Header{
			"User-Agent": {"zohohub/0.0.0"}, "Content-Type": {"application/json"},
		}},
		Response: zohohubtest.ExchangeEnd{Body: answer, Header: http.Header{}},
	}
	if answer != "" {
		e.Response.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	return e
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const (
		list   = "/crm/v8/Things"
		one    = "/crm/v8/Things/1"
		listed = `{"data":[{"id":"1"}]}`
		added  = `{"data":[{"status":"success","details":{"id":"1"}}]}`
	)
	for name, c := range map[string]struct {
		exchange *zohohubtest.Exchange
		want     string // the operation
		wrong    []string
	}{
		"a list":                      {said("GET", list+"?fields=a,b&page=2&ids=1&ids=2", "", 200, listed), "List Things", nil},
		"one":                         {said("GET", one, "", 200, listed), "One Thing", nil},
		"nothing":                     {said("GET", one, "", 204, ""), "One Thing", nil},
		"nothing new":                 {said("GET", list, "", 304, ""), "List Things", nil},
		"nothing, said at length":     {said("GET", one, "", 204, listed), "One Thing", []string{"answer 204: has a body"}},
		"null for a reference":        {said("GET", one, "", 200, `{"data":[{"id":"1","made_by":null,"next_page_token":null}]}`), "One Thing", nil},
		"null for an id":              {said("GET", one, "", 200, `{"data":[{"id":null}]}`), "One Thing", []string{"answer 200: /data/0/id: Value is not nullable"}},
		"no pattern":                  {said("GET", one, "", 200, `{"data":[{"id":"1","mail":"JO"}]}`), "One Thing", nil},
		"a number for an id":          {said("GET", list, "", 200, `{"data":[{"id":1}]}`), "List Things", []string{"answer 200: /data/0/id: value must be a string"}},
		"a time without offset":       {said("GET", one, "", 200, `{"data":[{"id":"1","made":"2026-01-02T03:04:05"}]}`), "One Thing", []string{`answer 200: /data/0/made: string doesn't match the format "date-time" (string doesn't match pattern "` + openapi3.FormatOfStringDateTime + `")`}},
		"no list":                     {said("GET", list, "", 200, `{"info":{}}`), "List Things", []string{`answer 200: /data: property "data" is missing`}},
		"an undeclared parameter":     {said("GET", list+"?field=a", "", 200, listed), "List Things", []string{`request: parameter "field" in query is not the operation's`}},
		"a parameter as an array":     {said("GET", list+"?fields=a&fields=b", "", 200, listed), "List Things", []string{`request: parameter "fields" in query comes 2 times`}},
		"a parameter of another type": {said("GET", list+"?page=x", "", 200, listed), "List Things", []string{`request: parameter "page" in query: value x: an invalid integer: invalid syntax`}},
		"an addition needs no id":     {said("POST", list, `{"data":[{"mail":"a"}]}`, 201, added), "Add Things", nil},
		"an addition of a number":     {said("POST", list, `{"data":[{"mail":1}]}`, 201, added), "Add Things", []string{"request: /data/0/mail: value must be a string"}},
		"a refused request may be wrong": {
			said("POST", list+"?x=1", `{"data":7}`, 400, `{"status":"error","code":"BAD_DATA","message":"any","details":{"api_name":"data"}}`), "Add Things", nil,
		},
		"half a batch": {
			said("POST", list, listed, 207, `{"data":[{"status":"success"},{"status":"error","code":"BAD_DATA","details":{"api_name":"a"}}]}`), "Add Things", nil,
		},
		"half a batch of what is made": {
			said("POST", list+"/made", "", 207, `{"data":[{"status":"success"},{"status":"error","code":"KNOWN_ELSEWHERE","message":"m","details":{}}]}`), "Make Things", nil,
		},
		"a row that is neither": {
			said("POST", list, listed, 207, `{"data":[{"code":"BAD_DATA"}]}`), "Add Things", []string{`answer 207: /data/0/status: property "status" is missing`},
		},
		"a refusal for a list": {said("GET", list, "", 400, `{"status":"error","code":"BAD_DATA","details":{"api_name":"a"}}`), "List Things", nil},
		"a named code with other details": {
			said("GET", one, "", 400, `{"status":"error","code":"BAD_DATA","message":"m","details":{"x":1}}`), "One Thing",
			[]string{`answer 400: /details/api_name: property "api_name" is missing`},
		},
		"a code of another file":   {said("GET", one, "", 404, `{"status":"error","code":"KNOWN_ELSEWHERE","message":"m","details":{}}`), "One Thing", nil},
		"a code of no file":        {said("GET", one, "", 400, `{"status":"error","code":"INVENTED","message":"m","details":{"api_name":"a"}}`), "One Thing", []string{`answer 400: /code: value is not one of the allowed values ["BAD_DATA"]`}},
		"a status that nobody has": {said("GET", one, "", 418, listed), "One Thing", []string{"answer 418: status is not supported"}},
		"no JSON":                  {html(), "One Thing", []string{`answer 200: response header Content-Type has unexpected value: "text/html"`}},
		"no schema":                {said("GET", "/crm/v8/Special/1", "", 200, listed), "Special Thing", []string{"answer 200: the file says nothing of it"}},
		"no operation":             {said("GET", "/crm/v8/a/b/c", "", 200, listed), "", []string{"Zoho's files have no GET /crm/v8/a/b/c"}},
		"no such method":           {said("DELETE", one, "", 200, listed), "", []string{"Zoho's files have no DELETE /crm/v8/Things/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, wrong := thingsSpec(t).check(t.Context(), c.exchange)
			assert.Equal(t, c.want, o.id)
			assert.Equal(t, c.wrong, wrong)
		})
	}
}

func html() *zohohubtest.Exchange {
	e := said("GET", "/crm/v8/Things/1", "", 200, "<p>")
	e.Response.Header.Set("Content-Type", "text/html")
	return e
}

func TestRequestsOfOthersAreTheirs(t *testing.T) {
	t.Parallel()
	e := said("GET", "/crm/v8/Things?field=a", "", 200, `{"data":[{"id":1}]}`)
	e.Request.Header.Set("User-Agent", "curl/8")
	_, wrong := thingsSpec(t).check(t.Context(), e)
	assert.Equal(t, []string{"answer 200: /data/0/id: value must be a string"}, wrong, "the answer is the fake's all the same")
}

func TestExternalFieldsAreSaidSo(t *testing.T) {
	t.Parallel()
	s := thingsSpec(t)
	e := said("GET", "/crm/v8/Things/acme%2F1", "", 200, `{"data":[{"id":"1"}]}`)
	ids := func() (ids []string) {
		for _, o := range s.find(e) {
			ids = append(ids, o.id)
		}
		return ids
	}
	assert.Equal(t, []string{"One Thing"}, ids())
	e.Request.Header.Set("X-EXTERNAL", "Things.Code__c")
	assert.Equal(t, []string{"One Thing By External Field", "One Thing"}, ids())
	assert.Equal(t, map[string]string{"module": "Things", "external_value": "acme/1"}, s.find(e)[0].parameters(e.Path))
}

func TestReport(t *testing.T) {
	t.Parallel()
	faulted := said("GET", "/crm/v8/Things", "", 500, "")
	faulted.Faulted = true
	wrong := said("GET", "/crm/v8/Things", "", 200, `{"data":[{"id":1},{"id":2}]}`)
	var log strings.Builder
	for _, e := range []*zohohubtest.Exchange{
		said("GET", "/crm/v8/Things", "", 200, `{"data":[{"id":"1"}]}`),
		said("GET", "/crm/v8/Things/1", "", 204, ""),
		said("GET", "/crm/v8/Things/2", "", 204, ""),
		said("POST", "/oauth/v2/token", "", 200, ""),
		said("GET", "/crm/v2.1/Things", "", 200, ""),
		said("GET", "/crm/v8/Leads/1/Notes", "", 200, ""),
		said("GET", "/nowhere", "", 404, ""),
		said("GET", "/crm/v8/Things", "", 0, ""),
		said("PATCH", "/crm/v8/Things", "{}", 400, `{"status":"error"}`),
		said("POST", "/crm/v8/Things", "[1]", 400, `{"status":"error"}`),
		said("PATCH", "/crm/v8/Things", "", 200, `{}`),
		faulted, wrong, wrong,
	} {
		line, err := json.Marshal(e)
		require.NoError(t, err)
		log.Write(append(line, '\n'))
	}
	r, err := thingsSpec(t).checkLog(t.Context(), strings.NewReader(log.String()))
	require.NoError(t, err)
	assert.Equal(t, strings.Join([]string{
		"     1  things: List Things",
		"     2  things: One Thing",
		"     3 exchanges keep to 2 operations of Zoho's files",
		"     1 not checked: a fault that a test injected",
		"     1 not checked: no path of Zoho's CRM: asked for to see it refused",
		"     1 not checked: outside Zoho's files: /{module}/{id}/Notes",
		"     1 not checked: outside Zoho's files: API versions v2 to v7",
		"     1 not checked: outside Zoho's files: the accounts server (OAuth)",
		"     1 not checked: outside Zoho's files: the refusal of a body that is no JSON object",
		"     1 not checked: refused: Zoho's files have no such call",
		"     1 not checked: the connection was lost before an answer",
		"",
	}, "\n"), r.summary())
	assert.Equal(t, []string{
		"Zoho's files have no PATCH /crm/v8/Things (1 times)\n\tPATCH /crm/v8/Things? \n\t200 {}",
		"things: List Things: answer 200: /data/#/id: value must be a string (4 times)\n" +
			"\tGET /crm/v8/Things? \n\t200 {\"data\":[{\"id\":1},{\"id\":2}]}",
	}, r.problems())

	_, err = thingsSpec(t).checkLog(t.Context(), strings.NewReader(`{"method":`))
	require.Error(t, err, "a line that is cut is no end")
}
