package zohohub_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// timeless runs a test where waiting takes no time, with the fake outside.
func timeless(t *testing.T, crm *zohohubtest.Server, test func(t *testing.T, conn *Connection)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := crm.Config()
		cfg.HTTPClient = &http.Client{Transport: crm.Transport()}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		test(t, conn)
	})
}

func TestJob(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe", "Converted__s": true}, Fields{"Last_Name": "Poe"})
	view := crm.AddView("Leads", zohohubtest.View{Name: "All of them", Criteria: &zohohubtest.Condition{
		GroupOperator: "or", Group: []zohohubtest.Condition{
			{Field: "Converted__s", Comparator: "equal", Value: true}, {Field: "Converted__s", Comparator: "equal", Value: false},
		},
	}})
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		leads := NewRecord[Lead](conn)
		job, err := leads.MassUpdateInView(t.Context(), view, Fields{"City": "Porto"})
		require.NoError(t, err)
		assert.NotEmpty(t, job.ID)
		crm.ResetRequests()
		for _, want := range []*JobStatus{
			{State: JobScheduled, Total: 3, NotUpdated: 3},
			{State: JobRunning, Total: 3, NotUpdated: 3},
			{State: JobCompleted, Total: 3, Updated: 2, Failed: 1},
		} {
			status, err := job.Status(t.Context())
			require.NoError(t, err, "to look is no failure")
			assert.Equal(t, want, status)
		}
		assert.Equal(t, "job_id="+job.ID, crm.Requests()[0].Query.Encode())

		start := time.Now()
		status, err := job.Wait(t.Context())
		require.ErrorIs(t, err, ErrJobFailed)
		require.EqualError(t, err, "zohohub: mass update Leads: job "+job.ID+
			" has completed: of 3 records 2 updated, 0 deleted, 0 not updated, 1 failed")
		assert.Equal(t, &JobStatus{State: JobCompleted, Total: 3, Updated: 2, Failed: 1}, status, "the numbers are not hidden")
		assert.Zero(t, time.Since(start), "the first look is at once")
	})
}

// TestWaiting: looks come at growing intervals, for as long as it takes.
func TestWaiting(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		last string
		want *JobStatus
		err  string
	}{
		"completed": {`"Status":"COMPLETED","Total_Count":"7","Updated_Count":7`, &JobStatus{State: JobCompleted, Total: 7, Updated: 7}, ""},
		"failed": {
			`"Status":"FAILED","Total_Count":7,"Updated_Count":3,"Failed_Count":4`, &JobStatus{State: JobFailed, Total: 7, Updated: 3, Failed: 4},
			"zohohub: mass delete Leads: job 77 has failed: of 7 records 3 updated, 0 deleted, 0 not updated, 4 failed",
		},
		"gone":          {"", nil, "zohohub: look at job of Leads: (HTTP 204): there is no job 77"},
		"no state":      {`"Total_Count":7`, nil, "the answer has no data"},
		"no number":     {`"Status":"COMPLETED","Total_Count":"many"`, nil, `count is not a number: "\"many\""`},
		"a refused row": {`"code":"NOT_ALLOWED","message":"no","status":"error"`, nil, "zohohub: look at job of Leads: NOT_ALLOWED: no (HTTP 200)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var looks []time.Duration
				start := time.Now()
				mock, conn := mocked(t)
				mock.RegisterResponder(http.MethodPost, leadsURL+"/actions/mass_delete", httpmock.NewStringResponder(http.StatusOK,
					`{"data":[{"code":"SCHEDULED","details":{"job_id":77},"status":"success"}]}`))
				mock.RegisterResponder(http.MethodGet, leadsURL+"/actions/mass_delete", func(*http.Request) (*http.Response, error) {
					looks = append(looks, time.Since(start))
					switch n := len(looks); {
					case n == 12 && test.last == "":
						return httpmock.NewStringResponse(http.StatusNoContent, ""), nil
					case n == 12:
						return jsonAnswer(http.StatusOK, `{"data":{`+test.last+`}}`), nil
					case n == 3:
						return jsonAnswer(http.StatusOK, `{"data":[{"Status":"SUSPENDED"}]}`), nil
					}
					return jsonAnswer(http.StatusOK, `{"data":[{"Status":"Something new"}]}`), nil
				})
				job, err := NewRecord[Lead](conn).MassDeleteInView(t.Context(), "5")
				require.NoError(t, err)
				assert.Equal(t, "77", job.ID)
				status, err := job.Wait(t.Context())
				if test.err == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, test.err)
				}
				if test.want != nil {
					assert.Equal(t, test.want, status)
				} else {
					assert.Equal(t, &JobStatus{State: "SOMETHING NEW"}, status, "the last that was seen")
				}
				require.Len(t, looks, 12)
				assert.Equal(t, []time.Duration{0, time.Second, 2500 * time.Millisecond}, looks[:3])
				assert.Equal(t, 30*time.Second, looks[11]-looks[10], "never longer")
			})
		})
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	timeless(t, crm, func(t *testing.T, conn *Connection) {
		leads := NewRecord[Lead](conn)
		job, err := leads.MassDeleteInView(t.Context(), viewOf(t, conn, "Leads"))
		require.NoError(t, err)
		crm.Inject(zohohubtest.Fault{Method: http.MethodGet, Path: "/actions/mass_delete", Times: -1, Body: `{"data":[{"Status":"RUNNING","Total_Count":1}]}`})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		status, err := job.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, ErrJobFailed)
		require.EqualError(t, err, "zohohub: mass delete Leads: waiting for job "+job.ID+": context deadline exceeded")
		assert.Equal(t, &JobStatus{State: JobRunning, Total: 1}, status)
		status, err = job.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Nil(t, status, "nothing was seen")

		crm.ClearFaults()
		status, err = job.Wait(t.Context())
		require.NoError(t, err, "it can be waited for again")
		assert.Equal(t, &JobStatus{State: JobCompleted, Total: 1, Deleted: 1}, status)
		assert.Empty(t, crm.Records("Leads"))
	})
}

func TestNoJob(t *testing.T) {
	t.Parallel()
	_, err := new(Job).Wait(t.Context())
	require.EqualError(t, err, "zohohub: look at job: the job is none that a call has returned")
	mock, conn := mocked(t)
	for name, body := range map[string]string{
		"the answer has no result": `{"data":[]}`,
		"the answer names no job":  `{"data":[{"code":"SUCCESS","details":{},"status":"success"}]}`,
	} {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, body), nil })
		_, err := NewRecord[Lead](conn).MassDeleteInView(t.Context(), "5")
		require.ErrorIs(t, err, ErrOutcomeUnknown)
		require.ErrorContains(t, err, name)
	}
}

// viewOf is the id of the view of all a module's records.
func viewOf(t *testing.T, conn *Connection, module string) string {
	t.Helper()
	var views struct {
		Info struct {
			Default string `json:"default"`
		} `json:"info"`
	}
	require.NoError(t, conn.Get(t.Context(), "settings/custom_views", Params{"module": module}, &views))
	return views.Info.Default
}
