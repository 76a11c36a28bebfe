package main

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/example"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBlueprint(t *testing.T) {
	example.Offline(t)
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, nil))
	assert.Equal(t, `No Zoho credentials in the environment or in ./.env: this runs on an in-memory Zoho CRM at ….

Lead follow-up: the Lead Status is -None-.
  Contact leads to Contacted
    needs Phone (phone)
    may have Lead Source (picklist)
    needs Notes (textarea)
  Drop leads to Junk Lead

Carried out "Contact".

Lead follow-up: the Lead Status is Contacted.
  Qualify leads to Pre-Qualified, but not from here: Only what has a budget
  Lose leads to Lost Lead
`, regexp.MustCompile(`http://[\d.:]+\d`).ReplaceAllString(out.String(), "…"))
	require.ErrorIs(t, run(t.Context(), &out, []string{"5725767000099999999"}), zohohub.ErrRecordNotFound)
}

// TestTour goes the other ways.
func TestTour(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	set := func() string { return set(crm) }
	var out bytes.Buffer
	tour := &tour{leads: zohohub.NewRecord[Lead](crm.Connection(t)), out: &out}
	ctx := t.Context()
	require.EqualError(t, tour.run(ctx, nil), "none of the first 50 leads is in a process")
	early := crm.Seed("Leads", slices.Repeat([]zohohub.Fields{{"Last_Name": "Doe"}}, most)...) // before there is a process
	id := set()
	require.NoError(t, tour.run(ctx, nil), "it finds the one that is in a process, the latest")
	require.ErrorIs(t, tour.run(ctx, early[:1]), zohohub.ErrNotInProcess)
	require.ErrorIs(t, tour.run(ctx, []string{id, "Contact"}), zohohub.ErrMandatoryNotFound)
	require.ErrorIs(t, tour.run(ctx, []string{id, "Qualify"}), zohohub.ErrNoSuchTransition)
	require.EqualError(t, tour.run(ctx, []string{id, "Drop", "City"}), `"City" is not field=value`)
	require.NoError(t, tour.run(ctx, []string{id, "Drop"}))
	assert.Contains(t, out.String(), "The lead is through.\n")

	id = set()
	crm.Inject(zohohubtest.Fault{Method: "PUT", CutAfter: true})
	require.NoError(t, tour.run(ctx, []string{id, "Drop"}))
	assert.Contains(t, out.String(), "No answer came to \"Drop\".\n\nThe lead is through.\n")
	crm.Inject(zohohubtest.Fault{Path: "/Leads", Status: 403, Times: -1})
	require.ErrorIs(t, tour.run(ctx, nil), zohohub.ErrNoPermission)
}
