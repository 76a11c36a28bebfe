package zohohubtest

import (
	"bytes"
	"image"
	"image/png"
	"maps"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// imageField is the field whose value is the id of a record's photo.
const imageField = "Record_Image"

// imageKinds are what Zoho takes for a photo; jpg is jpeg.
var imageKinds = []string{"image/png", "image/jpeg", "image/gif", "image/bmp"}

// getPhoto is GET {module}/{id}/photo.
func (c *crm) getPhoto(q *request) outcome {
	r, refused := c.pictured(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.downloadPhoto(photoID(r))
}

// uploadPhoto is POST {module}/{id}/photo.
func (c *crm) uploadPhoto(q *request) outcome {
	r, refused := c.repictured(q)
	if refused == nil {
		_, refused = q.choice("restrict_triggers", "", "workflow")
	}
	var f *file
	if refused == nil {
		f, refused = q.upload.photo()
	}
	if refused != nil {
		return refused.outcome()
	}
	c.setPhoto(q, r, c.keepPhoto(f))
	return photoDone("photo uploaded successfully")
}

// deletePhoto is DELETE {module}/{id}/photo.
func (c *crm) deletePhoto(q *request) outcome {
	r, refused := c.repictured(q)
	if refused != nil {
		return refused.outcome()
	}
	if photoID(r) == "" {
		return noPhoto().outcome()
	}
	c.setPhoto(q, r, "")
	return photoDone("Photo deleted")
}

// getOrgPhoto is GET org/photo.
func (c *crm) getOrgPhoto(*request) outcome { return c.downloadPhoto(c.orgPhoto) }

// uploadOrgPhoto is POST org/photo.
func (c *crm) uploadOrgPhoto(q *request) outcome {
	f, refused := q.upload.photo()
	if refused != nil {
		return refused.outcome()
	}
	c.dropPhoto(c.orgPhoto)
	c.orgPhoto = c.keepPhoto(f)
	return photoDone("photo uploaded successfully")
}

// deleteOrgPhoto is DELETE org/photo.
func (c *crm) deleteOrgPhoto(*request) outcome {
	if c.orgPhoto == "" {
		return noPhoto().outcome()
	}
	c.dropPhoto(c.orgPhoto)
	c.orgPhoto = ""
	return photoDone("Photo deleted")
}

func photoDone(message string) outcome {
	return outcome{status: http.StatusOK, body: map[string]any{"code": "SUCCESS", "details": map[string]any{}, "message": message, "status": "success"}}
}

func noPhoto() *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "No such photo exists", nil)
}

// photo is the only file of a form, which must be an image by its content.
func (u *upload) photo() (*file, *refusal) {
	if u.bigFile && u.count == 1 {
		return nil, bigFile(http.StatusUnsupportedMediaType)
	}
	missing := newRefusal(http.StatusBadRequest, "INVALID_DATA", "The request does not contain any file", nil)
	if refused := u.oneFile(missing); refused != nil {
		return nil, refused
	}
	kind, err := u.files[0].kind()
	switch {
	case err != nil:
		return nil, failedUpload()
	case !slices.Contains(imageKinds, kind):
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "Invalid file type", nil)
	}
	return u.take()[0], nil
}

// kind is the content type that a file's beginning tells.
func (f *file) kind() (string, error) {
	head, err := f.head(512)
	return http.DetectContentType(head), err
}

// pictured is the record of the path, in a module whose records have a photo.
func (c *crm) pictured(q *request) (*record, *refusal) {
	hasField := slices.ContainsFunc(q.module.Fields, func(f *schema.Field) bool { return f.DataType == "profileimage" })
	if !hasField && q.module.GeneratedType != "custom" {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_MODULE", "The given module is not supported in API", map[string]any{"resource_path_index": 0})
	}
	if r := c.recordAt(q); r != nil {
		return r, nil
	}
	return nil, badID()
}

// repictured is pictured for a photo that is to change.
func (c *crm) repictured(q *request) (*record, *refusal) {
	r, refused := c.pictured(q)
	if refused == nil && c.isLocked(q.module, r.id) {
		refused = recordLocked(r.id)
	}
	return r, refused
}

func photoID(r *record) string {
	id, _ := r.fields[imageField].(string)
	return id
}

// setPhoto gives a record another photo, none for an empty id: a change of the record like any other.
func (c *crm) setPhoto(q *request, old *record, id string) {
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	r := *old
	r.fields, r.modified = maps.Clone(old.fields), w.now
	r.fields["Modified_Time"], r.fields["Modified_By"] = formatTime(w.now), w.by
	if id == "" {
		delete(r.fields, imageField)
	} else {
		r.fields[imageField] = id
	}
	c.store(q.module, &r, old)
}

func (c *crm) keepPhoto(f *file) string {
	f.id = newFileID()
	c.photos[f.id] = f
	return f.id
}

// seedPhoto makes a photo of that id: one black pixel.
func (c *crm) seedPhoto(id string) error {
	if c.photos[id] != nil {
		return newRefusal(http.StatusBadRequest, "DUPLICATE_DATA", "duplicate data", map[string]any{"api_name": imageField})
	}
	var pixel bytes.Buffer
	_ = png.Encode(&pixel, image.NewGray(image.Rect(0, 0, 1, 1))) // neither the picture nor the buffer can fail
	content, err := c.blobs.put(&pixel)
	if err != nil {
		return err
	}
	c.photos[id] = &file{id: id, name: "photo.png", blob: content}
	return nil
}

// dropPhoto forgets a photo, if there is one of that id.
func (c *crm) dropPhoto(id string) {
	if f := c.photos[id]; f != nil {
		delete(c.photos, id)
		f.drop()
	}
}

func (c *crm) downloadPhoto(id string) outcome {
	f := c.photos[id]
	if f == nil {
		return outcome{status: http.StatusNoContent}
	}
	kind, err := f.kind()
	if err != nil {
		return failedUpload().outcome()
	}
	return f.download(kind)
}
