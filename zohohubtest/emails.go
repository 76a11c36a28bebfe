package zohohubtest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// mailbox is the mails of all records, oldest first, and the templates for them.
type mailbox struct {
	mails     []*mail
	templates map[string]mailTemplate
}

// mail is one that was sent, is to be sent, or came in.
type mail struct {
	id        string
	module    *schema.Module
	record    int64
	owner     string // the user's id
	sent      bool
	at        time.Time // when it goes out, or came
	from      map[string]any
	to        []any
	cc, bcc   []any
	replyTo   any
	subject   string
	content   string
	format    string
	files     []*file
	images    []*file
	byOrg     bool
	inReplyTo string
}

type mailTemplate struct{ subject, content string }

const (
	mailsPerPage   = 10
	mostRecipients = 50
	mostMailFiles  = 10
)

// mailModules have mails; others, too, can be written to from.
var (
	mailModules = []string{"Leads", "Accounts", "Contacts", "Deals", "Quotes", "Invoices", "Sales_Orders", "Purchase_Orders"}
	sendModules = append(slices.Clip(mailModules), "Cases", "Vendors")
)

// mailScope is what every reading of mails needs beside the module's own scope.
const mailScope = "ZohoCRM.modules.emails.READ"

// emailRoutes are the calls about the mails of a record.
var emailRoutes = []route{
	{method: http.MethodPost, pattern: "{module}/{id}/actions/send_mail", credits: 1, handle: (*crm).sendMail},
	{method: http.MethodGet, pattern: "{module}/{id}/Emails", scopes: []string{readScope, mailScope}, credits: 1, handle: (*crm).listMails},
	{method: http.MethodGet, pattern: "{module}/{id}/Emails/{related}", scopes: []string{readScope, mailScope}, credits: 1, handle: (*crm).getMail},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Emails/actions/download_attachments",
		scopes: []string{readScope, mailScope}, credits: 1, handle: (*crm).downloadMailFile,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Emails/actions/download_inline_images",
		scopes: []string{readScope, mailScope}, credits: 1, handle: (*crm).downloadMailImage,
	},
}

// mailsKey is the key under which a record's mails stand.
func (v *version) mailsKey() string {
	if v.oldMailsKey {
		return "email_related_list"
	}
	return "Emails"
}

// mailParent is the record of the path, of one of those modules or of a custom one.
func (c *crm) mailParent(q *request, modules []string) (*record, *refusal) {
	if !slices.Contains(modules, q.module.APIName) && q.module.GeneratedType != "custom" {
		return nil, unknownModule(map[string]any{"resource_path_index": 0})
	}
	return c.parent(q)
}

// mailKinds are the choices of the parameter type, and whether a mail is one of that kind at a time.
var mailKinds = map[string]func(m *mail, now time.Time) bool{
	"sent_from_crm":                     (*mail).isSent,
	"all_contacts_sent_crm_emails":      (*mail).isSent,
	"scheduled_in_crm":                  (*mail).isScheduled,
	"all_contacts_scheduled_crm_emails": (*mail).isScheduled,
	"drafts":                            func(*mail, time.Time) bool { return false },
	"all_contacts_draft_crm_emails":     func(*mail, time.Time) bool { return false },
	"user_emails":                       func(m *mail, _ time.Time) bool { return !m.sent },
}

func (m *mail) isSent(now time.Time) bool      { return m.sent && !m.at.After(now) }
func (m *mail) isScheduled(now time.Time) bool { return m.sent && m.at.After(now) }

// listMails is GET {module}/{id}/Emails: ten mails, the latest first, from the one after index on.
func (c *crm) listMails(q *request) outcome {
	r, refused := c.mailParent(q, mailModules)
	if refused != nil {
		return refused.outcome()
	}
	all, refused := c.mailsAsked(q, r)
	if refused != nil {
		return refused.outcome()
	}
	slices.Reverse(all)
	from := 0
	if index := q.query.Get("index"); index != "" {
		if from = slices.IndexFunc(all, func(m *mail) bool { return m.id == index }) + 1; from == 0 {
			return invalidParam("index").outcome()
		}
	}
	to := min(from+mailsPerPage, len(all))
	if from == to {
		return outcome{status: http.StatusNoContent}
	}
	rows := []any{}
	for _, m := range all[from:to] {
		rows = append(rows, c.showMail(m))
	}
	info := map[string]any{"count": len(rows), "per_page": mailsPerPage, "more_records": to < len(all), "next_index": nil, "prev_index": nil}
	if to < len(all) {
		info["next_index"] = all[to-1].id
	}
	if from > mailsPerPage {
		info["prev_index"] = all[from-mailsPerPage-1].id
	}
	return outcome{status: http.StatusOK, body: map[string]any{q.version.mailsKey(): rows, "info": info}}
}

// mailsAsked are the record's that the parameters ask for, oldest first.
func (c *crm) mailsAsked(q *request, r *record) ([]*mail, *refusal) {
	kind, owner := q.query.Get("type"), q.query.Get("owner_id")
	is, known := mailKinds[kind]
	switch {
	case kind != "" && !known, strings.HasPrefix(kind, "all_contacts") && q.module.APIName != "Accounts":
		return nil, invalidParam("type")
	case owner != "" && (kind != "user_emails" || c.userRef(owner) == nil):
		return nil, invalidParam("owner_id")
	case owner == "":
		owner = q.grant.UserID
	}
	var all []*mail
	for _, m := range c.mailbox.mails {
		switch {
		case m.module != q.module || m.record != r.id, !m.sent && m.owner != owner:
		case is == nil || is(m, c.second()):
			all = append(all, m)
		}
	}
	return all, nil
}

// getMail is GET {module}/{id}/Emails/{related}: a mail with its content.
func (c *crm) getMail(q *request) outcome {
	r, refused := c.mailParent(q, mailModules)
	if refused != nil {
		return refused.outcome()
	}
	m := c.mailOf(q, r, q.related)
	if m == nil {
		return outcome{status: http.StatusNoContent}
	}
	shown := c.showMail(m)
	shown["content"], shown["mail_format"], shown["bcc"], shown["attachments"] = m.content, m.format, m.bcc, []any{}
	if m.replyTo != nil {
		shown["reply_to"] = m.replyTo
	}
	for _, f := range m.files {
		shown["attachments"] = append(shown["attachments"].([]any), map[string]any{"id": f.id, "name": f.name, "size": formatID(f.size)})
	}
	info := map[string]any{"count": 1, "per_page": mailsPerPage, "more_records": false, "next_index": nil, "prev_index": nil}
	return outcome{status: http.StatusOK, body: map[string]any{q.version.mailsKey(): []any{shown}, "info": info}}
}

func (c *crm) mailOf(q *request, r *record, id string) *mail {
	i := slices.IndexFunc(c.mailbox.mails, func(m *mail) bool { return m.module == q.module && m.record == r.id && m.id == id })
	if i < 0 {
		return nil
	}
	return c.mailbox.mails[i]
}

// showMail is a mail as lists have it.
func (c *crm) showMail(m *mail) map[string]any {
	owner := c.userRef(m.owner)
	status := map[string]any{"type": "sent", "bounced_time": nil, "bounced_reason": nil}
	switch {
	case !m.sent:
		status["type"] = "received"
	case m.at.After(c.second()):
		status["type"] = "scheduled"
	}
	var linked any
	if r := c.table(m.module.APIName).get(m.record); r != nil {
		linked = c.partRef(m.module, r)
	}
	cc := m.cc
	if cc == nil {
		cc = []any{}
	}
	return map[string]any{
		"message_id": m.id, "thread_id": m.id, "subject": m.subject, "summary": nil, "from": m.from, "to": m.to, "cc": cc,
		"owner": map[string]any{"id": owner["id"], "name": owner["name"], "email": owner["email"]},
		"read":  !m.sent, "sent": m.sent, "time": formatTime(m.at),
		"status": []any{status}, "has_attachment": len(m.files) > 0, "has_thread_attachment": len(m.files) > 0, "source": "crm",
		"linked_record": linked, "activity_info": nil, "intent": nil, "sentiment_info": nil, "emotion": nil, "editable": m.isScheduled(c.second()),
	}
}

// downloadMailFile is GET {module}/{id}/Emails/actions/download_attachments.
func (c *crm) downloadMailFile(q *request) outcome {
	return c.downloadOfMail(q, []string{"user_id", "message_id", "id", "name"}, func(m *mail) []*file { return m.files })
}

// downloadMailImage is GET {module}/{id}/Emails/actions/download_inline_images.
func (c *crm) downloadMailImage(q *request) outcome {
	return c.downloadOfMail(q, []string{"user_id", "message_id", "id"}, func(m *mail) []*file { return m.images })
}

func (c *crm) downloadOfMail(q *request, params []string, files func(*mail) []*file) outcome {
	r, refused := c.mailParent(q, mailModules)
	if refused != nil {
		return refused.outcome()
	}
	for _, name := range params {
		if q.query.Get(name) == "" {
			return missingParam(name).outcome()
		}
	}
	unknown := func(name string) outcome {
		return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"param_name": name}).outcome()
	}
	m := c.mailOf(q, r, q.query.Get("message_id"))
	switch {
	case m == nil:
		return unknown("message_id")
	case m.owner != q.query.Get("user_id"):
		return unknown("user_id")
	}
	i := slices.IndexFunc(files(m), func(f *file) bool { return f.id == q.query.Get("id") })
	switch {
	case i < 0:
		return unknown("id")
	case slices.Contains(params, "name") && files(m)[i].name != q.query.Get("name"):
		return unknown("name")
	}
	f := files(m)[i]
	return f.download(contentTypeOf(f.name))
}

// inlineImages are where a content names images that were uploaded for it.
var inlineImages = regexp.MustCompile(`viewInLineImage\?fileContent=([0-9a-f]+)`)

// embed makes the images that a content names the mail's own.
func (c *crm) embed(m *mail) {
	m.content = inlineImages.ReplaceAllStringFunc(m.content, func(text string) string {
		f := c.files[inlineImages.FindStringSubmatch(text)[1]]
		if f == nil || !f.hold() {
			return text
		}
		own := &file{id: newFileID(), name: f.name, blob: f.blob}
		m.images = append(m.images, own)
		return "viewInLineImage?img_id=" + own.id
	})
}
