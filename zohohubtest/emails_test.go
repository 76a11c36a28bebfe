package zohohubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// get is a request as a handler sees it.
func (o *testOrg) get(path string) *http.Request {
	return httptest.NewRequestWithContext(o.t.Context(), "GET", path, nil)
}

// mailJSON is a mail of Ana's with more members.
func mailJSON(more string) string {
	return `{"from":{"email":"ana.silva@example.com"},"to":[{"user_name":"Doe","email":"doe@example.com"}],"subject":"Hello","content":"<b>Hi</b>"` + more + `}`
}

// send sends one, and gives its message_id.
func (o *testOrg) send(module, id, mail string) string {
	o.t.Helper()
	w := o.call("POST", "v8/"+module+"/"+id+"/actions/send_mail", `{"data":[`+mail+`]}`)
	require.Equal(o.t, 200, w.Code, w.Body)
	var answer struct {
		Data []struct {
			Details struct {
				ID string `json:"message_id"`
			}
		}
	}
	require.NoError(o.t, json.Unmarshal(w.Body.Bytes(), &answer))
	assert.JSONEq(o.t, rowsJSON(`{"code":"SUCCESS","details":{"message_id":"`+answer.Data[0].Details.ID+`","blocked_email_addresses":[]},`+
		`"message":"Mail sent successfully","status":"success"}`), w.Body.String())
	return answer.Data[0].Details.ID
}

// uploaded is the id of a file that waits to be taken.
func (o *testOrg) uploaded(name, content string) string {
	o.t.Helper()
	require.Equal(o.t, 200, o.upload("v8/files", part{"file", name, content}).Code)
	return o.crm.uploads[len(o.crm.uploads)-1].id
}

func TestMails(t *testing.T) {
	t.Parallel()
	for name := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
			at := name + "/Leads/" + lead + "/Emails"
			o.expect(204, "", "GET", at, "")
			file := o.uploaded("plan.pdf", "%PDF")
			id := o.send("Leads", lead, mailJSON(`,"cc":[{"email":"c@example.com"}],"bcc":[{"email":"b@example.com"}],"reply_to":{"email":"r@example.com"},`+
				`"attachments":[{"id":"`+file+`"}],"org_email":false,"consent_email":true`))
			assert.Len(t, id, 64)
			key := "Emails"
			if name < "v4" {
				key = "email_related_list"
			}
			own := o.crm.mailbox.mails[0].files[0].id
			assert.NotEqual(t, file, own)
			member := func(email string) string { return `{"user_name":null,"email":"` + email + `"}` }
			listed := `{"message_id":"` + id + `","thread_id":"` + id + `","subject":"Hello","summary":null,"from":` + member("ana.silva@example.com") +
				`,"to":[{"user_name":"Doe","email":"doe@example.com"}],"cc":[` + member("c@example.com") + `],"owner":` + anaUser + `,"read":false,"sent":true,"time":"` + testTime +
				`","status":[{"type":"sent","bounced_time":null,"bounced_reason":null}],"has_attachment":true,"has_thread_attachment":true,"source":"crm","linked_record":{"id":"` + lead +
				`","name":"Doe","module":{"api_name":"Leads","id":"` + o.crm.schema.Module("Leads").ID + `"}},"activity_info":null,"intent":null,"sentiment_info":null,"emotion":null,"editable":false`
			info := `"info":{"count":1,"per_page":10,"more_records":false,"next_index":null,"prev_index":null}`
			o.expect(200, `{"`+key+`":[`+listed+`}],`+info+`}`, "GET", at, "")
			o.expect(200, `{"`+key+`":[`+listed+`,"content":"<b>Hi</b>","mail_format":"html","bcc":[`+member("b@example.com")+`],"reply_to":`+member("r@example.com")+
				`,"attachments":[{"id":"`+own+`","name":"plan.pdf","size":"4"}]}],`+info+`}`, "GET", at+"/"+id, "")
			o.expect(204, "", "GET", at+"/0123", "")

			ask := at + "/actions/download_attachments?message_id=" + id + "&user_id=" + defaultUserID + "&id=" + own + "&name=plan.pdf"
			w := o.call("GET", ask, "")
			assert.Equal(t, []any{200, "%PDF", "application/pdf", `attachment; filename="plan.pdf"`},
				[]any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition")})
			unknown := func(name string) string {
				return refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"param_name":"`+name+`"}`)
			}
			o.expect(400, unknown("message_id"), "GET", strings.Replace(ask, id, "0123", 1), "")
			o.expect(400, unknown("user_id"), "GET", strings.Replace(ask, defaultUserID, brunoID, 1), "")
			o.expect(400, unknown("id"), "GET", strings.Replace(ask, own, "0123", 1), "")
			o.expect(400, unknown("name"), "GET", strings.Replace(ask, "plan.pdf", "plan", 1), "")
			o.expect(400, unknown("id"), "GET", strings.Replace(ask, "attachments", "inline_images", 1), "")
			for _, name := range []string{"message_id", "user_id", "id", "name"} {
				o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"`+name+`"}`),
					"GET", strings.NewReplacer("?"+name+"=", "?x=", "&"+name+"=", "&x=").Replace(ask), "")
			}
		})
	}
}

func TestMailPages(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	var ids []string
	for range 25 {
		ids = append(ids, o.send("Leads", lead, mailJSON("")))
	}
	page := func(query string) (list []string, info map[string]any) {
		var answer struct {
			Emails []struct {
				ID string `json:"message_id"`
			}
			Info map[string]any
		}
		require.NoError(t, json.Unmarshal(o.call("GET", "v8/Leads/"+lead+"/Emails"+query, "").Body.Bytes(), &answer))
		for _, m := range answer.Emails {
			list = append([]string{m.ID}, list...)
		}
		return list, answer.Info
	}
	list, info := page("")
	assert.Equal(t, ids[15:], list)
	assert.Equal(t, map[string]any{"count": 10., "per_page": 10., "more_records": true, "next_index": ids[15], "prev_index": nil}, info)
	later := o.send("Leads", lead, mailJSON("")) // shifts nothing
	list, info = page("?index=" + ids[15])
	assert.Equal(t, ids[5:15], list)
	assert.Equal(t, map[string]any{"count": 10., "per_page": 10., "more_records": true, "next_index": ids[5], "prev_index": later}, info, "before the page that was the first")
	list, info = page("?index=" + ids[5])
	assert.Equal(t, ids[:5], list)
	assert.Equal(t, []any{nil, false}, []any{info["next_index"], info["more_records"]})
	o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"index"}`), "GET", "v8/Leads/"+lead+"/Emails?index=x", "")
}

func TestMailKinds(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	c := &api{t, s, &http.Client{Transport: s.Transport()}, signed(s.Token().AccessToken)}
	account := s.Seed("Accounts", zohohub.Fields{"Account_Name": "Acme"})[0]
	s.SeedEmail("Accounts", account, Email{From: "doe@example.com", Subject: "in", Format: "text"}, zohohub.NewFile{Name: "a.txt", Content: strings.NewReader("A")})
	later := s.Now().Add(time.Hour).Format(time.RFC3339)
	for _, mail := range []string{mailJSON(""), mailJSON(`,"scheduled_time":"` + later + `"`)} {
		c.call(200, "POST", "v8/Accounts/"+account+"/actions/send_mail", `{"data":[`+mail+`]}`)
	}
	count := func(query string) (n int) {
		got, _, err := send(t.Context(), c.http, "GET", s.URL()+"/crm/v8/Accounts/"+account+"/Emails"+query, c.header, "")
		require.NoError(t, err)
		var answer struct{ Emails []map[string]any }
		if got.Status != 204 {
			require.NoError(t, json.Unmarshal([]byte(got.Body), &answer))
		}
		return len(answer.Emails)
	}
	for query, want := range map[string]int{
		"": 3, "?type=sent_from_crm": 1, "?type=scheduled_in_crm": 1, "?type=drafts": 0, "?type=user_emails": 1, "?type=user_emails&owner_id=" + defaultUserID: 1,
		"?type=user_emails&owner_id=" + brunoID: 0, "?type=all_contacts_sent_crm_emails": 1, "?type=all_contacts_scheduled_crm_emails": 1, "?type=all_contacts_draft_crm_emails": 0,
	} {
		assert.Equal(t, want, count(query), query)
	}
	s.Advance(2 * time.Hour)
	c.header = signed(s.Token().AccessToken)
	assert.Equal(t, 2, count("?type=sent_from_crm"))

	sent := s.SentEmails()
	require.Len(t, sent, 2)
	assert.Equal(t, []any{"Accounts", account, "ana.silva@example.com", []string{"doe@example.com"}, "Hello", "<b>Hi</b>", "html"},
		[]any{sent[0].Module, sent[0].Record, sent[0].From, sent[0].To, sent[0].Subject, sent[0].Content, sent[0].Format})
	assert.Nil(t, sent[0].Attachments)
	assert.PanicsWithValue(t, "zohohubtest: SeedEmail: there is no Leads/7", func() {
		s.SeedEmail("Leads", "7", Email{}, zohohub.NewFile{Name: "a", Content: strings.NewReader("A")})
	})
	assert.Panics(t, func() { s.SeedEmail("Leads", "7", Email{}, zohohub.NewFile{Content: brokenReader{}}) })
}

// brokenReader cannot be read.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("broken") }

func TestInlineImagesOfMails(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	image := o.uploaded("a.gif", "GIF89a")
	id := o.send("Leads", lead, `{"from":{"email":"ana.silva@example.com"},"to":[{"email":"doe@example.com"}],"content":"<img src='http://x/crm/viewInLineImage?fileContent=`+
		image+`'><img src='http://x/crm/viewInLineImage?fileContent=0123'>"}`)
	m := o.crm.mailbox.mails[0]
	require.Len(t, m.images, 1)
	assert.Equal(t, "<img src='http://x/crm/viewInLineImage?img_id="+m.images[0].id+"'><img src='http://x/crm/viewInLineImage?fileContent=0123'>", m.content)
	w := o.call("GET", "v8/Leads/"+lead+"/Emails/actions/download_inline_images?message_id="+id+"&user_id="+defaultUserID+"&id="+m.images[0].id, "")
	assert.Equal(t, []any{200, "GIF89a", "image/gif"}, []any{w.Code, w.Body.String(), w.Header().Get("Content-Type")})
}

func TestMailsAreRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead + "/actions/send_mail"
	const from, to = `"from":{"email":"ana.silva@example.com"}`, `"to":[{"email":"doe@example.com"}]`
	many := strings.TrimSuffix(strings.Repeat(`{"email":"doe@example.com"},`, 51), ",")
	for row, want := range map[string]string{
		`{` + to + `}`:                        missing("from"),
		`{"from":"ana",` + to + `}`:           badType("from", "jsonobject"),
		`{"from":{},` + to + `}`:              missing("from.email"),
		`{"from":{"email":""},` + to + `}`:    missing("from.email"),
		`{"from":{"email":7},` + to + `}`:     badType("from.email", "email"),
		`{"from":{"email":"ana"},` + to + `}`: badType("from.email", "email"),
		`{"from":{"email":"ana.silva@example.com","user_name":7},` + to + `}`: badType("from.user_name", "text"),
		`{"from":{"email":"x@example.com"},` + to + `}`:                       badValue("from.email"),
		`{"from":{"email":"x@example.com"},"org_email":true,` + to + `}`:      badValue("from.email"),
		`{` + from + `}`:                                                              missing("to"),
		`{` + from + `,"to":[]}`:                                                      missing("to"),
		`{` + from + `,"to":"x@example.com"}`:                                         badType("to", "jsonarray"),
		`{` + from + `,"to":["x@example.com"]}`:                                       badType("to[0]", "jsonobject"),
		`{` + from + `,"to":[{"email":"a@example.com"},{"email":"b"}]}`:               badType("to[1].email", "email"),
		`{` + from + `,"to":[` + many + `]}`:                                          tooLong("to", "50"),
		`{` + from + `,` + to + `,"cc":[{}]}`:                                         missing("cc[0].email"),
		`{` + from + `,` + to + `,"reply_to":7}`:                                      badType("reply_to", "jsonobject"),
		`{` + from + `,` + to + `,"subject":7}`:                                       badType("subject", "text"),
		`{` + from + `,` + to + `,"org_email":"yes"}`:                                 badType("org_email", "boolean"),
		`{` + from + `,` + to + `,"mail_format":"rtf"}`:                               badWord("mail_format", `["html","text"]`),
		`{` + from + `,` + to + `,"template":"7"}`:                                    badType("template", "jsonobject"),
		`{` + from + `,` + to + `,"template":{}}`:                                     missing("template.id"),
		`{` + from + `,` + to + `,"template":{"id":"7"}}`:                             badValue("template.id"),
		`{` + from + `,` + to + `,"in_reply_to":"x"}`:                                 badType("in_reply_to", "jsonobject"),
		`{` + from + `,` + to + `,"in_reply_to":{}}`:                                  missing("in_reply_to.message_id"),
		`{` + from + `,` + to + `,"scheduled_time":"soon"}`:                           badType("scheduled_time", "datetime"),
		`{` + from + `,` + to + `,"scheduled_time":"` + testTime + `"}`:               badValue("scheduled_time"),
		`{` + from + `,` + to + `,"attachments":{}}`:                                  badType("attachments", "jsonarray"),
		`{` + from + `,` + to + `,"attachments":[{"id":"7"}]}`:                        badValue("attachments[0].id"),
		`{` + from + `,` + to + `,"attachments":[` + strings.Repeat("1,", 10) + `1]}`: tooLong("attachments", "10"),
	} {
		o.expect(400, rowsJSON(want), "POST", at, `{"data":[`+row+`]}`)
	}
	denied := refusedJSON("NO_PERMISSION", "permission denied", `{}`)
	o.expect(403, denied, "POST", at, `{"data":[{"from":{"email":"bruno.costa@example.com"},`+to+`}]}`)
	file := o.uploaded("a.txt", "A")
	before := o.crm.files[file].holders
	o.expect(400, rowsJSON(badValue("attachments[1].id")), "POST", at, `{"data":[{`+from+`,`+to+`,"attachments":[{"id":"`+file+`"},{"id":"7"}]}]}`)
	assert.Equal(t, before, o.crm.files[file].holders, "a refused mail keeps no file")

	o.expect(400, `{"code":"INVALID_DATA","details":{"api_name":"data","json_path":"$.data","maximum_length":1},"message":"invalid data","status":"error"}`,
		"POST", at, `{"data":[`+mailJSON("")+`,`+mailJSON("")+`]}`)
	o.expect(400, `{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"data","json_path":"$.data"},"message":"required field not found","status":"error"}`, "POST", at, `{}`)
	o.expect(400, refusedJSON("INVALID_DATA", "body", `{"expected_data_type":"jsonobject"}`), "POST", at, "")
	o.expect(400, notRelatedParent, "POST", "v8/Leads/7/actions/send_mail", `{"data":[`+mailJSON("")+`]}`)
	o.expect(400, notRelatedParent, "GET", "v8/Leads/7/Emails", "")
	o.expect(400, notRelatedParent, "GET", "v8/Leads/7/Emails/0123", "")
	o.expect(400, notRelatedParent, "GET", "v8/Leads/7/Emails/actions/download_attachments", "")
	task := o.seed("Tasks", map[string]any{"Subject": "T"})[0]
	o.expect(400, unknownModuleJSON, "POST", "v8/Tasks/"+task+"/actions/send_mail", `{"data":[`+mailJSON("")+`]}`)
	vendor := o.seed("Vendors", map[string]any{"Vendor_Name": "V"})[0]
	o.expect(400, unknownModuleJSON, "GET", "v8/Vendors/"+vendor+"/Emails", "")
	for _, query := range []string{"type=all", "type=all_contacts_sent_crm_emails"} {
		o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"type"}`), "GET", "v8/Leads/"+lead+"/Emails?"+query, "")
	}
	for _, query := range []string{"owner_id=" + brunoID, "type=user_emails&owner_id=7"} {
		o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"owner_id"}`), "GET", "v8/Leads/"+lead+"/Emails?"+query, "")
	}
	assert.Empty(t, o.crm.mailbox.mails)

	// What else is taken.
	o.send("Vendors", vendor, mailJSON(`,"org_email":true,"mail_format":"text","in_reply_to":{"message_id":"x"}`))
	require.Equal(t, 200, o.call("POST", "v6/Leads/"+lead+"/actions/send_mail", `{"data":[`+mailJSON(`,"in_reply_to":"x"`)+`]}`).Code)
	assert.Equal(t, []string{"x", "x"}, []string{o.crm.mailbox.mails[0].inReplyTo, o.crm.mailbox.mails[1].inReplyTo})
}

func TestMailsNeedTheirScopes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	for scope, want := range map[string]int{
		"ZohoCRM.send_mail.leads.CREATE": 200, "ZohoCRM.send_mail.all.CREATE": 200, "ZohoCRM.send_mail.ALL": 200, "ZohoCRM.modules.ALL": 401,
		"ZohoCRM.send_mail.contacts.CREATE": 401,
	} {
		g := grant{Scopes: []string{scope}, UserID: defaultUserID}
		assert.Equal(t, want, o.callAs(g, "POST", "v8/Leads/"+lead+"/actions/send_mail", `{"data":[`+mailJSON("")+`]}`).Code, scope)
	}
	for scopes, want := range map[string]int{
		"ZohoCRM.modules.ALL": 200, "ZohoCRM.modules.leads.READ": 401, "ZohoCRM.modules.leads.READ ZohoCRM.modules.emails.READ": 200,
	} {
		assert.Equal(t, want, o.callAs(grant{Scopes: strings.Fields(scopes), UserID: defaultUserID}, "GET", "v8/Leads/"+lead+"/Emails", "").Code, scopes)
	}
}

func TestMailTemplates(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	c := &api{t, s, &http.Client{Transport: s.Transport()}, signed(s.Token().AccessToken)}
	lead := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	template := s.AddEmailTemplate("Welcome", "Hello there")
	for _, more := range []string{"", `,"subject":"Own"`, `,"content":"Own"`} {
		c.call(200, "POST", "v8/Leads/"+lead+"/actions/send_mail",
			`{"data":[{"from":{"email":"ana.silva@example.com"},"to":[{"email":"doe@example.com"}],"template":{"id":"`+template+`"}`+more+`}]}`)
	}
	var got [][2]string
	for _, m := range s.SentEmails() {
		got = append(got, [2]string{m.Subject, m.Content})
	}
	assert.Equal(t, [][2]string{{"Welcome", "Hello there"}, {"Own", "Hello there"}, {"Welcome", "Own"}}, got)
}
