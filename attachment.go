package zohohub

import (
	"cmp"
	"context"
	"io"
	"iter"
	"net/http"
	"time"
)

// Attachment is a file, or a link to one, that hangs on a record.
type Attachment struct {
	ID       string
	FileName string
	// Size is in bytes; 0 for a link.
	Size int64
	// Type is Zoho's word for the kind of attachment: "Attachment" for a file, "Link URL" for a link; empty after an upload.
	Type string `zoho:"$type"`
	// LinkURL is where a link leads.
	LinkURL      string `zoho:"$link_url"`
	CreatedTime  time.Time
	ModifiedTime time.Time
	CreatedBy    Lookup
	ModifiedBy   Lookup
	Owner        Lookup
	// Parent is the record that the attachment hangs on.
	Parent Lookup `zoho:"Parent_Id"`
}

// Attachments are what hangs on one record; see [Record.Attachments].
type Attachments struct{ rows *Record[Attachment] }

// Attachments returns the attachments of the record with the id. Nothing is sent yet.
func (r *Record[T]) Attachments(id string) *Attachments { return r.attachments(id) }

func (m *module) attachments(id string) *Attachments {
	const list = "Attachments"
	rows := NewRecord[Attachment](m.conn, InModule(list))
	return &Attachments{&Record[Attachment]{rows.listOf(m, id, list)}}
}

// All lists the record's attachments, page by page, as [Record.All] does. A record that is not there is
// [ErrRecordNotFound]. It costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/{id}/Attachments  https://www.zoho.com/crm/developer/docs/api/v8/get-attachments.html
func (a *Attachments) All(ctx context.Context) iter.Seq2[*Attachment, error] { return a.rows.All(ctx) }

// Upload attaches a file to the record, under a name that arrives as it is: one with control characters or that is not
// UTF-8 is [ErrRecordInvalid]. What r gives is streamed, from where it stands to its end. Zoho takes 100 MB at most, less
// in some editions; more is [ErrFileTooLarge], a type that it does not want [ErrFileRefused].
//
// Where r is an *os.File with a size, an *io.SectionReader, a *bytes.Reader, a *strings.Reader or a *bytes.Buffer, and not
// a type of its own around one, its size is announced and it is left standing where it stood; what Zoho refused unread
// (429, an ended token) and what never left is sent again. Any other reader is read once, by its Read; [io.NewSectionReader]
// makes one that can be read again of an [io.ReaderAt]. Upload reads r no more once it has returned, but for a Read that is
// under way when ctx ends.
//
// A reader that fails is the error, and nothing is attached; one that panics does so in the caller's goroutine. An upload
// whose answer was lost, or has no id, is [ErrOutcomeUnknown] and is not sent again: it would be there twice. In what is
// returned Owner is empty. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/Attachments  https://www.zoho.com/crm/developer/docs/api/v8/upload-attachment.html
func (a *Attachments) Upload(ctx context.Context, name string, r io.Reader, opts ...FileOption) (*Attachment, error) {
	file := NewFile{Name: name, Content: r}
	if err := checkFile(file); err != nil {
		return nil, a.rows.fail(opUpload, err)
	}
	req := Request{Op: opUpload, Module: a.rows.name}
	send := func(ctx context.Context, req Request) (*Response, error) { return a.rows.call(ctx, req) }
	size, resp, err := sendForm(ctx, req, []NewFile{file}, newFileConfig(opts).progress, send)
	return a.made(req, resp, err, Attachment{FileName: name, Size: size})
}

// Link attaches a link to the record. Title is what people see; where it is empty Zoho takes the page's. A link that Zoho
// does not take is an [*Error] with its words. It is sent once, as an upload is. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/Attachments?attachmentUrl=…&title=…
// https://www.zoho.com/crm/developer/docs/api/v8/upload-attachment.html
func (a *Attachments) Link(ctx context.Context, url, title string) (*Attachment, error) {
	const op = "link"
	if url == "" {
		return nil, a.rows.fail(op, because(ErrRecordInvalid, "the link is empty"))
	}
	params := Params{"attachmentUrl": url}
	if title != "" {
		params["title"] = title
	}
	req := Request{Op: op, Module: a.rows.name, Method: http.MethodPost, Params: params, Repeat: RepeatNever, Weight: 1}
	resp, err := a.rows.call(ctx, req)
	return a.made(req, resp, err, Attachment{FileName: cmp.Or(title, url), LinkURL: url})
}

// Open opens a file of the record's, for reading; the caller closes it. An attachment that is not there is
// [ErrRecordNotFound], one that is a link [ErrAttachmentIsLink]. It costs one credit, and one each time that the connection
// is lost before the file's end.
//
// Zoho: GET /crm/v8/{module}/{id}/Attachments/{attachment}
// https://www.zoho.com/crm/developer/docs/api/v8/download-attachments.html
func (a *Attachments) Open(ctx context.Context, id string) (*File, error) {
	if err := checkID(id); err != nil {
		return nil, a.rows.fail(opDownload, err)
	}
	req := Request{Op: opDownload, Module: a.rows.name, Template: a.rows.template("{id}")}
	return a.rows.openFile(ctx, req, id)
}

// Download writes a file of the record's to w, and returns how many bytes it has written: all of the file's, unless there
// is an error. It fails, resumes and costs as [Attachments.Open] does. An error of w's is the cause of that returned.
//
// Zoho: GET /crm/v8/{module}/{id}/Attachments/{attachment}
func (a *Attachments) Download(ctx context.Context, id string, w io.Writer, opts ...FileOption) (int64, error) {
	f, err := a.Open(ctx, id)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // all that it could tell has been read
	f.progress = newFileConfig(opts).progress
	n, err := io.Copy(w, f)
	if err != nil {
		err = f.fail(err)
	}
	return n, err
}

// DownloadFile puts a file of the record's into a folder, the system's temporary one where dir is empty, and returns its
// path. The name is Zoho's, made harmless: without folders, control characters and marks that turn the direction of text,
// no device's on Windows, neither hidden nor longer than 255 bytes, with its extension. Nothing is overwritten: a name that
// is taken gets a number, "a (1).pdf", also when several downloads want it at the same time. The file is its user's alone
// (mode 0600). It appears when it is whole; nothing is left of one that failed. On file systems without hard links an empty
// file takes the name for a moment first. It fails, resumes and costs as [Attachments.Open] does.
//
// Zoho: GET /crm/v8/{module}/{id}/Attachments/{attachment}
func (a *Attachments) DownloadFile(ctx context.Context, id, dir string, opts ...FileOption) (path string, err error) {
	folder, err := openFolder(dir)
	if err != nil {
		return "", a.rows.fail(opDownload, err)
	}
	defer func() { _ = folder.Close() }() // nothing is written through it any more
	f, err := a.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // all that it could tell has been read
	f.progress = newFileConfig(opts).progress
	path, err = folder.save(f, f.Name)
	if err != nil {
		return "", f.fail(err)
	}
	return path, nil
}

// Delete deletes an attachment for good: there is no recycle bin for it. One that is not there is [ErrRecordNotFound]. It
// costs one credit.
//
// Zoho: DELETE /crm/v8/{module}/{id}/Attachments?ids=…
// https://www.zoho.com/crm/developer/docs/api/v8/delete-attachments.html
func (a *Attachments) Delete(ctx context.Context, id string) error { return a.rows.Delete(ctx, id) }

const (
	opUpload   = "upload"
	opDownload = "download"
)

// made is the attachment that a call has made, with what Zoho says of it.
func (a *Attachments) made(req Request, resp *Response, err error, was Attachment) (*Attachment, error) {
	r, err := resultOf(req, resp, err)
	if err != nil {
		return nil, err
	}
	of := was
	of.Parent = Lookup{ID: a.rows.at[1]}
	if a.rows.plan.Decode(r.Details, &of) != nil { // it is made, whatever the details are
		of = Attachment{ID: detailsID(r.Details), FileName: was.FileName, Size: was.Size, LinkURL: was.LinkURL, Parent: of.Parent}
	}
	if of.ID == "" {
		return nil, unclear(req, resp, "the answer has no id")
	}
	return &of, nil
}
