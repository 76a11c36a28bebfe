package zohohub_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// TestLogOfWhatHangsOnARecord: a log has what was asked and what it costs, and no ids.
func TestLogOfWhatHangsOnARecord(t *testing.T) {
	t.Parallel()
	crm, plain := setup(t)
	lead, products := seedProducts(crm, 25)
	gone := crm.Seed("Leads", Fields{"Last_Name": "Roe"})[0]
	require.NoError(t, NewRecord[Lead](plain).Delete(t.Context(), gone))
	note, err := NewRecord[Lead](plain).AddNote(t.Context(), lead, "T", "")
	require.NoError(t, err)
	made, err := NewRecord[Lead](plain).Tags().Create(t.Context(), Tag{Name: "a"}, Tag{Name: "b"})
	require.NoError(t, err)

	var out strings.Builder
	cfg := crm.Config()
	cfg.Logger = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	conn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	leads, ctx := NewRecord[Lead](conn), t.Context()
	related := NewRecord[Product](conn).Related("Leads", lead)
	drop := func(_ Results, err error) error { return err }
	for _, call := range []func() error{
		func() error { _, err := leads.AddNote(ctx, lead, "T", ""); return err },
		func() error { return leads.Notes(lead).Update(ctx, note.ID, Fields{"Note_Content": "C"}) },
		func() error { return leads.Notes(lead).Delete(ctx, note.ID) },
		func() error { return drop(related.Add(ctx, products...)) },
		func() error { return drop(related.Remove(ctx, products...)) },
		func() error { return drop(related.UpdateAll(ctx, []Fields{{"id": products[0]}})) },
		func() error {
			for _, err := range NewRecord[Product](conn).Related("Leads", gone, OfDeleted()).All(ctx) {
				return err
			}
			return nil
		},
		func() error { _, err := leads.RelatedCounts(ctx, lead, "Notes"); return err },
		func() error { return drop(leads.AddTags(ctx, []string{lead}, "a")) },
		func() error { _, err := leads.Tags().Count(ctx, made[0].ID); return err },
		func() error { return drop(leads.Tags().Merge(ctx, made[0].ID, made[1].ID)) },
		func() error { return leads.Tags().Delete(ctx, made[0].ID) },
		func() error { _, err := conn.RelatedLists(ctx, "Leads"); return err },
	} {
		require.NoError(t, call())
	}
	var lines []string
	for scan := bufio.NewScanner(strings.NewReader(out.String())); scan.Scan(); {
		var line struct {
			Method, Path string
			Credits      int
		}
		require.NoError(t, json.Unmarshal(scan.Bytes(), &line))
		lines = append(lines, fmt.Sprint(line.Method, " ", line.Path, " ", line.Credits))
	}
	assert.Equal(t, []string{
		"POST Leads/{id}/Notes 1",
		"PUT Leads/{id}/Notes 1",
		"DELETE Leads/{id}/Notes 1",
		"PUT Leads/{id}/Products 1",
		"DELETE Leads/{id}/Products 1",
		"PUT Leads/{id}/Products 1",
		"GET Leads/deleted/{id}/Products 1",
		"POST Leads/{id}/actions/get_related_records_count 1",
		"POST Leads/actions/add_tags 1",
		"GET settings/tags/{id}/actions/records_count 1",
		"POST settings/tags/{id}/actions/merge 1",
		"DELETE settings/tags/{id} 1",
		"GET settings/related_lists 1",
	}, lines)
}
