package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// ErrTooLarge says that an answer exceeds what the chain reads whole.
var ErrTooLarge = errors.New("answer is too large")

const (
	defaultMaxBody = 64 << 20
	// flatError is more than any error of Zoho's takes.
	flatError = 64 << 10
)

// reader reads answers to their end, so that a cut body and Zoho's code are known while the request can still be
// repeated, and the connection is free again. Only a stream's good answer passes unread.
type reader struct {
	next  http.RoundTripper
	limit int64
}

var _ http.RoundTripper = (*reader)(nil)

// RoundTrip implements [http.RoundTripper].
func (r *reader) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode < 200: // "switching protocols": its body is a connection, which need not end
		_ = resp.Body.Close()
		resp.Body = newWhole(nil)
		return resp, nil
	case CallOf(req.Context()).StreamOut && resp.StatusCode < 300 && resp.StatusCode != http.StatusNoContent:
		return r.stream(resp)
	}
	limit := r.limit
	if limit <= 0 {
		limit = defaultMaxBody
	}
	data, err := readAll(resp, limit)
	_ = resp.Body.Close() // what was read is complete, or err says that it is not
	if resp.StatusCode >= 300 && req.Context().Err() == nil {
		err = nil // the status outlives its body: it says enough
	}
	if err != nil {
		return nil, &Lost{Status: resp.StatusCode, Err: err}
	}
	resp.Body = newWhole(data)
	return resp, nil
}

// stream lets a body pass, unless it turns out to be a short JSON error: Zoho sends those with status 200 too.
func (r *reader) stream(resp *http.Response) (*http.Response, error) {
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/json" {
		return resp, nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, flatError))
	if err != nil {
		_ = resp.Body.Close()
		return nil, &Lost{Status: resp.StatusCode, Err: err}
	}
	if code, status := flat(head); code != "" && strings.EqualFold(status, "error") {
		_ = resp.Body.Close()
		resp.Body = newWhole(head)
		return resp, nil
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	return resp, nil
}

func readAll(resp *http.Response, limit int64) ([]byte, error) {
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= limit {
		buf.Grow(int(n) + bytes.MinRead) // ReadFrom wants room to see the end
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if err == nil && n > limit {
		err = ErrTooLarge
	}
	return buf.Bytes(), err
}

// flat reads Zoho's code and status from a body that is one result, not a page of records.
func flat(body []byte) (code, status string) {
	if len(body) >= flatError {
		return "", ""
	}
	var answer map[string]any // not a struct: encoding/json would take a record's "Status" for the answer's
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	code, _ = answer["code"].(string)
	status, _ = answer["status"].(string)
	return code, status
}
