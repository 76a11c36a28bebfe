package zohohub

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// Photo is the picture of a record, or of the organization; see [Record.Photo] and [Connection.OrgPhoto].
type Photo struct {
	module
	elems    []string // the photo's place, below the module's
	template string
}

// Photo returns the photo of the record with the id. Leads, contacts, accounts, products, vendors and records of custom
// modules have one. Nothing is sent yet.
func (r *Record[T]) Photo(id string) *Photo {
	p := &Photo{module: r.module, elems: []string{id, "photo"}, template: r.name + "/{id}/photo"}
	if err := checkID(id); p.fault == nil && err != nil {
		p.fault = err
	}
	return p
}

// OrgPhoto returns the photo of the organization. Nothing is sent yet.
func (c *Connection) OrgPhoto() *Photo {
	p := &Photo{module: module{conn: c, name: "org"}, elems: []string{"photo"}, template: "org/photo"}
	if c == nil {
		p.fault = errNilConn
	}
	return p
}

// Upload makes an image the photo, in place of the one that is there. Zoho takes PNG, JPEG, GIF and BMP, 10 MB at most and
// 1 MB for the organization; others are [ErrFileRefused], larger ones [ErrFileTooLarge]. It treats name and r as
// [Attachments.Upload] does, and is sent once as it is. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/photo, POST /crm/v8/org/photo
// https://www.zoho.com/crm/developer/docs/api/v8/upload-image.html
func (p *Photo) Upload(ctx context.Context, name string, r io.Reader) error {
	req := p.request("upload photo of")
	file := NewFile{Name: name, Content: r}
	if err := checkFile(file); err != nil {
		return p.fail(req.Op, err)
	}
	_, resp, err := sendForm(ctx, req, []NewFile{file}, nil, p.send)
	_, err = resultOf(req, resp, err)
	return err
}

// Open opens the photo for reading; the caller closes it. No photo, and no record, is [ErrRecordNotFound]. It costs what
// [Attachments.Open] does.
//
// Zoho: GET /crm/v8/{module}/{id}/photo, GET /crm/v8/org/photo
// https://www.zoho.com/crm/developer/docs/api/v8/download-image.html
func (p *Photo) Open(ctx context.Context) (*File, error) {
	return p.openFile(ctx, p.request("download photo of"), p.elems...)
}

// Delete removes the photo. No photo, and no record, is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: DELETE /crm/v8/{module}/{id}/photo, DELETE /crm/v8/org/photo
// https://www.zoho.com/crm/developer/docs/api/v8/delete-image.html
func (p *Photo) Delete(ctx context.Context) error {
	req := p.request("delete photo of")
	req.Method, req.Repeat, req.Weight = http.MethodDelete, RepeatSafe, 1
	resp, err := p.send(ctx, req)
	_, err = resultOf(req, resp, err)
	if resp != nil && resp.Repeated && errors.Is(err, ErrRecordNotFound) {
		return nil // an attempt before, whose answer was lost, has removed it
	}
	return err
}

func (p *Photo) request(op string) Request {
	return Request{Op: op, Module: p.name, Template: p.template}
}

func (p *Photo) send(ctx context.Context, req Request) (*Response, error) {
	return p.call(ctx, req, p.elems...)
}
