package zohohub_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// withoutNames is what a conversion comes to without the names, which old versions do not tell.
func withoutNames(c *ConvertedLead) *ConvertedLead {
	c.Contact.Name, c.Account.Name, c.Deal.Name = "", "", ""
	return c
}

func TestConvertInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		ids := crm.Seed("Leads",
			Fields{"First_Name": "Jo", "Last_Name": "Doe", "Company": "Acme", "Email": "jo@example.com", "City": "Lisboa", "Designation": "CEO"},
			Fields{"Last_Name": "Roe"})
		account := crm.Seed("Accounts", Fields{"Account_Name": "Other"})[0]
		leads := NewRecord[Lead](conn)
		ctx := t.Context()

		made, err := leads.Convert(ctx, ids[0], Conversion{
			Deal:     Fields{"Deal_Name": "Big", "Stage": "Qualification", "Closing_Date": NewDate(2026, time.May, 1), "Amount": 10},
			AssignTo: bruno, NotifyLeadOwner: true, NotifyNewOwner: true,
		})
		require.NoError(t, err)
		ref := func(id string) string {
			if v < "v3" {
				return `"` + id + `"`
			}
			return `{"id":"` + id + `"}`
		}
		assert.Equal(t, "/crm/"+v+"/Leads/"+ids[0]+"/actions/convert", crm.Requests()[len(crm.Requests())-1].Path)
		assert.JSONEq(t, `{"data":[{"assign_to":`+ref(bruno)+`,"notify_lead_owner":true,"notify_new_entity_owner":true,
				"Deals":{"Deal_Name":"Big","Stage":"Qualification","Closing_Date":"2026-05-01","Amount":10}}]}`, lastBody(t, crm))
		contact, firm, deal := crm.Records("Contacts")[0], crm.Records("Accounts")[1], crm.Records("Deals")[0]
		want := &ConvertedLead{
			Contact: Lookup{ID: contact["id"].(string), Name: "Jo Doe"}, Account: Lookup{ID: firm["id"].(string), Name: "Acme"},
			Deal: Lookup{ID: deal["id"].(string), Name: "Big"},
		}
		if v < "v3" {
			withoutNames(want)
		}
		assert.Equal(t, want, made)
		assert.Equal(t, []any{"CEO", "Lisboa", "jo@example.com"}, []any{contact["Title"], contact["Mailing_City"], contact["Email"]})
		assert.Equal(t, "Bruno Costa", contact["Owner"].(map[string]any)["name"])
		assert.Equal(t, made.Account.ID, deal["Account_Name"].(map[string]any)["id"])
		assert.Equal(t, made.Contact.ID, deal["Contact_Name"].(map[string]any)["id"])

		_, err = leads.Convert(ctx, ids[0], Conversion{})
		require.ErrorIs(t, err, ErrAlreadyConverted)
		require.ErrorContains(t, err, "zohohub: convert Leads: ID_ALREADY_CONVERTED: id already converted")
		require.ErrorIs(t, leads.Update(ctx, ids[0], Fields{"City": "Porto"}), ErrAlreadyConverted)
		_, err = leads.Convert(ctx, nobodysID, Conversion{})
		require.ErrorIs(t, err, ErrRecordNotFound)
		names := []string{}
		for lead, err := range leads.All(ctx) {
			require.NoError(t, err)
			names = append(names, lead.LastName)
		}
		assert.Equal(t, []string{"Roe"}, names, "it has left the list")

		made, err = leads.Convert(ctx, ids[1], Conversion{Contact: want.Contact.ID, Account: account, Overwrite: true})
		require.NoError(t, err)
		assert.JSONEq(t, `{"data":[{"overwrite":true,"Contacts":`+ref(want.Contact.ID)+`,"Accounts":`+ref(account)+`}]}`, lastBody(t, crm))
		assert.Equal(t, &ConvertedLead{Contact: Lookup{ID: want.Contact.ID}, Account: Lookup{ID: account}}, withoutNames(made))
		assert.Equal(t, account, crm.Records("Contacts")[0]["Account_Name"].(map[string]any)["id"])
	})
}

// TestConvertWhatIsThere: who is there already is said, and can be taken.
func TestConvertWhatIsThere(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	contact := crm.Seed("Contacts", Fields{"First_Name": "Jo", "Last_Name": "Doe", "Email": "jo@example.com"})[0]
	account := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	deal := crm.Seed("Deals", Fields{"Deal_Name": "Big", "Stage": "Qualification", "Account_Name": map[string]any{"id": account}})[0]
	ids := crm.Seed("Leads", Fields{"First_Name": "Jo", "Last_Name": "Doe", "Email": "JO@example.com", "Company": "acme"}, Fields{"Last_Name": "Nobody"})
	leads := NewRecord[Lead](conn)
	ctx := t.Context()

	options, err := leads.ConversionOptions(ctx, ids[0])
	require.NoError(t, err)
	assert.Equal(t, "Contacts", options.Preferred)
	assert.Empty(t, options.SeveralLayouts)
	require.Len(t, options.Contacts, 1)
	assert.Equal(t, contact, options.Contacts[0].ID)
	assert.Equal(t, "Jo Doe", options.Contacts[0].Fields["Full_Name"])
	require.Len(t, options.Accounts, 1)
	assert.Equal(t, account, options.Accounts[0].ID)
	require.Len(t, options.Deals, 1)
	assert.Equal(t, deal, options.Deals[0].ID)
	assert.ElementsMatch(t, []ConversionMatch{
		{"Contacts", "Email", "JO@example.com"}, {"Contacts", "Full_Name", "Jo Doe"}, {"Accounts", "Account_Name", "acme"},
	}, options.Matches)
	assert.Contains(t, string(options.Raw), contact)

	_, err = leads.Convert(ctx, ids[0], Conversion{Account: account})
	require.ErrorIs(t, err, ErrDuplicate)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, contact, e.DuplicateID())
	assert.Equal(t, -1, e.Index)
	assert.Len(t, crm.Records("Contacts"), 1, "nothing was made")

	made, err := leads.Convert(ctx, ids[0], Conversion{AddToExisting: true})
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":[{"add_to_existing_record":true}]}`, lastBody(t, crm))
	assert.Equal(t, &ConvertedLead{Contact: Lookup{ID: contact, Name: "Jo Doe"}, Account: Lookup{ID: account, Name: "Acme"}}, made)

	options, err = leads.ConversionOptions(ctx, ids[1])
	require.NoError(t, err)
	assert.Equal(t, &ConversionOptions{}, options)
	for _, id := range []string{ids[0], nobodysID, "", "a/b"} {
		_, err = leads.ConversionOptions(ctx, id)
		require.Error(t, err, id)
	}
	_, err = leads.ConversionOptions(ctx, nobodysID)
	require.ErrorIs(t, err, ErrRecordNotFound)
	made, err = leads.Convert(ctx, ids[1], Conversion{})
	require.NoError(t, err)
	assert.NotEmpty(t, made.Contact.ID)
	assert.Empty(t, made.Account, "without a company there is no account")
}

func TestConvertWithWhatHangsOnIt(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	_, err := leads.AddNote(ctx, id, "Hello", "")
	require.NoError(t, err)
	_, err = leads.AddTags(ctx, []string{id}, "VIP", "cold")
	require.NoError(t, err)
	crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader("a"))
	made, err := leads.Convert(ctx, id, Conversion{
		MoveAttachmentsTo: "Accounts", CarryOverTags: map[string][]string{"Contacts": {"VIP"}, "Accounts": {"vip", "cold"}},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":[{"move_attachments_to":{"api_name":"Accounts"},"carry_over_tags":{"Contacts":["VIP"],"Accounts":["vip","cold"]}}]}`, lastBody(t, crm))
	contacts, accounts := NewRecord[Dynamic](conn, InModule("Contacts")), NewRecord[Dynamic](conn, InModule("Accounts"))
	titles, err := texts(contacts.Notes(made.Contact.ID).All(ctx), noteTitle)
	require.NoError(t, err)
	assert.Equal(t, "Hello", titles)
	files, err := texts(accounts.Attachments(made.Account.ID).All(ctx), func(a *Attachment) string { return a.FileName })
	require.NoError(t, err)
	assert.Equal(t, "a.txt", files)
	for rec, want := range map[*Record[Dynamic]][]string{contacts: {"VIP"}, accounts: {"VIP", "cold"}} {
		names := []string{}
		for tag, err := range rec.Tags().All(ctx) {
			require.NoError(t, err)
			names = append(names, tag.Name)
		}
		assert.Equal(t, want, names)
	}
}

func TestConvertRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	for want, c := range map[string]Conversion{
		"MANDATORY_NOT_FOUND: required field not found (field Stage)":           {Deal: Fields{"Deal_Name": "D"}},
		"MAPPING_MISMATCH: Pipeline doesn`t contain the Stage (field Stage)":    {Deal: Fields{"Deal_Name": "D", "Pipeline": "Standard", "Stage": "x"}},
		"INVALID_DATA: invalid data (field Amount, expected double) (HTTP 400)": {Deal: Fields{"Deal_Name": "D", "Stage": "Qualification", "Amount": "x"}},
		"INVALID_DATA: invalid data (field Contacts) (HTTP 400)":                {Contact: nobodysID},
		"INVALID_DATA: the id given seems to be invalid (field assign_to)":      {AssignTo: nobodysID},
		"INVALID_DATA: invalid data (field api_name) (HTTP 400)":                {MoveAttachmentsTo: "Deals"},
	} {
		_, err := leads.Convert(ctx, id, c)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.NotErrorIs(t, err, ErrRecordNotFound)
		require.ErrorContains(t, err, "zohohub: convert Leads: "+want)
	}
	for _, module := range []string{"Accounts", "Contacts", "Deals"} {
		assert.Empty(t, crm.Records(module), "nothing was made")
	}
	_, err := NewRecord[Dynamic](conn, InModule("Contacts")).Convert(ctx, id, Conversion{})
	require.ErrorContains(t, err, "NOT_SUPPORTED")

	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/convert", CutAfter: true})
	_, err = leads.Convert(ctx, id, Conversion{})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, crm.Records("Contacts"), 1)
	_, err = leads.Convert(ctx, id, Conversion{})
	require.ErrorIs(t, err, ErrAlreadyConverted, "which tells that it was done")
}

// TestHostileConversions: what Zoho could only refuse is not sent.
func TestHostileConversions(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for want, c := range map[string]Conversion{
		`Contact: "a/b" is not a record's id`:                             {Contact: "a/b"},
		`Account: ".." is not a record's id`:                              {Account: ".."},
		`AssignTo: "a b" is not a record's id`:                            {AssignTo: "a b"},
		`MoveAttachmentsTo: "Leads" is none of Contacts, Accounts, Deals`: {MoveAttachmentsTo: "Leads"},
		`CarryOverTags: "Contact" is none of Contacts, Accounts, Deals`:   {CarryOverTags: map[string][]string{"Contact": {"x"}}},
		"a tag's name is empty":                                           {CarryOverTags: map[string][]string{"Contacts": {""}}},
	} {
		_, err := leads.Convert(ctx, "7", c)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, err, "zohohub: convert Leads: "+want)
	}
	_, err := leads.Convert(ctx, "7", Conversion{Deal: Fields{"Amount": make(chan int)}})
	require.ErrorContains(t, err, "the deal: ")
	for _, bad := range []string{"", "..", "1/2", "1?x", "actions"} {
		_, err := leads.Convert(ctx, bad, Conversion{})
		require.Error(t, err, bad)
	}
	nowhere := NewRecord[Lead](conn, InModule("No module"))
	_, err = nowhere.Convert(ctx, "7", Conversion{})
	require.ErrorContains(t, err, "is not a module's API name")
	_, err = nowhere.ConversionOptions(ctx, "7")
	require.ErrorContains(t, err, "is not a module's API name")
	assert.Empty(t, crm.Requests(), "nothing was sent")
	_, old := setupVersion(t, "v2.1")
	_, err = NewRecord[Lead](old).Convert(ctx, "7", Conversion{AddToExisting: true})
	require.EqualError(t, err, "zohohub: convert Leads: AddToExisting: API v2.1 does not know it: it came with v3")
}

func TestForeignConversions(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	leads := NewRecord[Lead](conn)
	answer := func(status int, body string) {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(status, body), nil })
	}
	answer(http.StatusAccepted, `{"data":[{"code":"SCHEDULED","details":{"job_id":"77"},"message":"later","status":"success"}]}`)
	made, err := leads.Convert(t.Context(), "7", Conversion{})
	require.NoError(t, err)
	assert.Equal(t, &ConvertedLead{JobID: "77"}, made)
	for _, body := range []string{`{"data":[]}`, `{}`, `{"data":[{"code":"SUCCESS","details":{},"status":"success"}]}`, `{"data":[{"Contacts":null}]}`} {
		answer(http.StatusOK, body)
		_, err = leads.Convert(t.Context(), "7", Conversion{})
		require.ErrorIs(t, err, ErrOutcomeUnknown, body)
	}
	answer(http.StatusAccepted, `{"data":[{"code":"DUPLICATE_DATA","details":{"duplicate_record":{"id":5}},"message":"duplicate data","status":"error"}]}`)
	_, err = leads.Convert(t.Context(), "7", Conversion{})
	require.ErrorIs(t, err, ErrDuplicate)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "5", e.DuplicateID())
	e.Code = "INVALID_DATA"
	assert.Empty(t, e.DuplicateID())

	for want, body := range map[string]string{
		"the answer has no data": `{"data":[]}`,
		"cannot be read into":    `{"__conversion_options":{"Contacts":[7]}}`,
	} {
		mock.RegisterNoResponder(httpmock.NewStringResponder(http.StatusOK, body))
		_, err = leads.ConversionOptions(t.Context(), "7")
		require.ErrorContains(t, err, "zohohub: list conversion options of Leads: (HTTP 200): ", want)
	}
	answer(http.StatusOK, `{"__conversion_options":{"module_preference":null,"Contacts":null,"modules_with_multiple_layouts":[{"api_name":"Deals"}]}}`)
	options, err := leads.ConversionOptions(t.Context(), "7")
	require.NoError(t, err)
	assert.Equal(t, []string{"Deals"}, options.SeveralLayouts)
}
