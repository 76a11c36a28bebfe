package zohohub_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestRelatedCounts(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead, ids := seedProducts(crm, 3)
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	_, err := NewRecord[Product](conn).Related("Leads", lead).Add(ctx, ids...)
	require.NoError(t, err)
	_, err = leads.AddNote(ctx, lead, "T", "")
	require.NoError(t, err)

	counts, err := leads.RelatedCounts(ctx, lead, "Products", "Notes", "Attachments", "Campaigns")
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"Products": 3, "Notes": 1, "Attachments": 0, "Campaigns": 0}, counts)
	assert.JSONEq(t, `{"get_related_records_count":[{"related_list":{"api_name":"Products"}},{"related_list":{"api_name":"Notes"}},`+
		`{"related_list":{"api_name":"Attachments"}},{"related_list":{"api_name":"Campaigns"}}]}`, lastBody(t, crm))

	// More than a call takes, and some of it is nothing.
	crm.ResetRequests()
	names := []string{"Products"}
	for i := range 20 {
		names = append(names, fmt.Sprintf("Nonsense_%d", i))
	}
	names = append(names, "Notes", "More_Nonsense")
	counts, err = leads.RelatedCounts(ctx, lead, names...)
	assert.Equal(t, map[string]int{"Products": 3, "Notes": 1}, counts)
	require.ErrorIs(t, err, ErrRecordInvalid)
	var batch *BatchError
	require.ErrorAs(t, err, &batch)
	assert.Equal(t, 23, batch.Total)
	require.Len(t, batch.Failed, 21)
	assert.Equal(t, []int{1, 20, 22}, []int{batch.Failed[0].Index, batch.Failed[19].Index, batch.Failed[20].Index})
	assert.Len(t, asked(crm), 2)

	_, err = leads.RelatedCounts(ctx, "5725767000099999999", "Notes")
	require.ErrorIs(t, err, ErrRecordNotFound)
	crm.ResetRequests()
	for _, test := range []struct {
		id, list, text string
	}{
		{"", "Notes", "the id is empty"}, {"1/2", "Notes", "is not a record's id"}, {"deleted", "Notes", "is not a record's id"},
		{lead, "", "is not a related list's API name"}, {lead, "No/tes", "is not a related list's API name"},
	} {
		_, err := leads.RelatedCounts(ctx, test.id, test.list)
		require.ErrorContains(t, err, test.text)
	}
	_, err = leads.RelatedCounts(ctx, lead)
	require.EqualError(t, err, "zohohub: count related Leads: no related lists to count")
	assert.Empty(t, crm.Requests())
}

func TestRelatedCountsOfOldVersions(t *testing.T) {
	t.Parallel()
	for _, v := range versions {
		crm, conn := setupVersion(t, v)
		lead, _ := seedProducts(crm, 1)
		crm.ResetRequests()
		_, err := NewRecord[Lead](conn).RelatedCounts(t.Context(), lead, "Notes")
		if v == "v8" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "zohohub: count related Leads: API "+v+" has no call that counts related records: it came with v8")
		assert.Empty(t, crm.Requests())
	}
}

// TestForeignRelatedCounts: half an answer is none.
func TestForeignRelatedCounts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"text for a number": {`{"get_related_records_count":[{"count":"12","related_list":{"api_name":"Notes","id":"1"}}]}`, ""},
		"too few":           {`{"get_related_records_count":[]}`, "the answer does not have a count for each list"},
		"something else":    {`{"data":[]}`, "the answer does not have a count for each list"},
		"no number":         {`{"get_related_records_count":[{"count":"many"}]}`, `count is not a number: "\"many\""`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, test.body), nil })
			counts, err := NewRecord[Lead](conn).RelatedCounts(t.Context(), "7", "Notes")
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, map[string]int{"Notes": 12}, counts)
				return
			}
			require.EqualError(t, err, "zohohub: count related Leads: (HTTP 200): "+test.want)
			assert.Empty(t, counts)
		})
	}
}
