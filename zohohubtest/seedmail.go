package zohohubtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/zohohub/zohohub"
)

// Email is a mail that the fake keeps.
type Email struct {
	ID string
	// Module and Record are those that it hangs on.
	Module, Record string
	From           string
	To, CC, BCC    []string
	Subject        string
	Content        string
	Format         string // html or text
	InReplyTo      string
	// Time is when it went out, is to go out, or came.
	Time time.Time
	// Attachments are its files, Images those in its text.
	Attachments, Images []File
}

// SentEmails are the mails that were sent with send_mail, and those that are scheduled, oldest first.
func (s *Server) SentEmails() []Email {
	s.crm.mu.Lock()
	defer s.crm.mu.Unlock()
	var all []Email
	for _, m := range s.crm.mailbox.mails {
		if m.sent {
			all = append(all, m.email())
		}
	}
	return all
}

// SeedEmail has a mail come in for a record, addressed to the default user, with files, and gives its message_id. From,
// Subject, Content, Format and Time of m count; without a Time it comes now. It panics when there is no such record or a
// file cannot be read. It is not in [Server.Requests].
func (s *Server) SeedEmail(module, id string, m Email, files ...zohohub.NewFile) (messageID string) {
	messageID, err := s.crm.seedEmail(module, id, m, files)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: SeedEmail: %v", err))
	}
	return messageID
}

// AddEmailTemplate makes a template for mails, which are sent with its id.
func (s *Server) AddEmailTemplate(subject, content string) (id string) {
	s.crm.mu.Lock()
	defer s.crm.mu.Unlock()
	id = formatID(s.crm.nextID())
	if s.crm.mailbox.templates == nil {
		s.crm.mailbox.templates = map[string]mailTemplate{}
	}
	s.crm.mailbox.templates[id] = mailTemplate{subject, content}
	return id
}

func (c *crm) seedEmail(module, id string, m Email, files []zohohub.NewFile) (string, error) {
	var stored []*file
	for _, f := range files {
		blob, err := c.blobs.put(f.Content)
		if err != nil {
			return "", err
		}
		stored = append(stored, &file{id: newFileID(), name: f.Name, blob: blob})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	of := c.schema.Module(module)
	n, ok := parseID(id)
	if of == nil || !ok || c.table(module).get(n) == nil {
		for _, f := range stored {
			f.drop()
		}
		return "", fmt.Errorf("there is no %s/%s", module, id)
	}
	in := &mail{
		module: of, record: n, owner: defaultUserID, subject: m.Subject, content: m.Content, format: m.Format, at: m.Time.In(orgZone),
		from: map[string]any{"user_name": nil, "email": m.From}, to: []any{map[string]any{"user_name": c.users[0].name(), "email": c.users[0].email}},
		files: stored,
	}
	if m.Time.IsZero() {
		in.at = c.second()
	}
	if in.format == "" {
		in.format = "html"
	}
	c.deliver(nil, in)
	return in.id, nil
}

// email is a mail as the server's methods give it.
func (m *mail) email() Email {
	e := Email{
		ID: m.id, Module: m.module.APIName, Record: formatID(m.record), From: fmt.Sprint(m.from["email"]), To: emailsIn(m.to), CC: emailsIn(m.cc),
		BCC: emailsIn(m.bcc), Subject: m.subject, Content: m.content, Format: m.format, InReplyTo: m.inReplyTo, Time: m.at,
	}
	for _, f := range m.files {
		e.Attachments = append(e.Attachments, File{ID: f.id, Name: f.name, Size: f.size, file: f})
	}
	for _, f := range m.images {
		e.Images = append(e.Images, File{ID: f.id, Name: f.name, Size: f.size, file: f})
	}
	return e
}

func emailsIn(list []any) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, item := range list {
			if !yield(fmt.Sprint(item.(map[string]any)["email"])) {
				return
			}
		}
	})
}
