package zohohubtest

import (
	"net/http"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// actionRoutes are the calls for which Zoho has a word of its own.
var actionRoutes = []route{
	{method: http.MethodPost, pattern: "{module}/actions/change_owner", since: "v3", scopes: []string{ownerScope}, credits: 1, handle: (*crm).changeOwners},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/change_owner", since: "v3", scopes: []string{ownerScope}, credits: 1, handle: (*crm).changeOwner},
	{method: http.MethodPost, pattern: "{module}/actions/mass_change_owner", since: "v4", scopes: []string{ownerScope}, credits: 1, handle: (*crm).massChangeOwner},
	{method: http.MethodGet, pattern: "{module}/actions/mass_change_owner", since: "v4", scopes: []string{ownerScope}, credits: 1, handle: (*crm).ownerJob},
	{method: http.MethodPost, pattern: "{module}/actions/mass_update", scopes: []string{massUpdateScope}, credits: 1, handle: (*crm).massUpdate},
	{method: http.MethodGet, pattern: "{module}/actions/mass_update", scopes: []string{massUpdateScope}, credits: 1, handle: (*crm).updateJob},
	{method: http.MethodPost, pattern: "{module}/actions/mass_delete", since: "v4", scopes: []string{massDeleteScope}, credits: 1, handle: (*crm).massDelete},
	{method: http.MethodGet, pattern: "{module}/actions/mass_delete", since: "v4", scopes: []string{massDeleteScope}, credits: 1, handle: (*crm).deleteJob},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/clone", since: "v7", scopes: []string{createScope}, credits: 1, handle: (*crm).cloneRecord},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/merge", since: "v6", scopes: []string{createScope}, credits: 1, handle: (*crm).mergeRecords},
	{method: http.MethodGet, pattern: "{module}/{id}/actions/merge", since: "v6", scopes: []string{readScope}, credits: 1, handle: (*crm).mergeJob},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/convert", scopes: []string{createScope}, credits: convertCredits, handle: (*crm).convertLead},
	{method: http.MethodGet, pattern: "{module}/{id}/__conversion_options", since: "v5", scopes: []string{readScope}, credits: 1, handle: (*crm).conversionOptions},
}

const (
	ownerScope      = "ZohoCRM.change_owner.CREATE"
	massUpdateScope = "ZohoCRM.mass_update.{module}.UPDATE"
	massDeleteScope = "ZohoCRM.mass_delete.DELETE"
	convertCredits  = 5
)

// job is work that is done after the call that asked for it: it is scheduled, then running, then done, a step for each look
// at it and for each jobStep by the clock, whichever comes to more.
type job struct {
	id     string
	asked  *request
	action string
	view   *view // whose records it is about; nil for none
	master int64 // of a merge
	child  []int64
	since  time.Time
	looks  int
	ended  bool
	// counts are under Zoho's names, but for the ending: "Total", "Updated".
	counts map[string]int
	work   func(*job)
}

const (
	jobStep = 2 * time.Second
	// mostJobs is how many are remembered: a fake that runs for days must not fill the memory.
	mostJobs = 1000
)

// schedule puts work off, and gives the job's id.
func (c *crm) schedule(j *job) string {
	j.id, j.since = formatID(c.nextID()), c.now()
	asked := *j.asked
	asked.body = nil // it was read, and may be large
	j.asked = &asked
	c.jobs = append(c.jobs, j)
	for len(c.jobs) > mostJobs && c.jobs[0].ended {
		c.jobs = slices.Delete(c.jobs, 0, 1)
	}
	return j.id
}

func (c *crm) steps(j *job) int { return max(j.looks-1, int(c.now().Sub(j.since)/jobStep)) }

// jobSteps is how many steps a job takes.
const jobSteps = 2

// runJobs does the work of the jobs whose time has come. Nobody need look at a job for it to be done.
func (c *crm) runJobs() {
	for _, j := range c.jobs {
		if !j.ended && c.steps(j) >= jobSteps {
			c.finish(j)
		}
	}
}

// finish does a job's work as its caller's, whoever looks at it.
func (c *crm) finish(j *job) {
	j.ended = true
	c.noting(j.asked, func(*crm, *request) outcome {
		j.work(j)
		return outcome{}
	})
}

// busy tells whether a job that has not ended is about a view.
func (c *crm) busy(action string, v *view) bool {
	return slices.ContainsFunc(c.jobs, func(j *job) bool { return !j.ended && j.action == action && j.view == v })
}

func (c *crm) ownerJob(q *request) outcome  { return c.massJob(q, "mass_change_owner") }
func (c *crm) updateJob(q *request) outcome { return c.massJob(q, "mass_update") }
func (c *crm) deleteJob(q *request) outcome { return c.massJob(q, "mass_delete") }

// massJob is GET {module}/actions/{action}?job_id=….
func (c *crm) massJob(q *request, action string) outcome {
	id := q.query.Get("job_id")
	if id == "" {
		return missingParam("job_id").outcome()
	}
	j := c.jobOf(q.module, action, func(j *job) bool { return j.id == id })
	if j == nil {
		return outcome{status: http.StatusNoContent}
	}
	shown := map[string]any{"Status": c.look(j)}
	if action == "mass_delete" && shown["Status"] == "SCHEDULED" {
		shown["Status"] = "RUNNING" // it knows no other word
	}
	for name, n := range j.counts {
		shown[name+"_Count"] = n
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": []any{shown}}}
}

func (c *crm) jobOf(m *schema.Module, action string, is func(*job) bool) *job {
	i := slices.IndexFunc(c.jobs, func(j *job) bool { return j.action == action && j.asked.module == m && is(j) })
	if i < 0 {
		return nil
	}
	return c.jobs[i]
}

// look is where a job stands, which is a step further than at the last look.
func (c *crm) look(j *job) string {
	j.looks++
	step := c.steps(j)
	if step >= jobSteps && !j.ended {
		c.finish(j)
	}
	if j.ended {
		return "COMPLETED"
	}
	return []string{"SCHEDULED", "RUNNING"}[step]
}
