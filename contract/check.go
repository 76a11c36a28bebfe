package contract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/zohohub/zohohub/zohohubtest"
)

// check holds an exchange against the operations that it may mean. It gives the one that it keeps to, or the one that it
// comes closest to and what is wrong by that.
func (s *spec) check(ctx context.Context, e *zohohubtest.Exchange) (operation, []string) {
	found := s.find(e)
	if len(found) == 0 {
		return operation{}, []string{fmt.Sprintf("Zoho's files have no %s %s", e.Method, e.Path)}
	}
	var closest operation
	var least []string
	for _, o := range found {
		wrong, err := s.checkAs(ctx, o, e)
		switch {
		case err != nil:
			wrong = []string{err.Error()}
		case len(wrong) == 0:
			return o, nil
		}
		if least == nil || len(wrong) < len(least) {
			closest, least = o, wrong
		}
	}
	return closest, least
}

func (s *spec) checkAs(ctx context.Context, o operation, e *zohohubtest.Exchange) ([]string, error) {
	var wrong []string
	// What is refused, if only in part, may be wrong on purpose.
	if fromLibrary(e) && e.Status < http.StatusBadRequest && e.Status != http.StatusMultiStatus {
		request, err := input(ctx, s.requests, o, e)
		if err != nil {
			return nil, err
		}
		wrong = append(checkQuery(request), explain(openapi3filter.ValidateRequest(ctx, request))...)
		wrong = prefixed("request", wrong)
	}
	request, err := input(ctx, s.answers, o, e)
	if err != nil {
		return nil, err
	}
	return append(wrong, prefixed(fmt.Sprint("answer ", e.Status), explain(checkAnswer(ctx, request, e)))...), nil
}

// fromLibrary tells the library's requests from those that tests of the fake make by hand, wrong ones among them.
func fromLibrary(e *zohohubtest.Exchange) bool {
	return strings.HasPrefix(e.Request.Header.Get("User-Agent"), "zohohub/")
}

func input(ctx context.Context, s *side, o operation, e *zohohubtest.Exchange) (*openapi3filter.RequestValidationInput, error) {
	doc, err := s.document(o.file)
	if err != nil {
		return nil, err
	}
	item := doc.Paths.Value(o.path)
	r, err := http.NewRequestWithContext(ctx, e.Method, e.Path+"?"+e.Query, strings.NewReader(e.Request.Body))
	if err != nil {
		return nil, err
	}
	r.Header = e.Request.Header.Clone()
	query, err := url.ParseQuery(e.Query)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  o.parameters(e.Path),
		QueryParams: query,
		Route: &routers.Route{
			Spec: doc, Path: o.path, PathItem: item, Method: o.method, Operation: item.GetOperation(o.method),
		},
		Options: &openapi3filter.Options{
			MultiError:         true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			ExcludeRequestBody: e.Request.Omitted,
		},
	}, nil
}

// checkQuery looks at what kin-openapi does not: parameters that the operation does not have, and ones that come again.
func checkQuery(request *openapi3filter.RequestValidationInput) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(request.QueryParams)) {
		parameter := request.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		switch times := len(request.QueryParams[name]); {
		case parameter == nil:
			wrong = append(wrong, fmt.Sprintf("parameter %q in query is not the operation's", name))
		case times > 1 && !parameter.Schema.Value.Type.Is(openapi3.TypeArray):
			wrong = append(wrong, fmt.Sprintf("parameter %q in query comes %d times", name, times))
		}
	}
	return wrong
}

// undeclared are statuses that Zoho answers with although most operations do not say so.
var undeclared = []int{201, 202, 207, 400, 401, 403, 404, 412, 413, 415, 429, 500}

func checkAnswer(ctx context.Context, request *openapi3filter.RequestValidationInput, e *zohohubtest.Exchange) error {
	if e.Status == http.StatusNoContent || e.Status == http.StatusNotModified {
		if e.Response.Body != "" || e.Response.Omitted {
			return errors.New("has a body")
		}
		return nil
	}
	status := e.Status
	responses := request.Route.Operation.Responses
	if responses.Status(status) == nil && slices.Contains(undeclared, status) {
		status = http.StatusOK
		switch {
		case e.Status >= http.StatusBadRequest && responses.Status(http.StatusBadRequest) != nil:
			status = http.StatusBadRequest
		case responses.Status(http.StatusOK) == nil:
			status = http.StatusCreated // some of what was to be made was not
		}
	}
	if r := responses.Status(status); r != nil {
		for _, media := range r.Value.Content {
			if media.Schema == nil {
				return errors.New("the file says nothing of it") // the call's twin does
			}
		}
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request,
		Status:                 status,
		Header:                 e.Response.Header,
		Options: &openapi3filter.Options{
			MultiError:            true,
			IncludeResponseStatus: true,
			ExcludeResponseBody:   e.Response.Omitted,
		},
	}
	return openapi3filter.ValidateResponse(ctx, answer.SetBodyBytes([]byte(e.Response.Body)))
}
