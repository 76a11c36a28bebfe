package zohohubtest

import (
	"net/http"
	"slices"
	"time"
)

// sendMail is POST {module}/{id}/actions/send_mail: one mail, now or later.
func (c *crm) sendMail(q *request) outcome {
	if !q.grant.allows("ZohoCRM.send_mail."+q.module.ScopeName+".CREATE") && !q.grant.allows("ZohoCRM.send_mail.all.CREATE") {
		return scopeMismatch().outcome()
	}
	r, refused := c.mailParent(q, sendModules)
	if refused != nil {
		return refused.outcome()
	}
	object, refused := q.object()
	if refused != nil {
		return refused.outcome()
	}
	rows, refused := q.items(object, "data", 1)
	if refused != nil {
		return refused.outcome()
	}
	var denied *refusal
	a := c.eachRow(q, &batch{key: "data", rows: rows}, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		w := &mailWrite{write: c.newWrite(q.module, q.version, q.grant.UserID), at: site{path: rowPath(i)}, row: row}
		m := w.mail(q.grant.UserID)
		if w.refused != nil {
			if w.refused.status == http.StatusForbidden {
				denied = w.refused
			}
			return nil, w.refused
		}
		m.module, m.record = q.module, r.id
		c.deliver(q, m)
		return map[string]any{
			"code": "SUCCESS", "details": map[string]any{"message_id": m.id, "blocked_email_addresses": []any{}},
			"message": "Mail sent successfully", "status": "success",
		}, nil
	})
	if denied != nil { // about the sender, and so about the call
		return denied.outcome()
	}
	a.credits = 0 // a mail costs what the call does
	return a
}

// deliver keeps a mail with its record, and writes down that it is there.
func (c *crm) deliver(q *request, m *mail) {
	m.id = newFileID() + newFileID()[:24]
	c.embed(m)
	c.mailbox.mails = append(c.mailbox.mails, m)
	if q == nil {
		return // seeded
	}
	c.happened(recordKey{m.module.APIName, m.record}, happening{
		at: c.second(), action: "added", source: sourceOf(q), by: c.userRef(m.owner), partModule: "Emails",
		part: map[string]any{"id": m.id, "name": m.subject, "module": map[string]any{"api_name": "Emails", "id": mailModuleID}},
	})
}

// mailModuleID is the id of what Zoho calls the module of mails.
const mailModuleID = "3652397000000002193"

// mailWrite reads a mail; the first thing that is wrong with it is refused.
type mailWrite struct {
	*write
	at      site
	row     map[string]any
	refused *refusal
}

func (w *mailWrite) mail(userID string) *mail {
	m := &mail{owner: userID, sent: true, at: w.now, format: "html"}
	m.from, m.byOrg = w.address(w.at, w.row, "from", true), w.flag("org_email")
	m.to, m.cc, m.bcc = w.addresses("to"), w.addresses("cc"), w.addresses("bcc")
	if len(m.to) == 0 {
		w.refuse(w.mandatory(w.site("to")))
	}
	if reply := w.address(w.at, w.row, "reply_to", false); reply != nil {
		m.replyTo = reply
	}
	w.sender(m, userID)
	m.subject, m.content = w.text("subject"), w.text("content")
	w.template(m)
	w.flag("consent_email")
	if format := w.text("mail_format"); format != "" {
		if m.format = format; format != "html" && format != "text" {
			w.refuse(w.fault(w.site("mail_format"), "INVALID_DATA", "invalid data", "supported_values", []any{"html", "text"}))
		}
	}
	w.answers(m)
	if text := w.text("scheduled_time"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		switch {
		case err != nil:
			w.refuse(w.expected(w.site("scheduled_time"), "datetime"))
		case !at.After(w.now):
			w.refuse(w.fault(w.site("scheduled_time"), "INVALID_DATA", "invalid data"))
		}
		m.at = at.In(orgZone)
	}
	w.attach(m)
	return m
}

func (w *mailWrite) site(name string) site { return site{path: w.at.path, name: name} }

func (w *mailWrite) refuse(refused *refusal) {
	if w.refused == nil {
		w.refused = refused
	}
}

// text is a member that is text; empty without it.
func (w *mailWrite) text(name string) string {
	text, ok := w.row[name].(string)
	if !ok && w.row[name] != nil {
		w.refuse(w.expected(w.site(name), "text"))
	}
	return text
}

func (w *mailWrite) flag(name string) bool {
	on, ok := w.row[name].(bool)
	if !ok && w.row[name] != nil {
		w.refuse(w.expected(w.site(name), "boolean"))
	}
	return on
}

// address reads the address that object has under name.
func (w *mailWrite) address(at site, object map[string]any, name string, needed bool) map[string]any {
	at.name = name
	switch v := object[name].(type) {
	case map[string]any:
		return w.addressIn(at, v)
	case nil:
		if needed {
			w.refuse(w.mandatory(at))
		}
	default:
		w.refuse(w.expected(at, "jsonobject"))
	}
	return nil
}

func (w *mailWrite) addressIn(at site, v map[string]any) map[string]any {
	email, isText := v["email"].(string)
	name, nameIsText := v["user_name"].(string)
	switch {
	case v["email"] == nil || email == "" && isText:
		w.refuse(w.mandatory(at.at("email")))
	case !isText || !emailPattern.MatchString(email):
		w.refuse(w.expected(at.at("email"), "email"))
	case v["user_name"] != nil && !nameIsText:
		w.refuse(w.expected(at.at("user_name"), "text"))
	}
	shown := map[string]any{"user_name": nil, "email": email}
	if name != "" {
		shown["user_name"] = name
	}
	return shown
}

func (w *mailWrite) addresses(name string) []any {
	list, ok := w.row[name].([]any)
	switch {
	case !ok && w.row[name] != nil:
		w.refuse(w.expected(w.site(name), "jsonarray"))
	case len(list) > mostRecipients:
		w.refuse(w.tooLong(w.site(name), mostRecipients))
	}
	var all []any
	for i, item := range list {
		at := site{path: w.at.path, name: indexed(name, i)}
		if v, ok := item.(map[string]any); ok {
			all = append(all, w.addressIn(at, v))
		} else {
			w.refuse(w.expected(at, "jsonobject"))
		}
	}
	return all
}

// sender refuses an address that the user may not send from: the user's own, or with org_email the organisation's, are
// what there is.
func (w *mailWrite) sender(m *mail, userID string) {
	email := m.from["email"]
	allowed := w.c.userRef(userID)["email"]
	if m.byOrg {
		allowed = w.c.users[0].email // as the organisation tells its primary_email
	}
	switch {
	case email == allowed || m.from == nil:
	case slices.ContainsFunc(w.c.users, func(u user) bool { return u.email == email }):
		w.refuse(newRefusal(http.StatusForbidden, "NO_PERMISSION", "permission denied", nil))
	default:
		w.refuse(w.fault(w.site("from").at("email"), "INVALID_DATA", "invalid data"))
	}
}

// template fills in what the mail leaves to a template.
func (w *mailWrite) template(m *mail) {
	v, ok := w.row["template"].(map[string]any)
	if !ok {
		if w.row["template"] != nil {
			w.refuse(w.expected(w.site("template"), "jsonobject"))
		}
		return
	}
	id, _ := scalarText(v["id"])
	t, known := w.c.mailbox.templates[id]
	switch {
	case id == "":
		w.refuse(w.mandatory(w.site("template").at("id")))
	case !known:
		w.refuse(w.fault(w.site("template").at("id"), "INVALID_DATA", "invalid data"))
	}
	if m.subject == "" {
		m.subject = t.subject
	}
	if m.content == "" {
		m.content = t.content
	}
}

// answers reads which mail this one answers, in the form of the version.
func (w *mailWrite) answers(m *mail) {
	v := w.row["in_reply_to"]
	if v == nil {
		return
	}
	if !w.version.replyObject {
		m.inReplyTo = w.text("in_reply_to")
		return
	}
	object, ok := v.(map[string]any)
	if !ok {
		w.refuse(w.expected(w.site("in_reply_to"), "jsonobject"))
		return
	}
	if m.inReplyTo, ok = object["message_id"].(string); !ok {
		w.refuse(w.mandatory(w.site("in_reply_to").at("message_id")))
	}
}

// attach makes uploaded files the mail's own.
func (w *mailWrite) attach(m *mail) {
	list, ok := w.row["attachments"].([]any)
	switch {
	case !ok && w.row["attachments"] != nil:
		w.refuse(w.expected(w.site("attachments"), "jsonarray"))
	case len(list) > mostMailFiles:
		w.refuse(w.tooLong(w.site("attachments"), mostMailFiles))
	}
	for i, item := range list {
		v, _ := item.(map[string]any)
		id, _ := v["id"].(string)
		f := w.c.files[id]
		if f == nil {
			w.refuse(w.fault(site{path: w.at.path, name: indexed("attachments", i)}.at("id"), "INVALID_DATA", "invalid data"))
			continue
		}
		if w.refused == nil && f.hold() {
			m.files = append(m.files, &file{id: newFileID(), name: f.name, blob: f.blob})
		}
	}
	if w.refused != nil {
		for _, f := range m.files {
			f.drop()
		}
		m.files = nil
	}
}
