package zohohub

import (
	"context"
	"errors"
	"io"
	"slices"
)

// NewFile is a file on its way to Zoho: the name that it gets there, and where its content is read from.
type NewFile struct {
	Name    string
	Content io.Reader
}

// Files are the files that have been uploaded for the fields of records and for the text of mails; see [Connection.Files].
// A record takes them by its fields: see [FileField].
type Files struct{ module }

// Files returns the way to the organization's files. Nothing is sent yet.
func (c *Connection) Files() *Files {
	f := &Files{module{conn: c}}
	if c == nil {
		f.fault = errNilConn
	}
	return f
}

// maxFiles is the number of files that Zoho takes in one call.
const maxFiles = 10

// Upload uploads a file, of 20 MB at most, for a field of a record, and returns what to put there. It treats name and r as
// [Attachments.Upload] does, and fails as it does. It costs one credit.
//
// Zoho: POST /crm/v8/files  https://www.zoho.com/crm/developer/docs/api/v8/upload-files-to-zfs.html
func (f *Files) Upload(ctx context.Context, name string, r io.Reader, opts ...UploadOption) (*FileField, error) {
	size, results, err := f.upload(ctx, []NewFile{{Name: name, Content: r}}, opts)
	if err != nil {
		return nil, single(results, err)
	}
	return &FileField{FileID: results[0].ID, Name: name, Size: size}, nil
}

// UploadAll uploads any number of files, ten to a call, in order. Results are in the order of files, with the files' ids
// for [FileField.FileID]; the error, if any, is a [*BatchError] and hides no success. Zoho takes the files of a call
// together or not at all: one that is too large, or that cannot be read, fails the others. A name that Upload refuses fails alone.
// It costs one credit a call.
//
// Zoho: POST /crm/v8/files  https://www.zoho.com/crm/developer/docs/api/v8/upload-files-to-zfs.html
func (f *Files) UploadAll(ctx context.Context, files []NewFile, opts ...UploadOption) (Results, error) {
	_, results, err := f.upload(ctx, files, opts)
	return results, err
}

// Open opens an uploaded file by its id ([FileField.FileID]), for reading; the caller closes it. One that is not there is
// [ErrRecordNotFound]. It costs what [Attachments.Open] does.
//
// Zoho: GET /crm/v8/files?id=…  https://www.zoho.com/crm/developer/docs/api/v8/get-file-from-zfs.html
func (f *Files) Open(ctx context.Context, id string) (*File, error) {
	const op = "download file"
	switch {
	case f.fault != nil:
		return nil, f.fail(op, f.fault)
	case id == "":
		return nil, f.fail(op, errEmptyID)
	}
	return f.conn.openFile(ctx, Request{Op: op, Path: "files", Params: Params{"id": id}}, f.conn.Do)
}

// upload also returns the size of what was uploaded last.
func (f *Files) upload(ctx context.Context, files []NewFile, opts []UploadOption) (size int64, results Results, err error) {
	cfg := newFileConfig(opts)
	b, err := f.newBatch("upload files", len(files), nil)
	if err != nil {
		return 0, nil, err
	}
	req := Request{Op: b.op, Path: "files"}
	if cfg.inline {
		req.Params = Params{"type": "inline"}
	}
	rows := b.rows(len(files), func(i int) (outgoing, error) { return outgoing{}, checkFile(files[i]) })
	for chunk := range slices.Chunk(rows, maxFiles) {
		if b.stop(ctx, chunk) {
			continue
		}
		group := make([]NewFile, len(chunk))
		for i, row := range chunk {
			group[i] = files[row.index]
		}
		var resp *Response
		size, resp, err = sendForm(ctx, req, group, cfg.progress, f.conn.Do)
		b.take(resp, err, "", chunk)
		if refusal := b.results[chunk[0].index].Err; refusal != nil && resp != nil && resp.Status >= 400 && resp.Status < 500 {
			for _, row := range chunk[1:] { // of one refusal for all, take knows the first
				if errors.Is(b.results[row.index].Err, ErrOutcomeUnknown) {
					b.failRow(row.index, refusal)
				}
			}
		}
		for _, row := range chunk {
			if got := &b.results[row.index]; got.Err == nil && got.ID == "" {
				b.set(row.index, b.failAt(b.op, resp.Status, because(ErrOutcomeUnknown, "the answer has no id")))
			}
		}
	}
	results, err = b.end()
	return size, results, err
}
