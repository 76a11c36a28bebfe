package zohohub_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// anaMail is the address of who is signed in.
var anaMail = MailAddress{Name: "Ana", Email: "ana.silva@example.com"}

func TestSendMail(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		lead := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Email": "doe@example.com"})[0]
		emails := NewRecord[Lead](conn).Emails(lead)
		ctx := t.Context()
		plan, err := conn.Files().Upload(ctx, "plan.pdf", strings.NewReader("%PDF"))
		require.NoError(t, err)
		template := crm.AddEmailTemplate("Welcome", "<p>Hello</p>")
		tomorrow := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)

		sent, err := emails.Send(ctx, Mail{
			From: anaMail, To: []MailAddress{{Name: "Doe", Email: "doe@example.com"}, {Email: "roe@example.com"}},
			CC: []MailAddress{{Email: "cc@example.com"}}, BCC: []MailAddress{{Email: "bcc@example.com"}}, ReplyTo: MailAddress{Email: "re@example.com"},
			Subject: "Plan", Content: "See plan", Format: MailText, TemplateID: template, Attachments: []string{plan.FileID}, InReplyTo: "abc",
			ScheduledTime: tomorrow, OrgEmail: true, Consent: true,
		})
		require.NoError(t, err)
		assert.Empty(t, sent.Blocked)
		reply := `"abc"`
		if v >= "v7" {
			reply = `{"message_id":"abc"}`
		}
		assert.Equal(t, "POST /crm/"+v+"/Leads/"+lead+"/actions/send_mail", asked(crm)[len(asked(crm))-1])
		assert.JSONEq(t, `{"data":[{"from":{"user_name":"Ana","email":"ana.silva@example.com"},
				"to":[{"user_name":"Doe","email":"doe@example.com"},{"email":"roe@example.com"}],"cc":[{"email":"cc@example.com"}],
				"bcc":[{"email":"bcc@example.com"}],"reply_to":{"email":"re@example.com"},"subject":"Plan","content":"See plan","mail_format":"text",
				"template":{"id":"`+template+`"},"attachments":[{"id":"`+plan.FileID+`"}],"in_reply_to":`+reply+`,
				"scheduled_time":"`+tomorrow.Format("2006-01-02T15:04:05-07:00")+`","org_email":true,"consent_email":true}]}`, lastBody(t, crm))
		kept := crm.SentEmails()
		require.Len(t, kept, 1)
		require.Len(t, kept[0].Attachments, 1)
		assert.Equal(t, "plan.pdf", kept[0].Attachments[0].Name)
		assert.True(t, tomorrow.Equal(kept[0].Time))
		kept[0].Attachments, kept[0].Time = nil, time.Time{}
		assert.Equal(t, zohohubtest.Email{
			ID: sent.ID, Module: "Leads", Record: lead, From: "ana.silva@example.com", To: []string{"doe@example.com", "roe@example.com"},
			CC: []string{"cc@example.com"}, BCC: []string{"bcc@example.com"}, Subject: "Plan", Content: "See plan", Format: "text", InReplyTo: "abc",
		}, kept[0])

		// The least, from a template.
		sent, err = emails.Send(ctx, Mail{From: anaMail, To: []MailAddress{{Email: "doe@example.com"}}, TemplateID: template})
		require.NoError(t, err)
		assert.JSONEq(t, `{"data":[{"from":{"user_name":"Ana","email":"ana.silva@example.com"},"to":[{"email":"doe@example.com"}],"template":{"id":"`+template+`"}}]}`, lastBody(t, crm))
		m, err := emails.Find(ctx, sent.ID)
		require.NoError(t, err)
		assert.Equal(t, []any{"Welcome", "<p>Hello</p>", MailHTML, true, []EmailStatus{{Type: "sent"}}}, []any{m.Subject, m.Content, m.Format, m.Sent, m.Status})
	})
}

// TestMailsAreChecked: what is no mail is not sent.
func TestMailsAreChecked(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	to := []MailAddress{{Email: "doe@example.com"}}
	for want, m := range map[string]Mail{
		"From: the address is empty":                                           {To: to},
		"To: no address":                                                       {From: anaMail},
		"To: the address is empty":                                             {From: anaMail, To: []MailAddress{{Name: "Doe"}}},
		`From: "ana" is not an address such as jo@example.com`:                 {From: MailAddress{Email: "ana"}, To: to},
		`To: "Doe <doe@example.com>" is not an address such as jo@example.com`: {From: anaMail, To: []MailAddress{{Email: "Doe <doe@example.com>"}}},
		`To: "<doe@example.com>" is not an address such as jo@example.com`:     {From: anaMail, To: []MailAddress{{Email: "<doe@example.com>"}}},
		`CC: "a@example.com, b@example.com" is not an address such as`:         {From: anaMail, To: to, CC: []MailAddress{{Email: "a@example.com, b@example.com"}}},
		"is not an address such as jo@example.com":                             {From: anaMail, To: to, BCC: []MailAddress{{Email: "a@example.com\r\nBcc: b@example.com"}}},
		`ReplyTo: "x" is not an address such as jo@example.com`:                {From: anaMail, To: to, ReplyTo: MailAddress{Email: "x"}},
		"ReplyTo: the address is empty":                                        {From: anaMail, To: to, ReplyTo: MailAddress{Name: "x"}},
		"is not one line":                                                      {From: MailAddress{Name: "A\nB", Email: "a@example.com"}, To: to},
		"Subject: it is not one line":                                          {From: anaMail, To: to, Subject: "a\r\nb"},
		`Format: "rtf" is neither html nor text`:                               {From: anaMail, To: to, Format: "rtf"},
		`TemplateID: "a/b" is not a record's id`:                               {From: anaMail, To: to, TemplateID: "a/b"},
		"Attachments: the id is empty":                                         {From: anaMail, To: to, Attachments: []string{""}},
		"ScheduledTime: ":                                                      {From: anaMail, To: to, ScheduledTime: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		sent, err := NewRecord[Lead](conn).Emails("1").Send(t.Context(), m)
		assert.Nil(t, sent)
		require.ErrorIs(t, err, ErrRecordInvalid, want)
		require.ErrorContains(t, err, "send a mail to Leads: ")
		require.ErrorContains(t, err, want)
	}
	_, err := NewRecord[Lead](conn).Emails("").Send(t.Context(), Mail{})
	require.ErrorContains(t, err, "send a mail to Leads: the record: the id is empty")
	_, err = NewRecord[Lead](nil).Emails("1").Send(t.Context(), Mail{})
	require.ErrorContains(t, err, "the connection is nil")
	assert.Empty(t, crm.Requests())
}

// TestMailsAreRefused by Zoho, for what only Zoho knows.
func TestMailsAreRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	to := []MailAddress{{Email: "doe@example.com"}}
	for name, test := range map[string]struct {
		id    string
		mail  Mail
		is    error
		field string
	}{
		"an address of nobody's": {lead, Mail{From: MailAddress{Email: "x@example.com"}, To: to}, ErrRecordInvalid, "email"},
		"a colleague's":          {lead, Mail{From: MailAddress{Email: "bruno.costa@example.com"}, To: to}, ErrNoPermission, ""},
		"a template that is not": {lead, Mail{From: anaMail, To: to, TemplateID: "7"}, ErrRecordInvalid, "id"},
		"a file that is not":     {lead, Mail{From: anaMail, To: to, Attachments: []string{"7"}}, ErrRecordInvalid, "id"},
		"yesterday":              {lead, Mail{From: anaMail, To: to, ScheduledTime: time.Now().Add(-time.Hour)}, ErrRecordInvalid, "scheduled_time"},
		"a record that is not":   {"7", Mail{From: anaMail, To: to}, ErrRecordNotFound, ""},
	} {
		_, err := leads.Emails(test.id).Send(t.Context(), test.mail)
		require.ErrorIs(t, err, test.is, name)
		require.NotErrorIs(t, err, ErrOutcomeUnknown, name)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, []any{test.field, -1}, []any{e.Field(), e.Index}, name)
	}
	_, err := NewRecord[Dynamic](conn, InModule("Tasks")).Emails("7").Send(t.Context(), Mail{From: anaMail, To: to})
	require.ErrorIs(t, err, ErrInvalidModule)
	assert.Empty(t, crm.SentEmails())
}

// TestMailsAreSentOnce, whatever becomes of the answer.
func TestMailsAreSentOnce(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	emails := NewRecord[Lead](conn).Emails(lead)
	m := Mail{From: anaMail, To: []MailAddress{{Email: "doe@example.com"}}, Subject: "Hello"}
	crm.Inject(zohohubtest.Fault{Path: "/send_mail", CutAfter: true})
	_, err := emails.Send(t.Context(), m)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, crm.SentEmails(), 1)
	crm.Inject(zohohubtest.Fault{Path: "/send_mail", Status: http.StatusBadGateway})
	_, err = emails.Send(t.Context(), m)
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	require.ErrorIs(t, err, ErrInternal)
	assert.Len(t, crm.SentEmails(), 1)
	crm.Inject(zohohubtest.Fault{Path: "/send_mail", Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}})
	_, err = emails.Send(t.Context(), m)
	require.NoError(t, err, "what was refused undone may go again")
	assert.Len(t, crm.SentEmails(), 2)
}

// TestBlockedAddresses are told beside the success.
func TestBlockedAddresses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]*SentMail{
		`{"data":[{"code":"SUCCESS","details":{"message_id":"a","blocked_email_addresses":[{"email":"x@example.com","reason":"bounced"}]},"status":"success"}]}`: {
			ID: "a", Blocked: []BlockedAddress{{Email: "x@example.com", Reason: "bounced"}},
		},
		`{"data":[{"code":"SUCCESS","details":{"message_id":"a","blocked_email_addresses":"x"},"status":"success"}]}`: {ID: "a"},
		`{"data":[{"code":"SUCCESS","details":{},"status":"success"}]}`:                                               {},
	} {
		mock, conn := mocked(t)
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, body), nil })
		sent, err := NewRecord[Person](conn).Emails("1").Send(t.Context(), Mail{From: anaMail, To: []MailAddress{anaMail}})
		require.NoError(t, err)
		assert.Equal(t, want, sent)
	}
}
