package zohohub_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	. "github.com/zohohub/zohohub"
)

// filed are files on the first lead of a world, and elsewhere.
type filed struct{ attachment, file, dossier, row string }

const (
	filedText = "what is in the file"
	// filedPixel is a whole image, for who only looks at its beginning.
	filedPixel = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"
)

// file puts them there.
func file(w *sweepWorld) {
	ctx := context.Background()
	look := w.look()
	uploaded, err := look.Files().Upload(ctx, "old.txt", strings.NewReader(filedText))
	must(err)
	dossier := &Dossier{Name: "Dossier", Documents: []FileField{*uploaded}}
	dossiers := NewRecord[Dossier](look)
	must(dossiers.Create(ctx, dossier))
	dossier, err = dossiers.Find(ctx, dossier.ID)
	must(err)
	must(NewRecord[Person](look).Photo(w.ids[0]).Upload(ctx, "old.gif", strings.NewReader(filedPixel)))
	must(look.OrgPhoto().Upload(ctx, "old.gif", strings.NewReader(filedPixel)))
	w.filed = filed{
		attachment: w.crm.SeedAttachment("Leads", w.ids[0], "old.txt", strings.NewReader(filedText)),
		file:       uploaded.FileID,
		dossier:    dossier.ID,
		row:        dossier.Documents[0].ID,
	}
	w.filesBefore = len(w.crm.Files())
}

func (w *sweepWorld) attachments() *Attachments { return w.people.Attachments(w.ids[0]) }

func attachmentName(a *Attachment) string { return a.FileName }

// contentText is an opened file's, in words.
func contentText(f *File, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	return string(content), nil
}

// The functions below count what a call has done.

func attachedAs(name string) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for _, f := range w.crm.Attachments("Leads", w.ids[0]) {
			if f.Name == name {
				n++
			}
		}
		return n
	}
}

func uploadedFiles(w *sweepWorld) int { return len(w.crm.Files()) - w.filesBefore }

func pictured(of func(*sweepWorld, *Connection) *Photo, content string) func(*sweepWorld) int {
	return func(w *sweepWorld) int {
		if text, _ := contentText(of(w, w.look()).Open(context.Background())); text == content {
			return 1
		}
		return 0
	}
}

func photoOf(w *sweepWorld, conn *Connection) *Photo { return NewRecord[Person](conn).Photo(w.ids[0]) }

func orgPhoto(_ *sweepWorld, conn *Connection) *Photo { return conn.OrgPhoto() }

// newPixel is another image than filedPixel.
const newPixel = filedPixel + ";"

// fileCalls are those about files.
var fileCalls = map[string]sweepCall{
	"Attachments.All": {road: reading, prepare: file, result: "old.txt", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.attachments().All(ctx), attachmentName)
	}},
	"Attachments.Upload": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: attachedAs("new.txt"), writes: 1, result: "new.txt",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			made, err := w.attachments().Upload(ctx, "new.txt", strings.NewReader(filedText))
			if made == nil {
				return "", err
			}
			return made.FileName, err
		},
	},
	"Attachments.Link": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: attachedAs("new"), writes: 1, result: "new",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			made, err := w.attachments().Link(ctx, "https://example.com/", "new")
			if made == nil {
				return "", err
			}
			return made.FileName, err
		},
	},
	"Attachments.Open": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(w.attachments().Open(ctx, w.filed.attachment))
	}},
	"Attachments.Download": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var content bytes.Buffer
		if _, err := w.attachments().Download(ctx, w.filed.attachment, &content); err != nil {
			return "", err
		}
		return content.String(), nil
	}},
	"Attachments.DownloadFile": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		dir, err := os.MkdirTemp("", "sweep-*")
		must(err)
		defer os.RemoveAll(dir)
		path, err := w.attachments().DownloadFile(ctx, w.filed.attachment, dir)
		if err != nil {
			left, _ := filepath.Glob(filepath.Join(dir, "*"))
			return strings.Join(left, " "), err
		}
		content, err := os.ReadFile(path)
		return string(content), err
	}},
	"Attachments.Delete": {
		road: removing, prepare: file, nothingErr: ErrOutcomeUnknown, done: lost(1, attachedAs("old.txt")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.attachments().Delete(ctx, w.filed.attachment)
		},
	},

	"Files.Upload": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: uploadedFiles, writes: 1, result: "new.txt",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			made, err := w.conn.Files().Upload(ctx, "new.txt", strings.NewReader(filedText))
			if made == nil {
				return "", err
			}
			return made.Name, err
		},
	},
	"Files.UploadAll": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: uploadedFiles, writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.Files().UploadAll(ctx, sweepUploads(2)))
		},
	},
	"Files.UploadAll, the last of eleven": {
		road: onceOnly, after: 1, prepare: file, nothingErr: ErrOutcomeUnknown, done: uploadedFiles, writes: 11, written: 10,
		result: "11 of 11", partly: "10 of 11",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.Files().UploadAll(ctx, sweepUploads(11)))
		},
	},
	"Files.Open": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(w.conn.Files().Open(ctx, w.filed.file))
	}},
	"Record.OpenFieldFile": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(NewRecord[Dossier](w.conn).OpenFieldFile(ctx, w.filed.dossier, w.filed.row))
	}},

	"Photo.Upload": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: pictured(photoOf, newPixel), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", photoOf(w, w.conn).Upload(ctx, "new.gif", strings.NewReader(newPixel))
		},
	},
	"Photo.Upload, the organization's": {
		road: onceOnly, prepare: file, nothingErr: ErrOutcomeUnknown, done: pictured(orgPhoto, newPixel), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.OrgPhoto().Upload(ctx, "new.gif", strings.NewReader(newPixel))
		},
	},
	"Photo.Open": {road: reading, prepare: file, nothingErr: ErrRecordNotFound, result: filedPixel, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(photoOf(w, w.conn).Open(ctx))
	}},
	"Photo.Delete": {
		road: removing, prepare: file, nothingErr: ErrOutcomeUnknown, done: lost(1, pictured(photoOf, filedPixel)), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", photoOf(w, w.conn).Delete(ctx)
		},
	},
}

func sweepUploads(n int) []NewFile {
	files := make([]NewFile, n)
	for i := range files {
		files[i] = NewFile{Name: "new.txt", Content: strings.NewReader(filedText)}
	}
	return files
}
