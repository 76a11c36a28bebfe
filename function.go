package zohohub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// FunctionResult is what a function of the organization's returned; see [Connection.CallFunction].
type FunctionResult struct {
	// Output is what the function returned: text as it is, anything else in JSON.
	Output string
	// OutputType is Zoho's word for the type of Output: "string", "map", "list", "void", …
	OutputType string
	// ID is the function's.
	ID string
	// UserMessages are what the function has written by its info statements.
	UserMessages []string
	// Raw is the whole answer.
	Raw json.RawMessage
}

// Decode decodes Output, which is JSON where the function returned a map or a list, or made JSON by itself. It takes what
// [json.Unmarshal] does.
func (r *FunctionResult) Decode(out any) error {
	if err := json.Unmarshal([]byte(r.Output), out); err != nil {
		return fmt.Errorf("zohohub: the function's output: %w", err)
	}
	return nil
}

// CallFunction runs a function (in Deluge, Java or Node.js) of the organization's by its API name, and returns what it
// returned. The function has to be one that is opened to the API with OAuth2. Args are its arguments by their names, with
// values as records have them; they travel in the request's body, and may be nil.
//
// A function that fails is an [*Error] with Zoho's code and words, in whatever form they come; [Error.Code] tells which. A
// name that Zoho does not know is one too. What cannot be a name is refused before anything is sent, as
// [ErrRecordInvalid].
//
// A function may do anything, so it is called once: when the answer was lost, or is not in the form of Zoho's, the error is
// [ErrOutcomeUnknown], unless [MayRepeat] says that calling it twice is as good. A function that makes an answer of its
// own (crmAPIResponse) is for [Connection.Post], and so is one that wants a whole body (crmAPIRequest). Calls with an API
// key are not offered: the key would stand in the URL, where logs and proxies keep it.
//
// It costs one credit here; what the function does costs what it costs. It needs the scope
// ZohoCRM.functions.execute.CREATE, which is not among [DefaultScopes].
//
// Zoho: POST /crm/v8/functions/{name}/actions/execute?auth_type=oauth
// https://www.zoho.com/crm/developer/docs/functions/
func (c *Connection) CallFunction(ctx context.Context, name string, args Fields, opts ...FunctionOption) (*FunctionResult, error) {
	m := module{conn: c}
	if c == nil {
		m.fault = errNilConn
	}
	return m.callFunction(ctx, name, args, opts)
}

func (m *module) callFunction(ctx context.Context, name string, args Fields, opts []FunctionOption) (*FunctionResult, error) {
	req := Request{
		Op: "call function", Module: name, Method: http.MethodPost, Params: Params{"auth_type": "oauth"},
		Template: "functions/{name}/actions/execute", Repeat: RepeatNever, Weight: 1,
	}
	switch {
	case m.fault != nil:
		return nil, m.fail(req.Op, m.fault)
	case !moduleNames.MatchString(name):
		return nil, m.fail(req.Op, because(ErrRecordInvalid, "%q is not a function's API name", clip(name, 40)))
	}
	for _, o := range opts {
		if o != nil {
			o.applyFunction(&req)
		}
	}
	var err error
	if req.Path, err = joinPath("functions", name, "actions", "execute"); err != nil {
		return nil, asError(&req, err)
	}
	if len(args) > 0 {
		arguments, err := codec.EncodeFields(args)
		if err != nil {
			return nil, asError(&req, err)
		}
		req.Body = []byte(url.Values{"arguments": {string(arguments)}}.Encode())
		req.ContentType = "application/x-www-form-urlencoded"
	}
	resp, err := m.conn.Do(ctx, req)
	if err != nil {
		return nil, single(nil, err)
	}
	return functionResult(req, resp)
}

// FunctionOption is an option of [Connection.CallFunction].
type FunctionOption interface{ applyFunction(*Request) }

type mayRepeat struct{}

func (mayRepeat) applyFunction(r *Request) { r.Repeat = RepeatSafe }

// MayRepeat says that a function changes nothing, or changes it to the same again: the call is sent again when its answer
// was lost.
func MayRepeat() FunctionOption { return mayRepeat{} }

// functionResult reads an answer, whose code is "success" in small letters, and which has no status.
func functionResult(req Request, resp *Response) (*FunctionResult, error) {
	var answer row
	_ = answer.UnmarshalJSON(resp.Body) // never fails
	details := object(answer.Details)
	if !strings.EqualFold(answer.Code, "success") {
		if answer.Code != "" {
			e := asError(&req, nil)
			e.Status, e.Code, e.Message, e.Details = resp.Status, answer.Code, answer.Message, answer.Details
			return nil, e
		}
		return nil, unclear(req, resp, "the answer has no result")
	}
	r := &FunctionResult{OutputType: text(details["output_type"]), ID: scalar(details["id"]), Raw: resp.Body}
	switch output := details["output"]; {
	case bytes.HasPrefix(output, []byte(`"`)):
		r.Output = text(output)
	case string(output) != "null":
		r.Output = string(output)
	}
	if said := details["userMessage"]; json.Unmarshal(said, &r.UserMessages) != nil && text(said) != "" {
		r.UserMessages = []string{text(said)}
	}
	return r, nil
}
