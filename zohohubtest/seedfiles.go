package zohohubtest

import (
	"fmt"
	"io"
)

// File is a file that the fake keeps, or a link among a record's attachments.
type File struct {
	ID   string // of the attachment, or what POST files gave
	Name string
	Size int64
	URL  string // of a link, which has no content

	file *file
}

// Open reads the content from its start, until the [Server] is closed. The caller closes it. It fails for a link, and for a
// file that was deleted since.
func (f File) Open() (io.ReadCloser, error) {
	if f.file == nil {
		return nil, fmt.Errorf("zohohubtest: %q is a link", f.Name)
	}
	return f.file.open()
}

// SeedAttachment hangs a file on a record, as the default user, and gives its id. Unlike an upload, it may have any name and
// size. It panics when there is no such record or the content cannot be read. It costs no credits and is not in
// [Server.Requests].
func (s *Server) SeedAttachment(module, id, name string, content io.Reader) (attachmentID string) {
	attachmentID, err := s.crm.seedAttachment(module, id, name, content)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: SeedAttachment: %v", err))
	}
	return attachmentID
}

// Attachments are what hangs on a record now, oldest first; none when there is no such record.
func (s *Server) Attachments(module, id string) []File { return s.crm.attachmentFiles(module, id) }

// Files are what came with POST files, oldest first.
func (s *Server) Files() []File {
	s.crm.mu.Lock()
	defer s.crm.mu.Unlock()
	var all []File
	for _, f := range s.crm.uploads {
		all = append(all, File{ID: f.id, Name: f.name, Size: f.size, file: f})
	}
	return all
}

func (c *crm) seedAttachment(module, id, name string, content io.Reader) (string, error) {
	stored, err := c.blobs.put(content)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	n, ok := parseID(id)
	if m == nil || !ok || c.table(module).get(n) == nil {
		stored.drop()
		return "", fmt.Errorf("there is no %s/%s", module, id)
	}
	r := c.attachFile(m, c.table(module).get(n), defaultUserID, &file{name: name, blob: stored})
	return formatID(r.id), nil
}

func (c *crm) attachmentFiles(module, id string) []File {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil {
		return nil
	}
	var all []File
	for _, r := range c.attachments(m, id) {
		f := File{ID: formatID(r.id), Name: r.fields["File_Name"].(string), file: c.attached[r.id]}
		if f.file != nil {
			f.Size = f.file.size
		}
		f.URL, _ = r.fields["$link_url"].(string)
		all = append(all, f)
	}
	return all
}
