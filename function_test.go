package zohohub_test

import (
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestCallFunction(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		crm.AddFunction("score", func(args map[string]any) (any, error) { return args, nil })
		crm.AddFunction("greet", func(args map[string]any) (any, error) { return "Hello & welcome", nil })
		crm.AddFunction("nothing", func(args map[string]any) (any, error) { return nil, nil })
		ctx := t.Context()
		at := time.Date(2026, time.May, 1, 10, 0, 0, 0, time.UTC)
		res, err := conn.CallFunction(ctx, "score", Fields{
			"id": "5725767000000000001", "weight": 12.5, "name": "a&b=ü \"x\"", "at": at, "day": DateOf(at), "who": Lookup{ID: "7"}, "tags": []string{"a", "b"},
		})
		require.NoError(t, err)
		const args = `{"id":"5725767000000000001","weight":12.5,"name":"a&b=ü \"x\"","at":"2026-05-01T10:00:00+00:00","day":"2026-05-01","who":{"id":"7"},"tags":["a","b"]}`
		assert.JSONEq(t, args, res.Output)
		assert.Equal(t, "map", res.OutputType)
		assert.NotEmpty(t, res.ID)
		assert.Empty(t, res.UserMessages)
		var out struct{ Weight float64 }
		require.NoError(t, res.Decode(&out))
		assert.Equal(t, 12.5, out.Weight) //nolint:testifylint // exact in binary
		last := lastRequest(t, crm)
		assert.Equal(t, "POST /crm/"+v+"/functions/score/actions/execute", last.Method+" "+last.Path)
		assert.Equal(t, url.Values{"auth_type": {"oauth"}}, last.Query, "the URL tells nothing")
		assert.Equal(t, "application/x-www-form-urlencoded", last.Header.Get("Content-Type"))
		form, err := url.ParseQuery(string(last.Body))
		require.NoError(t, err)
		assert.Len(t, form, 1)
		assert.JSONEq(t, args, form.Get("arguments"))

		res, err = conn.CallFunction(ctx, "greet", nil)
		require.NoError(t, err)
		assert.Equal(t, []any{"Hello & welcome", "string"}, []any{res.Output, res.OutputType})
		assert.Empty(t, lastRequest(t, crm).Body)
		require.ErrorContains(t, res.Decode(&out), "zohohub: the function's output: ")
		res, err = conn.CallFunction(ctx, "nothing", nil)
		require.NoError(t, err)
		assert.Equal(t, []any{"", "void"}, []any{res.Output, res.OutputType})
	})
}

func TestFunctionsFail(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.AddFunction("fail", func(map[string]any) (any, error) { return nil, errors.New("divided by zero") })
	_, err := conn.CallFunction(t.Context(), "fail", nil)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "failure", e.Code)
	assert.Contains(t, string(e.Details), "divided by zero")
	require.EqualError(t, err, "zohohub: call function fail: failure: function execution failed (HTTP 200)")
	require.NotErrorIs(t, err, ErrOutcomeUnknown, "it answered")
	_, err = conn.CallFunction(t.Context(), "nobody", nil)
	require.EqualError(t, err, "zohohub: call function nobody: INVALID_DATA: the function name given seems to be invalid (HTTP 400)")
	crm.ResetRequests()
	for want, name := range map[string]string{
		`"" is not a function's API name`:      "",
		`"a/b" is not a function's API name`:   "a/b",
		`"../x" is not a function's API name`:  "../x",
		`"a?zapikey=" is not a function's API`: "a?zapikey=",
	} {
		_, err := conn.CallFunction(t.Context(), name, nil)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, err, want)
	}
	_, err = conn.CallFunction(t.Context(), "fail", Fields{"x": make(chan int)})
	require.ErrorContains(t, err, "call function fail: ")
	_, err = (*Connection)(nil).CallFunction(t.Context(), "fail", nil)
	require.ErrorContains(t, err, "the connection is nil")
	assert.Empty(t, crm.Requests())
}

// TestFunctionsRunOnce, unless they may run again.
func TestFunctionsRunOnce(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	var runs atomic.Int64
	crm.AddFunction("count", func(map[string]any) (any, error) { return runs.Add(1), nil })
	crm.Inject(zohohubtest.Fault{CutAfter: true})
	_, err := conn.CallFunction(t.Context(), "count", nil)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.EqualValues(t, 1, runs.Load())
	crm.Inject(zohohubtest.Fault{CutAfter: true})
	res, err := conn.CallFunction(t.Context(), "count", nil, MayRepeat(), nil)
	require.NoError(t, err)
	assert.Equal(t, []any{"3", "int", int64(3)}, []any{res.Output, res.OutputType, runs.Load()})
}

func TestForeignFunctionAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]any{
		`{"code":"success","details":{"output":{"a":1},"output_type":"map","id":7,"userMessage":["x","y"]},"message":"function executed successfully"}`: &FunctionResult{
			Output: `{"a":1}`, OutputType: "map", ID: "7", UserMessages: []string{"x", "y"},
		},
		`{"code":"SUCCESS","details":{"output":"","userMessage":"x"}}`: &FunctionResult{UserMessages: []string{"x"}},
		`{"code":"success","details":{"output":null}}`:                 &FunctionResult{},
		`{"code":"success"}`:                                                   &FunctionResult{},
		`{"code":"success","details":{"output":12.50}}`:                        &FunctionResult{Output: "12.50"},
		`{"code":"success","details":{"output":"\"quoted\""}}`:                 &FunctionResult{Output: `"quoted"`},
		`{"code":"INTERNAL_ERROR","details":{},"message":"no"}`:                "INTERNAL_ERROR: no",
		`{"code":"X","details":{},"message":"no","status":"error"}`:            "X: no",
		`{"data":[{"code":"X","details":{},"message":"no","status":"error"}]}`: "X: no",
		`{"hello":"world"}`: "the answer has no result",
		`[1]`:               "the answer has no result",
		`Hello`:             "answer is not Zoho's JSON",
	} {
		mock, conn := mocked(t)
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, body), nil })
		res, err := conn.CallFunction(t.Context(), "f", nil)
		if text, fails := want.(string); fails {
			assert.Nil(t, res)
			require.ErrorContains(t, err, text, body)
			known := res == nil && (text == "X: no" || text == "INTERNAL_ERROR: no")
			assert.Equal(t, !known, errors.Is(err, ErrOutcomeUnknown), body)
			continue
		}
		require.NoError(t, err, body)
		assert.Equal(t, body, string(res.Raw))
		res.Raw = nil
		assert.Equal(t, want, res, body)
	}
}
