package zohohubtest

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// download is a file on its way to a client.
type download struct {
	name, kind string
	size       int64
	content    io.ReadCloser
}

// anyFile is Zoho's content type for what it says nothing more of.
const anyFile = "application/x-download"

// download answers with a file. It is opened while the organisation is locked, and sent after: by then it may have been deleted.
func (f *file) download(kind string) outcome {
	content, err := f.open()
	if err != nil {
		return failedUpload().outcome()
	}
	return outcome{status: http.StatusOK, download: &download{name: f.name, kind: kind, size: f.size, content: content}}
}

// send streams the file. A Range is not looked at: nothing that Zoho says of downloads mentions one. What cannot be sent
// whole ends the connection.
func (d *download) send(w http.ResponseWriter) {
	defer d.content.Close()
	h := w.Header()
	h.Set("Content-Type", d.kind)
	h.Set("Content-Disposition", disposition(d.name))
	h.Set("Content-Length", strconv.FormatInt(d.size, 10))
	w.WriteHeader(http.StatusOK)
	if _, err := io.CopyN(w, d.content, d.size); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// disposition names a file in either of Zoho's two ways: plainly, or by RFC 5987 what a quoted string cannot hold.
func disposition(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return "attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return fmt.Sprintf(`attachment; filename="%s"`, name)
}

// kinds are the content types of attachments, which are told by their names.
var kinds = map[string]string{
	".bmp": "image/bmp", ".csv": "text/csv", ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg",
	".pdf": "application/pdf", ".png": "image/png", ".txt": "text/plain",
}

// contentTypeOf is the content type that a name promises.
func contentTypeOf(name string) string {
	return cmp.Or(kinds[extension(name)], "application/octet-stream")
}

// extension is the end of a name from its last dot on, in small letters.
func extension(name string) string { return strings.ToLower(path.Ext(name)) }
