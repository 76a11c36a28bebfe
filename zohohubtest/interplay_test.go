package zohohubtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

// lock locks a record.
func (o *testOrg) lock(module, id string) {
	o.t.Helper()
	require.Equal(o.t, 201, o.call("POST", "v8/"+module+"/"+id+"/Locking_Information__s", `{"data":[{"Locked_Reason__s":"x"}]}`).Code)
}

// TestLocksHoldAgainstActions: what works many records, or makes one of two, is a write too.
func TestLocksHoldAgainstActions(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "Doe", "Email": "jo@example.com"}, map[string]any{"Last_Name": "Roe"}, map[string]any{"Last_Name": "Poe", "Email": "jo@example.com"})
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Email": "jo@example.com"})[0]
	lead, free, third := ids[0], ids[1], ids[2]
	o.lock("Leads", lead)
	o.lock("Contacts", contact)
	refused := rowsJSON(lockedJSON(lead))
	const owner = `"owner":{"id":"` + brunoID + `"}`
	o.expect(400, refused, "POST", "v8/Leads/actions/mass_delete", `{"ids":["`+lead+`"]}`)
	o.expect(400, refused, "POST", "v8/Leads/actions/mass_update", `{"ids":["`+lead+`"],"data":[{"City":"Porto"}]}`)
	o.expect(400, refused, "POST", "v8/Leads/actions/change_owner", `{"ids":["`+lead+`"],`+owner+`}`)
	o.expect(400, refused, "POST", "v8/Leads/"+lead+"/actions/convert", `{"data":[{}]}`)
	o.expect(400, rowsJSON(lockedJSON(contact)), "POST", "v8/Leads/"+third+"/actions/convert", `{"data":[{"add_to_existing_record":true}]}`)
	for _, pair := range [][2]string{{lead, free}, {free, lead}} {
		o.expect(400, mergeJSON(lockedJSON(lead)), "POST", "v8/Leads/"+pair[0]+"/actions/merge", `{"merge":[{"data":[{"id":"`+pair[1]+`"}]}]}`)
	}
	job := o.jobID("v8/Leads/actions/mass_delete", `{"cvid":"`+viewID(o.crm.schema.Module("Leads"), 0)+`"}`)
	o.now = o.now.Add(time.Minute)
	o.expect(200, `{"data":[{"Status":"COMPLETED","Total_Count":3,"Deleted_Count":2,"Failed_Count":1}]}`, "GET", "v8/Leads/actions/mass_delete?job_id="+job, "")
	assert.Equal(t, [][]any{{"Doe", nil}}, o.fieldsOf("Leads", "Last_Name", "City"))
}

// TestRecordsOfTwoModulesWithOneID: seeds may give it to them; a lock or a share of one is not the other's.
func TestRecordsOfTwoModulesWithOneID(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	const id = "78265000003433063"
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "id": id})
	o.seed("Contacts", map[string]any{"Last_Name": "Doe", "id": id})
	o.lock("Leads", id)
	require.Equal(t, 201, o.call("POST", "v8/Leads/"+id+"/actions/share", `{"share":[`+toUser(brunoID, "read_only")+`]}`).Code)
	assert.Equal(t, 400, o.call("PUT", "v8/Leads/"+id, `{"data":[{"Phone":"1"}]}`).Code)
	assert.Equal(t, 200, o.call("PUT", "v8/Contacts/"+id, `{"data":[{"Phone":"1"}]}`).Code)
	assert.Equal(t, 400, o.call("DELETE", "v8/Contacts/"+id+"/actions/share", "").Code, "it has none")
}

// TestMergesKeepTheStateOfAProcess: nothing but its transitions changes it.
func TestMergesKeepTheStateOfAProcess(t *testing.T) {
	t.Parallel()
	o, _, _ := inFlow(t, nil)
	master := o.crm.records("Leads")[0]["id"].(string)
	child := o.seed("Leads", map[string]any{"Last_Name": "Roe", "Lead_Status": "Lost Lead", "Phone": "1"})[0]
	at := "v8/Leads/" + master + "/actions/merge"
	merge := func(field string) string {
		return `{"merge":[{"data":[{"id":"` + child + `","_fields":[{"api_name":"` + field + `"}]}]}]}`
	}
	o.expect(400, mergeJSON(refusedJSON("RECORD_IN_BLUEPRINT", "The record is in blue print", `{"id":"`+master+`"}`)), "POST", at, merge("Lead_Status"))
	assert.Len(t, o.crm.records("Leads"), 2)
	o.expect(201, mergeJSON(okRow(master, "The records has been merged successfully")), "POST", at, merge("Phone"))
	assert.Equal(t, [][]any{{"Doe", "1"}}, o.fieldsOf("Leads", "Last_Name", "Phone"))
}

// TestWhatALeadBecomesEntersABlueprint: as any record that is made, unless the call's trigger leaves it out.
func TestWhatALeadBecomesEntersABlueprint(t *testing.T) {
	t.Parallel()
	for more, status := range map[string]int{"": 200, `,"trigger":["blueprint"]`: 200, `,"trigger":["workflow"]`: 400} {
		o := newOrg(t)
		_, err := o.crm.addBlueprint("Deals", Blueprint{Name: "Sale", Field: "Stage", Transitions: []Transition{{Name: "Win", To: "Closed Won"}}})
		require.NoError(t, err)
		id := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
		require.Equal(t, 200, o.call("POST", "v8/Leads/"+id+"/actions/convert", `{"data":[{"Deals":{"Deal_Name":"D","Stage":"Qualification"}}]`+more+`}`).Code)
		deal := o.crm.records("Deals")[0]["id"].(string)
		assert.Equal(t, status, o.call("GET", "v8/Deals/"+deal+"/actions/blueprint", "").Code, more)
	}
}

// TestWhatIsGoneForGoodLeavesNothing: neither its process nor whom it was shared with.
func TestWhatIsGoneForGoodLeavesNothing(t *testing.T) {
	t.Parallel()
	o, _, at := inFlow(t, nil)
	require.Equal(t, 201, o.call("POST", at+"/actions/share", `{"share":[`+toUser(brunoID, "read_only")+`]}`).Code)
	require.Equal(t, 200, o.call("DELETE", at, "").Code)
	assert.Len(t, o.crm.processes, 1, "it may come back")
	assert.Len(t, o.crm.shares, 1)
	require.Equal(t, 200, o.call("POST", "v8/settings/recycle_bin/actions/empty", "").Code)
	assert.Empty(t, o.crm.processes)
	assert.Empty(t, o.crm.shares)
}

// TestMailsGoAlong: with a lead that is converted, and with a duplicate that is merged.
func TestMailsGoAlong(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	o := &testOrg{t: t, crm: s.crm}
	ids := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"}, zohohub.Fields{"Last_Name": "Roe"})
	mail := s.SeedEmail("Leads", ids[1], Email{From: "jo@example.com", Subject: "Hello"})
	require.Equal(t, 201, o.call("POST", "v8/Leads/"+ids[0]+"/actions/merge", `{"merge":[{"data":[{"id":"`+ids[1]+`"}]}]}`).Code)
	assert.Contains(t, o.call("GET", "v8/Leads/"+ids[0]+"/Emails", "").Body.String(), mail)
	require.Equal(t, 200, o.call("POST", "v8/Leads/"+ids[0]+"/actions/convert", `{"data":[{}]}`).Code)
	contact := s.Records("Contacts")[0]["id"].(string)
	assert.Contains(t, o.call("GET", "v8/Contacts/"+contact+"/Emails", "").Body.String(), mail)
}

// TestJobsAreTheirCallers: whoever looks at a job when its time has come.
func TestJobsAreTheirCallers(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"})
	var by []any
	o.crm.onChange(func(_ *request, changes []*change) {
		for _, h := range changes {
			by = append(by, h.by["id"])
		}
	})
	const update = "v8/Leads/actions/mass_update"
	id := o.jobID(update, `{"data":[{"City":"Porto"}],"cvid":"`+viewID(o.crm.schema.Module("Leads"), 0)+`"}`)
	for range 3 {
		o.callAs(grant{Token: "1000.fake-access-token", Scopes: allScopes, UserID: brunoID}, "GET", update+"?job_id="+id, "")
	}
	assert.Equal(t, []any{defaultUserID}, by)
}

// TestJobsAreForgotten: the oldest ones, and of all of them what was sent.
func TestJobsAreForgotten(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.seed("Leads", map[string]any{"Last_Name": "Doe"})
	const update = "v8/Leads/actions/mass_update"
	body := `{"data":[{"City":"Porto"}],"cvid":"` + viewID(o.crm.schema.Module("Leads"), 0) + `"}`
	first := o.jobID(update, body)
	for range mostJobs {
		o.now = o.now.Add(time.Minute)
		o.jobID(update, body)
	}
	o.expect(204, "", "GET", update+"?job_id="+first, "")
	assert.Len(t, o.crm.jobs, mostJobs)
	assert.Empty(t, o.crm.jobs[0].asked.body)
}

// TestJobsSeeWhatTheyDid: a record that the job itself has changed is worked as it is now.
func TestJobsSeeWhatTheyDid(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	above := o.seed("Accounts", map[string]any{"Account_Name": "A"})[0]
	below := o.seed("Accounts", map[string]any{"Account_Name": "B", "Parent_Account": map[string]any{"id": above}})[0]
	o.jobID("v8/Accounts/actions/mass_delete", `{"cvid":"`+viewID(o.crm.schema.Module("Accounts"), 0)+`"}`)
	o.now = o.now.Add(time.Minute)
	require.Empty(t, o.crm.records("Accounts"))
	require.Equal(t, 200, o.call("POST", "v8/settings/recycle_bin/actions/restore", `{"ids":["`+below+`"]}`).Code)
	assert.Equal(t, [][]any{{"B", nil}}, o.fieldsOf("Accounts", "Account_Name", "Parent_Account"))
}

// TestMassUpdatesOfOneModule: a scope for it is enough, and one for another is not.
func TestMassUpdatesOfOneModule(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	id := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	for scope, status := range map[string]int{
		"ZohoCRM.mass_update.leads.UPDATE": 200, "ZohoCRM.mass_update.UPDATE": 200, "ZohoCRM.mass_update.ALL": 200, "ZohoCRM.mass_update.contacts.UPDATE": 401,
	} {
		got := o.callAs(grant{Scopes: []string{scope}, UserID: defaultUserID}, "POST", "v8/Leads/actions/mass_update", `{"ids":["`+id+`"],"data":[{"City":"Porto"}]}`)
		assert.Equal(t, status, got.Code, scope)
	}
}

// TestChannelIDsAreNumbers: noughts ahead of one change nothing, and callbacks can send it as a number.
func TestChannelIDsAreNumbers(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.crm.SetDelivery(Delivery{NumericChannelID: true})
	r.watch("007", `["Leads.create"]`, "")
	r.call("POST", "v8/Leads", `{"data":[{"Last_Name":"Doe"}]}`)
	came := r.came()
	require.Len(t, came, 1)
	assert.Equal(t, "7", fmt.Sprint(came[0]["channel_id"]))
	r.call("PATCH", "v8/actions/watch", `{"watch":[{"channel_id":7,"token":"fake-token"}]}`)
	r.call("DELETE", "v8/actions/watch?channel_ids=007", "")
}

// TestFunctionsMayUseTheServer: they run after the organisation was given back.
func TestFunctionsMayUseTheServer(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddFunction("make", func(map[string]any) (any, error) {
		c.server.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})
		return len(c.server.Records("Leads")), nil
	})
	assert.Contains(t, c.call(200, "POST", "v8/functions/make/actions/execute?auth_type=oauth", ""), `"output":"1"`)
}
