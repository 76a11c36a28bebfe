package zohohub

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"sync"

	"github.com/zohohub/zohohub/internal/filename"
	"github.com/zohohub/zohohub/internal/transport"
)

// File is a file of Zoho's, being read. It streams: what is not read is not fetched. The caller closes it; until it is
// closed, at its end, or the context of the call that opened it has ended, it holds one of the connection's places. It is read from one goroutine at a time; Close may come
// from another.
//
// When the connection is lost in the middle, Read asks Zoho for the rest and goes on, as long as the context of the call
// that opened the file lives, and Config.MaxAttempts times at most without getting further. A file ends in [io.EOF] only
// when it is whole by the length that Zoho announced: all else is an [*Error].
type File struct {
	// Name is what Zoho says, which is what whoever uploaded the file said: "../../x" is possible. It is empty when Zoho
	// says nothing. [Attachments.DownloadFile] makes it harmless.
	Name string
	// ContentType is Zoho's word too.
	ContentType string
	// Size is the number of bytes, -1 when Zoho did not announce it.
	Size int64

	ask      func(http.Header) (*Response, error)
	fail     func(error) error
	stopped  func(error) error // adds that the file was closed, or its context ended
	over     func() error      // of the caller's context
	pause    func(attempt int) bool
	attempts int // at most, without getting further
	progress func(done, total int64)

	total    int64 // -1 when it is not known
	etag     string
	modified string
	unranged bool // a part that was asked for was none to go on with
	unseen   bool // whether the body was cut cannot be told
	read     int64
	attempt  int   // since the file was last got further with
	broken   error // why the body came to its end, to be seen to by the next Read
	ended    error // what every further Read returns
	sum      maphash.Hash
	repeated maphash.Hash // of what is passed over
	skip     int64        // how much of the body was read before

	mu     sync.Mutex // guards what Close and Read share
	body   io.ReadCloser
	closed bool
	cancel context.CancelFunc
}

// openFile asks for a file. 204 means that there is none.
func (c *Connection) openFile(ctx context.Context, req Request, send sender) (*File, error) {
	req.Method, req.Repeat, req.Weight, req.Stream, req.file = http.MethodGet, RepeatSafe, 1, true, true
	f := &File{attempt: 1, attempts: c.tokens.cfg.MaxAttempts, over: ctx.Err}
	caller := ctx
	ctx, cancel := context.WithCancel(ctx)
	f.ask = func(h http.Header) (*Response, error) {
		req := req
		req.Header = h
		req.Header.Set("Accept", "*/*")
		req.Header.Set("Accept-Encoding", "identity") // or the bytes would be others than those that are counted
		resp, err := send(ctx, req)
		if err == nil {
			err = notAFile(&req, resp)
		}
		return resp, err
	}
	f.fail = func(err error) error {
		if e, ok := errors.AsType[*Error](err); ok {
			return e
		}
		return asError(&req, c.tokens.secrets().cause(withReason(caller, transport.StripURL(err))))
	}
	f.stopped = func(err error) error { return withReason(ctx, err) }
	f.pause = func(attempt int) bool { return transport.Pause(ctx, transport.Backoff(attempt)) }
	resp, err := f.ask(http.Header{})
	if err != nil {
		cancel()
		return nil, err
	}
	f.Name = filename.FromHeader(resp.Header.Get("Content-Disposition"))
	f.ContentType = resp.Header.Get("Content-Type")
	f.Size = lengthOf(resp)
	f.total, f.etag, f.modified = f.Size, resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	f.body, f.unseen = resp.Stream, resp.cutUnseen
	f.repeated.SetSeed(f.sum.Seed())
	forget := context.AfterFunc(caller, func() { _ = f.release() }) // one that nobody reads any more has a place too
	f.cancel = func() {
		forget()
		cancel()
	}
	return f, nil
}

// openFile opens what the path's elements name below the module.
func (m *module) openFile(ctx context.Context, req Request, elems ...string) (*File, error) {
	if m.fault != nil {
		return nil, m.fail(req.Op, m.fault)
	}
	return m.conn.openFile(ctx, req, func(ctx context.Context, req Request) (*Response, error) {
		return m.call(ctx, req, elems...)
	})
}

// notAFile is the error of a good answer that is no file.
func notAFile(req *Request, resp *Response) error {
	e := asError(req, nil)
	e.Status = resp.Status
	encoding := resp.Header.Get("Content-Encoding")
	switch {
	case resp.Status == http.StatusNoContent:
		e.Err = ErrRecordNotFound
	case resp.Stream == nil:
		if refused := parseRefusals(req.Op, req.Module, resp.Status, resp.Body); refused != nil {
			return single(nil, refused)
		}
		e.Message = "answer is no file: " + quote(resp.Body)
	case resp.Status != http.StatusOK && (resp.Status != http.StatusPartialContent || req.Header.Get("Range") == ""):
		e.Message = "answer is no file"
	case encoding != "" && encoding != "identity":
		e.Message = "answer is encoded, though that was not asked for: " + quote([]byte(encoding))
	default:
		return nil
	}
	if resp.Stream != nil {
		_ = resp.Stream.Close()
	}
	return e
}

// lengthOf is the length that an answer announces, -1 for none.
func lengthOf(resp *Response) int64 {
	n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Read implements [io.Reader].
func (f *File) Read(p []byte) (int, error) {
	for len(p) > 0 && f.ended == nil {
		if err := f.over(); err != nil && f.broken == nil { // at once, however much is on its way
			f.end(f.fail(err))
			continue
		}
		if f.broken != nil {
			if err := f.resume(f.broken); err != nil {
				f.end(err)
			}
			continue
		}
		n, err := f.current().Read(p)
		if n, err = f.take(p[:n], err); err != nil {
			f.broken = err
		}
		if n > 0 {
			f.attempt = 1
			if f.progress != nil {
				f.progress(f.read, f.total)
			}
			return n, nil
		}
	}
	return 0, f.ended
}

var (
	errChanged = errors.New("the file is another one than before")
	errNoTotal = errors.New("a part of a file of unknown length came")
)

// take counts what came: n is how much of it is new.
func (f *File) take(p []byte, err error) (n int, broken error) {
	if f.skip > 0 {
		known := min(f.skip, int64(len(p)))
		_, _ = f.repeated.Write(p[:known]) // never fails
		if f.skip -= known; f.skip == 0 && f.repeated.Sum64() != f.sum.Sum64() {
			f.end(f.fail(errChanged))
			return 0, nil
		}
		copy(p, p[known:])
		p = p[:int64(len(p))-known]
	}
	if f.total >= 0 && f.read+int64(len(p)) > f.total {
		f.end(f.fail(fmt.Errorf("there are more than the %d bytes that Zoho announced", f.total)))
		return 0, nil
	}
	_, _ = f.sum.Write(p) // never fails
	f.read += int64(len(p))
	if errors.Is(err, io.EOF) && f.total < 0 && f.unseen {
		f.end(f.fail(fmt.Errorf("nothing tells whether the file ends after %d bytes or was cut: %w", f.read, io.ErrUnexpectedEOF)))
		return len(p), nil
	}
	switch whole := f.skip == 0 && (f.total < 0 || f.read == f.total); {
	case errors.Is(err, io.EOF) && whole:
		f.end(io.EOF)
		return len(p), nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return len(p), err
}

// resume asks for the rest of the file. An error is the file's last.
func (f *File) resume(cause error) error {
	f.broken = nil
	_ = f.current().Close() // it holds a place that the rest needs
	if errors.Is(cause, fs.ErrClosed) {
		return f.fail(cause)
	}
	broken := fmt.Errorf("broke off after %d bytes: %w", f.read, cause)
	if f.attempt >= f.attempts || !f.pause(f.attempt) {
		return f.fail(f.stopped(broken))
	}
	f.attempt++
	h := http.Header{}
	if f.read > 0 && !f.unranged {
		h.Set("Range", fmt.Sprintf("bytes=%d-", f.read))
	}
	resp, err := f.ask(h)
	if err != nil {
		return f.fail(err)
	}
	switch err := f.follows(resp); {
	case errors.Is(err, errNoTotal): // its end would not be known for the file's
		_ = resp.Stream.Close()
		f.unranged, f.broken = true, err
		return nil
	case err != nil:
		_ = resp.Stream.Close()
		return f.fail(err)
	}
	f.unseen = resp.cutUnseen
	return f.goOn(resp.Stream)
}

// follows looks whether an answer goes on where the last one ended: with the rest, or with the whole file again.
func (f *File) follows(resp *Response) error {
	total := lengthOf(resp)
	f.skip = f.read
	f.repeated.Reset()
	if resp.Status == http.StatusPartialContent {
		var from, to int64
		var of string
		n, _ := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%s", &from, &to, &of)
		if n != 3 || from != f.read || to < from {
			return fmt.Errorf("asked for the bytes from %d on, Zoho sent others", f.read)
		}
		if of == "*" {
			return errNoTotal
		}
		f.skip = 0
		if total, _ = strconv.ParseInt(of, 10, 64); to >= total { // 0 of what is no number
			return fmt.Errorf("asked for the bytes from %d on, Zoho sent them up to %d of %s", f.read, to, quote([]byte(of)))
		}
	}
	if total >= 0 && f.total >= 0 && total != f.total || differ(resp.Header.Get("ETag"), f.etag) || differ(resp.Header.Get("Last-Modified"), f.modified) {
		return errChanged
	}
	f.total = max(f.total, total)
	return nil
}

// differ says whether two answers tell different things; one that tells nothing does not.
func differ(now, before string) bool { return now != "" && before != "" && now != before }

// Close ends the reading, a Read that is under way too. It may be called twice.
func (f *File) Close() error {
	f.cancel()
	return f.release()
}

// release gives the place back.
func (f *File) release() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return f.body.Close()
}

// end is the last that is read of the file, and gives its place back.
func (f *File) end(err error) {
	f.ended = err
	_ = f.current().Close() // there is nothing more to come
	f.cancel()
}

// current is the body that is being read; one that is closed tells so.
func (f *File) current() io.ReadCloser {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return closedBody{}
	}
	return f.body
}

// goOn is with another body.
func (f *File) goOn(body io.ReadCloser) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = body.Close()
		return f.fail(fs.ErrClosed)
	}
	f.body = body
	return nil
}

type closedBody struct{}

func (closedBody) Read([]byte) (int, error) { return 0, fs.ErrClosed }
func (closedBody) Close() error             { return nil }
