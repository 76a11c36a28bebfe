package zohohub

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// EmailMessage is a mail that was sent to a record, or came from it.
type EmailMessage struct {
	// ID is Zoho's message_id.
	ID       string `zoho:"message_id"`
	ThreadID string `zoho:"thread_id"`
	Subject  string `zoho:"subject"`
	Summary  string `zoho:"summary"`
	// Content and Format are told by [Emails.Find] alone.
	Content string     `zoho:"content"`
	Format  MailFormat `zoho:"mail_format"`

	From    MailAddress   `zoho:"from"`
	To      []MailAddress `zoho:"to"`
	CC      []MailAddress `zoho:"cc"`
	BCC     []MailAddress `zoho:"bcc"`
	ReplyTo MailAddress   `zoho:"reply_to"`

	Time time.Time `zoho:"time"`
	// Sent says that the mail went out; one that came in is not sent.
	Sent          bool          `zoho:"sent"`
	Read          bool          `zoho:"read"`
	HasAttachment bool          `zoho:"has_attachment"`
	Status        []EmailStatus `zoho:"status"`
	// Source is Zoho's word for where the mail is from, "crm" for example.
	Source string `zoho:"source"`
	// Owner is the user whose mail it is, Record the one that it hangs on where Zoho tells.
	Owner  Lookup       `zoho:"owner"`
	Record ModuleLookup `zoho:"linked_record"`
	// Attachments are for [Emails.OpenAttachment].
	Attachments []EmailAttachment `zoho:"attachments"`
	// Raw is the mail as Zoho sent it.
	Raw json.RawMessage `zoho:"-"`
}

// EmailAttachment is a file that came with a mail.
type EmailAttachment struct {
	ID   string `zoho:"id"`
	Name string `zoho:"name"`
	// Size is in bytes.
	Size int64 `zoho:"size"`
}

// EmailStatus is what became of a mail: its Type is "sent", "opened", "clicked", "bounced", "scheduled", …
type EmailStatus struct {
	Type string `zoho:"type"`
	// Count is how often it was opened or clicked, FirstOpen and LastOpen when.
	Count         int       `zoho:"count"`
	FirstOpen     time.Time `zoho:"first_open"`
	LastOpen      time.Time `zoho:"last_open"`
	BouncedTime   time.Time `zoho:"bounced_time"`
	BouncedReason string    `zoho:"bounced_reason"`
}

// MailAddress is an address, with the name of whose it is where that is known.
type MailAddress struct {
	Name  string `zoho:"user_name"`
	Email string `zoho:"email"`
}

// Emails are the mails of one record; see [Record.Emails].
type Emails struct {
	list module // of the mails
	of   module // of the record
	id   string
}

// Emails returns the mails of the record with the id. Nothing is sent yet.
func (r *Record[T]) Emails(id string) *Emails {
	const list = "Emails"
	return &Emails{NewRecord[EmailMessage](r.conn, InModule(list)).listOf(&r.module, id, list), r.module, id}
}

// emailKeys are the keys under which mails stand, now and before API v4.
var emailKeys = []string{"Emails", "email_related_list"}

// All lists the record's mails, the latest first, ten to a page: Zoho gives no more. Their contents are for [Emails.Find].
// Without options there are those that were sent from the CRM and those of the user who is signed in. A record that is not
// there is [ErrRecordNotFound].
//
// An error comes once, with a nil mail, and ends the loop. Leaving the loop stops the requests; a page is fetched when the
// one before it is used up. It costs one credit a page, and needs the scope ZohoCRM.modules.emails.READ, which
// ZohoCRM.modules.ALL has in it.
//
// Zoho: GET /crm/v8/{module}/{id}/Emails  https://www.zoho.com/crm/developer/docs/api/v8/get-email-rel-list.html
func (e *Emails) All(ctx context.Context, opts ...EmailOption) iter.Seq2[*EmailMessage, error] {
	return func(yield func(*EmailMessage, error) bool) {
		const op = "list"
		params, err := e.params(op, opts)
		c := &cursor{module: &e.list, op: op, plan: e.list.plan, params: params, keys: emailKeys, param: "index", next: "next_index"}
		yieldRows(ctx, c, err, yield, func(mail *EmailMessage, raw []byte) { mail.Raw = raw })
	}
}

// Find returns one of the record's mails, with its content and its attachments. One that is not there is
// [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}/Emails/{message}  https://www.zoho.com/crm/developer/docs/api/v8/view-email.html
func (e *Emails) Find(ctx context.Context, messageID string, opts ...EmailOption) (*EmailMessage, error) {
	const op = "find"
	params, err := e.params(op, opts)
	if err != nil {
		return nil, err
	}
	if err := checkMessageID(messageID); err != nil {
		return nil, e.list.fail(op, err)
	}
	resp, err := e.list.call(ctx, Request{
		Op: op, Method: http.MethodGet, Template: e.list.template("{id}"), Params: params, Repeat: RepeatSafe, Weight: 1,
	}, messageID)
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusNoContent {
		return nil, e.list.failAt(op, resp.Status, ErrRecordNotFound)
	}
	raw, err := onlyEmail(resp.Body)
	if err != nil {
		return nil, e.list.failAt(op, resp.Status, err)
	}
	mail := new(EmailMessage)
	if err := e.list.plan.Decode(raw, mail); err != nil {
		return nil, e.list.failAt(op, resp.Status, err)
	}
	mail.Raw = raw
	return mail, nil
}

// OpenAttachment opens a file that came with one of the record's mails, one of the mail's Attachments, for reading; the
// caller closes it. The mail tells whose it is: it is one that [Emails.All] or [Emails.Find] gave. A file that is not
// there is [ErrRecordNotFound]. It costs what [Attachments.Open] does.
//
// Zoho: GET /crm/v8/{module}/{id}/Emails/actions/download_attachments
// https://www.zoho.com/crm/developer/docs/api/v8/download-email-attachments.html
func (e *Emails) OpenAttachment(ctx context.Context, mail *EmailMessage, a EmailAttachment) (*File, error) {
	return e.openPart(ctx, "download_attachments", mail, Params{"id": a.ID, "name": a.Name})
}

// OpenInlineImage opens an image in the text of one of the record's mails, by its id there (see
// [EmailMessage.InlineImages]); else it is [Emails.OpenAttachment].
//
// Zoho: GET /crm/v8/{module}/{id}/Emails/actions/download_inline_images
// https://www.zoho.com/crm/developer/docs/api/v8/download-inline-images.html
func (e *Emails) OpenInlineImage(ctx context.Context, mail *EmailMessage, id string) (*File, error) {
	return e.openPart(ctx, "download_inline_images", mail, Params{"id": id})
}

// imageIDs are where an image in a text says which it is.
var imageIDs = regexp.MustCompile(`img_id(?:=|%3D)["']?([A-Za-z0-9_-]+)`)

// InlineImages are the ids of the images in the mail's Content, each once, for [Emails.OpenInlineImage].
func (m *EmailMessage) InlineImages() []string {
	var ids []string
	for _, found := range imageIDs.FindAllStringSubmatch(m.Content, -1) {
		if !slices.Contains(ids, found[1]) {
			ids = append(ids, found[1])
		}
	}
	return ids
}

// EmailOption is an option of [Emails.All] and [Emails.Find].
type EmailOption interface{ applyEmails(*emailConfig) }

type emailConfig struct {
	kind  EmailKind
	owner string
	errs  []error
}

// EmailKind says which mails are wanted, and is an [EmailOption].
type EmailKind string

// The kinds of mails. The last three are for accounts.
const (
	EmailsSent                EmailKind = "sent_from_crm"
	EmailsScheduled           EmailKind = "scheduled_in_crm"
	EmailsDrafted             EmailKind = "drafts"
	EmailsOfUser              EmailKind = "user_emails"
	EmailsSentToContacts      EmailKind = "all_contacts_sent_crm_emails"
	EmailsScheduledToContacts EmailKind = "all_contacts_scheduled_crm_emails"
	EmailsDraftedToContacts   EmailKind = "all_contacts_draft_crm_emails"
)

var emailKinds = []EmailKind{
	EmailsSent, EmailsScheduled, EmailsDrafted, EmailsOfUser, EmailsSentToContacts, EmailsScheduledToContacts, EmailsDraftedToContacts,
}

func (k EmailKind) applyEmails(c *emailConfig) {
	c.kind = k
	if !slices.Contains(emailKinds, k) {
		c.errs = append(c.errs, fmt.Errorf("EmailKind: %q is none that there is", clip(string(k), 40)))
	}
}

type emailsOf string

func (o emailsOf) applyEmails(c *emailConfig) {
	c.owner = string(o)
	if err := checkRef("EmailsOf", c.owner); err != nil {
		c.errs = append(c.errs, err)
	}
}

// EmailsOf looks among the mails of the user with the id, who has shared them: it is for [EmailsOfUser], which it implies.
func EmailsOf(userID string) EmailOption { return emailsOf(userID) }

func (e *Emails) params(op string, opts []EmailOption) (Params, error) {
	var c emailConfig
	for _, o := range opts {
		if o != nil {
			o.applyEmails(&c)
		}
	}
	params := Params{}
	if c.owner != "" {
		params["owner_id"] = c.owner
		switch c.kind {
		case "":
			c.kind = EmailsOfUser
		case EmailsOfUser:
		default:
			c.errs = append(c.errs, fmt.Errorf("EmailsOf does not go with %s", clip(string(c.kind), 40)))
		}
	}
	if c.kind != "" {
		params["type"] = string(c.kind)
	}
	if err := badOptions(c.errs); err != nil {
		return nil, e.list.fail(op, err)
	}
	return params, nil
}

// openPart opens what belongs to a mail.
func (e *Emails) openPart(ctx context.Context, action string, mail *EmailMessage, part Params) (*File, error) {
	req := Request{Op: opDownload, Module: e.list.name, Params: part, Template: e.list.template("actions", action)}
	switch {
	case mail == nil:
		return nil, e.list.fail(req.Op, because(ErrRecordInvalid, "the mail is nil"))
	case part["id"] == "" || part["name"] == "":
		return nil, e.list.fail(req.Op, errEmptyID)
	}
	if err := checkRef("the mail's owner", mail.Owner.ID); err != nil {
		return nil, e.list.fail(req.Op, err)
	}
	if err := checkMessageID(mail.ID); err != nil {
		return nil, e.list.fail(req.Op, err)
	}
	part["message_id"], part["user_id"] = mail.ID, mail.Owner.ID
	return e.list.openFile(ctx, req, "actions", action)
}

// onlyEmail is the mail of an answer for one.
func onlyEmail(body []byte) (json.RawMessage, error) {
	answer := object(body)
	for _, key := range emailKeys {
		var rows []json.RawMessage
		switch raw := answer[key]; {
		case raw == nil:
		case object(raw) != nil:
			return raw, nil
		case json.Unmarshal(raw, &rows) != nil:
			return nil, errNoData
		case len(rows) == 0:
			return nil, ErrRecordNotFound
		default:
			return rows[0], nil
		}
	}
	return nil, errNoData
}

// maxMessageID is more than any message_id has.
const maxMessageID = 500

// checkMessageID refuses what cannot be a message_id: those of mails that came in are as their senders made them.
func checkMessageID(id string) error {
	switch {
	case id == "":
		return errEmptyID
	case len(id) > maxMessageID || id == "actions":
		return because(ErrRecordNotFound, "%q is not a mail's id", clip(id, 40))
	}
	return nil
}
