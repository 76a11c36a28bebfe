package zohohubtest

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testOrg is a CRM under test with a clock that stands still.
type testOrg struct {
	t   *testing.T
	crm *crm
	now time.Time
}

// The ids that a new CRM gives first, and the time of the tests in the organisation's zone.
const (
	id1 = "5725767000010000001"
	id2 = "5725767000010000002"
	id3 = "5725767000010000003"
	id4 = "5725767000010000004"

	testTime = "2026-03-01T10:00:00+01:00"
	anaRef   = `{"name":"Ana Silva","id":"3652397000000186021"}`
	anaUser  = `{"name":"Ana Silva","id":"3652397000000186021","email":"ana.silva@example.com"}`
	brunoID  = "3652397000000186022"
)

func newOrg(t *testing.T) *testOrg {
	t.Helper()
	o := &testOrg{t: t, now: time.Date(2026, time.March, 1, 9, 0, 0, 123_000_000, time.UTC)}
	o.crm = newCRM(func() time.Time { return o.now }, func() string { return "http://127.0.0.1" })
	return o
}

// call sends one request; path begins after /crm/, header comes in pairs.
func (o *testOrg) call(method, path, body string, header ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.callAs(grant{Token: "1000.fake-access-token", Scopes: allScopes, UserID: defaultUserID}, method, path, body, header...)
}

func (o *testOrg) callAs(g grant, method, path, body string, header ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), method, "/crm/"+path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.crm.serve(w, r, g)
	return w
}

// expect sends one request and compares status and whole body; an empty want is an empty body.
func (o *testOrg) expect(status int, want, method, path, body string, header ...string) {
	o.t.Helper()
	w := o.call(method, path, body, header...)
	assert.Equal(o.t, status, w.Code, "%s %s: %s", method, path, w.Body)
	if want == "" {
		assert.Empty(o.t, w.Body.String(), "%s %s", method, path)
		return
	}
	assert.JSONEq(o.t, want, w.Body.String(), "%s %s", method, path)
}

func (o *testOrg) seed(module string, rows ...map[string]any) []string {
	o.t.Helper()
	ids, err := o.crm.seed(module, rows)
	require.NoError(o.t, err)
	return ids
}

// refusedJSON is Zoho's envelope of a refusal.
func refusedJSON(code, message, details string) string {
	return `{"code":"` + code + `","details":` + details + `,"message":"` + message + `","status":"error"}`
}

// rowsJSON wraps the items of a batch.
func rowsJSON(items ...string) string { return `{"data":[` + strings.Join(items, ",") + `]}` }

func addedJSON(id string) string {
	return `{"code":"SUCCESS","details":{"Modified_Time":"` + testTime + `","Modified_By":` + anaRef + `,"Created_Time":"` + testTime +
		`","id":"` + id + `","Created_By":` + anaRef + `,"$approval_state":"approved"},"message":"record added","status":"success"}`
}

func updatedJSON(id string) string {
	return `{"code":"SUCCESS","details":{"Modified_Time":"` + testTime + `","Modified_By":` + anaRef + `,"Created_Time":"` + testTime +
		`","id":"` + id + `","Created_By":` + anaRef + `},"message":"record updated","status":"success"}`
}
