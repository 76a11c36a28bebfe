package zohohub_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestTaggingSideBySide: calls that may make a tag go one after another, the others run side by side.
func TestTaggingSideBySide(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		ids := seeded(crm, 250)
		ctx := t.Context()
		assert.Equal(t, 3, took(crm, func() {
			_, err := people.AddTags(ctx, ids, "new")
			assert.NoError(t, err)
		}))
		assert.Equal(t, 3, took(crm, func() {
			_, err := people.SetTags(ctx, ids, "newer")
			assert.NoError(t, err)
		}))
		assert.Equal(t, 1, took(crm, func() {
			_, err := people.RemoveTags(ctx, ids, "newer")
			assert.NoError(t, err)
		}))
		many := make([]Tag, 150)
		for i := range many {
			many[i] = Tag{Name: fmt.Sprint(i)}
		}
		crm.Inject(zohohubtest.Fault{Path: "/settings/tags", Delay: time.Second, Times: -1})
		start := time.Now()
		_, err := people.Tags().Create(ctx, many...)
		require.NoError(t, err)
		assert.Equal(t, 2*time.Second, time.Since(start))
	})
}

// TestRelatedSideBySide: calls run side by side, but for those about the same record: the last change lasts.
func TestRelatedSideBySide(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		ids := seeded(crm, 250)
		ctx := t.Context()
		fair := crm.Seed("Campaigns", Fields{"Campaign_Name": "Fair"})[0]
		members := people.Related("Campaigns", fair)
		cfg := crm.Config()
		cfg.HTTPClient = &http.Client{Transport: crm.Transport()}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		invitees := NewRecord[Member](conn).Related("Campaigns", fair)
		assert.Equal(t, 1, took(crm, func() {
			_, err := members.Add(ctx, ids...)
			assert.NoError(t, err)
		}))
		changes := make([]Fields, len(ids))
		for i, id := range ids {
			changes[i] = Fields{"id": id, "Member_Status": "Invited"}
		}
		changes[249] = Fields{"id": ids[0], "Member_Status": "Responded"}
		assert.Equal(t, 2, took(crm, func() {
			_, err := members.UpdateAll(ctx, changes)
			assert.NoError(t, err)
		}))
		responded := 0
		for m, err := range invitees.All(ctx) {
			require.NoError(t, err)
			if m.Status == "Responded" {
				assert.Equal(t, ids[0], m.ID)
				responded++
			}
		}
		assert.Equal(t, 1, responded)
		assert.Equal(t, 1, took(crm, func() {
			_, err := members.Remove(ctx, ids...)
			assert.NoError(t, err)
		}))
	})
}
