package zohohub_test

import (
	"fmt"
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

// anaSilva is who is signed in.
var anaSilva = Lookup{ID: "3652397000000186021", Name: "Ana Silva"}

// happened are the events of a lead, without their ids, times, what they were sent as, and the ids of fields.
func happened(t *testing.T, conn *Connection, id string, opts ...TimelineOption) []TimelineEvent {
	t.Helper()
	var all []TimelineEvent
	for e, err := range NewRecord[Lead](conn).Timeline(t.Context(), id, opts...) {
		require.NoError(t, err)
		assert.NotEmpty(t, e.ID)
		assert.WithinDuration(t, time.Now(), e.Time, time.Minute)
		assert.Contains(t, string(e.Raw), e.ID)
		e.ID, e.Time, e.Raw = "", time.Time{}, nil
		for i, f := range e.Fields {
			assert.NotEmpty(t, f.ID)
			e.Fields[i].ID = ""
		}
		all = append(all, *e)
	}
	return all
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	lead := &Lead{LastName: "Doe", Company: "Acme"}
	require.NoError(t, leads.Create(ctx, lead))
	require.NoError(t, leads.Update(ctx, lead.ID, Fields{
		"Last_Name": "Roe", "No_of_Employees": 12, "Email_Opt_Out": true, "Owner": Lookup{ID: "3652397000000186022"}, "Company": nil,
	}))
	_, err := leads.AddNote(ctx, lead.ID, "Call", "Rang")
	require.NoError(t, err)
	_, err = leads.AddTags(ctx, []string{lead.ID}, "VIP")
	require.NoError(t, err)
	file, err := leads.Attachments(lead.ID).Upload(ctx, "a.txt", strings.NewReader("A"))
	require.NoError(t, err)
	require.NoError(t, leads.Attachments(lead.ID).Delete(ctx, file.ID))

	self := ModuleLookup{ID: lead.ID, Name: "Roe", Module: "Leads"}
	added := TimelineEvent{Action: "added", Source: "crm_api", DoneBy: anaSilva, Record: self}
	updated := TimelineEvent{Action: "updated", Source: "crm_api", DoneBy: anaSilva, Record: self, Fields: []FieldChange{
		{Field: "Owner", Old: "Ana Silva", New: "Bruno Costa"},
		{Field: "Company", Old: "Acme"},
		{Field: "Last_Name", Old: "Doe", New: "Roe"},
		{Field: "Full_Name", Old: "Doe", New: "Roe"},
		{Field: "No_of_Employees", New: "12"},
		{Field: "Email_Opt_Out", Old: "false", New: "true"},
	}}
	all := happened(t, conn, lead.ID)
	for i := range all {
		if all[i].Record.Module != "Leads" {
			assert.NotEmpty(t, all[i].Record.ID)
			all[i].Record.ID = ""
		}
	}
	require.Len(t, all, 6)
	assert.ElementsMatch(t, updated.Fields, all[4].Fields)
	all[4].Fields = updated.Fields
	assert.Equal(t, []TimelineEvent{
		{Action: "deleted", Source: "crm_api", DoneBy: anaSilva, Record: ModuleLookup{Name: "a.txt", Module: "Attachments"}, Related: self},
		{Action: "added", Source: "crm_api", DoneBy: anaSilva, Record: ModuleLookup{Name: "a.txt", Module: "Attachments"}, Related: self},
		{Action: "tag_added", Source: "crm_api", DoneBy: anaSilva, Record: self},
		{Action: "added", Source: "crm_api", DoneBy: anaSilva, Record: ModuleLookup{Name: "Call", Module: "Notes"}, Related: self},
		updated,
		added,
	}, all)

	first := happened(t, conn, lead.ID, OldestFirst(), FieldDetails(), Signals())
	assert.Equal(t, "timeline", first[0].Type)
	for _, f := range first[1].Fields {
		assert.NotEmpty(t, f.Label)
		assert.NotEmpty(t, f.DataType)
	}
	assert.Equal(t, url.Values{
		"per_page": {"200"}, "sort_by": {"audited_time"}, "sort_order": {"asc"}, "include_timeline_type": {"signals"}, "include": {"extension,type"},
		"include_inner_details": {"field_history.field_label,field_history.data_type"},
	}, lastRequest(t, crm).Query)

	for want, opts := range map[string][]TimelineOption{
		"deleted added added": {DoneTo("Notes", "Attachments")}, //nolint:dupword // two events
		"":                    {DoneTo("Emails")},
		"deleted added tag_added added updated added": {DoneBy(anaSilva.ID), DoneVia("crm_api", "crm_ui"), DoneBetween(time.Now().Add(-time.Hour), time.Now().Add(time.Hour))},
	} {
		var actions []string
		for _, e := range happened(t, conn, lead.ID, opts...) {
			actions = append(actions, e.Action)
		}
		assert.Equal(t, want, strings.Join(actions, " "))
	}
	assert.Empty(t, happened(t, conn, lead.ID, DoneBy("3652397000000186022")))
	assert.Empty(t, happened(t, conn, lead.ID, DoneVia("workflow")))
	assert.Empty(t, happened(t, conn, lead.ID, DoneBetween(time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))))
}

func TestTimelineConditions(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	var asked url.Values
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.Query()
		return jsonAnswer(http.StatusNoContent, ""), nil
	})
	from := time.Date(2026, time.May, 1, 10, 0, 0, 999, time.FixedZone("", 3600))
	const by = `{"field":{"api_name":"done_by.id"},"comparator":"in","value":["7","8"]}`
	const between = `{"field":{"api_name":"audited_time"},"comparator":"between","value":["2026-05-01T10:00:00+01:00","2026-05-01T11:00:00+01:00"]}`
	for want, opts := range map[string][]TimelineOption{
		"": {nil},
		by: {DoneBy("7", "8")},
		`{"field":{"api_name":"source"},"comparator":"in","value":["crm_ui"]}`:                {DoneVia("crm_ui")},
		`{"field":{"api_name":"record.module.api_name"},"comparator":"in","value":["Tasks"]}`: {DoneTo("Tasks")},
		between: {DoneBetween(from, from.Add(time.Hour))},
		`{"group_operator":"AND","group":[` + by + `,` + between + `]}`: {DoneBy("7", "8"), DoneBetween(from, from.Add(time.Hour))},
	} {
		for range NewRecord[Person](conn).Timeline(t.Context(), "1", opts...) {
			t.Error("there is nothing")
		}
		assert.Equal(t, want, asked.Get("filters"))
	}
}

// TestTimelinePages: a page is asked for when it is wanted, by the token of the one before and without its size.
func TestTimelinePages(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	for i := range 410 {
		require.NoError(t, leads.Update(t.Context(), id, Fields{"City": fmt.Sprint(i)}))
	}
	crm.ResetRequests()
	n := 409
	for e, err := range leads.Timeline(t.Context(), id, DoneVia("crm_api")) {
		require.NoError(t, err)
		if n >= 0 {
			require.Equal(t, fmt.Sprint(n), e.Fields[0].New)
		} else {
			require.Equal(t, "added", e.Action)
		}
		if n == 300 { // what happens meanwhile shifts nothing
			require.NoError(t, leads.Update(t.Context(), id, Fields{"City": "Porto"}))
		}
		n--
	}
	assert.Equal(t, -2, n)
	filter := `{"field":{"api_name":"source"},"comparator":"in","value":["crm_api"]}`
	var pages []url.Values
	for _, r := range crm.Requests() {
		if r.Method == http.MethodGet {
			if token := r.Query.Get("page_token"); token != "" {
				r.Query.Set("page_token", "…")
			}
			pages = append(pages, r.Query)
		}
	}
	assert.Equal(t, []url.Values{
		{"per_page": {"200"}, "filters": {filter}}, {"page_token": {"…"}, "filters": {filter}}, {"page_token": {"…"}, "filters": {filter}},
	}, pages)

	crm.ResetRequests()
	for range leads.Timeline(t.Context(), id) {
		break
	}
	assert.Len(t, asked(crm), 1)

	crm.Inject(zohohubtest.Fault{After: 1, Status: http.StatusForbidden})
	var last error
	for e, err := range leads.Timeline(t.Context(), id) {
		assert.Equal(t, err == nil, e != nil)
		last = err
	}
	require.ErrorIs(t, last, ErrNoPermission)
}

func TestTimelineRefuses(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	gone := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	require.NoError(t, leads.Delete(t.Context(), gone))
	lastOf := func(r *Record[Lead], id string, opts ...TimelineOption) (last error) {
		for e, err := range r.Timeline(t.Context(), id, opts...) {
			assert.Nil(t, e)
			last = err
		}
		return last
	}
	require.ErrorIs(t, lastOf(leads, gone), ErrRecordNotFound)
	crm.ResetRequests()
	now := time.Now()
	for want, err := range map[string]error{
		`list the timeline of Leads: the record: the id is empty`:             lastOf(leads, ""),
		`list the timeline of Leads: the record: "../x" is not a record's id`: lastOf(leads, "../x"),
		`list the timeline of Leads: DoneBy: "a/b" is not a record's id`:      lastOf(leads, "1", DoneBy("a/b")),
		`list the timeline of Leads: DoneBy: a value is missing`:              lastOf(leads, "1", DoneBy()),
		`list the timeline of Leads: DoneVia: a value is missing`:             lastOf(leads, "1", DoneVia("crm_ui", "")),
		`list the timeline of Leads: DoneTo: "Deals" is none of Notes`:        lastOf(leads, "1", DoneTo("Deals")),
		`list the timeline of Leads: DoneBetween: a zero time has no literal`: lastOf(leads, "1", DoneBetween(time.Time{}, now)),
		`is after`: lastOf(leads, "1", DoneBetween(now, now.Add(-time.Minute))),
		`list the timeline of Leads: the connection is nil`: lastOf(NewRecord[Lead](nil), "1"),
	} {
		require.ErrorContains(t, err, want)
	}
	assert.Empty(t, crm.Requests())
}

// TestForeignTimelines: answers that do not fit are errors, and what was read before them is good.
func TestForeignTimelines(t *testing.T) {
	t.Parallel()
	const event = `{"id":7,"audited_time":"2025-11-12T13:13:15+05:30","action":null,"done_by":null,"related_record":{"module":null,"name":"Blah","id":null},` +
		`"automation_details":{"rule":{"name":"PriorityUpdate","id":"9"},"type":"workflow_rule"},"record":{"module":{"api_name":"Deluge","id":"null"},"name":"F","id":"8"},` +
		`"source":"workflow","type":"timeline","field_history":[{"api_name":"Amount","id":"5","_value":{"new":12.50,"old":null}},` +
		`{"api_name":"Who","_value":{"new":{"id":"1","name":"Jo"},"old":["a","b"]}},{"api_name":"Done","_value":{"new":true,"old":{"id":"1"}}},{"api_name":"X"}]}`
	want := TimelineEvent{
		ID: "7", Time: time.Date(2025, time.November, 12, 7, 43, 15, 0, time.UTC), Source: "workflow", Type: "timeline",
		Record: ModuleLookup{ID: "8", Name: "F", Module: "Deluge"}, Related: ModuleLookup{Name: "Blah"},
		Automation: TimelineAutomation{Type: "workflow_rule", Rule: Lookup{ID: "9", Name: "PriorityUpdate"}},
		Fields: []FieldChange{
			{ID: "5", Field: "Amount", New: "12.50"}, {Field: "Who", Old: `["a","b"]`, New: "Jo"}, {Field: "Done", Old: `{"id":"1"}`, New: "true"}, {Field: "X"},
		},
	}
	for name, test := range map[string]struct {
		body string
		good int
		want string
	}{
		"whole":            {`{"__timeline":[` + event + `],"info":{"more_records":false,"next_page_token":"t"}}`, 1, ""},
		"no info":          {`{"__timeline":[` + event + `]}`, 1, ""},
		"something else":   {`{"data":[]}`, 0, "the answer has no data: it is not Zoho's"},
		"does not fit":     {`{"__timeline":[` + event + `,{"audited_time":"soon"}]}`, 1, "audited_time"},
		"more, but where":  {`{"__timeline":[` + event + `],"info":{"more_records":true,"next_page_token":null}}`, 1, "there is more by Zoho's word, and it does not say where"},
		"does not move on": {`{"__timeline":[` + event + `],"info":{"more_records":true,"next_page_token":"t"}}`, 2, "the list does not move on: Zoho gave the same place again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, test.body), nil })
			var last error
			n := 0
			for e, err := range NewRecord[Person](conn).Timeline(t.Context(), "1") {
				if last = err; err == nil {
					n++
					assert.JSONEq(t, event, string(e.Raw))
					assert.True(t, want.Time.Equal(e.Time))
					e.Raw, e.Time = nil, want.Time
					assert.Equal(t, want, *e)
				}
			}
			assert.Equal(t, test.good, n)
			if test.want == "" {
				require.NoError(t, last)
			} else {
				require.ErrorContains(t, last, test.want)
			}
		})
	}
}

// TestTimelineToken: a token that has ended is told as lists tell it.
func TestTimelineToken(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	for i := range 200 {
		require.NoError(t, leads.Update(t.Context(), id, Fields{"City": fmt.Sprint(i)}))
	}
	var last error
	n := 0
	for _, err := range leads.Timeline(t.Context(), id) {
		if n++; n == 1 {
			crm.Advance(25 * time.Hour)
		}
		last = err
	}
	require.ErrorIs(t, last, ErrPageTokenExpired)
	assert.Equal(t, 201, n)
}
