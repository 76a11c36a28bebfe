package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestBatchesOfAnySize(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	recs := make([]*Person, 250)
	for i := range recs {
		recs[i] = &Person{LastName: fmt.Sprint(i), Company: "Acme"}
	}
	recs[7].LastName, recs[130].LastName = "", ""
	res, err := people.CreateAll(ctx, recs)
	var batch *BatchError
	require.ErrorAs(t, err, &batch)
	require.ErrorIs(t, err, ErrMandatoryNotFound)
	assert.Equal(t, 250, batch.Total)
	require.Len(t, batch.Failed, 2)
	assert.Equal(t, []int{7, 130}, []int{batch.Failed[0].Index, batch.Failed[1].Index})
	assert.Equal(t, "Last_Name", batch.Failed[0].Field())
	assert.Equal(t, "zohohub: create Leads: 2 of 250 failed; first, at 7: MANDATORY_NOT_FOUND: required field not found (field Last_Name) (HTTP 207)", err.Error())
	require.Len(t, res, 250)
	for i, r := range res {
		if i == 7 || i == 130 {
			require.ErrorIs(t, r.Err, ErrMandatoryNotFound)
			assert.Empty(t, r.ID)
			assert.Empty(t, recs[i].ID)
			continue
		}
		require.NoError(t, r.Err)
		assert.Equal(t, Result{ID: recs[i].ID, Action: "insert"}, r)
	}
	assert.Equal(t, []string{"POST /crm/v8/Leads", "POST /crm/v8/Leads", "POST /crm/v8/Leads"}, asked(crm))
	stored := map[string]any{}
	for _, r := range crm.Records("Leads") {
		stored[r["id"].(string)] = r["Last_Name"]
	}
	assert.Len(t, stored, 248)
	assert.Equal(t, "249", stored[res[249].ID])

	recs[7].LastName = "seven"
	recs[8].City = "Faro"
	crm.ResetRequests()
	res, err = people.SaveAll(ctx, []*Person{recs[8], recs[7], nil})
	require.ErrorContains(t, err, "1 of 3 failed; first, at 2: the record is nil")
	assert.Equal(t, Results{{ID: recs[8].ID, Action: "update"}, {ID: recs[7].ID, Action: "insert"}}, res[:2])

	changes := make([]Fields, 205)
	ids := make([]string, 205)
	for i := range changes {
		ids[i] = recs[i].ID
		changes[i] = Fields{"id": ids[i], "City": fmt.Sprint("c", i)}
	}
	changes[0]["id"] = ids[1] // twice the same record: the later wins
	changes[3] = Fields{"City": "without an id"}
	changes[130]["id"] = ids[129] // 130 was never made
	res, err = people.UpdateAll(ctx, changes)
	require.ErrorContains(t, err, "1 of 205 failed; first, at 3: the id is empty")
	assert.Equal(t, Result{ID: ids[204], Action: "update"}, res[204])
	found, err := people.Find(ctx, ids[1])
	require.NoError(t, err)
	assert.Equal(t, "c1", found.City)
	assert.Equal(t, Fields{"id": ids[1], "City": "c0"}, changes[0], "what the caller passed stays as it was")

	res, err = people.DeleteAll(ctx, append(slices.Concat(ids[4:130], ids[131:205]), "1", ids[4]))
	require.ErrorAs(t, err, &batch)
	require.ErrorIs(t, err, ErrRecordNotFound)
	assert.Len(t, batch.Failed, 1)
	assert.Equal(t, Result{ID: ids[204]}, res[199])
	assert.Equal(t, "1", res[200].ID)
	assert.Equal(t, Result{ID: ids[4]}, res[201], "given twice, deleted once")
	var deleted []string
	for _, r := range crm.Requests() {
		if r.Method == http.MethodDelete {
			deleted = append(deleted, strings.Split(r.Query.Get("ids"), ",")...)
		}
	}
	assert.Len(t, deleted, 201)

	res, err = people.CreateAll(ctx, nil)
	require.NoError(t, err)
	assert.Empty(t, res)
}

func TestWriteOptions(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	row := `{"Last_Name":"Doe","Company":"Acme"`
	for want, opts := range map[string][]WriteOption{
		`{"data":[` + row + `}]}`:                                   nil,
		`{"data":[` + row + `}],"trigger":[]}`:                      {NoTriggers()},
		`{"data":[` + row + `}],"trigger": []}`:                     {Trigger()},
		`{"data":[` + row + `}],"trigger":["workflow","approval"]}`: {Trigger("workflow"), Trigger("approval")},
	} {
		require.NoError(t, leads.Create(ctx, &Lead{LastName: "Doe", Company: "Acme"}, opts...))
		assert.JSONEq(t, want, lastBody(t, crm))
	}
	id := crm.Records("Leads")[0]["id"].(string)
	require.NoError(t, leads.Update(ctx, id, Fields{"Interests": []string{"Sailing"}}, AppendValues("Interests")))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Interests":["Sailing"],"$append_values":{"Interests":true}}]}`, id), lastBody(t, crm))

	err := leads.Update(ctx, id, Fields{"City": "x"}, IfUnmodifiedSince(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.ErrorIs(t, err, ErrConflict)
	require.NoError(t, leads.Update(ctx, id, Fields{"City": "x"}, IfUnmodifiedSince(time.Now().Add(time.Hour))))

	_ = leads.Update(ctx, id, Fields{"City": "y"}, Layout("77"))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"City":"y","Layout":{"id":"77"}}]}`, id), lastBody(t, crm))

	_, err = leads.Upsert(ctx, []*Lead{{LastName: "x"}}, DuplicateCheck("E-mail"))
	require.ErrorContains(t, err, `DuplicateCheck: "E-mail" is not a field's API name`)

	for want, opt := range map[string]WriteOption{
		`Trigger: "workflows" is none of workflow, approval, blueprint, pathfinder, orchestration`: Trigger("workflows"),
		"Layout: the id is empty":                         Layout(""),
		"If-Unmodified-Since: a zero time has no literal": IfUnmodifiedSince(time.Time{}),
	} {
		require.EqualError(t, leads.Update(ctx, id, Fields{"City": "z"}, opt), "zohohub: update Leads: "+want)
	}

	require.NoError(t, leads.Delete(ctx, id, NoTriggers()))
	requests := crm.Requests()
	assert.Equal(t, map[string][]string{"ids": {id}, "wf_trigger": {"false"}}, map[string][]string(requests[len(requests)-1].Query))
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme", "Email": "jo@example.com"})[0]
	leads := NewRecord[Lead](conn)
	recs := []*Lead{{LastName: "Roe", Company: "B", Email: "roe@example.com"}, {LastName: "Doe", City: "Faro", Email: "jo@example.com"}}
	res, err := leads.Upsert(t.Context(), recs, DuplicateCheck("Email"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":[{"Last_Name":"Roe","Company":"B","Email":"roe@example.com"},{"Last_Name":"Doe","City":"Faro","Email":"jo@example.com"}],
		"duplicate_check_fields":["Email"]}`, lastBody(t, crm))
	assert.Equal(t, Results{{ID: recs[0].ID, Action: "insert"}, {ID: id, Action: "update"}}, res)
	assert.Equal(t, id, recs[1].ID)
}

func TestCreateRefusesAnID(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	err := NewRecord[Person](conn).Create(t.Context(), &Person{ID: "1", LastName: "Doe"})
	require.ErrorIs(t, err, ErrRecordInvalid)
	require.Error(t, NewRecord[Person](conn).Create(t.Context(), nil))
	assert.Empty(t, asked(crm))
}

// TestLostAnswers: what may be sent again is, what may not is sent once and its outcome is unknown.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		path   string
		call   func(context.Context, *Record[Person], string) error
		repeat bool
	}{
		"create": {"/Leads", func(ctx context.Context, r *Record[Person], _ string) error {
			return r.Create(ctx, &Person{LastName: "Roe", Company: "B"})
		}, false},
		"update": {"/Leads", func(ctx context.Context, r *Record[Person], id string) error {
			return r.Update(ctx, id, Fields{"City": "Faro"})
		}, true},
		"append": {"/Leads", func(ctx context.Context, r *Record[Person], id string) error {
			return r.Update(ctx, id, Fields{"Interests": []string{"Sailing"}}, AppendValues("Interests"))
		}, false},
		"conditional update": {"/Leads", func(ctx context.Context, r *Record[Person], id string) error {
			return r.Update(ctx, id, Fields{"City": "Faro"}, IfUnmodifiedSince(time.Now().Add(time.Hour)))
		}, false},
		"rows without ids": {"/Leads", func(ctx context.Context, r *Record[Person], id string) error {
			return r.Update(ctx, id, Fields{"Rows": []Fields{{"Name": "x"}}})
		}, false},
		"upsert": {"/Leads/upsert", func(ctx context.Context, r *Record[Person], _ string) error {
			_, err := r.Upsert(ctx, []*Person{{LastName: "Roe", Company: "B", Email: "roe@example.com"}}, DuplicateCheck("Email"))
			return err
		}, true},
		"upsert without the value": {"/Leads/upsert", func(ctx context.Context, r *Record[Person], _ string) error {
			_, err := r.Upsert(ctx, []*Person{{LastName: "Roe", Company: "B"}}, DuplicateCheck("Email"))
			return err
		}, false},
		"delete": {"/Leads", func(ctx context.Context, r *Record[Person], id string) error { return r.Delete(ctx, id) }, true},
	}
	faults := map[string]zohohubtest.Fault{
		"lost before":    {CutBefore: true},
		"lost after":     {CutAfter: true},
		"cut body":       {CutBody: 5},
		"bad gateway":    {Status: http.StatusBadGateway},
		"HTML for JSON":  {Status: http.StatusOK, Body: "<html>hello</html>", ContentType: "text/html"},
		"internal error": {Status: http.StatusInternalServerError},
	}
	for name, c := range calls {
		for kind, fault := range faults {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				crm, conn := setup(t)
				id := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})[0]
				fault.Path, fault.Times = c.path, 1
				crm.Inject(fault)
				err := c.call(t.Context(), NewRecord[Person](conn), id)
				if c.repeat {
					require.NoError(t, err)
					assert.Len(t, asked(crm), 2)
					return
				}
				require.ErrorIs(t, err, ErrOutcomeUnknown)
				assert.Equal(t, fault.Status >= 500, errors.Is(err, ErrInternal))
				assert.Len(t, asked(crm), 1, "sent once")
			})
		}
	}
}

// oneAtATime is a connection whose calls go one after another, so that the second of a batch is known.
func oneAtATime(t *testing.T) (*zohohubtest.Server, *Record[Person]) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	return crm, concurrentPeople(t, crm, crm.Transport(), 1)
}

// TestBatchGoesOn: a call that fails does not hide the others, and what cannot succeed is not tried.
func TestBatchGoesOn(t *testing.T) {
	t.Parallel()
	crm, people := oneAtATime(t)
	recs := make([]*Person, 300)
	for i := range recs {
		recs[i] = &Person{LastName: fmt.Sprint(i), Company: "Acme"}
	}
	crm.Inject(zohohubtest.Fault{Path: "/Leads", After: 1, Times: 1, CutAfter: true})
	res, err := people.CreateAll(t.Context(), recs)
	var batch *BatchError
	require.ErrorAs(t, err, &batch)
	assert.Len(t, batch.Failed, 100)
	assert.Equal(t, 100, batch.Failed[0].Index)
	require.NoError(t, res[99].Err)
	require.ErrorIs(t, res[100].Err, ErrOutcomeUnknown)
	require.ErrorIs(t, res[199].Err, ErrOutcomeUnknown)
	require.NoError(t, res[200].Err)
	assert.NotEmpty(t, recs[200].ID)
	assert.Len(t, asked(crm), 3)

	other, people2 := oneAtATime(t)
	other.Inject(zohohubtest.Fault{Path: "/Leads", Times: -1, Status: http.StatusForbidden, Code: "NO_PERMISSION", Message: "permission denied"})
	for i := range recs {
		recs[i].ID = ""
	}
	res, err = people2.CreateAll(t.Context(), recs)
	require.ErrorIs(t, err, ErrNoPermission)
	require.ErrorContains(t, res[299].Err, "not sent")
	assert.Len(t, asked(other), 1)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	res, err = people.CreateAll(ctx, []*Person{{LastName: "x"}})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, res[0].Err, ErrOutcomeUnknown, "it was never sent")
}

// mocked is a connection whose requests the mock answers.
func mocked(t *testing.T) (*httpmock.MockTransport, *Connection) {
	t.Helper()
	mock := httpmock.NewMockTransport()
	conn, err := NewConnection(Config{HTTPClient: &http.Client{Transport: mock}}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	return mock, conn
}

const leadsURL = "https://www.zohoapis.eu/crm/v8/Leads"

// TestAnswersOfBatches: the rows decide, not the status, and a short answer is no success.
func TestAnswersOfBatches(t *testing.T) {
	t.Parallel()
	const ok, bad = `{"code":"SUCCESS","details":{"id":"11"},"message":"record added","status":"success"}`,
		`{"code":"INVALID_DATA","details":{"api_name":"Email","expected_data_type":"email"},"message":"invalid data","status":"error"}`
	for name, c := range map[string]struct {
		status int
		body   string
		ids    [2]string
		want   [2]error
	}{
		"created":                 {201, `{"data":[` + ok + `,` + ok + `]}`, [2]string{"11", "11"}, [2]error{}},
		"half failed, 207":        {207, `{"data":[` + ok + `,` + bad + `]}`, [2]string{"11", ""}, [2]error{nil, ErrRecordInvalid}},
		"half failed, 200":        {200, `{"data":[` + bad + `,` + ok + `]}`, [2]string{"", "11"}, [2]error{ErrRecordInvalid, nil}},
		"half failed, 202":        {202, `{"data":[` + bad + `,` + ok + `]}`, [2]string{"", "11"}, [2]error{ErrRecordInvalid, nil}},
		"all failed, 400":         {400, `{"data":[` + bad + `,` + bad + `]}`, [2]string{}, [2]error{ErrRecordInvalid, ErrRecordInvalid}},
		"all failed, 200":         {200, `{"data":[` + bad + `,` + bad + `]}`, [2]string{}, [2]error{ErrRecordInvalid, ErrRecordInvalid}},
		"flat refusal":            {400, `{"code":"INVALID_MODULE","details":{},"message":"the module name given seems to be invalid","status":"error"}`, [2]string{}, [2]error{ErrInvalidModule, ErrInvalidModule}},
		"flat refusal with 200":   {200, `{"code":"INVALID_MODULE","details":{},"message":"x","status":"error"}`, [2]string{}, [2]error{ErrInvalidModule, ErrInvalidModule}},
		"one row for two":         {201, `{"data":[` + ok + `]}`, [2]string{"11", ""}, [2]error{nil, ErrOutcomeUnknown}},
		"no rows":                 {201, `{"data":[]}`, [2]string{}, [2]error{ErrOutcomeUnknown, ErrOutcomeUnknown}},
		"no content":              {204, ``, [2]string{}, [2]error{ErrOutcomeUnknown, ErrOutcomeUnknown}},
		"an id as a number":       {201, `{"data":[{"code":"SUCCESS","details":{"id":5725767000000123457},"status":"success"},` + ok + `]}`, [2]string{"5725767000000123457", "11"}, [2]error{}},
		"details that do not fit": {201, `{"data":[{"code":"SUCCESS","details":{"id":"11","Last_Name":{"x":1}},"status":"success"},` + ok + `]}`, [2]string{"11", "11"}, [2]error{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterResponder(http.MethodPost, leadsURL, func(*http.Request) (*http.Response, error) {
				resp := httpmock.NewStringResponse(c.status, c.body)
				resp.Header.Set("Content-Type", "application/json;charset=UTF-8")
				return resp, nil
			})
			recs := []*Person{{LastName: "a"}, {LastName: "b"}}
			res, err := NewRecord[Person](conn).CreateAll(t.Context(), recs)
			for i := range res {
				assert.Equal(t, c.ids[i], res[i].ID)
				assert.Equal(t, c.ids[i], recs[i].ID)
				if c.want[i] == nil {
					assert.NoError(t, res[i].Err)
					continue
				}
				require.ErrorIs(t, res[i].Err, c.want[i])
				require.ErrorIs(t, err, c.want[i])
				var e *Error
				require.ErrorAs(t, res[i].Err, &e)
				assert.Equal(t, i, e.Index)
				assert.Equal(t, c.status, e.Status)
			}
			assert.Equal(t, 1, mock.GetTotalCallCount())
		})
	}
}

// TestRepeatedDelete: a delete that finds nothing after its first answer was lost was done by the first.
func TestRepeatedDelete(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := crm.Seed("Leads", Fields{"Last_Name": "a", "Company": "x"}, Fields{"Last_Name": "b", "Company": "x"})
	crm.Inject(zohohubtest.Fault{Path: "/Leads", Times: 1, CutAfter: true})
	res, err := NewRecord[Person](conn).DeleteAll(t.Context(), ids)
	require.NoError(t, err)
	assert.Equal(t, Results{{ID: ids[0]}, {ID: ids[1]}}, res)
	assert.Empty(t, crm.Records("Leads"))
	require.ErrorIs(t, NewRecord[Person](conn).Delete(t.Context(), ids[0]), ErrRecordNotFound, "this one was done by nobody now")
}

func TestSubformIsSent(t *testing.T) {
	t.Parallel()
	type item struct {
		ID          string
		ProductName Lookup
		Quantity    float64
	}
	type Quote struct {
		Tracked
		ID, Subject string
		AccountName Lookup
		Items       []item `zoho:"Quoted_Items"`
	}
	crm, conn := setup(t)
	account := crm.Seed("Accounts", Fields{"Account_Name": "Acme"})[0]
	product := crm.Seed("Products", Fields{"Product_Name": "Boat"})[0]
	quotes := NewRecord[Quote](conn)
	q := &Quote{Subject: "Q", AccountName: Lookup{ID: account}, Items: []item{{ProductName: Lookup{ID: product}, Quantity: 2}}}
	require.NoError(t, quotes.Create(t.Context(), q))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"Subject":"Q","Account_Name":{"id":%q},"Quoted_Items":[{"Product_Name":{"id":%q},"Quantity":2}]}]}`,
		account, product), lastBody(t, crm))
	got, err := quotes.Find(t.Context(), q.ID)
	require.NoError(t, err)
	require.Len(t, got.Items, 1)
	assert.Equal(t, "Boat", got.Items[0].ProductName.Name)
	row := got.Items[0].ID
	got.Items[0].Quantity = 3
	got.Items = append(got.Items, item{ProductName: Lookup{ID: product}, Quantity: 1})
	require.NoError(t, quotes.Save(t.Context(), got))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Quoted_Items":[{"id":%q,"Quantity":3},{"Product_Name":{"id":%q},"Quantity":1}]}]}`,
		q.ID, row, product), lastBody(t, crm))
	again, err := quotes.Find(t.Context(), q.ID)
	require.NoError(t, err)
	assert.Len(t, again.Items, 2)
}
