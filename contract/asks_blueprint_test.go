package contract

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askBlueprint asks a fake for the process of a lead, takes the lead through it, and does all that is refused there.
func askBlueprint(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	flow := zohohubtest.Blueprint{Name: "Flow", Field: "Lead_Status", Transitions: []zohohubtest.Transition{
		{
			Name: "Contact", From: "-None-", To: "Contacted",
			Fields: []zohohubtest.TransitionField{
				{Field: "Phone", Mandatory: true, Content: "With its country"}, {Field: "Rating"}, {Field: "Annual_Revenue"},
				{Field: "Owner"}, {Field: "Interests"}, {Field: "ERP_Id"}, {Field: "Notes"}, {Field: "Attachments"}, {Field: "CheckLists"},
				{
					Field: "Email", RuleMessage: "At work",
					Rule: &zohohubtest.Condition{Field: "Email", Comparator: "ends_with", Value: "@example.com"},
				},
			},
		},
		{
			Name: "Qualify", From: "Contacted", To: "Pre-Qualified", Message: "Only in Lisboa",
			Criteria: &zohohubtest.Condition{Field: "City", Comparator: "equal", Value: "Lisboa"},
		},
		{Name: "Lose", From: "Contacted", To: "Lost Lead"},
	}}
	outside := crm.Seed("Leads", zohohub.Fields{"Last_Name": "Roe"})[0]
	ids := crm.AddBlueprint("Leads", flow)
	at := "Leads/" + crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})[0]
	do := func(method, path, body string) error {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: method, Path: path, Body: []byte(body)})
		return err
	}
	body := func(id, data string) string {
		return `{"blueprint":[{"transition_id":"` + id + `","data":` + data + `}]}`
	}
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, "Leads/1/actions/blueprint", ""},
		{http.MethodGet, "Leads/" + outside + "/actions/blueprint", ""},
		{http.MethodPut, "Leads/" + outside + "/actions/blueprint", body(ids[0], `{}`)},
		{http.MethodPost, at + "/actions/blueprint", `{}`},
		{http.MethodPut, at + "/actions/blueprint", `{}`},
		{http.MethodPut, at + "/actions/blueprint", `{"blueprint":[{}]}`},
		{http.MethodPut, at + "/actions/blueprint", body(ids[1], `{}`)},
		{http.MethodPut, at + "/actions/blueprint", body(ids[0], `{}`)},
		{http.MethodPut, at + "/actions/blueprint", body(ids[0], `{"Phone":"1","Rating":7}`)},
		{http.MethodPut, at + "/actions/blueprint", body(ids[0], `{"Phone":"1","Email":"jo@example.org"}`)},
		{http.MethodPut, at, `{"data":[{"Lead_Status":"Contacted"}]}`},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, at + "/actions/blueprint", ""},
		{http.MethodPut, at + "/actions/blueprint", body(ids[0], `{"Phone":"1","Notes":"why","CheckLists":[{"title":"C","items":[{"item 1":true}]}]}`)},
		{http.MethodGet, at + "/actions/blueprint", ""},
		{http.MethodPut, at + "/actions/blueprint", body(ids[2], `{}`)},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	ids = crm.AddBlueprint("Contacts", zohohubtest.Blueprint{
		Name: "Partial", Field: "Lead_Source", SavesPartially: true,
		Transitions: []zohohubtest.Transition{{Name: "Go", To: "Partner", Fields: []zohohubtest.TransitionField{{Field: "Phone", Mandatory: true}}}},
	})
	contact := "Contacts/" + crm.Seed("Contacts", zohohub.Fields{"Last_Name": "Doe"})[0]
	assert.NoError(t, do(http.MethodPut, contact+"/actions/blueprint", body(ids[0], `{}`)))
}
