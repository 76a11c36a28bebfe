package contract

import (
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// explain puts what kin-openapi found into lines: where it is and what is wrong there, without the schemas and whole
// bodies that its errors quote.
func explain(err error) []string {
	if all := parts(err); len(all) > 0 {
		var lines []string
		for _, part := range all {
			lines = append(lines, explain(part)...)
		}
		return lines
	}
	var request *openapi3filter.RequestError
	var answer *openapi3filter.ResponseError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &request) && request.Err != nil && request.Parameter != nil:
		return prefixed(fmt.Sprintf("parameter %q in %s", request.Parameter.Name, request.Parameter.In), explain(request.Err))
	case errors.As(err, &request) && request.Err != nil:
		return explain(request.Err)
	case errors.As(err, &answer) && answer.Err != nil:
		return explain(answer.Err)
	case errors.As(err, &schema):
		return explainSchema(schema)
	}
	return []string{err.Error()}
}

// parts are the errors of which an error is the list.
func parts(err error) []error {
	many, _ := errors.AsType[openapi3.MultiError](err)
	return many
}

func prefixed(prefix string, lines []string) []string {
	for i, line := range lines {
		lines[i] = prefix + ": " + line
	}
	return lines
}

func explainSchema(err *openapi3.SchemaError) []string {
	at := strings.Join(append([]string{""}, err.JSONPointer()...), "/")
	if err.SchemaField != "anyOf" {
		return []string{at + ": " + err.Reason}
	}
	var best error
	for _, branch := range err.Schema.AnyOf {
		wrong := branch.Value.VisitJSON(err.Value, openapi3.MultiErrors(), openapi3.VisitAsResponse())
		if best == nil || shallow(wrong) < shallow(best) {
			best = wrong
		}
	}
	lines := explain(best) // their places are seen from here
	if len(lines) == 0 {
		return []string{at + ": " + err.Reason} // nothing wrong must never be said of what is
	}
	for i, line := range lines {
		lines[i] = at + line
	}
	return lines
}

// shallow weighs what is wrong with the first keys of a value: where it is of another branch, its status, its code or the
// key of the list are.
func shallow(err error) int {
	if all := parts(err); len(all) > 0 {
		sum := 0
		for _, part := range all {
			sum += shallow(part)
		}
		return sum
	}
	var schema *openapi3.SchemaError
	if !errors.As(err, &schema) {
		return 0
	}
	switch pointer := schema.JSONPointer(); {
	case len(pointer) != 1:
		return 0
	case pointer[0] == "status" || pointer[0] == "code":
		return 10
	default:
		return 1
	}
}
