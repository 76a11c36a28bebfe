package zohohub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// report is a visit with what is written about it.
type report struct {
	ID, Name string
	Report   string
}

func (report) ModuleName() string { return "Service_Visits" }

// seedReports makes visits with long reports, and one with none.
func seedReports(crm *zohohubtest.Server, n int) ([]string, string) {
	long := strings.Repeat("<b>é</b>", 100)
	var rows []Fields
	for i := range n {
		rows = append(rows, Fields{"Name": fmt.Sprint(i), "Report": long + fmt.Sprint(i)})
	}
	return crm.Seed("Service_Visits", append(rows, Fields{"Name": "none"})...), long
}

func TestFullData(t *testing.T) {
	t.Parallel()
	for v, want := range map[string][]string{
		"v6": {"%s/%[2]s/actions/fetch_full_data?fields=Report", "%s/%[3]s/actions/fetch_full_data?fields=Report", "%s/%[4]s/actions/fetch_full_data?fields=Report"},
		"v7": {"%s/%[2]s/actions/fetch_full_data?fields=Report", "%s/%[3]s/actions/fetch_full_data?fields=Report", "%s/%[4]s/actions/fetch_full_data?fields=Report"},
		"v8": {"%s/actions/fetch_full_data?fields=Report&ids=%s,%s,%s"},
	} {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			ids, long := seedReports(crm, 2)
			visits := NewRecord[report](conn)
			for r, err := range visits.All(t.Context()) {
				require.NoError(t, err)
				assert.LessOrEqual(t, len([]rune(r.Report)), 500, "a list cuts it")
			}
			crm.ResetRequests()
			full, err := visits.FullData(t.Context(), ids, "Report")
			require.NoError(t, err)
			both := map[string]Fields{ids[0]: {"Report": long + "0"}, ids[1]: {"Report": long + "1"}}
			assert.Equal(t, both, full, "of what has none nothing is told")
			var sent []string
			for _, r := range crm.Requests() {
				query := r.Query.Encode()
				sent = append(sent, r.Path+"?"+strings.ReplaceAll(query, "%2C", ","))
			}
			for i := range want {
				line := fmt.Sprintf(want[i], append([]any{"/crm/" + v + "/Service_Visits"}, ids[0], ids[1], ids[2])...)
				want[i], _, _ = strings.Cut(line, "%!(EXTRA")
			}
			assert.Equal(t, want, sent)

			full, err = visits.FullData(t.Context(), ids[:1])
			require.NoError(t, err)
			assert.Equal(t, map[string]Fields{ids[0]: {"Report": long + "0"}}, full)
			assert.Equal(t, "/crm/"+v+"/Service_Visits/"+ids[0]+"/actions/fetch_full_data", lastRequest(t, crm).Path)
			assert.Empty(t, lastRequest(t, crm).Query)

			full, err = visits.FullData(t.Context(), []string{"7"}, "Report")
			require.NoError(t, err)
			assert.Empty(t, full)
		})
	}
}

// TestFullDataInBounds: 200 records and eight fields go into a call.
func TestFullDataInBounds(t *testing.T) {
	t.Parallel()
	mock, conn := mocked(t)
	var asked [][2]int
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		ids, fields := strings.Split(r.URL.Query().Get("ids"), ","), strings.Split(r.URL.Query().Get("fields"), ",")
		asked = append(asked, [2]int{len(ids), len(fields)})
		rows := make([]string, len(ids))
		for i, id := range ids {
			rows[i] = fmt.Sprintf(`{"id":%q,%q:"x",%q:null}`, id, fields[0], "Also_"+fields[0])
		}
		return jsonAnswer(http.StatusOK, `{"data":[`+strings.Join(rows, ",")+`]}`), nil
	})
	ids := make([]string, 401)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
	}
	fields := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}
	full, err := NewRecord[Person](conn).FullData(t.Context(), ids, fields...)
	require.NoError(t, err)
	assert.Equal(t, [][2]int{{200, 8}, {200, 1}, {200, 8}, {200, 1}, {1, 8}, {1, 1}}, asked)
	assert.Len(t, full, 401)
	assert.Equal(t, Fields{"A": "x", "Also_A": nil, "I": "x", "Also_I": nil}, full["401"])
	asked = nil
	full, err = NewRecord[Person](conn).FullData(t.Context(), nil, "A")
	require.NoError(t, err)
	assert.Empty(t, full)
	assert.Empty(t, asked)
}

func TestFullDataRefuses(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids, long := seedReports(crm, 201)
	visits := NewRecord[report](conn)
	for want, ask := range map[string]struct {
		of     *Record[report]
		id     string
		fields []string
	}{
		"fetch full data of Service_Visits: the id is empty":                       {visits, "", nil},
		`fetch full data of Service_Visits: "a/b" is not a record's id`:            {visits, "a/b", []string{"Report"}},
		`fetch full data of Service_Visits: "Report,id" is not a field's API name`: {visits, "1", []string{"Report,id"}},
		`the connection is nil`: {NewRecord[report](nil), "1", nil},
	} {
		full, err := ask.of.FullData(t.Context(), []string{"1", ask.id}, ask.fields...)
		assert.Nil(t, full)
		require.ErrorContains(t, err, want)
	}
	assert.Empty(t, crm.Requests())

	_, err := visits.FullData(t.Context(), ids, "Name")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "INVALID_REQUEST", e.Code)

	// What came before a failure is there.
	crm.Inject(zohohubtest.Fault{After: 1, Status: http.StatusForbidden})
	full, err := visits.FullData(t.Context(), ids, "Report")
	require.ErrorIs(t, err, ErrNoPermission)
	assert.Len(t, full, 200)
	assert.Equal(t, Fields{"Report": long + "0"}, full[ids[0]])
}

func TestForeignFullData(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"records":[]}`:                "the answer has no data: it is not Zoho's",
		`{"data":{}}`:                   "cannot unmarshal",
		`{"data":[7]}`:                  "(HTTP 200): ",
		`{"data":[{"Report":"x"}]}`:     `the answer is about a record that was not asked for: ""`,
		`{"data":[{"id":"2","A":"x"}]}`: `the answer is about a record that was not asked for: "2"`,
	} {
		mock, conn := mocked(t)
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, body), nil })
		full, err := NewRecord[Person](conn).FullData(t.Context(), []string{"1"}, "A")
		require.ErrorContains(t, err, want)
		assert.Empty(t, full)
	}
}
