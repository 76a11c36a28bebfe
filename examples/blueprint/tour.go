package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zohohub/zohohub"
)

// Lead is a record that goes through a process.
type Lead struct {
	ID       string
	LastName string
}

// tour looks where a lead is, takes it a step further, and looks again.
type tour struct {
	leads *zohohub.Record[Lead]
	out   io.Writer
}

func (t *tour) run(ctx context.Context, args []string) error {
	id, err := t.pick(ctx, args)
	if err != nil {
		return err
	}
	blueprint := t.leads.Blueprint(id)
	if err := t.show(ctx, blueprint); err != nil || len(args) < 2 {
		return err
	}
	fields := zohohub.Fields{}
	for _, arg := range args[2:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q is not field=value", arg)
		}
		fields[name] = value
	}
	switch err := blueprint.TransitionByName(ctx, args[1], fields); {
	case errors.Is(err, zohohub.ErrOutcomeUnknown): // it is not sent twice: the state tells whether it was carried out
		fmt.Fprintf(t.out, "\nNo answer came to %q.\n\n", args[1])
	case err != nil: // what is missing, or which transitions there are
		return err
	default:
		fmt.Fprintf(t.out, "\nCarried out %q.\n\n", args[1])
	}
	err = t.show(ctx, blueprint)
	if errors.Is(err, zohohub.ErrNotInProcess) {
		fmt.Fprintln(t.out, "The lead is through.")
		return nil
	}
	return err
}

// most is how many leads are looked at: each costs a credit.
const most = 50

// pick is the lead that was named, or the first that is in a process.
func (t *tour) pick(ctx context.Context, args []string) (id string, err error) {
	if len(args) > 0 {
		return args[0], nil
	}
	looked := 0
	for lead, err := range t.leads.All(ctx, zohohub.PerPage(most), zohohub.Sequential()) {
		if err != nil {
			return "", err
		}
		if looked++; looked > most {
			break
		}
		switch _, err := t.leads.Blueprint(lead.ID).Process(ctx); {
		case err == nil:
			return lead.ID, nil
		case !errors.Is(err, zohohub.ErrNotInProcess):
			return "", err
		}
	}
	return "", fmt.Errorf("none of the first %d leads is in a process", most)
}

// show prints where the lead is, and each way on with what it needs.
func (t *tour) show(ctx context.Context, blueprint *zohohub.Blueprint) error {
	process, err := blueprint.Process(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: the %s is %s.\n", process.Name, process.Label, process.State)
	for _, tr := range process.Transitions {
		fmt.Fprintf(t.out, "  %s leads to %s", tr.Name, tr.NextState)
		if !tr.CriteriaMatched {
			fmt.Fprintf(t.out, ", but not from here: %s", tr.CriteriaMessage)
		}
		fmt.Fprintln(t.out)
		missing := tr.Missing(nil)
		for _, f := range tr.Fields {
			needs := "may have"
			if slices.Contains(missing, f.APIName) {
				needs = "needs"
			}
			fmt.Fprintf(t.out, "    %s %s (%s)\n", needs, f.Label, f.DataType)
		}
	}
	return nil
}
