package contract

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askTimeline asks a fake for timelines, mails and whole texts, each call once so that it is done and once so that it is
// refused. Functions are outside of Zoho's files.
func askTimeline(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	lead := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "City": "Porto"})[0]
	visit := crm.Seed("Service_Visits", zohohub.Fields{"Name": "A", "Report": "<b>Fine</b>"})[0]
	file, err := conn.Files().Upload(t.Context(), "a.txt", strings.NewReader("A"))
	assert.NoError(t, err)
	do := func(method, path, body string) (*zohohub.Response, error) {
		return conn.Do(t.Context(), zohohub.Request{Method: method, Path: path, Body: []byte(body)})
	}
	_, err = do(http.MethodPut, "Leads/"+lead, `{"data":[{"City":"Lisboa"}]}`)
	assert.NoError(t, err)
	const from, to = `"from":{"user_name":"Ana","email":"ana.silva@example.com"}`, `"to":[{"user_name":"Doe","email":"doe@example.com"}]`
	resp, err := do(http.MethodPost, "Leads/"+lead+"/actions/send_mail", `{"data":[{`+from+`,`+to+`,"cc":[{"user_name":"C","email":"c@example.com"}],"subject":"S",`+
		`"content":"C","mail_format":"html","in_reply_to":{"message_id":"x"},"attachments":[{"id":"`+file.FileID+`"}]}]}`)
	assert.NoError(t, err)
	var sent struct {
		Data []struct {
			Details struct {
				ID string `json:"message_id"`
			}
		}
	}
	assert.NoError(t, json.Unmarshal(resp.Body, &sent))
	emails := "Leads/" + lead + "/Emails"
	message := sent.Data[0].Details.ID
	mail, err := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Leads")).Emails(lead).Find(t.Context(), message)
	assert.NoError(t, err)
	part := "?user_id=" + mail.Owner.ID + "&message_id=" + message + "&id=" + mail.Attachments[0].ID + "&name=a.txt"
	filter := url.QueryEscape(`{"field":{"api_name":"source"},"comparator":"in","value":["crm_api"]}`)
	content, err := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Leads")).Emails(lead).OpenAttachment(t.Context(), mail, mail.Attachments[0])
	assert.NoError(t, err)
	assert.NoError(t, content.Close())
	for _, path := range []string{
		"Leads/" + lead + "/__timeline", "Leads/" + lead + "/__timeline?per_page=1&include=type&include_inner_details=field_history.pick_list_values&filters=" + filter,
		emails, emails + "?type=sent_from_crm", emails + "?type=user_emails", emails + "/" + message, emails + "/0123",
		"Service_Visits/actions/fetch_full_data?fields=Report&ids=" + visit,
		"Service_Visits/" + visit + "/actions/fetch_full_data", "Service_Visits/" + visit + "/actions/fetch_full_data?fields=Report",
	} {
		_, err := do(http.MethodGet, path, "")
		assert.NoError(t, err, path)
	}
	for _, path := range []string{
		"Leads/7/__timeline", "Leeds/7/__timeline", "Leads/" + lead + "/__timeline?filters=x", "Leads/" + lead + "/__timeline?page_token=x",
		"Leads/7/Emails", emails + "?type=x", emails + "?index=x", "Leads/7/Emails/x", emails + "/actions/download_attachments", "Leads/7/Emails/actions/download_attachments",
		emails + "/actions/download_inline_images" + part, "Service_Visits/actions/fetch_full_data?ids=1", "Service_Visits/actions/fetch_full_data?fields=Name&ids=1",
		"Service_Visits/actions/fetch_full_data?fields=Report&ids=x", "Leeds/actions/fetch_full_data?fields=Report&ids=1",
	} {
		_, err := do(http.MethodGet, path, "")
		assert.Error(t, err, path)
	}
	for _, row := range []string{
		`{}`, `{` + from + `}`, `{` + from + `,"to":"x"}`, `{"from":{"email":"x@example.com"},` + to + `}`, `{"from":{"email":"bruno.costa@example.com"},` + to + `}`,
		`{` + from + `,` + to + `,"template":{"id":"7"}}`, `{` + from + `,` + to + `,"attachments":[{"id":"7"}]}`,
	} {
		_, err := do(http.MethodPost, "Leads/"+lead+"/actions/send_mail", `{"data":[`+row+`]}`)
		assert.Error(t, err, row)
	}
	_, err = do(http.MethodPost, "Tasks/7/actions/send_mail", `{"data":[{`+from+`,`+to+`}]}`)
	assert.Error(t, err)
}
