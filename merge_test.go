package zohohub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads",
		Fields{"Last_Name": "Doe", "City": "Lisboa"}, Fields{"Last_Name": "Do", "City": "Porto", "Fax": "1"}, Fields{"Last_Name": "D", "Phone": "2"})
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	_, err := leads.AddNote(ctx, ids[1], "Hello", "")
	require.NoError(t, err)

	job, err := leads.Merge(ctx, ids[0], []Duplicate{{ID: ids[1], Fields: []string{"City", "Fax"}}, {ID: ids[2]}})
	require.NoError(t, err)
	assert.Equal(t, "/crm/v8/Leads/"+ids[0]+"/actions/merge", crm.Requests()[len(crm.Requests())-1].Path)
	assert.JSONEq(t, `{"merge":[{"data":[{"id":"`+ids[1]+`","_fields":[{"api_name":"City"},{"api_name":"Fax"}]},{"id":"`+ids[2]+`","_fields":[]}]}]}`, lastBody(t, crm))
	crm.ResetRequests()
	status, err := job.Wait(ctx)
	require.NoError(t, err)
	assert.Equal(t, &JobStatus{State: JobCompleted}, status)
	status.Failed = 1
	again, err := job.Status(ctx)
	require.NoError(t, err)
	assert.Equal(t, &JobStatus{State: JobCompleted}, again, "what the caller does to it is the caller's")
	assert.Empty(t, job.ID)
	assert.Empty(t, crm.Requests(), "it was done within the call")

	all := crm.Records("Leads")
	require.Len(t, all, 1)
	assert.Equal(t, []any{ids[0], "Doe", "Porto", "1", nil}, []any{all[0]["id"], all[0]["Last_Name"], all[0]["City"], all[0]["Fax"], all[0]["Phone"]})
	titles, err := texts(leads.Notes(ids[0]).All(ctx), noteTitle)
	require.NoError(t, err)
	assert.Equal(t, "Hello", titles)
	_, err = leads.Find(ctx, ids[1])
	require.ErrorIs(t, err, ErrRecordNotFound)

	_, err = leads.Merge(ctx, nobodysID, []Duplicate{{ID: ids[0]}})
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.ErrorContains(t, err, "zohohub: merge Leads: INVALID_DATA: Master record id is not available (HTTP 400)")
	_, err = leads.Merge(ctx, ids[0], []Duplicate{{ID: nobodysID}})
	require.ErrorIs(t, err, ErrRecordInvalid)
	deals := crm.Seed("Deals", Fields{"Deal_Name": "A", "Stage": "Closed Won"}, Fields{"Deal_Name": "B", "Stage": "Qualification"})
	_, err = NewRecord[Dynamic](conn, InModule("Deals")).Merge(ctx, deals[0], []Duplicate{{ID: deals[1]}})
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "NOT_ALLOWED", e.Code)
}

// TestMergeByAJob: what hangs on a record by the thousand is merged later.
func TestMergeByAJob(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	ids := crm.Seed("Accounts", Fields{"Account_Name": "A"}, Fields{"Account_Name": "B"})
	rows := make([]Fields, 1001)
	for i := range rows {
		rows[i] = Fields{"Last_Name": "Doe", "Account_Name": map[string]any{"id": ids[1]}}
	}
	crm.Seed("Contacts", rows...)
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		accounts := NewRecord[Dynamic](conn, InModule("Accounts"))
		job, err := accounts.Merge(t.Context(), ids[0], []Duplicate{{ID: ids[1]}})
		require.NoError(t, err)
		assert.NotEmpty(t, job.ID)
		_, err = accounts.Merge(t.Context(), ids[0], []Duplicate{{ID: ids[1]}})
		require.ErrorContains(t, err, "NOT_ALLOWED: This record id is not allowed to be merged (field id)")
		status, err := job.Status(t.Context())
		require.NoError(t, err)
		assert.Equal(t, &JobStatus{State: JobScheduled}, status)
		status, err = job.Wait(t.Context())
		require.NoError(t, err)
		assert.Equal(t, &JobStatus{State: JobCompleted}, status)
		assert.Len(t, crm.Records("Accounts"), 1)
		assert.Equal(t, ids[0], crm.Records("Contacts")[1000]["Account_Name"].(map[string]any)["id"])
	})

	mock, conn := mocked(t)
	mock.RegisterResponder(http.MethodPost, leadsURL+"/1/actions/merge", func(*http.Request) (*http.Response, error) {
		return jsonAnswer(http.StatusCreated, `{"merge":[{"code":"SCHEDULED","details":{"job_id":"77"},"status":"success"}]}`), nil
	})
	mock.RegisterResponder(http.MethodGet, leadsURL+"/1/actions/merge?job_id=77", func(*http.Request) (*http.Response, error) {
		return jsonAnswer(http.StatusOK, `{"merge":[{"job_id":"77","status":"FAILURE"}]}`), nil
	})
	job, err := NewRecord[Lead](conn).Merge(t.Context(), "1", []Duplicate{{ID: "2"}})
	require.NoError(t, err)
	status, err := job.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, &JobStatus{State: JobFailed}, status, "in a merge's own words")
}

// TestMergesThatTellNoJob: one that is done needs none, and of one that is to come nobody knows what becomes of it.
func TestMergesThatTellNoJob(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	merge := func(code, details string) (*Job, error) {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			return jsonAnswer(http.StatusCreated, `{"merge":[{"code":"`+code+`","details":`+details+`,"status":"success"}]}`), nil
		})
		return NewRecord[Lead](conn).Merge(t.Context(), "1", []Duplicate{{ID: "2"}})
	}
	for _, details := range []string{`{"id":"1","job_id":null}`, `{}`, `null`} {
		job, err := merge("SUCCESS", details)
		require.NoError(t, err, details)
		status, err := job.Wait(t.Context())
		require.NoError(t, err, details)
		assert.Equal(t, &JobStatus{State: JobCompleted}, status, details)
		_, err = merge("SCHEDULED", details)
		require.ErrorIs(t, err, ErrOutcomeUnknown, details)
	}
}

func TestMergeFiles(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	var sent string
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		var b strings.Builder
		_ = r.Write(&b)
		_, sent, _ = strings.Cut(b.String(), "\r\n\r\n")
		return jsonAnswer(http.StatusCreated, `{"merge":[{"code":"SUCCESS","details":{"id":"1"},"status":"success"}]}`), nil
	})
	_, err := NewRecord[Lead](conn).Merge(t.Context(), "1", []Duplicate{
		{ID: "2", Files: map[string][]string{"Photos": {"8", "9"}, "Files": {"7"}}}, {ID: "3", Files: map[string][]string{"Files": {"6"}}},
	}, KeepFiles("Files", "5"), KeepFiles("Photos"), nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"merge":[{"data":[
		{"id":"2","_fields":[{"api_name":"Files","_data":[{"id":"7"}]},{"api_name":"Photos","_data":[{"id":"8"},{"id":"9"}]}]},
		{"id":"3","_fields":[{"api_name":"Files","_data":[{"id":"6"}]}]}],
		"master_record_fields":[{"api_name":"Files","_data":[{"id":"5"}]},{"api_name":"Photos","_data":null}]}]}`, sent)
}

// TestHostileMerges: what Zoho could only refuse is not sent.
func TestHostileMerges(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for _, test := range []struct {
		duplicates []Duplicate
		want       string
	}{
		{nil, "0 duplicates: Zoho merges one or two into a record"},
		{[]Duplicate{{ID: "2"}, {ID: "3"}, {ID: "4"}}, "3 duplicates: Zoho merges one or two into a record"},
		{[]Duplicate{{ID: "1"}}, "the record 1 stands there twice"},
		{[]Duplicate{{ID: "2"}, {ID: "2"}}, "the record 2 stands there twice"},
		{[]Duplicate{{ID: "2", Fields: []string{"City"}}, {ID: "3", Fields: []string{"City"}}}, "the field City is named twice"},
		{[]Duplicate{{ID: "2", Fields: []string{"a b"}}}, `"a b" is not a field's API name`},
		{[]Duplicate{{ID: "2", Files: map[string][]string{"F": nil}}}, `no files of the field "F"`},
		{[]Duplicate{{ID: "2", Files: map[string][]string{"F": {"a/b"}}}}, `a file of F: "a/b" is not a record's id`},
	} {
		_, err := leads.Merge(ctx, "1", test.duplicates)
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.EqualError(t, err, "zohohub: merge Leads: "+test.want)
	}
	_, err := leads.Merge(ctx, "1", []Duplicate{{ID: "2", Fields: []string{"LastName"}}})
	require.ErrorContains(t, err, `"LastName" is the name of a Go field`)
	for _, bad := range []string{"", "..", "1/2", "1?x", "actions"} {
		_, err := leads.Merge(ctx, bad, []Duplicate{{ID: "2"}})
		require.Error(t, err, bad)
		_, err = leads.Merge(ctx, "1", []Duplicate{{ID: bad}})
		require.Error(t, err, bad)
	}
	_, err = NewRecord[Lead](conn, InModule("No module")).Merge(ctx, "1", []Duplicate{{ID: "2"}})
	require.ErrorContains(t, err, "is not a module's API name")
	assert.Empty(t, crm.Requests(), "nothing was sent")

	ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/merge", CutAfter: true})
	_, err = leads.Merge(ctx, ids[0], []Duplicate{{ID: ids[1]}})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, crm.Records("Leads"), 1)
}
