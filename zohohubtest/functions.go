package zohohubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// functions are the organisation's, by their API names.
type functions map[string]function

type function struct {
	id  string
	run func(args map[string]any) (any, error)
}

// functionRoutes are the calls of functions.
var functionRoutes = []route{
	{
		method: http.MethodGet, pattern: "functions/{id}/actions/execute",
		scopes: []string{"ZohoCRM.functions.execute.READ"}, credits: 1, handle: (*crm).callFunction,
	},
	{
		method: http.MethodPost, pattern: "functions/{id}/actions/execute",
		scopes: []string{"ZohoCRM.functions.execute.CREATE"}, credits: 1, handle: (*crm).callFunction,
	},
}

// AddFunction makes a function that can be called by its API name, in place of one that there is. It gets the arguments
// with their numbers as [json.Number]; what it returns is its output, and an error its failure. A call with a body in JSON
// has it as the argument crmAPIRequest, {"body": …}. It may call the Server, and may run several times at once. Which words
// Zoho has for a failure is not documented: the code is "failure" here.
func (s *Server) AddFunction(apiName string, run func(args map[string]any) (any, error)) {
	s.crm.mu.Lock()
	defer s.crm.mu.Unlock()
	if s.crm.functions == nil {
		s.crm.functions = functions{}
	}
	s.crm.functions[apiName] = function{formatID(s.crm.nextID()), run}
}

// callFunction is GET or POST functions/{id}/actions/execute?auth_type=oauth, {id} being the API name.
func (c *crm) callFunction(q *request) outcome {
	f, known := c.functions[q.id]
	switch {
	case q.query.Get("auth_type") == "":
		return missingParam("auth_type").outcome()
	case q.query.Get("auth_type") != "oauth":
		return badPattern("auth_type").outcome()
	case !known:
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the function name given seems to be invalid",
			map[string]any{"resource_path_index": 1}).outcome()
	}
	args, refused := q.arguments()
	if refused != nil {
		return refused.outcome()
	}
	return outcome{status: http.StatusOK, after: func() any { return f.answer(q.id, args) }}
}

// answer runs the function, with mu given back, and tells what came of it.
func (f function) answer(name string, args map[string]any) map[string]any {
	output, err := f.run(args)
	details := map[string]any{"id": f.id, "output_type": outputType(output), "userMessage": []any{}}
	if err != nil {
		details["userMessage"] = []any{err.Error()}
		return map[string]any{"code": "failure", "details": details, "message": "function execution failed"}
	}
	details["output"] = output
	if _, isText := output.(string); !isText && output != nil {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(output); err != nil {
			panic(fmt.Sprintf("zohohubtest: function %s returned what cannot be told: %v", name, err))
		}
		details["output"] = strings.TrimSuffix(text.String(), "\n")
	}
	return map[string]any{"code": "success", "details": details, "message": "function executed successfully"}
}

// arguments are in the parameter of that name, or in a form in the body.
func (q *request) arguments() (map[string]any, *refusal) {
	text := q.query.Get("arguments")
	args := map[string]any{}
	kind, params, _ := mime.ParseMediaType(q.http.Header.Get("Content-Type"))
	switch {
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(q.body))
		if err != nil {
			return nil, invalidParam("arguments")
		}
		if form.Has("arguments") {
			text = form.Get("arguments")
		}
	case kind == "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(q.body), params["boundary"]).ReadForm(maxBody)
		if err != nil {
			return nil, invalidParam("arguments")
		}
		if values := form.Value["arguments"]; len(values) > 0 {
			text = values[0]
		}
	case len(q.body) > 0:
		body, err := decodeJSON(q.body)
		if err != nil {
			return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "body", map[string]any{"expected_data_type": "jsonobject"})
		}
		args["crmAPIRequest"] = map[string]any{"body": body}
	}
	if text == "" {
		return args, nil
	}
	v, err := decodeJSON([]byte(text))
	named, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, invalidParam("arguments")
	}
	maps.Copy(args, named)
	return args, nil
}

// outputType is Zoho's word for what a function returned.
func outputType(v any) string {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Invalid:
		return "void"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "map"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Float32, reflect.Float64:
		return "float"
	}
	return "string"
}
