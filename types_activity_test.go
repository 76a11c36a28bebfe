package zohohub_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestActivitiesAtZoho: reminders, recurrence, participants, and the lookup that leads to any module.
func TestActivitiesAtZoho(t *testing.T) {
	t.Parallel()
	type Task struct {
		Tracked
		ID, Subject string
		What        Lookup `zoho:"What_Id"`
		WhatModule  string `zoho:"$se_module"`
		RemindAt    alarm
		Recurring   recurrence `zoho:"Recurring_Activity"`
	}
	type Event struct {
		Tracked
		ID           string
		Title        string    `zoho:"Event_Title"`
		Start        time.Time `zoho:"Start_DateTime"`
		End          time.Time `zoho:"End_DateTime"`
		RemindAt     time.Time
		Participants []participant
		Reminders    []reminder `zoho:"Remind_Participants"`
	}
	ctx := t.Context()
	crm, conn := setup(t)
	accounts := crm.Seed("Accounts", Fields{"Account_Name": "Acme"}, Fields{"Account_Name": "Emca"})
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe", "Company": "Acme"})[0]

	tasks := NewRecord[Task](conn)
	task := &Task{
		Subject: "Call", What: Lookup{ID: accounts[0]}, WhatModule: "Accounts",
		RemindAt:  alarm{"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+01:00"},
		Recurring: recurrence{"FREQ=DAILY;INTERVAL=10;UNTIL=2026-08-14;DTSTART=2026-07-03", "2026-07-13"},
	}
	require.NoError(t, tasks.Create(ctx, task))
	found, err := tasks.Find(ctx, task.ID)
	require.NoError(t, err)
	want := *task
	want.Tracked, want.What.Name = found.Tracked, "Acme"
	assert.Equal(t, want, *found)
	found.What, found.RemindAt = Lookup{ID: accounts[1]}, alarm{}
	require.NoError(t, tasks.Save(ctx, found), "Zoho wants the module beside What_Id, though it is the same")
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"What_Id":{"id":%q},"$se_module":"Accounts","Remind_At":null}]}`, task.ID, accounts[1]), lastWrite(t, crm))

	events := NewRecord[Event](conn)
	event := &Event{
		Title: "Visit", Start: moment("2026-07-01T10:00:00+01:00"), End: moment("2026-07-01T11:00:00+01:00"), RemindAt: moment("2026-07-01T09:45:00+01:00"),
		Participants: []participant{{Type: "email", Who: "jo@example.com"}, {Type: "lead", Who: lead}}, Reminders: []reminder{{15, "minutes"}},
	}
	require.NoError(t, events.Create(ctx, event))
	met, err := events.Find(ctx, event.ID)
	require.NoError(t, err)
	meeting := *event
	meeting.Tracked = met.Tracked
	assert.Equal(t, meeting, *met)
	met.Participants = met.Participants[1:]
	require.NoError(t, events.Save(ctx, met))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Participants":[{"type":"lead","participant":%q}]}]}`, event.ID, lead), lastWrite(t, crm))
	met, err = events.Find(ctx, event.ID)
	require.NoError(t, err)
	assert.Equal(t, []participant{{Type: "lead", Who: lead}}, met.Participants)
}

// TestTaxesAndPricesAtZoho: lists that are replaced as a whole.
func TestTaxesAndPricesAtZoho(t *testing.T) {
	t.Parallel()
	type Product struct {
		Tracked
		ID   string
		Name string `zoho:"Product_Name"`
		Tax  []tax
	}
	type PriceBook struct {
		Tracked
		ID     string
		Name   string       `zoho:"Price_Book_Name"`
		Model  string       `zoho:"Pricing_Model"`
		Ranges []priceRange `zoho:"Pricing_Details"`
	}
	ctx := t.Context()
	crm, conn := setup(t)
	products := NewRecord[Product](conn)
	boat := &Product{Name: "Boat", Tax: []tax{{Value: "Sales Tax"}, {Value: "Vat"}}}
	require.NoError(t, products.Create(ctx, boat))
	found, err := products.Find(ctx, boat.ID)
	require.NoError(t, err)
	require.Len(t, found.Tax, 2)
	vat := found.Tax[1]
	found.Tax = found.Tax[1:]
	require.NoError(t, products.Save(ctx, found))
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Tax":[{"id":%q,"value":"Vat"}]}]}`, boat.ID, vat.ID), lastWrite(t, crm))
	found, err = products.Find(ctx, boat.ID)
	require.NoError(t, err)
	assert.Equal(t, []tax{vat}, found.Tax)

	books := NewRecord[PriceBook](conn)
	book := &PriceBook{Name: "Summer", Model: "Differential", Ranges: []priceRange{{"", 1, 10, 5}, {"", 11, 20, 7}}}
	require.NoError(t, books.Create(ctx, book))
	read, err := books.Find(ctx, book.ID)
	require.NoError(t, err)
	read.Ranges = append(read.Ranges[:1], priceRange{"", 11, 30, 8})
	require.NoError(t, books.Save(ctx, read))
	again, err := books.Find(ctx, book.ID)
	require.NoError(t, err)
	require.Len(t, again.Ranges, 2)
	assert.Equal(t, []priceRange{{read.Ranges[0].ID, 1, 10, 5}, {again.Ranges[1].ID, 11, 30, 8}}, again.Ranges)
}
