package zohohub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"

	"github.com/go-resty/resty/v2"

	"github.com/zohohub/zohohub/internal/transport"
)

// Connection is an authenticated client of Zoho CRM, made by [NewConnection]. It renews its token by itself, sends again what may be sent again,
// and keeps within Config.MaxConcurrency. Use one for all goroutines; it needs no closing. It prints without secrets.
//
// Its errors are [*Error], or [*BatchError] when Zoho refused some records of a write. They keep a cause such as
// [context.Canceled] beneath them.
//
// What is sent again, at most Config.MaxAttempts times in all, after a wait of 250 to 500 ms, twice that the next time
// and so on, or as long as Retry-After says:
//
//   - whatever Zoho refused before doing it: 429; a refused token (401) is renewed, and the request sent once more
//   - whatever never left, because the connection did not come up, in time or at all
//   - what is [RepeatSafe], also when no answer came, it broke off, was no JSON, or was a 5xx
//
// A [RepeatNever] request of the last kind is [ErrOutcomeUnknown]. A wait of more than 30 s, or beyond the deadline
// of the caller's context, is not begun: the error comes at once, with [Error.RetryAfter].
//
// One renewal of the token serves all who wait for it: when Zoho refused the token, or when it has ended. A minute before
// its end it is renewed while calls still use it. A renewal takes 30 s at most, and asks up to three times when Zoho
// fails or its answer is lost. A refresh token that Zoho refused is not tried again on this connection, a throttled
// accounts server not for a minute, and neither when the API refuses what it has just given.
//
// Config.Logger gets a line "zohohub: request" at debug level for each attempt, with the attributes method, path (ids
// replaced), attempt, duration, credits (what the call should cost), and status and credits_remaining (once Zoho sends
// it) or failure ("no connection", "no answer").
type Connection struct {
	version  apiVersion
	tokens   *tokens
	http     *resty.Client
	metadata *metadataCache
}

// NewConnection returns a connection for a token; cfg.TokenSource may stand in for it, or for its refresh token. With
// an access token alone it works until Zoho refuses it; with a refresh token alone, the first call refreshes. It sends
// nothing, and reports everything that is wrong with cfg.
func NewConnection(cfg Config, tok *Token) (*Connection, error) { return newConnection(cfg, tok, nil) }

// newConnection is NewConnection for a token that may have a place in a store.
func newConnection(cfg Config, tok *Token, place *shelf) (*Connection, error) {
	if cfg.TokenSource == nil && (tok == nil || tok.AccessToken == "" && tok.RefreshToken == "") {
		return nil, errors.New("zohohub: no token: NewConnection needs an access token, a refresh token or Config.TokenSource")
	}
	refreshes := cfg.TokenSource == nil && tok.RefreshToken != ""
	if err := cfg.validate(refreshes); err != nil {
		return nil, err
	}
	if _, err := cfg.apiOrigin(tok); err != nil {
		return nil, err
	}
	if !fitsHeader(tokenOrZero(tok).AccessToken) {
		return nil, errors.New("zohohub: Token.AccessToken does not fit into a header: it holds a space, a line break or the like")
	}
	if refreshes {
		if _, err := cfg.accountsOrigin(tok); err != nil {
			return nil, err
		}
	}
	cfg = cfg.withDefaults()
	cfg.HTTPClient = cfg.client() // one pool of connections, for the accounts server too
	c := &Connection{version: versionOf(cfg.APIVersion), tokens: newTokens(cfg, tok, place), metadata: newMetadataCache(cfg)}
	c.http = resty.NewWithClient(&http.Client{
		Transport: transport.New(transport.Options{
			Client: cfg.HTTPClient, Tokens: c.tokens, Places: cfg.MaxConcurrency, Attempts: cfg.MaxAttempts,
			Timeout: cfg.Timeout, Logger: cfg.Logger,
		}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	// Repeating is the chain's: resty would send a create twice.
	c.http.SetRetryCount(0).SetDoNotParseResponse(true).SetPreRequestHook(putBody)
	return c, nil
}

// CloseIdleConnections closes the connections to Zoho that no request uses, those of Config.HTTPClient if it has one. The
// Connection stays usable. Who is done with it need not call this: idle connections end after 90 s by themselves.
func (c *Connection) CloseIdleConnections() { c.tokens.cfg.HTTPClient.CloseIdleConnections() }

// String describes the connection without secrets.
func (c Connection) String() string { return "zohohub.Connection" + c.public().text() }

// GoString is String: %#v shows no secret either.
func (c Connection) GoString() string { return c.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (c Connection) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue gives log/slog what String shows.
func (c Connection) LogValue() slog.Value { return c.public().logValue() }

func (c Connection) public() attrs {
	if c.tokens == nil { // a Connection that NewConnection did not make
		return nil
	}
	return attrs{{"ClientID", c.tokens.cfg.ClientID}, {"APIDomain", c.tokens.origin()}, {"APIVersion", c.version.name}}
}

// Token returns a copy of the connection's token, refreshed if it has ended.
func (c *Connection) Token(ctx context.Context) (*Token, error) {
	tok, err := c.tokens.get(ctx)
	if err != nil {
		return nil, asError(&Request{Op: "token"}, err)
	}
	return copyToken(tok), nil
}

// Get reads path, which may carry a query, into out: nil, a *[]byte or *[json.RawMessage] for the answer as it is, or
// anything that encoding/json decodes into; numbers in an any are [json.Number]. Out stays as it was when there is
// nothing (204, 304). An answer that is not JSON is an error, whatever out is.
func (c *Connection) Get(ctx context.Context, path string, params Params, out any) error {
	return c.call(ctx, Request{Method: http.MethodGet, Path: path, Params: params, Weight: 1}, nil, out)
}

// Delete deletes path; params and out are as for [Connection.Get]. It is sent once when its outcome is unknown: what a
// path deletes, and whether twice is the same as once, is the caller's to know; [Connection.Do] takes [RepeatSafe].
func (c *Connection) Delete(ctx context.Context, path string, params Params, out any) error {
	return c.call(ctx, Request{Method: http.MethodDelete, Path: path, Params: params, Weight: 1}, nil, out)
}

// Post sends body to path: nil, a []byte or [json.RawMessage] as it is, or anything that encoding/json encodes. Out is
// as for [Connection.Get], and is filled too when the error is a [*BatchError].
func (c *Connection) Post(ctx context.Context, path string, body, out any) error {
	return c.call(ctx, Request{Method: http.MethodPost, Path: path, Weight: 1}, body, out)
}

// Put is [Connection.Post] with PUT.
func (c *Connection) Put(ctx context.Context, path string, body, out any) error {
	return c.call(ctx, Request{Method: http.MethodPut, Path: path, Weight: 1}, body, out)
}

// Patch is [Connection.Post] with PATCH.
func (c *Connection) Patch(ctx context.Context, path string, body, out any) error {
	return c.call(ctx, Request{Method: http.MethodPatch, Path: path, Weight: 1}, body, out)
}

func (c *Connection) call(ctx context.Context, req Request, body, out any) error {
	if v := reflect.ValueOf(out); out != nil && (v.Kind() != reflect.Pointer || v.IsNil()) { // said before anything is sent
		name(&req)
		return asError(&req, fmt.Errorf("out is %T: it must be a pointer that can be filled, or nil", out))
	}
	switch b := body.(type) {
	case nil:
	case []byte:
		req.Body = b
	case json.RawMessage:
		req.Body = b
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			name(&req)
			return asError(&req, err)
		}
		req.Body = encoded
	}
	resp, err := c.Do(ctx, req)
	if _, rows := errors.AsType[*BatchError](err); err != nil && !rows {
		return err
	}
	if fault := decode(resp.Body, out); fault != nil {
		name(&req)
		e := asError(&req, fault)
		e.Status = resp.Status
		if err == nil {
			return e
		}
		return errors.Join(err, e)
	}
	return err
}

func decode(body []byte, out any) error {
	if len(body) == 0 {
		return nil
	}
	valid := func() error { // nobody else would see an answer that was cut
		if !json.Valid(body) {
			return errors.New("answer is not Zoho's JSON: " + quote(body))
		}
		return nil
	}
	switch o := out.(type) {
	case nil:
		return valid()
	case *[]byte:
		*o = body
		return valid()
	case *json.RawMessage:
		*o = body
		return valid()
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err := d.Decode(out)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("more than one JSON value")
	}
	return fmt.Errorf("answer does not fit %T: %w", out, err)
}

// Do sends a request. The Response is there whenever Zoho's answer was read, also beside an error: for a status of 300
// or more or below 200, for a flat {"code":…,"status":"error"} whatever the status, for an answer that is no JSON or that
// is empty without being a 204, and, as a [*BatchError], for a write that refused some records. 204 and 304 are no
// errors. Redirects are errors: they are not followed, and come without their Location.
//
// Of the JSON that a GET is answered with, only the beginning and the end are looked at: it is the caller who decodes it.
func (c *Connection) Do(ctx context.Context, req Request) (*Response, error) {
	name(&req)
	url, err := c.url(&req)
	if err != nil {
		return nil, asError(&req, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, asError(&req, err)
	}
	o := &outgoingCall{body: req.Body, open: req.BodyFunc, length: cmp.Or(max(req.BodyLength, 0), -1), call: transport.Call{
		Upload: req.Base == BaseUpload, StreamIn: req.BodyFunc != nil, StreamOut: req.Stream, File: req.file,
		Template: req.Template, Weight: req.Weight,
	}}
	if req.repeat() == RepeatSafe {
		o.call.Repeat = transport.Safe
	}
	ctx = context.WithValue(transport.WithCall(ctx, &o.call), outgoingKey{}, o)

	r := c.http.R().SetContext(ctx)
	for key, values := range req.Header {
		r.Header[http.CanonicalHeaderKey(key)] = slices.Clone(values)
	}
	r.SetHeader("User-Agent", "zohohub/"+Version)
	if r.Header.Get("Accept") == "" {
		r.SetHeader("Accept", "application/json")
	}
	if req.ContentType != "" {
		r.SetHeader("Content-Type", req.ContentType)
	} else if req.Body != nil {
		r.SetHeader("Content-Type", "application/json")
	}
	if err := checkHeader(r.Header); err != nil {
		return nil, asError(&req, err)
	}
	answer, err := r.Execute(req.Method, url)
	if err != nil {
		return nil, c.failure(ctx, &req, err)
	}
	return c.response(&req, &o.call, answer.RawResponse)
}
