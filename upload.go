package zohohub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// form is a multipart form with files, made while it is sent: nothing of a file is held in memory.
type form struct {
	contentType string
	length      int64 // 0 when that of a file is not known
	files       []*source
	heads       [][]byte // what stands before each file
	tail        []byte
	progress    func(done, total int64)

	mu    sync.Mutex
	body  *formBody // the one that may read the files; nil when none may any more
	last  *formBody // the one that was opened last, also when it may not
	reads int       // under way
	done  int64     // how much of the files it has read
	quiet chan struct{}
}

// source is where the content of a file is read from.
type source struct {
	name string
	size int64 // -1 when it is not known
	open func() io.Reader
	once bool // open gives the same reader again
	used bool // it has been read from
}

// newForm makes the form of files that can be sent: those whose names pass checkFileName.
func newForm(ctx context.Context, files []NewFile, progress func(done, total int64)) (*form, error) {
	f := &form{progress: progress, quiet: make(chan struct{})}
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	f.contentType = w.FormDataContentType()
	known := true
	for _, file := range files {
		if _, err := w.CreateFormFile("file", file.Name); err != nil {
			return nil, err
		}
		s := newSource(ctx, file)
		f.files, f.heads = append(f.files, s), append(f.heads, bytes.Clone(text.Bytes()))
		f.length += int64(text.Len()) + s.size
		known = known && s.size >= 0
		text.Reset()
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	f.tail = text.Bytes()
	if f.length += int64(len(f.tail)); !known {
		f.length = 0
	}
	return f, nil
}

// newSource finds out how long a file is and whether it can be read again. What can be stays where it stands. Only types
// whose ReadAt is known to give what their Read does are asked: one that embeds a file and counts or encrypts in its Read
// has the file's own ReadAt.
func newSource(ctx context.Context, file NewFile) *source {
	var at interface {
		io.ReaderAt
		io.Seeker
	}
	waits := true
	switch r := file.Content.(type) {
	case *bytes.Buffer:
		data := r.Bytes()
		return &source{name: file.Name, size: int64(len(data)), open: func() io.Reader { return bytes.NewReader(data) }}
	case *bytes.Reader:
		at, waits = r, false
	case *strings.Reader:
		at, waits = r, false
	case *os.File:
		at = r
	case *io.SectionReader:
		at = r
	}
	if at != nil {
		if from, size, ok := rest(at); ok {
			return &source{name: file.Name, size: size, open: func() io.Reader {
				section := io.NewSectionReader(at, from, size)
				if waits {
					return interruptible(ctx, section)
				}
				return section
			}}
		}
	}
	return &source{name: file.Name, size: -1, open: func() io.Reader { return interruptible(ctx, file.Content) }, once: true}
}

// readerFunc is a Read.
type readerFunc func(p []byte) (int, error)

// Read implements [io.Reader].
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// interruptible reads r until ctx ends. What waits for a network or a person may wait for ever, and net/http would wait
// along: a Read that is under way then is left to itself, with a buffer of its own.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	type piece struct {
		n   int
		err error
	}
	buf := make([]byte, 32<<10)
	return readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		read := make(chan piece, 1)
		var got piece
		go guard(func() { got.n, got.err = r.Read(buf[:min(len(p), len(buf))]) }, func(stray error) {
			if stray != nil {
				got = piece{0, stray}
			}
			read <- got
		})
		select {
		case got := <-read:
			return copy(p, buf[:got.n]), got.err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
}

// rest is what lies between where s stands and its end; a pipe or a terminal fails to say. An end that is where s stands may
// be none: devices and the system's own files say that they are empty, and are not.
func rest(s io.Seeker) (from, size int64, ok bool) {
	from, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, 0, false
	}
	end, err := s.Seek(0, io.SeekEnd)
	if _, back := s.Seek(from, io.SeekStart); err != nil || back != nil {
		return 0, 0, false
	}
	return from, end - from, end > from
}

// total is the size of all files; -1 when it is not known.
func (f *form) total() (n int64) {
	for _, s := range f.files {
		if s.size < 0 {
			return -1
		}
		n += s.size
	}
	return n
}

var errReadOnce = errors.New("the file's reader cannot be read a second time")

// open begins the form anew, unless it has a file that was read from and cannot be read again. A body that was opened
// before is over: two must not read one file.
func (f *form) open() (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body := &formBody{form: f}
	readers := make([]io.Reader, 0, 2*len(f.files)+1)
	for i, s := range f.files {
		if s.once && s.used {
			return nil, errReadOnce
		}
		readers = append(readers, bytes.NewReader(f.heads[i]), &fileReader{Reader: s.open(), source: s, body: body, left: s.size})
	}
	body.Reader = io.MultiReader(append(readers, bytes.NewReader(f.tail))...)
	f.body, f.last, f.done = body, body, 0
	return body, nil
}

// begin is called before a file is read, end after it.
func (f *form) begin(r *fileReader) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.body != r.body {
		return false
	}
	f.reads++
	r.source.used = true
	return true
}

func (f *form) end(r *fileReader, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil && !errors.Is(err, io.EOF) && r.body.failed == nil {
		r.body.failed = fmt.Errorf("%q cannot be read: %w", clip(r.source.name, 80), err)
	}
	if f.reads--; f.reads == 0 && f.body == nil {
		close(f.quiet)
	}
}

// count adds what was read, if it was for the body that counts.
func (f *form) count(r *fileReader, n int) {
	f.mu.Lock()
	current := f.body == r.body
	if current {
		f.done += int64(n)
	}
	done := f.done
	f.mu.Unlock()
	if current && n > 0 && f.progress != nil {
		f.progress(done, f.total())
	}
}

// finish ends all reading of the files: their readers are the caller's again. A read that is under way is waited for, but
// not beyond ctx. It returns how much the last attempt has read of them, and why it could not read one.
func (f *form) finish(ctx context.Context) (done int64, failed error) {
	f.mu.Lock()
	f.body = nil
	reading := f.reads > 0
	f.mu.Unlock()
	if reading {
		select {
		case <-f.quiet:
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil {
		failed = f.last.failed
	}
	return f.done, failed
}

// formBody is the form, being read by one attempt to send it.
type formBody struct {
	io.Reader
	form   *form
	failed error // of a file's reader; guarded by the form's mu
}

// Close implements [io.Closer]. The files are not its own to close.
func (b *formBody) Close() error { return nil }

var errFormOver = errors.New("nobody waits for the form any more")

// fileReader is one of the files of a form, being read.
type fileReader struct {
	io.Reader
	source *source
	body   *formBody
	left   int64 // of a file whose size is known
}

// Read implements [io.Reader]. It is net/http that calls it, in a goroutine where a panic would end the process.
func (r *fileReader) Read(p []byte) (n int, err error) {
	form := r.body.form
	if !form.begin(r) {
		return 0, errFormOver
	}
	guard(func() { n, err = r.read(p) }, func(stray error) {
		if stray != nil {
			n, err = 0, stray
		}
		form.end(r, err)
	})
	return n, err
}

func (r *fileReader) read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.left -= int64(n)
	if errors.Is(err, io.EOF) && r.left > 0 {
		err = fmt.Errorf("%w: it has become shorter", io.ErrUnexpectedEOF)
	}
	r.body.form.count(r, n)
	return n, err
}

// sender is [Connection.Do], or a module's call.
type sender func(context.Context, Request) (*Response, error)

// sendForm posts files, whose size in all it returns. It is done once: what may have arrived is not sent again.
func sendForm(
	ctx context.Context, req Request, files []NewFile, progress func(done, total int64), send sender,
) (size int64, resp *Response, err error) {
	f, err := newForm(ctx, files, progress)
	if err != nil {
		return 0, nil, asError(&req, err)
	}
	req.Method, req.Repeat, req.Weight = http.MethodPost, RepeatNever, 1
	req.BodyFunc, req.BodyLength, req.ContentType = f.open, f.length, f.contentType
	resp, err = send(ctx, req)
	size, failed := f.finish(ctx)
	if failed != nil && resp == nil { // the form had no end, so Zoho took nothing of it
		repanic(failed)
		if ended := ctx.Err(); ended != nil && errors.Is(failed, ended) {
			failed = ended
		}
		return 0, nil, asError(&req, withReason(ctx, failed))
	}
	return size, resp, err
}

// checkFile refuses what a form cannot carry as it is: a name with a line break would begin a header of its own.
func checkFile(file NewFile) error {
	switch {
	case file.Name == "":
		return because(ErrRecordInvalid, "the file has no name")
	case !utf8.ValidString(file.Name):
		return because(ErrRecordInvalid, "the file's name %q is not UTF-8", clip(file.Name, 80))
	case strings.ContainsFunc(file.Name, unicode.IsControl):
		return because(ErrRecordInvalid, "the file's name %q holds a control character", clip(file.Name, 80))
	case isNil(file.Content):
		return because(ErrRecordInvalid, "there is nothing to read %q from", clip(file.Name, 80))
	}
	return nil
}

// resultOf is the one result of a write's answer, under "data" or alone.
func resultOf(req Request, resp *Response, err error) (row, error) {
	return resultUnder("data", req, resp, err)
}

// resultUnder is the one result of a write's answer, under the key or alone.
func resultUnder(key string, req Request, resp *Response, err error) (row, error) {
	if err != nil {
		return row{}, single(nil, err)
	}
	rows, ok := parseRows(resp.Body, key)
	if !ok {
		rows, ok = rowsOf(resp.Body)
	}
	if !ok || len(rows) == 0 {
		return row{}, unclear(req, resp, "the answer has no result")
	}
	if e := rows[0].err(req.Op, req.Module, resp.Status, -1); e != nil {
		return row{}, e
	}
	return rows[0], nil
}

// unclear is the error of an answer that does not say what it ought to.
func unclear(req Request, resp *Response, why string) *Error {
	e := asError(&req, because(ErrOutcomeUnknown, "%s", why))
	e.Status = resp.Status
	return e
}
