package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"github.com/zohohub/zohohub"
)

// Lead is the record that files are attached to.
type Lead struct {
	ID       string
	LastName string
	Company  string
}

// tour goes once through what a program does with the files of a record.
type tour struct {
	leads *zohohub.Record[Lead]
	out   io.Writer
}

func (t *tour) run(ctx context.Context, files []string) (err error) {
	lead := &Lead{LastName: "Filer", Company: "zohohub example"}
	if err := t.leads.Create(ctx, lead); err != nil {
		return err
	}
	defer func() { // whatever happened: what hangs on a record goes with it
		err = errors.Join(err, t.leads.Delete(context.WithoutCancel(ctx), lead.ID))
	}()
	attachments := t.leads.Attachments(lead.ID)
	for _, path := range files {
		if err := t.attach(ctx, attachments, path); err != nil {
			return err
		}
	}
	if _, err := attachments.Link(ctx, "https://github.com/zohohub/zohohub", "The library"); err != nil {
		return err
	}
	if err := t.fetch(ctx, attachments); err != nil {
		return err
	}
	return t.photo(ctx, t.leads.Photo(lead.ID))
}

// attach uploads a file. It is streamed, however large; an *os.File can be sent again where Zoho asks for that.
func (t *tour) attach(ctx context.Context, attachments *zohohub.Attachments, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	parts := 0
	made, err := attachments.Upload(ctx, filepath.Base(path), file, zohohub.Progress(func(done, total int64) {
		if now := int(done * 4 / max(total, 1)); now > parts { // at each quarter
			parts = now
			fmt.Fprintf(t.out, "%5d %%\n", parts*25)
		}
	}))
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "attached %s, %d bytes\n", made.FileName, made.Size)
	return nil
}

// fetch lists the attachments and downloads those that are files into a folder, under names that harm nothing there.
func (t *tour) fetch(ctx context.Context, attachments *zohohub.Attachments) error {
	dir, err := os.MkdirTemp("", "attachments-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for a, err := range attachments.All(ctx) {
		if err != nil {
			return err
		}
		path, err := attachments.DownloadFile(ctx, a.ID, dir)
		switch {
		case errors.Is(err, zohohub.ErrAttachmentIsLink):
			fmt.Fprintf(t.out, "%s leads to %s\n", a.FileName, a.LinkURL)
		case err != nil:
			return err
		default:
			fmt.Fprintf(t.out, "saved %s as %s\n", a.FileName, filepath.Base(path))
		}
	}
	return nil
}

// photo gives the lead a picture, and looks at it.
func (t *tour) photo(ctx context.Context, photo *zohohub.Photo) error {
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range 8 {
		picture.Set(i, i, color.White)
	}
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, picture); err != nil {
		return err
	}
	if err := photo.Upload(ctx, "diagonal.png", &encoded); err != nil {
		return err
	}
	file, err := photo.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	seen, kind, err := image.DecodeConfig(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "the photo is a %s of %d × %d pixels\n", kind, seen.Width, seen.Height)
	return nil
}
