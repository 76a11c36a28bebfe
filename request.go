package zohohub

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/go-resty/resty/v2"

	"github.com/zohohub/zohohub/internal/transport"
)

// Base is the part of Zoho's API that a request's path is relative to.
type Base int

const (
	// BaseCore is {api domain}/crm/{version}.
	BaseCore Base = iota
	// BaseBulk is {api domain}/crm/bulk/{version}.
	BaseBulk
	// BaseUpload is {upload host}/crm/{version}, which takes the files of bulk writes.
	BaseUpload
)

// Repeat says whether a request whose outcome is unknown may be sent again.
type Repeat int

const (
	// RepeatByMethod means: GET and HEAD are [RepeatSafe], everything else is [RepeatNever].
	RepeatByMethod Repeat = iota
	// RepeatSafe marks what changes nothing, or changes it to the same again.
	RepeatSafe
	// RepeatNever marks what must not be done twice, such as creating a record.
	RepeatNever
)

// Request is one call of Zoho's API. Only Method and Path are needed.
type Request struct {
	// Op and Module name the call in errors: "create" and "Leads".
	Op, Module string
	Method     string
	Base       Base
	// Path is relative to Base and may carry a query of its own: "users?type=CurrentUser". Its elements are
	// percent-encoded where they need it. A URL, another host, "." and "..", empty elements, control characters and a
	// fragment are refused before anything is sent.
	Path string
	// Template is the path without ids, such as "Leads/{id}", for logs. Empty means: Path without its query, with
	// whatever looks like an id replaced.
	Template string
	// Params are added to the query. Values are text, booleans, numbers, [time.Time], [fmt.Stringer] and slices of
	// these, joined by commas; nil is left out, anything else is an error.
	Params Params
	// Header is sent along; Authorization and Host are set by the connection whatever it says.
	Header http.Header
	// Body is sent, or what BodyFunc returns. BodyFunc is called for every attempt; when it can open the body only once
	// it returns an error the second time, and the request is then not sent again.
	Body     []byte
	BodyFunc func() (io.ReadCloser, error)
	// BodyLength is how many bytes BodyFunc's body has; 0 when that is not known, and they are sent in chunks.
	BodyLength int64
	// ContentType is the body's; empty means application/json for a Body, and nothing for a BodyFunc.
	ContentType string
	// Repeat says what is done when it is not known whether Zoho has done it.
	Repeat Repeat
	// Weight is what the call costs in API credits, for logs.
	Weight int
	// Stream leaves a good answer's body unread, in [Response.Stream]. It takes as long as it takes: Config.Timeout
	// bounds the time without progress.
	Stream bool

	// file says that a good answer is a file. Whatever is none is read whole, as if Stream were not set.
	file bool
}

// repeat resolves RepeatByMethod.
func (r *Request) repeat() Repeat {
	switch {
	case r.Repeat != RepeatByMethod:
		return r.Repeat
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return RepeatSafe
	}
	return RepeatNever
}

// name fills in what the caller of a raw request did not say, for errors and logs.
func name(req *Request) {
	if req.Template == "" {
		path, _, _ := strings.Cut(req.Path, "?")
		req.Template = templateOf(strings.TrimPrefix(path, "/"))
	}
	if req.Op == "" {
		req.Op = strings.ToLower(req.Method) + " " + req.Template
	}
}

// url is the request's address; the signer puts the host in place.
func (c *Connection) url(req *Request) (string, error) {
	switch {
	case req.Method == "":
		return "", errors.New("request has no method")
	case req.Repeat < RepeatByMethod || req.Repeat > RepeatNever:
		return "", fmt.Errorf("request's Repeat %d is none that there is", req.Repeat)
	}
	path, query, err := splitPath(req.Path)
	if err != nil {
		return "", err
	}
	if err := addParams(query, req.Params); err != nil {
		return "", err
	}
	var base string
	switch req.Base {
	case BaseCore, BaseUpload:
		base = "/crm/"
	case BaseBulk:
		base = "/crm/bulk/"
	default:
		return "", fmt.Errorf("request's Base %d is none that there is", req.Base)
	}
	url := "https://" + transport.Host + base + c.version.name + "/" + path
	if len(query) > 0 {
		url += "?" + query.Encode()
	}
	return url, nil
}

// checkHeader refuses what net/http would refuse only when the request counts as sent.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool {
			return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
		}) {
			return fmt.Errorf("header %s has no name that HTTP knows", quote([]byte(name)))
		}
		for _, value := range values {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fmt.Errorf("header %s holds a control character", quote([]byte(name)))
			}
		}
	}
	return nil
}

type outgoingKey struct{}

// outgoingCall is what putBody and the chain need of a request.
type outgoingCall struct {
	call   transport.Call
	body   []byte
	open   func() (io.ReadCloser, error)
	length int64 // of what open opens; -1 when it is not known
}

// putBody hands the body to net/http by itself: resty would read a stream to its end before sending.
func putBody(_ *resty.Client, r *http.Request) error {
	o, _ := r.Context().Value(outgoingKey{}).(*outgoingCall)
	switch {
	case o.open != nil:
		r.GetBody, r.ContentLength = o.open, o.length
	case o.body != nil:
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(o.body)), nil }
		r.ContentLength = int64(len(o.body))
	default:
		return nil
	}
	body, err := r.GetBody()
	r.Body = body
	return err
}
