package zohohub_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// stampedLead has what Zoho alone writes and no tag that says so.
type stampedLead struct {
	ID               string
	LastName         string
	CreatedTime      time.Time
	ModifiedTime     time.Time
	CreatedBy        Lookup
	ModifiedBy       Lookup
	LastActivityTime time.Time
	RecordImage      string
	Approved         *bool          `zoho:"$approved"`
	State            string         `zoho:"$approval_state"`
	SeModule         string         `zoho:"$se_module"`
	Notify           bool           `zoho:"$send_notification"`
	Rows             []stampedRow   `zoho:"Parts_Used"`
	Loose            any            `zoho:"More_Parts"`
	Skills           []stampedSkill `zoho:"Skills"`
}

type stampedRow struct {
	ID, Part    string
	ParentID    Lookup `zoho:"Parent_Id"`
	CreatedTime time.Time
	Merge       bool `zoho:"$in_merge"`
}

type stampedSkill struct {
	ID     string
	Skills Lookup
	More   bool `zoho:"$has_more"`
}

type trackedStamped struct {
	Tracked
	stampedLead
}

const stampedJSON = `{"id":"11","Last_Name":"Doe","Created_Time":"2026-01-01T00:00:00+01:00","Modified_Time":"2026-01-01T00:00:00+01:00",
	"Created_By":{"id":"12","name":"Ana"},"Modified_By":{"id":"12","name":"Ana"},"Last_Activity_Time":"2026-01-01T00:00:00+01:00",
	"Record_Image":"a1b2","$approved":true,"$approval_state":"approved","$se_module":"Leads",
	"Parts_Used":[{"id":"21","Part":"Bolt","Parent_Id":{"id":"11"},"Created_Time":"2026-01-01T00:00:00+01:00","$in_merge":true}],
	"More_Parts":[{"id":"31","Part":"Nut","Parent_Id":{"id":"11"},"$in_merge":false}],
	"Skills":[{"id":"41","Skills":{"id":"51","name":"Chess"},"$has_more":true}]}`

func TestWhatZohoAloneWrites(t *testing.T) {
	t.Parallel()
	const (
		answer = `{"data":[` + stampedJSON + `]}`
		own    = `"Last_Name":"Doe","$se_module":"Leads","Parts_Used":[{"id":"21","Part":"Bolt"}],"More_Parts":[{"id":"31","Part":"Nut"}],
			"Skills":[{"id":"41","Skills":{"id":"51"}}]`
	)
	ctx := t.Context()
	z, conn := loaded(t, answer)
	plain := NewRecord[stampedLead](conn, InModule("Leads"))
	found := func() *stampedLead {
		rec, err := plain.Find(ctx, "11")
		require.NoError(t, err)
		require.Equal(t, "a1b2", rec.RecordImage)
		require.True(t, rec.Rows[0].Merge)
		return rec
	}
	made := func() *stampedLead {
		rec := found()
		rec.ID = ""
		return rec
	}
	for name, c := range map[string]struct {
		write func() error
		want  string
	}{
		"Create":    {func() error { return plain.Create(ctx, made()) }, own},
		"Save":      {func() error { return plain.Save(ctx, found()) }, `"id":"11",` + own},
		"Upsert":    {func() error { _, err := plain.Upsert(ctx, []*stampedLead{found()}); return err }, `"id":"11",` + own},
		"CreateAll": {func() error { _, err := plain.CreateAll(ctx, []*stampedLead{made()}); return err }, own},
		"SaveAll":   {func() error { _, err := plain.SaveAll(ctx, []*stampedLead{found()}); return err }, `"id":"11",` + own},
		"Save of a copy": {func() error {
			rec, err := NewRecord[trackedStamped](conn, InModule("Leads")).Find(ctx, "11")
			require.NoError(t, err)
			rec.ID = "12"
			return NewRecord[trackedStamped](conn, InModule("Leads")).Save(ctx, rec)
		}, `"id":"12",` + own},
		"Dynamic": {func() error {
			rec, err := NewRecord[Dynamic](conn, InModule("Leads")).Find(ctx, "11")
			require.NoError(t, err)
			rec.ID = ""
			return NewRecord[Dynamic](conn, InModule("Leads")).Create(ctx, rec)
		}, strings.Replace(own, `{"id":"51"}`, `{"id":"51","name":"Chess"}`, 1)},
	} {
		require.NoError(t, c.write(), name)
		assert.JSONEq(t, `{"data":[{`+c.want+`}]}`, z.last(), name)
	}

	// What is named is sent: it is who names it that decides.
	require.NoError(t, plain.Update(ctx, "11", Fields{"Record_Image": nil, "Created_By": Lookup{ID: "13"}, "$approved": true}))
	assert.JSONEq(t, `{"data":[{"id":"11","Record_Image":null,"Created_By":{"id":"13"},"$approved":true}]}`, z.last())
}

// TestDifferencesInWhatZohoAloneWrites: emptied or set, it is no change of a record that was loaded.
func TestDifferencesInWhatZohoAloneWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	z, conn := loaded(t, `{"data":[`+stampedJSON+`]}`)
	leads := NewRecord[trackedStamped](conn, InModule("Leads"))
	lead, err := leads.Find(ctx, "11")
	require.NoError(t, err)
	lead.stampedLead = stampedLead{
		ID: "11", LastName: "Doe", SeModule: "Leads", Approved: new(false), CreatedTime: time.Now(),
		Rows: []stampedRow{{ID: "21", Part: "Bolt", ParentID: Lookup{ID: "12"}}}, Skills: []stampedSkill{{ID: "41", Skills: Lookup{ID: "51"}}},
		Loose: []any{map[string]any{"id": "31", "Part": "Nut", "Parent_Id": nil, "$in_merge": true}},
	}
	require.NoError(t, leads.Save(ctx, lead))
	assert.Empty(t, z.last())
	lead.LastName, lead.Rows[0].Part = "Roe", "Screw"
	require.NoError(t, leads.Save(ctx, lead))
	assert.JSONEq(t, `{"data":[{"id":"11","Last_Name":"Roe","Parts_Used":[{"id":"21","Part":"Screw"}]}]}`, z.last())

	loose := NewRecord[Dynamic](conn, InModule("Leads"))
	d, err := loose.Find(ctx, "11")
	require.NoError(t, err)
	d.Fields["Record_Image"], d.Fields["$approved"], d.Fields["Modified_Time"] = nil, false, time.Now()
	before := z.count()
	require.NoError(t, loose.Save(ctx, d))
	assert.Equal(t, before, z.count())
	d.Fields["Last_Name"] = "Roe"
	require.NoError(t, loose.Save(ctx, d))
	assert.JSONEq(t, `{"data":[{"id":"11","Last_Name":"Roe"}]}`, z.last())
}

// TestAlwaysOverrides: the tag says that it is meant.
func TestAlwaysOverrides(t *testing.T) {
	t.Parallel()
	type row struct {
		ID       string
		ParentID Lookup `zoho:"Parent_Id,always"`
	}
	type imported struct {
		Tracked
		ID          string
		CreatedTime time.Time `zoho:",always"`
		Rows        []row
	}
	z, conn := loaded(t, `{"data":[{"id":"11","Created_Time":"2026-01-01T00:00:00+01:00","Rows":[{"id":"21","Parent_Id":"1"}]}]}`)
	things := NewRecord[imported](conn, InModule("Things"))
	require.NoError(t, things.Create(t.Context(), &imported{CreatedTime: moment("2020-01-01T00:00:00+01:00"), Rows: []row{{}}}))
	assert.JSONEq(t, `{"data":[{"Created_Time":"2020-01-01T00:00:00+01:00","Rows":[{"Parent_Id":null}]}]}`, z.last())
	found, err := things.Find(t.Context(), "11")
	require.NoError(t, err)
	found.Rows[0].ParentID = Lookup{ID: "2"}
	require.NoError(t, things.Save(t.Context(), found))
	assert.JSONEq(t, `{"data":[{"id":"11","Created_Time":"2026-01-01T00:00:00+01:00","Rows":[{"id":"21","Parent_Id":{"id":"2"}}]}]}`, z.last())
}

// TestThePolymorphicLookupOfAnActivity: What_Id and its module go together.
func TestThePolymorphicLookupOfAnActivity(t *testing.T) {
	t.Parallel()
	type Task struct {
		Tracked
		ID, Subject string
		What        Lookup `zoho:"What_Id"`
		WhatModule  string `zoho:"$se_module"`
	}
	z, conn := loaded(t, `{"data":[{"id":"11","Subject":"s","What_Id":{"id":"12","name":"Acme"},"$se_module":"Accounts"}]}`)
	tasks := NewRecord[Task](conn)
	task, err := tasks.Find(t.Context(), "11")
	require.NoError(t, err)
	assert.Equal(t, "Accounts", task.WhatModule)
	for _, c := range []struct {
		subject, id, module string
		want                string
	}{
		{"t", "12", "Accounts", `"Subject":"t"`},
		{"t", "13", "Accounts", `"What_Id":{"id":"13"},"$se_module":"Accounts"`},
		{"t", "14", "Deals", `"What_Id":{"id":"14"},"$se_module":"Deals"`},
		{"t", "", "", `"What_Id":null,"$se_module":null`},
	} {
		task.Subject, task.What, task.WhatModule = c.subject, Lookup{ID: c.id}, c.module
		require.NoError(t, tasks.Save(t.Context(), task))
		assert.JSONEq(t, `{"data":[{"id":"11",`+c.want+`}]}`, z.last())
	}
	require.NoError(t, tasks.Create(t.Context(), &Task{Subject: "s", What: Lookup{ID: "12"}, WhatModule: "Accounts"}))
	assert.JSONEq(t, `{"data":[{"Subject":"s","What_Id":{"id":"12"},"$se_module":"Accounts"}]}`, z.last())
}
