package zohohub_test

import (
	"context"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// process puts a lead of its own, the first of the world then, into a process of one step.
func process(w *sweepWorld) {
	w.crm.AddBlueprint("Leads", zohohubtest.Blueprint{Name: "Step", Field: "Rating", Transitions: []zohohubtest.Transition{
		{Name: "Go", From: "-None-", To: "Active"}, {Name: "Rest", From: "Active", To: "Shut Down"},
	}})
	w.ids = append(w.crm.Seed("Leads", Fields{"Last_Name": "Zoe", "Company": "Acme"}), w.ids...)
}

// stepped counts the leads that are a step further.
func stepped(w *sweepWorld) int { return w.count("Rating", "Active") }

func (w *sweepWorld) blueprint() *Blueprint { return w.people.Blueprint(w.ids[0]) }

// blueprintCalls are those about a record's process. A transition is sent after a look, which passes.
var blueprintCalls = map[string]sweepCall{
	"Blueprint.Process": {road: reading, prepare: process, result: "Go", nothingErr: ErrNotInProcess, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		p, err := w.blueprint().Process(ctx)
		if p == nil || len(p.Transitions) == 0 {
			return "", err
		}
		return p.Transitions[0].Name, err
	}},
	"Blueprint.Transitions": {road: reading, prepare: process, result: "Go", nothingErr: ErrNotInProcess, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		trs, err := w.blueprint().Transitions(ctx)
		if len(trs) == 0 {
			return "", err
		}
		return trs[0].Name, err
	}},
	"Blueprint.Transition": transitionByID(),
	"Blueprint.TransitionByName": {
		road: onceOnly, after: 1, prepare: process, nothingErr: ErrOutcomeUnknown, done: stepped, writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.blueprint().TransitionByName(ctx, "Go", nil)
		},
	},
}

func transitionByID() sweepCall {
	var id string
	return sweepCall{
		road: onceOnly, after: 1, nothingErr: ErrOutcomeUnknown, done: stepped, writes: 1,
		prepare: func(w *sweepWorld) {
			process(w)
			trs, err := NewRecord[Person](w.look()).Blueprint(w.ids[0]).Transitions(context.Background())
			must(err)
			id = trs[0].ID
		},
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.blueprint().Transition(ctx, id, nil)
		},
	}
}
