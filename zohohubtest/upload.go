package zohohubtest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// uploadRule bounds what a call takes.
type uploadRule struct {
	files      int
	bytes, all int64 // of a file, of the whole request
}

// Zoho's sizes. A request of 100 MB holds a file of a little less: the multipart form around it counts too.
const (
	maxUpload   = 100 << 20
	maxZFSFile  = 20 << 20
	maxZFSFiles = 10
	maxPhoto    = 10 << 20
	maxOrgPhoto = 1 << 20
)

var (
	attachmentRule = &uploadRule{files: 1, bytes: maxUpload, all: maxUpload}
	zfsRule        = &uploadRule{files: maxZFSFiles, bytes: maxZFSFile, all: maxZFSFiles*maxZFSFile + 1<<20}
	photoRule      = &uploadRule{files: 1, bytes: maxPhoto, all: maxUpload}
	orgPhotoRule   = &uploadRule{files: 1, bytes: maxOrgPhoto, all: maxUpload}
)

// upload is the body of a call that brings files, received whole.
type upload struct {
	isForm   bool // it claims to be a multipart form
	broken   bool // it ended early, or is no form
	tooLarge bool // in all
	bigFile  bool // one of the files
	failure  error
	files    []*file // no more than the rule allows, though there may have been
	count    int
	values   map[string]string
}

// file is a file that the fake keeps.
type file struct {
	id   string
	name string
	*blob
}

// maxValue is more than any value in a form beside its files may have.
const maxValue = 64 << 10

// receive reads a multipart form and stores its files, which are nobody's until a handler takes them. It refuses nothing:
// what the call was wrong about otherwise is said first.
func (c *crm) receive(r *http.Request, rule *uploadRule) *upload {
	u := &upload{values: map[string]string{}}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	u.isForm = err == nil && kind == "multipart/form-data" && params["boundary"] != ""
	body := &io.LimitedReader{R: r.Body, N: rule.all + 1}
	if r.ContentLength > rule.all {
		body.N = 0
	}
	watched := &tailReader{Reader: body}
	if u.isForm {
		u.read(multipart.NewReader(watched, params["boundary"]), rule, &c.blobs)
	}
	// What comes after the form, or instead of one: that it ends where it should is part of being whole.
	_, err = io.Copy(io.Discard, watched)
	u.broken = u.broken || err != nil || !watched.endsWith("--"+params["boundary"]+"--")
	if u.tooLarge = body.N == 0; u.tooLarge {
		// A client that is still sending may never see an answer: it gets the chance to send as much again.
		_, _ = io.CopyN(io.Discard, r.Body, rule.all)
	}
	return u
}

func (u *upload) read(form *multipart.Reader, rule *uploadRule, store *fileStore) {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = u.part(part, rule, store)
		}
		if err != nil {
			u.broken = true
			return
		}
	}
}

// part reads one part of a form. An error is that of the form.
func (u *upload) part(part *multipart.Part, rule *uploadRule, store *fileStore) error {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name, isFile := params["filename"] // as it was sent: FileName of the part would make it a harmless one
	switch {
	case err != nil:
		return err
	case !isFile:
		value, err := io.ReadAll(io.LimitReader(part, maxValue))
		u.values[params["name"]] = string(value)
		return err
	case params["name"] != "file":
		return nil
	}
	if u.count++; u.count <= rule.files && !u.bigFile && u.failure == nil {
		u.keep(name, io.LimitReader(part, rule.bytes+1), rule, store)
	}
	return nil
}

// keep stores a file. What breaks off in it breaks the form, too, which is seen at its end.
func (u *upload) keep(name string, content io.Reader, rule *uploadRule, store *fileStore) {
	stored, err := store.put(content)
	switch {
	case err != nil:
		u.failure = err
	case stored.size > rule.bytes:
		u.bigFile = true
		stored.drop()
	default:
		u.files = append(u.files, &file{name: name, blob: stored})
	}
}

// tailReader remembers the end of what was read: a form without its last boundary reads like a whole one.
type tailReader struct {
	io.Reader
	tail []byte
}

// mostOfTail is more than a boundary may have, with its dashes and the end of its line.
const mostOfTail = 100

// Read implements [io.Reader].
func (r *tailReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.tail = append(r.tail, p[max(0, n-mostOfTail):n]...)
	r.tail = append(r.tail[:0], r.tail[max(0, len(r.tail)-mostOfTail):]...)
	return n, err
}

func (r *tailReader) endsWith(boundary string) bool {
	return bytes.HasSuffix(bytes.TrimRight(r.tail, "\r\n"), []byte(boundary))
}

// take makes the files somebody's.
func (u *upload) take() []*file {
	files := u.files
	u.files = nil
	return files
}

// discard lets go of the files that nobody took.
func (u *upload) discard() {
	for _, f := range u.take() {
		f.drop()
	}
}

// oneFile refuses what the calls for a single file refuse; missing is for a form without one.
func (u *upload) oneFile(missing *refusal) *refusal {
	switch {
	case u.tooLarge:
		return tooLargeUpload()
	case !u.isForm || u.broken:
		return newRefusal(http.StatusBadRequest, "INVALID_REQUEST", "invalid request", map[string]any{"expected_type": "Multipart Form Request"})
	case u.failure != nil:
		return failedUpload()
	case u.count == 0:
		return missing
	case u.count > 1:
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "The request contains more than one file", nil)
	}
	return nil
}

func tooLargeUpload() *refusal {
	return newRefusal(http.StatusRequestEntityTooLarge, "BODY_SIZE_REACHED", "Request body size exceeds the maximum limit of 100MB", nil)
}

// bigFile is what a file beyond its own bound is refused with; the status is the call's.
func bigFile(status int) *refusal {
	return newRefusal(status, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE", "Please check if the size of the file is in the correct range", nil)
}

// failedUpload is for when the machine gives the fake no room.
func failedUpload() *refusal {
	return newRefusal(http.StatusInternalServerError, usual[500].code, usual[500].message, nil)
}
