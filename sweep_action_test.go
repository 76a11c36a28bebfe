package zohohub_test

import (
	"context"
	"time"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// aView is a view of the world's leads that no other cell knows, so that no job of another's is about it.
func aView(w *sweepWorld) string {
	return w.crm.AddView("Leads", zohohubtest.View{
		Name: "Acme's", Criteria: &zohohubtest.Condition{Field: "Company", Comparator: "equal", Value: "Acme"},
	})
}

// onView is a call for all leads of a view: it is asked for once.
func onView(done func(*sweepWorld) int, begin func(ctx context.Context, w *sweepWorld, view string) (*Job, error)) sweepCall {
	var view string // cells of a call come one after another
	return sweepCall{
		road: onceOnly, nothingErr: ErrOutcomeUnknown, done: done, writes: 3, result: "a job",
		prepare: func(w *sweepWorld) { view = aView(w) },
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			job, err := begin(ctx, w, view)
			if job == nil || job.ID == "" {
				return "", err
			}
			return "a job", err
		},
	}
}

// onJob looks at a job whose time has come.
func onJob(look func(ctx context.Context, job *Job) (*JobStatus, error)) sweepCall {
	var job *Job
	return sweepCall{
		road: reading, nothingErr: ErrRecordNotFound, result: "COMPLETED",
		prepare: func(w *sweepWorld) {
			var err error
			job, err = w.people.MassUpdateInView(context.Background(), aView(w), Fields{"City": "Porto"})
			must(err)
			time.Sleep(time.Minute)
		},
		do: func(ctx context.Context, _ *sweepWorld) (string, error) {
			status, err := look(ctx, job)
			if status == nil {
				return "", err
			}
			return string(status.State), err
		},
	}
}

// given counts the leads that were given away, convertedLeads those that are leads no more.
func given(w *sweepWorld) (n int) {
	for _, owner := range ownersOf(w.crm, "Leads") {
		if owner == "Bruno Costa" {
			n++
		}
	}
	return n
}

func convertedLeads(w *sweepWorld) (n int) {
	for _, converted := range valuesOf(w.crm, "Leads", "Converted__s") {
		if converted == true {
			n++
		}
	}
	return n
}

// forget leaves neither contacts nor accounts of the cell before.
func forget(w *sweepWorld) {
	for _, module := range []string{"Contacts", "Accounts"} {
		var ids []string
		for _, id := range valuesOf(w.crm, module, "id") {
			ids = append(ids, id.(string))
		}
		_, err := NewRecord[Dynamic](w.look(), InModule(module)).DeleteAll(context.Background(), ids)
		must(err)
	}
}

// actionCalls are those for which Zoho has a word of its own.
var actionCalls = map[string]sweepCall{
	"Record.ChangeOwner": {
		road: repeatable, nothingErr: ErrOutcomeUnknown, done: given, writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.ChangeOwner(ctx, w.ids[:2], bruno))
		},
	},
	"Record.ChangeOwnerInView": onView(given, func(ctx context.Context, w *sweepWorld, view string) (*Job, error) {
		return w.people.ChangeOwnerInView(ctx, view, bruno)
	}),
	"Record.Convert": {
		road: onceOnly, nothingErr: ErrOutcomeUnknown, prepare: forget, done: convertedLeads, writes: 1, result: "Doe",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			made, err := w.people.Convert(ctx, w.ids[0], Conversion{})
			if made == nil {
				return "", err
			}
			return made.Contact.Name, err
		},
	},
	"Record.ConversionOptions": {
		road: reading, result: "Contacts",
		prepare: func(w *sweepWorld) {
			forget(w)
			w.crm.Seed("Contacts", Fields{"Last_Name": "Doe", "Email": "doe@example.com"})
		},
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			options, err := w.people.ConversionOptions(ctx, w.ids[0])
			if options == nil {
				return "", err
			}
			return options.Preferred, err
		},
	},
	"Record.Clone": {
		road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 1, result: "true",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			id, err := w.people.Clone(ctx, w.ids[0], Fields{"Last_Name": "Newman", "Company": "New"})
			return told(id != "", err)
		},
	},
	"Record.Merge": {
		road: onceOnly, nothingErr: ErrOutcomeUnknown, done: gone, writes: 1, result: "merged",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			job, err := w.people.Merge(ctx, w.ids[0], []Duplicate{{ID: w.ids[1]}})
			if job == nil {
				return "", err
			}
			return "merged", err
		},
	},
	"Record.MassUpdate": {
		road: repeatable, nothingErr: ErrOutcomeUnknown, done: moved, writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.MassUpdate(ctx, w.ids[:2], Fields{"City": "Porto"}))
		},
	},
	"Record.MassUpdateInView": onView(moved, func(ctx context.Context, w *sweepWorld, view string) (*Job, error) {
		return w.people.MassUpdateInView(ctx, view, Fields{"City": "Porto"})
	}),
	"Record.MassDelete": {
		road: removing, nothingErr: ErrOutcomeUnknown, done: gone, writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.MassDelete(ctx, w.ids[:2]))
		},
	},
	"Record.MassDeleteInView": onView(gone, func(ctx context.Context, w *sweepWorld, view string) (*Job, error) {
		return w.people.MassDeleteInView(ctx, view)
	}),
	"Job.Status": onJob(func(ctx context.Context, job *Job) (*JobStatus, error) { return job.Status(ctx) }),
	"Job.Wait":   onJob(func(ctx context.Context, job *Job) (*JobStatus, error) { return job.Wait(ctx) }),
}
