package zohohub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/pause"
)

// Job is work that Zoho does by itself after it was asked to: a change of all records in a view, a merge of records with
// much that hangs on them. Zoho knows its jobs for 60 days.
type Job struct {
	// ID is Zoho's; empty when the work was done within the call that asked for it.
	ID string

	op   string // what the work is, for errors
	of   *module
	look func(context.Context) (*JobStatus, error)
	done *JobStatus // of work that is done already
}

// JobStatus is how far a job has come, in numbers of records. A merge has no numbers.
type JobStatus struct {
	State JobState
	// Total is how many the job is about; NotUpdated are those that it has not come to, or has passed over.
	Total, Updated, NotUpdated, Deleted, Failed int
}

// JobState is where a job stands. One that Zoho adds to these counts as not ended.
type JobState string

// The states of a job. The last two end it.
const (
	JobScheduled JobState = "SCHEDULED"
	JobQueued    JobState = "QUEUED"
	JobRunning   JobState = "RUNNING"
	JobSuspended JobState = "SUSPENDED"
	JobCompleted JobState = "COMPLETED"
	JobFailed    JobState = "FAILED"
)

// Status asks Zoho how far the job has come. A job that Zoho does not know is [ErrRecordNotFound]. It costs one credit.
func (j *Job) Status(ctx context.Context) (*JobStatus, error) {
	switch {
	case j.done != nil:
		status := *j.done
		return &status, nil
	case j.look == nil:
		return nil, &Error{Op: "look at job", Index: -1, Err: errors.New("the job is none that a call has returned")}
	}
	return j.look(ctx)
}

// The waits between two looks at a job: small ones end in seconds, those of 50,000 records in minutes.
const (
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

// Wait returns once the job has ended: it looks at once, after a second, and then after longer and longer waits, up to 30
// seconds. A job that failed, as a whole or for some records, is [ErrJobFailed], and the status beside it has the numbers.
// When ctx ends first the error is that of ctx, and the status beside it is the last one seen, nil without one; the job
// goes on, and can be waited for again. Each look costs one credit.
func (j *Job) Wait(ctx context.Context) (*JobStatus, error) {
	var last *JobStatus
	for wait := firstWait; ; wait = min(wait*3/2, longestWait) {
		status, err := j.Status(ctx)
		if err != nil {
			return last, err
		}
		if last = status; status.State == JobCompleted || status.State == JobFailed {
			return status, j.outcome(status)
		}
		if err := pause.For(ctx, wait); err != nil {
			return last, j.of.fail(j.op, fmt.Errorf("waiting for job %s: %w", clip(j.ID, 40), err))
		}
	}
}

// outcome is the error that the end of the job is.
func (j *Job) outcome(s *JobStatus) error {
	if s.State != JobFailed && s.Failed == 0 {
		return nil
	}
	return j.of.fail(j.op, because(ErrJobFailed, "job %s has %s: of %d records %d updated, %d deleted, %d not updated, %d failed",
		clip(j.ID, 40), strings.ToLower(string(s.State)), s.Total, s.Updated, s.Deleted, s.NotUpdated, s.Failed))
}

// begin makes the call that asks for a job, and gives its one result.
func (m *module) begin(ctx context.Context, req Request, key string, elems ...string) (row, error) {
	req.Module = m.name
	resp, err := m.call(ctx, req, elems...)
	return resultUnder(key, req, resp, err)
}

const opLook = "look at job of"

// job is the one that a result names; the call at template tells about it, under key.
func (m *module) job(op, key string, result row, template string, elems ...string) (*Job, error) {
	id := scalar(object(result.Details)["job_id"])
	if id == "" {
		return nil, m.fail(op, because(ErrOutcomeUnknown, "the answer names no job"))
	}
	return &Job{ID: id, op: op, of: m, look: func(ctx context.Context) (*JobStatus, error) {
		resp, err := m.call(ctx, Request{
			Op: opLook, Method: http.MethodGet, Params: Params{"job_id": id}, Template: template, Repeat: RepeatSafe, Weight: 1,
		}, elems...)
		if err != nil {
			return nil, err
		}
		return m.jobStatus(resp, key, id)
	}}, nil
}

func (m *module) jobStatus(resp *Response, key, id string) (*JobStatus, error) {
	const op = opLook
	if resp.Status == http.StatusNoContent {
		return nil, m.failAt(op, resp.Status, because(ErrRecordNotFound, "there is no job %s", clip(id, 40)))
	}
	raw := object(resp.Body)[key]
	if rows, ok := rowsOf(raw); ok && len(rows) > 0 && rows[0].refused() {
		return nil, rows[0].err(op, m.name, resp.Status, -1)
	}
	if bytes.HasPrefix(raw, []byte("[")) {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			raw = list[0]
		}
	}
	told := object(raw)
	state := JobState(strings.ToUpper(cmp.Or(text(told["Status"]), text(told["status"]))))
	if state == "" {
		return nil, m.failAt(op, resp.Status, errNoData)
	}
	if state == "FAILURE" { // a merge's word for it
		state = JobFailed
	}
	status := &JobStatus{State: state}
	for name, into := range map[string]*int{
		"Total_Count": &status.Total, "Updated_Count": &status.Updated, "Not_Updated_Count": &status.NotUpdated,
		"Deleted_Count": &status.Deleted, "Failed_Count": &status.Failed,
	} {
		if told[name] == nil {
			continue
		}
		n, err := countOf(told[name])
		if err != nil {
			return nil, m.failAt(op, resp.Status, err)
		}
		*into = n
	}
	return status, nil
}
