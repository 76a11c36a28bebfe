package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/zohohub/zohohub/internal/codec"
)

// Mail is a mail to be sent; see [Emails.Send].
type Mail struct {
	// From is an address of the user who is signed in, or one of the organization's with OrgEmail.
	From MailAddress
	// To has one address at least.
	To, CC, BCC []MailAddress
	ReplyTo     MailAddress
	Subject     string
	// Content is the text, in the Format. An image in it is uploaded with [Inline] and named by [Emails.ImageSource].
	Content string
	// Format of Content; empty is [MailHTML].
	Format MailFormat
	// TemplateID is the id of a template of Zoho's, from which Subject and Content come where they are empty.
	TemplateID string
	// Attachments are ids of uploaded files: [Files.Upload] gives them as [FileField.FileID].
	Attachments []string
	// InReplyTo is the ID of the mail that this one answers.
	InReplyTo string
	// ScheduledTime is when to send it, in whole seconds; zero is now.
	ScheduledTime time.Time
	// OrgEmail sends from an address of the organization's, through Zoho's servers.
	OrgEmail bool
	// Consent says that the mail asks for the consent to keep data.
	Consent bool
}

// MailFormat is the form of a mail's text.
type MailFormat string

// The forms of a mail's text.
const (
	MailHTML MailFormat = "html"
	MailText MailFormat = "text"
)

// SentMail is what became of a mail.
type SentMail struct {
	// ID is the mail's, for [Emails.Find].
	ID string
	// Blocked are addresses that the mail did not go to, though it was sent.
	Blocked []BlockedAddress
}

// BlockedAddress is an address that Zoho sends nothing to, and why.
type BlockedAddress struct {
	Email  string `json:"email"`
	Reason string `json:"reason"`
}

// Send sends a mail to the record's people, or schedules it. Addresses are checked before anything is sent: a mail without
// From or To, or with an address that is none, is [ErrRecordInvalid]. A From that is not the user's is refused with
// Zoho's INVALID_DATA, also [ErrRecordInvalid]; [Error.Field] says which part of the mail it is about.
//
// It is sent once: a mail whose answer was lost is [ErrOutcomeUnknown], and may have gone out. It costs one credit, and
// needs the scope ZohoCRM.send_mail.{module}.CREATE, which is not among [DefaultScopes].
//
// Zoho: POST /crm/v8/{module}/{id}/actions/send_mail  https://www.zoho.com/crm/developer/docs/api/v8/send-mail.html
func (e *Emails) Send(ctx context.Context, m Mail) (*SentMail, error) {
	req := Request{Op: "send a mail to", Module: e.of.name, Method: http.MethodPost, Repeat: RepeatNever, Weight: 1}
	if err := e.of.ofParent(req.Op, e.id); err != nil {
		return nil, err
	}
	body, err := e.body(m)
	if err != nil {
		return nil, e.of.fail(req.Op, err)
	}
	const action = "send_mail"
	req.Body, req.Template = body, e.of.template("{id}", "actions", action)
	resp, err := e.of.call(ctx, req, e.id, "actions", action)
	done, err := resultOf(req, resp, err)
	if err != nil {
		return nil, err
	}
	details := object(done.Details)
	sent := &SentMail{ID: scalar(details["message_id"])}
	_ = json.Unmarshal(details["blocked_email_addresses"], &sent.Blocked) // it is sent, whatever is said of that
	return sent, nil
}

// ImageSource is what stands in the src of an <img> in [Mail.Content] for an image that was uploaded with [Inline], by its
// FileID.
func (e *Emails) ImageSource(fileID string) string {
	origin := ""
	if e.of.conn != nil {
		origin = e.of.conn.tokens.origin()
	}
	return origin + "/crm/viewInLineImage?fileContent=" + url.QueryEscape(fileID)
}

// mailBody is a mail as Zoho takes it.
type mailBody struct {
	From          mailAddress   `json:"from"`
	To            []mailAddress `json:"to"`
	CC            []mailAddress `json:"cc,omitempty"`
	BCC           []mailAddress `json:"bcc,omitempty"`
	ReplyTo       *mailAddress  `json:"reply_to,omitempty"`
	Subject       string        `json:"subject,omitempty"`
	Content       string        `json:"content,omitempty"`
	Format        MailFormat    `json:"mail_format,omitempty"`
	Template      *mailRef      `json:"template,omitempty"`
	Attachments   []mailRef     `json:"attachments,omitempty"`
	InReplyTo     any           `json:"in_reply_to,omitempty"`
	ScheduledTime string        `json:"scheduled_time,omitempty"`
	OrgEmail      bool          `json:"org_email,omitempty"`
	Consent       bool          `json:"consent_email,omitempty"`
}

type mailAddress struct {
	Name  string `json:"user_name,omitempty"`
	Email string `json:"email"`
}

type mailRef struct {
	ID string `json:"id"`
}

// body is the request's JSON.
func (e *Emails) body(m Mail) ([]byte, error) {
	b := mailBody{Subject: m.Subject, Content: m.Content, Format: m.Format, OrgEmail: m.OrgEmail, Consent: m.Consent}
	var errs []error
	one := func(part string, a MailAddress) mailAddress {
		if err := checkAddress(a); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", part, err))
		}
		return mailAddress(a)
	}
	all := func(part string, addresses []MailAddress) (checked []mailAddress) {
		for _, a := range addresses {
			checked = append(checked, one(part, a))
		}
		return checked
	}
	b.From, b.To, b.CC, b.BCC = one("From", m.From), all("To", m.To), all("CC", m.CC), all("BCC", m.BCC)
	if m.ReplyTo != (MailAddress{}) {
		b.ReplyTo = new(one("ReplyTo", m.ReplyTo))
	}
	if len(m.To) == 0 {
		errs = append(errs, because(ErrRecordInvalid, "To: no address"))
	}
	if hasControl(m.Subject) {
		errs = append(errs, because(ErrRecordInvalid, "Subject: it is not one line"))
	}
	if m.Format != "" && m.Format != MailHTML && m.Format != MailText {
		errs = append(errs, because(ErrRecordInvalid, "Format: %q is neither html nor text", clip(string(m.Format), 20)))
	}
	if m.TemplateID != "" {
		if err := checkRef("TemplateID", m.TemplateID); err != nil {
			errs = append(errs, err)
		}
		b.Template = &mailRef{m.TemplateID}
	}
	for _, id := range m.Attachments {
		if id == "" {
			errs = append(errs, because(ErrRecordInvalid, "Attachments: %s", errEmptyID))
		}
		b.Attachments = append(b.Attachments, mailRef{id})
	}
	switch {
	case m.InReplyTo == "":
	case e.of.conn.version.repliesToObject:
		b.InReplyTo = map[string]string{"message_id": m.InReplyTo}
	default:
		b.InReplyTo = m.InReplyTo
	}
	if !m.ScheduledTime.IsZero() {
		var err error
		if b.ScheduledTime, err = codec.Literal(m.ScheduledTime, codec.Query); err != nil {
			errs = append(errs, because(ErrRecordInvalid, "ScheduledTime: %s", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return json.Marshal(map[string][]mailBody{"data": {b}})
}

// checkAddress refuses what is no address, and what would be more than one.
func checkAddress(a MailAddress) error {
	if a.Email == "" {
		return because(ErrRecordInvalid, "the address is empty")
	}
	parsed, err := mail.ParseAddress(a.Email)
	switch {
	case err != nil || parsed.Address != a.Email || parsed.Name != "":
		return because(ErrRecordInvalid, "%q is not an address such as jo@example.com", clip(a.Email, 80))
	case hasControl(a.Name):
		return because(ErrRecordInvalid, "the name %q is not one line", clip(a.Name, 80))
	}
	return nil
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
