package zohohub_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// subjects are those of a record's mails.
func subjects(t *testing.T, emails *Emails, opts ...EmailOption) string {
	t.Helper()
	var all []string
	for m, err := range emails.All(t.Context(), opts...) {
		require.NoError(t, err)
		all = append(all, m.Subject)
	}
	return strings.Join(all, " ")
}

// whole is a file's content, once opened.
func whole(t *testing.T, f *File, err error) string {
	t.Helper()
	require.NoError(t, err)
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return string(content)
}

func TestEmails(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
		emails := NewRecord[Lead](conn).Emails(lead)
		ctx := t.Context()
		assert.Empty(t, subjects(t, emails))
		at := time.Date(2026, time.May, 1, 10, 0, 0, 0, time.UTC)
		for i := range 25 {
			crm.SeedEmail("Leads", lead, zohohubtest.Email{From: "doe@example.com", Subject: fmt.Sprint(i), Content: "Hello", Time: at})
		}
		crm.ResetRequests()
		assert.Equal(t, "24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0", subjects(t, emails))
		all := crm.Requests()
		require.Len(t, all, 3)
		assert.Equal(t, "GET /crm/"+v+"/Leads/"+lead+"/Emails", all[0].Method+" "+all[0].Path)
		assert.Equal(t, url.Values{}, all[0].Query)
		assert.Len(t, all[1].Query["index"], 1)
		assert.Len(t, all[1].Query, 1)

		id := crm.SeedEmail("Leads", lead, zohohubtest.Email{From: "doe@example.com", Subject: "Plan", Content: "See <b>it</b>", Time: at},
			NewFile{Name: "plan.pdf", Content: strings.NewReader("%PDF")})
		found, err := emails.Find(ctx, id)
		require.NoError(t, err)
		assert.Contains(t, string(found.Raw), id)
		assert.True(t, at.Equal(found.Time))
		file := found.Attachments[0]
		assert.NotEmpty(t, file.ID)
		file.ID, found.Raw, found.Time = "", nil, at
		ana := MailAddress{Name: "Ana Silva", Email: "ana.silva@example.com"}
		assert.Equal(t, &EmailMessage{
			ID: id, ThreadID: id, Subject: "Plan", Content: "See <b>it</b>", Format: MailHTML, From: MailAddress{Email: "doe@example.com"}, To: []MailAddress{ana}, CC: []MailAddress{},
			Time: at, Read: true, HasAttachment: true, Status: []EmailStatus{{Type: "received"}}, Source: "crm",
			Owner:       Lookup{ID: anaSilva.ID, Name: ana.Name, Email: ana.Email},
			Record:      ModuleLookup{ID: lead, Name: "Doe", Module: "Leads"},
			Attachments: []EmailAttachment{{ID: found.Attachments[0].ID, Name: "plan.pdf", Size: 4}},
		}, found)
		for m, err := range emails.All(ctx) {
			require.NoError(t, err)
			assert.Empty(t, m.Content, "it is for Find")
			f, err := emails.OpenAttachment(ctx, m, found.Attachments[0])
			assert.Equal(t, "%PDF", whole(t, f, err))
			assert.Equal(t, "plan.pdf", f.Name)
			assert.Equal(t, url.Values{
				"user_id": {anaSilva.ID}, "message_id": {id}, "id": {found.Attachments[0].ID}, "name": {"plan.pdf"},
			}, lastRequest(t, crm).Query)
			break
		}
		_, err = emails.Find(ctx, "0123")
		require.ErrorIs(t, err, ErrRecordNotFound)
		_, err = emails.OpenAttachment(ctx, found, EmailAttachment{ID: "0123", Name: "plan.pdf"})
		require.ErrorIs(t, err, ErrRecordNotFound)
	})
}

func TestEmailKinds(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	emails := NewRecord[Lead](conn).Emails(lead)
	crm.SeedEmail("Leads", lead, zohohubtest.Email{From: "doe@example.com", Subject: "in"})
	for subject, at := range map[string]time.Time{"out": {}, "later": time.Now().Add(time.Hour)} {
		_, err := emails.Send(t.Context(), Mail{From: anaMail, To: []MailAddress{{Email: "doe@example.com"}}, Subject: subject, ScheduledTime: at})
		require.NoError(t, err)
	}
	assert.Equal(t, "out", subjects(t, emails, EmailsSent))
	assert.Equal(t, "later", subjects(t, emails, EmailsScheduled))
	assert.Empty(t, subjects(t, emails, EmailsDrafted))
	assert.Equal(t, "in", subjects(t, emails, EmailsOfUser))
	assert.Equal(t, url.Values{"type": {"user_emails"}}, lastRequest(t, crm).Query)
	assert.Empty(t, subjects(t, emails, EmailsOf("3652397000000186022")))
	assert.Equal(t, url.Values{"type": {"user_emails"}, "owner_id": {"3652397000000186022"}}, lastRequest(t, crm).Query)
	crm.Advance(2 * time.Hour)
	assert.Empty(t, subjects(t, emails, EmailsScheduled))

	account := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	of := NewRecord[Dynamic](conn, InModule("Accounts")).Emails(account)
	for _, kind := range []EmailKind{EmailsSentToContacts, EmailsScheduledToContacts, EmailsDraftedToContacts} {
		assert.Empty(t, subjects(t, of, kind))
	}
	var last error
	for _, err := range emails.All(t.Context(), EmailsSentToContacts) {
		last = err
	}
	require.ErrorIs(t, last, ErrRecordInvalid, "a lead has no contacts")
}

// TestInlineImages: an image goes out with a mail's text and comes back with it.
func TestInlineImages(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	emails := NewRecord[Lead](conn).Emails(lead)
	ctx := t.Context()
	image, err := conn.Files().Upload(ctx, "logo.gif", strings.NewReader("GIF89a"), Inline())
	require.NoError(t, err)
	source := emails.ImageSource(image.FileID)
	assert.Equal(t, crm.URL()+"/crm/viewInLineImage?fileContent="+image.FileID, source)
	sent, err := emails.Send(ctx, Mail{
		From: anaMail, To: []MailAddress{{Email: "doe@example.com"}}, Subject: "Hello", Content: `<img src="` + source + `"> and <img src="` + source + `">`,
	})
	require.NoError(t, err)
	m, err := emails.Find(ctx, sent.ID)
	require.NoError(t, err)
	ids := m.InlineImages()
	require.Len(t, ids, 2, "%s", m.Content)
	f, err := emails.OpenInlineImage(ctx, m, ids[1])
	assert.Equal(t, "GIF89a", whole(t, f, err))
	assert.Equal(t, "GET /crm/v8/Leads/"+lead+"/Emails/actions/download_inline_images", asked(crm)[len(asked(crm))-1])
	assert.Equal(t, url.Values{"user_id": {anaSilva.ID}, "message_id": {sent.ID}, "id": {ids[1]}}, lastRequest(t, crm).Query)
	_, err = emails.OpenInlineImage(ctx, m, "0123")
	require.ErrorIs(t, err, ErrRecordNotFound)

	m.Content = `<img img_id="a1"> <img src="x?img_id=a1&b"> <img src='y?img_id%3Db_2-c'> img_id img_id=`
	assert.Equal(t, []string{"a1", "b_2-c"}, m.InlineImages())
	assert.Empty(t, new(EmailMessage).InlineImages())
	assert.Equal(t, "/crm/viewInLineImage?fileContent=a%26b", NewRecord[Lead](nil).Emails("1").ImageSource("a&b"))
}

func TestEmailsRefuse(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	leads := NewRecord[Lead](conn)
	list := func(e *Emails, opts ...EmailOption) (last error) {
		for m, err := range e.All(ctx, opts...) {
			assert.Nil(t, m)
			last = err
		}
		return last
	}
	find := func(e *Emails, id string, opts ...EmailOption) error {
		m, err := e.Find(ctx, id, opts...)
		assert.Nil(t, m)
		return err
	}
	open := func(m *EmailMessage, a EmailAttachment) error {
		_, err := leads.Emails("1").OpenAttachment(ctx, m, a)
		return err
	}
	good := &EmailMessage{ID: "a", Owner: Lookup{ID: "7"}}
	file := EmailAttachment{ID: "b", Name: "c"}
	for want, err := range map[string]error{
		"list Emails: the parent: the id is empty":                           list(leads.Emails("")),
		`list Emails: the parent: "a/b" is not a record's id`:                list(leads.Emails("a/b")),
		`list Emails: EmailKind: "all" is none that there is`:                list(leads.Emails("1"), EmailKind("all")),
		`list Emails: EmailsOf: "a/b" is not a record's id`:                  list(leads.Emails("1"), EmailsOf("a/b")),
		"list Emails: EmailsOf does not go with drafts":                      list(leads.Emails("1"), EmailsDrafted, EmailsOf("7")),
		"find Emails: the id is empty":                                       find(leads.Emails("1"), ""),
		`find Emails: "actions" is not a mail's id`:                          find(leads.Emails("1"), "actions"),
		`find Emails: EmailsOf does not go with sent_from_crm`:               find(leads.Emails("1"), "a", EmailsOf("7"), EmailsSent, nil),
		`find Emails: path has an element "." or ".."`:                       find(leads.Emails("1"), ".."),
		`find Emails: "` + strings.Repeat("a", 40) + `…" is not a mail's id`: find(leads.Emails("1"), strings.Repeat("a", 501)),
		"find Emails: the parent: the id is empty":                           find(leads.Emails(""), "a"),
		"download Emails: the mail is nil":                                   open(nil, file),
		"download Emails: the id is empty":                                   open(good, EmailAttachment{Name: "c"}),
		"download Emails: the mail's owner: the id is empty":                 open(&EmailMessage{ID: "a"}, file),
		`download Emails: "actions" is not a mail's id`:                      open(&EmailMessage{ID: "actions", Owner: Lookup{ID: "7"}}, file),
	} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, open(good, EmailAttachment{ID: "b"}), "the id is empty")
	require.ErrorContains(t, list(NewRecord[Lead](nil).Emails("1")), "the connection is nil")
	assert.Empty(t, crm.Requests())

	gone := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	require.NoError(t, leads.Delete(ctx, gone))
	require.ErrorIs(t, list(leads.Emails(gone)), ErrRecordNotFound)
	require.ErrorIs(t, find(leads.Emails(gone), "a"), ErrRecordNotFound)
	task := crm.Seed("Tasks", Fields{"Subject": "Call"})[0]
	require.ErrorIs(t, list(NewRecord[Dynamic](conn, InModule("Tasks")).Emails(task)), ErrInvalidModule)
}

// TestMessageIDs: those of mails that came in are as strangers made them, and address nothing else.
func TestMessageIDs(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	var path string
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		path = r.URL.EscapedPath()
		return jsonAnswer(http.StatusOK, `{"Emails":[{"message_id":"x"}]}`), nil
	})
	for id, want := range map[string]string{"<a+b@c.example>": "%3Ca+b@c.example%3E", "a/b?c#d": "a%2Fb%3Fc%23d"} {
		_, err := NewRecord[Person](conn).Emails("1").Find(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, "/crm/v8/Leads/1/Emails/"+want, path)
	}
}

// TestForeignEmails: answers that do not fit are errors, but for what is plainly meant.
func TestForeignEmails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     int
		body       string
		list, find string
	}{
		"an object":         {200, `{"Emails":{"message_id":7,"cc":null,"time":null,"status":[{"type":"opened","count":"3","first_open":"2026-05-01T10:00:00+01:00"}]}}`, "", "7"},
		"none":              {200, `{"Emails":[],"info":{}}`, "", "record not found"},
		"the old key":       {200, `{"email_related_list":[{"message_id":"a"}],"info":{"more_records":false}}`, "a", "a"},
		"something else":    {200, `{"data":[]}`, "the answer has no data: it is not Zoho's", "the answer has no data: it is not Zoho's"},
		"does not fit":      {200, `{"Emails":[{"message_id":"a"},{"message_id":{}}]}`, "message_id", "a"},
		"the first neither": {200, `{"Emails":[{"message_id":{}}]}`, "message_id", "message_id"},
		"no permission":     {400, `{"code":"NO_PERMISSION","details":{},"message":"Permission denied","status":"error"}`, "NO_PERMISSION", "NO_PERMISSION"},
		"not moving":        {200, `{"Emails":[{"message_id":"a"}],"info":{"next_index":"i"}}`, "the list does not move on", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(test.status, test.body), nil })
			emails := NewRecord[Person](conn).Emails("1")
			said := func(m *EmailMessage, err error) string {
				if err != nil {
					return err.Error()
				}
				return m.ID
			}
			found := said(emails.Find(t.Context(), "a"))
			assert.Contains(t, found, test.find)
			last := ""
			for m, err := range emails.All(t.Context()) {
				last = said(m, err)
			}
			assert.Contains(t, last, test.list)
		})
	}
}
