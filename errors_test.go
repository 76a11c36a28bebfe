package zohohub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*Error{
		"zohohub: create Leads: INVALID_DATA: invalid data (field Email, expected email) (HTTP 400)": {
			Op: "create", Module: "Leads", Status: 400, Code: "INVALID_DATA", Message: "invalid data", Index: -1,
			Details: json.RawMessage(`{"api_name":"Email","expected_data_type":"email","json_path":"$.data[0].Email"}`),
		},
		"zohohub: delete Leads: REQUIRED_PARAM_MISSING (field ids) (HTTP 400)": {
			Op: "delete", Module: "Leads", Status: 400, Code: "REQUIRED_PARAM_MISSING", Details: json.RawMessage(`{"param_name":"ids"}`),
		},
		"zohohub: find Leads: request failed (HTTP 502)":             {Op: "find", Module: "Leads", Status: 502},
		"zohohub: request failed":                                    {},
		"zohohub: find Leads: context canceled":                      {Op: "find", Module: "Leads", Err: context.Canceled},
		"zohohub: find Leads: (HTTP 200): unexpected EOF":            {Op: "find", Module: "Leads", Status: 200, Err: io.ErrUnexpectedEOF},
		"zohohub: create Leads: outcome unknown: EOF":                {Op: "create", Module: "Leads", Err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, io.EOF)},
		"zohohub: find Leads: refresh: invalid_code: it was revoked": {Op: "find", Module: "Leads", Err: &Error{Op: "refresh", Code: "invalid_code", Message: "it was revoked"}},
		"zohohub: find Leads: A B C: two lines [31mred é (HTTP 400)": {Op: "find", Module: "Leads", Status: 400, Code: "A\nB\t C\x00", Message: "\r\ntwo\n\nlines \x1b[31mred é\u202e\u0007"},
		"zohohub: find Leads: not [redacted] and [redacted] or 1000.50 (HTTP 400): [redacted]": {
			Op: "find", Module: "Leads", Status: 400, Message: "not Zoho-oauthtoken x/y and 1000.fake-access-token or 1000.50", Err: errors.New("zoho-oauthtoken 1000.fake"),
		},
		"zohohub: find Leads: " + strings.Repeat("y", 200) + "… (HTTP 400)": {Op: "find", Module: "Leads", Status: 400, Message: strings.Repeat("y", 5000)},
		"zohohub: create Leads: EXPECTED_FIELD_MISSING (field Email)":       {Op: "create", Module: "Leads", Code: "EXPECTED_FIELD_MISSING", Details: json.RawMessage(`{"expected_fields":[{"api_name":"Email"},{"api_name":"Phone"}]}`)},
		"zohohub: create Leads: MULTIPLE_OR_MULTI_ERRORS (field Email, expected email)": {
			Op: "create", Module: "Leads", Code: "MULTIPLE_OR_MULTI_ERRORS",
			Details: json.RawMessage(`{"errors":[{"code":"INVALID_DATA","details":{"api_name":"Email","expected_data_type":"email"}},{"code":"DUPLICATE_DATA"}]}`),
		},
	} {
		assert.EqualError(t, e, want)
	}
}

func TestErrorIs(t *testing.T) {
	t.Parallel()
	all := []error{
		ErrRecordNotFound, ErrRecordInvalid, ErrMandatoryNotFound, ErrDuplicate, ErrInvalidModule, ErrNoPermission,
		ErrRecordInBlueprint, ErrNotInProcess, ErrNoSuchTransition, ErrConflict, ErrTruncated, ErrInvalidToken,
		ErrAuthentication, ErrScopeMismatch, ErrRateLimited, ErrTokenThrottled, ErrInternal, ErrOutcomeUnknown,
	}
	for name, c := range map[string]struct {
		e    Error
		want []error
	}{
		"nothing known":         {Error{Status: 400, Code: "BRAND_NEW"}, nil},
		"invalid data":          {Error{Code: "INVALID_DATA", Message: "invalid data"}, []error{ErrRecordInvalid}},
		"no such id":            {Error{Code: "INVALID_DATA", Message: "the id given seems to be invalid"}, []error{ErrRecordNotFound, ErrRecordInvalid}},
		"no such related id":    {Error{Code: "INVALID_DATA", Message: "The related id given seems to be invalid."}, []error{ErrRecordNotFound, ErrRecordInvalid}},
		"not deleted":           {Error{Code: "INVALID_DATA", Message: "record not deleted"}, []error{ErrRecordNotFound, ErrRecordInvalid}},
		"no such transition":    {Error{Code: "INVALID_DATA", Message: "invalid transition"}, []error{ErrNoSuchTransition, ErrRecordInvalid}},
		"those words elsewhere": {Error{Code: "OTHER", Message: "record not deleted"}, nil},
		"mandatory":             {Error{Code: "MANDATORY_NOT_FOUND"}, []error{ErrMandatoryNotFound, ErrRecordInvalid}},
		"duplicate":             {Error{Code: "DUPLICATE_DATA"}, []error{ErrDuplicate, ErrRecordInvalid}},
		"several": {Error{Code: "MULTIPLE_OR_MULTI_ERRORS", Details: json.RawMessage(
			`{"errors":[{"code":"MANDATORY_NOT_FOUND"},{"code":"INVALID_DATA","message":"record not deleted"}]}`)},
			[]error{ErrRecordInvalid, ErrMandatoryNotFound, ErrRecordNotFound}},
		"module":             {Error{Code: "INVALID_MODULE"}, []error{ErrInvalidModule}},
		"permission":         {Error{Status: 403, Code: "NO_PERMISSION"}, []error{ErrNoPermission}},
		"in a blueprint":     {Error{Code: "RECORD_IN_BLUEPRINT"}, []error{ErrRecordInBlueprint}},
		"not in a process":   {Error{Code: "RECORD_NOT_IN_PROCESS"}, []error{ErrNotInProcess}},
		"changed since":      {Error{Status: 412}, []error{ErrConflict}},
		"changed since, row": {Error{Status: 207, Code: "ALREADY_MODIFIED"}, []error{ErrConflict}},
		"token":              {Error{Status: 401, Code: "INVALID_TOKEN"}, []error{ErrInvalidToken}},
		"token evicted":      {Error{Status: 401, Code: "INVALID_OAUTHTOKEN"}, []error{ErrInvalidToken}},
		"token or header":    {Error{Status: 401, Code: "AUTHENTICATION_FAILURE"}, []error{ErrInvalidToken, ErrAuthentication}},
		"scope":              {Error{Status: 401, Code: "OAUTH_SCOPE_MISMATCH"}, []error{ErrScopeMismatch}},
		"429 without a body": {Error{Status: 429}, []error{ErrRateLimited}},
		"limit of requests":  {Error{Status: 429, Code: "LIMIT_EXCEEDED"}, []error{ErrRateLimited}},
		"limit of rows":      {Error{Status: 400, Code: "LIMIT_EXCEEDED"}, nil},
		"throttled":          {Error{Status: 400, Code: "Access Denied"}, []error{ErrTokenThrottled, ErrRateLimited}},
		"code":               {Error{Status: 200, Code: "invalid_code"}, []error{ErrAuthentication}},
		"500":                {Error{Status: 500, Code: "INTERNAL_ERROR"}, []error{ErrInternal}},
		"502 of a gateway":   {Error{Status: 502}, []error{ErrInternal}},
		"create with 500":    {Error{Status: 500, Err: ErrOutcomeUnknown}, []error{ErrInternal, ErrOutcomeUnknown}},
	} {
		var got []error
		for _, sentinel := range all {
			if errors.Is(&c.e, sentinel) {
				got = append(got, sentinel)
			}
		}
		assert.ElementsMatch(t, c.want, got, name)
	}
}

func TestErrorReadsDetailsLeniently(t *testing.T) {
	t.Parallel()
	for _, details := range []string{``, `{}`, `[]`, `null`, `"x"`, `{`, `{"api_name":7,"expected_data_type":{}}`,
		`{"expected_fields":7,"errors":{}}`, `{"expected_fields":["x"],"errors":[]}`} {
		e := Error{Code: "INVALID_DATA", Details: json.RawMessage(details)}
		assert.Empty(t, e.Field()+e.ExpectedType(), details)
	}
}

func TestBatchError(t *testing.T) {
	t.Parallel()
	var err error = &BatchError{Total: 250, Failed: []*Error{
		{Op: "create", Module: "Leads", Status: 207, Index: 7, Code: "INVALID_DATA", Message: "invalid data", Details: json.RawMessage(`{"api_name":"Email"}`)},
		{Op: "create", Module: "Leads", Status: 207, Index: 9, Code: "DUPLICATE_DATA"},
	}}
	assert.EqualError(t, err, "zohohub: create Leads: 2 of 250 failed; first, at 7: INVALID_DATA: invalid data (field Email) (HTTP 207)")
	require.ErrorIs(t, err, ErrDuplicate)
	require.NotErrorIs(t, err, ErrConflict)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 7, e.Index)
	require.EqualError(t, &BatchError{Total: 3}, "zohohub: 0 of 3 failed")
}
