package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/filename"
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
	call := CallOf(req.Context())
	switch {
	case resp.StatusCode < 200: // "switching protocols": its body is a connection, which need not end
		_ = resp.Body.Close()
		resp.Body = newWhole(nil)
		return resp, nil
	case call.StreamOut && resp.StatusCode < 300 && resp.StatusCode != http.StatusNoContent:
		passes, err := r.pass(req, resp, call.File)
		if err != nil {
			return nil, err
		}
		if passes {
			return resp, nil
		}
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

// pass lets a stream's body pass unread, unless it turns out to be something else, of which Zoho and the gateways before it
// say with status 200 too that it is good. A short JSON error is such; where a file is expected, any JSON or page without a
// file's name is. A file's name, then, makes it a file, whatever is in it: unless that is the one that Zoho gives its JSON.
// So does being the part of a file that was asked for: it need not repeat the name.
func (r *reader) pass(req *http.Request, resp *http.Response, file bool) (passes bool, err error) {
	if file && resp.StatusCode == http.StatusPartialContent && resp.Header.Get("Content-Range") != "" && req.Header.Get("Range") != "" {
		return true, nil
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	name := filename.FromHeader(resp.Header.Get("Content-Disposition"))
	named := name != "" && !(kind == jsonType && name == "response.json")
	if file && named || !file && kind != jsonType {
		return true, nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, flatError))
	if err != nil {
		_ = resp.Body.Close()
		return false, &Lost{Status: resp.StatusCode, Err: err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	switch code, status := flat(head); {
	case code != "" && strings.EqualFold(status, "error"):
		return false, nil
	case !file:
		return true, nil
	}
	return name != "" && !refusesRow(head) || !slices.Contains(pages, kind), nil
}

// refusesRow says whether a body is a list of results that begins with an error.
func refusesRow(body []byte) bool {
	var answer struct {
		Data []struct{ Code, Status string }
	}
	return len(body) < flatError && json.Unmarshal(body, &answer) == nil &&
		len(answer.Data) > 0 && answer.Data[0].Code != "" && strings.EqualFold(answer.Data[0].Status, "error")
}

const jsonType = "application/json"

// pages are the content types of what is no file when it has no file's name.
var pages = []string{jsonType, "text/html", "application/xhtml+xml", ""}

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
